//! Many customers at once, as a bulk load brings them.

use diesel::prelude::*;

use super::model::{ContactPoint, Customer};
use crate::db::conn::Conn;
use crate::db::schema::{contact_points, customers};
use crate::error::Result;
use crate::load_rows;

/// Inserts customers nobody has yet, with their contact points.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, new: &[Customer], points: &[ContactPoint]) -> Result<()> {
    load_rows!(conn, customers::table, new)?;
    load_rows!(conn, contact_points::table, points)?;
    Ok(())
}
