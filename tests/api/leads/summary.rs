//! How reviews come out over time.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{call_in, pick, reviewed};
use crate::on_both;
use crate::staff::{admin, id_of, team};
use crate::support::{Desk, person};

const SUMMARY: &str = "/api/v1/review-summary";

/// Draws the calls of today of this person, and reviews them with these scores.
async fn review_all(desk: &Desk, handle: &str, scores: &[i32]) {
    let pick = pick(
        desk,
        json!({ "agent": handle, "per_agent": 50, "recorded_only": false }),
    )
    .await;
    let list = format!("/api/v1/call-reviews?pick={}&limit=200", pick.id());
    let calls = admin(desk).get(&list).await.expect(200).each("id");
    assert_eq!(calls.len(), scores.len());
    for (id, score) in calls.iter().zip(scores) {
        reviewed(desk, id, *score).await;
    }
}

fn rows(found: &Value, of: &str) -> Vec<Value> {
    let rows = found.as_array().unwrap().iter();
    rows.filter(|row| row["of"] == of)
        .map(|row| json!([row["period"], row["value"], row["n"], row["mean"]]))
        .collect()
}

on_both! {
    async fn a_mean_is_told_of_five_and_more_with_its_interval_and_nobody_is_ranked(desk) {
        let broadband = team(&desk, "Broadband", &[]).await;
        let mut clients = Vec::new();
        for handle in ["zhou.yi", "an.ning"] {
            clients.push(person::signed_in(&desk, handle, "agent").await.client());
            let path = format!("/api/v1/teams/{broadband}/members/{}", id_of(&desk, handle).await);
            admin(&desk).put(&path, &json!({})).await.expect(200);
        }
        for n in 0..5 {
            call_in(&clients[0], n).await;
        }
        call_in(&clients[1], 50).await;
        review_all(&desk, "zhou.yi", &[1, 2, 3, 4, 5]).await;
        review_all(&desk, "an.ning", &[5]).await;
        desk.pass(TimeDelta::days(7));
        let mut browser = person::Browser::new(&desk);
        browser.sign_in("an.ning", person::PASSWORD).await.expect(201);
        clients[1] = browser.client();
        call_in(&clients[1], 51).await;
        review_all(&desk, "an.ning", &[4]).await;
        let found = admin(&desk).get(&format!("{SUMMARY}?from=2026-11-23&to=2026-11-30&by=week")).await.expect(200);
        assert_eq!(rows(found.at("/rows"), "agent"), [
            json!(["2026-W48", "an.ning", 1, null]), json!(["2026-W48", "zhou.yi", 5, 3.0]), json!(["2026-W49", "an.ning", 1, null]),
        ]);
        assert_eq!(rows(found.at("/totals"), "agent"), [
            json!(["2026-11-23/2026-11-30", "an.ning", 2, null]), json!(["2026-11-23/2026-11-30", "zhou.yi", 5, 3.0]),
        ]);
        let whole = &found.json["totals"].as_array().unwrap()[0];
        assert_eq!((&whole["of"], &whole["n"]), (&json!("all"), &json!(7)));
        let zhou = found.json["totals"].as_array().unwrap().iter().find(|row| row["value"] == "zhou.yi").unwrap();
        // 3 ± 2.7764 × 1.5811 / √5.
        assert!((zhou["lower"].as_f64().unwrap() - 1.036_757).abs() < 1e-5, "{zhou}");
        assert!((zhou["upper"].as_f64().unwrap() - 4.963_243).abs() < 1e-5, "{zhou}");
        let team_row = found.json["totals"].as_array().unwrap().iter().find(|row| row["of"] == "team").unwrap();
        assert_eq!((&team_row["value"], &team_row["name"], &team_row["n"]), (&json!(broadband), &json!("Broadband"), &json!(7)));
        assert_eq!(rows(found.at("/totals"), "criterion").len(), 8);
        let none = admin(&desk).get(&format!("{SUMMARY}?from=2026-11-23&to=2026-11-30&team={}", id_of(&desk, "zhou.yi").await)).await.expect(200);
        assert_eq!(none.at("/totals"), &json!([]));
        clients[1].get(SUMMARY).await.expect_problem(403, "auth.forbidden");
        admin(&desk).get(&format!("{SUMMARY}?from=2026-11-23&to=2026-11-20")).await.expect_invalid(&["?from"]);
    }
}
