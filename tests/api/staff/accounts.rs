//! Accounts: handles, addresses, roles, and the last administrator.

use hark::domain::staff::Role;
use serde_json::json;

use super::{STAFF, TOKENS, admin, hire, id_of};
use crate::fixtures::{field, merged, walk};
use crate::on_both;

on_both! {
    async fn somebody_is_added_found_and_changed(desk) {
        let admin = admin(&desk);
        let body = json!({ "handle": "zhang.min", "name": "张敏", "email": " Zhang.Min@Example.com", "role": "lead", "language": "zh-CN" });
        let made = admin.post(STAFF, &body).await.expect(201);
        assert_eq!(made.header("location"), Some(format!("{STAFF}/{}", made.id()).as_str()));
        assert_eq!((made.str("/handle"), made.str("/email"), made.str("/role")), ("zhang.min", "zhang.min@example.com", "lead"));
        assert_eq!((made.at("/active"), made.at("/teams"), made.at("/version")), (&json!(true), &json!([]), &json!(1)));
        let path = format!("{STAFF}/{}", made.id());
        assert_eq!(admin.get(&path).await.expect(200).text, made.text);
        admin.patch(&path, &json!({ "name": "x" })).await.expect_problem(428, "request.precondition_required");
        let changed = admin.if_match(made.etag()).patch(&path, &json!({ "email": null, "role": "agent" })).await.expect(200);
        assert_eq!((changed.at("/email"), changed.str("/role"), changed.str("/name")), (&json!(null), "agent", "张敏"));
        assert_eq!(changed.etag(), "\"2\"");
        let stale = admin.if_match(made.etag()).patch(&path, &json!({ "name": "x" })).await;
        stale.expect_problem(412, "request.precondition_failed");
        // The address is free again.
        admin.post(STAFF, &merged(body, json!({ "handle": "other" }))).await.expect(201);
    }
}

on_both! {
    async fn the_list_of_the_staff_is_filtered_and_paged(desk) {
        hire(&desk, "lead-1", "lead").await;
        let left = hire(&desk, "left", "agent").await;
        let form = json!({ "successor": "mary", "reason": "moved" });
        admin(&desk).post(&format!("{STAFF}/{left}/deactivate"), &form).await.expect(200);
        for (filter, expected) in [
            ("", &["left", "lead-1", "li.na", "mary"][..]),
            ("?active=true", &["lead-1", "li.na", "mary"]),
            ("?active=false", &["left"]),
            ("?role=lead", &["lead-1"]),
            ("?handle=li.na", &["li.na"]),
            ("?handle=%00", &[]),
            ("?team=00000000-0000-7000-8000-000000000000", &[]),
        ] {
            let found = walk(&desk.agent(), &format!("{STAFF}{filter}"), 2, async || {}).await;
            assert_eq!(field(&found, "handle"), expected, "{filter}");
        }
    }
}

on_both! {
    async fn what_does_not_fit_is_named_by_its_pointer(desk) {
        let admin = admin(&desk);
        for handle in ["", "a", "Li.na", "1li", ".li", "li na", "李娜", "li\u{0}na", "li@na", &"x".repeat(41)] {
            let body = json!({ "handle": handle, "name": " ", "email": "no address", "role": "king", "language": "?" });
            let refused = admin.post(STAFF, &body).await;
            refused.expect_invalid(&["/handle", "/name", "/email", "/role", "/language"]);
        }
        for reserved in ["hark", "customer"] {
            let body = json!({ "handle": reserved, "name": "x", "role": "agent\u{0}" });
            admin.post(STAFF, &body).await.expect_invalid(&["/handle", "/role"]);
        }
        let grown = json!({ "handle": "grown", "name": "x", "role": "agent", "active": false, "version": 7 });
        admin.post(STAFF, &grown).await.expect(422);
        let li = id_of(&desk, "li.na").await;
        let path = format!("{STAFF}/{li}");
        let etag = admin.get(&path).await.etag().to_owned();
        for unknown in [json!({ "handle": "x" }), json!({ "deactivated_at": null }), json!({ "successor_id": li })] {
            admin.if_match(&etag).patch(&path, &unknown).await.expect(422);
        }
        assert_eq!(admin.get(&path).await.etag(), etag);
    }
}

on_both! {
    async fn no_two_have_one_name_in_a_timeline(desk) {
        let admin = admin(&desk);
        let person = |handle: &str| json!({ "handle": handle, "name": "x", "role": "agent" });
        let token = |name: &str| json!({ "name": name, "role": "sales" });
        admin.post(STAFF, &person("mary")).await.expect_problem(409, "resource.name_taken");
        for name in ["mary", "Mary", " MARY "] {
            admin.post(TOKENS, &token(name)).await.expect_problem(409, "resource.name_taken");
        }
        for reserved in ["hark", "Hark", "customer", "CUSTOMER"] {
            admin.post(TOKENS, &token(reserved)).await.expect_invalid(&["/name"]);
        }
        admin.post(TOKENS, &token("Crm-Sync")).await.expect(201);
        admin.post(TOKENS, &token("crm-sync")).await.expect_problem(409, "resource.name_taken");
        admin.post(STAFF, &person("crm-sync")).await.expect_problem(409, "resource.name_taken");
        // The name of one who has left stays theirs.
        let mary = id_of(&desk, "mary").await;
        let form = json!({ "successor": "li.na", "reason": "moved" });
        admin.post(&format!("{STAFF}/{mary}/deactivate"), &form).await.expect(200);
        admin.post(STAFF, &person("mary")).await.expect_problem(409, "resource.name_taken");
        admin.post(TOKENS, &token("mary")).await.expect_problem(409, "resource.name_taken");
        let address = json!({ "handle": "one", "name": "x", "email": "one@example.com", "role": "agent" });
        admin.post(STAFF, &address).await.expect(201);
        admin.post(STAFF, &merged(address, json!({ "handle": "two" }))).await.expect_problem(409, "resource.name_taken");
    }
}

on_both! {
    async fn the_last_administrator_stays_one(desk) {
        let admin = admin(&desk);
        let first = hire(&desk, "boss", "admin").await;
        let path = format!("{STAFF}/{first}");
        let leave = json!({ "successor": "mary", "reason": "retired" });
        let etag = admin.get(&path).await.etag().to_owned();
        let demoted = admin.if_match(&etag).patch(&path, &json!({ "role": "agent" })).await;
        demoted.expect_problem(409, "staff.last_admin");
        admin.post(&format!("{path}/deactivate"), &leave).await.expect_problem(409, "staff.last_admin");
        admin.if_match(&etag).patch(&path, &json!({ "name": "The boss", "role": "admin" })).await.expect(200);
        let second = hire(&desk, "deputy", "admin").await;
        admin.post(&format!("{path}/deactivate"), &leave).await.expect(200);
        let path = format!("{STAFF}/{second}");
        let etag = admin.get(&path).await.etag().to_owned();
        let demoted = admin.if_match(&etag).patch(&path, &json!({ "role": "lead" })).await;
        demoted.expect_problem(409, "staff.last_admin");
    }
}

on_both! {
    async fn of_two_administrators_who_demote_each_other_at_once_one_stays(desk) {
        let mut tasks = tokio::task::JoinSet::new();
        for handle in ["boss", "deputy"] {
            let path = format!("{STAFF}/{}", hire(&desk, handle, "admin").await);
            let client = admin(&desk).if_match("\"1\"");
            tasks.spawn(async move { client.patch(&path, &json!({ "role": "lead" })).await.status });
        }
        let mut statuses = tasks.join_all().await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let left = admin(&desk).get(&format!("{STAFF}?role=admin&active=true")).await.expect(200);
        assert_eq!(left.items().len(), 1);
    }
}

on_both! {
    async fn who_works_here_is_seen_by_those_who_work_on_complaints_and_changed_by_administrators(desk) {
        for role in Role::ALL {
            let client = desk.client(*role);
            let sees = matches!(role, Role::Agent | Role::Lead | Role::Auditor | Role::Admin);
            assert_eq!(client.get(STAFF).await.status == 200, sees, "{role}");
            let body = json!({ "handle": format!("by-{role}"), "name": "x", "role": "agent" });
            assert_eq!(client.post(STAFF, &body).await.status == 201, *role == Role::Admin, "{role}");
        }
    }
}
