//! What a customer sees and does through the private link: no account, plain words, nothing internal.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call_backs::{self, CancelForm, RescheduleForm};
use super::closing::{self, ReasonForm};
use super::messages::{self, MessageForm, MessageView};
use super::model::Complaint;
use super::procedure::Action;
use super::view::StatementView;
use super::vocabulary::{
    AskedBy, BallWith, CallBackPurpose, CallBackState, Decision, Direction, HandlingStep, Kind, State,
};
use super::work::{Work, check_version, dealt_with};
use super::{relations, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::staff::{Act, tokens};
use crate::error::{Error, Result};
use crate::ids::{CallBackId, ComplaintId, CustomerId};

/// What the timeline says when the customer accepts the decision.
const ACCEPTED: &str = "decision_accepted";

/// The most messages shown on the tracking page.
const MESSAGES: i64 = 500;

/// A step as the customer sees it: whether it is behind us, not what was written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PublicStep {
    /// Which step.
    pub step: HandlingStep,
    /// Whether it is behind us.
    pub done: bool,
}

/// A promise as the customer sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PublicCallBack {
    /// Its name here.
    pub id: CallBackId,
    /// What for.
    pub purpose: CallBackPurpose,
    /// Where it stands.
    pub state: CallBackState,
    /// The call may be expected from then.
    pub window_start: Moment,
    /// And by then.
    pub window_end: Moment,
    /// The customer's time zone (IANA).
    pub time_zone: String,
}

/// A complaint as the customer sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PublicComplaint {
    /// What to say on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// Who has to act next.
    pub ball_with: BallWith,
    /// What it is about.
    pub subject: String,
    /// What the customer wrote.
    pub statement: String,
    /// What the customer wants.
    pub desired_remedy: Option<String>,
    /// The seven steps, and which are behind us.
    pub steps: Vec<PublicStep>,
    /// Promised calls, the oldest first.
    pub call_backs: Vec<PublicCallBack>,
    /// Messages both ways, the oldest first.
    pub messages: Vec<MessageView>,
    /// What was decided, once it is.
    pub decision: Option<Decision>,
    /// Why.
    pub decision_reason: Option<String>,
    /// When the customer accepted the decision, if they have.
    pub accepted_at: Option<Moment>,
    /// When it reached us.
    pub received_at: Moment,
    /// When it was closed, while it is.
    pub closed_at: Option<Moment>,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

pub(super) fn find(conn: &mut Conn, token: &str) -> Result<Complaint> {
    let found = store::find_by_tracking_hash(conn, &tokens::hash(token))?;
    let asked = found.ok_or_else(|| Error::not_found("complaint"))?;
    // The link of a complaint that was merged into another leads to that one.
    match relations::survivor(conn, asked.id)? {
        Some(survivor) => store::load(conn, survivor),
        None => Ok(asked),
    }
}

fn find_version(conn: &mut Conn, token: &str, expected: Option<i32>) -> Result<Complaint> {
    let complaint = find(conn, token)?;
    check_version(expected, complaint.version)?;
    Ok(complaint)
}

/// A complaint as the customer sees it, and what it is among us.
#[derive(Debug, Clone)]
pub struct Tracked {
    /// The complaint.
    pub complaint_id: ComplaintId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// What the customer sees.
    pub seen: PublicComplaint,
}

/// The complaint behind a private link, for somebody who looks at it.
///
/// # Errors
/// As [`get`].
pub fn track(conn: &mut Conn, token: &str) -> Result<Tracked> {
    let complaint = find(conn, token)?;
    Ok(Tracked {
        complaint_id: complaint.id,
        customer_id: complaint.customer_id,
        seen: seen(conn, complaint)?,
    })
}

/// The complaint behind a private link.
///
/// # Errors
/// `resource.not_found` when the link is unknown or has been renewed.
pub fn get(conn: &mut Conn, token: &str) -> Result<PublicComplaint> {
    let complaint = find(conn, token)?;
    seen(conn, complaint)
}

fn seen(conn: &mut Conn, complaint: Complaint) -> Result<PublicComplaint> {
    let statement: StatementView = store::load_statement(conn, complaint.id)?.into();
    let dealt = dealt_with(&store::steps_of(conn, complaint.id)?, complaint.round);
    let call_backs = call_backs::store::of_complaint(conn, complaint.id)?;
    let messages = store::messages_of(conn, complaint.id, false, None, MESSAGES)?;
    let closure = match complaint.state {
        State::Closed => store::closures_of(conn, complaint.id)?.pop(),
        _ => None,
    };
    let accepted_at = match (complaint.state, complaint.closed_at) {
        (State::Closed, Some(closed_at)) => store::last_entry(conn, complaint.id, ACCEPTED)?
            .filter(|entry| entry.happened_at >= closed_at)
            .map(|entry| entry.happened_at),
        _ => None,
    };
    Ok(PublicComplaint {
        reference: complaint.reference,
        kind: complaint.kind,
        state: complaint.state,
        ball_with: complaint.ball_with,
        subject: complaint.subject,
        statement: statement.statement,
        desired_remedy: statement.desired_remedy,
        steps: HandlingStep::ALL
            .iter()
            .map(|step| PublicStep {
                step: *step,
                done: dealt.get(step).is_some_and(|dealt| dealt.stands(complaint.kind)),
            })
            .collect(),
        call_backs: call_backs
            .into_iter()
            .map(|c| PublicCallBack {
                id: c.id,
                purpose: c.purpose,
                state: c.state,
                window_start: c.window_start,
                window_end: c.window_end,
                time_zone: c.time_zone,
            })
            .collect(),
        messages: messages.into_iter().map(|m| without_names(m.into())).collect(),
        decision: complaint.decision,
        decision_reason: closure.map(|closure| closure.decision_reason),
        accepted_at,
        received_at: complaint.received_at,
        closed_at: complaint.closed_at,
        version: complaint.version,
    })
}

/// Staff have no names on the tracking page.
fn without_names(mut message: MessageView) -> MessageView {
    if message.direction == Direction::Out {
        message.author = "desk".to_owned();
    }
    message
}

/// The customer adds something.
///
/// # Errors
/// `resource.not_found`; `request.invalid`.
pub fn write(
    conn: &mut Conn,
    act: &Act,
    token: &str,
    expected: Option<i32>,
    form: &MessageForm,
) -> Result<PublicComplaint> {
    let complaint = find_version(conn, token, expected)?;
    messages::write_on(conn, act, complaint, Direction::In, form)?;
    get(conn, token)
}

/// The customer accepts the decision. Said twice, it is accepted once.
///
/// # Errors
/// `resource.not_found`; `complaint.open`; `request.precondition_failed`.
pub fn accept(conn: &mut Conn, act: &Act, token: &str, expected: Option<i32>) -> Result<PublicComplaint> {
    let complaint = find_version(conn, token, expected)?;
    let seen = get(conn, token)?;
    if seen.accepted_at.is_some() {
        return Ok(seen);
    }
    let mut work = Work::of(conn, act, complaint)?;
    work.take(&Action::Accept)?;
    work.finish(conn, act, ACCEPTED, None, None)?;
    get(conn, token)
}

/// The customer does not accept the decision: the complaint opens again.
///
/// # Errors
/// `resource.not_found`; `complaint.open`; `request.invalid`.
pub fn dispute(
    conn: &mut Conn,
    act: &Act,
    token: &str,
    expected: Option<i32>,
    form: &ReasonForm,
) -> Result<PublicComplaint> {
    let complaint = find_version(conn, token, expected)?;
    closing::reopen_loaded(conn, act, complaint, form, "disputed")?;
    get(conn, token)
}

/// The customer takes the complaint back.
///
/// # Errors
/// `resource.not_found`; `complaint.closed`; `request.invalid`.
pub fn withdraw(
    conn: &mut Conn,
    act: &Act,
    token: &str,
    expected: Option<i32>,
    form: &ReasonForm,
) -> Result<PublicComplaint> {
    let complaint = find_version(conn, token, expected)?;
    closing::withdraw_loaded(conn, act, complaint, form)?;
    get(conn, token)
}

/// A new window that suits the customer better.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveForm {
    /// The call may come from then.
    pub window_start: Moment,
    /// And by then; at most seven days after the start.
    pub window_end: Moment,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

fn own_call_back(conn: &mut Conn, token: &str, id: CallBackId) -> Result<()> {
    let complaint = find(conn, token)?;
    let promise = call_backs::store::load(conn, id)?;
    if promise.complaint_id == complaint.id {
        Ok(())
    } else {
        Err(Error::not_found("call-back"))
    }
}

/// The customer moves a promised call.
///
/// # Errors
/// `resource.not_found`; `call_back.settled`; `request.invalid`.
pub fn move_call_back(
    conn: &mut Conn,
    act: &Act,
    token: &str,
    id: CallBackId,
    form: &MoveForm,
) -> Result<PublicComplaint> {
    own_call_back(conn, token, id)?;
    let form = RescheduleForm {
        asked_by: AskedBy::Customer,
        reason: form.reason.clone(),
        window_start: form.window_start,
        window_end: form.window_end,
        number: None,
        owner: None,
    };
    call_backs::reschedule(conn, act, id, None, &form)?;
    get(conn, token)
}

/// The customer does not need a promised call.
///
/// # Errors
/// `resource.not_found`; `call_back.settled`; `request.invalid`.
pub fn decline_call_back(
    conn: &mut Conn,
    act: &Act,
    token: &str,
    id: CallBackId,
    form: &CancelForm,
) -> Result<PublicComplaint> {
    own_call_back(conn, token, id)?;
    call_backs::cancel(conn, act, id, None, form)?;
    get(conn, token)
}
