//! `POST /call-backs/{id}/attempts`: keeping the promise.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::fixtures::{Case, merged, missed, reached, reason};
use crate::journeys::upheld;
use crate::on_both;
use crate::support::Desk;
use hark::domain::policy::Policy;

on_both! {
    async fn the_first_attempt_that_counts_decides_between_kept_and_late(desk) {
        for (minutes, first, state) in [
            (0, reached(true), "kept"),
            (60, reached(true), "kept"),
            (120, reached(true), "kept"),
            (121, reached(true), "late"),
            (60, missed("no_answer"), "kept"),
            (60, missed("voicemail"), "kept"),
            (0, missed("no_answer"), "late"),
            (60, missed("wrong_number"), "late"),
        ] {
            let case = Case::worked(&desk).await;
            let promise = case.promise(60, 120).await;
            desk.pass(TimeDelta::minutes(minutes));
            let after = case.attempt(&promise, &first).await;
            desk.pass(TimeDelta::minutes(130 - minutes));
            if after.str("/state") == "open" {
                case.attempt(&promise, &reached(true)).await;
            }
            let settled = case.promised(&promise).await;
            assert_eq!((settled.str("/state"), settled.str("/outcome")), (state, "satisfied"), "{first} after {minutes} minutes");
        }
    }
}

on_both! {
    async fn the_customers_verdict_comes_after_the_steps_it_is_about(desk) {
        let case = Case::logged(&desk).await;
        let promise = case.promise(0, 60).await;
        let before = case.everything().await;
        for verdict in [reached(true), reached(false)] {
            let refused = case.call_back(&promise, "attempts", &verdict).await;
            let refused = refused.expect_problem(409, "procedure.out_of_order");
            assert!(refused.str("/detail").starts_with("`listen` comes before"));
        }
        assert_eq!(case.everything().await, before, "not even the attempt is kept");
        case.work().await;
        case.attempt(&promise, &reached(true)).await;
        assert_eq!(case.get().await.str("/steps/6/record/outcome"), "satisfied");
        assert_eq!(case.get().await.str("/steps/6/record/call_back_id"), promise);
    }
}

on_both! {
    async fn satisfaction_is_asked_for_when_a_call_to_confirm_reached_the_customer_and_only_then(desk) {
        let case = Case::worked(&desk).await;
        let confirm = case.promise(0, 60).await;
        let answer = case.promise_for("give_answer", 0, 60).await;
        let without: Value = json!({ "result": "reached" });
        for (promise, attempt) in [
            (&confirm, without.clone()),
            (&confirm, merged(reached(true), json!({ "result": "no_answer" }))),
            (&confirm, merged(reached(true), json!({ "result": "refused" }))),
            (&answer, reached(true)),
        ] {
            case.call_back(promise, "attempts", &attempt).await.expect_invalid(&["/satisfied"]);
        }
        let endless = json!({ "result": "no_answer", "note": "x".repeat(5_001), "recording_ref": "x".repeat(501) });
        case.call_back(&confirm, "attempts", &endless).await.expect_invalid(&["/note", "/recording_ref"]);
        let told = case.attempt(&answer, &without).await;
        assert_eq!((told.str("/state"), told.str("/outcome")), ("kept", "informed"));
        assert_eq!(case.get().await.str("/step"), "call_back", "an answer is not step 7");
    }
}

on_both! {
    async fn a_customer_who_refuses_the_call_has_declined_it(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        let refused = case.attempt(&promise, &missed("refused")).await;
        assert_eq!((refused.str("/state"), refused.str("/outcome")), ("kept", "declined"));
        let closed = case.post("close", &upheld()).await.expect(200);
        assert_eq!(closed.str("/closures/0/ground"), "call_back_declined");
    }
}

on_both! {
    async fn a_settled_promise_takes_nothing_more(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        case.attempt(&promise, &reached(true)).await;
        let before = case.everything().await;
        let later = merged(case.window(60, 120), json!({ "asked_by": "desk", "reason": "x" }));
        for (action, body) in [("attempts", reached(true)), ("reschedule", later), ("cancel", reason("x"))] {
            case.call_back(&promise, action, &body).await.expect_problem(409, "call_back.settled");
        }
        assert_eq!(case.everything().await, before);
    }
}

on_both! {
    async fn an_attempt_keeps_who_called_when_what_was_said_and_the_recording(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        desk.pass(TimeDelta::minutes(10));
        case.attempt(&promise, &json!({ "result": "no_answer", "note": "rang long", "recording_ref": "rec/7.wav" })).await;
        let kept = case.promised(&promise).await;
        let mut attempt = kept.at("/attempts/0").clone();
        attempt.as_object_mut().unwrap().remove("id").unwrap();
        let expected = json!({
            "result": "no_answer", "not_counted": null, "satisfied": null, "note": "rang long", "recording_ref": "rec/7.wav",
            "agent": "test agent", "attempted_at": desk.now().to_string(),
        });
        assert_eq!((&attempt, kept.at("/version")), (&expected, &json!(2)));
        let entry = case.last_entry().await;
        assert_eq!((&entry["action"], &entry["after"]["result"]), (&json!("call_back_attempted"), &json!("no_answer")));
    }
}

on_both! {
    async fn an_outcome_ends_a_wait(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        case.attempt(&promise, &missed("no_answer")).await;
        assert_eq!(case.get().await.str("/state"), "waiting", "nobody was reached");
        case.attempt(&promise, &reached(true)).await;
        let now = case.get().await;
        assert_eq!((now.str("/state"), now.str("/ball_with")), ("in_handling", "us"));
        case.post("close", &upheld()).await.expect(200);
    }
}

on_both! {
    async fn attempts_in_a_row_do_not_make_a_customer_unreachable(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(60, 180).await;
        let not_counted = async |result: &str| {
            let now = case.attempt(&promise, &missed(result)).await;
            let last = now.at("/attempts").as_array().unwrap().last().unwrap().clone();
            assert_eq!(now.str("/state"), "open");
            (last["not_counted"].clone(), now.at("/attempts_counted").as_i64().unwrap())
        };
        assert_eq!(not_counted("no_answer").await, (json!("before_window"), 0));
        desk.pass(TimeDelta::minutes(60));
        assert_eq!(not_counted("no_answer").await, (json!(null), 1));
        assert_eq!(not_counted("wrong_number").await, (json!("wrong_number"), 1));
        for _ in 0..5 {
            assert_eq!(not_counted("no_answer").await, (json!("too_soon"), 1));
        }
        let entry = case.last_entry().await;
        assert_eq!((&entry["after"]["not_counted"], &entry["after"]["outcome"]), (&json!("too_soon"), &json!(null)));
        // Counted from the last that counts, not from the last: who rings every twenty minutes gets on, too.
        desk.pass(TimeDelta::minutes(20));
        assert_eq!(not_counted("voicemail").await, (json!("too_soon"), 1));
        desk.pass(TimeDelta::minutes(10) - TimeDelta::microseconds(1));
        assert_eq!(not_counted("voicemail").await, (json!("too_soon"), 1));
        desk.pass(TimeDelta::microseconds(1));
        assert_eq!(not_counted("voicemail").await, (json!(null), 2));
        case.refuses("close", &upheld(), 409, "closing.open_promise").await;
        desk.pass(TimeDelta::minutes(30));
        let third = case.attempt(&promise, &missed("no_answer")).await;
        assert_eq!((third.str("/state"), third.str("/outcome"), third.at("/attempts_counted")), ("kept", "unreachable", &json!(3)));
    }
}

on_both! {
    async fn a_customer_who_answers_the_next_minute_has_been_reached(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        case.attempt(&promise, &missed("no_answer")).await;
        let answered = case.attempt(&promise, &reached(true)).await;
        assert_eq!((answered.str("/state"), answered.str("/outcome")), ("kept", "satisfied"));
        assert_eq!(answered.at("/attempts/1/not_counted"), &json!(null));
    }
}

#[tokio::test]
async fn how_far_apart_attempts_are_is_the_policys() {
    let policy = Policy {
        call_back_gap: TimeDelta::zero(),
        ..Policy::default()
    };
    for desk in Desk::both_with(&policy, |app, _| app) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        let mut last = String::new();
        for _ in 0..3 {
            last = case
                .attempt(&promise, &missed("no_answer"))
                .await
                .str("/state")
                .to_owned();
        }
        assert_eq!(last, "kept");
    }
}
