//! One customer's life at the desk, with a text that can be recognised in every field that takes one.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{officer, on_customer, says};
use crate::contract::operations::operations;
use crate::fixtures::{CALL_BACKS, COMPLAINTS, CUSTOMERS, PUBLIC, merged};
use crate::support::{Client, Desk, Reply};

/// A walk through every operation that writes something about a customer.
pub struct Marked<'a> {
    desk: &'a Desk,
    /// Begins every text of this customer.
    pub tag: String,
    /// The digits of every phone number of this customer.
    pub digits: String,
    n: usize,
    /// Every text that was written.
    pub texts: Vec<String>,
    /// Operation and pointer of every field that held one.
    pub covered: BTreeSet<(String, String)>,
    /// The customer.
    pub id: String,
    /// Their complaints.
    pub complaints: Vec<String>,
}

/// Free texts that are not the customer's: who of us is to do it, and words that are checked against a list.
const NOT_THEIRS: &[&str] = &["owner", "time_zone", "language", "preferred_language"];

impl<'a> Marked<'a> {
    pub fn new(desk: &'a Desk, tag: &str, digits: &str) -> Self {
        Self {
            desk,
            tag: tag.to_owned(),
            digits: digits.to_owned(),
            n: 0,
            texts: Vec::new(),
            covered: BTreeSet::new(),
            id: String::new(),
            complaints: Vec::new(),
        }
    }

    /// A text that nobody else has.
    fn text(&mut self) -> String {
        self.n += 1;
        format!("{}{:03}", self.tag, self.n)
    }

    fn phone(&self, last: u8) -> String {
        format!("{}{last:02}", self.digits)
    }

    fn email(&mut self) -> String {
        format!("{}@example.com", self.text())
    }

    /// Sends a body to the operation at this path of the OpenAPI file, with a key of its own.
    async fn send(&mut self, client: &Client, operation: (&str, &str), path: &str, body: Value) -> Reply {
        let (method, template) = operation;
        self.note(&format!("{method} {template}"), "", &body);
        let method: Method = method.parse().unwrap();
        let mut client = client.clone();
        if method == Method::POST {
            self.n += 1;
            client = client.with("idempotency-key", &format!("key-{}-{}", self.tag, self.n));
        }
        let reply = client.send(method, path, Some(&body)).await;
        assert!((200..300).contains(&reply.status), "{template}: {}", reply.text);
        reply
    }

    /// Remembers where the texts are.
    fn note(&mut self, operation: &str, at: &str, value: &Value) {
        match value {
            Value::String(text) if text.contains(&self.tag) || text.contains(&self.digits) => {
                if let Some(mark) = text.split('@').next().filter(|mark| mark.starts_with(&self.tag)) {
                    self.texts.push(mark.to_owned());
                }
                self.covered.insert((operation.to_owned(), at.to_owned()));
            }
            Value::Object(members) => members
                .iter()
                .for_each(|(name, member)| self.note(operation, &format!("{at}/{name}"), member)),
            Value::Array(members) => members
                .iter()
                .for_each(|member| self.note(operation, &format!("{at}/*"), member)),
            _ => {}
        }
    }

    async fn on(&mut self, complaint: &str, method: &str, rest: &str, body: Value) -> Reply {
        let template = match rest.strip_prefix("steps/") {
            Some(_) => format!("{COMPLAINTS}/{{id}}/steps/{{step}}"),
            None => format!("{COMPLAINTS}/{{id}}/{rest}"),
        };
        let path = format!("{COMPLAINTS}/{complaint}/{rest}");
        let agent = self.desk.agent();
        self.send(&agent, (method, &template), &path, body).await
    }

    /// The record: made, changed by another system, changed by an agent.
    async fn on_record(&mut self) {
        let agent = self.desk.agent();
        let external = json!([{ "system": "crm", "id": self.text() }]);
        let body = json!({
            "name": self.text(), "phones": [self.phone(1)], "emails": [self.email()],
            "preferred_medium": self.text(), "external_ids": external,
        });
        let made = self.send(&agent, ("POST", CUSTOMERS), CUSTOMERS, body).await;
        self.id = made.id().to_owned();
        let body = json!({
            "name": self.text(), "phones": [self.phone(2)], "emails": [self.email()], "preferred_medium": self.text(),
            "external_ids": [{ "system": "crm", "id": external[0]["id"] }],
        });
        let template = format!("{CUSTOMERS}/by-external-id/{{system}}/{{external_id}}");
        let path = format!("{CUSTOMERS}/by-external-id/crm/{}", external[0]["id"].as_str().unwrap());
        let put = self.send(&agent, ("PUT", &template), &path, body).await;
        let body = json!({
            "name": self.text(), "phones": [self.phone(3), self.phone(1)], "emails": [self.email()],
            "preferred_medium": self.text(), "external_ids": [{ "system": "crm", "id": self.text() }],
        });
        let (template, path) = (format!("{CUSTOMERS}/{{id}}"), format!("{CUSTOMERS}/{}", self.id));
        let client = agent.if_match(put.etag());
        self.send(&client, ("PATCH", &template), &path, body).await;
    }

    /// A complaint by phone, with everything that can be said of one.
    async fn by_phone(&mut self) -> String {
        let agent = self.desk.agent();
        let external = self.agent_external().await;
        let body = json!({
            "channel": "phone", "on_behalf_of": self.text(), "subject": self.text(), "statement": self.text(),
            "facts": [self.text()], "opinions": [self.text()], "product": self.text(), "order_ref": self.text(),
            "desired_remedy": self.text(), "preferred_time": self.text(), "external_ref": self.text(),
            "customer_type": "angry", "severity": "high", "category": "repair",
            "customer": { "external_id": external, "name": self.text(), "phone": self.phone(4), "email": self.email() },
        });
        let logged = self.send(&agent, ("POST", COMPLAINTS), COMPLAINTS, body).await;
        assert_eq!(logged.str("/customer/id"), self.id);
        self.complaints.push(logged.id().to_owned());
        logged.id().to_owned()
    }

    async fn agent_external(&self) -> Value {
        let record = self
            .desk
            .agent()
            .get(&format!("{CUSTOMERS}/{}", self.id))
            .await
            .expect(200);
        record.at("/external_ids/0").clone()
    }

    async fn edit(&mut self, complaint: &str) {
        let body = json!({
            "subject": self.text(), "statement": self.text(), "facts": [self.text()], "opinions": [self.text()],
            "on_behalf_of": self.text(), "product": self.text(), "order_ref": self.text(),
            "desired_remedy": self.text(), "preferred_time": self.text(), "severity": "low",
        });
        let path = format!("{COMPLAINTS}/{complaint}");
        let version = self.desk.agent().get(&path).await.expect(200).etag().to_owned();
        let client = self.desk.agent().if_match(&version);
        self.send(&client, ("PATCH", &format!("{COMPLAINTS}/{{id}}")), &path, body)
            .await;
    }

    fn records(&mut self) -> Vec<(&'static str, Value)> {
        vec![
            (
                "listen",
                json!({ "own_words": self.text(), "facts": [self.text()], "opinions": [self.text()] }),
            ),
            ("accept_feelings", json!({ "feeling": self.text() })),
            ("apologise", json!({ "apologised_for": self.text() })),
            ("understand_needs", json!({ "need": self.text(), "worry": self.text() })),
            (
                "seek_solutions",
                json!({ "options": [self.text()], "agreed": self.text() }),
            ),
            (
                "explain_actions",
                json!({ "who": self.text(), "what": self.text(), "by_when": self.desk.in_minutes(60) }),
            ),
        ]
    }

    /// The steps: several at once, one by one (which amends them), one skipped.
    async fn steps(&mut self, complaint: &str) {
        let mut steps: Vec<Value> = Vec::new();
        for (step, record) in self.records() {
            steps.push(json!({ "step": step, "record": record }));
        }
        steps[1] = json!({ "step": "accept_feelings", "skip": { "reason": "no_feeling_shown", "note": self.text() } });
        self.note(
            &format!("PUT {COMPLAINTS}/{{id}}/steps"),
            "/steps/*/record",
            &json!({ "feeling": self.tag }),
        );
        self.on(complaint, "PUT", "steps", json!({ "steps": steps })).await;
        for (step, record) in self.records() {
            self.on(complaint, "PUT", &format!("steps/{step}"), json!({ "record": record }))
                .await;
        }
        let skip = json!({ "skip": { "reason": "no_feeling_shown", "note": self.text() } });
        self.on(complaint, "PUT", "steps/accept_feelings", skip).await;
    }

    fn window(&self, from: i64) -> Value {
        json!({ "window_start": self.desk.in_minutes(from), "window_end": self.desk.in_minutes(from + 60) })
    }

    async fn calls(&mut self, complaint: &str) {
        let agent = self.desk.agent();
        let body = merged(self.window(10), json!({ "number": self.phone(5), "note": self.text() }));
        let promise = self.on(complaint, "POST", "call-backs", body).await.id().to_owned();
        let call = |action: &str| {
            (
                format!("{CALL_BACKS}/{{id}}/{action}"),
                format!("{CALL_BACKS}/{promise}/{action}"),
            )
        };
        let (template, path) = call("attempts");
        let body = json!({ "result": "no_answer", "note": self.text(), "recording_ref": self.text() });
        self.send(&agent, ("POST", &template), &path, body).await;
        let (template, path) = call("reschedule");
        let body = merged(
            self.window(100),
            json!({ "asked_by": "desk", "reason": self.text(), "number": self.phone(6) }),
        );
        let moved = self
            .send(&agent, ("POST", &template), &path, body)
            .await
            .id()
            .to_owned();
        let template = format!("{CALL_BACKS}/{{id}}/cancel");
        let body = json!({ "reason": self.text() });
        let path = format!("{CALL_BACKS}/{moved}/cancel");
        self.send(&agent, ("POST", &template), &path, body).await;
    }

    async fn handle(&mut self, complaint: &str) {
        let note = json!({ "customer_type": "friendly", "note": self.text() });
        self.on(complaint, "PUT", "customer-type", note).await;
        let note = json!({ "owner": "mary", "note": self.text() });
        self.on(complaint, "POST", "assign", note).await;
        let wait = json!({ "ball_with": "third_party", "reason": self.text() });
        self.on(complaint, "POST", "wait", wait).await;
        let note = json!({ "note": self.text() });
        self.on(complaint, "POST", "resume", note).await;
        for kind in ["message", "note", "step", "close"] {
            let body = json!({ "typed": self.text(), "based_on": 1 });
            let path = format!("{COMPLAINTS}/{complaint}/drafts/{kind}");
            let template = format!("{COMPLAINTS}/{{id}}/drafts/{{kind}}");
            // Drafts of programs that save nothing of the kind, so that they stay.
            let keeper = self.desk.client(hark::domain::staff::Role::Lead);
            self.send(&keeper, ("PUT", &template), &path, body).await;
        }
        let path = "/api/v1/me/drafts/intake";
        let body = json!({ "typed": self.text(), "customer_id": self.id });
        let keeper = if self.tag == "zqstays" {
            hark::domain::staff::Role::Admin
        } else {
            hark::domain::staff::Role::Lead
        };
        self.send(&self.desk.client(keeper), ("PUT", path), path, body).await;
        for part in ["notes", "messages"] {
            let body = json!({ "body": self.text() });
            self.on(complaint, "POST", part, body).await;
        }
    }

    /// What it has to do with another complaint, and words to sort it by.
    async fn links(&mut self, complaint: &str) {
        let tags = json!({ "tags": [self.text()] });
        self.on(complaint, "PUT", "tags", tags).await;
        self.on(complaint, "PUT", "watchers/me", json!({})).await;
        let external = self.agent_external().await;
        let second = json!({
            "channel": "phone", "subject": "again", "statement": "again", "customer": { "external_id": external },
        });
        let agent = self.desk.agent();
        let other = agent.post(COMPLAINTS, &second).await.expect(201).id().to_owned();
        self.complaints.push(other.clone());
        let link = json!({ "duplicate_of": complaint });
        agent
            .post(&format!("{COMPLAINTS}/{other}/links"), &link)
            .await
            .expect(200);
        let template = format!("{COMPLAINTS}/{{id}}/relations/{{other}}");
        let path = format!("{COMPLAINTS}/{other}/relations/{complaint}");
        let body = json!({ "kind": "related", "reason": self.text() });
        self.send(&agent, ("PUT", &template), &path, body).await;
        let body = json!({ "into": complaint, "reason": self.text() });
        self.on(&other, "POST", "merge", body).await;
        let body = json!({ "reason": self.text() });
        self.on(&other, "POST", "unmerge", body).await;
        let body = json!({ "into": complaint, "reason": self.text() });
        self.on(&other, "POST", "merge", body).await;
    }

    async fn close(&mut self, complaint: &str) {
        let body = json!({
            "decision": "upheld", "reason": self.text(), "cause_category": "attitude", "root_cause": self.text(),
            "redress": { "type": "credit", "minor_units": 9900, "currency": "CNY", "status": "accepted" },
        });
        self.on(complaint, "POST", "close", body).await;
    }

    /// A complaint filed on the web, and what the customer does through the private link.
    async fn by_web(&mut self) {
        let anybody = self.desk.anonymous();
        let body = json!({
            "name": self.text(), "phone": self.phone(1), "email": self.email(), "subject": self.text(),
            "statement": self.text(), "product": self.text(), "order_ref": self.text(),
            "desired_remedy": self.text(), "preferred_time": self.text(),
            "consents": [{ "purpose": "marketing", "given": false, "wording": self.text() }],
        });
        let filed = self.send(&anybody, ("POST", PUBLIC), PUBLIC, body).await;
        let list = format!("{COMPLAINTS}?reference={}", filed.str("/reference"));
        let found = self.desk.agent().get(&list).await.expect(200);
        let complaint = found.str("/items/0/id").to_owned();
        assert_eq!(found.str("/items/0/customer_id"), self.id);
        self.complaints.push(complaint.clone());
        let link = filed.str("/tracking_url").to_owned();
        let body = json!({ "body": self.text() });
        self.public(&link, "messages", body).await;
        for action in ["move", "decline"] {
            let promise = self.on(&complaint, "POST", "call-backs", self.window(10)).await;
            let reason = json!({ "reason": self.text() });
            let body = if action == "move" {
                merged(self.window(20), reason)
            } else {
                reason
            };
            let path = format!("{link}/call-backs/{}/{action}", promise.id());
            let template = format!("{PUBLIC}/{{token}}/call-backs/{{id}}/{action}");
            let reply = self.send(&anybody, ("POST", &template), &path, body).await;
            if action == "move" {
                let open = reply.json["call_backs"].as_array().unwrap().last().unwrap()["id"].clone();
                let path = format!("{link}/call-backs/{}/decline", open.as_str().unwrap());
                let template = format!("{PUBLIC}/{{token}}/call-backs/{{id}}/decline");
                let body = json!({ "reason": self.text() });
                self.send(&anybody, ("POST", &template), &path, body).await;
            }
        }
        let body = json!({ "reason": self.text() });
        self.public(&link, "withdraw", body).await;
        let body = json!({ "reason": self.text() });
        self.public(&link, "dispute", body).await;
        let body = json!({ "reason": self.text() });
        self.on(&complaint, "POST", "withdraw", body).await;
        let body = json!({ "reason": self.text() });
        self.on(&complaint, "POST", "reopen", body).await;
        self.desk
            .agent()
            .post(&format!("{COMPLAINTS}/{complaint}/tracking-link"), &json!({}))
            .await
            .expect(200);
        let body = json!({ "reason": self.text() });
        self.on(&complaint, "POST", "withdraw", body).await;
    }

    async fn public(&mut self, link: &str, action: &str, body: Value) {
        let anybody = self.desk.anonymous();
        let template = format!("{PUBLIC}/{{token}}/{action}");
        self.send(&anybody, ("POST", &template), &format!("{link}/{action}"), body)
            .await;
    }

    async fn privacy(&mut self, complaint: &str) {
        let officer = officer(self.desk);
        let (id, base) = (self.id.clone(), format!("{CUSTOMERS}/{{id}}"));
        let on = |action: &str| (format!("{base}/{action}"), format!("{CUSTOMERS}/{id}/{action}"));
        let said = merged(
            says("satisfaction_survey", true),
            json!({ "wording": self.text(), "evidence_ref": self.text(), "note": self.text() }),
        );
        let (template, path) = on("consents");
        self.send(&self.desk.agent(), ("POST", &template), &path, said).await;
        for action in ["restrict", "lift-restriction", "export"] {
            let (template, path) = on(action);
            let body = json!({ "reason": self.text() });
            self.send(&officer, ("POST", &template), &path, body).await;
        }
        for action in ["anonymise", "erase"] {
            let (template, path) = on(action);
            let body = json!({ "reason": self.text(), "dry_run": true });
            self.send(&officer, ("POST", &template), &path, body).await;
            // Not kept: it may name the person.
            self.texts.pop();
        }
        let (template, path) = on("legal-hold");
        let body = json!({ "reason": self.text() });
        self.send(&officer, ("PUT", &template), &path, body).await;
        officer.send(Method::DELETE, &path, None).await.expect(200);
        let path = format!("{COMPLAINTS}/{complaint}/legal-hold");
        let body = json!({ "reason": self.text() });
        self.send(
            &officer,
            ("PUT", &format!("{COMPLAINTS}/{{id}}/legal-hold")),
            &path,
            body,
        )
        .await;
        officer.send(Method::DELETE, &path, None).await.expect(200);
    }

    /// A file, with what it is called.
    async fn attach(&mut self, complaint: &str) {
        let name = self.text();
        let path = format!("{COMPLAINTS}/{complaint}/attachments?name={name}.txt");
        let agent = self.desk.agent();
        agent
            .send_raw(Method::POST, &path, "text/plain", name.clone())
            .await
            .expect(201);
        self.texts.push(name);
    }

    /// Another call of the customer, which is drawn for review, reviewed, commented on and answered.
    async fn review(&mut self) {
        use crate::leads::{PICKS, REVIEWS, scores};
        let handle = format!("listener-{}", self.desk.rows("staff_members"));
        let caller = crate::support::person::signed_in(self.desk, &handle, "agent")
            .await
            .client();
        let external = self.agent_external().await;
        let body =
            json!({ "channel": "phone", "subject": "x", "statement": "y", "customer": { "external_id": external } });
        let complaint = caller.post(COMPLAINTS, &body).await.expect(201).id().to_owned();
        self.complaints.push(complaint.clone());
        let form = json!({ "agent": handle, "from": "2026-11-20", "to": "2026-11-23", "per_agent": 1, "seed": "s" });
        let admin = self.desk.client(hark::domain::staff::Role::Admin);
        let pick = admin.post(PICKS, &form).await.expect(201).id().to_owned();
        let drawn = admin.get(&format!("{REVIEWS}?pick={pick}")).await.expect(200);
        let path = format!("{REVIEWS}/{}", drawn.str("/items/0/id"));
        let template = format!("{REVIEWS}/{{id}}");
        let body = json!({ "scores": scores(4), "comment": self.text() });
        self.send(&admin, ("PUT", &template), &path, body).await;
        let body = json!({ "body": self.text() });
        self.send(
            &admin,
            ("POST", &format!("{template}/comments")),
            &format!("{path}/comments"),
            body,
        )
        .await;
        let body = json!({ "body": self.text() });
        self.send(
            &caller,
            ("PUT", &format!("{template}/answer")),
            &format!("{path}/answer"),
            body,
        )
        .await;
        let path = format!("{COMPLAINTS}/{complaint}/withdraw");
        caller.post(&path, &json!({ "reason": "settled" })).await.expect(200);
    }

    /// The whole walk. Everything is finished at its end.
    pub async fn walk(&mut self) {
        self.on_record().await;
        let complaint = self.by_phone().await;
        self.edit(&complaint).await;
        self.steps(&complaint).await;
        self.handle(&complaint).await;
        self.attach(&complaint).await;
        self.review().await;
        self.calls(&complaint).await;
        self.links(&complaint).await;
        self.close(&complaint).await;
        self.by_web().await;
        self.privacy(&complaint).await;
    }

    /// Erases the customer.
    pub async fn erase(&mut self) -> Reply {
        let body = json!({ "reason": self.text(), "legal_basis": "customer_request" });
        on_customer(&officer(self.desk), &self.id.clone(), "erase", &body)
            .await
            .expect(200)
    }
}

/// Operation and pointer of every field of a request that takes a free text of or about a customer.
pub fn free_texts() -> BTreeSet<(String, String)> {
    let document = hark::api::openapi::document().unwrap();
    let mut found = BTreeSet::new();
    for operation in operations() {
        let schema = operation.value.pointer("/requestBody/content/application~1json/schema");
        // Names of our own people and programs, and rules.
        let ours = [
            "/api/v1/service-tokens",
            "/api/v1/retention-rules",
            "/api/v1/calendars",
            "/api/v1/staff",
            "/api/v1/teams",
            "/api/v1/roles",
            "/api/v1/calendars",
            "/api/v1/sla-",
            "/api/v1/routing",
            "/api/v1/rules",
            "/api/v1/review-picks",
            "/api/v1/review-form",
            // What the desk mends about itself.
            "/api/v1/corrective-actions",
            "/api/v1/session",
            "/api/v1/canned-texts",
            "/api/v1/macros",
            "/api/v1/views",
            // Typed once for many complaints, and forgotten when it has been done (`casework/bulk.rs`).
            "/api/v1/bulk-actions",
            // Asks, and keeps nothing.
            "/api/v1/typing",
            "/api/v1/me/",
            "/api/v1/public/invitations",
        ];
        if let Some(schema) = schema.filter(|_| !ours.iter().any(|start| operation.path.starts_with(start))) {
            gather(&document, schema, &operation.name(), "", &mut found);
        }
    }
    assert!(found.len() > 80, "{found:?}");
    found
}

fn gather(document: &Value, schema: &Value, operation: &str, at: &str, found: &mut BTreeSet<(String, String)>) {
    if let Some(reference) = schema["$ref"].as_str() {
        return gather(
            document,
            document.pointer(&reference[1..]).unwrap(),
            operation,
            at,
            found,
        );
    }
    for alternative in ["oneOf", "allOf", "anyOf"] {
        for one in schema[alternative].as_array().into_iter().flatten() {
            gather(document, one, operation, at, found);
        }
    }
    if let Some(items) = schema.get("items") {
        gather(document, items, operation, &format!("{at}/*"), found);
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        if !NOT_THEIRS.contains(&name.as_str()) {
            gather(document, member, operation, &format!("{at}/{name}"), found);
        }
    }
    let is_text = match &schema["type"] {
        Value::String(kind) => kind == "string",
        Value::Array(kinds) => kinds.contains(&json!("string")),
        _ => false,
    };
    let coded = ["enum", "format", "pattern", "readOnly"]
        .iter()
        .any(|key| schema.get(*key).is_some());
    if is_text && !coded {
        found.insert((operation.to_owned(), at.to_owned()));
    }
}
