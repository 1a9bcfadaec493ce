//! People with a browser: accounts, passwords, cookies.

use std::collections::BTreeMap;

use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Client, Desk, Reply};

/// A password that is good enough for everybody.
pub const PASSWORD: &str = "lantern gravel otter nine";
/// Where one signs in.
pub const SESSION: &str = "/api/v1/session";

/// Adds a person without a password; gives their id.
pub async fn add(desk: &Desk, handle: &str, role: &str) -> String {
    let body =
        json!({ "handle": handle, "name": "Wang Fang", "email": format!("{handle}@desk.example"), "role": role });
    let made = desk.client(Role::Admin).post("/api/v1/staff", &body).await.expect(201);
    made.id().to_owned()
}

/// A link for a person: where to post the password.
pub async fn invite(desk: &Desk, staff: &str) -> String {
    let path = format!("/api/v1/staff/{staff}/invitation");
    let made = desk
        .client(Role::Admin)
        .send(Method::POST, &path, None)
        .await
        .expect(201);
    format!("/api/v1/public/invitations/{}", made.str("/token"))
}

/// Adds a person with [`PASSWORD`]; gives their id.
pub async fn with_password(desk: &Desk, handle: &str, role: &str) -> String {
    let staff = add(desk, handle, role).await;
    let link = invite(desk, &staff).await;
    let set = desk.anonymous().post(&link, &json!({ "password": PASSWORD })).await;
    set.expect(200);
    staff
}

/// Adds a person who is signed in.
pub async fn signed_in(desk: &Desk, handle: &str, role: &str) -> Browser {
    with_password(desk, handle, role).await;
    let mut browser = Browser::new(desk);
    browser.sign_in(handle, PASSWORD).await.expect(201);
    browser
}

/// A browser: it keeps cookies, and the page in it knows the session's token for changes.
#[derive(Clone)]
pub struct Browser {
    pub url: String,
    pub cookies: BTreeMap<String, String>,
    pub csrf: Option<String>,
}

impl Browser {
    pub fn new(desk: &Desk) -> Self {
        Self {
            url: desk.url.clone(),
            cookies: BTreeMap::new(),
            csrf: None,
        }
    }

    /// The client that it is at the moment.
    pub fn client(&self) -> Client {
        let mut client = Client::new(&self.url, None);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            client = client.with("cookie", &pairs.join("; "));
        }
        match &self.csrf {
            Some(token) => client.with("x-csrf-token", token),
            None => client,
        }
    }

    /// Takes over the cookies of an answer.
    pub fn keep(&mut self, reply: &Reply) {
        for header in reply.headers.get_all("set-cookie") {
            let text = header.to_str().unwrap();
            let (pair, attributes) = text.split_once(';').unwrap();
            assert!(
                attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"),
                "{text}"
            );
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(token) = reply.json["csrf_token"].as_str() {
            self.csrf = Some(token.to_owned());
        }
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let reply = self.client().send(method, path, body).await;
        self.keep(&reply);
        reply
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&mut self, path: &str, body: &Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&mut self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn sign_in(&mut self, handle: &str, password: &str) -> Reply {
        self.post(SESSION, &json!({ "handle": handle, "password": password }))
            .await
    }

    pub async fn sign_in_with_code(&mut self, handle: &str, password: &str, code: &str) -> Reply {
        let body = json!({ "handle": handle, "password": password, "code": code });
        self.post(SESSION, &body).await
    }

    /// The secret of the session.
    pub fn session(&self) -> &str {
        &self.cookies["hark_session"]
    }

    /// Sets up a second factor; gives the app and the recovery codes.
    pub async fn enrol(&mut self, desk: &Desk) -> (App, Vec<String>) {
        let begun = self
            .post("/api/v1/me/second-factor", &json!({ "password": PASSWORD }))
            .await
            .expect(200);
        let app = App::of(begun.str("/secret"));
        let confirmed = self
            .post("/api/v1/me/second-factor/confirm", &json!({ "code": app.code(desk) }))
            .await
            .expect(200);
        let codes = confirmed.at("/recovery_codes").as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        (app, codes)
    }
}

/// An app that makes codes.
pub struct App(totp_rs::Totp);

impl App {
    pub fn of(secret: &str) -> Self {
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        Self(totp_rs::Builder::new().with_secret(secret).build().unwrap())
    }

    /// What it shows now.
    pub fn code(&self, desk: &Desk) -> String {
        let seconds = u64::try_from(desk.now().timestamp()).unwrap();
        self.0.generate(seconds).to_string()
    }
}
