//! Sending traces, by OpenTelemetry. The requests to the collector are made by the HTTP client that is here already.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::{Builder, Handle, Runtime};
use tracing::Span;
use tracing::level_filters::LevelFilter;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;

use super::{Caller, Collector, Part};
use crate::error::{Error, Result};

/// How long the collector may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

static OPEN: AtomicBool = AtomicBool::new(false);

/// Whether traces are sent.
pub(super) fn is_open() -> bool {
    OPEN.load(Ordering::Relaxed)
}

/// The way to the collector, and the threads that go it.
#[derive(Debug)]
pub(super) struct Sender {
    provider: SdkTracerProvider,
    _runtime: Runtime,
}

impl Drop for Sender {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "the last traces may not have been sent");
        }
    }
}

/// Opens the way to the collector.
pub(super) fn open(collector: Collector<'_>) -> Result<(Sender, Part)> {
    let failed = |e: &dyn std::fmt::Display| Error::internal(format!("otlp_endpoint: {e}"));
    crate::open_id::set_up_tls();
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("traces")
        .enable_all()
        .build()
        .map_err(|e| failed(&e))?;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(PATIENCE / 2)
        .timeout(PATIENCE)
        .build()
        .map_err(|e| failed(&e))?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Client {
            client,
            handle: runtime.handle().clone(),
        })
        .with_endpoint(format!("{}/v1/traces", collector.url.trim_end_matches('/')))
        .build()
        .map_err(|e| failed(&e))?;
    let resource = Resource::builder()
        .with_service_name("hark")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
            collector.ratio,
        ))))
        .with_resource(resource)
        .build();
    // Spans, not log lines: an error's text is for the log alone. Ours, not those of the client that sends them.
    let ours = FilterFn::new(|of| of.is_span() && of.target().starts_with("hark"));
    let part = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("hark"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_filter(ours.with_max_level_hint(LevelFilter::INFO))
        .boxed();
    OPEN.store(true, Ordering::Relaxed);
    let sender = Sender {
        provider,
        _runtime: runtime,
    };
    Ok((sender, part))
}

/// Makes the span a part of the caller's trace, or the first one of a new trace, and notes which.
pub(super) fn go_on(span: &Span, caller: Caller<'_>) {
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &caller);
    // Refused when nobody looks at the span.
    let _unseen = span.set_parent(parent);
    let context = span.context();
    let trace = context.span().span_context().trace_id();
    span.record("trace_id", tracing::field::display(trace));
}

impl Extractor for Caller<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => self.parent,
            "tracestate" => self.state,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

/// Sends what a thread of OpenTelemetry hands over, which has no runtime of its own.
#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    handle: Handle,
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Client {
    fn send_bytes<'s, 'a>(&'s self, request: Request<Bytes>) -> Sent<'a>
    where
        's: 'a,
        Self: 'a,
    {
        let client = self.client.clone();
        let sending = self.handle.spawn(async move { send(&client, request).await });
        Box::pin(async move {
            let sent = sending.await.map_err(HttpError::from).flatten();
            match &sent {
                Ok(answer) if answer.status().is_success() => {}
                Ok(answer) => tracing::warn!(status = answer.status().as_u16(), "the collector refuses traces"),
                Err(error) => tracing::warn!(%error, "cannot send traces"),
            }
            sent
        })
    }
}

async fn send(client: &reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let answer = client.execute(request.try_into()?).await?;
    let mut builder = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        builder = builder.header(name, value);
    }
    Ok(builder.body(answer.bytes().await?)?)
}
