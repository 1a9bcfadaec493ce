//! An id opens nothing but what it names, to nobody but whom it is for.

use std::collections::BTreeMap;

use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::schemas::Shape;
use super::strings;
use crate::contract::operations::{Operation, operations};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case, PUBLIC, by_web, merged, method, reason};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Desk;

/// An id of each kind of thing, by the part of the address under which it is found.
async fn ids(desk: &Desk) -> BTreeMap<&'static str, String> {
    let case = Case::worked(desk).await;
    let promise = case.promise(0, 60).await;
    let admin = desk.client(Role::Admin);
    let first = async |list: &str| admin.get(list).await.expect(200).str("/items/0/id").to_owned();
    case.post("messages", &json!({ "body": "one" })).await.expect(200);
    let drawn = crate::leads::drawn(desk).await;
    let entry = case.last_entry().await["id"].as_str().unwrap().to_owned();
    BTreeMap::from([
        ("complaints", case.id.clone()),
        ("call-backs", promise),
        ("customers", case.get().await.str("/customer_id").to_owned()),
        (
            "service-tokens",
            admin
                .get("/api/v1/service-tokens")
                .await
                .expect(200)
                .str("/0/id")
                .to_owned(),
        ),
        ("staff", first("/api/v1/staff").await),
        (
            "teams",
            admin
                .post("/api/v1/teams", &json!({ "name": "Broadband" }))
                .await
                .expect(201)
                .id()
                .to_owned(),
        ),
        (
            "corrective-actions",
            crate::leads::made(desk, json!({})).await.id().to_owned(),
        ),
        ("review-picks", drawn.pick),
        ("call-reviews", drawn.id),
        ("events", first("/api/v1/audit/events").await),
        (
            "messages",
            case.list("messages").await.items()[0]["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        ),
        ("timeline", entry),
        (
            "bulk-actions",
            admin
                .post(
                    "/api/v1/bulk-actions",
                    &json!({ "ids": [case.id], "actions": [{ "do": "watch" }] }),
                )
                .await
                .expect(202)
                .id()
                .to_owned(),
        ),
        (
            "views",
            admin
                .post("/api/v1/views", &json!({ "title": "All", "filter": {} }))
                .await
                .expect(201)
                .id()
                .to_owned(),
        ),
    ])
}

/// The part of the address before the id.
fn kind(operation: &Operation) -> &str {
    let before = operation.path.split("/{id}").next().unwrap();
    before.rsplit('/').next().unwrap()
}

on_both! {
    async fn the_id_of_one_kind_of_thing_leads_nowhere_as_the_id_of_another(desk) {
        let ids = ids(&desk).await;
        let admin = desk.client(Role::Admin).if_match("\"1\"");
        let before = desk.footprint();
        let mut tried = 0;
        for operation in operations().iter().filter(|operation| operation.path.contains("{id}")) {
            // Of private links and sessions further down.
            if operation.path.contains("{token}") || operation.value["x-permission"] == "person" {
                continue;
            }
            let wanted = kind(operation);
            assert!(ids.contains_key(wanted), "add an id of {wanted} for {}", operation.name());
            let body = sendable(operation);
            for (other, id) in ids.iter().filter(|(other, _)| **other != wanted) {
                tried += 1;
                let path = filled(operation, id);
                let reply = admin.send(method(&operation.method), &path, body.as_ref()).await;
                assert_eq!((reply.status, reply.code()), (404, "resource.not_found"), "{} took the id of {other}: {}", operation.name(), reply.text);
            }
        }
        assert!(tried > 150, "only {tried} were tried");
        assert_eq!(desk.footprint(), before);
    }
}

/// The address with this id in every place of one.
fn filled(operation: &Operation, id: &str) -> String {
    let part = |part: &str| match part {
        "{step}" => "listen".to_owned(),
        part if part.starts_with('{') => id.to_owned(),
        part => part.to_owned(),
    };
    let path = operation.path.split('/').map(part).collect::<Vec<_>>().join("/");
    let asks_why = operation.method == "DELETE" && path.contains("/attachments/");
    if asks_why { path + "?reason=x" } else { path }
}

/// A body that passes everything that is looked at before the id is.
fn sendable(operation: &Operation) -> Option<Value> {
    if operation.method == "GET" || operation.method == "DELETE" {
        return None;
    }
    if operation.path.ends_with("{step}") {
        return Some(json!({ "record": { "own_words": "x" } }));
    }
    let example = operation
        .value
        .pointer("/requestBody/content/application~1json/example");
    let shape = Shape::of(operation).map(|shape| shape.full());
    Some(example.cloned().or(shape).unwrap_or(json!({})))
}

/// Two customers with a link each; the first one's complaint, its link, and the second one's.
async fn two(desk: &Desk) -> (Case<'_>, String, Case<'_>, String) {
    let (mine, my_link) = Case::filed(desk).await;
    let other = merged(
        by_web(),
        json!({
            "name": "Wang Wu", "phone": "139 0013 9000", "email": "wang@example.com", "statement": "Their secret sorrow.",
        }),
    );
    let filed = desk.anonymous().post(PUBLIC, &other).await.expect(201);
    let agent = desk.agent();
    let found = agent
        .get(&format!("{COMPLAINTS}?reference={}", filed.str("/reference")))
        .await
        .expect(200);
    let id = found.str("/items/0/id").to_owned();
    let theirs = Case { desk, agent, id };
    theirs
        .post("messages", &json!({ "body": "Only for Wang Wu." }))
        .await
        .expect(200);
    theirs
        .post("notes", &json!({ "body": "Nobody outside reads this." }))
        .await
        .expect(200);
    (mine, my_link, theirs, filed.str("/tracking_url").to_owned())
}

on_both! {
    async fn a_private_link_reaches_nothing_of_another_complaint(desk) {
        let (mine, my_link, theirs, their_link) = two(&desk).await;
        let (my_promise, their_promise) = (mine.promise(10, 20).await, theirs.promise(10, 20).await);
        let as_it_was = theirs.everything().await;
        let customer = desk.anonymous();
        for (action, body) in [("move", merged(mine.window(30, 40), reason("at work"))), ("decline", reason("no need"))] {
            for (link, promise) in [(&my_link, &their_promise), (&their_link, &my_promise)] {
                let refused = customer.post(&format!("{link}/call-backs/{promise}/{action}"), &body).await;
                refused.expect_problem(404, "resource.not_found");
            }
        }
        assert_eq!(theirs.everything().await, as_it_was);
        let seen = customer.get(&my_link).await.expect(200);
        for secret in ["Wang", "sorrow", "13900", "wang@example.com", &theirs.id, &their_promise] {
            assert!(!seen.text.contains(secret), "{secret} in {}", seen.text);
        }
        let seen = customer.get(&their_link).await.expect(200);
        assert!(seen.text.contains("Only for Wang Wu."));
        for inside in ["Nobody outside", &theirs.id, "test agent", "customer_id"] {
            assert!(!seen.text.contains(inside), "{inside} in {}", seen.text);
        }
    }
}

on_both! {
    async fn a_private_link_is_guessed_from_nothing_that_is_known(desk) {
        let (case, link) = Case::filed(&desk).await;
        let complaint = case.get().await;
        let token = link.rsplit('/').next().unwrap();
        assert!(token.len() >= 43, "256 bits: {token}");
        let mut known = Vec::new();
        let shown = case.everything().await;
        strings(&shown, &mut known);
        assert!(known.iter().all(|text| !text.contains(token)), "the desk does not see it");
        let flipped = format!("{}{}", &token[..token.len() - 1], if token.ends_with('A') { 'B' } else { 'A' });
        let guesses = [complaint.str("/reference"), &case.id, complaint.str("/customer_id"), &token[..42], &flipped, &token.to_uppercase(), "%20", "null"];
        for guess in guesses {
            desk.anonymous().get(&format!("{PUBLIC}/{guess}")).await.expect_problem(404, "resource.not_found");
        }
    }
}

on_both! {
    async fn a_reference_in_a_body_opens_nothing(desk) {
        let (mine, _, theirs, _) = two(&desk).await;
        // A customer that does not exist, and a complaint as its own twin.
        let nobody = json!({ "customer": { "customer_id": theirs.id } });
        let refused = desk.agent().post(COMPLAINTS, &merged(by_phone(), nobody)).await;
        assert!(matches!(refused.status, 404 | 422), "{}", refused.text);
        for twin in [&mine.id, &mine.get().await.str("/customer_id").to_owned()] {
            let refused = mine.post("links", &json!({ "duplicate_of": twin })).await;
            assert!(matches!(refused.status, 404 | 409 | 422), "{}", refused.text);
        }
        // The step of one complaint is not ended by the promise of another.
        let promise = theirs.promise(0, 60).await;
        mine.work().await;
        let record = json!({ "record": { "call_back_id": promise, "outcome": "satisfied" } });
        let refused = mine.put("steps/call_back", &record).await;
        assert!(matches!(refused.status, 404 | 409 | 422), "{}", refused.text);
        let found = desk.agent().get(&format!("{CUSTOMERS}?contact=%2B8613900139000")).await.expect(200);
        assert_eq!(found.items().len(), 1);
    }
}
