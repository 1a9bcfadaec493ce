//! What an event tells of fields. Coded values (states, kinds, times, ids, who of us) stand in the event
//! itself. Whatever a person typed or is known by stands elsewhere and is told by reference: an erasure
//! takes it away there, and the sealed event stays as it is.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::store;
use crate::db::conn::Conn;
use crate::db::schema::audit_values;
use crate::db::types::Json;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::{AuditValueId, CustomerId};

/// The fields whose values are codes, numbers, times, ids of rows or names of our own people. Every other
/// value is told by reference.
const CODED: &[&str] = &[
    "asked_by",
    "attempts",
    "ball_with",
    "by",
    "by_when",
    "call_back_id",
    "cause_category",
    "channel",
    "clock_id",
    "complexity",
    "customer_id",
    "customer_type",
    "decision",
    "due_at",
    "duplicate_of",
    "first_expressed_at",
    "grade",
    "ground",
    "immediate_action",
    "impact",
    "incident_at",
    "kind",
    "language",
    "level",
    "matched_by",
    "message_id",
    "metric",
    "not_counted",
    "on_the_spot",
    "outcome",
    "owner",
    "policy",
    "policy_version",
    "preferred_language",
    "purpose",
    "recipient",
    "redress_currency",
    "redress_minor_units",
    "redress_status",
    "redress_type",
    "rescheduled_from",
    "result",
    "round",
    "safety",
    "satisfied",
    "segment",
    "severity",
    "signal_at",
    "skipped",
    "state",
    "status",
    "step",
    "team_id",
    "tier",
    "time_zone",
    "window_end",
    "window_start",
];

/// `value` with everything that is not coded replaced by a reference to the entry of the timeline that
/// holds it, at the same place.
pub fn by_reference(value: &Value) -> Value {
    fn walk(name: Option<&str>, value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), walk(Some(name), value)))
                    .collect(),
            ),
            Value::Null | Value::Bool(_) => value.clone(),
            _ if name.is_some_and(|name| CODED.contains(&name)) => value.clone(),
            _ => json!({ "ref": "timeline" }),
        }
    }
    walk(None, value)
}

/// What a field of a customer held: kept apart, so that it can be forgotten.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_values)]
pub struct ValueRow {
    /// What the event refers to.
    pub id: AuditValueId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// Random bytes that go into the digest, so that nobody can guess the value once it is forgotten.
    pub salt: Vec<u8>,
    /// The value.
    pub value: Json<Value>,
}

impl ValueRow {
    /// What the sealed event holds of the value.
    pub fn digest(&self) -> Result<String> {
        let mut hasher = Sha256::new();
        hasher.update(&self.salt);
        hasher.update(serde_json::to_vec(&super::seal::canonical(&self.value.0))?);
        Ok(super::seal::hex(&hasher.finalize()))
    }
}

/// Changes of a customer's record, field by field.
#[derive(Debug, Default)]
pub struct Change {
    before: Map<String, Value>,
    after: Map<String, Value>,
}

impl Change {
    /// Nothing changed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A field, if its value changed.
    pub fn field<T: Serialize>(&mut self, name: &str, before: Option<&T>, after: &T) -> Result<()> {
        let before = before.map(serde_json::to_value).transpose()?;
        let after = serde_json::to_value(after)?;
        if before.as_ref() == Some(&after) {
            return Ok(());
        }
        if let Some(before) = before {
            self.before.insert(name.to_owned(), before);
        }
        self.after.insert(name.to_owned(), after);
        Ok(())
    }

    /// The fields for an event about `customer`; what is personal is put away and told by reference.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn told(self, conn: &mut Conn, act: &Act, customer: CustomerId) -> Result<Value> {
        let mut rows = Vec::new();
        let mut put_away = |members: Map<String, Value>| -> Result<Value> {
            let mut out = Map::new();
            for (name, value) in members {
                let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
                let told = if empty || CODED.contains(&name.as_str()) {
                    value
                } else {
                    let row = ValueRow {
                        id: AuditValueId::new(act.now),
                        customer_id: customer,
                        salt: rand::random::<[u8; 16]>().to_vec(),
                        value: Json(value),
                    };
                    let told = json!({ "ref": row.id, "digest": row.digest()? });
                    rows.push(row);
                    told
                };
                out.insert(name, told);
            }
            Ok(Value::Object(out))
        };
        let told = json!({ "before": put_away(self.before)?, "after": put_away(self.after)? });
        store::insert_values(conn, &rows)?;
        Ok(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stay_and_what_people_wrote_is_told_by_reference() {
        let value = json!({
            "state": "closed", "reason": "he shouted", "window_end": "2026-11-25T10:00:00Z", "satisfied": true,
            "facts": ["a name"], "redress": { "redress_type": "credit", "note": "ask Li" },
        });
        let reference = json!({ "ref": "timeline" });
        let expected = json!({
            "state": "closed", "reason": reference, "window_end": "2026-11-25T10:00:00Z", "satisfied": true,
            "facts": reference, "redress": { "redress_type": "credit", "note": reference },
        });
        assert_eq!(by_reference(&value), expected);
    }

    #[test]
    fn the_digest_depends_on_the_salt_and_not_on_the_order_of_members() {
        let row = |salt: u8, value| ValueRow {
            id: AuditValueId(uuid::Uuid::nil()),
            customer_id: CustomerId(uuid::Uuid::nil()),
            salt: vec![salt; 16],
            value: Json(value),
        };
        let one = row(1, json!({ "a": 1, "b": 2 })).digest().unwrap();
        assert_eq!(one, row(1, json!({ "b": 2, "a": 1 })).digest().unwrap());
        assert_ne!(one, row(2, json!({ "a": 1, "b": 2 })).digest().unwrap());
    }
}
