//! SQL of promises and of the attempts to keep them.

use diesel::prelude::*;

use super::view::Listing;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{call_back_attempts, call_backs, complaints};
use crate::domain::complaints::model::{Attempt, CallBack};
use crate::domain::complaints::store::again_if_taken;
use crate::domain::complaints::vocabulary::CallBackState;
use crate::error::{Error, Result};
use crate::ids::{CallBackId, ComplaintId};
use crate::insert_rows;

pub(in crate::domain::complaints) fn of_complaint(conn: &mut Conn, id: ComplaintId) -> Result<Vec<CallBack>> {
    Ok(call_backs::table
        .filter(call_backs::complaint_id.eq(id))
        .order(call_backs::id.asc())
        .select(CallBack::as_select())
        .load(conn)?)
}

pub(in crate::domain::complaints) fn load(conn: &mut Conn, id: CallBackId) -> Result<CallBack> {
    let found = call_backs::table
        .find(id)
        .select(CallBack::as_select())
        .first(conn)
        .optional()?;
    found.ok_or_else(|| Error::not_found("call-back"))
}

pub(in crate::domain::complaints) fn insert(conn: &mut Conn, row: &CallBack) -> Result<()> {
    insert_rows!(conn, call_backs::table, std::slice::from_ref(row))
        .map_err(|error| again_if_taken(error, "a promise was made meanwhile"))?;
    Ok(())
}

pub(in crate::domain::complaints) fn update(conn: &mut Conn, before: &CallBack, after: &CallBack) -> Result<()> {
    let changed = diesel::update(
        call_backs::table
            .find(before.id)
            .filter(call_backs::version.eq(before.version)),
    )
    .set(after)
    .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Retry("the call-back changed meanwhile"))
    }
}

pub(in crate::domain::complaints) fn attempts_of(conn: &mut Conn, ids: &[CallBackId]) -> Result<Vec<Attempt>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(call_back_attempts::table
        .filter(call_back_attempts::call_back_id.eq_any(ids.to_vec()))
        .order(call_back_attempts::id.asc())
        .select(Attempt::as_select())
        .load(conn)?)
}

pub(in crate::domain::complaints) fn insert_attempt(conn: &mut Conn, row: &Attempt) -> Result<()> {
    insert_rows!(conn, call_back_attempts::table, std::slice::from_ref(row))?;
    Ok(())
}

// A literal, not a bind value: SQLite uses a partial index only when it can see its predicate.
macro_rules! open_promise {
    () => {
        diesel::dsl::sql::<diesel::sql_types::Bool>("call_backs.state = 'open'")
    };
}

/// Open promises without any attempt whose window ended before `ended_before`, the oldest first.
pub(in crate::domain::complaints) fn missed(
    conn: &mut Conn,
    ended_before: Moment,
    limit: i64,
) -> Result<Vec<CallBack>> {
    Ok(call_backs::table
        .filter(open_promise!())
        .filter(call_backs::window_end.lt(ended_before))
        .filter(call_backs::first_attempt_at.is_null())
        .order((call_backs::window_end.asc(), call_backs::id.asc()))
        .limit(limit)
        .select(CallBack::as_select())
        .load(conn)?)
}

/// Open promises by the end of their window; settled ones the newest first.
pub(in crate::domain::complaints) fn list(conn: &mut Conn, filter: &Listing) -> Result<Vec<CallBack>> {
    let mut query = call_backs::table
        .select(CallBack::as_select())
        .limit(filter.limit)
        .into_boxed();
    let open = filter.state == Some(CallBackState::Open);
    if open {
        query = query
            .filter(open_promise!())
            .order((call_backs::window_end.asc(), call_backs::id.asc()));
    } else {
        query = query.order(call_backs::id.desc());
        if let Some(state) = filter.state {
            query = query.filter(call_backs::state.eq(state));
        }
    }
    if let Some(owner) = &filter.owner {
        query = query.filter(call_backs::owner.eq(owner.clone()));
    }
    if let Some(team) = filter.team {
        let held = complaints::table
            .filter(complaints::team_id.is_not_null())
            .filter(complaints::team_id.eq(Some(team)))
            .select(complaints::id);
        query = query.filter(call_backs::complaint_id.eq_any(held));
    }
    if let Some(due_before) = filter.due_before {
        query = query.filter(call_backs::window_end.lt(due_before));
    }
    match filter.after {
        Some((end, id)) if open => {
            query = query.filter(
                call_backs::window_end
                    .gt(end)
                    .or(call_backs::window_end.eq(end).and(call_backs::id.gt(id))),
            );
        }
        Some((_, id)) => query = query.filter(call_backs::id.lt(id)),
        None => {}
    }
    Ok(query.load(conn)?)
}

/// When the windows of open promises end, the earliest first, and when each was first tried.
pub(in crate::domain::complaints) fn open_promises(
    conn: &mut Conn,
    limit: i64,
) -> Result<Vec<(Moment, Option<Moment>)>> {
    Ok(call_backs::table
        .filter(open_promise!())
        .order((call_backs::window_end.asc(), call_backs::id.asc()))
        .limit(limit)
        .select((call_backs::window_end, call_backs::first_attempt_at))
        .load(conn)?)
}
