//! A bulk action of which the process is killed in the middle goes on afterwards, and does nothing twice.

use std::time::{Duration, Instant};

use serde_json::json;

use super::BULK;
use crate::fixtures::{COMPLAINTS, log, walk};
use crate::support::Client;
use crate::support::program::Place;

const MANY: usize = 400;

async fn killed_in_the_middle(place: Place) {
    let mut running = place.start();
    let token = running.first_token();
    let client = Client::new(&running.url, Some(&token));
    let mut ids = Vec::new();
    for n in 0..MANY {
        let body = json!({
            "channel": "phone", "customer": { "phone": format!("139 0013 {n:04}") }, "subject": "x", "statement": "y",
        });
        ids.push(log(&client, &body).await.id().to_owned());
    }
    let body = json!({ "ids": ids, "actions": [{ "do": "add_note", "body": "once" }] });
    let bulk = format!("{BULK}/{}", client.post(BULK, &body).await.expect(202).id());
    let (mut kills, mut last) = (0, 0);
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let client = Client::new(&running.url, Some(&token));
        let seen = client.get(&bulk).await.expect(200);
        let done = seen.at("/done").as_i64().unwrap();
        if seen.str("/state") == "done" {
            break;
        }
        assert!(Instant::now() < deadline, "it does not go on: {}", seen.text);
        if done > last && kills < 3 {
            last = done;
            kills += 1;
            running.child.kill().unwrap();
            drop(running);
            running = place.start();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(kills > 0, "it was never killed in the middle");
    let client = Client::new(&running.url, Some(&token));
    let results = walk(&client, &format!("{bulk}/results"), 200, async || {}).await;
    assert_eq!(results.len(), MANY);
    assert!(results.iter().all(|item| item["outcome"] == "done"));
    for id in &ids {
        let messages = client.get(&format!("{COMPLAINTS}/{id}/messages")).await.expect(200);
        assert_eq!(messages.items().len(), 1, "{id}");
    }
}

#[tokio::test]
async fn killed_in_the_middle_a_bulk_action_goes_on_and_does_nothing_twice_sqlite() {
    killed_in_the_middle(Place::sqlite()).await;
}

#[tokio::test]
async fn killed_in_the_middle_a_bulk_action_goes_on_and_does_nothing_twice_postgres() {
    if let Some(place) = Place::postgres() {
        killed_in_the_middle(place).await;
    }
}
