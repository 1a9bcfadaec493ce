//! A customer files a complaint and follows it through the private link.

use serde_json::json;

use super::upheld;
use crate::fixtures::{COMPLAINTS, Case, PUBLIC, by_web, merged, reason};
use crate::on_both;

on_both! {
    async fn a_customer_files_a_complaint_and_follows_it(desk) {
        let customer = desk.anonymous();
        let filed = customer.post(PUBLIC, &by_web()).await.expect(201);
        let link = filed.str("/tracking_url");
        assert_eq!(link, format!("{PUBLIC}/{}", filed.str("/tracking_token")));
        assert_eq!(filed.header("location"), Some(link));
        let seen = customer.get(link).await.expect(200);
        assert_eq!((seen.str("/reference"), seen.str("/state")), (filed.str("/reference"), "received"));
        assert_eq!(seen.str("/subject"), "The washing machine arrived with a broken door.");
        assert_eq!(seen.str("/desired_remedy"), "A new door");
        assert_eq!(seen.at("/steps").as_array().unwrap().iter().filter(|step| step["done"] == true).count(), 0);

        let list = format!("{COMPLAINTS}?reference={}", filed.str("/reference"));
        let id = desk.agent().get(&list).await.expect(200).str("/items/0/id").to_owned();
        let case = Case { desk: &desk, agent: desk.agent(), id };
        assert_eq!(case.get().await.str("/channel"), "web");
        case.work().await;
        case.post("notes", &json!({ "body": "a difficult one" })).await.expect(200);
        case.post("messages", &json!({ "body": "We are on it." })).await.expect(200);
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &upheld()).await.expect(200);
        let seen = customer.get(link).await.expect(200);
        assert!(seen.at("/steps").as_array().unwrap().iter().all(|step| step["done"] == true));
        assert_eq!((seen.str("/decision"), seen.str("/decision_reason")), ("upheld", "三次报修没有派单"));
        let messages = seen.at("/messages").as_array().unwrap();
        assert_eq!(messages.len(), 1, "notes stay among ourselves");
        assert_eq!((&messages[0]["body"], &messages[0]["author"]), (&json!("We are on it."), &json!("desk")));
        for inside in ["test agent", "difficult", "生气", "attitude", &case.id] {
            assert!(!seen.text.contains(inside), "{inside} is nothing for the customer");
        }
    }
}

on_both! {
    async fn a_message_of_the_customer_ends_a_wait_for_the_customer_only(desk) {
        let (case, link) = Case::filed(&desk).await;
        let write = format!("{link}/messages");
        let customer = desk.anonymous();
        for (whom, after) in [("third_party", ("waiting", "third_party")), ("customer", ("in_handling", "us"))] {
            let waiting = case.post("wait", &json!({ "ball_with": whom, "reason": "the serial number" })).await.expect(200);
            assert_eq!(waiting.str("/state"), "waiting");
            let seen = customer.post(&write, &json!({ "body": "It is 4711." })).await.expect(200);
            assert_eq!((seen.str("/state"), seen.str("/ball_with")), after);
            if after.0 == "waiting" {
                case.post("resume", &json!({})).await.expect(200);
            }
        }
        let messages = case.list("messages").await;
        assert_eq!(messages.each("direction"), ["in", "in"]);
        assert_eq!(messages.each("author"), ["customer", "customer"]);
    }
}

on_both! {
    async fn the_customer_moves_a_promised_call_and_then_declines_it(desk) {
        let (case, link) = Case::filed(&desk).await;
        let customer = desk.anonymous();
        case.work().await;
        let first = case.promise(60, 120).await;
        let change = merged(case.window(600, 660), reason("at work until six"));
        let moved = customer.post(&format!("{link}/call-backs/{first}/move"), &change).await.expect(200);
        assert_eq!((moved.str("/call_backs/0/state"), moved.str("/call_backs/1/state")), ("rescheduled", "open"));
        assert_eq!(moved.at("/call_backs/1/window_end"), &change["window_end"]);
        let ended = case.promised(&first).await;
        assert_eq!((ended.str("/changed_by"), ended.str("/change_reason")), ("customer", "at work until six"));
        let second = moved.str("/call_backs/1/id");
        let fresh = case.promised(second).await;
        assert_eq!((fresh.str("/rescheduled_from"), fresh.at("/number")), (first.as_str(), ended.at("/number")));
        assert_eq!(case.get().await.at("/call_back_due_at"), &change["window_end"]);

        case.refuses("close", &upheld(), 409, "closing.open_promise").await;
        let decline = format!("{link}/call-backs/{second}/decline");
        let declined = customer.post(&decline, &reason("it works, thank you")).await.expect(200);
        assert_eq!(declined.str("/call_backs/1/state"), "cancelled_by_customer");
        customer.post(&decline, &reason("again")).await.expect_problem(409, "call_back.settled");
        let closed = case.post("close", &upheld()).await.expect(200);
        assert_eq!(closed.str("/closures/0/ground"), "call_back_declined");
    }
}

on_both! {
    async fn the_customer_disputes_the_decision_and_a_second_round_begins(desk) {
        let (case, link) = Case::filed(&desk).await;
        let customer = desk.anonymous();
        let dispute = format!("{link}/dispute");
        customer.post(&dispute, &reason("too early")).await.expect_problem(409, "complaint.open");
        case.work().await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &json!({ "decision": "rejected", "reason": "worn out" })).await.expect(200);
        assert_eq!(customer.get(&link).await.expect(200).str("/decision_reason"), "worn out");
        let disputed = customer.post(&dispute, &reason("it was new")).await.expect(200);
        assert_eq!((disputed.str("/state"), disputed.at("/decision")), ("in_handling", &json!(null)));
        assert_eq!(disputed.at("/decision_reason"), &json!(null));
        let done: Vec<bool> = disputed.at("/steps").as_array().unwrap().iter().map(|s| s["done"] == true).collect();
        assert_eq!(done, [true, true, true, false, false, false, false], "steps 1 to 3 carry over");
        let seen = case.get().await;
        assert_eq!((seen.at("/round"), seen.at("/reopened_count"), seen.str("/step")), (&json!(2), &json!(1), "understand_needs"));
        let entry = case.last_entry().await;
        assert_eq!((&entry["action"], &entry["actor_kind"]), (&json!("disputed"), &json!("customer")));
        assert_eq!(entry["after"]["reason"], "it was new");
    }
}

on_both! {
    async fn the_customer_sees_the_steps_that_a_question_owes_once_it_is_a_complaint(desk) {
        let asked = merged(by_web(), json!({ "kind": "question" }));
        let link = desk.anonymous().post(PUBLIC, &asked).await.expect(201).str("/tracking_url").to_owned();
        let id = desk.agent().get(COMPLAINTS).await.expect(200).str("/items/0/id").to_owned();
        let case = Case { desk: &desk, agent: desk.agent(), id };
        case.put("steps/listen", &json!({ "record": { "own_words": "is it broken?" } })).await.expect(200);
        case.skip("accept_feelings", "not_a_complaint").await.expect(200);
        for (kind, done) in [("question", 2), ("complaint", 1)] {
            case.edit(&json!({ "kind": kind })).await.expect(200);
            let seen = desk.anonymous().get(&link).await.expect(200);
            let steps = seen.at("/steps").as_array().unwrap();
            assert_eq!(steps.iter().filter(|step| step["done"] == true).count(), done, "as a {kind}");
        }
    }
}

on_both! {
    async fn the_customer_takes_the_complaint_back(desk) {
        let (case, link) = Case::filed(&desk).await;
        let customer = desk.anonymous();
        let promise = case.promise(60, 120).await;
        let withdrawn = customer.post(&format!("{link}/withdraw"), &reason("found it")).await.expect(200);
        assert_eq!((withdrawn.str("/state"), withdrawn.str("/decision")), ("closed", "withdrawn"));
        assert_eq!(withdrawn.str("/call_backs/0/state"), "cancelled_by_customer");
        assert_eq!(case.promised(&promise).await.str("/change_reason"), "found it");
        assert_eq!(case.get().await.str("/closures/0/closed_by"), "customer");
        let again = customer.post(&format!("{link}/withdraw"), &reason("again")).await;
        again.expect_problem(409, "complaint.closed");
    }
}

on_both! {
    async fn a_private_link_opens_nothing_but_its_own_complaint(desk) {
        let (case, link) = Case::filed(&desk).await;
        let (other, _) = Case::filed(&desk).await;
        let customer = desk.anonymous();
        let theirs = other.promise(60, 120).await;
        let before = other.everything().await;
        for (action, body) in [("move", merged(case.window(600, 660), reason("later"))), ("decline", reason("no"))] {
            let path = format!("{link}/call-backs/{theirs}/{action}");
            customer.post(&path, &body).await.expect_problem(404, "resource.not_found");
        }
        assert_eq!(other.everything().await, before);
        customer.get(&format!("{PUBLIC}/{}", case.id)).await.expect_problem(404, "resource.not_found");
        customer.get(&format!("{link}x")).await.expect_problem(404, "resource.not_found");
    }
}

on_both! {
    async fn a_renewed_private_link_ends_the_one_before(desk) {
        let (case, link) = Case::filed(&desk).await;
        let renewed = case.post("tracking-link", &json!(null)).await.expect(200);
        let customer = desk.anonymous();
        customer.get(&link).await.expect_problem(404, "resource.not_found");
        let fresh = format!("{PUBLIC}/{}", renewed.str("/tracking_token"));
        assert_eq!(customer.get(&fresh).await.expect(200).str("/reference"), renewed.str("/reference"));
        assert_eq!(case.last_entry().await["action"], "link_renewed");
    }
}
