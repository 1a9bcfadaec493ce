//! The sweep of clocks: on the timer, and at once when something was written that comes due before it.

use std::sync::Arc;
use std::time::Duration;

use super::{Worker, lease};
use crate::db::conn::Conn;
use crate::domain::sla::clocks::watch;
use crate::error::Result;

/// The job's name.
pub(super) const NAME: &str = "watch_clocks";

/// The most clocks that one transaction works on.
const AT_ONCE: i64 = 100;

/// Gives every signal whose time has come; says how many. After a downtime these are many: it goes on until nothing is
/// left to give, in transactions of a bearable size.
pub(super) async fn watch_all(worker: &Worker) -> Result<usize> {
    let app = &worker.app;
    let mut given = 0;
    loop {
        let (act, holder) = (app.own_act(), Arc::clone(&worker.holder));
        let until = act.now + chrono::TimeDelta::seconds(60);
        let turn = move |conn: &mut Conn| {
            if !lease::take(conn, NAME, &holder, act.now, until)? {
                return Ok(None);
            }
            watch::watch(conn, &act, AT_ONCE).map(Some)
        };
        let Some(fired) = app.db.write(turn).await? else {
            return Ok(given);
        };
        for one in &fired {
            let labels = [one.kind.as_str(), one.policy.as_str(), one.metric.as_str()];
            app.metrics.clocks.signals.with_label_values(&labels).inc();
        }
        given += fired.len();
        if fired.is_empty() {
            return Ok(given);
        }
    }
}

/// How long to sleep until the next clock has to be looked at, at most `longest`.
pub(super) async fn until_next(worker: &Worker, longest: Duration) -> Duration {
    let now = worker.app.clock.now();
    match worker.app.db.read(watch::next_look).await {
        Ok(Some(next)) => (next - now).to_std().unwrap_or_default().clamp(LEAST, longest),
        _ => longest,
    }
}

/// What another process has in hand is not asked for in a circle.
const LEAST: Duration = Duration::from_secs(1);
