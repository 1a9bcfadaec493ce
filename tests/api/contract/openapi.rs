//! The OpenAPI file: in step with the service, and complete.

use std::path::Path;

use serde_json::Value;

use super::operations::{Operation, operations};
use crate::on_both;

/// Where people read it.
const READABLE: [&str; 2] = ["/docs/", "/docs"];
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/hark.v1.json");

#[test]
fn the_checked_in_file_is_what_the_service_says() {
    let kept = std::fs::read_to_string(Path::new(FILE)).unwrap();
    let text = hark::api::openapi::text().unwrap();
    assert!(
        kept == text,
        "openapi/hark.v1.json is out of step: run `cargo run -- openapi > openapi/hark.v1.json`"
    );
}

on_both! {
    async fn the_service_serves_its_own_description(desk) {
        let served = desk.anonymous().get("/openapi.json").await.expect(200);
        assert_eq!(served.json, hark::api::openapi::document().unwrap());
        for address in READABLE {
            let page = desk.anonymous().get(address).await.expect(200);
            assert!(page.text.contains("swagger-ui"), "{address} leads there");
        }
    }
}

#[test]
fn each_list_of_rules_is_described_as_its_own() {
    let document = hark::api::openapi::document().unwrap();
    for (path, own, other) in [("/api/v1/routing", "team", "then"), ("/api/v1/rules", "then", "team")] {
        let answer =
            &document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
        let schema = document.pointer(answer.as_str().unwrap().trim_start_matches('#'));
        let rule = &schema.unwrap()["properties"]["rules"]["items"]["properties"];
        assert!(rule[own].is_object() && rule[other].is_null(), "{path}: {rule}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default().trim()
}

#[test]
fn every_operation_says_what_it_does_and_what_each_parameter_is() {
    let document = hark::api::openapi::document().unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = Vec::new();
    for operation in operations() {
        let name = operation.name();
        ids.push(text(&operation.value["operationId"]).to_owned());
        assert!(!text(&operation.value["summary"]).is_empty(), "{name} has no summary");
        assert!(
            !text(&operation.value["description"]).is_empty(),
            "{name} has no description"
        );
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let parameter = match parameter["$ref"].as_str() {
                Some(reference) => document.pointer(&reference[1..]).unwrap(),
                None => parameter,
            };
            assert!(
                !text(&parameter["description"]).is_empty(),
                "{name}: {} has no description",
                parameter["name"]
            );
            if parameter["in"] == "path" {
                let named = format!("{{{}}}", text(&parameter["name"]));
                assert!(operation.path.contains(&named), "{name} has no {named}");
            }
        }
        let in_path = operation.value["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|p| p["in"] == "path");
        assert_eq!(
            in_path.count(),
            operation.path.matches('{').count(),
            "{name}: each part of the path is described"
        );
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "each operation has a name of its own");
}

#[test]
fn every_post_takes_a_key() {
    for operation in operations() {
        let Operation { method, .. } = &operation;
        // Nothing is kept of requests with a password.
        let secret = ["/session", "/second-factor", "/invitations/{token}"]
            .iter()
            .any(|part| operation.path.contains(part));
        assert_eq!(
            operation.takes("IdempotencyKey"),
            method == "POST" && !secret && !operation.only_asks(),
            "{}",
            operation.name()
        );
    }
}

#[test]
fn every_schema_and_each_of_its_fields_says_what_it_is() {
    let document = hark::api::openapi::document().unwrap();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(!text(&schema["description"]).is_empty(), "{name} has no description");
    }
    let mut fields = 0;
    describe(&document, "", &mut fields);
    assert!(fields > 250, "{fields} fields were looked at");
}

/// Looks for descriptions of the fields of every schema from here on.
fn describe(value: &Value, at: &str, fields: &mut usize) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let here = format!("{at}/{name}");
                if let ("properties", Value::Object(properties)) = (name.as_str(), member) {
                    for (field, schema) in properties {
                        *fields += 1;
                        assert!(is_described(schema), "{here}/{field} has no description");
                    }
                }
                describe(member, &here, fields);
            }
        }
        Value::Array(members) => members.iter().for_each(|member| describe(member, at, fields)),
        _ => {}
    }
}

/// Whether a field says what it is, itself or in the one of its alternatives that is not null.
fn is_described(schema: &Value) -> bool {
    let alternatives = schema["oneOf"].as_array().into_iter().flatten();
    !text(&schema["description"]).is_empty()
        || alternatives
            .into_iter()
            .any(|one| !text(&one["description"]).is_empty())
}

#[test]
fn every_refusal_that_may_come_is_described_as_a_problem() {
    let document = hark::api::openapi::document().unwrap();
    for operation in operations() {
        for (status, response) in operation.value["responses"].as_object().unwrap() {
            let response = match response["$ref"].as_str() {
                Some(reference) => document.pointer(&reference[1..]).unwrap(),
                None => response,
            };
            assert!(
                !text(&response["description"]).is_empty(),
                "{} {status}",
                operation.name()
            );
            let problem = response.pointer("/content/application~1problem+json").is_some();
            let readiness = operation.path == "/readyz";
            assert_eq!(
                problem,
                status.as_str() >= "400" && !(readiness && status == "503"),
                "{} {status}",
                operation.name()
            );
        }
    }
}
