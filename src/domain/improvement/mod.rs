//! What is done about root causes: corrective actions with an owner and a day by which they are due, the complaints
//! they are about, and whether they helped.

pub mod actions;
mod checks;
pub mod effect;
pub mod links;
pub mod model;
mod store;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::policy::Policy;
use crate::domain::reporting::frame;
use crate::error::Result;

/// How many corrective actions stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Neither done nor dropped, and not overdue.
    pub open: i64,
    /// Neither done nor dropped, and past the day by which they were due.
    pub overdue: i64,
    /// Done; nobody has looked yet whether they helped.
    pub done: i64,
}

/// How many corrective actions stand where, for those who watch the desk.
///
/// # Errors
/// When the database refuses.
pub fn standing(conn: &mut Conn, policy: &Policy, now: Moment) -> Result<Standing> {
    let today = frame::day_of(now.with_timezone(&frame::zone(policy)).date_naive());
    let (open, overdue) = store::count_open(conn, today)?;
    let done = store::count_done(conn)?;
    Ok(Standing {
        open: open - overdue,
        overdue,
        done,
    })
}
