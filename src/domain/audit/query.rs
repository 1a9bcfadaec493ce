//! Asking the audit: who did it, what was done to this, who read about that customer.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{EventRow, ObjectKind, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::staff::ActorKind;
use crate::error::{Error, Result};
use crate::ids::{AnyId, AuditEventId, AuditValueId, CustomerId};

/// Which events; everything that is said must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Done by this person or service token.
    pub actor_id: Option<AnyId>,
    /// Done under this name.
    pub actor: Option<String>,
    /// What was done; all of a kind when it ends with a dot (`complaint.`).
    pub action: Option<String>,
    /// Done to this kind of thing.
    pub object_kind: Option<ObjectKind>,
    /// Done to this.
    pub object_id: Option<AnyId>,
    /// About the personal data of this customer.
    pub customer_id: Option<CustomerId>,
    /// Of this request.
    pub request_id: Option<String>,
    /// At or after this moment.
    pub from: Option<Moment>,
    /// Before this moment.
    pub before: Option<Moment>,
}

/// An event of the audit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditEvent {
    /// Its name here; ascends with time.
    pub id: AuditEventId,
    /// When.
    pub happened_at: Moment,
    /// What kind of actor.
    pub actor_kind: ActorKind,
    /// The actor's name at that time: a person's handle, a token's name.
    #[schema(example = "li.na")]
    pub actor: String,
    /// The person or service token.
    pub actor_id: Option<AnyId>,
    /// What was done.
    #[schema(example = "complaint.closed")]
    pub action: String,
    /// What it was done to.
    pub object_kind: ObjectKind,
    /// Which one.
    pub object_id: Option<AnyId>,
    /// Fields before and after, and what else is to be known. Personal values are told by reference.
    pub fields: Option<Value>,
    /// What the caller said it was for (`X-Purpose`).
    pub purpose: Option<String>,
    /// The request it belongs to.
    pub request_id: Option<String>,
    /// Where the request came from; not for customers.
    pub address: Option<String>,
}

/// An event with what it refers to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditEventDetail {
    /// The event.
    #[serde(flatten)]
    pub event: AuditEvent,
    /// Whose personal data it is about.
    pub customers: Vec<CustomerId>,
    /// The values that `fields` refers to, by the reference; `null` for those forgotten with their customer.
    pub values: Map<String, Value>,
}

impl From<EventRow> for AuditEvent {
    fn from(row: EventRow) -> Self {
        let EventRow {
            id,
            happened_at,
            actor_kind,
            actor,
            actor_id,
            action,
            object_kind,
            object_id,
            fields,
            purpose,
            request_id,
            address,
        } = row;
        Self {
            id,
            happened_at,
            actor_kind,
            actor,
            actor_id,
            action,
            object_kind,
            object_id,
            fields: fields.map(|json| json.0),
            purpose,
            request_id,
            address,
        }
    }
}

/// A page of events, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, filter: &Filter, below: Option<AuditEventId>, limit: i64) -> Result<Vec<AuditEvent>> {
    let rows = store::events(conn, filter, below, limit)?;
    Ok(rows.into_iter().map(AuditEvent::from).collect())
}

/// An event with the values it refers to.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, id: AuditEventId) -> Result<AuditEventDetail> {
    let row = store::find_event(conn, id)?.ok_or_else(|| Error::not_found("event"))?;
    let mut customers: Vec<CustomerId> = store::subjects_of(conn, &[id])?
        .into_iter()
        .map(|subject| subject.customer_id)
        .collect();
    customers.sort();
    let mut values = Map::new();
    for member in ["before", "after"] {
        let fields = row.fields.as_ref().and_then(|fields| fields.0.get(member)?.as_object());
        for reference in fields
            .into_iter()
            .flat_map(Map::values)
            .filter_map(|told| told.get("ref")?.as_str())
        {
            values.insert(reference.to_owned(), Value::Null);
        }
    }
    let ids: Vec<AuditValueId> = values
        .keys()
        .filter_map(|id| id.parse().ok().map(AuditValueId))
        .collect();
    for value in store::values(conn, &ids)? {
        values.insert(value.id.to_string(), value.value.0);
    }
    values.retain(|reference, _| reference != "timeline");
    Ok(AuditEventDetail {
        event: row.into(),
        customers,
        values,
    })
}
