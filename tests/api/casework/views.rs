//! Saved views.

use serde_json::json;

use super::VIEWS;
use crate::fixtures::COMPLAINTS;
use crate::on_both;
use crate::support::person;
use crate::work::logged;

on_both! {
    async fn a_view_lists_what_it_says_and_what_is_said_beside_it_goes_before(desk) {
        let repair = logged(&desk, json!({ "category": "repair", "severity": "high" })).await;
        let late = logged(&desk, json!({ "category": "repair" })).await;
        let billing = logged(&desk, json!({ "category": "billing" })).await;
        let agent = desk.agent();
        let body = json!({ "title": "Repairs", "filter": { "category": "repair", "order": "oldest" }, "columns": ["reference", "tags"] });
        let made = agent.post(VIEWS, &body).await.expect(201);
        assert_eq!(made.at("/columns"), &json!(["reference", "tags"]));
        let list = format!("{COMPLAINTS}?view={}", made.id());
        assert_eq!(agent.get(&list).await.expect(200).each("id"), [repair, late.clone()]);
        assert_eq!(agent.get(&format!("{list}&category=billing")).await.expect(200).each("id"), [billing]);
        let first = agent.get(&format!("{list}&limit=1")).await.expect(200);
        let next = agent.get(&format!("{list}&limit=1&cursor={}", first.str("/next_cursor"))).await.expect(200);
        assert_eq!(next.each("id"), [late]);
    }
}

on_both! {
    async fn a_private_view_is_nobody_elses_and_a_teams_is_its_members(desk) {
        let member = person::signed_in(&desk, "wu.min", "agent").await.client();
        let stranger = person::signed_in(&desk, "gao.jie", "agent").await.client();
        let team = crate::staff::team(&desk, "Readers", &["wu.min"]).await;
        let filter = json!({ "open": true });
        let own = desk.agent().post(VIEWS, &json!({ "title": "Mine", "filter": filter })).await.expect(201);
        desk.agent().post(VIEWS, &json!({ "title": "Ours", "filter": filter, "team": team })).await.expect_problem(403, "auth.other_team");
        let admin = desk.client(hark::domain::staff::Role::Admin);
        let ours = admin.post(VIEWS, &json!({ "title": "Ours", "filter": filter, "team": team })).await.expect(201);
        desk.pass(chrono::TimeDelta::seconds(20));
        let list = member.get(VIEWS).await.expect(200);
        assert_eq!(list.each("id"), [ours.id().to_owned()]);
        member.put(&format!("{VIEWS}/{}", ours.id()), &json!({ "title": "X", "filter": filter })).await.expect_problem(403, "auth.forbidden");
        for (client, view) in [(&member, &own), (&stranger, &own), (&stranger, &ours)] {
            client.get(&format!("{VIEWS}/{}", view.id())).await.expect_problem(404, "resource.not_found");
            client.get(&format!("{COMPLAINTS}?view={}", view.id())).await.expect_invalid(&["?view"]);
        }
        let bad = json!({ "title": " ", "filter": { "state": "lost" } });
        desk.agent().post(VIEWS, &bad).await.expect_invalid(&["/filter/state"]);
        let twice = json!({ "title": "x", "filter": {}, "columns": ["tags", "tags"] });
        desk.agent().post(VIEWS, &twice).await.expect_invalid(&["/columns/1"]);
    }
}
