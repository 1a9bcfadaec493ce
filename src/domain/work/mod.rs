//! Work: what is open, how urgent it is, and who gets what next.
//!
//! Every open complaint has a row in the queue, which follows every change in its transaction (`follow`, from the pure
//! rules in `rank`). Who asks for work gets the most urgent piece that they may have (`take`); nobody gets a piece that
//! somebody else has, or is just being given.

pub mod absences;
pub mod bulk;
pub mod follow;
pub mod item;
pub mod least_loaded;
mod limits;
pub mod load;
pub mod mend;
pub mod mine;
pub mod profiles;
pub mod queue;
pub mod rank;
pub mod routing;
pub mod row;
pub mod skills;
mod store;
pub mod take;

use crate::db::conn::Conn;
use crate::error::Result;
use crate::ids::ComplaintId;

/// Open complaints, in the order of their ids: the next ones after a place.
///
/// # Errors
/// When the database refuses.
pub fn open_after(conn: &mut Conn, after: Option<ComplaintId>, limit: i64) -> Result<Vec<ComplaintId>> {
    store::open_after(conn, after, limit)
}
