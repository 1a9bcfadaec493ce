//! A throw-away PostgreSQL for the tests, started when its programs are found.
//!
//! `HARK_TEST_DATABASE_URL` names a server to use instead; its user must be allowed to create databases.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, RunQueryDsl as _};
use hark::db::conn::Target;
use hark::db::migrate;

/// A PostgreSQL server with a migrated template.
pub struct Cluster {
    /// Where databases are made: a URL that ends before the name of the database.
    base: String,
    /// What follows the name of the database in the URL.
    options: String,
    admin: Mutex<PgConnection>,
    /// Makes a database as the template is: what follows its name.
    as_template: String,
    template: String,
    next: AtomicU32,
    // Ends the server when the tests end: its shell waits for the end of this pipe.
    _server: Option<Mutex<Child>>,
}

/// The server that all tests share; `None` where there is none.
pub fn shared() -> Option<&'static Cluster> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    SHARED
        .get_or_init(|| {
            let found = find();
            if found.is_none() {
                let line = "PostgreSQL was NOT tested: install its server programs (Debian: apt-get install postgresql) \
                            or set HARK_TEST_DATABASE_URL=postgres://…\n";
                assert!(std::env::var_os("CI").is_none(), "{line}");
                // Past the capture of the test runner, so that it is seen.
                let _shown = std::io::stderr().write_all(line.as_bytes());
            }
            found
        })
        .as_ref()
}

fn find() -> Option<Cluster> {
    if let Ok(url) = std::env::var("HARK_TEST_DATABASE_URL") {
        return Some(Cluster::at(&url, None));
    }
    programs().map(|bin| start(&bin))
}

/// The folder that holds `initdb` and `postgres`.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path().join("bin"));
    let mut debian: Vec<_> = debian.collect();
    debian.sort();
    debian
        .into_iter()
        .rev()
        .chain(on_path)
        .find(|dir| dir.join("initdb").is_file() && dir.join("postgres").is_file())
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

/// PostgreSQL refuses to run as root: it then runs as `postgres`, or as `nobody`.
fn unprivileged() -> Option<&'static str> {
    if !is_root() {
        return None;
    }
    let exists = |user: &str| {
        Command::new("id")
            .arg(user)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
    };
    Some(if exists("postgres") { "postgres" } else { "nobody" })
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

fn start(bin: &Path) -> Cluster {
    let folder = tempfile::Builder::new()
        .prefix("hark-pg-")
        .tempdir_in("/tmp")
        .unwrap()
        .keep();
    let user = unprivileged();
    if let Some(user) = user {
        assert!(Command::new("chown").arg(user).arg(&folder).status().unwrap().success());
    }
    let data = folder.join("data");
    let made = command_as(user, &bin.join("initdb"))
        .args([
            "-U",
            "hark",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
        ])
        .arg(&data)
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    // The shell ends the server, and cleans up, when this process is gone and the pipe with it.
    let script = format!(
        "'{postgres}' -D '{data}' -k '{folder}' -h 127.0.0.1 -p {port} -c fsync=off -c full_page_writes=off \
         -c wal_level=minimal -c max_wal_senders=0 -c checkpoint_timeout=1h -c max_connections=300 \
         -c shared_buffers=64MB -c autovacuum=off >'{folder}/log' 2>&1 & P=$!; cat >/dev/null; kill -QUIT $P; wait $P; rm -rf '{folder}'",
        postgres = bin.join("postgres").display(),
        data = data.display(),
        folder = folder.display(),
    );
    let server = command_as(user, Path::new("/bin/sh"))
        .args(["-c", &script])
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Cluster::at(&format!("postgres://hark@127.0.0.1:{port}/postgres"), Some(server))
}

impl Cluster {
    fn at(url: &str, server: Option<Child>) -> Self {
        let (base, name) = url
            .rsplit_once('/')
            .expect("HARK_TEST_DATABASE_URL: postgres://user@host/name");
        let options = name
            .split_once('?')
            .map(|(_, options)| format!("?{options}"))
            .unwrap_or_default();
        let mut admin = connect(url);
        let template = format!("hark_test_{}", std::process::id());
        admin
            .batch_execute(&format!("DROP DATABASE IF EXISTS {template}; "))
            .unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {template}")).unwrap();
        migrate::migrate(&Target::Pg(format!("{base}/{template}{options}"))).unwrap();
        // By far the fastest way; before PostgreSQL 15 the only one, and without a name.
        let by_file = if version(&mut admin) >= 150_000 {
            " STRATEGY FILE_COPY"
        } else {
            ""
        };
        Self {
            base: base.to_owned(),
            options,
            admin: Mutex::new(admin),
            as_template: format!("TEMPLATE {template}{by_file}"),
            template,
            next: AtomicU32::new(1),
            _server: server.map(Mutex::new),
        }
    }

    /// A new database with the present schema; its URL.
    pub fn fresh_database(&self) -> String {
        let name = format!("{}_{}", self.template, self.next.fetch_add(1, Ordering::Relaxed));
        let mut admin = self.admin.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        admin
            .batch_execute(&format!("CREATE DATABASE {name} {}", self.as_template))
            .unwrap();
        format!("{}/{name}{}", self.base, self.options)
    }
}

fn version(conn: &mut PgConnection) -> i32 {
    let number = "current_setting('server_version_num')::int";
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>(number))
        .get_result(conn)
        .unwrap()
}

fn connect(url: &str) -> PgConnection {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match PgConnection::establish(url) {
            Ok(conn) => return conn,
            Err(error) if Instant::now() > deadline => panic!("PostgreSQL does not answer: {error}"),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}
