//! Fifty at once, on two processes: nobody gets what somebody else got, and nothing is lost.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::json;
use tokio::task::JoinSet;

use super::{assert_queued, logged, take};
use crate::fixtures::{COMPLAINTS, walk};
use crate::on_both;
use crate::races::beside;
use crate::staff::{id_of, program, team};
use crate::support::{Client, Desk, Reply, person};

/// How many may be served at the same moment: two processes with four connections each.
const AT_ONCE: usize = 8;

/// Fifty who work in the same two teams: forty programs and ten people, half of them at each of two processes.
async fn fifty(desk: &Desk, teams: &[String]) -> Vec<Client> {
    let other = beside(desk);
    let admin = desk.client(Role::Admin);
    let mut clients = Vec::new();
    for n in 0..40 {
        let body = json!({ "name": format!("robot {n}"), "role": "agent", "teams": teams });
        let made = admin.post("/api/v1/service-tokens", &body).await.expect(201);
        let at = if n % 2 == 0 { &desk.url } else { &other };
        clients.push(Client::new(at, Some(made.str("/secret"))));
    }
    for n in 0..10 {
        let handle = format!("agent.{n}");
        let client = person::signed_in(desk, &handle, "agent").await.client();
        for team in teams {
            let path = format!("/api/v1/teams/{team}/members/{}", id_of(desk, &handle).await);
            admin.put(&path, &json!({})).await.expect(200);
        }
        clients.push(if n % 2 == 0 { client } else { client.at(&other) });
    }
    clients
}

async fn all_ask(clients: &[Client]) -> Vec<Reply> {
    let mut tasks = JoinSet::new();
    for client in clients {
        let client = client.clone();
        tasks.spawn(async move { take(&client).await });
    }
    tasks.join_all().await
}

on_both! {
    async fn fifty_ask_at_once_and_nobody_gets_what_another_got(desk) {
        let teams = [team(&desk, "One", &[]).await, team(&desk, "Two", &[]).await];
        let clients = fifty(&desk, &teams).await;
        let admin = desk.client(Role::Admin);
        for n in 0..120_usize {
            let severity = ["low", "medium", "high", "critical"][n % 4];
            let id = logged(&desk, json!({ "severity": severity })).await;
            let team = json!({ "team": teams[n % 2] });
            admin.post(&format!("{COMPLAINTS}/{id}/assign"), &team).await.expect(200);
            if n % 10 == 0 {
                desk.pass(TimeDelta::minutes(3));
            }
        }
        let order: Vec<String> = walk(&admin, crate::work::QUEUE, 200, async || ()).await
            .iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        let mut taken = BTreeSet::new();
        for round in 1..=3_usize {
            let replies = all_ask(&clients).await;
            let given: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
            let wanted = if round < 3 { 50 } else { 20 };
            let statuses: BTreeMap<u16, usize> = replies.iter().fold(BTreeMap::new(), |mut tally, reply| {
                *tally.entry(reply.status).or_default() += 1;
                tally
            });
            assert_eq!(given.len(), wanted, "round {round}: {statuses:?}");
            assert!(statuses.keys().all(|status| matches!(status, 200 | 204)), "{statuses:?}");
            for reply in given {
                assert!(taken.insert(reply.id().to_owned()), "{} was given twice", reply.id());
                let place = order.iter().position(|id| id == reply.id()).unwrap();
                let least: usize = round * 50 - 50;
                assert!((least.saturating_sub(AT_ONCE)..round * 50 + AT_ONCE).contains(&place), "round {round}: place {place}");
            }
        }
        assert_eq!(taken.len(), 120, "nothing is lost");
        let owners = admin.get(&format!("{COMPLAINTS}?limit=200")).await.expect(200).each("owner");
        assert_eq!(owners.len(), 120);
        desk.app.db.read(assert_queued).await.unwrap();
        desk.app.db.read(|conn| crate::properties::assert_sound(conn, None)).await.unwrap();
    }
}

on_both! {
    /// Some take, some give away, some close, some log: whoever asks gets something that nobody has.
    async fn taking_races_with_everything_else_that_changes_complaints(desk) {
        let other = beside(&desk);
        let body = json!({ "name": "second", "role": "agent" });
        let robot = program(&desk, body).await;
        let mut ids = Vec::new();
        for _ in 0..30 {
            ids.push(logged(&desk, json!({})).await);
        }
        let mut tasks = JoinSet::new();
        for (n, id) in ids.iter().enumerate() {
            let (path, client) = (format!("{COMPLAINTS}/{id}"), desk.agent());
            tasks.spawn(async move {
                match n % 3 {
                    0 => client.post(&format!("{path}/assign"), &json!({ "owner": "mary" })).await,
                    1 => client.post(&format!("{path}/withdraw"), &json!({ "reason": "no more" })).await,
                    _ => client.post(&format!("{path}/notes"), &json!({ "body": "looked at it" })).await,
                }
            });
            let client = if n % 2 == 0 { robot.clone() } else { robot.at(&other) };
            tasks.spawn(async move { take(&client).await });
        }
        let replies = tasks.join_all().await;
        let mut taken = BTreeSet::new();
        for reply in &replies {
            assert!(matches!(reply.status, 200 | 204 | 503), "{}", reply.text);
            if let Some(id) = reply.json.get("why").map(|_| reply.id().to_owned()) {
                assert!(taken.insert(id), "given twice");
            }
        }
        assert!(taken.len() >= 10, "{}", taken.len());
        desk.app.db.read(assert_queued).await.unwrap();
        desk.app.db.read(|conn| crate::properties::assert_sound(conn, None)).await.unwrap();
    }
}
