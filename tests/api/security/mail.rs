//! Nothing that somebody writes becomes a line of a mail's head: addresses hold one address and no more, and what
//! waits to be sent names things and holds none of their text.

use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::schemas::Shape;
use super::strings;
use crate::contract::access::nowhere;
use crate::contract::operations::operations;
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case, PUBLIC, by_web, merged, method};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Reply;

/// What is no single address, or more than one.
const NO_ADDRESSES: &[&str] = &[
    "a@example.com\r\nBcc: x@example.com",
    "a@example.com\nBcc: x@example.com",
    "a@example.com%0d%0aBcc:x@example.com ",
    "a\r@example.com",
    "a@example.com\u{0}",
    "a@example.com\u{85}Bcc: x@example.com",
    "a@example.com\u{2028}Bcc: x@example.com",
    "a\u{2029}@example.com",
    "\"a\r\nBcc: x\"@example.com",
    "\"a b\"@example.com",
    "a@example.com, b@example.com",
    "a@example.com;b@example.com",
    "Li Na <a@example.com>",
    "<a@example.com>",
    "a@example.com>",
    "a@[127.0.0.1]",
    "a@@example.com",
    "a@example.com (comment)",
    "=?utf-8?q?a?=@example.com b",
];

/// What somebody may be called, and a subject may say, to be heard as more than that.
const NAMES: &[&str] = &[
    "Li Na\r\nBcc: everybody@example.com",
    "Li Na\nSubject: other\n\n<b>body</b>",
    "Li Na\u{2028}Bcc: everybody@example.com",
    "Li Na\u{2029}.\u{2029}MAIL FROM:<x@example.com>",
    "=?utf-8?b?TGkgTmENCkJjYzogeA==?=",
    "\"Li Na\" <everybody@example.com>, ",
];

/// The reply must refuse the value at this pointer, for whatever reasons, and no other.
#[track_caller]
fn refused_at(pointer: &str, reply: &Reply) {
    assert_eq!((reply.status, reply.code()), (422, "request.invalid"), "{}", reply.text);
    assert!(reply.pointers().iter().all(|at| *at == pointer), "{}", reply.text);
}

on_both! {
    async fn an_address_is_one_address_wherever_one_is_given(desk) {
        let admin = desk.client(Role::Admin).if_match("\"1\"");
        let before = desk.footprint();
        let mut fields = 0;
        for operation in operations() {
            let Some(shape) = Shape::of(&operation) else { continue };
            let sendable = operation.value.pointer("/requestBody/content/application~1json/example").cloned();
            let body = shape.full();
            for pointer in shape.texts(&body).iter().filter(|pointer| pointer.contains("email")) {
                fields += 1;
                // The example makes sense apart from the address, where it has one.
                let base = sendable.clone().filter(|example| example.pointer(pointer).is_some()).unwrap_or_else(|| body.clone());
                for address in NO_ADDRESSES {
                    let mut tampered = base.clone();
                    *tampered.pointer_mut(pointer).unwrap() = json!(address);
                    let refused = admin.send(method(&operation.method), &nowhere(&operation), Some(&tampered)).await;
                    assert!((400..500).contains(&refused.status), "{} {pointer} {address:?}: {}", operation.name(), refused.text);
                }
            }
        }
        assert!(fields >= 3, "{fields} fields hold addresses");
        for address in NO_ADDRESSES {
            let filed = merged(by_web(), json!({ "email": address }));
            refused_at("/email", &desk.anonymous().post(PUBLIC, &filed).await);
            let logged = merged(by_phone(), json!({ "customer": { "email": address } }));
            refused_at("/customer/email", &desk.agent().post(COMPLAINTS, &logged).await);
            let record = json!({ "name": "Wang", "emails": ["ok@example.com", address] });
            refused_at("/emails/1", &desk.agent().post(CUSTOMERS, &record).await);
        }
        assert_eq!(desk.footprint(), before);
    }
}

on_both! {
    async fn what_waits_to_be_sent_holds_no_text_of_anybody(desk) {
        for (n, name) in NAMES.iter().enumerate() {
            let customer = json!({ "name": name, "phone": format!("138 0013 80{n:02}"), "email": format!("li{n}@example.com") });
            let case = Case::of(&desk, &merged(by_phone(), json!({ "customer": customer, "subject": name, "statement": name }))).await;
            let kept = case.get().await;
            assert_eq!(kept.str("/subject"), name.trim(), "kept as text");
            case.post("messages", &json!({ "body": name })).await.expect(200);
            desk.anonymous().post(PUBLIC, &merged(by_web(), json!({ "name": name, "subject": name }))).await.expect(201);
            case.promise(0, 1).await;
        }
        desk.pass(chrono::TimeDelta::hours(5));
        desk.run_each_job().await;
        let payloads = desk.outbox_payloads();
        assert!(payloads.len() >= 3 * NAMES.len(), "{payloads:?}");
        for payload in payloads {
            let payload: Value = serde_json::from_str(&payload).unwrap();
            let mut texts = Vec::new();
            strings(&payload, &mut texts);
            for text in texts {
                let harmless = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
                assert!(harmless, "{text:?} in {payload}");
            }
        }
    }
}
