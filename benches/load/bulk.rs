//! The largest bulk action that may be asked for: how long it takes, how it is told as it goes, and what memory it takes.

use std::time::{Duration, Instant};

use super::service::Service;

/// The most complaints that it takes.
const MOST: usize = 10_000;
/// How often is asked how far it is.
const LOOK: Duration = Duration::from_millis(200);

pub fn measure(service: &Service) {
    let ids = service.ids(MOST);
    let (_, before) = service.memory_mib();
    let body = serde_json::json!({ "ids": ids, "actions": [{ "do": "tag", "tags": ["measured"] }] });
    let begun = Instant::now();
    let asked = service.manage("POST", "/api/v1/bulk-actions", Some(&body), 202);
    let taken_in = begun.elapsed();
    let path = format!("/api/v1/bulk-actions/{}", asked["id"].as_str().unwrap());
    let (mut seen, mut told, mut most) = (0, 0, before);
    let last = loop {
        std::thread::sleep(LOOK);
        let now = service.manage("GET", &path, None, 200);
        let count = |name: &str| now[name].as_u64().unwrap();
        let done = count("done") + count("unchanged") + count("refused") + count("failed");
        told += usize::from(done > seen);
        seen = done;
        most = most.max(service.memory_mib().1);
        if now["state"] == "done" {
            break now;
        }
    };
    let took = begun.elapsed();
    println!(
        "bulk action on {} complaints: taken in within {} ms, done in {:.1} s ({:.2} ms each), {} done, {} refused, {} failed; \
         progress seen {told} times; resident memory {before} MiB before, at most {most} MiB",
        ids.len(),
        taken_in.as_millis(),
        took.as_secs_f64(),
        took.as_secs_f64() * 1e3 / ids.len() as f64,
        last["done"],
        last["refused"],
        last["failed"],
    );
}
