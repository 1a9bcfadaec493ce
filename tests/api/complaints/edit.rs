//! `PATCH /complaints/{id}`: correcting what was taken in.

use serde_json::json;

use crate::fixtures::Case;
use crate::on_both;

on_both! {
    async fn a_correction_changes_what_it_names_and_tells_what_differed(desk) {
        let case = Case::logged(&desk).await;
        let before = case.get().await;
        let corrected = case.edit(&json!({
            "subject": "路由器每晚八点掉线", "severity": "high", "category": "broadband", "product": null,
            "desired_remedy": "换路由器", "preferred_medium": "phone", "facts": ["20:00", "每天"],
            "statement": before.at("/statement/statement"), "first_expressed_at": desk.in_minutes(-60),
        })).await.expect(200);
        assert_eq!((corrected.str("/subject"), corrected.str("/severity")), ("路由器每晚八点掉线", "high"));
        assert_eq!((corrected.at("/statement/product"), corrected.str("/statement/desired_remedy")), (&json!(null), "换路由器"));
        assert_eq!(corrected.at("/statement/opinions"), before.at("/statement/opinions"), "not named, not changed");
        let entry = case.last_entry().await;
        assert_eq!(entry["before"], json!({
            "subject": "路由器每晚掉线", "severity": "medium", "category": "other", "product": "家庭宽带 300M",
            "desired_remedy": "退还一个月的费用", "preferred_medium": null, "facts": ["每天 20:00 断网"],
            "first_expressed_at": before.at("/first_expressed_at"),
        }));
        assert_eq!(entry["after"]["product"], json!(null));
        assert_eq!(entry["after"].as_object().unwrap().len(), 8, "only what differs");
    }
}

on_both! {
    async fn a_correction_that_does_not_fit_changes_nothing(desk) {
        let case = Case::logged(&desk).await;
        let before = case.everything().await;
        let wrong = json!({
            "subject": "", "statement": " ", "category": "A", "language": "?", "facts": [""], "product": "x".repeat(201),
            "on_behalf_of": "x".repeat(201), "first_expressed_at": desk.in_minutes(1),
        });
        let pointers = [
            "/subject", "/statement", "/category", "/language", "/facts/0", "/product", "/on_behalf_of", "/first_expressed_at",
        ];
        case.edit(&wrong).await.expect_invalid(&pointers);
        for not_mine in ["state", "reference", "received_at", "customer_id", "on_the_spot"] {
            case.edit(&json!({ not_mine: "x" })).await.expect_invalid(&[&format!("/{not_mine}")]);
        }
        let path = case.path();
        case.agent.patch(&path, &json!({ "subject": "x" })).await.expect_problem(428, "request.precondition_required");
        assert_eq!(case.everything().await, before);
    }
}
