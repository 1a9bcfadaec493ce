//! Puts right rows of the queue that do not say what their complaint says: those of complaints that a process of an
//! earlier version wrote while it was being replaced, which knew of no queue.

use super::{follow, store};
use crate::db::conn::Conn;
use crate::db::dialect;
use crate::domain::complaints::standing;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::ComplaintId;

/// Complaints whose rows are to be put right; at most `limit`.
///
/// # Errors
/// When the database refuses.
pub fn amiss(conn: &mut Conn, limit: i64) -> Result<Vec<ComplaintId>> {
    store::amiss(conn, limit)
}

/// Puts the rows of these complaints right; gives how many there are.
///
/// # Errors
/// When the database refuses.
pub fn mend(conn: &mut Conn, act: &Act, ids: &[ComplaintId]) -> Result<usize> {
    dialect::hold_complaints(conn, ids)?;
    let standings = standing::load(conn, ids)?;
    follow::changed_all(conn, &standings, act.now)?;
    Ok(standings.len())
}
