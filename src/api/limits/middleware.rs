//! Counting requests on their way in, and telling callers where they stand.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::{Rate, Standing};
use crate::api::edge::Edge;
use crate::api::{answer, observe, routes};
use crate::domain::staff::Actor;
use crate::error::{Code, Error};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// The middleware that counts by address and by private link, before anybody is asked for credentials.
pub(in crate::api) async fn by_address(
    edge: web::Data<Edge>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let origin = edge.proxies.origin_of(req.request());
    req.extensions_mut().insert(origin);
    let pattern = req.match_pattern();
    let rate = pattern
        .as_deref()
        .map_or(Rate::Open, |pattern| routes::rate(req.method().as_str(), pattern));
    let link = pattern.as_deref().and_then(|pattern| link_in(pattern, req.path()));
    let standing = edge.limits.ask(rate, origin.address, link);
    go_on(standing, req, next).await
}

/// The middleware that counts by whose credentials were shown.
pub(in crate::api) async fn by_principal(
    edge: web::Data<Edge>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let principal = req.extensions().get::<Arc<Actor>>().and_then(|actor| actor.principal);
    let standing = principal.and_then(|principal| edge.limits.ask_for(principal));
    go_on(standing, req, next).await
}

async fn go_on(
    standing: Option<Standing>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(standing) = standing else {
        return Ok(next.call(req).await?.map_into_boxed_body());
    };
    let mut response = if standing.admitted {
        next.call(req).await?.map_into_boxed_body()
    } else {
        let detail = format!(
            "the limit `{}` is used up; come back in {} s",
            standing.name, standing.wait
        );
        let error = Error::problem(Code::RateLimited, detail);
        let id = observe::id_of(req.request());
        let mut refused = answer::problem(&error, id.as_deref());
        refused.headers_mut().insert(RETRY_AFTER, standing.wait.into());
        req.into_response(refused)
    };
    tell(response.headers_mut(), &standing);
    Ok(response)
}

/// The fields of draft-ietf-httpapi-ratelimit-headers.
fn tell(headers: &mut HeaderMap, standing: &Standing) {
    let Standing {
        name,
        quota,
        window,
        remaining,
        wait,
        ..
    } = standing;
    let fields = [
        (POLICY, format!("\"{name}\";q={quota};w={window}")),
        (STATE, format!("\"{name}\";r={remaining};t={wait}")),
    ];
    for (name, text) in fields {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}

/// The private link in a path, by where the pattern of the route has it.
fn link_in<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    let at = pattern.split('/').position(|part| part == "{token}")?;
    path.split('/').nth(at)
}
