//! The sweep: each signal once, in its order, also by several processes, after a downtime, and when the complaint
//! changed meanwhile.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{by_letter, enforce, metric, policy};
use crate::fixtures::{Case, merged};
use crate::on_both;
use crate::support::Desk;

/// Ten hours around the clock: warned after five, brought to the lead an hour before, late, and an hour after to the
/// administrators.
fn chain() -> Value {
    policy(&[merged(
        metric("resolve", "resolve", 1),
        json!({
            "target": { "amount": 1, "unit": "calendar_days" }, "pausable": true,
            "warnings": [{ "percent": 50 }],
            "escalations": [{ "before_minutes": 60, "to": "lead" }, { "after_minutes": 60, "to": "role", "role": "admin" }],
        }),
    )])
}

/// What the timeline tells of clocks: what, which level, late or not.
async fn told(case: &Case<'_>) -> Vec<(String, i64, bool)> {
    let timeline = case.list("timeline").await;
    let clocks = timeline
        .items()
        .iter()
        .filter(|entry| entry["action"].as_str().unwrap().starts_with("clock_"));
    clocks
        .map(|entry| {
            let after = &entry["after"];
            (
                entry["action"].as_str().unwrap().to_owned(),
                after["level"].as_i64().unwrap(),
                after["late"].as_bool().unwrap(),
            )
        })
        .collect()
}

fn owned(told: &[(&str, i64, bool)]) -> Vec<(String, i64, bool)> {
    told.iter()
        .map(|(what, level, late)| ((*what).to_owned(), *level, *late))
        .collect()
}

fn notices(desk: &Desk) -> Vec<String> {
    desk.outbox()
        .into_iter()
        .filter(|topic| topic.starts_with("clock_"))
        .collect()
}

on_both! {
    async fn every_signal_is_given_once_in_its_time(desk) {
        enforce(&desk, "ours", &chain()).await;
        let case = by_letter(&desk).await;
        desk.run_each_job().await;
        assert_eq!(told(&case).await, []);
        let version = case.get().await.etag().to_owned();
        let mut expected = Vec::new();
        for (hours, signal) in [(12, ("clock_warned", 1)), (11, ("clock_escalated", 1)), (1, ("clock_breached", 1)), (1, ("clock_escalated", 2))] {
            desk.pass(TimeDelta::hours(hours));
            if signal.0 == "clock_breached" {
                assert_eq!(desk.run_each_job().await["watch_clocks"], 0, "in the moment in which it is due, it is not late");
                desk.pass(TimeDelta::seconds(61));
            }
            // A worker of its own each time, and one after it: another process, and one that is there again.
            let done = desk.run_each_job().await;
            assert_eq!(done["watch_clocks"], 1, "{signal:?}");
            desk.pass(TimeDelta::seconds(61));
            assert_eq!(desk.run_each_job().await["watch_clocks"], 0);
            desk.pass(TimeDelta::seconds(-61));
            expected.push((signal.0, signal.1, false));
            assert_eq!(told(&case).await, owned(&expected));
        }
        assert_eq!(notices(&desk), ["clock_warning", "clock_escalated", "clock_breached", "clock_escalated"]);
        let to: Vec<Value> = desk.outbox_payloads().iter().map(|text| serde_json::from_str::<Value>(text).unwrap()["to"].clone()).collect();
        let lead = json!({ "recipient": "lead" });
        assert_eq!(to[to.len() - 4..], [json!({ "recipient": "owner" }), lead.clone(), lead, json!({ "recipient": "role", "role": "admin" })]);
        let clock = case.clock("resolve").await;
        let kinds: Vec<&str> = clock["signals"].as_array().unwrap().iter().map(|signal| signal["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["warning", "escalation", "breach", "escalation"]);
        assert_eq!((&clock["state"], &clock["breached_at"]), (&json!("breached"), &clock["due_at"]));
        assert_eq!(case.get().await.etag(), version, "nobody's work is lost to a signal");
        let figures = desk.anonymous().get("/metrics").await.expect(200).text;
        assert!(figures.contains("hark_clock_signals_total{kind=\"breach\",metric=\"resolve\",policy=\"ours\"} 1"), "{figures}");
    }
}

on_both! {
    async fn what_a_downtime_missed_is_told_once_in_order_and_late(desk) {
        enforce(&desk, "ours", &chain()).await;
        let cases = [by_letter(&desk).await, by_letter(&desk).await, by_letter(&desk).await];
        desk.pass(TimeDelta::hours(48));
        // One was answered meanwhile, late; another waits, so that it is not late at all.
        cases[1].post("withdraw", &json!({ "reason": "solved" })).await.expect(200);
        let all = [("clock_warned", 1, true), ("clock_escalated", 1, true), ("clock_breached", 1, true), ("clock_escalated", 2, true)];
        let done = desk.run_each_job().await;
        assert_eq!(done["watch_clocks"], 9, "twice four, and the breach of what is over");
        assert_eq!(told(&cases[0]).await, owned(&all));
        assert_eq!(told(&cases[1]).await, owned(&[("clock_breached", 1, true)]), "it was late; nobody need hurry any more");
        for _ in 0..2 {
            desk.pass(TimeDelta::minutes(2));
            assert_eq!(desk.run_each_job().await["watch_clocks"], 0);
        }
        assert_eq!((desk.rows("clock_signals"), notices(&desk).len()), (9, 9));
    }
}

on_both! {
    async fn a_clock_that_stands_still_says_nothing_until_it_runs_again(desk) {
        enforce(&desk, "ours", &chain()).await;
        let case = by_letter(&desk).await;
        desk.pass(TimeDelta::hours(13));
        desk.run_each_job().await;
        case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        desk.pass(TimeDelta::days(30));
        assert_eq!(desk.run_each_job().await["watch_clocks"], 0);
        case.post("messages", &json!({ "body": "here it is", "direction": "in" })).await.expect(200);
        assert_eq!(desk.run_each_job().await["watch_clocks"], 0, "the warning was given before the pause");
        desk.pass(TimeDelta::hours(10));
        desk.run_each_job().await;
        assert_eq!(told(&case).await, owned(&[("clock_warned", 1, true), ("clock_escalated", 1, false)]));
    }
}

on_both! {
    /// Two processes look at the same moment, and agents work on the complaints meanwhile.
    async fn two_workers_and_the_people_at_work_give_each_signal_once(desk) {
        enforce(&desk, "ours", &chain()).await;
        let mut cases = Vec::new();
        for _ in 0..12 {
            cases.push(by_letter(&desk).await);
        }
        desk.pass(TimeDelta::hours(30));
        let act = desk.app.own_act();
        let watch = |act: hark::domain::staff::Act| desk.app.db.write(move |conn| hark::domain::sla::clocks::watch::watch(conn, &act, 5));
        for _ in 0..4 {
            let work = async {
                for case in &cases {
                    case.post("notes", &json!({ "body": "x" })).await.expect(200);
                }
            };
            let (one, other, ()) = tokio::join!(watch(act.clone()), watch(act.clone()), work);
            one.unwrap();
            other.unwrap();
        }
        desk.run_each_job().await;
        assert_eq!(desk.rows("clock_signals"), 12 * 4);
        assert_eq!(notices(&desk).len(), 12 * 4);
        for case in &cases {
            assert_eq!(told(case).await.len(), 4);
        }
    }
}

on_both! {
    /// A worker that rests is woken by what comes due before its timer.
    async fn a_nudge_wakes_the_sweep_before_the_timer(desk) {
        enforce(&desk, "ours", &policy(&[merged(metric("resolve", "resolve", 1), json!({
            "target": { "unit": "calendar_days" }, "escalations": [{ "before_minutes": 1_440, "to": "lead" }],
        }))])).await;
        let worker = hark::worker::Worker::new(desk.app.clone(), std::time::Duration::from_secs(600));
        let running = tokio::spawn({ let worker = worker.clone(); async move { worker.run().await } });
        while desk.count("SELECT count(*) AS n FROM job_leases WHERE job = 'watch_clocks'") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        by_letter(&desk).await;
        for _ in 0..250 {
            if desk.rows("clock_signals") == 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(desk.rows("clock_signals"), 1);
        worker.stop();
        running.await.unwrap();
    }
}
