//! SQL of histories: complaints with everything that was told of them, many at once.

use diesel::prelude::*;

use crate::db::conn::Conn;
use crate::db::schema::{complaints, timeline_entries};
use crate::domain::complaints::model::{Complaint, TimelineEntry};
use crate::error::Result;
use crate::ids::ComplaintId;

/// Every entry about a complaint, the oldest first.
pub(in crate::domain::complaints) fn whole_timeline(conn: &mut Conn, id: ComplaintId) -> Result<Vec<TimelineEntry>> {
    whole_timelines(conn, &[id])
}

/// Every entry about these complaints; of each the oldest first.
pub(in crate::domain::complaints) fn whole_timelines(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<TimelineEntry>> {
    let mut entries: Vec<TimelineEntry> = timeline_entries::table
        .filter(timeline_entries::complaint_id.eq_any(ids.to_vec()))
        .order(timeline_entries::id.asc())
        .select(TimelineEntry::as_select())
        .load(conn)?;
    // Ids tell milliseconds; those of different processes within one may be the other way round.
    entries.sort_by_key(|entry| entry.happened_at);
    Ok(entries)
}

pub(in crate::domain::complaints) fn by_ids(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<Complaint>> {
    Ok(complaints::table
        .filter(complaints::id.eq_any(ids.to_vec()))
        .order(complaints::id.asc())
        .select(Complaint::as_select())
        .load(conn)?)
}
