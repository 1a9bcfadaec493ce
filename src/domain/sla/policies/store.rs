//! SQL of policies.

use diesel::prelude::*;
use uuid::Uuid;

use super::model::PolicyBody;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{sla_policies, sla_policy_turns, sla_policy_versions, sla_stamp};
use crate::db::types::Json;
use crate::error::{Error, Result};
use crate::ids::{AnyId, PolicyTurnId};
use crate::{insert_rows, on_each};

/// A policy: which is its last version, and which is in force.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sla_policies, treat_none_as_null = true, treat_none_as_default_value = false, primary_key(slug))]
pub(super) struct PolicyRow {
    pub(super) slug: String,
    pub(super) version: i32,
    pub(super) active_version: Option<i32>,
    pub(super) revision: i32,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
}

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sla_policy_versions, treat_none_as_default_value = false)]
pub(super) struct VersionRow {
    pub(super) slug: String,
    pub(super) version: i32,
    pub(super) body: Json<PolicyBody>,
    pub(super) created_at: Moment,
    pub(super) created_by: String,
}

/// That a policy came into force, or out of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sla_policy_turns, treat_none_as_default_value = false)]
pub(super) struct TurnRow {
    pub(super) id: PolicyTurnId,
    pub(super) slug: String,
    pub(super) version: Option<i32>,
    pub(super) turned_at: Moment,
    pub(super) turned_by: String,
}

/// No stored text holds a NUL, and PostgreSQL takes none.
fn clean(slug: &str) -> String {
    slug.replace('\0', " ")
}

pub(super) fn find(conn: &mut Conn, slug: &str) -> Result<Option<PolicyRow>> {
    Ok(sla_policies::table
        .find(clean(slug))
        .select(PolicyRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn list(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<PolicyRow>> {
    let mut query = sla_policies::table
        .order(sla_policies::slug.asc())
        .limit(limit)
        .select(PolicyRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(sla_policies::slug.gt(clean(after)));
    }
    Ok(query.load(conn)?)
}

pub(super) fn insert(conn: &mut Conn, row: &PolicyRow) -> Result<()> {
    insert_rows!(conn, sla_policies::table, std::slice::from_ref(row)).map_err(again)?;
    Ok(())
}

pub(super) fn insert_version(conn: &mut Conn, row: &VersionRow) -> Result<()> {
    insert_rows!(conn, sla_policy_versions::table, std::slice::from_ref(row)).map_err(again)?;
    Ok(())
}

/// Somebody else was there at the same moment: done again, it meets what is there now.
fn again(error: diesel::result::Error) -> Error {
    let error = Error::from(error);
    if error.is_unique_violation() {
        Error::Retry("the policy was written meanwhile")
    } else {
        error
    }
}

/// Writes the changed policy; refuses when somebody else changed it since it was read.
pub(super) fn update(conn: &mut Conn, revision: i32, row: &PolicyRow) -> Result<()> {
    let there = sla_policies::table
        .find(row.slug.clone())
        .filter(sla_policies::revision.eq(revision));
    if diesel::update(there).set(row).execute(conn)? == 1 {
        Ok(())
    } else {
        Err(Error::Retry("the policy changed meanwhile"))
    }
}

pub(super) fn version(conn: &mut Conn, slug: &str, version: i32) -> Result<Option<VersionRow>> {
    Ok(sla_policy_versions::table
        .find((clean(slug), version))
        .select(VersionRow::as_select())
        .first(conn)
        .optional()?)
}

/// Versions by their slugs and numbers, in any order.
pub(super) fn versions(conn: &mut Conn, wanted: &[(String, i32)]) -> Result<Vec<VersionRow>> {
    let slugs: Vec<String> = wanted.iter().map(|(slug, _)| slug.clone()).collect();
    let mut rows: Vec<VersionRow> = sla_policy_versions::table
        .filter(sla_policy_versions::slug.eq_any(slugs))
        .select(VersionRow::as_select())
        .load(conn)?;
    rows.retain(|row| wanted.contains(&(row.slug.clone(), row.version)));
    Ok(rows)
}

pub(super) fn insert_turn(conn: &mut Conn, row: &TurnRow) -> Result<()> {
    insert_rows!(conn, sla_policy_turns::table, std::slice::from_ref(row))?;
    Ok(())
}

/// Every turn of every policy, in the order of time.
pub(super) fn turns(conn: &mut Conn) -> Result<Vec<TurnRow>> {
    Ok(sla_policy_turns::table
        .order((sla_policy_turns::turned_at.asc(), sla_policy_turns::id.asc()))
        .select(TurnRow::as_select())
        .load(conn)?)
}

/// The versions that were in force at some time.
pub(super) fn versions_ever_in_force(conn: &mut Conn) -> Result<Vec<VersionRow>> {
    let turns = sla_policy_turns::table
        .filter(sla_policy_turns::version.is_not_null())
        .select((sla_policy_turns::slug, sla_policy_turns::version))
        .distinct();
    let wanted: Vec<(String, Option<i32>)> = turns.load(conn)?;
    let wanted: Vec<(String, i32)> = wanted
        .into_iter()
        .filter_map(|(slug, version)| Some((slug, version?)))
        .collect();
    versions(conn, &wanted)
}

#[derive(Debug, Insertable, AsChangeset)]
#[diesel(table_name = sla_stamp)]
struct Stamp {
    id: i32,
    stamp: AnyId,
}

/// The stamp of the book; none when there was never a policy in force.
pub(super) fn stamp(conn: &mut Conn) -> Result<Option<Uuid>> {
    let found: Option<AnyId> = sla_stamp::table
        .find(1)
        .select(sla_stamp::stamp)
        .first(conn)
        .optional()?;
    Ok(found.map(|stamp| stamp.0))
}

/// Writes another stamp.
pub(super) fn set_stamp(conn: &mut Conn, stamp: Uuid) -> Result<()> {
    let row = Stamp {
        id: 1,
        stamp: AnyId(stamp),
    };
    on_each!(conn, c => diesel::insert_into(sla_stamp::table)
        .values(&row)
        .on_conflict(sla_stamp::id)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Writes another stamp, if there is one.
pub(super) fn restamp(conn: &mut Conn, stamp: Uuid) -> Result<()> {
    diesel::update(sla_stamp::table.find(1))
        .set(sla_stamp::stamp.eq(AnyId(stamp)))
        .execute(conn)?;
    Ok(())
}
