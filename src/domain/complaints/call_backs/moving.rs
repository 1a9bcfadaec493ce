//! Promises that are moved, or called off by the customer: the promise ends, and is kept as it was.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::store;
use super::view::{CallBackView, view_of, with_attempts};
use super::{check_window, end_step, load_open, replace, tell_lead, told};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::complaints::model::CallBack;
use crate::domain::complaints::vocabulary::{AskedBy, CallBackOutcome, CallBackPurpose, CallBackState};
use crate::domain::customers::contact;
use crate::domain::staff::Act;
use crate::domain::staff::owners::Owners;
use crate::error::Result;
use crate::ids::CallBackId;

/// A new window for a promise.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleForm {
    /// Who asked for it.
    pub asked_by: AskedBy,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// The customer may expect the call from then.
    pub window_start: Moment,
    /// The promise is late after that; at most seven days after the start.
    pub window_end: Moment,
    /// Another number to call.
    #[schema(max_length = 60)]
    pub number: Option<String>,
    /// Another person to call.
    #[schema(max_length = 100)]
    pub owner: Option<String>,
}

/// The customer's wish not to be called. The desk cannot call off its own promise; it can only move it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelForm {
    /// What the customer said.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// Moves a promise: it ends, and another takes its place. When the desk moves a promise whose
/// window is over without an attempt, it was broken all the same.
///
/// # Errors
/// `call_back.settled`; `request.invalid`; `resource.not_found`.
pub fn reschedule(
    conn: &mut Conn,
    act: &Act,
    id: CallBackId,
    expected: Option<i32>,
    form: &RescheduleForm,
) -> Result<CallBackView> {
    let owners = Owners::hold(conn, form.owner.as_deref())?;
    let (mut work, promise) = load_open(conn, act, id, expected)?;
    let mut check = Check::new();
    check_window(&mut check, form.window_start, form.window_end, act.now);
    let reason = check.text("/reason", &form.reason, 1, 2_000);
    let number = check.optional_text("/number", form.number.as_deref(), 60);
    let number = number.and_then(|text| check.parsed("/number", contact::phone(&text, &act.policy.default_region)));
    let owner = check.optional_text("/owner", form.owner.as_deref(), 100);
    if let Some(owner) = owner.as_deref().filter(|_| check.is_clean()) {
        owners.check(&mut check, "/owner", &act.actor, owner, work.after.team_id);
    }
    check.finish(())?;
    let mut ended = promise.clone();
    let by_desk = form.asked_by == AskedBy::Desk;
    let missed = by_desk && act.now > promise.window_end && promise.first_attempt_at.is_none();
    ended.state = if missed {
        CallBackState::Broken
    } else {
        CallBackState::Rescheduled
    };
    ended.changed_by = Some(form.asked_by.to_string());
    ended.change_reason = Some(reason);
    ended.settled_at = Some(act.now);
    ended.version += 1;
    let fresh = CallBack {
        id: CallBackId::new(act.now),
        state: CallBackState::Open,
        window_start: form.window_start,
        window_end: form.window_end,
        number: number.unwrap_or_else(|| promise.number.clone()),
        owner: owner.unwrap_or_else(|| promise.owner.clone()),
        round: work.after.round,
        promised_by: act.actor.name.clone(),
        promised_at: act.now,
        rescheduled_from: Some(promise.id),
        changed_by: None,
        change_reason: None,
        first_attempt_at: None,
        // A customer who moves the call was reached; a desk that moves it has not tried less often.
        attempts: if by_desk { promise.attempts } else { 0 },
        last_attempt_at: promise.last_attempt_at.filter(|_| by_desk),
        outcome: None,
        settled_at: None,
        version: 1,
        ..promise.clone()
    };
    store::update(conn, &promise, &ended)?;
    store::insert(conn, &fresh)?;
    if missed {
        tell_lead(conn, act, &ended)?;
    }
    replace(&mut work, &ended);
    let (before, mut after) = (told(&promise), told(&fresh));
    if let Some(after) = after.as_object_mut() {
        after.insert("asked_by".to_owned(), json!(form.asked_by));
    }
    work.call_backs.push(fresh.clone());
    work.finish(conn, act, "call_back_rescheduled", Some(before), Some(after))?;
    Ok(view_of(fresh, Vec::new(), act.now))
}

/// Calls a promise off because the customer does not want the call.
///
/// # Errors
/// `call_back.settled`; `request.invalid`; `resource.not_found`.
pub fn cancel(
    conn: &mut Conn,
    act: &Act,
    id: CallBackId,
    expected: Option<i32>,
    form: &CancelForm,
) -> Result<CallBackView> {
    let (mut work, promise) = load_open(conn, act, id, expected)?;
    let mut check = Check::new();
    let reason = check.text("/reason", &form.reason, 1, 2_000);
    check.finish(())?;
    let after = call_off(conn, act, &promise, reason)?;
    replace(&mut work, &after);
    if promise.purpose == CallBackPurpose::ConfirmResolution {
        end_step(conn, act, &mut work, &after)?;
    }
    work.finish(
        conn,
        act,
        "call_back_cancelled",
        Some(told(&promise)),
        Some(json!({ "by": "customer" })),
    )?;
    with_attempts(conn, after, act.now)
}

/// Ends an open promise at the customer's wish.
pub(in crate::domain::complaints) fn call_off(
    conn: &mut Conn,
    act: &Act,
    promise: &CallBack,
    reason: String,
) -> Result<CallBack> {
    let mut after = promise.clone();
    after.state = CallBackState::CancelledByCustomer;
    after.changed_by = Some(AskedBy::Customer.to_string());
    after.change_reason = Some(reason);
    after.outcome = Some(CallBackOutcome::Declined);
    after.settled_at = Some(act.now);
    after.version += 1;
    store::update(conn, promise, &after)?;
    Ok(after)
}
