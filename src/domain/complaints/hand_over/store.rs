//! SQL of handing work over: many rows at a time.

use diesel::prelude::*;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{call_backs, complaints, customer_type_changes};
use crate::domain::complaints::model::{CallBack, Complaint, TypeChange};
use crate::domain::complaints::vocabulary::State;
use crate::error::Result;
use crate::ids::{CallBackId, ComplaintId, CustomerId, TeamId};

/// How many ids go into one statement.
const AT_ONCE: usize = 500;

/// Somebody's open promises, the most urgent first.
pub(super) fn open_call_backs_of(conn: &mut Conn, owner: &str) -> Result<Vec<CallBack>> {
    // A literal, not a bind value: SQLite uses a partial index only when it can see its predicate.
    Ok(call_backs::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("call_backs.state = 'open'"))
        .filter(call_backs::owner.eq(owner.to_owned()))
        .order((call_backs::window_end.asc(), call_backs::id.asc()))
        .select(CallBack::as_select())
        .load(conn)?)
}

/// Somebody's open complaints, the oldest first.
pub(super) fn open_complaints_of(conn: &mut Conn, owner: &str) -> Result<Vec<Complaint>> {
    Ok(complaints::table
        .filter(complaints::owner.is_not_null())
        .filter(complaints::owner.eq(Some(owner.to_owned())))
        .filter(complaints::state.ne(State::Closed))
        .order((complaints::received_at.asc(), complaints::seq.asc()))
        .select(Complaint::as_select())
        .load(conn)?)
}

pub(super) fn complaints_by_ids(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<Complaint>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<Complaint> = complaints::table
            .filter(complaints::id.eq_any(some.to_vec()))
            .select(Complaint::as_select())
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

pub(super) fn numbers_of(conn: &mut Conn, ids: &[CallBackId]) -> Result<Vec<(CallBackId, String)>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<(CallBackId, String)> = call_backs::table
            .filter(call_backs::id.eq_any(some.to_vec()))
            .select((call_backs::id, call_backs::number))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// A customer's last complaints, the newest first.
pub(super) fn last_complaints_of(conn: &mut Conn, customer: CustomerId, limit: i64) -> Result<Vec<Complaint>> {
    Ok(complaints::table
        .filter(complaints::customer_id.eq(customer))
        .order(complaints::seq.desc())
        .limit(limit)
        .select(Complaint::as_select())
        .load(conn)?)
}

pub(super) fn type_changes_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<TypeChange>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(customer_type_changes::table
        .filter(customer_type_changes::complaint_id.eq_any(ids.to_vec()))
        .order(customer_type_changes::id.asc())
        .select(TypeChange::as_select())
        .load(conn)?)
}

/// The teams that hold what is open with somebody.
pub(super) fn teams_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<TeamId>> {
    let mut teams: Vec<TeamId> = complaints_by_ids(conn, ids)?
        .into_iter()
        .filter_map(|complaint| complaint.team_id)
        .collect();
    teams.sort();
    teams.dedup();
    Ok(teams)
}

/// Gives complaints another owner; they change, but their version is counted by [`count_change`].
pub(super) fn set_owner(conn: &mut Conn, ids: &[ComplaintId], owner: &str) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        diesel::update(complaints::table.filter(complaints::id.eq_any(some.to_vec())))
            .set(complaints::owner.eq(Some(owner.to_owned())))
            .execute(conn)?;
    }
    Ok(())
}

/// Counts one change of each of these complaints.
pub(super) fn count_change(conn: &mut Conn, ids: &[ComplaintId], now: Moment) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        diesel::update(complaints::table.filter(complaints::id.eq_any(some.to_vec())))
            .set(complaints::version.eq(complaints::version + 1))
            .execute(conn)?;
        // One that changed while this act waited for its turn keeps its later moment.
        diesel::update(
            complaints::table
                .filter(complaints::id.eq_any(some.to_vec()))
                .filter(complaints::updated_at.lt(now)),
        )
        .set(complaints::updated_at.eq(now))
        .execute(conn)?;
    }
    Ok(())
}

/// Gives promises to somebody else to keep.
pub(super) fn set_call_back_owner(conn: &mut Conn, ids: &[CallBackId], owner: &str) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        diesel::update(call_backs::table.filter(call_backs::id.eq_any(some.to_vec())))
            .set((
                call_backs::owner.eq(owner.to_owned()),
                call_backs::version.eq(call_backs::version + 1),
            ))
            .execute(conn)?;
    }
    Ok(())
}
