//! SQL of the events.

use diesel::prelude::*;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::events;
use crate::error::Result;
use crate::insert_rows;

/// How many rows go into one statement.
const AT_ONCE: usize = 2_000;

/// A row as it is appended; the database gives it its transaction and its number.
#[derive(Debug, Insertable)]
#[diesel(table_name = events)]
pub(super) struct EventRow {
    pub(super) happened_at: Moment,
    pub(super) body: String,
}

pub(super) fn append(conn: &mut Conn, rows: &[EventRow]) -> Result<()> {
    for some in rows.chunks(AT_ONCE) {
        insert_rows!(conn, events::table, some)?;
    }
    Ok(())
}

/// Of the first rows those that are older, up to the first that is not: their places. What follows a place that is
/// there is then there too. The newest row is never among them.
pub(super) fn oldest(conn: &mut Conn, before: Moment, limit: i64) -> Result<Vec<(i64, i64)>> {
    let newest: Option<(i64, i64)> = events::table
        .order((events::xact.desc(), events::id.desc()))
        .select((events::xact, events::id))
        .first(conn)
        .optional()?;
    let rows: Vec<(i64, i64, Moment)> = events::table
        .order((events::xact.asc(), events::id.asc()))
        .limit(limit)
        .select((events::xact, events::id, events::happened_at))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .take_while(|(.., at)| *at < before)
        .map(|(xact, id, _)| (xact, id))
        .filter(|place| Some(*place) != newest)
        .collect())
}

pub(super) fn delete(conn: &mut Conn, places: &[(i64, i64)]) -> Result<usize> {
    let mut gone = 0;
    for some in places.chunks(500) {
        let ids: Vec<i64> = some.iter().map(|(_, id)| *id).collect();
        let last = some.iter().map(|(xact, _)| *xact).max().unwrap_or_default();
        let first = some.iter().map(|(xact, _)| *xact).min().unwrap_or_default();
        let within = events::table
            .filter(events::xact.between(first, last))
            .filter(events::id.eq_any(ids));
        gone += diesel::delete(within).execute(conn)?;
    }
    Ok(gone)
}
