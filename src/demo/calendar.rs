//! When complaints come in: busy weekday mornings, quiet weekends, hardly anybody at night.

use chrono::{Datelike, TimeDelta, Timelike};

use super::draw::{Draw, of_seconds};
use crate::clock::Moment;

/// The desk's clock, hours east of Greenwich (China has no summer time).
pub(super) const DESK_OFFSET: i32 = 8;

/// How busy each hour of a working day is.
const WORKDAY: [f64; 24] = [
    2.0, 1.0, 1.0, 1.0, 1.0, 2.0, 5.0, 16.0, 55.0, 96.0, 100.0, 84.0, 44.0, 50.0, 82.0, 88.0, 76.0, 58.0, 36.0, 28.0,
    24.0, 17.0, 9.0, 4.0,
];
/// How busy each hour of a Saturday or Sunday is.
const WEEKEND: [f64; 24] = [
    2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 5.0, 12.0, 22.0, 30.0, 28.0, 20.0, 18.0, 22.0, 24.0, 22.0, 18.0, 15.0, 14.0,
    13.0, 10.0, 6.0, 3.0,
];

struct Hour {
    begins: Moment,
    seconds: f64,
    weight: f64,
}

/// The moments at which the complaints are logged, in their order.
pub(super) struct Arrivals {
    hours: std::iter::Peekable<std::vec::IntoIter<Hour>>,
    /// The weight of the hours that are over.
    passed: f64,
    total: f64,
    given: f64,
    complaints: f64,
    ends: Moment,
}

impl Arrivals {
    /// `complaints` moments in the `days` before `ends`.
    pub(super) fn new(draw: &mut Draw, complaints: u64, days: i64, ends: Moment) -> Self {
        let mut hours = Vec::new();
        let mut begins = ends - TimeDelta::days(days.max(1));
        let mut mood = 1.0;
        while begins < ends {
            let local = *begins + TimeDelta::hours(i64::from(DESK_OFFSET));
            if local.hour() == 0 || hours.is_empty() {
                mood = draw.within(0.82, 1.18);
            }
            let to_next = 3_600 - i64::from(local.minute() * 60 + local.second());
            let seconds = to_next.min((ends - begins).num_seconds().max(1));
            hours.push(hour(begins, seconds, weight(local.weekday(), local.hour()) * mood));
            begins += TimeDelta::seconds(seconds);
        }
        let total = hours.iter().map(|hour| hour.weight).sum();
        let complaints = u32::try_from(complaints).map_or(f64::from(u32::MAX), f64::from);
        Self {
            hours: hours.into_iter().peekable(),
            passed: 0.0,
            total,
            given: 0.0,
            complaints,
            ends,
        }
    }

    /// The next moment: one in each of as many equal shares of the whole weight as there are complaints.
    pub(super) fn next(&mut self, draw: &mut Draw) -> Moment {
        let wanted = (self.given + draw.fraction()) / self.complaints * self.total;
        self.given += 1.0;
        while let Some(done) = self.hours.next_if(|hour| self.passed + hour.weight <= wanted) {
            self.passed += done.weight;
        }
        match self.hours.peek() {
            Some(hour) => hour.begins + of_seconds((wanted - self.passed) / hour.weight * hour.seconds),
            None => self.ends - TimeDelta::seconds(1),
        }
    }
}

fn hour(begins: Moment, seconds: i64, per_hour: f64) -> Hour {
    let seconds = i32::try_from(seconds).map_or(3_600.0, f64::from);
    Hour {
        begins,
        seconds,
        weight: (per_hour * seconds / 3_600.0).max(1e-6),
    }
}

fn weight(day: chrono::Weekday, hour: u32) -> f64 {
    use chrono::Weekday::{Fri, Mon, Sat, Sun};
    let (hours, of_day) = match day {
        Sat => (&WEEKEND, 1.0),
        Sun => (&WEEKEND, 0.85),
        Mon => (&WORKDAY, 1.22),
        Fri => (&WORKDAY, 0.9),
        _ => (&WORKDAY, 1.0),
    };
    let hour = usize::try_from(hour).unwrap_or_default();
    hours.get(hour).copied().unwrap_or(1.0) * of_day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_ascend_and_keep_to_working_hours() {
        let ends: Moment = "2026-11-23T06:00:00Z".parse().unwrap();
        let mut draw = Draw::new(1);
        let mut arrivals = Arrivals::new(&mut draw, 20_000, 60, ends);
        let all: Vec<Moment> = (0..20_000).map(|_| arrivals.next(&mut draw)).collect();
        assert!(all.is_sorted());
        assert!(all.iter().all(|at| *at >= ends - TimeDelta::days(60) && *at < ends));
        let local = |at: &Moment| **at + TimeDelta::hours(8);
        let morning = all.iter().filter(|at| (9..12).contains(&local(at).hour())).count();
        let night = all.iter().filter(|at| local(at).hour() < 6).count();
        assert!(morning > 5_000 && night < 400, "{morning} {night}");
        let weekend = all
            .iter()
            .filter(|at| local(at).weekday().num_days_from_monday() > 4)
            .count();
        assert!((1_200..3_500).contains(&weekend), "{weekend}");
    }
}
