//! What the call-back leads to: not satisfied and then satisfied, or nobody there.

use chrono::TimeDelta;
use serde_json::json;

use super::upheld;
use crate::fixtures::{Case, missed, reached, reason};
use crate::on_both;

on_both! {
    async fn a_customer_who_is_not_satisfied_gets_a_second_round_from_step_four(desk) {
        let case = Case::worked(&desk).await;
        let first = case.promise(0, 60).await;
        let answered = case.attempt(&first, &reached(false)).await;
        assert_eq!((answered.str("/state"), answered.str("/outcome")), ("kept", "not_satisfied"));
        let reopened = case.get().await;
        assert_eq!((reopened.str("/state"), reopened.str("/step")), ("in_handling", "understand_needs"));
        assert_eq!((reopened.at("/round"), reopened.at("/reopened_count")), (&json!(2), &json!(1)));

        let refused = case.refuses("close", &upheld(), 409, "closing.steps_missing").await;
        assert!(refused.str("/detail").ends_with("understand_needs, seek_solutions, explain_actions"));
        case.work_again().await;
        case.refuses("close", &upheld(), 409, "closing.no_call_back_outcome").await;
        let second = case.promise(0, 60).await;
        let settled = case.attempt(&second, &reached(true)).await;
        assert_eq!((settled.at("/round"), settled.str("/outcome")), (&json!(2), "satisfied"));

        let closed = case.post("close", &upheld()).await.expect(200);
        assert_eq!((closed.str("/state"), closed.str("/closures/0/ground")), ("closed", "satisfied"));
        assert_eq!((closed.at("/closures/0/round"), closed.at("/reopened_count")), (&json!(2), &json!(1)));
        let steps: Vec<(i64, &str)> = closed.at("/steps").as_array().unwrap().iter()
            .map(|step| (step["round"].as_i64().unwrap(), step["step"].as_str().unwrap())).collect();
        assert_eq!(steps, [
            (1, "listen"), (1, "accept_feelings"), (1, "apologise"), (1, "understand_needs"), (1, "seek_solutions"),
            (1, "explain_actions"), (2, "understand_needs"), (2, "seek_solutions"), (2, "explain_actions"), (2, "call_back"),
        ]);
    }
}

on_both! {
    async fn a_closed_complaint_is_opened_again_with_every_closing_kept(desk) {
        let case = Case::closed(&desk).await;
        let opened = case.post("reopen", &reason("it broke again")).await.expect(200);
        assert_eq!((opened.str("/state"), opened.str("/step")), ("in_handling", "understand_needs"));
        assert_eq!((opened.at("/round"), opened.at("/reopened_count")), (&json!(2), &json!(1)));
        assert_eq!((opened.at("/decision"), opened.at("/closed_at")), (&json!(null), &json!(null)));
        assert_eq!(opened.str("/closures/0/decision"), "upheld");
        case.refuses("reopen", &reason("twice"), 409, "complaint.open").await;
        case.work_again().await;
        case.skip("call_back", "customer_declined").await.expect(200);
        let closed = case.post("close", &upheld()).await.expect(200);
        assert_eq!((closed.at("/closures/0/round"), closed.at("/closures/1/round")), (&json!(1), &json!(2)));
        let entry = case.list("timeline").await.items().iter().find(|e| e["action"] == "reopened").unwrap().clone();
        assert_eq!((&entry["before"], &entry["after"]["reason"]), (&json!({ "decision": "upheld" }), &json!("it broke again")));
    }
}

on_both! {
    async fn a_customer_who_is_never_reached_counts_as_unreachable_after_three_attempts(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(60, 120).await;
        let too_early = case.attempt(&promise, &missed("no_answer")).await;
        assert_eq!((too_early.str("/state"), too_early.at("/attempts_counted")), ("open", &json!(0)), "before the window");
        desk.pass(TimeDelta::minutes(70));
        case.attempt(&promise, &missed("no_answer")).await;
        desk.pass(TimeDelta::minutes(30));
        let second = case.attempt(&promise, &missed("voicemail")).await;
        assert_eq!((second.str("/state"), second.at("/attempts_counted")), ("open", &json!(2)));
        case.refuses("close", &upheld(), 409, "closing.open_promise").await;
        desk.pass(TimeDelta::minutes(30));
        let third = case.attempt(&promise, &missed("no_answer")).await;
        assert_eq!((third.str("/state"), third.str("/outcome")), ("kept", "unreachable"));
        let results: Vec<_> = third.at("/attempts").as_array().unwrap().iter().map(|a| a["result"].clone()).collect();
        assert_eq!(results, ["no_answer", "no_answer", "voicemail", "no_answer"]);
        let closed = case.post("close", &upheld()).await.expect(200);
        assert_eq!(closed.str("/closures/0/ground"), "unreachable");
    }
}

on_both! {
    async fn wrong_numbers_neither_keep_the_promise_nor_make_the_customer_unreachable(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        for _ in 0..5 {
            let open = case.attempt(&promise, &missed("wrong_number")).await;
            assert_eq!(open.str("/state"), "open");
            assert_eq!(open.json["attempts_counted"], 0);
        }
    }
}
