//! A text that is not made again for a few seconds.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;

use crate::clock::Moment;

/// How long it is good.
const GOOD: TimeDelta = TimeDelta::seconds(5);

/// A text and when it was made. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<Option<(Moment, String)>>>);

impl Kept {
    /// The text, if it is still good.
    pub fn fresh(&self, now: Moment) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, text) = kept.as_ref()?;
        (now >= *at && now - *at < GOOD).then(|| text.clone())
    }

    /// Keeps a text.
    pub fn keep(&self, now: Moment, text: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, text.to_owned()));
    }
}
