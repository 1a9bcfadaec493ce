//! Clocks: by when what has to happen to a complaint, whether it did, and why then.

mod journey;
mod policies;
mod sweep;
pub mod ways;

use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::fixtures::{Case, merged};
use crate::journeys::by_phone;
use crate::support::{Desk, Reply};

/// Where policies are.
pub const POLICIES: &str = "/api/v1/sla-policies";

/// A clock that waits for something, with so many minutes of opening time.
pub fn metric(slug: &str, kind: &str, minutes: i64) -> Value {
    json!({
        "slug": slug, "kind": kind, "name": { "en": slug, "zh-CN": slug },
        "target": { "amount": minutes, "unit": "business_minutes" },
    })
}

/// A policy of ours with these clocks.
pub fn policy(metrics: &[Value]) -> Value {
    json!({
        "name": { "en": "Ours", "zh-CN": "我们的" }, "family": "service", "calendar": "standard", "metrics": metrics,
    })
}

/// A policy of ours with nothing but the resolution, within so many minutes of opening time.
pub fn resolve_within(minutes: i64) -> Value {
    policy(&[merged(
        metric("resolve", "resolve", minutes),
        json!({ "pausable": true }),
    )])
}

/// Makes a policy; it is not in force.
pub async fn make(desk: &Desk, slug: &str, policy: &Value) -> Reply {
    let form = json!({ "slug": slug, "policy": policy });
    desk.client(Role::Operations).post(POLICIES, &form).await.expect(201)
}

/// Makes a policy and brings it into force.
pub async fn enforce(desk: &Desk, slug: &str, policy: &Value) -> Reply {
    make(desk, slug, policy).await;
    let path = format!("{POLICIES}/{slug}/activate");
    desk.client(Role::Operations)
        .post(&path, &Value::Null)
        .await
        .expect(200)
}

/// Installs a rule pack and brings it into force.
pub async fn install(desk: &Desk, pack: &str) -> Reply {
    let path = format!("/api/v1/sla-packs/{pack}/install");
    desk.client(Role::Operations)
        .post(&path, &json!({ "activate": true }))
        .await
        .expect(201)
}

/// A complaint by letter: nobody has spoken with the customer, and nobody was told that it arrived.
pub async fn by_letter(desk: &Desk) -> Case<'_> {
    Case::of(desk, &merged(by_phone(), json!({ "channel": "letter" }))).await
}

impl Case<'_> {
    /// The clocks, as they stand now.
    pub async fn clocks(&self) -> Vec<Value> {
        self.list("clocks").await.items().to_vec()
    }

    /// The clocks of a metric, in the order in which they began.
    pub async fn clocks_of(&self, metric: &str) -> Vec<Value> {
        let mut clocks = self.clocks().await;
        clocks.retain(|clock| clock["metric"] == metric);
        clocks.sort_by_key(|clock| clock["cycle"].as_i64());
        clocks
    }

    /// Where the clocks of a metric stand.
    pub async fn states_of(&self, metric: &str) -> Vec<String> {
        let clocks = self.clocks_of(metric).await;
        clocks
            .iter()
            .map(|clock| clock["state"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The only clock of a metric.
    pub async fn clock(&self, metric: &str) -> Value {
        let mut clocks = self.clocks_of(metric).await;
        assert_eq!(clocks.len(), 1, "{clocks:#?}");
        clocks.remove(0)
    }
}
