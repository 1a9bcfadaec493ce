//! A business calendar: when the desk is open.
//!
//! The rule is one sentence: **the desk is open whenever the clock on the wall of its zone shows a time that
//! lies in a window.** A window belongs to the day on which it begins. It may pass midnight; then it runs on
//! into the next day, whatever that day is: a holiday takes away the windows that begin on it, and nothing of
//! the night before. What the wall clock never shows (the hour lost in spring) is not open; what it shows twice
//! (the hour repeated in autumn) is open twice.

use std::collections::{BTreeMap, VecDeque};

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;

use super::local::{self, Steady};
use crate::clock::Moment;

/// The minutes of a day.
pub const DAY: u16 = 24 * 60;
/// How far ahead anything is looked for, days. What is not reached within twenty years is never reached.
pub const HORIZON_DAYS: u32 = 20 * 366;
/// The longest label, characters.
pub const LABEL: usize = 100;

/// A calendar that never opens, or not often enough for what was asked within twenty years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calendar does not open, or not long enough within twenty years")]
pub struct NeverOpens;

/// Opening hours without a break, in minutes after midnight of the day on which they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    from: u16,
    until: u16,
}

impl Window {
    /// From midnight to midnight.
    pub const WHOLE_DAY: Self = Self { from: 0, until: DAY };

    /// From `from` (before 24:00) until `until` (later, at most 48:00: the end of the next day).
    pub const fn new(from: u16, until: u16) -> Option<Self> {
        if from < DAY && from < until && until <= 2 * DAY {
            Some(Self { from, until })
        } else {
            None
        }
    }

    /// Minutes after midnight at which it begins, below 1440.
    pub const fn from(self) -> u16 {
        self.from
    }

    /// Minutes after the same midnight at which it ends, at most 2880.
    pub const fn until(self) -> u16 {
        self.until
    }
}

/// In order, with what touches or overlaps made one.
pub(super) fn tidy(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_unstable();
    let mut tidy: Vec<Window> = Vec::with_capacity(windows.len());
    for window in windows {
        match tidy.last_mut() {
            Some(last) if window.from <= last.until => last.until = last.until.max(window.until),
            _ => tidy.push(window),
        }
    }
    tidy
}

/// A date that is not like its weekday: closed, a part of a day, other hours, or a day that is made up for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exception {
    windows: Vec<Window>,
    label: Option<String>,
}

impl Exception {
    /// Closed all day.
    pub fn closed(label: Option<&str>) -> Self {
        Self::open(Vec::new(), label)
    }

    /// Open in these windows, and in no others.
    pub fn open(windows: Vec<Window>, label: Option<&str>) -> Self {
        Self {
            windows: tidy(windows),
            label: label.and_then(clean_label),
        }
    }

    /// Its windows, in order.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// What it is called.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
}

/// A label on one line, without quotation marks (they end a comment in the notation); none when it is empty.
pub(super) fn clean_label(text: &str) -> Option<String> {
    let text: String = text
        .chars()
        .filter(|c| *c != '"')
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let text: String = text.trim().chars().take(LABEL).collect();
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A stretch of time in which the desk is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Its beginning.
    pub from: Moment,
    /// Its end, not part of it.
    pub until: Moment,
}

impl Open {
    /// How long it is.
    pub fn length(&self) -> TimeDelta {
        self.until - self.from
    }
}

/// A business calendar. There is none that never opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    zone: Tz,
    week: [Vec<Window>; 7],
    exceptions: BTreeMap<NaiveDate, Exception>,
}

impl Calendar {
    /// A calendar of a week (Monday first) and its exceptions.
    ///
    /// # Errors
    /// [`NeverOpens`] when no weekday has a window: such a calendar would stop after its last exception.
    pub fn new(
        zone: Tz,
        week: [Vec<Window>; 7],
        exceptions: BTreeMap<NaiveDate, Exception>,
    ) -> Result<Self, NeverOpens> {
        let week = week.map(tidy);
        if week.iter().all(Vec::is_empty) {
            return Err(NeverOpens);
        }
        Ok(Self { zone, week, exceptions })
    }

    /// Always open.
    pub fn around_the_clock(zone: Tz) -> Self {
        Self {
            zone,
            week: std::array::from_fn(|_| vec![Window::WHOLE_DAY]),
            exceptions: BTreeMap::new(),
        }
    }

    /// Whose wall clock counts.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The windows of each weekday, Monday first.
    pub fn week(&self) -> &[Vec<Window>; 7] {
        &self.week
    }

    /// The dates that are not like their weekday.
    pub fn exceptions(&self) -> &BTreeMap<NaiveDate, Exception> {
        &self.exceptions
    }

    /// The windows of a weekday.
    pub fn weekday(&self, day: Weekday) -> &[Window] {
        of_weekday(&self.week, day)
    }

    /// The windows that begin on a date.
    pub fn windows_on(&self, date: NaiveDate) -> &[Window] {
        match self.exceptions.get(&date) {
            Some(exception) => &exception.windows,
            None => self.weekday(date.weekday()),
        }
    }

    /// The date on the wall at a moment.
    pub fn date(&self, at: Moment) -> NaiveDate {
        local::date(self.zone, at)
    }

    /// Whether any window begins on this date that the wall clock then really shows.
    pub fn is_business_day(&self, date: NaiveDate) -> bool {
        self.closing(date).is_some()
    }

    /// When the last window ends that begins on this date; it may end on the next. `None` when none begins.
    pub fn closing(&self, date: NaiveDate) -> Option<Moment> {
        self.opening_hours(date).last().map(|open| open.until)
    }

    /// The moments of the windows that begin on this date, in order.
    pub fn opening_hours(&self, date: NaiveDate) -> Vec<Open> {
        let windows = self.windows_on(date);
        let (Some(first), Some(last)) = (windows.first(), windows.iter().map(|window| window.until).max()) else {
            return Vec::new();
        };
        let from = Moment(at_minute(date, first.from).and_utc()) - local::FARTHEST;
        let until = Moment(at_minute(date, last).and_utc()) + local::FARTHEST;
        let mut hours: Vec<Open> = Vec::new();
        for part in local::steady(self.zone, from, until) {
            for window in windows {
                if let Some(open) = within(&part, date, *window) {
                    join(&mut hours, open);
                }
            }
        }
        hours
    }

    /// When the desk is open between two moments, in order; what touches is one.
    pub fn open(&self, from: Moment, until: Moment) -> impl Iterator<Item = Open> {
        let mut pieces = self.pieces(from, until).peekable();
        std::iter::from_fn(move || {
            let mut open = pieces.next()?;
            while let Some(next) = pieces.next_if(|next| next.from <= open.until) {
                open.until = next.until;
            }
            Some(open)
        })
    }

    /// As [`Calendar::open`], cut at least once a day: for sums and searches, which then need not see the whole.
    pub(super) fn pieces(&self, from: Moment, until: Moment) -> impl Iterator<Item = Open> {
        let mut parts = local::steady(self.zone, from, until);
        let mut ready: VecDeque<Open> = VecDeque::new();
        std::iter::from_fn(move || {
            while ready.is_empty() {
                self.fill(&mut ready, &parts.next()?);
            }
            ready.pop_front()
        })
    }

    fn fill(&self, ready: &mut VecDeque<Open>, part: &Steady) {
        let (from, until) = part.on_the_wall();
        // A window of the day before may run on into this one, and ends with it at the latest.
        let mut day = from.date().pred_opt();
        while let Some(date) = day.filter(|date| *date <= until.date()) {
            for window in self.windows_on(date) {
                if let Some(open) = within(part, date, *window) {
                    match ready.back_mut() {
                        Some(last) if open.from <= last.until => last.until = last.until.max(open.until),
                        _ => ready.push_back(open),
                    }
                }
            }
            day = date.succ_opt();
        }
    }

    /// How long the desk is open between two moments: nothing, when the second is not the later.
    pub fn elapsed(&self, from: Moment, to: Moment) -> TimeDelta {
        self.pieces(from, to)
            .fold(TimeDelta::zero(), |sum, open| sum + open.length())
    }

    /// The first moment at which the desk has been open for `time` since `from`; `from` itself for nothing.
    ///
    /// # Errors
    /// [`NeverOpens`] when that takes more than twenty years.
    pub fn after(&self, from: Moment, time: TimeDelta) -> Result<Moment, NeverOpens> {
        if time <= TimeDelta::zero() {
            return Ok(from);
        }
        let mut left = time;
        for open in self.pieces(from, horizon(from)) {
            if left <= open.length() {
                return Ok(open.from + left);
            }
            left -= open.length();
        }
        Err(NeverOpens)
    }

    /// The first moment from `from` on at which the desk is open.
    ///
    /// # Errors
    /// [`NeverOpens`] when there is none within twenty years.
    pub fn next_opening(&self, from: Moment) -> Result<Moment, NeverOpens> {
        self.pieces(from, horizon(from))
            .next()
            .map(|open| open.from)
            .ok_or(NeverOpens)
    }
}

fn horizon(from: Moment) -> Moment {
    from + TimeDelta::days(i64::from(HORIZON_DAYS))
}

/// The entry of a weekday in a table that begins with Monday.
pub(super) fn of_weekday(week: &[Vec<Window>; 7], day: Weekday) -> &[Window] {
    let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = week;
    match day {
        Weekday::Mon => monday,
        Weekday::Tue => tuesday,
        Weekday::Wed => wednesday,
        Weekday::Thu => thursday,
        Weekday::Fri => friday,
        Weekday::Sat => saturday,
        Weekday::Sun => sunday,
    }
}

/// What the wall clock shows so many minutes after midnight began a date.
fn at_minute(date: NaiveDate, minutes: u16) -> chrono::NaiveDateTime {
    let (days, minutes) = (u64::from(minutes / DAY), i64::from(minutes % DAY));
    let date = date.checked_add_days(Days::new(days)).unwrap_or(date);
    date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes)
}

/// The part of a window that falls into a steady stretch of time.
fn within(part: &Steady, date: NaiveDate, window: Window) -> Option<Open> {
    let (from, until) = part.on_the_wall();
    let from = from.max(at_minute(date, window.from));
    let until = until.min(at_minute(date, window.until));
    (from < until).then(|| Open {
        from: part.moment(from),
        until: part.moment(until),
    })
}

fn join(hours: &mut Vec<Open>, open: Open) {
    match hours.last_mut() {
        Some(last) if open.from <= last.until => last.until = last.until.max(open.until),
        _ => hours.push(open),
    }
}
