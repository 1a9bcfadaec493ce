//! Transactions that collide with others are done again, after a pause that grows and is never the same twice: those
//! that met once do not meet again at the next try.

use std::time::Duration;

use crate::error::{Error, Result};

/// How often a transaction is tried.
const TRIES: u32 = 16;
/// The longest first pause, in milliseconds; each of the next is up to twice as long.
const FIRST: u64 = 10;
/// The longest pause, in milliseconds: all of them together take two seconds at most.
const LONGEST: u64 = 160;

/// What became of a try.
pub(super) enum Tried<T> {
    /// It went well.
    Done(T),
    /// It collided, and is to be tried again after a pause.
    Again(Duration),
}

/// The pauses between the tries of one transaction.
#[derive(Default)]
pub(super) struct Pauses {
    tried: u32,
}

impl Pauses {
    /// What to do after a try.
    ///
    /// # Errors
    /// What it answered; [`Error::Retry`] when it collided as often as it may.
    pub(super) fn after<T>(&mut self, done: Result<T>) -> Result<Tried<T>> {
        self.tried += 1;
        match done {
            Err(error) if error.is_retryable() && self.tried < TRIES => Ok(Tried::Again(self.pause())),
            Err(error @ Error::Database(_)) if error.is_retryable() => {
                Err(Error::Retry("the database saw a collision at every try"))
            }
            done => done.map(Tried::Done),
        }
    }

    fn pause(&self) -> Duration {
        let longest = FIRST
            .saturating_mul(1 << self.tried.min(8).saturating_sub(1))
            .min(LONGEST);
        Duration::from_millis(rand::random_range(1..=longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collision_is_tried_again_for_two_seconds_at_most_and_anything_else_is_not() {
        for _ in 0..100 {
            let (mut pauses, mut waited, mut tries) = (Pauses::default(), Duration::ZERO, 0);
            let last = loop {
                tries += 1;
                match pauses.after::<()>(Err(Error::Retry("meanwhile"))) {
                    Ok(Tried::Again(pause)) => waited += pause,
                    Ok(Tried::Done(())) => panic!("it never went well"),
                    Err(error) => break error,
                }
            };
            assert!(matches!(last, Error::Retry("meanwhile")));
            assert_eq!(tries, TRIES);
            assert!(waited <= Duration::from_secs(2), "{waited:?}");
        }
        let mut pauses = Pauses::default();
        assert!(pauses.after::<()>(Err(Error::internal("broken"))).is_err());
        assert!(matches!(Pauses::default().after(Ok(7)), Ok(Tried::Done(7))));
    }
}
