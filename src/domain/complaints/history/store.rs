//! SQL of histories: complaints with everything that was told of them, many at once.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::Value;

use super::codes;
use crate::db::conn::Conn;
use crate::db::schema::{complaints, timeline_entries};
use crate::db::types::Json;
use crate::domain::complaints::model::{Complaint, TimelineEntry};
use crate::error::Result;
use crate::ids::{ComplaintId, EntryId};

/// The most ids that one statement names.
const AT_ONCE: usize = 500;

/// Every entry about a complaint, the oldest first.
pub(in crate::domain::complaints) fn whole_timeline(conn: &mut Conn, id: ComplaintId) -> Result<Vec<TimelineEntry>> {
    whole_timelines(conn, &[id])
}

/// Every entry about these complaints; of each the oldest first.
pub(in crate::domain::complaints) fn whole_timelines(
    conn: &mut Conn,
    ids: &[ComplaintId],
) -> Result<Vec<TimelineEntry>> {
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

/// Leaves the codes of timelines, on which clocks and reports rest, and nothing that was typed; entries of the `whole`
/// actions hold nothing else, and stay as they are. Few patterns of
/// codes are left of many entries, so there is one statement for each pattern.
pub(in crate::domain::complaints) fn leave_codes(conn: &mut Conn, ids: &[ComplaintId], whole: &[&str]) -> Result<()> {
    type Values = Option<Json<Value>>;
    type Pattern = (Option<String>, Option<String>);
    let told: Vec<(ComplaintId, EntryId, Values, Values)> = timeline_entries::table
        .filter(timeline_entries::complaint_id.eq_any(ids.to_vec()))
        .filter(timeline_entries::action.ne_all(whole.iter().map(|action| (*action).to_owned()).collect::<Vec<_>>()))
        .select((
            timeline_entries::complaint_id,
            timeline_entries::id,
            timeline_entries::before,
            timeline_entries::after,
        ))
        .load(conn)?;
    let mut patterns: BTreeMap<Pattern, Vec<(ComplaintId, EntryId)>> = BTreeMap::new();
    for (complaint, entry, before, after) in told {
        let left = |values: Values| {
            values
                .and_then(|values| codes::of(&values.0))
                .map(|left| left.to_string())
        };
        let pattern = (left(before), left(after));
        patterns.entry(pattern).or_default().push((complaint, entry));
    }
    for ((before, after), entries) in patterns {
        let values = |left: Option<String>| -> Result<Values> {
            Ok(left.map(|left| serde_json::from_str(&left)).transpose()?.map(Json))
        };
        let (before, after) = (values(before)?, values(after)?);
        for some in entries.chunks(AT_ONCE) {
            let (complaints, entries): (Vec<ComplaintId>, Vec<EntryId>) = some.iter().copied().unzip();
            let told = timeline_entries::table
                .filter(timeline_entries::complaint_id.eq_any(complaints))
                .filter(timeline_entries::id.eq_any(entries));
            diesel::update(told)
                .set((timeline_entries::before.eq(&before), timeline_entries::after.eq(&after)))
                .execute(conn)?;
        }
    }
    Ok(())
}
