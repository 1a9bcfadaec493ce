//! A PostgreSQL of its own, durable as in production (`fsync` and `synchronous_commit` on).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::process;

pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    user: Option<&'static str>,
    server: Child,
}

fn programs() -> PathBuf {
    let mut found: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file() && bin.join("pgbench").is_file())
        .collect();
    found.sort();
    found
        .pop()
        .expect("install PostgreSQL's server programs and pgbench (Debian: apt-get install postgresql)")
}

fn command_as(user: Option<&str>, program: &Path) -> Command {
    match user {
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

impl Cluster {
    pub fn start() -> Self {
        let bin = programs();
        let root = Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0";
        let user = root.then_some("postgres");
        let folder = tempfile::Builder::new()
            .prefix("hark-bench-pg-")
            .tempdir()
            .unwrap()
            .keep();
        if let Some(user) = user {
            assert!(Command::new("chown").arg(user).arg(&folder).status().unwrap().success());
        }
        let data = folder.join("data");
        let made = command_as(user, &bin.join("initdb"))
            .args(["-U", "hark", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D"])
            .arg(&data)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let script = format!(
            "'{bin}/postgres' -D '{data}' -k '{folder}' -h 127.0.0.1 -p {port} -c shared_buffers=512MB -c max_wal_size=4GB \
             >'{folder}/log' 2>&1 & P=$!; cat >/dev/null; kill -INT $P; wait $P; rm -rf '{folder}'",
            bin = bin.display(),
            data = data.display(),
            folder = folder.display(),
        );
        let server = command_as(user, Path::new("/bin/sh"))
            .args(["-c", &script])
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let cluster = Self {
            bin,
            folder,
            port,
            user,
            server,
        };
        for _ in 0..200 {
            if cluster.psql("postgres", "SELECT 1").is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        cluster
            .psql("postgres", "CREATE DATABASE hark")
            .expect("PostgreSQL does not answer");
        cluster
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://hark@127.0.0.1:{}/{database}", self.port)
    }

    pub fn psql(&self, database: &str, sql: &str) -> Option<String> {
        let out = Command::new(self.bin.join("psql"))
            .args(["-qAtX", "-d", &self.url(database), "-c", sql])
            .stderr(Stdio::null())
            .output()
            .ok()?;
        out.status
            .success()
            .then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    }

    /// Runs pgbench, each transaction one of the scripts; transactions a second.
    pub fn pgbench(&self, scripts: &[&Path], connections: usize, seconds: u64) -> f64 {
        let out = Command::new(self.bin.join("pgbench"))
            .args([
                "-n",
                "-M",
                "prepared",
                "-j",
                "2",
                "-c",
                &connections.to_string(),
                "-T",
                &seconds.to_string(),
            ])
            .args(scripts.iter().flat_map(|script| [Path::new("-f"), script]))
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "hark", "hark"])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let tps = text
            .lines()
            .find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
        tps.unwrap_or_else(|| panic!("pgbench: {text}{}", String::from_utf8_lossy(&out.stderr)))
    }

    /// Processor time of the server with all its processes.
    pub fn cpu(&self) -> Duration {
        fn all(pid: u32) -> Duration {
            process::cpu_with_children(pid) + process::children(pid).into_iter().map(all).sum::<Duration>()
        }
        let _ = (&self.folder, self.user);
        all(self.server.id())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _gone = self.server.wait();
    }
}
