//! SQL of canned texts.

use diesel::prelude::*;

use super::Wording;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::canned_texts;
use crate::db::types::Json;
use crate::error::{Error, Result};
use crate::insert_rows;

/// A canned text.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = canned_texts, primary_key(slug))]
pub(super) struct TextRow {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) wordings: Json<Vec<Wording>>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
    pub(super) updated_by: String,
    pub(super) version: i32,
}

pub(super) fn find(conn: &mut Conn, slug: &str) -> Result<Option<TextRow>> {
    Ok(canned_texts::table
        .find(slug.to_owned())
        .select(TextRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn all(conn: &mut Conn) -> Result<Vec<TextRow>> {
    Ok(canned_texts::table
        .order(canned_texts::slug.asc())
        .select(TextRow::as_select())
        .load(conn)?)
}

pub(super) fn count(conn: &mut Conn) -> Result<i64> {
    Ok(canned_texts::table.count().get_result(conn)?)
}

pub(super) fn insert(conn: &mut Conn, row: &TextRow) -> Result<()> {
    let done = insert_rows!(conn, canned_texts::table, std::slice::from_ref(row));
    done.map_err(Error::from)
        .map_err(|error| match error.is_unique_violation() {
            true => Error::Retry("the text was written meanwhile"),
            false => error,
        })?;
    Ok(())
}

/// Writes the changed text; refuses when somebody else changed it since it was read.
pub(super) fn update(conn: &mut Conn, before: i32, row: &TextRow) -> Result<()> {
    let there = canned_texts::table
        .find(row.slug.clone())
        .filter(canned_texts::version.eq(before));
    match diesel::update(there).set(row).execute(conn)? {
        1 => Ok(()),
        _ => Err(Error::Retry("the text changed meanwhile")),
    }
}

pub(super) fn delete(conn: &mut Conn, slug: &str) -> Result<()> {
    diesel::delete(canned_texts::table.find(slug.to_owned())).execute(conn)?;
    Ok(())
}
