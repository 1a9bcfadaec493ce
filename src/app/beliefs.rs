//! What was found good is believed for a few seconds without asking the database again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::Cache;

use crate::clock::Moment;

/// Things that were found good, by the hash of the secret that they were shown with. Clones share everything.
#[derive(Clone)]
pub(super) struct Beliefs<T> {
    found: Arc<Cache<Vec<u8>, (T, Moment)>>,
    doubts: Arc<AtomicU64>,
}

/// When something began to be looked up.
pub(super) struct Since(u64);

impl<T: Clone> Beliefs<T> {
    pub(super) fn of_at_most(entries: usize) -> Self {
        Self {
            found: Arc::new(Cache::new(entries)),
            doubts: Arc::default(),
        }
    }

    /// What is believed under this hash now.
    pub(super) fn get(&self, hash: &Vec<u8>, now: Moment) -> Option<T> {
        self.found
            .get(hash)
            .filter(|(_, until)| *until > now)
            .map(|(found, _)| found)
    }

    /// To be asked before the database is: what it says may be old by the time it is believed.
    pub(super) fn since(&self) -> Since {
        Since(self.doubts.load(Ordering::Acquire))
    }

    /// Believes something until then, unless it was doubted after it began to be looked up.
    pub(super) fn believe(&self, since: &Since, hash: Vec<u8>, found: T, until: Moment) {
        if self.doubts.load(Ordering::Acquire) != since.0 {
            return;
        }
        self.found.insert(hash.clone(), (found, until));
        if self.doubts.load(Ordering::Acquire) != since.0 {
            self.found.remove(&hash);
        }
    }

    /// Forgets everything.
    pub(super) fn doubt(&self) {
        self.doubts.fetch_add(1, Ordering::AcqRel);
        self.found.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_up_before_a_doubt_is_not_believed_after_it() {
        let beliefs = Beliefs::of_at_most(10);
        let (key, now) = (vec![1], Moment::EPOCH);
        let later = now + chrono::TimeDelta::seconds(10);
        let since = beliefs.since();
        beliefs.doubt();
        beliefs.believe(&since, key.clone(), "old", later);
        assert_eq!(beliefs.get(&key, now), None);
        beliefs.believe(&beliefs.since(), key.clone(), "new", later);
        assert_eq!(beliefs.get(&key, now), Some("new"));
        assert_eq!(beliefs.get(&key, later), None);
        beliefs.doubt();
        assert_eq!(beliefs.get(&key, now), None);
    }
}
