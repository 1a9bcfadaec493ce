//! A small client: JSON in, JSON out, and every answer checked against the conventions.

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// A caller with or without credentials.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    headers: HeaderMap,
    solves: bool,
}

/// What makes a client. It trusts no certificate: nothing is asked over TLS, and reading those of the machine for each
/// test took a third of the time of all of them.
pub fn builder() -> reqwest::ClientBuilder {
    hark::open_id::set_up_tls();
    reqwest::Client::builder().tls_certs_only([])
}

/// A client as it comes.
pub fn plain() -> reqwest::Client {
    builder().build().unwrap()
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Client {
    pub fn new(url: &str, secret: Option<&str>) -> Self {
        let mut headers = HeaderMap::new();
        if let Some(secret) = secret {
            headers.insert("authorization", format!("Bearer {secret}").parse().unwrap());
        }
        Self {
            http: plain(),
            url: url.to_owned(),
            headers,
            solves: true,
        }
    }

    /// The same caller at another process.
    pub fn at(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    /// The same caller with another header.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.insert(
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
        client
    }

    /// The same caller, who does not solve the challenge of the public form.
    pub fn unsolved(&self) -> Self {
        Self {
            solves: false,
            ..self.clone()
        }
    }

    /// A solved challenge, as the header has it.
    pub async fn solution(&self) -> String {
        let text = self
            .http
            .get(format!("{}/api/v1/public/challenge", self.url))
            .send()
            .await
            .unwrap();
        let challenge: altcha::Challenge = serde_json::from_str(&text.text().await.unwrap()).unwrap();
        let solved = altcha::solve_challenge(altcha::SolveChallengeOptions::new(&challenge));
        let payload = altcha::Payload {
            solution: solved.unwrap().unwrap(),
            challenge,
        };
        serde_json::to_string(&payload).unwrap()
    }

    /// The headers of a request: with a solved challenge where a complaint is filed.
    async fn headers_for(&self, method: &Method, path: &str) -> HeaderMap {
        let mut headers = self.headers.clone();
        let files = *method == Method::POST && path == crate::fixtures::PUBLIC;
        if self.solves && files && !headers.contains_key("x-challenge") {
            headers.insert("x-challenge", self.solution().await.parse().unwrap());
        }
        headers
    }

    /// The same caller, expecting the version that `etag` names.
    pub fn if_match(&self, etag: &str) -> Self {
        self.with("if-match", etag)
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let headers = self.headers_for(&method, path).await;
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .headers(headers);
        if let Some(body) = body {
            request = request.json(body);
        }
        Reply::of(request.send().await.unwrap()).await
    }

    /// Sends bytes as they are.
    pub async fn send_raw(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let headers = self.headers_for(&method, path).await;
        let request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .headers(headers);
        Reply::of(
            request
                .header("content-type", content_type)
                .body(body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// The bytes of an answer that must succeed, with its status and headers.
    pub async fn bytes(&self, path: &str) -> (u16, HeaderMap, Vec<u8>) {
        let request = self
            .http
            .get(format!("{}{path}", self.url))
            .headers(self.headers.clone());
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.bytes().await.unwrap().to_vec())
    }

    /// An answer that has just begun, of a stream.
    pub async fn open(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.url));
        let request = request
            .headers(self.headers.clone())
            .header("accept", "text/event-stream");
        request.send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }
}

impl Reply {
    pub async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        let reply = Self {
            status,
            headers,
            json,
            text,
        };
        assert!(reply.header("x-request-id").is_some(), "no request id: {reply:?}");
        if status >= 400 {
            reply.assert_is_problem();
        }
        reply
    }

    fn assert_is_problem(&self) {
        if self.json.get("parts").is_some() {
            return; // readiness
        }
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        assert_eq!(self.json["status"], self.status, "{self:?}");
        assert_eq!(
            self.json["request_id"].as_str(),
            self.header("x-request-id"),
            "{self:?}"
        );
        assert!(
            self.json["type"].as_str().unwrap().starts_with("/problems/"),
            "{self:?}"
        );
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn etag(&self) -> &str {
        self.header("etag").unwrap()
    }

    /// The stable code of a problem.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// The pointers of the values that do not fit.
    pub fn pointers(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array();
        errors
            .into_iter()
            .flatten()
            .filter_map(|error| error["pointer"].as_str())
            .collect()
    }

    /// The reply, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The reply, which must be this problem.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        self
    }

    /// The reply, which must refuse the values at exactly these pointers.
    #[track_caller]
    pub fn expect_invalid(self, pointers: &[&str]) -> Self {
        let reply = self.expect_problem(422, "request.invalid");
        let (mut found, mut expected) = (reply.pointers(), pointers.to_vec());
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{}", reply.text);
        reply
    }

    /// The value at a JSON pointer, which must be there.
    #[track_caller]
    pub fn at(&self, pointer: &str) -> &Value {
        let found = self.json.pointer(pointer);
        found.unwrap_or_else(|| panic!("no {pointer} in {}", self.text))
    }

    #[track_caller]
    pub fn str(&self, pointer: &str) -> &str {
        let found = self.at(pointer).as_str();
        found.unwrap_or_else(|| panic!("{pointer} is no text in {}", self.text))
    }

    /// What is in the list: an array, or the items of a page.
    #[track_caller]
    pub fn items(&self) -> &[Value] {
        let list = self.json.get("items").unwrap_or(&self.json).as_array();
        list.unwrap_or_else(|| panic!("no list: {}", self.text))
    }

    /// One field of each item of the list.
    #[track_caller]
    pub fn each(&self, field: &str) -> Vec<String> {
        let text = |item: &Value| item[field].as_str().map(str::to_owned);
        self.items()
            .iter()
            .map(|item| text(item).unwrap_or_else(|| panic!("no {field} in {item}")))
            .collect()
    }

    pub fn id(&self) -> &str {
        self.str("/id")
    }
}
