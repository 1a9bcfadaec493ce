//! The real program, killed while its rules run: each fires on each complaint, and once.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use hark::db::conn::Target;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{RULES, note, on};
use crate::fixtures::{COMPLAINTS, merged};
use crate::journeys::by_phone;
use crate::support::Client;
use crate::support::program::{PATIENCE, Place};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(target: &Target, what: &str) -> i64 {
    let mut conn = target.connect().unwrap();
    let row: Number = diesel::sql_query(format!("SELECT count(*) AS n FROM {what}"))
        .get_result(&mut conn)
        .unwrap();
    row.n
}

/// What a process that was killed has in hand is free after a minute; the test does not wait for it.
fn let_go(target: &Target) {
    let mut conn = target.connect().unwrap();
    diesel::sql_query("DELETE FROM job_leases").execute(&mut conn).unwrap();
}

/// Logs complaints by four clients until the program is gone.
async fn load(url: &str, token: &str, round: usize) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    for client in 0..4 {
        let (url, token) = (url.to_owned(), token.to_owned());
        clients.spawn(async move {
            let http = crate::support::http::plain();
            for n in 0..400 {
                let phone = format!("138{round:02}{client:02}{n:04}");
                let body = merged(by_phone(), json!({ "customer": { "phone": phone } }));
                let sent = http
                    .post(format!("{url}{COMPLAINTS}"))
                    .bearer_auth(&token)
                    .json(&body)
                    .send();
                if sent.await.is_err() {
                    return;
                }
            }
        });
    }
    clients
}

async fn killed_while_rules_run(mut place: Place) {
    place.settings.push(("HARK_JOB_SECONDS", "1".to_owned()));
    let target = place.target();
    let mut running = place.start();
    let token = running.first_token();
    let client = Client::new(&running.url, Some(&token));
    let rules = [
        note("one", on("received"), json!({})),
        note("two", on("received"), json!({})),
    ];
    let written = client.put(RULES, &json!({ "rules": rules })).await.expect(200);
    let path = format!("{RULES}/versions/{}/activate", written.at("/version"));
    client.post(&path, &Value::Null).await.expect(200);
    let mut left = 0;
    for round in 0..3 {
        let clients = load(&running.url, &token, round).await;
        let deadline = Instant::now() + PATIENCE;
        let before = count(&target, "rule_firings");
        while count(&target, "rule_firings") < before + 5 {
            assert!(Instant::now() < deadline, "no rule fires: {}", place.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(rand::random_range(5..200))).await;
        running.child.kill().unwrap();
        running.child.wait().unwrap();
        clients.join_all().await;
        left += count(&target, "rule_events");
        let_go(&target);
        running = place.start();
    }
    assert!(left > 0, "nothing was in hand when it was killed");
    let deadline = Instant::now() + Duration::from_secs(120);
    while count(&target, "rule_events") > 0 {
        assert!(Instant::now() < deadline, "not worked off: {}", place.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let complaints = count(&target, "complaints");
    assert!(complaints > 10);
    for rule in ["one", "two"] {
        assert_eq!(
            count(
                &target,
                &format!("rule_firings WHERE rule = '{rule}' AND outcome = 'done'")
            ),
            complaints
        );
        assert_eq!(
            count(&target, &format!("messages WHERE body = '{rule}'")),
            complaints,
            "each once"
        );
    }
    let doubled = "(SELECT complaint_id FROM messages GROUP BY complaint_id, body HAVING count(*) > 1) AS twice";
    assert_eq!(count(&target, doubled), 0);
    let mut conn = target.connect().unwrap();
    crate::properties::assert_sound(&mut conn, None).unwrap();
}

#[tokio::test]
async fn killed_while_rules_run_each_fires_once_sqlite() {
    killed_while_rules_run(Place::sqlite()).await;
}

#[tokio::test]
async fn killed_while_rules_run_each_fires_once_postgres() {
    if let Some(place) = Place::postgres() {
        killed_while_rules_run(place).await;
    }
}
