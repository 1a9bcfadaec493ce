//! Around every request: its id, a span for log lines, the figures, and problems with the id in them.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use tracing::Instrument;

use super::{answer, unread};
use crate::app::App;
use crate::clock::Clock;
use crate::error::{Code, Error};
use crate::ids;
use crate::telemetry::traces::{self, Caller};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: the caller's, or a new one.
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// The id of a request that is on its way.
pub(crate) fn id_of(req: &HttpRequest) -> Option<Arc<str>> {
    req.extensions().get::<RequestId>().map(|id| Arc::clone(&id.0))
}

fn request_id(req: &ServiceRequest, app: &App) -> Arc<str> {
    req.headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=64).contains(&id.len())
                && id
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        })
        .map_or_else(|| ids::new(app.clock.now()).to_string().into(), Arc::from)
}

/// What the caller says of the trace that the request belongs to.
fn caller(req: &ServiceRequest) -> Caller<'_> {
    let text = |name| req.headers().get(name).and_then(|value| value.to_str().ok());
    Caller {
        parent: text("traceparent"),
        state: text("tracestate"),
    }
}

/// The middleware.
pub(super) async fn observe(
    app: web::Data<App>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Clock::tick();
    let id = request_id(&req, &app);
    let method = req.method().to_string();
    // The pattern, never the address: addresses hold private links.
    let route = req.match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let span = traces::request(&id, &method, &route, caller(&req));
    req.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let response = next.call(req).instrument(span.clone()).await?;
    let _entered = span.enter();
    let mut response = unread::held(with_request_id(response.map_into_boxed_body(), &id));
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    if route.starts_with("/api/") {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let status = response.status();
    traces::answered(&span, status.as_u16());
    let seconds = started.elapsed().as_secs_f64();
    app.metrics
        .http_seconds
        .with_label_values(&[method.as_str(), &route, status.as_str()])
        .observe(seconds);
    if status.is_client_error() {
        tracing::info!(status = status.as_u16(), seconds, "refused");
    } else {
        tracing::debug!(status = status.as_u16(), seconds, "answered");
    }
    Ok(response)
}

/// Writes an error that a handler answered with again, with the request's id in it.
fn with_request_id(response: ServiceResponse<BoxBody>, id: &str) -> ServiceResponse<BoxBody> {
    let Some(error) = response.response().error() else {
        return response;
    };
    let described = described(error, id);
    let kept = response.headers().clone();
    let mut response = response.into_response(described);
    // What others have put onto the answer, such as where the caller stands with its limits.
    for (name, value) in kept {
        let of_the_body = name == CONTENT_TYPE || name == CONTENT_LENGTH;
        if !of_the_body && !response.headers().contains_key(&name) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// The answer for an error that a handler answered with; what failed inside goes to the log.
pub(crate) fn described(error: &actix_web::Error, id: &str) -> actix_web::HttpResponse {
    let Some(own) = error.as_error::<Error>() else {
        // Not from us: the framework could not read the request.
        let status = error.as_response_error().status_code();
        let code = match status.as_u16() {
            404 => Code::NotFound,
            405 => Code::MethodNotAllowed,
            413 => Code::TooLarge,
            400..=499 => Code::BadRequest,
            _ => {
                tracing::error!(%error, "failed");
                Code::Internal
            }
        };
        return answer::problem(&Error::problem(code, code.title()), Some(id));
    };
    if own.is_retryable() {
        tracing::warn!(error = %own, "collided at every try");
    } else if own.code().status() >= 500 {
        tracing::error!(error = %own, "failed");
    }
    answer::problem(own, Some(id))
}
