//! Tells who listens in this process when a clock was written that has to be looked at before the sweep would come by
//! itself.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::TimeDelta;

use crate::clock::Moment;

/// Who listens. It is called in the middle of a transaction, so it does no more than pass the word on.
pub type Listener = dyn Fn() + Send + Sync;

static LISTENERS: Mutex<Vec<Weak<Listener>>> = Mutex::new(Vec::new());

/// What comes later than that is found by the timer.
const SOON: TimeDelta = TimeDelta::minutes(2);

/// Calls `listener` with every nudge, as long as somebody holds it.
pub fn listen(listener: &Arc<Listener>) {
    let mut listeners = LISTENERS.lock().unwrap_or_else(PoisonError::into_inner);
    listeners.push(Arc::downgrade(listener));
}

/// Tells that something has to be looked at by `at`.
pub fn nudge(now: Moment, at: Option<Moment>) {
    if at.is_some_and(|at| at <= now + SOON) {
        let mut listeners = LISTENERS.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| listener.upgrade().map(|listener| listener()).is_some());
    }
}
