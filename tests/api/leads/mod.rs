//! What a lead steers with: corrective actions, call review, reports.

mod actions;
mod effect;
mod figures;
mod reviews;
mod summary;

use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::contract::operations::Operation;
use crate::fixtures::{COMPLAINTS, Case, merged};
use crate::journeys::by_phone;
use crate::support::{Client, Desk, Reply, person};

pub const ACTIONS: &str = "/api/v1/corrective-actions";
pub const PICKS: &str = "/api/v1/review-picks";
pub const REVIEWS: &str = "/api/v1/call-reviews";
pub const FORM: &str = "/api/v1/review-form";

/// A corrective action as a lead asks for it.
pub fn action_form() -> Value {
    json!({
        "cause": "attitude", "title": "Two trained listeners on every shift", "owner": "mary", "due_on": "2026-12-01",
    })
}

/// Makes a corrective action.
pub async fn made(desk: &Desk, changes: Value) -> Reply {
    desk.client(Role::Lead)
        .post(ACTIONS, &merged(action_form(), changes))
        .await
        .expect(201)
}

/// Makes a corrective action about a complaint and another one; gives its id.
pub async fn about(case: &Case<'_>) -> String {
    let id = made(case.desk, json!({})).await.id().to_owned();
    for complaint in [&case.id, &Case::logged(case.desk).await.id] {
        let path = format!("{ACTIONS}/{id}/complaints/{complaint}");
        case.desk
            .client(Role::Lead)
            .send(reqwest::Method::PUT, &path, None)
            .await
            .expect(200);
    }
    id
}

/// Does something with a corrective action.
pub async fn act(client: &Client, id: &str, what: &str, body: &Value) -> Reply {
    client.post(&format!("{ACTIONS}/{id}/{what}"), body).await
}

/// A call that was drawn, and who made it.
pub struct Drawn {
    pub handle: String,
    pub caller: Client,
    pub complaint: String,
    pub pick: String,
    pub id: String,
}

/// Logs a complaint by phone as this person; gives its id.
pub async fn call_in(client: &Client, n: i64) -> String {
    let customer = json!({ "customer": { "phone": format!("139 0013 {n:04}") } });
    let logged = client.post(COMPLAINTS, &merged(by_phone(), customer)).await.expect(201);
    logged.id().to_owned()
}

/// Somebody logs a call, and it is drawn for review.
pub async fn drawn(desk: &Desk) -> Drawn {
    let handle = format!("caller-{}", desk.rows("staff_members"));
    let caller = person::signed_in(desk, &handle, "agent").await.client();
    let complaint = call_in(&caller, 7_000 + desk.rows("complaints")).await;
    let pick = pick(desk, json!({ "agent": handle, "per_agent": 1 })).await;
    let found = desk
        .client(Role::Admin)
        .get(&format!("{REVIEWS}?pick={}", pick.id()))
        .await;
    let id = found.expect(200).str("/items/0/id").to_owned();
    let pick = pick.id().to_owned();
    Drawn {
        handle,
        caller,
        complaint,
        pick,
        id,
    }
}

/// Draws calls of today.
pub async fn pick(desk: &Desk, changes: Value) -> Reply {
    let today = desk.now().to_string()[..10].to_owned();
    let form = merged(json!({ "from": today, "to": today, "per_agent": 5 }), changes);
    desk.client(Role::Admin).post(PICKS, &form).await.expect(201)
}

/// The same score for every criterion.
pub fn scores(score: i32) -> Value {
    let criteria = [
        "listened",
        "no_argument",
        "feelings",
        "needs",
        "real_help",
        "playbook",
        "promise",
        "call_back",
    ];
    Value::Array(
        criteria
            .iter()
            .map(|criterion| json!({ "criterion": criterion, "score": score }))
            .collect(),
    )
}

/// A review with the same score for everything.
pub fn review(score: i32) -> Value {
    json!({ "scores": scores(score), "comment": "calm to the end" })
}

type Parts = (Client, String, Option<Value>, String);

/// A request that succeeds on a corrective action.
pub async fn on_action(desk: &Desk, operation: &Operation, rest: &[&str]) -> Parts {
    let lead = desk.client(Role::Lead);
    if rest.is_empty() {
        return (lead, ACTIONS.to_owned(), Some(action_form()), String::new());
    }
    let id = made(desk, json!({})).await.id().to_owned();
    let resource = format!("{ACTIONS}/{id}");
    let done = json!({ "end": "done", "note": "since Monday" });
    let (part, body) = match rest {
        ["{id}"] => (String::new(), Some(json!({ "title": "Three of them" }))),
        ["{id}", "close"] => ("/close".to_owned(), Some(done)),
        ["{id}", "verify"] => {
            act(&lead, &id, "close", &done).await.expect(200);
            (
                "/verify".to_owned(),
                Some(json!({ "helped": "yes", "note": "half as many" })),
            )
        }
        ["{id}", "reopen"] => {
            act(&lead, &id, "close", &done).await.expect(200);
            ("/reopen".to_owned(), None)
        }
        ["{id}", "complaints", "{complaint}"] => {
            let path = format!("/complaints/{}", Case::logged(desk).await.id);
            if operation.deletes() {
                let linked = format!("{resource}{path}");
                lead.send(reqwest::Method::PUT, &linked, None).await.expect(200);
            }
            (path, None)
        }
        _ => panic!("write a request that succeeds for {rest:?} of a corrective action"),
    };
    (lead, format!("{resource}{part}"), body, resource)
}

/// A request that succeeds about a call that was drawn.
pub async fn on_review(desk: &Desk, parts: &[&str]) -> Parts {
    let admin = desk.client(Role::Admin);
    if parts == ["review-form"] {
        let criteria = json!([{ "slug": "listened", "en": "Listened", "zh": "耐心听完", "weight": desk.rows("review_form_versions") + 1 }]);
        return (
            admin,
            FORM.to_owned(),
            Some(json!({ "criteria": criteria })),
            FORM.to_owned(),
        );
    }
    let drawn = drawn(desk).await;
    if parts == ["review-picks"] {
        let form = json!({
            "agent": drawn.handle, "from": "2026-11-20", "to": "2026-11-23", "per_agent": 3, "seed": "week 48",
        });
        return (admin, PICKS.to_owned(), Some(form), String::new());
    }
    let resource = format!("{REVIEWS}/{}", drawn.id);
    let text = json!({ "body": "Ask once more at the end." });
    match parts {
        ["call-reviews", "{id}"] => {
            let form = admin.get(FORM).await.expect(200);
            let scores: Vec<Value> = form.json["criteria"]
                .as_array()
                .unwrap()
                .iter()
                .map(|criterion| json!({ "criterion": criterion["slug"], "score": 4 }))
                .collect();
            (
                admin,
                resource.clone(),
                Some(json!({ "scores": scores, "comment": "calm" })),
                resource,
            )
        }
        ["call-reviews", "{id}", "comments"] => (admin, format!("{resource}/comments"), Some(text), resource),
        ["call-reviews", "{id}", "answer"] => {
            reviewed(desk, &drawn.id, 3).await;
            (drawn.caller, format!("{resource}/answer"), Some(text), resource)
        }
        _ => panic!("write a request that succeeds for {parts:?}"),
    }
}

/// Reviews a call, by the form as it is.
pub async fn reviewed(desk: &Desk, id: &str, score: i32) -> Reply {
    let admin = desk.client(Role::Admin);
    let form = admin.get(FORM).await.expect(200);
    let slugs = form.json["criteria"].as_array().unwrap().iter();
    let scores: Vec<Value> = slugs
        .map(|criterion| json!({ "criterion": criterion["slug"], "score": score }))
        .collect();
    let body = json!({ "scores": scores, "comment": "calm to the end" });
    admin.put(&format!("{REVIEWS}/{id}"), &body).await.expect(200)
}
