//! The queue says what is open, however it came about.

use std::collections::BTreeMap;

use diesel::prelude::*;
use hark::db::conn::Conn;
use hark::db::schema;
use hark::domain::complaints::model::{CallBack, Complaint};
use hark::domain::complaints::vocabulary::State;
use hark::domain::policy::Policy;
use hark::domain::work::row::{QueueRow, Wants};
use hark::error::Result;
use hark::ids::ComplaintId;

use super::{give, logged};
use crate::fixtures::{Case, reason};
use crate::on_both;
use crate::staff::team;
use serde_json::json;

/// What must hold at any time: there is a row for each open complaint and for no other, and it says what the complaint
/// and its promises say, as if it were made anew.
pub fn assert_queued(conn: &mut Conn) -> Result<()> {
    let complaints: Vec<Complaint> = schema::complaints::table
        .filter(schema::complaints::state.ne(State::Closed))
        .select(Complaint::as_select())
        .load(conn)?;
    let promises: Vec<CallBack> = schema::call_backs::table.select(CallBack::as_select()).load(conn)?;
    let rows: Vec<QueueRow> = schema::work_queue::table.select(QueueRow::as_select()).load(conn)?;
    let rows: BTreeMap<ComplaintId, QueueRow> = rows.into_iter().map(|row| (row.complaint_id, row)).collect();
    let wanted: BTreeMap<ComplaintId, QueueRow> = complaints
        .iter()
        .map(|complaint| {
            let own: Vec<CallBack> = promises
                .iter()
                .filter(|promise| promise.complaint_id == complaint.id)
                .cloned()
                .collect();
            let there = rows.get(&complaint.id);
            let (wants, at) = there
                .map(|row| (row.wants(), row.entered_at))
                .unwrap_or_else(|| (Wants::default(), complaint.logged_at));
            (complaint.id, QueueRow::of(complaint, &own, wants, at))
        })
        .collect();
    assert_eq!(rows, wanted);
    Ok(())
}

on_both! {
    /// As the random walk of `properties` does with everything else; here what goes past `Work`.
    async fn the_queue_follows_what_is_handed_over_and_taken_out_of_teams(desk) {
        let (one, other) = (logged(&desk, json!({ "owner": "mary" })).await, logged(&desk, json!({})).await);
        let broadband = team(&desk, "Broadband", &["mary", "li.na"]).await;
        give(&desk, &one, &broadband).await;
        give(&desk, &other, &broadband).await;
        let case = Case { desk: &desk, agent: desk.client(hark::domain::staff::Role::Admin), id: other };
        let window = case.window(60, 120);
        case.post("call-backs", &crate::fixtures::merged(window, json!({ "owner": "mary" }))).await.expect(201);
        let mary = crate::staff::id_of(&desk, "mary").await;
        let leaving = json!({ "successor": "li.na", "reason": "moved" });
        crate::staff::admin(&desk).post(&format!("/api/v1/staff/{mary}/deactivate"), &leaving).await.expect(200);
        assert_eq!(desk.count("SELECT count(*) AS n FROM work_queue WHERE owner = 'li.na'"), 1);
        assert_eq!(desk.count("SELECT count(*) AS n FROM work_queue WHERE held_by = 'li.na'"), 1);
        desk.app.db.read(assert_queued).await.unwrap();
        case.post("withdraw", &reason("found it")).await.expect(200);
        assert_eq!(desk.rows("work_queue"), 1);
        desk.app.db.read(assert_queued).await.unwrap();
        case.post("reopen", &reason("lost it again")).await.expect(200);
        desk.app.db.read(assert_queued).await.unwrap();
    }
}

on_both! {
    async fn the_migration_fills_the_queue_with_what_is_open_already(desk) {
        for severity in ["low", "medium", "high", "critical"] {
            logged(&desk, json!({ "severity": severity })).await;
        }
        let waiting = Case::logged(&desk).await;
        waiting.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        crate::clocks::install(&desk, "standard_service").await;
        desk.pass(chrono::TimeDelta::minutes(1));
        let promised = Case::worked(&desk).await;
        promised.promise(30, 91).await;
        let both = Case::worked(&desk).await;
        both.promise_for("give_answer", 50_000, 50_060).await;
        both.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        Case::closed(&desk).await;
        let statement = match desk.app.db.target() {
            hark::db::conn::Target::Pg(_) => include_str!("../../../migrations/postgres/2026-11-26-000020_work_queue/up.sql"),
            hark::db::conn::Target::Sqlite(_) => include_str!("../../../migrations/sqlite/2026-11-26-000020_work_queue/up.sql"),
        };
        let fill = statement.split("INSERT INTO work_queue").nth(1).unwrap().split(';').next().unwrap();
        desk.execute("DELETE FROM work_queue");
        assert_eq!(desk.execute(&format!("INSERT INTO work_queue{fill}")), 7);
        desk.app.db.read(assert_queued).await.unwrap();
    }
}

on_both! {
    async fn rows_that_an_older_process_forgot_are_put_right_by_a_job(desk) {
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(logged(&desk, json!({})).await);
        }
        let case = Case::closed(&desk).await;
        desk.run_each_job().await;
        let first = "WHERE complaint_id = (SELECT complaint_id FROM work_queue ORDER BY complaint_id LIMIT 1)";
        desk.execute(&format!("DELETE FROM work_queue {first}"));
        desk.execute(&format!("UPDATE work_queue SET owner = 'nobody' {first}"));
        let closed = "SELECT id, team_id, (SELECT line FROM work_queue LIMIT 1), owner, received_at, 'age', NULL, NULL, reserved, NULL, '', NULL, received_at FROM complaints, (SELECT reserved FROM work_queue LIMIT 1) AS r WHERE state = 'closed'";
        desk.execute(&format!("INSERT INTO work_queue {closed}"));
        assert_eq!(case.get().await.str("/state"), "closed");
        assert_eq!(desk.run_each_job().await.get("mend_queue"), Some(&3));
        desk.app.db.read(assert_queued).await.unwrap();
        assert_eq!(desk.run_each_job().await.get("mend_queue"), Some(&0));
    }
}

/// The demo goes another way in.
#[test]
fn a_demo_desk_has_its_queue() {
    let (sqlite, folder) = crate::support::fresh_sqlite();
    let targets = std::iter::once(sqlite).chain(crate::support::fresh_postgres());
    for target in targets {
        let plan = hark::demo::Plan {
            complaints: 400,
            seed: 3,
            now: crate::support::start_of_time(),
            days: 60,
            clocks: true,
        };
        hark::demo::fill(&target, &plan, &Policy::default(), &|_| ()).unwrap();
        let mut conn = target.connect().unwrap();
        assert_queued(&mut conn).unwrap();
        let open: i64 = schema::work_queue::table.count().get_result(&mut conn).unwrap();
        assert!(open > 20, "{open}");
    }
    drop(folder);
}
