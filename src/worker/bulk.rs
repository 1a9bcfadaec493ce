//! Bulk actions: goes on with them as soon as one is asked for, a few complaints in one transaction.

use std::sync::Arc;
use std::time::Duration;

use super::{Worker, lease};
use crate::db::conn::Conn;
use crate::domain::casework::bulk;
use crate::error::{Error, Result};

/// The job's name.
pub(super) const NAME: &str = "bulk_actions";
/// The most complaints in one transaction.
const AT_ONCE: i64 = 10;
/// How many transactions go before other jobs have their turn.
const ROUNDS: usize = 50;
/// So long is the job this process's: another one goes on when it has ended without a word.
const LEASE: chrono::TimeDelta = chrono::TimeDelta::seconds(15);
/// How often it is asked whether another process has taken one in.
const LOOK: Duration = Duration::from_secs(3);

/// Goes on with what waits; gives how many complaints something became of.
pub(super) async fn go_on(worker: &Worker) -> Result<usize> {
    let mut done = 0;
    for _ in 0..ROUNDS {
        let n = match turn(worker, AT_ONCE).await {
            Ok(n) => n,
            // What collides may go well the next time.
            Err(error) if error.is_retryable() || matches!(error, Error::Problem(_)) => return Err(error),
            Err(_) => one(worker).await?,
        };
        done += n;
        if n == 0 {
            break;
        }
    }
    Ok(done)
}

/// One complaint alone, so that one with which something is wrong does not hold up the others.
async fn one(worker: &Worker) -> Result<usize> {
    match turn(worker, 1).await {
        Err(error) if !error.is_retryable() => {
            tracing::error!(job = NAME, %error, "a complaint of a bulk action failed");
            let act = worker.app.own_act();
            worker.app.db.write(move |conn| bulk::give_up_one(conn, &act)).await
        }
        answer => answer,
    }
}

async fn turn(worker: &Worker, most: i64) -> Result<usize> {
    if !worker.app.db.read(bulk::is_waiting).await? {
        return Ok(0);
    }
    let (act, holder) = (worker.app.own_act(), Arc::clone(&worker.holder));
    let until = act.now + LEASE;
    let run = move |conn: &mut Conn| match lease::take(conn, NAME, &holder, act.now, until)? {
        true => bulk::go(conn, &act, most),
        false => Ok(0),
    };
    worker.app.db.write(run).await
}

/// How long to sleep until it is looked for bulk actions again.
pub(super) const fn pause_after(outcome: &Result<usize>) -> Duration {
    match outcome {
        Ok(n) if *n > 0 => Duration::from_millis(20),
        _ => LOOK,
    }
}
