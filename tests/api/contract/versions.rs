//! `ETag` and `If-Match`: nobody's work is overwritten unseen.

use std::collections::BTreeSet;

use hark::api::openapi::WITHOUT_VERSION;
use hark::domain::staff::Role;
use serde_json::json;

use super::access::nowhere;
use super::operations::{Operation, operations, sample};
use crate::fixtures::{COMPLAINTS, log, method};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::{Desk, person};

/// Operations that make something new, or ask: there is nothing yet that could have changed.
const MAKE: &[&str] = &[
    "POST /api/v1/bulk-actions",
    "POST /api/v1/calendars",
    "POST /api/v1/complaints",
    "POST /api/v1/corrective-actions",
    "POST /api/v1/customers",
    "POST /api/v1/me/second-factor",
    "POST /api/v1/me/second-factor/confirm",
    "POST /api/v1/me/second-factor/remove",
    "POST /api/v1/public/complaints",
    "POST /api/v1/retention-rules/dry-run",
    "POST /api/v1/review-picks",
    "POST /api/v1/routing/deactivate",
    "POST /api/v1/routing/dry-run",
    "POST /api/v1/rules/deactivate",
    "POST /api/v1/rules/dry-run",
    "POST /api/v1/service-tokens",
    "POST /api/v1/session",
    "POST /api/v1/sla-policies",
    "POST /api/v1/sla-policies/preview",
    "POST /api/v1/staff",
    "POST /api/v1/teams",
    "POST /api/v1/typing/layers/undo",
    "POST /api/v1/typing/suggestions",
    "POST /api/v1/views",
    "POST /api/v1/work/take-next",
];

#[test]
fn every_operation_that_changes_what_there_is_takes_a_version_or_is_listed_with_the_reason() {
    let without: BTreeSet<&str> = WITHOUT_VERSION.iter().map(|(name, _)| *name).collect();
    assert!(WITHOUT_VERSION.iter().all(|(_, why)| why.len() > 10));
    let all = operations();
    let names: BTreeSet<String> = all.iter().map(Operation::name).collect();
    for listed in without.iter().chain(MAKE) {
        assert!(names.contains(*listed), "there is no {listed}");
    }
    for operation in all.iter().filter(|operation| operation.method != "GET") {
        let name = operation.name();
        let listed = without.contains(name.as_str()) || MAKE.contains(&name.as_str());
        assert_eq!(operation.takes("IfMatch"), !listed, "{name}");
        let answers = |status: &str| operation.value["responses"].get(status).is_some();
        assert_eq!(answers("412"), !listed, "{name} answers 412");
        assert_eq!(answers("428"), operation.takes("IfMatchRequired"), "{name} answers 428");
        assert_eq!(
            operation.takes("IfMatchRequired"),
            operation.method == "PATCH",
            "{name}"
        );
    }
}

// The header is looked at before any database is.
#[tokio::test]
async fn a_version_is_looked_at_exactly_where_the_openapi_file_says_so() {
    let desk = Desk::sqlite();
    let program = desk.client(Role::Admin).if_match("\"none of ours\"");
    let person = person::signed_in(&desk, "sun.li", "admin").await.client();
    let person = person.if_match("\"none of ours\"");
    let mut all = operations();
    // Who has signed out is nobody: last.
    all.sort_by_key(|operation| operation.name() == "DELETE /api/v1/session");
    for operation in all.iter().filter(|operation| operation.method != "GET") {
        let of_people = operation.value["x-permission"] == "person";
        let client = if of_people { &person } else { &program };
        let body = (!operation.deletes()).then_some(json!({}));
        let reply = client
            .send(method(&operation.method), &nowhere(operation), body.as_ref())
            .await;
        assert_eq!(
            reply.status == 412,
            operation.takes("IfMatch"),
            "{}: {}",
            operation.name(),
            reply.text
        );
    }
}

on_both! {
    async fn every_change_is_refused_on_a_stale_version_and_taken_on_the_present_one(desk) {
        for operation in operations().iter().filter(|operation| operation.takes("IfMatch")) {
            let name = operation.name();
            let sample = sample(&desk, operation).await;
            let before = sample.read().await;
            let footprint = desk.footprint();
            for stale in ["\"999\"", "\"0\"", "*", "W/\"1\"", "1", "\"x\""] {
                let refused = sample.with("if-match", stale).send().await;
                assert_eq!((refused.status, refused.code()), (412, "request.precondition_failed"), "{name} {stale}");
            }
            assert_eq!((sample.read().await.text, desk.footprint()), (before.text.clone(), footprint), "{name}");
            let taken = sample.with("if-match", before.etag()).send().await;
            assert!((200..300).contains(&taken.status), "{name}: {}", taken.text);
            let after = sample.client.get(&sample.resource).await;
            if operation.deletes() && after.status == 404 {
                continue;
            }
            assert_ne!(after.expect(200).etag(), before.etag(), "{name} makes another version");
        }
    }
}

on_both! {
    async fn an_answer_carries_the_version_of_what_it_shows(desk) {
        let agent = desk.agent();
        let receipt = log(&agent, &by_phone()).await;
        let path = format!("{COMPLAINTS}/{}", receipt.id());
        let changed = agent.if_match(receipt.etag()).patch(&path, &json!({ "severity": "high" })).await.expect(200);
        assert_eq!(changed.etag(), format!("\"{}\"", changed.at("/version")));
        assert_ne!(changed.etag(), receipt.etag());
        assert_eq!(agent.get(&path).await.expect(200).text, changed.text, "the change answers with the whole");
    }
}
