//! Closing, withdrawing and opening again: all through the one gate in [`super::procedure`].

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::call_backs;
use super::model::{Closure, Complaint};
use super::procedure::Action;
use super::view::{self, ComplaintView};
use super::vocabulary::{BallWith, CauseCategory, ClosingGround, Decision, RedressStatus, RedressType};
use super::work::Work;
use super::{relations, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::policy::Policy;
use crate::domain::staff::Act;
use crate::domain::staff::owners::present_owner;
use crate::error::{Error, Result};
use crate::ids::{ClosureId, ComplaintId};

/// What was given to put things right.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedressForm {
    /// What kind.
    #[serde(rename = "type")]
    pub redress_type: RedressType,
    /// How much, in the currency's minor units; together with `currency`.
    #[schema(minimum = 0, example = 12800)]
    pub minor_units: Option<i64>,
    /// ISO 4217; together with `minor_units`.
    #[schema(example = "CNY", min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")]
    pub currency: Option<String>,
    /// How far it has come.
    pub status: RedressStatus,
}

/// What was decided.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseForm {
    /// What was decided.
    pub decision: Decision,
    /// Why.
    #[schema(min_length = 1, max_length = 5000)]
    pub reason: String,
    /// What was given to put things right.
    pub redress: Option<RedressForm>,
    /// Which of the seven causes on our side; needed when the complaint was upheld or partly so.
    pub cause_category: Option<CauseCategory>,
    /// The root cause.
    #[schema(max_length = 2000)]
    pub root_cause: Option<String>,
}

/// How far the redress has come since.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedressProgressForm {
    /// How far it has come.
    pub status: RedressStatus,
}

/// Why a complaint is taken back or opened again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonForm {
    /// Why.
    #[schema(min_length = 1, max_length = 5000)]
    pub reason: String,
}

impl ReasonForm {
    pub(crate) fn checked(&self) -> Result<String> {
        let mut check = Check::new();
        let reason = check.text("/reason", &self.reason, 1, 5_000);
        check.finish(reason)
    }
}

pub(crate) fn checked(form: &CloseForm) -> Result<CloseForm> {
    let mut check = Check::new();
    let mut form = form.clone();
    form.reason = check.text("/reason", &form.reason, 1, 5_000);
    form.root_cause = check.optional_text("/root_cause", form.root_cause.as_deref(), 2_000);
    if let Some(redress) = &form.redress {
        match (&redress.minor_units, &redress.currency) {
            (None, None) => {}
            (Some(units), Some(currency)) => {
                if *units < 0 {
                    check.fail("/redress/minor_units", "out_of_range", "not negative");
                }
                if currency.len() != 3 || !currency.chars().all(|c| c.is_ascii_uppercase()) {
                    check.fail("/redress/currency", "malformed", "three capital letters (ISO 4217)");
                }
            }
            _ => check.fail("/redress", "required", "`minor_units` and `currency` together"),
        }
    }
    let ours = matches!(form.decision, Decision::Upheld | Decision::Partly);
    if ours && form.cause_category.is_none() {
        check.fail("/cause_category", "required", "which of the seven causes on our side");
    }
    if !ours && form.redress.is_some() && form.decision != Decision::Rejected {
        check.fail(
            "/redress",
            "not_allowed",
            format_args!("not with the decision `{}`", form.decision),
        );
    }
    check.finish(form)
}

/// Closes a complaint, if the gate allows it.
///
/// # Errors
/// The rule of the gate that refuses (`closing.…`); `request.invalid`; `resource.not_found`.
pub fn close(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &CloseForm,
) -> Result<ComplaintView> {
    let mut work = Work::load(conn, act, id, expected)?;
    let next = work.take(&Action::Close(form.decision))?;
    relations::check_parts_closed(conn, id)?;
    let form = checked(form)?;
    let ground = next
        .ground
        .ok_or_else(|| Error::internal("a closing without a ground"))?;
    end(conn, act, work, form, ground, "closed")
}

/// Takes a complaint back at the customer's wish. Open promises are called off with it.
///
/// # Errors
/// `complaint.closed`; `request.invalid`; `resource.not_found`.
pub fn withdraw(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &ReasonForm,
) -> Result<ComplaintView> {
    let complaint = store::load(conn, id)?;
    super::work::check_read(conn, act, &complaint, expected)?;
    withdraw_loaded(conn, act, complaint, form)
}

/// [`withdraw`] for a complaint that has been found by its private link.
pub(super) fn withdraw_loaded(
    conn: &mut Conn,
    act: &Act,
    complaint: Complaint,
    form: &ReasonForm,
) -> Result<ComplaintView> {
    let mut work = Work::of(conn, act, complaint)?;
    work.take(&Action::Withdraw)?;
    let reason = form.checked()?;
    for promise in work.open_promises().cloned().collect::<Vec<_>>() {
        let after = call_backs::call_off(conn, act, &promise, reason.clone())?;
        call_backs::replace(&mut work, &after);
    }
    let form = CloseForm {
        decision: Decision::Withdrawn,
        reason,
        redress: None,
        cause_category: None,
        root_cause: None,
    };
    end(conn, act, work, form, ClosingGround::Withdrawn, "withdrawn")
}

/// Opens a closed complaint again: a new round begins at step 4.
///
/// # Errors
/// `complaint.open`; `request.invalid`; `resource.not_found`.
pub fn reopen(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &ReasonForm,
) -> Result<ComplaintView> {
    let complaint = store::load(conn, id)?;
    super::work::check_read(conn, act, &complaint, expected)?;
    reopen_loaded(conn, act, complaint, form, "reopened")
}

/// [`reopen`] for a complaint that has been loaded; `action` says in the timeline what it was.
pub(super) fn reopen_loaded(
    conn: &mut Conn,
    act: &Act,
    complaint: Complaint,
    form: &ReasonForm,
    action: &str,
) -> Result<ComplaintView> {
    // Whoever had it may have left since.
    let owner = match &complaint.owner {
        Some(owner) => present_owner(conn, owner, complaint.team_id)?,
        None => None,
    };
    let mut work = Work::of(conn, act, complaint)?;
    relations::check_not_merged(conn, &work.after)?;
    let (decision, had) = (work.after.decision, work.after.owner.clone());
    work.take(&Action::Reopen)?;
    let reason = form.checked()?;
    let (mut before, mut after) = (
        json!({ "decision": decision }),
        json!({ "reason": reason, "round": work.after.round }),
    );
    if owner != had {
        before = json!({ "decision": decision, "owner": had });
        after = json!({ "reason": reason, "round": work.after.round, "owner": owner });
    }
    work.after.owner = owner;
    let complaint = work.finish(conn, act, action, Some(before), Some(after))?;
    view::of(conn, complaint)
}

/// Says how far the redress of the last closing has come, which often is after it.
///
/// # Errors
/// `resource.not_found` when there is no such complaint, or no redress was given; `request.precondition_failed`.
pub fn progress_redress(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &RedressProgressForm,
) -> Result<ComplaintView> {
    let mut work = Work::load(conn, act, id, expected)?;
    work.take(&Action::Write)?;
    let last = store::closures_of(conn, id)?
        .pop()
        .filter(|closure| closure.redress_type.is_some());
    let closure = last.ok_or_else(|| Error::not_found("redress"))?;
    store::set_redress_status(conn, closure.id, form.status)?;
    let (before, after) = (
        json!({ "status": closure.redress_status }),
        json!({ "status": form.status }),
    );
    let complaint = work.finish(conn, act, "redress_progressed", Some(before), Some(after))?;
    view::of(conn, complaint)
}

/// Closes what the gate lets close; `action` says in the timeline what it was.
pub(super) fn end(
    conn: &mut Conn,
    act: &Act,
    mut work: Work,
    form: CloseForm,
    ground: ClosingGround,
    action: &str,
) -> Result<ComplaintView> {
    let on_the_spot = work.call_backs.is_empty() && was_on_the_spot(&act.policy, &work.after, form.decision, act.now);
    work.after.closed_at = Some(act.now);
    work.after.decision = Some(form.decision);
    work.after.on_the_spot = on_the_spot;
    work.after.ball_with = BallWith::Us;
    let (redress_type, minor_units, currency, status) = match form.redress {
        Some(r) => (Some(r.redress_type), r.minor_units, r.currency, Some(r.status)),
        None => (None, None, None, None),
    };
    let closure = Closure {
        id: ClosureId::new(act.now),
        complaint_id: work.after.id,
        round: work.after.round,
        decision: form.decision,
        decision_reason: form.reason,
        ground,
        redress_type,
        redress_minor_units: minor_units,
        redress_currency: currency,
        redress_status: status,
        cause_category: form.cause_category,
        root_cause: form.root_cause,
        on_the_spot,
        closed_by: act.actor.name.clone(),
        closed_at: act.now,
    };
    store::insert_closure(conn, &closure)?;
    let after = json!({
        "decision": closure.decision, "reason": closure.decision_reason, "ground": closure.ground,
        "on_the_spot": on_the_spot, "redress_type": redress_type, "cause_category": closure.cause_category,
    });
    let complaint = work.finish(conn, act, action, None, Some(after))?;
    view::of(conn, complaint)
}

/// Resolved on the spot (当场解决): a live contact, nothing promised for later, decided in the customer's favour in the first
/// round, never waiting for anybody, within the policy's time of its receipt.
pub(crate) fn was_on_the_spot(policy: &Policy, complaint: &Complaint, decision: Decision, now: Moment) -> bool {
    complaint.channel.is_live()
        && matches!(decision, Decision::Upheld | Decision::Partly)
        && complaint.round == 1
        && !complaint.ever_waited
        && now - complaint.received_at <= policy.on_the_spot_within
}
