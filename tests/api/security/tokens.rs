//! What was a secret once opens nothing again.

use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::json;

use crate::fixtures::{COMPLAINTS, Case, PUBLIC};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Desk;

const TOKENS: &str = "/api/v1/service-tokens";
const ME: &str = "/api/v1/me";

/// A token's id and secret.
async fn made(desk: &Desk, name: &str) -> (String, String) {
    let admin = desk.client(Role::Admin);
    let made = admin
        .post(TOKENS, &json!({ "name": name, "role": "agent" }))
        .await
        .expect(201);
    (made.id().to_owned(), made.str("/secret").to_owned())
}

on_both! {
    async fn a_revoked_token_gets_not_even_an_answer_it_had_before(desk) {
        let (id, secret) = made(&desk, "lost").await;
        let program = desk.with_token(&secret).with("idempotency-key", "1");
        program.post(COMPLAINTS, &by_phone()).await.expect(201);
        desk.client(Role::Admin).send(Method::DELETE, &format!("{TOKENS}/{id}"), None).await.expect(200);
        program.post(COMPLAINTS, &by_phone()).await.expect_problem(401, "auth.required");
        assert_eq!(desk.rows("complaints"), 1);
    }
}

on_both! {
    async fn a_token_counts_in_its_header_only(desk) {
        let (_, secret) = made(&desk, "program").await;
        desk.with_token(&secret).get(ME).await.expect(200);
        let stranger = desk.anonymous();
        for address in [format!("{ME}?access_token={secret}"), format!("{ME}?token={secret}"), format!("{PUBLIC}/{secret}")] {
            let refused = stranger.get(&address).await;
            assert!(matches!(refused.status, 401 | 404), "{address}: {}", refused.text);
        }
        for (header, value) in [
            ("cookie", format!("token={secret}; session={secret}; __Host-hark_session={secret}")),
            ("x-api-key", secret.clone()),
            ("proxy-authorization", format!("Bearer {secret}")),
            ("authorization", format!("Basic {secret}")),
            ("authorization", format!("Bearer {}", &secret[..secret.len() - 1])),
            ("authorization", format!("Bearer {secret}A")),
            ("authorization", format!("Bearer {}", secret.to_lowercase())),
            ("authorization", format!("Bearer {secret}, Bearer {secret}")),
            ("x-forwarded-user", "admin".to_owned()),
            ("x-original-url", ME.to_owned()),
        ] {
            stranger.with(header, &value).get(ME).await.expect_problem(401, "auth.required");
        }
    }
}

on_both! {
    async fn a_private_link_is_no_token_and_opens_nothing_once_it_is_renewed(desk) {
        let (case, link) = Case::filed(&desk).await;
        let secret = link.rsplit('/').next().unwrap().to_owned();
        for credentials in [secret.clone(), format!("hark_{secret}")] {
            desk.with_token(&credentials).get(ME).await.expect_problem(401, "auth.required");
        }
        let renewed = case.post("tracking-link", &json!({})).await;
        assert!(renewed.status < 300, "{}", renewed.text);
        let customer = desk.anonymous();
        customer.get(&link).await.expect_problem(404, "resource.not_found");
        customer.post(&format!("{link}/messages"), &json!({ "body": "x" })).await.expect_problem(404, "resource.not_found");
        customer.get(&format!("{PUBLIC}/{}", renewed.str("/tracking_token"))).await.expect(200);
    }
}

on_both! {
    async fn a_token_of_one_desk_is_unknown_at_another(desk) {
        let (_, secret) = made(&desk, "program").await;
        let other = Desk::sqlite();
        other.with_token(&secret).get(ME).await.expect_problem(401, "auth.required");
    }
}

on_both! {
    async fn nobody_changes_another_method_into_one_they_may_use(desk) {
        let case = Case::logged(&desk).await;
        let auditor = desk.client(Role::Auditor);
        for header in ["x-http-method-override", "x-http-method", "x-method-override"] {
            auditor.with(header, "GET").post(&format!("{}/withdraw", case.path()), &json!({ "reason": "x" })).await.expect(403);
            auditor.with(header, "PATCH").get(&case.path()).await.expect(200);
        }
        let traced = auditor.send(Method::TRACE, &case.path(), None).await;
        traced.expect_problem(405, "request.method_not_allowed");
    }
}
