//! Every change and every read of personal data leaves an event; the event holds no personal data.

use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::EVENTS;
use crate::contract::operations::{Operation, operations, sample};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case, reached};
use crate::on_both;
use crate::support::{Desk, Reply};

/// Reads that show nobody's personal data.
const SHOWS_NOBODY: &[&str] = &[
    "/livez",
    "/readyz",
    "/metrics",
    "/problems",
    "/problems/{code}",
    "/api/v1/me",
    "/api/v1/public/challenge",
    "/api/v1/service-tokens",
    "/api/v1/service-tokens/{id}",
    "/api/v1/session",
    "/api/v1/me/sessions",
    "/api/v1/me/second-factor",
    "/api/v1/oidc/sign-in",
    "/api/v1/oidc/callback",
    "/api/v1/public/invitations/{token}",
    "/api/v1/public/challenge",
    "/api/v1/staff",
    "/api/v1/staff/{id}",
    "/api/v1/staff/{id}/sessions",
    "/api/v1/staff/{id}/work-profile",
    "/api/v1/staff/{id}/absences",
    "/api/v1/teams",
    "/api/v1/teams/{id}",
    "/api/v1/roles",
    "/api/v1/roles/{slug}",
    "/api/v1/retention-rules",
    "/api/v1/complaints/counts",
    "/api/v1/calendars",
    "/api/v1/calendars/{slug}",
    "/api/v1/calendars/{slug}/preview",
    "/api/v1/calendars/{slug}/versions/{version}",
    "/api/v1/sla-packs",
    "/api/v1/sla-policies",
    "/api/v1/sla-policies/{slug}",
    "/api/v1/sla-policies/{slug}/versions/{version}",
    "/api/v1/work/load",
    "/api/v1/events",
    "/api/v1/complaints/{id}/presence",
    "/api/v1/me/drafts",
    "/api/v1/corrective-actions",
    "/api/v1/corrective-actions/{id}",
    "/api/v1/corrective-actions/{id}/effect",
    "/api/v1/review-form",
    "/api/v1/review-form/versions/{version}",
    "/api/v1/review-picks",
    "/api/v1/review-picks/{id}",
    "/api/v1/reports/first-contact",
    "/api/v1/reports/hand-overs",
    "/api/v1/reports/queue-ages",
    "/api/v1/reports/step-times",
    "/api/v1/routing",
    "/api/v1/routing/versions/{version}",
    "/api/v1/rules",
    "/api/v1/rules/firings",
    "/api/v1/rules/versions/{version}",
    "/api/v1/bulk-actions",
    "/api/v1/bulk-actions/{id}",
    "/api/v1/bulk-actions/{id}/results",
    "/api/v1/canned-texts",
    "/api/v1/canned-texts/{slug}",
    "/api/v1/macros",
    "/api/v1/macros/{slug}",
    "/api/v1/views",
    "/api/v1/views/{id}",
    "/api/v1/reports",
    "/api/v1/reports/ages",
    "/api/v1/reports/ahead",
    "/api/v1/reports/arrivals",
    "/api/v1/reports/backlog",
    "/api/v1/reports/breaches",
    "/api/v1/reports/call-backs",
    "/api/v1/reports/causes",
    "/api/v1/reports/dwell",
    "/api/v1/reports/on-the-spot",
    "/api/v1/reports/reopen",
    "/api/v1/reports/response-times",
    "/api/v1/reports/types",
    "/api/v1/reports/volumes",
    "/api/v1/typing/report",
    "/api/v1/typing/layers",
    "/api/v1/playbooks",
    "/api/v1/playbooks/{type}",
    "/api/v1/audit/events",
    "/api/v1/audit/seals",
    "/api/v1/retention-rules",
];

/// What changes nothing that is kept: who is at a complaint, and what somebody has typed and not saved.
const PASSING: &[&str] = &["/presence", "/drafts"];

/// A page of events.
pub async fn events(desk: &Desk, query: &str) -> Vec<Value> {
    let page = desk
        .client(Role::Auditor)
        .get(&format!("{EVENTS}?{query}"))
        .await
        .expect(200);
    page.items().to_vec()
}

/// Looks at the operation's resource, however it is reached.
async fn look(desk: &Desk, operation: &Operation) -> Reply {
    let (case, link) = Case::filed(desk).await;
    case.work().await;
    let promise = case.promise(0, 60).await;
    let customer = case.get().await.str("/customer_id").to_owned();
    let token = link.rsplit('/').next().unwrap().to_owned();
    let event = events(desk, "limit=1").await[0]["id"].as_str().unwrap().to_owned();
    let id = match operation.path.split('/').nth(3) {
        Some("call-backs") => promise,
        Some("customers") => customer,
        Some("staff") => crate::support::person::add(desk, "zhao.lei", "agent").await,
        Some("audit") => event,
        Some("corrective-actions") => crate::leads::about(&case).await,
        Some("call-reviews") => crate::leads::drawn(desk).await.id,
        _ => case.id.clone(),
    };
    if operation.path.contains("/drafts/") {
        let admin = desk.client(Role::Admin);
        let path = operation.path.replace("{id}", &id).replace("{kind}", "note");
        admin.put(&path, &json!({ "typed": "Dear Ms Li" })).await.expect(200);
        return admin.get(&path).await.expect(200);
    }
    let shared = format!("{}/attachments?name=a.txt&shared=true", case.path());
    let attached = case
        .agent
        .send_raw(reqwest::Method::POST, &shared, "text/plain", "a letter")
        .await;
    let path = operation.path.replace("{id}", &id).replace("{token}", &token);
    let path = path.replace("{attachment}", attached.expect(201).id());
    crate::casework::text_of(
        desk,
        "sample",
        &json!([
            crate::casework::wording("en", "Hello"),
            crate::casework::wording("zh", "您好")
        ]),
    )
    .await;
    crate::casework::macro_of(desk, "sample", &json!([{ "do": "send_message", "text": "sample" }])).await;
    let path = path.replace("{slug}", "sample");
    assert!(!path.contains('{'), "teach this test how to read {}", operation.name());
    desk.client(Role::Admin)
        .send(Method::GET, &path, None)
        .await
        .expect(200)
}

on_both! {
    async fn every_read_of_personal_data_leaves_an_event(desk) {
        for operation in operations() {
            if operation.method != "GET" || SHOWS_NOBODY.contains(&operation.path.as_str()) {
                continue;
            }
            let seen = look(&desk, &operation).await;
            let request = seen.header("x-request-id").unwrap();
            let told = events(&desk, &format!("request_id={request}")).await;
            assert_eq!(told.len(), 1, "{} left {told:?}", operation.name());
        }
    }
}

on_both! {
    async fn every_change_leaves_an_event_of_its_request(desk) {
        for operation in operations() {
            let has_no_sample = operation.deletes() && !operation.takes("IfMatch");
            if operation.method == "GET" || has_no_sample || operation.only_asks() {
                continue;
            }
            if PASSING.iter().any(|part| operation.path.contains(part)) {
                continue;
            }
            let sample = sample(&desk, &operation).await;
            let done = match operation.changes() && !sample.resource.is_empty() {
                true => sample.with("if-match", sample.read().await.etag()).send().await,
                false => sample.send().await,
            };
            assert!(done.status < 300, "{}: {}", operation.name(), done.text);
            let request = done.header("x-request-id").unwrap();
            let told = events(&desk, &format!("request_id={request}")).await;
            assert!(!told.is_empty(), "{} left nothing", operation.name());
        }
    }
}

on_both! {
    async fn an_event_says_who_what_when_for_what_and_from_where(desk) {
        let case = Case::logged(&desk).await;
        let agent = desk.agent().with("x-purpose", "the customer called again").with("x-request-id", "call-17");
        agent.get(&case.path()).await.expect(200);
        let told = &events(&desk, "request_id=call-17").await[0];
        assert_eq!(told["actor"], "test agent");
        assert_eq!(told["actor_kind"], "staff");
        assert_eq!(told["action"], "complaint.read");
        assert_eq!(told["object_kind"], "complaint");
        assert_eq!(told["object_id"], case.id.as_str());
        assert_eq!(told["purpose"], "the customer called again");
        assert_eq!(told["address"], "127.0.0.1");
        assert_eq!(told["happened_at"], desk.now().to_string());
    }
}

on_both! {
    async fn the_audit_is_found_by_actor_action_object_customer_and_time(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        case.attempt(&promise, &reached(true)).await;
        let customer = case.get().await.str("/customer_id").to_owned();
        let other = Case::of(&desk, &json!({
            "channel": "phone", "customer": { "phone": "139 0013 9000" }, "subject": "x", "statement": "y",
        })).await;
        let actions = |events: &[Value]| -> Vec<String> {
            events.iter().rev().map(|event| event["action"].as_str().unwrap().to_owned()).collect()
        };
        let done = ["complaint.received", "complaint.steps_recorded", "complaint.call_back_promised",
            "complaint.call_back_attempted", "complaint.read"];
        assert_eq!(actions(&events(&desk, &format!("object_id={}", case.id)).await), done);
        assert_eq!(actions(&events(&desk, &format!("customer_id={customer}")).await), done);
        assert_eq!(actions(&events(&desk, "action=complaint.read").await), ["complaint.read"]);
        assert_eq!(events(&desk, "action=complaint.").await.len(), 6);
        assert_eq!(events(&desk, "action=complaint").await.len(), 0);
        assert_eq!(events(&desk, "actor=test%20agent&object_kind=complaint").await.len(), 6);
        assert_eq!(events(&desk, "actor=nobody").await.len(), 0);
        assert_eq!(events(&desk, &format!("object_id={}", other.id)).await.len(), 1);
        let now = desk.now();
        let timed = |bound: &str| format!("action=complaint.&{bound}={now}");
        assert_eq!(events(&desk, &timed("from")).await.len(), 6);
        assert_eq!(events(&desk, &timed("before")).await.len(), 0);
    }
}

on_both! {
    async fn no_event_holds_what_a_customer_is_known_by_or_has_said(desk) {
        let admin = desk.client(Role::Admin);
        let made = admin.post(CUSTOMERS, &json!({ "name": "MARKER-name", "phones": ["138 0013 8001"] })).await.expect(201);
        let path = format!("{CUSTOMERS}/{}", made.id());
        admin.if_match(made.etag()).patch(&path, &json!({ "name": "MARKER-other", "tier": "key_account" })).await.expect(200);
        let case = Case::of(&desk, &json!({
            "channel": "phone", "customer": { "phone": "138 0013 8001" }, "subject": "MARKER-subject",
            "statement": "MARKER-statement", "facts": ["MARKER-fact"], "on_behalf_of": "MARKER-behalf",
        })).await;
        case.edit(&json!({ "subject": "MARKER-again", "severity": "high" })).await.expect(200);
        case.post("notes", &json!({ "body": "MARKER-note" })).await.expect(200);
        let all = desk.client(Role::Auditor).get(&format!("{EVENTS}?limit=200")).await.expect(200);
        assert!(!all.text.contains("MARKER") && !all.text.contains("13800138001"), "{}", all.text);

        let changed = &events(&desk, "action=customer.changed").await[0];
        assert_eq!(changed["fields"]["before"]["tier"], "individual");
        assert_eq!(changed["fields"]["after"]["tier"], "key_account");
        let edited = &events(&desk, "action=complaint.edited").await[0];
        assert_eq!(edited["fields"]["after"]["severity"], "high");
        assert_eq!(edited["fields"]["after"]["subject"], json!({ "ref": "timeline" }));

        let detail = format!("{EVENTS}/{}", changed["id"].as_str().unwrap());
        let detail = desk.client(Role::Auditor).get(&detail).await.expect(200);
        let reference = changed["fields"]["after"]["name"]["ref"].as_str().unwrap();
        assert_eq!(detail.json["values"][reference], "MARKER-other");
        assert_eq!(detail.json["customers"], json!([made.id()]));
    }
}

on_both! {
    async fn a_list_names_everybody_it_showed(desk) {
        let case = Case::logged(&desk).await;
        let customer = case.get().await.str("/customer_id").to_owned();
        desk.agent().get(COMPLAINTS).await.expect(200);
        let told = events(&desk, &format!("customer_id={customer}&action=complaint.listed")).await;
        assert_eq!(told[0]["fields"]["complaints"], json!([case.id]));
    }
}

on_both! {
    async fn what_customers_do_is_told_without_where_they_are(desk) {
        let (_, link) = Case::filed(&desk).await;
        desk.anonymous().get(&link).await.expect(200);
        let told = &events(&desk, "action=complaint.tracked").await[0];
        assert_eq!(told["actor_kind"], "customer");
        assert_eq!(told["address"], Value::Null);
        assert!(!told.to_string().contains(link.rsplit('/').next().unwrap()));
    }
}

on_both! {
    async fn the_csv_file_has_every_event_and_the_export_is_one(desk) {
        for _ in 0..3 {
            Case::logged(&desk).await;
        }
        let auditor = desk.client(Role::Auditor);
        let file = auditor.get(&format!("{EVENTS}.csv?action=complaint.")).await.expect(200);
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        assert_eq!(file.text.lines().count(), 4, "{}", file.text);
        assert!(file.text.starts_with("id,happened_at,actor_kind,actor,"));
        let told = &events(&desk, "action=audit.exported").await[0];
        assert_eq!(told["actor"], "test auditor");
        assert_eq!(told["fields"]["action"], "complaint.");
    }
}

on_both! {
    async fn a_refused_request_leaves_nothing(desk) {
        let case = Case::logged(&desk).await;
        let before = desk.rows("audit_events");
        case.post("close", &crate::journeys::upheld()).await.expect(409);
        case.post("notes", &json!({ "body": "" })).await.expect(422);
        desk.client(Role::Sales).get(&case.path()).await.expect(403);
        assert_eq!(desk.rows("audit_events"), before);
    }
}

on_both! {
    async fn strangers_write_nothing_of_their_own_into_the_audit(desk) {
        let (_case, link) = Case::filed(&desk).await;
        let slander = "li.na stole from me, ask her neighbours";
        let stranger = desk.anonymous().with("x-purpose", slander);
        stranger.get(&link).await.expect(200);
        stranger.post(&format!("{link}/messages"), &serde_json::json!({ "body": "Hello" })).await.expect(200);
        let form = serde_json::json!({ "handle": "nobody", "password": "a guess among many" });
        stranger.post("/api/v1/session", &form).await.expect(401);
        let mut told = Vec::new();
        for _ in 0..100 {
            told = events(&desk, "action=person.sign_in_refused").await;
            if !told.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        told.extend(events(&desk, "action=complaint.tracked").await);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().all(|event| event["purpose"].is_null()), "{told:?}");
        assert_eq!(desk.rows("audit_events WHERE purpose IS NOT NULL"), 0);
    }
}
