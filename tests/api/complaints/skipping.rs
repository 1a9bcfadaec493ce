//! Leaving a step out: which reason the policy allows for which step.

use serde_json::json;

use crate::fixtures::{Case, merged};
use crate::journeys::{by_phone, six_steps};
use crate::on_both;
use crate::support::Desk;

/// The seven steps, and the reasons for which each may be left out of a complaint.
const POLICY: &[(&str, &[&str])] = &[
    ("listen", &[]),
    ("accept_feelings", &["no_feeling_shown"]),
    ("apologise", &["no_fault_found", "legal_review"]),
    ("understand_needs", &["stated_in_writing"]),
    ("seek_solutions", &["done_on_the_spot"]),
    ("explain_actions", &["done_on_the_spot"]),
    ("call_back", &["customer_declined"]),
];

const REASONS: &[&str] = &[
    "no_feeling_shown",
    "no_fault_found",
    "legal_review",
    "stated_in_writing",
    "done_on_the_spot",
    "not_a_complaint",
    "customer_declined",
    "unreachable",
    "no_contact_details",
];

/// Tries every reason for every step, each when it is its turn.
async fn expect_policy(desk: &Desk, differs: serde_json::Value, also: &str) {
    let case = Case::of(desk, &merged(by_phone(), differs)).await;
    let records = six_steps(&desk.in_minutes(60));
    for (n, (step, allowed)) in POLICY.iter().enumerate() {
        for why in REASONS {
            let may = allowed.contains(why) || (*why == also && n > 0);
            let reply = case.skip(step, why).await;
            if may {
                let kept = reply.expect(200);
                assert_eq!(kept.at(&format!("/steps/{n}/skip_reason")), why, "{step}");
            } else {
                reply.expect_problem(422, "procedure.skip_not_allowed");
            }
        }
        if let Some(record) = records["steps"].get(n) {
            let record = json!({ "record": record["record"] });
            case.put(&format!("steps/{step}"), &record).await.expect(200);
        }
    }
}

on_both! {
    async fn a_complaints_step_is_left_out_only_for_a_reason_the_policy_allows(desk) {
        expect_policy(&desk, json!({}), "nothing else").await;
    }
}

on_both! {
    async fn a_question_or_feedback_may_leave_out_everything_but_listening(desk) {
        expect_policy(&desk, json!({ "kind": "question" }), "not_a_complaint").await;
        expect_policy(&desk, json!({ "kind": "feedback" }), "not_a_complaint").await;
    }
}

on_both! {
    async fn a_customer_without_a_phone_number_need_not_be_called(desk) {
        let by_mail = json!({ "channel": "email", "customer": { "phone": null, "email": "li.na@example.com" } });
        let case = Case::of(&desk, &merged(by_phone(), by_mail)).await;
        case.work().await;
        let kept = case.skip("call_back", "no_contact_details").await.expect(200);
        assert_eq!(kept.str("/steps/6/skip_reason"), "no_contact_details");
        let closed = case.post("close", &crate::journeys::upheld()).await.expect(200);
        assert_eq!(closed.str("/closures/0/ground"), "unreachable");
    }
}

on_both! {
    async fn leaving_a_step_out_tells_who_when_and_why(desk) {
        let case = Case::logged(&desk).await;
        case.put("steps/listen", &json!({ "record": { "own_words": "x" } })).await.expect(200);
        let why = json!({ "skip": { "reason": "no_feeling_shown", "note": "calm throughout" } });
        let kept = case.put("steps/accept_feelings", &why).await.expect(200);
        assert_eq!(kept.str("/steps/1/skip_note"), "calm throughout");
        assert_eq!((kept.at("/steps/1/record"), kept.str("/steps/1/agent")), (&json!(null), "test agent"));
        let after = json!({ "accept_feelings": { "skipped": "no_feeling_shown", "note": "calm throughout" } });
        assert_eq!(case.last_entry().await["after"], after);
        let endless = json!({ "skip": { "reason": "no_feeling_shown", "note": "x".repeat(2_001) } });
        case.put("steps/accept_feelings", &endless).await.expect_invalid(&["/skip/note"]);
    }
}

on_both! {
    async fn a_refused_skip_is_pointed_at(desk) {
        let case = Case::logged(&desk).await;
        let listened = json!({ "step": "listen", "record": { "own_words": "it drops out" } });
        let skip = |why: &str| json!({ "step": "accept_feelings", "skip": { "reason": why } });
        let refused = case.put("steps", &json!({ "steps": [listened, skip("legal_review")] })).await;
        let refused = refused.expect_problem(422, "procedure.skip_not_allowed");
        assert_eq!(refused.pointers(), ["/steps/1/skip"]);
        case.put("steps", &json!({ "steps": [listened] })).await.expect(200);
        let refused = case.skip("accept_feelings", "legal_review").await;
        assert_eq!(refused.expect_problem(422, "procedure.skip_not_allowed").pointers(), ["/skip"]);
        case.put("steps", &json!({ "steps": [skip("no_feeling_shown")] })).await.expect(200);
    }
}
