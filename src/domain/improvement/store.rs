//! SQL of corrective actions.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::{ActionRow, ActionState, LinkRow};
use crate::db::conn::Conn;
use crate::db::schema::{corrective_action_complaints as links, corrective_actions as actions};
use crate::domain::complaints::vocabulary::CauseCategory;
use crate::domain::reporting::sums::Day;
use crate::error::Result;
use crate::ids::{ComplaintId, CorrectiveActionId};
use crate::{insert_new, insert_rows};

pub(super) fn find(conn: &mut Conn, id: CorrectiveActionId) -> Result<Option<ActionRow>> {
    Ok(actions::table
        .find(id)
        .select(ActionRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn insert(conn: &mut Conn, row: &ActionRow) -> Result<()> {
    insert_rows!(conn, actions::table, std::slice::from_ref(row))?;
    Ok(())
}

/// Writes a changed row, if nobody else has changed it since `version`; gives whether it did.
pub(super) fn update(conn: &mut Conn, row: &ActionRow, version: i32) -> Result<bool> {
    let there = actions::table
        .filter(actions::id.eq(row.id))
        .filter(actions::version.eq(version));
    Ok(diesel::update(there).set(row).execute(conn)? == 1)
}

/// Which actions to list.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) state: Option<ActionState>,
    pub(super) cause: Option<CauseCategory>,
    pub(super) owner: Option<String>,
    pub(super) complaint: Option<ComplaintId>,
    pub(super) due_before: Option<Day>,
    pub(super) after: Option<CorrectiveActionId>,
}

/// Actions, the newest first.
pub(super) fn list(conn: &mut Conn, filter: &Filter, limit: i64) -> Result<Vec<ActionRow>> {
    let mut query = actions::table
        .order(actions::id.desc())
        .limit(limit)
        .select(ActionRow::as_select())
        .into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(actions::state.eq(state));
    }
    if let Some(cause) = filter.cause {
        query = query.filter(actions::cause.eq(cause));
    }
    if let Some(owner) = &filter.owner {
        query = query.filter(actions::owner.eq(owner.clone()));
    }
    if let Some(day) = filter.due_before {
        query = query
            .filter(actions::state.eq(ActionState::Open))
            .filter(actions::due_day.lt(day));
    }
    if let Some(complaint) = filter.complaint {
        let about = links::table
            .filter(links::complaint_id.eq(complaint))
            .select(links::action_id);
        query = query.filter(actions::id.eq_any(about));
    }
    if let Some(after) = filter.after {
        query = query.filter(actions::id.lt(after));
    }
    Ok(query.load(conn)?)
}

/// How many are open, and how many of these were due before a day.
pub(super) fn count_open(conn: &mut Conn, today: Day) -> Result<(i64, i64)> {
    let open = || actions::table.filter(actions::state.eq(ActionState::Open));
    let all = open().count().get_result(conn)?;
    let overdue = open().filter(actions::due_day.lt(today)).count().get_result(conn)?;
    Ok((all, overdue))
}

/// How many are done and not yet verified.
pub(super) fn count_done(conn: &mut Conn) -> Result<i64> {
    Ok(actions::table
        .filter(actions::state.eq(ActionState::Done))
        .count()
        .get_result(conn)?)
}

/// The open actions of somebody.
pub(super) fn open_of(conn: &mut Conn, owner: &str) -> Result<Vec<ActionRow>> {
    Ok(actions::table
        .filter(actions::owner.eq(owner.to_owned()))
        .filter(actions::state.eq(ActionState::Open))
        .order(actions::id.asc())
        .select(ActionRow::as_select())
        .load(conn)?)
}

/// Links a complaint, unless it is linked already; gives whether it was not.
pub(super) fn link(conn: &mut Conn, row: &LinkRow) -> Result<bool> {
    let rows = std::slice::from_ref(row);
    Ok(insert_new!(conn, links::table, rows)? == 1)
}

pub(super) fn unlink(conn: &mut Conn, action: CorrectiveActionId, complaint: ComplaintId) -> Result<bool> {
    Ok(diesel::delete(links::table.find((action, complaint))).execute(conn)? == 1)
}

/// The complaints of an action after one, in the order of their ids.
pub(super) fn linked(
    conn: &mut Conn,
    action: CorrectiveActionId,
    after: Option<ComplaintId>,
    limit: i64,
) -> Result<Vec<ComplaintId>> {
    let mut query = links::table
        .filter(links::action_id.eq(action))
        .order(links::complaint_id.asc())
        .limit(limit)
        .select(links::complaint_id)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(links::complaint_id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// How many complaints each of these actions is about.
pub(super) fn count_linked(conn: &mut Conn, ids: &[CorrectiveActionId]) -> Result<BTreeMap<CorrectiveActionId, i64>> {
    let counted: Vec<(CorrectiveActionId, i64)> = links::table
        .filter(links::action_id.eq_any(ids.to_vec()))
        .group_by(links::action_id)
        .select((links::action_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(counted.into_iter().collect())
}
