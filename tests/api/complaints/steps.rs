//! `PUT /complaints/{id}/steps`: the seven steps, in their order.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::fixtures::{Case, reason, skip};
use crate::on_both;

fn listened(words: &str) -> Value {
    json!({ "record": { "own_words": words, "facts": ["20:00"], "opinions": ["nobody cares"] } })
}

on_both! {
    async fn steps_are_worked_in_their_order(desk) {
        let case = Case::logged(&desk).await;
        let apology = json!({ "record": { "apologised_for": "the wait" } });
        let refused = case.put("steps/apologise", &apology).await.expect_problem(409, "procedure.out_of_order");
        assert_eq!(refused.str("/detail"), "`listen` comes before `apologise`");
        assert_eq!(case.get().await.str("/state"), "received");

        let begun = case.put("steps/listen", &listened("no internet")).await.expect(200);
        assert_eq!((begun.str("/state"), begun.str("/step")), ("in_handling", "accept_feelings"));
        assert_eq!(begun.at("/steps/0/record"), &listened("no internet")["record"]);
        assert_eq!((begun.str("/steps/0/agent"), begun.str("/steps/0/done_at")), ("test agent", desk.now().to_string().as_str()));
        case.put("steps/apologise", &apology).await.expect_problem(409, "procedure.out_of_order");
        case.put("steps/sing", &apology).await.expect_problem(404, "resource.not_found");
    }
}

on_both! {
    async fn one_phone_call_yields_several_steps_or_none(desk) {
        let case = Case::logged(&desk).await;
        let before = case.everything().await;
        let feeling = json!({ "step": "accept_feelings", "record": { "feeling": "angry" } });
        let listen = json!({ "step": "listen", "record": { "own_words": "no internet" } });
        let wrong_order = json!({ "steps": [feeling, listen] });
        case.put("steps", &wrong_order).await.expect_problem(409, "procedure.out_of_order");
        let gap = json!({ "steps": [listen, { "step": "apologise", "record": { "apologised_for": "it" } }] });
        case.put("steps", &gap).await.expect_problem(409, "procedure.out_of_order");
        case.put("steps", &json!({ "steps": [listen, listen] })).await.expect_invalid(&["/steps/1/step"]);
        case.put("steps", &json!({ "steps": [] })).await.expect_invalid(&["/steps"]);
        assert_eq!(case.everything().await, before, "all or nothing");
        let both = case.put("steps", &json!({ "steps": [listen, feeling] })).await.expect(200);
        assert_eq!((both.str("/step"), both.at("/version")), ("apologise", &json!(2)));
        assert_eq!(case.actions().await, ["received", "steps_recorded"]);
    }
}

on_both! {
    async fn an_amended_step_keeps_its_old_text_in_the_timeline(desk) {
        let case = Case::logged(&desk).await;
        case.put("steps/listen", &listened("no internet")).await.expect(200);
        let done_at = desk.now().to_string();
        desk.pass(TimeDelta::minutes(5));
        let amended = case.put("steps/listen", &listened("no internet in the evening")).await.expect(200);
        assert_eq!(amended.str("/steps/0/record/own_words"), "no internet in the evening");
        assert_eq!((amended.str("/steps/0/done_at"), amended.str("/steps/0/amended_at")), (done_at.as_str(), desk.now().to_string().as_str()));
        assert_eq!(amended.at("/steps").as_array().unwrap().len(), 1);
        let entry = case.last_entry().await;
        assert_eq!(entry["action"], "steps_amended");
        assert_eq!(entry["before"]["listen"], listened("no internet")["record"]);
        assert_eq!(entry["after"]["listen"], listened("no internet in the evening")["record"]);

        case.skip("accept_feelings", "no_feeling_shown").await.expect(200);
        case.put("steps/accept_feelings", &json!({ "record": { "feeling": "hurt, after all" } })).await.expect(200);
        let entry = case.last_entry().await;
        assert_eq!(entry["before"]["accept_feelings"]["skipped"], "no_feeling_shown");
    }
}

on_both! {
    async fn what_does_not_belong_to_a_step_is_refused_by_its_pointer(desk) {
        let case = Case::logged(&desk).await;
        let before = case.everything().await;
        let refused = case.put("steps/listen", &json!({ "record": { "feeling": "angry", "facts": [" "] } })).await;
        refused.expect_invalid(&["/record/own_words", "/record/feeling", "/record/facts/0"]);
        for neither in [json!({}), json!({ "record": { "own_words": "x" }, "skip": { "reason": "no_feeling_shown" } })] {
            case.put("steps/listen", &neither).await.expect_invalid(&[""]);
        }
        for (step, missing) in [
            ("listen", vec!["own_words"]), ("accept_feelings", vec!["feeling"]), ("apologise", vec!["apologised_for"]),
            ("understand_needs", vec!["need"]), ("seek_solutions", vec!["options", "agreed"]),
            ("explain_actions", vec!["who", "what", "by_when"]),
        ] {
            let pointers: Vec<String> = missing.iter().map(|field| format!("/record/{field}")).collect();
            let pointers: Vec<&str> = pointers.iter().map(String::as_str).collect();
            case.put(&format!("steps/{step}"), &json!({ "record": {} })).await.expect_invalid(&pointers);
        }
        let by_the_service = json!({ "record": { "outcome": "satisfied" } });
        case.put("steps/call_back", &by_the_service).await.expect_invalid(&["/record/outcome"]);
        let two = json!({ "steps": [
            { "step": "listen", "record": { "own_words": "x".repeat(10_001) } },
            { "step": "accept_feelings", "record": { "feeling": " ", "need": "sleep" } },
        ] });
        let pointers = ["/steps/0/record/own_words", "/steps/1/record/feeling", "/steps/1/record/need"];
        case.put("steps", &two).await.expect_invalid(&pointers);
        case.put("steps/listen", &json!({ "record": { "own_word": "x" } })).await.expect_invalid(&["/record/own_word"]);
        assert_eq!(case.everything().await, before);
    }
}

on_both! {
    async fn the_call_back_is_not_recorded_by_hand(desk) {
        let case = Case::worked(&desk).await;
        let by_hand = json!({ "record": {} });
        case.put("steps/call_back", &by_hand).await.expect_problem(409, "procedure.call_back_by_hand");
        let promise = case.promise(10, 20).await;
        let declined = skip("customer_declined");
        case.put("steps/call_back", &declined).await.expect_problem(409, "closing.open_promise");
        case.call_back(&promise, "cancel", &reason("no need")).await.expect(200);
        let ended = case.get().await;
        assert_eq!(ended.str("/steps/6/skip_reason"), "customer_declined");
        assert_eq!(ended.at("/step"), &json!(null));
    }
}

on_both! {
    async fn a_complaint_that_waits_or_is_closed_takes_no_steps(desk) {
        let case = Case::logged(&desk).await;
        case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        case.put("steps/listen", &listened("x")).await.expect_problem(409, "complaint.waiting");
        case.post("withdraw", &reason("settled")).await.expect(200);
        case.put("steps/listen", &listened("x")).await.expect_problem(409, "complaint.closed");
    }
}
