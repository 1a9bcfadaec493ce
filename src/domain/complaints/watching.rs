//! What the sweep of clocks reads of complaints, many at once, and what it tells in their timelines.

use std::collections::BTreeMap;

use serde_json::Value;

use super::followers;
use super::history::store;
use super::model::{Complaint, TimelineEntry};
use super::timeline;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId};

/// A complaint with its timeline.
#[derive(Debug)]
pub struct Watched {
    /// The complaint.
    pub complaint: Complaint,
    /// Its timeline, the oldest entry first.
    pub entries: Vec<TimelineEntry>,
}

/// Something that the timeline is to tell, in codes.
#[derive(Debug)]
pub struct Telling {
    /// Of which complaint.
    pub complaint_id: ComplaintId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// The complaint's last change: what is told comes after it.
    pub not_before: Moment,
    /// What happened, in the past tense.
    pub action: &'static str,
    /// More about it; codes, ids and times only.
    pub after: Value,
}

/// Complaints with their timelines.
///
/// # Errors
/// When the database refuses.
pub fn load(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<Watched>> {
    let mut timelines: BTreeMap<ComplaintId, Vec<TimelineEntry>> = BTreeMap::new();
    for entry in store::whole_timelines(conn, ids)? {
        timelines.entry(entry.complaint_id).or_default().push(entry);
    }
    let complaints = store::by_ids(conn, ids)?;
    Ok(complaints
        .into_iter()
        .map(|complaint| Watched {
            entries: timelines.remove(&complaint.id).unwrap_or_default(),
            complaint,
        })
        .collect())
}

/// Adds entries to timelines, and tells the audit. The complaints do not change.
///
/// # Errors
/// When the database refuses.
pub fn tell(conn: &mut Conn, act: &Act, tellings: Vec<Telling>) -> Result<()> {
    let (mut entries, mut told) = (Vec::new(), Vec::new());
    for telling in tellings {
        // As in `Work::finish`: one who had to wait for its turn comes after the one it waited for.
        let act = Act {
            now: act.now.max(telling.not_before),
            ..act.clone()
        };
        let entry = timeline::entry(&act, telling.complaint_id, telling.action, None, Some(telling.after));
        told.push(audit::Entry::of(&act, timeline::told(&entry, telling.customer_id)));
        entries.push(entry);
    }
    timeline::record_all(conn, &entries)?;
    followers::told(conn, &act.policy, &entries)?;
    audit::record_all(conn, &told)
}
