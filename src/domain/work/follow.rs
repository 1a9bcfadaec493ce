//! Follows complaints, so that the queue says at any time what is open. Called in the transaction of each change, by
//! those who hold the complaint.

use super::routing::place;
use super::row::{QueueRow, Wants};
use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::model::{CallBack, Complaint};
use crate::domain::complaints::standing::Standing;
use crate::domain::complaints::vocabulary::State;
use crate::error::Result;

/// Complaints that have just been logged, with what the rules of routing said of each: many rows in one statement.
///
/// # Errors
/// When the database refuses.
pub fn arrived(conn: &mut Conn, complaints: &[Complaint], wants: Vec<Wants>) -> Result<()> {
    let rows: Vec<QueueRow> = complaints
        .iter()
        .zip(wants)
        .map(|(complaint, wants)| QueueRow::of(complaint, &[], wants, complaint.logged_at))
        .collect();
    store::insert(conn, &rows)
}

/// A complaint that has changed, with its promises; `routed` when the rules of routing said something new of it.
///
/// # Errors
/// When the database refuses.
pub fn changed(conn: &mut Conn, complaint: &Complaint, promises: &[CallBack], routed: bool) -> Result<()> {
    let mut before = store::find(conn, complaint.id)?;
    if routed && let Some(row) = &mut before {
        let Wants { needs, within_minutes } = place::wants(conn, complaint.id)?;
        (row.needs, row.within_minutes) = (needs, within_minutes);
        store::update(conn, row)?;
    }
    write(conn, before, complaint, promises, complaint.updated_at)
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
    let wants = match &before {
        Some(row) => row.wants(),
        None => place::wants(conn, complaint.id)?,
    };
    let mut row = QueueRow::of(complaint, promises, wants, at);
    match before {
        None => store::insert_missing(conn, &row),
        Some(before) => {
            if (before.team_id, before.owner.is_some()) == (row.team_id, row.owner.is_some()) {
                row.entered_at = before.entered_at;
            }
            if before == row {
                Ok(())
            } else {
                store::update(conn, &row)
            }
        }
    }
}
