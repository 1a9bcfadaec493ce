//! The database: one door for reads, one for writes, whichever database stands behind it.

mod collisions;
pub mod commits;
pub mod conn;
pub mod dialect;
mod group_writer;
pub mod holds;
pub mod lane;
pub mod migrate;
pub mod nested;
pub mod schema;
pub mod settled;
pub mod sums;
pub mod types;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use diesel::r2d2::{Pool, PooledConnection};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tracing::{Instrument as _, Span};

use self::collisions::{Pauses, Tried};
use self::commits::Commits;
use self::conn::{Conn, Connector, Target};
use self::group_writer::GroupWriter;
use crate::error::{Code, Error, Result};

/// How long a caller waits for a connection before it is told to come back later.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most operations that may wait for a connection of the pool.
const WAITING: usize = 2048;

/// Where writes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// Through the pool, each in its own transaction (PostgreSQL).
    Pool,
    /// Through the one writer thread (SQLite).
    Thread,
}

/// The database. Clones share the same pool.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool<Connector>,
    writer: Option<GroupWriter>,
    /// How many may wait.
    admitted: Arc<Semaphore>,
    commits: Commits,
    /// How many may work: as many as there are connections, so that no thread is kept just for waiting for one.
    room: Arc<Semaphore>,
    /// Whose threads the work is done on; the caller's own when nobody said.
    runtime: OnceLock<Handle>,
    target: Target,
}

impl Db {
    /// Opens the database. `connections` is the size of the pool.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn open(target: &Target, connections: u32) -> Result<Self> {
        let writer = match target {
            Target::Pg(_) => None,
            Target::Sqlite(_) => Some(GroupWriter::start(target.clone())?),
        };
        let connector = Connector {
            target: target.clone(),
            read_only: writer.is_some(),
        };
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
            .build(connector)
            .map_err(|e| Error::internal(format!("cannot reach the database ({target:?}): {e}")))?;
        let admitted = Arc::new(Semaphore::new(WAITING));
        let room = Arc::new(Semaphore::new(usize::try_from(connections).unwrap_or(1)));
        Ok(Self {
            inner: Arc::new(Inner {
                pool,
                writer,
                admitted,
                commits: Commits::default(),
                room,
                runtime: OnceLock::new(),
                target: target.clone(),
            }),
        })
    }

    /// From now on all work is done on the threads of the runtime that calls this. Each worker of the HTTP server is a
    /// runtime of its own, and would keep as many threads as there are connections; every thread that ever held a row
    /// keeps memory.
    pub fn share_threads(&self) {
        let _was_set = self.inner.runtime.set(Handle::current());
    }

    /// Where writes go.
    pub fn writing(&self) -> Writing {
        if self.inner.writer.is_some() {
            Writing::Thread
        } else {
            Writing::Pool
        }
    }

    /// How often this process has written.
    pub fn commits(&self) -> &Commits {
        &self.inner.commits
    }

    /// Which database this is.
    pub fn target(&self) -> &Target {
        &self.inner.target
    }

    /// Runs `work` on a connection, off the async threads.
    ///
    /// # Errors
    /// What `work` answers; [`Code::Overloaded`] when too many wait.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        let reading = self.off_thread(move || work(&mut *db.checked_out()?));
        reading.instrument(within_request("database read")).await
    }

    /// Runs `work` in one transaction and answers after its commit. `work` may be run more than
    /// once, so it must be repeatable.
    ///
    /// # Errors
    /// What `work` answers (nothing is changed then); [`Code::Overloaded`] when too many wait.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
    {
        let writing = async {
            match &self.inner.writer {
                Some(writer) => {
                    let done = writer.submit(work)?.await;
                    self.written(done.map_err(|_| Error::internal("the database writer dropped a write"))?)
                }
                None => self.write_off_thread(work).await,
            }
        };
        writing.instrument(within_request("database write")).await
    }

    /// [`Db::read`] for callers that may block (command line, threads).
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_blocking<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        work(&mut *self.checked_out()?)
    }

    /// [`Db::write`] for callers that may block (command line, threads).
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
    {
        match &self.inner.writer {
            Some(writer) => {
                let done = writer.submit(work)?.blocking_recv();
                self.written(done.map_err(|_| Error::internal("the database writer dropped a write"))?)
            }
            None => self.write_on_pool(&work),
        }
    }

    async fn off_thread<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let permit = Arc::clone(&self.inner.admitted)
            .try_acquire_owned()
            .map_err(|_| Error::problem(Code::Overloaded, "too many operations are waiting"))?;
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.inner.room).acquire_owned())
            .await
            .map_err(|_| Error::problem(Code::Overloaded, "no database connection to be had"))?
            .map_err(|e| Error::internal(e.to_string()))?;
        // The span goes along, so that what is logged in there carries the id of the request.
        let span = tracing::Span::current();
        let runtime = self.inner.runtime.get().cloned().unwrap_or_else(Handle::current);
        let working = runtime.spawn_blocking(move || {
            let _held = (permit, place);
            span.in_scope(work)
        });
        working
            .await
            .map_err(|e| Error::internal(format!("a database operation panicked: {e}")))?
    }

    fn checked_out(&self) -> Result<PooledConnection<Connector>> {
        self.inner.pool.get().map_err(|error| {
            tracing::warn!(%error, "no database connection to be had");
            Error::problem(Code::Overloaded, "no database connection to be had")
        })
    }

    /// One transaction on the pool, again if it collides. Between two tries it holds neither thread nor connection.
    async fn write_off_thread<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (mut pauses, mut work) = (Pauses::default(), work);
        loop {
            let db = self.clone();
            let trying = self.off_thread(move || {
                let done = db.try_write_on_pool(&work);
                Ok((work, done))
            });
            let (again, done) = trying.await?;
            match pauses.after(done)? {
                Tried::Done(answer) => return Ok(answer),
                Tried::Again(pause) => tokio::time::sleep(pause).await,
            }
            work = again;
        }
    }

    /// As [`Db::write_off_thread`], on this thread.
    fn write_on_pool<T>(&self, work: &dyn Fn(&mut Conn) -> Result<T>) -> Result<T> {
        let mut pauses = Pauses::default();
        loop {
            match pauses.after(self.try_write_on_pool(work))? {
                Tried::Done(answer) => return Ok(answer),
                Tried::Again(pause) => std::thread::sleep(pause),
            }
        }
    }

    /// One transaction on the pool, once.
    fn try_write_on_pool<T>(&self, work: &dyn Fn(&mut Conn) -> Result<T>) -> Result<T> {
        let done = diesel::Connection::transaction(&mut *self.checked_out()?, |conn| work(conn));
        self.written(done)
    }

    /// Tells those who wait for it that something was written, if it was.
    fn written<T>(&self, done: Result<T>) -> Result<T> {
        if done.is_ok() {
            self.inner.commits.tell();
        }
        done
    }
}

/// A span for traces, within that of a request; log lines do not show it. None for what nobody asked for.
fn within_request(name: &'static str) -> Span {
    if Span::current().is_none() {
        return Span::none();
    }
    tracing::info_span!(target: "hark::traced", "database", otel.name = name)
}
