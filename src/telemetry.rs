//! Logs, metrics and traces.

mod clocks;
mod outbox;
mod rules;
pub mod traces;
mod typing;

use std::io::IsTerminal;

use chrono::TimeDelta;
use prometheus::{
    Encoder, GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::clock::Moment;
use crate::domain::complaints::listing::Counts;
use crate::error::{Error, Result};
use crate::settings::LogFormat;

pub use self::clocks::ClockMetrics;
pub use self::outbox::OutboxMetrics;
pub use self::rules::RuleMetrics;
use self::traces::{Collector, ONLY_TRACED, Traces};
pub use self::typing::TypingMetrics;

/// Begins to write log lines to standard error, and to send traces to a collector if there is one.
///
/// # Errors
/// When the filter cannot be read, or traces cannot be sent.
pub fn start(filter: &str, format: LogFormat, collector: Option<Collector<'_>>) -> Result<Traces> {
    // What clients do wrong before there is a request is not our error; what the server says of itself is noise.
    let filter = format!("actix_http=off,actix_server=warn,{ONLY_TRACED}=off,{filter}");
    let filter = EnvFilter::try_new(filter).map_err(|e| Error::internal(format!("log: {e}")))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match format {
        LogFormat::Human => lines.with_target(false).with_filter(filter).boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_filter(filter)
            .boxed(),
    };
    let (traces, part) = traces::open(collector)?;
    tracing_subscriber::registry()
        .with(std::iter::once(lines).chain(part).collect::<Vec<_>>())
        .try_init()
        .map_err(|e| Error::internal(format!("log: {e}")))?;
    Ok(traces)
}

/// Within which times promises are counted that come due: the word, and minutes.
const WITHIN: [(&str, i64); 4] = [("30m", 30), ("1h", 60), ("4h", 240), ("24h", 1_440)];

/// Figures for operations, in the words of Prometheus.
pub struct Metrics {
    registry: Registry,
    /// How long requests took, by method, route and status, seconds.
    pub http_seconds: HistogramVec,
    /// Runs of background jobs, by job and result. The label is not called `job`: that one is Prometheus' own.
    pub job_runs: IntCounterVec,
    /// When each background job last ended well, Unix seconds.
    pub job_last_success: GaugeVec,
    /// Proposals of customer types.
    pub typing: TypingMetrics,
    /// Clocks of complaints.
    pub clocks: ClockMetrics,
    /// What has not been sent.
    pub outbox: OutboxMetrics,
    /// Rules on events and time.
    pub rules: RuleMetrics,
    /// Sign-ins of people, by result: `ok`, or the code of the problem.
    pub sign_ins: IntCounterVec,
    /// Passwords that were compared with a hash.
    pub password_checks: IntCounter,
    complaints: IntGaugeVec,
    call_backs_open: IntGauge,
    call_backs_overdue: IntGauge,
    call_backs_due: IntGaugeVec,
    streams: IntGauge,
}

fn registered<C: prometheus::core::Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<C>,
) -> Result<C> {
    let collector = made.map_err(Error::internal)?;
    registry
        .register(Box::new(collector.clone()))
        .map_err(Error::internal)?;
    Ok(collector)
}

fn tell_version(r: &Registry) -> Result<()> {
    let told = Opts::new("hark_build_info", "Always 1; the label says which version runs.")
        .const_label("version", env!("CARGO_PKG_VERSION"));
    registered(r, IntGauge::with_opts(told))?.set(1);
    Ok(())
}

fn call_backs_due(r: &Registry) -> Result<IntGaugeVec> {
    let told = Opts::new(
        "hark_call_backs_due",
        "Promised call-backs that nobody has tried yet and whose window ends within this time, counted up to 10,000.",
    );
    registered(r, IntGaugeVec::new(told, &["within"]))
}

fn streams(r: &Registry) -> Result<IntGauge> {
    let told = IntGauge::new(
        "hark_event_streams_open",
        "Streams of events that are open in this process.",
    );
    registered(r, told)
}

impl Metrics {
    /// Sets the figures up.
    ///
    /// # Errors
    /// When two have the same name.
    pub fn new() -> Result<Self> {
        let registry = Registry::new();
        #[cfg(target_os = "linux")]
        registry
            .register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))
            .map_err(Error::internal)?;
        let r = &registry;
        tell_version(r)?;
        let latency =
            HistogramOpts::new("hark_http_request_duration_seconds", "How long requests took.").buckets(vec![
                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
            ]);
        Ok(Self {
            http_seconds: registered(r, HistogramVec::new(latency, &["method", "route", "status"]))?,
            job_runs: registered(
                r,
                IntCounterVec::new(
                    Opts::new("hark_job_runs_total", "Runs of background jobs."),
                    &["task", "result"],
                ),
            )?,
            job_last_success: registered(
                r,
                GaugeVec::new(
                    Opts::new(
                        "hark_job_last_success_timestamp_seconds",
                        "When each background job last ended well.",
                    ),
                    &["task"],
                ),
            )?,
            typing: TypingMetrics::new(r)?,
            clocks: ClockMetrics::new(r)?,
            outbox: OutboxMetrics::new(r)?,
            rules: RuleMetrics::new(r)?,
            sign_ins: registered(
                r,
                IntCounterVec::new(
                    Opts::new("hark_sign_ins_total", "Sign-ins of people, by result."),
                    &["result"],
                ),
            )?,
            password_checks: registered(
                r,
                IntCounter::new(
                    "hark_password_checks_total",
                    "Passwords that were compared with a hash.",
                ),
            )?,
            complaints: registered(
                r,
                IntGaugeVec::new(Opts::new("hark_complaints", "Complaints by state."), &["state"]),
            )?,
            call_backs_open: registered(
                r,
                IntGauge::new(
                    "hark_call_backs_open",
                    "Promised call-backs that are open, counted up to 10,000.",
                ),
            )?,
            call_backs_overdue: registered(
                r,
                IntGauge::new(
                    "hark_call_backs_overdue",
                    "Promised call-backs past their window, counted up to 10,000.",
                ),
            )?,
            call_backs_due: call_backs_due(r)?,
            streams: streams(r)?,
            registry,
        })
    }

    /// Takes over how many complaints stand where.
    pub fn set_counts(&self, counts: &Counts) {
        for (state, n) in &counts.by_state {
            self.complaints.with_label_values(&[state.as_str()]).set(*n);
        }
        self.call_backs_open.set(counts.call_backs_open);
        self.call_backs_overdue.set(counts.call_backs_overdue);
    }

    /// Takes over how many streams of events are open.
    pub fn set_streams(&self, open: u64) {
        self.streams.set(i64::try_from(open).unwrap_or(i64::MAX));
    }

    /// Takes over how many promises are about to be broken: the ends of their windows.
    pub fn set_due(&self, now: Moment, ends: &[Moment]) {
        for (word, minutes) in WITHIN {
            let until = now + TimeDelta::minutes(minutes);
            let n = ends.iter().filter(|end| **end <= until).count();
            let n = i64::try_from(n).unwrap_or(i64::MAX);
            self.call_backs_due.with_label_values(&[word]).set(n);
        }
    }

    /// The text that Prometheus reads.
    ///
    /// # Errors
    /// When a figure cannot be written.
    pub fn text(&self) -> Result<String> {
        let mut out = Vec::new();
        TextEncoder::new()
            .encode(&self.registry.gather(), &mut out)
            .map_err(Error::internal)?;
        String::from_utf8(out).map_err(Error::internal)
    }
}
