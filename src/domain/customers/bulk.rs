//! Many customers at once, as a bulk load brings them.

use diesel::prelude::*;

use super::model::{ContactPoint, Customer};
use crate::db::conn::Conn;
use crate::db::schema::{contact_points, customers};
use crate::error::Result;
use crate::ids::CustomerId;
use crate::load_rows;

/// Whether there is no customer yet.
///
/// # Errors
/// When the database refuses.
pub fn is_untouched(conn: &mut Conn) -> Result<bool> {
    let any: Option<CustomerId> = customers::table.select(customers::id).first(conn).optional()?;
    Ok(any.is_none())
}

/// Inserts customers nobody has yet, with their contact points.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, new: &[Customer], points: &[ContactPoint]) -> Result<()> {
    load_rows!(conn, customers::table, new)?;
    load_rows!(conn, contact_points::table, points)?;
    Ok(())
}
