//! Teams and who is in them.

use reqwest::Method;
use serde_json::json;

use super::{STAFF, TEAMS, admin, hire, id_of, team};
use crate::fixtures::{field, walk};
use crate::on_both;

on_both! {
    async fn a_team_has_members_of_whom_some_lead(desk) {
        let admin = admin(&desk);
        let made = admin.post(TEAMS, &json!({ "name": " Broadband " })).await.expect(201);
        assert_eq!((made.str("/name"), made.at("/members")), ("Broadband", &json!([])));
        let path = format!("{TEAMS}/{}", made.id());
        let (mary, li) = (id_of(&desk, "mary").await, id_of(&desk, "li.na").await);
        admin.put(&format!("{path}/members/{mary}"), &json!({})).await.expect(200);
        let both = admin.put(&format!("{path}/members/{li}"), &json!({ "leads": true })).await.expect(200);
        assert_eq!((both.str("/members/0/handle"), both.at("/members/0/leads")), ("li.na", &json!(true)));
        assert_eq!((both.str("/members/1/handle"), both.at("/members/1/leads")), ("mary", &json!(false)));
        assert_eq!(both.etag(), "\"3\"");
        let raised = admin.if_match("\"3\"").put(&format!("{path}/members/{mary}"), &json!({ "leads": true })).await.expect(200);
        assert_eq!(raised.at("/members/1/leads"), &json!(true));
        let seen = desk.agent().get(&format!("{STAFF}/{mary}")).await.expect(200);
        assert_eq!(seen.at("/teams"), &json!([{ "id": made.id(), "name": "Broadband", "leads": true }]));
        let out = admin.send(Method::DELETE, &format!("{path}/members/{mary}"), None).await.expect(200);
        assert_eq!((out.at("/members").as_array().unwrap().len(), out.etag()), (1, "\"5\""));
        let again = admin.send(Method::DELETE, &format!("{path}/members/{mary}"), None).await.expect(200);
        assert_eq!(again.text, out.text, "taking out twice is the same as once");
        let listed = walk(&desk.agent(), &format!("{STAFF}?team={}", made.id()), 10, async || {}).await;
        assert_eq!(field(&listed, "handle"), ["li.na"]);
    }
}

on_both! {
    async fn a_team_has_a_name_of_its_own(desk) {
        let admin = admin(&desk);
        let first = team(&desk, "Broadband", &[]).await;
        let second = team(&desk, "Mobile", &[]).await;
        admin.post(TEAMS, &json!({ "name": "Broadband" })).await.expect_problem(409, "resource.name_taken");
        admin.post(TEAMS, &json!({ "name": " " })).await.expect_invalid(&["/name"]);
        let path = format!("{TEAMS}/{second}");
        let taken = admin.if_match("\"1\"").patch(&path, &json!({ "name": "Broadband" })).await;
        taken.expect_problem(409, "resource.name_taken");
        admin.if_match("\"1\"").patch(&path, &json!({ "name": "Mobile" })).await.expect(200);
        admin.if_match("\"2\"").patch(&path, &json!({ "name": "手机" })).await.expect(200);
        let listed = walk(&desk.agent(), TEAMS, 1, async || {}).await;
        assert_eq!(field(&listed, "name"), ["手机", "Broadband"]);
        assert_eq!(field(&listed, "id"), [second, first]);
    }
}

on_both! {
    async fn only_those_who_work_here_are_put_into_a_team(desk) {
        let admin = admin(&desk);
        let made = team(&desk, "Broadband", &[]).await;
        let left = hire(&desk, "left", "agent").await;
        admin.post(&format!("{STAFF}/{left}/deactivate"), &json!({ "successor": "mary", "reason": "moved" })).await.expect(200);
        let put = async |team: &str, member: &str| admin.put(&format!("{TEAMS}/{team}/members/{member}"), &json!({})).await;
        put(&made, &left).await.expect_problem(409, "staff.inactive");
        let nobody = "00000000-0000-7000-8000-000000000000";
        put(&made, nobody).await.expect_problem(404, "resource.not_found");
        put(nobody, &id_of(&desk, "mary").await).await.expect_problem(404, "resource.not_found");
        assert_eq!(desk.rows("team_members"), 0);
    }
}
