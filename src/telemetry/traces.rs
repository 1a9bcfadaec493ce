//! Traces: which requests and jobs ran, for how long, and what they asked of the database. They go to a collector that
//! takes OTLP over HTTP, when built with the feature `otlp` and told where it is.
//!
//! A trace has routes, statuses, request ids and names of jobs; no addresses, no bodies and no log lines, so nothing of a
//! customer.

#[cfg(feature = "otlp")]
mod otlp;

use tracing::Span;
use tracing::field::Empty;
use tracing_subscriber::{Layer, Registry};

use crate::error::Result;

/// The target of spans that only traces show: log lines name the request or job that they belong to.
pub const ONLY_TRACED: &str = "hark::traced";

/// Where traces go.
#[derive(Debug, Clone, Copy)]
pub struct Collector<'a> {
    /// The base URL.
    pub url: &'a str,
    /// Which share of what no caller traces is traced.
    pub ratio: f64,
}

/// What takes part in writing spans down.
pub(super) type Part = Box<dyn Layer<Registry> + Send + Sync>;

/// What is on its way to the collector. Sends the last of it when it is dropped.
#[derive(Debug, Default)]
pub struct Traces {
    #[cfg(feature = "otlp")]
    _sender: Option<otlp::Sender>,
}

/// Opens the way to the collector.
#[cfg(feature = "otlp")]
pub(super) fn open(collector: Option<Collector<'_>>) -> Result<(Traces, Option<Part>)> {
    let Some(collector) = collector else {
        return Ok((Traces::default(), None));
    };
    let (sender, part) = otlp::open(collector)?;
    Ok((Traces { _sender: Some(sender) }, Some(part)))
}

/// Refuses a collector: this program cannot send traces.
#[cfg(not(feature = "otlp"))]
pub(super) fn open(collector: Option<Collector<'_>>) -> Result<(Traces, Option<Part>)> {
    match collector {
        Some(_) => Err(crate::error::Error::internal(
            "otlp_endpoint: this program was built without the feature otlp",
        )),
        None => Ok((Traces::default(), None)),
    }
}

/// What a caller says of the trace that the request belongs to (W3C Trace Context).
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    /// `traceparent`.
    pub parent: Option<&'a str>,
    /// `tracestate`.
    pub state: Option<&'a str>,
}

impl Caller<'_> {
    /// The trace id, so that log lines can be joined with the caller's.
    fn trace_id(&self) -> Option<&str> {
        let id = self.parent?.split('-').nth(1)?;
        (id.len() == 32 && id.chars().all(|c| c.is_ascii_hexdigit())).then_some(id)
    }
}

/// The span of a request: what log lines say of it, and its trace. It goes on with the caller's.
pub fn request(id: &str, method: &str, route: &str, caller: Caller<'_>) -> Span {
    #[cfg(feature = "otlp")]
    if otlp::is_open() {
        let span = tracing::info_span!(
            "request",
            request_id = id,
            method,
            route,
            trace_id = Empty,
            otel.name = format!("{method} {route}"),
            otel.kind = "server",
            otel.status_code = Empty,
            http.response.status_code = Empty,
        );
        otlp::go_on(&span, caller);
        return span;
    }
    let span = tracing::info_span!("request", request_id = id, method, route, trace_id = Empty);
    if let Some(trace_id) = caller.trace_id() {
        span.record("trace_id", trace_id);
    }
    span
}

/// Notes how a request was answered.
pub fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}
