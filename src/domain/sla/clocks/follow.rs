//! Follows a complaint's history after every change, and writes what differs.

use super::row::ClockRow;
use super::walk::{Walked, walk};
use super::{nudge, signals, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::followers::{Arrived, Turn};
use crate::domain::sla::policies::book;
use crate::error::Result;
use crate::ids::{ClockId, ComplaintId};

/// Clocks that have begun with a complaint that is about to be logged.
#[derive(Debug)]
pub struct Begun {
    /// The place of the complaint in its group.
    pub place: usize,
    /// The earliest moment by which something is due.
    pub next_due_at: Option<Moment>,
    rows: Vec<ClockRow>,
    now: Moment,
}

/// The clocks that begin with complaints that are about to be logged; nothing for a desk without policies.
///
/// # Errors
/// When the database refuses.
pub fn begin(conn: &mut Conn, arrived: &[Arrived<'_>]) -> Result<Vec<Begun>> {
    let Some(book) = book::current(conn)? else {
        return Ok(Vec::new());
    };
    let mut begun = Vec::new();
    for (place, one) in arrived.iter().enumerate() {
        if !book.has_any(one.entry.happened_at) {
            continue;
        }
        let walked = walk(&book, &one.happening(), None);
        begun.push(Begun {
            place,
            next_due_at: walked.next_due(),
            rows: rows_of(one.complaint.id, &walked, one.entry.happened_at),
            now: one.entry.happened_at,
        });
    }
    Ok(begun)
}

/// Rows of clocks none of which was there before.
pub(super) fn rows_of(complaint: ComplaintId, walked: &Walked, now: Moment) -> Vec<ClockRow> {
    walked
        .clocks
        .iter()
        .map(|clock| {
            let signals = signals::of(clock, &walked.pauses);
            let next = signals::next(&signals, &[]).map(|signal| signal.at);
            ClockRow::of(ClockId::new(now), complaint, clock, next)
        })
        .collect()
}

/// Writes the clocks that have begun, once their complaints are there: many rows in one statement.
///
/// # Errors
/// When the database refuses.
pub fn write_begun(conn: &mut Conn, begun: &[Begun]) -> Result<()> {
    let rows: Vec<ClockRow> = begun.iter().flat_map(|one| one.rows.iter().cloned()).collect();
    store::insert(conn, &rows)?;
    if let Some(first) = begun.first() {
        nudge::nudge(first.now, rows.iter().filter_map(|row| row.next_at).min());
    }
    Ok(())
}

/// Follows a change that is about to be written, and gives the earliest moment by which something is due.
///
/// # Errors
/// When the database refuses.
pub fn changed(conn: &mut Conn, turn: &Turn<'_>) -> Result<Option<Moment>> {
    let promised = turn.after.call_back_due_at;
    let Some(book) = book::current(conn)? else {
        return Ok(promised);
    };
    // What was logged before there were policies has no clocks, and gets none.
    if !book.has_any(turn.after.logged_at) {
        return Ok(promised);
    }
    let walked = walk(&book, turn.history(conn)?, None);
    let rows = store::of_complaints(conn, &[turn.after.id])?;
    let given = given_by(conn, &rows)?;
    let (now, id) = (turn.entry.happened_at, turn.after.id);
    let next = write(conn, id, &walked, rows, &given, now)?;
    nudge::nudge(now, next);
    Ok(walked.next_due().into_iter().chain(promised).min())
}

/// The signals that these clocks have given.
pub(super) type Given = Vec<(ClockId, signals::SignalKind, i32)>;

/// Of those that may still give one.
pub(super) fn given_by(conn: &mut Conn, rows: &[ClockRow]) -> Result<Given> {
    let live: Vec<ClockId> = rows
        .iter()
        .filter(|row| row.ended_at.is_none() || row.next_at.is_some())
        .map(|row| row.id)
        .collect();
    store::given(conn, &live)
}

/// Writes what differs from the rows that are there; gives when the sweep has to look next.
pub(super) fn write(
    conn: &mut Conn,
    complaint: ComplaintId,
    walked: &Walked,
    mut rows: Vec<ClockRow>,
    given: &Given,
    now: Moment,
) -> Result<Option<Moment>> {
    let mut fresh = Vec::new();
    let mut next_look: Option<Moment> = None;
    for clock in &walked.clocks {
        let signals = signals::of(clock, &walked.pauses);
        let Some(row) = rows.iter_mut().find(|row| row.is_of(clock)) else {
            let next = signals::next(&signals, &[]).map(|signal| signal.at);
            fresh.push(ClockRow::of(ClockId::new(now), complaint, clock, next));
            next_look = next_look.into_iter().chain(next).min();
            continue;
        };
        let before = row.clone();
        row.follow(clock);
        let own: Vec<_> = given
            .iter()
            .filter(|(id, ..)| *id == row.id)
            .map(|(_, kind, level)| (*kind, *level))
            .collect();
        if before.ended_at.is_none() || before.next_at.is_some() {
            row.next_at = signals::next(&signals, &own).map(|signal| signal.at);
        }
        next_look = next_look.into_iter().chain(row.next_at).min();
        if *row != before {
            store::update(conn, row)?;
        }
    }
    store::insert(conn, &fresh)?;
    Ok(next_look)
}
