//! SQL of saved views.

use diesel::prelude::*;

use super::ViewColumn;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::saved_views;
use crate::db::types::Json;
use crate::domain::complaints::list_filter::ListFilter;
use crate::error::{Error, Result};
use crate::ids::{TeamId, ViewId};
use crate::insert_rows;

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = saved_views, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct ViewRow {
    pub(super) id: ViewId,
    pub(super) title: String,
    pub(super) owner: String,
    pub(super) team_id: Option<TeamId>,
    pub(super) filter: Json<ListFilter>,
    pub(super) shown: Json<Vec<ViewColumn>>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
    pub(super) updated_by: String,
    pub(super) version: i32,
}

pub(super) fn find(conn: &mut Conn, id: ViewId) -> Result<Option<ViewRow>> {
    Ok(saved_views::table
        .find(id)
        .select(ViewRow::as_select())
        .first(conn)
        .optional()?)
}

/// The private ones of somebody.
pub(super) fn of_owner(conn: &mut Conn, owner: &str) -> Result<Vec<ViewRow>> {
    Ok(saved_views::table
        .filter(saved_views::owner.eq(owner.to_owned()))
        .filter(saved_views::team_id.is_null())
        .order(saved_views::id.asc())
        .select(ViewRow::as_select())
        .load(conn)?)
}

/// Those of teams.
pub(super) fn of_teams(conn: &mut Conn, teams: &[TeamId]) -> Result<Vec<ViewRow>> {
    let teams: Vec<Option<TeamId>> = teams.iter().copied().map(Some).collect();
    Ok(saved_views::table
        .filter(saved_views::team_id.eq_any(teams))
        .order(saved_views::id.asc())
        .select(ViewRow::as_select())
        .load(conn)?)
}

pub(super) fn insert(conn: &mut Conn, row: &ViewRow) -> Result<()> {
    insert_rows!(conn, saved_views::table, std::slice::from_ref(row))?;
    Ok(())
}

/// Writes the changed view; refuses when somebody else changed it since it was read.
pub(super) fn update(conn: &mut Conn, before: i32, row: &ViewRow) -> Result<()> {
    let there = saved_views::table.find(row.id).filter(saved_views::version.eq(before));
    match diesel::update(there).set(row).execute(conn)? {
        1 => Ok(()),
        _ => Err(Error::Retry("the view changed meanwhile")),
    }
}

pub(super) fn delete(conn: &mut Conn, id: ViewId) -> Result<()> {
    diesel::delete(saved_views::table.find(id)).execute(conn)?;
    Ok(())
}
