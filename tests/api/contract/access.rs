//! Who may do what: the list of what each operation needs says it, and the service does exactly that, to everybody.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use hark::api::routes::ROUTES;
use hark::domain::staff::{Permission, Role};
use reqwest::Method;
use serde_json::{Value, json};

use super::operations::{Operation, operations};
use super::permissions::NEEDS;
use crate::fixtures::method;
use crate::on_both;
use crate::support::person::{self, Browser};
use crate::support::{Client, Desk, Reply};

/// An address of the operation that leads to nothing.
pub fn nowhere(operation: &Operation) -> String {
    let segment = |segment: &str| match segment {
        "{step}" => "listen".to_owned(),
        "{type}" => "angry".to_owned(),
        "{kind}" => "note".to_owned(),
        "{slug}" => "nothing".to_owned(),
        segment
            if matches!(segment, "{attachment}" | "{other}" | "{complaint}")
                || (segment.ends_with("id}") && segment != "{external_id}") =>
        {
            "00000000-0000-7000-8000-000000000000".to_owned()
        }
        other => other.trim_matches(['{', '}']).to_owned(),
    };
    operation.path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

async fn knock(client: &Client, operation: &Operation) -> Reply {
    let body: Value = json!({});
    let body = (operation.method != "GET").then_some(&body);
    client.send(method(&operation.method), &nowhere(operation), body).await
}

/// What each operation needs.
fn needs() -> BTreeMap<&'static str, &'static str> {
    let pairs = NEEDS
        .iter()
        .flat_map(|(need, names)| names.iter().map(|name| (*name, *need)));
    pairs.collect()
}

#[test]
fn every_operation_is_on_the_list_of_what_each_needs() {
    let described: BTreeMap<String, String> = operations()
        .iter()
        .map(|operation| {
            let need = operation.value["x-permission"].as_str().unwrap_or("anybody");
            assert_eq!(
                operation.value["security"] == json!([]),
                need == "anybody",
                "{}",
                operation.name()
            );
            (operation.name(), need.to_owned())
        })
        .collect();
    let listed: BTreeMap<String, String> = needs()
        .into_iter()
        .map(|(name, need)| (name.to_owned(), need.to_owned()))
        .collect();
    assert_eq!(listed, described, "tests/api/contract/permissions.rs says otherwise");
    assert_eq!(
        listed.len(),
        NEEDS.iter().map(|(_, names)| names.len()).sum::<usize>(),
        "each once"
    );
}

/// What somebody without the needed permission is told.
const TURNED_AWAY: &[&str] = &[
    "auth.required",
    "auth.forbidden",
    "auth.people_only",
    "auth.cross_site",
    "auth.second_factor_required",
];

/// The code of the refusal that a caller gets, by what is needed and whether anything changes.
type Expectation = Box<dyn Fn(&str, bool) -> Option<&'static str>>;

/// Somebody who knocks, and what they should be told where this is needed; `None` where they are let in.
struct Caller {
    name: String,
    client: Client,
    told: Expectation,
}

impl Caller {
    /// Credentials that are none: anybody's operations and no more.
    fn nobody(name: &str, client: Client) -> Self {
        let told = |need: &str, _: bool| (need != "anybody").then_some("auth.required");
        Self {
            name: name.to_owned(),
            client,
            told: Box::new(told),
        }
    }

    /// A program with these permissions.
    fn program(name: String, client: Client, permissions: Vec<Permission>) -> Self {
        let told = move |need: &str, _: bool| match need {
            "anybody" | "signed-in" => None,
            "person" => Some("auth.people_only"),
            word => (!permissions.contains(&word.parse().unwrap())).then_some("auth.forbidden"),
        };
        let told = Box::new(told);
        Self { name, client, told }
    }

    /// A person with this role; with or without the session's token.
    fn person(role: Role, mut browser: Browser, with_token: bool) -> Self {
        if !with_token {
            browser.csrf = None;
        }
        let told = move |need: &str, changes: bool| match need {
            "anybody" => None,
            _ if changes && !with_token => Some("auth.cross_site"),
            "signed-in" | "person" => None,
            word => (!role.may(word.parse().unwrap())).then_some("auth.forbidden"),
        };
        Self {
            name: format!("{role} in a browser, with token: {with_token}"),
            client: browser.client(),
            told: Box::new(told),
        }
    }
}

/// A service token; its id and secret.
async fn token(desk: &Desk, body: &Value) -> (String, String) {
    let made = desk
        .client(Role::Admin)
        .post("/api/v1/service-tokens", body)
        .await
        .expect(201);
    (made.id().to_owned(), made.str("/secret").to_owned())
}

/// Everybody without valid credentials.
async fn nobodies(desk: &Desk) -> Vec<Caller> {
    let admin = desk.client(Role::Admin);
    let body = |name: &str| json!({ "name": name, "role": "admin", "days": 1 });
    let (_, expired) = token(desk, &body("expired")).await;
    desk.pass(TimeDelta::days(1));
    let (id, revoked) = token(desk, &body("revoked")).await;
    admin
        .send(Method::DELETE, &format!("/api/v1/service-tokens/{id}"), None)
        .await
        .expect(200);
    let (id, rotated) = token(desk, &body("rotated")).await;
    let at_once = json!({ "overlap_hours": 0 });
    admin
        .post(&format!("/api/v1/service-tokens/{id}/rotate"), &at_once)
        .await
        .expect(200);
    let leaver = person::signed_in(desk, "leaver", "lead").await;
    let found = admin.get("/api/v1/staff?handle=leaver").await.expect(200);
    let path = format!("/api/v1/staff/{}/deactivate", found.str("/items/0/id"));
    admin
        .post(&path, &json!({ "successor": "mary", "reason": "left" }))
        .await
        .expect(200);
    vec![
        Caller::nobody("nobody", desk.anonymous()),
        Caller::nobody("an expired token", desk.with_token(&expired)),
        Caller::nobody("a revoked token", desk.with_token(&revoked)),
        Caller::nobody("a rotated token", desk.with_token(&rotated)),
        Caller::nobody("a token that never was", desk.with_token("hark_never")),
        Caller::nobody("somebody who has left", leaver.client()),
    ]
}

/// Programs: of each role, with each permission alone, and with all but each.
async fn programs(desk: &Desk) -> Vec<Caller> {
    let mut callers = Vec::new();
    for role in Role::ALL {
        let name = format!("a program with the role {role}");
        callers.push(Caller::program(name, desk.client(*role), role.permissions().to_vec()));
    }
    for permission in Permission::ALL {
        let but = |other: &&Permission| *other != permission;
        let others = Permission::ALL.iter().filter(but).copied().collect();
        for (what, scopes) in [("only", vec![*permission]), ("all but", others)] {
            let name = format!("{what} {permission}");
            let (_, secret) = token(desk, &json!({ "name": name, "role": "admin", "scopes": scopes })).await;
            callers.push(Caller::program(name, desk.with_token(&secret), scopes));
        }
    }
    callers
}

/// People of each role.
async fn people(desk: &Desk) -> Vec<Caller> {
    let mut callers = Vec::new();
    for role in Role::ALL {
        let browser = person::signed_in(desk, &format!("the-{role}"), role.as_str()).await;
        for with_token in [false, true] {
            callers.push(Caller::person(*role, browser.clone(), with_token));
        }
    }
    callers
}

on_both! {
    async fn every_operation_tells_everybody_what_the_list_says(desk) {
        let mut callers = nobodies(&desk).await;
        callers.extend(programs(&desk).await);
        callers.extend(people(&desk).await);
        let before = desk.footprint();
        let needs = needs();
        let mut all = operations();
        // Who has signed out is nobody: last.
        all.sort_by_key(|operation| operation.name() == "DELETE /api/v1/session");
        for operation in &all {
            let Some(need) = needs.get(operation.name().as_str()) else { continue };
            let changes = operation.method != "GET";
            for Caller { name, client, told } in &callers {
                let reply = knock(client, operation).await;
                let called = format!("{} told {name}: {} {}", operation.name(), reply.status, reply.text);
                match told(need, changes) {
                    Some(code) => assert_eq!(reply.code(), code, "{called}"),
                    None => assert!(!TURNED_AWAY.contains(&reply.code()) && reply.status != 500, "{called}"),
                }
            }
        }
        assert_eq!(desk.footprint(), before, "nothing was done on the way");
    }
}

#[test]
fn only_health_figures_documentation_and_what_customers_use_is_open_to_everybody() {
    for operation in operations()
        .iter()
        .filter(|operation| operation.value.get("x-permission").is_none())
    {
        let open = [
            "/livez",
            "/readyz",
            "/metrics",
            "/problems",
            "/api/v1/public/",
            "/api/v1/session",
            "/api/v1/oidc/",
        ];
        assert!(
            open.iter().any(|start| operation.path.starts_with(start)),
            "{}",
            operation.name()
        );
    }
}

#[test]
fn the_routes_and_the_openapi_file_list_the_same_operations() {
    let routes: BTreeSet<String> = ROUTES
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let described: BTreeSet<String> = operations().iter().map(Operation::name).collect();
    assert_eq!(routes, described);
    assert_eq!(routes.len(), ROUTES.len(), "each route once");
}

on_both! {
    async fn an_address_that_is_not_in_the_table_leads_nowhere_for_everybody(desk) {
        for client in [desk.anonymous(), desk.client(Role::Admin)] {
            for path in ["/api/v1/nothing", "/api/v1", "/administrator", "/api/v1/complaints/", "/api/v2/complaints"] {
                let reply = client.send(Method::GET, path, None).await;
                reply.expect_problem(404, "resource.not_found");
            }
        }
    }
}
