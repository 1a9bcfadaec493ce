//! `hark admin`, as somebody at the machine types it: the first administrator, resets, ending everything.

use std::process::Output;

use hark::db::Db;
use hark::domain::staff::people;
use serde_json::json;

use crate::support::person::{PASSWORD, SESSION};
use crate::support::program::{Place, Running};
use crate::support::{Client, Reply};

/// Runs `hark admin` with these words.
fn admin(place: &Place, words: &[&str]) -> Output {
    place.command().arg("admin").args(words).output().unwrap()
}

/// What it says when it succeeds.
#[track_caller]
fn said(place: &Place, words: &[&str]) -> String {
    let out = admin(place, words);
    let (said, wrong) = (
        String::from_utf8(out.stdout).unwrap(),
        String::from_utf8_lossy(&out.stderr).into_owned(),
    );
    assert!(out.status.success(), "{words:?}: {said}{wrong}");
    said
}

/// What it says when it refuses.
#[track_caller]
fn refused(place: &Place, words: &[&str]) -> String {
    let out = admin(place, words);
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success() && !text.contains("panicked"), "{words:?}: {text}");
    assert!(
        out.stdout.is_empty(),
        "{words:?}: {}",
        String::from_utf8_lossy(&out.stdout)
    );
    text
}

/// Where a program redeems the link that was said: the page `/invitation/…` is for people.
#[track_caller]
fn link(said: &str) -> String {
    let start = said.find("/invitation/").unwrap_or_else(|| panic!("no link in {said}"));
    let page = said[start..].split_whitespace().next().unwrap();
    page.replacen("/invitation/", "/api/v1/public/invitations/", 1)
}

/// What the service answers to somebody without credentials.
fn anybody(running: &Running) -> Client {
    Client::new(&running.url, None)
}

async fn sign_in(running: &Running, handle: &str, password: &str) -> Reply {
    let form = json!({ "handle": handle, "password": password });
    anybody(running).post(SESSION, &form).await
}

/// A client with the session that was just opened.
fn with_session(running: &Running, signed: &Reply) -> Client {
    let cookie = signed
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|header| header.to_str().unwrap());
    let pairs: Vec<&str> = cookie.filter_map(|text| text.split(';').next()).collect();
    let client = anybody(running).with("cookie", &pairs.join("; "));
    client.with("x-csrf-token", signed.str("/csrf_token"))
}

/// How the audit tells of what was done at the machine.
fn audited(place: &Place, action: &'static str) -> Vec<String> {
    let db = Db::open(&place.target(), 2).unwrap();
    let read = move || {
        db.read_blocking(move |conn| {
            let filter = hark::domain::audit::query::Filter {
                action: Some(action.to_owned()),
                ..Default::default()
            };
            hark::domain::audit::query::list(conn, &filter, None, 100)
        })
    };
    let events = std::thread::spawn(read).join().unwrap().unwrap();
    events.into_iter().map(|event| event.actor).collect()
}

async fn people_from_the_command_line(place: Place) {
    // The first administrator: added, invited, in.
    let made = said(
        &place,
        &[
            "create-person",
            "--handle",
            "wang.fang",
            "--name",
            "Wang Fang",
            "--role",
            "admin",
        ],
    );
    assert!(made.contains("wang.fang sets a password by this link, once"), "{made}");
    for (handle, role, why) in [
        ("wang.fang", "agent", "resource.name_taken"),
        ("li.na", "emperor", "/role: neither a built-in role nor one of our own"),
        ("no spaces", "agent", "/handle: "),
    ] {
        let words = ["create-person", "--handle", handle, "--name", "Li Na", "--role", role];
        let text = refused(&place, &words);
        assert!(text.contains(why), "{words:?}: {text}");
    }
    let running = place.start();
    let path = link(&made);
    anybody(&running)
        .post(&path, &json!({ "password": PASSWORD }))
        .await
        .expect(200);
    anybody(&running)
        .post(&path, &json!({ "password": PASSWORD }))
        .await
        .expect(404);
    let signed = sign_in(&running, "wang.fang", PASSWORD).await.expect(201);
    assert_eq!((signed.str("/role"), signed.str("/name")), ("admin", "Wang Fang"));
    let boss = with_session(&running, &signed);
    boss.post("/api/v1/teams", &json!({ "name": "Broadband" }))
        .await
        .expect(201);

    // Another password: the old one works until the link is used, which works once.
    let first = link(&said(&place, &["reset-password", "--handle", " Wang.Fang "]));
    let second = link(&said(&place, &["reset-password", "--handle", "wang.fang"]));
    let other = json!({ "password": "seven quiet harbours sing" });
    anybody(&running).post(&first, &other).await.expect(404);
    sign_in(&running, "wang.fang", PASSWORD).await.expect(201);
    anybody(&running).post(&second, &other).await.expect(200);
    sign_in(&running, "wang.fang", PASSWORD)
        .await
        .expect_problem(401, "auth.sign_in_refused");
    sign_in(&running, "wang.fang", "seven quiet harbours sing")
        .await
        .expect(201);
    assert!(refused(&place, &["reset-password", "--handle", "nobody"]).contains("no such member"));
    assert_eq!(audited(&place, "person.invited"), ["hark", "hark", "hark"]);
}

#[tokio::test]
async fn an_administrator_is_added_gets_in_and_gets_another_password_sqlite() {
    people_from_the_command_line(Place::sqlite()).await;
}

#[tokio::test]
async fn an_administrator_is_added_gets_in_and_gets_another_password_postgres() {
    if let Some(place) = Place::postgres() {
        people_from_the_command_line(place).await;
    }
}

/// Waits until the service has noticed; it believes what it knows for ten seconds.
async fn until_refused(client: &Client, path: &str) {
    for _ in 0..150 {
        if client.get(path).await.status == 401 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{path} is still answered");
}

async fn take_a_second_factor(session: &Client) {
    let begun = session
        .post("/api/v1/me/second-factor", &json!({ "password": PASSWORD }))
        .await
        .expect(200);
    let now = hark::clock::Clock::System.now();
    let code = totp(begun.str("/secret"), now.timestamp());
    session
        .post("/api/v1/me/second-factor/confirm", &json!({ "code": code }))
        .await
        .expect(200);
}

async fn ended_from_the_command_line(place: Place) {
    let person = |handle: &str| {
        link(&said(
            &place,
            &["create-person", "--handle", handle, "--name", "Wang", "--role", "admin"],
        ))
    };
    let (mary, li) = (person("mary"), person("li.na"));
    let token = said(&place, &["create-token", "--name", "crm", "--role", "agent"]);
    let secret = token.split_whitespace().last().unwrap();
    let running = place.start();
    let program = Client::new(&running.url, Some(secret));
    let mut sessions = Vec::new();
    for (handle, path) in [("mary", &mary), ("li.na", &li)] {
        anybody(&running)
            .post(path, &json!({ "password": PASSWORD }))
            .await
            .expect(200);
        sessions.push(with_session(
            &running,
            &sign_in(&running, handle, PASSWORD).await.expect(201),
        ));
    }
    // Somebody who lost the telephone: the second factor goes, and the sessions with it.
    take_a_second_factor(&sessions[0]).await;
    sign_in(&running, "mary", PASSWORD)
        .await
        .expect_problem(401, "auth.code_required");
    let reset = said(&place, &["reset-second-factor", "--handle", "mary"]);
    assert!(reset.contains("mary signs in without a second factor"), "{reset}");
    sessions[0] = with_session(&running, &sign_in(&running, "mary", PASSWORD).await.expect(201));
    assert!(refused(&place, &["reset-second-factor", "--handle", "nobody"]).contains("no such member"));

    // One person's sessions, and nobody else's.
    assert!(said(&place, &["revoke-sessions", "--handle", "mary"]).starts_with("1 sessions have ended"));
    until_refused(&sessions[0], "/api/v1/me").await;
    sessions[1].get("/api/v1/me").await.expect(200);
    assert!(refused(&place, &["revoke-sessions"]).contains("--handle"));
    assert!(refused(&place, &["revoke-sessions", "--all", "--handle", "mary"]).contains("--all"));
    // Everybody's, and no token.
    assert!(said(&place, &["revoke-sessions", "--all"]).starts_with("1 sessions have ended"));
    until_refused(&sessions[1], "/api/v1/me").await;
    program.get("/api/v1/me").await.expect(200);
    // Everything.
    sign_in(&running, "li.na", PASSWORD).await.expect(201);
    let all = said(&place, &["revoke-all"]);
    assert!(all.starts_with("1 sessions and 1 service tokens have ended"), "{all}");
    until_refused(&program, "/api/v1/me").await;
    assert!(
        said(&place, &["list-tokens"])
            .lines()
            .all(|line| line.contains(", revoked "))
    );
    assert!(said(&place, &["revoke-all"]).starts_with("0 sessions and 0 service tokens"));
    // People still work here, and get in with what they know.
    sign_in(&running, "mary", PASSWORD).await.expect(201);
    assert_eq!(audited(&place, "session.all_ended"), ["hark", "hark", "hark"]);
    assert_eq!(audited(&place, "service_token.revoked"), ["hark"]);
}

/// What an app shows at this second.
fn totp(secret: &str, second: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    app.generate(u64::try_from(second).unwrap()).to_string()
}

#[tokio::test]
async fn sessions_second_factors_and_tokens_are_ended_from_the_command_line_sqlite() {
    ended_from_the_command_line(Place::sqlite()).await;
}

#[tokio::test]
async fn sessions_second_factors_and_tokens_are_ended_from_the_command_line_postgres() {
    if let Some(place) = Place::postgres() {
        ended_from_the_command_line(place).await;
    }
}

async fn first_start(place: Place) {
    let mut running = place.start();
    let token = running.first_token();
    let (status, said) = {
        running.terminate();
        running.ended()
    };
    assert!(status.success(), "{said}");
    // Whoever starts an empty desk is told once how to get in: by a token, and as a person.
    let invited = link(&said);
    let again = place.start();
    anybody(&again)
        .post(&invited, &json!({ "password": PASSWORD }))
        .await
        .expect(200);
    sign_in(&again, "admin", PASSWORD).await.expect(201);
    Client::new(&again.url, Some(&token))
        .get("/api/v1/me")
        .await
        .expect(200);
    again.terminate();
    let (_, said) = again.ended();
    assert!(
        !said.contains("/invitation/") && !said.contains("hark_"),
        "told once: {said}"
    );
    let db = Db::open(&place.target(), 2).unwrap();
    let found = std::thread::spawn(move || db.read_blocking(|conn| people::find_by_handle(conn, "admin")));
    assert!(found.join().unwrap().unwrap().is_some());
}

#[tokio::test]
async fn the_first_start_makes_an_administrator_and_tells_of_it_once_sqlite() {
    first_start(Place::sqlite()).await;
}

#[tokio::test]
async fn the_first_start_makes_an_administrator_and_tells_of_it_once_postgres() {
    if let Some(place) = Place::postgres() {
        first_start(place).await;
    }
}
