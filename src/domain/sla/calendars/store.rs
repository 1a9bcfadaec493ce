//! SQL of stored calendars.

use diesel::prelude::*;

use super::model::{CalendarRow, VersionRow};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{calendar_versions, calendars};
use crate::error::{Error, Result};
use crate::insert_rows;

/// Every calendar in its present version, by slug.
pub(super) fn list(conn: &mut Conn) -> Result<Vec<VersionRow>> {
    Ok(calendar_versions::table
        .inner_join(calendars::table)
        .filter(calendar_versions::version.eq(calendars::version))
        .order(calendar_versions::slug.asc())
        .select(VersionRow::as_select())
        .load(conn)?)
}

/// A calendar in its present version.
pub(super) fn present(conn: &mut Conn, slug: &str) -> Result<Option<VersionRow>> {
    Ok(calendar_versions::table
        .inner_join(calendars::table)
        .filter(calendars::slug.eq(slug.to_owned()))
        .filter(calendar_versions::version.eq(calendars::version))
        .select(VersionRow::as_select())
        .first(conn)
        .optional()?)
}

/// One version of a calendar.
pub(super) fn version(conn: &mut Conn, slug: &str, version: i32) -> Result<Option<VersionRow>> {
    Ok(calendar_versions::table
        .find((slug.to_owned(), version))
        .select(VersionRow::as_select())
        .first(conn)
        .optional()?)
}

/// Adds a calendar with its first version.
pub(super) fn insert(conn: &mut Conn, first: &VersionRow) -> Result<()> {
    let row = CalendarRow {
        slug: first.slug.clone(),
        version: first.version,
        created_at: first.created_at,
        updated_at: first.created_at,
    };
    insert_rows!(conn, calendars::table, std::slice::from_ref(&row)).map_err(|error| {
        let error = Error::from(error);
        match error.is_unique_violation() {
            true => Error::Retry("the calendar was made meanwhile"),
            false => error,
        }
    })?;
    insert_rows!(conn, calendar_versions::table, std::slice::from_ref(first))?;
    Ok(())
}

/// Adds the next version and makes it the present one; refuses when another was added since.
pub(super) fn add_version(conn: &mut Conn, next: &VersionRow) -> Result<()> {
    let changed = set_present(conn, &next.slug, next.version, next.created_at)?;
    if changed != 1 {
        return Err(Error::Retry("the calendar was changed meanwhile"));
    }
    insert_rows!(conn, calendar_versions::table, std::slice::from_ref(next))?;
    Ok(())
}

fn set_present(conn: &mut Conn, slug: &str, version: i32, at: Moment) -> Result<usize> {
    let before = calendars::table
        .find(slug.to_owned())
        .filter(calendars::version.eq(version - 1));
    Ok(diesel::update(before)
        .set((calendars::version.eq(version), calendars::updated_at.eq(at)))
        .execute(conn)?)
}
