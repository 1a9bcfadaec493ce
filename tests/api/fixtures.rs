//! A complaint under test, and the small things that many tests share.

use reqwest::Method;
use serde_json::{Value, json};

use crate::journeys::{by_phone, six_steps};
use crate::support::{Client, Desk, Reply};

/// Where complaints are.
pub const COMPLAINTS: &str = "/api/v1/complaints";
/// Where promised call-backs are.
pub const CALL_BACKS: &str = "/api/v1/call-backs";
/// Where customers are.
pub const CUSTOMERS: &str = "/api/v1/customers";
/// Where customers file complaints.
pub const PUBLIC: &str = "/api/v1/public/complaints";

/// `base` with some values changed, however deep they are.
pub fn merged(mut base: Value, changes: Value) -> Value {
    merge(&mut base, changes);
    base
}

fn merge(base: &mut Value, changes: Value) {
    match (base, changes) {
        (Value::Object(base), Value::Object(changes)) => {
            for (key, value) in changes {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, changes) => *base = changes,
    }
}

/// A complaint as a customer files it.
pub fn by_web() -> Value {
    json!({
        "name": "Li Na", "phone": "138 0013 8000", "email": "Li.Na@Example.com",
        "statement": "The washing machine arrived with a broken door. Nobody answers.",
        "product": "W-700", "order_ref": "A-1001", "desired_remedy": "A new door",
    })
}

/// A reason, for whatever takes one.
pub fn reason(text: &str) -> Value {
    json!({ "reason": text })
}

/// Leaves a step out for a reason.
pub fn skip(why: &str) -> Value {
    json!({ "skip": { "reason": why } })
}

/// Says that the customer was reached, and whether the matter is settled.
pub fn reached(satisfied: bool) -> Value {
    json!({ "result": "reached", "satisfied": satisfied, "note": "spoken with" })
}

/// Says what an attempt that did not reach the customer led to.
pub fn missed(result: &str) -> Value {
    json!({ "result": result })
}

/// Logs a complaint; gives the receipt.
pub async fn log(client: &Client, body: &Value) -> Reply {
    client.post(COMPLAINTS, body).await.expect(201)
}

/// A complaint, as an agent works on it.
pub struct Case<'a> {
    pub desk: &'a Desk,
    pub agent: Client,
    pub id: String,
}

impl<'a> Case<'a> {
    /// A complaint that an agent has logged.
    pub async fn of(desk: &'a Desk, body: &Value) -> Self {
        let agent = desk.agent();
        let id = log(&agent, body).await.id().to_owned();
        Self { desk, agent, id }
    }

    /// A complaint by phone.
    pub async fn logged(desk: &'a Desk) -> Self {
        Self::of(desk, &by_phone()).await
    }

    /// A complaint by phone with steps 1 to 6.
    pub async fn worked(desk: &'a Desk) -> Self {
        let case = Self::logged(desk).await;
        case.work().await;
        case
    }

    /// A complaint that a customer has filed, and the address of the private link.
    pub async fn filed(desk: &'a Desk) -> (Self, String) {
        let filed = desk.anonymous().post(PUBLIC, &by_web()).await.expect(201);
        let agent = desk.agent();
        let list = format!("{COMPLAINTS}?reference={}", filed.str("/reference"));
        let id = agent.get(&list).await.expect(200).str("/items/0/id").to_owned();
        (Self { desk, agent, id }, filed.str("/tracking_url").to_owned())
    }

    /// A complaint by phone that was closed on its merits.
    pub async fn closed(desk: &'a Desk) -> Self {
        let case = Self::worked(desk).await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &crate::journeys::upheld()).await.expect(200);
        case
    }

    /// The address of the complaint.
    pub fn path(&self) -> String {
        format!("{COMPLAINTS}/{}", self.id)
    }

    pub async fn get(&self) -> Reply {
        self.agent.get(&self.path()).await.expect(200)
    }

    pub async fn post(&self, action: &str, body: &Value) -> Reply {
        self.agent.post(&format!("{}/{action}", self.path()), body).await
    }

    pub async fn put(&self, part: &str, body: &Value) -> Reply {
        self.agent.put(&format!("{}/{part}", self.path()), body).await
    }

    /// Corrects the complaint as it is now.
    pub async fn edit(&self, body: &Value) -> Reply {
        let version = self.get().await.etag().to_owned();
        self.agent.if_match(&version).patch(&self.path(), body).await
    }

    /// Records steps 1 to 6.
    pub async fn work(&self) {
        let steps = six_steps(&self.desk.in_minutes(600));
        self.put("steps", &steps).await.expect(200);
    }

    /// Records steps 4 to 6, as a second round needs them.
    pub async fn work_again(&self) {
        let mut steps = six_steps(&self.desk.in_minutes(600));
        steps["steps"].as_array_mut().unwrap().drain(..3);
        self.put("steps", &steps).await.expect(200);
    }

    pub async fn skip(&self, step: &str, why: &str) -> Reply {
        self.put(&format!("steps/{step}"), &skip(why)).await
    }

    /// Promises a call between `from` and `to` minutes from now; gives its id.
    pub async fn promise(&self, from: i64, to: i64) -> String {
        self.promise_for("confirm_resolution", from, to).await
    }

    pub async fn promise_for(&self, purpose: &str, from: i64, to: i64) -> String {
        let window = merged(self.window(from, to), json!({ "purpose": purpose }));
        self.post("call-backs", &window).await.expect(201).id().to_owned()
    }

    /// A window from `from` to `to` minutes from now.
    pub fn window(&self, from: i64, to: i64) -> Value {
        json!({ "window_start": self.desk.in_minutes(from), "window_end": self.desk.in_minutes(to) })
    }

    /// Does something with a promise.
    pub async fn call_back(&self, id: &str, action: &str, body: &Value) -> Reply {
        self.agent.post(&format!("{CALL_BACKS}/{id}/{action}"), body).await
    }

    /// Records an attempt that must be taken.
    pub async fn attempt(&self, id: &str, body: &Value) -> Reply {
        self.call_back(id, "attempts", body).await.expect(200)
    }

    /// One promise as it is now.
    pub async fn promised(&self, id: &str) -> Reply {
        self.agent.get(&format!("{CALL_BACKS}/{id}")).await.expect(200)
    }

    /// One list that hangs on the complaint.
    pub async fn list(&self, part: &str) -> Reply {
        self.agent.get(&format!("{}/{part}", self.path())).await.expect(200)
    }

    /// What has happened, in the past tense.
    pub async fn actions(&self) -> Vec<String> {
        self.list("timeline").await.each("action")
    }

    /// The newest entry of the timeline.
    pub async fn last_entry(&self) -> Value {
        self.list("timeline").await.items().last().unwrap().clone()
    }

    /// Everything about the complaint, to see that nothing has changed.
    pub async fn everything(&self) -> Value {
        let complaint = self.get().await.json;
        let (timeline, messages) = (self.list("timeline").await.json, self.list("messages").await.json);
        json!([complaint, timeline, messages, self.list("call-backs").await.json])
    }

    /// Posts what must be refused with this problem and change nothing.
    pub async fn refuses(&self, action: &str, body: &Value, status: u16, code: &str) -> Reply {
        let before = self.everything().await;
        let reply = self.post(action, body).await.expect_problem(status, code);
        assert_eq!(
            self.everything().await,
            before,
            "{action} was refused and changed something"
        );
        reply
    }
}

/// The whole list, page by page, `limit` at a time; `between` is run after each page.
pub async fn walk(client: &Client, list: &str, limit: usize, mut between: impl AsyncFnMut()) -> Vec<Value> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    for _ in 0..100 {
        let joint = if list.contains('?') { '&' } else { '?' };
        let page = client
            .get(&format!("{list}{joint}limit={limit}{cursor}"))
            .await
            .expect(200);
        found.extend(page.items().iter().cloned());
        assert!(page.items().len() <= limit);
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
        between().await;
    }
    panic!("{list} never ends");
}

/// One field of each of these.
pub fn field<'v>(values: &'v [Value], name: &str) -> Vec<&'v str> {
    values.iter().map(|value| value[name].as_str().unwrap()).collect()
}

/// A `method` of the OpenAPI file.
pub fn method(name: &str) -> Method {
    name.to_uppercase().parse().unwrap()
}
