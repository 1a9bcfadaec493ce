//! Folding what was appended into the sums of the reports, and building the sums anew when they rest on something
//! that does not hold any more. Reading, adding up and keeping are turns of their own.

use std::sync::Arc;

use super::{Worker, lease};
use crate::db::conn::Conn;
use crate::domain::reporting::{fold, rebuild};
use crate::error::{Error, Result};

/// The job's name.
pub(super) const NAME: &str = "fold_reports";
/// How many appended rows are folded in one transaction.
const AT_ONCE: i64 = 200;
/// How many transactions there are in one run.
const TURNS: usize = 100;

/// Folds what waits; gives how many appended rows that were.
pub(super) async fn fold(worker: &Worker) -> Result<usize> {
    let app = &worker.app;
    if !take(worker).await? {
        return Ok(0);
    }
    let policy = Arc::clone(&app.policy);
    if app.db.read(move |conn| rebuild::is_due(conn, &policy)).await? {
        let (app, span) = (app.clone(), tracing::Span::current());
        let rebuilt = tokio::task::spawn_blocking(move || {
            let _here = span.enter();
            rebuild::rebuild(&app.db, &app.policy, &|| app.clock.now(), &mut |_, _| {})
        })
        .await
        .map_err(|e| Error::internal(format!("building the reports anew panicked: {e}")))??;
        if rebuilt.complaints > 0 {
            tracing::info!(
                complaints = rebuilt.complaints,
                "the sums of the reports were built anew"
            );
        }
    }
    let mut folded = 0;
    for _ in 0..TURNS {
        let Some(gathered) = app.db.read(|conn| fold::gather(conn, AT_ONCE)).await? else {
            break;
        };
        let now = app.clock.now();
        let kept = app.db.write(move |conn| fold::keep(conn, now, &gathered)).await?;
        folded += kept;
        if kept == 0 || !take(worker).await? {
            break;
        }
    }
    Ok(folded)
}

/// Takes or renews the lease of this job.
async fn take(worker: &Worker) -> Result<bool> {
    let (holder, now) = (Arc::clone(&worker.holder), worker.app.clock.now());
    let until = now + chrono::TimeDelta::seconds(60);
    worker
        .app
        .db
        .write(move |conn: &mut Conn| lease::take(conn, NAME, &holder, now, until))
        .await
}
