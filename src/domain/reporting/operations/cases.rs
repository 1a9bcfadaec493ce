//! The cases behind a figure. A complaint counts here by the same function that adds it to the sums
//! ([`facts`](super::super::facts)), so the list and the figure cannot tell different things.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::{OperationsForm, ahead, between, hour_of, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::model::Complaint;
use crate::domain::complaints::view::ComplaintSummary;
use crate::domain::complaints::vocabulary::State;
use crate::domain::complaints::watching;
use crate::domain::reporting::frame::{self, Frame};
use crate::domain::reporting::histogram::bucket;
use crate::domain::reporting::measures::{Measure, Span, Time};
use crate::domain::reporting::query::Ask;
use crate::domain::reporting::record;
use crate::domain::reporting::sums::{Slot, Sums};
use crate::domain::staff::Act;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::text_enum;

text_enum! {
    /// A figure whose cases can be listed.
    Figure {
        /// Something is past due now.
        Late = "late",
        /// Something comes due in the next hours.
        Ahead = "ahead",
        /// Open now.
        Open = "open",
        /// Came in.
        Received = "received",
        /// The customer knew that we have it.
        Acknowledgement = "acknowledgement",
        /// Somebody answered in person.
        FirstResponse = "first_response",
        /// Closed on the merits, as a time from the receipt on.
        Resolution = "resolution",
        /// Closed.
        Closed = "closed",
        /// Closed on the merits.
        OnMerits = "on_merits",
        /// Closed in the first contact.
        OnTheSpot = "on_the_spot",
        /// A promise was kept.
        Kept = "kept",
        /// A promise was kept late.
        KeptLate = "kept_late",
        /// A promise was broken.
        Broken = "broken",
        /// A deadline passed.
        Breached = "breached",
        /// Closed, by the customer's manner at first and at last.
        Types = "types",
    }
}

/// Which cases.
#[derive(Debug, Clone)]
pub struct CasesForm {
    /// Behind which figure.
    pub figure: Figure,
    /// Of which time and property.
    pub of: OperationsForm,
    /// Only what took longer than so many seconds.
    pub longer: Option<i64>,
    /// Only those so many days old and older.
    pub from_days: Option<i64>,
    /// Only those at most so many days old.
    pub to_days: Option<i64>,
    /// Only customers who were so at first.
    pub first: Option<CustomerType>,
    /// Only customers who were so at last.
    pub last: Option<CustomerType>,
    /// Only what came in on this day of the week, from Monday (0).
    pub weekday: Option<usize>,
    /// Only what came in at this hour.
    pub hour: Option<usize>,
    /// After this place.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// Cases behind a figure.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    /// The complaints, each with how often it counts.
    pub items: Vec<(ComplaintSummary, i64)>,
    /// Where to go on.
    pub next: Option<i64>,
}

/// How many complaints are read at a time.
const PAGE: i64 = 200;
/// The most complaints that are looked through for one page; it may then be short and still have a next one.
const LOOK_THROUGH: i64 = 4_000;

/// The cases behind a figure, a page of them.
///
/// # Errors
/// `request.invalid`; when the database refuses.
pub fn cases(conn: &mut Conn, act: &Act, form: &CasesForm) -> Result<Cases> {
    let mut ask = form.of.check(act)?;
    ask.time = form.of.time.unwrap_or(Time::Business);
    match form.figure {
        Figure::Late => late(conn, act, form, &ask),
        Figure::Ahead => due_ahead(conn, form, &ask),
        _ => counted(conn, act, form, &ask),
    }
}

fn late(conn: &mut Conn, act: &Act, form: &CasesForm, ask: &Ask) -> Result<Cases> {
    let after = form.after.unwrap_or_default().max(0);
    let limit = i64::try_from(form.limit).unwrap_or(i64::MAX - 1);
    let mut rows = store::late(conn, ask, act.now, after, limit + 1)?;
    let more = rows.len() > form.limit;
    rows.truncate(form.limit);
    Ok(Cases {
        items: rows.into_iter().map(|row| (ComplaintSummary::from(row), 1)).collect(),
        next: more.then_some(after + limit),
    })
}

fn due_ahead(conn: &mut Conn, form: &CasesForm, ask: &Ask) -> Result<Cases> {
    let mut order: Vec<ComplaintId> = Vec::new();
    let mut counts: BTreeMap<ComplaintId, i64> = BTreeMap::new();
    for ahead in ahead::ahead(conn, ask)? {
        let n = counts.entry(ahead.complaint_id).or_default();
        if *n == 0 {
            order.push(ahead.complaint_id);
        }
        *n += 1;
    }
    let after = form.after.unwrap_or_default().max(0);
    let skipped = usize::try_from(after).unwrap_or(usize::MAX);
    let wanted: Vec<ComplaintId> = order.iter().skip(skipped).take(form.limit).copied().collect();
    let mut found: BTreeMap<ComplaintId, Complaint> = watching::load(conn, &wanted)?
        .into_iter()
        .map(|watched| (watched.complaint.id, watched.complaint))
        .collect();
    let items: Vec<(ComplaintSummary, i64)> = wanted
        .iter()
        .filter_map(|id| {
            let n = counts.get(id).copied().unwrap_or_default();
            Some((ComplaintSummary::from(found.remove(id)?), n))
        })
        .collect();
    let shown = skipped.saturating_add(wanted.len());
    Ok(Cases {
        items,
        next: (order.len() > shown).then(|| i64::try_from(shown).unwrap_or(i64::MAX)),
    })
}

/// Walks through what may count, the last logged first, and keeps what does.
fn counted(conn: &mut Conn, act: &Act, form: &CasesForm, ask: &Ask) -> Result<Cases> {
    let frame = Frame::present(conn, &act.policy)?;
    let zone = form.of.zone.unwrap_or(ask.zone);
    let mut below = form.after.unwrap_or(i64::MAX);
    let (mut found, mut seen) = (Cases::default(), 0);
    loop {
        let some = match form.figure {
            Figure::Open => store::open(conn, below, PAGE)?,
            _ => store::candidates(conn, between(ask), below, PAGE)?,
        };
        if some.is_empty() {
            return Ok(found);
        }
        let ids: Vec<ComplaintId> = some.iter().map(|(_, id)| *id).collect();
        let mut timelines: BTreeMap<ComplaintId, watching::Watched> = watching::load(conn, &ids)?
            .into_iter()
            .map(|watched| (watched.complaint.id, watched))
            .collect();
        for (seq, id) in some {
            seen += 1;
            below = seq;
            let Some(watched) = timelines.remove(&id) else { continue };
            if !came_then(form, zone, watched.complaint.received_at) {
                continue;
            }
            let mut sums = Sums::default();
            record::add(&frame, &watched.complaint, &watched.entries, &mut sums, 1);
            let n = weight(form, ask, &sums);
            if n > 0 {
                found.items.push((ComplaintSummary::from(watched.complaint), n));
            }
            if found.items.len() >= form.limit {
                found.next = Some(below);
                return Ok(found);
            }
        }
        if seen >= LOOK_THROUGH {
            found.next = Some(below);
            return Ok(found);
        }
    }
}

fn came_then(form: &CasesForm, zone: Tz, received_at: Moment) -> bool {
    let (day, hour) = hour_of(received_at, zone);
    form.weekday.is_none_or(|wanted| wanted == day) && form.hour.is_none_or(|wanted| wanted == hour)
}

/// How often a complaint counts.
fn weight(form: &CasesForm, ask: &Ask, sums: &Sums) -> i64 {
    let counts = |slot: &Slot| {
        is_of(form, ask.time, slot.measure)
            && within(form, ask, slot)
            && form
                .longer
                .is_none_or(|seconds| slot.bucket.is_some_and(|at| at > bucket(seconds)))
    };
    sums.each()
        .filter(|(marks, ..)| ask.value.is_none() || marks.value(ask.dimension) == ask.value)
        .filter(|(_, slot, _)| counts(slot))
        .map(|(_, _, amount)| amount.n)
        .sum()
}

fn is_of(form: &CasesForm, time: Time, measure: Measure) -> bool {
    match form.figure {
        Figure::Late | Figure::Ahead => false,
        Figure::Open => matches!(measure, Measure::Open(state) if state != State::Closed),
        Figure::Received => measure == Measure::Received,
        Figure::Acknowledgement => measure == Measure::Took(Span::Acknowledgement, time),
        Figure::FirstResponse => measure == Measure::Took(Span::FirstResponse, time),
        Figure::Resolution => measure == Measure::Took(Span::Resolution, time),
        Figure::Closed => measure == Measure::Closed,
        Figure::OnMerits => measure == Measure::OnMerits,
        Figure::OnTheSpot => measure == Measure::OnTheSpot,
        Figure::Kept => measure == Measure::Kept,
        Figure::KeptLate => measure == Measure::Late,
        Figure::Broken => measure == Measure::Broken,
        Figure::Breached => measure == Measure::Breached,
        Figure::Types => match measure {
            Measure::Types(first, last) => {
                form.first.is_none_or(|wanted| wanted == first) && form.last.is_none_or(|wanted| wanted == last)
            }
            _ => false,
        },
    }
}

/// Whether it lies in the time that was asked for: of what is open, by the age of today.
fn within(form: &CasesForm, ask: &Ask, slot: &Slot) -> bool {
    if form.figure == Figure::Open {
        let age = i64::from(frame::day_of(ask.today)) - i64::from(slot.day);
        // What comes from tomorrow is no younger than what came today.
        let age = age.max(0);
        return form.from_days.is_none_or(|least| age >= least) && form.to_days.is_none_or(|most| age <= most);
    }
    (frame::day_of(ask.from)..=frame::day_of(ask.to)).contains(&slot.day)
}
