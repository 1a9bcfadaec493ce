//! The reports that a lead steers with, against figures computed by hand.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::json;

use crate::fixtures::{Case, merged, reached, reason};
use crate::journeys::{by_phone, upheld};
use crate::on_both;
use crate::reports::{build_anew, fields, fold_all, report};
use crate::staff::{admin, team};

/// Works a complaint, whoever has it, and closes it.
async fn finish(case: &Case<'_>) {
    let everywhere = admin(case.desk);
    let path = case.path();
    let steps = crate::journeys::six_steps(&case.desk.in_minutes(600));
    everywhere.put(&format!("{path}/steps"), &steps).await.expect(200);
    let skip = crate::fixtures::skip("customer_declined");
    everywhere
        .put(&format!("{path}/steps/call_back"), &skip)
        .await
        .expect(200);
    everywhere.post(&format!("{path}/close"), &upheld()).await.expect(200);
}

const DAY: &str = "from=2026-11-23&to=2026-11-23";

on_both! {
    async fn a_step_takes_the_time_since_the_one_before_and_those_together_share_it(desk) {
        let case = Case::logged(&desk).await;
        desk.pass(TimeDelta::minutes(10));
        case.put("steps/listen", &json!({ "record": { "own_words": "no internet" } })).await.expect(200);
        desk.pass(TimeDelta::minutes(50));
        // Five together, in 50 minutes.
        let mut steps = crate::journeys::six_steps(&desk.in_minutes(600));
        steps["steps"].as_array_mut().unwrap().remove(0);
        case.put("steps", &steps).await.expect(200);
        let promise = case.promise(10, 60).await;
        desk.pass(TimeDelta::minutes(20));
        case.attempt(&promise, &reached(true)).await;
        for round in 0..3 {
            let found = report(&desk, &format!("step-times?{DAY}")).await;
            assert_eq!(fields(found.at("/totals"), &["step", "n", "mean_seconds"]), [
                json!(["listen", 1, 600.0]), json!(["accept_feelings", 1, 600.0]), json!(["apologise", 1, 600.0]),
                json!(["understand_needs", 1, 600.0]), json!(["seek_solutions", 1, 600.0]), json!(["explain_actions", 1, 600.0]),
                json!(["call_back", 1, 1200.0]),
            ], "{round}");
            if round == 0 { fold_all(&desk, 100); } else { build_anew(&desk); }
        }
        let by = report(&desk, &format!("step-times?{DAY}&dimension=agent&time=business")).await;
        assert_eq!(fields(by.at("/totals"), &["value", "step", "n"])[0], json!(["test agent", "listen", 1]));
    }
}

on_both! {
    async fn hand_overs_are_counted_with_whoever_had_it_before(desk) {
        let (one, two) = (team(&desk, "One", &["mary", "li.na"]).await, team(&desk, "Two", &[]).await);
        let give = async |case: &Case<'_>, to: serde_json::Value| {
            admin(&desk).post(&format!("{}/assign", case.path()), &to).await.expect(200);
        };
        let case = Case::logged(&desk).await;
        give(&case, json!({ "owner": "mary", "team": one })).await;
        give(&case, json!({ "owner": "li.na" })).await;
        give(&case, json!({ "owner": null })).await;
        give(&case, json!({ "team": two })).await;
        finish(&case).await;
        let still = Case::logged(&desk).await;
        give(&still, json!({ "owner": "mary" })).await;
        finish(&still).await;
        let found = report(&desk, &format!("hand-overs?{DAY}")).await;
        let names = ["given", "handed_over", "put_back", "passed_on", "closed", "one_hand", "one_hand_share", "mean_changes"];
        assert_eq!(fields(found.at("/totals"), &names), [json!([2, 1, 1, 1, 2, 1, 0.5, 1.0])]);
        let by = report(&desk, &format!("hand-overs?{DAY}&dimension=agent")).await;
        assert_eq!(fields(by.at("/totals"), &["value", "handed_over", "put_back"]), [json!(["li.na", 0, 1]), json!(["mary", 1, 0])]);
    }
}

on_both! {
    async fn what_the_first_contact_settled_counts_until_it_is_opened_again(desk) {
        let (spot, again) = (Case::closed(&desk).await, Case::closed(&desk).await);
        let slow = Case::worked(&desk).await;
        slow.skip("call_back", "customer_declined").await.expect(200);
        desk.pass(TimeDelta::minutes(90));
        slow.post("close", &upheld()).await.expect(200);
        let names = ["resolved", "at_once", "share"];
        let found = report(&desk, &format!("first-contact?{DAY}")).await;
        assert_eq!(fields(found.at("/totals"), &names), [json!([3, 2, 2.0 / 3.0])]);
        desk.pass(TimeDelta::days(1));
        again.post("reopen", &reason("it broke again")).await.expect(200);
        spot.post("notes", &json!({ "body": "thanked us" })).await.expect(200);
        let found = report(&desk, &format!("first-contact?{DAY}&dimension=agent")).await;
        assert_eq!(fields(found.at("/totals"), &["value", "resolved", "at_once"]), [json!(["test agent", 3, 1])]);
        let reopened = report(&desk, "reopen?from=2026-11-24&to=2026-11-24&dimension=agent").await;
        assert_eq!(fields(reopened.at("/totals"), &["value", "reopened_by_desk"]), [json!(["test agent", 1])]);
        build_anew(&desk);
        let found = report(&desk, &format!("first-contact?{DAY}")).await;
        assert_eq!(fields(found.at("/totals"), &names), [json!([3, 1, 1.0 / 3.0])]);
    }
}

on_both! {
    async fn the_queue_is_as_old_as_what_nobody_has_taken(desk) {
        let one = team(&desk, "One", &["mary"]).await;
        let web = Case::of(&desk, &merged(by_phone(), json!({ "customer": { "phone": "139 0013 7001" } }))).await;
        desk.pass(TimeDelta::hours(5));
        let held = Case::logged(&desk).await;
        admin(&desk).post(&format!("{}/assign", held.path()), &json!({ "team": one })).await.expect(200);
        let taken = Case::logged(&desk).await;
        admin(&desk).post(&format!("{}/assign", taken.path()), &json!({ "owner": "mary" })).await.expect(200);
        // 14:00 to 09:00 of the next day.
        desk.pass(TimeDelta::hours(19));
        let bands = async |query: &str| {
            let found = report(&desk, &format!("queue-ages?{query}")).await;
            let rows: Vec<_> = fields(found.at("/rows"), &["value", "from_hours", "to_hours", "n"]).into_iter().filter(|row| row[3] != 0).collect();
            (rows, fields(found.at("/totals"), &["value", "n", "longest_seconds"]))
        };
        assert_eq!(bands("").await, (vec![json!([null, 8, 24, 1]), json!([null, 24, 72, 1])], vec![json!([null, 2, 86_400])]));
        let (rows, totals) = bands("dimension=team").await;
        assert_eq!(rows, [json!(["", 24, 72, 1]), json!([one, 8, 24, 1])]);
        assert_eq!(totals, [json!(["", 1, 86_400]), json!([one, 1, 19 * 3_600])]);
        let only = bands(&format!("dimension=team&value={one}")).await;
        assert_eq!(only, (vec![json!([one, 8, 24, 1])], vec![json!([one, 1, 19 * 3_600])]));
        // The desk is open from 9 to 18 without the hours between: what has waited for a day has waited for a working day.
        let (_, totals) = bands("time=business").await;
        let business = totals[0][2].as_i64().unwrap();
        assert!((7 * 3_600..=9 * 3_600).contains(&business), "{business}");
        admin(&desk).post(&format!("{}/assign", web.path()), &json!({ "owner": "mary" })).await.expect(200);
        assert_eq!(bands("dimension=team").await.1, [json!([one, 1, 19 * 3_600])]);
        desk.client(Role::Agent).get("/api/v1/reports/queue-ages").await.expect_problem(403, "auth.forbidden");
    }
}
