//! The service under load: the real binary.

use std::io::BufReader;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use std::io::Write as _;

use serde_json::{Value, json};

use super::client::answer;
use super::process;

pub struct Service {
    child: Child,
    pub address: String,
    pub secret: String,
    /// The token of one who watches figures.
    pub watcher: String,
    /// The token of one who may do all.
    pub admin: String,
    pub start_up: Duration,
}

fn hark(folder: &Path, url: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hark"));
    command
        .env("HARK_DATA_DIR", folder)
        .env("HARK_LOG", "warn")
        // One token asks for all.
        .env("HARK_RATE_STAFF", "0")
        .current_dir(folder);
    if let Some(url) = url {
        command.env("HARK_DATABASE_URL", url);
    }
    command
}

impl Service {
    /// Fills the database with a demo desk.
    pub fn fill(folder: &Path, url: Option<&str>, complaints: u64, clocks: bool) -> Duration {
        let started = Instant::now();
        if complaints == 0 {
            return started.elapsed();
        }
        let mut demo = hark(folder, url);
        demo.args(["demo", "--complaints", &complaints.to_string()]);
        if !clocks {
            // The statements of the intake are then those that pgbench runs.
            demo.arg("--without-clocks");
        }
        let status = demo.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "hark demo failed");
        started.elapsed()
    }

    /// Starts the service on a database that is there, and waits until it is ready.
    pub fn start(folder: &Path, url: Option<&str>) -> Self {
        let token = |name: &str, role: &str| {
            let made = hark(folder, url)
                // Under a name that there is not yet: a desk may be started more than once.
                .args([
                    "admin",
                    "create-token",
                    "--name",
                    &format!("{name} {:x}", rand::random::<u32>()),
                ])
                .args(["--role", role])
                .output()
                .unwrap();
            String::from_utf8(made.stdout)
                .unwrap()
                .lines()
                .last()
                .unwrap()
                .to_owned()
        };
        let (secret, watcher) = (token("load", "agent"), token("watcher", "operations"));
        let admin = token("admin", "admin");
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        let started = Instant::now();
        let child = hark(folder, url)
            .arg("serve")
            .env("HARK_BIND", &address)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut service = Self {
            child,
            address,
            secret,
            watcher,
            admin,
            start_up: Duration::ZERO,
        };
        while service.get("/readyz").is_none_or(|(status, _)| status != 200) {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "the service does not get ready"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        service.start_up = started.elapsed();
        service
    }

    fn get(&self, path: &str) -> Option<(u16, String)> {
        self.ask("GET", path, &self.secret, "")
    }

    /// One request on a connection of its own; `None` when nobody answers.
    fn ask(&self, method: &str, path: &str, secret: &str, body: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: hark\r\nauthorization: Bearer {secret}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len(),
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut text = Vec::new();
        let status = answer(&mut BufReader::new(stream), &mut text);
        Some((status, String::from_utf8(text).ok()?))
    }

    /// As the one who may do all; what is answered.
    pub fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (status, text) = self.ask(method, path, &self.admin, &body).unwrap();
        assert!((200..300).contains(&status), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Brings rules into force: one that fires on every complaint, one that waits for a time, and three that never fire.
    pub fn enforce_rules(&self) {
        let note = |slug: &str, on: Value, conditions: Value| json!({ "slug": slug, "on": on, "conditions": conditions, "then": [{ "do": "tag", "tags": [slug] }] });
        let received = || json!({ "event": "received" });
        let rules = json!({ "rules": [
            note("fires", received(), json!({})),
            note("waits", json!({ "event": "time_passed", "time": { "minutes": 60, "since": "received" } }), json!({})),
            note("never", received(), json!({ "complaint": { "severities": ["critical"] } })),
            note("nor_this", received(), json!({ "complaint": { "channels": ["email"] } })),
            note("nor_that", json!({ "event": "clock_breached" }), json!({ "complaint": { "severities": ["critical"] } })),
        ] });
        let written = self.command("PUT", "/api/v1/rules", &rules);
        let path = format!("/api/v1/rules/versions/{}/activate", written["version"]);
        self.command("POST", &path, &Value::Null);
    }

    /// Ids of some complaints.
    pub fn some_ids(&self) -> Vec<String> {
        let (_, text) = self.get("/api/v1/complaints?limit=200").unwrap();
        let page: Value = serde_json::from_str(&text).unwrap();
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    }

    pub fn cpu(&self) -> Duration {
        process::cpu(self.child.id())
    }

    /// The most resident memory so far, and what there is now, MiB.
    pub fn memory_mib(&self) -> (u64, u64) {
        process::memory_mib(self.child.id())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // In order: what a killed one has claimed nobody else would do for a minute.
        let pid = self.child.id().to_string();
        let _asked = Command::new("kill").args(["-TERM", &pid]).status();
        let _gone = self.child.wait();
    }
}
