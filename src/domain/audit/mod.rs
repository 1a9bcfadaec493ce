//! The audit: who changed what, who read whose personal data, who exported what. Rows are only ever
//! added, in the transaction of the change; a job seals them in batches (see [`seal`]), so that what is
//! edited, removed or put in another order afterwards is found.
//!
//! The rows hold no personal data of customers: what a field held is told by reference (see [`fields`]),
//! so an erasure need not rewrite the audit.

pub mod fields;
pub mod query;
pub mod seal;
mod store;

use std::borrow::Cow;

use diesel::prelude::*;
use serde_json::Value;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{audit_events, audit_subjects};
use crate::db::types::Json;
use crate::domain::staff::{Act, ActorKind};
use crate::error::Result;
use crate::ids::{AnyId, AuditEventId, AuditValueId, CustomerId};
use crate::text_enum;

pub use self::fields::Change;

text_enum! {
    /// What kind of thing an event is about.
    ObjectKind {
        /// A complaint, question or feedback.
        Complaint = "complaint",
        /// A promise to call back.
        CallBack = "call_back",
        /// A customer record.
        Customer = "customer",
        /// A person who works here.
        Person = "person",
        /// A team.
        Team = "team",
        /// A role of the installation's own; its slug is among the fields.
        Role = "role",
        /// A service token.
        ServiceToken = "service_token",
        /// A sign-in of a person.
        Session = "session",
        /// A file that belongs to a complaint.
        Attachment = "attachment",
        /// A retention rule.
        RetentionRule = "retention_rule",
        /// A business calendar; its slug is among the fields.
        Calendar = "calendar",
        /// What the typing of customers has learnt.
        Typing = "typing",
        /// A policy of deadlines; its slug is among the fields.
        SlaPolicy = "sla_policy",
        /// The rules of routing; their version is among the fields.
        Routing = "routing",
        /// The rules on events and time; their version is among the fields.
        Rules = "rules",
        /// A canned text; its slug is among the fields.
        CannedText = "canned_text",
        /// A macro; its slug is among the fields.
        Macro = "macro",
        /// A bulk action.
        BulkAction = "bulk_action",
        /// A saved view of the list of complaints.
        View = "view",
        /// A corrective action.
        CorrectiveAction = "corrective_action",
        /// A call that was picked for review, or a pick of them.
        CallReview = "call_review",
        /// The form by which calls are reviewed; its version is among the fields.
        ReviewForm = "review_form",
        /// A report; its name is among the fields.
        Report = "report",
        /// The audit itself.
        Audit = "audit",
    }
}

/// Something that is to be told to the audit.
#[derive(Debug, Clone)]
pub struct Event {
    action: Cow<'static, str>,
    object_kind: ObjectKind,
    object_id: Option<AnyId>,
    customers: Vec<CustomerId>,
    fields: Option<Value>,
    from_address: bool,
}

impl Event {
    /// `action` (past tense, after the kind of the object: `complaint.closed`) on this object.
    pub fn on(object_kind: ObjectKind, id: uuid::Uuid, action: impl Into<Cow<'static, str>>) -> Self {
        Self {
            object_id: Some(AnyId(id)),
            ..Self::about_many(object_kind, action)
        }
    }

    /// `action` on many objects, or on none in particular.
    pub fn about_many(object_kind: ObjectKind, action: impl Into<Cow<'static, str>>) -> Self {
        Self {
            action: action.into(),
            object_kind,
            object_id: None,
            customers: Vec::new(),
            fields: None,
            from_address: false,
        }
    }

    /// Where the request came from is to be known, whoever sent it: of strangers who try to sign in.
    pub fn from_address(mut self) -> Self {
        self.from_address = true;
        self
    }

    /// Whose personal data it is about.
    pub fn of(mut self, customers: impl IntoIterator<Item = CustomerId>) -> Self {
        self.customers.extend(customers);
        self.customers.sort();
        self.customers.dedup();
        self
    }

    /// What else is to be known; no personal data of customers.
    pub fn with(mut self, fields: Value) -> Self {
        self.fields = Some(fields);
        self
    }
}

/// A row of the audit.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
pub struct EventRow {
    /// Its name here; ascends with time.
    pub id: AuditEventId,
    /// When.
    pub happened_at: Moment,
    /// What kind of actor.
    pub actor_kind: ActorKind,
    /// The actor's name at that time.
    pub actor: String,
    /// The person or service token.
    pub actor_id: Option<AnyId>,
    /// What was done.
    pub action: String,
    /// What it was done to.
    pub object_kind: ObjectKind,
    /// Which one.
    pub object_id: Option<AnyId>,
    /// Fields before and after, and what else is to be known.
    pub fields: Option<Json<Value>>,
    /// What the caller said it was for.
    pub purpose: Option<String>,
    /// The request it belongs to.
    pub request_id: Option<String>,
    /// Where the request came from.
    pub address: Option<String>,
}

/// Whose personal data an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_subjects)]
pub struct SubjectRow {
    /// The event.
    pub event_id: AuditEventId,
    /// The customer.
    pub customer_id: CustomerId,
}

/// An event as it will be written.
#[derive(Debug, Clone)]
pub struct Entry {
    row: EventRow,
    subjects: Vec<SubjectRow>,
}

impl Entry {
    /// The event, done by this act.
    pub fn of(act: &Act, event: Event) -> Self {
        let id = AuditEventId::new(act.now);
        // Where customers write from is their personal data, and nobody's business here.
        let is_staff = act.actor.kind == ActorKind::Staff;
        let address = act.address.filter(|_| is_staff || event.from_address);
        Self {
            subjects: event
                .customers
                .into_iter()
                .map(|customer_id| SubjectRow {
                    event_id: id,
                    customer_id,
                })
                .collect(),
            row: EventRow {
                id,
                happened_at: act.now,
                actor_kind: act.actor.kind,
                actor: act.actor.name.clone(),
                actor_id: act.actor.principal.map(|principal| AnyId(principal.uuid())),
                action: event.action.into_owned(),
                object_kind: event.object_kind,
                object_id: event.object_id,
                fields: event.fields.map(Json),
                // The audit is never rewritten, so strangers write nothing of their own into it.
                purpose: act.purpose.as_deref().filter(|_| is_staff).map(str::to_owned),
                request_id: act.request_id.as_deref().map(str::to_owned),
                address: address.map(|address| address.to_string()),
            },
        }
    }
}

/// Writes an event, in the transaction of what it tells of.
///
/// # Errors
/// When the database refuses.
pub fn record(conn: &mut Conn, act: &Act, event: Event) -> Result<()> {
    record_all(conn, &[Entry::of(act, event)])
}

/// Writes events, in the transaction of what they tell of.
///
/// # Errors
/// When the database refuses.
pub fn record_all(conn: &mut Conn, entries: &[Entry]) -> Result<()> {
    let rows: Vec<EventRow> = entries.iter().map(|entry| entry.row.clone()).collect();
    let subjects: Vec<SubjectRow> = entries
        .iter()
        .flat_map(|entry| entry.subjects.iter().cloned())
        .collect();
    store::insert(conn, &rows, &subjects)
}

/// Writes that personal data is about to be shown; for the lane that many readers share.
///
/// # Errors
/// When the database refuses.
pub fn disclose_all(conn: &mut Conn, entries: &[Entry]) -> Result<Vec<()>> {
    record_all(conn, entries)?;
    Ok(vec![(); entries.len()])
}

/// What fields of a customer's record held, by what events call it, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn values_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<(AuditValueId, Value)>> {
    let rows = store::values_of(conn, customer)?;
    Ok(rows.into_iter().map(|row| (row.id, row.value.0)).collect())
}

/// How many values of fields of a customer are kept.
///
/// # Errors
/// When the database refuses.
pub fn count_values(conn: &mut Conn, customer: CustomerId) -> Result<i64> {
    store::count_values(conn, customer)
}

/// Forgets what fields of a customer held, for the erasure: the audit keeps that they changed, who did it
/// and when.
///
/// # Errors
/// When the database refuses.
pub fn forget_values(conn: &mut Conn, customer: CustomerId) -> Result<usize> {
    store::delete_values(conn, customer)
}
