//! Who may do what: the OpenAPI file says it, and the service does exactly that.

use std::collections::BTreeSet;

use hark::api::routes::ROUTES;
use hark::domain::staff::{Permission, Role};
use reqwest::Method;
use serde_json::{Value, json};

use super::operations::{Operation, operations};
use crate::fixtures::method;
use crate::on_both;
use crate::support::{Client, Reply};

/// An address of the operation that leads to nothing.
pub fn nowhere(operation: &Operation) -> String {
    let segment = |segment: &str| match segment {
        "{id}" | "{staff_id}" => "00000000-0000-7000-8000-000000000000".to_owned(),
        "{step}" => "listen".to_owned(),
        "{type}" => "angry".to_owned(),
        "{slug}" => "nothing".to_owned(),
        other => other.trim_matches(['{', '}']).to_owned(),
    };
    operation.path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

async fn knock(client: &Client, operation: &Operation) -> Reply {
    let body: Value = json!({});
    let body = (operation.method != "GET").then_some(&body);
    client.send(method(&operation.method), &nowhere(operation), body).await
}

on_both! {
    async fn every_operation_refuses_the_anonymous_and_every_wrong_role_and_lets_the_others_in(desk) {
        let before = desk.footprint();
        for operation in operations() {
            let name = operation.name();
            let permission = operation.value["x-permission"].as_str();
            let stranger = knock(&desk.anonymous(), &operation).await.status;
            let anybody = permission.is_none();
            assert_eq!(stranger == 401, !anybody, "{name} answered {stranger} to a stranger");
            assert_eq!(operation.value["security"] == json!([]), anybody, "{name}");
            for role in Role::ALL {
                let may = match permission {
                    None | Some("signed-in") => true,
                    // Tokens are no people.
                    Some("person") => false,
                    Some(word) => role.may(word.parse::<Permission>().unwrap()),
                };
                let status = knock(&desk.client(*role), &operation).await.status;
                assert_eq!(status == 403, !may, "{name} answered {status} to the role {role}");
                assert!(status != 401 && status < 500, "{name} answered {status} to the role {role}");
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
            for path in ["/api/v1/nothing", "/api/v1", "/admin", "/api/v1/complaints/", "/api/v2/complaints"] {
                let reply = client.send(Method::GET, path, None).await;
                reply.expect_problem(404, "resource.not_found");
            }
        }
    }
}
