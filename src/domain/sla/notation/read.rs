//! Reading the notation: the grammar is the crate's, what of it makes sense for a desk is decided here.

use chrono::{Datelike as _, NaiveDate, Weekday};
use opening_hours_syntax::rules::day::{Date, DateOffset, DaySelector, HolidayKind, MonthdayRange, WeekDayRange, Year};
use opening_hours_syntax::rules::time::{Time, TimeSpan};
use opening_hours_syntax::rules::{RuleKind, RuleOperator, RuleSequence};
use pest::error::InputLocation;

use super::{DAY, LONGEST, MOST_DATES, Notation, NotationError, Window, cut};

/// What does not fit, and at which byte of its rule.
struct Misfit {
    at: usize,
    detail: String,
}

/// Something about a rule as a whole.
fn misfit(detail: impl Into<String>) -> Misfit {
    Misfit {
        at: 0,
        detail: detail.into(),
    }
}

/// What kind of rule came last; the kinds come in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Week,
    PublicHolidays,
    Dates,
}

pub(super) fn read(text: &str) -> Result<Notation, NotationError> {
    if text.chars().count() > LONGEST {
        return Err(NotationError {
            at: LONGEST,
            rule: cut(text),
            detail: format!("at most {LONGEST} characters"),
        });
    }
    let mut notation = Notation::default();
    let mut part = Part::Week;
    for (start, rule) in split(text) {
        read_rules(rule, &mut notation, &mut part).map_err(|found| {
            let byte = start + found.at.min(rule.len());
            NotationError {
                at: text.get(..byte).unwrap_or_default().chars().count() + 1,
                rule: cut(rule),
                detail: found.detail,
            }
        })?;
    }
    Ok(notation)
}

/// The rules between `;` (not those within quotation marks), without the space around them, with their places.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut rules = Vec::new();
    let (mut start, mut quoted) = (0, false);
    let ends = text.char_indices().filter(|(_, c)| {
        quoted ^= *c == '"';
        *c == ';' && !quoted
    });
    for (at, _) in ends.collect::<Vec<_>>().into_iter().chain([(text.len(), ' ')]) {
        let rule = text.get(start..at).unwrap_or_default();
        let space = rule.len() - rule.trim_start().len();
        rules.push((start + space, rule.trim()));
        start = at + 1;
    }
    rules
}

fn read_rules(text: &str, notation: &mut Notation, part: &mut Part) -> Result<(), Misfit> {
    if text.is_empty() {
        return Err(misfit("a rule is missing here"));
    }
    check_times(text)?;
    let parsed = opening_hours_syntax::parse(text).map_err(explain)?;
    for rule in &parsed.rules {
        read_rule(text, rule, notation, part)?;
    }
    Ok(())
}

fn explain(error: opening_hours_syntax::Error) -> Misfit {
    match error {
        opening_hours_syntax::Error::Syntax(error) => Misfit {
            at: match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            },
            detail: "this cannot be read here".to_owned(),
        },
        other => misfit(other.to_string()),
    }
}

/// Every time is the beginning or the end of a window: the grammar also takes a lone beginning. (With the sun as the
/// other end, it is refused further down.)
fn check_times(text: &str) -> Result<(), Misfit> {
    if ["dawn", "sunrise", "sunset", "dusk"]
        .iter()
        .any(|event| text.contains(event))
    {
        return Ok(());
    }
    let mut times = times(text).into_iter();
    while let Some((at, beginning)) = times.next() {
        let lone = || Misfit {
            at,
            detail: format!("`{beginning}` has no end: write it as 09:00-18:00"),
        };
        let (end_at, end) = times.next().ok_or_else(lone)?;
        let between = text.get(at + beginning.len()..end_at).unwrap_or_default();
        if between.trim() != "-" {
            return Err(lone());
        }
        if beginning.trim_start_matches('0') == end.trim_start_matches('0') {
            return Err(Misfit {
                at,
                detail: format!("a window from {beginning} to {end}: write 24 hours as 09:00-33:00"),
            });
        }
    }
    Ok(())
}

/// The times of day in a text outside quotation marks, each with its place.
fn times(text: &str) -> Vec<(usize, &str)> {
    let mut times = Vec::new();
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        quoted ^= c == '"';
        if c != ':' || quoted {
            continue;
        }
        let (before, after) = text.split_at(at);
        let hours = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let after = after.get(1..).unwrap_or_default();
        let minutes = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if hours > 0 && minutes > 0 {
            let from = at - hours;
            times.push((from, text.get(from..at + 1 + minutes).unwrap_or_default()));
        }
    }
    times
}

fn read_rule(text: &str, rule: &RuleSequence, notation: &mut Notation, part: &mut Part) -> Result<(), Misfit> {
    let additional = match rule.operator {
        RuleOperator::Normal => false,
        RuleOperator::Additional => true,
        RuleOperator::Fallback => return Err(misfit("`||` is not understood; write what holds")),
    };
    let windows = windows_of(rule)?;
    let days = &rule.day_selector;
    if !days.year.is_empty() || !days.week.is_empty() {
        return Err(misfit("years, months and weeks are not understood; name the dates"));
    }
    let (weekdays, public) = weekdays(text, days)?;
    let label = Some(rule.comment.as_ref()).filter(|comment| !comment.is_empty());
    let this = match (days.monthday.is_empty(), public, weekdays.is_empty()) {
        (false, true, _) => return Err(misfit("PH among dates: name the dates")),
        (false, ..) => Part::Dates,
        (true, true, true) => Part::PublicHolidays,
        (true, ..) => Part::Week,
    };
    if this < *part {
        return Err(misfit("first the week, then PH, then dates: this rule comes too late"));
    }
    if this != Part::Dates {
        if label.is_some() {
            return Err(misfit("only dates can have a comment"));
        }
        // A rule without days is for all of them.
        let every = weekdays.is_empty() && !public;
        for day in WEEK.into_iter().filter(|day| every || weekdays.contains(day)) {
            notation.set_weekday(day, &windows, additional);
        }
        if public || every {
            notation.set_public_holidays(&windows, additional);
        }
        *part = if public { Part::PublicHolidays } else { *part };
        return Ok(());
    }
    *part = Part::Dates;
    for range in &days.monthday {
        for date in dates(text, range)? {
            if weekdays.is_empty() || weekdays.contains(&date.weekday()) {
                notation.set_date(date, &windows, label, additional);
            }
        }
        if notation.dates.len() > MOST_DATES {
            return Err(misfit(format!("more than {MOST_DATES} dates")));
        }
    }
    Ok(())
}

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// The windows of a rule; none when it closes.
fn windows_of(rule: &RuleSequence) -> Result<Vec<Window>, Misfit> {
    let spans = &rule.time_selector.spans;
    let windows = spans.iter().map(window).collect::<Result<Vec<_>, _>>()?;
    match rule.kind {
        RuleKind::Open => Ok(windows),
        RuleKind::Closed if windows == [Window::WHOLE_DAY] => Ok(Vec::new()),
        RuleKind::Closed => Err(misfit(
            "closed for a part of the day: write when it is open, such as 09:00-12:00,13:00-18:00",
        )),
        RuleKind::Unknown => Err(misfit("`unknown` is not understood: open or closed")),
    }
}

fn window(span: &TimeSpan) -> Result<Window, Misfit> {
    if span.open_end || span.repeats.is_some() {
        return Err(misfit(
            "open ends and repeats are not understood: write the end of the window",
        ));
    }
    let (Time::Fixed(from), Time::Fixed(until)) = (span.range.start, span.range.end) else {
        return Err(misfit(
            "dawn, sunrise, sunset and dusk are not understood: write the time",
        ));
    };
    let (from, until) = (from.mins_from_midnight(), until.mins_from_midnight());
    let until = if until <= from { until + DAY } else { until };
    Window::new(from, until).ok_or_else(|| misfit("a window begins before 24:00 and ends by 48:00"))
}

/// The weekdays that a rule names, and whether it names public holidays.
fn weekdays(text: &str, days: &DaySelector) -> Result<(Vec<Weekday>, bool), Misfit> {
    let (mut named, mut public) = (Vec::new(), false);
    for range in &days.weekday {
        match range {
            WeekDayRange::Holiday {
                kind: HolidayKind::Public,
                offset: 0,
            } => public = true,
            WeekDayRange::Holiday { .. } => {
                return Err(misfit(
                    "of holidays only PH is understood, without days before or after",
                ));
            }
            WeekDayRange::Fixed {
                range,
                offset: 0,
                nth_from_start: [true, true, true, true, true],
                nth_from_end: [true, true, true, true, true],
            } => {
                let mut day = *range.start();
                named.push(day);
                while day != *range.end() {
                    day = day.succ();
                    named.push(day);
                }
            }
            WeekDayRange::Fixed { .. } => {
                return Err(misfit(
                    "the first, second or last weekday of a month is not understood; name the dates",
                ));
            }
        }
    }
    // `PH Mo` means holidays that are Mondays, `PH,Mo` both; the grammar drops the difference.
    let words: Vec<&str> = text.split(' ').collect();
    let is_day = |word: &str| named_day(word, str::starts_with) && named_day(word, str::ends_with);
    let narrowed = |pair: &[&str]| match pair {
        [one, other] => (one.ends_with("PH") && is_day(other)) || (is_day(one) && other.starts_with("PH")),
        _ => false,
    };
    if public && words.windows(2).any(narrowed) {
        return Err(misfit(
            "public holidays on certain weekdays are not understood; name the dates",
        ));
    }
    Ok((named, public))
}

fn named_day(word: &str, by: fn(&str, &'static str) -> bool) -> bool {
    super::WEEKDAYS.iter().any(|day| by(word, day))
}

fn dates(text: &str, range: &MonthdayRange) -> Result<Vec<NaiveDate>, Misfit> {
    let MonthdayRange::Date { start, end } = range else {
        return Err(misfit("whole months are not understood; name the dates"));
    };
    let (first, last) = (date(start)?, date(end)?);
    let month = last.format("%b").to_string();
    // `2026 Oct 07-01` would run into November.
    if last < first || (last.month() != first.month() && !text.contains(&month)) {
        return Err(misfit("a range of dates ends before it begins"));
    }
    let days = usize::try_from((last - first).num_days() + 1).unwrap_or(usize::MAX);
    if days > 366 {
        return Err(misfit("a range of dates is longer than a year"));
    }
    Ok(first.iter_days().take(days).collect())
}

fn date((date, offset): &(Date, DateOffset)) -> Result<NaiveDate, Misfit> {
    if *offset != DateOffset::default() {
        return Err(misfit("days before or after a date are not understood; name the date"));
    }
    match *date {
        Date::Fixed {
            year: Some(Year(year)),
            month,
            day,
        } => NaiveDate::from_ymd_opt(year, month as u32, u32::from(day))
            .ok_or_else(|| misfit(format!("{year} has no {day} {month}"))),
        Date::Weekday { .. } => Err(misfit("the n-th weekday of a month is not understood; name the date")),
        Date::Fixed { year: None, .. } => Err(misfit("a date needs its year, as in 2026 Oct 01")),
        Date::Easter { .. } => Err(misfit("Easter is not understood; name the date")),
    }
}
