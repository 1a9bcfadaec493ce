//! Signing in at an OpenID provider: a real one, started here with node.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use hark::app::Front;
use hark::domain::policy::{Policy, SignIn};
use hark::domain::staff::sign_in::seal;
use hark::open_id::{Flow, Provider, Registration};
use reqwest::header::LOCATION;
use serde_json::json;

use crate::support::person::{self, Browser, PASSWORD, SESSION};
use crate::support::{Desk, Reply, keys};

/// Where the provider sends people back to; the browser of these tests brings the answer to the desk itself.
const REDIRECT: &str = "http://desk.example/api/v1/oidc/callback";
const BEGIN: &str = "/api/v1/oidc/sign-in";
const PURPOSE: &str = "sign-in at the OpenID provider";

/// The provider's program with what it needs; `None`, with a line printed once, where there is no node.
fn program() -> Option<&'static Path> {
    static INSTALLED: OnceLock<Option<PathBuf>> = OnceLock::new();
    INSTALLED
        .get_or_init(|| {
            let there = |name: &str| {
                Command::new(name)
                    .arg("--version")
                    .output()
                    .is_ok_and(|out| out.status.success())
            };
            let installed = match there("node") && there("npm") {
                true => install(),
                false => Err("no node or npm found".to_owned()),
            };
            installed.map_err(|why| skip(&why)).ok()
        })
        .as_deref()
}

/// Says, once, that this is not tested; in CI it must be.
fn skip(why: &str) {
    assert!(
        std::env::var_os("CI").is_none(),
        "{why}: signing in by OpenID must be tested"
    );
    let line = format!("{why}: signing in by OpenID is not tested");
    let _gone = writeln!(std::io::stderr(), "{line}");
}

fn install() -> Result<PathBuf, String> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oidc");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = std::fs::read(from.join("package-lock.json")).unwrap();
    let done = folder.join("node_modules/.installed");
    for file in ["package.json", "package-lock.json", "provider.mjs"] {
        std::fs::copy(from.join(file), folder.join(file)).unwrap();
    }
    if std::fs::read(&done).is_ok_and(|have| have == lock) {
        return Ok(folder);
    }
    let npm = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(&folder)
        .output()
        .unwrap();
    if !npm.status.success() {
        let why = String::from_utf8_lossy(&npm.stderr);
        return Err(format!("npm ci: {}", why.lines().next().unwrap_or_default()));
    }
    std::fs::write(done, lock).unwrap();
    Ok(folder)
}

/// A provider that runs; it ends with the test.
struct Running {
    child: Child,
    issuer: String,
}

impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .arg(REDIRECT)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let issuer = lines
            .map(Result::unwrap)
            .find_map(|line| line.strip_prefix("issuer ").map(str::to_owned))
            .expect("the provider did not start");
        Self { child, issuer }
    }

    fn desks(&self, create: bool) -> Vec<Desk> {
        let policy = Policy {
            sign_in: SignIn {
                open_id_roles: "desk-agents=agent,desk-leads=lead".parse().unwrap(),
                open_id_create: create,
                ..SignIn::default()
            },
            ..Policy::default()
        };
        Desk::both_with(&policy, |app, _| {
            let registration = Registration {
                issuer: self.issuer.clone(),
                client_id: "hark".to_owned(),
                client_secret: Some("a secret between the two".to_owned()),
                redirect_url: REDIRECT.to_owned(),
                scopes: vec!["email".to_owned(), "profile".to_owned()],
                role_claim: "roles".to_owned(),
            };
            app.with_front(Front {
                provider: Some(Provider::new(registration).unwrap()),
                ..Front::default()
            })
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Begins at the desk and signs in at the provider as `who`; gives the address to come back to.
async fn at_the_provider(browser: &mut Browser, who: &str) -> String {
    let http = crate::support::http::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let begun = http.get(format!("{}{BEGIN}", browser.url)).send().await.unwrap();
    assert_eq!(begun.status(), 302);
    let cookie = begun.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("Max-Age=600"),
        "{cookie}"
    );
    let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    browser.cookies.insert(name.to_owned(), value.to_owned());
    let mut next = begun.headers()[LOCATION].to_str().unwrap().to_owned();
    for asked in [
        "response_type=code",
        "code_challenge_method=S256",
        "state=",
        "nonce=",
        "scope=openid+email+profile",
    ] {
        assert!(next.contains(asked), "{asked} in {next}");
    }
    next.push_str(&format!("&login_hint={who}"));
    let issuer = next.split('/').take(3).collect::<Vec<_>>().join("/");
    let mut cookies: BTreeMap<String, String> = BTreeMap::new();
    for _ in 0..10 {
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = http.get(&next).header("cookie", sent.join("; ")).send().await.unwrap();
        assert!(answer.status().is_redirection(), "{next}: {}", answer.status());
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            // An empty one takes away that of another path.
            if !value.is_empty() {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let to = answer.headers()[LOCATION].to_str().unwrap();
        if let Some(back) = to.strip_prefix("http://desk.example") {
            return back.to_owned();
        }
        next = if to.starts_with('/') {
            format!("{issuer}{to}")
        } else {
            to.to_owned()
        };
    }
    panic!("the provider sends us round in circles: {next}");
}

/// Comes back to the desk.
async fn come_back(browser: &mut Browser, path: &str) -> Reply {
    let http = crate::support::http::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let pairs: Vec<String> = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let request = http
        .get(format!("{}{path}", browser.url))
        .header("cookie", pairs.join("; "));
    let reply = Reply::of(request.send().await.unwrap()).await;
    browser.keep(&reply);
    reply
}

async fn sign_in(desk: &Desk, who: &str) -> (Browser, Reply) {
    let mut browser = Browser::new(desk);
    let back = at_the_provider(&mut browser, who).await;
    let reply = come_back(&mut browser, &back).await;
    (browser, reply)
}

#[tokio::test]
async fn somebody_signs_in_at_the_provider_and_gets_the_role_it_names() {
    let Some(folder) = program() else { return };
    for arguments in [&[][..], &["userinfo"]] {
        let provider = Running::start(folder, arguments);
        for desk in provider.desks(false) {
            let staff = person::add(&desk, "wang.fang", "agent").await;
            let (mut browser, reply) = sign_in(&desk, "wang-at-idp").await;
            assert_eq!(reply.expect(303).header("location"), Some("/"));
            let session = browser.get(SESSION).await.expect(200);
            assert_eq!(
                (session.str("/staff_id"), session.str("/role")),
                (staff.as_str(), "lead"),
                "the greater of two"
            );
            assert!(!browser.cookies.contains_key("hark_oidc"), "its time is over");
            browser.delete(SESSION).await.expect(200);
            let (mut again, _) = sign_in(&desk, "wang-at-idp").await;
            assert_eq!(again.get(SESSION).await.expect(200).str("/handle"), "wang.fang");
            assert_eq!(desk.rows("staff_identities"), 1);
            let heir = sign_in(&desk, "heir-of-wang").await.1;
            heir.expect_problem(403, "auth.open_id_refused");
        }
    }
}

#[tokio::test]
async fn an_answer_that_was_not_asked_for_opens_nothing() {
    let Some(folder) = program() else { return };
    let provider = Running::start(folder, &[]);
    for desk in provider.desks(true) {
        let mut browser = Browser::new(&desk);
        let back = at_the_provider(&mut browser, "newcomer").await;
        // Without the cookie, or with that of another sign-in, the answer belongs to nobody.
        let mut stranger = Browser::new(&desk);
        come_back(&mut stranger, &back)
            .await
            .expect_problem(400, "auth.open_id_failed");
        at_the_provider(&mut stranger, "newcomer").await;
        come_back(&mut stranger, &back)
            .await
            .expect_problem(400, "auth.open_id_failed");
        for wrong in ["", "?state=x&code=y", "?error=access_denied"] {
            let path = format!("/api/v1/oidc/callback{wrong}");
            come_back(&mut browser, &path)
                .await
                .expect_problem(400, "auth.open_id_failed");
        }
        // A token that was made for another sign-in.
        let mut other = browser.clone();
        other.cookies.insert(
            "hark_oidc".to_owned(),
            with_another_nonce(&browser.cookies["hark_oidc"]),
        );
        come_back(&mut other, &back)
            .await
            .expect_problem(400, "auth.open_id_failed");
        assert_eq!((desk.rows("sessions"), desk.rows("staff_identities")), (0, 0));
        // A code that was used.
        let mut browser = Browser::new(&desk);
        let back = at_the_provider(&mut browser, "newcomer").await;
        let replayed = browser.clone();
        come_back(&mut browser, &back).await.expect(303);
        come_back(&mut replayed.clone(), &back)
            .await
            .expect_problem(400, "auth.open_id_failed");
        // Whoever takes too long begins again.
        let mut slow = Browser::new(&desk);
        let back = at_the_provider(&mut slow, "newcomer").await;
        desk.pass(chrono::TimeDelta::minutes(10));
        come_back(&mut slow, &back)
            .await
            .expect_problem(400, "auth.open_id_failed");
    }
}

fn with_another_nonce(cookie: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let key = keys().derive(PURPOSE);
    let sealed = URL_SAFE_NO_PAD.decode(cookie).unwrap();
    let plain = seal::open(&key, PURPOSE.as_bytes(), &sealed).unwrap();
    let mut flow: Flow = serde_json::from_slice(&plain).unwrap();
    flow.nonce = "another".to_owned();
    let sealed = seal::seal(&key, PURPOSE.as_bytes(), &serde_json::to_vec(&flow).unwrap()).unwrap();
    URL_SAFE_NO_PAD.encode(sealed)
}

#[tokio::test]
async fn who_has_no_role_here_or_an_address_that_is_not_proved_is_not_let_in() {
    let Some(folder) = program() else { return };
    let provider = Running::start(folder, &[]);
    for desk in provider.desks(false) {
        person::with_password(&desk, "wang.fang", "agent").await;
        for who in ["unmapped", "unverified", "newcomer"] {
            let (browser, reply) = sign_in(&desk, who).await;
            reply.expect_problem(403, "auth.open_id_refused");
            assert!(!browser.cookies.contains_key("hark_session"), "{who}");
        }
        assert_eq!((desk.rows("sessions"), desk.rows("staff_identities")), (0, 0));
        Browser::new(&desk).sign_in("wang.fang", PASSWORD).await.expect(201);
    }
}

#[tokio::test]
async fn a_newcomer_is_added_where_that_is_wanted() {
    let Some(folder) = program() else { return };
    let provider = Running::start(folder, &[]);
    for desk in provider.desks(true) {
        let (mut browser, reply) = sign_in(&desk, "newcomer").await;
        reply.expect(303);
        let session = browser.get(SESSION).await.expect(200);
        assert_eq!(
            (session.str("/handle"), session.str("/name"), session.str("/role")),
            ("new.comer", "New Comer", "agent")
        );
        // There is no password to guess, and none to change.
        Browser::new(&desk)
            .sign_in("new.comer", PASSWORD)
            .await
            .expect_problem(401, "auth.sign_in_refused");
        let form = json!({ "current": PASSWORD, "new": "seven quiet harbours sing" });
        browser
            .put("/api/v1/me/password", &form)
            .await
            .expect_problem(409, "auth.no_password");
    }
}

#[tokio::test]
async fn a_provider_that_is_away_or_not_set_up_is_said_to_be() {
    let Some(folder) = program() else { return };
    let provider = Running::start(folder, &[]);
    let desks = provider.desks(false);
    drop(provider);
    for desk in desks {
        desk.anonymous()
            .get(BEGIN)
            .await
            .expect_problem(503, "auth.open_id_unavailable");
    }
    Desk::sqlite()
        .anonymous()
        .get(BEGIN)
        .await
        .expect_problem(404, "resource.not_found");
}

#[test]
fn a_provider_is_reached_by_tls_or_on_this_machine() {
    let registration = |issuer: &str| Registration {
        issuer: issuer.to_owned(),
        client_id: "hark".to_owned(),
        client_secret: None,
        redirect_url: REDIRECT.to_owned(),
        scopes: Vec::new(),
        role_claim: "roles".to_owned(),
    };
    for fits in [
        "https://id.example.com/realms/desk",
        "http://127.0.0.1:4000",
        "http://localhost:4000",
    ] {
        assert!(Provider::new(registration(fits)).is_ok(), "{fits}");
    }
    for wrong in ["http://id.example.com", "ftp://localhost", "id.example.com", ""] {
        assert!(Provider::new(registration(wrong)).is_err(), "{wrong}");
    }
}
