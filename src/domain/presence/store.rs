//! SQL of who is where.

use diesel::prelude::*;

use super::PresenceRow;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::presences;
use crate::error::{Error, Result};
use crate::ids::{AnyId, ComplaintId};
use crate::insert_new;

/// The most who are shown at one complaint.
const SHOWN: i64 = 50;

pub(super) fn find(conn: &mut Conn, complaint: ComplaintId, who: AnyId) -> Result<Option<PresenceRow>> {
    Ok(presences::table
        .find((complaint, who))
        .select(PresenceRow::as_select())
        .first(conn)
        .optional()?)
}

/// Writes the row of somebody; `there` when there is one.
pub(super) fn put(conn: &mut Conn, row: &PresenceRow, there: bool) -> Result<()> {
    let own = presences::table.find((row.complaint_id, row.who));
    let done = if there {
        let values = (
            presences::name.eq(&row.name),
            presences::doing.eq(row.doing),
            presences::since.eq(row.since),
            presences::until.eq(row.until),
        );
        diesel::update(own).set(values).execute(conn)?
    } else {
        let rows = std::slice::from_ref(row);
        insert_new!(conn, presences::table, rows)?
    };
    if done == 1 {
        Ok(())
    } else {
        Err(Error::Retry("the same person came or went at the same moment"))
    }
}

pub(super) fn delete(conn: &mut Conn, complaint: ComplaintId, who: AnyId) -> Result<()> {
    diesel::delete(presences::table.find((complaint, who))).execute(conn)?;
    Ok(())
}

pub(super) fn here(conn: &mut Conn, complaint: ComplaintId, now: Moment) -> Result<Vec<PresenceRow>> {
    Ok(presences::table
        .filter(presences::complaint_id.eq(complaint))
        .filter(presences::until.gt(now))
        .order((presences::since.asc(), presences::who.asc()))
        .limit(SHOWN)
        .select(PresenceRow::as_select())
        .load(conn)?)
}

/// Those whose time is over. There are few rows: one for each page that is open.
pub(super) fn gone(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<PresenceRow>> {
    Ok(presences::table
        .filter(presences::until.le(now))
        .order((
            presences::until.asc(),
            presences::complaint_id.asc(),
            presences::who.asc(),
        ))
        .limit(limit)
        .select(PresenceRow::as_select())
        .load(conn)?)
}

pub(super) fn delete_gone(conn: &mut Conn, row: &PresenceRow, now: Moment) -> Result<bool> {
    let own = presences::table
        .filter(presences::complaint_id.eq(row.complaint_id))
        .filter(presences::who.eq(row.who))
        .filter(presences::until.le(now));
    Ok(diesel::delete(own).execute(conn)? > 0)
}
