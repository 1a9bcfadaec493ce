//! Clocks in the export of everything held about a customer.

use std::collections::BTreeMap;

use super::view::{self, ClockView};
use super::{pauses, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::history::{self, Happening};
use crate::error::Result;
use crate::ids::ComplaintId;

/// The clocks of complaints, by complaint; `histories` are those of the complaints.
///
/// # Errors
/// When the database refuses.
pub fn of_complaints(
    conn: &mut Conn,
    now: Moment,
    histories: &BTreeMap<ComplaintId, Vec<Happening>>,
) -> Result<BTreeMap<ComplaintId, Vec<ClockView>>> {
    let ids: Vec<ComplaintId> = histories.keys().copied().collect();
    let rows = store::of_complaints(conn, &ids)?;
    let owners: BTreeMap<_, _> = rows.iter().map(|row| (row.id, row.complaint_id)).collect();
    let waited = |id: ComplaintId| match histories.get(&id) {
        Some(history) => pauses::from_waits(&history::waits(history)),
        None => Vec::new(),
    };
    let mut clocks: BTreeMap<ComplaintId, Vec<ClockView>> = BTreeMap::new();
    for view in view::views(conn, now, rows, waited)? {
        if let Some(complaint) = owners.get(&view.id) {
            clocks.entry(*complaint).or_default().push(view);
        }
    }
    Ok(clocks)
}
