//! Many open streams of events: what they take, and how soon they are told.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Kind, run};
use super::service::Service;

/// How many one token may have open.
const EACH: usize = 10;

/// A stream that reads what it is told, on a thread of its own.
pub struct Stream {
    reader: BufReader<TcpStream>,
}

impl Stream {
    fn begun(address: &str, secret: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "GET /api/v1/events?types=complaint HTTP/1.1\r\nhost: hark\r\nauthorization: Bearer {secret}\r\naccept: text/event-stream\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut begun = Self {
            reader: BufReader::with_capacity(512, stream),
        };
        begun.skip("event: ready");
        begun
    }

    /// Reads until a line begins like this.
    fn skip(&mut self, beginning: &str) {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.reader.read_line(&mut line).unwrap() > 0, "the stream ended");
            if line.starts_with(beginning) {
                return;
            }
        }
    }
}

/// Opens streams, ten a token.
fn open(service: &Service, streams: usize) -> Vec<Stream> {
    let mut open = Vec::new();
    for n in 0..streams.div_ceil(EACH) {
        let form = json!({ "name": format!("screen {n}"), "role": "agent" });
        let made = service.command("POST", "/api/v1/service-tokens", &form);
        let secret = made["secret"].as_str().unwrap();
        for _ in 0..EACH.min(streams - open.len()) {
            open.push(Stream::begun(&service.address, secret));
        }
    }
    open
}

/// One connection logs complaints for a second; then every stream is read to the last of them.
pub fn measure(service: &Service, streams: usize) {
    let before = service.memory_mib().1;
    let mut streams = open(service, streams);
    let opened = service.memory_mib().1;
    let figures = run(service, Kind::Intake, 1, Duration::from_secs(1));
    let ended = Instant::now();
    for stream in &mut streams {
        for _ in 0..figures.requests {
            stream.skip("data: {\"id\"");
        }
    }
    let (most, now) = service.memory_mib();
    println!(
        "{} streams: {before} MiB before, {opened} open, {now} after {} events each (at most {most}); the last told {} ms \
         after the last answer",
        streams.len(),
        figures.requests,
        ended.elapsed().as_millis(),
    );
}
