//! Attachments in S3: the real program and a server that speaks S3 (moto), started here.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::PHOTO;
use crate::journeys::by_phone;
use crate::support::program::{Place, Running};
use crate::support::{Client, http};

const BUCKET: &str = "attic";

/// A server that speaks S3. It ends with the test.
struct Moto {
    child: Child,
    url: String,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says, once, that this is not tested; in CI it must be.
fn skip(why: &str) {
    static SAID: OnceLock<()> = OnceLock::new();
    assert!(std::env::var_os("CI").is_none(), "S3 was not tested: {why}");
    SAID.get_or_init(|| {
        let line = format!("attachments in S3 were NOT tested: {why}\n");
        // Past the capture of the test runner, so that it is seen.
        let _shown = std::io::stderr().write_all(line.as_bytes());
    });
}

impl Moto {
    /// Starts one with an empty bucket; `None`, with a line printed once, where there is none.
    async fn start() -> Option<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let started = Command::new("moto_server")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = started else {
            skip("moto_server is not on the PATH (pip install 'moto[s3]' flask flask-cors)");
            return None;
        };
        let moto = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        };
        for _ in 0..300 {
            let made = http::plain().put(format!("{}/{BUCKET}", moto.url)).send().await;
            if made.is_ok_and(|reply| reply.status().is_success()) {
                return Some(moto);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("moto_server does not answer");
    }

    /// What an address of the bucket holds. Moto takes a request for one to S3 by how it is signed; the signature is not
    /// looked at.
    async fn get(&self, path: &str) -> Vec<u8> {
        let signed =
            "AWS4-HMAC-SHA256 Credential=desk/20261126/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x";
        let asked = http::plain().get(format!("{}/{BUCKET}{path}", self.url));
        let reply = asked.header("authorization", signed).send().await.unwrap();
        reply.bytes().await.unwrap().to_vec()
    }

    /// The keys of every object.
    async fn keys(&self) -> Vec<String> {
        let listed = String::from_utf8(self.get("?list-type=2").await).unwrap();
        let keys = listed
            .split("<Key>")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap().to_owned());
        keys.collect()
    }

    /// Uploads that were begun and neither ended nor given up.
    async fn unfinished(&self) -> usize {
        let listed = String::from_utf8(self.get("?uploads").await).unwrap();
        listed.matches("<UploadId>").count()
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("HARK_FILES", format!("s3://{BUCKET}/desk")),
            ("HARK_JOB_SECONDS", "1".to_owned()),
            ("AWS_ENDPOINT", self.url.clone()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "desk".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "desk".to_owned()),
        ]
    }
}

async fn send(client: &Client, complaint: &str, name: &str, content: Vec<u8>) -> crate::support::Reply {
    let path = format!("{complaint}/attachments?name={name}");
    client
        .send_raw(Method::POST, &path, "application/octet-stream", content)
        .await
}

/// Whole and in part.
async fn read_again(admin: &Client, complaint: &str, (small, large): (&str, &str), words: &[u8]) {
    let content = |id: &str| format!("{complaint}/attachments/{id}/content");
    assert_eq!(admin.bytes(&content(small)).await.2, PHOTO);
    assert!(admin.bytes(&content(large)).await.2 == words, "byte for byte");
    let (status, _, part) = admin
        .with("range", "bytes=6000000-6000008")
        .bytes(&content(large))
        .await;
    assert_eq!((status, part.as_slice()), (206, &words[6_000_000..6_000_009]));
}

async fn refused_leaves_nothing(admin: &Client, complaint: &str, moto: &Moto) {
    send(admin, complaint, "a.jpg", b"<svg/>".to_vec())
        .await
        .expect_problem(415, "attachment.type_not_allowed");
    send(admin, complaint, "a.txt", vec![b'x'; 21 << 20])
        .await
        .expect_problem(413, "request.too_large");
    assert_eq!((moto.keys().await.len(), moto.unfinished().await), (2, 0));
}

/// What is taken away goes with the next run of the job.
async fn until_gone(moto: &Moto, key: &str) {
    for _ in 0..100 {
        if !moto.keys().await.iter().any(|there| there == key) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn kept_in_a_bucket(mut place: Place) {
    let Some(moto) = Moto::start().await else { return };
    place.settings = moto.settings();
    let mut running: Running = place.start();
    let admin = Client::new(&running.url.clone(), Some(&running.first_token()));
    let made = admin.post("/api/v1/complaints", &by_phone()).await.expect(201);
    let complaint = format!("/api/v1/complaints/{}", made.id());
    // A small one, and one in several parts (S3 takes them from 5 MiB on).
    let small = send(&admin, &complaint, "door.jpg", PHOTO.to_vec()).await.expect(201);
    let words: Vec<u8> = (0..13_000_000_u32).map(|n| b"abcdefgh\n"[n as usize % 9]).collect();
    let large = send(&admin, &complaint, "log.txt", words.clone()).await.expect(201);
    let key = |id: &str| format!("desk/{}/{id}", made.id());
    let mut keys = moto.keys().await;
    keys.sort();
    assert_eq!(
        keys,
        [key(small.id()), key(large.id())],
        "each in its place, and nothing else"
    );
    assert_eq!(moto.get(&format!("/{}", key(small.id()))).await, PHOTO);
    read_again(&admin, &complaint, (small.id(), large.id()), &words).await;
    refused_leaves_nothing(&admin, &complaint, &moto).await;
    let again = admin.with("idempotency-key", "1");
    let first = send(&again, &complaint, "b.jpg", PHOTO.to_vec()).await.expect(201);
    assert_eq!(
        send(&again, &complaint, "b.jpg", PHOTO.to_vec()).await.expect(201).text,
        first.text
    );
    assert_eq!(moto.keys().await.len(), 3);
    let path = format!("{complaint}/attachments/{}?reason=wrong%20customer", large.id());
    admin.send(Method::DELETE, &path, None).await.expect(200);
    until_gone(&moto, &key(large.id())).await;
    let mut left = moto.keys().await;
    left.sort();
    assert_eq!(left, [key(small.id()), key(first.id())]);
    // A store that is away is our failure, and says nothing of it.
    drop(moto);
    let refused = send(&admin, &complaint, "c.jpg", PHOTO.to_vec()).await;
    assert_eq!((refused.status, refused.code()), (500, "service.internal"));
    assert!(!refused.text.contains("127.0.0.1"), "{}", refused.text);
    assert_eq!(
        admin.get(&format!("{complaint}/attachments")).await.expect(200).json,
        json!([small.json, first.json])
    );
}

#[tokio::test]
async fn attachments_are_kept_in_a_bucket_sqlite() {
    kept_in_a_bucket(Place::sqlite()).await;
}

#[tokio::test]
async fn attachments_are_kept_in_a_bucket_postgres() {
    if let Some(place) = Place::postgres() {
        kept_in_a_bucket(place).await;
    }
}
