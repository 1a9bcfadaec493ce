//! Wakes the sweep of this process when a clock was written that has to be looked at before it would wake by itself.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Notify;

use crate::clock::Moment;

static NUDGE: Notify = Notify::const_new();

/// What comes later than that is found by the timer.
const SOON: TimeDelta = TimeDelta::minutes(2);
/// A nudge comes before the commit of what it is about, and often with others.
const SETTLE: Duration = Duration::from_millis(200);

/// Tells the sweep that something has to be looked at by `at`.
pub(super) fn nudge(now: Moment, at: Option<Moment>) {
    if at.is_some_and(|at| at <= now + SOON) {
        NUDGE.notify_one();
    }
}

/// Waits for a nudge, and a little longer.
pub async fn nudged() {
    NUDGE.notified().await;
    tokio::time::sleep(SETTLE).await;
}
