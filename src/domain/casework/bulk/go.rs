//! Going on with bulk actions: some complaints in one transaction, together with how far it is. So a process that ends
//! in the middle has done nothing of them, or all, and whoever goes on does none twice.

use std::sync::Arc;

use serde_json::json;

use super::store::{self, BulkRow, ItemRow};
use super::{BulkOutcome, BulkState, tell};
use crate::db::conn::Conn;
use crate::db::{holds, nested};
use crate::domain::complaints::actions::{self, Action, Applied};
use crate::domain::staff::{Act, Actor, people, tokens};
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, StaffId, TokenId};

/// Whether a bulk action waits to be gone on with.
///
/// # Errors
/// When the database refuses.
pub fn is_waiting(conn: &mut Conn) -> Result<bool> {
    Ok(store::next(conn)?.is_some())
}

/// Goes on with the bulk action that has rested longest: at most so many complaints. Gives how many.
///
/// # Errors
/// What should not happen with one of them; then nothing was done.
pub fn go(conn: &mut Conn, act: &Act, most: i64) -> Result<usize> {
    on_next(conn, act, most, |conn, theirs, actions, id| {
        outcome(conn, theirs, actions, id)
    })
}

/// Says of the complaint that is next that something went wrong with it, so that the others have their turn.
///
/// # Errors
/// When the database refuses.
pub fn give_up_one(conn: &mut Conn, act: &Act) -> Result<usize> {
    on_next(conn, act, 1, |_, _, _, _| {
        Ok((BulkOutcome::Failed, Some(Code::Internal.as_str())))
    })
}

type Told = (BulkOutcome, Option<&'static str>);

fn on_next(
    conn: &mut Conn,
    act: &Act,
    most: i64,
    mut with: impl FnMut(&mut Conn, Option<&Act>, &[Action], ComplaintId) -> Result<Told>,
) -> Result<usize> {
    let Some(id) = store::next(conn)? else {
        return Ok(0);
    };
    holds::hold_bulk(conn, id)?;
    let before = store::load(conn, id)?;
    if before.ended_at.is_some() {
        // Called off at this moment; the next turn sees to others.
        return Ok(1);
    }
    let mut after = before.clone();
    if after.started_at.is_none() {
        after.started_at = Some(act.now);
        after.state = BulkState::Running;
        after.version += 1;
    }
    let theirs = asker(conn, act, &before)?;
    if theirs.is_some() {
        actions::hold_for(conn, &before.actions.0, None)?;
    }
    let items = store::items(conn, id, before.next, most)?;
    for item in &items {
        let (outcome, code) = with(conn, theirs.as_ref(), &before.actions.0, item.complaint_id)?;
        let count = match outcome {
            BulkOutcome::Done => &mut after.done,
            BulkOutcome::Unchanged => &mut after.unchanged,
            BulkOutcome::Refused => &mut after.refused,
            _ => &mut after.failed,
        };
        *count += 1;
        let row = ItemRow {
            outcome,
            code: code.map(str::to_owned),
            done_at: Some(act.now),
            ..item.clone()
        };
        store::write_item(conn, &row)?;
        after.next = item.n + 1;
    }
    after.touched_at = act.now;
    if after.next >= after.total {
        after.end(act.now, BulkState::Done);
        let told = json!({
            "done": after.done, "unchanged": after.unchanged, "refused": after.refused, "failed": after.failed,
        });
        tell(conn, theirs.as_ref().unwrap_or(act), &after, "bulk_action.ended", told)?;
    }
    store::update(conn, &before, &after)?;
    Ok(items.len().max(1))
}

/// The act of the one who asked, with what they may do now; nobody's when they have left.
fn asker(conn: &mut Conn, act: &Act, row: &BulkRow) -> Result<Option<Act>> {
    let id = row.principal_id.0;
    let actor: Option<Actor> = match row.principal_kind.as_str() {
        "person" => {
            let member = people::load(conn, StaffId(id))?;
            match member.is_active() {
                true => Some(people::actor_of(conn, &member)?),
                false => None,
            }
        }
        _ => tokens::actor_of(conn, act.now, TokenId(id))?,
    };
    Ok(actor.map(|actor| Act {
        actor: Arc::new(actor),
        request_id: row.request_id.as_deref().map(Arc::from),
        ..act.clone()
    }))
}

/// What becomes of one complaint: all the actions, or none.
fn outcome(conn: &mut Conn, theirs: Option<&Act>, actions: &[Action], id: ComplaintId) -> Result<Told> {
    let Some(act) = theirs else {
        return Ok((BulkOutcome::Refused, Some(Code::Unauthenticated.as_str())));
    };
    match nested::within(conn, |conn| actions::apply_all(conn, act, id, None, actions)) {
        Ok(applied) if applied.iter().any(|Applied { changed }| *changed) => Ok((BulkOutcome::Done, None)),
        Ok(_) => Ok((BulkOutcome::Unchanged, None)),
        Err(Error::Problem(problem)) => Ok((BulkOutcome::Refused, Some(problem.code.as_str()))),
        Err(error) => Err(error),
    }
}
