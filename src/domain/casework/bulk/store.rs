//! SQL of bulk actions.

use diesel::prelude::*;

use super::{BulkOutcome, BulkState};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{bulk_actions, bulk_items};
use crate::db::types::Json;
use crate::domain::complaints::actions::Action;
use crate::error::{Error, Result};
use crate::ids::{AnyId, BulkActionId, ComplaintId};
use crate::insert_rows;

/// The most rows that one statement inserts.
const ROWS_AT_ONCE: usize = 2_000;

/// A bulk action.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = bulk_actions, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct BulkRow {
    pub(super) id: BulkActionId,
    pub(super) state: BulkState,
    pub(super) actions: Json<Vec<Action>>,
    pub(super) requested_by: String,
    pub(super) principal_kind: String,
    pub(super) principal_id: AnyId,
    pub(super) request_id: Option<String>,
    pub(super) total: i32,
    /// The first complaint that nothing has become of.
    pub(super) next: i32,
    pub(super) done: i32,
    pub(super) unchanged: i32,
    pub(super) refused: i32,
    pub(super) failed: i32,
    pub(super) created_at: Moment,
    pub(super) started_at: Option<Moment>,
    pub(super) ended_at: Option<Moment>,
    pub(super) touched_at: Moment,
    pub(super) version: i32,
}

/// A complaint of a bulk action.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = bulk_items, treat_none_as_default_value = false)]
pub(super) struct ItemRow {
    pub(super) bulk_id: BulkActionId,
    pub(super) n: i32,
    pub(super) complaint_id: ComplaintId,
    pub(super) outcome: BulkOutcome,
    pub(super) code: Option<String>,
    pub(super) done_at: Option<Moment>,
}

const UNDER_WAY: [BulkState; 2] = [BulkState::Waiting, BulkState::Running];

pub(super) fn insert(conn: &mut Conn, row: &BulkRow, items: &[ItemRow]) -> Result<()> {
    insert_rows!(conn, bulk_actions::table, std::slice::from_ref(row))?;
    for some in items.chunks(ROWS_AT_ONCE) {
        insert_rows!(conn, bulk_items::table, some)?;
    }
    Ok(())
}

pub(super) fn load(conn: &mut Conn, id: BulkActionId) -> Result<BulkRow> {
    let found = bulk_actions::table
        .find(id)
        .select(BulkRow::as_select())
        .first(conn)
        .optional()?;
    found.ok_or_else(|| Error::not_found("bulk action"))
}

/// The one to go on with: that which has rested longest, so that a large one does not keep others waiting.
pub(super) fn next(conn: &mut Conn) -> Result<Option<BulkActionId>> {
    Ok(bulk_actions::table
        .filter(bulk_actions::state.eq_any(UNDER_WAY))
        .order((bulk_actions::touched_at.asc(), bulk_actions::id.asc()))
        .select(bulk_actions::id)
        .first(conn)
        .optional()?)
}

pub(super) fn count_under_way(conn: &mut Conn, requested_by: &str) -> Result<i64> {
    Ok(bulk_actions::table
        .filter(bulk_actions::requested_by.eq(requested_by.to_owned()))
        .filter(bulk_actions::state.eq_any(UNDER_WAY))
        .count()
        .get_result(conn)?)
}

pub(super) fn of(
    conn: &mut Conn,
    requested_by: Option<&str>,
    after: Option<BulkActionId>,
    limit: i64,
) -> Result<Vec<BulkRow>> {
    let mut query = bulk_actions::table
        .order(bulk_actions::id.desc())
        .limit(limit)
        .select(BulkRow::as_select())
        .into_boxed();
    if let Some(requested_by) = requested_by {
        query = query.filter(bulk_actions::requested_by.eq(requested_by.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(bulk_actions::id.lt(after));
    }
    Ok(query.load(conn)?)
}

pub(super) fn update(conn: &mut Conn, before: &BulkRow, after: &BulkRow) -> Result<()> {
    let there = bulk_actions::table
        .find(before.id)
        .filter(bulk_actions::version.eq(before.version))
        .filter(bulk_actions::next.eq(before.next));
    match diesel::update(there).set(after).execute(conn)? {
        1 => Ok(()),
        _ => Err(Error::Retry("the bulk action went on meanwhile")),
    }
}

/// Complaints from a place on.
pub(super) fn items(conn: &mut Conn, id: BulkActionId, from: i32, limit: i64) -> Result<Vec<ItemRow>> {
    Ok(bulk_items::table
        .filter(bulk_items::bulk_id.eq(id))
        .filter(bulk_items::n.ge(from))
        .order(bulk_items::n.asc())
        .limit(limit)
        .select(ItemRow::as_select())
        .load(conn)?)
}

/// As [`items`], only those of which this became.
pub(super) fn items_with(
    conn: &mut Conn,
    id: BulkActionId,
    outcome: BulkOutcome,
    from: i32,
    limit: i64,
) -> Result<Vec<ItemRow>> {
    Ok(bulk_items::table
        .filter(bulk_items::bulk_id.eq(id))
        .filter(bulk_items::outcome.eq(outcome))
        .filter(bulk_items::n.ge(from))
        .order(bulk_items::n.asc())
        .limit(limit)
        .select(ItemRow::as_select())
        .load(conn)?)
}

pub(super) fn write_item(conn: &mut Conn, row: &ItemRow) -> Result<()> {
    let there = bulk_items::table
        .find((row.bulk_id, row.n))
        .filter(bulk_items::outcome.eq(BulkOutcome::Waiting));
    let written = diesel::update(there)
        .set((
            bulk_items::outcome.eq(row.outcome),
            bulk_items::code.eq(row.code.clone()),
            bulk_items::done_at.eq(row.done_at),
        ))
        .execute(conn)?;
    match written {
        1 => Ok(()),
        _ => Err(Error::Retry("somebody else is at this complaint of the bulk action")),
    }
}

/// Says of what has not been reached that it will not be.
pub(super) fn cancel_items(conn: &mut Conn, id: BulkActionId) -> Result<()> {
    let waiting = bulk_items::table
        .filter(bulk_items::bulk_id.eq(id))
        .filter(bulk_items::outcome.eq(BulkOutcome::Waiting));
    diesel::update(waiting)
        .set(bulk_items::outcome.eq(BulkOutcome::Cancelled))
        .execute(conn)?;
    Ok(())
}
