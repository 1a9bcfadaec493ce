//! How much memory a thousand open streams take beside what the program takes anyway (a debug build takes far more than
//! a released one). It needs a quiet machine, so it is run when it is asked for:
//! `cargo test --test api -- --ignored --nocapture a_thousand_open_streams`.

use std::io::Write as _;

use serde_json::json;

use super::EVENTS;
use crate::journeys::by_phone;
use crate::support::Client;
use crate::support::program::Place;
use crate::support::stream::Stream;

const PROGRAMS: usize = 100;
const EACH: usize = 10;

fn resident_mib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures memory; to be run alone"]
async fn a_thousand_open_streams_take_less_than_fifty_mebibytes() {
    for place in std::iter::once(Place::sqlite()).chain(Place::postgres()) {
        let mut place = place;
        place.settings.push(("HARK_RATE_STAFF", "0".to_owned()));
        place.settings.push(("HARK_RATE_OPEN", "0".to_owned()));
        let mut program = place.start();
        let token = program.first_token();
        let admin = Client::new(&program.url, Some(&token));
        let pid = program.child.id();
        let before = resident_mib(pid);
        let mut streams = Vec::new();
        for n in 0..PROGRAMS {
            let form = json!({ "name": format!("screen {n}"), "role": "agent" });
            let made = admin.post("/api/v1/service-tokens", &form).await.expect(201);
            let client = Client::new(&program.url, Some(made.str("/secret")));
            for _ in 0..EACH {
                streams.push(Stream::begun(&client, EVENTS).await.0);
            }
        }
        let open = resident_mib(pid);
        for _ in 0..50 {
            crate::fixtures::log(&admin, &by_phone()).await;
        }
        for stream in &mut streams {
            for _ in 0..50 {
                assert_eq!(stream.event().await["type"], "complaint.received");
            }
        }
        let told = resident_mib(pid);
        let text = format!(
            "{} streams: {before} MiB before, {open} MiB open, {told} MiB after 50 events each",
            streams.len()
        );
        writeln!(std::io::stdout(), "{text}").unwrap();
        assert!(open.max(told) - before <= 50, "{text}");
    }
}
