//! Rules as they are written: in versions, and refused with every finding.

use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{RULES, after, enforce, firings, like, note, notes, on, rule, run_jobs, write};
use crate::on_both;
use crate::staff::{admin, program};
use crate::support::Desk;
use crate::work::logged;

on_both! {
    async fn versions_of_rules_are_kept_and_one_is_in_force(desk) {
        let empty = desk.client(Role::Lead).get(RULES).await.expect(200);
        assert_eq!((empty.at("/version"), empty.at("/active_version"), empty.etag()), (&json!(0), &Value::Null, "\"1\""));
        enforce(&desk, &[note("first", on("received"), json!({}))]).await;
        let second = write(&desk, &[note("second", on("received"), json!({}))]).await;
        assert_eq!((second.at("/version"), second.at("/active_version")), (&json!(2), &json!(1)), "not in force yet");
        let told = async || {
            let id = logged(&desk, json!({})).await;
            run_jobs(&desk).await;
            notes(&desk, &id).await
        };
        assert_eq!(told().await, ["first"]);
        let turn = async |version: i32| admin(&desk).post(&format!("{RULES}/versions/{version}/activate"), &Value::Null).await;
        turn(2).await.expect(200);
        assert_eq!(told().await, ["second"]);
        turn(1).await.expect(200);
        assert_eq!(told().await, ["first"]);
        turn(3).await.expect(404);
        let off = admin(&desk).post(&format!("{RULES}/deactivate"), &Value::Null).await.expect(200);
        assert_eq!(off.at("/active_version"), &Value::Null);
        assert!(told().await.is_empty());
        assert_eq!(desk.rows("rule_events"), 0, "nothing is written where no rule waits for it");
        let kept = desk.client(Role::Operations).get(&format!("{RULES}/versions/2")).await.expect(200);
        assert_eq!(kept.str("/rules/0/slug"), "second");
        let stale = admin(&desk).if_match("\"1\"").put(RULES, &json!({ "rules": [] })).await;
        stale.expect_problem(412, "request.precondition_failed");
        assert_eq!(firings(&desk, "rule=second").await[0]["version"], 2);
    }
}

on_both! {
    async fn a_rule_that_is_switched_off_does_nothing_and_one_may_be_the_last(desk) {
        let mut off = note("off", on("received"), json!({}));
        off["enabled"] = json!(false);
        let mut last = note("last", on("received"), like(json!({ "severities": ["high"] })));
        last["stop"] = json!(true);
        enforce(&desk, &[off, last, note("rest", on("received"), json!({}))]).await;
        let (high, low) = (logged(&desk, json!({ "severity": "high" })).await, logged(&desk, json!({ "severity": "low" })).await);
        run_jobs(&desk).await;
        assert_eq!(notes(&desk, &high).await, ["last"]);
        assert_eq!(notes(&desk, &low).await, ["rest"]);
    }
}

on_both! {
    async fn rules_with_errors_are_refused_with_every_finding(desk) {
        let nowhere = "019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20";
        let bad = json!([
            { "slug": "Two words", "on": { "event": "received", "fields": ["owner"] }, "then": [] },
            { "slug": "twice", "on": { "event": "time_passed" }, "then": [{ "do": "add_note", "body": " " }] },
            { "slug": "twice", "on": { "event": "time_passed", "time": { "minutes": 0, "since": "received", "calendar": "none_such" } },
              "conditions": { "teams": [nowhere], "older_than_minutes": 0 },
              "then": [{ "do": "assign", "owner": "nobody.here" }, { "do": "assign", "team": nowhere }, { "do": "assign" }] },
        ]);
        let refused = admin(&desk).put(RULES, &json!({ "rules": bad })).await;
        refused.expect_invalid(&[
            "/rules/0/slug", "/rules/0/on/fields", "/rules/0/then", "/rules/1/on/time", "/rules/1/then/0/body", "/rules/2/slug",
            "/rules/2/on/time/minutes", "/rules/2/conditions/older_than_minutes", "/rules/2/then/2/owner",
            "/rules/2/conditions/teams/0", "/rules/2/then/0/owner", "/rules/2/then/1/team", "/rules/2/on/time/calendar",
        ]);
        let scripted = json!([{ "slug": "a", "on": { "event": "received" }, "then": [{ "do": "run", "script": "rm" }] }]);
        assert_eq!(admin(&desk).put(RULES, &json!({ "rules": scripted })).await.status, 422);
        let many: Vec<Value> = (0..101).map(|n| note(&format!("r{n}"), on("received"), json!({}))).collect();
        admin(&desk).put(RULES, &json!({ "rules": many })).await.expect_invalid(&["/rules"]);
        assert_eq!(desk.rows("rule_versions"), 0);
    }
}

on_both! {
    async fn the_manner_of_the_customer_alone_makes_nothing_graver(desk) {
        let graver = json!([{ "do": "set_severity", "severity": "critical" }]);
        let angry = json!({ "customer_types": ["angry"] });
        let put = async |rule: Value| admin(&desk).put(RULES, &json!({ "rules": [rule] })).await;
        let refused = put(rule("shouts", on("received"), like(angry.clone()), graver.clone())).await;
        let refused = refused.expect_invalid(&["/rules/0/then/0"]);
        assert!(refused.text.contains("the manner of the customer alone"), "{}", refused.text);
        // Neither by a condition that leaves nothing out, nor by the event.
        let all = like(json!({ "customer_types": ["angry"], "kinds": ["complaint", "question", "feedback"] }));
        put(rule("shouts", on("clock_breached"), all, graver.clone())).await.expect_invalid(&["/rules/0/then/0"]);
        let seen = json!({ "event": "changed", "fields": ["customer_type"] });
        put(rule("shouts", seen, json!({}), graver.clone())).await.expect_invalid(&["/rules/0/then/0"]);
        // With another reason it may, and what makes nothing more urgent may rest on the manner.
        let key = like(json!({ "customer_types": ["angry"], "tiers": ["key_account"] }));
        put(rule("key", on("received"), key, graver)).await.expect(200);
        put(note("calm", on("received"), like(angry))).await.expect(200);
    }
}

on_both! {
    async fn nobody_lets_a_rule_do_what_they_may_not_do_themselves(desk) {
        let rules = json!({ "rules": [note("a", on("received"), json!({}))] });
        for role in [Role::Agent, Role::Lead, Role::Operations, Role::Auditor] {
            desk.client(role).put(RULES, &rules).await.expect_problem(403, "auth.forbidden");
        }
        let role = json!({ "name": "Rules", "permissions": ["read-rules", "manage-rules", "handle-complaints"] });
        admin(&desk).put("/api/v1/roles/rules_desk", &role).await.expect(201);
        let half = program(&desk, json!({ "name": "half", "role": "rules_desk" })).await;
        half.put(RULES, &rules).await.expect_problem(403, "auth.escalation");
        half.put(RULES, &json!({ "rules": [] })).await.expect(200);
        write(&desk, &[note("a", on("received"), json!({}))]).await;
        half.post(&format!("{RULES}/versions/2/activate"), &Value::Null).await.expect_problem(403, "auth.escalation");
        desk.agent().get(RULES).await.expect_problem(403, "auth.forbidden");
    }
}

on_both! {
    async fn a_dry_run_says_what_would_have_fired_and_changes_nothing(desk) {
        let (grave, other) = (logged(&desk, json!({ "severity": "high" })).await, logged(&desk, json!({})).await);
        let case = crate::fixtures::Case { desk: &desk, agent: admin(&desk), id: other.clone() };
        desk.pass(chrono::TimeDelta::minutes(90));
        case.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        desk.pass(chrono::TimeDelta::minutes(90));
        let before = desk.footprint();
        let form = json!({ "rules": [
            note("grave", on("received"), like(json!({ "severities": ["high"] }))),
            note("given", json!({ "event": "changed", "fields": ["owner"] }), json!({})),
            note("nobodys", after(120, "without_owner"), json!({})),
            note("never", on("reopened"), json!({})),
        ] });
        let tried = desk.client(Role::Lead).post(&format!("{RULES}/dry-run"), &form).await.expect(200);
        assert_eq!(tried.at("/looked_at"), &json!(2));
        let sums: Vec<(String, i64)> = tried.at("/rules").as_array().unwrap().iter()
            .map(|sum| (crate::rules::word(sum, "rule"), sum["fired"].as_i64().unwrap())).collect();
        let expected = [("grave", 1), ("given", 1), ("nobodys", 1), ("never", 0)];
        assert_eq!(sums, expected.map(|(rule, n)| (rule.to_owned(), n)));
        let of = |id: &str| tried.at("/cases").as_array().unwrap().iter().find(|case| case["id"] == id).unwrap().clone();
        let fires = of(&grave)["fires"].as_array().unwrap().clone();
        assert_eq!((&fires[0]["rule"], &fires[1]["rule"]), (&json!("grave"), &json!("nobodys")));
        assert_eq!(fires[0]["conditions"][0]["found"], "high");
        assert_eq!(fires[1]["at"], json!(desk.in_minutes(-60)), "two hours after it came");
        assert_eq!(fires[0]["actions"], json!(["add_note"]));
        assert_eq!(of(&other)["fires"][0]["rule"], "given");
        assert_eq!(desk.footprint(), before, "nothing was changed");
    }
}

/// Everything that a desk needs besides is left as it is when rules wait for nothing that happens.
#[tokio::test]
async fn a_change_that_no_rule_waits_for_leaves_nothing_behind() {
    let desk = Desk::sqlite();
    enforce(&desk, &[note("never", on("reopened"), json!({}))]).await;
    let id = logged(&desk, json!({})).await;
    run_jobs(&desk).await;
    assert_eq!(
        (
            desk.rows("rule_events"),
            desk.rows("rule_timers"),
            desk.rows("rule_firings")
        ),
        (0, 0, 0)
    );
    assert!(notes(&desk, &id).await.is_empty());
}
