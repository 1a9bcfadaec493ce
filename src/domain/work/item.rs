//! A piece of work as somebody sees it: with everything that a list shows, so that nothing has to be asked again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rank::Basis;
use super::row::QueueRow;
use super::skills::Needs;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::model::CallBack;
use crate::domain::complaints::standing::{self, Standing};
use crate::domain::complaints::vocabulary::{BallWith, CallBackPurpose, Channel, HandlingStep, Kind, Level, State};
use crate::domain::customers::{Customer, PrivacyState, Tier, record};
use crate::domain::staff::{Act, Permission, teams};
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{CallBackId, ComplaintId, CustomerId, TeamId};
use crate::text_enum;

text_enum! {
    /// Why a piece of work stands where it stands.
    WorkReason {
        /// A promised call is due: its window is open or opens soon.
        CallBackDue = "call_back_due",
        /// The window of a promised call ends first.
        CallBack = "call_back",
        /// A deadline of a policy comes first.
        Clock = "clock",
        /// There is no deadline: how grave it is and how long it has been here.
        Age = "age",
    }
}

impl From<Basis> for WorkReason {
    fn from(basis: Basis) -> Self {
        match basis {
            Basis::CallBack => Self::CallBack,
            Basis::Clock => Self::Clock,
            Basis::Age => Self::Age,
        }
    }
}

/// Why a piece of work stands where it stands, and how much time there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkWhy {
    /// Why.
    pub reason: WorkReason,
    /// By when something has to be done: the end of a promised window, a deadline, or what age and severity make of it.
    pub due_at: Moment,
    /// How much time is left, seconds; negative when it is late.
    pub seconds_left: i64,
}

/// Whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkCustomer {
    /// The customer.
    pub id: CustomerId,
    /// What it is called; empty when the record is restricted.
    pub name: String,
    /// Tier for routing.
    pub tier: Tier,
}

impl WorkCustomer {
    pub(super) fn of(act: &Act, customer: &Customer) -> Self {
        let hidden = customer.privacy == PrivacyState::Restricted && !act.actor.may(Permission::ManagePrivacy);
        Self {
            id: customer.id,
            name: if hidden { String::new() } else { customer.name.clone() },
            tier: customer.tier,
        }
    }
}

/// The call that was promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkPromise {
    /// The promise.
    pub id: CallBackId,
    /// What for.
    pub purpose: CallBackPurpose,
    /// The customer may expect the call from then.
    pub window_start: Moment,
    /// The promise is late after that.
    pub window_end: Moment,
    /// Who will call.
    pub owner: String,
}

impl From<&CallBack> for WorkPromise {
    fn from(promise: &CallBack) -> Self {
        Self {
            id: promise.id,
            purpose: promise.purpose,
            window_start: promise.window_start,
            window_end: promise.window_end,
            owner: promise.owner.clone(),
        }
    }
}

/// An open complaint in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkItem {
    /// The complaint.
    pub id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// Where it stands.
    pub state: State,
    /// Who has to act next.
    pub ball_with: BallWith,
    /// What it is about, in a line.
    pub subject: String,
    /// The subject category.
    pub category: String,
    /// BCP 47.
    pub language: String,
    /// How grave it is.
    pub severity: Level,
    /// The customer's manner.
    pub customer_type: CustomerType,
    /// The step to go on with.
    pub step: Option<HandlingStep>,
    /// When it reached us.
    pub received_at: Moment,
    /// Whose it is.
    pub customer: WorkCustomer,
    /// Who has it.
    pub owner: Option<String>,
    /// Which team holds it.
    pub team: Option<TeamId>,
    /// What the team is called.
    pub team_name: Option<String>,
    /// Why it stands here, and by when it is due.
    pub why: WorkWhy,
    /// The promised call that is to be made first.
    pub promise: Option<WorkPromise>,
    /// Until then it is kept for the one who promised a call, or waits for somebody else; absent when anybody may take
    /// it.
    pub kept_until: Option<Moment>,
    /// The skills that it takes.
    #[schema(example = json!(["language:zh"]))]
    pub needs: Vec<String>,
    /// Since when it is in this line: of this team, with an owner or without.
    pub entered_at: Moment,
    /// Counts the changes of the complaint.
    pub version: i32,
}

/// What the rows stand for, in their order.
pub(super) fn items(conn: &mut Conn, act: &Act, rows: Vec<QueueRow>) -> Result<Vec<WorkItem>> {
    let ids: Vec<ComplaintId> = rows.iter().map(|row| row.complaint_id).collect();
    let standings = standing::load(conn, &ids)?;
    let customers = customers_of(conn, &standings)?;
    let wanted: Vec<TeamId> = rows.iter().filter_map(|row| row.team_id).collect();
    let names = teams::names(conn, &wanted)?;
    let mut standings: BTreeMap<ComplaintId, Standing> =
        standings.into_iter().map(|one| (one.complaint.id, one)).collect();
    let item = |row: QueueRow| {
        let standing = standings.remove(&row.complaint_id)?;
        let customer = customers.get(&standing.complaint.customer_id)?;
        let name = row.team_id.and_then(|team| names.get(&team).cloned());
        Some(item(act, &row, standing, customer, name))
    };
    Ok(rows.into_iter().filter_map(item).collect())
}

/// Whose complaints these are.
pub(super) fn customers_of(conn: &mut Conn, standings: &[Standing]) -> Result<BTreeMap<CustomerId, Customer>> {
    let mut ids: Vec<CustomerId> = standings.iter().map(|one| one.complaint.customer_id).collect();
    ids.sort();
    ids.dedup();
    let found = record::by_ids(conn, &ids)?;
    Ok(found.into_iter().map(|customer| (customer.id, customer)).collect())
}

fn item(act: &Act, row: &QueueRow, standing: Standing, customer: &Customer, team_name: Option<String>) -> WorkItem {
    let Standing { complaint, promises } = standing;
    let promise = promises.first().map(WorkPromise::from);
    // A deadline that is missed is not hidden by a call that is due besides: the row stands where it stands for it.
    let missed = row.basis == Basis::Clock && row.urgent_at < act.now;
    let is_due = !missed && row.promised_from.is_some_and(|from| from <= act.now);
    WorkItem {
        id: complaint.id,
        reference: complaint.reference,
        kind: complaint.kind,
        channel: complaint.channel,
        state: complaint.state,
        ball_with: complaint.ball_with,
        subject: complaint.subject,
        category: complaint.category,
        language: complaint.language,
        severity: complaint.severity,
        customer_type: complaint.customer_type,
        step: complaint.step,
        received_at: complaint.received_at,
        customer: WorkCustomer::of(act, customer),
        owner: row.owner.clone(),
        team: row.team_id,
        team_name,
        why: why(act.now, row, is_due, promise.as_ref()),
        promise,
        kept_until: row.free_from.filter(|from| row.owner.is_none() && *from > act.now),
        needs: Needs::read(&row.needs).words(),
        entered_at: row.entered_at,
        version: complaint.version,
    }
}

/// Why a row stands where it stands; `call_is_due` when a promised call is what is to be done.
pub(super) fn why(now: Moment, row: &QueueRow, call_is_due: bool, promise: Option<&WorkPromise>) -> WorkWhy {
    let reason = match call_is_due {
        true => WorkReason::CallBackDue,
        false => row.basis.into(),
    };
    let due_at = match promise.filter(|_| call_is_due) {
        Some(promise) => promise.window_end,
        None => row.urgent_at,
    };
    WorkWhy {
        reason,
        due_at,
        seconds_left: (due_at - now).num_seconds(),
    }
}
