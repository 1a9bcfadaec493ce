//! Leaving and coming back: nothing is left with one who has gone.

use diesel::prelude::*;
use hark::db::conn::Conn;
use hark::db::schema::{call_backs, complaints, staff_members};
use hark::domain::complaints::vocabulary::{CallBackState, State};
use hark::error::Result;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{STAFF, TEAMS, admin, hire, id_of, program, team};
use crate::fixtures::{CALL_BACKS, COMPLAINTS, Case, merged, reached, reason};
use crate::journeys::{by_phone, upheld};
use crate::on_both;
use crate::support::{Desk, Reply};

fn leave(successor: &str) -> Value {
    json!({ "successor": successor, "reason": "moved to the warehouse" })
}

async fn let_go(desk: &Desk, handle: &str, successor: &str) -> Reply {
    let path = format!("{STAFF}/{}/deactivate", id_of(desk, handle).await);
    admin(desk).post(&path, &leave(successor)).await
}

/// How many open complaints and promises are with somebody who has left.
fn orphans(conn: &mut Conn) -> Result<(i64, i64)> {
    let gone: Vec<String> = staff_members::table
        .filter(staff_members::deactivated_at.is_not_null())
        .select(staff_members::handle)
        .load(conn)?;
    let of_complaints = complaints::table
        .filter(complaints::state.ne(State::Closed))
        .filter(complaints::owner.assume_not_null().eq_any(gone.clone()))
        .count()
        .get_result(conn)?;
    let of_promises = call_backs::table
        .filter(call_backs::state.eq(CallBackState::Open))
        .filter(call_backs::owner.eq_any(gone))
        .count()
        .get_result(conn)?;
    Ok((of_complaints, of_promises))
}

async fn assert_no_orphans(desk: &Desk) {
    assert_eq!(desk.app.db.read(orphans).await.unwrap(), (0, 0));
}

on_both! {
    async fn everything_open_goes_to_the_successor_and_each_timeline_tells_of_it(desk) {
        let open = Case::worked(&desk).await;
        open.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        let form = merged(open.window(10, 20), json!({ "owner": "mary" }));
        let promise = open.post("call-backs", &form).await.expect(201).id().to_owned();
        let others = Case::worked(&desk).await;
        others.post("assign", &json!({ "owner": "li.na" })).await.expect(200);
        let only_promised = others.post("call-backs", &form).await.expect(201).id().to_owned();
        let closed = Case::closed(&desk).await;
        let versions = (open.get().await.json["version"].clone(), others.get().await.json["version"].clone());
        let left = let_go(&desk, "mary", "li.na").await.expect(200);
        assert_eq!((left.at("/active"), left.str("/deactivated_at")), (&json!(false), desk.now().to_string().as_str()));
        assert_eq!((left.at("/complaints_moved"), left.at("/call_backs_moved")), (&json!(1), &json!(2)));
        assert_eq!(left.str("/successor_id"), id_of(&desk, "li.na").await);
        assert_eq!(open.get().await.str("/owner"), "li.na");
        for id in [&promise, &only_promised] {
            let moved = open.promised(id).await;
            assert_eq!((moved.str("/owner"), moved.str("/state"), moved.at("/version")), ("li.na", "open", &json!(2)));
        }
        assert_eq!(open.actions().await[3..], ["call_back_promised", "handed_over", "call_back_handed_over"]);
        let entry = others.last_entry().await;
        assert_eq!((entry["action"].as_str(), entry["actor"].as_str()), (Some("call_back_handed_over"), Some("test admin")));
        assert_eq!(entry["before"], json!({ "call_back_id": only_promised, "owner": "mary" }));
        assert_eq!(entry["after"], json!({ "call_back_id": only_promised, "owner": "li.na" }));
        // Whoever was reading one of them has to read it again.
        let now = (open.get().await.json["version"].clone(), others.get().await.json["version"].clone());
        assert_eq!((now.0.as_i64(), now.1.as_i64()), (versions.0.as_i64().map(|v| v + 1), versions.1.as_i64().map(|v| v + 1)));
        assert!(closed.actions().await.iter().all(|action| action != "handed_over"));
        assert_no_orphans(&desk).await;
        // The work goes on.
        open.attempt(&promise, &reached(true)).await;
        open.post("close", &upheld()).await.expect(200);
    }
}

on_both! {
    async fn one_who_has_left_gets_no_work_by_any_way(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(10, 20).await;
        let_go(&desk, "mary", "li.na").await.expect(200);
        case.post("assign", &json!({ "owner": "mary" })).await.expect_invalid(&["/owner"]);
        let form = merged(case.window(10, 20), json!({ "owner": "mary", "purpose": "give_answer" }));
        case.post("call-backs", &form).await.expect_invalid(&["/owner"]);
        let form = merged(case.window(30, 40), json!({ "owner": "mary", "asked_by": "desk", "reason": "ill" }));
        case.call_back(&promise, "reschedule", &form).await.expect_invalid(&["/owner"]);
        desk.agent().post(COMPLAINTS, &merged(by_phone(), json!({ "owner": "mary" }))).await.expect_invalid(&["/owner"]);
        let_go(&desk, "mary", "li.na").await.expect_problem(409, "staff.inactive");
        let mary = id_of(&desk, "mary").await;
        admin(&desk).post(&format!("{STAFF}/{mary}/reactivate"), &json!({})).await.expect(200);
        case.post("assign", &json!({ "owner": "mary" })).await.expect(200);
    }
}

on_both! {
    async fn a_complaint_that_opens_again_is_with_whoever_took_over(desk) {
        hire(&desk, "zhang.min", "agent").await;
        let (case, link) = Case::filed(&desk).await;
        case.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        case.post("withdraw", &reason("a misunderstanding")).await.expect(200);
        let nobodys = Case::logged(&desk).await;
        nobodys.post("assign", &json!({ "owner": "zhang.min" })).await.expect(200);
        nobodys.post("withdraw", &reason("a misunderstanding")).await.expect(200);
        let_go(&desk, "mary", "li.na").await.expect(200);
        let_go(&desk, "li.na", "zhang.min").await.expect(200);
        assert_eq!(case.get().await.str("/owner"), "mary", "who closed it is history");
        desk.anonymous().post(&format!("{link}/dispute"), &reason("it was not")).await.expect(200);
        assert_eq!(case.get().await.str("/owner"), "zhang.min", "the successor of the successor");
        let entry = case.last_entry().await;
        assert_eq!((&entry["before"]["owner"], &entry["after"]["owner"]), (&json!("mary"), &json!("zhang.min")));
        nobodys.post("reopen", &reason("again")).await.expect(200);
        assert_eq!(nobodys.get().await.str("/owner"), "zhang.min");
        assert_no_orphans(&desk).await;
    }
}

on_both! {
    async fn the_successor_works_here_and_in_every_team_that_holds_the_work(desk) {
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        hire(&desk, "gone", "agent").await;
        let_go(&desk, "gone", "li.na").await.expect(200);
        let case = Case::logged(&desk).await;
        let assign = format!("{}/assign", case.path());
        admin(&desk).post(&assign, &json!({ "team": broadband, "owner": "mary" })).await.expect(200);
        for successor in ["nobody", "mary", "gone", "", "\u{0}", "li.na"] {
            let before = desk.footprint();
            let_go(&desk, "mary", successor).await.expect_invalid(&["/successor"]);
            assert_eq!(desk.footprint(), before, "{successor}");
        }
        let wordless = json!({ "successor": "li.na", "reason": " " });
        let path = format!("{STAFF}/{}/deactivate", id_of(&desk, "mary").await);
        admin(&desk).post(&path, &wordless).await.expect_invalid(&["/reason"]);
        let member = format!("{}/{broadband}/members/{}", TEAMS, id_of(&desk, "li.na").await);
        admin(&desk).put(&member, &json!({})).await.expect(200);
        let_go(&desk, "mary", "li.na").await.expect(200);
        assert_eq!(case.get().await.str("/owner"), "li.na");
    }
}

on_both! {
    async fn coming_back_brings_no_work_back(desk) {
        let case = Case::logged(&desk).await;
        case.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        let_go(&desk, "mary", "li.na").await.expect(200);
        let path = format!("{STAFF}/{}", id_of(&desk, "mary").await);
        let back = admin(&desk).if_match("\"2\"").post(&format!("{path}/reactivate"), &json!({})).await.expect(200);
        assert_eq!((back.at("/active"), back.at("/successor_id"), back.etag()), (&json!(true), &json!(null), "\"3\""));
        admin(&desk).post(&format!("{path}/reactivate"), &json!({})).await.expect_problem(409, "staff.active");
        assert_eq!(case.get().await.str("/owner"), "li.na");
    }
}

on_both! {
    async fn thousands_of_complaints_are_handed_over_in_one_go(desk) {
        let agent = desk.agent();
        let mut made = JoinSet::new();
        for n in 0..1_200 {
            let agent = agent.clone();
            let body = merged(by_phone(), json!({ "owner": "mary", "subject": format!("number {n}") }));
            made.spawn(async move { agent.post(COMPLAINTS, &body).await.expect(201) });
            if made.len() >= 60 {
                made.join_next().await.unwrap().unwrap();
            }
        }
        made.join_all().await;
        let left = let_go(&desk, "mary", "li.na").await.expect(200);
        assert_eq!(left.at("/complaints_moved"), &json!(1_200));
        assert_no_orphans(&desk).await;
        assert_eq!((desk.rows("complaints WHERE owner = 'li.na'"), desk.rows("timeline_entries WHERE action = 'handed_over'")), (1_200, 1_200));
    }
}

on_both! {
    async fn work_that_is_given_while_somebody_leaves_goes_along_or_is_refused(desk) {
        for round in 0..4 {
            let leaver = format!("leaver-{round}");
            hire(&desk, &leaver, "agent").await;
            let mut cases = Vec::new();
            for _ in 0..6 {
                cases.push(Case::worked(&desk).await);
            }
            let closed = Case::closed(&desk).await;
            let with_promise = Case::worked(&desk).await;
            let form = merged(with_promise.window(10, 20), json!({ "owner": leaver }));
            let promise = with_promise.post("call-backs", &form).await.expect(201).id().to_owned();
            let mut tasks = JoinSet::new();
            for (n, case) in cases.iter().enumerate() {
                let (client, path, owner) = (desk.agent(), case.path(), leaver.clone());
                let window = case.window(10, 20);
                tasks.spawn(async move {
                    if n % 2 == 0 {
                        client.post(&format!("{path}/assign"), &json!({ "owner": owner })).await.status
                    } else {
                        client.post(&format!("{path}/call-backs"), &merged(window, json!({ "owner": owner }))).await.status
                    }
                });
                let (client, owner) = (desk.agent(), leaver.clone());
                tasks.spawn(async move {
                    client.post(COMPLAINTS, &merged(by_phone(), json!({ "owner": owner }))).await.status
                });
            }
            let (client, path) = (desk.agent(), closed.path());
            tasks.spawn(async move { client.post(&format!("{path}/reopen"), &reason("again")).await.status });
            let (client, moved) = (desk.agent(), merged(with_promise.window(30, 40), json!({ "asked_by": "desk", "reason": "ill" })));
            tasks.spawn(async move { client.post(&format!("{CALL_BACKS}/{promise}/reschedule"), &moved).await.status });
            let (client, path) = (admin(&desk), format!("{STAFF}/{}/deactivate", id_of(&desk, &leaver).await));
            tasks.spawn(async move { client.post(&path, &leave("mary")).await.expect(200).status });
            for status in tasks.join_all().await {
                assert!(matches!(status, 200 | 201 | 409 | 422), "{status}");
            }
            assert_no_orphans(&desk).await;
            assert_eq!(desk.rows(&format!("staff_members WHERE handle = '{leaver}' AND deactivated_at IS NOT NULL")), 1);
        }
    }
}

on_both! {
    async fn two_who_name_each_other_as_successor_do_not_both_go(desk) {
        let mut tasks = JoinSet::new();
        for (leaver, successor) in [("mary", "li.na"), ("li.na", "mary")] {
            let (client, path) = (admin(&desk), format!("{STAFF}/{}/deactivate", id_of(&desk, leaver).await));
            tasks.spawn(async move { client.post(&path, &leave(successor)).await.status });
        }
        let mut statuses = tasks.join_all().await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
        assert_no_orphans(&desk).await;
    }
}

on_both! {
    async fn a_programs_work_is_its_own(desk) {
        let program = program(&desk, json!({ "name": "shop-app", "role": "agent" })).await;
        let made = program.post(COMPLAINTS, &merged(by_phone(), json!({ "owner": "shop-app" }))).await.expect(201);
        let_go(&desk, "mary", "li.na").await.expect(200);
        let read = program.get(&format!("{COMPLAINTS}/{}", made.id())).await.expect(200);
        assert_eq!(read.str("/owner"), "shop-app");
    }
}
