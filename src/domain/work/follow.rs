//! Follows complaints, so that the queue says at any time what is open. Called in the transaction of each change, by
//! those who hold the complaint.

use super::row::QueueRow;
use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::model::{CallBack, Complaint};
use crate::domain::complaints::standing::Standing;
use crate::domain::complaints::vocabulary::State;
use crate::error::Result;

/// Complaints that have just been logged: many rows in one statement.
///
/// # Errors
/// When the database refuses.
pub fn arrived(conn: &mut Conn, complaints: &[Complaint]) -> Result<()> {
    let rows: Vec<QueueRow> = complaints
        .iter()
        .map(|complaint| QueueRow::of(complaint, &[], String::new(), complaint.logged_at))
        .collect();
    store::insert(conn, &rows)
}

/// A complaint that has changed, with its promises.
///
/// # Errors
/// When the database refuses.
pub fn changed(conn: &mut Conn, complaint: &Complaint, promises: &[CallBack], at: Moment) -> Result<()> {
    let before = store::find(conn, complaint.id)?;
    write(conn, before, complaint, promises, at)
}

/// Many complaints that have changed.
///
/// # Errors
/// When the database refuses.
pub fn changed_all(conn: &mut Conn, standings: &[Standing], at: Moment) -> Result<()> {
    let ids: Vec<_> = standings.iter().map(|standing| standing.complaint.id).collect();
    let mut rows = store::by_ids(conn, &ids)?;
    for Standing { complaint, promises } in standings {
        let there = rows.iter().position(|row| row.complaint_id == complaint.id);
        let before = there.map(|n| rows.swap_remove(n));
        write(conn, before, complaint, promises, at)?;
    }
    Ok(())
}

fn write(
    conn: &mut Conn,
    before: Option<QueueRow>,
    complaint: &Complaint,
    promises: &[CallBack],
    at: Moment,
) -> Result<()> {
    if complaint.state == State::Closed {
        return match before {
            Some(_) => store::delete(conn, complaint.id),
            None => Ok(()),
        };
    }
    let needs = before.as_ref().map(|row| row.needs.clone()).unwrap_or_default();
    let mut row = QueueRow::of(complaint, promises, needs, at);
    match before {
        None => store::insert_missing(conn, &row),
        Some(before) => {
            if (before.team_id, before.owner.is_some()) == (row.team_id, row.owner.is_some()) {
                row.entered_at = before.entered_at;
            }
            if before == row { Ok(()) } else { store::update(conn, &row) }
        }
    }
}
