//! Lanes: a hot kind of write, done for many callers by one set of statements in one transaction.
//!
//! Each lane is a thread. Items that arrive while one group commits share the next. Items with
//! the same key always take the same lane, so they never wait for each other's locks. If a group
//! fails it is rolled back and its items are done one by one. On PostgreSQL two lanes run side by
//! side; on SQLite, where only one can write, there is one, and it hands its groups to the writer
//! thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::conn::Conn;
use super::{Db, Writing};
use crate::error::{Code, Error, Result};

/// The most items in one group.
const GROUP: usize = 32;
/// How many lanes run side by side on PostgreSQL.
const LANES: usize = 2;
/// The most items that may wait in one lane.
const WAITING: usize = 1024;

/// What a lane does with a group: one outcome for each item, in order, or nothing at all.
pub type Handler<I, O> = fn(&mut Conn, &[I]) -> Result<Vec<O>>;

struct Waiting<I, O> {
    item: I,
    reply: oneshot::Sender<Result<O>>,
}

/// A hot kind of write. Clones share the same lanes.
pub struct Lane<I, O> {
    queues: Arc<[SyncSender<Waiting<I, O>>]>,
}

impl<I, O> Clone for Lane<I, O> {
    fn clone(&self) -> Self {
        Self {
            queues: Arc::clone(&self.queues),
        }
    }
}

impl<I, O> Lane<I, O>
where
    I: Send + Clone + Sync + 'static,
    O: Send + 'static,
{
    /// Opens the lanes for one kind of write.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn open(db: &Db, handler: Handler<I, O>) -> Result<Self> {
        let lanes = match db.writing() {
            Writing::Pool => LANES,
            Writing::Thread => 1,
        };
        let mut queues = Vec::new();
        for n in 0..lanes {
            let (queue, items) = sync_channel(WAITING);
            let db = db.clone();
            std::thread::Builder::new()
                .name(format!("db-lane-{n}"))
                .spawn(move || work(&db, &items, handler))
                .map_err(Error::internal)?;
            queues.push(queue);
        }
        Ok(Self { queues: queues.into() })
    }

    /// Does one item, in a group with those that wait beside it. Items of equal `key` keep their order.
    ///
    /// # Errors
    /// What the handler answers for this item; [`Code::Overloaded`] when the lane is full.
    pub async fn submit(&self, key: u64, item: I) -> Result<O> {
        let lanes = u64::try_from(self.queues.len()).unwrap_or(1).max(1);
        let lane = usize::try_from(key % lanes).unwrap_or_default();
        let queue = self
            .queues
            .get(lane)
            .ok_or_else(|| Error::internal("there is no such lane"))?;
        let (reply, answer) = oneshot::channel();
        queue
            .try_send(Waiting { item, reply })
            .map_err(|refused| match refused {
                TrySendError::Full(_) => Error::problem(Code::Overloaded, "too many writes are waiting"),
                TrySendError::Disconnected(_) => Error::internal("the lane has stopped"),
            })?;
        answer.await.map_err(|_| Error::internal("the lane dropped a write"))?
    }
}

fn only<O>(outcomes: Vec<O>) -> Result<O> {
    outcomes
        .into_iter()
        .next()
        .ok_or_else(|| Error::internal("a lane gave no outcome"))
}

fn work<I, O>(db: &Db, items: &Receiver<Waiting<I, O>>, handler: Handler<I, O>)
where
    I: Send + Sync + Clone + 'static,
    O: Send + 'static,
{
    while let Ok(first) = items.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = items.try_recv()
        {
            group.push(next);
        }
        let (inputs, replies): (Vec<I>, Vec<_>) = group.into_iter().map(|w| (w.item, w.reply)).unzip();
        let inputs: Arc<[I]> = inputs.into();
        match together(db, &inputs, handler) {
            Ok(outcomes) => {
                for (reply, outcome) in replies.into_iter().zip(outcomes) {
                    let _gone = reply.send(Ok(outcome));
                }
            }
            Err(error) => {
                tracing::debug!(%error, items = inputs.len(), "a group failed; doing its items one by one");
                for (reply, input) in replies.into_iter().zip(inputs.iter()) {
                    let _gone = reply.send(alone(db, input, handler));
                }
            }
        }
    }
}

/// A group in one transaction, once.
fn together<I, O>(db: &Db, inputs: &Arc<[I]>, handler: Handler<I, O>) -> Result<Vec<O>>
where
    I: Send + Sync + 'static,
    O: Send + 'static,
{
    let inputs = Arc::clone(inputs);
    let group = move |conn: &mut Conn| {
        let outcomes = run(conn, &inputs, handler)?;
        if outcomes.len() == inputs.len() {
            Ok(outcomes)
        } else {
            Err(Error::internal("a lane gave the wrong number of outcomes"))
        }
    };
    match db.writing() {
        Writing::Pool => db.try_write_on_pool(&group),
        Writing::Thread => db.write_blocking(group),
    }
}

/// One item in a transaction of its own, again if it collides.
fn alone<I, O>(db: &Db, input: &I, handler: Handler<I, O>) -> Result<O>
where
    I: Send + Clone + 'static,
    O: Send + 'static,
{
    let input = input.clone();
    db.write_blocking(move |conn| only(run(conn, std::slice::from_ref(&input), handler)?))
}

fn run<I, O>(conn: &mut Conn, inputs: &[I], handler: Handler<I, O>) -> Result<Vec<O>> {
    catch_unwind(AssertUnwindSafe(|| handler(conn, inputs)))
        .unwrap_or_else(|_| Err(Error::internal("a write panicked")))
}
