//! What handlers ask of a request: who acts, the JSON body, the query, the expected version.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_TYPE, IF_MATCH};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::edge::Edge;
use super::limits::address::Origin;
use super::observe::RequestId;
use super::pace::Pace;
use super::unread::Reading;
use crate::app::App;
use crate::db::conn::Conn;
use crate::domain::audit;
use crate::domain::idempotency::{self, Claim};
use crate::domain::staff::{Act, Actor, tokens};
use crate::error::{Code, Error, FieldError, Result};

/// The application, who acts, and the request's key for doing things once.
#[derive(Clone)]
pub(crate) struct Ctx {
    pub(crate) app: App,
    actor: Arc<Actor>,
    request_id: Option<Arc<str>>,
    pub(crate) address: Option<IpAddr>,
    purpose: Option<Arc<str>>,
    method: String,
    path: String,
    key: Option<String>,
}

impl FromRequest for Ctx {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(context(req))
    }
}

fn context(req: &HttpRequest) -> Result<Ctx> {
    let app = req
        .app_data::<web::Data<App>>()
        .ok_or_else(|| Error::internal("no application"))?;
    let actor = req.extensions().get::<Arc<Actor>>().cloned();
    Ok(Ctx {
        app: app.get_ref().clone(),
        actor: actor.unwrap_or_else(|| Arc::new(Actor::customer())),
        request_id: req.extensions().get::<RequestId>().map(|id| Arc::clone(&id.0)),
        address: req.extensions().get::<Origin>().and_then(|origin| origin.address),
        purpose: purpose(req)?,
        method: req.method().to_string(),
        path: req.path().to_owned(),
        key: key(req)?,
    })
}

/// The key under which the request is done once.
pub(crate) fn key(req: &HttpRequest) -> Result<Option<String>> {
    let Some(value) = req.headers().get("idempotency-key") else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .filter(|key| (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()))
        .map(|key| Some(key.to_owned()))
        .ok_or_else(|| Error::problem(Code::BadRequest, "Idempotency-Key: 1 to 255 visible characters"))
}

/// What an address names: the id in it, or the hash of a private link.
pub(crate) fn subject(path: &str) -> Option<Vec<u8>> {
    let link = path
        .strip_prefix("/api/v1/public/complaints/")
        .or_else(|| path.strip_prefix("/track/"));
    if let Some(rest) = link {
        return rest.split('/').next().map(tokens::hash);
    }
    let id = path.split('/').find_map(|part| part.parse::<uuid::Uuid>().ok());
    id.map(|id| id.as_bytes().to_vec())
}

/// What the caller says the request is for; kept in the audit.
pub(super) fn purpose(req: &HttpRequest) -> Result<Option<Arc<str>>> {
    let Some(value) = req.headers().get("x-purpose") else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|text| (1..=200).contains(&text.len()))
        .map(|text| Some(text.into()))
        .ok_or_else(|| Error::problem(Code::BadRequest, "X-Purpose: 1 to 200 visible characters"))
}

impl Ctx {
    /// The same with the key that a form brought along, under which it is done once.
    #[must_use]
    pub(crate) fn with_key(mut self, key: Option<String>) -> Self {
        self.key = key;
        self
    }

    /// The same as if it had come to this path: one form may do several things, each under an address of its own.
    #[must_use]
    pub(crate) fn under(mut self, path: String) -> Self {
        self.path = path;
        self
    }

    /// The act of this request, now.
    pub(crate) fn act(&self) -> Act {
        Act {
            now: self.app.clock.now(),
            actor: Arc::clone(&self.actor),
            request_id: self.request_id.clone(),
            address: self.address,
            purpose: self.purpose.clone(),
            policy: Arc::clone(&self.app.policy),
        }
    }

    /// Who acts.
    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The request's idempotency key with its fingerprint, if it has one.
    pub(crate) fn claim(&self, body: &[u8]) -> Option<Claim> {
        let key = self.key.as_deref()?;
        let principal = self
            .actor
            .principal
            .map_or_else(|| "public".to_owned(), |principal| principal.uuid().to_string());
        Some(Claim::new(&principal, key, &self.method, &self.path, body).about(subject(&self.path)))
    }

    /// Tells the audit that personal data is about to be shown, and waits until it has that safely.
    /// If it cannot be told, nothing is shown.
    pub(crate) async fn disclose(&self, event: audit::Event) -> Result<()> {
        let entry = audit::Entry::of(&self.act(), event);
        self.app.disclosures.submit(rand::random(), entry).await
    }

    /// Reads.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn, &Act) -> Result<T> + Send + 'static,
    {
        let act = self.act();
        self.app.db.read(move |conn| work(conn, &act)).await
    }

    /// Writes in one transaction.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn, &Act) -> Result<T> + Send + 'static,
    {
        let act = self.act();
        let done = self.app.db.write(move |conn| work(conn, &act)).await;
        self.told(done).await
    }

    /// A problem that shows what stands there now is a read like any other: the audit is told of it first.
    async fn told<T>(&self, done: Result<T>) -> Result<T> {
        if let Err(error) = &done
            && let Some((complaint, customer)) = error.shows()
        {
            let event = audit::Event::on(audit::ObjectKind::Complaint, complaint.0, "complaint.conflict_shown");
            self.disclose(event.of([customer])).await?;
        }
        done
    }

    /// Writes in one transaction, once for each idempotency key.
    pub(crate) async fn once<T, F, B>(&self, body: Body<B>, work: F) -> Result<T>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        B: Send + 'static,
        F: Fn(&mut Conn, &Act, &B) -> Result<T> + Send + 'static,
    {
        let claim = self.claim(&body.raw);
        let _guard = claim
            .as_ref()
            .map(|claim| self.app.take_in_flight(*claim.lookup()))
            .transpose()?;
        let act = self.act();
        self.app
            .db
            .write(move |conn| idempotency::once(conn, &act, claim.as_ref(), |conn| work(conn, &act, &body.value)))
            .await
    }
}

/// A JSON body, with the bytes it was read from.
pub(crate) struct Body<T> {
    pub(crate) value: T,
    pub(crate) raw: web::Bytes,
}

impl Body<()> {
    /// Of a POST that takes none.
    pub(crate) const fn nothing() -> Self {
        Self {
            value: (),
            raw: web::Bytes::new(),
        }
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = req.app_data::<web::Data<BodyLimit>>().map_or(262_144, |limit| limit.0);
        let large = LARGE.iter().find(|(path, _)| *path == req.path());
        let limit = large.map_or(limit, |(_, large)| limit.max(*large));
        let content_type = req
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let pace = req
            .app_data::<web::Data<Edge>>()
            .map(|edge| edge.pace)
            .unwrap_or_default();
        let mut reading = Reading::of(req, payload);
        Box::pin(async move {
            let essence = content_type
                .as_deref()
                .and_then(|ct| ct.split(';').next())
                .map(|ct| ct.trim().to_lowercase());
            if essence.as_deref() != Some("application/json") {
                return Err(Error::problem(
                    Code::UnsupportedMediaType,
                    "send `Content-Type: application/json`",
                ));
            }
            let raw = read_all(&mut reading, pace, limit).await?;
            Ok(Self {
                value: parse(&raw)?,
                raw,
            })
        })
    }
}

/// Reads a body to its end.
///
/// # Errors
/// `request.too_large`; `request.too_slow`; `request.malformed` when it breaks off.
pub(crate) async fn read_all(reading: &mut Reading, pace: Pace, limit: usize) -> Result<web::Bytes> {
    let mut raw = web::BytesMut::new();
    let mut paced = pace.start();
    while let Some(chunk) = paced.next(reading.payload()).await? {
        if raw.len() + chunk.len() > limit {
            return Err(Error::problem(Code::TooLarge, format!("at most {limit} bytes")));
        }
        raw.extend_from_slice(&chunk);
    }
    Ok(raw.freeze())
}

/// Where bodies may be larger: ten thousand ids are 400 kB.
const LARGE: &[(&str, usize)] = &[("/api/v1/bulk-actions", 524_288)];

/// The largest body, bytes.
pub(crate) struct BodyLimit(pub(crate) usize);

pub(crate) fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T> {
    let not_json = |error: &serde_json::Error| {
        // What is wrong with the data repeats the data.
        let detail = if error.is_data() {
            format!("not JSON, near line {} column {}", error.line(), error.column())
        } else {
            format!("not JSON: {error}")
        };
        Error::problem(Code::BadRequest, detail)
    };
    if raw.trim_ascii_start().starts_with(b"[") && serde_json::from_slice::<IgnoredAny>(raw).is_ok() {
        // Serde would take the members of a list for the fields of an object, in their order.
        return Err(unfit(String::new(), "/", "an object is wanted, not a list"));
    }
    let mut reader = serde_json::Deserializer::from_slice(raw);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        // What is no JSON at all may fail as a value that does not fit, and the other way round.
        if std::str::from_utf8(raw).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok()) {
            let detail = inner.to_string();
            unfit(
                pointer,
                "/",
                detail.rsplit_once(" at line ").map_or(&detail, |(text, _)| text),
            )
        } else {
            not_json(&inner)
        }
    })?;
    reader.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

/// One value that could not be read; one that is missing, or there twice, is named by what serde says of it.
/// The text of the error never repeats a value: what was sent may be somebody's data.
fn unfit(mut pointer: String, joint: &str, detail: &str) -> Error {
    let missing = detail.starts_with("missing field");
    if missing || detail.starts_with("duplicate field") {
        let name = detail.split('`').nth(1).unwrap_or_default();
        pointer = format!("{pointer}{joint}{name}");
    }
    // Of an object that is one of several, read when it is known which, serde tells only where the whole is.
    if let Some(rest) = detail.strip_prefix("unknown field `") {
        let name = rest.split('`').next().unwrap_or_default();
        let end = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        if joint == "/" && !pointer.ends_with(&end) {
            pointer.push_str(&end);
        }
    }
    Error::invalid(vec![FieldError {
        pointer,
        code: if missing { "required" } else { "malformed" }.to_owned(),
        detail: super::misfit::without_value(detail),
    }])
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut out = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("/{index}")),
            Segment::Map { key } => out.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    out
}

/// The query of the address; parameters that are not known are refused.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let reader = serde_urlencoded::Deserializer::new(url_parts(req.query_string().as_bytes()));
        ready(serde_path_to_error::deserialize(reader).map(Self).map_err(|error| {
            let pointer = format!("?{}", error.path().to_string().trim_start_matches('.'));
            unfit(pointer, "", &error.into_inner().to_string())
        }))
    }
}

fn url_parts(query: &[u8]) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query)
}

/// The version the caller has read, from `If-Match`.
pub(super) struct IfMatch(pub(super) Option<i32>);

impl IfMatch {
    /// The version; a change that could overwrite somebody's work must name it.
    pub(super) fn required(&self) -> Result<Option<i32>> {
        match self.0 {
            Some(version) => Ok(Some(version)),
            None => Err(Error::problem(
                Code::PreconditionRequired,
                "send `If-Match` with the ETag that you read",
            )),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = req.headers().get(IF_MATCH) else {
            return ready(Ok(Self(None)));
        };
        let version = value
            .to_str()
            .ok()
            .and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        ready(match version {
            Some(version) => Ok(Self(Some(version))),
            // An ETag that we never gave matches nothing.
            None => Err(Error::problem(
                Code::PreconditionFailed,
                "`If-Match` holds no ETag of this service",
            )),
        })
    }
}

/// An id in the path; one that cannot be read names nothing.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for Id<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = web::Path::<T>::extract(req).into_inner();
        ready(
            path.map(|id| Self(id.into_inner()))
                .map_err(|_| Error::problem(Code::NotFound, "nothing has this address")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        _n: Vec<u8>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        _inner: Inner,
    }

    fn found(text: &str) -> FieldError {
        match parse::<Outer>(text.as_bytes()).unwrap_err() {
            Error::Problem(problem) => problem.errors.into_iter().next().unwrap(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_wrong_value_is_named_by_its_json_pointer() {
        assert_eq!(found(r#"{"_inner":{"_n":[1,300]}}"#).pointer, "/_inner/_n/1");
        let missing = found(r#"{"_inner":{}}"#);
        assert_eq!(
            (missing.pointer.as_str(), missing.code.as_str()),
            ("/_inner/_n", "required")
        );
        assert_eq!(found(r#"{"_inner":{"_n":[],"x":1}}"#).pointer, "/_inner/x");
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for text in ["", "{", "{\"_inner\":{\"_n\":[]}} x"] {
            assert_eq!(
                parse::<Outer>(text.as_bytes()).unwrap_err().code(),
                Code::BadRequest,
                "{text}"
            );
        }
    }
}
