//! The one thread that writes to SQLite: it gathers the writes that wait and commits them together.
//!
//! A commit costs one `fdatasync`, whatever it holds; so the writes that arrive while one commit
//! is on its way share the next. Answers go out only after the commit. If anything in a group
//! fails, the group is rolled back and its writes are done again one by one: a write must
//! therefore be repeatable, and a poisoned one harms nobody else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::conn::{Conn, Target};
use super::dialect;
use crate::error::{Code, Error, Result};

/// The most writes in one transaction.
const GROUP: usize = 64;
/// The most writes that may wait; one more is refused with 503.
const WAITING: usize = 2048;
/// How often one write is tried when it collides.
const TRIES: usize = 4;

/// The door to the writer thread.
pub(super) struct GroupWriter {
    queue: SyncSender<Box<dyn Job>>,
}

trait Job: Send {
    /// Does the work inside an open transaction and keeps the result. True when it went well.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// True when the kept result is a collision that may be tried again.
    fn may_retry(&self) -> bool;
    /// Sends the kept result, or the failure of the commit.
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct Write<T, F> {
    work: F,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T: Send, F: Fn(&mut Conn) -> Result<T> + Send> Job for Write<T, F> {
    fn run(&mut self, conn: &mut Conn) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(conn)))
            .unwrap_or_else(|_| Err(Error::internal("a write panicked")));
        let ok = result.is_ok();
        self.result = Some(result);
        ok
    }

    fn may_retry(&self) -> bool {
        matches!(&self.result, Some(Err(error)) if error.is_retryable())
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let result = self
            .result
            .unwrap_or_else(|| Err(Error::internal("a write was not run")));
        // Nobody waits any more when the caller has gone away: nothing to tell.
        let _gone = self.reply.send(committed.and(result));
    }
}

impl GroupWriter {
    /// Opens the writing connection and starts the thread.
    ///
    /// # Errors
    /// When the database cannot be opened or the thread cannot be started.
    pub(super) fn start(target: Target) -> Result<Self> {
        let conn = target
            .connect()
            .map_err(|e| Error::internal(format!("cannot open the database: {e}")))?;
        let (queue, jobs) = sync_channel(WAITING);
        std::thread::Builder::new()
            .name("db-writer".to_owned())
            .spawn(move || work(conn, &target, &jobs))
            .map_err(Error::internal)?;
        Ok(Self { queue })
    }

    /// Hands a write to the thread.
    ///
    /// # Errors
    /// [`Code::Overloaded`] when too many writes wait already.
    pub(super) fn submit<T, F>(&self, work: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Box::new(Write {
                work,
                result: None,
                reply,
            }))
            .map_err(|refused| match refused {
                TrySendError::Full(_) => Error::problem(Code::Overloaded, "too many writes are waiting"),
                TrySendError::Disconnected(_) => Error::internal("the database writer has stopped"),
            })?;
        Ok(answer)
    }
}

fn work(mut conn: Conn, target: &Target, jobs: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = jobs.try_recv()
        {
            group.push(next);
        }
        if let Err(error) = dialect::begin_write(&mut conn) {
            tracing::warn!(%error, "the database file is held by another process");
            for job in group {
                let busy = Error::problem(Code::Overloaded, "the database is held by another process");
                job.answer(Err(busy));
            }
            continue;
        }
        if !commit_group(&mut conn, &mut group) {
            for job in group.drain(..) {
                alone(&mut conn, job);
            }
        }
        for job in group {
            job.answer(Ok(()));
        }
        if !dialect::is_idle(&mut conn) {
            tracing::error!("the database writer lost its connection; opening a new one");
            if let Ok(fresh) = target.connect() {
                conn = fresh;
            }
        }
    }
}

/// Runs the whole group in the open transaction and commits it; false when something failed and nothing was changed.
fn commit_group(conn: &mut Conn, group: &mut [Box<dyn Job>]) -> bool {
    let done = group.iter_mut().all(|job| job.run(conn)) && dialect::commit(conn).is_ok();
    if !done && let Err(error) = dialect::rollback(conn) {
        tracing::error!(%error, "cannot roll back");
    }
    done
}

/// Runs one write in a transaction of its own, again if it collides, and answers it.
fn alone(conn: &mut Conn, mut job: Box<dyn Job>) {
    for _ in 0..TRIES {
        if let Err(error) = dialect::begin_write(conn) {
            job.answer(Err(error));
            return;
        }
        if job.run(conn) {
            let committed = dialect::commit(conn);
            if committed.is_err()
                && let Err(error) = dialect::rollback(conn)
            {
                tracing::error!(%error, "cannot roll back");
            }
            job.answer(committed);
            return;
        }
        if let Err(error) = dialect::rollback(conn) {
            tracing::error!(%error, "cannot roll back");
        }
        if !job.may_retry() {
            break;
        }
    }
    job.answer(Ok(()));
}
