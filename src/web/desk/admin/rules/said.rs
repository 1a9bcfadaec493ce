//! A rule in words, and what rules would have done.

use serde_json::Value;

use super::super::known::Known;
use super::super::screen::{Block, Card, Cell, Table};
use super::super::{conditions, deeds};
use crate::domain::rules::dry_run::RuleDryRun;
use crate::domain::rules::model::{Rule, RuleOn};
use crate::error::Result;
use crate::web::desk::voice::Voice;
use crate::web::desk::words::word;
use crate::web::i18n::{Words, fl};

/// How many complaints of a trial are shown.
const SHOWN: usize = 30;

/// What a rule waits for, in words.
pub(super) fn event(words: Words, on: &RuleOn, known: &Known) -> Vec<String> {
    let mut lines = vec![word(words, "event", on.event.as_str())];
    let mut of = |label: String, values: Vec<String>| {
        if !values.is_empty() {
            let value = values.join(&fl!(words, "admin-comma"));
            lines.push(fl!(words, "admin-pair", what = label, value = value));
        }
    };
    let field = |field: &crate::domain::rules::model::RuleField| word(words, "field", field.as_str());
    of(fl!(words, "admin-on-fields"), on.fields.iter().map(field).collect());
    let state = |state: &crate::domain::complaints::vocabulary::State| word(words, "state", state.as_str());
    of(fl!(words, "admin-on-states"), on.states.iter().map(state).collect());
    let step = |step: &crate::domain::complaints::vocabulary::HandlingStep| word(words, "step", step.as_str());
    of(fl!(words, "admin-on-steps"), on.steps.iter().map(step).collect());
    of(fl!(words, "admin-on-metrics"), on.metrics.clone());
    let truth = on
        .satisfied
        .map(|yes| word(words, "truth", if yes { "yes" } else { "no" }));
    of(fl!(words, "admin-on-satisfied"), truth.into_iter().collect());
    if let Some(spent) = &on.time {
        let span = conditions::span(words, spent.minutes.into());
        let since = word(words, "since", spent.since.as_str());
        lines = vec![match &spent.calendar {
            Some(slug) => fl!(
                words,
                "admin-on-time-open",
                span = span,
                since = since,
                calendar = known.calendar(slug)
            ),
            None => fl!(words, "admin-on-time", span = span, since = since),
        }];
    }
    lines
}

/// A rule in words: when, if, then.
///
/// # Errors
/// When it cannot be written as a document.
pub(super) fn card(words: Words, rule: &Rule, known: &Known) -> Result<Card> {
    let document = serde_json::to_value(rule)?;
    let nothing = Value::Null;
    let asked = conditions::said(words, document.get("conditions").unwrap_or(&nothing), known);
    let then = document
        .get("then")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut lines = vec![
        (fl!(words, "admin-when"), event(words, &rule.on, known)),
        (
            fl!(words, "admin-if"),
            match asked.is_empty() {
                true => vec![fl!(words, "admin-if-any")],
                false => asked,
            },
        ),
        (
            fl!(words, "admin-then"),
            then.iter().map(|action| deeds::said(words, action, known)).collect(),
        ),
    ];
    if rule.stop {
        lines.push((fl!(words, "admin-stop"), vec![fl!(words, "admin-stop-said")]));
    }
    Ok(Card {
        title: rule.name.clone().unwrap_or_else(|| rule.slug.clone()),
        href: None,
        note: match rule.enabled {
            true => String::new(),
            false => fl!(words, "admin-switched-off"),
        },
        class: if rule.enabled { "" } else { "off" },
        lines,
        deeds: Vec::new(),
    })
}

/// What rules would have done, as a part of a page.
pub(super) fn trial(voice: Voice, tried: &RuleDryRun, known: &Known) -> Vec<Block> {
    let words = voice.words;
    let sums = tried.rules.iter().map(|sum| {
        vec![
            Cell::text(sum.rule.clone()),
            Cell::text(sum.fired.to_string()),
            Cell::text(sum.complaints.to_string()),
        ]
    });
    let sums = Table {
        title: fl!(words, "admin-events-trial", n = tried.looked_at),
        heads: vec![
            fl!(words, "admin-rule"),
            fl!(words, "admin-fired"),
            fl!(words, "admin-on-complaints"),
        ],
        rows: sums.collect(),
        empty: fl!(words, "admin-events-none"),
        more: None,
    };
    let mut rows = Vec::new();
    for case in tried.cases.iter().take(SHOWN) {
        for fire in &case.fires {
            let found = fire
                .conditions
                .iter()
                .map(|finding| conditions::found(words, &finding.condition, finding.found.as_deref(), known));
            let found: Vec<String> = found.collect();
            let actions: Vec<String> = fire.actions.iter().map(|action| word(words, "do", action)).collect();
            let mut why = vec![word(words, "event", fire.event.as_str())];
            why.extend(found);
            rows.push(vec![
                Cell::link(case.reference.clone(), format!("/desk/complaints/{}", case.id)),
                Cell::text(voice.short(fire.at)),
                Cell::text(fire.rule.clone()),
                Cell::text(why.join(" · ")),
                Cell::text(actions.join(" · ")),
            ]);
        }
    }
    let cases = Table {
        title: fl!(words, "admin-events-trial-cases"),
        heads: vec![
            fl!(words, "admin-case"),
            fl!(words, "admin-at"),
            fl!(words, "admin-rule"),
            fl!(words, "admin-why"),
            fl!(words, "admin-would-do"),
        ],
        rows,
        empty: fl!(words, "admin-events-trial-none"),
        more: None,
    };
    vec![Block::Table(sums), Block::Table(cases)]
}
