//! Attacks. Those on every operation are made from the schemas of the OpenAPI file: a new operation is attacked as
//! it is. The others are what strangers may try: asking too often, sending slowly or too much, guessing.

mod challenge;
mod cursors;
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

use serde_json::Value;

/// Every text in a value, however deep it is.
fn strings<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(members) => members.iter().for_each(|member| strings(member, into)),
        Value::Object(members) => members.values().for_each(|member| strings(member, into)),
        _ => {}
    }
}
