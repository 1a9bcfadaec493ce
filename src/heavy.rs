//! Computing that takes long on purpose (password hashes): off the async threads, and only a few at a
//! time, so that a flood of sign-ins takes neither all the memory nor all the processors.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::error::{Code, Error, Result};

/// The most computations at a time; each takes 19 MiB.
const AT_ONCE: usize = 4;
/// The most that may wait for their turn. More are turned away.
const WAITING: usize = 64;

/// A few places for heavy work. Clones share them.
#[derive(Clone)]
pub struct Heavy {
    places: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Default for Heavy {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let places = processors.div_ceil(2).min(AT_ONCE);
        Self {
            places: Arc::new(Semaphore::new(places)),
            admitted: Arc::new(Semaphore::new(places + WAITING)),
        }
    }
}

impl Heavy {
    /// Does the work when there is a place for it.
    ///
    /// # Errors
    /// What `work` answers; `service.overloaded` when too many wait.
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| Error::problem(Code::Overloaded, "too many sign-ins are waiting"))?;
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            // They go along: a caller that gives up does not make room for another while this still runs.
            let _held = (admitted, place);
            work()
        })
        .await
        .map_err(|e| Error::internal(format!("heavy work panicked: {e}")))?
    }
}
