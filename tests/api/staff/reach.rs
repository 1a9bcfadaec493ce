//! Nobody gives what they do not have: not by a role, not by a token, not by becoming somebody else.

use reqwest::Method;
use serde_json::json;

use super::{ROLES, STAFF, TEAMS, TOKENS, admin, hire, id_of, program, team};
use crate::on_both;
use crate::support::{Client, Desk};

const REFUSED: (u16, &str) = (403, "auth.escalation");

/// Somebody who sees to people and tokens, and may do little else.
async fn personnel(desk: &Desk) -> Client {
    let permissions = ["read-staff", "manage-staff", "manage-tokens", "read-customers"];
    let body = json!({ "name": "Personnel", "permissions": permissions });
    admin(desk).put(&format!("{ROLES}/personnel"), &body).await.expect(201);
    program(desk, json!({ "name": "personnel-app", "role": "personnel" })).await
}

on_both! {
    async fn nobody_gives_somebody_a_role_that_may_more_than_they_may(desk) {
        let personnel = personnel(&desk).await;
        for role in ["agent", "lead", "sales", "operations", "auditor", "admin"] {
            let body = json!({ "handle": format!("a-{role}"), "name": "x", "role": role });
            personnel.post(STAFF, &body).await.expect_problem(REFUSED.0, REFUSED.1);
        }
        let own = json!({ "handle": "colleague", "name": "x", "role": "personnel" });
        let colleague = personnel.post(STAFF, &own).await.expect(201);
        let path = format!("{STAFF}/{}", colleague.id());
        let raised = personnel.if_match("\"1\"").patch(&path, &json!({ "role": "admin" })).await;
        raised.expect_problem(REFUSED.0, REFUSED.1);
        personnel.if_match("\"1\"").patch(&path, &json!({ "name": "y" })).await.expect(200);
    }
}

on_both! {
    async fn nobody_touches_one_who_may_more_than_they_may(desk) {
        let personnel = personnel(&desk).await;
        let boss = hire(&desk, "boss", "admin").await;
        hire(&desk, "deputy", "admin").await;
        let path = format!("{STAFF}/{boss}");
        for body in [json!({ "email": "me@example.com" }), json!({ "role": "personnel" })] {
            personnel.if_match("\"1\"").patch(&path, &body).await.expect_problem(REFUSED.0, REFUSED.1);
        }
        let leave = json!({ "successor": "mary", "reason": "a coup" });
        personnel.post(&format!("{path}/deactivate"), &leave).await.expect_problem(REFUSED.0, REFUSED.1);
        admin(&desk).post(&format!("{path}/deactivate"), &leave).await.expect(200);
        personnel.post(&format!("{path}/reactivate"), &json!({})).await.expect_problem(REFUSED.0, REFUSED.1);
    }
}

on_both! {
    async fn nobody_puts_into_a_role_what_they_may_not(desk) {
        let personnel = personnel(&desk).await;
        let raised = json!({ "name": "Personnel", "permissions": ["manage-staff", "read-audit"] });
        for slug in ["personnel", "another"] {
            personnel.put(&format!("{ROLES}/{slug}"), &raised).await.expect_problem(REFUSED.0, REFUSED.1);
        }
        admin(&desk).put(&format!("{ROLES}/watch"), &json!({ "name": "x", "permissions": ["read-audit"] })).await.expect(201);
        let lowered = json!({ "name": "x", "permissions": [] });
        personnel.put(&format!("{ROLES}/watch"), &lowered).await.expect_problem(REFUSED.0, REFUSED.1);
        personnel.send(Method::DELETE, &format!("{ROLES}/watch"), None).await.expect_problem(REFUSED.0, REFUSED.1);
        personnel.put(&format!("{ROLES}/another"), &json!({ "name": "x", "permissions": ["read-customers"] })).await.expect(201);
    }
}

on_both! {
    async fn nobody_makes_or_renews_a_token_that_may_more_than_they_may(desk) {
        let personnel = personnel(&desk).await;
        for role in ["agent", "sales", "admin"] {
            let body = json!({ "name": format!("a {role}"), "role": role });
            personnel.post(TOKENS, &body).await.expect_problem(REFUSED.0, REFUSED.1);
        }
        // Within the scopes it is no more.
        let narrow = json!({ "name": "narrow", "role": "sales", "scopes": ["read-customers"] });
        let narrow = personnel.post(TOKENS, &narrow).await.expect(201);
        personnel.post(&format!("{TOKENS}/{}/rotate", narrow.id()), &json!({})).await.expect(200);
        let wide = admin(&desk).post(TOKENS, &json!({ "name": "wide", "role": "admin" })).await.expect(201);
        let stolen = personnel.post(&format!("{TOKENS}/{}/rotate", wide.id()), &json!({})).await;
        assert!(!stolen.text.contains("hark_"));
        stolen.expect_problem(REFUSED.0, REFUSED.1);
        // Nor one for a team that is not theirs.
        let other = team(&desk, "Broadband", &["mary"]).await;
        let body = json!({ "name": "for a team", "role": "sales", "scopes": ["read-customers"], "teams": [other] });
        personnel.post(TOKENS, &body).await.expect_problem(REFUSED.0, REFUSED.1);
        admin(&desk).post(TOKENS, &body).await.expect(201);
    }
}

on_both! {
    async fn roles_and_teams_are_only_for_those_who_manage_people(desk) {
        let agent = desk.agent();
        let id = id_of(&desk, "mary").await;
        let other = team(&desk, "Broadband", &[]).await;
        agent.post(TEAMS, &json!({ "name": "Mine" })).await.expect_problem(403, "auth.forbidden");
        let path = format!("{TEAMS}/{other}/members/{id}");
        agent.put(&path, &json!({ "leads": true })).await.expect_problem(403, "auth.forbidden");
        agent.send(Method::DELETE, &path, None).await.expect_problem(403, "auth.forbidden");
        agent.put(&format!("{ROLES}/mine"), &json!({ "name": "x", "permissions": [] })).await.expect_problem(403, "auth.forbidden");
        agent.post(TOKENS, &json!({ "name": "mine", "role": "agent" })).await.expect_problem(403, "auth.forbidden");
    }
}

on_both! {
    async fn nobody_puts_themselves_or_others_into_a_team_whose_work_they_may_not_change(desk) {
        let permissions = ["read-staff", "manage-staff", "read-complaints", "handle-complaints", "assign-complaints"];
        let body = json!({ "name": "Deputy", "permissions": permissions });
        admin(&desk).put(&format!("{ROLES}/deputy"), &body).await.expect(201);
        let (own, other) = (team(&desk, "Broadband", &[]).await, team(&desk, "Mobile", &["mary"]).await);
        let mut deputy = crate::support::person::signed_in(&desk, "deputy", "deputy").await;
        let own_id = id_of(&desk, "deputy").await;
        admin(&desk).put(&format!("{TEAMS}/{own}/members/{own_id}"), &json!({})).await.expect(200);
        let before = desk.rows("team_members");
        for member in [&own_id, &id_of(&desk, "li.na").await, &id_of(&desk, "mary").await] {
            let path = format!("{TEAMS}/{other}/members/{member}");
            deputy.put(&path, &json!({ "leads": true })).await.expect_problem(REFUSED.0, REFUSED.1);
        }
        assert_eq!(desk.rows("team_members"), before);
        // Into their own they may, and out of every team: that opens nothing to anybody.
        let path = format!("{TEAMS}/{own}/members/{}", id_of(&desk, "li.na").await);
        deputy.put(&path, &json!({})).await.expect(200);
        let path = format!("{TEAMS}/{other}/members/{}", id_of(&desk, "mary").await);
        deputy.delete(&path).await.expect(200);
    }
}
