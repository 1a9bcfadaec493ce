//! A bulk action on as many complaints as there may be in one.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::service::Service;

/// The longest it may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// Tags complaints that a filter finds, and waits until each has an outcome.
pub fn measure(service: &Service, complaints: usize) {
    let ids = ids(service, complaints);
    let asked =
        json!({ "ids": ids, "actions": [{ "do": "tag", "tags": ["bulk"] }, { "do": "add_note", "body": "批量" }] });
    let started = Instant::now();
    let bulk = service.command("POST", "/api/v1/bulk-actions", &asked);
    let answered = started.elapsed();
    let path = format!("/api/v1/bulk-actions/{}", bulk["id"].as_str().unwrap());
    let done = loop {
        let now = service.command("GET", &path, &Value::Null);
        if now["state"] == "done" {
            break now;
        }
        assert!(started.elapsed() < PATIENCE, "{now}");
        std::thread::sleep(Duration::from_millis(200));
    };
    let (most, now) = service.memory_mib();
    println!(
        "bulk of {}: answered in {} ms, done in {:.1} s ({} done, {} unchanged, {} refused, {} failed) · memory at most {most} MiB, now {now}",
        done["total"],
        answered.as_millis(),
        started.elapsed().as_secs_f64(),
        done["done"],
        done["unchanged"],
        done["refused"],
        done["failed"],
    );
}

/// Ids of open complaints, page by page.
fn ids(service: &Service, wanted: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut after = String::new();
    while ids.len() < wanted {
        let path = format!("/api/v1/complaints?limit=200&open=true{after}");
        let page = service.command("GET", &path, &Value::Null);
        let items = page["items"].as_array().unwrap();
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => after = format!("&cursor={cursor}"),
            None => break,
        }
    }
    ids.truncate(wanted);
    ids
}
