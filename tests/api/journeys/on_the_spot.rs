//! Resolved on the spot (当场解决): derived when the complaint is closed, never typed.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{by_phone, upheld};
use crate::fixtures::{Case, merged, reason};
use crate::on_both;
use crate::support::Desk;

/// Whether a complaint that differs so from one by phone was resolved on the spot, when the
/// customer declines the call-back and it is closed after `minutes`.
async fn on_the_spot(desk: &Desk, differs: Value, minutes: i64) -> bool {
    let case = Case::of(desk, &merged(by_phone(), differs)).await;
    closed(&case, minutes, &upheld()).await
}

async fn closed(case: &Case<'_>, minutes: i64, how: &Value) -> bool {
    case.work().await;
    case.skip("call_back", "customer_declined").await.expect(200);
    case.desk.pass(TimeDelta::minutes(minutes));
    let closed = case.post("close", how).await.expect(200);
    assert_eq!(closed.at("/on_the_spot"), closed.at("/closures/0/on_the_spot"));
    closed.at("/on_the_spot").as_bool().unwrap()
}

on_both! {
    async fn a_live_contact_closed_within_the_hour_was_resolved_on_the_spot(desk) {
        assert!(on_the_spot(&desk, json!({}), 20).await);
        assert!(on_the_spot(&desk, json!({ "channel": "counter" }), 60).await);
        assert!(!on_the_spot(&desk, json!({}), 61).await, "too late");
        for channel in ["web", "email", "letter", "api"] {
            assert!(!on_the_spot(&desk, json!({ "channel": channel }), 20).await, "{channel}");
        }
        let an_hour_ago = json!({ "received_at": desk.in_minutes(-60) });
        assert!(!on_the_spot(&desk, an_hour_ago, 20).await, "received long before");
    }
}

on_both! {
    async fn what_waited_was_rejected_or_opened_again_was_not_resolved_on_the_spot(desk) {
        let waited = Case::logged(&desk).await;
        waited.post("wait", &json!({ "ball_with": "third_party", "reason": "the depot" })).await.expect(200);
        waited.post("resume", &json!({})).await.expect(200);
        assert!(!closed(&waited, 20, &upheld()).await);

        let rejected = Case::logged(&desk).await;
        assert!(!closed(&rejected, 20, &json!({ "decision": "rejected", "reason": "not ours" })).await);

        let case = Case::logged(&desk).await;
        assert!(closed(&case, 1, &upheld()).await);
        let opened = case.post("reopen", &reason("it broke again")).await.expect(200);
        assert_eq!(opened.at("/on_the_spot"), &json!(false));
        case.work_again().await;
        case.skip("call_back", "customer_declined").await.expect(200);
        let again = case.post("close", &upheld()).await.expect(200);
        assert_eq!(again.at("/on_the_spot"), &json!(false));
        assert_eq!(again.at("/closures/0/on_the_spot"), &json!(true), "the first closing keeps its own");
    }
}
