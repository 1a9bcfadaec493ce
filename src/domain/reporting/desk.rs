//! The desk's own figures, for those who watch it every few seconds: from sums over all days and indexes, so that
//! asking costs the same at ten thousand complaints and at a million, and the same in every process.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::frame::Frame;
use super::measures::{Dimension, Measure, Span, Time};
use super::reports::ages;
use super::rollup::{Cell, EVER, Key};
use super::store::{self, Wanted};
use super::sums::Day;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::sums::at_one_moment;
use crate::domain::complaints::listing;
use crate::domain::complaints::vocabulary::State;
use crate::domain::improvement;
use crate::domain::policy::Policy;
use crate::domain::rules::firings;
use crate::domain::sla::clocks::watch;
use crate::domain::sla::policies::book;
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
    /// The same by how grave the complaint was held to be at that moment.
    pub by_severity: BTreeMap<(Measure, String), Cell>,
    /// Deadlines that passed since there is a desk, by policy; of every policy that is in force or was breached.
    pub breaches: BTreeMap<String, i64>,
    /// Open complaints by state and by the place of their age among the bands.
    pub open: BTreeMap<(State, usize), i64>,
    /// The minute in which the oldest complaint reached us of which the customer does not know that we have it.
    pub unacknowledged_since: Option<Moment>,
    /// For how many seconds the desk has been open since then, by the standard calendar.
    pub unacknowledged_business: i64,
    /// How many complaints there are of which the customer does not know that we have them.
    pub unacknowledged: i64,
    /// Appended rows that wait to be folded into the sums.
    pub waiting: i64,
    /// Since when the oldest signal of a clock waits to be given.
    pub signal_since: Option<Moment>,
    /// When each background job was last begun by any process.
    pub jobs: BTreeMap<String, Moment>,
    /// Where corrective actions stand.
    pub actions: improvement::Standing,
    /// How many rules on events and time were given up within the last day.
    pub rules_given_up: i64,
}

/// What is shown by channel, by type and by severity.
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

/// What is read on one state of the database.
struct Read {
    sums: Vec<BTreeMap<Key, Cell>>,
    waiting: i64,
    leases: Vec<(String, Moment)>,
    next_look: Option<Moment>,
    frame: Frame,
    policies: Vec<String>,
    actions: improvement::Standing,
    rules_given_up: i64,
}

/// Reads the figures.
///
/// # Errors
/// When the database refuses.
pub fn read(conn: &mut Conn, policy: &Policy, now: Moment) -> Result<Desk> {
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
        ever(Dimension::Severity),
        ever(Dimension::Policy),
        open(ages::STATES.iter().map(|state| Measure::Open(*state)).collect()),
        open(vec![Measure::Unacknowledged]),
    ];
    let read = at_one_moment(conn, |conn| {
        Ok(Read {
            sums: store::sums(conn, &wanted)?,
            waiting: store::count_waiting(conn)?,
            leases: store::leases(conn)?,
            next_look: watch::next_look(conn)?,
            frame: Frame::present(conn, policy)?,
            policies: book::current(conn)?.map_or_else(Vec::new, |book| book.all_in_force(now)),
            actions: improvement::standing(conn, policy, now)?,
            rules_given_up: firings::given_up(conn, now, listing::COUNTED)?,
        })
    })?;
    let today = read.frame.day(now);
    let mut found = read.sums.into_iter();
    let mut next = || found.next().unwrap_or_default();
    let by_value = |sums: BTreeMap<Key, Cell>| {
        let pair = |(key, cell): (Key, Cell)| ((key.measure, key.value), cell);
        sums.into_iter().map(pair).collect()
    };
    let mut desk = Desk {
        by_channel: by_value(next()),
        by_type: by_value(next()),
        by_severity: by_value(next()),
        breaches: next().into_iter().map(|(key, cell)| (key.value, cell.n)).collect(),
        waiting: read.waiting,
        actions: read.actions,
        rules_given_up: read.rules_given_up,
        signal_since: read.next_look.filter(|due| *due < now),
        jobs: read
            .leases
            .into_iter()
            .map(|(job, until)| (job, until - LEASE))
            .collect(),
        ..Desk::default()
    };
    for policy in read.policies {
        desk.breaches.entry(policy).or_default();
    }
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
    if let Some(since) = desk.unacknowledged_since {
        desk.unacknowledged_business = read.frame.seconds(Time::Business, since, now);
    }
    Ok(desk)
}
