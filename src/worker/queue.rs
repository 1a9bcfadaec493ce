//! The queue of work: looks once an hour whether every row says what its complaint says, and puts right what does not.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;

use super::Worker;
use crate::clock::Moment;
use crate::domain::work::mend;
use crate::error::Result;

/// The job's name.
pub(super) const NAME: &str = "mend_queue";

/// How often.
const EVERY: TimeDelta = TimeDelta::hours(1);
/// The most complaints that one transaction puts right.
const AT_ONCE: i64 = 200;

/// When this process looked last.
pub(super) type Looked = Arc<Mutex<Option<Moment>>>;

/// Puts the queue right; gives how many rows that took.
pub(super) async fn mend(worker: &Worker) -> Result<usize> {
    let now = worker.app.clock.now();
    {
        let mut looked = worker.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.is_some_and(|last| now - last < EVERY) {
            return Ok(0);
        }
        *looked = Some(now);
    }
    let mut mended = 0;
    loop {
        let amiss = worker.app.db.read(|conn| mend::amiss(conn, AT_ONCE)).await?;
        if amiss.is_empty() {
            return Ok(mended);
        }
        let act = worker.app.own_act();
        let put_right = worker.app.db.write(move |conn| mend::mend(conn, &act, &amiss)).await?;
        mended += put_right;
        if put_right == 0 || mended > 1_000_000 {
            return Ok(mended);
        }
        tracing::info!(rows = put_right, "the queue was put right");
    }
}
