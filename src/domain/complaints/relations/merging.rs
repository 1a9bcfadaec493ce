//! Merging a complaint into another one of the same customer, and undoing that.
//!
//! The one that is merged is closed as its duplicate, through the gate: so a promise that is open on it has to be
//! settled before, and its clocks end with that decision. Its private link leads to the other one from then on.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::store::MergeRow;
use super::{check_parts_closed, store};
use crate::db::conn::Conn;
use crate::db::{dialect, holds};
use crate::domain::check::Check;
use crate::domain::complaints::closing::{self, CloseForm, ReasonForm};
use crate::domain::complaints::model::StepRow;
use crate::domain::complaints::privacy;
use crate::domain::complaints::procedure::{Action, ROUND_STARTS_AT};
use crate::domain::complaints::store as complaint;
use crate::domain::complaints::view::{self, ComplaintView};
use crate::domain::complaints::vocabulary::{Decision, HandlingStep, State};
use crate::domain::complaints::work::Work;
use crate::domain::staff::Act;
use crate::domain::staff::owners::present_owner;
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, MergeId};

/// Into which complaint, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeForm {
    /// The complaint in which the matter goes on.
    pub into: ComplaintId,
    /// Why.
    #[schema(min_length = 1, max_length = 5000)]
    pub reason: String,
}

/// Merges a complaint into another one.
///
/// # Errors
/// `closing.open_promise`, `closing.open_children`, `complaint.closed`; `merge.other_customer`;
/// `complaint.circular_link`; `request.invalid`; `auth.other_team`; `resource.not_found`;
/// `request.precondition_failed`.
pub fn merge(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &MergeForm,
) -> Result<ComplaintView> {
    holds::hold_relations(conn)?;
    dialect::hold_complaints(conn, &[id, form.into])?;
    let mut work = Work::load(conn, act, id, expected)?;
    let mut check = Check::new();
    let reason = check.text("/reason", &form.reason, 1, 5_000);
    let found = complaint::find(conn, form.into)?;
    if found.is_none() {
        check.fail("/into", "unknown", "there is no such complaint");
    }
    check.finish(())?;
    let survivor = found.ok_or_else(|| Error::not_found("complaint"))?;
    if survivor.id == id {
        let detail = "a complaint cannot be merged into itself";
        return Err(Error::problem(Code::LinkCircular, detail));
    }
    if survivor.customer_id != work.after.customer_id {
        let detail = "the other complaint is another customer's";
        return Err(Error::problem(Code::MergeOtherCustomer, detail));
    }
    let original_before = work.after.duplicate_of.replace(survivor.id);
    let next = work.take(&Action::Close(Decision::Duplicate))?;
    check_parts_closed(conn, id)?;
    let ground = next
        .ground
        .ok_or_else(|| Error::internal("a closing without a ground"))?;
    let mut other = Work::of(conn, act, survivor)?;
    // It has to be open: somebody must see to what comes by the link of the one that is merged.
    other.take(&Action::Link)?;
    if other.after.duplicate_of == Some(id) {
        let detail = "the other complaint is linked as a repetition of this one";
        return Err(Error::problem(Code::LinkCircular, detail));
    }
    let row = MergeRow {
        id: MergeId::new(act.now),
        complaint_id: id,
        survivor_id: other.after.id,
        original_before,
        reason: reason.clone(),
        merged_at: act.now,
        merged_by: act.actor.name.clone(),
        undone_at: None,
        undone_by: None,
        undone_reason: None,
    };
    store::insert_merge(conn, &row)?;
    let told = json!({ "complaint": id });
    other.finish(conn, act, "merged_in", None, Some(told))?;
    let form = CloseForm {
        decision: Decision::Duplicate,
        reason,
        redress: None,
        cause_category: None,
        root_cause: None,
    };
    closing::end(conn, act, work, form, ground, "merged")
}

/// Undoes a merge: the complaint is open again, with the steps that it had, and its private link is its own.
///
/// # Errors
/// `merge.none`; `request.invalid`; `auth.other_team`; `resource.not_found`; `request.precondition_failed`.
pub fn unmerge(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &ReasonForm,
) -> Result<ComplaintView> {
    let seen = complaint::load(conn, id)?;
    // Whoever had it may have left since.
    let owner = match &seen.owner {
        Some(owner) => present_owner(conn, owner, seen.team_id)?,
        None => None,
    };
    holds::hold_relations(conn)?;
    let merge = store::standing_merge(conn, id)?;
    let both: Vec<ComplaintId> = merge.iter().map(|merge| merge.survivor_id).chain([id]).collect();
    dialect::hold_complaints(conn, &both)?;
    let mut work = Work::load(conn, act, id, expected)?;
    let reason = form.checked()?;
    let Some(merge) = merge.filter(|_| work.after.state == State::Closed) else {
        return Err(Error::problem(Code::MergeNone, "it is not merged into another one"));
    };
    let before = json!({ "decision": work.after.decision, "duplicate_of": work.after.duplicate_of });
    let round = work.after.round;
    work.take(&Action::Reopen)?;
    restore_steps(conn, &mut work, round)?;
    work.after.duplicate_of = merge.original_before;
    work.after.owner = owner;
    store::undo_merge(conn, merge.id, act.now, &act.actor.name, &reason)?;
    let survivor = complaint::load(conn, merge.survivor_id)?;
    if privacy::check_here(conn, survivor.id, survivor.state).is_ok() {
        let other = Work::of(conn, act, survivor)?;
        other.finish(conn, act, "unmerged_from", None, Some(json!({ "complaint": id })))?;
    }
    let after = json!({ "reason": reason, "round": work.after.round, "owner": work.after.owner });
    let complaint = work.finish(conn, act, "unmerged", Some(before), Some(after))?;
    view::of(conn, complaint)
}

/// What had been done in the round before the merge stands in the round after it.
fn restore_steps(conn: &mut Conn, work: &mut Work, round: i32) -> Result<()> {
    let now = work.after.round;
    let again: Vec<StepRow> = work
        .steps
        .iter()
        .filter(|row| row.round == round && row.step >= ROUND_STARTS_AT && row.step != HandlingStep::CallBack)
        .map(|row| StepRow {
            round: now,
            ..row.clone()
        })
        .collect();
    complaint::insert_steps(conn, &again)?;
    work.steps.extend(again);
    Ok(())
}
