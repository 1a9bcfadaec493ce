//! Requests that no client of ours would send: huge, slow, crooked. On a real socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use hark::settings::edge::EdgeSettings;
use reqwest::Method;

use crate::fixtures::{COMPLAINTS, Case, PUBLIC, by_web};
use crate::on_both;
use crate::support::lenient;

/// Sends bytes as they are; gives everything that comes back until the service closes.
fn raw(url: &str, request: &[u8]) -> String {
    let mut stream = connect(url);
    // It may close before it has taken everything.
    let _sent = stream.write_all(request);
    let mut answer = Vec::new();
    let _closed = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn connect(url: &str) -> TcpStream {
    let stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// A request on a connection that is to be closed.
fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: hark\r\nconnection: close\r\n{headers}\r\n").into_bytes()
}

on_both! {
    async fn a_path_leads_nowhere_but_where_it_says(desk) {
        let url = desk.url.clone();
        let (_case, link) = Case::filed(&desk).await;
        for path in [
            "/docs/../../etc/passwd", "/docs/..%2f..%2fetc/passwd", "/docs/%2e%2e/%2e%2e/etc/passwd", "/../etc/passwd",
            "/docs/....//etc/passwd", "/api/v1/public/complaints/..%2fcomplaints", "/api/v1/public/complaints/%00",
            "/api/v1/public/complaints/%c0%ae%c0%ae", "/api/v1/complaints/%ff", "/api/v1/public/../complaints",
            "//api/v1/complaints", "/api/v1/public/complaints/%0d%0aset-cookie:x=1", "/api/v1/playbooks/%e2%80%ae",
            &format!("{link}/attachments/..%2f..%2fx/content"),
        ] {
            let (url, request) = (url.clone(), get(path, ""));
            let answer = tokio::task::spawn_blocking(move || raw(&url, &request)).await.unwrap();
            assert!(matches!(status(&answer), 400 | 401 | 404), "{path}: {answer}");
            assert!(!answer.contains("root:") && !answer.to_lowercase().contains("\r\nset-cookie"), "{path}: {answer}");
        }
    }
}

on_both! {
    async fn crooked_requests_are_refused_and_do_no_harm(desk) {
        let url = desk.url.clone();
        let huge = format!("x-huge: {}\r\n", "x".repeat(40_000));
        let many: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
        let monstrous = format!("x-monster: {}\r\n", "x".repeat(300_000));
        let long_path = format!("/{}", "x".repeat(200_000));
        let requests: Vec<(&str, Vec<u8>)> = vec![
            ("no host", b"GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n\r\n".to_vec()),
            ("huge header", get("/livez", &huge)),
            ("many headers", get("/livez", &many)),
            ("monstrous header", get("/livez", &monstrous)),
            ("long path", get(&long_path, "")),
            ("NUL in a path", get("/api/v1/\0", "")),
            ("raw bytes in a path", [b"GET /\xff\xfe HTTP/1.1\r\n".as_slice(), b"host: x\r\nconnection: close\r\n\r\n"].concat()),
            ("NUL in a header", get("/livez", "x-a: a\0b\r\n")),
            ("folded header", get("/livez", "x-a: a\r\n b: c\r\n")),
            ("two lengths", b"POST /api/v1/public/complaints HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}".to_vec()),
            ("length and chunks", b"POST /api/v1/public/complaints HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".to_vec()),
            ("negative length", b"POST /api/v1/public/complaints HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: -1\r\n\r\n".to_vec()),
            ("no protocol", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec()),
        ];
        for (what, request) in requests {
            let url = url.clone();
            let answer = tokio::task::spawn_blocking(move || raw(&url, &request)).await.unwrap();
            let refused = matches!(status(&answer), 0 | 400 | 404 | 413 | 414 | 415 | 422 | 431);
            // A request without a host, or with a folded header, may be taken for a plain one.
            let plain = matches!(what, "no host" | "folded header") && status(&answer) == 200;
            assert!(refused || plain, "{what}: {answer}");
        }
        desk.anonymous().get("/livez").await.expect(200);
    }
}

on_both! {
    async fn headers_that_are_too_large_together_are_a_problem(desk) {
        let client = desk.anonymous().with("x-a", &"x".repeat(20_000));
        client.send(Method::GET, "/livez", None).await.expect(200);
        let refused = client.with("x-b", &"x".repeat(20_000)).get("/livez").await;
        refused.expect_problem(431, "request.headers_too_large");
    }
}

on_both! {
    async fn what_is_sent_in_headers_does_not_come_back_as_headers(desk) {
        let agent = desk.agent();
        for value in ["x%0d%0aset-cookie: a=b", "x\tset-cookie: a=b", "\"; drop table complaints; --"] {
            for name in ["x-request-id", "x-purpose", "traceparent", "origin", "x-forwarded-for", "forwarded"] {
                let answer = agent.with(name, value).get(COMPLAINTS).await.expect(200);
                assert_eq!(answer.header("set-cookie"), None);
                assert_ne!(answer.header("x-request-id"), Some(value));
            }
        }
        agent.with("idempotency-key", "a b").get(COMPLAINTS).await.expect_problem(400, "request.malformed");
    }
}

on_both! {
    async fn a_body_of_endless_chunks_is_cut_off_at_the_limit(desk) {
        let url = desk.url.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = connect(&url);
            stream.write_all(format!(
                "POST {PUBLIC} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
            ).as_bytes()).unwrap();
            let piece = [b"10000\r\n".as_slice(), &b" ".repeat(0x10000), b"\r\n"].concat();
            let begun = Instant::now();
            while stream.write_all(&piece).is_ok() {
                // What comes after the limit is read for a moment, so that the answer is seen, and not kept.
                assert!(begun.elapsed() < Duration::from_secs(10), "it is read for ever");
                std::thread::sleep(Duration::from_millis(5));
            }
        }).await;
        answer.unwrap();
        desk.anonymous().post(PUBLIC, &by_web()).await.expect(201);
    }
}

/// How long it takes until the service closes a connection on which a byte comes now and then.
fn trickle(url: &str, start: &[u8], byte: &[u8]) -> (Duration, String) {
    let mut stream = connect(url);
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    stream.write_all(start).unwrap();
    let begun = Instant::now();
    let mut answer = Vec::new();
    while begun.elapsed() < Duration::from_secs(15) {
        let mut piece = [0; 4096];
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => answer.extend_from_slice(&piece[..n]),
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                if stream.write_all(byte).is_err() {
                    break;
                }
            }
            Err(_) => break,
        }
    }
    (begun.elapsed(), String::from_utf8_lossy(&answer).into_owned())
}

on_both! {
    async fn who_sends_a_byte_now_and_then_is_cut_off_and_frees_the_place(desk) {
        let door = desk.door(EdgeSettings { header_seconds: 1, body_seconds: 1, max_connections: 2, ..lenient() });
        let (_case, link) = Case::filed(&desk).await;
        let head = "host: x\r\ncontent-type: application/json\r\ncontent-length: 10000\r\n\r\n";
        let starts = [
            ("headers", "GET /livez HTTP/1.1\r\nhost: x\r\nx-a: ".to_owned()),
            ("body", format!("POST {PUBLIC} HTTP/1.1\r\n{head}")),
            ("file", format!("POST {link}/attachments?name=a.txt HTTP/1.1\r\n{head}")),
        ];
        for (what, start) in starts {
            let waiting: Vec<_> = (0..2).map(|_| {
                let (url, start) = (door.url.clone(), start.clone());
                tokio::task::spawn_blocking(move || trickle(&url, start.as_bytes(), b"x"))
            }).collect();
            for one in waiting {
                let (took, answer) = one.await.unwrap();
                assert!(took < Duration::from_secs(10), "{what}: {took:?}");
                assert!(matches!(status(&answer), 0 | 408), "{what}: {answer}");
                if what != "headers" {
                    assert!(answer.contains("request.too_slow"), "{what}: {answer}");
                }
            }
            door.anonymous().get("/livez").await.expect(200);
        }
        assert_eq!(desk.rows("attachments"), 0);
    }
}

on_both! {
    async fn words_of_other_languages_are_only_words(desk) {
        let agent = desk.agent();
        for text in ["' OR 1=1 --", "\"; DROP TABLE complaints; --", "%_\\", "\u{202e}abc", "e\u{301}", "Ａ", "😀", "${jndi:ldap://x}"] {
            let query = reqwest::Url::parse_with_params("http://x", [("q", text)]).unwrap().query().unwrap().to_owned();
            let found = agent.send(Method::GET, &format!("{COMPLAINTS}?{query}"), None).await;
            assert!(matches!(found.status, 200 | 422), "{text}: {}", found.text);
        }
        assert_eq!(desk.rows("complaints"), 0);
    }
}
