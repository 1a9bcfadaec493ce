//! Attacks. Those on every operation are made from the schemas of the OpenAPI file: a new operation is attacked as
//! it is. The others are what strangers may try: asking too often, sending slowly or too much, guessing.

mod challenge;
mod cursors;
mod document;
mod edges;
mod headers;
mod ids;
mod limits;
mod links;
mod mail;
mod mass_assignment;
mod queries;
mod schemas;
mod sign_in;
mod texts;
mod tokens;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::contract::operations::Operation;
use crate::fixtures::Case;

/// Every text in a value, however deep it is.
fn strings<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(members) => members.iter().for_each(|member| strings(member, into)),
        Value::Object(members) => members.values().for_each(|member| strings(member, into)),
        _ => {}
    }
}

/// The address of the operation, at this complaint, its customer, and others that the desk has.
fn at(operation: &Operation, ids: &BTreeMap<&str, String>) -> String {
    let mut parts: Vec<&str> = operation.path.split('/').collect();
    for n in 1..parts.len() {
        if parts[n] == "{id}" {
            let id = ids.get(parts[n - 1]);
            parts[n] = id.unwrap_or_else(|| panic!("add an id for {}", operation.name()));
        }
        if parts[n] == "{slug}" && parts[n - 1] == "calendars" {
            parts[n] = "standard";
        }
    }
    parts.join("/")
}

/// Ids of a complaint and of its customer, by the part of the address before them.
async fn ids_of(case: &Case<'_>) -> BTreeMap<&'static str, String> {
    let customer = case.get().await.str("/customer_id").to_owned();
    let staff = crate::staff::id_of(case.desk, "mary").await;
    let body = json!({ "ids": [case.id, staff], "actions": [{ "do": "watch" }] });
    let bulk = case.agent.post("/api/v1/bulk-actions", &body).await.expect(202);
    let action = crate::leads::about(case).await;
    let drawn = crate::leads::drawn(case.desk).await;
    BTreeMap::from([
        ("bulk-actions", bulk.id().to_owned()),
        ("complaints", case.id.clone()),
        ("customers", customer),
        ("staff", staff),
        ("corrective-actions", action),
        ("review-picks", drawn.pick),
        ("call-reviews", drawn.id),
    ])
}
