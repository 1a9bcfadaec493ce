//! Bringing a complaint to the next one in the chains of its clocks, by a rule or by hand.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{enforce, fired, firings, on, pairs, rule, run_jobs, word};
use crate::casework::macro_of;
use crate::clocks::{by_letter, metric, policy};
use crate::fixtures::{Case, merged};
use crate::on_both;
use crate::support::Desk;

/// A day around the clock, brought to the lead an hour before its end and to the administrators an hour after.
async fn chain(desk: &Desk) {
    let clock = merged(
        metric("resolve", "resolve", 1),
        json!({
            "target": { "amount": 1, "unit": "calendar_days" },
            "escalations": [{ "before_minutes": 60, "to": "lead" }, { "after_minutes": 60, "to": "role", "role": "admin" }],
        }),
    );
    crate::clocks::enforce(desk, "ours", &policy(&[clock])).await;
}

/// The levels that the timeline tells of, each with who brought it there.
async fn levels(case: &Case<'_>) -> Vec<(i64, String)> {
    let timeline = case.list("timeline").await;
    let escalated = timeline
        .items()
        .iter()
        .filter(|entry| entry["action"] == "clock_escalated");
    escalated
        .map(|entry| (entry["after"]["level"].as_i64().unwrap(), word(entry, "actor")))
        .collect()
}

on_both! {
    async fn a_rule_brings_it_to_the_next_level_and_the_sweep_does_not_do_it_again(desk) {
        chain(&desk).await;
        enforce(&desk, &[rule("up", on("message_received"), json!({}), json!([{ "do": "escalate" }]))]).await;
        let case = by_letter(&desk).await;
        case.post("messages", &json!({ "direction": "in", "body": "And?" })).await.expect(200);
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &case.id).await, pairs(&[("up", "done")]));
        let by_rule = "rule up, version 1".to_owned();
        assert_eq!(levels(&case).await, [(1, by_rule.clone())]);
        assert_eq!(desk.outbox().iter().filter(|topic| *topic == "clock_escalated").count(), 1);
        // Its own time comes, and it is not given twice; the next level is.
        desk.pass(TimeDelta::minutes(23 * 60 + 1));
        run_jobs(&desk).await;
        assert_eq!(levels(&case).await, [(1, by_rule.clone())]);
        desk.pass(TimeDelta::hours(2));
        run_jobs(&desk).await;
        assert_eq!(levels(&case).await, [(1, by_rule), (2, "hark".to_owned())]);
        case.post("messages", &json!({ "direction": "in", "body": "And?" })).await.expect(200);
        run_jobs(&desk).await;
        let refused = &firings(&desk, "outcome=refused").await[0];
        assert_eq!(word(&refused["actions"][0], "code"), "clock.nothing_to_escalate");
    }
}

on_both! {
    async fn what_a_rule_escalates_does_not_lead_to_that_rule_again(desk) {
        chain(&desk).await;
        let step = |slug: &str, event: &str| rule(slug, on(event), json!({}), json!([{ "do": "escalate" }]));
        enforce(&desk, &[step("on_word", "message_received"), step("again", "clock_escalated")]).await;
        let case = by_letter(&desk).await;
        case.post("messages", &json!({ "direction": "in", "body": "And?" })).await.expect(200);
        for _ in 0..4 {
            run_jobs(&desk).await;
        }
        assert_eq!(fired(&desk, &case.id).await, pairs(&[("on_word", "done"), ("again", "done")]));
        assert_eq!(levels(&case).await.len(), 2);
    }
}

on_both! {
    async fn by_hand_it_goes_through_the_same_gates(desk) {
        chain(&desk).await;
        macro_of(&desk, "up", &json!([{ "do": "escalate" }])).await;
        let case = by_letter(&desk).await;
        let version = case.get().await.etag().to_owned();
        case.post("macros/up", &json!({})).await.expect(200);
        assert_eq!(levels(&case).await, [(1, "test agent".to_owned())]);
        assert_eq!(case.get().await.etag(), version, "what the clocks tell is no change of the complaint");
        case.post("withdraw", &json!({ "reason": "found it" })).await.expect(200);
        case.refuses("macros/up", &json!({}), 409, "clock.nothing_to_escalate").await;
        let elsewhere = by_letter(&desk).await;
        let team = crate::staff::team(&desk, "Elsewhere", &[]).await;
        crate::work::give(&desk, &elsewhere.id, &team).await;
        elsewhere.refuses("macros/up", &json!({}), 403, "auth.other_team").await;
        assert_eq!(elsewhere.clock("resolve").await["ended_at"], Value::Null);
    }
}
