//! What those ask who keep something beside a complaint: who is there, what is not saved yet.

use super::history::store as rows;
use super::model::Complaint;
use super::{privacy, store};
use crate::db::conn::Conn;
use crate::db::dialect;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::ComplaintId;

/// A complaint, to be looked at.
///
/// # Errors
/// `resource.not_found`.
pub fn look(conn: &mut Conn, id: ComplaintId) -> Result<Complaint> {
    store::load(conn, id)
}

/// Those of these complaints that there are.
///
/// # Errors
/// When the database refuses.
pub fn look_at_all(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<Complaint>> {
    rows::by_ids(conn, ids)
}

/// A complaint on which the actor may work, to be changed or emptied by nobody until the end of the transaction.
///
/// # Errors
/// `resource.not_found`; `complaint.anonymised`; `auth.other_team`.
pub fn hold(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<Complaint> {
    dialect::hold_complaint(conn, id)?;
    let complaint = store::load(conn, id)?;
    privacy::check_here(conn, id, complaint.state)?;
    act.actor.check_team(complaint.team_id)?;
    Ok(complaint)
}
