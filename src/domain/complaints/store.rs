//! SQL of complaints and everything that hangs on them.

use diesel::prelude::*;

use super::model::{Closure, Complaint, Message, Statement, StepRow, TimelineEntry, TypeChange};
use super::vocabulary::{Direction, RedressStatus};
use crate::db::conn::Conn;
use crate::db::schema::{
    closures, complaint_statements, complaints, customer_type_changes, handling_steps, messages, timeline_entries,
};
use crate::error::{Error, Result};
use crate::ids::{ClosureId, ComplaintId, CustomerId, EntryId, MessageId};
use crate::{insert_numbered, insert_rows};

pub(super) use super::history::store::whole_timeline;

/// The rule was checked before; the database caught somebody who was there at the same moment.
/// The work is done again, and meets what is there now.
pub(super) fn again_if_taken(error: diesel::result::Error, why: &'static str) -> Error {
    let error = Error::from(error);
    if error.is_unique_violation() {
        Error::Retry(why)
    } else {
        error
    }
}

/// Inserts complaints and gives each its `seq`.
pub(super) fn insert_complaints(conn: &mut Conn, rows: &mut [Complaint]) -> Result<()> {
    let given: Vec<(ComplaintId, i64)> =
        insert_numbered!(conn, complaints::table, &*rows, (complaints::id, complaints::seq))
            // Nearly always the reference: another draw will do. Anything else fails again and is reported.
            .map_err(|error| again_if_taken(error, "the reference or the link is taken"))?;
    let given: std::collections::HashMap<ComplaintId, i64> = given.into_iter().collect();
    for row in rows {
        row.seq = *given
            .get(&row.id)
            .ok_or_else(|| Error::internal("the database gave no seq"))?;
    }
    Ok(())
}

pub(super) fn insert_statements(conn: &mut Conn, rows: &[Statement]) -> Result<()> {
    insert_rows!(conn, complaint_statements::table, rows)?;
    Ok(())
}

pub(super) fn insert_entries(conn: &mut Conn, rows: &[TimelineEntry]) -> Result<()> {
    insert_rows!(conn, timeline_entries::table, rows)?;
    Ok(())
}

pub(super) fn insert_type_changes(conn: &mut Conn, rows: &[TypeChange]) -> Result<()> {
    insert_rows!(conn, customer_type_changes::table, rows)?;
    Ok(())
}

pub(super) fn find(conn: &mut Conn, id: ComplaintId) -> Result<Option<Complaint>> {
    Ok(complaints::table
        .find(id)
        .select(Complaint::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn load(conn: &mut Conn, id: ComplaintId) -> Result<Complaint> {
    find(conn, id)?.ok_or_else(|| Error::not_found("complaint"))
}

pub(super) fn find_by_tracking_hash(conn: &mut Conn, hash: &[u8]) -> Result<Option<Complaint>> {
    Ok(complaints::table
        .filter(complaints::tracking_hash.eq(Some(hash.to_vec())))
        .filter(complaints::tracking_hash.is_not_null())
        .select(Complaint::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn load_statement(conn: &mut Conn, id: ComplaintId) -> Result<Statement> {
    Ok(complaint_statements::table
        .find(id)
        .select(Statement::as_select())
        .first(conn)?)
}

/// Writes the changed complaint; refuses when somebody else changed it since it was loaded.
pub(super) fn update(conn: &mut Conn, before: &Complaint, after: &Complaint) -> Result<()> {
    let changed = diesel::update(
        complaints::table
            .find(before.id)
            .filter(complaints::version.eq(before.version)),
    )
    .set(after)
    .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Retry("the complaint changed meanwhile"))
    }
}

pub(super) fn update_statement(conn: &mut Conn, row: &Statement) -> Result<()> {
    diesel::update(complaint_statements::table.find(row.complaint_id))
        .set(row)
        .execute(conn)?;
    Ok(())
}

pub(super) fn recent_of_customer(
    conn: &mut Conn,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<(Complaint, Statement)>> {
    Ok(complaints::table
        .inner_join(complaint_statements::table)
        .filter(complaints::customer_id.eq(customer))
        .order(complaints::seq.desc())
        .limit(limit)
        .select((Complaint::as_select(), Statement::as_select()))
        .load(conn)?)
}

pub(super) fn steps_of(conn: &mut Conn, id: ComplaintId) -> Result<Vec<StepRow>> {
    let mut rows: Vec<StepRow> = handling_steps::table
        .filter(handling_steps::complaint_id.eq(id))
        .select(StepRow::as_select())
        .load(conn)?;
    // Those of one phone call are done at one moment, and stored under words that do not sort as the steps do.
    rows.sort_by_key(|row| (row.round, row.done_at, row.step));
    Ok(rows)
}

pub(super) fn insert_steps(conn: &mut Conn, rows: &[StepRow]) -> Result<()> {
    insert_rows!(conn, handling_steps::table, rows)
        .map_err(|error| again_if_taken(error, "the step was recorded meanwhile"))?;
    Ok(())
}

pub(super) fn update_step(conn: &mut Conn, row: &StepRow) -> Result<()> {
    diesel::update(handling_steps::table.find((row.complaint_id, row.round, row.step)))
        .set(row)
        .execute(conn)?;
    Ok(())
}

pub(super) fn type_changes_of(conn: &mut Conn, id: ComplaintId) -> Result<Vec<TypeChange>> {
    Ok(customer_type_changes::table
        .filter(customer_type_changes::complaint_id.eq(id))
        .order(customer_type_changes::id.asc())
        .select(TypeChange::as_select())
        .load(conn)?)
}

pub(super) fn closures_of(conn: &mut Conn, id: ComplaintId) -> Result<Vec<Closure>> {
    Ok(closures::table
        .filter(closures::complaint_id.eq(id))
        .order(closures::id.asc())
        .select(Closure::as_select())
        .load(conn)?)
}

pub(super) fn insert_closure(conn: &mut Conn, row: &Closure) -> Result<()> {
    insert_rows!(conn, closures::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn set_redress_status(conn: &mut Conn, id: ClosureId, status: RedressStatus) -> Result<()> {
    diesel::update(closures::table.find(id))
        .set(closures::redress_status.eq(Some(status)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn products_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<(ComplaintId, Option<String>)>> {
    Ok(complaint_statements::table
        .filter(complaint_statements::complaint_id.eq_any(ids.to_vec()))
        .select((complaint_statements::complaint_id, complaint_statements::product))
        .load(conn)?)
}

/// Whose complaints these are; each customer once.
pub(super) fn customers_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<CustomerId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(complaints::table
        .filter(complaints::id.eq_any(ids.to_vec()))
        .select(complaints::customer_id)
        .distinct()
        .load(conn)?)
}

pub(super) fn timeline(
    conn: &mut Conn,
    id: ComplaintId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<TimelineEntry>> {
    let mut query = timeline_entries::table
        .filter(timeline_entries::complaint_id.eq(id))
        .order(timeline_entries::id.asc())
        .limit(limit)
        .select(TimelineEntry::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(timeline_entries::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The newest entries, the newest first: enough for what a conflict tells of.
pub(super) fn newest_entries(conn: &mut Conn, id: ComplaintId) -> Result<Vec<TimelineEntry>> {
    Ok(timeline_entries::table
        .filter(timeline_entries::complaint_id.eq(id))
        .order(timeline_entries::id.desc())
        .limit(60)
        .select(TimelineEntry::as_select())
        .load(conn)?)
}

/// The last entry about an action.
pub(super) fn last_entry(conn: &mut Conn, id: ComplaintId, action: &str) -> Result<Option<TimelineEntry>> {
    Ok(timeline_entries::table
        .filter(timeline_entries::complaint_id.eq(id))
        .filter(timeline_entries::action.eq(action))
        .order(timeline_entries::id.desc())
        .select(TimelineEntry::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn insert_message(conn: &mut Conn, row: &Message) -> Result<()> {
    insert_rows!(conn, messages::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn messages_of(
    conn: &mut Conn,
    id: ComplaintId,
    with_internal: bool,
    after: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Message>> {
    let mut query = messages::table
        .filter(messages::complaint_id.eq(id))
        .order(messages::id.asc())
        .limit(limit)
        .select(Message::as_select())
        .into_boxed();
    if !with_internal {
        query = query.filter(messages::direction.ne(Direction::Internal));
    }
    if let Some(after) = after {
        query = query.filter(messages::id.gt(after));
    }
    Ok(query.load(conn)?)
}

pub(super) fn find_by_reference(conn: &mut Conn, reference: &str) -> Result<Option<ComplaintId>> {
    Ok(complaints::table
        .filter(complaints::reference.eq(reference.to_owned()))
        .select(complaints::id)
        .first(conn)
        .optional()?)
}
