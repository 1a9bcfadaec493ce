//! Retention: tried first, then applied daily, through the same gates.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{officer, on_customer};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case, merged, reason};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::{Client, Desk};

const RULES: &str = "/api/v1/retention-rules";

fn rules(active: bool) -> Value {
    json!({ "rules": [{ "kind": "complaint", "keep_days": 30, "then": "erase" }], "active": active })
}

async fn activate(client: &Client) {
    client.put(RULES, &rules(false)).await.expect(200);
    client.post(&format!("{RULES}/dry-run"), &json!({})).await.expect(200);
    client.put(RULES, &rules(true)).await.expect(200);
}

/// A closed complaint of a customer of its own.
async fn closed<'a>(desk: &'a Desk, phone: &str) -> Case<'a> {
    let case = Case::of(desk, &merged(by_phone(), json!({ "customer": { "phone": phone } }))).await;
    case.post("withdraw", &reason("solved")).await.expect(200);
    case
}

on_both! {
    async fn rules_are_activated_only_after_a_dry_run_of_exactly_these(desk) {
        let officer = officer(&desk);
        assert_eq!(officer.get(RULES).await.expect(200).at("/rules"), &json!([]), "by default everything is kept");
        officer.post(&format!("{RULES}/dry-run"), &json!({})).await.expect_problem(404, "resource.not_found");
        officer.put(RULES, &rules(true)).await.expect_problem(409, "retention.dry_run_missing");
        officer.put(RULES, &rules(false)).await.expect(200);
        officer.put(RULES, &rules(true)).await.expect_problem(409, "retention.dry_run_missing");
        let tried = officer.post(&format!("{RULES}/dry-run"), &json!({})).await.expect(200);
        assert_eq!((tried.at("/version"), tried.at("/complaints")), (&json!(1), &json!({ "complaint": 0 })));
        let other = json!({ "rules": [{ "kind": "complaint", "keep_days": 29, "then": "erase" }], "active": true });
        officer.put(RULES, &other).await.expect_problem(409, "retention.dry_run_missing");
        let active = officer.put(RULES, &rules(true)).await.expect(200);
        assert_eq!((active.at("/active"), active.at("/version")), (&json!(true), &json!(2)));
        officer.put(RULES, &rules(false)).await.expect(200);
        officer.put(RULES, &rules(true)).await.expect_problem(409, "retention.dry_run_missing");
        let wrong = json!({ "rules": [{ "kind": "complaint", "keep_days": 0, "then": "erase" }, { "kind": "complaint", "keep_days": 9, "then": "erase" }] });
        officer.put(RULES, &wrong).await.expect_invalid(&["/rules/0/keep_days", "/rules/1/kind"]);
    }
}

on_both! {
    async fn what_is_due_goes_and_its_customer_with_it_and_nothing_else(desk) {
        let officer = officer(&desk);
        let old = closed(&desk, "13900139001").await;
        let held = closed(&desk, "13900139002").await;
        let waiting = Case::of(&desk, &merged(by_phone(), json!({ "customer": { "phone": "13900139003" } }))).await;
        // Due itself, but its customer has another one that is not.
        let shared = closed(&desk, "13900139004").await;
        officer.put(&format!("{}/legal-hold", held.path()), &reason("a court case")).await.expect(200);
        let key = json!({ "name": "Key", "tier": "key_account", "phones": ["13900139006"] });
        desk.agent().post(CUSTOMERS, &key).await.expect(201);
        let of_key = closed(&desk, "13900139006").await;
        let restricted = closed(&desk, "13900139007").await;
        let id = restricted.get().await.str("/customer_id").to_owned();
        on_customer(&officer, &id, "restrict", &reason("needs it for a claim")).await.expect(200);
        desk.pass(TimeDelta::days(20));
        let young = closed(&desk, "13900139004").await;
        desk.pass(TimeDelta::days(11));
        officer.put(RULES, &rules(false)).await.expect(200);
        let tried = officer.post(&format!("{RULES}/dry-run"), &json!({})).await.expect(200);
        assert_eq!((tried.at("/complaints/complaint"), tried.at("/held")), (&json!(5), &json!(2)));
        let mut sample: Vec<String> = tried.at("/sample").as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        let mut due = vec![old.id.clone(), shared.id.clone(), of_key.id.clone()];
        sample.sort();
        due.sort();
        assert_eq!(sample, due);
        let before = old.everything().await;
        desk.run_jobs().await;
        assert_eq!(old.everything().await, before, "a rule that is not active does nothing");
        officer.put(RULES, &rules(true)).await.expect(200);
        desk.pass(TimeDelta::minutes(2));
        desk.run_jobs().await;
        for (case, gone) in [(&old, true), (&shared, true), (&of_key, true), (&held, false), (&restricted, false), (&waiting, false), (&young, false)] {
            assert_eq!(case.get().await.str("/subject").is_empty(), gone);
        }
        for (case, state) in [(&old, "erased"), (&shared, "active"), (&of_key, "active"), (&held, "active"), (&young, "active")] {
            let customer = case.get().await.str("/customer_id").to_owned();
            let record = officer.get(&format!("{CUSTOMERS}/{customer}")).await.expect(200);
            assert_eq!(record.str("/privacy"), state);
        }
        let run = officer.get(RULES).await.expect(200);
        assert_eq!((run.at("/runs/0/complaints"), run.at("/runs/0/customers"), run.at("/runs/0/kept")), (&json!(3), &json!(1), &json!(2)));
        assert_eq!(run.at("/runs/0/finished"), &json!(true));
        desk.pass(TimeDelta::minutes(2));
        desk.run_jobs().await;
        assert_eq!(officer.get(RULES).await.expect(200).at("/runs").as_array().unwrap().len(), 1, "once a day");
        desk.pass(TimeDelta::days(20));
        desk.run_jobs().await;
        assert!(young.get().await.str("/subject").is_empty());
        let counts = officer.get(&format!("{COMPLAINTS}/counts")).await.expect(200);
        assert_eq!(counts.at("/by_state"), &json!({ "received": 1, "in_handling": 0, "waiting": 0, "closed": 6 }));
    }
}

on_both! {
    async fn a_large_day_is_done_in_pieces(desk) {
        for n in 0..5 {
            closed(&desk, &format!("1390013900{n}")).await;
        }
        desk.pass(TimeDelta::days(31));
        activate(&officer(&desk)).await;
        let (db, act) = (desk.app.db.clone(), desk.app.own_act());
        let pieces = std::thread::spawn(move || {
            let mut pieces = Vec::new();
            for _ in 0..4 {
                let act = act.clone();
                let piece = db.write_blocking(move |conn| hark::domain::privacy::retention::apply(conn, &act, 2));
                pieces.push(piece.unwrap());
            }
            pieces
        });
        assert_eq!(pieces.join().unwrap(), [2, 2, 1, 0]);
        assert_eq!(desk.rows("anonymised_complaints"), 5);
        assert_eq!(desk.rows("retention_runs"), 1);
    }
}
