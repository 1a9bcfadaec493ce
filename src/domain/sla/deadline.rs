//! By when something is due: the pure calculator.
//!
//! What the units mean:
//!
//! | unit | without `from_next_day` | with `from_next_day` |
//! |---|---|---|
//! | `business_minutes` | so many minutes of opening time from receipt | … from the first opening of the next day on |
//! | `business_days` | the closing of the n-th business day, the day of receipt being the first unless it has closed | the closing of the n-th business day after the date of receipt |
//! | `calendar_days` | the same time on the wall n days later | the end of the n-th day after the date of receipt |
//! | `calendar_weeks` | 7 n calendar days | the end of the 7 n-th day after the date of receipt |
//!
//! * A *business day* is a date on which a window begins; its closing is the end of its last window, which may
//!   be after midnight. "The third business day following receipt" (UK DISP 1.5) is 3 `business_days` with
//!   `from_next_day`; "within eight weeks after receipt" (DISP 1.6.2) is 8 `calendar_weeks` with it.
//! * A receipt outside opening hours counts, in business units, from the next opening. Calendar units run
//!   always.
//! * Nothing to wait for (an amount of 0) is due at once, or with `from_next_day` at the end of the date of
//!   receipt.
//! * Calendar units are reckoned on the wall clock: a day has 24 hours, also when the clocks change. What is
//!   received in the repeated hour counts as received when it ends. Where the wall clock skips the time of a
//!   deadline, it is due when the gap ends; where it shows that time twice, the first time. The end of a day is
//!   the midnight that ends it. Months do not occur in any unit, so their different lengths change nothing.
//! * A pause moves the deadline by exactly the time that it took: opening time for business units, time on the
//!   wall clock for calendar units. Overlapping pauses count once; what lies before counting begins does not
//!   count. While a pause is open nothing is due, and what is left stands still.
//! * What is not reached within twenty years is never due ([`NeverOpens`]).

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendar::{Calendar, HORIZON_DAYS, NeverOpens};
use super::local;
use super::working::{self, Working};
use crate::clock::Moment;
use crate::text_enum;

text_enum! {
    /// In what a deadline is counted.
    Unit {
        /// Minutes in which the desk is open.
        BusinessMinutes = "business_minutes",
        /// Days on which the desk opens; due at the closing of the last.
        BusinessDays = "business_days",
        /// Days of the calendar, open or not.
        CalendarDays = "calendar_days",
        /// Weeks of the calendar.
        CalendarWeeks = "calendar_weeks",
    }
}

impl Unit {
    /// Whether only opening hours count.
    pub const fn is_business(self) -> bool {
        matches!(self, Self::BusinessMinutes | Self::BusinessDays)
    }
}

/// How much time there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// How many of the unit.
    #[schema(example = 3)]
    pub amount: u32,
    /// In what it is counted.
    pub unit: Unit,
    /// Whether counting begins with the day after the date of receipt.
    #[serde(default)]
    pub from_next_day: bool,
}

/// A time in which a clock stands still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Its beginning.
    pub from: Moment,
    /// Its end; none while it lasts.
    pub until: Option<Moment>,
    /// Why, in a word or a few.
    pub cause: String,
}

/// By when something is due, and how that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// When; none while a pause is open.
    pub due: Option<Moment>,
    /// What was left when the open pause began, seconds; opening time for business units.
    pub left_seconds: Option<i64>,
    /// How it was found.
    pub working: Working,
}

/// How much of the time is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// What has been used, without pauses; more than the total once it is overdue. Opening time for business
    /// units.
    pub used: TimeDelta,
    /// What there is altogether.
    pub total: TimeDelta,
}

impl Used {
    /// What is left; negative once it is overdue.
    pub fn left(&self) -> TimeDelta {
        self.total - self.used
    }

    /// The share that is used: 1 is all of it. All of nothing is used at once.
    pub fn fraction(&self) -> f64 {
        let (used, total) = (self.used.num_milliseconds(), self.total.num_milliseconds());
        if total <= 0 { 1.0 } else { used as f64 / total as f64 }
    }
}

/// By when a target is due that began to run at `start`, with the working.
///
/// # Errors
/// [`NeverOpens`] when it is not due within twenty years.
pub fn deadline(calendar: &Calendar, target: &Target, start: Moment, pauses: &[Pause]) -> Result<Deadline, NeverOpens> {
    let plan = Plan::new(calendar, target, start)?;
    let run = plan.run(plan.full, pauses)?;
    Ok(Deadline {
        due: run.due,
        left_seconds: run.left.map(|left| left.num_seconds()),
        working: working::of(calendar, target, start, &plan, &run),
    })
}

/// As [`deadline`], without the working.
///
/// # Errors
/// As [`deadline`].
pub fn due(
    calendar: &Calendar,
    target: &Target,
    start: Moment,
    pauses: &[Pause],
) -> Result<Option<Moment>, NeverOpens> {
    let plan = Plan::new(calendar, target, start)?;
    Ok(plan.run(plan.full, pauses)?.due)
}

/// How much of the time is used at `now`.
///
/// # Errors
/// As [`deadline`].
pub fn used(
    calendar: &Calendar,
    target: &Target,
    start: Moment,
    pauses: &[Pause],
    now: Moment,
) -> Result<Used, NeverOpens> {
    let plan = Plan::new(calendar, target, start)?;
    let paused = merged(plan.begin, pauses)
        .map(|(_, from, until)| plan.measure(from, until.map_or(now, |until| until.min(now))))
        .fold(TimeDelta::zero(), |sum, paused| sum + paused);
    Ok(Used {
        used: plan.measure(plan.begin, now) - paused,
        total: plan.total(),
    })
}

/// When `percent` of the time is used; none while a pause is open before that. 100 is the deadline itself.
///
/// # Errors
/// As [`deadline`].
pub fn at_fraction(
    calendar: &Calendar,
    target: &Target,
    start: Moment,
    pauses: &[Pause],
    percent: u32,
) -> Result<Option<Moment>, NeverOpens> {
    let plan = Plan::new(calendar, target, start)?;
    let share = plan.total().num_seconds().saturating_mul(i64::from(percent)) / 100;
    plan.at(TimeDelta::try_seconds(share).ok_or(NeverOpens)?, pauses)
}

/// When so much time is left; at once when there never was more. None while a pause is open before that.
///
/// # Errors
/// As [`deadline`].
pub fn at_left(
    calendar: &Calendar,
    target: &Target,
    start: Moment,
    pauses: &[Pause],
    left: TimeDelta,
) -> Result<Option<Moment>, NeverOpens> {
    let plan = Plan::new(calendar, target, start)?;
    plan.at((plan.total() - left).max(TimeDelta::zero()), pauses)
}

/// When counting begins, and when it would end without a pause.
///
/// Sums are made on the scale of the unit, whose points are [`Mark`]s.
pub(super) struct Plan<'a> {
    calendar: &'a Calendar,
    business: bool,
    pub(super) begin: Moment,
    first: Mark,
    full: Mark,
}

/// A point on the scale of a unit: a moment for business units; for calendar units what the wall clock shows, as
/// if it were UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Mark(Moment);

impl Mark {
    fn on_the_wall(wall: NaiveDateTime) -> Self {
        Self(Moment(wall.and_utc()))
    }
}

/// What became of a plan with its pauses.
pub(super) struct Run<'a> {
    pub(super) due: Option<Moment>,
    pub(super) stopped: Option<(&'a Pause, Moment)>,
    pub(super) left: Option<TimeDelta>,
    /// The pauses that counted: which, from when, until when, and how much they took.
    pub(super) taken: Vec<(&'a Pause, Moment, Moment, TimeDelta)>,
}

impl<'a> Plan<'a> {
    fn new(calendar: &'a Calendar, target: &Target, start: Moment) -> Result<Self, NeverOpens> {
        match target.unit {
            Unit::BusinessMinutes | Unit::BusinessDays => Self::business(calendar, target, start),
            Unit::CalendarDays => Self::calendar(calendar, target, start, u64::from(target.amount)),
            Unit::CalendarWeeks => Self::calendar(calendar, target, start, 7 * u64::from(target.amount)),
        }
    }

    fn business(calendar: &'a Calendar, target: &Target, start: Moment) -> Result<Self, NeverOpens> {
        let from = match target.from_next_day {
            true => local::beginning(calendar.zone(), next_day(calendar.date(start))?),
            false => start,
        };
        let (begin, full) = match target.unit {
            _ if target.amount == 0 => (from, from),
            Unit::BusinessDays => (
                calendar.next_opening(from)?,
                closing_of_nth(calendar, target, start, from)?,
            ),
            _ => {
                let begin = calendar.next_opening(from)?;
                let time = TimeDelta::minutes(i64::from(target.amount));
                (begin, calendar.after(begin, time)?)
            }
        };
        Ok(Self {
            calendar,
            business: true,
            begin,
            first: Mark(begin),
            full: Mark(full),
        })
    }

    fn calendar(calendar: &'a Calendar, target: &Target, start: Moment, days: u64) -> Result<Self, NeverOpens> {
        if days > u64::from(HORIZON_DAYS) {
            return Err(NeverOpens);
        }
        let zone = calendar.zone();
        let (begin, wall) = match target.from_next_day {
            true => {
                let day = next_day(calendar.date(start))?;
                (local::beginning(zone, day), day.and_time(NaiveTime::MIN))
            }
            // Due at once, and not when the repeated hour ends.
            false if days == 0 => (start, local::wall(zone, start)),
            false => (start, local::rising_wall(zone, start)),
        };
        let full = wall.checked_add_days(Days::new(days)).ok_or(NeverOpens)?;
        Ok(Self {
            calendar,
            business: false,
            begin,
            first: Mark::on_the_wall(wall),
            full: Mark::on_the_wall(full),
        })
    }

    fn mark(&self, at: Moment) -> Mark {
        match self.business {
            _ if at <= self.begin => self.first,
            true => Mark(at),
            false => Mark::on_the_wall(local::rising_wall(self.calendar.zone(), at)),
        }
    }

    /// The first moment at which the scale has reached a mark.
    fn moment(&self, mark: Mark) -> Moment {
        match self.business {
            _ if mark <= self.first => self.begin,
            true => mark.0,
            false => local::moment(self.calendar.zone(), mark.0.naive_utc()),
        }
    }

    fn between(&self, from: Mark, until: Mark) -> TimeDelta {
        match self.business {
            true => self.calendar.elapsed(from.0, until.0),
            false => (until.0 - from.0).max(TimeDelta::zero()),
        }
    }

    /// How much of a stretch counts.
    fn measure(&self, from: Moment, until: Moment) -> TimeDelta {
        self.between(self.mark(from), self.mark(until))
    }

    fn forward(&self, from: Mark, by: TimeDelta) -> Result<Mark, NeverOpens> {
        match self.business {
            true => self.calendar.after(from.0, by).map(Mark),
            false if by > TimeDelta::days(i64::from(HORIZON_DAYS)) => Err(NeverOpens),
            false => Ok(Mark(from.0 + by.max(TimeDelta::zero()))),
        }
    }

    fn total(&self) -> TimeDelta {
        self.between(self.first, self.full)
    }

    /// When so much has been used.
    fn at(&self, used: TimeDelta, pauses: &[Pause]) -> Result<Option<Moment>, NeverOpens> {
        let full = self.forward(self.first, used)?;
        Ok(self.run(full, pauses)?.due)
    }

    /// Moves `full` by what the pauses take.
    ///
    /// Each pause is taken in turn, at the deadline as the earlier ones have made it: a pause that begins
    /// after that is too late to matter. Because there is time left when a pause begins, the moved deadline is
    /// never before the end of the pause.
    fn run<'p>(&self, full: Mark, pauses: &'p [Pause]) -> Result<Run<'p>, NeverOpens> {
        let mut due = full;
        let mut taken = Vec::new();
        for (pause, from, until) in merged(self.begin, pauses) {
            let begins = self.mark(from);
            if begins >= due {
                break;
            }
            let Some(until) = until else {
                return Ok(Run {
                    due: None,
                    stopped: Some((pause, from)),
                    left: Some(self.between(begins, due)),
                    taken,
                });
            };
            let took = self.between(begins, self.mark(until));
            due = self.forward(due, took)?;
            taken.push((pause, from, until, took));
        }
        Ok(Run {
            due: Some(self.moment(due)),
            stopped: None,
            left: None,
            taken,
        })
    }
}

fn next_day(date: NaiveDate) -> Result<NaiveDate, NeverOpens> {
    date.succ_opt().ok_or(NeverOpens)
}

/// The closing of the last of the business days that count.
///
/// A window of an earlier day may end after those of a later one; the end of the days together is meant.
fn closing_of_nth(calendar: &Calendar, target: &Target, start: Moment, from: Moment) -> Result<Moment, NeverOpens> {
    let received = calendar.date(start);
    // The day before may still be open, past midnight.
    let first = match target.from_next_day {
        true => received.succ_opt(),
        false => received.pred_opt(),
    };
    let mut counted = 0;
    let mut latest = from;
    let days = first.ok_or(NeverOpens)?.iter_days().take(HORIZON_DAYS as usize);
    for closing in days.filter_map(|date| calendar.closing(date)) {
        if closing > from {
            counted += 1;
            latest = latest.max(closing);
        }
        if counted == target.amount {
            return Ok(latest);
        }
    }
    Err(NeverOpens)
}

/// The pauses in the order of their beginnings, each cut to what no earlier one covers and what lies after
/// `begin`; empty ones are left out.
pub(super) fn merged(begin: Moment, pauses: &[Pause]) -> impl Iterator<Item = (&Pause, Moment, Option<Moment>)> {
    let mut order: Vec<&Pause> = pauses.iter().collect();
    order.sort_by_key(|pause| pause.from);
    let mut covered = Some(begin);
    order.into_iter().filter_map(move |pause| {
        // After a pause that is still open there is nothing left to cover.
        let from = pause.from.max(covered?);
        if pause.until.is_some_and(|until| until <= from) {
            return None;
        }
        covered = pause.until;
        Some((pause, from, pause.until))
    })
}
