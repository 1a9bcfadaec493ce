//! A desk for one test: its own database, a clock moved by hand, a real HTTP server, a client for each role.

pub mod cluster;
pub mod http;
pub mod person;
pub mod program;
pub mod stream;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use chrono::TimeDelta;
use diesel::RunQueryDsl as _;
use hark::api::server::{self, Options};
use hark::app::App;
use hark::clock::{Clock, Moment};
use hark::db::conn::{Conn, Target};
use hark::db::{Db, migrate};
use hark::domain::policy::Policy;
use hark::domain::staff::people::{self, StaffForm};
use hark::domain::staff::tokens::{self, TokenForm};
use hark::domain::staff::{Act, Role};
use hark::keys::Keys;
use hark::settings::edge::EdgeSettings;
use hark::worker::Worker;

pub use self::http::{Client, Reply};

/// Declares a test that runs on both databases.
#[macro_export]
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($desk:ident) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn run($desk: $crate::support::Desk) $body

            #[tokio::test]
            async fn sqlite() {
                run($crate::support::Desk::sqlite()).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(desk) = $crate::support::Desk::postgres() {
                    run(desk).await;
                }
            }
        }
    };
}

/// A running desk.
pub struct Desk {
    /// The application behind the server.
    pub app: App,
    /// Where the server listens.
    pub url: String,
    secrets: Vec<(Role, String)>,
    stop: Option<actix_web::dev::ServerHandle>,
    _folder: Option<tempfile::TempDir>,
}

/// The keys of every desk.
pub fn keys() -> Keys {
    Keys::of("a secret that only the tests know").unwrap()
}

/// Monday, 23 November 2026, 09:00 in Shanghai.
pub fn start_of_time() -> Moment {
    "2026-11-23T01:00:00Z".parse().unwrap()
}

/// A migrated SQLite file, made once and copied for each test.
fn sqlite_template() -> &'static PathBuf {
    static TEMPLATE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    &TEMPLATE
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("template.sqlite3");
            migrate::migrate(&Target::Sqlite(path.clone())).unwrap();
            (folder, path)
        })
        .1
}

/// An empty, migrated SQLite database in a folder of its own.
pub fn fresh_sqlite() -> (Target, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hark.sqlite3");
    std::fs::copy(sqlite_template(), &path).unwrap();
    (Target::Sqlite(path), folder)
}

/// An empty, migrated PostgreSQL database; `None`, with a line printed once, where there is no PostgreSQL.
pub fn fresh_postgres() -> Option<Target> {
    cluster::shared().map(|cluster| Target::Pg(cluster.fresh_database()))
}

impl Desk {
    /// A desk on SQLite.
    pub fn sqlite() -> Self {
        let (target, folder) = fresh_sqlite();
        Self::on(&target, Policy::default(), Some(folder))
    }

    /// A desk on PostgreSQL, where there is one.
    pub fn postgres() -> Option<Self> {
        fresh_postgres().map(|target| Self::on(&target, Policy::default(), None))
    }

    /// Desks on both databases that differ from others in what `change` does to them.
    pub fn both_with(policy: &Policy, change: impl Fn(App, &str) -> App) -> Vec<Self> {
        let (sqlite, folder) = fresh_sqlite();
        let mut both = vec![Self::with(&sqlite, policy.clone(), Some(folder), &change)];
        both.extend(fresh_postgres().map(|target| Self::with(&target, policy.clone(), None, &change)));
        both
    }

    fn on(target: &Target, policy: Policy, folder: Option<tempfile::TempDir>) -> Self {
        Self::with(target, policy, folder, |app, _| app)
    }

    fn with(
        target: &Target,
        policy: Policy,
        folder: Option<tempfile::TempDir>,
        change: impl Fn(App, &str) -> App,
    ) -> Self {
        let db = Db::open(target, 4).unwrap();
        let app = App::new(db, Clock::fixed(start_of_time()), policy, keys()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = change(app, &url);
        let secrets = make_tokens(&app);
        let stop = serve_on(listener, app.clone(), lenient());
        Self {
            app,
            url,
            secrets,
            stop: Some(stop),
            _folder: folder,
        }
    }

    /// Another door to the same desk, with other settings of the public side.
    pub fn door(&self, edge: EdgeSettings) -> Door {
        self.door_of(self.app.clone(), edge)
    }

    /// Another door to the same desk, with another application behind it.
    pub fn door_of(&self, app: App, edge: EdgeSettings) -> Door {
        let (url, stop) = serve(app, edge);
        Door {
            url,
            stop: Some(stop),
            secrets: self.secrets.clone(),
        }
    }

    /// A client without credentials.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// A client with a token of this role.
    pub fn client(&self, role: Role) -> Client {
        let (_, secret) = self.secrets.iter().find(|(have, _)| *have == role).unwrap();
        Client::new(&self.url, Some(secret))
    }

    /// A client of an agent.
    pub fn agent(&self) -> Client {
        self.client(Role::Agent)
    }

    /// A client with a bearer token of its own.
    pub fn with_token(&self, secret: &str) -> Client {
        Client::new(&self.url, Some(secret))
    }

    /// The time at the desk.
    pub fn now(&self) -> Moment {
        self.app.clock.now()
    }

    /// Lets time pass.
    pub fn pass(&self, by: TimeDelta) {
        self.app.clock.advance(by);
    }

    /// A moment `minutes` from now, as JSON has it.
    pub fn in_minutes(&self, minutes: i64) -> String {
        (self.now() + TimeDelta::minutes(minutes)).to_string()
    }

    /// How many rows a table has.
    pub fn rows(&self, table: &str) -> i64 {
        self.column::<RowCount>(&format!("SELECT count(*) AS n FROM {table}"))[0].n
    }

    /// The number that a query answers with, as `n`.
    pub fn count(&self, sql: &str) -> i64 {
        self.column::<RowCount>(sql)[0].n
    }

    /// How many rows there are of everything that a request may add.
    pub fn footprint(&self) -> Vec<(&'static str, i64)> {
        TABLES.iter().map(|table| (*table, self.rows(table))).collect()
    }

    /// What the outbox is about, the oldest first.
    pub fn outbox(&self) -> Vec<String> {
        let rows = self.column::<Topic>("SELECT topic FROM outbox ORDER BY id");
        rows.into_iter().map(|row| row.topic).collect()
    }

    /// What the outbox holds, the oldest first, as JSON.
    pub fn outbox_payloads(&self) -> Vec<String> {
        let rows = self.column::<Topic>("SELECT CAST(payload AS TEXT) AS topic FROM outbox ORDER BY id");
        rows.into_iter().map(|row| row.topic).collect()
    }

    /// Does something behind the desk's back; gives how many rows it touched.
    pub fn execute(&self, sql: &str) -> usize {
        let (db, sql) = (self.app.db.clone(), sql.to_owned());
        let write = move || db.write_blocking(move |conn| Ok(diesel::sql_query(&sql).execute(conn)?));
        std::thread::spawn(write).join().unwrap().unwrap()
    }

    fn column<T>(&self, sql: &str) -> Vec<T>
    where
        T: diesel::deserialize::QueryableByName<hark::db::conn::MultiBackend> + Send + 'static,
    {
        let (db, sql) = (self.app.db.clone(), sql.to_owned());
        // On a thread of its own: the test's thread drives the async code.
        let read = std::thread::spawn(move || db.read_blocking(|conn| Ok(diesel::sql_query(sql).load::<T>(conn)?)));
        read.join().unwrap().unwrap()
    }

    /// Runs every background job once; gives how much they did, apart from sealing the audit, learning types,
    /// folding reports and forgetting events.
    pub async fn run_jobs(&self) -> usize {
        let mut done = self.run_each_job().await;
        done.remove("seal_audit");
        done.remove("learn_typing");
        done.remove("fold_reports");
        done.remove("forget_events");
        done.into_values().sum()
    }

    /// Runs every background job once; gives how much each did.
    pub async fn run_each_job(&self) -> BTreeMap<&'static str, usize> {
        Worker::new(self.app.clone(), Duration::from_secs(1))
            .run_once()
            .await
            .unwrap()
    }
}

/// A server on a port of its own; the settings of its public side.
fn serve(app: App, edge: EdgeSettings) -> (String, actix_web::dev::ServerHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (url, serve_on(listener, app, edge))
}

fn serve_on(listener: TcpListener, app: App, edge: EdgeSettings) -> actix_web::dev::ServerHandle {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let options = Options {
                threads: 1,
                shutdown: Duration::from_secs(1),
                body_limit: 262_144,
                edge,
                signals: false,
            };
            let server = server::server(app, listener, &options).unwrap();
            send.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    receive.recv().unwrap()
}

/// Settings of the public side that stand in no test's way: no limits, a proof of work that costs next to nothing.
pub fn lenient() -> EdgeSettings {
    EdgeSettings {
        rate_filing: 0,
        rate_tracking: 0,
        rate_link: 0,
        rate_sign_in: 0,
        rate_open: 0,
        rate_staff: 0,
        proof_cost: 1,
        filing_without_proof: 0,
        ..EdgeSettings::default()
    }
}

/// Another door to a desk.
pub struct Door {
    /// Where it is.
    pub url: String,
    secrets: Vec<(Role, String)>,
    stop: Option<actix_web::dev::ServerHandle>,
}

impl Door {
    /// A client without credentials.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// A client with a token of this role.
    pub fn client(&self, role: Role) -> Client {
        let (_, secret) = self.secrets.iter().find(|(have, _)| *have == role).unwrap();
        Client::new(&self.url, Some(secret))
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Some(handle) = self.stop.take() {
            drop(handle.stop(false));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(handle) = self.stop.take() {
            // Not awaited: the server stops by itself, and the test need not wait for it.
            drop(handle.stop(false));
        }
    }
}

/// The tables that a request may add rows to, apart from `idempotency_keys`.
const TABLES: &[&str] = &[
    "complaints",
    "complaint_statements",
    "customers",
    "contact_points",
    "handling_steps",
    "customer_type_changes",
    "call_backs",
    "call_back_attempts",
    "closures",
    "messages",
    "attachments",
    "timeline_entries",
    "outbox",
    "service_tokens",
    "typing_proposals",
    "typing_layers",
    "report_deltas",
    "anonymised_complaints",
    "consents",
    "legal_holds",
    "privacy_events",
    "retention_rules",
    "staff_members",
    "custom_roles",
    "teams",
    "team_members",
    "hand_overs",
    "corrective_actions",
    "corrective_action_complaints",
    "review_form_versions",
    "review_picks",
    "call_reviews",
    "call_review_comments",
    "calendars",
    "calendar_versions",
    "sla_policies",
    "sla_policy_versions",
    "sla_policy_turns",
    "complaint_clocks",
    "clock_signals",
    "work_queue",
    "work_profiles",
    "absences",
    "routing_versions",
    "routing_turns",
    "complaint_routings",
    "rule_versions",
    "rule_turns",
    "rule_events",
    "rule_timers",
    "rule_firings",
    "complaint_tags",
    "complaint_watchers",
    "complaint_relations",
    "complaint_merges",
    "canned_texts",
    "macros",
    "bulk_actions",
    "bulk_items",
    "saved_views",
    "events",
    "presences",
    "drafts",
];

#[derive(diesel::QueryableByName)]
struct RowCount {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

#[derive(diesel::QueryableByName)]
struct Topic {
    #[diesel(sql_type = diesel::sql_types::Text)]
    topic: String,
}

/// The agents who work at every desk.
pub const STAFF: &[&str] = &["mary", "li.na"];

/// A token for each role, and the staff, in one transaction.
fn make_tokens(app: &App) -> Vec<(Role, String)> {
    let (db, act): (Db, Act) = (app.db.clone(), app.own_act());
    let make = move |conn: &mut Conn| {
        let mut secrets = Vec::new();
        for role in Role::ALL {
            let form = TokenForm {
                name: format!("test {role}"),
                role: role.to_string(),
                ..TokenForm::default()
            };
            let made = tokens::create(conn, &act, &form)?;
            secrets.push((*role, made.secret.reveal().to_owned()));
        }
        for handle in STAFF {
            let form = StaffForm {
                handle: (*handle).to_owned(),
                name: (*handle).to_owned(),
                email: None,
                role: Role::Agent.to_string(),
                language: None,
            };
            people::create(conn, &act, &form)?;
        }
        Ok(secrets)
    };
    // On a thread of its own: the test's thread drives the async code.
    std::thread::spawn(move || db.write_blocking(make))
        .join()
        .unwrap()
        .unwrap()
}
