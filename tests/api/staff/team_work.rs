//! Whoever is taken out of a team leaves none of its work behind.

use diesel::prelude::*;
use hark::db::conn::Conn;
use hark::db::schema::{call_backs, complaints, staff_members, team_members};
use hark::domain::complaints::vocabulary::{CallBackState, State};
use hark::error::Result;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use super::{TEAMS, admin, hire, id_of, team};
use crate::fixtures::{CALL_BACKS, COMPLAINTS, Case, merged, reason};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::{Client, Desk, Reply};

async fn take_out(desk: &Desk, team: &str, handle: &str, query: &str) -> Reply {
    let path = format!("{TEAMS}/{team}/members/{}{query}", id_of(desk, handle).await);
    admin(desk).send(Method::DELETE, &path, None).await
}

/// A complaint of this team, with its owner.
async fn given<'a>(desk: &'a Desk, team: &str, owner: &str) -> Case<'a> {
    let case = Case {
        agent: admin(desk),
        ..Case::worked(desk).await
    };
    case.post("assign", &json!({ "team": team, "owner": owner }))
        .await
        .expect(200);
    case
}

/// Open complaints and promises of a team with people who are not in it.
fn strays(conn: &mut Conn) -> Result<i64> {
    let members = team_members::table
        .inner_join(staff_members::table)
        .select((team_members::team_id, staff_members::handle))
        .load::<(hark::ids::TeamId, String)>(conn)?;
    let people: Vec<String> = staff_members::table.select(staff_members::handle).load(conn)?;
    let held: Vec<(Option<hark::ids::TeamId>, Option<String>)> = complaints::table
        .filter(complaints::state.ne(State::Closed))
        .select((complaints::team_id, complaints::owner))
        .load(conn)?;
    let promised: Vec<(Option<hark::ids::TeamId>, String)> = call_backs::table
        .inner_join(complaints::table)
        .filter(call_backs::state.eq(CallBackState::Open))
        .select((complaints::team_id, call_backs::owner))
        .load(conn)?;
    let all = held
        .into_iter()
        .chain(promised.into_iter().map(|(team, owner)| (team, Some(owner))));
    let stray = all.filter(|(team, owner)| {
        let (Some(team), Some(owner)) = (team, owner) else {
            return false;
        };
        people.contains(owner) && !members.contains(&(*team, owner.clone()))
    });
    Ok(i64::try_from(stray.count()).unwrap())
}

async fn assert_no_strays(desk: &Desk) {
    assert_eq!(desk.app.db.read(strays).await.unwrap(), 0);
}

on_both! {
    async fn one_with_open_work_of_the_team_stays_until_somebody_takes_it_over(desk) {
        let broadband = team(&desk, "Broadband", &["mary", "li.na"]).await;
        let mobile = team(&desk, "Mobile", &["mary"]).await;
        let (case, elsewhere) = (given(&desk, &broadband, "mary").await, given(&desk, &mobile, "mary").await);
        let others = given(&desk, &broadband, "li.na").await;
        let form = merged(others.window(10, 20), json!({ "owner": "mary" }));
        let promise = others.post("call-backs", &form).await.expect(201).id().to_owned();
        let nobodys = Case::logged(&desk).await;
        nobodys.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        let before = desk.footprint();
        let refused = take_out(&desk, &broadband, "mary", "").await.expect_problem(409, "team.open_work");
        assert!(refused.str("/detail").starts_with("1 complaints and 1 promised calls"), "{}", refused.text);
        hire(&desk, "zhang.min", "agent").await;
        for successor in ["nobody", "mary", "zhang.min"] {
            let query = format!("?successor={successor}");
            take_out(&desk, &broadband, "mary", &query).await.expect_invalid(&["?successor"]);
        }
        take_out(&desk, &broadband, "mary", "?successor=%20").await.expect_problem(409, "team.open_work");
        take_out(&desk, &broadband, "mary", "?to=li.na").await.expect(422);
        let added = before.iter().zip(desk.footprint()).filter(|(one, other)| one.1 != other.1);
        assert_eq!(added.count(), 1, "zhang.min, and nothing else");
        let out = take_out(&desk, &broadband, "mary", "?successor=li.na").await.expect(200);
        assert_eq!(out.at("/members").as_array().unwrap().len(), 1);
        assert_eq!((case.get().await.str("/owner"), others.promised(&promise).await.str("/owner")), ("li.na", "li.na"));
        assert_eq!(case.last_entry().await["action"], "handed_over");
        assert_eq!(others.last_entry().await["action"], "call_back_handed_over");
        // What the team does not hold stays.
        assert_eq!((elsewhere.get().await.str("/owner"), nobodys.get().await.str("/owner")), ("mary", "mary"));
        assert_no_strays(&desk).await;
        // Now there is nothing: they go without a word, and twice is as good as once.
        take_out(&desk, &broadband, "mary", "").await.expect(200);
        let told = admin(&desk).get("/api/v1/audit/events?action=team.member_removed").await.expect(200);
        let fields = json!({ "staff_id": id_of(&desk, "mary").await, "successor": "li.na", "complaints": 1, "call_backs": 1 });
        assert_eq!((told.items().len(), told.at("/items/0/fields")), (1, &fields));
    }
}

on_both! {
    async fn a_closed_complaint_opens_again_with_nobody_when_its_owner_has_left_the_team(desk) {
        let broadband = team(&desk, "Broadband", &["mary", "li.na"]).await;
        let case = given(&desk, &broadband, "mary").await;
        case.post("withdraw", &reason("a misunderstanding")).await.expect(200);
        take_out(&desk, &broadband, "mary", "").await.expect(200);
        assert_eq!(case.get().await.str("/owner"), "mary", "who closed it is history");
        let opened = case.post("reopen", &reason("again")).await.expect(200);
        assert_eq!((opened.at("/owner"), opened.str("/team")), (&json!(null), broadband.as_str()));
        assert_no_strays(&desk).await;
    }
}

on_both! {
    async fn work_that_is_given_while_somebody_is_taken_out_goes_along_or_is_refused(desk) {
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        for round in 0..4 {
            let leaver = format!("leaver-{round}");
            let id = hire(&desk, &leaver, "agent").await;
            let member = format!("{TEAMS}/{broadband}/members/{id}");
            admin(&desk).put(&member, &json!({})).await.expect(200);
            let mut free = Vec::new();
            for _ in 0..6 {
                free.push(Case::worked(&desk).await);
            }
            let held = given(&desk, &broadband, &leaver).await;
            let promise = held.post("call-backs", &merged(held.window(10, 20), json!({ "owner": leaver }))).await.expect(201);
            let mut tasks = JoinSet::new();
            for (n, case) in free.iter().enumerate() {
                let (client, path, body): (Client, _, _) = (
                    admin(&desk),
                    format!("{}/assign", case.path()),
                    json!({ "team": broadband, "owner": leaver }),
                );
                tasks.spawn(async move { client.post(&path, &body).await.status });
                let (client, body) = (admin(&desk), merged(by_phone(), json!({ "team": broadband, "owner": leaver })));
                if n % 2 == 0 {
                    tasks.spawn(async move { client.post(COMPLAINTS, &body).await.status });
                }
            }
            let (client, path) = (admin(&desk), format!("{CALL_BACKS}/{}/reschedule", promise.id()));
            let moved = merged(held.window(30, 40), json!({ "asked_by": "desk", "reason": "ill" }));
            tasks.spawn(async move { client.post(&path, &moved).await.status });
            let (client, path) = (admin(&desk), format!("{member}?successor=mary"));
            tasks.spawn(async move { client.send(Method::DELETE, &path, None).await.expect(200).status });
            for status in tasks.join_all().await {
                assert!(matches!(status, 200 | 201 | 409 | 422), "{status}");
            }
            assert_no_strays(&desk).await;
        }
    }
}
