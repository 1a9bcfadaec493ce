//! `/api/v1/service-tokens` and `/api/v1/me`: programs prove who they are.

use chrono::TimeDelta;
use diesel::prelude::*;
use hark::db::schema::service_tokens;
use hark::domain::staff::{Role, tokens};
use hark::ids::TokenId;
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

on_both! {
    async fn scopes_take_away_from_the_role_and_nothing_else(desk) {
        let admin = desk.client(Role::Admin);
        let body = json!({ "name": "reader", "role": "sales", "scopes": ["read-customers"] });
        let made = admin.post(TOKENS, &body).await.expect(201);
        let program = desk.with_token(made.str("/secret"));
        assert_eq!(program.get(ME).await.expect(200).at("/permissions"), &json!(["read-customers"]));
        program.get("/api/v1/customers").await.expect(200);
        let refused = program.post("/api/v1/customers", &json!({ "name": "Wang" })).await.expect_problem(403, "auth.forbidden");
        assert_eq!(refused.str("/detail"), "the scopes of this token leave out `write-customers`");
        let refused = program.get("/api/v1/complaints").await.expect_problem(403, "auth.forbidden");
        assert_eq!(refused.str("/detail"), "the role `sales` may not `read-complaints`");
        let beyond = json!({ "name": "x", "role": "sales", "scopes": ["read-customers", "read-complaints"] });
        admin.post(TOKENS, &beyond).await.expect_invalid(&["/scopes/1"]);
        let none = json!({ "name": "x", "role": "sales", "scopes": [] });
        admin.post(TOKENS, &none).await.expect_invalid(&["/scopes"]);
        let nowhere = json!({ "name": "x", "role": "sales", "teams": ["00000000-0000-7000-8000-000000000000"] });
        admin.post(TOKENS, &nowhere).await.expect_invalid(&["/teams/0"]);
    }
}

on_both! {
    async fn a_renewed_secret_works_beside_the_one_before_until_the_overlap_ends(desk) {
        let admin = desk.client(Role::Admin);
        let made = admin.post(TOKENS, &json!({ "name": "crm-sync", "role": "sales", "days": 30 })).await.expect(201);
        let path = format!("{TOKENS}/{}", made.id());
        let first = desk.with_token(made.str("/secret"));
        first.get(ME).await.expect(200);
        let renewed = admin.if_match(made.etag()).post(&format!("{path}/rotate"), &json!({ "overlap_hours": 2 })).await.expect(200);
        assert_eq!((renewed.id(), renewed.str("/name"), renewed.etag()), (made.id(), "crm-sync", "\"2\""));
        let second = desk.with_token(renewed.str("/secret"));
        assert_eq!(first.get(ME).await.expect(200).text, second.get(ME).await.expect(200).text, "the same program");
        let read = admin.get(&path).await.expect(200);
        assert!(!read.text.contains("hark_"));
        assert_eq!(read.str("/expires_at"), (desk.now() + TimeDelta::days(90)).to_string());
        desk.pass(TimeDelta::hours(2) - TimeDelta::seconds(1));
        first.get(ME).await.expect(200);
        desk.pass(TimeDelta::seconds(1));
        first.get(ME).await.expect_problem(401, "auth.required");
        second.get(ME).await.expect(200);
        // A secret from before the last one works no more, whatever its overlap was.
        let third = admin.post(&format!("{path}/rotate"), &json!({ "overlap_hours": 720 })).await.expect(200);
        let fourth = admin.post(&format!("{path}/rotate"), &json!({ "overlap_hours": 0 })).await.expect(200);
        second.get(ME).await.expect_problem(401, "auth.required");
        desk.with_token(third.str("/secret")).get(ME).await.expect_problem(401, "auth.required");
        let fourth = desk.with_token(fourth.str("/secret"));
        fourth.get(ME).await.expect(200);
        for overlap in [-1, 721] {
            let refused = admin.post(&format!("{path}/rotate"), &json!({ "overlap_hours": overlap, "days": 731 })).await;
            refused.expect_invalid(&["/overlap_hours", "/days"]);
        }
        admin.send(reqwest::Method::DELETE, &path, None).await.expect(200);
        fourth.get(ME).await.expect_problem(401, "auth.required");
        admin.post(&format!("{path}/rotate"), &json!({})).await.expect_problem(409, "token.revoked");
    }
}

on_both! {
    async fn revoking_ends_both_secrets_of_an_overlap(desk) {
        let admin = desk.client(Role::Admin);
        let made = admin.post(TOKENS, &json!({ "name": "lost", "role": "sales" })).await.expect(201);
        let path = format!("{TOKENS}/{}", made.id());
        let renewed = admin.post(&format!("{path}/rotate"), &json!({})).await.expect(200);
        let both = [desk.with_token(made.str("/secret")), desk.with_token(renewed.str("/secret"))];
        for program in &both {
            program.get(ME).await.expect(200);
        }
        admin.send(reqwest::Method::DELETE, &path, None).await.expect(200);
        for program in &both {
            program.get(ME).await.expect_problem(401, "auth.required");
        }
    }
}

on_both! {
    async fn the_last_use_of_a_token_is_noted_once_a_minute(desk) {
        let admin = desk.client(Role::Admin);
        let made = admin.post(TOKENS, &json!({ "name": "crm-sync", "role": "sales" })).await.expect(201);
        assert_eq!(made.at("/last_used_at"), &json!(null));
        let path = format!("{TOKENS}/{}", made.id());
        let program = desk.with_token(made.str("/secret"));
        let noted = async |at: &str| {
            // It is noted beside the request.
            for _ in 0..200 {
                let seen = admin.get(&path).await.expect(200);
                if seen.json["last_used_at"].as_str() == Some(at) {
                    assert_eq!(seen.etag(), "\"1\"", "a use is no change");
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            panic!("not noted: {at}");
        };
        program.get(ME).await.expect(200);
        let first = desk.now().to_string();
        noted(&first).await;
        desk.pass(TimeDelta::seconds(59));
        program.get(ME).await.expect(200);
        assert_eq!(admin.get(&path).await.str("/last_used_at"), first);
        desk.pass(TimeDelta::seconds(1));
        program.get(ME).await.expect(200);
        noted(&desk.now().to_string()).await;
    }
}

on_both! {
    async fn a_mistyped_token_is_told_from_one_that_no_longer_works(desk) {
        let admin = desk.client(Role::Admin);
        let made = admin.post(TOKENS, &json!({ "name": "crm-sync", "role": "sales" })).await.expect(201);
        let secret = made.str("/secret").to_owned();
        let pattern = |text: &str| text.len() == 54 && text.starts_with("hark_");
        assert!(pattern(&secret), "as docs/service-tokens.md tells scanners: {}", secret.len());
        let mut mistyped = secret.clone();
        mistyped.replace_range(20..21, if &secret[20..21] == "a" { "b" } else { "a" });
        let said = async |secret: &str| {
            let refused = desk.with_token(secret).get(ME).await.expect_problem(401, "auth.required");
            refused.str("/detail").to_owned()
        };
        assert!(said(&mistyped).await.contains("mistyped"));
        assert!(said(&secret[..50]).await.contains("mistyped"));
        admin.send(reqwest::Method::DELETE, &format!("{TOKENS}/{}", made.id()), None).await.expect(200);
        assert!(said(&secret).await.contains("revoked"));
    }
}

on_both! {
    async fn a_token_from_before_the_checksum_still_works(desk) {
        let admin = desk.client(Role::Admin);
        let made = admin.post(TOKENS, &json!({ "name": "old", "role": "sales" })).await.expect(201);
        let old = format!("{}{}", tokens::PREFIX, tokens::random_secret());
        let (id, hash) = (TokenId(made.id().parse().unwrap()), tokens::hash(&old));
        desk.app.db.write(move |conn| {
            diesel::update(service_tokens::table.find(id)).set(service_tokens::token_hash.eq(hash.clone())).execute(conn)?;
            Ok(())
        }).await.unwrap();
        desk.with_token(&old).get(ME).await.expect(200);
    }
}
