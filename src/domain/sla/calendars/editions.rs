//! Calendars as clocks count by them.

use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::sla::calendar::Calendar;
use crate::domain::staff::Act;
use crate::error::{Code, Result};

/// A version of a calendar, to reckon with.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Of which calendar.
    pub slug: String,
    /// Which version.
    pub version: i32,
    /// When it was written.
    pub created_at: Moment,
    /// When the desk is open.
    pub calendar: Calendar,
}

/// Every version of every calendar that is kept, in the order in which they were written.
///
/// # Errors
/// When the database refuses.
pub fn editions(conn: &mut Conn) -> Result<Vec<Edition>> {
    let rows = store::versions(conn)?;
    rows.into_iter()
        .map(|row| {
            Ok(Edition {
                calendar: row.calendar()?,
                slug: row.slug,
                version: row.version,
                created_at: row.created_at,
            })
        })
        .collect()
}

/// The present version of a calendar, kept or not; `None` when there is no such calendar.
///
/// # Errors
/// When the database refuses.
pub fn present(conn: &mut Conn, act: &Act, slug: &str) -> Result<Option<(i32, Calendar)>> {
    match super::load(conn, act, slug) {
        Ok(row) => Ok(Some((row.version, row.calendar()?))),
        Err(error) if error.code() == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
