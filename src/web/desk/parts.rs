//! What several pages of the desk show: the customer, clocks, promised calls, what happened.

use chrono_tz::Tz;
use serde_json::Value;

use super::voice::Voice;
use super::words::{areas_of, named, word, word_in};
use crate::clock::Moment;
use crate::domain::complaints::call_backs::CallBackView;
use crate::domain::complaints::timeline::EntryView;
use crate::domain::complaints::view::ComplaintSummary;
use crate::domain::complaints::vocabulary::{CallBackState, State};
use crate::domain::customers::contact;
use crate::domain::customers::model::SeenCustomer;
use crate::domain::customers::{CommunicationStyle, Grade, ProfitSegment, Stance};
use crate::domain::sla::clocks::view::ClockView;
use crate::web::customers::language_of;
use crate::web::i18n::Words;
use crate::web::locale::Lang;
use crate::web::time;

/// A moment by which something is due.
#[derive(Clone)]
pub(in crate::web) struct Due {
    pub(in crate::web) machine: String,
    pub(in crate::web) at: String,
    pub(in crate::web) left: String,
    /// `late`, `soon` or `fine`: the class, too.
    pub(in crate::web) stands: &'static str,
}

/// From when on something is due soon.
const SOON: chrono::TimeDelta = chrono::TimeDelta::hours(2);

impl Due {
    pub(in crate::web) fn of(voice: Voice, due: Moment) -> Self {
        Self {
            machine: time::machine(due),
            at: voice.short(due),
            left: time::left(voice.words, voice.now, due),
            stands: match due - voice.now {
                left if left < chrono::TimeDelta::zero() => "late",
                left if left <= SOON => "soon",
                _ => "fine",
            },
        }
    }
}

/// A clock.
pub(super) struct ClockPart {
    pub(super) name: String,
    pub(super) due: Option<Due>,
    pub(super) state: String,
    pub(super) why: String,
    pub(super) policy: String,
    pub(super) running: bool,
}

pub(super) fn clock(voice: Voice, clock: &ClockView) -> ClockPart {
    let why = clock.why.as_ref().map(|why| match voice.lang {
        Lang::En => why.words.en.clone(),
        Lang::Zh => why.words.zh_cn.clone(),
    });
    let running = clock.ended_at.is_none();
    ClockPart {
        name: named(voice.lang, &clock.name),
        due: clock.due_at.filter(|_| running).map(|due| Due::of(voice, due)),
        state: word(voice.words, "clock", clock.state.as_str()),
        why: why.unwrap_or_else(|| voice.words.get("desk-clock-promise")),
        policy: named(voice.lang, &clock.policy_name),
        running,
    }
}

/// A promised call as a clock.
pub(super) fn promised(voice: Voice, call: &CallPart) -> ClockPart {
    ClockPart {
        name: voice.words.get("desk-promised-call"),
        due: Some(call.due.clone()),
        state: call.state.clone(),
        why: voice.words.get("desk-clock-promise"),
        policy: String::new(),
        running: true,
    }
}

/// One attempt to keep a promise.
pub(super) struct TryPart {
    pub(super) at: String,
    pub(super) who: String,
    pub(super) result: String,
    pub(super) note: String,
    pub(super) note_lang: &'static str,
    pub(super) not_counted: String,
}

/// A promised call.
pub(super) struct CallPart {
    pub(super) id: String,
    pub(super) version: i32,
    pub(super) purpose: String,
    pub(super) confirms: bool,
    pub(super) state: String,
    pub(super) open: bool,
    pub(super) window: String,
    /// The same, short.
    pub(super) hours: String,
    pub(super) zone: String,
    pub(super) due: Due,
    /// The number as it is read out.
    pub(super) number: String,
    /// As a `tel:` address has it.
    pub(super) dials: String,
    pub(super) owner: String,
    pub(super) note: String,
    pub(super) tries: Vec<TryPart>,
    pub(super) outcome: String,
    pub(super) reason: String,
    /// The day and the times of its window, for fields.
    pub(super) day: String,
    pub(super) from: String,
    pub(super) until: String,
}

pub(super) fn call(voice: Voice, call: &CallBackView) -> CallPart {
    let Voice { words, lang, .. } = voice;
    let zone = time::zone(&call.time_zone);
    CallPart {
        id: call.id.to_string(),
        version: call.version,
        purpose: word(words, "purpose", call.purpose.as_str()),
        confirms: call.purpose == crate::domain::complaints::vocabulary::CallBackPurpose::ConfirmResolution,
        state: word(words, "promise", call.state.as_str()),
        open: call.state == CallBackState::Open,
        window: time::window(lang, zone, call.window_start, call.window_end),
        hours: format!(
            "{}–{}",
            time::short(lang, zone, voice.now, call.window_start),
            time::clock(zone, call.window_end)
        ),
        zone: time::zone_name(words, lang, zone),
        due: Due::of(voice, call.window_end),
        number: contact::readable(&call.number),
        dials: contact::diallable(&call.number).to_owned(),
        owner: voice.person(&call.owner),
        note: call.note.clone().unwrap_or_default(),
        tries: call
            .attempts
            .iter()
            .map(|attempt| TryPart {
                at: voice.short(attempt.attempted_at),
                who: voice.person(&attempt.agent),
                result: word(words, "result", attempt.result.as_str()),
                note_lang: language_of(attempt.note.as_deref().unwrap_or_default()),
                note: attempt.note.clone().unwrap_or_default(),
                not_counted: attempt
                    .not_counted
                    .map_or(String::new(), |why| word(words, "not-counted", why.as_str())),
            })
            .collect(),
        outcome: call
            .outcome
            .map_or(String::new(), |outcome| word(words, "outcome", outcome.as_str())),
        reason: call.change_reason.clone().unwrap_or_default(),
        day: call.window_start.with_timezone(&zone).format("%Y-%m-%d").to_string(),
        from: time::clock(zone, call.window_start),
        until: time::clock(zone, call.window_end),
    }
}

/// A way to reach a customer.
#[derive(Clone)]
pub(super) struct Point {
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) href: String,
}

/// Who the customer is.
#[derive(Clone)]
pub(super) struct Card {
    /// Where the whole record is.
    pub(super) href: String,
    pub(super) name: String,
    pub(super) lang: &'static str,
    /// Whether the record may be shown.
    pub(super) shown: bool,
    pub(super) tier: String,
    pub(super) key_account: bool,
    /// Among key accounts; empty where nobody has said.
    pub(super) grade: String,
    /// What serving them earns; empty where nobody has said.
    pub(super) segment: String,
    /// How they stand towards us; empty where nobody has said.
    pub(super) stance: String,
    /// How they like to be spoken with, and what that asks for; empty where nobody has said.
    pub(super) style: String,
    pub(super) style_hint: String,
    pub(super) kind: String,
    pub(super) language: String,
    pub(super) clock: String,
    pub(super) time_zone: String,
    pub(super) points: Vec<Point>,
}

/// A value that the record may leave open.
fn said(words: Words, area: &str, value: Option<&'static str>) -> String {
    value.map_or(String::new(), |value| word(words, area, value))
}

/// The card of a customer, as far as the caller may see it; the second is their zone.
pub(super) fn card(voice: Voice, seen: Option<&SeenCustomer>) -> (Card, Option<Tz>) {
    let words = voice.words;
    let Some(SeenCustomer::Whole(customer)) = seen else {
        let masked = Card {
            href: String::new(),
            name: words.get("desk-customer-restricted"),
            lang: voice.lang.as_str(),
            shown: false,
            tier: String::new(),
            key_account: false,
            grade: String::new(),
            segment: String::new(),
            stance: String::new(),
            style: String::new(),
            style_hint: String::new(),
            kind: String::new(),
            language: String::new(),
            clock: String::new(),
            time_zone: String::new(),
            points: Vec::new(),
        };
        return (masked, None);
    };
    let zone = time::zone(&customer.time_zone);
    let points = customer.contact_points.iter().map(|point| Point {
        kind: word(words, "point", &point.kind),
        href: match point.kind.as_str() {
            "phone" => format!("tel:{}", contact::diallable(&point.value)),
            _ => format!("mailto:{}", point.value),
        },
        value: match point.kind.as_str() {
            "phone" => contact::readable(&point.value),
            _ => point.value.clone(),
        },
    });
    let card = Card {
        href: format!("/desk/customers/{}", customer.id),
        name: match customer.name.trim().is_empty() {
            true => words.get("desk-customer-unnamed"),
            false => customer.name.clone(),
        },
        lang: match customer.name.trim().is_empty() {
            true => voice.lang.as_str(),
            false => language_of(&customer.name),
        },
        shown: true,
        tier: word(words, "tier", customer.tier.as_str()),
        key_account: customer.tier == crate::domain::customers::Tier::KeyAccount,
        grade: said(words, "grade", customer.grade.map(Grade::as_str)),
        segment: said(words, "segment", customer.segment.map(ProfitSegment::as_str)),
        stance: said(words, "stance", customer.stance.map(Stance::as_str)),
        style: said(words, "style", customer.style.map(CommunicationStyle::as_str)),
        style_hint: said(words, "style-hint", customer.style.map(CommunicationStyle::as_str)),
        kind: word(words, "customer-kind", customer.kind.as_str()),
        language: word(words, "spoken", &customer.preferred_language),
        clock: format!(
            "{} ({})",
            time::clock(zone, voice.now),
            time::zone_name(words, voice.lang, zone)
        ),
        time_zone: customer.time_zone.clone(),
        points: points.collect(),
    };
    (card, Some(zone))
}

/// A complaint in a list.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) subject: String,
    pub(super) lang: &'static str,
    pub(super) state: String,
    pub(super) state_slug: &'static str,
    pub(super) severity: String,
    pub(super) severity_slug: &'static str,
    pub(super) kind: String,
    pub(super) customer_type: String,
    pub(super) type_slug: &'static str,
    pub(super) step: String,
    pub(super) owner: String,
    pub(super) due: Option<Due>,
    pub(super) received: String,
    pub(super) open: bool,
    pub(super) version: i32,
}

pub(super) fn row(voice: Voice, summary: &ComplaintSummary) -> Row {
    let words = voice.words;
    Row {
        id: summary.id.to_string(),
        reference: summary.reference.clone(),
        subject: summary.subject.clone(),
        lang: language_of(&summary.subject),
        state: word(words, "state", summary.state.as_str()),
        state_slug: summary.state.as_str(),
        severity: word(words, "level", summary.severity.as_str()),
        severity_slug: summary.severity.as_str(),
        kind: word(words, "kind", summary.kind.as_str()),
        customer_type: word(words, "type", summary.customer_type.as_str()),
        type_slug: summary.customer_type.as_str(),
        step: summary
            .step
            .filter(|_| summary.state != State::Closed)
            .map_or(String::new(), |step| word(words, "step", step.as_str())),
        owner: summary
            .owner
            .as_deref()
            .map_or(String::new(), |owner| voice.person(owner)),
        due: summary
            .next_due_at
            .filter(|_| summary.state != State::Closed)
            .map(|due| Due::of(voice, due)),
        received: voice.short(summary.received_at),
        open: summary.state != State::Closed,
        version: summary.version,
    }
}

/// Something that happened.
pub(super) struct EntryPart {
    pub(super) what: String,
    pub(super) who: String,
    pub(super) at: String,
    pub(super) machine: String,
    pub(super) before: String,
    pub(super) after: String,
}

pub(super) fn entry(voice: Voice, entry: &EntryView) -> EntryPart {
    EntryPart {
        what: word(voice.words, "action", &entry.action),
        who: voice.person(&entry.actor),
        at: voice.short(entry.happened_at),
        machine: time::machine(entry.happened_at),
        before: told(voice, entry.before.as_ref()),
        after: told(voice, entry.after.as_ref()),
    }
}

/// Fields of an entry that hold handles.
const PEOPLE: &[&str] = &["owner", "agent", "watcher", "watchers"];

/// The values of an entry in a line: the texts and words in it, without ids and slugs.
fn told(voice: Voice, value: Option<&Value>) -> String {
    fn gather(voice: Voice, name: &str, value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(_) if name == "policy" => {}
            Value::String(text) => {
                if text.parse::<uuid::Uuid>().is_ok() {
                    return;
                }
                into.push(match (text.parse::<Moment>(), areas_of(name)) {
                    (Ok(at), _) => voice.short(at),
                    (Err(_), []) if PEOPLE.contains(&name) => voice.person(text),
                    (Err(_), []) => text.clone(),
                    (Err(_), areas) => word_in(voice.words, areas, text),
                });
            }
            Value::Array(items) => items.iter().for_each(|item| gather(voice, name, item, into)),
            Value::Object(fields) => fields.iter().for_each(|(name, item)| gather(voice, name, item, into)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut texts = Vec::new();
    if let Some(value) = value {
        gather(voice, "", value, &mut texts);
    }
    let text = texts.join(" · ");
    match text.chars().count() > 180 {
        true => format!("{}…", text.chars().take(179).collect::<String>()),
        false => text,
    }
}
