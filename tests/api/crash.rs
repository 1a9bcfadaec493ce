//! The real program: killed at a random moment under load, stopped politely, and started with
//! settings that are wrong.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use hark::db::conn::{Conn, Target};
use hark::db::schema;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::journeys::by_phone;
use crate::support::program::{PATIENCE, Place, Running, hark};
use crate::support::{Client, Reply};

/// One request of the load.
#[derive(Debug, Clone)]
struct Sent {
    key: String,
    /// A word that stands only in this complaint.
    word: String,
    form: Value,
    /// The id, when an answer came.
    acknowledged: Option<String>,
}

fn request(round: usize, client: usize, n: usize) -> Sent {
    let word = format!("r{round}c{client}n{n}z");
    let mut form = by_phone();
    form["statement"] = json!(format!("每天晚上断网 {word}"));
    // Every third is from a number that several clients share.
    let phone = match n % 3 {
        0 => format!("138{:08}", round * 10 + n % 7),
        _ => format!("139{:02}{client:02}{:04}", round % 100, n % 10_000),
    };
    form["customer"] = json!({ "name": "某人", "phone": phone });
    Sent {
        key: format!("key-{word}"),
        word,
        form,
        acknowledged: None,
    }
}

/// Sends one; `None` when no answer came.
async fn send(http: &reqwest::Client, url: &str, token: &str, sent: &Sent) -> Option<(u16, Value)> {
    let reply = http
        .post(format!("{url}/api/v1/complaints"))
        .bearer_auth(token)
        .header("idempotency-key", &sent.key)
        .json(&sent.form)
        .send()
        .await
        .ok()?;
    let status = reply.status().as_u16();
    Some((status, reply.json().await.ok()?))
}

/// Sixteen clients who send until the program is gone, which is some time after its first answer.
async fn load(round: usize, running: &mut Running, token: &str, for_millis: u64) -> Vec<Sent> {
    let mut clients = JoinSet::new();
    let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    for client in 0..16 {
        let (url, token) = (running.url.clone(), token.to_owned());
        let (over, answered) = (Arc::clone(&over), Arc::clone(&answered));
        clients.spawn(async move {
            let http = crate::support::http::plain();
            let mut all = Vec::new();
            for n in 0.. {
                let mut sent = request(round, client, n);
                let reply = send(&http, &url, &token, &sent).await;
                let gone = reply.is_none();
                if let Some((status, json)) = reply {
                    assert_eq!(status, 201, "{json}");
                    sent.acknowledged = Some(json["id"].as_str().unwrap().to_owned());
                    answered.store(true, Ordering::Relaxed);
                }
                all.push(sent);
                if gone || over.load(Ordering::Relaxed) {
                    break;
                }
            }
            all
        });
    }
    let deadline = Instant::now() + PATIENCE;
    while !answered.load(Ordering::Relaxed) {
        assert!(Instant::now() < deadline, "no answer at all");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(for_millis)).await;
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    over.store(true, Ordering::Relaxed);
    let mut all = Vec::new();
    while let Some(sent) = clients.join_next().await {
        all.extend(sent.unwrap());
    }
    all
}

/// Does something for each item, sixteen at a time.
async fn for_all<T, F, R>(items: Vec<T>, work: F)
where
    F: Fn(T) -> R,
    R: Future<Output = ()> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for item in items {
        if tasks.len() >= 16 {
            tasks.join_next().await.unwrap().unwrap();
        }
        tasks.spawn(work(item));
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Sends every request again: what was acknowledged has the same id, the rest gets one now.
async fn repeat(running: &Running, token: &str, all: &mut [Sent]) {
    let http = crate::support::http::plain();
    for sent in all {
        let (status, json) = send(&http, &running.url, token, sent).await.expect("an answer");
        assert_eq!(status, 201, "{json}");
        let id = json["id"].as_str().unwrap().to_owned();
        match &sent.acknowledged {
            Some(before) => assert_eq!(*before, id, "another complaint for the same key"),
            None => sent.acknowledged = Some(id),
        }
    }
}

/// Every complaint there is, by paging.
async fn listed(client: &Client) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client
            .get(&format!("/api/v1/complaints?limit=200{cursor}"))
            .await
            .expect(200);
        let items = page.json["items"].as_array().unwrap();
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

async fn counted(client: &Client) -> i64 {
    let counts = client.get("/api/v1/complaints/counts").await.expect(200);
    let by_state = counts.json["by_state"].as_object().unwrap().clone();
    by_state.values().map(|n| n.as_i64().unwrap()).sum()
}

/// A complaint that was acknowledged is there, whole, and found.
async fn assert_whole(client: Client, sent: Sent) {
    let id = sent.acknowledged.unwrap();
    let found: Reply = client.get(&format!("/api/v1/complaints/{id}")).await.expect(200);
    assert!(found.text.contains(&sent.word), "{}", found.text);
    let timeline = client
        .get(&format!("/api/v1/complaints/{id}/timeline"))
        .await
        .expect(200);
    assert_eq!(timeline.str("/items/0/action"), "received");
    assert_eq!(timeline.json["items"].as_array().unwrap().len(), 1);
    let hits = client
        .get(&format!("/api/v1/complaints?q={}", sent.word))
        .await
        .expect(200);
    let hits: Vec<&str> = hits.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["id"].as_str().unwrap())
        .collect();
    assert_eq!(hits, [id.as_str()], "found once, by its word");
    client
        .get(&format!("/api/v1/customers/{}", found.str("/customer_id")))
        .await
        .expect(200);
}

async fn killed_again_and_again(place: Place) {
    let rounds = std::env::var("HARK_TEST_CRASH_ROUNDS").map_or(3, |n| n.parse().unwrap());
    let mut all: Vec<Sent> = Vec::new();
    let mut token = String::new();
    let (mut acknowledged, mut lost) = (0, 0);
    for round in 0..rounds {
        let mut running = place.start();
        if round == 0 {
            token = running.first_token();
        }
        let sent = load(round, &mut running, &token, rand::random_range(20..800)).await;
        acknowledged += sent.iter().filter(|sent| sent.acknowledged.is_some()).count();
        lost += sent.iter().filter(|sent| sent.acknowledged.is_none()).count();
        all.extend(sent);
    }
    let running = place.start();
    let client = Client::new(&running.url, Some(&token));
    let before = listed(&client).await;
    assert_eq!(
        counted(&client).await,
        i64::try_from(before.len()).unwrap(),
        "the tallies and the list"
    );
    let mut once = before.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), before.len(), "listed twice");
    for sent in all.iter().filter_map(|sent| sent.acknowledged.as_ref()) {
        assert!(once.binary_search(sent).is_ok(), "{sent} was acknowledged and is gone");
    }
    // Those beyond the acknowledged ones were committed just before the kill; never more than were sent.
    assert!(
        (acknowledged..=all.len()).contains(&before.len()),
        "{} of {acknowledged} + {lost}",
        before.len()
    );
    for_all(before.clone(), |id| {
        let client = client.clone();
        async move {
            let read = client.get(&format!("/api/v1/complaints/{id}")).await.expect(200);
            assert!(
                read.str("/statement/statement").contains("每天晚上断网"),
                "{}",
                read.text
            );
        }
    })
    .await;
    repeat(&running, &token, &mut all).await;
    let after = listed(&client).await;
    assert_eq!(
        (after.len(), counted(&client).await),
        (all.len(), i64::try_from(all.len()).unwrap())
    );
    for_all(all.clone(), |sent| assert_whole(client.clone(), sent)).await;
    assert!(
        acknowledged >= rounds && lost > 0,
        "{acknowledged} acknowledged, {lost} lost: no crash under load"
    );
    let committed = before.len() - acknowledged;
    let line =
        format!("{rounds} kills, {acknowledged} acknowledged, {lost} unanswered of which {committed} were committed\n");
    // Past the capture of the test runner, so that CI shows it.
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    let mut conn = place.target().connect().unwrap();
    crate::properties::assert_sound(&mut conn, None).unwrap();
}

#[tokio::test]
async fn killed_under_load_it_keeps_every_acknowledged_complaint_once_sqlite() {
    killed_again_and_again(Place::sqlite()).await;
}

#[tokio::test]
async fn killed_under_load_it_keeps_every_acknowledged_complaint_once_postgres() {
    if let Some(place) = Place::postgres() {
        killed_again_and_again(place).await;
    }
}

fn leases(target: &Target) -> i64 {
    let mut conn = target.connect().unwrap();
    schema::job_leases::table.count().get_result(&mut conn).unwrap()
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Holds back every write until it is dropped.
struct Hold(Conn);

impl Hold {
    fn on(target: &Target) -> Self {
        let mut conn = target.connect().unwrap();
        let sql = match target {
            Target::Sqlite(_) => "BEGIN IMMEDIATE",
            Target::Pg(_) => "BEGIN; LOCK TABLE messages, contact_points IN ACCESS EXCLUSIVE MODE",
        };
        conn.batch_execute(sql).unwrap();
        Self(conn)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.batch_execute("ROLLBACK").unwrap();
    }
}

/// How many transactions wait for a lock.
fn waiting(target: &Target) -> i64 {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let mut conn = target.connect().unwrap();
    let row: Number = diesel::sql_query(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    .get_result(&mut conn)
    .unwrap();
    row.n
}

async fn stopped_politely(place: Place) {
    let mut running = place.start();
    let token = running.first_token();
    let client = Client::new(&running.url, Some(&token));
    let mut complaints = Vec::new();
    for _ in 0..6 {
        complaints.push(
            client
                .post("/api/v1/complaints", &by_phone())
                .await
                .expect(201)
                .id()
                .to_owned(),
        );
    }
    let target = place.target();
    wait_until("the worker holds its jobs", || leases(&target) > 0);
    let hold = Hold::on(&target);
    let mut tasks = JoinSet::new();
    for id in complaints {
        let client = client.clone();
        tasks.spawn(async move {
            let path = format!("/api/v1/complaints/{id}/notes");
            client.post(&path, &json!({ "body": "nota" })).await
        });
    }
    for n in 0..4 {
        let client = client.clone();
        tasks.spawn(async move {
            let mut form = by_phone();
            form["customer"]["phone"] = json!(format!("1390000000{n}"));
            client.post("/api/v1/complaints", &form).await
        });
    }
    if let Target::Pg(_) = target {
        // Six notes on the pool, and the lanes.
        for _ in 0..2_000 {
            if waiting(&target) >= 7 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(waiting(&target) >= 7);
    }
    // What was sent before these was read before these.
    for _ in 0..10 {
        client.get("/livez").await.expect(200);
    }
    running.terminate();
    let address = running.url.trim_start_matches("http://").to_owned();
    for _ in 0..2_000 {
        if std::net::TcpStream::connect(&address).is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(std::net::TcpStream::connect(&address).is_err(), "it still accepts");
    drop(hold);
    let mut replies: BTreeMap<u16, usize> = BTreeMap::new();
    while let Some(reply) = tasks.join_next().await {
        *replies.entry(reply.unwrap().status).or_default() += 1;
    }
    assert_eq!(
        replies,
        BTreeMap::from([(200, 6), (201, 4)]),
        "what was in flight is finished\n{}",
        place.log()
    );
    let (status, said) = tokio::task::spawn_blocking(|| running.ended()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{said}\n{}", place.log());
    assert_eq!(leases(&target), 0, "a job is still claimed");
    let mut conn = target.connect().unwrap();
    crate::properties::assert_sound(&mut conn, None).unwrap();
    let there: i64 = schema::complaints::table.count().get_result(&mut conn).unwrap();
    assert_eq!(there, 10);
}

#[tokio::test]
async fn on_sigterm_it_finishes_what_is_in_flight_and_leaves_nothing_claimed_sqlite() {
    stopped_politely(Place::sqlite()).await;
}

#[tokio::test]
async fn on_sigterm_it_finishes_what_is_in_flight_and_leaves_nothing_claimed_postgres() {
    if let Some(place) = Place::postgres() {
        stopped_politely(place).await;
    }
}

#[test]
fn the_first_start_prints_the_token_and_no_later_one_does() {
    let place = Place::sqlite();
    let mut first = place.start();
    let token = first.first_token();
    first.terminate();
    let (status, said) = first.ended();
    assert_eq!(status.code(), Some(0));
    assert_eq!(said.matches("hark_").count(), 2, "a token and a link: {said}");
    let second = place.start();
    second.terminate();
    let (_, said) = second.ended();
    assert!(!said.contains("hark_"), "{said}");
    assert!(!place.log().contains(&token), "the token is in the log");
}

fn output(command: &mut Command) -> Output {
    command.output().unwrap()
}

/// What was said on standard error by a start that must fail.
#[track_caller]
fn refused(command: &mut Command) -> String {
    let out = output(command);
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success(), "it started: {text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_mistyped_database_url_is_refused_and_leaves_nothing_behind() {
    for url in [
        "postgress://hark:geheim@127.0.0.1/hark",
        "postgres:/hark:geheim@127.0.0.1/hark",
        "/var/lib/geheim.db",
        "sqlite:",
        "mysql://u:geheim@h/d",
        "",
    ] {
        for subcommand in ["serve", "migrate", "worker", "config"] {
            let folder = tempfile::tempdir().unwrap();
            let text = refused(
                hark(
                    folder.path(),
                    &[("HARK_DATABASE_URL", url), ("HARK_BIND", "127.0.0.1:0")],
                )
                .arg(subcommand),
            );
            assert!(text.contains("database_url"), "{url:?}: {text}");
            assert!(!text.contains("geheim"), "the password is shown: {text}");
            assert_eq!(files(folder.path()), [""; 0], "{url:?} {subcommand}");
        }
    }
    // The same by flag and by file.
    let folder = tempfile::tempdir().unwrap();
    let text = refused(hark(folder.path(), &[]).args(["migrate", "--database-url", "postgress://u:geheim@h/d"]));
    assert!(text.contains("database_url") && !text.contains("geheim"), "{text}");
    std::fs::write(
        folder.path().join("hark.toml"),
        "database_url = \"postgress://u:geheim@h/d\"\n",
    )
    .unwrap();
    let text = refused(hark(folder.path(), &[]).arg("migrate"));
    assert!(text.contains("database_url") && !text.contains("geheim"), "{text}");
    assert_eq!(files(folder.path()), ["hark.toml"]);
}

#[test]
fn a_server_that_is_not_there_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://hark:geheim@127.0.0.1:1/hark";
    let text = refused(
        hark(
            folder.path(),
            &[("HARK_DATABASE_URL", url), ("HARK_BIND", "127.0.0.1:0")],
        )
        .arg("serve"),
    );
    assert!(
        text.contains("cannot reach the database") && !text.contains("geheim"),
        "{text}"
    );
    assert_eq!(files(folder.path()), [""; 0]);
}

#[test]
fn settings_that_do_not_exist_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let text = refused(hark(folder.path(), &[("HARK_DATABSE_URL", "x")]).arg("serve"));
    assert!(text.contains("HARK_DATABSE_URL"), "{text}");
    for (file, named) in [
        ("bnid = \"127.0.0.1:0\"\n", "bnid"),
        ("[server]\nbind = \"127.0.0.1:0\"\n", "server"),
        ("config = \"other.toml\"\n", "config"),
        ("bind = \n", "hark.toml"),
    ] {
        std::fs::write(folder.path().join("hark.toml"), file).unwrap();
        let text = refused(hark(folder.path(), &[]).arg("serve"));
        assert!(text.contains("hark.toml") && text.contains(named), "{file}: {text}");
    }
    let text = refused(hark(folder.path(), &[("HARK_CONFIG", "absent.toml")]).arg("serve"));
    assert!(text.contains("absent.toml"), "{text}");
    assert_eq!(files(folder.path()), ["hark.toml"]);
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    for (name, value, key) in [
        ("HARK_BIND", "8080", "bind"),
        ("HARK_DEFAULT_TIME_ZONE", "Shanghai", "default-time-zone"),
        ("HARK_DEFAULT_REGION", "China", "default-region"),
        ("HARK_CALL_BACK_ATTEMPTS", "0", "call-back-attempts"),
        ("HARK_DATABASE_CONNECTIONS", "1", "database-connections"),
        ("HARK_LOG_FORMAT", "xml", "log-format"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let text = refused(hark(folder.path(), &[(name, value)]).arg("serve"));
        assert!(text.contains(key) && text.contains(value), "{name}={value}: {text}");
        assert_eq!(files(folder.path()), [""; 0]);
    }
}

#[test]
fn the_effective_settings_show_where_they_come_from_and_no_password() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("hark.toml"),
        "call_back_attempts = 5\ndefault_region = \"DE\"\n",
    )
    .unwrap();
    let url = "postgres://hark:geheim@db.example/hark?password=geheim";
    let settings = [("HARK_DATABASE_URL", url), ("HARK_DEFAULT_REGION", "FR")];
    let out = output(hark(folder.path(), &settings).args(["config", "--bind", "127.0.0.1:9"]));
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success());
    assert!(!text.contains("geheim"), "{text}");
    assert!(text.contains("postgres://hark:(hidden)@db.example/hark"), "{text}");
    // Defaults < file < environment < flags.
    assert!(text.contains("call_back_attempts = 5"), "{text}");
    assert!(text.contains("default_region = \"FR\""), "{text}");
    assert!(text.contains("bind = \"127.0.0.1:9\""), "{text}");
    assert_eq!(files(folder.path()), ["hark.toml"], "showing makes nothing");
    // What it shows may be used as a file.
    let shown: toml::Table = text.parse().unwrap();
    assert_eq!(shown["call_back_attempts"].as_integer(), Some(5));
}

#[test]
fn a_port_that_is_taken_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let text = refused(hark(folder.path(), &[("HARK_BIND", &address)]).arg("serve"));
    assert!(text.contains("bind") && text.contains(&address), "{text}");
    assert_eq!(files(folder.path()), [""; 0]);
}
