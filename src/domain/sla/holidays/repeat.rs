//! Events that repeat: which days they begin on, within the years that a desk plans for.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta};
use icalendar::parser::Component;
use rrule::{Frequency, RRule, Tz, Unvalidated};

use super::ics::{all, date};

/// How many years after the present one are looked at.
const YEARS: i32 = 5;
/// The most days on which one event may begin.
const MOST: u16 = 1_000;

/// The years that a desk plans for: the last one, the present one, and those that come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    from: NaiveDate,
    to: NaiveDate,
}

impl Span {
    /// As seen from a day.
    pub(super) fn around(today: NaiveDate) -> Self {
        let new_year = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(today);
        Self {
            from: new_year(today.year() - 1),
            to: new_year(today.year() + YEARS + 1),
        }
    }

    fn holds(self, day: NaiveDate) -> bool {
        (self.from..self.to).contains(&day)
    }
}

/// The days on which an event begins: `first`, if it does not repeat, or those of its rule and dates within the span.
pub(super) fn days(event: &Component<'_>, first: NaiveDate, span: Span) -> Result<Vec<NaiveDate>, String> {
    let rules = all(event, "RRULE").collect::<Vec<_>>();
    let more = dates(event, "RDATE")?;
    let mut days = match rules.as_slice() {
        [] if more.is_empty() => return Ok(vec![first]),
        [] => BTreeSet::from([first]),
        [rule] => ruled(rule, first, span)?,
        _ => return Err("it has more than one RRULE".to_owned()),
    };
    days.extend(more);
    for day in dates(event, "EXDATE")? {
        days.remove(&day);
    }
    days.retain(|day| span.holds(*day));
    Ok(days.into_iter().collect())
}

/// The dates of a property that may stand several times, each with several dates.
fn dates(event: &Component<'_>, name: &str) -> Result<Vec<NaiveDate>, String> {
    let texts = all(event, name).flat_map(|value| value.split(','));
    let mut found = Vec::new();
    for text in texts {
        found.push(date(text.trim()).map_err(|_| format!("{name} takes whole days such as 20261001"))?);
    }
    if found.len() > usize::from(MOST) {
        return Err(format!("{name} has more than {MOST} dates"));
    }
    Ok(found)
}

fn ruled(rule: &str, first: NaiveDate, span: Span) -> Result<BTreeSet<NaiveDate>, String> {
    let rule: RRule<Unvalidated> = in_utc(rule)
        .parse()
        .map_err(|_| "its RRULE cannot be read".to_owned())?;
    let by_days = matches!(
        rule.get_freq(),
        Frequency::Yearly | Frequency::Monthly | Frequency::Weekly | Frequency::Daily
    );
    let by_hours =
        !(rule.get_by_hour().is_empty() && rule.get_by_minute().is_empty() && rule.get_by_second().is_empty());
    if !by_days || by_hours {
        return Err("its RRULE repeats within a day: only whole days are taken".to_owned());
    }
    let (from, to) = (midnight(span.from), midnight(span.to));
    // Both ends are excluded.
    let set = rule
        .build(midnight(first))
        .map_err(|_| "its RRULE contradicts itself or its DTSTART".to_owned())?;
    let found = set.after(from - TimeDelta::seconds(1)).before(to).all(MOST);
    if found.limited {
        return Err(format!("its RRULE gives more than {MOST} days, or none for too long"));
    }
    Ok(found.dates.iter().map(|moment| moment.date_naive()).collect())
}

fn midnight(day: NaiveDate) -> DateTime<Tz> {
    day.and_time(NaiveTime::MIN).and_utc().with_timezone(&Tz::UTC)
}

/// The rule with the end as a moment of the zone in which we reckon: a day is the whole day.
fn in_utc(rule: &str) -> String {
    let parts = rule.split(';').map(|part| match part.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("UNTIL") => {
            let day = value.get(..8).unwrap_or(value);
            // What ends at a time of day in some zone ends on that day, wherever that is.
            format!("UNTIL={day}T235959Z")
        }
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(";")
}
