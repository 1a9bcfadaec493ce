//! Once each, and never in circles: two processes, a storm, rules that would drive each other.

use std::time::Duration;

use chrono::TimeDelta;
use hark::domain::rules::run::{self, Waiting};
use hark::worker::Worker;
use serde_json::json;

use super::{after, enforce, fired, firings, note, notes, on, pairs, rule, run_jobs, word};
use crate::fixtures::Case;
use crate::on_both;
use crate::work::logged;

on_both! {
    async fn two_rules_that_drive_each_other_stop_after_one_turn_each(desk) {
        let to = |severity: &str| json!([{ "do": "set_severity", "severity": severity }]);
        let graver = json!({ "event": "changed", "fields": ["severity"] });
        enforce(&desk, &[
            rule("up", graver.clone(), crate::rules::like(json!({ "severities": ["low"] })), to("high")),
            rule("down", graver, crate::rules::like(json!({ "severities": ["high"] })), to("low")),
        ]).await;
        let case = Case::logged(&desk).await;
        case.edit(&json!({ "severity": "low" })).await.expect(200);
        for _ in 0..5 {
            run_jobs(&desk).await;
        }
        assert_eq!(fired(&desk, &case.id).await, pairs(&[("up", "done"), ("down", "done")]));
        assert_eq!(desk.rows("rule_events"), 0);
        let chains: Vec<_> = firings(&desk, "").await.iter().map(|firing| firing["chain"].clone()).collect();
        assert_eq!(chains, [json!(["up", "down"]), json!(["up"])]);
    }
}

on_both! {
    async fn at_most_three_rules_lead_to_each_other(desk) {
        let changes = json!({ "event": "changed", "fields": ["severity"] });
        let step = |slug: &str, from: &str, to: &str| rule(slug, changes.clone(), crate::rules::like(json!({ "severities": [from] })),
            json!([{ "do": "set_severity", "severity": to }]));
        enforce(&desk, &[step("one", "low", "medium"), step("two", "medium", "high"), step("three", "high", "critical"),
            rule("four", changes.clone(), crate::rules::like(json!({ "severities": ["critical"] })), json!([{ "do": "set_severity", "severity": "low" }]))]).await;
        let case = Case::logged(&desk).await;
        case.edit(&json!({ "severity": "low" })).await.expect(200);
        for _ in 0..6 {
            run_jobs(&desk).await;
        }
        assert_eq!(fired(&desk, &case.id).await, pairs(&[("one", "done"), ("two", "done"), ("three", "done"), ("four", "held_back")]));
        assert_eq!(case.get().await.str("/severity"), "critical");
        let held = &firings(&desk, "outcome=held_back").await[0];
        assert!(word(held, "why").contains("3 rules have led to each other"), "{held}");
    }
}

on_both! {
    async fn a_storm_of_ten_thousand_events_does_thirty_things_and_is_over(desk) {
        enforce(&desk, &[note("storm", on("message_received"), json!({}))]).await;
        let (case, calm) = (Case::logged(&desk).await, logged(&desk, json!({})).await);
        let id_of = |id: &str| hark::ids::ComplaintId(id.parse().unwrap());
        let (id, quiet) = (id_of(&case.id), id_of(&calm));
        desk.app.db.write(move |conn| crate::rules::once::fill(conn, id, 10_000)).await.unwrap();
        desk.app.db.write(move |conn| crate::rules::once::fill(conn, quiet, 1)).await.unwrap();
        let begun = std::time::Instant::now();
        run_jobs(&desk).await;
        assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
        assert_eq!(desk.rows("rule_events"), 0, "all of it was looked at");
        assert_eq!(notes(&desk, &case.id).await.len(), 30);
        let held = firings(&desk, "outcome=held_back").await;
        assert_eq!(held.len(), 1, "told once, not ten thousand times");
        assert!(word(&held[0], "why").contains("30 times within a day"), "{held:?}");
        assert_eq!(notes(&desk, &calm).await.len(), 1, "nobody else is held back");
        desk.pass(TimeDelta::hours(25));
        case.post("messages", &json!({ "direction": "in", "body": "And?" })).await.expect(200);
        run_jobs(&desk).await;
        assert_eq!(notes(&desk, &case.id).await.len(), 31, "another day");
    }
}

on_both! {
    async fn rules_write_to_the_customer_three_times_a_day_however_often_a_machine_answers(desk) {
        enforce(&desk, &[rule("echo", on("message_received"), json!({}), json!([{ "do": "send_message", "body": "We are on it." }]))]).await;
        let case = Case::logged(&desk).await;
        for _ in 0..6 {
            case.post("messages", &json!({ "direction": "in", "body": "I am away until Monday." })).await.expect(200);
            run_jobs(&desk).await;
        }
        let outcomes: Vec<String> = fired(&desk, &case.id).await.into_iter().map(|(_, outcome)| outcome).collect();
        assert_eq!(outcomes, ["done", "done", "done", "refused", "refused", "refused"]);
        assert_eq!(desk.outbox().iter().filter(|topic| *topic == "send_message").count(), 3);
    }
}

on_both! {
    async fn two_processes_that_work_off_the_same_do_it_once(desk) {
        enforce(&desk, &[note("once", on("received"), json!({})), note("later", after(60, "received"), json!({}))]).await;
        let mut ids = Vec::new();
        for _ in 0..12 {
            ids.push(logged(&desk, json!({})).await);
        }
        // Past the lease: each event and each timer by several at the same moment.
        desk.pass(TimeDelta::minutes(61));
        let (policy, now) = (std::sync::Arc::clone(&desk.app.policy), desk.now());
        let sifted = desk.app.db.read(move |conn| run::sift(conn, &policy, now, 200)).await.unwrap();
        let waiting: Vec<Waiting> = sifted.live.into_values().flatten().collect();
        assert_eq!(waiting.len(), 24);
        let mut tasks = tokio::task::JoinSet::new();
        for one in waiting.iter().chain(&waiting).chain(&waiting) {
            let (app, one) = (desk.app.clone(), one.clone());
            tasks.spawn(async move {
                let act = app.own_act();
                app.db.write(move |conn| run::work_off(conn, &act, &one)).await
            });
        }
        let outcomes: usize = tasks.join_all().await.into_iter().map(|done| done.unwrap().len()).sum();
        assert_eq!(outcomes, 24);
        for id in &ids {
            let mut done = notes(&desk, id).await;
            done.sort();
            assert_eq!(done, ["later", "once"]);
        }
        // And two workers side by side, by the lease.
        for _ in 0..6 {
            ids.push(logged(&desk, json!({})).await);
        }
        let workers = [Worker::new(desk.app.clone(), Duration::from_secs(1)), Worker::new(desk.app.clone(), Duration::from_secs(1))];
        let (one, two) = tokio::join!(workers[0].run_once(), workers[1].run_once());
        assert!(one.is_ok() || two.is_ok());
        desk.pass(TimeDelta::minutes(2));
        run_jobs(&desk).await;
        for id in &ids {
            assert_eq!(notes(&desk, id).await.iter().filter(|note| *note == "once").count(), 1, "{id}");
        }
    }
}

/// As many events of a complaint as if the customer had written so often.
pub(super) fn fill(conn: &mut hark::db::conn::Conn, id: hark::ids::ComplaintId, n: usize) -> hark::error::Result<()> {
    use diesel::prelude::*;
    use hark::db::schema::rule_events as e;
    use hark::db::types::Json;
    let now = crate::support::start_of_time();
    let told = json!([{ "event": "message_received" }]);
    for _ in 0..n {
        diesel::insert_into(e::table)
            .values((
                e::id.eq(hark::ids::EntryId::new(now)),
                e::complaint_id.eq(id),
                e::told.eq(Json(told.clone())),
                e::chain.eq(Json(json!([]))),
                e::happened_at.eq(now),
                e::tries.eq(0),
                e::next_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}
