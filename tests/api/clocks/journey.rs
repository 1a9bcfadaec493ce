//! A complaint with clocks, from its arrival to its end.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{by_letter, enforce, install, metric, policy, resolve_within};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case, merged, reason};
use crate::journeys::{by_phone, upheld};
use crate::on_both;

fn resolve_and_statute() -> [Value; 2] {
    let ours = merged(metric("resolve", "resolve", 1_080), json!({ "pausable": true }));
    let theirs = json!({ "slug": "statute", "regulatory": true, "start": "expressed" });
    [ours, merged(metric("statute", "resolve", 1_080), theirs)]
}

on_both! {
    /// The desk is open from nine to six; it is Monday, nine o'clock, in Shanghai.
    async fn a_pause_moves_our_deadline_and_says_so_and_never_a_regulators(desk) {
        enforce(&desk, "ours", &policy(&resolve_and_statute())).await;
        let case = by_letter(&desk).await;
        let clock = case.clock("resolve").await;
        assert_eq!(clock["due_at"], "2026-11-24T10:00:00Z", "two days of nine hours: Tuesday, 18:00");
        assert_eq!((&clock["policy_version"], &clock["calendar_version"]), (&json!(1), &json!(1)));
        assert_eq!(clock["left_seconds"], 18 * 3600);
        assert_eq!(case.get().await.str("/next_due_at"), "2026-11-24T10:00:00Z");
        desk.pass(TimeDelta::hours(3));
        case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        desk.pass(TimeDelta::hours(24));
        let (still, statute) = (case.clock("resolve").await, case.clock("statute").await);
        assert_eq!((&still["state"], &still["due_at"]), (&json!("paused"), &Value::Null));
        assert_eq!(still["left_seconds"], 15 * 3600);
        assert_eq!((&statute["state"], &statute["due_at"]), (&json!("running"), &json!("2026-11-24T10:00:00Z")));
        assert_eq!(case.get().await.str("/next_due_at"), "2026-11-24T10:00:00Z", "the regulator's");
        case.post("resume", &json!({})).await.expect(200);
        let moved = case.clock("resolve").await;
        assert_eq!(moved["due_at"], "2026-11-25T10:00:00Z", "a day of nine hours later");
        let pause = &moved["why"]["working"]["pauses"][0];
        assert_eq!((&pause["cause"], &pause["seconds"]), (&json!("customer"), &json!(9 * 3600)));
        let (en, zh) = (moved["why"]["words"]["en"].as_str().unwrap(), moved["why"]["words"]["zh-CN"].as_str().unwrap());
        assert!(en.contains("customer") && en.contains("Wed 25 Nov 2026, 18:00"), "{en}");
        assert!(zh.contains("2026年11月25日（周三）18:00"), "{zh}");
        assert!(case.clock("statute").await["why"]["working"]["pauses"].as_array().unwrap().is_empty());
        case.work().await;
        case.skip("call_back", "customer_declined").await.expect(200);
        desk.pass(TimeDelta::hours(6));
        case.post("close", &upheld()).await.expect(200);
        let (ours, statute) = (case.clock("resolve").await, case.clock("statute").await);
        assert_eq!((&ours["state"], &ours["left_seconds"]), (&json!("met"), &json!(9 * 3600)));
        assert_eq!(statute["state"], "met", "in the minute in which it is due it is in time");
        assert_eq!(case.get().await.at("/next_due_at"), &Value::Null);
    }
}

on_both! {
    async fn the_service_default_waits_for_everything_that_a_customer_may(desk) {
        install(&desk, "standard_service").await;
        let case = by_letter(&desk).await;
        let standing = async || {
            let mut standing: Vec<String> = case.clocks().await.iter().map(|clock| {
                format!("{} {}", clock["metric"].as_str().unwrap(), clock["state"].as_str().unwrap())
            }).collect();
            standing.sort();
            standing
        };
        assert_eq!(standing().await, ["acknowledge running", "first_response running", "keep_informed running", "resolve running"]);
        desk.pass(TimeDelta::minutes(90));
        case.post("messages", &json!({ "body": "We have your letter." })).await.expect(200);
        let expected = ["acknowledge breached", "first_response met", "keep_informed met", "keep_informed running", "resolve running"];
        assert_eq!(standing().await, expected);
        case.post("messages", &json!({ "body": "And?", "direction": "in" })).await.expect(200);
        let promise = case.promise_for("give_answer", 30, 60).await;
        let call = case.clock("call_back").await;
        assert_eq!((call["call_back_id"].as_str().unwrap(), call["due_at"].as_str().unwrap()), (promise.as_str(), desk.in_minutes(60).as_str()));
        assert_eq!(call["why"], Value::Null, "the promise itself says it");
        desk.pass(TimeDelta::minutes(40));
        case.attempt(&promise, &json!({ "result": "reached" })).await;
        assert_eq!(case.states_of("call_back").await, ["met"]);
        assert_eq!(case.states_of("next_response").await, ["met"], "the call answered what was asked");
        assert_eq!(case.states_of("keep_informed").await, ["met", "met", "running"]);
        case.post("withdraw", &reason("solved")).await.expect(200);
        assert_eq!(case.states_of("resolve").await, ["stopped"], "what was taken back was not resolved");
        assert_eq!(case.clocks_of("acknowledge").await[0]["state"], "breached", "late stays late");
    }
}

on_both! {
    /// Nobody writes for weeks, the customer neither: they have to be told how far things are all the same.
    async fn a_silent_customer_is_kept_informed(desk) {
        let weekly = json!({ "target": { "amount": 7, "unit": "calendar_days" } });
        enforce(&desk, "ours", &policy(&[merged(metric("keep_informed", "keep_informed", 1), weekly)])).await;
        let case = Case::logged(&desk).await;
        for week in 1..=3 {
            desk.pass(TimeDelta::days(6));
            case.post("messages", &json!({ "body": "We are at it." })).await.expect(200);
            assert_eq!(case.states_of("keep_informed").await.last().unwrap(), "running");
            assert_eq!(case.clocks_of("keep_informed").await.len(), week + 1);
        }
        case.post("wait", &json!({ "ball_with": "third_party", "reason": "the maker" })).await.expect(200);
        desk.pass(TimeDelta::days(8));
        assert_eq!(case.states_of("keep_informed").await, ["met", "met", "met", "breached"], "waiting is no reason");
    }
}

on_both! {
    async fn a_question_that_turns_out_to_be_a_complaint_counts_from_its_first_moment(desk) {
        let statute = json!({ "regulatory": true, "start": "expressed" });
        let mut rule = policy(&[merged(metric("statute", "resolve", 600), statute)]);
        rule["family"] = json!("regulatory");
        rule["conditions"] = json!({ "kinds": ["complaint"] });
        enforce(&desk, "theirs", &rule).await;
        let asked = json!({ "kind": "question", "first_expressed_at": desk.in_minutes(-120) });
        let case = Case::of(&desk, &merged(by_phone(), asked)).await;
        assert_eq!(case.clocks().await, [] as [Value; 0]);
        desk.pass(TimeDelta::hours(2));
        case.edit(&json!({ "kind": "complaint" })).await.expect(200);
        let clock = case.clock("statute").await;
        assert_eq!(clock["started_at"], desk.in_minutes(-240));
        assert_eq!(clock["due_at"], "2026-11-24T02:00:00Z", "ten hours of opening time after seven in the morning");
        case.edit(&json!({ "kind": "feedback" })).await.expect(200);
        assert_eq!(case.states_of("statute").await, ["stopped"]);
    }
}

on_both! {
    async fn key_accounts_have_a_policy_of_their_own_and_lists_show_what_is_due_first(desk) {
        enforce(&desk, "ours", &resolve_within(1_000)).await;
        let mut key = resolve_within(120);
        key["rank"] = json!(10);
        key["conditions"] = json!({ "tiers": ["key_account"] });
        enforce(&desk, "key", &key).await;
        let person = json!({ "name": "Wang", "phones": ["139 0013 9000"], "tier": "key_account" });
        desk.agent().post(CUSTOMERS, &person).await.expect(201);
        let first = Case::logged(&desk).await;
        let second = Case::of(&desk, &merged(by_phone(), json!({ "customer": { "phone": "139 0013 9000" } }))).await;
        assert_eq!((first.clocks().await[0]["policy"].as_str(), second.clocks().await[0]["policy"].as_str()), (Some("ours"), Some("key")));
        let due = desk.agent().get(&format!("{COMPLAINTS}?order=due&limit=1")).await.expect(200);
        assert_eq!(due.str("/items/0/id"), second.id);
        let next = format!("{COMPLAINTS}?order=due&limit=1&cursor={}", due.str("/next_cursor"));
        let next = desk.agent().get(&next).await.expect(200);
        assert_eq!((next.str("/items/0/id"), &next.json["next_cursor"]), (first.id.as_str(), &Value::Null));
        desk.pass(TimeDelta::minutes(121));
        let late = desk.agent().get(&format!("{COMPLAINTS}?overdue=true")).await.expect(200);
        assert_eq!(late.each("id"), std::slice::from_ref(&second.id));
    }
}

on_both! {
    async fn a_policy_may_be_for_segments_and_grades_as_they_were_when_the_complaint_was_logged(desk) {
        enforce(&desk, "ours", &resolve_within(1_000)).await;
        for (slug, conditions) in [("grades", json!({ "grades": ["a", "b"] })), ("segments", json!({ "segments": ["loss_making"] }))] {
            let mut body = resolve_within(120);
            body["rank"] = json!(10);
            body["conditions"] = conditions;
            enforce(&desk, slug, &body).await;
        }
        let policy_of = async |phone: &str, profile: Value| {
            let person = merged(json!({ "name": "Wang", "phones": [phone] }), profile);
            let made = desk.agent().post(CUSTOMERS, &person).await.expect(201);
            let case = Case::of(&desk, &merged(by_phone(), json!({ "customer": { "phone": phone } }))).await;
            let path = format!("{CUSTOMERS}/{}", made.id());
            let none = json!({ "grade": null, "segment": null });
            let customer = desk.agent().get(&path).await.expect(200);
            desk.agent().if_match(customer.etag()).patch(&path, &none).await.expect(200);
            // What changes afterwards is for the next complaint.
            case.work().await;
            case.clocks().await[0]["policy"].as_str().unwrap().to_owned()
        };
        assert_eq!(policy_of("139 0013 9001", json!({ "grade": "b" })).await, "grades");
        assert_eq!(policy_of("139 0013 9002", json!({ "grade": "c", "segment": "loss_making" })).await, "segments");
        assert_eq!(policy_of("139 0013 9003", json!({ "grade": "d", "segment": "profitable" })).await, "ours");
        assert_eq!(policy_of("139 0013 9004", json!({})).await, "ours");
    }
}

on_both! {
    async fn clocks_are_read_by_those_who_read_complaints(desk) {
        enforce(&desk, "ours", &resolve_within(600)).await;
        let case = Case::logged(&desk).await;
        let path = format!("{}/clocks", case.path());
        desk.client(Role::Auditor).get(&path).await.expect(200);
        desk.client(Role::Sales).get(&path).await.expect_problem(403, "auth.forbidden");
        desk.client(Role::Operations).get(&path).await.expect_problem(403, "auth.forbidden");
    }
}

/// The figures that stay when a person goes: what the clocks say.
async fn told(case: &Case<'_>) -> Value {
    json!(case.clocks().await)
}

on_both! {
    async fn clocks_say_the_same_when_the_customer_is_erased(desk) {
        enforce(&desk, "ours", &policy(&resolve_and_statute())).await;
        let case = by_letter(&desk).await;
        desk.pass(TimeDelta::minutes(30));
        case.post("wait", &json!({ "ball_with": "third_party", "reason": "the maker Wang" })).await.expect(200);
        desk.pass(TimeDelta::hours(30));
        case.post("resume", &json!({ "note": "Wang has called" })).await.expect(200);
        case.edit(&json!({ "severity": "critical", "subject": "Wang" })).await.expect(200);
        case.put("customer-type", &json!({ "customer_type": "angry", "note": "Wang shouts" })).await.expect(200);
        case.work().await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &upheld()).await.expect(200);
        let before = told(&case).await;
        assert!(before.to_string().contains("third_party"), "{before:#}");
        let customer = case.get().await.str("/customer_id").to_owned();
        let path = format!("{CUSTOMERS}/{customer}/erase");
        desk.client(Role::Auditor).post(&path, &reason("by letter")).await.expect(200);
        assert_eq!(told(&case).await, before);
        assert!(!case.list("timeline").await.text.contains("Wang"));
        let history = case.list("timeline").await;
        let waiting = history.items().iter().find(|entry| entry["action"] == "waiting").unwrap();
        assert_eq!(waiting["after"], json!({ "ball_with": "third_party" }), "the code stays, the reason goes");
    }
}
