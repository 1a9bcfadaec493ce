//! A promise that nobody kept: found by the job, told to the lead.

use chrono::TimeDelta;
use serde_json::json;

use crate::fixtures::{Case, merged, missed};
use crate::on_both;

on_both! {
    async fn a_promise_without_any_attempt_is_broken_when_its_grace_is_over(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        desk.pass(TimeDelta::minutes(61));
        assert_eq!(case.promised(&promise).await.at("/overdue"), &json!(true));
        desk.pass(TimeDelta::hours(24) - TimeDelta::minutes(1));
        assert_eq!(desk.run_jobs().await, 0, "the grace is just over at 24 hours");
        desk.pass(TimeDelta::minutes(1) + TimeDelta::seconds(1));
        assert_eq!(desk.run_jobs().await, 1);
        let broken = case.promised(&promise).await;
        assert_eq!((broken.str("/state"), broken.at("/outcome")), ("broken", &json!(null)));
        assert_eq!((broken.at("/overdue"), broken.str("/settled_at")), (&json!(false), desk.now().to_string().as_str()));
        assert_eq!(desk.outbox(), ["promise_broken"]);
        let entry = case.last_entry().await;
        assert_eq!((&entry["action"], &entry["actor"]), (&json!("call_back_broken"), &json!("hark")));
        assert_eq!((&entry["actor_kind"], &entry["before"]["call_back_id"]), (&json!("system"), &json!(promise)));
        let complaint = case.get().await;
        assert_eq!((complaint.at("/call_back_due_at"), complaint.str("/step")), (&json!(null), "call_back"));
        // Another process of the same desk holds the job for a minute.
        desk.pass(TimeDelta::minutes(2));
        assert_eq!(desk.run_jobs().await, 0, "broken once");
        assert_eq!(desk.outbox(), ["promise_broken"]);
        case.promise(0, 60).await;
    }
}

on_both! {
    async fn a_promise_with_an_attempt_that_counts_is_not_broken_by_time(desk) {
        let case = Case::worked(&desk).await;
        let tried = case.promise(0, 60).await;
        case.attempt(&tried, &missed("no_answer")).await;
        let wrong = case.promise_for("give_answer", 0, 60).await;
        case.attempt(&wrong, &missed("wrong_number")).await;
        desk.pass(TimeDelta::hours(26));
        assert_eq!(desk.run_jobs().await, 1);
        assert_eq!(case.promised(&tried).await.str("/state"), "open");
        assert_eq!(case.promised(&wrong).await.str("/state"), "broken", "a wrong number is no attempt to reach the customer");
    }
}

on_both! {
    async fn the_lead_is_told_of_a_broken_promise_however_it_was_broken(desk) {
        let moved = Case::worked(&desk).await;
        let missed_one = moved.promise(0, 60).await;
        desk.pass(TimeDelta::minutes(61));
        let later = merged(moved.window(60, 120), json!({ "asked_by": "desk", "reason": "all ill" }));
        moved.call_back(&missed_one, "reschedule", &later).await.expect(201);
        assert_eq!(desk.outbox(), ["promise_broken"]);
        let wrong = Case::worked(&desk).await;
        let promise = wrong.promise(0, 60).await;
        wrong.attempt(&promise, &missed("wrong_number")).await;
        desk.pass(TimeDelta::minutes(61) + TimeDelta::hours(24));
        desk.run_jobs().await;
        assert_eq!(desk.outbox(), ["promise_broken", "promise_broken"]);
    }
}
