//! What was written and decided, and what somebody has typed.

use crate::domain::complaints::messages::MessageView;
use crate::domain::complaints::view::{ClosureView, ComplaintView};
use crate::domain::complaints::vocabulary::Direction;
use crate::web::customers::language_of;
use crate::web::desk::kept;
use crate::web::desk::parts::{self, CallPart, ClockPart};
use crate::web::desk::voice::Voice;
use crate::web::desk::words::{areas_of, word, word_in};
use crate::web::forms::Form;
use crate::web::time;

/// A message or a note.
pub(super) struct Letter {
    /// `in`, `out` or `internal`: the class, too.
    pub(super) way: &'static str,
    pub(super) who: String,
    pub(super) at: String,
    pub(super) machine: String,
    pub(super) lang: &'static str,
    pub(super) body: String,
    pub(super) not_sent: bool,
}

/// A closing.
pub(super) struct ClosePart {
    pub(super) decision: String,
    pub(super) reason: String,
    pub(super) lang: &'static str,
    pub(super) ground: String,
    pub(super) redress: String,
    pub(super) cause: String,
    pub(super) who: String,
}

pub(super) fn letter(voice: Voice, message: &MessageView) -> Letter {
    Letter {
        way: message.direction.as_str(),
        who: match message.direction {
            Direction::In => voice.words.get("desk-from-customer"),
            Direction::Out | Direction::Internal => voice.person(&message.author),
        },
        at: voice.short(message.written_at),
        machine: time::machine(message.written_at),
        lang: language_of(&message.body),
        body: message.body.clone(),
        not_sent: message.not_sent.is_some(),
    }
}

pub(super) fn closing_of(voice: Voice, closing: &ClosureView) -> ClosePart {
    let words = voice.words;
    let kind = closing.redress_type.map(|kind| word(words, "redress", kind.as_str()));
    let status = closing
        .redress_status
        .map(|s| word(words, "redress-status", s.as_str()));
    let amount = closing
        .redress_minor_units
        .zip(closing.redress_currency.as_ref())
        .map(|(units, currency)| match currency.as_str() {
            "JPY" | "KRW" | "VND" => format!("{currency} {units}"),
            _ => format!("{currency} {}.{:02}", units / 100, units % 100),
        });
    let redress: Vec<String> = kind.into_iter().chain(amount).chain(status).collect();
    ClosePart {
        decision: word(words, "decision", closing.decision.as_str()),
        lang: language_of(&closing.decision_reason),
        reason: closing.decision_reason.clone(),
        ground: word(words, "ground", closing.ground.as_str()),
        redress: redress.join(" · "),
        cause: closing
            .cause_category
            .map_or(String::new(), |cause| word(words, "cause", cause.as_str())),
        who: format!(
            "{} · {}",
            voice.person(&closing.closed_by),
            voice.short(closing.closed_at)
        ),
    }
}

/// What somebody has typed, field by field.
pub(super) fn typed(voice: Voice, form: &Form) -> Vec<(String, String)> {
    form.all()
        .filter(|(name, value)| kept::is_typed(name) && !value.trim().is_empty())
        .map(|(name, value)| {
            let last = name.rsplit('-').next().unwrap_or(name);
            let value = match areas_of(last) {
                [] if last == "owner" => voice.person(value),
                [] => value.to_owned(),
                areas => word_in(voice.words, areas, value),
            };
            (word(voice.words, "field", last), value)
        })
        .collect()
}

/// How somebody wants to be reached, and when.
pub(super) fn preferred(voice: Voice, view: &ComplaintView) -> String {
    let medium = view.statement.preferred_medium;
    let medium = medium.map(|medium| word(voice.words, "medium", medium.as_str()));
    let parts: Vec<String> = medium
        .into_iter()
        .chain(view.statement.preferred_time.clone())
        .collect();
    parts.join(" · ")
}

/// What is due next: the first clock, or where none runs the call that is promised first.
pub(super) fn next(voice: Voice, running: &mut Vec<ClockPart>, calls: &[CallPart]) -> Option<ClockPart> {
    if running.first().is_some_and(|clock| clock.due.is_some()) {
        return Some(running.remove(0));
    }
    let open = calls.iter().filter(|call| call.open);
    let first = open.min_by(|one, other| one.due.machine.cmp(&other.due.machine));
    first.map(|call| parts::promised(voice, call))
}
