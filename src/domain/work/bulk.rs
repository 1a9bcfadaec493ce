//! The queue of whole histories at once, as a bulk load brings them.

use std::collections::BTreeMap;

use super::row::{QueueRow, Wants};
use super::store;
use crate::db::conn::Conn;
use crate::domain::complaints::model::{CallBack, Complaint};
use crate::domain::complaints::vocabulary::{CallBackState, State};
use crate::error::Result;
use crate::ids::ComplaintId;

/// Loads the rows of those of the complaints that are open; the promises are theirs.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, complaints: &[Complaint], promises: &[CallBack]) -> Result<()> {
    let mut open: BTreeMap<ComplaintId, Vec<CallBack>> = BTreeMap::new();
    for promise in promises.iter().filter(|promise| promise.state == CallBackState::Open) {
        open.entry(promise.complaint_id).or_default().push(promise.clone());
    }
    let rows: Vec<QueueRow> = complaints
        .iter()
        .filter(|complaint| complaint.state != State::Closed)
        .map(|complaint| {
            let promises = open.remove(&complaint.id).unwrap_or_default();
            QueueRow::of(complaint, &promises, Wants::default(), complaint.logged_at)
        })
        .collect();
    store::load_many(conn, &rows)
}
