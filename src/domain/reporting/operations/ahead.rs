//! What comes due in the next hours.

use chrono::TimeDelta;

use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::reporting::query::Ask;
use crate::domain::sla::policies::book;
use crate::domain::sla::policies::model::{MetricKind, Words};
use crate::error::Result;
use crate::ids::ComplaintId;

/// How far one looks ahead.
pub const HORIZON: TimeDelta = TimeDelta::hours(4);

/// A deadline that is ahead. Codes and handles only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// By when.
    pub due_at: Moment,
    /// What is to happen.
    pub kind: MetricKind,
    /// The slug of what of the policy.
    pub metric: String,
    /// What the policy calls it.
    pub name: Option<Words>,
    /// Whether it is a regulator's.
    pub regulatory: bool,
    /// Of which complaint.
    pub complaint_id: ComplaintId,
    /// What it is called.
    pub reference: String,
    /// Who handles it.
    pub owner: Option<String>,
    /// Its value of the property that was asked for; empty for everything together.
    pub value: String,
}

/// The deadlines of the next hours, the first of them first.
///
/// # Errors
/// When the database refuses.
pub fn ahead(conn: &mut Conn, ask: &Ask) -> Result<Vec<Ahead>> {
    let mut found = store::ahead(conn, ask, ask.now, ask.now + HORIZON)?;
    if let Some(book) = book::current(conn)? {
        for (ahead, policy, version) in &mut found {
            let body = book.policy(policy, *version);
            ahead.name = body.and_then(|body| Some(body.metric(&ahead.metric)?.name.clone()));
        }
    }
    Ok(found.into_iter().map(|(ahead, ..)| ahead).collect())
}
