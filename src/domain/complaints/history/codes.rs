//! What stays of an entry of the timeline when personal content is removed: words of the vocabulary, ids of rows,
//! names of our own people, numbers and times. What a person typed goes.

use serde_json::{Map, Value};

use crate::domain::complaints::vocabulary::HandlingStep;

/// The members whose values are codes. They are in no entry's free text: every other member goes, and so does one
/// that somebody adds.
const KEPT: &[&str] = &[
    "ball_with",
    "by_when",
    "call_back_id",
    "category",
    "cause_category",
    "complexity",
    "customer_type",
    "decision",
    "first_expressed_at",
    "ground",
    "immediate_action",
    "impact",
    "kind",
    "language",
    "on_the_spot",
    "outcome",
    "owner",
    "preferred_medium",
    "redress_type",
    "round",
    "safety",
    "severity",
    "skipped",
    "status",
    "team",
];

/// The codes of the values of an entry; `None` when nothing is left. Members named by a step are walked into.
pub fn of(values: &Value) -> Option<Value> {
    let members = values.as_object()?;
    let mut kept = Map::new();
    for (name, value) in members {
        if name.parse::<HandlingStep>().is_ok() {
            let inner = of(value).unwrap_or_else(|| Value::Object(Map::new()));
            kept.insert(name.clone(), inner);
        } else if KEPT.contains(&name.as_str()) && !value.is_object() && !value.is_array() {
            kept.insert(name.clone(), value.clone());
        }
    }
    (!kept.is_empty()).then_some(Value::Object(kept))
}
