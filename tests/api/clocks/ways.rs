//! Every way in which a complaint changes moves its clocks; and clocks that were followed step by step are those that
//! their history leads to.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use hark::db::conn::Conn;
use hark::db::schema;
use hark::domain::complaints::history::{self, What};
use hark::domain::complaints::model::Complaint;
use hark::domain::sla::clocks::row::ClockRow;
use hark::domain::sla::clocks::walk::walk;
use hark::domain::sla::policies::book;
use hark::error::Result;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{install, metric, policy};
use crate::fixtures::{Case, PUBLIC, by_web, merged, reason};
use crate::journeys::by_phone;
use crate::on_both;

/// What must hold of every complaint at any time: its history ends where it stands, and the clocks that were written
/// step by step are those that the history leads to, as it is read anew.
pub fn assert_followed(conn: &mut Conn) -> Result<()> {
    let complaints: Vec<Complaint> = schema::complaints::table.select(Complaint::as_select()).load(conn)?;
    let book = book::current(conn)?;
    for c in &complaints {
        let history = history::load(conn, c.id)?;
        let last = history.last().unwrap();
        assert_eq!((last.state, last.round), (c.state, c.round), "{c:#?}\n{history:#?}");
        assert!(matches!(history[0].what, What::Received(_)), "{history:#?}");
        let (owner, team) = history::held_by(&history);
        if owner.is_some() {
            assert_eq!((owner, team), (c.owner.as_deref(), c.team_id), "{history:#?}");
        }
        let rows: Vec<ClockRow> = schema::complaint_clocks::table
            .filter(schema::complaint_clocks::complaint_id.eq(c.id))
            .select(ClockRow::as_select())
            .load(conn)?;
        let Some(book) = &book else { continue };
        let walked = walk(book, &history, None);
        let due = walked.next_due().into_iter().chain(c.call_back_due_at).min();
        assert_eq!(c.next_due_at, due, "{c:#?}\n{:#?}", walked.clocks);
        let key = |policy: &str, metric: &str, cycle: i32| format!("{policy} {metric} {cycle}");
        let written: BTreeMap<String, _> = rows
            .iter()
            .map(|r| {
                // The sweep sees what came due since the last change.
                let state = (r.started_at, r.due_at, r.breached_at, r.ended_at);
                (key(&r.policy, &r.metric, r.cycle), state)
            })
            .collect();
        let rebuilt: BTreeMap<String, _> = walked
            .clocks
            .iter()
            .map(|clock| {
                let row = rows.iter().find(|row| {
                    (row.policy.as_str(), row.metric.as_str(), row.cycle)
                        == (clock.policy.as_str(), clock.metric.slug.as_str(), clock.cycle)
                });
                let swept = row.and_then(|row| row.breached_at);
                let state = (
                    clock.started_at,
                    clock.due_at,
                    clock.breached_at.or(swept),
                    clock.ended_at,
                );
                (key(&clock.policy, &clock.metric.slug, clock.cycle), state)
            })
            .collect();
        assert_eq!(written, rebuilt, "{history:#?}");
    }
    Ok(())
}

on_both! {
    async fn the_public_form_and_the_private_link_move_clocks(desk) {
        install(&desk, "standard_service").await;
        let (case, link) = Case::filed(&desk).await;
        assert_eq!(case.states_of("acknowledge").await, ["met"], "the form answers with a receipt");
        assert_eq!(case.states_of("first_response").await, ["running"]);
        let public = desk.anonymous();
        public.post(&format!("{link}/messages"), &json!({ "body": "hello?" })).await.expect(200);
        assert_eq!(case.clocks_of("next_response").await, [] as [Value; 0], "the first response answers it");
        case.post("messages", &json!({ "body": "we are here" })).await.expect(200);
        public.post(&format!("{link}/messages"), &json!({ "body": "and now?" })).await.expect(200);
        assert_eq!(case.states_of("next_response").await, ["running"]);
        case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        assert_eq!(case.states_of("resolve").await, ["paused"]);
        public.post(&format!("{link}/messages"), &json!({ "body": "the photo" })).await.expect(200);
        assert_eq!(case.states_of("resolve").await, ["running"]);
        let promise = case.promise_for("give_answer", 10, 60).await;
        let move_it = json!({ "window_start": desk.in_minutes(600), "window_end": desk.in_minutes(660), "reason": "at work" });
        public.post(&format!("{link}/call-backs/{promise}/move"), &move_it).await.expect(200);
        assert_eq!(case.states_of("call_back").await, ["stopped", "running"]);
        public.post(&format!("{link}/withdraw"), &reason("solved")).await.expect(200);
        assert_eq!(case.states_of("call_back").await, ["stopped", "stopped"]);
        assert_eq!(case.states_of("resolve").await, ["stopped"]);
        public.post(&format!("{link}/dispute"), &reason("it is back")).await.expect(200);
        assert_eq!(case.states_of("resolve").await, ["stopped", "running"]);
        assert_eq!(case.states_of("next_response").await.last().unwrap(), "running", "a dispute wants an answer");
        desk.app.db.read(assert_followed).await.unwrap();
    }
}

on_both! {
    /// Many at once, as the lanes of the intake take them; what breaks a promise is Hark itself.
    async fn groups_and_background_jobs_move_clocks(desk) {
        install(&desk, "standard_service").await;
        let agent = desk.agent();
        let body = |n: i32| merged(by_phone(), json!({ "customer": { "phone": format!("139001390{n:02}") } }));
        let mut many = JoinSet::new();
        for n in 0..24 {
            let (agent, body) = (agent.clone(), body(n));
            many.spawn(async move { agent.post(crate::fixtures::COMPLAINTS, &body).await.expect(201) });
        }
        many.join_all().await;
        assert_eq!(desk.count("SELECT count(*) AS n FROM complaint_clocks WHERE metric = 'resolve'"), 24);
        assert_eq!(desk.count("SELECT count(*) AS n FROM complaint_clocks WHERE metric = 'first_response' AND state = 'met'"), 24);
        let filed = desk.anonymous().post(PUBLIC, &by_web()).await.expect(201);
        assert!(filed.status == 201);
        let case = Case::logged(&desk).await;
        case.promise(10, 60).await;
        desk.pass(TimeDelta::hours(60));
        desk.run_each_job().await;
        let call = case.clock("call_back").await;
        assert_eq!((&call["state"], call["ended_at"].is_null()), (&json!("breached"), false));
        desk.app.db.read(assert_followed).await.unwrap();
    }
}

on_both! {
    /// A desk without policies reads one row more for a group of arrivals, and writes nothing.
    async fn a_desk_without_policies_has_no_clocks(desk) {
        let case = Case::worked(&desk).await;
        case.promise(10, 60).await;
        assert_eq!((desk.rows("complaint_clocks"), desk.rows("sla_stamp")), (0, 0));
        assert_eq!(case.clocks().await, [] as [Value; 0]);
        assert_eq!(case.get().await.at("/next_due_at"), case.get().await.at("/call_back_due_at"));
        desk.pass(TimeDelta::seconds(1));
        crate::clocks::enforce(&desk, "ours", &policy(&[metric("resolve", "resolve", 60)])).await;
        case.post("notes", &json!({ "body": "x" })).await.expect(200);
        assert_eq!(case.clocks().await, [] as [Value; 0], "what was there before a policy is left alone");
    }
}
