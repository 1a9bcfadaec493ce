//! Tags, watchers, canned texts, macros, bulk actions, saved views, relations and merging.

mod bulk;
mod crash;
mod marks;
mod relations;
mod texts;
mod views;
mod watching;

use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::support::Desk;

pub const BULK: &str = "/api/v1/bulk-actions";
pub const VIEWS: &str = "/api/v1/views";

/// A wording for everybody.
pub fn wording(language: &str, body: &str) -> Value {
    json!({ "language": language, "body": body })
}

/// A canned text, made by a lead.
pub async fn text_of(desk: &Desk, slug: &str, wordings: &Value) {
    let body = json!({ "title": "A text", "wordings": wordings });
    let path = format!("/api/v1/canned-texts/{slug}");
    let made = desk.client(Role::Lead).put(&path, &body).await;
    assert!(matches!(made.status, 200 | 201), "{}", made.text);
}

/// A macro, made by a lead.
pub async fn macro_of(desk: &Desk, slug: &str, actions: &Value) {
    let body = json!({ "title": "A macro", "actions": actions });
    let path = format!("/api/v1/macros/{slug}");
    let made = desk.client(Role::Lead).put(&path, &body).await;
    assert!(matches!(made.status, 200 | 201), "{}", made.text);
}
