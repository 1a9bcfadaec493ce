//! The complaints that a corrective action is about.

use serde_json::json;

use super::actions::{self, load};
use super::model::{ActionView, LinkRow};
use super::store;
use crate::db::conn::Conn;
use crate::domain::complaints::standing;
use crate::domain::complaints::view::ComplaintSummary;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, CorrectiveActionId};

/// The most complaints that one action is about.
const MOST: i64 = 10_000;

fn check_version(expected: Option<i32>, version: i32) -> Result<()> {
    match expected {
        Some(expected) if expected != version => Err(Error::problem(
            Code::PreconditionFailed,
            format!("now it is version {version}"),
        )),
        _ => Ok(()),
    }
}

/// Says that an action is about a complaint. Saying it twice is the same as once.
///
/// # Errors
/// `resource.not_found`; `corrective_action.full`; `request.precondition_failed`.
pub fn link(
    conn: &mut Conn,
    act: &Act,
    id: CorrectiveActionId,
    complaint: ComplaintId,
    expected: Option<i32>,
) -> Result<ActionView> {
    let action = load(conn, id)?;
    check_version(expected, action.version)?;
    if standing::load(conn, &[complaint])?.is_empty() {
        return Err(Error::not_found("complaint"));
    }
    let linked = store::count_linked(conn, &[id])?;
    if linked.get(&id).copied().unwrap_or_default() >= MOST {
        return Err(Error::problem(
            Code::ActionFull,
            "it is about 10,000 complaints already",
        ));
    }
    let row = LinkRow {
        action_id: id,
        complaint_id: complaint,
        linked_by: act.actor.name.clone(),
        linked_at: act.now,
    };
    if !store::link(conn, &row)? {
        return actions::view_of(conn, act, action);
    }
    let fields = json!({ "complaint": complaint });
    actions::write(
        conn,
        act,
        &action,
        action.clone(),
        "corrective_action.linked",
        Some(fields),
    )
}

/// Takes a complaint away from an action. Taking it away twice is the same as once.
///
/// # Errors
/// `resource.not_found`; `request.precondition_failed`.
pub fn unlink(
    conn: &mut Conn,
    act: &Act,
    id: CorrectiveActionId,
    complaint: ComplaintId,
    expected: Option<i32>,
) -> Result<ActionView> {
    let action = load(conn, id)?;
    check_version(expected, action.version)?;
    if !store::unlink(conn, id, complaint)? {
        return actions::view_of(conn, act, action);
    }
    let fields = json!({ "complaint": complaint });
    actions::write(
        conn,
        act,
        &action,
        action.clone(),
        "corrective_action.unlinked",
        Some(fields),
    )
}

/// The complaints of an action, those logged first first.
///
/// # Errors
/// `resource.not_found`.
pub fn list(
    conn: &mut Conn,
    id: CorrectiveActionId,
    after: Option<ComplaintId>,
    limit: i64,
) -> Result<Vec<ComplaintSummary>> {
    load(conn, id)?;
    let ids = store::linked(conn, id, after, limit)?;
    let mut found: Vec<ComplaintSummary> = standing::load(conn, &ids)?
        .into_iter()
        .map(|standing| ComplaintSummary::from(standing.complaint))
        .collect();
    found.sort_by_key(|summary| summary.id);
    Ok(found)
}
