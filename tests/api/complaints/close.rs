//! `POST /complaints/{id}/close`: the gate, and what is recorded at it.

use serde_json::{Value, json};

use crate::fixtures::{Case, merged, reason};
use crate::journeys::upheld;
use crate::on_both;

on_both! {
    async fn every_rule_of_the_gate_names_itself(desk) {
        let case = Case::logged(&desk).await;
        let missing = case.refuses("close", &upheld(), 409, "closing.steps_missing").await;
        let six = "listen, accept_feelings, apologise, understand_needs, seek_solutions, explain_actions";
        assert_eq!(missing.str("/detail"), format!("missing: {six}"));
        case.put("steps/listen", &json!({ "record": { "own_words": "x" } })).await.expect(200);
        let missing = case.refuses("close", &upheld(), 409, "closing.steps_missing").await;
        assert!(!missing.str("/detail").contains("listen"));
        case.work().await;
        case.refuses("close", &upheld(), 409, "closing.no_call_back_outcome").await;
        let promise = case.promise_for("give_answer", 10, 20).await;
        case.refuses("close", &upheld(), 409, "closing.open_promise").await;
        for decision in ["withdrawn", "duplicate", "rejected"] {
            let body = json!({ "decision": decision, "reason": "x" });
            case.refuses("close", &body, 409, "closing.open_promise").await;
        }
        case.call_back(&promise, "cancel", &reason("no need")).await.expect(200);
        case.refuses("close", &upheld(), 409, "closing.no_call_back_outcome").await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        case.refuses("close", &upheld(), 409, "complaint.waiting").await;
        case.post("resume", &json!({})).await.expect(200);
        case.post("close", &upheld()).await.expect(200);
        case.refuses("close", &upheld(), 409, "complaint.closed").await;
    }
}

/// A complaint that the gate lets through.
async fn ready(desk: &crate::support::Desk) -> Case<'_> {
    let case = Case::worked(desk).await;
    case.skip("call_back", "customer_declined").await.expect(200);
    case
}

on_both! {
    async fn a_closing_that_does_not_fit_is_refused_by_its_pointers(desk) {
        let case = ready(&desk).await;
        let before = case.everything().await;
        let endless = json!({ "reason": " ", "root_cause": "x".repeat(2_001), "cause_category": null,
                              "redress": { "minor_units": -1, "currency": "yuan" } });
        let pointers = ["/reason", "/root_cause", "/cause_category", "/redress/minor_units", "/redress/currency"];
        case.post("close", &merged(upheld(), endless)).await.expect_invalid(&pointers);
        for (differs, pointer) in [
            (json!({ "redress": { "currency": null } }), "/redress"),
            (json!({ "redress": { "minor_units": null } }), "/redress"),
            (json!({ "decision": "withdrawn" }), "/redress"),
            (json!({ "decision": "maybe" }), "/decision"),
            (json!({ "redress": { "type": "flowers" } }), "/redress/type"),
            (json!({ "cause_category": "weather" }), "/cause_category"),
            (json!({ "ground": "satisfied" }), "/ground"),
        ] {
            case.post("close", &merged(upheld(), differs)).await.expect_invalid(&[pointer]);
        }
        assert_eq!(case.everything().await, before);
    }
}

on_both! {
    async fn what_was_decided_and_given_is_kept(desk) {
        let case = ready(&desk).await;
        let decided = json!({
            "decision": "partly", "reason": "half of it", "cause_category": "expertise", "root_cause": "no training",
            "redress": { "type": "refund", "minor_units": 12800, "currency": "EUR", "status": "offered" },
        });
        let closed = case.post("close", &decided).await.expect(200);
        let closure: Value = closed.at("/closures/0").clone();
        let expected = json!({
            "round": 1, "decision": "partly", "decision_reason": "half of it", "ground": "call_back_declined",
            "redress_type": "refund", "redress_minor_units": 12800, "redress_currency": "EUR", "redress_status": "offered",
            "cause_category": "expertise", "root_cause": "no training", "on_the_spot": true, "closed_by": "test agent",
            "closed_at": desk.now().to_string(),
        });
        assert_eq!(closure, expected);
        assert_eq!((closed.str("/decision"), closed.str("/closed_at")), ("partly", desk.now().to_string().as_str()));
        assert_eq!((closed.at("/step"), closed.str("/ball_with")), (&json!(null), "us"));
        let entry = case.last_entry().await;
        assert_eq!((&entry["action"], &entry["after"]["ground"]), (&json!("closed"), &json!("call_back_declined")));
    }
}

on_both! {
    async fn a_redress_without_money_and_a_rejection_without_a_cause_are_taken(desk) {
        let apology = json!({ "redress": { "type": "apology_gift", "minor_units": null, "currency": null, "status": "paid" } });
        let closed = ready(&desk).await.post("close", &merged(upheld(), apology)).await.expect(200);
        assert_eq!(closed.at("/closures/0/redress_minor_units"), &json!(null));
        let goodwill = json!({ "decision": "rejected", "reason": "worn out",
                               "redress": { "type": "compensation", "minor_units": 1000, "currency": "CNY", "status": "offered" } });
        let closed = ready(&desk).await.post("close", &goodwill).await.expect(200);
        assert_eq!((closed.str("/decision"), closed.at("/closures/0/cause_category")), ("rejected", &json!(null)));
    }
}

on_both! {
    async fn the_redress_progresses_after_the_closing(desk) {
        let case = ready(&desk).await;
        let paid = json!({ "status": "paid" });
        case.put("redress", &paid).await.expect_problem(404, "resource.not_found");
        case.post("close", &upheld()).await.expect(200);
        let progressed = case.put("redress", &paid).await.expect(200);
        assert_eq!((progressed.str("/closures/0/redress_status"), progressed.str("/state")), ("paid", "closed"));
        let entry = case.last_entry().await;
        assert_eq!((&entry["action"], &entry["before"]), (&json!("redress_progressed"), &json!({ "status": "accepted" })));
    }
}

on_both! {
    async fn a_closed_complaint_takes_words_and_a_type_but_no_work(desk) {
        let case = Case::closed(&desk).await;
        let other = Case::logged(&desk).await;
        for (action, body) in [
            ("call-backs", case.window(10, 20)),
            ("wait", json!({ "ball_with": "customer", "reason": "x" })),
            ("resume", json!({})),
            ("assign", json!({ "owner": "mary" })),
            ("links", json!({ "duplicate_of": other.id })),
        ] {
            case.refuses(action, &body, 409, "complaint.closed").await;
        }
        case.edit(&json!({ "subject": "x" })).await.expect_problem(409, "complaint.closed");
        case.post("notes", &json!({ "body": "he called again" })).await.expect(200);
        case.post("messages", &json!({ "body": "Thank you." })).await.expect(200);
        let typed = case.put("customer-type", &json!({ "customer_type": "friendly" })).await.expect(200);
        assert_eq!((typed.str("/customer_type"), typed.str("/state")), ("friendly", "closed"));
    }
}
