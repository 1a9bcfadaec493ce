//! The record rule: one's own teams' complaints and those that no team holds, and no others.

use diesel::prelude::*;
use hark::db::conn::Conn;
use hark::db::schema::complaints;
use hark::domain::staff::Role;
use hark::ids::{ComplaintId, TeamId};
use reqwest::Method;
use serde_json::{Value, json};

use super::{TEAMS, admin, id_of, program, team};
use crate::contract::operations::{operations, sample};
use crate::fixtures::{CALL_BACKS, COMPLAINTS, Case, by_web, field, log, merged, reached, walk};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::{Client, Desk};

const REFUSED: (u16, &str) = (403, "auth.other_team");

/// An agent of this team.
async fn agent_of(desk: &Desk, name: &str, team: &str) -> Client {
    program(desk, json!({ "name": name, "role": "agent", "teams": [team] })).await
}

/// Gives a complaint to a team.
async fn give(desk: &Desk, complaint: &str, team: &str) {
    let path = format!("{COMPLAINTS}/{complaint}/assign");
    admin(desk).post(&path, &json!({ "team": team })).await.expect(200);
}

/// Gives a complaint to a team, whether it is open or closed.
async fn hold(desk: &Desk, complaint: &str, team: &str) {
    let (complaint, team) = (ComplaintId(complaint.parse().unwrap()), TeamId(team.parse().unwrap()));
    let change = move |conn: &mut Conn| {
        let row = diesel::update(complaints::table.find(complaint));
        row.set(complaints::team_id.eq(Some(team))).execute(conn)?;
        Ok(())
    };
    desk.app.db.write(change).await.unwrap();
}

/// The complaint that a sample changes: the one itself, or the one that the promise is about.
async fn complaint_of(desk: &Desk, resource: &str) -> String {
    let read = desk.agent().get(resource).await.expect(200);
    match read.json["complaint_id"].as_str() {
        Some(complaint) => complaint.to_owned(),
        None => read.id().to_owned(),
    }
}

on_both! {
    async fn no_change_of_another_teams_complaint_is_taken_by_any_operation(desk) {
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        let mobile = team(&desk, "Mobile", &["li.na"]).await;
        let (inside, outside) = (agent_of(&desk, "inside", &broadband).await, agent_of(&desk, "outside", &mobile).await);
        let lead_of = async |name, team| program(&desk, json!({ "name": name, "role": "lead", "teams": [team] })).await;
        let (lead_inside, lead_outside) = (lead_of("lead inside", &broadband).await, lead_of("lead outside", &mobile).await);
        let mut walked = 0;
        for operation in operations().iter().filter(|operation| operation.changes()) {
            let on_complaints = operation.path.starts_with("/api/v1/complaints/") || operation.path.starts_with("/api/v1/call-backs/");
            // A legal hold is no work on a complaint: those who manage privacy are in no team.
            // Nor is what somebody keeps beside it for themselves.
            let beside = ["/legal-hold", "/presence", "/drafts/{kind}", "/watchers/me"];
            if !on_complaints || beside.iter().any(|end| operation.path.ends_with(end)) {
                continue;
            }
            let name = operation.name();
            let mut sample = sample(&desk, operation).await;
            hold(&desk, &complaint_of(&desk, &sample.resource).await, &broadband).await;
            let etag = sample.read().await.etag().to_owned();
            let before = (sample.read().await.text, desk.footprint());
            let for_leads = operation.value["x-permission"] == "remove-attachments";
            let strangers = match for_leads {
                true => vec![lead_outside.clone(), desk.client(Role::Lead)],
                false => vec![outside.clone(), lead_outside.clone(), desk.agent(), desk.client(Role::Lead)],
            };
            for stranger in &strangers {
                sample.client = stranger.clone();
                let refused = sample.with("if-match", &etag).send().await;
                assert_eq!((refused.status, refused.code()), REFUSED, "{name}: {}", refused.text);
            }
            assert_eq!((sample.read().await.text, desk.footprint()), before, "{name}");
            sample.client = if for_leads { lead_inside.clone() } else { inside.clone() };
            let taken = sample.with("if-match", &etag).send().await;
            assert!((200..300).contains(&taken.status), "{name}: {}", taken.text);
            walked += 1;
        }
        assert!(walked >= 20, "{walked} operations");
    }
}

on_both! {
    async fn reading_stays_open_and_administrators_work_everywhere(desk) {
        let case = Case::worked(&desk).await;
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        give(&desk, &case.id, &broadband).await;
        let promise = admin(&desk).post(&format!("{}/call-backs", case.path()), &case.window(10, 20)).await.expect(201);
        for path in [case.path(), format!("{}/timeline", case.path()), format!("{CALL_BACKS}/{}", promise.id())] {
            desk.agent().get(&path).await.expect(200);
        }
        let attempts = format!("{CALL_BACKS}/{}/attempts", promise.id());
        desk.agent().post(&attempts, &reached(true)).await.expect_problem(REFUSED.0, REFUSED.1);
        admin(&desk).post(&attempts, &reached(true)).await.expect(200);
        admin(&desk).post(&format!("{}/close", case.path()), &crate::journeys::upheld()).await.expect(200);
    }
}

on_both! {
    async fn customers_and_hark_itself_are_not_bound(desk) {
        let (case, link) = Case::filed(&desk).await;
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        let inside = agent_of(&desk, "inside", &broadband).await;
        give(&desk, &case.id, &broadband).await;
        let customer = desk.anonymous();
        customer.post(&format!("{link}/messages"), &json!({ "body": "It is 4711." })).await.expect(200);
        let promise = inside.post(&format!("{}/call-backs", case.path()), &case.window(10, 20)).await.expect(201);
        let moved = merged(case.window(30, 40), json!({ "reason": "at work" }));
        customer.post(&format!("{link}/call-backs/{}/move", promise.id()), &moved).await.expect(200);
        desk.pass(chrono::TimeDelta::hours(48));
        assert!(desk.run_jobs().await >= 1, "the broken promise is noted");
        customer.post(&format!("{link}/withdraw"), &json!({ "reason": "found it" })).await.expect(200);
        customer.post(&format!("{link}/dispute"), &json!({ "reason": "lost again" })).await.expect(200);
    }
}

on_both! {
    async fn a_complaint_is_given_to_a_team_to_a_member_of_it_or_to_nobody(desk) {
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        let mobile = team(&desk, "Mobile", &["li.na"]).await;
        let case = Case::logged(&desk).await;
        let path = format!("{}/assign", case.path());
        let boss = admin(&desk);
        let give = async |body: Value| boss.post(&path, &body).await;
        give(json!({})).await.expect_invalid(&["/owner"]);
        give(json!({ "note": "x" })).await.expect_invalid(&["/owner"]);
        give(json!({ "owner": "nobody" })).await.expect_invalid(&["/owner"]);
        give(json!({ "owner": "test agent" })).await.expect_invalid(&["/owner"]);
        give(json!({ "team": "00000000-0000-7000-8000-000000000000" })).await.expect_invalid(&["/team"]);
        give(json!({ "team": broadband, "owner": "li.na" })).await.expect_invalid(&["/owner"]);
        let given = give(json!({ "team": broadband, "owner": "mary" })).await.expect(200);
        assert_eq!((given.str("/team"), given.str("/owner")), (broadband.as_str(), "mary"));
        let entry = case.last_entry().await;
        assert_eq!(entry["before"], json!({ "owner": null, "team": null }));
        assert_eq!(entry["after"], json!({ "owner": "mary", "team": broadband, "note": null }));
        // Within the team; then the owner goes with the team, who is not in the new one.
        give(json!({ "owner": "li.na" })).await.expect_invalid(&["/owner"]);
        let moved = give(json!({ "team": mobile })).await.expect(200);
        assert_eq!((moved.str("/team"), moved.at("/owner")), (mobile.as_str(), &json!(null)));
        give(json!({ "owner": "li.na" })).await.expect(200);
        let free = give(json!({ "team": null })).await.expect(200);
        assert_eq!((free.at("/team"), free.str("/owner")), (&json!(null), "li.na"));
        let nobodys = give(json!({ "owner": null })).await.expect(200);
        assert_eq!(nobodys.at("/owner"), &json!(null));
    }
}

on_both! {
    async fn agents_and_leads_give_only_to_their_own_teams(desk) {
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        let mobile = team(&desk, "Mobile", &["li.na"]).await;
        for role in ["agent", "lead"] {
            let body = json!({ "name": format!("a {role}"), "role": role, "teams": [broadband] });
            let client = program(&desk, body).await;
            let case = Case::logged(&desk).await;
            let path = format!("{}/assign", case.path());
            client.post(&path, &json!({ "team": mobile })).await.expect_problem(REFUSED.0, REFUSED.1);
            client.post(&path, &json!({ "team": broadband })).await.expect(200);
            client.post(&path, &json!({ "team": mobile })).await.expect_problem(REFUSED.0, REFUSED.1);
            let itself = client.post(&path, &json!({ "owner": format!("a {role}") })).await.expect(200);
            assert_eq!(itself.str("/owner"), format!("a {role}"), "a program takes work itself");
            // Whom it is not for is let go, and taken by those it is for.
            client.post(&path, &json!({ "team": null, "owner": null })).await.expect(200);
        }
    }
}

on_both! {
    async fn a_complaint_comes_in_for_a_team_and_its_member(desk) {
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        let mobile = team(&desk, "Mobile", &["li.na"]).await;
        let inside = agent_of(&desk, "inside", &broadband).await;
        let form = |more: Value| merged(by_phone(), more);
        let made = log(&inside, &form(json!({ "team": broadband, "owner": "mary" }))).await;
        let read = inside.get(&format!("{COMPLAINTS}/{}", made.id())).await.expect(200);
        assert_eq!((read.str("/team"), read.str("/owner")), (broadband.as_str(), "mary"));
        inside.post(COMPLAINTS, &form(json!({ "team": broadband, "owner": "li.na" }))).await.expect_invalid(&["/owner"]);
        inside.post(COMPLAINTS, &form(json!({ "team": mobile }))).await.expect_problem(REFUSED.0, REFUSED.1);
        inside.post(COMPLAINTS, &form(json!({ "owner": "nobody" }))).await.expect_invalid(&["/owner"]);
        let nowhere = "00000000-0000-7000-8000-000000000000";
        inside.post(COMPLAINTS, &form(json!({ "team": nowhere }))).await.expect_invalid(&["/team"]);
        log(&inside, &form(json!({ "owner": "inside" }))).await;
        desk.anonymous().post(crate::fixtures::PUBLIC, &merged(by_web(), json!({ "team": broadband }))).await.expect(422);
        assert_eq!(desk.rows("complaints"), 2);
    }
}

on_both! {
    async fn a_promise_is_kept_by_somebody_who_works_here_in_the_team(desk) {
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        let inside = agent_of(&desk, "inside", &broadband).await;
        let case = Case::worked(&desk).await;
        give(&desk, &case.id, &broadband).await;
        let path = format!("{}/call-backs", case.path());
        for owner in ["nobody", "li.na", "test agent"] {
            let form = merged(case.window(10, 20), json!({ "owner": owner }));
            inside.post(&path, &form).await.expect_invalid(&["/owner"]);
        }
        let form = merged(case.window(10, 20), json!({ "owner": "mary" }));
        let promise = inside.post(&path, &form).await.expect(201);
        let moved = |owner: &str| merged(case.window(30, 40), json!({ "asked_by": "desk", "reason": "ill", "owner": owner }));
        let path = format!("{CALL_BACKS}/{}/reschedule", promise.id());
        inside.post(&path, &moved("li.na")).await.expect_invalid(&["/owner"]);
        inside.post(&path, &moved("inside")).await.expect(201);
    }
}

on_both! {
    async fn complaints_and_promises_are_found_by_their_team(desk) {
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        let mobile = team(&desk, "Mobile", &["mary"]).await;
        let mut promises = Vec::new();
        for team in [Some(&broadband), Some(&mobile), None] {
            let case = Case::logged(&desk).await;
            promises.push(case.promise(10, 20).await);
            if let Some(team) = team {
                give(&desk, &case.id, team).await;
            }
        }
        let agent = desk.agent();
        for (team, promise) in [(&broadband, &promises[0]), (&mobile, &promises[1])] {
            let found = walk(&agent, &format!("{COMPLAINTS}?team={team}"), 10, async || {}).await;
            assert_eq!(field(&found, "team"), [team]);
            for state in ["", "&state=open"] {
                let found = walk(&agent, &format!("{CALL_BACKS}?team={team}{state}"), 10, async || {}).await;
                assert_eq!(field(&found, "id"), [promise], "{state}");
            }
        }
        let words = walk(&agent, &format!("{COMPLAINTS}?team={mobile}&q=掉线"), 10, async || {}).await;
        assert!(words.len() <= 1);
    }
}

on_both! {
    async fn those_who_sell_see_that_complaints_exist_and_never_what_they_say(desk) {
        let marks = ["SUBJECT-MARK", "STATEMENT-MARK", "FACT-MARK", "OPINION-MARK", "PRODUCT-MARK", "REMEDY-MARK", "angry"];
        let form = merged(by_phone(), json!({
            "subject": marks[0], "statement": marks[1], "facts": [marks[2]], "opinions": [marks[3]], "product": marks[4],
            "desired_remedy": marks[5], "customer_type": "angry", "category": "service_delay",
        }));
        let case = Case::of(&desk, &form).await;
        case.work().await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &crate::journeys::upheld()).await.expect(200);
        let customer = case.get().await.str("/customer_id").to_owned();
        let sales = desk.client(Role::Sales);
        let path = format!("/api/v1/customers/{customer}/complaints");
        let seen = sales.get(&path).await.expect(200);
        let whole = case.get().await.json;
        let fields = ["id", "reference", "kind", "state", "received_at", "closed_at", "decision"];
        let expected: serde_json::Map<String, Value> = fields.iter().map(|f| ((*f).to_owned(), whole[f].clone())).collect();
        assert_eq!(seen.items(), [Value::Object(expected)]);
        for mark in marks {
            assert!(!seen.text.contains(mark), "{mark}");
        }
        // And by no other way.
        for path in [case.path(), COMPLAINTS.to_owned(), format!("{}/timeline", case.path()), format!("{}/messages", case.path()), CALL_BACKS.to_owned()] {
            sales.get(&path).await.expect_problem(403, "auth.forbidden");
        }
        sales.get("/api/v1/customers/00000000-0000-7000-8000-000000000000/complaints").await.expect_problem(404, "resource.not_found");
        for _ in 0..3 {
            Case::of(&desk, &by_phone()).await;
        }
        let all = walk(&sales, &path, 2, async || {}).await;
        assert_eq!(all.len(), 4);
        desk.client(Role::Operations).get(&path).await.expect_problem(403, "auth.forbidden");
    }
}

on_both! {
    async fn one_who_is_taken_out_of_a_team_no_longer_changes_its_complaints(desk) {
        use hark::domain::staff::people;
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        let actor = async || {
            desk.app.db.read(|conn| {
                let mary = people::find_by_handle(conn, "mary")?.unwrap();
                people::actor_of(conn, &mary)
            }).await.unwrap()
        };
        let id = TeamId(broadband.parse().unwrap());
        assert!(actor().await.check_team(Some(id)).is_ok());
        let path = format!("{}/{broadband}/members/{}", TEAMS, id_of(&desk, "mary").await);
        admin(&desk).send(Method::DELETE, &path, None).await.expect(200);
        assert!(actor().await.check_team(Some(id)).is_err());
        assert_eq!(actor().await.grant.role(), "agent");
    }
}
