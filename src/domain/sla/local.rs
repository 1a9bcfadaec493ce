//! Between moments and what the clock on the wall of a zone shows.
//!
//! A wall clock is not a function of time that can be turned round: in spring an hour of it never comes,
//! in autumn an hour comes twice. So nothing here asks "which moment is 01:30"; the time line is cut into
//! stretches during which the zone keeps one distance from UTC, and each is handled with plain addition.

use chrono::{DateTime, MappedLocalTime, NaiveDate, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::Tz;

use crate::clock::Moment;

/// The most that a wall clock has ever been away from UTC (Manila and Alaska before 1900), rounded up.
pub(super) const FARTHEST: TimeDelta = TimeDelta::hours(16);
/// How far ahead one step looks. No zone has ever changed its offset and changed it back within a day.
const STEP: TimeDelta = TimeDelta::hours(24);

/// A stretch of time in which a zone keeps its distance from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Steady {
    /// Its beginning.
    pub(super) from: Moment,
    /// Its end, not part of it.
    pub(super) until: Moment,
    /// What to add to UTC to get the time on the wall.
    pub(super) offset: TimeDelta,
}

impl Steady {
    /// What the wall clock shows at the beginning and at the end.
    pub(super) fn on_the_wall(&self) -> (NaiveDateTime, NaiveDateTime) {
        (
            self.from.naive_utc() + self.offset,
            self.until.naive_utc() + self.offset,
        )
    }

    /// The moment at which the wall clock shows `at`, given that it does so within this stretch.
    pub(super) fn moment(&self, at: NaiveDateTime) -> Moment {
        Moment((at - self.offset).and_utc())
    }
}

/// Cuts `from` to `until` into steady stretches of at most a day each.
pub(super) fn steady(zone: Tz, from: Moment, until: Moment) -> impl Iterator<Item = Steady> {
    let mut at = from;
    std::iter::from_fn(move || {
        if at >= until {
            return None;
        }
        let offset = offset(zone, at);
        let far = (at + STEP).min(until);
        let end = change(zone, at, far).unwrap_or(far);
        let part = Steady {
            from: at,
            until: end,
            offset,
        };
        at = end;
        Some(part)
    })
}

/// What the zone adds to UTC at a moment.
fn offset(zone: Tz, at: Moment) -> TimeDelta {
    let seconds = zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
    TimeDelta::seconds(i64::from(seconds))
}

/// When the zone changes its offset between `from` and `until`; `None` when it is the same at both.
/// Changes come at whole seconds.
fn change(zone: Tz, from: Moment, until: Moment) -> Option<Moment> {
    let before = offset(zone, from);
    if offset(zone, until) == before {
        return None;
    }
    let (mut low, mut high) = (from.timestamp(), until.timestamp());
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match offset(zone, at_second(middle)?) == before {
            true => low = middle,
            false => high = middle,
        }
    }
    at_second(high)
}

fn at_second(second: i64) -> Option<Moment> {
    DateTime::from_timestamp(second, 0).map(Moment)
}

/// The date on the wall at a moment.
pub fn date(zone: Tz, at: Moment) -> NaiveDate {
    wall(zone, at).date()
}

/// What the wall clock shows at a moment.
pub fn wall(zone: Tz, at: Moment) -> NaiveDateTime {
    at.naive_utc() + offset(zone, at)
}

/// As [`wall`], but never going back: in the hour that is repeated it stands at the end of that hour.
pub(super) fn rising_wall(zone: Tz, at: Moment) -> NaiveDateTime {
    let shown = wall(zone, at);
    let again = match zone.from_local_datetime(&shown) {
        MappedLocalTime::Ambiguous(one, other) => at.0 >= one.max(other),
        _ => false,
    };
    if !again {
        return shown;
    }
    // The clock went back within the last day: what did it show just before?
    let changed = change(zone, at - TimeDelta::days(1), at);
    changed.map_or(shown, |changed| {
        let before = offset(zone, changed - TimeDelta::seconds(1));
        shown.max(changed.naive_utc() + before)
    })
}

/// The moment at which a deadline falls that was reckoned on the wall clock: the first of the two when the
/// clock shows that time twice, the end of the gap when it never shows it. Never decreases as `at` grows.
pub(super) fn moment(zone: Tz, at: NaiveDateTime) -> Moment {
    match zone.from_local_datetime(&at) {
        MappedLocalTime::Single(one) => Moment(one.to_utc()),
        MappedLocalTime::Ambiguous(one, other) => Moment(one.min(other).to_utc()),
        MappedLocalTime::None => {
            let near = Moment(at.and_utc());
            change(zone, near - TimeDelta::days(1), near + TimeDelta::days(1)).unwrap_or(near)
        }
    }
}

/// The first moment of a date; where midnight never comes, the first moment after it.
pub(super) fn beginning(zone: Tz, date: NaiveDate) -> Moment {
    moment(zone, date.and_time(chrono::NaiveTime::MIN))
}
