//! Calendars in the notation of OpenStreetMap's `opening_hours`, as far as a desk needs it:
//!
//! | written | meaning |
//! |---|---|
//! | `Mo-Fr 09:00-12:00,13:30-18:00; Sa 10:00-14:00` | weekdays, several windows a day |
//! | `Mo-Fr 22:00-02:00`, `Sa 20:00-44:00` | past midnight |
//! | `24/7`, `08:00-20:00` | every day, public holidays too |
//! | `Mo-Fr 09:00-12:00, We 14:00-17:00` | after a comma and a space: in addition |
//! | `PH off`, `PH 10:00-14:00` | public holidays; closed when nothing is said |
//! | `2026 Oct 01-07 off "National Day"` | dates, with their year: closed |
//! | `2026 Oct 10 09:00-18:00 "调休"` | dates: exactly these hours |
//!
//! In this order: the week, public holidays, dates. A later rule replaces what an earlier one said of a day. What
//! the notation knows besides (weeks, months, every year, Easter, sunset, "unknown", `||`, open ends) is refused,
//! with its place.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;

use super::calendar::{Calendar, DAY, Exception, NeverOpens, Window, of_weekday, tidy};
use super::holidays::Holiday;

mod read;

/// The longest text, characters.
pub const LONGEST: usize = 20_000;
/// The most dates that a calendar may name.
pub const MOST_DATES: usize = 4000;

/// A text that is no calendar, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}, in `{rule}`: {detail}")]
pub struct NotationError {
    /// The character of the text at which it does not fit, from 1 on.
    pub at: usize,
    /// The rule that does not fit.
    pub rule: String,
    /// What does not fit.
    pub detail: String,
}

/// A calendar as it is written: public holidays are named, but not when they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notation {
    week: [Vec<Window>; 7],
    public_holidays: Option<Vec<Window>>,
    dates: BTreeMap<NaiveDate, Exception>,
}

/// A calendar without public holidays.
///
/// # Errors
/// [`NotationError`] when it cannot be read, or never opens.
pub fn parse(text: &str, zone: Tz) -> Result<Calendar, NotationError> {
    let notation: Notation = text.parse()?;
    notation.calendar(zone, &[]).map_err(|NeverOpens| never_opens(text))
}

/// What is said of a text that is read, but has no opening hours on any weekday.
fn never_opens(text: &str) -> NotationError {
    NotationError {
        at: 1,
        rule: cut(text),
        detail: "no weekday has opening hours".to_owned(),
    }
}

/// The calendar in the notation, its holidays as dates.
pub fn print(calendar: &Calendar) -> String {
    Notation::of(calendar).to_string()
}

/// The beginning of a text, for a message.
fn cut(text: &str) -> String {
    const SHOWN: usize = 80;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl FromStr for Notation {
    type Err = NotationError;

    fn from_str(text: &str) -> Result<Self, NotationError> {
        let notation = read::read(text)?;
        match notation.week.iter().all(Vec::is_empty) {
            true => Err(never_opens(text)),
            false => Ok(notation),
        }
    }
}

impl Notation {
    /// A calendar as it would be written, its holidays as dates.
    pub fn of(calendar: &Calendar) -> Self {
        let always = calendar.week().iter().all(|day| *day == [Window::WHOLE_DAY]);
        Self {
            week: calendar.week().clone(),
            public_holidays: always.then(|| vec![Window::WHOLE_DAY]),
            dates: calendar.exceptions().clone(),
        }
    }

    /// The calendar of a zone with these holidays. A date that the notation names is as the notation says.
    ///
    /// # Errors
    /// [`NeverOpens`] when no weekday has a window.
    pub fn calendar(&self, zone: Tz, holidays: &[Holiday]) -> Result<Calendar, NeverOpens> {
        let mut dates = self.dates.clone();
        for holiday in holidays {
            let public = self.public_holidays.as_deref().unwrap_or_default();
            dates
                .entry(holiday.date)
                .or_insert_with(|| holiday.exception(&self.week, public));
        }
        Calendar::new(zone, self.week.clone(), dates)
    }

    /// The hours of public holidays, where they are given.
    pub fn public_holidays(&self) -> Option<&[Window]> {
        self.public_holidays.as_deref()
    }

    /// The dates that it names.
    pub fn dates(&self) -> &BTreeMap<NaiveDate, Exception> {
        &self.dates
    }

    /// Replaces or adds to what is said of a weekday.
    fn set_weekday(&mut self, day: chrono::Weekday, windows: &[Window], additional: bool) {
        let kept = match additional {
            true => of_weekday(&self.week, day).to_vec(),
            false => Vec::new(),
        };
        let n = day.num_days_from_monday() as usize;
        if let Some(entry) = self.week.get_mut(n) {
            *entry = tidy([&kept, windows].concat());
        }
    }

    fn set_public_holidays(&mut self, windows: &[Window], additional: bool) {
        let kept = self.public_holidays.take().filter(|_| additional).unwrap_or_default();
        self.public_holidays = Some(tidy([&kept, windows].concat()));
    }

    fn set_date(&mut self, date: NaiveDate, windows: &[Window], label: Option<&str>, additional: bool) {
        let kept = self.dates.get(&date).filter(|_| additional);
        let label = label.or(kept.and_then(Exception::label));
        let kept = kept.map_or(&[][..], Exception::windows);
        let exception = Exception::open([kept, windows].concat(), label);
        self.dates.insert(date, exception);
    }
}

const WEEKDAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

impl fmt::Display for Notation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rules = self.weekly();
        if let Some(windows) = self.public_holidays.as_deref().filter(|_| !self.is_every_day()) {
            rules.push(format!("PH {}", hours(windows)));
        }
        rules.extend(self.dated());
        f.write_str(&rules.join("; "))
    }
}

impl Notation {
    /// Whether every day and every public holiday is alike.
    fn is_every_day(&self) -> bool {
        let public = self.public_holidays.as_deref();
        self.week.iter().all(|day| Some(day.as_slice()) == public)
    }

    fn weekly(&self) -> Vec<String> {
        if let Some(day) = self.week.first().filter(|_| self.is_every_day()) {
            let always = *day == [Window::WHOLE_DAY];
            return vec![if always { "24/7".to_owned() } else { hours(day) }];
        }
        let mut runs: Vec<(&str, &str, &[Window])> = Vec::new();
        for (name, windows) in WEEKDAYS.iter().zip(&self.week) {
            match runs.last_mut() {
                Some((_, last, same)) if *same == windows.as_slice() => *last = name,
                _ => runs.push((name, name, windows)),
            }
        }
        let open = runs.into_iter().filter(|(_, _, windows)| !windows.is_empty());
        open.map(|(first, last, windows)| match first == last {
            true => format!("{first} {}", hours(windows)),
            false => format!("{first}-{last} {}", hours(windows)),
        })
        .collect()
    }

    fn dated(&self) -> Vec<String> {
        let mut runs: Vec<(NaiveDate, NaiveDate, &Exception)> = Vec::new();
        for (date, exception) in &self.dates {
            match runs.last_mut() {
                Some((first, last, same))
                    if *same == exception && last.succ_opt() == Some(*date) && first.year() == date.year() =>
                {
                    *last = *date;
                }
                _ => runs.push((*date, *date, exception)),
            }
        }
        let rule = |(first, last, exception): &(NaiveDate, NaiveDate, &Exception)| {
            let label = exception
                .label()
                .map(|label| format!(" \"{label}\""))
                .unwrap_or_default();
            format!("{} {}{label}", dates(*first, *last), hours(exception.windows()))
        };
        runs.iter().map(rule).collect()
    }
}

fn dates(first: NaiveDate, last: NaiveDate) -> String {
    let begin = first.format("%Y %b %d");
    match (first == last, first.month() == last.month()) {
        (true, _) => begin.to_string(),
        (_, true) => format!("{begin}-{}", last.format("%d")),
        _ => format!("{begin}-{}", last.format("%Y %b %d")),
    }
}

/// Windows as they are written, `off` when there are none.
pub(super) fn hours(windows: &[Window]) -> String {
    if windows.is_empty() {
        return "off".to_owned();
    }
    windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// `09:00-12:00`, `22:00-02:00`.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, until) = (self.from(), self.until());
        // Past midnight as people write it, as long as that is not longer than a day.
        let wraps = until > DAY && until - DAY < from;
        let until = if wraps { until - DAY } else { until };
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            from / 60,
            from % 60,
            until / 60,
            until % 60
        )
    }
}

/// Windows as they are written; `None` when they cannot be read.
pub(super) fn windows(text: &str) -> Option<Vec<Window>> {
    // Read as those of a weekday, which takes nothing but windows there.
    let only_hours = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '-' | ','));
    let notation: Notation = format!("Mo {text}").parse().ok().filter(|_| only_hours)?;
    Some(of_weekday(&notation.week, chrono::Weekday::Mon).to_vec())
}
