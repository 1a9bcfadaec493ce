//! The words of the vocabulary on the desk: `word-<area>-<value>`. `tests/api/pages/words.rs` sees to it that every
//! value has one.

use crate::domain::sla::policies::model;
use crate::domain::typing::playbooks::{Guidance, Playbook};
use crate::web::forms::Form;
use crate::web::i18n::Words;
use crate::web::locale::Lang;

/// What a value is called; the value itself where nobody has a word for it (a category of the desk's own).
pub(in crate::web) fn word(words: Words, area: &str, value: &str) -> String {
    let key = format!("word-{area}-{value}");
    match words.has(&key) {
        true => words.get(&key),
        false => value.replace('_', " "),
    }
}

/// The same, of the first area that has a word for it.
pub(super) fn word_in(words: Words, areas: &[&str], value: &str) -> String {
    let has = |area: &&&str| words.has(&format!("word-{area}-{value}"));
    match areas.iter().find(has).or(areas.first()) {
        Some(area) => word(words, area, value),
        None => value.to_owned(),
    }
}

/// From which areas of the vocabulary the values of a field of the timeline come; of none: they are texts.
pub(super) fn areas_of(field: &str) -> &'static [&'static str] {
    match field {
        "kind" => &["kind"],
        "channel" => &["channel"],
        "severity" => &["level"],
        "state" => &["state", "promise"],
        "purpose" => &["purpose"],
        "metric" => &["metric"],
        "recipient" => &["recipient"],
        "role" => &["role"],
        "customer_type" => &["type"],
        "category" => &["category"],
        "relation" => &["tie"],
        "ball_with" => &["ball"],
        "result" => &["result"],
        "outcome" => &["outcome"],
        "not_counted" => &["not-counted"],
        "decision" => &["decision"],
        "ground" => &["ground"],
        "redress_type" => &["redress"],
        "redress_status" => &["redress-status"],
        "cause_category" => &["cause"],
        "asked_by" => &["asked"],
        "matched_by" => &["point"],
        "skip_reason" | "skipped" => &["skip"],
        "step" => &["step"],
        _ => &[],
    }
}

/// What a policy calls something, in the language of the page.
pub(super) fn named(lang: Lang, words: &model::Words) -> String {
    match lang {
        Lang::En => words.en.clone(),
        Lang::Zh => words.zh_cn.clone(),
    }
}

/// The playbook in the language of the page.
pub(super) fn guidance(lang: Lang, playbook: &Playbook) -> Guidance {
    match lang {
        Lang::En => playbook.en.clone(),
        Lang::Zh => playbook.zh_cn.clone(),
    }
}

/// Something that can be chosen.
pub(super) struct Choice {
    /// What the form says then.
    pub(super) value: String,
    /// What it is called.
    pub(super) label: String,
    /// Whether it is chosen now.
    pub(super) chosen: bool,
}

/// The choices of a field: what the form says is chosen, or else what is usual.
pub(super) fn choices<'v>(
    words: Words,
    area: &str,
    values: impl IntoIterator<Item = &'v str>,
    (form, name): (&Form, &str),
    usual: &str,
) -> Vec<Choice> {
    let chosen = form.given(name);
    let chosen = chosen.as_deref().unwrap_or(usual);
    values
        .into_iter()
        .map(|value| Choice {
            label: word(words, area, value),
            chosen: value == chosen,
            value: value.to_owned(),
        })
        .collect()
}

/// The same, with “none” in front.
pub(super) fn or_none(words: Words, mut choices: Vec<Choice>) -> Vec<Choice> {
    let none = Choice {
        value: String::new(),
        label: words.get("desk-choose"),
        chosen: !choices.iter().any(|choice| choice.chosen),
    };
    choices.insert(0, none);
    choices
}
