//! From an iCalendar file to dates. The crate reads lines and components; what they mean is decided here.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use icalendar::parser::{Component, Property, read_calendar_simple, unfold};

use super::repeat::{self, Span};
use super::{Holiday, ImportError, LARGEST, MOST, WeekdayName};
use crate::domain::sla::calendar::{LABEL, clean_label};

/// The longest event, days.
const LONGEST: i64 = 62;
/// How deep components may lie in each other: a calendar, an event, an alarm, and one to spare.
const DEEPEST: usize = 4;

pub(super) fn import(text: &str, today: NaiveDate) -> Result<Vec<Holiday>, ImportError> {
    let span = Span::around(today);
    let whole = |detail: String| ImportError { event: None, detail };
    if text.len() > LARGEST {
        return Err(whole(format!("larger than {LARGEST} bytes")));
    }
    let begins_calendar = |line: &str| line.trim().eq_ignore_ascii_case("BEGIN:VCALENDAR");
    if !text.trim_start_matches('\u{feff}').lines().any(begins_calendar) {
        return Err(whole("there is no calendar (VCALENDAR) in the file".to_owned()));
    }
    check_depth(text).map_err(whole)?;
    let text = unfold(text.trim_start_matches('\u{feff}'));
    let components = read_calendar_simple(&text).map_err(|error| {
        whole(format!(
            "the file cannot be read from {} on",
            line_of(&text, error.input)
        ))
    })?;
    let mut dates: BTreeMap<NaiveDate, Holiday> = BTreeMap::new();
    let mut events = 0;
    let named = |component: &&Component<'_>, name: &str| component.name.as_ref().eq_ignore_ascii_case(name);
    for calendar in components.iter().filter(|component| named(component, "VCALENDAR")) {
        for event in calendar
            .components
            .iter()
            .filter(|component| named(component, "VEVENT"))
        {
            events += 1;
            let failed = |detail: String| ImportError {
                event: Some(events),
                detail,
            };
            for holiday in read_event(event, span).map_err(failed)? {
                add(&mut dates, holiday).map_err(failed)?;
            }
            if dates.len() > MOST {
                return Err(whole(format!("more than {MOST} dates")));
            }
        }
    }
    match events {
        0 => Err(whole("there is no event (VEVENT) in the file".to_owned())),
        _ => Ok(dates.into_values().collect()),
    }
}

/// Refuses components nested deeper than any calendar has them: the reader calls itself for each.
fn check_depth(text: &str) -> Result<(), String> {
    let mut depth = 0_usize;
    for line in text.lines() {
        let line = line.trim_start();
        let begins = |word: &str| {
            line.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        if begins("BEGIN:") {
            depth += 1;
        } else if begins("END:") {
            depth = depth.saturating_sub(1);
        }
        if depth > DEEPEST {
            return Err("components are nested too deeply".to_owned());
        }
    }
    Ok(())
}

/// Which line a rest of the text begins on.
fn line_of(text: &str, rest: &str) -> String {
    let read = text.len().saturating_sub(rest.len());
    let lines = text.get(..read).unwrap_or_default().matches('\n').count();
    format!("line {} (folded lines counted as one)", lines + 1)
}

/// The values of a property that may stand several times.
pub(super) fn all<'a>(event: &'a Component<'_>, name: &str) -> impl Iterator<Item = &'a str> {
    let named = event
        .properties
        .iter()
        .filter(move |property| property.name.as_ref().eq_ignore_ascii_case(name));
    named.map(|property| property.val.as_ref().trim())
}

fn find<'a>(event: &'a Component<'_>, name: &str) -> Option<&'a Property<'a>> {
    event
        .properties
        .iter()
        .find(|property| property.name.as_ref().eq_ignore_ascii_case(name))
}

fn value<'a>(event: &'a Component<'_>, name: &str) -> Option<&'a str> {
    find(event, name).map(|property| property.val.as_ref().trim())
}

fn read_event(event: &Component<'_>, span: Span) -> Result<Vec<Holiday>, String> {
    if value(event, "STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
        return Ok(Vec::new());
    }
    if find(event, "RECURRENCE-ID").is_some() {
        return Err(
            "changes of one day of a repeated event (RECURRENCE-ID) are not taken: give it as an event".to_owned(),
        );
    }
    let summary = value(event, "SUMMARY").map(plain).unwrap_or_default();
    let label = clean_label(&summary).ok_or("it has no SUMMARY, which is the label")?;
    let first = date(value(event, "DTSTART").ok_or("it has no DTSTART")?)?;
    let days = days(event, first)?;
    let works_like = match value(event, "X-WORKS-LIKE") {
        Some(code) => Some(weekday(code)?),
        None => is_worked(event, &summary).then_some(WeekdayName::Monday),
    };
    let begins = repeat::days(event, first, span)?;
    let dates = begins.iter().flat_map(|begin| begin.iter_days().take(days));
    let holidays = dates.map(|date| Holiday {
        date,
        label: label.clone(),
        works_like,
        hours: None,
    });
    let holidays: Vec<Holiday> = holidays.collect();
    match holidays.iter().flat_map(Holiday::misfits).next() {
        Some((_, misfit)) => Err(misfit.to_owned()),
        None => Ok(holidays),
    }
}

/// How many days it lasts.
fn days(event: &Component<'_>, first: NaiveDate) -> Result<usize, String> {
    let days = match (value(event, "DTEND"), value(event, "DURATION")) {
        // Some calendars give the day itself as the end of a single day.
        (Some(end), _) => match (date(end)? - first).num_days() {
            0 => 1,
            days => days,
        },
        (None, Some(duration)) => duration_days(duration).ok_or("its DURATION is not in days or weeks")?,
        (None, None) => 1,
    };
    if days < 1 {
        return Err("it ends before it begins".to_owned());
    }
    if days > LONGEST || first.checked_add_days(Days::new(days.unsigned_abs())).is_none() {
        return Err(format!("it is longer than {LONGEST} days"));
    }
    Ok(usize::try_from(days).unwrap_or(1))
}

fn duration_days(text: &str) -> Option<i64> {
    let text = text.strip_prefix('P')?;
    match (text.strip_suffix('D'), text.strip_suffix('W')) {
        (Some(days), _) => days.parse().ok(),
        (_, Some(weeks)) => weeks.parse::<i64>().ok()?.checked_mul(7),
        _ => None,
    }
}

/// `20261001`.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    if text.contains('T') {
        return Err("it is at a time of day: only whole days (VALUE=DATE) are taken".to_owned());
    }
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let date = NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| digits);
    date.ok_or_else(|| "DTSTART or DTEND is no date such as 20261001".to_owned())
}

fn weekday(code: &str) -> Result<WeekdayName, String> {
    let codes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let days = codes.iter().zip(WeekdayName::ALL);
    days.filter(|(name, _)| name.eq_ignore_ascii_case(code))
        .map(|(_, day)| *day)
        .next()
        .ok_or_else(|| format!("X-WORKS-LIKE is one of {}", codes.join(", ")))
}

/// Whether it is marked as a day that is worked.
fn is_worked(event: &Component<'_>, summary: &str) -> bool {
    let categories = event
        .properties
        .iter()
        .filter(|property| property.name.as_ref().eq_ignore_ascii_case("CATEGORIES"))
        .flat_map(|property| property.val.as_ref().split(','))
        .map(str::trim);
    let mut marks = categories.filter(|category| {
        ["WORK", "WORKDAY", "上班", "补班"]
            .iter()
            .any(|mark| category.eq_ignore_ascii_case(mark))
    });
    let in_summary = summary.contains("补班") || (summary.contains("上班") && !summary.contains("不上班"));
    marks.next().is_some() || in_summary
}

/// A TEXT value without its escapes (RFC 5545, 3.3.11).
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => plain.push(' '),
                Some(other) => plain.push(other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain
}

/// Adds a date; a second name of the same day is added to the first.
fn add(dates: &mut BTreeMap<NaiveDate, Holiday>, holiday: Holiday) -> Result<(), String> {
    let Some(known) = dates.get_mut(&holiday.date) else {
        dates.insert(holiday.date, holiday);
        return Ok(());
    };
    if known.works_like != holiday.works_like {
        return Err(format!(
            "{} is both closed and worked, or worked in two ways",
            holiday.date
        ));
    }
    let both = format!("{} / {}", known.label, holiday.label);
    let is_new = known.label.split(" / ").all(|label| label != holiday.label);
    if is_new && both.chars().count() <= LABEL {
        known.label = both;
    }
    Ok(())
}
