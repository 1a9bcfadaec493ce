//! The rows of a complaint, as they are stored.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::vocabulary::{
    AttemptResult, BallWith, CallBackOutcome, CallBackPurpose, CallBackState, CauseCategory, Channel, ClosingGround,
    Decision, Direction, HandlingStep, Kind, Level, Medium, NotCounted, RedressStatus, RedressType, SkipReason, State,
};
use crate::clock::Moment;
use crate::db::schema;
use crate::db::types::Json;
use crate::domain::privacy::NotSent;
use crate::domain::staff::ActorKind;
use crate::domain::typing::CustomerType;
use crate::ids::{AttemptId, CallBackId, ClosureId, ComplaintId, CustomerId, EntryId, MessageId, TeamId, TypeChangeId};

/// A complaint: what lists and rules look at. The customer's text is in [`Statement`].
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::complaints, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Complaint {
    /// Its name here.
    pub id: ComplaintId,
    /// Order of logging; given by the database, used for paging.
    #[diesel(skip_insertion)]
    pub seq: i64,
    /// What people call it on the phone.
    pub reference: String,
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// Where it stands.
    pub state: State,
    /// Who has to act next.
    pub ball_with: BallWith,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// On whose behalf the customer speaks, if not their own.
    pub on_behalf_of: Option<String>,
    /// What it is about, in a line.
    pub subject: String,
    /// The subject category, a slug.
    pub category: String,
    /// BCP 47.
    pub language: String,
    /// The customer's manner in this conversation.
    pub customer_type: CustomerType,
    /// How grave it is.
    pub severity: Level,
    /// Who handles it.
    pub owner: Option<String>,
    /// Which team holds it.
    pub team_id: Option<TeamId>,
    /// The round of handling, from 1; a new one begins when the customer is not satisfied.
    pub round: i32,
    /// Whether it has ever waited for somebody.
    pub ever_waited: bool,
    /// The first step that is neither done nor skipped.
    pub step: Option<HandlingStep>,
    /// The earliest end of an open promise's window.
    pub call_back_due_at: Option<Moment>,
    /// The earliest moment by which something is due: what a clock waits for, or the end of a promise's window.
    pub next_due_at: Option<Moment>,
    /// When it reached us.
    pub received_at: Moment,
    /// When dissatisfaction was first expressed; clocks count from here.
    pub first_expressed_at: Moment,
    /// When it was logged here.
    pub logged_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it was closed, while it is.
    pub closed_at: Option<Moment>,
    /// What was decided, while it is closed.
    pub decision: Option<Decision>,
    /// Whether it was resolved in the first contact; derived at closing.
    pub on_the_spot: bool,
    /// How often it was opened again.
    pub reopened_count: i32,
    /// The complaint that it repeats.
    pub duplicate_of: Option<ComplaintId>,
    /// SHA-256 of the secret in the customer's private link.
    pub tracking_hash: Option<Vec<u8>>,
    /// Counts the changes; the ETag.
    pub version: i32,
}

/// What the person said about how to reach them, as given with this complaint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GivenContact {
    /// The name given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The phone number given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The e-mail address given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// What the customer said, and the first assessment.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::complaint_statements, treat_none_as_null = true, treat_none_as_default_value = false, primary_key(complaint_id))]
pub struct Statement {
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// In the customer's own words.
    pub statement: String,
    /// What can be verified.
    pub facts: Json<Vec<String>>,
    /// What is a personal view.
    pub opinions: Json<Vec<String>>,
    /// The product.
    pub product: Option<String>,
    /// The order, contract or account.
    pub order_ref: Option<String>,
    /// When it happened.
    pub incident_at: Option<Moment>,
    /// What the customer wants (ISO 10002).
    pub desired_remedy: Option<String>,
    /// Whether somebody may be hurt (ISO 10002).
    pub safety: bool,
    /// How involved it is (ISO 10002).
    pub complexity: Level,
    /// How far it reaches (ISO 10002).
    pub impact: Level,
    /// Whether something must be done at once (ISO 10002).
    pub immediate_action: bool,
    /// How the customer wants to be reached about this.
    pub preferred_medium: Option<Medium>,
    /// When, in the customer's words.
    pub preferred_time: Option<String>,
    /// Its id in another system.
    pub external_ref: Option<String>,
    /// How to reach the person who spoke.
    pub given_contact: Json<GivenContact>,
}

/// What an agent records about a step. Each step has its own fields; the others stay out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepRecord {
    /// Step `listen`: the customer's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        max_length = 10000,
        example = "The router has dropped out every evening for two weeks."
    )]
    pub own_words: Option<String>,
    /// Step `listen`: what can be verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50)]
    pub facts: Option<Vec<String>>,
    /// Step `listen`: what is a personal view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50)]
    pub opinions: Option<Vec<String>>,
    /// Step `accept_feelings`: the feeling that was named back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub feeling: Option<String>,
    /// Step `apologise`: what was apologised for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub apologised_for: Option<String>,
    /// Step `understand_needs`: what the customer needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub need: Option<String>,
    /// Step `understand_needs`: what the customer worries about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub worry: Option<String>,
    /// Step `seek_solutions`: what was offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub options: Option<Vec<String>>,
    /// Step `seek_solutions`: what was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub agreed: Option<String>,
    /// Step `explain_actions`: who will do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub who: Option<String>,
    /// Step `explain_actions`: what will be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub what: Option<String>,
    /// Step `explain_actions`: by when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_when: Option<Moment>,
    /// Step `call_back`: the promise that ended it. Set by the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(read_only)]
    pub call_back_id: Option<CallBackId>,
    /// Step `call_back`: what it led to. Set by the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(read_only)]
    pub outcome: Option<CallBackOutcome>,
}

/// A step that was done or skipped.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::handling_steps, treat_none_as_null = true, treat_none_as_default_value = false, primary_key(complaint_id, round, step))]
pub struct StepRow {
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// Which round.
    pub round: i32,
    /// Which step.
    pub step: HandlingStep,
    /// What was recorded, when it was done.
    pub recorded: Option<Json<StepRecord>>,
    /// Why it was skipped, when it was.
    pub skip_reason: Option<SkipReason>,
    /// More about why.
    pub skip_note: Option<String>,
    /// Who did it.
    pub agent: String,
    /// When.
    pub done_at: Moment,
    /// When it was last amended.
    pub amended_at: Option<Moment>,
}

/// A change of the customer type during the case.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::customer_type_changes, treat_none_as_default_value = false)]
pub struct TypeChange {
    /// Its name here.
    pub id: TypeChangeId,
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// The type from then on.
    pub customer_type: CustomerType,
    /// What showed it.
    pub note: Option<String>,
    /// Who saw it.
    pub agent: String,
    /// When.
    pub changed_at: Moment,
}

/// A promise to call back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::call_backs, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CallBack {
    /// Its name here.
    pub id: CallBackId,
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// What for.
    pub purpose: CallBackPurpose,
    /// Where it stands.
    pub state: CallBackState,
    /// The customer may expect the call from then.
    pub window_start: Moment,
    /// The promise is late after that.
    pub window_end: Moment,
    /// The customer's time zone (IANA), for showing the window.
    pub time_zone: String,
    /// The number to call, E.164.
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
    /// The first attempt in which the desk did call in the window, or reached the customer.
    pub first_attempt_at: Option<Moment>,
    /// Attempts that count, carried over when the desk reschedules.
    pub attempts: i32,
    /// What it led to.
    pub outcome: Option<CallBackOutcome>,
    /// When it was settled.
    pub settled_at: Option<Moment>,
    /// Counts the changes; the ETag.
    pub version: i32,
    /// The last attempt that counts, carried over like their number.
    pub last_attempt_at: Option<Moment>,
}

/// One attempt to keep a promise.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::call_back_attempts, treat_none_as_default_value = false)]
pub struct Attempt {
    /// Its name here.
    pub id: AttemptId,
    /// Which promise.
    pub call_back_id: CallBackId,
    /// What it led to.
    pub result: AttemptResult,
    /// What the customer said about the matter, when reached.
    pub satisfied: Option<bool>,
    /// What was said.
    pub note: Option<String>,
    /// Where the recording is.
    pub recording_ref: Option<String>,
    /// Who called.
    pub agent: String,
    /// When.
    pub attempted_at: Moment,
    /// Why it does not count towards the policy's number.
    pub not_counted: Option<NotCounted>,
}

/// One closing of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::closures, treat_none_as_default_value = false)]
pub struct Closure {
    /// Its name here.
    pub id: ClosureId,
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// In which round.
    pub round: i32,
    /// What was decided.
    pub decision: Decision,
    /// Why.
    pub decision_reason: String,
    /// What allowed the closing.
    pub ground: ClosingGround,
    /// What was given.
    pub redress_type: Option<RedressType>,
    /// How much, in the currency's minor units.
    pub redress_minor_units: Option<i64>,
    /// ISO 4217.
    pub redress_currency: Option<String>,
    /// How far the redress has come.
    pub redress_status: Option<RedressStatus>,
    /// Which of the seven causes.
    pub cause_category: Option<CauseCategory>,
    /// The root cause.
    pub root_cause: Option<String>,
    /// Whether it was resolved in the first contact.
    pub on_the_spot: bool,
    /// Who closed it.
    pub closed_by: String,
    /// When.
    pub closed_at: Moment,
}

/// An entry of the timeline. Entries are only ever added.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::timeline_entries, treat_none_as_default_value = false)]
pub struct TimelineEntry {
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// Its name here; ascends with time.
    pub id: EntryId,
    /// What happened, in the past tense.
    pub action: String,
    /// What kind of actor did it.
    pub actor_kind: ActorKind,
    /// Who.
    pub actor: String,
    /// The values before.
    pub before: Option<Json<serde_json::Value>>,
    /// The values after.
    pub after: Option<Json<serde_json::Value>>,
    /// The request it belongs to.
    pub request_id: Option<String>,
    /// When.
    pub happened_at: Moment,
}

/// A message from or to the customer, or a note among ourselves.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::messages, treat_none_as_default_value = false)]
pub struct Message {
    /// Its name here.
    pub id: MessageId,
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// Which way it went.
    pub direction: Direction,
    /// The text.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub written_at: Moment,
    /// Why it was kept and not sent, when it was to be.
    pub not_sent: Option<NotSent>,
}
