//! A believable desk for trying Hark out: complaints in Chinese and English with the whole of
//! their histories, the same for the same seed.
//!
//! Nothing here decides what may be done with a complaint: every act is asked of the rules in
//! [`crate::domain::complaints::procedure`], as the real desk asks them.

mod acts;
mod calendar;
mod calls;
mod clocks;
mod corpus;
mod desk;
mod draw;
mod figures;
mod filled;
mod handling;
mod history;
mod intake;
mod load;
mod people;
mod phrases;
mod places;
mod plot;
mod promises;
mod staff;
mod standing;
mod story;
#[cfg(test)]
mod tests;

pub use self::filled::{Filled, Link};
pub use self::load::fill;

use crate::clock::Moment;

/// What to fill a desk with. The same plan brings the same rows, to the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many complaints.
    pub complaints: u64,
    /// Another seed, another desk.
    pub seed: u64,
    /// The present: the history ends here.
    pub now: Moment,
    /// How many days of history.
    pub days: i64,
    /// Whether a policy of deadlines is in force, so that complaints have clocks.
    pub clocks: bool,
}
