//! Clocks: by when what must have happened to a complaint, whether it did, and why then.
//!
//! The clocks of a complaint follow from its history and the book of policies alone (`walk`, pure). After every change
//! they are followed anew and what differs is written (`follow`); a clock that has ended is never written again. The
//! sweep (`watch`) looks at what comes due while nothing changes.

pub mod bulk;
pub mod export;
mod follow;
mod nudge;
pub mod outlook;
mod pauses;
pub mod row;
pub mod signals;
mod store;
pub mod view;
pub mod walk;
pub mod watch;

pub use follow::{Begun, begin, changed, write_begun};
pub use nudge::{Listener, listen};
