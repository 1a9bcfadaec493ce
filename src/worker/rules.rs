//! Rules on events and time: what waits for them is worked off on the timer, and soon after it was written.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::{Worker, lease};
use crate::app::App;
use crate::db::conn::Conn;
use crate::domain::rules::firings::FiringOutcome;
use crate::domain::rules::run::{self, Waiting};
use crate::error::Result;

/// The job's name.
pub(super) const NAME: &str = "run_rules";

/// How much is looked at together.
const AT_ONCE: i64 = 200;
/// How many open complaints get their timers set in one transaction.
const WALKED_AT_ONCE: i64 = 100;
/// How many complaints are worked on side by side.
const ABREAST: usize = 8;
/// How often others wait for it in one run; what is left then is there for the next.
const ROUNDS: usize = 500;

/// Works off what waits; gives how many rules fired.
pub(super) async fn work(worker: &Worker) -> Result<usize> {
    let app = &worker.app;
    let mut fired = 0;
    for _ in 0..ROUNDS {
        if !is_any(app).await? {
            break;
        }
        if !take(worker).await? {
            return Ok(fired);
        }
        let act = app.own_act();
        let walked = app.db.write(move |conn| run::walk(conn, &act, WALKED_AT_ONCE)).await?;
        let (policy, now) = (Arc::clone(&app.policy), app.clock.now());
        let sifted = app.db.read(move |conn| run::sift(conn, &policy, now, AT_ONCE)).await?;
        if sifted.is_empty() && walked == 0 {
            break;
        }
        if !sifted.idle.is_empty() {
            let idle = sifted.idle;
            app.db.write(move |conn| run::forget(conn, &idle)).await?;
        }
        let mut side_by_side = JoinSet::new();
        for (_, waiting) in sifted.live {
            if side_by_side.len() >= ABREAST
                && let Some(done) = side_by_side.join_next().await
            {
                fired += done.unwrap_or_default();
            }
            side_by_side.spawn(work_off(app.clone(), waiting));
        }
        while let Some(done) = side_by_side.join_next().await {
            fired += done.unwrap_or_default();
        }
    }
    note_lag(app).await?;
    Ok(fired)
}

/// Whether anything waits at all.
async fn is_any(app: &App) -> Result<bool> {
    let now = app.clock.now();
    app.db.read(move |conn| run::is_any(conn, now)).await
}

/// Works off what waits for one complaint, in its order. What fails is put off, and in the end given up; what comes after
/// it waits for its turn.
async fn work_off(app: App, waiting: Vec<Waiting>) -> usize {
    let mut fired = 0;
    for one in waiting {
        let (act, what) = (app.own_act(), one.clone());
        match app.db.write(move |conn| run::work_off(conn, &act, &what)).await {
            Ok(outcomes) => fired += count(&app, &outcomes),
            Err(error) => {
                tracing::error!(waiting = ?one, %error, "a rule could not be worked off; it is put off");
                app.metrics.rules.put_off.inc();
                let (act, error) = (app.own_act(), Arc::new(error));
                let put_off = move |conn: &mut Conn| run::put_off(conn, &act, &one, &error);
                match app.db.write(put_off).await {
                    Ok(given_up) => fired += count(&app, &given_up),
                    Err(error) => tracing::error!(%error, "nor could it be put off"),
                }
                break;
            }
        }
    }
    fired
}

fn count(app: &App, outcomes: &[FiringOutcome]) -> usize {
    for outcome in outcomes {
        app.metrics.rules.firings.with_label_values(&[outcome.as_str()]).inc();
    }
    outcomes.len()
}

async fn note_lag(app: &App) -> Result<()> {
    let now = app.clock.now();
    let since = app.db.read(move |conn| run::waits_since(conn, now)).await?;
    app.metrics.rules.set_lag(now, since);
    Ok(())
}

/// How long to sleep until a rule on time comes due, at most `longest`.
pub(super) async fn until_next(worker: &Worker, longest: Duration) -> Duration {
    let now = worker.app.clock.now();
    match worker.app.db.read(run::next_look).await {
        Ok(Some(next)) => (next - now).to_std().unwrap_or_default().clamp(LEAST, longest),
        _ => longest,
    }
}

/// What another process has in hand is not asked for in a circle.
const LEAST: Duration = Duration::from_secs(1);

/// Takes or renews the lease of this job.
async fn take(worker: &Worker) -> Result<bool> {
    let (holder, now) = (Arc::clone(&worker.holder), worker.app.clock.now());
    let until = now + chrono::TimeDelta::seconds(60);
    let renew = move |conn: &mut Conn| lease::take(conn, NAME, &holder, now, until);
    worker.app.db.write(renew).await
}
