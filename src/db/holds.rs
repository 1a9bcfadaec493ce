//! What is held until the end of a transaction, so that others wait. On SQLite there is one writer anyway.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};

use super::conn::Conn;
use super::types::Uid;
use crate::error::Result;
use crate::ids::{BulkActionId, ComplaintId};

/// Lets one at a time change who works here, in which role and by which name, until the end of the transaction:
/// what holds for all of them (there is an administrator, a name names one) is no row that could be held.
///
/// # Errors
/// When the database refuses.
pub fn hold_staff(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        conn.batch_execute("SELECT pg_advisory_xact_lock(7236833)")?;
    }
    Ok(())
}

/// Keeps those of these people who work here from leaving before the end of the transaction, so that work can be
/// given to them. To be asked for before a complaint is held: who leaves is held first, their complaints after.
///
/// # Errors
/// When the database refuses.
pub fn hold_owners(conn: &mut Conn, handles: &[&str]) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        diesel::sql_query("SELECT 1 FROM staff_members WHERE handle = ANY($1) ORDER BY handle FOR SHARE")
            .bind::<Array<Text>, _>(handles)
            .execute(conn)?;
    }
    Ok(())
}

/// Waits until nobody is giving work to this person, and lets nobody begin to; then holds every complaint and
/// promise that is open with them.
///
/// # Errors
/// When the database refuses.
pub fn hold_leaver(conn: &mut Conn, handle: &str) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        diesel::sql_query("SELECT 1 FROM staff_members WHERE handle = $1 FOR NO KEY UPDATE")
            .bind::<Text, _>(handle)
            .execute(conn)?;
        diesel::sql_query(
            "SELECT 1 FROM complaints
             WHERE owner = $1 AND state <> 'closed'
                OR id IN (SELECT complaint_id FROM call_backs WHERE owner = $1 AND state = 'open')
             ORDER BY id FOR NO KEY UPDATE",
        )
        .bind::<Text, _>(handle)
        .execute(conn)?;
    }
    Ok(())
}

/// Lets one at a time add to what is attached, until the end of the transaction: that all of it together is not too
/// large holds for no single row. To be asked for after a complaint is held.
///
/// # Errors
/// When the database refuses.
pub fn hold_attachments(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        conn.batch_execute("SELECT pg_advisory_xact_lock(7236834)")?;
    }
    Ok(())
}

/// Lets a person take one piece of work at a time, and keeps them from leaving meanwhile. To be asked for before a
/// complaint is held.
///
/// # Errors
/// When the database refuses.
pub fn hold_taker(conn: &mut Conn, handle: &str) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        diesel::sql_query("SELECT 1 FROM staff_members WHERE handle = $1 FOR NO KEY UPDATE")
            .bind::<Text, _>(handle)
            .execute(conn)?;
    }
    Ok(())
}

/// Lets one at a time pick who gets work without asking for it, until the end of the transaction. To be asked for before
/// those who may be picked are held.
///
/// # Errors
/// When the database refuses.
pub fn hold_picking(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        conn.batch_execute("SELECT pg_advisory_xact_lock(7236835)")?;
    }
    Ok(())
}

/// Lets one at a time go on with a bulk action, or call it off. To be asked for before anything else.
///
/// # Errors
/// When the database refuses.
pub fn hold_bulk(conn: &mut Conn, id: BulkActionId) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        diesel::sql_query("SELECT 1 FROM bulk_actions WHERE id = $1 FOR NO KEY UPDATE")
            .bind::<Uid, _>(id)
            .execute(conn)?;
    }
    Ok(())
}

/// Lets one at a time say what complaints have to do with each other, until the end of the transaction: that they go in
/// no circle holds for no single row. To be asked for before a complaint is held.
///
/// # Errors
/// When the database refuses.
pub fn hold_relations(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        conn.batch_execute("SELECT pg_advisory_xact_lock(7236836)")?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Uid)]
    id: ComplaintId,
}

/// Holds the first of these complaints that is open, nobody has, and nobody is holding, without waiting for anybody.
///
/// # Errors
/// When the database refuses.
pub fn hold_first(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Option<ComplaintId>> {
    match conn {
        _ if ids.is_empty() => Ok(None),
        Conn::Sqlite(_) => Ok(ids.first().copied()),
        Conn::Pg(conn) => {
            let held: Option<Held> = diesel::sql_query(
                "SELECT c.id FROM unnest($1) WITH ORDINALITY AS wanted (id, place)
                 JOIN complaints AS c ON c.id = wanted.id
                 WHERE c.owner IS NULL AND c.state <> 'closed'
                 ORDER BY wanted.place LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED",
            )
            .bind::<Array<Uid>, _>(ids.to_vec())
            .get_result(conn)
            .optional()?;
            Ok(held.map(|held| held.id))
        }
    }
}
