//! SQL of relations and merges.

use diesel::prelude::*;

use super::Relation;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{complaint_merges, complaint_relations, complaints};
use crate::domain::complaints::model::Complaint;
use crate::domain::complaints::vocabulary::State;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, MergeId};
use crate::insert_rows;

/// What a complaint has to do with another one.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = complaint_relations, treat_none_as_default_value = false)]
pub(super) struct RelationRow {
    pub(super) complaint_id: ComplaintId,
    pub(super) other_id: ComplaintId,
    pub(super) kind: Relation,
    pub(super) reason: Option<String>,
    pub(super) created_at: Moment,
    pub(super) created_by: String,
}

/// That a complaint was merged into another.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = complaint_merges, treat_none_as_default_value = false)]
pub(super) struct MergeRow {
    pub(super) id: MergeId,
    pub(super) complaint_id: ComplaintId,
    pub(super) survivor_id: ComplaintId,
    /// What it repeated before.
    pub(super) original_before: Option<ComplaintId>,
    pub(super) reason: String,
    pub(super) merged_at: Moment,
    pub(super) merged_by: String,
    pub(super) undone_at: Option<Moment>,
    pub(super) undone_by: Option<String>,
    pub(super) undone_reason: Option<String>,
}

/// Every relation of a complaint, whichever of the two it is.
pub(super) fn of(conn: &mut Conn, id: ComplaintId) -> Result<Vec<RelationRow>> {
    Ok(complaint_relations::table
        .filter(
            complaint_relations::complaint_id
                .eq(id)
                .or(complaint_relations::other_id.eq(id)),
        )
        .order((
            complaint_relations::created_at.asc(),
            complaint_relations::complaint_id.asc(),
            complaint_relations::other_id.asc(),
        ))
        .select(RelationRow::as_select())
        .load(conn)?)
}

/// Every relation of these complaints that is told with one of them.
pub(super) fn of_all(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<RelationRow>> {
    Ok(complaint_relations::table
        .filter(complaint_relations::complaint_id.eq_any(ids.to_vec()))
        .order((
            complaint_relations::created_at.asc(),
            complaint_relations::complaint_id.asc(),
            complaint_relations::other_id.asc(),
        ))
        .select(RelationRow::as_select())
        .load(conn)?)
}

/// What this complaint is a part of.
pub(super) fn parent_of(conn: &mut Conn, id: ComplaintId) -> Result<Option<ComplaintId>> {
    Ok(complaint_relations::table
        .filter(complaint_relations::complaint_id.eq(id))
        .filter(complaint_relations::kind.eq(Relation::Child))
        .select(complaint_relations::other_id)
        .first(conn)
        .optional()?)
}

/// How many parts of a complaint are open.
pub(super) fn count_open_parts(conn: &mut Conn, id: ComplaintId) -> Result<i64> {
    let parts = complaint_relations::table
        .filter(complaint_relations::other_id.eq(id))
        .filter(complaint_relations::kind.eq(Relation::Child))
        .select(complaint_relations::complaint_id);
    Ok(complaints::table
        .filter(complaints::id.eq_any(parts))
        .filter(complaints::state.ne(State::Closed))
        .count()
        .get_result(conn)?)
}

pub(super) fn insert(conn: &mut Conn, row: &RelationRow) -> Result<()> {
    let done = insert_rows!(conn, complaint_relations::table, std::slice::from_ref(row));
    done.map_err(Error::from)
        .map_err(|error| match error.is_unique_violation() {
            true => Error::Retry("the relation was written meanwhile"),
            false => error,
        })?;
    Ok(())
}

/// Takes what there is between two complaints away.
pub(super) fn delete_between(conn: &mut Conn, one: ComplaintId, other: ComplaintId) -> Result<()> {
    for key in [(one, other), (other, one)] {
        diesel::delete(complaint_relations::table.find(key)).execute(conn)?;
    }
    Ok(())
}

/// Complaints by their ids.
pub(super) fn complaints(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<Complaint>> {
    Ok(complaints::table
        .filter(complaints::id.eq_any(ids.to_vec()))
        .order(complaints::seq.asc())
        .select(Complaint::as_select())
        .load(conn)?)
}

/// Those that repeat a complaint; at most so many.
pub(super) fn repeating(conn: &mut Conn, id: ComplaintId, limit: i64) -> Result<Vec<Complaint>> {
    Ok(complaints::table
        .filter(complaints::duplicate_of.is_not_null())
        .filter(complaints::duplicate_of.eq(Some(id)))
        .order(complaints::seq.asc())
        .limit(limit)
        .select(Complaint::as_select())
        .load(conn)?)
}

/// The merge of a complaint that stands.
pub(super) fn standing_merge(conn: &mut Conn, id: ComplaintId) -> Result<Option<MergeRow>> {
    Ok(complaint_merges::table
        .filter(complaint_merges::complaint_id.eq(id))
        .filter(complaint_merges::undone_at.is_null())
        .select(MergeRow::as_select())
        .first(conn)
        .optional()?)
}

/// Every merge of these complaints, undone ones too.
pub(super) fn merges_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<MergeRow>> {
    Ok(complaint_merges::table
        .filter(complaint_merges::complaint_id.eq_any(ids.to_vec()))
        .order(complaint_merges::id.asc())
        .select(MergeRow::as_select())
        .load(conn)?)
}

pub(super) fn insert_merge(conn: &mut Conn, row: &MergeRow) -> Result<()> {
    let done = insert_rows!(conn, complaint_merges::table, std::slice::from_ref(row));
    done.map_err(Error::from)
        .map_err(|error| match error.is_unique_violation() {
            true => Error::Retry("the complaint was merged meanwhile"),
            false => error,
        })?;
    Ok(())
}

pub(super) fn undo_merge(conn: &mut Conn, id: MergeId, now: Moment, by: &str, reason: &str) -> Result<()> {
    let standing = complaint_merges::table
        .find(id)
        .filter(complaint_merges::undone_at.is_null());
    let undone = diesel::update(standing)
        .set((
            complaint_merges::undone_at.eq(Some(now)),
            complaint_merges::undone_by.eq(Some(by.to_owned())),
            complaint_merges::undone_reason.eq(Some(reason.to_owned())),
        ))
        .execute(conn)?;
    match undone {
        1 => Ok(()),
        _ => Err(Error::Retry("the merge was undone meanwhile")),
    }
}

/// Replaces what somebody typed.
pub(super) fn wipe(conn: &mut Conn, ids: &[ComplaintId]) -> Result<()> {
    diesel::update(
        complaint_relations::table.filter(
            complaint_relations::complaint_id
                .eq_any(ids.to_vec())
                .or(complaint_relations::other_id.eq_any(ids.to_vec())),
        ),
    )
    .set(complaint_relations::reason.eq(None::<String>))
    .execute(conn)?;
    let merged = complaint_merges::table.filter(
        complaint_merges::complaint_id
            .eq_any(ids.to_vec())
            .or(complaint_merges::survivor_id.eq_any(ids.to_vec())),
    );
    diesel::update(merged)
        .set((
            complaint_merges::reason.eq(""),
            complaint_merges::undone_reason.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}
