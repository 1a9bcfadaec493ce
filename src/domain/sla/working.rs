//! How a deadline was found: the windows used, the days skipped, the pauses taken into account.

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendar::{Calendar, Open};
use super::deadline::Target;
use super::plan::{Plan, Run};
use crate::clock::Moment;

/// The most entries of each kind; how many more there are is told.
pub const MOST: usize = 50;

/// How a deadline was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Working {
    /// Whether counting began with the day after the date of receipt.
    pub from_next_day: bool,
    /// When counting began: receipt, the next opening, or the day after.
    pub counted_from: Moment,
    /// The opening hours that were used, in order; none for calendar units.
    pub windows: Vec<UsedWindow>,
    /// How many more windows there are.
    pub windows_left_out: usize,
    /// The days on which the desk did not open, in order; none for calendar units.
    pub closed: Vec<Day>,
    /// How many more closed days there are.
    pub closed_left_out: usize,
    /// The days that had other hours than their weekday, such as a Saturday that was worked, in order.
    pub other_hours: Vec<Day>,
    /// How many more such days there are.
    pub other_hours_left_out: usize,
    /// The pauses that moved the deadline, or hold it, in order.
    pub pauses: Vec<CountedPause>,
    /// How many more pauses there are.
    pub pauses_left_out: usize,
}

/// Opening hours that were used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UsedWindow {
    /// Their beginning, or when counting began or went on within them.
    pub from: Moment,
    /// Their end, or when counting ended or stood still within them.
    pub until: Moment,
    /// How much that is, seconds.
    pub seconds: i64,
}

/// A day that is not like others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Day {
    /// Its date, in the calendar's zone.
    pub date: NaiveDate,
    /// What it is called.
    pub label: Option<String>,
    /// Whether it is closed every week on this day.
    pub weekly: bool,
}

/// A pause that was taken into account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountedPause {
    /// Its beginning, as far as it counts.
    pub from: Moment,
    /// Its end; none while it lasts.
    pub until: Option<Moment>,
    /// Why.
    pub cause: String,
    /// By how much it moved the deadline, seconds; 0 while it lasts.
    pub seconds: i64,
}

/// The working of a run.
pub(super) fn of(calendar: &Calendar, target: &Target, start: Moment, plan: &Plan<'_>, run: &Run<'_>) -> Working {
    let end = run.due.or(run.stopped.map(|(_, at)| at)).unwrap_or(plan.begin);
    let mut pauses = Capped::new();
    for (pause, from, until, took) in &run.taken {
        pauses.push(CountedPause {
            from: *from,
            until: Some(*until),
            cause: pause.cause.clone(),
            seconds: took.num_seconds(),
        });
    }
    if let Some((pause, from)) = run.stopped {
        pauses.push(CountedPause {
            from,
            until: None,
            cause: pause.cause.clone(),
            seconds: 0,
        });
    }
    let (mut windows, mut closed, mut other_hours) = (Capped::new(), Capped::new(), Capped::new());
    if target.unit.is_business() {
        used_windows(calendar, plan.begin, end, run, &mut windows);
        odd_days(calendar, target, start, end, &mut closed, &mut other_hours);
    }
    Working {
        from_next_day: target.from_next_day,
        counted_from: plan.begin,
        windows: windows.kept,
        windows_left_out: windows.left_out,
        closed: closed.kept,
        closed_left_out: closed.left_out,
        other_hours: other_hours.kept,
        other_hours_left_out: other_hours.left_out,
        pauses: pauses.kept,
        pauses_left_out: pauses.left_out,
    }
}

/// The open hours between `begin` and `end` without the pauses.
fn used_windows(calendar: &Calendar, begin: Moment, end: Moment, run: &Run<'_>, into: &mut Capped<UsedWindow>) {
    let mut at = begin;
    let gaps = run.taken.iter().map(|(_, from, until, _)| (*from, *until));
    for (from, until) in gaps.chain([(end, end)]) {
        for Open { from, until } in calendar.open(at, from.min(end)) {
            into.push(UsedWindow {
                from,
                until,
                seconds: (until - from).num_seconds(),
            });
        }
        at = until;
    }
}

fn odd_days(
    calendar: &Calendar,
    target: &Target,
    start: Moment,
    end: Moment,
    closed: &mut Capped<Day>,
    other_hours: &mut Capped<Day>,
) {
    // What ends at midnight ended on the day before.
    let last = calendar.date((end - TimeDelta::microseconds(1)).max(start));
    let skip = usize::from(target.from_next_day);
    let days = calendar.date(start).iter_days().skip(skip);
    for date in days.take_while(|date| *date <= last) {
        let exception = calendar.exceptions().get(&date);
        let weekly = calendar.weekday(date.weekday()).is_empty();
        let day = || Day {
            date,
            label: exception.and_then(|exception| exception.label()).map(str::to_owned),
            weekly,
        };
        if !calendar.is_business_day(date) {
            closed.push(day());
        } else if exception.is_some() {
            other_hours.push(day());
        }
    }
}

/// A list with an end.
struct Capped<T> {
    kept: Vec<T>,
    left_out: usize,
}

impl<T> Capped<T> {
    const fn new() -> Self {
        Self {
            kept: Vec::new(),
            left_out: 0,
        }
    }

    fn push(&mut self, entry: T) {
        match self.kept.len() < MOST {
            true => self.kept.push(entry),
            false => self.left_out += 1,
        }
    }
}
