//! `POST /public/complaints`: what a stranger may say.

use serde_json::json;

use crate::fixtures::{Case, PUBLIC, by_web, merged};
use crate::on_both;

on_both! {
    async fn everything_that_does_not_fit_is_told_to_the_customer_at_once(desk) {
        let customer = desk.anonymous();
        let wrong = json!({
            "phone": "abc", "email": "li.na", "name": "x".repeat(201), "subject": "x".repeat(201), "statement": " ",
            "product": "x".repeat(201), "order_ref": "x".repeat(101), "desired_remedy": "x".repeat(2_001),
            "language": "?", "time_zone": "Mars/Olympus", "preferred_time": "x".repeat(201), "incident_at": desk.in_minutes(10),
        });
        customer.post(PUBLIC, &merged(by_web(), wrong)).await.expect_invalid(&[
            "/phone", "/email", "/name", "/subject", "/statement", "/product", "/order_ref", "/desired_remedy", "/language",
            "/time_zone", "/preferred_time", "/incident_at",
        ]);
        let no_way_to_answer = json!({ "phone": " ", "email": null, "language": "?", "product": "x".repeat(201) });
        let refused = customer.post(PUBLIC, &merged(by_web(), no_way_to_answer)).await;
        refused.expect_invalid(&["/phone", "/language", "/product"]);
        customer.post(PUBLIC, &merged(by_web(), json!({ "statement": "" }))).await.expect_invalid(&["/statement"]);
        assert_eq!(desk.rows("complaints") + desk.rows("customers"), 0);
    }
}

on_both! {
    async fn a_stranger_does_not_say_what_the_desk_has_to_judge(desk) {
        for (field, value) in [
            ("owner", json!("me")), ("severity", json!("critical")), ("customer_id", json!("x")), ("channel", json!("phone")),
            ("received_at", json!("2020-01-01T00:00:00Z")), ("category", json!("billing")), ("external_ref", json!("x")),
        ] {
            let form = merged(by_web(), json!({ field: value }));
            desk.anonymous().post(PUBLIC, &form).await.expect_invalid(&[&format!("/{field}")]);
        }
    }
}

on_both! {
    async fn a_receipt_tells_a_stranger_nothing_of_a_customer_who_is_known(desk) {
        Case::logged(&desk).await;
        let filed = desk.anonymous().post(PUBLIC, &by_web()).await.expect(201);
        let mut told: Vec<&String> = filed.json.as_object().unwrap().keys().collect();
        told.sort();
        assert_eq!(told, ["reference", "tracking_token", "tracking_url"]);
        assert_eq!(desk.rows("customers"), 1, "recognised all the same");
        assert_eq!(desk.outbox(), ["acknowledge"]);
    }
}

on_both! {
    async fn a_phone_number_or_an_address_is_enough(desk) {
        for without in ["phone", "email"] {
            let form = merged(by_web(), json!({ without: null, "name": null, "subject": "Door" }));
            let filed = desk.anonymous().post(PUBLIC, &form).await.expect(201);
            let seen = desk.anonymous().get(filed.str("/tracking_url")).await.expect(200);
            assert_eq!(seen.str("/subject"), "Door");
        }
    }
}
