//! SQL of routing.

use diesel::prelude::*;

use super::rules::RoutingRule;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{complaint_routings, routing_state, routing_turns, routing_versions};
use crate::domain::audit::ObjectKind;
use crate::domain::versions::{Stand, Version};
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, RoutingTurnId};
use crate::{insert_rows, on_each};

crate::kept_in_versions! {
    /// The rules of routing.
    Routing of RoutingRule, ObjectKind::Routing, ["routing.written", "routing.activated", "routing.deactivated"],
    routing_versions, routing_turns with RoutingTurnId
}

/// Which version is in force.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = routing_state, treat_none_as_null = true, treat_none_as_default_value = false)]
struct StateRow {
    id: i32,
    active_version: Option<i32>,
    revision: i32,
    updated_at: Moment,
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

fn stand(conn: &mut Conn) -> Result<Option<Stand>> {
    let row: Option<StateRow> = routing_state::table
        .find(1)
        .select(StateRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(|row| Stand {
        active_version: row.active_version,
        revision: row.revision,
        updated_at: row.updated_at,
    }))
}

fn set_stand(conn: &mut Conn, read: Option<i32>, stand: &Stand, _turned: bool) -> Result<()> {
    const WHY: &str = "the rules changed meanwhile";
    let row = StateRow {
        id: 1,
        active_version: stand.active_version,
        revision: stand.revision,
        updated_at: stand.updated_at,
    };
    let Some(read) = read else {
        insert_rows!(conn, routing_state::table, std::slice::from_ref(&row)).map_err(|error| again(error, WHY))?;
        return Ok(());
    };
    let there = routing_state::table.find(1).filter(routing_state::revision.eq(read));
    match diesel::update(there).set(&row).execute(conn)? {
        1 => Ok(()),
        _ => Err(Error::Retry(WHY)),
    }
}

/// The version that is in force.
pub(super) fn active(conn: &mut Conn) -> Result<Option<Version<RoutingRule>>> {
    let found: Option<VersionRow> = routing_versions::table
        .inner_join(routing_state::table.on(routing_state::active_version.eq(routing_versions::version.nullable())))
        .filter(routing_state::id.eq(1))
        .select(VersionRow::as_select())
        .first(conn)
        .optional()?;
    Ok(found.map(Version::from))
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
