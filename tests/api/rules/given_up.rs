//! A rule that fails on our side again and again is given up: the log and the figures say so, and others go on.

use chrono::TimeDelta;
use hark::db::conn::Target;
use serde_json::{Value, json};

use super::{after, enforce, fired, firings, note, notes, on, pairs, run_jobs, word};
use crate::fixtures::Case;
use crate::on_both;
use crate::support::Desk;
use crate::work::logged;

fn is_postgres(desk: &Desk) -> bool {
    matches!(desk.app.db.target(), Target::Pg(_))
}

/// Has the database refuse every note that says this.
fn refuse_notes(desk: &Desk, body: &str) {
    if is_postgres(desk) {
        desk.execute(&format!(
            "ALTER TABLE messages ADD CONSTRAINT no_such_note CHECK (body <> '{body}')"
        ));
    } else {
        desk.execute(&format!(
            "CREATE TRIGGER no_such_note BEFORE INSERT ON messages WHEN NEW.body = '{body}'
             BEGIN SELECT RAISE(ABORT, 'no such note'); END"
        ));
    }
}

/// Runs the jobs until nothing waits for the rules; gives how often, and after how long.
async fn until_over(desk: &Desk, table: &str) -> (usize, TimeDelta) {
    let begun = desk.now();
    for tries in 1..50 {
        run_jobs(desk).await;
        if desk.rows(table) == 0 {
            return (tries, desk.now() - begun);
        }
        desk.pass(TimeDelta::minutes(30));
    }
    panic!("it is tried for ever");
}

async fn figure(desk: &Desk, name: &str) -> i64 {
    desk.pass(TimeDelta::seconds(10));
    let text = desk.anonymous().get("/metrics").await.expect(200).text;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name} ")))
        .unwrap();
    line.parse().unwrap()
}

on_both! {
    async fn a_rule_that_always_fails_is_given_up_and_the_others_on_its_event_are_not(desk) {
        refuse_notes(&desk, "poison");
        enforce(&desk, &[note("first", on("received"), json!({})), note("poison", on("received"), json!({})), note("last", on("received"), json!({}))]).await;
        let id = logged(&desk, json!({})).await;
        run_jobs(&desk).await;
        assert!(fired(&desk, &id).await.is_empty(), "all of it is put off together");
        assert_eq!(desk.rows("rule_events"), 1);
        run_jobs(&desk).await;
        assert_eq!(desk.rows("rule_events WHERE tries = 1"), 1, "it rests first");
        let (tries, lasted) = until_over(&desk, "rule_events").await;
        assert!(tries <= 20 && lasted < TimeDelta::hours(12), "{tries} {lasted}");
        assert_eq!(fired(&desk, &id).await, pairs(&[("first", "done"), ("poison", "failed"), ("last", "done")]));
        let mut done = notes(&desk, &id).await;
        done.sort();
        assert_eq!(done, ["first", "last"]);
        let dead = &firings(&desk, "outcome=failed").await[0];
        let why = word(dead, "why");
        assert!(why.contains("12 tries in vain, the database refused") && why.contains(dead["id"].as_str().unwrap()), "{why}");
        assert!(!why.contains("no such note") && !why.contains("no_such_note"), "what it was in full is for the log alone: {why}");
        assert_eq!(figure(&desk, "hark_desk_rules_given_up").await, 1);
        assert_eq!(figure(&desk, "hark_rule_firings_total{outcome=\"failed\"}").await, 1);
        desk.pass(TimeDelta::hours(25));
        run_jobs(&desk).await;
        assert_eq!(figure(&desk, "hark_desk_rules_given_up").await, 0);
        assert_eq!(fired(&desk, &id).await.len(), 3, "what was given up is not tried again");
    }
}

on_both! {
    async fn a_rule_on_time_that_always_fails_is_given_up_however_often_the_complaint_changes(desk) {
        refuse_notes(&desk, "poison");
        enforce(&desk, &[note("poison", after(60, "received"), json!({}))]).await;
        let case = Case::logged(&desk).await;
        desk.pass(TimeDelta::minutes(61));
        for _ in 0..13 {
            run_jobs(&desk).await;
            case.post("messages", &json!({ "direction": "in", "body": "And?" })).await.expect(200);
            desk.pass(TimeDelta::minutes(61));
        }
        assert_eq!(fired(&desk, &case.id).await, pairs(&[("poison", "failed")]));
        let (dead, waiting): (Vec<Value>, i64) = (firings(&desk, "").await, desk.rows("rule_timers WHERE next_at IS NOT NULL"));
        assert_eq!((dead.len(), waiting), (1, 0));
        assert_eq!(word(&dead[0], "event"), "time_passed");
    }
}

on_both! {
    async fn what_fails_for_a_while_is_done_when_it_can_be(desk) {
        refuse_notes(&desk, "poison");
        enforce(&desk, &[note("poison", on("received"), json!({}))]).await;
        let id = logged(&desk, json!({})).await;
        run_jobs(&desk).await;
        if is_postgres(&desk) {
            desk.execute("ALTER TABLE messages DROP CONSTRAINT no_such_note");
        } else {
            desk.execute("DROP TRIGGER no_such_note");
        }
        desk.pass(TimeDelta::seconds(11));
        run_jobs(&desk).await;
        assert_eq!(fired(&desk, &id).await, pairs(&[("poison", "done")]));
        assert_eq!(desk.rows("rule_events"), 0);
    }
}
