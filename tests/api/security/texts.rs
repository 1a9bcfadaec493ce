//! Every text field of every operation takes hostile text as text, or refuses it: kept to the byte, no 5xx, no row
//! too many or too few.

use std::collections::BTreeMap;

use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::schemas::Shape;
use super::strings;
use crate::contract::operations::{Operation, Sample, operations, sample};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case};
use crate::on_both;
use crate::support::{Desk, Reply};

/// Quotes, comments and wildcards of SQL, and what templates, shells, spreadsheets and browsers take for orders.
const METACHARACTERS: &str =
    "=1' OR '1'='1\"; DROP TABLE complaints; -- /* % _ \\ $1 {{7*7}} `id` <script>alert(1)</script>\r\nBcc: x";
/// Turned around, invisible, piled up, beyond 16 bits, and two ways to write one letter.
const TRICKS: &str = "\u{202e}gpj\u{200b}.\u{2066}exe\u{feff} Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308} 👩\u{200d}👧 𠮷 \u{e9}e\u{301} \u{2028}İıſK";
/// What no text may hold.
const REFUSED: &[&str] = &["a\u{0}b", "a\u{1b}[2Jb", "a\u{85}b"];

/// Where texts are sent, and what became of them.
struct Attack<'a> {
    desk: &'a Desk,
    operation: &'a Operation,
    sample: Sample,
    /// The texts that are sent, by their pointers.
    sent: BTreeMap<String, String>,
}

impl<'a> Attack<'a> {
    async fn with(desk: &'a Desk, operation: &'a Operation, text: &str) -> Option<Self> {
        let shape = Shape::of(operation)?;
        let mut sample = sample(desk, operation).await;
        if operation.takes("IfMatch") {
            sample = sample.with("if-match", sample.read().await.etag());
        }
        let pointers = shape.texts(sample.body.as_ref().unwrap());
        let sent = pointers
            .into_iter()
            .enumerate()
            .map(|(n, pointer)| (pointer, format!("{text} {n}")));
        let sent = sent.collect();
        Some(Self {
            desk,
            operation,
            sample,
            sent,
        })
    }

    fn body(&self) -> Value {
        let mut body = self.sample.body.clone().unwrap();
        for (pointer, text) in &self.sent {
            put(&mut body, pointer, json!(text));
        }
        body
    }

    async fn send(&self, body: &Value) -> Reply {
        let Sample {
            client, method, path, ..
        } = &self.sample;
        client.send(method.clone(), path, Some(body)).await
    }

    /// Sends them, and leaves out those that are refused until the rest is taken.
    async fn until_taken(&mut self) -> Reply {
        for _ in 0..8 {
            let reply = self.send(&self.body()).await;
            if reply.status < 300 {
                return reply;
            }
            let name = self.operation.name();
            assert!(reply.status < 500, "{name}: {}", reply.text);
            let before = self.sent.len();
            let refused = reply.pointers();
            let named = |pointer: &String| refused.iter().any(|at| pointer.starts_with(at) && !at.is_empty());
            self.sent.retain(|pointer, _| !named(pointer));
            if self.sent.len() == before {
                // A rule of the whole refuses; it stands with the optional texts, so they go.
                let own = self.sample.body.clone().unwrap();
                self.sent.retain(|pointer, _| own.pointer(pointer).is_some());
            }
            assert!(self.sent.len() < before, "{name}: {}", reply.text);
        }
        panic!("{} refuses for ever", self.operation.name());
    }

    /// Everything that the desk is shown of what was changed.
    async fn shown(&self, reply: &Reply) -> Vec<Value> {
        let admin = self.desk.client(Role::Admin);
        let mut seen = vec![reply.json.clone()];
        let mut addresses = vec![self.sample.resource.clone()];
        addresses.extend(reply.header("location").map(str::to_owned));
        if let Some(reference) = reply.json["reference"].as_str() {
            // What a customer changes is seen by the desk.
            let found = admin
                .get(&format!("{COMPLAINTS}?reference={reference}"))
                .await
                .expect(200);
            addresses.push(format!("{COMPLAINTS}/{}", found.str("/items/0/id")));
        }
        for address in addresses.iter().filter(|address| !address.is_empty()) {
            let found = admin.get(address).await.json;
            let complaint = found["complaint_id"].as_str().map(|id| format!("{COMPLAINTS}/{id}"));
            let complaint = complaint.unwrap_or_else(|| address.clone());
            if let Some(customer) = found["customer_id"].as_str() {
                seen.push(admin.get(&format!("{CUSTOMERS}/{customer}")).await.json);
            }
            seen.push(found);
            for part in ["timeline", "messages", "call-backs"] {
                seen.push(admin.get(&format!("{complaint}/{part}")).await.json);
            }
        }
        seen
    }
}

/// Sets a value, also where there was none.
fn put(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Array(members) => members[name.parse::<usize>().unwrap()] = value,
        object => object[name] = value,
    }
}

/// How many rows more there are.
fn added(before: &[(&'static str, i64)], after: &[(&'static str, i64)]) -> BTreeMap<&'static str, i64> {
    let pairs = before.iter().zip(after);
    pairs
        .map(|((table, before), (_, after))| (*table, after - before))
        .collect()
}

/// What the operation adds when it is sent what it is meant for.
async fn usual(desk: &Desk, operation: &Operation) -> BTreeMap<&'static str, i64> {
    let mut attack = Attack::with(desk, operation, "usual").await.unwrap();
    attack.sent.clear();
    let before = desk.footprint();
    attack.until_taken().await;
    added(&before, &desk.footprint())
}

on_both! {
    async fn every_text_of_every_operation_is_kept_to_the_byte_or_refused(desk) {
        let witness = Case::worked(&desk).await;
        let as_it_was = witness.everything().await;
        let mut kept = 0;
        for operation in operations().iter().filter(|operation| Shape::of(operation).is_some()) {
            let usual = usual(&desk, operation).await;
            for text in [METACHARACTERS, TRICKS] {
                let mut attack = Attack::with(&desk, operation, text).await.unwrap();
                let before = desk.footprint();
                let reply = attack.until_taken().await;
                let name = operation.name();
                for (table, rows) in added(&before, &desk.footprint()) {
                    let known = matches!(table, "customers" | "contact_points");
                    assert!(rows == usual[table] || (known && (0..=usual[table].max(1)).contains(&rows)), "{name} added {rows} {table}");
                }
                let shown = attack.shown(&reply).await;
                let mut texts = Vec::new();
                shown.iter().for_each(|value| strings(value, &mut texts));
                for (pointer, text) in &attack.sent {
                    assert!(texts.contains(&text.as_str()), "{name} {pointer}: {text:?} is not in {shown:?}");
                }
                kept += attack.sent.len();
            }
        }
        assert!(kept > 80, "only {kept} texts were kept");
        assert_eq!(witness.everything().await, as_it_was, "and nobody else's complaint was touched");
    }
}

on_both! {
    async fn no_text_holds_what_is_no_text(desk) {
        for operation in operations() {
            let Some(attack) = Attack::with(&desk, &operation, "").await else { continue };
            let before = desk.footprint();
            for pointer in attack.sent.keys() {
                let mut body = attack.sample.body.clone().unwrap();
                for text in REFUSED {
                    put(&mut body, pointer, json!(text));
                    let refused = attack.send(&body).await;
                    assert_eq!((refused.status, refused.code()), (422, "request.invalid"), "{} {pointer} {text:?}: {}", operation.name(), refused.text);
                }
                put(&mut body, pointer, json!("LONE SURROGATE"));
                let raw = body.to_string().replace("LONE SURROGATE", "a\\ud800b");
                let Sample { client, method, path, .. } = &attack.sample;
                let refused = client.send_raw(Method::clone(method), path, "application/json", raw).await;
                assert!(matches!(refused.status, 400 | 422), "{} {pointer}: {}", operation.name(), refused.text);
            }
            assert_eq!(desk.footprint(), before, "{}", operation.name());
        }
    }
}
