//! The call-back as a promise with its own clock: made, kept, late, broken, moved, or called off
//! by the customer.

mod settling;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

pub use self::settling::{Settlement, settle};
use super::model::{Attempt, CallBack, StepRecord};
use super::procedure::{Action, Case};
use super::store::{self, CallBackFilter};
use super::vocabulary::{
    AskedBy, AttemptResult, BallWith, CallBackOutcome, CallBackPurpose, CallBackState, HandlingStep, NotCounted,
    SkipReason, State,
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
use crate::ids::{AttemptId, CallBackId, ComplaintId, TeamId};

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

/// One attempt to keep a promise.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AttemptView {
    /// Its name here.
    pub id: AttemptId,
    /// What it led to.
    pub result: AttemptResult,
    /// Why it does not count towards the policy's number of attempts; absent when it counts.
    pub not_counted: Option<NotCounted>,
    /// What the customer said about the matter.
    pub satisfied: Option<bool>,
    /// What was said.
    pub note: Option<String>,
    /// Where the recording is.
    pub recording_ref: Option<String>,
    /// Who called.
    pub agent: String,
    /// When.
    pub attempted_at: Moment,
}

/// A promise to call back, with its attempts.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CallBackView {
    /// Its name here.
    pub id: CallBackId,
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// What for.
    pub purpose: CallBackPurpose,
    /// Where it stands.
    pub state: CallBackState,
    /// Whether the window is over and the promise still open.
    pub overdue: bool,
    /// The customer may expect the call from then.
    pub window_start: Moment,
    /// The promise is late after that.
    pub window_end: Moment,
    /// The customer's time zone (IANA).
    pub time_zone: String,
    /// The number to call.
    pub number: String,
    /// Who will call.
    pub owner: String,
    /// What to talk about.
    pub note: Option<String>,
    /// The round of handling it was made in.
    pub round: i32,
    /// Who promised.
    pub promised_by: String,
    /// When it was promised.
    pub promised_at: Moment,
    /// The promise that it replaces.
    pub rescheduled_from: Option<CallBackId>,
    /// Who asked for the change that ended it.
    pub changed_by: Option<String>,
    /// Why.
    pub change_reason: Option<String>,
    /// How many attempts count towards the policy's number.
    pub attempts_counted: i32,
    /// The attempts, the oldest first.
    pub attempts: Vec<AttemptView>,
    /// What it led to.
    pub outcome: Option<CallBackOutcome>,
    /// When it was settled.
    pub settled_at: Option<Moment>,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

fn window(check: &mut Check, start: Moment, end: Moment, now: Moment) {
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
    window(&mut check, form.window_start, form.window_end, act.now);
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
    store::insert_call_back(conn, &promise)?;
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
    store::update_call_back(conn, &promise, &after)?;
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
    window(&mut check, form.window_start, form.window_end, act.now);
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
    store::update_call_back(conn, &promise, &ended)?;
    store::insert_call_back(conn, &fresh)?;
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
pub(super) fn call_off(conn: &mut Conn, act: &Act, promise: &CallBack, reason: String) -> Result<CallBack> {
    let mut after = promise.clone();
    after.state = CallBackState::CancelledByCustomer;
    after.changed_by = Some(AskedBy::Customer.to_string());
    after.change_reason = Some(reason);
    after.outcome = Some(CallBackOutcome::Declined);
    after.settled_at = Some(act.now);
    after.version += 1;
    store::update_call_back(conn, promise, &after)?;
    Ok(after)
}

fn load_open(conn: &mut Conn, act: &Act, id: CallBackId, expected: Option<i32>) -> Result<(Work, CallBack)> {
    let promise = store::load_call_back(conn, id)?;
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

fn view_of(promise: CallBack, attempts: Vec<Attempt>, now: Moment) -> CallBackView {
    let overdue = promise.state == CallBackState::Open && now > promise.window_end;
    CallBackView {
        id: promise.id,
        complaint_id: promise.complaint_id,
        purpose: promise.purpose,
        state: promise.state,
        overdue,
        window_start: promise.window_start,
        window_end: promise.window_end,
        time_zone: promise.time_zone,
        number: promise.number,
        owner: promise.owner,
        note: promise.note,
        round: promise.round,
        promised_by: promise.promised_by,
        promised_at: promise.promised_at,
        rescheduled_from: promise.rescheduled_from,
        changed_by: promise.changed_by,
        change_reason: promise.change_reason,
        attempts_counted: promise.attempts,
        attempts: attempts
            .into_iter()
            .map(|a| AttemptView {
                id: a.id,
                result: a.result,
                not_counted: a.not_counted,
                satisfied: a.satisfied,
                note: a.note,
                recording_ref: a.recording_ref,
                agent: a.agent,
                attempted_at: a.attempted_at,
            })
            .collect(),
        outcome: promise.outcome,
        settled_at: promise.settled_at,
        version: promise.version,
    }
}

/// Promises with their attempts, in the order given.
pub(super) fn views(conn: &mut Conn, promises: Vec<CallBack>, now: Moment) -> Result<Vec<CallBackView>> {
    let ids: Vec<CallBackId> = promises.iter().map(|promise| promise.id).collect();
    let mut attempts = store::attempts_of(conn, &ids)?;
    Ok(promises
        .into_iter()
        .map(|promise| {
            let (own, rest) = std::mem::take(&mut attempts)
                .into_iter()
                .partition(|a: &Attempt| a.call_back_id == promise.id);
            attempts = rest;
            view_of(promise, own, now)
        })
        .collect())
}

fn with_attempts(conn: &mut Conn, promise: CallBack, now: Moment) -> Result<CallBackView> {
    let attempts = store::attempts_of(conn, &[promise.id])?;
    Ok(view_of(promise, attempts, now))
}

/// One promise.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, now: Moment, id: CallBackId) -> Result<CallBackView> {
    let promise = store::load_call_back(conn, id)?;
    with_attempts(conn, promise, now)
}

/// The promises of one complaint, the oldest first.
///
/// # Errors
/// `resource.not_found`.
pub fn of_complaint(conn: &mut Conn, now: Moment, id: ComplaintId) -> Result<Vec<CallBackView>> {
    store::load(conn, id)?;
    let promises = store::call_backs_of(conn, id)?;
    views(conn, promises, now)
}

/// Which promises to list.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// In this state; open ones come by the end of their window, others the newest first.
    pub state: Option<CallBackState>,
    /// To be kept by this person.
    pub owner: Option<String>,
    /// About complaints that this team holds.
    pub team: Option<TeamId>,
    /// Whose window ends before this moment.
    pub due_before: Option<Moment>,
    /// After this one.
    pub after: Option<(Moment, CallBackId)>,
    /// At most so many.
    pub limit: i64,
}

/// Lists promises.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, now: Moment, listing: &Listing) -> Result<Vec<CallBackView>> {
    let filter = CallBackFilter {
        state: listing.state,
        owner: listing.owner.clone(),
        team: listing.team,
        due_before: listing.due_before,
        after: listing.after,
    };
    let promises = store::list_call_backs(conn, &filter, listing.limit)?;
    views(conn, promises, now)
}

/// How many promises are open, and how many of these are overdue; counted up to `limit`.
///
/// # Errors
/// When the database refuses.
pub fn figures(conn: &mut Conn, now: Moment, limit: i64) -> Result<(usize, usize)> {
    let open = store::open_promises(conn, limit)?;
    Ok((open.len(), open.iter().filter(|(end, _)| *end < now).count()))
}

/// When the windows end of the promises that nobody has tried to keep and that can still be; of `limit` open ones.
///
/// # Errors
/// When the database refuses.
pub fn about_to_end(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<Moment>> {
    let open = store::open_promises(conn, limit)?.into_iter();
    Ok(open
        .filter(|(end, tried)| *end >= now && tried.is_none())
        .map(|(end, _)| end)
        .collect())
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
    let missed = store::missed_call_backs(conn, act.now - act.policy.call_back_grace, limit)?;
    let mut broken = 0;
    for promise in missed {
        let mut work = Work::load(conn, act, promise.complaint_id, None)?;
        let mut after = promise.clone();
        after.state = CallBackState::Broken;
        after.settled_at = Some(act.now);
        after.version += 1;
        store::update_call_back(conn, &promise, &after)?;
        replace(&mut work, &after);
        tell_lead(conn, act, &promise)?;
        work.finish(conn, act, "call_back_broken", Some(told(&promise)), None)?;
        broken += 1;
    }
    Ok(broken)
}

#[cfg(test)]
mod tests;
