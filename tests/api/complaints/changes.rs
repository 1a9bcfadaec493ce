//! Assigning, waiting, the customer type.

use chrono::TimeDelta;
use serde_json::json;

use crate::fixtures::Case;
use crate::on_both;

on_both! {
    async fn a_complaint_is_given_to_somebody_and_taken_back(desk) {
        let case = Case::logged(&desk).await;
        let given = case.post("assign", &json!({ "owner": " li.na ", "note": "knows the street" })).await.expect(200);
        assert_eq!(given.str("/owner"), "li.na");
        let entry = case.last_entry().await;
        assert_eq!(entry["before"], json!({ "owner": null }));
        assert_eq!(entry["after"], json!({ "owner": "li.na", "note": "knows the street" }));
        let taken = case.post("assign", &json!({ "owner": null })).await.expect(200);
        assert_eq!((taken.at("/owner"), taken.str("/state")), (&json!(null), "received"));
        let endless = case.post("assign", &json!({ "owner": "x".repeat(101), "note": "x".repeat(2_001) })).await;
        endless.expect_invalid(&["/owner", "/note"]);
    }
}

on_both! {
    async fn a_wait_says_for_whom_and_ends_when_it_is_resumed(desk) {
        let case = Case::logged(&desk).await;
        case.refuses("resume", &json!({}), 409, "complaint.not_waiting").await;
        case.post("wait", &json!({ "ball_with": "us", "reason": " " })).await.expect_invalid(&["/ball_with", "/reason"]);
        let waiting = case.post("wait", &json!({ "ball_with": "third_party", "reason": "the depot" })).await.expect(200);
        assert_eq!((waiting.str("/state"), waiting.str("/ball_with")), ("waiting", "third_party"));
        assert_eq!(case.last_entry().await["after"], json!({ "ball_with": "third_party", "reason": "the depot" }));
        case.refuses("wait", &json!({ "ball_with": "customer", "reason": "x" }), 409, "complaint.waiting").await;
        let resumed = case.post("resume", &json!({ "note": "it has come" })).await.expect(200);
        assert_eq!((resumed.str("/state"), resumed.str("/ball_with")), ("in_handling", "us"));
        assert_eq!(case.last_entry().await["before"], json!({ "ball_with": "third_party" }));
    }
}

on_both! {
    async fn the_customer_type_keeps_its_history_through_the_case(desk) {
        let case = Case::logged(&desk).await;
        for (now, note) in [("hesitant", json!("does not know which")), ("friendly", json!(null))] {
            desk.pass(TimeDelta::minutes(5));
            let set = case.put("customer-type", &json!({ "customer_type": now, "note": note })).await.expect(200);
            assert_eq!(set.str("/customer_type"), now);
        }
        let history = case.get().await;
        let history = history.at("/type_changes").as_array().unwrap();
        let types: Vec<_> = history.iter().map(|change| change["customer_type"].as_str().unwrap()).collect();
        assert_eq!(types, ["angry", "hesitant", "friendly"]);
        assert_eq!((&history[1]["note"], &history[1]["agent"]), (&json!("does not know which"), &json!("test agent")));
        assert!(history[0]["changed_at"].as_str() < history[1]["changed_at"].as_str());
        let unknown = case.put("customer-type", &json!({ "customer_type": "grumpy" })).await;
        unknown.expect_invalid(&["/customer_type"]);
    }
}
