//! `GET /complaints/{id}/timeline`.

use serde_json::json;

use crate::fixtures::{COMPLAINTS, Case, field, reason, walk};
use crate::journeys::{by_phone, upheld};
use crate::on_both;

on_both! {
    async fn an_entry_tells_who_did_what_when_and_in_which_request(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("{}/assign", case.path());
        case.agent.with("x-request-id", "call-42").post(&path, &json!({ "owner": "mary" })).await.expect(200);
        let entry = case.last_entry().await;
        assert_eq!((&entry["action"], &entry["request_id"]), (&json!("assigned"), &json!("call-42")));
        assert_eq!((&entry["actor"], &entry["actor_kind"]), (&json!("test agent"), &json!("staff")));
        assert_eq!(entry["happened_at"], desk.now().to_string());
        assert_eq!((&entry["before"], &entry["after"]["owner"]), (&json!({ "owner": null }), &json!("mary")));
        let first = case.list("timeline").await.items()[0].clone();
        assert_eq!((&first["action"], &first["after"]["channel"]), (&json!("received"), &by_phone()["channel"]));
    }
}

on_both! {
    async fn every_change_leaves_one_entry_and_a_refused_one_leaves_none(desk) {
        let case = Case::worked(&desk).await;
        case.refuses("close", &upheld(), 409, "closing.no_call_back_outcome").await;
        let promise = case.promise(10, 20).await;
        case.call_back(&promise, "cancel", &reason("no need")).await.expect(200);
        case.post("close", &upheld()).await.expect(200);
        case.post("reopen", &reason("it broke again")).await.expect(200);
        case.post("withdraw", &reason("settled")).await.expect(200);
        let expected = [
            "received", "steps_recorded", "call_back_promised", "call_back_cancelled", "closed", "reopened", "withdrawn",
        ];
        assert_eq!(case.actions().await, expected);
        assert_eq!(case.get().await.at("/version"), &json!(expected.len()), "the version counts the changes");
        let pages = walk(&case.agent, &format!("{}/timeline", case.path()), 2, async || {}).await;
        assert_eq!(field(&pages, "action"), expected);
    }
}

on_both! {
    async fn what_hangs_on_no_complaint_is_not_found(desk) {
        let nobody = format!("{COMPLAINTS}/00000000-0000-7000-8000-000000000000");
        for part in ["", "/timeline", "/messages", "/call-backs"] {
            desk.agent().get(&format!("{nobody}{part}")).await.expect_problem(404, "resource.not_found");
        }
        desk.agent().get(&format!("{COMPLAINTS}/K7QM-3R9X")).await.expect_problem(404, "resource.not_found");
    }
}
