//! Sign-ins that did not succeed, as the audit tells of them: by reference, each at an account that there is, and
//! never so many that they bury the rest.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::trail::events;
use crate::on_both;
use crate::support::Desk;
use crate::support::person::{self, Browser, PASSWORD};

const QUERY: &str = "action=person.sign_in_refused&limit=200";
const FACTOR: &str = "/api/v1/me/second-factor";

/// The events, the oldest first, as soon as there are so many: nobody who is refused waits for them.
async fn told(desk: &Desk, many: usize) -> Vec<Value> {
    let mut found = Vec::new();
    for _ in 0..100 {
        found = events(desk, QUERY).await;
        if found.len() >= many {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(found.len(), many, "{found:?}");
    found.reverse();
    found
}

/// Waits until nothing more is being told.
async fn settled(desk: &Desk) -> usize {
    let mut last = usize::MAX;
    loop {
        let now = events(desk, QUERY).await.len();
        if now == last {
            return now;
        }
        last = now;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

async fn fails(desk: &Desk, handle: &str, password: &str) {
    let reply = Browser::new(desk).sign_in(handle, password).await;
    assert!([401, 429].contains(&reply.status), "{}", reply.text);
}

on_both! {
    async fn a_wrong_password_is_told_by_reference_to_the_account(desk) {
        let staff = person::with_password(&desk, "wang.fang", "agent").await;
        let client = desk.anonymous().with("x-request-id", "try-17");
        let form = json!({ "handle": " Wang.Fang ", "password": "a guess among many" });
        client.post(person::SESSION, &form).await.expect_problem(401, "auth.sign_in_refused");
        let event = &told(&desk, 1).await[0];
        assert_eq!((&event["actor"], &event["actor_kind"], &event["actor_id"]), (&json!("hark"), &json!("system"), &json!(null)));
        assert_eq!((&event["object_kind"], &event["object_id"]), (&json!("person"), &json!(staff)));
        assert_eq!((&event["address"], &event["request_id"]), (&json!("127.0.0.1"), &json!("try-17")));
        assert_eq!(event["fields"], json!({ "why": "auth.sign_in_refused" }));
        assert_eq!(event["happened_at"], desk.now().to_string());
        // One who has left, or has no password, is an account as well.
        let gone = person::add(&desk, "no.password", "agent").await;
        fails(&desk, "no.password", PASSWORD).await;
        assert_eq!(told(&desk, 2).await[1]["object_id"], json!(gone));
    }
}

on_both! {
    async fn a_handle_that_nobody_has_is_told_by_the_address_alone(desk) {
        // What is typed into the wrong field is not kept.
        fails(&desk, "my secret passphrase", "x").await;
        fails(&desk, "wang\0fang", "x").await;
        let found = told(&desk, 2).await;
        for (event, times) in found.iter().zip([1, 2]) {
            assert_eq!((&event["object_id"], &event["address"]), (&json!(null), &json!("127.0.0.1")));
            assert_eq!(event["fields"], json!({ "why": "auth.sign_in_refused", "times": times }));
        }
        let everything = crate::privacy::dump::everything(&desk);
        assert!(!everything.iter().any(|(_, value)| value.contains("passphrase")));
    }
}

on_both! {
    async fn codes_that_are_missing_or_wrong_are_told(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        browser.enrol(&desk).await;
        let mut next = Browser::new(&desk);
        next.sign_in("wang.fang", PASSWORD).await.expect_problem(401, "auth.code_required");
        next.sign_in_with_code("wang.fang", PASSWORD, "000000").await.expect_problem(401, "auth.sign_in_refused");
        let staff = browser.get(person::SESSION).await.str("/staff_id").to_owned();
        browser.post(FACTOR, &json!({ "password": "not it at all" })).await.expect_problem(422, "auth.password_wrong");
        let wrong = json!({ "password": PASSWORD, "code": "000000" });
        browser.post(&format!("{FACTOR}/remove"), &wrong).await.expect_problem(422, "auth.code_wrong");
        let found = told(&desk, 4).await;
        let mut why: Vec<&str> = found.iter().map(|event| event["fields"]["why"].as_str().unwrap()).collect();
        why.sort_unstable();
        assert_eq!(why, ["auth.code_required", "auth.code_wrong", "auth.password_wrong", "auth.sign_in_refused"]);
        assert!(found.iter().all(|event| event["object_id"] == json!(staff)));
    }
}

on_both! {
    async fn tries_that_come_too_early_are_told_with_their_number_and_few_rows(desk) {
        let staff = person::with_password(&desk, "wang.fang", "agent").await;
        for _ in 0..3 {
            fails(&desk, "wang.fang", "a guess among many").await;
        }
        settled(&desk).await;
        for _ in 0..40 {
            fails(&desk, "wang.fang", "a guess among many").await;
        }
        assert_eq!(settled(&desk).await, 3 + 6, "the 1st, 2nd, 4th, 8th, 16th and 32nd");
        let found = told(&desk, 9).await;
        let early: Vec<&Value> = found.iter().filter(|event| event["fields"]["why"] == "auth.too_many_tries").collect();
        let mut times: Vec<i64> = early.iter().map(|event| event["fields"]["times"].as_i64().unwrap()).collect();
        times.sort_unstable();
        assert_eq!(times, [1, 2, 4, 8, 16, 32]);
        assert!(early.iter().all(|event| event["object_id"] == json!(staff)));
        // The next day begins anew.
        desk.pass(TimeDelta::hours(25));
        for _ in 0..4 {
            fails(&desk, "wang.fang", "a guess among many").await;
        }
        assert_eq!(settled(&desk).await, 9 + 3 + 1);
    }
}

on_both! {
    async fn strangers_do_not_bury_the_audit(desk) {
        let before = desk.rows("audit_events");
        for n in 0..60 {
            fails(&desk, &format!("nobody-{n}"), "a guess among many").await;
        }
        let found = settled(&desk).await;
        assert_eq!(found, 6, "of sixty tries from one address");
        assert!(desk.rows("audit_events") - before < 40, "and the reads of this test");
        let seen = desk.client(Role::Auditor).get("/api/v1/audit/events?action=person.sign_in_refused").await.expect(200);
        assert_eq!(seen.at("/items/0/fields/times"), &json!(32), "the newest says how many there were");
    }
}
