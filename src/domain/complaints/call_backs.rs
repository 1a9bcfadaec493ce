//! The call-back as a promise with its own clock: made, kept, late, broken, moved, or called off
//! by the customer.

mod moving;
mod settling;
pub(super) mod store;
mod view;

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

pub(super) use self::moving::call_off;
pub use self::moving::{CancelForm, RescheduleForm, cancel, reschedule};
pub use self::settling::{Settlement, settle};
pub(super) use self::view::views;
pub use self::view::{AttemptView, CallBackView, Listing, about_to_end, figures, get, list, of_complaint};
use self::view::{view_of, with_attempts};
use super::model::{Attempt, CallBack, StepRecord};
use super::procedure::{Action, Case};
use super::vocabulary::{
    AttemptResult, BallWith, CallBackOutcome, CallBackPurpose, CallBackState, HandlingStep, SkipReason, State,
};
use super::work::{EndOfCallBack, Work, check_version};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::customers::{contact, record};
use crate::domain::notifications::{self, Notice};
use crate::domain::privacy::consents;
use crate::domain::staff::Act;
use crate::domain::staff::owners::Owners;
use crate::error::{Code, Error, Result};
use crate::ids::{AttemptId, CallBackId, ComplaintId};

/// The longest window of a promise. Longer is no promise.
const LONGEST_WINDOW: TimeDelta = TimeDelta::days(7);
/// How far ahead one may promise.
const FARTHEST: TimeDelta = TimeDelta::days(366);

/// A promise to call back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromiseForm {
    /// What for; to confirm the resolution (step 7) when left out.
    pub purpose: Option<CallBackPurpose>,
    /// The customer may expect the call from then.
    pub window_start: Moment,
    /// The promise is late after that; at most seven days after the start.
    pub window_end: Moment,
    /// The customer's time zone (IANA); as in the customer record when left out.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: Option<String>,
    /// The number to call; the customer's first when left out.
    #[schema(max_length = 60, example = "138 0013 8000")]
    pub number: Option<String>,
    /// Who will call: somebody who works here and, if a team holds the complaint, is in that team; the one who
    /// promises when left out.
    #[schema(max_length = 100)]
    pub owner: Option<String>,
    /// What to talk about.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// One attempt to keep a promise.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttemptForm {
    /// What it led to.
    pub result: AttemptResult,
    /// What the customer says about the matter. Needed when a call to confirm the resolution reached them.
    pub satisfied: Option<bool>,
    /// What was said.
    #[schema(max_length = 5000)]
    pub note: Option<String>,
    /// Where the recording is. Refused when the customer does not want to be recorded.
    #[schema(max_length = 500)]
    pub recording_ref: Option<String>,
}

fn check_window(check: &mut Check, start: Moment, end: Moment, now: Moment) {
    if end <= start {
        check.fail("/window_end", "out_of_range", "after window_start");
    } else if end - start > LONGEST_WINDOW {
        check.fail("/window_end", "out_of_range", "at most seven days after window_start");
    }
    if end <= now {
        check.fail("/window_end", "out_of_range", "in the future");
    }
    if start > now + FARTHEST {
        check.fail("/window_start", "out_of_range", "at most a year ahead");
    }
}

/// Promises a call-back.
///
/// # Errors
/// `call_back.already_promised` when one for this purpose is open; `request.invalid`;
/// `complaint.closed`; `resource.not_found`.
pub fn promise(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &PromiseForm,
) -> Result<CallBackView> {
    let given = form.owner.as_deref().filter(|owner| !owner.trim().is_empty());
    let owners = Owners::hold(conn, [given.unwrap_or(&act.actor.name)])?;
    let mut work = Work::load(conn, act, id, expected)?;
    work.take(&Action::Promise)?;
    let purpose = form.purpose.unwrap_or(CallBackPurpose::ConfirmResolution);
    if work.open_promises().any(|promise| promise.purpose == purpose) {
        return Err(Error::problem(
            Code::PromiseOpen,
            format!("a call-back for `{purpose}` is promised already; reschedule it"),
        ));
    }
    let mut check = Check::new();
    check_window(&mut check, form.window_start, form.window_end, act.now);
    let time_zone = match &form.time_zone {
        Some(zone) => check.time_zone("/time_zone", zone),
        None => record::time_zone(conn, work.after.customer_id)?,
    };
    let number = match check.optional_text("/number", form.number.as_deref(), 60) {
        Some(text) => check.parsed("/number", contact::phone(&text, &act.policy.default_region)),
        None => record::primary_phone(conn, work.after.customer_id)?,
    };
    if number.is_none() && check.is_clean() {
        check.fail("/number", "required", "we know no phone number of this customer");
    }
    let owner = check
        .optional_text("/owner", form.owner.as_deref(), 100)
        .unwrap_or_else(|| act.actor.name.clone());
    let note = check.optional_text("/note", form.note.as_deref(), 2_000);
    if check.is_clean() {
        owners.check(&mut check, "/owner", &act.actor, &owner, work.after.team_id);
    }
    check.finish(())?;
    let promise = CallBack {
        id: CallBackId::new(act.now),
        complaint_id: id,
        purpose,
        state: CallBackState::Open,
        window_start: form.window_start,
        window_end: form.window_end,
        time_zone,
        number: number.unwrap_or_default(),
        owner,
        note,
        round: work.after.round,
        promised_by: act.actor.name.clone(),
        promised_at: act.now,
        rescheduled_from: None,
        changed_by: None,
        change_reason: None,
        first_attempt_at: None,
        attempts: 0,
        outcome: None,
        settled_at: None,
        version: 1,
        last_attempt_at: None,
    };
    store::insert(conn, &promise)?;
    let told = told(&promise);
    work.call_backs.push(promise.clone());
    work.finish(conn, act, "call_back_promised", None, Some(told))?;
    Ok(view_of(promise, Vec::new(), act.now))
}

/// A promise as the timeline tells of it.
pub(crate) fn told(promise: &CallBack) -> serde_json::Value {
    json!({
        "call_back_id": promise.id, "purpose": promise.purpose, "owner": promise.owner,
        "window_start": promise.window_start, "window_end": promise.window_end,
    })
}

/// Records an attempt. A satisfied customer ends step 7; one who is not begins a new round at
/// step 4; after the policy's attempts, some time apart, the customer counts as unreachable.
///
/// # Errors
/// `call_back.settled`; `procedure.out_of_order` when the customer's verdict comes before the
/// steps it is about; `privacy.recording_refused`; `request.invalid`; `resource.not_found`.
pub fn attempt(
    conn: &mut Conn,
    act: &Act,
    id: CallBackId,
    expected: Option<i32>,
    form: &AttemptForm,
) -> Result<CallBackView> {
    let (mut work, promise) = load_open(conn, act, id, expected)?;
    let confirms = promise.purpose == CallBackPurpose::ConfirmResolution;
    let settlement = settle(&act.policy, &promise, form.result, form.satisfied, act.now);
    let row = checked_attempt(act, &promise, confirms, form, &settlement)?;
    if row.recording_ref.is_some() {
        consents::check_recording(conn, work.after.customer_id, "/recording_ref")?;
    }
    store::insert_attempt(conn, &row)?;
    let after = settlement.of(&promise, act.now);
    store::update(conn, &promise, &after)?;
    replace(&mut work, &after);
    if after.state == CallBackState::Broken {
        tell_lead(conn, act, &after)?;
    }
    if confirms {
        end_step(conn, act, &mut work, &after)?;
    }
    let told = json!({
        "call_back_id": id, "result": row.result, "not_counted": row.not_counted, "satisfied": row.satisfied,
        "state": after.state, "outcome": after.outcome,
    });
    work.finish(conn, act, "call_back_attempted", None, Some(told))?;
    with_attempts(conn, after, act.now)
}

fn checked_attempt(
    act: &Act,
    promise: &CallBack,
    confirms: bool,
    form: &AttemptForm,
    settlement: &Settlement,
) -> Result<Attempt> {
    let mut check = Check::new();
    let reached = form.result == AttemptResult::Reached;
    if confirms && reached && form.satisfied.is_none() {
        check.fail(
            "/satisfied",
            "required",
            "the customer was reached: is the matter settled for them?",
        );
    }
    if form.satisfied.is_some() && !(confirms && reached) {
        check.fail(
            "/satisfied",
            "not_allowed",
            "only when a call to confirm the resolution reached the customer",
        );
    }
    let note = check.optional_text("/note", form.note.as_deref(), 5_000);
    let recording_ref = check.optional_text("/recording_ref", form.recording_ref.as_deref(), 500);
    check.finish(Attempt {
        id: AttemptId::new(act.now),
        call_back_id: promise.id,
        result: form.result,
        satisfied: form.satisfied,
        note,
        recording_ref,
        agent: act.actor.name.clone(),
        attempted_at: act.now,
        not_counted: settlement.not_counted,
    })
}

/// What the outcome of a call to confirm the resolution does to step 7.
fn end_step(conn: &mut Conn, act: &Act, work: &mut Work, promise: &CallBack) -> Result<()> {
    let Some(outcome) = promise.outcome else { return Ok(()) };
    match outcome {
        CallBackOutcome::Satisfied => {
            steps_before_call_back_done(&work.case())?;
            let record = StepRecord {
                call_back_id: Some(promise.id),
                outcome: Some(outcome),
                ..StepRecord::default()
            };
            work.end_call_back_step(conn, act, EndOfCallBack::Done(Box::new(record)))?;
        }
        CallBackOutcome::NotSatisfied => {
            steps_before_call_back_done(&work.case())?;
            work.begin_round();
        }
        CallBackOutcome::Unreachable => {
            work.end_call_back_step(conn, act, EndOfCallBack::Skipped(SkipReason::Unreachable, None))?;
        }
        CallBackOutcome::Declined => {
            let note = promise.change_reason.clone();
            work.end_call_back_step(conn, act, EndOfCallBack::Skipped(SkipReason::CustomerDeclined, note))?;
        }
        CallBackOutcome::Informed => {}
    }
    // The customer has spoken, or will not: the desk is next.
    work.after.state = State::InHandling;
    work.after.ball_with = BallWith::Us;
    Ok(())
}

/// The customer's verdict is about what was done: steps 1 to 6 come first.
fn steps_before_call_back_done(case: &Case) -> Result<()> {
    match case.current_step() {
        Some(step) if step < HandlingStep::CallBack => Err(Error::problem(
            Code::StepOutOfOrder,
            format!("`{step}` comes before the customer's verdict; record the steps first"),
        )),
        _ => Ok(()),
    }
}

fn load_open(conn: &mut Conn, act: &Act, id: CallBackId, expected: Option<i32>) -> Result<(Work, CallBack)> {
    let promise = store::load(conn, id)?;
    check_version(expected, promise.version)?;
    if promise.state != CallBackState::Open {
        return Err(Error::problem(
            Code::PromiseSettled,
            format!("the promise is settled: `{}`", promise.state),
        ));
    }
    let mut work = Work::load(conn, act, promise.complaint_id, None)?;
    work.take(&Action::WorkOnPromise)?;
    Ok((work, promise))
}

pub(super) fn replace(work: &mut Work, changed: &CallBack) {
    for promise in &mut work.call_backs {
        if promise.id == changed.id {
            promise.clone_from(changed);
        }
    }
}

/// Tells the lead that a promise was broken.
fn tell_lead(conn: &mut Conn, act: &Act, broken: &CallBack) -> Result<()> {
    let notice = Notice::PromiseBroken {
        complaint_id: broken.complaint_id,
        call_back_id: broken.id,
    };
    notifications::post(conn, act.now, notice)
}

/// Marks as broken the promises whose grace is over without any attempt, at most `limit` of them;
/// says how many. May run as often as one likes.
///
/// # Errors
/// When the database refuses.
pub fn sweep(conn: &mut Conn, act: &Act, limit: i64) -> Result<usize> {
    let missed = store::missed(conn, act.now - act.policy.call_back_grace, limit)?;
    let mut broken = 0;
    for promise in missed {
        let mut work = Work::load(conn, act, promise.complaint_id, None)?;
        let mut after = promise.clone();
        after.state = CallBackState::Broken;
        after.settled_at = Some(act.now);
        after.version += 1;
        store::update(conn, &promise, &after)?;
        replace(&mut work, &after);
        tell_lead(conn, act, &promise)?;
        work.finish(conn, act, "call_back_broken", Some(told(&promise)), None)?;
        broken += 1;
    }
    Ok(broken)
}

#[cfg(test)]
mod tests;
