//! Part of a transaction that is undone alone.

use diesel::Connection as _;

use super::conn::Conn;
use crate::error::{Error, Result};

/// Does `work` within the open transaction; when it fails, what it did is undone, and what was done before stays.
///
/// # Errors
/// What `work` answers.
pub fn within<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    conn.transaction(work)
}

/// Does `work` to see what comes of it, and undoes it all the same.
///
/// # Errors
/// What `work` answers.
pub fn tried<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    let mut seen = None;
    let undone: Result<()> = conn.transaction(|conn| {
        seen = Some(work(conn)?);
        Err(Error::Database(diesel::result::Error::RollbackTransaction))
    });
    match (seen, undone) {
        (Some(seen), _) => Ok(seen),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(Error::internal("a trial left nothing")),
    }
}
