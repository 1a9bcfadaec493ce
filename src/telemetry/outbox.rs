//! Figures of what has not been sent.

use prometheus::{IntGauge, Registry};

use super::registered;
use crate::clock::Moment;
use crate::domain::notifications::Waiting;
use crate::error::Result;

/// Figures of what has not been sent.
pub struct OutboxMetrics {
    waiting: IntGauge,
    oldest_seconds: IntGauge,
    dead_letters: IntGauge,
    sends: IntGauge,
}

impl OutboxMetrics {
    pub(super) fn new(r: &Registry) -> Result<Self> {
        let gauge = |name: &str, help: &str| registered(r, IntGauge::new(name, help));
        Ok(Self {
            waiting: gauge(
                "hark_outbox_waiting",
                "Notices that wait to be sent, counted up to 10,000.",
            )?,
            oldest_seconds: gauge(
                "hark_outbox_oldest_seconds",
                "Age of the oldest notice that waits to be sent.",
            )?,
            dead_letters: gauge(
                "hark_outbox_dead_letters",
                "Notices that were given up after too many tries, counted up to 10,000.",
            )?,
            sends: gauge(
                "hark_outbox_sends",
                "Whether notices are sent (1), or only kept for when they will be (0).",
            )?,
        })
    }

    /// Takes over what has not been sent.
    pub fn set(&self, now: Moment, waiting: Waiting) {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let age = waiting.oldest.map_or(0, |oldest| (now - oldest).num_seconds());
        self.waiting.set(count(waiting.notices));
        self.oldest_seconds.set(age);
        self.dead_letters.set(count(waiting.dead));
        // Nothing delivers them yet.
        self.sends.set(0);
    }
}
