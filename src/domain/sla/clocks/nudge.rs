//! Wakes the sweep of this process when a clock was written that has to be looked at before it would wake by itself.

use std::sync::LazyLock;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::clock::Moment;

/// Counts the nudges.
static NUDGES: LazyLock<watch::Sender<u64>> = LazyLock::new(|| watch::Sender::new(0));

/// What comes later than that is found by the timer.
const SOON: TimeDelta = TimeDelta::minutes(2);
/// A nudge comes before the commit of what it is about, and often with others.
const SETTLE: Duration = Duration::from_millis(200);

/// Tells the sweep that something has to be looked at by `at`.
pub(super) fn nudge(now: Moment, at: Option<Moment>) {
    if at.is_some_and(|at| at <= now + SOON) {
        NUDGES.send_modify(|n| *n = n.wrapping_add(1));
    }
}

/// Hears the nudges from now on.
#[derive(Debug)]
pub struct Nudges(watch::Receiver<u64>);

impl Nudges {
    /// Begins to listen.
    pub fn listen() -> Self {
        Self(NUDGES.subscribe())
    }

    /// Waits for a nudge that has not been heard, and a little longer.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            // Nobody nudges any more; the timer goes on.
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(SETTLE).await;
    }
}
