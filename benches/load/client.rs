//! The load: keep-alive connections on threads, as little work in the client as can be.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::{Rng, RngExt};

use super::service::Service;
use super::texts::TEXTS;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Intake,
    ReadOne,
    List,
    Search,
    Report,
    TakeNext,
    Queue,
}

impl Kind {
    pub const ALL: &'static [Self] = &[
        Self::Intake,
        Self::ReadOne,
        Self::List,
        Self::Search,
        Self::Report,
        Self::TakeNext,
        Self::Queue,
    ];
}

/// What came of it.
pub struct Figures {
    pub requests: usize,
    pub errors: usize,
    pub rate: f64,
    pub service_cpu: Duration,
    latencies: Vec<Duration>,
}

impl Figures {
    /// A percentile of the latency, milliseconds.
    pub fn percentile(&self, p: f64) -> f64 {
        let n = ((self.latencies.len() as f64 * p) as usize).min(self.latencies.len() - 1);
        self.latencies[n].as_secs_f64() * 1e3
    }
}

pub const WORDS: &[&str] = &[
    "%E9%80%80%E6%AC%BE",
    "%E8%B7%AF%E7%94%B1%E5%99%A8",
    "%E5%8F%91%E7%A5%A8",
    "refund",
    "router",
    "delivery",
    "invoice",
];

pub fn run(service: &Service, kind: Kind, connections: usize, lasting: Duration) -> Figures {
    let ids = Arc::new(service.some_ids());
    let cpu = service.cpu();
    let started = Instant::now();
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let secret = match kind {
                Kind::Report => &service.watcher,
                _ => &service.secret,
            };
            let (address, secret, ids) = (service.address.clone(), secret.clone(), Arc::clone(&ids));
            std::thread::spawn(move || one(&address, &secret, kind, &ids, started + lasting))
        })
        .collect();
    let mut latencies = Vec::new();
    let mut errors = 0;
    for thread in threads {
        let (mut own, wrong) = thread.join().unwrap();
        latencies.append(&mut own);
        errors += wrong;
    }
    let took = started.elapsed();
    latencies.sort_unstable();
    Figures {
        requests: latencies.len(),
        errors,
        rate: latencies.len() as f64 / took.as_secs_f64(),
        service_cpu: service.cpu() - cpu,
        latencies,
    }
}

fn one(address: &str, secret: &str, kind: Kind, ids: &[String], until: Instant) -> (Vec<Duration>, usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::with_capacity(64 * 1024, stream.try_clone().unwrap());
    let mut rng = rand::rng();
    let (mut latencies, mut errors, mut body) = (Vec::new(), 0, Vec::new());
    while Instant::now() < until {
        let request = request(kind, secret, ids, &mut rng);
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).unwrap();
        let status = answer(&mut reader, &mut body);
        latencies.push(sent.elapsed());
        if !(200..300).contains(&status) {
            errors += 1;
        }
        if kind == Kind::TakeNext && status == 200 {
            // Not measured: it goes back into the queue, which stays as long as it is.
            stream.write_all(give_back(secret, &body).as_bytes()).unwrap();
            answer(&mut reader, &mut body);
        }
    }
    (latencies, errors)
}

fn request(kind: Kind, secret: &str, ids: &[String], rng: &mut impl Rng) -> String {
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: hark\r\nauthorization: Bearer {secret}\r\n\r\n");
    match kind {
        Kind::Intake => {
            let (subject, statement, language) = TEXTS[rng.random_range(0..TEXTS.len())];
            let body = format!(
                r#"{{"channel":"phone","customer":{{"name":"压测客户","phone":"+86139{:08}"}},"subject":"{subject}","statement":"{statement}","facts":["每天 20:00 断网","报修三次"],"opinions":["没有人在乎"],"product":"家庭宽带","order_ref":"B{:08}","desired_remedy":"补偿","category":"repair","language":"{language}"}}"#,
                rng.random_range(0..100_000_000),
                rng.random_range(0..100_000_000),
            );
            format!(
                "POST /api/v1/complaints HTTP/1.1\r\nhost: hark\r\nauthorization: Bearer {secret}\r\ncontent-type: application/json\r\nidempotency-key: {:032x}\r\ncontent-length: {}\r\n\r\n{body}",
                rng.random::<u128>(),
                body.len(),
            )
        }
        Kind::ReadOne => get(&format!("/api/v1/complaints/{}", ids[rng.random_range(0..ids.len())])),
        Kind::List => get("/api/v1/complaints?limit=50&open=true"),
        Kind::Queue => get("/api/v1/work/queue?limit=50"),
        // Of no team: the token that asks is in none.
        Kind::TakeNext => format!(
            "POST /api/v1/work/take-next HTTP/1.1\r\nhost: hark\r\nauthorization: Bearer {secret}\r\nidempotency-key: {:032x}\r\ncontent-length: 0\r\n\r\n",
            rng.random::<u128>(),
        ),
        Kind::Search => get(&format!(
            "/api/v1/complaints?limit=50&q={}",
            WORDS[rng.random_range(0..WORDS.len())]
        )),
        // Sixty days, day by day, in business time: what a dashboard asks.
        Kind::Report => {
            let today = chrono::Utc::now().date_naive();
            let from = today - chrono::TimeDelta::days(59);
            get(&format!(
                "/api/v1/reports/response-times?from={from}&to={today}&by=day&time=business"
            ))
        }
    }
}

/// Gives what was taken back to nobody.
fn give_back(secret: &str, taken: &[u8]) -> String {
    let taken: serde_json::Value = serde_json::from_slice(taken).unwrap();
    let body = r#"{"owner":null}"#;
    format!(
        "POST /api/v1/complaints/{}/assign HTTP/1.1\r\nhost: hark\r\nauthorization: Bearer {secret}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        taken["id"].as_str().unwrap(),
        body.len(),
    )
}

pub fn answer(reader: &mut impl BufRead, body: &mut Vec<u8>) -> u16 {
    let (mut line, mut status, mut length) = (String::new(), 0, 0);
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
            status = rest[..3].parse().unwrap();
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    body.resize(length, 0);
    reader.read_exact(body).unwrap();
    status
}
