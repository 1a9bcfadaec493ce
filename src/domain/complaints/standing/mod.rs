//! Complaints as the queue of work sees them: with the promises that are open.

mod store;

use std::collections::BTreeMap;

use super::model::{CallBack, Complaint};
use crate::db::conn::Conn;
use crate::error::Result;
use crate::ids::ComplaintId;

/// A complaint with the promises that are open.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The complaint.
    pub complaint: Complaint,
    /// Its open promises, the most urgent first.
    pub promises: Vec<CallBack>,
}

/// Complaints by their ids, in no particular order.
///
/// # Errors
/// When the database refuses.
pub fn load(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<Standing>> {
    let mut promises: BTreeMap<ComplaintId, Vec<CallBack>> = BTreeMap::new();
    for promise in store::open_promises_of(conn, ids)? {
        promises.entry(promise.complaint_id).or_default().push(promise);
    }
    let complaints = store::by_ids(conn, ids)?;
    Ok(complaints
        .into_iter()
        .map(|complaint| Standing {
            promises: promises.remove(&complaint.id).unwrap_or_default(),
            complaint,
        })
        .collect())
}
