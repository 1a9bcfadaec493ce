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

use std::collections::BTreeSet;

use crate::db::conn::Conn;
use crate::error::Result;
use crate::ids::ComplaintId;

pub use follow::{Begun, begin, changed, write_begun};
pub use nudge::{Listener, listen, nudge};

/// Which of these complaints a regulator's clock runs for, or ran.
///
/// # Errors
/// When the database refuses.
pub fn regulated(conn: &mut Conn, ids: &[ComplaintId]) -> Result<BTreeSet<ComplaintId>> {
    let rows = store::of_complaints(conn, ids)?;
    let regulated = rows.into_iter().filter(|row| row.regulatory);
    Ok(regulated.map(|row| row.complaint_id).collect())
}
