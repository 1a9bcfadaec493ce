//! Handing over: what is open with somebody, and giving it to somebody else.

mod store;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::model::{CallBack, Complaint};
use super::view::TypeChangeView;
use super::vocabulary::{CallBackPurpose, HandlingStep, Kind, State};
use super::{followers, timeline};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit;
use crate::domain::customers::{CommunicationStyle, Stance, Tier, privacy, record};
use crate::domain::staff::Act;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{CallBackId, ComplaintId, CustomerId, TeamId};

/// The most promises, complaints and customers that a brief shows; it says how many there are.
const SHOWN: usize = 500;
/// How many complaints of a key customer a brief goes back.
const HISTORY: i64 = 20;

/// What is open with somebody, as it is kept: ids and states. What it says of customers is looked up when it is
/// shown, so that a brief knows nothing any more of a customer who was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brief {
    promises: Vec<HeldPromise>,
    complaints: Vec<HeldComplaint>,
    key_customers: Vec<CustomerId>,
}

impl Brief {
    /// How many promises are open.
    pub fn promises_total(&self) -> i64 {
        i64::try_from(self.promises.len()).unwrap_or(i64::MAX)
    }

    /// How many complaints are open.
    pub fn complaints_total(&self) -> i64 {
        i64::try_from(self.complaints.len()).unwrap_or(i64::MAX)
    }

    /// Every complaint that it is about, each once.
    fn about(&self) -> Vec<ComplaintId> {
        let promises = self.promises.iter().map(|promise| promise.complaint_id);
        let all: BTreeSet<ComplaintId> = promises.chain(self.complaints.iter().map(|c| c.id)).collect();
        all.into_iter().collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct HeldPromise {
    id: CallBackId,
    complaint_id: ComplaintId,
    purpose: CallBackPurpose,
    window_start: Moment,
    window_end: Moment,
    time_zone: String,
}

impl From<CallBack> for HeldPromise {
    fn from(promise: CallBack) -> Self {
        Self {
            id: promise.id,
            complaint_id: promise.complaint_id,
            purpose: promise.purpose,
            window_start: promise.window_start,
            window_end: promise.window_end,
            time_zone: promise.time_zone,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct HeldComplaint {
    id: ComplaintId,
    state: State,
    step: Option<HandlingStep>,
    received_at: Moment,
    next_promise_at: Option<Moment>,
}

impl From<Complaint> for HeldComplaint {
    fn from(complaint: Complaint) -> Self {
        Self {
            id: complaint.id,
            state: complaint.state,
            step: complaint.step,
            received_at: complaint.received_at,
            next_promise_at: complaint.call_back_due_at,
        }
    }
}

/// A promise that somebody takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromiseLine {
    /// The promise.
    pub id: CallBackId,
    /// The complaint that it is about.
    pub complaint_id: ComplaintId,
    /// What people call the complaint on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// What the call is for.
    pub purpose: CallBackPurpose,
    /// The number to call, E.164.
    pub number: String,
    /// The customer may expect the call from then.
    pub window_start: Moment,
    /// The promise is late after that.
    pub window_end: Moment,
    /// The customer's time zone (IANA).
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// The start of the window on the customer's clock.
    #[schema(example = "2026-11-23T18:00:00+08:00")]
    pub local_start: String,
    /// The end of the window on the customer's clock.
    #[schema(example = "2026-11-23T20:00:00+08:00")]
    pub local_end: String,
    /// Whether the window was over when it was handed over.
    pub overdue: bool,
}

/// An open complaint that somebody takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintLine {
    /// The complaint.
    pub id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// What it is about, in a line.
    pub subject: String,
    /// Where it stood.
    pub state: State,
    /// The step to go on with.
    pub step: Option<HandlingStep>,
    /// When it reached us.
    pub received_at: Moment,
    /// How old it was, in whole days.
    pub age_days: i64,
    /// The end of the next promised window.
    pub next_promise_at: Option<Moment>,
}

/// How a key customer came across in one of their complaints.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TypedComplaint {
    /// The complaint.
    pub id: ComplaintId,
    /// What people call it on the phone.
    pub reference: String,
    /// Where it stands.
    pub state: State,
    /// When it reached us.
    pub received_at: Moment,
    /// The customer's manner at last.
    pub customer_type: CustomerType,
    /// How it changed.
    pub type_changes: Vec<TypeChangeView>,
}

/// A key customer the person was working for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct KeyCustomer {
    /// The customer.
    pub id: CustomerId,
    /// What it is called; empty, as what follows, for callers who may not see the record.
    pub name: String,
    /// How they like to be spoken with, if somebody has found out.
    pub style: Option<CommunicationStyle>,
    /// How they stand towards us, if somebody has said.
    pub stance: Option<Stance>,
    /// Their last complaints, the newest first, and how they came across in each.
    pub complaints: Vec<TypedComplaint>,
}

/// What somebody takes over.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BriefView {
    /// How many promises are open.
    pub promises_total: i64,
    /// The open promises, the most urgent first; at most 500.
    pub promises: Vec<PromiseLine>,
    /// How many complaints are open.
    pub complaints_total: i64,
    /// The open complaints, the oldest first; at most 500.
    pub complaints: Vec<ComplaintLine>,
    /// The key customers whose complaints and promises these are; at most 500.
    pub key_customers: Vec<KeyCustomer>,
}

impl BriefView {
    /// The complaints that it tells of.
    pub fn complaint_ids(&self) -> Vec<ComplaintId> {
        let promised = self.promises.iter().map(|line| line.complaint_id);
        promised.chain(self.complaints.iter().map(|line| line.id)).collect()
    }
}

/// What is open with somebody now.
///
/// # Errors
/// When the database refuses.
pub fn collect(conn: &mut Conn, owner: &str) -> Result<Brief> {
    gather(conn, owner, None)
}

/// What is open with somebody now of what this team holds.
///
/// # Errors
/// When the database refuses.
pub fn collect_of_team(conn: &mut Conn, owner: &str, team: TeamId) -> Result<Brief> {
    gather(conn, owner, Some(team))
}

fn gather(conn: &mut Conn, owner: &str, only: Option<TeamId>) -> Result<Brief> {
    let is_wanted = |complaint: &Complaint| only.is_none() || complaint.team_id == only;
    let mut promises = store::open_call_backs_of(conn, owner)?;
    let mut complaints = store::open_complaints_of(conn, owner)?;
    complaints.retain(is_wanted);
    let promised: BTreeSet<ComplaintId> = promises.iter().map(|promise| promise.complaint_id).collect();
    let promised: Vec<ComplaintId> = promised.into_iter().collect();
    let mut elsewhere = store::complaints_by_ids(conn, &promised)?;
    elsewhere.retain(is_wanted);
    let wanted: BTreeSet<ComplaintId> = elsewhere.iter().map(|complaint| complaint.id).collect();
    promises.retain(|promise| wanted.contains(&promise.complaint_id));
    let customers: BTreeSet<CustomerId> = complaints.iter().chain(&elsewhere).map(|c| c.customer_id).collect();
    let customers: Vec<CustomerId> = customers.into_iter().collect();
    let key = record::of_tier(conn, &customers, Tier::KeyAccount)?;
    Ok(Brief {
        promises: promises.into_iter().map(HeldPromise::from).collect(),
        complaints: complaints.into_iter().map(HeldComplaint::from).collect(),
        key_customers: key.into_iter().map(|customer| customer.id).collect(),
    })
}

/// The teams that hold what is open with somebody.
///
/// # Errors
/// When the database refuses.
pub fn teams_of(conn: &mut Conn, owner: &str) -> Result<Vec<TeamId>> {
    let about = collect(conn, owner)?.about();
    store::teams_of(conn, &about)
}

/// Gives everything that a brief holds to somebody else, with an entry in each timeline. The caller holds the
/// complaints, so that nobody works on them meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn give_over(conn: &mut Conn, act: &Act, brief: &Brief, from: &str, to: &str) -> Result<()> {
    let about = brief.about();
    let rows = store::complaints_by_ids(conn, &about)?;
    let rows: BTreeMap<ComplaintId, Complaint> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut entries = Vec::with_capacity(brief.complaints.len() + brief.promises.len());
    let mut told = Vec::with_capacity(entries.capacity());
    let mut tell = |id: ComplaintId, action: &str, before, after| {
        let Some(row) = rows.get(&id) else { return };
        // As in `Work::finish`: one who had to wait for its turn comes after the one it waited for.
        let act = Act {
            now: act.now.max(row.updated_at),
            ..act.clone()
        };
        let entry = timeline::entry(&act, id, action, Some(before), Some(after));
        told.push(audit::Entry::of(&act, timeline::told(&entry, row.customer_id)));
        entries.push(entry);
    };
    for complaint in &brief.complaints {
        let (before, after) = (json!({ "owner": from }), json!({ "owner": to }));
        tell(complaint.id, "handed_over", before, after);
    }
    for promise in &brief.promises {
        let before = json!({ "call_back_id": promise.id, "owner": from });
        let after = json!({ "call_back_id": promise.id, "owner": to });
        tell(promise.complaint_id, "call_back_handed_over", before, after);
    }
    let owned: Vec<ComplaintId> = brief.complaints.iter().map(|complaint| complaint.id).collect();
    let promised: Vec<CallBackId> = brief.promises.iter().map(|promise| promise.id).collect();
    store::set_owner(conn, &owned, to)?;
    store::set_call_back_owner(conn, &promised, to)?;
    store::count_change(conn, &about, act.now)?;
    followers::handed_over(conn, act, &about, &entries, from)?;
    timeline::record_all(conn, &entries)?;
    audit::record_all(conn, &told)
}

/// A brief as it is read, with what is known of the customers today; `at` is the moment that it tells of.
///
/// # Errors
/// When the database refuses.
pub fn view(conn: &mut Conn, act: &Act, at: Moment, brief: &Brief) -> Result<BriefView> {
    let promises: Vec<&HeldPromise> = brief.promises.iter().take(SHOWN).collect();
    let complaints: Vec<&HeldComplaint> = brief.complaints.iter().take(SHOWN).collect();
    let about: BTreeSet<ComplaintId> = promises
        .iter()
        .map(|promise| promise.complaint_id)
        .chain(complaints.iter().map(|complaint| complaint.id))
        .collect();
    let about: Vec<ComplaintId> = about.into_iter().collect();
    let rows = store::complaints_by_ids(conn, &about)?;
    let rows: BTreeMap<ComplaintId, Complaint> = rows.into_iter().map(|row| (row.id, row)).collect();
    let ids: Vec<CallBackId> = promises.iter().map(|promise| promise.id).collect();
    let numbers: BTreeMap<CallBackId, String> = store::numbers_of(conn, &ids)?.into_iter().collect();
    let promise_lines = promises.into_iter().filter_map(|promise| {
        let row = rows.get(&promise.complaint_id)?;
        Some(promise_line(at, promise, row, numbers.get(&promise.id)))
    });
    let complaint_lines = complaints.into_iter().filter_map(|held| {
        let row = rows.get(&held.id)?;
        Some(ComplaintLine {
            id: held.id,
            reference: row.reference.clone(),
            kind: row.kind,
            subject: row.subject.clone(),
            state: held.state,
            step: held.step,
            received_at: held.received_at,
            age_days: (at - held.received_at).num_days(),
            next_promise_at: held.next_promise_at,
        })
    });
    Ok(BriefView {
        promises_total: brief.promises_total(),
        promises: promise_lines.collect(),
        complaints_total: brief.complaints_total(),
        complaints: complaint_lines.collect(),
        key_customers: key_customers(conn, act, &brief.key_customers)?,
    })
}

fn promise_line(at: Moment, promise: &HeldPromise, row: &Complaint, number: Option<&String>) -> PromiseLine {
    let zone = promise.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let local = |moment: Moment| moment.with_timezone(&zone).to_rfc3339();
    PromiseLine {
        id: promise.id,
        complaint_id: promise.complaint_id,
        reference: row.reference.clone(),
        purpose: promise.purpose,
        number: number.cloned().unwrap_or_default(),
        window_start: promise.window_start,
        window_end: promise.window_end,
        time_zone: promise.time_zone.clone(),
        local_start: local(promise.window_start),
        local_end: local(promise.window_end),
        overdue: at > promise.window_end,
    }
}

/// How the manner of the customers of these complaints went, the first impression first.
///
/// # Errors
/// When the database refuses.
pub fn type_courses(conn: &mut Conn, ids: &[ComplaintId]) -> Result<BTreeMap<ComplaintId, Vec<TypeChangeView>>> {
    let mut courses: BTreeMap<ComplaintId, Vec<TypeChangeView>> = BTreeMap::new();
    for change in store::type_changes_of(conn, ids)? {
        courses.entry(change.complaint_id).or_default().push(change.into());
    }
    Ok(courses)
}

fn key_customers(conn: &mut Conn, act: &Act, ids: &[CustomerId]) -> Result<Vec<KeyCustomer>> {
    let ids: Vec<CustomerId> = ids.iter().copied().take(SHOWN).collect();
    let mut found = Vec::new();
    let customers = record::by_ids(conn, &ids)?;
    let hidden = privacy::hidden_from(conn, act, &customers)?;
    for customer in customers {
        let is_seen = !hidden.contains(&customer.id);
        let complaints = store::last_complaints_of(conn, customer.id, HISTORY)?;
        let about: Vec<ComplaintId> = complaints.iter().map(|complaint| complaint.id).collect();
        let mut changes = type_courses(conn, &about)?;
        let typed = complaints.into_iter().map(|complaint| TypedComplaint {
            type_changes: changes.remove(&complaint.id).unwrap_or_default(),
            id: complaint.id,
            reference: complaint.reference,
            state: complaint.state,
            received_at: complaint.received_at,
            customer_type: complaint.customer_type,
        });
        found.push(KeyCustomer {
            id: customer.id,
            name: Some(customer.name).filter(|_| is_seen).unwrap_or_default(),
            style: customer.style.filter(|_| is_seen),
            stance: customer.stance.filter(|_| is_seen),
            complaints: typed.collect(),
        });
    }
    Ok(found)
}
