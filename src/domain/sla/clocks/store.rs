//! SQL of clocks.

use diesel::prelude::*;

use super::row::{ClockRow, SignalRow};
use super::signals::SignalKind;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{clock_signals, complaint_clocks};
use crate::error::{Error, Result};
use crate::ids::{ClockId, ComplaintId};
use crate::{insert_rows, load_rows};

/// The most ids that one statement names.
const AT_ONCE: usize = 500;
/// The most rows that one statement inserts: seventeen columns each, and at most 65,535 values.
const ROWS_AT_ONCE: usize = 2_000;

/// Inserts clocks; somebody who was there at the same moment makes it done again.
pub(super) fn insert(conn: &mut Conn, rows: &[ClockRow]) -> Result<()> {
    for some in rows.chunks(ROWS_AT_ONCE) {
        insert_rows!(conn, complaint_clocks::table, some).map_err(|error| again(error, "the clock began meanwhile"))?;
    }
    Ok(())
}

fn again(error: diesel::result::Error, why: &'static str) -> Error {
    let error = Error::from(error);
    if error.is_unique_violation() {
        Error::Retry(why)
    } else {
        error
    }
}

/// Loads many rows by the fastest way.
pub(super) fn load_many(conn: &mut Conn, rows: &[ClockRow], signals: &[SignalRow]) -> Result<()> {
    load_rows!(conn, complaint_clocks::table, rows)?;
    load_rows!(conn, clock_signals::table, signals)?;
    Ok(())
}

pub(super) fn update(conn: &mut Conn, row: &ClockRow) -> Result<()> {
    diesel::update(complaint_clocks::table.find(row.id))
        .set(row)
        .execute(conn)?;
    Ok(())
}

/// The clocks of complaints, in the order in which they began.
pub(super) fn of_complaints(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<ClockRow>> {
    let mut rows = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let found: Vec<ClockRow> = complaint_clocks::table
            .filter(complaint_clocks::complaint_id.eq_any(some.to_vec()))
            .order(complaint_clocks::id.asc())
            .select(ClockRow::as_select())
            .load(conn)?;
        rows.extend(found);
    }
    Ok(rows)
}

/// The signals that clocks have given, in the order in which they were.
pub(super) fn signals_of(conn: &mut Conn, ids: &[ClockId]) -> Result<Vec<SignalRow>> {
    let mut rows = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let found: Vec<SignalRow> = clock_signals::table
            .filter(clock_signals::clock_id.eq_any(some.to_vec()))
            .order((clock_signals::fired_at.asc(), clock_signals::due_at.asc()))
            .select(SignalRow::as_select())
            .load(conn)?;
        rows.extend(found);
    }
    Ok(rows)
}

pub(super) fn given(conn: &mut Conn, ids: &[ClockId]) -> Result<Vec<(ClockId, SignalKind, i32)>> {
    let signals = signals_of(conn, ids)?;
    Ok(signals
        .into_iter()
        .map(|row| (row.clock_id, row.kind, row.level))
        .collect())
}

/// Inserts signals. The key of the table sees to it that each is given once.
pub(super) fn insert_signals(conn: &mut Conn, rows: &[SignalRow]) -> Result<()> {
    for some in rows.chunks(ROWS_AT_ONCE) {
        insert_rows!(conn, clock_signals::table, some)
            .map_err(|error| again(error, "the signal was given meanwhile"))?;
    }
    Ok(())
}

// A literal, not a bind value: SQLite uses a partial index only when it can see its predicate.
macro_rules! watched {
    () => {
        diesel::dsl::sql::<diesel::sql_types::Bool>("complaint_clocks.next_at IS NOT NULL")
    };
}

/// Complaints with a clock that has to be looked at by `now`, the most urgent first; of at most `limit` clocks.
pub(super) fn to_look_at(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<ComplaintId>> {
    Ok(complaint_clocks::table
        .filter(watched!())
        .filter(complaint_clocks::next_at.le(Some(now)).assume_not_null())
        .order((complaint_clocks::next_at.asc(), complaint_clocks::id.asc()))
        .limit(limit)
        .select(complaint_clocks::complaint_id)
        .load(conn)?)
}

/// When the sweep has to look next.
pub(super) fn next_look(conn: &mut Conn) -> Result<Option<Moment>> {
    let next: Option<Option<Moment>> = complaint_clocks::table
        .filter(watched!())
        .order((complaint_clocks::next_at.asc(), complaint_clocks::id.asc()))
        .select(complaint_clocks::next_at)
        .first(conn)
        .optional()?;
    Ok(next.flatten())
}
