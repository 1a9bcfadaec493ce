//! Figures of the rules on events and time.

use prometheus::{Gauge, IntCounter, IntCounterVec, Opts, Registry};

use super::registered;
use crate::clock::Moment;
use crate::domain::rules::firings::FiringOutcome;
use crate::error::Result;

/// Figures of the rules on events and time.
pub struct RuleMetrics {
    /// Rules that fired, by what became of it: five series, however many rules there are.
    pub firings: IntCounterVec,
    /// Events and timers that failed and were put off.
    pub put_off: IntCounter,
    lag: Gauge,
}

impl RuleMetrics {
    pub(super) fn new(r: &Registry) -> Result<Self> {
        let told = Opts::new("hark_rule_firings_total", "Rules that fired, by what became of it.");
        let firings = registered(r, IntCounterVec::new(told, &["outcome"]))?;
        for outcome in FiringOutcome::ALL {
            firings.with_label_values(&[outcome.as_str()]).inc_by(0);
        }
        Ok(Self {
            firings,
            put_off: registered(
                r,
                IntCounter::new(
                    "hark_rule_put_off_total",
                    "Events and timers of rules that failed and were put off.",
                ),
            )?,
            lag: registered(
                r,
                Gauge::new(
                    "hark_rule_lag_seconds",
                    "How long what waits longest for the rules has waited when they last ran in this process.",
                ),
            )?,
        })
    }

    /// Takes over since when what waits longest waits.
    pub fn set_lag(&self, now: Moment, since: Option<Moment>) {
        let seconds = since.map_or(0, |since| (now - since).num_seconds().max(0));
        self.lag.set(f64::from(i32::try_from(seconds).unwrap_or(i32::MAX)));
    }
}
