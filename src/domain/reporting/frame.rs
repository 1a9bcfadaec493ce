//! By which clock figures are kept: the desk's zone tells the day, the standard calendar the business time.

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Timelike as _};
use chrono_tz::Tz;

use super::measures::Time;
use super::sums::Day;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::policy::Policy;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::calendars;
use crate::error::Result;

/// Raised whenever a figure is counted otherwise than before: the sums are then built anew.
const EDITION: u32 = 5;

/// By which clock figures are kept.
#[derive(Debug, Clone)]
pub struct Frame {
    zone: Tz,
    calendar: Calendar,
}

impl Frame {
    /// Days of this zone, business time of this calendar.
    pub const fn new(zone: Tz, calendar: Calendar) -> Self {
        Self { zone, calendar }
    }

    /// The frame of this desk at present.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn present(conn: &mut Conn, policy: &Policy) -> Result<Self> {
        Ok(Self::new(zone(policy), calendars::present_standard(conn, policy)?))
    }

    /// A frame for what takes no time: no calendar has to be asked for.
    pub fn of_moments(policy: &Policy) -> Self {
        let zone = zone(policy);
        Self::new(zone, Calendar::around_the_clock(zone))
    }

    /// The desk's zone.
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// The day of a moment.
    pub fn day(&self, at: Moment) -> Day {
        day_of(at.with_timezone(&self.zone).date_naive())
    }

    /// The hour of a moment, 0 to 23.
    pub fn hour(&self, at: Moment) -> i64 {
        i64::from(at.with_timezone(&self.zone).hour())
    }

    /// Whole seconds from one moment to a later one; 0 when it is not later.
    pub fn seconds(&self, time: Time, from: Moment, to: Moment) -> i64 {
        if to <= from {
            return 0;
        }
        match time {
            Time::Calendar => (to - from).num_seconds(),
            Time::Business => self.calendar.elapsed(from, to).num_seconds(),
        }
    }

    /// What the sums rest on, in a word: when it changes, they are built anew.
    pub fn basis(&self) -> String {
        use sha2::{Digest as _, Sha256};
        let digest = Sha256::digest(format!("{:?}", self.calendar).as_bytes());
        let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("{EDITION} {} {digest}", self.zone)
    }
}

/// The desk's zone.
pub fn zone(policy: &Policy) -> Tz {
    policy.default_time_zone.parse().unwrap_or(Tz::UTC)
}

/// The number of a day.
pub fn day_of(date: NaiveDate) -> Day {
    let days = (date - NaiveDate::default()).num_days();
    Day::try_from(days).unwrap_or(Day::MAX)
}

/// The day of a number.
pub fn date_of(day: Day) -> NaiveDate {
    NaiveDate::default() + TimeDelta::days(day.into())
}

/// The beginning of a day.
pub fn start_of(zone: Tz, day: NaiveDate) -> Moment {
    let start = day.and_time(NaiveTime::MIN);
    let local = |at| zone.from_local_datetime(&at).earliest();
    // Where clocks leave midnight out, the day begins an hour later.
    local(start)
        .or_else(|| local(start + TimeDelta::hours(1)))
        .and_then(|at| Moment::try_from(at.to_utc()).ok())
        .unwrap_or(Moment::EPOCH)
}
