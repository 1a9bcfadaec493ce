//! For how long what nobody has taken yet has been waiting, now.

use std::collections::BTreeMap;

use super::{Built, Kind};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::reporting::frame::Frame;
use crate::domain::reporting::measures::{Dimension, Measure, Time};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::domain::staff::Act;
use crate::domain::work::load;
use crate::error::Result;
use crate::ids::TeamId;
use crate::report_row;

report_row! {
    /// Complaints that wait for somebody, of one age.
    QueueAgesRow {
        /// They have been waiting for at least so many hours.
        from_hours: i64,
        /// And for less than so many; null when there is no limit.
        to_hours: Option<i64>,
        /// How many.
        n: i64,
        /// For how long the first of all has been waiting, seconds; told of the whole.
        longest_seconds: Option<i64>,
    }
}

/// For how long what nobody has taken yet has been waiting.
#[derive(Debug)]
pub struct QueueAges;

/// The first hour of each band of ages; the last has no end.
pub const BANDS: [i64; 7] = [0, 1, 4, 8, 24, 72, 168];

/// How far back it is looked for the moment since which so many business hours have passed, seconds.
const FAR: i64 = 400 * 86_400;

impl Kind for QueueAges {
    type Row = QueueAgesRow;
    const NAME: &'static str = "queue-ages";
    const TELLS: &'static str = "For how long the complaints have been in their team's line that nobody has now. The time asked for is not looked at.";
    const DIMENSIONS: &'static [Dimension] = &[Dimension::Team];
    const HAS_TIMES: bool = true;

    fn measures(_: &Ask) -> Vec<Measure> {
        Vec::new()
    }

    fn rows(_: &Ask, _: &Label, _: &Block) -> Vec<QueueAgesRow> {
        Vec::new()
    }

    fn build(conn: &mut Conn, act: &Act, ask: &Ask) -> Result<Built<QueueAgesRow>> {
        let frame = Frame::present(conn, &act.policy)?;
        let wanted = match (ask.dimension, ask.value.as_deref()) {
            (Dimension::Team, Some(value)) => Some(value.parse().map(TeamId).ok()),
            _ => None,
        };
        let key = |team: Option<TeamId>| match ask.dimension {
            Dimension::Team => team.map(|team| team.to_string()).unwrap_or_default(),
            _ => String::new(),
        };
        let asked_for = |team: Option<TeamId>| wanted.is_none_or(|one: Option<TeamId>| one.is_some() && team == one);
        // How many have been waiting since the beginning of each band or longer.
        let mut longer: BTreeMap<String, [i64; BANDS.len()]> = BTreeMap::new();
        if ask.dimension == Dimension::All || ask.value.is_some() {
            longer.insert(ask.value.clone().unwrap_or_default(), [0; BANDS.len()]);
        }
        for (place, hours) in BANDS.iter().enumerate() {
            let since = since(&frame, ask.time, act.now, hours * 3_600);
            for (team, n) in load::waiting_since(conn, since)? {
                let counted = longer.entry(key(team)).or_default();
                if let Some(count) = counted.get_mut(place).filter(|_| asked_for(team)) {
                    *count += n;
                }
            }
        }
        let mut longest: BTreeMap<String, i64> = BTreeMap::new();
        for (team, since) in load::first_waiting(conn)?
            .into_iter()
            .filter(|(team, _)| asked_for(*team))
        {
            let seconds = frame.seconds(ask.time, since, act.now);
            let there = longest.entry(key(team)).or_default();
            *there = seconds.max(*there);
        }
        longer.retain(|value, _| ask.value.as_ref().is_none_or(|wanted| wanted == value));
        let row = |value: &str, from_hours, to_hours, n, longest_seconds| QueueAgesRow {
            period: ask.today.to_string(),
            starts_on: ask.today,
            value: (ask.dimension != Dimension::All).then(|| value.to_owned()),
            from_hours,
            to_hours,
            n,
            longest_seconds,
        };
        let (mut rows, mut totals) = (Vec::new(), Vec::new());
        for (value, counted) in &longer {
            let ends = BANDS.iter().copied().skip(1).map(Some).chain([None]);
            let next = counted.iter().copied().skip(1).chain([0]);
            for (((from, to), n), after) in BANDS.iter().zip(ends).zip(counted).zip(next) {
                rows.push(row(value, *from, to, n - after, None));
            }
            let [all, ..] = *counted;
            totals.push(row(value, 0, None, all, longest.get(value).copied()));
        }
        Ok((rows, totals))
    }
}

/// The latest moment since which at least so many seconds have passed, by this way of counting time.
fn since(frame: &Frame, time: Time, now: Moment, seconds: i64) -> Moment {
    let ago = |seconds| now - chrono::TimeDelta::seconds(seconds);
    if time == Time::Calendar {
        return ago(seconds);
    }
    let (mut near, mut far) = (0, FAR);
    while near < far {
        let middle = near.midpoint(far);
        if frame.seconds(time, ago(middle), now) >= seconds {
            far = middle;
        } else {
            near = middle + 1;
        }
    }
    ago(near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sla::calendar::Calendar;

    #[test]
    fn so_many_seconds_ago_is_found_by_either_clock() {
        let now: Moment = "2026-11-23T03:00:00Z".parse().unwrap();
        let frame = Frame::new(chrono_tz::UTC, Calendar::around_the_clock(chrono_tz::UTC));
        for time in Time::ALL {
            assert_eq!(since(&frame, *time, now, 0), now);
            assert_eq!(since(&frame, *time, now, 3_600).to_string(), "2026-11-23T02:00:00Z");
        }
    }
}
