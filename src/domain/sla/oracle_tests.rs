//! The calculator against an oracle that shares nothing with it: it steps through the minutes, looks at the
//! clock on the wall for each, and asks whether a window holds that time.

use std::collections::BTreeMap;
use std::fmt::Debug;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::calendar::{Calendar, Exception, Window};
use super::deadline::{Pause, Target, Unit, at_fraction, deadline, used};
use crate::clock::Moment;

/// Windows of a day: minutes after midnight.
type Day = Vec<(u16, u16)>;

#[derive(Debug, Clone)]
struct Case {
    zone: Tz,
    week: Vec<Day>,
    /// Days from the day of the start.
    exceptions: Vec<(i64, Day)>,
    start: DateTime<Utc>,
    amount: u32,
    from_next_day: bool,
    /// Minutes from the start at which a pause begins, and how long it is.
    pauses: Vec<(i64, i64)>,
}

/// The oracle's view of a case.
struct Oracle {
    zone: Tz,
    week: Vec<Day>,
    exceptions: BTreeMap<NaiveDate, Day>,
}

impl Oracle {
    fn hours(&self, date: NaiveDate) -> &Day {
        let n = date.weekday().num_days_from_monday() as usize;
        self.exceptions.get(&date).unwrap_or(&self.week[n])
    }

    /// The dates whose windows hold this minute.
    fn days_open(&self, at: DateTime<Utc>) -> impl Iterator<Item = NaiveDate> {
        let wall = at.with_timezone(&self.zone).naive_local();
        let minute = (wall.hour() * 60 + wall.minute()) as u16;
        let today = wall.date();
        let holds = |date: &NaiveDate, minute: u16| self.hours(*date).iter().any(|w| w.0 <= minute && minute < w.1);
        let before = Some(today - Days::new(1)).filter(|date| holds(date, minute + 1440));
        before.into_iter().chain(Some(today).filter(|date| holds(date, minute)))
    }

    fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.days_open(at).next().is_some()
    }
}

const ZONES: &[Tz] = &[
    chrono_tz::Europe::Dublin,
    chrono_tz::America::New_York,
    chrono_tz::Australia::Lord_Howe,
    chrono_tz::Asia::Shanghai,
    chrono_tz::America::St_Johns,
    chrono_tz::Pacific::Apia,
    chrono_tz::Asia::Kathmandu,
];

/// Moments near which something happens: changes of the clocks in these zones, the day that Samoa left out,
/// a leap day, a turn of the year; and an ordinary one.
const ANCHORS: &[&str] = &[
    "2026-03-29T01:00:00Z",
    "2026-10-25T01:00:00Z",
    "2026-03-08T07:00:00Z",
    "2026-11-01T06:00:00Z",
    "2026-04-04T15:00:00Z",
    "2026-10-03T15:30:00Z",
    "2011-12-30T10:00:00Z",
    "2024-02-29T12:00:00Z",
    "2027-01-01T00:00:00Z",
    "2026-07-15T12:00:00Z",
];

fn day() -> impl Strategy<Value = Day> {
    let window = (0u16..1440, 1u16..800).prop_map(|(from, long)| (from, (from + long).min(2880)));
    prop_oneof![1 => Just(Vec::new()), 3 => prop::collection::vec(window, 1..3)]
}

fn case() -> impl Strategy<Value = Case> {
    let when = (select(ANCHORS), -2 * 1440i64..2 * 1440).prop_map(|(anchor, minutes)| {
        let anchor: DateTime<Utc> = anchor.parse().unwrap();
        anchor + TimeDelta::minutes(minutes)
    });
    (
        select(ZONES),
        prop::collection::vec(day(), 7),
        prop::collection::vec((-2i64..5, day()), 0..3),
        when,
        1u32..500,
        prop::bool::weighted(0.2),
        prop::collection::vec((-300i64..1500, 0i64..600), 0..3),
    )
        .prop_map(|(zone, week, exceptions, start, amount, from_next_day, pauses)| Case {
            zone,
            week,
            exceptions,
            start,
            amount,
            from_next_day,
            pauses,
        })
}

impl Case {
    fn oracle(&self) -> Oracle {
        let date = self.start.with_timezone(&self.zone).date_naive();
        let exceptions = self.exceptions.iter().cloned();
        Oracle {
            zone: self.zone,
            week: self.week.clone(),
            exceptions: exceptions
                .map(|(days, hours)| (date + TimeDelta::days(days), hours))
                .collect(),
        }
    }

    fn calendar(&self) -> Option<Calendar> {
        let windows = |day: &Day| day.iter().map(|w| Window::new(w.0, w.1).unwrap()).collect::<Vec<_>>();
        let oracle = self.oracle();
        let exceptions = oracle.exceptions.iter();
        let exceptions = exceptions
            .map(|(date, day)| (*date, Exception::open(windows(day), None)))
            .collect();
        let week = std::array::from_fn(|n| windows(&self.week[n]));
        let calendar = Calendar::new(self.zone, week, exceptions);
        assert_eq!(
            calendar.is_err(),
            self.week.iter().all(Vec::is_empty),
            "a calendar without any weekday is refused, and no other"
        );
        calendar.ok()
    }

    fn target(&self, unit: Unit) -> Target {
        Target {
            amount: self.amount,
            unit,
            from_next_day: self.from_next_day,
        }
    }

    fn pauses(&self) -> Vec<Pause> {
        let pause = |(from, long): &(i64, i64)| Pause {
            from: Moment(self.start + TimeDelta::minutes(*from)),
            until: Some(Moment(self.start + TimeDelta::minutes(from + long))),
            cause: "test".to_owned(),
        };
        self.pauses.iter().map(pause).collect()
    }

    fn is_paused(&self, at: DateTime<Utc>) -> bool {
        let minute = (at - self.start).num_minutes();
        self.pauses
            .iter()
            .any(|(from, long)| (*from..from + long).contains(&minute))
    }

    /// Whether the minute is after the date of receipt, or need not be.
    fn counts(&self, at: DateTime<Utc>) -> bool {
        let date = |at: DateTime<Utc>| at.with_timezone(&self.zone).date_naive();
        !self.from_next_day || date(at) > date(self.start)
    }
}

/// The furthest the oracle walks, minutes; what is not reached by then is left out.
const PATIENCE: i64 = 5000;

fn check<T: Debug>(cases: u32, strategy: impl Strategy<Value = T>, test: impl Fn(T) -> Result<(), TestCaseError>) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config).run(&strategy, test).unwrap();
}

#[test]
fn ten_thousand_deadlines_are_those_of_the_oracle() {
    check(10_000, case(), |case| {
        let Some(calendar) = case.calendar() else { return Ok(()) };
        let oracle = case.oracle();
        let target = case.target(Unit::BusinessMinutes);
        let start = Moment(case.start);
        let pauses = case.pauses();
        let found = deadline(&calendar, &target, start, &pauses).unwrap();
        let mut open = 0;
        let mut counted = 0;
        for minute in 0..PATIENCE {
            let at = case.start + TimeDelta::minutes(minute);
            let is_open = oracle.is_open(at);
            open += i64::from(is_open);
            counted += u32::from(is_open && case.counts(at) && !case.is_paused(at));
            if counted == case.amount {
                let due = Moment(at + TimeDelta::minutes(1));
                prop_assert_eq!(found.due, Some(due));
                prop_assert_eq!(calendar.elapsed(start, due), TimeDelta::minutes(open));
                let used = used(&calendar, &target, start, &pauses, due).unwrap();
                prop_assert_eq!(used.used, TimeDelta::minutes(i64::from(case.amount)));
                prop_assert_eq!(used.total, used.used);
                prop_assert_eq!(at_fraction(&calendar, &target, start, &pauses, 100).unwrap(), Some(due));
                let working = found.working;
                let seconds: i64 = working.windows.iter().map(|window| window.seconds).sum();
                prop_assert!(working.windows_left_out > 0 || seconds == i64::from(case.amount) * 60);
                return Ok(());
            }
        }
        let end = Moment(case.start + TimeDelta::minutes(PATIENCE));
        prop_assert!(found.due > Some(end), "the oracle has not got there");
        prop_assert_eq!(calendar.elapsed(start, end), TimeDelta::minutes(open));
        Ok(())
    });
}

#[test]
fn business_days_are_those_of_the_oracle() {
    check(1500, (case(), 1u32..4), |(mut case, amount)| {
        case.amount = amount;
        let Some(calendar) = case.calendar() else { return Ok(()) };
        let oracle = case.oracle();
        let received = case.start.with_timezone(&case.zone).date_naive();
        // Until when each day is open, of the days that are still open after counting began.
        let mut closings: BTreeMap<NaiveDate, DateTime<Utc>> = BTreeMap::new();
        for minute in 0..PATIENCE {
            let at = case.start + TimeDelta::minutes(minute);
            for date in oracle.days_open(at) {
                if !case.from_next_day || date > received {
                    closings.insert(date, at + TimeDelta::minutes(1));
                }
            }
        }
        // The last three days may not be complete.
        let whole = received + TimeDelta::minutes(PATIENCE) - TimeDelta::days(3);
        let Some(nth) = closings
            .iter()
            .nth(amount as usize - 1)
            .filter(|(date, _)| **date <= whole)
        else {
            return Ok(());
        };
        let due = closings.range(..=*nth.0).map(|(_, closing)| *closing).max();
        let found = deadline(&calendar, &case.target(Unit::BusinessDays), Moment(case.start), &[]).unwrap();
        prop_assert_eq!(found.due, due.map(Moment));
        Ok(())
    });
}

/// The first minute at which the wall clock shows `wall` or later.
fn first_minute(zone: Tz, wall: chrono::NaiveDateTime) -> DateTime<Utc> {
    let mut at = Utc.from_utc_datetime(&wall) - TimeDelta::hours(30);
    while at.with_timezone(&zone).naive_local() < wall {
        at += TimeDelta::minutes(1);
    }
    at
}

#[test]
fn calendar_days_are_those_of_the_oracle() {
    check(800, (case(), 1u32..4), |(mut case, amount)| {
        case.amount = amount;
        let calendar = Calendar::around_the_clock(case.zone);
        // The latest that the wall clock has shown by the time of the start.
        let shown = |minutes| {
            (case.start - TimeDelta::minutes(minutes))
                .with_timezone(&case.zone)
                .naive_local()
        };
        let again = (1..=180)
            .map(|minutes| shown(minutes) + TimeDelta::minutes(1))
            .max()
            .unwrap();
        let wall = match case.from_next_day {
            true => (shown(0).date() + Days::new(u64::from(amount) + 1)).and_time(chrono::NaiveTime::MIN),
            false => shown(0).max(again) + Days::new(u64::from(amount)),
        };
        let found = deadline(&calendar, &case.target(Unit::CalendarDays), Moment(case.start), &[]).unwrap();
        prop_assert_eq!(found.due, Some(Moment(first_minute(case.zone, wall))));
        Ok(())
    });
}
