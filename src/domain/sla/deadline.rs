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

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendar::{Calendar, NeverOpens};
use super::plan::{Plan, merged};
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
