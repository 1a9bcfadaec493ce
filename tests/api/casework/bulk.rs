//! Bulk actions.

use std::time::Duration;

use hark::domain::staff::Role;
use hark::worker::Worker;
use serde_json::{Value, json};

use super::BULK;
use crate::fixtures::{COMPLAINTS, Case, walk};
use crate::on_both;
use crate::support::Client;
use crate::work::{give, logged};

async fn ask(client: &Client, body: &Value) -> String {
    let asked = client.post(BULK, body).await.expect(202);
    assert_eq!(asked.str("/state"), "waiting");
    format!("{BULK}/{}", asked.id())
}

async fn outcomes(client: &Client, bulk: &str) -> Vec<(String, Value)> {
    let items = walk(client, &format!("{bulk}/results"), 7, async || {}).await;
    items
        .iter()
        .map(|item| (item["outcome"].as_str().unwrap().to_owned(), item["code"].clone()))
        .collect()
}

on_both! {
    async fn each_complaint_goes_through_the_gates_and_says_what_became_of_it(desk) {
        let (open, tagged, closed) = (logged(&desk, json!({})).await, Case::logged(&desk).await, Case::closed(&desk).await);
        tagged.put("tags", &json!({ "tags": ["flood"] })).await.expect(200);
        tagged.edit(&json!({ "severity": "high" })).await.expect(200);
        let elsewhere = logged(&desk, json!({})).await;
        let team = crate::staff::team(&desk, "Elsewhere", &[]).await;
        give(&desk, &elsewhere, &team).await;
        let nobody = "00000000-0000-7000-8000-000000000000";
        let ids = json!([nobody, open, tagged.id, closed.id, elsewhere, open]);
        let actions = json!([{ "do": "tag", "tags": ["flood"] }, { "do": "set_severity", "severity": "high" }]);
        let bulk = ask(&desk.agent(), &json!({ "ids": ids, "actions": actions })).await;
        desk.run_jobs().await;
        let done = desk.agent().get(&bulk).await.expect(200);
        let count = |name: &str| done.at(name).as_i64().unwrap();
        assert_eq!(done.str("/state"), "done");
        let counts = ["/total", "/done", "/unchanged", "/refused", "/failed"].map(count);
        assert_eq!(counts, [5, 1, 1, 3, 0], "{}", done.text);
        let all = outcomes(&desk.agent(), &bulk).await;
        let mut codes: Vec<&str> = all.iter().filter_map(|(_, code)| code.as_str()).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["auth.other_team", "complaint.closed", "resource.not_found"]);
        let read = desk.agent().get(&format!("{COMPLAINTS}/{open}")).await.expect(200);
        assert_eq!((read.at("/tags"), read.str("/severity")), (&json!(["flood"]), "high"));
        assert_eq!(closed.get().await.at("/tags"), &json!([]), "all of it or nothing");
    }
}

on_both! {
    async fn a_list_is_resolved_when_it_is_asked_and_what_comes_later_is_left_alone(desk) {
        let first = logged(&desk, json!({ "category": "repair" })).await;
        logged(&desk, json!({ "category": "billing" })).await;
        let body = json!({ "filter": { "category": "repair", "open": true }, "actions": [{ "do": "assign", "owner": "mary" }] });
        let bulk = ask(&desk.agent(), &body).await;
        let later = logged(&desk, json!({ "category": "repair" })).await;
        desk.run_jobs().await;
        assert_eq!(desk.agent().get(&bulk).await.expect(200).at("/total"), 1);
        for (id, owner) in [(first, json!("mary")), (later, json!(null))] {
            let read = desk.agent().get(&format!("{COMPLAINTS}/{id}")).await.expect(200);
            assert_eq!(read.at("/owner"), &owner);
        }
    }
}

on_both! {
    async fn it_is_done_as_the_one_who_asked_with_what_they_may_do_at_that_moment(desk) {
        let id = logged(&desk, json!({})).await;
        let admin = desk.client(Role::Admin);
        let made = admin.post("/api/v1/service-tokens", &json!({ "name": "helper", "role": "agent" })).await.expect(201);
        let helper = desk.with_token(made.str("/secret"));
        let bulk = ask(&helper, &json!({ "ids": [id], "actions": [{ "do": "add_note", "body": "x" }] })).await;
        admin.send(reqwest::Method::DELETE, &format!("/api/v1/service-tokens/{}", made.id()), None).await.expect(200);
        desk.run_jobs().await;
        let results = outcomes(&desk.client(Role::Lead), &bulk).await;
        assert_eq!(results, [("refused".to_owned(), json!("auth.required"))]);
        let bulk = ask(&desk.agent(), &json!({ "ids": [id], "actions": [{ "do": "add_note", "body": "x" }] })).await;
        // The worker of before is gone, and its lease with it.
        desk.pass(chrono::TimeDelta::seconds(20));
        desk.run_jobs().await;
        assert_eq!(outcomes(&desk.agent(), &bulk).await, [("done".to_owned(), json!(null))]);
        let timeline = desk.agent().get(&format!("{COMPLAINTS}/{id}/timeline")).await.expect(200);
        assert_eq!(timeline.items().last().unwrap()["actor"], "test agent");
    }
}

on_both! {
    async fn what_was_typed_is_forgotten_when_it_has_been_done_or_called_off(desk) {
        let id = logged(&desk, json!({})).await;
        let words = "the neighbour says Li Na is away";
        let actions = json!([{ "do": "add_note", "body": words }, { "do": "wait", "ball_with": "customer", "reason": words }]);
        let holding = || desk.count(&format!("SELECT count(*) AS n FROM bulk_actions WHERE CAST(actions AS TEXT) LIKE '%{words}%'"));
        let body = json!({ "ids": [id], "actions": actions });
        let kept = ask(&desk.agent(), &body).await;
        assert_eq!(holding(), 1);
        let told = json!([{ "do": "add_note" }, { "do": "wait", "ball_with": "customer" }]);
        assert_eq!(desk.agent().get(&kept).await.expect(200).at("/actions"), &told);
        desk.run_jobs().await;
        assert_eq!(holding(), 0);
        let bulk = ask(&desk.agent(), &body).await;
        let cancelled = desk.agent().post(&format!("{bulk}/cancel"), &json!({})).await.expect(200);
        assert_eq!((cancelled.str("/state"), holding()), ("cancelled", 0));
        desk.run_jobs().await;
        assert_eq!(outcomes(&desk.agent(), &bulk).await, [("cancelled".to_owned(), json!(null))]);
        desk.agent().post(&format!("{bulk}/cancel"), &json!({})).await.expect_problem(409, "bulk.ended");
    }
}

on_both! {
    async fn what_makes_no_sense_is_refused_at_once_and_others_see_nothing_of_it(desk) {
        let id = logged(&desk, json!({})).await;
        let agent = desk.agent();
        let watch = json!([{ "do": "watch" }]);
        agent.post(BULK, &json!({ "actions": watch })).await.expect_invalid(&["/ids"]);
        agent.post(BULK, &json!({ "ids": [id], "filter": {}, "actions": watch })).await.expect_invalid(&["/ids"]);
        agent.post(BULK, &json!({ "ids": [], "actions": [] })).await.expect_invalid(&["/actions", "/ids"]);
        agent.post(BULK, &json!({ "ids": [id], "actions": [{ "do": "assign" }] })).await.expect_invalid(&["/actions/0/owner"]);
        for (unsaid, at) in [(json!({ "do": "add_note" }), "body"), (json!({ "do": "wait", "ball_with": "customer" }), "reason")] {
            let at = format!("/actions/0/{at}");
            agent.post(BULK, &json!({ "ids": [id], "actions": [unsaid] })).await.expect_invalid(&[&at]);
        }
        let bulk = ask(&agent, &json!({ "ids": [id], "actions": watch })).await;
        let scopes = json!({ "name": "other", "role": "agent" });
        let made = desk.client(Role::Admin).post("/api/v1/service-tokens", &scopes).await.expect(201);
        let other = desk.with_token(made.str("/secret"));
        for path in [bulk.clone(), format!("{bulk}/results")] {
            other.get(&path).await.expect_problem(404, "resource.not_found");
            desk.client(Role::Lead).get(&path).await.expect(200);
        }
        assert!(other.get(BULK).await.expect(200).items().is_empty());
        for _ in 0..4 {
            ask(&agent, &json!({ "ids": [id], "actions": watch })).await;
        }
        agent.post(BULK, &json!({ "ids": [id], "actions": watch })).await.expect_problem(409, "bulk.too_many");
    }
}

on_both! {
    async fn the_least_loaded_of_a_team_get_what_is_spread(desk) {
        let team = crate::staff::team(&desk, "Spread", &["mary", "li.na"]).await;
        let mut ids = Vec::new();
        for _ in 0..6 {
            ids.push(logged(&desk, json!({})).await);
        }
        let admin = desk.client(Role::Admin);
        let actions = json!([{ "do": "assign_least_loaded", "team": team }]);
        let bulk = ask(&admin, &json!({ "ids": ids, "actions": actions })).await;
        desk.run_jobs().await;
        assert_eq!(admin.get(&bulk).await.expect(200).at("/done"), 6);
        for owner in ["mary", "li.na"] {
            let has = admin.get(&format!("{COMPLAINTS}?owner={owner}")).await.expect(200);
            assert_eq!(has.items().len(), 3, "{owner}");
        }
    }
}

on_both! {
    async fn the_greatest_number_is_taken_in_worked_off_in_pieces_and_told_as_it_goes(desk) {
        const MOST: i64 = 10_000;
        // Most of them are there no more: a large list costs what it costs, not what is done with each.
        let mut ids = Vec::new();
        for _ in 0..20 {
            ids.push(logged(&desk, json!({})).await);
        }
        ids.extend((20..MOST).map(|n| format!("00000000-0000-7000-8000-{n:012x}")));
        let agent = desk.agent();
        let watch = json!([{ "do": "watch" }]);
        let more: Vec<&String> = ids.iter().chain(&ids[..1]).collect();
        agent.post(BULK, &json!({ "ids": more, "actions": watch })).await.expect_invalid(&["/ids"]);
        let bulk = ask(&agent, &json!({ "ids": ids, "actions": watch })).await;
        let worker = Worker::new(desk.app.clone(), Duration::from_secs(1));
        let (mut last, mut turns) = (0, 0);
        loop {
            worker.run_once().await.unwrap();
            turns += 1;
            let seen = agent.get(&bulk).await.expect(200);
            let count = |name: &str| seen.at(name).as_i64().unwrap();
            let so_far = count("/done") + count("/refused");
            assert!(so_far > last, "it does not go on: {}", seen.text);
            last = so_far;
            if seen.str("/state") == "done" {
                assert_eq!(["/total", "/done", "/refused", "/failed"].map(count), [MOST, 20, MOST - 20, 0]);
                break;
            }
            assert_eq!((seen.str("/state"), seen.at("/ended_at")), ("running", &json!(null)));
        }
        // A few hundred at a time, so that other jobs have their turn.
        assert!((10..=40).contains(&turns), "{turns}");
        let done = agent.get(&format!("{bulk}/results?outcome=done&limit=200")).await.expect(200);
        assert_eq!(done.items().len(), 20);
        assert_eq!(agent.get(&format!("{COMPLAINTS}?watched=me&limit=200")).await.expect(200).items().len(), 20);
    }
}
