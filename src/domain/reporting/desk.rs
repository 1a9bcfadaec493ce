//! The desk's own figures, for those who watch it every few seconds: from sums over all days and indexes, so that
//! asking costs the same at ten thousand complaints and at a million, and the same in every process.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::frame;
use super::measures::{Dimension, Measure, Span, Time};
use super::reports::ages;
use super::rollup::{Cell, EVER};
use super::store::{self, Wanted};
use super::sums::Day;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::sums::at_one_moment;
use crate::domain::complaints::vocabulary::State;
use crate::domain::policy::Policy;
use crate::error::Result;

/// For how long a lease is taken: it was renewed so long before it ends.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// The desk's own figures.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// Everything since there is a desk, by measure and by channel.
    pub by_channel: BTreeMap<(Measure, String), Cell>,
    /// The same by the customer's manner.
    pub by_type: BTreeMap<(Measure, String), Cell>,
    /// Deadlines that passed since there is a desk, by policy.
    pub breaches: BTreeMap<String, i64>,
    /// Open complaints by state and by the place of their age among the bands.
    pub open: BTreeMap<(State, usize), i64>,
    /// The minute in which the oldest complaint reached us of which the customer does not know that we have it.
    pub unacknowledged_since: Option<Moment>,
    /// How many complaints there are of which the customer does not know that we have them.
    pub unacknowledged: i64,
    /// Appended rows that wait to be folded into the sums.
    pub waiting: i64,
    /// When each background job was last begun by any process.
    pub jobs: BTreeMap<String, Moment>,
}

/// What is shown by channel and by type.
pub fn for_ever() -> Vec<Measure> {
    let mut measures: Vec<Measure> = Measure::all().filter(|measure| measure.counts_for_ever()).collect();
    measures.sort();
    measures
}

/// A time that is shown: its name, what it is, and its measure by either clock.
pub type Shown = (&'static str, &'static str, fn(Time) -> Measure);

/// The times that are shown.
pub const TIMES: [Shown; 4] = [
    (
        "acknowledgement",
        "From the receipt until the customer knew that we have it",
        |time| Measure::Took(Span::Acknowledgement, time),
    ),
    (
        "first_response",
        "From the receipt until somebody first answered in person",
        |time| Measure::Took(Span::FirstResponse, time),
    ),
    (
        "resolution",
        "From the receipt until the closing on the merits; every closing counts",
        |time| Measure::Took(Span::Resolution, time),
    ),
    (
        "call_back_lateness",
        "From the end of the promised window until the first call; 0 for calls within it",
        Measure::Lateness,
    ),
];

/// Reads the figures.
///
/// # Errors
/// When the database refuses.
pub fn read(conn: &mut Conn, policy: &Policy, now: Moment) -> Result<Desk> {
    let zone = frame::zone(policy);
    let today = frame::day_of(now.with_timezone(&zone).date_naive());
    let ever = |dimension| Wanted {
        dimension,
        measures: for_ever(),
        from: EVER,
        to: EVER,
        value: None,
    };
    let open = |measures| Wanted {
        dimension: Dimension::All,
        measures,
        from: EVER + 1,
        to: Day::MAX,
        value: None,
    };
    let wanted = [
        ever(Dimension::Channel),
        ever(Dimension::CustomerType),
        ever(Dimension::Policy),
        open(ages::STATES.iter().map(|state| Measure::Open(*state)).collect()),
        open(vec![Measure::Unacknowledged]),
    ];
    let (mut found, waiting, leases) = at_one_moment(conn, |conn| {
        Ok((
            store::sums(conn, &wanted)?.into_iter(),
            store::count_waiting(conn)?,
            store::leases(conn)?,
        ))
    })?;
    let mut next = || found.next().unwrap_or_default();
    let by_value = |sums: BTreeMap<super::rollup::Key, Cell>| {
        let pair = |(key, cell): (super::rollup::Key, Cell)| ((key.measure, key.value), cell);
        sums.into_iter().map(pair).collect()
    };
    let mut desk = Desk {
        by_channel: by_value(next()),
        by_type: by_value(next()),
        breaches: next().into_iter().map(|(key, cell)| (key.value, cell.n)).collect(),
        waiting,
        jobs: leases.into_iter().map(|(job, until)| (job, until - LEASE)).collect(),
        ..Desk::default()
    };
    for state in ages::STATES {
        for band in 0..ages::BANDS.len() {
            desk.open.insert((state, band), 0);
        }
    }
    for (key, cell) in next() {
        if let Measure::Open(state) = key.measure {
            let band = ages::band(i64::from(today) - i64::from(key.day));
            *desk.open.entry((state, band)).or_default() += cell.n;
        }
    }
    let unacknowledged = next();
    desk.unacknowledged = unacknowledged.values().map(|cell| cell.n).sum();
    let oldest = unacknowledged
        .iter()
        .find(|(_, cell)| cell.n > 0)
        .map(|(key, _)| key.day);
    desk.unacknowledged_since = oldest.map(|minute| Moment::EPOCH + TimeDelta::minutes(minute.into()));
    Ok(desk)
}
