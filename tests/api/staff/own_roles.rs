//! Roles of the installation's own.

use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::json;

use super::{ROLES, STAFF, admin, hire, program};
use crate::fixtures::{COMPLAINTS, CUSTOMERS};
use crate::on_both;

on_both! {
    async fn a_role_of_our_own_allows_what_it_says_and_nothing_else(desk) {
        let admin = admin(&desk);
        let body = json!({ "name": "Watch", "permissions": ["read-customers", "read-complaints", "read-complaints"] });
        let made = admin.put(&format!("{ROLES}/watch"), &body).await.expect(201);
        assert_eq!(made.at("/permissions"), &json!(["read-complaints", "read-customers"]), "in the order of the table, each once");
        let watch = program(&desk, json!({ "name": "watcher", "role": "watch" })).await;
        watch.get(COMPLAINTS).await.expect(200);
        watch.get(CUSTOMERS).await.expect(200);
        watch.post(CUSTOMERS, &json!({ "name": "Wang" })).await.expect_problem(403, "auth.forbidden");
        let me = watch.get("/api/v1/me").await.expect(200);
        assert_eq!((me.str("/role"), me.at("/permissions")), ("watch", made.at("/permissions")));
        // The change is felt at once here.
        let body = json!({ "name": "Watch", "permissions": ["read-complaints"] });
        let changed = admin.if_match(made.etag()).put(&format!("{ROLES}/watch"), &body).await.expect(200);
        assert_eq!(changed.etag(), "\"2\"");
        watch.get(CUSTOMERS).await.expect_problem(403, "auth.forbidden");
        watch.get(COMPLAINTS).await.expect(200);
    }
}

on_both! {
    async fn the_list_of_roles_is_the_table_and_what_was_added(desk) {
        admin(&desk).put(&format!("{ROLES}/watch"), &json!({ "name": "Watch", "permissions": [] })).await.expect(201);
        let listed = desk.agent().get(ROLES).await.expect(200);
        let mut expected: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        expected.push("watch");
        assert_eq!(listed.each("slug"), expected);
        for (n, role) in Role::ALL.iter().enumerate() {
            assert_eq!(listed.at(&format!("/{n}/permissions")), &json!(role.permissions()));
            assert_eq!(listed.at(&format!("/{n}/built_in")), &json!(true));
        }
        desk.agent().get(&format!("{ROLES}/lead")).await.expect(200);
        desk.agent().get(&format!("{ROLES}/%00")).await.expect_problem(404, "resource.not_found");
    }
}

on_both! {
    async fn a_role_in_use_and_a_built_in_one_stay(desk) {
        let admin = admin(&desk);
        let gone = async |slug: &str| admin.send(Method::DELETE, &format!("{ROLES}/{slug}"), None).await;
        let body = json!({ "name": "Watch", "permissions": ["read-complaints"] });
        for slug in ["by_member", "by_token", "by_nobody"] {
            admin.put(&format!("{ROLES}/{slug}"), &body).await.expect(201);
        }
        let member = hire(&desk, "watcher", "by_member").await;
        program(&desk, json!({ "name": "watcher-app", "role": "by_token" })).await;
        gone("by_member").await.expect_problem(409, "role.in_use");
        gone("by_token").await.expect_problem(409, "role.in_use");
        gone("by_nobody").await.expect(200);
        gone("by_nobody").await.expect_problem(404, "resource.not_found");
        let path = format!("{STAFF}/{member}");
        admin.if_match("\"1\"").patch(&path, &json!({ "role": "agent" })).await.expect(200);
        gone("by_member").await.expect(200);
        for built_in in Role::ALL {
            gone(built_in.as_str()).await.expect_problem(409, "role.built_in");
            let changed = admin.put(&format!("{ROLES}/{built_in}"), &body).await;
            changed.expect_problem(409, "role.built_in");
        }
    }
}

on_both! {
    async fn a_role_that_does_not_fit_is_refused(desk) {
        let admin = admin(&desk);
        let body = json!({ "name": " ", "permissions": [] });
        admin.put(&format!("{ROLES}/Night%20desk"), &body).await.expect_invalid(&["/slug", "/name"]);
        let unknown = json!({ "name": "x", "permissions": ["fly"] });
        admin.put(&format!("{ROLES}/night"), &unknown).await.expect_invalid(&["/permissions/0"]);
        let new = admin.if_match("\"1\"").put(&format!("{ROLES}/night"), &json!({ "name": "x", "permissions": [] })).await;
        new.expect_problem(412, "request.precondition_failed");
        assert_eq!(desk.rows("custom_roles"), 0);
    }
}
