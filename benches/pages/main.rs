//! Pages: what each weighs with everything it loads, and how long it takes beside the JSON call behind it.
//!
//! `cargo bench --bench pages -- [--complaints N] [--rounds N]`. The real program on SQLite, filled by `hark demo`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program fails by panicking, prints, and reads the real clock"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use reqwest::header::{COOKIE, SET_COOKIE};

/// What to measure.
#[derive(Debug, Parser)]
struct Plan {
    /// How many complaints there are.
    #[arg(long, default_value_t = 10_000)]
    complaints: u64,
    /// How often each is asked for; the middle time counts.
    #[arg(long, default_value_t = 31)]
    rounds: usize,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

/// The heaviest that a page may be, without pictures.
const WEIGHT: usize = 100_000;
const PASSWORD: &str = "a long enough phrase 7";

fn hark(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hark"));
    command
        .env("HARK_DATA_DIR", folder)
        .env("HARK_LOG", "warn")
        .env("HARK_RATE_STAFF", "0")
        .current_dir(folder);
    command
}

/// The program, ended with its owner.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

/// Somebody who is signed in.
struct Reader {
    http: reqwest::Client,
    url: String,
    cookies: BTreeMap<String, String>,
}

impl Reader {
    async fn send(&mut self, request: reqwest::RequestBuilder) -> (u16, String) {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let response = request.header(COOKIE, pairs.join("; ")).send().await.unwrap();
        for value in response.headers().get_all(SET_COOKIE) {
            let pair = value.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn get(&mut self, path: &str) -> String {
        let request = self.http.get(format!("{}{path}", self.url));
        let (status, text) = self.send(request).await;
        assert_eq!(status, 200, "{path}");
        text
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .http
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let (status, text) = self.send(request).await;
        assert_eq!(status, 303, "{path}: {text}");
    }

    /// The middle of the times that a path takes.
    async fn time(&mut self, path: &str, rounds: usize) -> Duration {
        let mut times = Vec::new();
        for _ in 0..rounds {
            let begun = Instant::now();
            self.get(path).await;
            times.push(begun.elapsed());
        }
        times.sort();
        times.get(rounds / 2).copied().unwrap_or_default()
    }
}

/// What a page names of its own.
fn named(html: &str) -> BTreeSet<String> {
    let parts = html.split('"').filter(|part| part.starts_with("/assets/"));
    parts.map(str::to_owned).collect()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let plan = Plan::parse();
    let folder = tempfile::tempdir().unwrap();
    let filled = hark(folder.path())
        .args(["demo", "--complaints", &plan.complaints.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(filled.success(), "hark demo failed");
    let person = [
        "admin",
        "create-person",
        "--handle",
        "bench.admin",
        "--name",
        "Bench",
        "--role",
        "admin",
    ];
    let made = hark(folder.path()).args(person).output().unwrap();
    let said = String::from_utf8(made.stdout).unwrap();
    let link = said
        .split_whitespace()
        .find_map(|word| Some(&word[word.find("/invitation/")?..]));
    let link = link.unwrap().trim_end_matches(['.', ',']).to_owned();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut serve = hark(folder.path());
    serve
        .arg("serve")
        .env("HARK_BIND", address.to_string())
        .stdout(Stdio::null());
    let _service = Service(serve.spawn().unwrap());
    hark::open_id::set_up_tls();
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let url = format!("http://{address}");
    let mut reader = Reader {
        http,
        url,
        cookies: BTreeMap::new(),
    };
    while reader.http.get(format!("{}/readyz", reader.url)).send().await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    reader.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    reader
        .post("/sign-in", &[("handle", "bench.admin"), ("password", PASSWORD)])
        .await;
    let list: serde_json::Value = serde_json::from_str(&reader.get("/api/v1/complaints?limit=1").await).unwrap();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let places = [
        ("/complain".to_owned(), "/livez".to_owned()),
        ("/desk".to_owned(), "/api/v1/work/mine".to_owned()),
        ("/desk/new".to_owned(), "/livez".to_owned()),
        ("/desk/complaints".to_owned(), "/api/v1/complaints?limit=50".to_owned()),
        (format!("/desk/complaints/{id}"), format!("/api/v1/complaints/{id}")),
        (
            "/ops".to_owned(),
            "/api/v1/reports/response-times?time=business".to_owned(),
        ),
        (
            "/ops/wall".to_owned(),
            "/api/v1/reports/response-times?time=business".to_owned(),
        ),
        (
            "/ops/cases?figure=received".to_owned(),
            "/api/v1/complaints?limit=50".to_owned(),
        ),
        ("/lead".to_owned(), "/api/v1/reports/backlog".to_owned()),
        ("/admin/people".to_owned(), "/api/v1/staff?limit=100".to_owned()),
        ("/admin/audit".to_owned(), "/api/v1/audit/events?limit=50".to_owned()),
    ];
    println!(
        "{} complaints, SQLite; the middle of {} times",
        plan.complaints, plan.rounds
    );
    println!(
        "{:<30} {:>9} {:>9} {:>9} {:>7}",
        "page", "weight", "page ms", "JSON ms", "ratio"
    );
    let mut heavy = Vec::new();
    for (page, call) in places {
        let html = reader.get(&page).await;
        let mut weight = html.len();
        for asset in named(&html) {
            weight += reader.get(&asset).await.len();
        }
        let (of_page, of_call) = (
            reader.time(&page, plan.rounds).await,
            reader.time(&call, plan.rounds).await,
        );
        let ratio = of_page.as_secs_f64() / of_call.as_secs_f64();
        let name: String = page.chars().take(30).collect();
        println!(
            "{name:<30} {weight:>9} {:>9.1} {:>9.1} {ratio:>7.1}",
            of_page.as_secs_f64() * 1_000.0,
            of_call.as_secs_f64() * 1_000.0
        );
        if weight > WEIGHT {
            heavy.push(name);
        }
    }
    assert!(heavy.is_empty(), "too heavy: {heavy:?}");
}
