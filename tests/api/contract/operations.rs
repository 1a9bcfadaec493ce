//! The operations of the OpenAPI file, and for each that changes something a request that succeeds.

use reqwest::Method;
use serde_json::{Value, json};

use crate::fixtures::{CALL_BACKS, COMPLAINTS, CUSTOMERS, Case, PUBLIC, by_web, merged, method, missed, reason};
use crate::journeys::{by_phone, six_steps, upheld};
use crate::support::{Client, Desk, Reply, person};

/// One operation of the OpenAPI file.
pub struct Operation {
    pub method: String,
    pub path: String,
    pub value: Value,
}

/// Every operation, as the service describes itself.
pub fn operations() -> Vec<Operation> {
    let document = hark::api::openapi::document().unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, value) in methods.as_object().unwrap() {
            let (method, path, value) = (method.to_uppercase(), path.clone(), value.clone());
            found.push(Operation { method, path, value });
        }
    }
    assert!(found.len() > 40);
    found
}

impl Operation {
    /// Whether it takes this shared parameter.
    pub fn takes(&self, parameter: &str) -> bool {
        let start = format!("#/components/parameters/{parameter}");
        let parameters = self.value["parameters"].as_array().into_iter().flatten();
        parameters
            .filter_map(|p| p["$ref"].as_str())
            .any(|reference| reference.starts_with(&start))
    }

    /// Whether it is a POST that changes nothing.
    pub fn only_asks(&self) -> bool {
        hark::api::routes::ASKS.contains(&self.path.as_str())
    }

    /// Whether it changes something that there is already, or takes it away.
    pub fn changes(&self) -> bool {
        matches!(self.method.as_str(), "PUT" | "PATCH" | "DELETE") || (self.method == "POST" && self.path.contains('{'))
    }

    /// Whether it takes something away.
    pub fn deletes(&self) -> bool {
        self.method == "DELETE"
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// A request that succeeds once.
pub struct Sample {
    pub client: Client,
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
    /// What it changes, where it changes something.
    pub resource: String,
}

impl Sample {
    pub async fn send(&self) -> Reply {
        self.client
            .send(self.method.clone(), &self.path, self.body.as_ref())
            .await
    }

    /// The same request with a header.
    pub fn with(&self, name: &str, value: &str) -> Self {
        Self {
            client: self.client.with(name, value),
            method: self.method.clone(),
            path: self.path.clone(),
            body: self.body.clone(),
            resource: self.resource.clone(),
        }
    }

    /// The same request with another text somewhere in the body, as valid as this one.
    pub fn varied(&self) -> Option<Self> {
        let mut other = self.with("x-varied", "yes");
        let body = other.body.as_mut()?.as_object_mut().unwrap();
        let text = [
            "reason",
            "note",
            "body",
            "subject",
            "statement",
            "name",
            "source",
            "title",
            "seed",
        ]
        .into_iter()
        .find(|key| body.contains_key(*key));
        match text {
            Some(key) => body.insert(key.to_owned(), json!("something else")),
            None if body.contains_key("policy") => {
                body["policy"]["source"] = json!("something else");
                None
            }
            None if body.contains_key("actions") => body.insert("actions".to_owned(), json!([{ "do": "watch" }])),
            None if body.contains_key("deputy") => body.insert("deputy".to_owned(), json!(null)),
            None if body.contains_key("activate") => body.insert("activate".to_owned(), json!(true)),
            None if body.contains_key("overlap_hours") => body.insert("overlap_hours".to_owned(), json!(7)),
            None => body.insert("duplicate_of".to_owned(), json!(null)),
        };
        Some(other)
    }

    /// What it changes, as it is now.
    pub async fn read(&self) -> Reply {
        self.client.get(&self.resource).await.expect(200)
    }
}

/// A request for this operation, on a desk where it succeeds, however often one is asked for.
pub async fn sample(desk: &Desk, operation: &Operation) -> Sample {
    let short = operation.path.strip_prefix("/api/v1").unwrap();
    let parts: Vec<&str> = short.split('/').skip(1).collect();
    let (client, path, body, resource) = match (operation.method.as_str(), parts.as_slice()) {
        (_, ["complaints", "{id}", rest @ ..]) => on_complaint(desk, operation, rest).await,
        (_, ["call-backs", "{id}", action]) => on_call_back(desk, action).await,
        (_, ["public", "complaints", "{token}", rest @ ..]) => by_the_customer(desk, rest).await,
        (_, ["customers", rest @ ..]) if !rest.is_empty() => on_customer(desk, operation, rest).await,
        ("POST", ["staff", "{id}", "invitation"]) => {
            let admin = desk.client(hark::domain::staff::Role::Admin);
            let staff = crate::support::person::add(desk, &fresh(desk, "wang"), "agent").await;
            (admin, format!("/api/v1/staff/{staff}/invitation"), None, String::new())
        }
        (_, ["corrective-actions", rest @ ..]) => crate::leads::on_action(desk, operation, rest).await,
        (_, ["review-form" | "review-picks" | "call-reviews", ..]) => crate::leads::on_review(desk, &parts).await,
        (_, ["routing", rest @ ..]) => on_routing(desk, rest).await,
        (_, ["rules", rest @ ..]) => on_rules(desk, rest).await,
        (_, [noun @ ("bulk-actions" | "views" | "canned-texts" | "macros"), rest @ ..]) => {
            on_casework(desk, operation, noun, rest).await
        }
        ("POST", ["work", "take-next"]) => {
            Case::logged(desk).await;
            (desk.agent(), operation.path.clone(), None, String::new())
        }
        ("POST", ["complaints"]) => (desk.agent(), COMPLAINTS.to_owned(), Some(by_phone()), String::new()),
        ("POST", ["public", "complaints"]) => (desk.anonymous(), PUBLIC.to_owned(), Some(by_web()), String::new()),
        ("POST", ["customers"]) => (
            desk.agent(),
            CUSTOMERS.to_owned(),
            Some(json!({ "name": "Wang", "phones": [format!("139 0013 {:04}", 9_000 + desk.rows("customers"))] })),
            String::new(),
        ),
        (_, ["staff", "{id}", part @ ("work-profile" | "absences")]) => on_work_of(desk, part).await,
        (_, ["staff" | "teams" | "roles" | "service-tokens", rest @ ..]) if !rest.is_empty() => {
            on_people(desk, operation).await
        }
        ("POST", ["staff"]) => (
            desk.client(hark::domain::staff::Role::Admin),
            operation.path.clone(),
            Some(
                json!({ "handle": fresh(desk, "zhang"), "name": "张敏", "email": format!("{}@example.com", fresh(desk, "zhang")), "role": "agent" }),
            ),
            String::new(),
        ),
        ("POST", ["teams"]) => (
            desk.client(hark::domain::staff::Role::Admin),
            operation.path.clone(),
            Some(json!({ "name": fresh(desk, "Broadband-") })),
            String::new(),
        ),
        ("POST", ["typing", "layers", "undo"]) => {
            crate::typing::learn_something(desk).await;
            let lead = desk.client(hark::domain::staff::Role::Lead);
            (lead, operation.path.clone(), None, String::new())
        }
        ("POST", ["service-tokens"]) => {
            let admin = desk.client(hark::domain::staff::Role::Admin);
            (
                admin,
                operation.path.clone(),
                Some(json!({ "name": format!("sample {}", desk.rows("service_tokens")), "role": "sales" })),
                String::new(),
            )
        }
        (_, ["session" | "me", ..] | ["public", "invitations", ..]) => by_a_person(desk, operation, &parts).await,
        (_, ["calendars", rest @ ..]) => on_calendar(desk, rest).await,
        (_, ["sla-policies", rest @ ..]) => on_policy(desk, rest).await,
        (_, ["sla-packs", "{slug}", "install"]) => {
            let body = json!({ "slug": format!("pack_{}", desk.rows("sla_policies")), "activate": false });
            let operations = desk.client(hark::domain::staff::Role::Operations);
            let path = "/api/v1/sla-packs/uk_disp/install".to_owned();
            (operations, path, Some(body), String::new())
        }
        (method, ["retention-rules", ..]) => with_rules(desk, method, &operation.path).await,
        _ => panic!(
            "write a request that succeeds for the new operation {}",
            operation.name()
        ),
    };
    Sample {
        client,
        method: method(&operation.method),
        path,
        body,
        resource,
    }
}

/// Somebody signs in, or sees to how they do.
async fn by_a_person(desk: &Desk, operation: &Operation, parts: &[&str]) -> Parts {
    let handle = format!("person-{}", desk.rows("staff_members"));
    let mut path = operation.path.clone();
    let (client, body) = match parts {
        ["session"] => {
            person::with_password(desk, &handle, "agent").await;
            (
                desk.anonymous(),
                json!({ "handle": handle, "password": person::PASSWORD }),
            )
        }
        ["public", "invitations", ..] => {
            let staff = person::add(desk, &handle, "agent").await;
            path = person::invite(desk, &staff).await;
            (desk.anonymous(), json!({ "password": person::PASSWORD }))
        }
        ["me", rest @ ..] => {
            let mut browser = person::signed_in(desk, &handle, "agent").await;
            let body = match rest {
                ["drafts", "intake"] => json!({ "typed": "The router drops out" }),
                ["password"] => json!({ "current": person::PASSWORD, "new": "seven quiet harbours sing" }),
                ["second-factor"] => json!({ "password": person::PASSWORD }),
                ["second-factor", "confirm"] => {
                    let path = "/api/v1/me/second-factor";
                    let begun = browser
                        .post(path, &json!({ "password": person::PASSWORD }))
                        .await
                        .expect(200);
                    json!({ "code": person::App::of(begun.str("/secret")).code(desk) })
                }
                ["second-factor", "remove"] => {
                    let (_, codes) = browser.enrol(desk).await;
                    json!({ "password": person::PASSWORD, "code": codes[0] })
                }
                _ => panic!("write a request that succeeds for {}", operation.name()),
            };
            (browser.client(), body)
        }
        _ => panic!("write a request that succeeds for {}", operation.name()),
    };
    (client, path, Some(body), String::new())
}

/// A name that nobody and nothing has yet.
fn fresh(desk: &Desk, name: &str) -> String {
    format!("{name}{}", desk.rows("staff_members") + desk.rows("teams"))
}

type Parts = (Client, String, Option<Value>, String);

async fn on_complaint(desk: &Desk, operation: &Operation, rest: &[&str]) -> Parts {
    if operation.deletes() {
        return off_complaint(desk, rest).await;
    }
    let case = match rest {
        ["redress" | "reopen"] => Case::closed(desk).await,
        ["close"] => Case::worked(desk).await,
        _ => Case::logged(desk).await,
    };
    if let ["macros", ..] = rest {
        crate::casework::macro_of(desk, "sample", &json!([{ "do": "add_note", "body": "seen" }])).await;
    }
    if rest == ["unmerge"] {
        let other = Case::logged(desk).await;
        case.post("merge", &json!({ "into": other.id, "reason": "the same matter" }))
            .await
            .expect(200);
    }
    let body = match rest {
        ["tags"] => Some(json!({ "tags": ["router"] })),
        ["watchers", "me"] | ["macros", ..] => None,
        ["relations", ..] => Some(json!({ "kind": "related", "reason": "the same street" })),
        ["merge"] => Some(json!({ "into": Case::logged(desk).await.id, "reason": "the same matter" })),
        ["unmerge"] => Some(reason("it was not")),
        [] => Some(json!({ "subject": "掉线" })),
        ["steps"] => Some(six_steps(&desk.in_minutes(60))),
        ["steps", "{step}"] => Some(json!({ "record": { "own_words": "no internet" } })),
        ["customer-type"] => Some(json!({ "customer_type": "friendly", "note": "calmed down" })),
        ["redress"] => Some(json!({ "status": "paid" })),
        ["route"] => {
            use crate::work::routing::{SAMPLE, enforce, sample};
            case.edit(&json!({ "category": SAMPLE })).await.expect(200);
            enforce(desk, &[sample(desk).await]).await;
            None
        }
        ["assign"] => Some(json!({ "owner": "mary", "note": "knows the street" })),
        ["wait"] => Some(json!({ "ball_with": "customer", "reason": "a photo" })),
        ["resume"] => {
            case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" }))
                .await
                .expect(200);
            Some(json!({ "note": "it has come" }))
        }
        ["close"] => {
            case.skip("call_back", "customer_declined").await.expect(200);
            Some(upheld())
        }
        ["reopen" | "withdraw"] => Some(reason("it broke again")),
        ["links"] => Some(json!({ "duplicate_of": Case::logged(desk).await.id })),
        ["notes" | "messages"] => Some(json!({ "body": "We are on it." })),
        ["tracking-link"] => None,
        ["presence"] => Some(json!({ "doing": "looking" })),
        ["drafts", "{kind}"] => Some(json!({ "typed": "Dear Ms Li", "based_on": 1 })),
        ["legal-hold"] => Some(reason("a court case")),
        // Taken as it is: JSON is plain text, too.
        ["attachments"] => Some(json!({ "note": "as dictated on the phone" })),
        ["call-backs"] => Some(merged(case.window(10, 20), json!({ "note": "the bill" }))),
        _ => panic!(
            "write a request that succeeds for the new operation {}",
            operation.name()
        ),
    };
    let path = operation.path.replace("{id}", &case.id).replace("{step}", "listen");
    let mut path = path.replace("{slug}", "sample").replace("{kind}", "note");
    if path.contains("{other}") {
        path = path.replace("{other}", &Case::logged(desk).await.id);
    }
    let client = if rest == ["legal-hold"] {
        officer(desk)
    } else {
        desk.agent()
    };
    (client, path, body, case.path())
}

/// Something that hangs on a complaint is taken away.
async fn off_complaint(desk: &Desk, rest: &[&str]) -> Parts {
    let (case, _) = Case::filed(desk).await;
    let (client, part) = match rest {
        ["tracking-link"] => (desk.agent(), "tracking-link".to_owned()),
        ["watchers", "me"] => (desk.agent(), "watchers/me".to_owned()),
        ["relations", "{other}"] => {
            let part = format!("relations/{}", Case::logged(desk).await.id);
            case.put(&part, &json!({ "kind": "child" })).await.expect(200);
            (desk.agent(), part)
        }
        ["legal-hold"] => {
            let path = format!("{}/legal-hold", case.path());
            officer(desk).put(&path, &reason("a court case")).await.expect(200);
            (officer(desk), "legal-hold".to_owned())
        }
        ["attachments", "{attachment}"] => {
            let kept = crate::attachments::send(&case.agent, &case.path(), "a.txt", b"of somebody else").await;
            let part = format!("attachments/{}?reason=wrong%20customer", kept.expect(201).id());
            (desk.client(hark::domain::staff::Role::Lead), part)
        }
        _ => panic!("write a request that succeeds for taking away {rest:?}"),
    };
    (client, format!("{}/{part}", case.path()), None, case.path())
}

/// Texts, macros, views and bulk actions.
async fn on_casework(desk: &Desk, operation: &Operation, noun: &str, rest: &[&str]) -> Parts {
    use crate::casework::{macro_of, text_of, wording};
    let (agent, lead) = (desk.agent(), desk.client(hark::domain::staff::Role::Lead));
    let list = format!("/api/v1/{noun}");
    let (client, path, body) = match (noun, rest) {
        ("bulk-actions", []) => {
            let body =
                json!({ "ids": [Case::logged(desk).await.id], "actions": [{ "do": "tag", "tags": ["router"] }] });
            // No more than a few at once are somebody's.
            desk.execute("UPDATE bulk_actions SET state = 'done' WHERE state = 'waiting'");
            return (agent, list, Some(body), String::new());
        }
        ("bulk-actions", ["{id}", "cancel"]) => {
            let body = json!({ "ids": [Case::logged(desk).await.id], "actions": [{ "do": "watch" }] });
            desk.execute("UPDATE bulk_actions SET state = 'done' WHERE state = 'waiting'");
            let asked = agent.post(&list, &body).await.expect(202);
            let resource = format!("{list}/{}", asked.id());
            return (agent, format!("{resource}/cancel"), None, resource);
        }
        ("views", []) => {
            let body = json!({ "title": "Late ones", "filter": { "overdue": true, "order": "due" } });
            return (agent, list, Some(body), String::new());
        }
        ("views", _) => {
            let body = json!({ "title": "Late ones", "filter": { "overdue": true } });
            let made = agent.post(&list, &body).await.expect(201);
            let body = json!({ "title": "Waiting ones", "filter": { "state": "waiting" } });
            (agent, format!("{list}/{}", made.id()), body)
        }
        ("macros", _) => {
            let slug = format!("sample_{}", desk.rows("macros"));
            macro_of(desk, &slug, &json!([{ "do": "add_note", "body": "seen" }])).await;
            let body = json!({ "title": "Another", "actions": [{ "do": "add_note", "body": "seen again" }] });
            (lead, format!("{list}/{slug}"), body)
        }
        ("canned-texts", _) => {
            let slug = format!("sample_{}", desk.rows("canned_texts"));
            text_of(desk, &slug, &json!([wording("zh", "您好")])).await;
            (
                lead,
                format!("{list}/{slug}"),
                json!({ "title": "Another", "wordings": [wording("en", "Hello")] }),
            )
        }
        _ => panic!(
            "write a request that succeeds for the new operation {}",
            operation.name()
        ),
    };
    let body = Some(body).filter(|_| !operation.deletes());
    (client, path.clone(), body, path)
}

/// A calendar is made, changed, or given holidays.
async fn on_calendar(desk: &Desk, rest: &[&str]) -> Parts {
    let operations = desk.client(hark::domain::staff::Role::Operations);
    let list = "/api/v1/calendars";
    let hours = "Mo-Fr 09:00-12:00,13:30-18:00; PH off";
    let holiday = json!({ "date": "2027-01-01", "label": "元旦" });
    let form = |slug: Option<String>| {
        let mut form = json!({
            "name": "Night desk", "time_zone": "Asia/Shanghai", "notation": hours, "holidays": [holiday.clone()],
            "source": "the State Council's notice",
        });
        if let Some(slug) = slug {
            form["slug"] = json!(slug);
        }
        form
    };
    let slug = format!("night_{}", desk.rows("calendars"));
    if rest.is_empty() {
        return (operations, list.to_owned(), Some(form(Some(slug))), String::new());
    }
    let made = operations.post(list, &form(Some(slug))).await.expect(201);
    let path = format!("{list}/{}", made.str("/slug"));
    match rest {
        ["{slug}"] => (operations, path.clone(), Some(form(None)), path),
        ["{slug}", "holidays"] => {
            let body = json!({ "holidays": [{ "date": "2027-02-06", "label": "春节" }], "source": "the same" });
            (operations, format!("{path}/holidays"), Some(body), path)
        }
        _ => panic!("write a request that succeeds for {rest:?} of a calendar"),
    }
}

/// A policy is made, written anew, or brought into and out of force.
async fn on_policy(desk: &Desk, rest: &[&str]) -> Parts {
    let operations = desk.client(hark::domain::staff::Role::Operations);
    let list = "/api/v1/sla-policies";
    let policy = crate::clocks::resolve_within(600);
    let form = json!({ "slug": format!("own_{}", desk.rows("sla_policies")), "policy": policy });
    if rest.is_empty() {
        return (operations, list.to_owned(), Some(form), String::new());
    }
    let made = operations.post(list, &form).await.expect(201);
    let path = format!("{list}/{}", made.str("/slug"));
    match rest {
        ["{slug}"] => (operations, path.clone(), Some(policy), path),
        ["{slug}", "activate"] => (operations, format!("{path}/activate"), None, path),
        ["{slug}", "deactivate"] => {
            operations
                .post(&format!("{path}/activate"), &Value::Null)
                .await
                .expect(200);
            (operations, format!("{path}/deactivate"), None, path)
        }
        _ => panic!("write a request that succeeds for {rest:?} of a policy"),
    }
}

/// Rules of routing are written, brought into force, or taken out of it.
async fn on_routing(desk: &Desk, rest: &[&str]) -> Parts {
    use crate::work::routing::{ROUTING, enforce, sample, write};
    let operations = desk.client(hark::domain::staff::Role::Operations);
    let rules = json!({ "rules": [sample(desk).await] });
    match rest {
        [] => (operations, ROUTING.to_owned(), Some(rules), ROUTING.to_owned()),
        ["versions", "{version}", "activate"] => {
            let written = write(desk, &[sample(desk).await]).await;
            let path = format!("{ROUTING}/versions/{}/activate", written.at("/version"));
            (operations, path, None, ROUTING.to_owned())
        }
        ["deactivate"] => {
            enforce(desk, &[sample(desk).await]).await;
            (operations, format!("{ROUTING}/deactivate"), None, String::new())
        }
        ["dry-run"] => (operations, format!("{ROUTING}/dry-run"), Some(rules), String::new()),
        _ => panic!("write a request that succeeds for {rest:?} of routing"),
    }
}

/// Rules on events and time are written, brought into force, or taken out of it.
async fn on_rules(desk: &Desk, rest: &[&str]) -> Parts {
    use crate::rules::{RULES, enforce, note, write};
    let admin = desk.client(hark::domain::staff::Role::Admin);
    // Of a category that no other sample has.
    let rule = note(
        "sample",
        json!({ "event": "received" }),
        json!({ "complaint": { "categories": ["sample_of_rules"] } }),
    );
    let rules = json!({ "rules": [rule] });
    match rest {
        [] => (admin, RULES.to_owned(), Some(rules), RULES.to_owned()),
        ["versions", "{version}", "activate"] => {
            let written = write(desk, &[rule]).await;
            let path = format!("{RULES}/versions/{}/activate", written.at("/version"));
            (admin, path, None, RULES.to_owned())
        }
        ["deactivate"] => {
            enforce(desk, &[rule]).await;
            (admin, format!("{RULES}/deactivate"), None, String::new())
        }
        ["dry-run"] => (admin, format!("{RULES}/dry-run"), Some(rules), String::new()),
        _ => panic!("write a request that succeeds for {rest:?} of rules"),
    }
}

async fn on_call_back(desk: &Desk, action: &str) -> Parts {
    let case = Case::worked(desk).await;
    let promise = case.promise(0, 60).await;
    let body = match action {
        "attempts" => merged(missed("no_answer"), json!({ "note": "rang long" })),
        "reschedule" => merged(case.window(60, 120), json!({ "asked_by": "desk", "reason": "all ill" })),
        "cancel" => reason("no need"),
        _ => panic!("write a request that succeeds for the new action {action}"),
    };
    let path = format!("{CALL_BACKS}/{promise}");
    (desk.agent(), format!("{path}/{action}"), Some(body), path)
}

async fn by_the_customer(desk: &Desk, rest: &[&str]) -> Parts {
    let (case, link) = Case::filed(desk).await;
    let (path, body) = match rest {
        ["messages"] => ("messages".to_owned(), json!({ "body": "It is 4711." })),
        ["withdraw"] => ("withdraw".to_owned(), reason("found it")),
        ["attachments"] => ("attachments".to_owned(), json!({ "note": "the bill" })),
        ["accept"] => {
            case.post("withdraw", &reason("a misunderstanding")).await.expect(200);
            return (desk.anonymous(), format!("{link}/accept"), None, link);
        }
        ["dispute"] => {
            case.post("withdraw", &reason("a misunderstanding")).await.expect(200);
            ("dispute".to_owned(), reason("it was not"))
        }
        ["call-backs", "{id}", action] => {
            let promise = case.promise(10, 20).await;
            let body = merged(case.window(30, 40), reason("at work"));
            let body = if *action == "move" { body } else { reason("no need") };
            (format!("call-backs/{promise}/{action}"), body)
        }
        _ => panic!("write a request that succeeds for the new address {rest:?} of the customer"),
    };
    (desk.anonymous(), format!("{link}/{path}"), Some(body), link)
}

/// Somebody's skills are told, or that they will be away.
async fn on_work_of(desk: &Desk, part: &str) -> Parts {
    let admin = desk.client(hark::domain::staff::Role::Admin);
    let member = person::add(desk, &fresh(desk, "wu"), "agent").await;
    let resource = format!("/api/v1/staff/{member}");
    if part == "work-profile" {
        let path = format!("{resource}/work-profile");
        let body = json!({ "languages": ["zh-CN"], "products": ["router"], "capacity": 7 });
        return (admin, path.clone(), Some(body), path);
    }
    let away = json!({
        "starts_at": desk.in_minutes(60), "ends_at": desk.in_minutes(600), "kind": "holiday", "deputy": "mary",
    });
    (admin, format!("{resource}/absences"), Some(away), resource)
}

async fn on_people(desk: &Desk, operation: &Operation) -> Parts {
    let admin = desk.client(hark::domain::staff::Role::Admin);
    let number =
        desk.rows("staff_members") + desk.rows("teams") + desk.rows("custom_roles") + desk.rows("service_tokens");
    let member = async || {
        let body = json!({ "handle": format!("agent-{number}"), "name": "Wang", "role": "agent" });
        admin.post("/api/v1/staff", &body).await.expect(201).id().to_owned()
    };
    let team = async || {
        let body = json!({ "name": format!("team {number}") });
        admin.post("/api/v1/teams", &body).await.expect(201).id().to_owned()
    };
    let short = operation.path.strip_prefix("/api/v1/").unwrap();
    let (resource, action, body) = match short {
        "staff/{id}" => (
            format!("staff/{}", member().await),
            String::new(),
            Some(json!({ "name": "Zhang" })),
        ),
        "staff/{id}/deactivate" => {
            let body = json!({ "successor": "mary", "reason": "moved to the warehouse" });
            (
                format!("staff/{}", member().await),
                "/deactivate".to_owned(),
                Some(body),
            )
        }
        "staff/{id}/reactivate" => {
            let id = member().await;
            let path = format!("/api/v1/staff/{id}/deactivate");
            admin
                .post(&path, &json!({ "successor": "mary", "reason": "ill" }))
                .await
                .expect(200);
            (format!("staff/{id}"), "/reactivate".to_owned(), None)
        }
        "teams/{id}" => {
            let body = json!({ "name": format!("other {number}") });
            (format!("teams/{}", team().await), String::new(), Some(body))
        }
        "teams/{id}/members/{staff_id}" => {
            let (action, resource) = (
                format!("/members/{}", member().await),
                format!("teams/{}", team().await),
            );
            let leads = json!({ "leads": true });
            if operation.deletes() {
                admin
                    .put(&format!("/api/v1/{resource}{action}"), &leads)
                    .await
                    .expect(200);
            }
            (resource, action, Some(leads))
        }
        "roles/{slug}" => {
            let resource = format!("roles/own_{number}");
            let body = json!({ "name": "Night desk", "permissions": ["read-complaints"] });
            admin.put(&format!("/api/v1/{resource}"), &body).await.expect(201);
            (
                resource,
                String::new(),
                Some(json!({ "name": "Day desk", "permissions": ["read-complaints"] })),
            )
        }
        "service-tokens/{id}/rotate" => {
            let body = json!({ "name": format!("sample {number}"), "role": "sales" });
            let made = admin.post("/api/v1/service-tokens", &body).await.expect(201);
            let resource = format!("service-tokens/{}", made.id());
            (resource, "/rotate".to_owned(), Some(json!({ "overlap_hours": 24 })))
        }
        _ => panic!(
            "write a request that succeeds for the new operation {}",
            operation.name()
        ),
    };
    let resource = format!("/api/v1/{resource}");
    let body = body.filter(|_| !operation.deletes());
    (admin, format!("{resource}{action}"), body, resource)
}

async fn on_customer(desk: &Desk, operation: &Operation, rest: &[&str]) -> Parts {
    let external = format!("{CUSTOMERS}/by-external-id/crm/C-{}", desk.rows("customers"));
    let made = desk
        .agent()
        .put(&external, &json!({ "name": "Wang" }))
        .await
        .expect(201);
    let resource = format!("{CUSTOMERS}/{}", made.id());
    let about = match rest {
        ["{id}", about] => *about,
        ["{id}"] => {
            return (
                desk.agent(),
                resource.clone(),
                Some(json!({ "name": "Zhang" })),
                resource,
            );
        }
        _ => return (desk.agent(), external, Some(json!({ "name": "Zhang" })), resource),
    };
    let body = match about {
        "consents" => {
            json!({ "purpose": "marketing", "given": true, "source": "phone", "wording": "May we?", "note": "sure" })
        }
        "restrict" | "anonymise" | "erase" | "legal-hold" | "export" => reason("by letter"),
        "lift-restriction" => {
            let restrict = format!("{resource}/restrict");
            officer(desk)
                .post(&restrict, &reason("wrong address"))
                .await
                .expect(200);
            reason("put right")
        }
        _ => panic!("write a request that succeeds for the new address {about} of customers"),
    };
    let client = if about == "consents" {
        desk.agent()
    } else {
        officer(desk)
    };
    let path = format!("{resource}/{about}");
    if operation.deletes() {
        client.put(&path, &body).await.expect(200);
        return (client, path, None, resource);
    }
    (client, path, Some(body), resource)
}

/// Who sees to the customers' right to their data.
fn officer(desk: &Desk) -> Client {
    desk.client(hark::domain::staff::Role::Auditor)
}

async fn with_rules(desk: &Desk, method: &str, path: &str) -> Parts {
    let rules = json!({ "rules": [{ "kind": "complaint", "keep_days": 1000, "then": "erase" }] });
    let resource = "/api/v1/retention-rules".to_owned();
    officer(desk).put(&resource, &rules).await.expect(200);
    (
        officer(desk),
        path.to_owned(),
        (method == "PUT").then_some(rules),
        resource,
    )
}
