//! SQL of routing.

use diesel::prelude::*;

use super::rules::RoutingRule;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{complaint_routings, routing_state, routing_turns, routing_versions};
use crate::db::types::Json;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, RoutingTurnId};
use crate::{insert_rows, on_each};

/// A version of the rules.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = routing_versions, treat_none_as_default_value = false)]
pub(super) struct VersionRow {
    pub(super) version: i32,
    pub(super) rules: Json<Vec<RoutingRule>>,
    pub(super) created_at: Moment,
    pub(super) created_by: String,
}

/// Which version is in force.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = routing_state, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct StateRow {
    pub(super) id: i32,
    pub(super) active_version: Option<i32>,
    pub(super) revision: i32,
    pub(super) updated_at: Moment,
}

/// That a version came into force, or none is any more.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = routing_turns, treat_none_as_default_value = false)]
pub(super) struct TurnRow {
    pub(super) id: RoutingTurnId,
    pub(super) version: Option<i32>,
    pub(super) turned_at: Moment,
    pub(super) turned_by: String,
}

/// What the rules said of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = complaint_routings, treat_none_as_null = true, treat_none_as_default_value = false, primary_key(complaint_id))]
pub(super) struct RoutedRow {
    pub(super) complaint_id: ComplaintId,
    pub(super) version: i32,
    pub(super) rule: String,
    pub(super) needs: String,
    pub(super) within_minutes: Option<i32>,
    pub(super) routed_at: Moment,
}

/// Somebody else was there at the same moment: done again, it meets what is there now.
fn again(error: diesel::result::Error) -> Error {
    let error = Error::from(error);
    if error.is_unique_violation() {
        Error::Retry("the rules were written meanwhile")
    } else {
        error
    }
}

pub(super) fn state(conn: &mut Conn) -> Result<Option<StateRow>> {
    Ok(routing_state::table
        .find(1)
        .select(StateRow::as_select())
        .first(conn)
        .optional()?)
}

/// Writes where the rules stand; refuses when somebody else has since it was read at `revision`.
pub(super) fn set_state(conn: &mut Conn, revision: Option<i32>, row: &StateRow) -> Result<()> {
    let Some(revision) = revision else {
        insert_rows!(conn, routing_state::table, std::slice::from_ref(row)).map_err(again)?;
        return Ok(());
    };
    let there = routing_state::table
        .find(row.id)
        .filter(routing_state::revision.eq(revision));
    if diesel::update(there).set(row).execute(conn)? == 1 {
        Ok(())
    } else {
        Err(Error::Retry("the rules changed meanwhile"))
    }
}

pub(super) fn last_version(conn: &mut Conn) -> Result<Option<VersionRow>> {
    Ok(routing_versions::table
        .order(routing_versions::version.desc())
        .select(VersionRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn version(conn: &mut Conn, version: i32) -> Result<Option<VersionRow>> {
    Ok(routing_versions::table
        .find(version)
        .select(VersionRow::as_select())
        .first(conn)
        .optional()?)
}

/// The version that is in force.
pub(super) fn active(conn: &mut Conn) -> Result<Option<VersionRow>> {
    Ok(routing_versions::table
        .inner_join(routing_state::table.on(routing_state::active_version.eq(routing_versions::version.nullable())))
        .filter(routing_state::id.eq(1))
        .select(VersionRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn insert_version(conn: &mut Conn, row: &VersionRow) -> Result<()> {
    insert_rows!(conn, routing_versions::table, std::slice::from_ref(row)).map_err(again)?;
    Ok(())
}

pub(super) fn insert_turn(conn: &mut Conn, row: &TurnRow) -> Result<()> {
    insert_rows!(conn, routing_turns::table, std::slice::from_ref(row))?;
    Ok(())
}

/// The last turns, the newest first.
pub(super) fn turns(conn: &mut Conn, limit: i64) -> Result<Vec<TurnRow>> {
    Ok(routing_turns::table
        .order((routing_turns::turned_at.desc(), routing_turns::id.desc()))
        .limit(limit)
        .select(TurnRow::as_select())
        .load(conn)?)
}

pub(super) fn insert_routed(conn: &mut Conn, rows: &[RoutedRow]) -> Result<()> {
    insert_rows!(conn, complaint_routings::table, rows)?;
    Ok(())
}

pub(super) fn put_routed(conn: &mut Conn, row: &RoutedRow) -> Result<()> {
    on_each!(conn, c => diesel::insert_into(complaint_routings::table)
        .values(row)
        .on_conflict(complaint_routings::complaint_id)
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}

pub(super) fn routed(conn: &mut Conn, id: ComplaintId) -> Result<Option<RoutedRow>> {
    Ok(complaint_routings::table
        .find(id)
        .select(RoutedRow::as_select())
        .first(conn)
        .optional()?)
}
