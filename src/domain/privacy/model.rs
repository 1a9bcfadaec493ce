//! The rows of privacy, as they are stored.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::vocabulary::{ConsentPurpose, ConsentSource, LegalBasis, PrivacyAction, Removal};
use crate::clock::Moment;
use crate::db::schema;
use crate::db::types::Json;
use crate::domain::complaints::vocabulary::Kind;
use crate::domain::staff::ActorKind;
use crate::ids::{ComplaintId, ConsentId, CustomerId, HoldId, PrivacyEventId, RetentionRunId};

/// What a customer said about one purpose. Entries are only ever added; the newest holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::consents, treat_none_as_default_value = false)]
pub struct Consent {
    /// Its name here; ascends with time.
    pub id: ConsentId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// What for.
    pub purpose: ConsentPurpose,
    /// Given, or refused and withdrawn.
    pub given: bool,
    /// How the customer said it.
    pub source: ConsentSource,
    /// The wording that the customer was shown or read.
    pub wording: Option<String>,
    /// Where the proof is: a recording, a scanned letter.
    pub evidence_ref: Option<String>,
    /// More about it.
    pub note: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Moment,
}

/// A duty to keep the data of a customer or a complaint, whatever else holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::legal_holds, treat_none_as_default_value = false)]
pub struct LegalHold {
    /// Its name here.
    pub id: HoldId,
    /// Whose data.
    pub customer_id: CustomerId,
    /// Only of this complaint; of the whole customer when absent.
    pub complaint_id: Option<ComplaintId>,
    /// Why.
    pub reason: String,
    /// Until then; without an end when absent.
    pub until: Option<Moment>,
    /// Who placed it.
    pub placed_by: String,
    /// When.
    pub placed_at: Moment,
    /// Who lifted it.
    pub lifted_by: Option<String>,
    /// When.
    pub lifted_at: Option<Moment>,
}

/// Something that was done about a customer's privacy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::privacy_events, treat_none_as_default_value = false)]
pub struct PrivacyEvent {
    /// Its name here; ascends with time.
    pub id: PrivacyEventId,
    /// Whose data.
    pub customer_id: CustomerId,
    /// Only of this complaint.
    pub complaint_id: Option<ComplaintId>,
    /// What was done.
    pub action: PrivacyAction,
    /// On which ground.
    pub legal_basis: Option<LegalBasis>,
    /// Why, in words. They go with the data: they may name the person.
    pub reason: Option<String>,
    /// What kind of actor did it.
    pub actor_kind: ActorKind,
    /// Who.
    pub actor: String,
    /// When.
    pub happened_at: Moment,
}

/// For how long closed cases of one kind are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// Which kind.
    pub kind: Kind,
    /// Days after closing.
    #[schema(minimum = 1, maximum = 36500, example = 1095)]
    pub keep_days: i32,
    /// What becomes of a customer of whom no case is left. The case itself keeps its coded figures either way.
    pub then: Removal,
}

/// One version of the retention rules.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::retention_rules, treat_none_as_default_value = false)]
pub struct RuleSet {
    /// Counts the versions.
    pub version: i32,
    /// At most one rule for each kind; a kind without one is kept.
    pub rules: Json<Vec<RetentionRule>>,
    /// Whether the daily job applies them.
    pub active: bool,
    /// Who set them.
    pub set_by: String,
    /// When.
    pub set_at: Moment,
    /// When they were last tried without doing anything.
    pub dry_run_at: Option<Moment>,
    /// What would have gone then.
    pub dry_run: Option<Json<DryRun>>,
}

/// What the rules would remove now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DryRun {
    /// The version of the rules.
    pub version: i32,
    /// Cases whose content would go, by kind, counted up to 100,000 each.
    pub complaints: BTreeMap<String, i64>,
    /// Of these, those that a legal hold or a restriction keeps.
    pub held: i64,
    /// Some of the cases, the longest closed first.
    pub sample: Vec<ComplaintId>,
}

/// What the retention rules did on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::retention_runs, treat_none_as_default_value = false)]
pub struct RetentionRun {
    /// Its name here.
    pub id: RetentionRunId,
    /// By which version of the rules.
    pub rules_version: i32,
    /// The day (UTC).
    #[schema(example = "2026-11-25")]
    pub day: String,
    /// Cases whose content was removed.
    pub complaints: i32,
    /// Customers that were anonymised or erased.
    pub customers: i32,
    /// Cases that a legal hold or a restriction kept.
    pub kept: i32,
    /// Whether everything due that day was done.
    pub finished: bool,
    /// When it began.
    pub started_at: Moment,
    /// When it last did something.
    pub last_at: Moment,
}
