//! Keeping the object store and the database together: objects whose row is gone, objects that never
//! got a row, files that wait for the virus scanner. Each may be done by several processes at once.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use crate::app::App;
use crate::clock::Moment;
use crate::domain::complaints::attachments;
use crate::error::Result;
use crate::ids::AttachmentId;

/// The job's name.
pub(super) const NAME: &str = "tidy_files";
/// How many of each are dealt with in one run.
const AT_ONCE: i64 = 200;
/// How old an object without a row must be: its row may still be on its way.
const SETTLED: TimeDelta = TimeDelta::hours(24);
/// How often the whole object store is looked through.
const EVERY: TimeDelta = TimeDelta::hours(1);

/// When the object store was last looked through.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    last: Mutex<Option<Moment>>,
}

impl Sweep {
    fn is_due(&self, now: Moment) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| now - last >= EVERY);
        if due {
            *last = Some(now);
        }
        due
    }
}

/// Everything that is due; says how much was done.
pub(super) async fn tidy(app: &App, sweep: &Sweep) -> Result<usize> {
    let mut done = discard(app).await? + scan(app).await?;
    if sweep.is_due(app.clock.now()) {
        done += sweep_orphans(app).await?;
    }
    Ok(done)
}

/// Deletes objects whose row is gone: the object first, then the note of it.
async fn discard(app: &App) -> Result<usize> {
    let keys = app.db.read(|conn| attachments::discarded(conn, AT_ONCE)).await?;
    for key in &keys {
        app.files.delete(key).await?;
    }
    let n = keys.len();
    if n > 0 {
        app.db
            .write(move |conn| attachments::forget_discarded(conn, &keys))
            .await?;
    }
    Ok(n)
}

/// Deletes old objects that have no row: a process ended between the two.
async fn sweep_orphans(app: &App) -> Result<usize> {
    let old = app.files.older_than(app.clock.now() - SETTLED).await?;
    let mut done = 0;
    for some in old.chunks(500) {
        let ids: Vec<AttachmentId> = some.iter().map(|(_, id)| AttachmentId(*id)).collect();
        let present = app.db.read(move |conn| attachments::present(conn, &ids)).await?;
        for (key, id) in some {
            // What is still in the passing place has no row under that key, whatever its id.
            if key.starts_with("incoming/") || !present.contains(&AttachmentId(*id)) {
                app.files.delete(key).await?;
                done += 1;
            }
        }
    }
    Ok(done)
}

/// Has the virus scanner look at the files that waited for it.
async fn scan(app: &App) -> Result<usize> {
    let waiting = app.db.read(|conn| attachments::quarantined(conn, AT_ONCE)).await?;
    let mut done = 0;
    for row in waiting {
        // Still down: the next run asks again.
        let Ok(infected) = app.files.is_infected(&row.key()).await else {
            break;
        };
        let act = app.own_act();
        app.db
            .write(move |conn| attachments::scanned(conn, &act, &row, infected))
            .await?;
        done += 1;
    }
    Ok(done)
}
