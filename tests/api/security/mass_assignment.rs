//! Nobody sets what is not theirs to set: a body with one field more than the schema has is refused, and nothing is done.

use serde_json::json;

use super::schemas::Shape;
use crate::contract::access::nowhere;
use crate::contract::operations::operations;
use crate::fixtures::method;
use crate::support::Desk;

/// Fields that only the service writes, and some that mean something to other languages.
const NOT_THEIRS: &[&str] = &[
    "id",
    "version",
    "state",
    "role",
    "owner_id",
    "team_id",
    "staff_id",
    "customer_id",
    "created_at",
    "created_by",
    "updated_at",
    "revoked_at",
    "deactivated_at",
    "permissions",
    "scopes",
    "is_admin",
    "token_hash",
    "password_hash",
    "reference",
    "seq",
    "legal_hold",
    "__proto__",
    "constructor",
    "",
];

// The shape of a body is looked at before any database is.
#[tokio::test]
async fn a_field_that_is_not_the_callers_to_set_is_refused_by_its_pointer_on_every_operation() {
    let desk = Desk::sqlite();
    let admin = desk.client(hark::domain::staff::Role::Admin).if_match("\"1\"");
    let before = desk.footprint();
    let mut places = 0;
    for operation in operations() {
        let Some(shape) = Shape::of(&operation) else { continue };
        let body = shape.full();
        for place in shape.places(&body) {
            places += 1;
            for name in NOT_THEIRS.iter().filter(|name| !place.fields.contains(**name)) {
                let mut tampered = body.clone();
                let object = tampered.pointer_mut(&place.pointer).unwrap().as_object_mut().unwrap();
                object.insert((*name).to_owned(), json!("x"));
                let sent = admin
                    .send(method(&operation.method), &nowhere(&operation), Some(&tampered))
                    .await;
                let refused = (sent.status, sent.code());
                let called = format!("{} with {}/{name}: {}", operation.name(), place.pointer, sent.text);
                assert_eq!(refused, (422, "request.invalid"), "{called}");
                let pointer = format!("{}/{name}", place.pointer);
                assert!(sent.pointers().contains(&pointer.as_str()), "{called}");
            }
        }
    }
    assert!(places >= 40, "only {places} objects were looked at");
    assert_eq!(desk.footprint(), before);
}
