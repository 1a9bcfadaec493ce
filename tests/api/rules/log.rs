//! What rules do, on each event, through the same gates as people; and the log of it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{RULES, enforce, fired, firings, led, like, note, notes, on, pairs, rule, run_jobs, word};
use crate::fixtures::{COMPLAINTS, Case, merged, missed, reached};
use crate::journeys::by_phone;
use crate::on_both;
use crate::staff::{admin, team};
use crate::work::{give, logged};

on_both! {
    async fn a_breach_for_a_key_account_goes_to_the_lead_with_a_note_and_the_log_says_why(desk) {
        let held = led(&desk, "Broadband", "li.na").await;
        crate::clocks::enforce(&desk, "ours", &crate::clocks::resolve_within(60)).await;
        let tiers = like(json!({ "tiers": ["key_account"], "severities": ["high", "critical"] }));
        let on_breach = json!({ "event": "clock_breached", "metrics": ["resolve"] });
        let then = json!([{ "do": "assign_to_lead" }, { "do": "add_note", "body": "Late for a key account." }]);
        enforce(&desk, &[rule("key_breach", on_breach, tiers, then)]).await;
        let key = admin(&desk).post("/api/v1/customers", &json!({ "name": "Postal Bureau", "tier": "key_account" })).await.expect(201);
        let body = merged(by_phone(), json!({ "customer": { "customer_id": key.id(), "phone": "13900130099" }, "severity": "high" }));
        let id = admin(&desk).post(COMPLAINTS, &body).await.expect(201).id().to_owned();
        let other = logged(&desk, json!({ "severity": "high" })).await;
        for one in [&id, &other] {
            give(&desk, one, &held).await;
        }
        desk.pass(TimeDelta::minutes(61));
        run_jobs(&desk).await;
        run_jobs(&desk).await;
        let case = Case { desk: &desk, agent: admin(&desk), id: id.clone() };
        assert_eq!(case.get().await.str("/owner"), "li.na");
        assert_eq!(notes(&desk, &id).await, ["Late for a key account."]);
        assert!(notes(&desk, &other).await.is_empty(), "no key account");
        let told = case.last_entry().await;
        assert_eq!((word(&told, "actor"), word(&told, "actor_kind")), ("rule key_breach, version 1".to_owned(), "system".to_owned()));
        assert_eq!(told["after"]["by_rule"], json!({ "rule": "key_breach", "version": 1, "chain": ["key_breach"] }));
        let all = firings(&desk, "").await;
        assert_eq!(all.len(), 1, "{all:?}");
        let firing = &all[0];
        assert_eq!((word(firing, "event"), word(firing, "detail"), word(firing, "outcome")), ("clock_breached".into(), "resolve".into(), "done".into()));
        assert_eq!(firing["conditions"], json!([
            { "condition": "tier", "wanted": ["key_account"], "found": "key_account" },
            { "condition": "severity", "wanted": ["high", "critical"], "found": "high" },
        ]));
        assert_eq!(firing["actions"], json!([{ "do": "assign_to_lead", "outcome": "done" }, { "do": "add_note", "outcome": "done" }]));
        assert_eq!(word(firing, "why"), "on clock_breached (resolve); tier is key_account; severity is high; assign_to_lead: done, add_note: done");
        assert_eq!(word(firing, "reference"), case.get().await.str("/reference"));
        let audit = desk.client(hark::domain::staff::Role::Auditor)
            .get("/api/v1/audit/events?action=complaint.assigned&limit=200").await.expect(200);
        assert!(audit.items().iter().any(|event| event["actor"] == "rule key_breach, version 1"), "{}", audit.text);
        desk.app.db.read(|conn| crate::properties::assert_sound(conn, None)).await.unwrap();
    }
}

on_both! {
    async fn every_event_has_its_rules(desk) {
        let events = [
            "received", "changed", "state_changed", "step_done", "message_received", "call_back_promised", "call_back_kept",
            "call_back_missed", "customer_unreachable", "reopened", "satisfaction_given",
        ];
        let rules: Vec<Value> = events.iter().map(|event| note(event, on(event), json!({}))).collect();
        enforce(&desk, &rules).await;
        let case = Case::logged(&desk).await;
        let since = async |before: usize| {
            run_jobs(&desk).await;
            let mut all: Vec<String> = fired(&desk, &case.id).await.into_iter().map(|(rule, _)| rule).collect();
            all.drain(..before);
            all.sort();
            all
        };
        let mut seen = 0;
        let mut expect = async |rules: &[&str]| {
            let found = since(seen).await;
            assert_eq!(found, rules, "after {seen}");
            seen += found.len();
        };
        expect(&["received"]).await;
        case.work().await;
        expect(&["state_changed", "step_done"]).await;
        case.edit(&json!({ "severity": "critical" })).await.expect(200);
        expect(&["changed"]).await;
        case.post("messages", &json!({ "direction": "in", "body": "And?" })).await.expect(200);
        expect(&["message_received"]).await;
        let kept = case.promise(10, 20).await;
        expect(&["call_back_promised"]).await;
        desk.pass(TimeDelta::minutes(12));
        case.attempt(&kept, &reached(true)).await;
        expect(&["call_back_kept", "satisfaction_given"]).await;
        let late = case.promise_for("give_answer", 10, 20).await;
        expect(&["call_back_promised"]).await;
        desk.pass(TimeDelta::minutes(25));
        for _ in 0..3 {
            case.attempt(&late, &missed("no_answer")).await;
            desk.pass(TimeDelta::minutes(31));
        }
        expect(&["call_back_missed", "customer_unreachable"]).await;
        case.post("close", &crate::journeys::upheld()).await.expect(200);
        expect(&["state_changed"]).await;
        case.post("reopen", &json!({ "reason": "again" })).await.expect(200);
        expect(&["reopened", "state_changed"]).await;
    }
}

on_both! {
    async fn what_a_rule_may_not_do_is_refused_and_told_and_the_rest_is_done(desk) {
        let (one, other) = (team(&desk, "One", &["mary"]).await, team(&desk, "Other", &[]).await);
        let then = json!([
            { "do": "assign", "owner": "mary", "team": other },
            { "do": "add_note", "body": "still done" },
        ]);
        // Mary leaves the team after the rule was written.
        let then_ok = json!([{ "do": "assign", "owner": "mary", "team": one }, { "do": "add_note", "body": "still done" }]);
        admin(&desk).put(RULES, &json!({ "rules": [rule("wrong", on("received"), json!({}), then)] })).await
            .expect_invalid(&["/rules/0/then/0/owner"]);
        enforce(&desk, &[rule("right", on("received"), json!({}), then_ok)]).await;
        let path = format!("/api/v1/teams/{one}/members/{}", crate::staff::id_of(&desk, "mary").await);
        admin(&desk).send(reqwest::Method::DELETE, &path, None).await;
        let id = logged(&desk, json!({})).await;
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &id).await, pairs(&[("right", "partly")]));
        let firing = &firings(&desk, "outcome=partly").await[0];
        assert_eq!((word(&firing["actions"][0], "outcome"), word(&firing["actions"][0], "code")), ("refused".into(), "request.invalid".into()));
        assert_eq!(notes(&desk, &id).await, ["still done"]);
        let there = admin(&desk).get(&format!("{COMPLAINTS}/{id}")).await.expect(200);
        assert_eq!((there.at("/team"), there.at("/owner")), (&Value::Null, &Value::Null), "nothing of what was refused");
        // A closed complaint is not given to anybody, by a rule either.
        enforce(&desk, &[rule("closed", json!({ "event": "state_changed", "states": ["closed"] }), json!({}),
            json!([{ "do": "set_severity", "severity": "low" }]))]).await;
        let closed = Case::closed(&desk).await;
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &closed.id).await, pairs(&[("closed", "refused")]));
        assert_eq!(word(&firings(&desk, "rule=closed").await[0]["actions"][0], "code"), "complaint.closed");
    }
}

on_both! {
    async fn a_tag_leads_to_a_canned_text_in_the_language_of_the_complaint(desk) {
        let admin = admin(&desk);
        let unknown = json!([rule("photo", on("received"), json!({}), json!([{ "do": "send_message", "text": "photo" }]))]);
        admin.put(RULES, &json!({ "rules": unknown })).await.expect_invalid(&["/rules/0/then/0/text"]);
        let text = json!({ "title": "A photo", "wordings": [
            { "language": "en", "body": "Please send us a photo for {complaint.reference}." },
        ] });
        admin.put("/api/v1/canned-texts/photo", &text).await.expect(201);
        let tagged = json!({ "event": "changed", "fields": ["tags"] });
        enforce(&desk, &[
            rule("photo", tagged, json!({ "tags": ["photo"] }), json!([{ "do": "send_message", "text": "photo" }])),
            rule("broken", on("received"), like(json!({ "severities": ["high"] })), json!([{ "do": "tag", "tags": ["photo"] }])),
        ]).await;
        let (id, other) = (logged(&desk, json!({ "severity": "high", "language": "en" })).await, logged(&desk, json!({ "severity": "low" })).await);
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &id).await, pairs(&[("broken", "done"), ("photo", "done")]));
        assert_eq!(firings(&desk, "rule=photo").await[0]["chain"], json!(["broken", "photo"]));
        assert!(fired(&desk, &other).await.is_empty());
        let case = Case { desk: &desk, agent: admin.clone(), id };
        let wanted = format!("Please send us a photo for {}.", case.get().await.str("/reference"));
        assert_eq!(word(&case.list("messages").await.items()[0], "body"), wanted);
    }
}

on_both! {
    async fn a_message_that_a_rule_sends_is_no_first_answer(desk) {
        crate::clocks::enforce(&desk, "ours", &crate::clocks::policy(&[crate::clocks::metric("first_response", "first_response", 60)])).await;
        enforce(&desk, &[rule("hello", on("received"), json!({}), json!([{ "do": "send_message", "body": "We have it." }]))]).await;
        let case = crate::clocks::by_letter(&desk).await;
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &case.id).await, pairs(&[("hello", "done")]));
        assert_eq!(case.clocks_of("first_response").await[0]["ended_at"], Value::Null, "nobody has answered yet");
        assert!(desk.outbox().contains(&"send_message".to_owned()));
    }
}

on_both! {
    async fn the_log_comes_in_pages_and_by_rule_and_complaint(desk) {
        enforce(&desk, &[note("one", on("received"), json!({})), note("two", on("received"), json!({}))]).await;
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(logged(&desk, json!({})).await);
        }
        run_jobs(&desk).await;
        let all = crate::fixtures::walk(&admin(&desk), &format!("{RULES}/firings"), 3, async || {}).await;
        assert_eq!(all.len(), 8);
        assert_eq!(firings(&desk, "rule=two").await.len(), 4);
        assert_eq!(firings(&desk, &format!("complaint_id={}", ids[1])).await.len(), 2);
        assert_eq!(firings(&desk, "outcome=held_back").await.len(), 0);
        desk.agent().get(&format!("{RULES}/firings")).await.expect_problem(403, "auth.forbidden");
        let metrics = desk.anonymous().get("/metrics").await.expect(200);
        assert!(metrics.text.contains("hark_rule_firings_total{outcome=\"done\"} 8"), "{}", metrics.text);
        assert!(metrics.text.contains("hark_rule_lag_seconds 0"));
    }
}
