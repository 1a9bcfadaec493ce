//! Everything held, for the customer to read: complete, by the database's own list of tables, and in pieces.

use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::dump::columns;
use super::marked::Marked;
use super::{officer, on_customer};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case, log, merged, reason};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Reply;

/// Where the rows of each table that belongs to a customer are in the export.
const EXPORTED: &[(&str, &str)] = &[
    ("contact_points", "/customer/contact_points"),
    ("complaints", "/complaints"),
    ("complaint_statements", "/complaints/*/statement"),
    ("handling_steps", "/complaints/*/steps"),
    ("customer_type_changes", "/complaints/*/manners"),
    ("call_backs", "/complaints/*/call_backs"),
    ("call_back_attempts", "/complaints/*/call_backs/*/attempts"),
    ("closures", "/complaints/*/closures"),
    ("attachments", "/complaints/*/attachments"),
    ("complaint_clocks", "/complaints/*/clocks"),
    ("typing_proposals", "/complaints/*/proposed_manner"),
    ("timeline_entries", "/complaints/*/timeline"),
    ("messages", "/complaints/*/messages"),
    ("drafts", "/complaints/*/drafts"),
    ("outbox", "/complaints/*/notices"),
    ("call_reviews", "/complaints/*/call_reviews"),
    ("call_review_comments", "/complaints/*/call_reviews/*/texts"),
    ("consents", "/consents"),
    ("legal_holds", "/legal_holds"),
    ("privacy_events", "/privacy_events"),
    ("complaint_tags", "/complaints/*/complaint/tags"),
    ("complaint_watchers", "/complaints/*/watchers"),
    ("complaint_relations", "/complaints/*/relations"),
    ("complaint_merges", "/complaints/*/merges"),
    ("audit_subjects", "/accesses"),
    ("audit_values", "/recorded_values"),
];

/// Tables that belong to a customer and are not in the export, each with its reason.
const NOT_EXPORTED: &[(&str, &str)] = &[
    (
        "bulk_items",
        "what a bulk action did stands in the timeline of each complaint",
    ),
    (
        "anonymised_complaints",
        "when content was removed stands on the complaint itself",
    ),
    (
        "corrective_action_complaints",
        "for which improvement of ours a complaint is an example; nothing about the customer",
    ),
    (
        "presences",
        "which of us has a page open; forgotten within the minute, and nothing about the customer",
    ),
    (
        "complaint_routings",
        "which rule gave a complaint to which team stands in its timeline",
    ),
    (
        "rule_events",
        "what waits for the rules, for some seconds; it stands in the timeline",
    ),
    (
        "rule_firings",
        "what a rule did stands in the timeline, with the rule; this says why, in codes",
    ),
    (
        "rule_timers",
        "when a rule comes due, made from the complaint and its timeline",
    ),
    (
        "work_queue",
        "the order of the desk's own work, made from the complaint, its promises and its clocks",
    ),
];

fn found(value: &Value, pointer: &[&str]) -> Vec<Value> {
    match pointer {
        [] => vec![value.clone()],
        ["*", rest @ ..] => value
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|one| found(one, rest))
            .collect(),
        [name, rest @ ..] => value.get(name).map(|one| found(one, rest)).unwrap_or_default(),
    }
}

fn rows(export: &Reply, pointer: &str) -> usize {
    let path: Vec<&str> = pointer.split('/').skip(1).collect();
    let count = |value: &Value| match value {
        Value::Array(members) => members.len(),
        Value::Object(members) => members.len(),
        other => usize::from(!other.is_null()),
    };
    found(&export.json, &path).iter().map(count).sum()
}

on_both! {
    async fn every_table_with_something_about_a_customer_is_in_the_export_or_has_a_reason_not_to_be(desk) {
        crate::clocks::install(&desk, "standard_service").await;
        let mut walk = Marked::new(&desk, "zqexport", "1390013011");
        walk.walk().await;
        let mail = json!({ "customer": { "customer_id": walk.id, "email": "zqexport@example.com" } });
        log(&desk.agent(), &merged(by_phone(), mail)).await;
        desk.agent().get(&format!("{CUSTOMERS}/{}", walk.id)).await.expect(200);
        let export = on_customer(&officer(&desk), &walk.id, "export", &reason("access request")).await.expect(200);
        let owned = ["customer_id", "complaint_id", "call_back_id"];
        for (table, column) in columns(&desk) {
            if !owned.contains(&column.as_str()) || NOT_EXPORTED.iter().any(|(name, _)| *name == table) {
                continue;
            }
            let (_, pointer) = EXPORTED.iter().find(|(name, _)| *name == table).unwrap_or_else(|| {
                panic!("{table} holds something about a customer: export it (and say where), or say why not")
            });
            assert!(rows(&export, pointer) > 0, "{table} is not in the export at {pointer}");
        }
        // Every text that is held is there, those that were changed since too.
        let text = &export.text;
        let missing: Vec<&String> = walk.texts.iter().filter(|mark| !text.contains(mark.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert_eq!(export.str("/form"), "hark-customer-export/1");
        for word in ["\"angry\"", "\"insistent\""] {
            assert!(!text.contains(word), "types are told in neutral words");
        }
        assert!(text.contains("strongly affected by the matter"));
        let internal = found(&export.json, &["complaints", "*", "messages", "*", "direction"]);
        assert!(internal.contains(&json!("internal")), "notes among ourselves are there, and marked");
        let read = found(&export.json, &["accesses", "*", "action"]);
        for action in ["customer.read", "customer.exported", "complaint.closed"] {
            assert!(read.contains(&json!(action)), "{action} in {read:?}");
        }
    }
}

on_both! {
    async fn an_export_of_many_complaints_comes_in_pieces_and_is_whole(desk) {
        let agent = desk.agent();
        let mut ids = Vec::new();
        for _ in 0..120 {
            ids.push(log(&agent, &by_phone()).await.id().to_owned());
        }
        let customer = Case { desk: &desk, agent: agent.clone(), id: ids[0].clone() }.get().await.str("/customer_id").to_owned();
        let export = on_customer(&officer(&desk), &customer, "export", &reason("access request")).await.expect(200);
        let there = found(&export.json, &["complaints", "*", "complaint", "id"]);
        let there: Vec<&str> = there.iter().map(|id| id.as_str().unwrap()).collect();
        assert_eq!(there, ids, "each once, in order");
        assert_eq!(rows(&export, "/complaints/*/timeline"), 120);
    }
}

on_both! {
    async fn an_export_is_on_record_and_only_for_those_who_may(desk) {
        let case = Case::logged(&desk).await;
        let customer = case.get().await.str("/customer_id").to_owned();
        for role in [Role::Agent, Role::Lead, Role::Sales, Role::Operations] {
            let refused = on_customer(&desk.client(role), &customer, "export", &reason("curious")).await;
            refused.expect_problem(403, "auth.forbidden");
        }
        on_customer(&officer(&desk), &customer, "export", &json!({ "reason": "" })).await.expect_invalid(&["/reason"]);
        assert_eq!(desk.rows("privacy_events"), 0);
        on_customer(&officer(&desk), &customer, "restrict", &reason("contests it")).await.expect(200);
        let export = on_customer(&officer(&desk), &customer, "export", &reason("access request")).await.expect(200);
        assert_eq!((export.str("/customer/name"), export.str("/privacy_events/1/action")), ("李娜", "exported"));
        let nobody = format!("{COMPLAINTS}/x");
        desk.agent().get(&nobody).await.expect_problem(404, "resource.not_found");
    }
}
