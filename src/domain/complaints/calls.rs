//! Calls in which somebody of us spoke with a customer: complaints logged by phone, and promised calls that reached them.

mod store;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::error::Result;
use crate::ids::{AttemptId, ComplaintId};
use crate::text_enum;

text_enum! {
    /// Which kind of call it was.
    CallKind {
        /// The customer rang, and the complaint was logged.
        Intake = "intake",
        /// A promised call that reached the customer.
        CallBack = "call_back",
    }
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which kind.
    pub kind: CallKind,
    /// The complaint.
    pub complaint: ComplaintId,
    /// The attempt, of a promised call.
    pub attempt: Option<AttemptId>,
    /// Who of us spoke.
    pub agent: String,
    /// When.
    pub at: Moment,
}

/// The calls of these people from one moment until before another; of complaints whose content is there. With
/// `recorded_only` those whose recording is noted, which only promised calls have.
///
/// # Errors
/// When the database refuses.
pub fn of(
    conn: &mut Conn,
    agents: &[String],
    (from, until): (Moment, Moment),
    recorded_only: bool,
) -> Result<Vec<Call>> {
    let mut calls = store::attempts(conn, agents, (from, until), recorded_only)?;
    if !recorded_only {
        calls.extend(store::intakes(conn, agents, (from, until))?);
    }
    Ok(calls)
}
