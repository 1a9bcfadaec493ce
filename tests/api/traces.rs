//! Traces, as a collector receives them from the real program: a request's span goes on with the caller's trace, its work
//! in the database is within it, log lines name it, and nothing of a customer is in it.

use crate::support::program::Place;

#[cfg(not(feature = "otlp"))]
#[test]
fn a_program_that_cannot_send_traces_says_so() {
    let mut place = Place::sqlite();
    place.settings = vec![("HARK_OTLP_ENDPOINT", "http://127.0.0.1:4318".to_owned())];
    let out = place.command().output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success(), "{said}");
    assert!(
        said.contains("otlp_endpoint: this program was built without the feature otlp"),
        "{said}"
    );
}

#[test]
fn an_address_that_is_no_url_is_refused() {
    for wrong in ["collector:4318", "ftp://collector", ""] {
        let mut place = Place::sqlite();
        place.settings = vec![("HARK_OTLP_ENDPOINT", wrong.to_owned())];
        let out = place.command().output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!out.status.success() && said.contains("otlp"), "{wrong}: {said}");
    }
}

#[cfg(feature = "otlp")]
mod sent {
    use std::collections::BTreeMap;
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};

    use super::Place;
    use crate::support::Client;
    use crate::support::program::PATIENCE;

    /// First lines and bodies of requests.
    type Taken = Mutex<Vec<(String, Vec<u8>)>>;

    /// Takes everything that is sent.
    struct Collector {
        url: String,
        bodies: Arc<Taken>,
    }

    impl Collector {
        fn listen() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}/", listener.local_addr().unwrap());
            let bodies: Arc<Taken> = Arc::default();
            let kept = Arc::clone(&bodies);
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    let kept = Arc::clone(&kept);
                    std::thread::spawn(move || take(stream.unwrap(), &kept));
                }
            });
            Self { url, bodies }
        }

        fn spans(&self) -> Vec<Span> {
            let bodies = self.bodies.lock().unwrap();
            bodies.iter().flat_map(|(_, body)| spans(body)).collect()
        }
    }

    fn take(mut stream: std::net::TcpStream, kept: &Taken) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        loop {
            let (mut first, mut length) = (String::new(), 0);
            if reader.read_line(&mut first).unwrap_or(0) == 0 {
                return;
            }
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim().to_ascii_lowercase();
                if line.is_empty() {
                    break;
                }
                if let Some(n) = line.strip_prefix("content-length: ") {
                    length = n.parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            kept.lock().unwrap().push((first, body));
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
        }
    }

    /// A field of a Protocol Buffers message: its number, and its bytes or its number.
    enum Field<'b> {
        Bytes(u64, &'b [u8]),
        Number(u64),
    }

    fn varint(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = bytes[0];
            *bytes = &bytes[1..];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }

    fn fields(mut bytes: &[u8]) -> Vec<Field<'_>> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes);
            let skip = match key & 7 {
                0 => {
                    found.push(Field::Number(varint(&mut bytes)));
                    continue;
                }
                1 => 8,
                2 => {
                    let length = usize::try_from(varint(&mut bytes)).unwrap();
                    found.push(Field::Bytes(key >> 3, &bytes[..length]));
                    length
                }
                5 => 4,
                other => panic!("no wire type {other}"),
            };
            bytes = &bytes[skip..];
        }
        found
    }

    fn within(bytes: &[u8], number: u64) -> Vec<&[u8]> {
        let all = fields(bytes).into_iter();
        all.filter_map(|field| match field {
            Field::Bytes(n, bytes) if n == number => Some(bytes),
            _ => None,
        })
        .collect()
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[derive(Debug)]
    struct Span {
        trace: String,
        id: String,
        parent: String,
        name: String,
        attributes: BTreeMap<String, String>,
        events: usize,
    }

    /// `ExportTraceServiceRequest`, as opentelemetry-proto describes it.
    fn spans(body: &[u8]) -> Vec<Span> {
        let scopes = within(body, 1).into_iter().flat_map(|resource| within(resource, 2));
        scopes.flat_map(|scope| within(scope, 2)).map(span).collect()
    }

    fn span(bytes: &[u8]) -> Span {
        let one = |number| within(bytes, number).first().copied().unwrap_or_default();
        let attributes = within(bytes, 9).into_iter().map(|pair| {
            let value = within(pair, 2)[0];
            let value = fields(value).into_iter().next().map(|field| match field {
                Field::Bytes(_, bytes) => text(bytes),
                Field::Number(number) => number.to_string(),
            });
            (text(within(pair, 1)[0]), value.unwrap_or_default())
        });
        Span {
            trace: hex(one(1)),
            id: hex(one(2)),
            parent: hex(one(4)),
            name: text(one(5)),
            attributes: attributes.collect(),
            events: within(bytes, 11).len(),
        }
    }

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const PARENT: &str = "00f067aa0ba902b7";
    const SECRETS: [&str; 5] = [
        "Ouyang Mingzhu",
        "138 0013 8000",
        "13800138000",
        "washing machine",
        "ouyang@example.com",
    ];

    fn traced_by_caller(client: &Client, trace: &str, flags: &str) -> Client {
        client
            .clone()
            .with("traceparent", &format!("00-{trace}-{PARENT}-{flags}"))
    }

    async fn a_caller_s_trace_goes_on(mut place: Place) {
        let collector = Collector::listen();
        place.settings = vec![
            ("HARK_OTLP_ENDPOINT", collector.url.clone()),
            ("HARK_LOG", "info".to_owned()),
            ("HARK_LOG_FORMAT", "json".to_owned()),
        ];
        let mut running = place.start();
        let token = running.first_token();
        let client = Client::new(&running.url, Some(&token));
        let unseen = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

        let body = json!({
            "channel": "phone", "customer": { "name": SECRETS[0], "phone": SECRETS[1], "email": SECRETS[4] },
            "subject": SECRETS[3], "statement": "My washing machine arrived broken."
        });
        let traced = traced_by_caller(&client, TRACE, "01");
        let logged = traced.post("/api/v1/complaints", &body).await.expect(201);
        let id = logged.str("/id").to_owned();
        traced.get(&format!("/api/v1/complaints/{id}?x=13800138000")).await;
        traced.get("/api/v1/complaints?q=Ouyang%20Mingzhu").await.expect(200);
        traced.get("/api/v1/public/complaints/ouyang@example.com").await;
        // Not sampled by its caller, and nobody's.
        traced_by_caller(&client, unseen, "00")
            .get("/api/v1/me")
            .await
            .expect(200);
        client
            .get("/api/v1/complaints/01a206fe-e036-7367-9ddf-bce3649bb10a")
            .await
            .expect(404);
        // What is no trace is no reason to refuse anything.
        client
            .clone()
            .with("traceparent", "00-nonsense")
            .get("/api/v1/me")
            .await
            .expect(200);
        running.terminate();
        let (status, said) = running.ended();
        assert!(status.success(), "{said}\n{}", place.log());

        let spans = collector.spans();
        let of = |trace: &str| spans.iter().filter(|span| span.trace == trace).collect::<Vec<_>>();
        let named = |name: &str| {
            spans
                .iter()
                .find(|span| span.name == name)
                .unwrap_or_else(|| panic!("no {name} in {spans:#?}"))
        };
        let intake = named("POST /api/v1/complaints");
        assert_eq!((intake.trace.as_str(), intake.parent.as_str()), (TRACE, PARENT));
        assert_eq!(intake.attributes["http.response.status_code"], "201");
        assert_eq!(intake.attributes["route"], "/api/v1/complaints");
        let list = named("GET /api/v1/complaints");
        assert!(
            of(TRACE)
                .iter()
                .any(|span| span.name == "database read" && span.parent == list.id),
            "{spans:#?}"
        );
        assert!(of(unseen).is_empty(), "its caller does not trace it");
        let missing = spans.iter().find(|span| {
            span.name == "GET /api/v1/complaints/{id}"
                && span.trace != TRACE
                && span.attributes["http.response.status_code"] == "404"
        });
        let missing = missing.unwrap();
        assert!(missing.parent.is_empty(), "nobody's trace is a new one");
        assert!(spans.iter().all(|span| span.events == 0), "log lines stay in the log");

        // The line about it names the trace.
        let log = place.log();
        let line = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let refused: Vec<Value> = line
            .filter(|line| line["message"] == "refused" && line["status"] == 404)
            .collect();
        assert!(
            refused.iter().any(
                |line| line["span"]["trace_id"] == missing.trace.as_str() && line["span"]["request_id"].is_string()
            ),
            "{log}"
        );
        for (first, body) in collector.bodies.lock().unwrap().iter() {
            assert!(first.starts_with("POST /v1/traces "), "{first}");
            let body = String::from_utf8_lossy(body).into_owned();
            for secret in SECRETS.into_iter().chain([token.as_str(), id.as_str(), "Ouyang"]) {
                assert!(!body.contains(secret), "{secret} was sent to the collector");
            }
        }
    }

    #[tokio::test]
    async fn a_caller_s_trace_goes_on_on_sqlite() {
        a_caller_s_trace_goes_on(Place::sqlite()).await;
    }

    #[tokio::test]
    async fn a_caller_s_trace_goes_on_on_postgres() {
        if let Some(place) = Place::postgres() {
            a_caller_s_trace_goes_on(place).await;
        }
    }

    #[tokio::test]
    async fn a_collector_that_is_away_holds_nobody_up() {
        let mut place = Place::sqlite();
        // Nobody listens there.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        place.settings = vec![("HARK_OTLP_ENDPOINT", format!("http://{port}"))];
        let mut running = place.start();
        let token = running.first_token();
        Client::new(&running.url, Some(&token))
            .get("/api/v1/me")
            .await
            .expect(200);
        let began = std::time::Instant::now();
        running.terminate();
        let (status, said) = running.ended();
        assert!(status.success(), "{said}");
        assert!(began.elapsed() < PATIENCE);
        assert!(place.log().contains("cannot send traces"), "{}", place.log());
    }
}
