//! Computing that takes long on purpose (password hashes): off the async threads, and only a few at a
//! time, so that a flood of sign-ins takes neither all the memory nor all the processors.
//!
//! It has threads of its own. An allocator keeps what a thread has freed for the next block of that thread; on the
//! runtime's threads, each of which would compute a hash once in a while, that was a gigabyte for good.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::error::{Code, Error, Result};

/// The most computations at a time; each takes 19 MiB.
const AT_ONCE: usize = 4;
/// The most that may wait for their turn. More are turned away.
const WAITING: usize = 64;

type Work = Box<dyn FnOnce() + Send>;

/// A few places for heavy work. Clones share them.
#[derive(Clone)]
pub struct Heavy {
    queue: SyncSender<Work>,
}

impl Heavy {
    /// Starts a thread for every second processor, four at most. They end with the last clone.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start() -> Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let (queue, works) = sync_channel(WAITING);
        let works = Arc::new(Mutex::new(works));
        for n in 0..processors.div_ceil(2).min(AT_ONCE) {
            let works = Arc::clone(&works);
            std::thread::Builder::new()
                .name(format!("heavy-{n}"))
                .spawn(move || work(&works))
                .map_err(Error::internal)?;
        }
        Ok(Self { queue })
    }

    /// Does the work when there is a place for it. It is done to the end even when nobody waits for it any more.
    ///
    /// # Errors
    /// What `work` answers; `service.overloaded` when too many wait.
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = move || {
            let _gone = reply.send(work());
        };
        self.queue.try_send(Box::new(work)).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::problem(Code::Overloaded, "too many sign-ins are waiting"),
            TrySendError::Disconnected(_) => Error::internal("the threads for heavy work have stopped"),
        })?;
        answer.await.map_err(|_| Error::internal("heavy work panicked"))?
    }
}

/// Does what comes, until nobody can send any more.
fn work(works: &Mutex<Receiver<Work>>) {
    while let Some(work) = next(works) {
        // A panic ends the work, not the thread; who waits is told by the reply that is dropped.
        let _panicked = catch_unwind(AssertUnwindSafe(work));
    }
}

fn next(works: &Mutex<Receiver<Work>>) -> Option<Work> {
    works.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_told_and_the_place_stays() {
        let heavy = Heavy::start().unwrap();
        for _ in 0..AT_ONCE + 1 {
            let nothing = std::hint::black_box(None::<Result<()>>);
            assert!(heavy.run(move || nothing.unwrap()).await.is_err());
        }
        assert_eq!(heavy.run(|| Ok(7)).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_still_done_and_too_many_are_turned_away() {
        let heavy = Heavy::start().unwrap();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let (done, finished) = std::sync::mpsc::channel();
        let mut waiting = Vec::new();
        let refused = loop {
            let (wait, done) = (Arc::clone(&wait), done.clone());
            let mut run = Box::pin(heavy.run(move || {
                let _told = wait.lock().unwrap().recv();
                done.send(()).map_err(Error::internal)
            }));
            match futures_util::poll!(&mut run) {
                std::task::Poll::Ready(refused) => break refused,
                std::task::Poll::Pending => waiting.push(run),
            }
        };
        assert_eq!(refused.unwrap_err().code(), Code::Overloaded);
        let accepted = waiting.len();
        assert!((WAITING..=WAITING + AT_ONCE).contains(&accepted), "{accepted}");
        drop((waiting, done, go));
        assert_eq!(finished.iter().take(accepted).count(), accepted);
    }
}
