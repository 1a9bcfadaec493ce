//! `POST /call-backs/{id}/reschedule` and `cancel`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::fixtures::{Case, merged, missed, reason};
use crate::journeys::upheld;
use crate::on_both;

fn moved(case: &Case<'_>, asked_by: &str) -> Value {
    merged(
        case.window(600, 660),
        json!({ "asked_by": asked_by, "reason": "the line was busy" }),
    )
}

on_both! {
    async fn the_desk_that_moves_a_call_has_not_tried_less_often(desk) {
        let case = Case::worked(&desk).await;
        let first = case.promise(0, 60).await;
        case.attempt(&first, &missed("no_answer")).await;
        desk.pass(TimeDelta::minutes(30));
        case.attempt(&first, &missed("voicemail")).await;
        let fresh = case.call_back(&first, "reschedule", &moved(&case, "desk")).await.expect(201);
        assert_eq!((fresh.at("/attempts_counted"), fresh.str("/state")), (&json!(2), "open"));
        assert_eq!((fresh.str("/rescheduled_from"), fresh.at("/attempts")), (first.as_str(), &json!([])));
        let ended = case.promised(&first).await;
        assert_eq!((ended.str("/state"), ended.str("/changed_by")), ("rescheduled", "desk"));
        assert_eq!(ended.str("/change_reason"), "the line was busy");
        let entry = case.last_entry().await;
        assert_eq!(entry["action"], "call_back_rescheduled");
        assert_eq!((&entry["before"]["call_back_id"], &entry["after"]["call_back_id"]), (&json!(first), fresh.at("/id")));
        assert_eq!(entry["after"]["asked_by"], "desk");
        desk.pass(TimeDelta::minutes(610));
        let third = case.attempt(fresh.id(), &missed("no_answer")).await;
        assert_eq!((third.str("/state"), third.str("/outcome")), ("kept", "unreachable"));
    }
}

on_both! {
    async fn a_desk_that_moves_a_call_does_not_get_round_the_distance_between_attempts(desk) {
        let case = Case::worked(&desk).await;
        let first = case.promise(0, 60).await;
        case.attempt(&first, &missed("no_answer")).await;
        let soon = merged(case.window(0, 60), json!({ "asked_by": "desk", "reason": "the line was busy" }));
        let fresh = case.call_back(&first, "reschedule", &soon).await.expect(201);
        let at_once = case.attempt(fresh.id(), &missed("no_answer")).await;
        assert_eq!((at_once.at("/attempts_counted"), at_once.at("/attempts/0/not_counted")), (&json!(1), &json!("too_soon")));
        // The customer who moves it was spoken with: that begins anew.
        let by_customer = merged(case.window(0, 60), json!({ "asked_by": "customer", "reason": "in a meeting" }));
        let anew = case.call_back(fresh.id(), "reschedule", &by_customer).await.expect(201);
        let counted = case.attempt(anew.id(), &missed("no_answer")).await;
        assert_eq!((counted.at("/attempts_counted"), counted.at("/attempts/0/not_counted")), (&json!(1), &json!(null)));
    }
}

on_both! {
    async fn a_customer_who_moves_the_call_was_reached(desk) {
        let case = Case::worked(&desk).await;
        let first = case.promise(0, 60).await;
        case.attempt(&first, &missed("no_answer")).await;
        let elsewhere = json!({ "number": "139 0013 9000", "owner": "mary" });
        let fresh = case.call_back(&first, "reschedule", &merged(moved(&case, "customer"), elsewhere)).await.expect(201);
        assert_eq!((fresh.at("/attempts_counted"), fresh.str("/number")), (&json!(0), "+8613900139000"));
        assert_eq!((fresh.str("/owner"), fresh.str("/promised_by")), ("mary", "test agent"));
        assert_eq!(case.promised(&first).await.str("/changed_by"), "customer");
    }
}

on_both! {
    async fn a_desk_that_moves_a_missed_call_has_broken_its_promise_and_a_customer_has_not(desk) {
        for (asked_by, minutes, tried, state) in [
            ("desk", 61, false, "broken"),
            ("desk", 60, false, "rescheduled"),
            ("desk", 61, true, "rescheduled"),
            ("customer", 61, false, "rescheduled"),
        ] {
            let case = Case::worked(&desk).await;
            let promise = case.promise(0, 60).await;
            if tried {
                case.attempt(&promise, &missed("no_answer")).await;
            }
            desk.pass(TimeDelta::minutes(minutes));
            case.call_back(&promise, "reschedule", &moved(&case, asked_by)).await.expect(201);
            assert_eq!(case.promised(&promise).await.str("/state"), state, "{asked_by} after {minutes} minutes, {tried}");
        }
    }
}

on_both! {
    async fn a_move_that_does_not_fit_is_refused_by_its_pointers(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        let before = case.everything().await;
        let wrong = json!({ "asked_by": "desk", "reason": " ", "number": "abc", "owner": "x".repeat(101) });
        let refused = case.call_back(&promise, "reschedule", &merged(case.window(20, 10), wrong)).await;
        refused.expect_invalid(&["/window_end", "/reason", "/number", "/owner"]);
        let nobody = merged(moved(&case, "desk"), json!({ "asked_by": "nobody" }));
        case.call_back(&promise, "reschedule", &nobody).await.expect_invalid(&["/asked_by"]);
        case.call_back(&promise, "cancel", &reason(" ")).await.expect_invalid(&["/reason"]);
        assert_eq!(case.everything().await, before);
    }
}

on_both! {
    async fn a_call_to_confirm_that_the_customer_cancels_ends_step_seven_and_another_does_not(desk) {
        let case = Case::worked(&desk).await;
        let answer = case.promise_for("give_answer", 10, 20).await;
        let off = case.call_back(&answer, "cancel", &reason("read it online")).await.expect(200);
        assert_eq!((off.str("/state"), off.str("/outcome")), ("cancelled_by_customer", "declined"));
        case.refuses("close", &upheld(), 409, "closing.no_call_back_outcome").await;
        let confirm = case.promise(10, 20).await;
        case.call_back(&confirm, "cancel", &reason("it works")).await.expect(200);
        let now = case.get().await;
        assert_eq!((now.str("/steps/6/skip_reason"), now.str("/steps/6/skip_note")), ("customer_declined", "it works"));
        let closed = case.post("close", &upheld()).await.expect(200);
        assert_eq!(closed.str("/closures/0/ground"), "call_back_declined");
    }
}
