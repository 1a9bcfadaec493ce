//! When counting begins, and what pauses make of when it would end.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::calendar::{Calendar, HORIZON_DAYS, NeverOpens};
use super::deadline::{Pause, Target, Unit};
use super::local;
use crate::clock::Moment;

/// When counting begins, and when it would end without a pause.
///
/// Sums are made on the scale of the unit, whose points are [`Mark`]s.
pub(super) struct Plan<'a> {
    calendar: &'a Calendar,
    business: bool,
    pub(super) begin: Moment,
    first: Mark,
    pub(super) full: Mark,
}

/// A point on the scale of a unit: a moment for business units; for calendar units what the wall clock shows, as
/// if it were UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark(Moment);

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
    pub(super) fn new(calendar: &'a Calendar, target: &Target, start: Moment) -> Result<Self, NeverOpens> {
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
    pub(super) fn measure(&self, from: Moment, until: Moment) -> TimeDelta {
        self.between(self.mark(from), self.mark(until))
    }

    fn forward(&self, from: Mark, by: TimeDelta) -> Result<Mark, NeverOpens> {
        match self.business {
            true => self.calendar.after(from.0, by).map(Mark),
            false if by > TimeDelta::days(i64::from(HORIZON_DAYS)) => Err(NeverOpens),
            false => Ok(Mark(from.0 + by.max(TimeDelta::zero()))),
        }
    }

    pub(super) fn total(&self) -> TimeDelta {
        self.between(self.first, self.full)
    }

    /// When so much has been used.
    pub(super) fn at(&self, used: TimeDelta, pauses: &[Pause]) -> Result<Option<Moment>, NeverOpens> {
        let full = self.forward(self.first, used)?;
        Ok(self.run(full, pauses)?.due)
    }

    /// Moves `full` by what the pauses take.
    ///
    /// Each pause is taken in turn, at the deadline as the earlier ones have made it: a pause that begins
    /// after that is too late to matter. Because there is time left when a pause begins, the moved deadline is
    /// never before the end of the pause.
    pub(super) fn run<'p>(&self, full: Mark, pauses: &'p [Pause]) -> Result<Run<'p>, NeverOpens> {
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
