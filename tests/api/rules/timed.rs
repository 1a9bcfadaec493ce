//! Rules on time: so long after something, if it is still so.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{RULES, after, enforce, fired, firings, like, note, notes, pairs, run_jobs};
use crate::fixtures::Case;
use crate::on_both;
use crate::staff::admin;
use crate::work::logged;

on_both! {
    async fn a_day_without_an_owner_is_told_once_and_only_if_it_lasted(desk) {
        enforce(&desk, &[note("nobodys", after(1_440, "without_owner"), json!({}))]).await;
        let (lasting, ended) = (logged(&desk, json!({})).await, logged(&desk, json!({})).await);
        let case = Case { desk: &desk, agent: admin(&desk), id: ended.clone() };
        desk.pass(TimeDelta::hours(23));
        case.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        run_jobs(&desk).await;
        assert!(firings(&desk, "").await.is_empty(), "not yet");
        desk.pass(TimeDelta::hours(1));
        for _ in 0..3 {
            run_jobs(&desk).await;
            desk.pass(TimeDelta::hours(30));
        }
        assert_eq!(fired(&desk, &lasting).await, pairs(&[("nobodys", "done")]), "once, however long it lasts");
        assert!(fired(&desk, &ended).await.is_empty());
        // Taken away from Mary, it begins anew.
        case.post("assign", &json!({ "owner": null })).await.expect(200);
        desk.pass(TimeDelta::hours(24));
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &ended).await, pairs(&[("nobodys", "done")]));
        case.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        case.post("assign", &json!({ "owner": null })).await.expect(200);
        desk.pass(TimeDelta::hours(25));
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &ended).await.len(), 2, "each time once");
    }
}

on_both! {
    async fn business_hours_of_waiting_for_the_customer_count_while_the_desk_is_open(desk) {
        let hours = json!({ "slug": "short", "name": "Short", "time_zone": "Asia/Shanghai", "notation": "Mo-Fr 09:00-12:00" });
        desk.client(hark::domain::staff::Role::Operations).post("/api/v1/calendars", &hours).await.expect(201);
        let mut on = after(240, "waiting_for_customer");
        on["time"]["calendar"] = json!("short");
        enforce(&desk, &[note("ask_again", on, json!({}))]).await;
        // Monday, nine o'clock: four opening hours are over on Tuesday at ten.
        let case = Case::logged(&desk).await;
        case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        desk.pass(TimeDelta::hours(24) + TimeDelta::minutes(59));
        run_jobs(&desk).await;
        assert!(fired(&desk, &case.id).await.is_empty());
        desk.pass(TimeDelta::minutes(1));
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &case.id).await, pairs(&[("ask_again", "done")]));
        case.post("resume", &json!({})).await.expect(200);
        case.post("wait", &json!({ "ball_with": "third_party", "reason": "the carrier" })).await.expect(200);
        desk.pass(TimeDelta::days(7));
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &case.id).await.len(), 1, "that is another wait");
    }
}

on_both! {
    async fn a_condition_that_comes_to_hold_after_the_time_is_seen_with_the_change(desk) {
        enforce(&desk, &[note("grave", after(60, "received"), like(json!({ "severities": ["critical"] })))]).await;
        let case = Case::logged(&desk).await;
        desk.pass(TimeDelta::hours(2));
        run_jobs(&desk).await;
        assert!(fired(&desk, &case.id).await.is_empty());
        case.edit(&json!({ "severity": "critical" })).await.expect(200);
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &case.id).await, pairs(&[("grave", "done")]));
        case.post("withdraw", &json!({ "reason": "no more" })).await.expect(200);
        assert_eq!(desk.rows("rule_timers"), 0, "what is closed is not watched");
        case.post("reopen", &json!({ "reason": "again" })).await.expect(200);
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &case.id).await.len(), 1, "it has been told");
    }
}

on_both! {
    async fn what_came_due_before_the_rule_is_left_alone_and_what_is_open_is_watched_from_then_on(desk) {
        let old = logged(&desk, json!({})).await;
        desk.pass(TimeDelta::hours(3));
        let young = logged(&desk, json!({})).await;
        enforce(&desk, &[note("two_hours", after(120, "received"), json!({}))]).await;
        run_jobs(&desk).await;
        assert_eq!(desk.rows("rule_timers"), 1, "that of the younger");
        desk.pass(TimeDelta::hours(1));
        // Another version with the same rule: what runs goes on running.
        enforce(&desk, &[note("two_hours", after(120, "received"), json!({})), note("other", after(600, "untouched"), json!({}))]).await;
        desk.pass(TimeDelta::hours(1));
        run_jobs(&desk).await;
        assert!(fired(&desk, &old).await.is_empty());
        assert_eq!(fired(&desk, &young).await, pairs(&[("two_hours", "done")]));
        // A rule whose time is longer now does not fire at the old one.
        enforce(&desk, &[note("other", after(6_000, "untouched"), json!({}))]).await;
        desk.pass(TimeDelta::hours(20));
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &young).await.len(), 1);
        admin(&desk).post(&format!("{RULES}/deactivate"), &Value::Null).await.expect(200);
        desk.pass(TimeDelta::hours(200));
        run_jobs(&desk).await;
        assert_eq!((desk.rows("rule_timers"), fired(&desk, &young).await.len()), (0, 1));
    }
}

on_both! {
    async fn what_rules_do_is_no_activity(desk) {
        enforce(&desk, &[note("quiet", after(60, "untouched"), json!({}))]).await;
        let case = Case::logged(&desk).await;
        for _ in 0..5 {
            desk.pass(TimeDelta::minutes(61));
            run_jobs(&desk).await;
        }
        assert_eq!(notes(&desk, &case.id).await, ["quiet"], "its own note does not begin the time anew");
        case.post("notes", &json!({ "body": "called the shop" })).await.expect(200);
        desk.pass(TimeDelta::minutes(61));
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &case.id).await.len(), 2);
    }
}
