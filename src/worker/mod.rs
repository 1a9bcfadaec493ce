//! Background work: jobs on a timer, each by one process at a time.

mod bulk;
mod clocks;
mod files;
mod lease;
mod nudges;
mod queue;
mod reports;
mod rules;
mod typing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::app::App;
use crate::db::conn::Conn;
use crate::domain::audit;
use crate::domain::challenges;
use crate::domain::complaints::call_backs;
use crate::domain::complaints::marks::news;
use crate::domain::complaints::privacy as erased;
use crate::domain::drafts;
use crate::domain::events;
use crate::domain::idempotency;
use crate::domain::presence;
use crate::domain::privacy::retention;
use crate::domain::staff::{Act, sign_in};
use crate::error::Result;

/// One piece of background work. It takes no input, may run twice, and says how much it did;
/// the next run is the retry.
struct Job {
    name: &'static str,
    /// The most that one run does: a transaction that others may have to wait for. A run that did this much may
    /// have left something, and goes again at once.
    most: i64,
    run: fn(&mut Conn, &Act, i64) -> Result<usize>,
}

/// How often a job goes again before the others have their turn.
const ROUNDS: usize = 20;

const JOBS: &[Job] = &[
    Job {
        name: "break_missed_promises",
        most: 500,
        run: call_backs::sweep,
    },
    Job {
        name: "seal_audit",
        most: 1_000,
        run: audit::seal::seal,
    },
    Job {
        name: "end_sessions",
        most: i64::MAX,
        run: |conn, act, _| sign_in::sweep(conn, act),
    },
    Job {
        name: "forget_spent_challenges",
        most: i64::MAX,
        run: |conn, act, _| challenges::forget_expired(conn, act.now),
    },
    Job {
        name: "forget_idempotency_keys",
        most: i64::MAX,
        run: |conn, act, _| idempotency::forget_expired(conn, act.now),
    },
    Job {
        name: "tell_watchers",
        most: i64::MAX,
        run: |conn, act, _| news::tell(conn, act),
    },
    Job {
        name: "end_presences",
        most: 500,
        run: presence::sweep,
    },
    Job {
        name: "forget_events",
        most: 1_000,
        run: events::forget_old,
    },
    Job {
        name: "forget_drafts",
        most: i64::MAX,
        run: |conn, act, _| drafts::forget_old(conn, act),
    },
    Job {
        name: "apply_retention",
        most: 500,
        run: retention::apply,
    },
    Job {
        name: "purge_erased_words",
        most: i64::MAX,
        run: |conn, act, _| erased::purge_words(conn, act),
    },
];

/// The jobs that take turns of their own.
const OTHERS: [&str; 6] = [
    bulk::NAME,
    clocks::NAME,
    rules::NAME,
    files::NAME,
    typing::NAME,
    reports::NAME,
];

/// Does the background work.
#[derive(Clone)]
pub struct Worker {
    app: App,
    holder: Arc<str>,
    every: Duration,
    stop: Arc<Notify>,
    sweep: Arc<files::Sweep>,
    looked: queue::Looked,
}

impl Worker {
    /// A worker that runs the jobs every so often.
    pub fn new(app: App, every: Duration) -> Self {
        let holder = crate::ids::new(app.clock.now()).to_string().into();
        // A figure that first appears with its first failure hides it from `increase()`.
        for job in JOBS.iter().map(|job| job.name).chain(OTHERS) {
            for word in ["ok", "failed"] {
                app.metrics.job_runs.with_label_values(&[job, word]).inc_by(0);
            }
        }
        Self {
            app,
            holder,
            every,
            stop: Arc::default(),
            sweep: Arc::default(),
            looked: Arc::default(),
        }
    }

    /// Runs every job once; a job that another process holds is left to it. Gives how much each did.
    ///
    /// # Errors
    /// The failure of the first job that fails; the others have been run all the same.
    pub async fn run_once(&self) -> Result<BTreeMap<&'static str, usize>> {
        let mut done = Ok(BTreeMap::new());
        for job in JOBS {
            let outcome = self.run_rounds(job).await;
            Self::note(&self.app, job.name, outcome, &mut done);
        }
        let outcome = clocks::watch_all(self).await;
        Self::note(&self.app, clocks::NAME, outcome, &mut done);
        let outcome = rules::work(self).await;
        Self::note(&self.app, rules::NAME, outcome, &mut done);
        let outcome = bulk::go_on(self).await;
        Self::note(&self.app, bulk::NAME, outcome, &mut done);
        let outcome = queue::mend(self).await;
        Self::note(&self.app, queue::NAME, outcome, &mut done);
        let outcome = files::tidy(&self.app, &self.sweep).await;
        Self::note(&self.app, files::NAME, outcome, &mut done);
        let outcome = typing::learn(self).await;
        Self::note(&self.app, typing::NAME, outcome, &mut done);
        let outcome = reports::fold(self).await;
        Self::note(&self.app, reports::NAME, outcome, &mut done);
        done
    }

    /// Takes over how a job ended.
    fn note(app: &App, job: &'static str, outcome: Result<usize>, done: &mut Result<BTreeMap<&'static str, usize>>) {
        let word = if outcome.is_ok() { "ok" } else { "failed" };
        app.metrics.job_runs.with_label_values(&[job, word]).inc();
        match (outcome, done) {
            (Ok(n), Ok(done)) => {
                done.insert(job, n);
            }
            (Ok(_), Err(_)) => {}
            (Err(error), done) => {
                tracing::error!(job, %error, "job failed");
                if done.is_ok() {
                    *done = Err(error);
                }
            }
        }
    }

    /// Runs a job until it has nothing left to do, or others should have their turn.
    async fn run_rounds(&self, job: &'static Job) -> Result<usize> {
        let mut done = 0;
        for _ in 0..ROUNDS {
            let n = self.run_job(job).await?;
            done += n;
            if i64::try_from(n).is_ok_and(|n| n < job.most) {
                break;
            }
        }
        Ok(done)
    }

    async fn run_job(&self, job: &'static Job) -> Result<usize> {
        let (act, holder) = (self.app.own_act(), Arc::clone(&self.holder));
        let until = act.now + chrono::TimeDelta::seconds(60);
        let run = move |conn: &mut Conn| {
            if lease::take(conn, job.name, &holder, act.now, until)? {
                (job.run)(conn, &act, job.most).map(Some)
            } else {
                Ok(None)
            }
        };
        let done = self.app.db.write(run).await?;
        if let Some(n) = done {
            let at = self.app.clock.now().timestamp();
            self.app
                .metrics
                .job_last_success
                .with_label_values(&[job.name])
                .set(f64::from(i32::try_from(at).unwrap_or(i32::MAX)));
            if n > 0 {
                tracing::info!(job = job.name, rows = n, "job done");
            }
        }
        Ok(done.unwrap_or_default())
    }

    /// Runs the jobs on a timer until [`Worker::stop`] is called, then lets go of what it holds.
    pub async fn run(&self) {
        let nudges = nudges::Nudges::listen();
        loop {
            // Each failure is in the log and in the figures already.
            let _failed = self.run_once().await;
            if self.rest(&nudges).await {
                break;
            }
        }
        let holder = Arc::clone(&self.holder);
        if let Err(error) = self.app.db.write(move |conn| lease::release_all(conn, &holder)).await {
            tracing::error!(%error, "cannot let go of the jobs");
        }
    }

    /// Waits for the timer; looks at the clocks and rules meanwhile when one comes due, or when something was written that
    /// soon does.
    /// True when the worker is to stop.
    async fn rest(&self, nudges: &nudges::Nudges) -> bool {
        let timer = tokio::time::sleep(self.every);
        tokio::pin!(timer);
        let bulk = tokio::time::sleep(Duration::ZERO);
        tokio::pin!(bulk);
        loop {
            let next = clocks::until_next(self, self.every).await;
            let next = rules::until_next(self, next).await;
            tokio::select! {
                () = self.stop.notified() => return true,
                () = &mut timer => return false,
                () = nudges.next() => {}
                () = tokio::time::sleep(next) => {}
                () = &mut bulk => {
                    let outcome = bulk::go_on(self).await;
                    bulk.set(tokio::time::sleep(bulk::pause_after(&outcome)));
                    if !matches!(outcome, Ok(0)) {
                        Self::note(&self.app, bulk::NAME, outcome, &mut Ok(BTreeMap::new()));
                    }
                }
            }
            let outcome = clocks::watch_all(self).await;
            Self::note(&self.app, clocks::NAME, outcome, &mut Ok(BTreeMap::new()));
            let outcome = rules::work(self).await;
            Self::note(&self.app, rules::NAME, outcome, &mut Ok(BTreeMap::new()));
        }
    }

    /// Makes [`Worker::run`] end after the job it is at.
    pub fn stop(&self) {
        self.stop.notify_one();
    }
}
