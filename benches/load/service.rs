//! The service under load: the real binary.

use std::io::BufReader;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use std::io::Write as _;

use serde_json::Value;

use super::client::answer;
use super::process;

pub struct Service {
    child: Child,
    pub address: String,
    pub secret: String,
    /// The token of one who watches figures.
    pub watcher: String,
    /// The token of one who may do everything.
    chief: String,
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
    pub fn fill(folder: &Path, url: Option<&str>, complaints: u64) -> Duration {
        let started = Instant::now();
        if complaints == 0 {
            return started.elapsed();
        }
        let status = hark(folder, url)
            // Without clocks: the statements of the intake are then those that pgbench runs.
            .args(["demo", "--without-clocks", "--complaints", &complaints.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "hark demo failed");
        started.elapsed()
    }

    /// Starts the service on a database that is there, and waits until it is ready.
    pub fn start(folder: &Path, url: Option<&str>) -> Self {
        let token = |name: &str, role: &str| {
            let made = hark(folder, url)
                .args(["admin", "create-token", "--name", name, "--role", role])
                .output()
                .unwrap();
            String::from_utf8(made.stdout)
                .unwrap()
                .lines()
                .last()
                .unwrap()
                .to_owned()
        };
        let (secret, watcher, chief) = (
            token("load", "agent"),
            token("watcher", "operations"),
            token("chief", "admin"),
        );
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
            chief,
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
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: hark\r\nauthorization: Bearer {}\r\n\r\n",
            self.secret
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut body = Vec::new();
        let status = answer(&mut BufReader::new(stream), &mut body);
        Some((status, String::from_utf8(body).ok()?))
    }

    /// Asks as one who may do everything; the answer has this status.
    pub fn manage(&self, method: &str, path: &str, body: Option<&Value>, wanted: u16) -> Value {
        let text = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: hark\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
            self.chief,
            text.len(),
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answered = Vec::new();
        let status = answer(&mut BufReader::new(stream), &mut answered);
        let told = String::from_utf8_lossy(&answered);
        assert_eq!(status, wanted, "{method} {path}: {told}");
        serde_json::from_slice(&answered).unwrap()
    }

    /// Ids of complaints, the newest first; at most so many.
    pub fn ids(&self, most: usize) -> Vec<String> {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        while ids.len() < most {
            let page = self.manage("GET", &format!("/api/v1/complaints?limit=200{cursor}"), None, 200);
            let items = page["items"].as_array().unwrap();
            ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        ids.truncate(most);
        ids
    }

    /// Ids of some complaints.
    pub fn some_ids(&self) -> Vec<String> {
        self.ids(200)
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
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
