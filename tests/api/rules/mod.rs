//! `/api/v1/rules`: rules on events and on time, what they do, and that they cannot drive each other in circles.

mod crash;
mod escalate;
mod given_up;
mod log;
mod once;
mod timed;
mod written;

use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::fixtures::{COMPLAINTS, merged};
use crate::staff::{admin, id_of, team};
use crate::support::{Desk, Reply};

pub const RULES: &str = "/api/v1/rules";

/// A rule that does these things.
#[expect(clippy::needless_pass_by_value, reason = "values that are made where it is called")]
pub fn rule(slug: &str, on: Value, conditions: Value, then: Value) -> Value {
    json!({ "slug": slug, "on": on, "conditions": conditions, "then": then })
}

/// A rule that writes a note with its own name.
pub fn note(slug: &str, on: Value, conditions: Value) -> Value {
    rule(slug, on, conditions, json!([{ "do": "add_note", "body": slug }]))
}

/// An event of which nothing more is said.
pub fn on(event: &str) -> Value {
    json!({ "event": event })
}

/// A time that has to pass.
pub fn after(minutes: i64, since: &str) -> Value {
    json!({ "event": "time_passed", "time": { "minutes": minutes, "since": since } })
}

/// Writes rules; they are not in force.
pub async fn write(desk: &Desk, rules: &[Value]) -> Reply {
    admin(desk).put(RULES, &json!({ "rules": rules })).await.expect(200)
}

/// Writes rules and brings them into force.
pub async fn enforce(desk: &Desk, rules: &[Value]) -> Reply {
    let written = write(desk, rules).await;
    let path = format!("{RULES}/versions/{}/activate", written.at("/version"));
    admin(desk).post(&path, &Value::Null).await.expect(200)
}

/// What rules did, the newest first.
pub async fn firings(desk: &Desk, query: &str) -> Vec<Value> {
    let page = desk
        .client(Role::Lead)
        .get(&format!("{RULES}/firings?limit=200&{query}"))
        .await;
    page.expect(200).items().to_vec()
}

/// Which rules fired on a complaint and what became of it, the oldest first.
pub async fn fired(desk: &Desk, id: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = firings(desk, &format!("complaint_id={id}"))
        .await
        .iter()
        .map(|firing| (word(firing, "rule"), word(firing, "outcome")))
        .collect();
    all.reverse();
    all
}

pub fn word(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

/// Pairs of rule and outcome.
pub fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter()
        .map(|(rule, outcome)| ((*rule).to_owned(), (*outcome).to_owned()))
        .collect()
}

/// The notes of a complaint.
pub async fn notes(desk: &Desk, id: &str) -> Vec<String> {
    let list = admin(desk)
        .get(&format!("{COMPLAINTS}/{id}/messages?limit=200"))
        .await
        .expect(200);
    let internal = list.items().iter().filter(|one| one["direction"] == "internal");
    internal.map(|one| word(one, "body")).collect()
}

/// A team with a lead.
pub async fn led(desk: &Desk, name: &str, lead: &str) -> String {
    let made = team(desk, name, &[]).await;
    let path = format!("/api/v1/teams/{made}/members/{}", id_of(desk, lead).await);
    admin(desk).put(&path, &json!({ "leads": true })).await.expect(200);
    made
}

/// Conditions of what a complaint is like.
#[expect(clippy::needless_pass_by_value, reason = "values that are made where it is called")]
pub fn like(conditions: Value) -> Value {
    merged(json!({}), json!({ "complaint": conditions }))
}

/// Runs every background job, as another process does after the one before it was gone for a minute.
pub async fn run_jobs(desk: &Desk) {
    desk.execute("DELETE FROM job_leases");
    desk.run_each_job().await;
}
