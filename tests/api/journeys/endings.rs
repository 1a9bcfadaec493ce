//! Endings without a call-back: withdrawn, duplicate, a question; and a question that becomes a complaint.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{by_phone, upheld};
use crate::fixtures::{Case, merged, reason};
use crate::on_both;

/// Closes with a decision that is not about the merits.
fn closed_as(decision: &str) -> Value {
    json!({ "decision": decision, "reason": "see the link" })
}

on_both! {
    async fn withdrawing_calls_every_open_promise_off(desk) {
        let case = Case::logged(&desk).await;
        let promises = [case.promise(10, 20).await, case.promise_for("give_answer", 10, 20).await];
        let withdrawn = case.post("withdraw", &reason("he has found it himself")).await.expect(200);
        assert_eq!((withdrawn.str("/state"), withdrawn.str("/decision")), ("closed", "withdrawn"));
        assert_eq!(withdrawn.str("/closures/0/ground"), "withdrawn");
        assert_eq!(withdrawn.str("/closures/0/decision_reason"), "he has found it himself");
        assert_eq!((withdrawn.at("/step"), withdrawn.at("/call_back_due_at")), (&json!(null), &json!(null)));
        for promise in &promises {
            let off = case.promised(promise).await;
            assert_eq!((off.str("/state"), off.str("/outcome")), ("cancelled_by_customer", "declined"));
            assert_eq!(off.str("/change_reason"), "he has found it himself");
        }
        case.refuses("withdraw", &reason("twice"), 409, "complaint.closed").await;
    }
}

on_both! {
    async fn a_duplicate_is_closed_only_with_a_link_to_its_original(desk) {
        let original = Case::logged(&desk).await;
        let case = Case::logged(&desk).await;
        case.refuses("close", &closed_as("duplicate"), 409, "closing.no_original").await;
        let linked = case.post("links", &json!({ "duplicate_of": original.id })).await.expect(200);
        assert_eq!(linked.str("/duplicate_of"), original.id);
        let promise = case.promise(10, 20).await;
        case.refuses("close", &closed_as("duplicate"), 409, "closing.open_promise").await;
        case.call_back(&promise, "cancel", &reason("one call is enough")).await.expect(200);
        let closed = case.post("close", &closed_as("duplicate")).await.expect(200);
        assert_eq!((closed.str("/decision"), closed.str("/closures/0/ground")), ("duplicate", "duplicate"));
        assert_eq!(original.get().await.str("/state"), "received", "the original goes on");
    }
}

on_both! {
    async fn a_complaint_repeats_neither_itself_nor_its_own_duplicate(desk) {
        let (first, second, third) = (Case::logged(&desk).await, Case::logged(&desk).await, Case::logged(&desk).await);
        first.refuses("links", &json!({ "duplicate_of": first.id }), 409, "complaint.circular_link").await;
        second.post("links", &json!({ "duplicate_of": first.id })).await.expect(200);
        third.post("links", &json!({ "duplicate_of": second.id })).await.expect(200);
        first.refuses("links", &json!({ "duplicate_of": third.id }), 409, "complaint.circular_link").await;
        let unlinked = second.post("links", &json!({ "duplicate_of": null })).await.expect(200);
        assert_eq!(unlinked.at("/duplicate_of"), &json!(null));
        first.post("links", &json!({ "duplicate_of": third.id })).await.expect(200);
        let nobody = "00000000-0000-7000-8000-000000000000";
        let refused = third.refuses("links", &json!({ "duplicate_of": nobody }), 422, "request.invalid").await;
        assert_eq!(refused.pointers(), ["/duplicate_of"]);
    }
}

/// A question that came in two hours ago, with everything but listening left out.
async fn question(desk: &crate::support::Desk) -> Case<'_> {
    let asked_at = (desk.now() - TimeDelta::hours(2)).to_string();
    let asked = json!({ "kind": "question", "first_expressed_at": asked_at, "received_at": asked_at });
    let case = Case::of(desk, &merged(by_phone(), asked)).await;
    case.put(
        "steps/listen",
        &json!({ "record": { "own_words": "is it the router?" } }),
    )
    .await
    .expect(200);
    for step in [
        "accept_feelings",
        "apologise",
        "understand_needs",
        "seek_solutions",
        "explain_actions",
        "call_back",
    ] {
        case.skip(step, "not_a_complaint").await.expect(200);
    }
    case
}

on_both! {
    async fn a_question_is_closed_without_a_call_back(desk) {
        let case = question(&desk).await;
        let closed = case.post("close", &closed_as("rejected")).await.expect(200);
        assert_eq!(closed.str("/closures/0/ground"), "not_a_complaint");
    }
}

on_both! {
    async fn a_question_that_turns_out_to_be_a_complaint_keeps_its_first_moment_and_owes_every_step(desk) {
        let case = question(&desk).await;
        let asked_at = case.get().await.str("/first_expressed_at").to_owned();
        desk.pass(TimeDelta::minutes(5));
        let now = case.edit(&json!({ "kind": "complaint" })).await.expect(200);
        assert_eq!((now.str("/kind"), now.str("/step")), ("complaint", "accept_feelings"));
        assert_eq!((now.str("/first_expressed_at"), now.str("/received_at")), (asked_at.as_str(), asked_at.as_str()));
        let entry = case.last_entry().await;
        assert_eq!((&entry["before"], &entry["after"]), (&json!({ "kind": "question" }), &json!({ "kind": "complaint" })));
        case.refuses("close", &upheld(), 409, "closing.steps_missing").await;
        case.work().await;
        case.refuses("close", &upheld(), 409, "closing.no_call_back_outcome").await;
        case.skip("call_back", "customer_declined").await.expect(200);
        let closed = case.post("close", &upheld()).await.expect(200);
        assert_eq!(closed.str("/closures/0/ground"), "call_back_declined");
    }
}
