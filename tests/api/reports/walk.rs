//! After any walk through the desk, what was appended change by change is what building anew comes to.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

use super::{build_anew, everything, fold_all};
use crate::journeys::by_phone;
use crate::on_both;
use crate::properties::{Known, act};
use crate::support::{Client, Desk, Reply};

/// Something that moves figures from one property to another.
async fn correct(desk: &Desk, rng: &mut StdRng, agent: &Client, teams: &[String], id: &str) -> Reply {
    let at = format!("/api/v1/complaints/{id}");
    let any = |rng: &mut StdRng, words: &[&str]| words[rng.random_range(0..words.len())].to_owned();
    match rng.random_range(0..4_u32) {
        0 => {
            let manner = any(rng, &["angry", "friendly", "hesitant", "insistent", "not_clear"]);
            agent
                .put(&format!("{at}/customer-type"), &json!({ "customer_type": manner }))
                .await
        }
        1 => {
            let team = match rng.random_range(0..3_usize) {
                2 => json!(null),
                n => json!(teams[n]),
            };
            agent
                .post(&format!("{at}/assign"), &json!({ "team": team, "owner": null }))
                .await
        }
        2 => {
            let (category, severity) = (any(rng, &["billing", "delivery"]), any(rng, &["low", "critical"]));
            let etag = agent.get(&at).await.expect(200).etag().to_owned();
            let body = json!({ "category": category, "severity": severity });
            agent.if_match(&etag).patch(&at, &body).await
        }
        _ => {
            let path = ["messages", "notes"][rng.random_range(0..2_usize)];
            let _ = desk;
            agent.post(&format!("{at}/{path}"), &json!({ "body": "a word" })).await
        }
    }
}

on_both! {
    async fn the_sums_of_a_random_walk_are_those_that_are_built_anew(desk) {
        let admin = desk.client(hark::domain::staff::Role::Admin);
        let mut teams = Vec::new();
        for name in ["North", "South"] {
            teams.push(admin.post("/api/v1/teams", &json!({ "name": name })).await.expect(201).id().to_owned());
        }
        let mut rng = StdRng::seed_from_u64(20_261_126);
        let mut known = BTreeMap::new();
        for n in 0..8 {
            let mut body = by_phone();
            if n % 3 == 1 {
                body["channel"] = json!("email");
                body["received_at"] = json!("2026-11-21T10:00:00Z");
            }
            let reply = admin.post("/api/v1/complaints", &body).await.expect(201);
            known.insert(reply.id().to_owned(), Known::default());
        }
        let mut done = 0;
        for n in 0..450 {
            if n % 7 == 0 {
                desk.pass(TimeDelta::seconds(rng.random_range(1..20_000)));
            }
            if n % 90 == 89 {
                // Long enough that the sweep finds promises that nobody kept.
                desk.pass(TimeDelta::hours(60));
                desk.run_jobs().await;
            }
            let reply = if rng.random_bool(0.25) {
                let ids: Vec<&String> = known.keys().collect();
                let id = ids[rng.random_range(0..ids.len())].clone();
                correct(&desk, &mut rng, &admin, &teams, &id).await
            } else {
                act(&desk, &mut rng, &admin, &mut known).await.1
            };
            assert!(matches!(reply.status, 200 | 201 | 409 | 422), "{} {}", reply.status, reply.text);
            done += usize::from(reply.status < 300);
            if n % 50 == 49 {
                fold_all(&desk, 17);
            }
            if n % 150 == 149 {
                let sums = everything(&desk);
                assert!(sums.len() > 400, "{}", sums.len());
                assert!(sums.iter().all(|sum| !sum.contains("n: -")), "nothing is counted less than not at all");
                build_anew(&desk);
                let anew = everything(&desk);
                let differ: Vec<_> = sums.iter().filter(|sum| !anew.contains(sum)).collect();
                let more: Vec<_> = anew.iter().filter(|sum| !sums.contains(sum)).collect();
                assert!(differ.is_empty() && more.is_empty(), "appended: {differ:#?}\nanew: {more:#?}");
            }
        }
        assert!(done > 200, "{done}");
    }
}
