//! Personal data is in no log line, no figure and no error.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use reqwest::Method;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use super::marked::Marked;
use super::officer;
use crate::contract::operations::operations;
use crate::fixtures::{COMPLAINTS, CUSTOMERS, PUBLIC, by_web, merged};
use crate::journeys::by_phone;
use crate::on_both;

/// Every log line of this process since the first test that asked.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn lines() -> &'static Lines {
    static LINES: OnceLock<Lines> = OnceLock::new();
    LINES.get_or_init(|| {
        let lines = Lines::default();
        tracing_subscriber::fmt()
            .with_env_filter("hark=trace")
            .with_ansi(false)
            .with_writer(lines.clone())
            .init();
        lines
    })
}

fn logged() -> String {
    String::from_utf8_lossy(&lines().0.lock().unwrap()).to_lowercase()
}

on_both! {
    async fn no_journey_leaves_personal_data_in_the_log_or_in_the_figures(desk) {
        lines();
        let mut walk = Marked::new(&desk, "zqsilent", "1390013077");
        walk.walk().await;
        let find = format!("{CUSTOMERS}?contact={}01", walk.digits);
        desk.agent().get(&find).await.expect(200);
        desk.agent().get(&format!("{COMPLAINTS}?q={}", walk.tag)).await.expect(200);
        walk.erase().await;
        desk.run_jobs().await;
        let log = logged();
        assert!(log.contains("answered"), "the log was not caught");
        let figures = desk.anonymous().get("/metrics").await.expect(200).text;
        for text in ["zqsilent", "1390013077", "hark_test agent token"] {
            assert!(!log.contains(text), "{text} is in the log");
            assert!(!figures.contains(text), "{text} is in the figures");
        }
    }
}

/// Every place of a body, filled with a value of the wrong kind that can be recognised.
fn spoiled(body: &Value, mark: &str) -> Vec<Value> {
    let mut bodies = vec![json!({ "nothing": mark }), json!(mark), json!([mark])];
    for (name, member) in body.as_object().into_iter().flatten() {
        let with = |value: Value| {
            let mut spoiled = body.clone();
            spoiled[name] = value;
            spoiled
        };
        bodies.extend([
            with(json!(mark)),
            with(json!([mark])),
            with(json!({ "nothing": mark })),
            with(json!({ "kind": mark })),
        ]);
        for inner in spoiled_inside(member, mark) {
            bodies.push(with(inner));
        }
    }
    bodies
}

fn spoiled_inside(member: &Value, mark: &str) -> Vec<Value> {
    match member {
        Value::Object(_) => spoiled(member, mark),
        Value::Array(members) => members
            .first()
            .into_iter()
            .flat_map(|first| spoiled_inside(first, mark))
            .map(|inner| json!([inner]))
            .collect(),
        _ => Vec::new(),
    }
}

on_both! {
    async fn no_error_repeats_what_was_sent(desk) {
        lines();
        let mark = "zqwrongly";
        let admin = desk.client(hark::domain::staff::Role::Admin);
        let nobody = "00000000-0000-7000-8000-000000000000";
        let mut errors = 0;
        for operation in operations() {
            let path = operation.path.replace("{id}", nobody).replace("{step}", "listen").replace("{token}", "x");
            let path = path.replace("{type}", "angry").replace("{system}", "crm").replace("{external_id}", "1");
            let method: Method = operation.method.parse().unwrap();
            let example = operation.value.pointer("/requestBody/content/application~1json/example");
            let mut bodies: Vec<Option<Value>> = example.into_iter().flat_map(|body| spoiled(body, mark)).map(Some).collect();
            bodies.push(None);
            for body in bodies {
                let reply = admin.send(method.clone(), &path, body.as_ref()).await;
                if reply.status >= 400 {
                    errors += 1;
                    assert!(!reply.text.contains(mark), "{} {body:?}: {}", operation.name(), reply.text);
                }
            }
        }
        assert!(errors > 300, "{errors}");
        for query in ["cursor", "limit", "state", "kind"] {
            for list in [COMPLAINTS, CUSTOMERS, "/api/v1/call-backs"] {
                let reply = admin.get(&format!("{list}?{query}={mark}")).await;
                assert!(reply.status == 200 || !reply.text.contains(mark), "{list}?{query}: {}", reply.text);
            }
        }
        let wrong = merged(by_web(), json!({ "phone": mark, "email": mark, "language": mark, "time_zone": mark }));
        let refused = desk.anonymous().post(PUBLIC, &wrong).await.expect(422);
        assert!(!refused.text.contains(mark), "{}", refused.text);
        for broken in ["{\"name\": \"zqwrongly", "zqwrongly", "{\"zqwrongly\"}"] {
            let reply = admin.send_raw(Method::POST, COMPLAINTS, "application/json", broken).await.expect(400);
            assert!(!reply.text.contains(mark), "{}", reply.text);
        }
        // Somebody else's contact point is refused without saying whose it is.
        admin.post(COMPLAINTS, &by_phone()).await.expect(201);
        let taken = json!({ "name": mark, "phones": ["138 0013 8000"] });
        let refused = admin.post(CUSTOMERS, &taken).await.expect_problem(409, "customer.contact_taken");
        assert!(!refused.text.contains("13800138000") && !refused.text.contains(mark));
        officer(&desk).get(&format!("{COMPLAINTS}/{mark}")).await.expect(404);
        assert!(!logged().contains(mark));
    }
}
