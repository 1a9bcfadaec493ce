//! Tells those who wait for it that this process has written something.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How often this process has written.
#[derive(Debug, Default)]
pub struct Commits {
    count: Mutex<u64>,
    told: Condvar,
}

impl Commits {
    /// How often so far.
    pub fn count(&self) -> u64 {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something was written.
    pub(super) fn tell(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.told.notify_all();
    }

    /// Waits until something has been written after the first `seen` times, but no longer than `most`; gives how often
    /// it is now.
    pub fn wait_past(&self, seen: u64, most: Duration) -> u64 {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.told.wait_timeout_while(count, most, |count| *count == seen);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
