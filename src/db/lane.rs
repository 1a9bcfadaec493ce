//! Lanes: a hot kind of write on PostgreSQL, done for many callers by multi-row statements in one transaction.
//!
//! Each lane is a thread with a connection. Items that arrive while one group commits share the
//! next. Items with the same key always take the same lane, so they never wait for each other's
//! locks. If a group fails it is rolled back and its items are done one by one. On SQLite a lane
//! is only a name: the writer thread groups already.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::conn::Conn;
use super::{Db, Writing};
use crate::error::{Code, Error, Result};

/// The most items in one group.
const GROUP: usize = 32;
/// How many lanes run side by side.
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
    db: Db,
    handler: Handler<I, O>,
    queues: Arc<[SyncSender<Waiting<I, O>>]>,
}

impl<I, O> Clone for Lane<I, O> {
    fn clone(&self) -> Self {
        Self {
            db: self.db.clone(),
            handler: self.handler,
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
        let mut queues = Vec::new();
        if matches!(db.writing(), Writing::Pool) {
            for n in 0..LANES {
                let (queue, items) = sync_channel(WAITING);
                let db = db.clone();
                std::thread::Builder::new()
                    .name(format!("db-lane-{n}"))
                    .spawn(move || work(&db, &items, handler))
                    .map_err(Error::internal)?;
                queues.push(queue);
            }
        }
        Ok(Self {
            db: db.clone(),
            handler,
            queues: queues.into(),
        })
    }

    /// Does one item, in a group with those that wait beside it. Items of equal `key` keep their order.
    ///
    /// # Errors
    /// What the handler answers for this item; [`Code::Overloaded`] when the lane is full.
    pub async fn submit(&self, key: u64, item: I) -> Result<O> {
        let lanes = u64::try_from(self.queues.len()).unwrap_or(1).max(1);
        let lane = usize::try_from(key % lanes).unwrap_or_default();
        let Some(queue) = self.queues.get(lane) else {
            let handler = self.handler;
            return self
                .db
                .write(move |conn| only(handler(conn, std::slice::from_ref(&item))?))
                .await;
        };
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

fn work<I: Clone, O>(db: &Db, items: &Receiver<Waiting<I, O>>, handler: Handler<I, O>) {
    while let Ok(first) = items.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = items.try_recv()
        {
            group.push(next);
        }
        let (inputs, replies): (Vec<I>, Vec<_>) = group.into_iter().map(|w| (w.item, w.reply)).unzip();
        match together(db, &inputs, handler) {
            Ok(outcomes) => {
                for (reply, outcome) in replies.into_iter().zip(outcomes) {
                    let _gone = reply.send(Ok(outcome));
                }
            }
            Err(error) => {
                tracing::debug!(%error, items = inputs.len(), "a group failed; doing its items one by one");
                for (reply, input) in replies.into_iter().zip(&inputs) {
                    let _gone =
                        reply.send(db.write_on_pool(&|conn| only(run(conn, std::slice::from_ref(input), handler)?)));
                }
            }
        }
    }
}

fn together<I, O>(db: &Db, inputs: &[I], handler: Handler<I, O>) -> Result<Vec<O>> {
    db.try_write_on_pool(&|conn| {
        let outcomes = run(conn, inputs, handler)?;
        if outcomes.len() == inputs.len() {
            Ok(outcomes)
        } else {
            Err(Error::internal("a lane gave the wrong number of outcomes"))
        }
    })
}

fn run<I, O>(conn: &mut Conn, inputs: &[I], handler: Handler<I, O>) -> Result<Vec<O>> {
    catch_unwind(AssertUnwindSafe(|| handler(conn, inputs)))
        .unwrap_or_else(|_| Err(Error::internal("a write panicked")))
}
