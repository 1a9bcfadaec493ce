//! Policies as data: versions, in force and out of it, tried before they are.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{POLICIES, by_letter, enforce, make, metric, policy, resolve_within};
use crate::fixtures::merged;
use crate::on_both;

on_both! {
    async fn a_new_version_is_in_force_when_it_is_activated_and_versions_are_kept(desk) {
        let operations = desk.client(Role::Operations);
        let made = make(&desk, "ours", &resolve_within(600)).await;
        assert_eq!((made.at("/version"), made.at("/active_version"), made.at("/revision")), (&json!(1), &Value::Null, &json!(1)));
        let path = format!("{POLICIES}/ours");
        operations.if_match("\"7\"").put(&path, &resolve_within(300)).await.expect_problem(412, "request.precondition_failed");
        operations.post(&format!("{path}/activate"), &Value::Null).await.expect(200);
        let active = operations.get(&path).await.expect(200);
        let written = operations.if_match(active.etag()).put(&path, &resolve_within(300)).await.expect(200);
        assert_eq!((written.at("/version"), written.at("/active_version")), (&json!(2), &json!(1)));
        let again = operations.post(&format!("{path}/activate"), &Value::Null).await.expect(200);
        assert_eq!(again.at("/active_version"), &json!(2));
        let twice = operations.post(&format!("{path}/activate"), &Value::Null).await.expect(200);
        assert_eq!(twice.at("/revision"), again.at("/revision"), "twice is the same as once");
        let first = operations.get(&format!("{path}/versions/1")).await.expect(200);
        assert_eq!(first.at("/policy/metrics/0/target/amount"), &json!(600));
        operations.get(&format!("{path}/versions/3")).await.expect_problem(404, "resource.not_found");
        let taken = json!({ "slug": "ours", "policy": resolve_within(1) });
        operations.post(POLICIES, &taken).await.expect_problem(409, "resource.name_taken");
        let audit = desk.client(Role::Auditor).get("/api/v1/audit/events?object_kind=sla_policy").await.expect(200);
        let mut actions = audit.each("action");
        actions.reverse();
        assert_eq!(actions, ["sla_policy.created", "sla_policy.activated", "sla_policy.written", "sla_policy.activated"]);
        for role in [Role::Agent, Role::Lead, Role::Auditor] {
            desk.client(role).get(&path).await.expect(200);
            desk.client(role).post(&format!("{path}/activate"), &Value::Null).await.expect_problem(403, "auth.forbidden");
        }
    }
}

on_both! {
    async fn everything_that_is_wrong_with_a_policy_is_told_at_once(desk) {
        let mut wrong = policy(&[
            merged(metric("one", "resolve", 600), json!({ "regulatory": true, "pausable": true })),
            merged(metric("one", "call_back", 600), json!({ "start": "expressed" })),
            json!({ "slug": "X", "kind": "first_response", "name": { "en": "", "zh-CN": "x" } }),
            merged(metric("two", "keep_informed", 600), json!({
                "pausable": true, "reopening": "ignore", "warnings": [{ "percent": 100 }, {}, { "percent": 1, "left_minutes": 1 }],
                "escalations": [{ "to": "lead" }, { "after_minutes": 1, "to": "role" }, { "before_minutes": 0, "to": "owner", "role": "x" }],
            })),
        ]);
        wrong["calendar"] = json!("nowhere");
        wrong["rank"] = json!(5_000);
        let reply = desk.client(Role::Operations).post(POLICIES, &json!({ "slug": "ours", "policy": wrong })).await;
        reply.expect_invalid(&[
            "/policy/rank",
            "/policy/metrics/0/pausable",
            "/policy/metrics/1/target",
            "/policy/metrics/1/start",
            "/policy/metrics/1/slug",
            "/policy/metrics/2/slug",
            "/policy/metrics/2/name/en",
            "/policy/metrics/2/target",
            "/policy/metrics/3/pausable",
            "/policy/metrics/3/reopening",
            "/policy/metrics/3/warnings/0/percent",
            "/policy/metrics/3/warnings/1",
            "/policy/metrics/3/warnings/2",
            "/policy/metrics/3/escalations/0",
            "/policy/metrics/3/escalations/1/role",
            "/policy/metrics/3/escalations/2/before_minutes",
            "/policy/metrics/3/escalations/2/role",
        ]);
        let mut nowhere = resolve_within(600);
        nowhere["calendar"] = json!("nowhere");
        let reply = desk.client(Role::Operations).post(POLICIES, &json!({ "slug": "ours", "policy": nowhere })).await;
        reply.expect_invalid(&["/policy/calendar"]);
        assert_eq!(desk.rows("sla_policies"), 0);
    }
}

on_both! {
    async fn a_policy_is_tried_before_it_is_in_force(desk) {
        let mut tried = resolve_within(600);
        tried["metrics"][0]["warnings"] = json!([{ "percent": 50 }]);
        tried["metrics"][0]["escalations"] = json!([{ "after_minutes": 60, "to": "lead" }]);
        tried["conditions"] = json!({ "severities": ["critical"] });
        let form = json!({ "policy": tried, "complaint": {
            "received_at": "2026-11-27T09:30:00Z",
            "waits": [{ "ball_with": "customer", "from": "2026-11-30T01:00:00Z", "until": "2026-11-30T02:00:00Z" }],
        } });
        // Friday, 17:30; half an hour is left of the day, and an hour of Monday is waited away.
        let seen = desk.client(Role::Lead).post(&format!("{POLICIES}/preview"), &form).await.expect(200);
        assert_eq!(seen.at("/applies"), &json!(false));
        let clock = seen.at("/clocks/0");
        assert_eq!(clock["due_at"], "2026-12-01T02:30:00Z", "{clock:#}");
        assert_eq!(clock["signals"][2]["at"], "2026-12-01T03:30:00Z", "an hour of opening time after it");
        assert_eq!(clock["why"]["working"]["pauses"][0]["seconds"], 3_600);
        assert_eq!((desk.rows("sla_policies"), desk.rows("calendars")), (0, 0), "nothing was written");
    }
}

on_both! {
    async fn a_change_of_a_policy_or_calendar_leaves_past_breaches_and_running_clocks_alone(desk) {
        let operations = desk.client(Role::Operations);
        let two = |minutes| policy(&[metric("first_response", "first_response", minutes), metric("resolve", "resolve", 10 * minutes)]);
        let active = enforce(&desk, "ours", &two(60)).await;
        let case = by_letter(&desk).await;
        desk.pass(TimeDelta::minutes(61));
        desk.run_jobs().await;
        let before = case.clocks().await;
        assert_eq!((case.states_of("first_response").await, case.states_of("resolve").await), (vec!["breached".to_owned()], vec!["running".to_owned()]));
        let path = format!("{POLICIES}/ours");
        operations.if_match(active.etag()).put(&path, &two(600)).await.expect(200);
        operations.post(&format!("{path}/activate"), &Value::Null).await.expect(200);
        let calendar = json!({ "name": "Standard", "time_zone": "Asia/Shanghai", "notation": "Mo-Su 00:00-24:00" });
        let standard = operations.get("/api/v1/calendars/standard").await.expect(200);
        operations.if_match(standard.etag()).put("/api/v1/calendars/standard", &calendar).await.expect(200);
        case.post("notes", &json!({ "body": "x" })).await.expect(200);
        let mut after = case.clocks().await;
        for (clock, was) in after.iter_mut().zip(&before) {
            clock["left_seconds"] = was["left_seconds"].clone();
        }
        assert_eq!(after, before);
        let later = by_letter(&desk).await;
        let clock = later.clock("resolve").await;
        assert_eq!((&clock["policy_version"], &clock["calendar_version"]), (&json!(2), &json!(2)));
        operations.post(&format!("{path}/deactivate"), &Value::Null).await.expect(200);
        assert_eq!(by_letter(&desk).await.clocks().await, [] as [Value; 0]);
        assert_eq!(later.states_of("resolve").await, ["running"], "what runs, runs on");
    }
}

on_both! {
    async fn rule_packs_are_off_until_somebody_installs_and_activates_them(desk) {
        let operations = desk.client(Role::Operations);
        let packs = operations.get("/api/v1/sla-packs").await.expect(200);
        assert!(packs.json.as_array().unwrap().len() >= 6);
        assert_eq!(desk.rows("sla_policies"), 0);
        let path = "/api/v1/sla-packs/uk_disp/install";
        let made = operations.post(path, &json!({})).await.expect(201);
        assert_eq!((made.str("/slug"), made.at("/active_version")), ("uk_disp", &Value::Null));
        operations.post(path, &json!({})).await.expect_problem(409, "resource.name_taken");
        operations.post(path, &json!({ "slug": "other", "calendar": "nowhere" })).await.expect_invalid(&["/calendar"]);
        operations.post("/api/v1/sla-packs/nowhere/install", &json!({})).await.expect_problem(404, "resource.not_found");
        assert_eq!(by_letter(&desk).await.clocks().await, [] as [Value; 0]);
        operations.post(&format!("{POLICIES}/uk_disp/activate"), &Value::Null).await.expect(200);
        let case = by_letter(&desk).await;
        // Received on Monday, 23 November: the end of the eighth week after it in Shanghai, where this desk is.
        assert_eq!(case.clock("final_response").await["due_at"], "2027-01-18T16:00:00Z");
        assert_eq!(case.clock("summary_resolution").await["due_at"], "2026-11-26T10:00:00Z");
    }
}
