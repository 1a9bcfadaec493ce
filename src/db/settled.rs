//! Rows in an order in which nothing comes in behind a reader's back.
//!
//! Numbers are given out before transactions are committed, so on PostgreSQL a row may become visible after one with a
//! higher number. Each row therefore holds the transaction that wrote it, which leads the order, and a reader only
//! sees transactions below the oldest one that is still under way: whatever is committed later comes after all of it.
//! SQLite has one writer, and numbers ascend with the commits.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::conn::Conn;
use crate::error::Result;

/// A row of such a table: the transaction, the number, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Settled {
    /// The transaction that wrote it; 0 on SQLite.
    #[diesel(sql_type = BigInt)]
    pub xact: i64,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// What it holds.
    #[diesel(sql_type = Text)]
    pub body: String,
}

/// The events after a place, in order; at most `limit`.
///
/// # Errors
/// When the database refuses.
pub fn events_after(conn: &mut Conn, (xact, id): (i64, i64), limit: i64) -> Result<Vec<Settled>> {
    let rows = match conn {
        Conn::Pg(conn) => diesel::sql_query(
            "SELECT xact, id, body FROM events
             WHERE (xact, id) > ($1, $2) AND xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
             ORDER BY xact, id LIMIT $3",
        )
        .bind::<BigInt, _>(xact)
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(limit)
        .load(conn)?,
        Conn::Sqlite(conn) => diesel::sql_query("SELECT xact, id, body FROM events WHERE id > ? ORDER BY id LIMIT ?")
            .bind::<BigInt, _>(id)
            .bind::<BigInt, _>(limit)
            .load(conn)?,
    };
    Ok(rows)
}

/// The last event.
///
/// # Errors
/// When the database refuses.
pub fn last_event(conn: &mut Conn) -> Result<Option<Settled>> {
    const PG: &str = "SELECT xact, id, body FROM events
                      WHERE xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                      ORDER BY xact DESC, id DESC LIMIT 1";
    const SQLITE: &str = "SELECT xact, id, body FROM events ORDER BY id DESC LIMIT 1";
    let row = match conn {
        Conn::Pg(conn) => diesel::sql_query(PG).get_result(conn).optional()?,
        Conn::Sqlite(conn) => diesel::sql_query(SQLITE).get_result(conn).optional()?,
    };
    Ok(row)
}

/// The event at a place, if it is still there.
///
/// # Errors
/// When the database refuses.
pub fn event_at(conn: &mut Conn, (xact, id): (i64, i64)) -> Result<Option<Settled>> {
    const PG: &str = "SELECT xact, id, body FROM events WHERE xact = $1 AND id = $2
                      AND xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
    const SQLITE: &str = "SELECT xact, id, body FROM events WHERE xact = ? AND id = ?";
    let row = match conn {
        Conn::Pg(conn) => diesel::sql_query(PG)
            .bind::<BigInt, _>(xact)
            .bind::<BigInt, _>(id)
            .get_result(conn)
            .optional()?,
        Conn::Sqlite(conn) => diesel::sql_query(SQLITE)
            .bind::<BigInt, _>(xact)
            .bind::<BigInt, _>(id)
            .get_result(conn)
            .optional()?,
    };
    Ok(row)
}
