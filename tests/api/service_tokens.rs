//! `/api/v1/service-tokens` and `/api/v1/me`: programs prove who they are.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::json;

use crate::on_both;

const TOKENS: &str = "/api/v1/service-tokens";
const ME: &str = "/api/v1/me";

on_both! {
    async fn a_token_is_made_once_shown_once_and_works(desk) {
        let admin = desk.client(Role::Admin);
        let made = admin.post(TOKENS, &json!({ "name": "crm-sync", "role": "sales", "days": 30 })).await.expect(201);
        let secret = made.str("/secret");
        assert!(secret.starts_with("hark_") && secret.len() > 40);
        let me = desk.with_token(secret).get(ME).await.expect(200);
        assert_eq!(me.json, json!({ "name": "crm-sync", "role": "sales", "permissions": Role::Sales.permissions() }));
        let listed = admin.get(TOKENS).await.expect(200);
        assert_eq!(listed.items().len(), 1 + Role::ALL.len());
        assert_eq!(listed.str("/0/name"), "crm-sync", "the newest first");
        assert_eq!(listed.at("/0/created_by"), &json!("test admin"));
        assert!(!listed.text.contains(secret));
        let again = admin.post(TOKENS, &json!({ "name": "crm-sync", "role": "agent" })).await;
        again.expect_problem(409, "resource.name_taken");
    }
}

on_both! {
    async fn a_token_that_does_not_fit_is_refused_by_its_pointers(desk) {
        let admin = desk.client(Role::Admin);
        for days in [0, -1, 731] {
            let body = json!({ "name": " ", "role": "sales", "days": days });
            admin.post(TOKENS, &body).await.expect_invalid(&["/name", "/days"]);
        }
        admin.post(TOKENS, &json!({ "name": "x", "role": "king" })).await.expect_invalid(&["/role"]);
        assert_eq!(desk.rows("service_tokens"), i64::try_from(Role::ALL.len()).unwrap());
    }
}

on_both! {
    async fn a_token_ends_with_its_last_day(desk) {
        let admin = desk.client(Role::Admin);
        let made = admin.post(TOKENS, &json!({ "name": "short", "role": "sales", "days": 1 })).await.expect(201);
        let program = desk.with_token(made.str("/secret"));
        desk.pass(TimeDelta::days(1) - TimeDelta::seconds(1));
        program.get(ME).await.expect(200);
        desk.pass(TimeDelta::seconds(1));
        program.get(ME).await.expect_problem(401, "auth.required");
    }
}

on_both! {
    async fn a_revoked_token_is_refused_at_once(desk) {
        let admin = desk.client(Role::Admin);
        let made = admin.post(TOKENS, &json!({ "name": "lost", "role": "sales" })).await.expect(201);
        let program = desk.with_token(made.str("/secret"));
        program.get(ME).await.expect(200);
        let path = format!("{TOKENS}/{}", made.id());
        let revoked = admin.send(reqwest::Method::DELETE, &path, None).await.expect(200);
        assert_eq!(revoked.str("/revoked_at"), desk.now().to_string());
        program.get(ME).await.expect_problem(401, "auth.required");
        desk.pass(TimeDelta::minutes(1));
        let again = admin.send(reqwest::Method::DELETE, &path, None).await.expect(200);
        assert_eq!(again.text, revoked.text, "revoking twice is the same as once");
        admin.get(ME).await.expect(200);
    }
}

on_both! {
    async fn credentials_that_are_none_are_refused_the_same_way(desk) {
        let agent = desk.agent();
        for credentials in ["Bearer hark_unknown", "Bearer x", "Bearer", "Bearer ", "Basic aGFyazpoYXJr", "hark_unknown", ""] {
            let refused = agent.with("authorization", credentials).get(ME).await.expect_problem(401, "auth.required");
            assert_eq!(refused.header("www-authenticate"), Some("Bearer"), "{credentials}");
        }
    }
}
