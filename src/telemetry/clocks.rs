//! Figures of the clocks of complaints.

use prometheus::{IntCounterVec, Opts, Registry};

use super::registered;
use crate::error::Result;

/// Figures of the clocks of complaints.
pub struct ClockMetrics {
    /// Signals given, by kind (`warning`, `breach`, `escalation`), policy and metric: as many series as there are
    /// clocks in policies, three times.
    pub signals: IntCounterVec,
}

impl ClockMetrics {
    pub(super) fn new(r: &Registry) -> Result<Self> {
        Ok(Self {
            signals: registered(
                r,
                IntCounterVec::new(
                    Opts::new(
                        "hark_clock_signals_total",
                        "Warnings, breaches and escalations of clocks.",
                    ),
                    &["kind", "policy", "metric"],
                ),
            )?,
        })
    }
}
