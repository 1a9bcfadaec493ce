//! The seven steps as the desk shows and asks for them.

use chrono_tz::Tz;
use serde_json::Value;

use super::fields::{Ask, asks};
use super::parts::CallPart;
use super::words::{Choice, choices, or_none, word};
use crate::clock::Moment;
use crate::domain::complaints::procedure;
use crate::domain::complaints::view::{ComplaintView, StepView};
use crate::domain::complaints::vocabulary::{HandlingStep, Kind, SkipReason, State};
use crate::domain::staff::names::Names;
use crate::web::customers::language_of;
use crate::web::forms::{Findings, Form};
use crate::web::i18n::Words;
use crate::web::locale::Lang;
use crate::web::time;

/// One thing that is asked for.
pub(super) struct StepField {
    pub(super) id: String,
    pub(super) label: String,
    /// `line`, `text`, `list` or `when`.
    pub(super) ask: &'static str,
    pub(super) value: String,
    pub(super) wrong: Option<String>,
}

/// Something that was recorded.
pub(super) struct Recorded {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) lang: &'static str,
}

/// A step.
pub(super) struct StepPart {
    pub(super) slug: &'static str,
    pub(super) number: usize,
    pub(super) title: String,
    pub(super) advice: String,
    /// `done`, `skipped`, `now` or `coming`: the class, too.
    pub(super) stands: &'static str,
    pub(super) stands_word: String,
    /// In one line, what was recorded.
    pub(super) gist: String,
    /// Whether what was promised is past its time.
    pub(super) lapsed: bool,
    pub(super) who: String,
    pub(super) recorded: Vec<Recorded>,
    pub(super) fields: Vec<StepField>,
    pub(super) skips: Vec<Choice>,
    pub(super) skip_note: String,
    pub(super) skip_wrong: Option<String>,
    /// Whether its form is to be seen at once.
    pub(super) open: bool,
    /// Whether the reasons for skipping it are, too.
    pub(super) skip_open: bool,
}

/// Where the words and values of a page come from.
pub(super) struct Hand<'p> {
    pub(super) words: Words,
    pub(super) lang: Lang,
    pub(super) zone: Tz,
    pub(super) now: Moment,
    pub(super) names: &'p Names,
    pub(super) form: &'p Form,
    pub(super) findings: &'p Findings,
}

/// The text of a recorded value.
fn said(hand: &Hand, ask: Ask, value: &Value) -> String {
    match value {
        Value::String(text) if ask == Ask::When => text
            .parse()
            .map_or_else(|_| text.clone(), |at| time::short(hand.lang, hand.zone, hand.now, at)),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let lines: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            lines.join("\n")
        }
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// What the field holds when nobody has typed into it.
fn held(hand: &Hand, ask: Ask, value: &Value) -> String {
    match value {
        Value::String(text) if ask == Ask::When => text.parse::<Moment>().map_or_else(
            |_| text.clone(),
            |at| at.with_timezone(&hand.zone).format("%Y-%m-%dT%H:%M").to_string(),
        ),
        other => said(hand, ask, other),
    }
}

fn values_of(row: Option<&StepView>) -> Value {
    row.and_then(|row| row.record.as_ref())
        .and_then(|record| serde_json::to_value(record).ok())
        .unwrap_or(Value::Null)
}

/// What a step asks for, with what was typed, was recorded, or is to be proposed.
pub(super) fn fields(hand: &Hand, step: HandlingStep, present: &Value) -> Vec<StepField> {
    asks(step)
        .iter()
        .map(|(name, ask)| {
            let id = format!("{step}-{name}");
            let typed = hand.form.given(&id);
            StepField {
                label: word(hand.words, "field", name),
                ask: match ask {
                    Ask::Line => "line",
                    Ask::Text => "text",
                    Ask::List => "list",
                    Ask::When => "when",
                },
                value: typed
                    .unwrap_or_else(|| present.get(name).map_or(String::new(), |value| held(hand, *ask, value))),
                wrong: hand.findings.at(&id).map(str::to_owned),
                id,
            }
        })
        .collect()
}

/// The reasons for which a step may be skipped.
pub(super) fn skips(hand: &Hand, step: HandlingStep, kind: Kind, present: Option<SkipReason>) -> Vec<Choice> {
    let reasons = procedure::skip_reasons(step, kind);
    if reasons.is_empty() {
        return Vec::new();
    }
    let name = format!("{step}-skip");
    let present = present.map_or("", SkipReason::as_str);
    let values = reasons.iter().map(|reason| reason.as_str());
    or_none(
        hand.words,
        choices(hand.words, "skip", values, (hand.form, &name), present),
    )
}

/// Whether what was promised for a moment is past its time, as long as the complaint is not closed.
pub(super) fn lapsed(now: Moment, state: State, by_when: Option<Moment>) -> bool {
    state != State::Closed && by_when.is_some_and(|at| at <= now)
}

/// The seven steps of a complaint.
pub(super) fn of_complaint(hand: &Hand, view: &ComplaintView) -> Vec<StepPart> {
    let summary = &view.summary;
    let proposed = serde_json::json!({
        "own_words": view.statement.statement, "facts": view.statement.facts, "opinions": view.statement.opinions,
    });
    HandlingStep::ALL
        .iter()
        .zip(1..)
        .map(|(step, number)| {
            // Steps before the fourth carry over from earlier rounds.
            let row =
                view.steps.iter().rev().find(|row| {
                    row.step == *step && (row.round == summary.round || *step < procedure::ROUND_STARTS_AT)
                });
            let before = summary.step.is_none_or(|current| *step < current);
            let row = row.filter(|_| before || summary.step != Some(*step));
            let stands = match row {
                Some(row) if row.skip_reason.is_some() => "skipped",
                Some(_) => "done",
                None if summary.step == Some(*step) => "now",
                None => "coming",
            };
            let present = match row {
                None if *step == HandlingStep::Listen => proposed.clone(),
                row => values_of(row),
            };
            StepPart {
                lapsed: lapsed(
                    hand.now,
                    summary.state,
                    row.and_then(|row| row.record.as_ref()?.by_when),
                ),
                ..part(hand, *step, number, summary.kind, row, stands, &present)
            }
        })
        .collect()
}

fn part(
    hand: &Hand,
    step: HandlingStep,
    number: usize,
    kind: Kind,
    row: Option<&StepView>,
    stands: &'static str,
    present: &Value,
) -> StepPart {
    let words = hand.words;
    let values = values_of(row);
    let recorded: Vec<Recorded> = asks(step)
        .iter()
        .filter_map(|(name, ask)| {
            let text = said(hand, *ask, values.get(name)?);
            Some(Recorded {
                label: word(words, "field", name),
                lang: language_of(&text),
                text,
            })
        })
        .collect();
    let reason = row.and_then(|row| row.skip_reason);
    let outcome = row.and_then(|row| row.record.as_ref()?.outcome);
    let gist = match (reason, outcome) {
        (Some(reason), _) => word(words, "skip", reason.as_str()),
        (None, Some(outcome)) => word(words, "outcome", outcome.as_str()),
        (None, None) => recorded.iter().map(|r| r.text.as_str()).collect::<Vec<_>>().join(" · "),
    };
    let fields = fields(hand, step, present);
    let note = format!("{step}-skip_note");
    let skip_wrong = hand.findings.at(&format!("{step}-skip")).map(str::to_owned);
    let open = stands == "now" || skip_wrong.is_some() || fields.iter().any(|field| field.wrong.is_some());
    StepPart {
        slug: step.as_str(),
        number,
        title: word(words, "step", step.as_str()),
        advice: word(words, "step-advice", step.as_str()),
        stands,
        stands_word: word(words, "stands", stands),
        gist: gist.chars().take(160).collect(),
        lapsed: false,
        who: row.map_or(String::new(), |row| {
            format!(
                "{} · {}",
                hand.names.of(&row.agent),
                time::short(hand.lang, hand.zone, hand.now, row.done_at)
            )
        }),
        recorded,
        fields,
        skips: skips(hand, step, kind, reason),
        skip_note: hand
            .form
            .given(&note)
            .or_else(|| row.and_then(|row| row.skip_note.clone()))
            .unwrap_or_default(),
        skip_open: skip_wrong.is_some() || stands == "skipped" || step == HandlingStep::CallBack,
        skip_wrong,
        open,
    }
}

/// With a call promised, the last step is that call: it asks for no promise, and skipping it is folded away.
pub(super) fn with_promise(steps: &mut [StepPart], calls: &[CallPart], words: Words) {
    if !calls.iter().any(|call| call.open) {
        return;
    }
    let last = steps
        .iter_mut()
        .filter(|step| step.slug == HandlingStep::CallBack.as_str());
    for step in last.filter(|step| step.stands == "now") {
        step.advice = words.get("desk-step-promised");
        step.skip_open = step.skip_wrong.is_some();
    }
}

/// The steps that are asked for while a call is logged: what follows the statement, up to the promise.
pub(super) fn of_a_call(hand: &Hand) -> Vec<StepPart> {
    HandlingStep::ALL
        .iter()
        .zip(1..)
        .filter(|(step, _)| !matches!(step, HandlingStep::Listen | HandlingStep::CallBack))
        .map(|(step, number)| part(hand, *step, number, Kind::Complaint, None, "coming", &Value::Null))
        .collect()
}
