//! What happened to a complaint, read from its timeline: the one account on which clocks and reports rest.
//!
//! Reading is pure. It needs codes, ids and times alone, and these stay in the timeline when personal content is
//! removed (`codes`), so that every figure is the same before and after an erasure.

pub(super) mod codes;
mod milestones;
mod reading;
pub(super) mod store;

use super::model::Complaint;
use super::store as complaints;
use super::vocabulary::{
    AskedBy, AttemptResult, BallWith, CallBackOutcome, CallBackPurpose, CallBackState, CauseCategory, Channel,
    ClosingGround, Decision, HandlingStep, Kind, Level, State,
};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::customers::{Grade, ProfitSegment, Tier};
use crate::domain::staff::ActorKind;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{CallBackId, ComplaintId, TeamId};

pub use milestones::{
    Wait, acknowledged_at, asks, contacts_in, contacts_out, first_response_at, is_contact_out, resolved_at,
    type_changes, waits,
};
pub use reading::read;

/// Something that happened to a complaint, and where it stood afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: Moment,
    /// What kind of actor did it.
    pub actor_kind: ActorKind,
    /// What.
    pub what: What,
    /// The state afterwards.
    pub state: State,
    /// The round of handling afterwards, from 1.
    pub round: i32,
}

/// A value before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<T> {
    /// Before.
    pub before: T,
    /// After.
    pub after: T,
}

/// A complaint as it was when it was logged, whatever became of it since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// The subject category.
    pub category: String,
    /// BCP 47.
    pub language: String,
    /// How grave it was held to be.
    pub severity: Level,
    /// The customer's manner.
    pub customer_type: CustomerType,
    /// When it reached us.
    pub received_at: Moment,
    /// When dissatisfaction was first expressed, as it was told then.
    pub first_expressed_at: Moment,
    /// Who had it.
    pub owner: Option<String>,
    /// Which team held it.
    pub team: Option<TeamId>,
    /// The customer's tier then.
    pub tier: Tier,
    /// What serving the customer earned then.
    pub segment: Option<ProfitSegment>,
    /// The customer's grade then.
    pub grade: Option<Grade>,
    /// Whether the customer was sent a notice that it has arrived.
    pub notified: bool,
}

/// A promise's window, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// Which promise.
    pub id: CallBackId,
    /// What for.
    pub purpose: CallBackPurpose,
    /// The customer may expect the call from then.
    pub window_start: Moment,
    /// The promise is late after that.
    pub window_end: Moment,
}

/// What a correction changed, of what clocks and reports look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// Complaint, question or feedback.
    pub kind: Option<Change<Kind>>,
    /// The subject category.
    pub category: Option<Change<String>>,
    /// BCP 47.
    pub language: Option<Change<String>>,
    /// How grave it is.
    pub severity: Option<Change<Level>>,
    /// When dissatisfaction was first expressed.
    pub first_expressed_at: Option<Change<Moment>>,
}

/// One closing, as far as it is told in codes. Fields are empty for a closing whose codes were lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Closing {
    /// What was decided.
    pub decision: Option<Decision>,
    /// What allowed the closing.
    pub ground: Option<ClosingGround>,
    /// Whether it was resolved in the first contact.
    pub on_the_spot: bool,
    /// Which of the seven causes on our side.
    pub cause: Option<CauseCategory>,
    /// Whether it was merged into another complaint, in which the matter goes on. It ends by being undone.
    pub merged: bool,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It was logged. Always the first.
    Received(Box<Received>),
    /// A message was sent to the customer.
    MessageSent,
    /// A message to the customer was kept and not sent, because they refuse messages.
    MessageNotSent,
    /// The customer wrote, or somebody entered what they said.
    MessageReceived,
    /// Steps were recorded or skipped for the first time in their round.
    StepsRecorded {
        /// Those that were done.
        done: Vec<HandlingStep>,
        /// Those that were skipped.
        skipped: Vec<HandlingStep>,
    },
    /// It was given to somebody, handed over with the work of one who left included; who has it now.
    Assigned {
        /// Who handles it from then on.
        owner: Option<String>,
        /// Which team holds it from then on.
        team: Option<TeamId>,
    },
    /// It began to wait.
    Waiting {
        /// For whom; unknown where the codes were lost.
        ball_with: Option<BallWith>,
    },
    /// The work was taken up again by a word of the desk.
    Resumed,
    /// The customer's manner was seen otherwise.
    TypeSet(Change<CustomerType>),
    /// A call was promised.
    PromiseMade(Promised),
    /// Somebody tried to keep a promise.
    Attempted {
        /// Which promise.
        id: CallBackId,
        /// What for, if its making is in the timeline.
        purpose: Option<CallBackPurpose>,
        /// What the attempt led to.
        result: AttemptResult,
        /// What the customer said about the matter.
        satisfied: Option<bool>,
        /// Where the promise stood afterwards: other than `open`, it was settled by this attempt.
        settled: CallBackState,
        /// What the promise led to, when it was settled.
        outcome: Option<CallBackOutcome>,
    },
    /// A promise was moved: it ended, and another took its place.
    PromiseRescheduled {
        /// The one that ended.
        from: CallBackId,
        /// The one that took its place.
        to: Promised,
        /// Who asked for it.
        asked_by: Option<AskedBy>,
    },
    /// A promise was broken: nobody had called when its grace was over.
    PromiseBroken(CallBackId),
    /// A promise was called off by the customer.
    PromiseCancelled(CallBackId),
    /// It was closed through the gate.
    Closed(Closing),
    /// The customer took it back; open promises were called off with it.
    Withdrawn(Closing),
    /// The desk opened it again.
    Reopened,
    /// The customer did not accept the decision, and it opened again.
    Disputed,
    /// What was taken in was corrected.
    Edited(Box<Edit>),
    /// Something that neither clocks nor reports look at.
    Other,
}

/// The history of a complaint, the oldest happening first.
///
/// # Errors
/// `resource.not_found`.
pub fn load(conn: &mut Conn, id: ComplaintId) -> Result<Vec<Happening>> {
    let complaint = complaints::load(conn, id)?;
    of(conn, &complaint)
}

/// The history of a complaint that has been loaded.
pub(crate) fn of(conn: &mut Conn, complaint: &Complaint) -> Result<Vec<Happening>> {
    Ok(read(complaint, &complaints::whole_timeline(conn, complaint.id)?))
}

/// Who had the complaint and which team held it after the last of these happenings.
pub fn held_by(history: &[Happening]) -> (Option<&str>, Option<TeamId>) {
    let last = history.iter().rev().find_map(|happening| match &happening.what {
        What::Assigned { owner, team } => Some((owner.as_deref(), *team)),
        What::Received(received) => Some((received.owner.as_deref(), received.team)),
        _ => None,
    });
    last.unwrap_or((None, None))
}

#[cfg(test)]
mod tests;
