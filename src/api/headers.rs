//! What every answer carries so that a browser is careful with it, and how large the headers of a request may be.

use actix_cors::Cors;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, http::Method};

use super::limits::address::Origin;
use super::{answer, observe};
use crate::error::{Code, Error};

/// The most bytes of headers, names and values together.
const MOST: usize = 32 * 1024;

/// Answers for programs: nothing may be loaded, framed or sent from them.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// The documentation (Swagger UI): its own scripts and styles, pictures within its style sheet, and the API.
const DOCUMENTATION: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// A file that somebody sent: not even as a page of its own.
pub(super) const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

static ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::PERMISSIONS_POLICY,
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

/// The middleware.
pub(super) async fn guard(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let documentation = req.path().starts_with("/docs");
    let mut response = if size_of(req.headers()) > MOST {
        let error = Error::problem(Code::HeadersTooLarge, format!("at most {MOST} bytes"));
        let id = observe::id_of(req.request());
        let refused = answer::problem(&error, id.as_deref());
        req.into_response(refused)
    } else {
        next.call(req).await?.map_into_boxed_body()
    };
    let tls = response
        .request()
        .extensions()
        .get::<Origin>()
        .is_some_and(|origin| origin.tls);
    let headers = response.headers_mut();
    for (name, value) in &ALWAYS {
        // A page says itself how much its forms tell of where they come from.
        if *name != header::REFERRER_POLICY || !headers.contains_key(name) {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = if documentation { DOCUMENTATION } else { NOTHING };
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    if tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    Ok(response)
}

fn size_of(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum()
}

/// Which pages elsewhere may use the API: those of these origins, without cookies.
pub(super) fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allowed_headers([
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "x-challenge",
            "x-purpose",
            "x-request-id",
        ])
        .expose_headers([
            "etag",
            "location",
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "x-request-id",
        ])
        .max_age(600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}
