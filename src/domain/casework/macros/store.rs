//! SQL of macros.

use diesel::prelude::*;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::macros;
use crate::db::types::Json;
use crate::domain::complaints::actions::Action;
use crate::error::{Error, Result};
use crate::insert_rows;

/// A macro.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = macros, primary_key(slug))]
pub(super) struct MacroRow {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) actions: Json<Vec<Action>>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
    pub(super) updated_by: String,
    pub(super) version: i32,
}

pub(super) fn find(conn: &mut Conn, slug: &str) -> Result<Option<MacroRow>> {
    Ok(macros::table
        .find(slug.to_owned())
        .select(MacroRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn all(conn: &mut Conn) -> Result<Vec<MacroRow>> {
    Ok(macros::table
        .order(macros::slug.asc())
        .select(MacroRow::as_select())
        .load(conn)?)
}

pub(super) fn insert(conn: &mut Conn, row: &MacroRow) -> Result<()> {
    let done = insert_rows!(conn, macros::table, std::slice::from_ref(row));
    done.map_err(Error::from)
        .map_err(|error| match error.is_unique_violation() {
            true => Error::Retry("the macro was written meanwhile"),
            false => error,
        })?;
    Ok(())
}

/// Writes the changed macro; refuses when somebody else changed it since it was read.
pub(super) fn update(conn: &mut Conn, before: i32, row: &MacroRow) -> Result<()> {
    let there = macros::table.find(row.slug.clone()).filter(macros::version.eq(before));
    match diesel::update(there).set(row).execute(conn)? {
        1 => Ok(()),
        _ => Err(Error::Retry("the macro changed meanwhile")),
    }
}

pub(super) fn delete(conn: &mut Conn, slug: &str) -> Result<()> {
    diesel::delete(macros::table.find(slug.to_owned())).execute(conn)?;
    Ok(())
}
