//! From the fields of a form to the forms of the domain: a field is named after the deed and the value it says
//! (`close-reason`), so that what the domain finds at a pointer (`/reason`) leads back to it.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::api::extract;
use crate::clock::Moment;
use crate::domain::complaints::vocabulary::HandlingStep;
use crate::error::{Error, Result};
use crate::web::forms::Form;
use crate::web::time;

/// How a value of a step is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// In a line.
    Line,
    /// In a text of several lines.
    Text,
    /// As a list: one thing in a line.
    List,
    /// As day and time.
    When,
}

/// What a step asks for.
pub(super) const fn asks(step: HandlingStep) -> &'static [(&'static str, Ask)] {
    match step {
        HandlingStep::Listen => &[("own_words", Ask::Text), ("facts", Ask::List), ("opinions", Ask::List)],
        HandlingStep::AcceptFeelings => &[("feeling", Ask::Line)],
        HandlingStep::Apologise => &[("apologised_for", Ask::Line)],
        HandlingStep::UnderstandNeeds => &[("need", Ask::Line), ("worry", Ask::Line)],
        HandlingStep::SeekSolutions => &[("options", Ask::List), ("agreed", Ask::Line)],
        HandlingStep::ExplainActions => &[("who", Ask::Line), ("what", Ask::Line), ("by_when", Ask::When)],
        HandlingStep::CallBack => &[],
    }
}

/// The text of a field; nothing when it is blank.
pub(super) fn text(form: &Form, name: &str) -> Value {
    form.given(name)
        .map_or(Value::Null, |text| json!(text.replace("\r\n", "\n").trim()))
}

/// The lines of a field that say something; nothing when there are none.
pub(super) fn lines(form: &Form, name: &str) -> Value {
    let lines: Vec<&str> = form
        .text(name)
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    match lines.is_empty() {
        true => Value::Null,
        false => json!(lines),
    }
}

/// The words by which complaints are sorted, as somebody types them into a line.
pub(super) fn tags(form: &Form, name: &str) -> Vec<String> {
    let words = form.text(name).split([' ', ',', '，', '、', '#']);
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Whether a box is ticked.
pub(super) fn ticked(form: &Form, name: &str) -> Value {
    json!(form.given(name).is_some())
}

/// A moment by the clocks of a zone; what cannot be read stays as it is, and the domain says so.
pub(super) fn moment(form: &Form, name: &str, zone: Tz) -> Value {
    let Some(text) = form.given(name) else {
        return Value::Null;
    };
    let text = text.trim();
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|shape| NaiveDateTime::parse_from_str(text, shape).ok());
    local.and_then(|at| machine(zone, at)).unwrap_or_else(|| json!(text))
}

/// A moment of which day and time stand in two fields.
pub(super) fn on_day(form: &Form, day: &str, clock: &str, zone: Tz) -> Value {
    let (Some(day), Some(clock)) = (form.given(day), form.given(clock)) else {
        return Value::Null;
    };
    let read_day = day.trim().parse::<NaiveDate>().ok();
    let read_clock = ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|shape| NaiveTime::parse_from_str(clock.trim(), shape).ok());
    match (read_day, read_clock) {
        (Some(day), Some(clock)) => machine(zone, day.and_time(clock)).unwrap_or_else(|| json!(clock.to_string())),
        _ => json!(format!("{day} {clock}")),
    }
}

fn machine(zone: Tz, local: NaiveDateTime) -> Option<Value> {
    let at = zone.from_local_datetime(&local).earliest()?;
    let at = Moment::try_from(at.to_utc()).ok()?;
    Some(json!(time::machine(at)))
}

/// An amount of money in minor units.
pub(super) fn minor_units(form: &Form, amount: &str, currency: &str) -> Value {
    let Some(text) = form.given(amount) else {
        return Value::Null;
    };
    let digits: u32 = match form.text(currency).trim() {
        "JPY" | "KRW" | "VND" => 0,
        "BHD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    };
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let units = || {
        let places = usize::try_from(digits).ok()?;
        if part.len() > places || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let whole: i64 = whole.replace(',', "").parse().ok()?;
        let part: i64 = format!("{part:0<places$}").parse().unwrap_or(0);
        whole.checked_mul(10_i64.checked_pow(digits)?)?.checked_add(part)
    };
    units().map_or_else(|| json!(text), |units| json!(units))
}

/// An object of what is there.
pub(super) fn object<'n>(pairs: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let there: Map<String, Value> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Value::Object(there)
}

/// Reads a form of the domain.
///
/// # Errors
/// `request.invalid`, with the pointer of what cannot be read.
pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Result<T> {
    let text = serde_json::to_vec(value).map_err(Error::internal)?;
    extract::parse(&text)
}

/// What the fields say of a step, as the domain's form takes it; nothing when they say nothing.
fn step(form: &Form, zone: Tz, step: HandlingStep) -> Option<Value> {
    if let Some(reason) = form.given(&format!("{step}-skip")) {
        let skip = object([
            ("reason", json!(reason)),
            ("note", text(form, &format!("{step}-skip_note"))),
        ]);
        return Some(json!({ "step": step, "skip": skip }));
    }
    let record = object(asks(step).iter().map(|(name, ask)| {
        let field = format!("{step}-{name}");
        let value = match ask {
            Ask::Line | Ask::Text => text(form, &field),
            Ask::List => lines(form, &field),
            Ask::When => moment(form, &field, zone),
        };
        (*name, value)
    }));
    let said = record.as_object().is_some_and(|record| !record.is_empty());
    said.then(|| json!({ "step": step, "record": record }))
}

/// The steps about which the fields say something, with what they say.
pub(super) fn steps(form: &Form, zone: Tz) -> Vec<(HandlingStep, Value)> {
    HandlingStep::ALL
        .iter()
        .filter_map(|which| step(form, zone, *which).map(|said| (*which, said)))
        .collect()
}

/// The field that a pointer into a list of steps names.
pub(super) fn field_of_step(pointer: &str, said: &[HandlingStep]) -> String {
    let mut parts = pointer.trim_start_matches('/').split('/').skip(1);
    let step = parts
        .next()
        .and_then(|n| n.parse::<usize>().ok())
        .and_then(|n| said.get(n))
        .copied()
        .unwrap_or(HandlingStep::Listen);
    match (parts.next(), parts.next()) {
        (Some("record"), Some(name)) => format!("{step}-{name}"),
        (Some("skip"), Some("note")) => format!("{step}-skip_note"),
        (Some("skip"), _) => format!("{step}-skip"),
        _ => asks(step)
            .first()
            .map_or_else(|| format!("{step}-skip"), |(name, _)| format!("{step}-{name}")),
    }
}

/// What the fields of a promise say, as the domain's form takes it.
pub(super) fn promise(form: &Form, zone: Tz) -> Value {
    object([
        ("purpose", text(form, "promise-purpose")),
        ("window_start", on_day(form, "promise-day", "promise-from", zone)),
        ("window_end", on_day(form, "promise-day", "promise-until", zone)),
        ("time_zone", json!(zone.name())),
        ("number", text(form, "promise-number")),
        ("owner", text(form, "promise-owner")),
        ("note", text(form, "promise-note")),
    ])
}

/// The field that a pointer names, for the form whose fields begin with `prefix`.
pub(super) fn field_of(prefix: &str, pointer: &str) -> String {
    let name = pointer.trim_start_matches('/').replace('/', "-");
    let name = match name.as_str() {
        "" => return String::new(),
        "window_start" => "from",
        "window_end" => "until",
        other => other,
    };
    format!("{prefix}-{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Form {
        let mut form = Form::default();
        for (name, value) in fields {
            form.set(name, *value);
        }
        form
    }

    #[test]
    fn money_is_read_in_the_units_of_its_currency() {
        let read = |amount: &str, currency: &str| {
            let form = form(&[("a", amount), ("c", currency)]);
            minor_units(&form, "a", "c")
        };
        assert_eq!(read("128", "CNY"), json!(12_800));
        assert_eq!(read("1,280.5", "EUR"), json!(128_050));
        assert_eq!(read("300", "JPY"), json!(300));
        assert_eq!(read("1.234", "CNY"), json!("1.234"), "left to the domain to refuse");
        assert_eq!(read("", "CNY"), Value::Null);
    }

    #[test]
    fn times_are_read_by_the_clocks_of_the_zone() {
        let form = form(&[
            ("d", "2026-11-26"),
            ("t", "18:00"),
            ("m", "2026-11-26T09:30"),
            ("x", "soon"),
        ]);
        let zone = Tz::Asia__Shanghai;
        assert_eq!(on_day(&form, "d", "t", zone), json!("2026-11-26T10:00:00Z"));
        assert_eq!(moment(&form, "m", zone), json!("2026-11-26T01:30:00Z"));
        assert_eq!(moment(&form, "x", zone), json!("soon"));
    }

    #[test]
    fn pointers_lead_back_to_the_fields() {
        let said = [HandlingStep::Apologise, HandlingStep::SeekSolutions];
        assert_eq!(field_of_step("/steps/1/record/agreed", &said), "seek_solutions-agreed");
        assert_eq!(field_of_step("/steps/0/skip/reason", &said), "apologise-skip");
        assert_eq!(field_of("promise", "/window_end"), "promise-until");
        assert_eq!(field_of("close", "/redress/minor_units"), "close-redress-minor_units");
    }
}
