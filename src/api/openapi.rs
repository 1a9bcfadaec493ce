//! The OpenAPI file: collected from the routes, completed with what every operation shares.

use std::sync::OnceLock;

use actix_web::HttpResponse;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::answer::ProblemDocument;
use super::examples;
use super::limits::Rate;
use super::routes::{ASKS, Access, Operations, ROUTES, Route};
use crate::error::{Error, Result};

const DESCRIPTION: &str = "Hark takes complaints in, leads the agent through seven steps, and sees to it that the \
promised call-back is made.\n\n\
**Errors** are problem documents (RFC 9457) with a stable `code`; `GET /problems` lists them all.\n\n\
**Lists** come in pages: `{items, next_cursor}`; send `next_cursor` as `cursor`.\n\n\
**Doing things once**: every POST that changes something takes an `Idempotency-Key`. The same key with the same request gets the same answer; \
with another request it is refused.\n\n\
**Changing what you have seen**: answers carry an `ETag`; a change with `If-Match` is refused when somebody else was faster.\n\n\
Times are RFC 3339 in UTC, ids UUIDs (version 7), money minor units with an ISO 4217 currency, languages BCP 47, phone \
numbers E.164.";

#[derive(OpenApi)]
#[openapi(components(schemas(ProblemDocument)))]
struct Shared;

/// Serves the document. It is put together when somebody first asks for it, and only its text is kept: as a tree it
/// takes twenty times the memory.
pub(super) async fn serve() -> Result<HttpResponse> {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    let text = match TEXT.get() {
        Some(text) => text.clone(),
        None => {
            let made = Bytes::from(serde_json::to_vec(&document()?)?);
            TEXT.get_or_init(|| made).clone()
        }
    };
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

/// The OpenAPI document of the whole API.
///
/// # Errors
/// When the document cannot be put together (a test rules that out).
pub fn document() -> Result<Value> {
    let mut api = Operations::openapi();
    api.merge(Shared::openapi());
    let mut document = serde_json::to_value(api)?;
    let root = document.as_object_mut().ok_or_else(|| Error::internal("no document"))?;
    root.insert("openapi".to_owned(), json!("3.1.0"));
    root.insert(
        "info".to_owned(),
        json!({
            "title": "Hark", "version": "v1", "summary": "From the phone call to the kept call-back",
            "description": DESCRIPTION, "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        }),
    );
    root.insert(
        "servers".to_owned(),
        json!([{ "url": "/", "description": "The service that serves this file" }]),
    );
    if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
        let scheme = json!({ "type": "http", "scheme": "bearer", "description": "A service token (`hark admin create-token`)." });
        let session = json!({
            "type": "apiKey", "in": "cookie", "name": "__Host-hark",
            "description": "The session of a person (`POST /api/v1/session`); without TLS the cookie is called `hark_session`.",
        });
        let csrf = json!({
            "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
            "description": "The session's token for changes, from the answer to signing in.",
        });
        let schemes = json!({ "bearer": scheme, "session": session, "csrf": csrf });
        components.insert("securitySchemes".to_owned(), schemes);
        components.insert("parameters".to_owned(), shared_parameters());
        components.insert("responses".to_owned(), problem_responses());
        let id = json!({ "description": "The id of the request, as in the log.", "schema": { "type": "string" } });
        components.insert("headers".to_owned(), json!({ "X-Request-Id": id }));
    }
    say_what_actions_do(&mut document);
    for route in ROUTES {
        let pointer = format!(
            "/paths/{}/{}",
            route.path.replace('~', "~0").replace('/', "~1"),
            route.method.to_lowercase()
        );
        let operation = document.pointer_mut(&pointer).and_then(Value::as_object_mut);
        complete(
            operation.ok_or_else(|| Error::internal(format!("undocumented: {} {}", route.method, route.path)))?,
            route,
        );
    }
    Ok(document)
}

/// The field that tells the actions apart has no doc comment to take a description from.
fn say_what_actions_do(document: &mut Value) {
    let variants = document.pointer_mut("/components/schemas/ComplaintAction/oneOf");
    for variant in variants.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(field) = variant.pointer_mut("/properties/do").and_then(Value::as_object_mut) {
            field.insert("description".to_owned(), json!("Which action."));
        }
    }
}

fn complete(operation: &mut Map<String, Value>, route: &Route) {
    let in_path = route.path.contains('{');
    let has_body = operation.contains_key("requestBody");
    let changes = matches!(route.method, "PUT" | "PATCH" | "DELETE") || (route.method == "POST" && in_path);
    let example = operation
        .get("operationId")
        .and_then(Value::as_str)
        .and_then(examples::of);
    if let Some(example) = example
        && let Some(body) = operation.get_mut("requestBody")
        && let Some(content) = body
            .pointer_mut("/content/application~1json")
            .and_then(Value::as_object_mut)
    {
        content.insert("example".to_owned(), example);
    }
    let mut parameters = operation
        .get("parameters")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let asks = has_body || !parameters.is_empty();
    let asks_only = ASKS.contains(&route.path);
    if route.method == "POST" && !asks_only && !UNKEYED.contains(&route.path) {
        parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    let name = format!("{} {}", route.method, route.path);
    let versioned = changes && !WITHOUT_VERSION.iter().any(|(without, _)| *without == name);
    if versioned {
        let parameter = if route.method == "PATCH" {
            "IfMatchRequired"
        } else {
            "IfMatch"
        };
        parameters.push(json!({ "$ref": format!("#/components/parameters/{parameter}") }));
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), Value::Array(parameters));
    }
    secure(operation, route);
    let mut statuses = vec!["500", "503"];
    statuses.extend(
        (route.access != Access::Public)
            .then_some(["401", "403"])
            .into_iter()
            .flatten(),
    );
    statuses.extend(
        (asks || changes || route.method == "POST")
            .then_some(["400", "422"])
            .into_iter()
            .flatten(),
    );
    statuses.extend((route.rate != Rate::Exempt).then_some("429"));
    statuses.extend(has_body.then_some("408"));
    statuses.extend(in_path.then_some("404"));
    statuses.extend(has_body.then_some(["413", "415"]).into_iter().flatten());
    let may_collide = matches!(route.method, "POST" | "PUT" | "PATCH") || versioned;
    statuses.extend((may_collide && !asks_only).then_some("409"));
    statuses.extend(versioned.then_some("412"));
    statuses.extend(
        ALSO.iter()
            .filter(|(whose, _)| *whose == name)
            .flat_map(|(_, also)| *also),
    );
    statuses.extend((route.method == "PATCH").then_some("428"));
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    for response in responses.values_mut().filter_map(Value::as_object_mut) {
        let id = json!({ "$ref": "#/components/headers/X-Request-Id" });
        response.insert("headers".to_owned(), json!({ "X-Request-Id": id }));
    }
    for status in statuses {
        responses
            .entry(status)
            .or_insert_with(|| json!({ "$ref": format!("#/components/responses/Problem{status}") }));
    }
}

/// What lets in.
fn secure(operation: &mut Map<String, Value>, route: &Route) {
    match route.access {
        Access::Public => {
            operation.insert("security".to_owned(), json!([]));
        }
        Access::SignedIn => {
            operation.insert("security".to_owned(), json!([{ "bearer": [] }, by_cookie(route)]));
            operation.insert("x-permission".to_owned(), json!("signed-in"));
        }
        Access::Person => {
            operation.insert("security".to_owned(), json!([by_cookie(route)]));
            operation.insert("x-permission".to_owned(), json!("person"));
        }
        Access::Needs(permission) => {
            operation.insert("security".to_owned(), json!([{ "bearer": [] }, by_cookie(route)]));
            operation.insert("x-permission".to_owned(), json!(permission));
        }
    }
}

/// A session's cookie; a change needs the session's token as well.
fn by_cookie(route: &Route) -> Value {
    if route.method == "GET" {
        json!({ "session": [] })
    } else {
        json!({ "session": [], "csrf": [] })
    }
}

/// POSTs that take no `Idempotency-Key`: nothing is kept of a request with a password, nor of an answer
/// with a new secret.
const UNKEYED: &[&str] = &[
    "/api/v1/session",
    "/api/v1/me/second-factor",
    "/api/v1/me/second-factor/confirm",
    "/api/v1/me/second-factor/remove",
    "/api/v1/public/invitations/{token}",
];

/// Changes of what there is already that take no `If-Match`, and why.
pub const WITHOUT_VERSION: &[(&str, &str)] = &[
    (
        "POST /api/v1/public/complaints/{token}/call-backs/{id}/move",
        "the customer sees no version of a call",
    ),
    (
        "POST /api/v1/public/complaints/{token}/call-backs/{id}/decline",
        "the customer sees no version of a call",
    ),
    (
        "POST /api/v1/staff/{id}/invitation",
        "a newer link takes the place of the older, whatever has changed",
    ),
    ("POST /api/v1/public/invitations/{token}", "a link works once"),
    (
        "PUT /api/v1/me/password",
        "the present password says what is to be changed",
    ),
    ("POST /api/v1/customers/{id}/export", "it changes nothing"),
    (
        "DELETE /api/v1/service-tokens/{id}",
        "ending is never put off because something has changed",
    ),
    ("DELETE /api/v1/session", "a session has no version"),
    ("DELETE /api/v1/me/sessions/{id}", "a session has no version"),
    ("DELETE /api/v1/staff/{id}/sessions", "a session has no version"),
    (
        "DELETE /api/v1/staff/{id}/second-factor",
        "a second factor has no version",
    ),
    (
        "POST /api/v1/staff/{id}/absences",
        "it adds an absence; the person is not changed",
    ),
    (
        "DELETE /api/v1/staff/{id}/absences/{absence}",
        "an absence has no versions: it is there or it is not",
    ),
    (
        "PUT /api/v1/complaints/{id}/presence",
        "whoever is there says so again; the complaint is not changed",
    ),
    (
        "DELETE /api/v1/complaints/{id}/presence",
        "leaving is never put off because something has changed",
    ),
    (
        "PUT /api/v1/complaints/{id}/drafts/{kind}",
        "a draft has one writer, and what was typed last counts",
    ),
    ("DELETE /api/v1/complaints/{id}/drafts/{kind}", "a draft has one writer"),
    (
        "PUT /api/v1/me/drafts/intake",
        "a draft has one writer, and what was typed last counts",
    ),
    ("DELETE /api/v1/me/drafts/intake", "a draft has one writer"),
    (
        "POST /api/v1/call-reviews/{id}/comments",
        "it adds what somebody says; what is there is not changed",
    ),
    (
        "POST /api/v1/sla-packs/{slug}/install",
        "it makes a policy; the pack is not changed",
    ),
    (
        "PUT /api/v1/complaints/{id}/watchers/me",
        "watching is no change of the complaint",
    ),
    (
        "DELETE /api/v1/complaints/{id}/watchers/me",
        "watching is no change of the complaint",
    ),
];

/// Statuses beside those that all operations of their kind answer with.
const ALSO: &[(&str, &[&str])] = &[
    ("POST /api/v1/session", &["401", "403", "429"]),
    // What is tried may be refused, or have no value.
    ("GET /api/v1/complaints/{id}/canned-texts/{slug}", &["409"]),
    ("PUT /api/v1/me/password", &["429"]),
    ("POST /api/v1/me/second-factor", &["429"]),
    ("POST /api/v1/me/second-factor/confirm", &["429"]),
    ("POST /api/v1/me/second-factor/remove", &["429"]),
    ("GET /api/v1/oidc/sign-in", &["404"]),
    ("GET /api/v1/oidc/callback", &["400", "403", "404"]),
];

fn shared_parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "A key of the caller's making for this request: a repetition gets the same answer and does nothing twice.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
        },
        "IfMatchRequired": {
            "name": "If-Match", "in": "header", "required": true,
            "description": "The `ETag` of what was read; the change is refused when it has changed since.",
            "schema": { "type": "string", "pattern": "^\"[0-9]{1,9}\"$" },
            "example": "\"3\"",
        },
        "IfMatch": {
            "name": "If-Match", "in": "header", "required": false,
            "description": "The `ETag` of what was read; the change is refused when it has changed since.",
            "schema": { "type": "string", "pattern": "^\"[0-9]{1,9}\"$" },
            "example": "\"3\"",
        },
    })
}

/// The problems that any operation may answer with, by status.
const PROBLEMS: &[(&str, &str)] = &[
    ("400", "The request cannot be read."),
    ("401", "No valid credentials."),
    ("403", "The role does not allow it."),
    ("404", "There is no such thing."),
    ("408", "The body came too slowly."),
    (
        "409",
        "It does not fit the present state; the code says which rule refuses.",
    ),
    ("412", "It has changed since it was read."),
    ("413", "The body is too large."),
    ("415", "The body is not JSON."),
    ("422", "Some values do not fit; nothing was changed."),
    ("428", "`If-Match` is needed."),
    (
        "429",
        "The caller has asked too often; `Retry-After` says when to come back.",
    ),
    ("500", "Something went wrong on our side."),
    ("503", "Too much work at once; repeat later."),
];

fn problem_responses() -> Value {
    let one = |(status, title): &(&str, &str)| {
        let schema = json!({ "$ref": "#/components/schemas/ProblemDocument" });
        let response = json!({
            "description": title,
            "headers": { "X-Request-Id": { "$ref": "#/components/headers/X-Request-Id" } },
            "content": { "application/problem+json": { "schema": schema } },
        });
        (format!("Problem{status}"), response)
    };
    Value::Object(PROBLEMS.iter().map(one).collect())
}

/// The OpenAPI document as the text of the checked-in file.
///
/// # Errors
/// As [`document`].
pub fn text() -> Result<String> {
    let mut document = document()?;
    // In the order of the alphabet, whatever serde_json was built with: in the tests another crate has it keep theirs.
    document.sort_all_objects();
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
