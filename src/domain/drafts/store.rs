//! SQL of drafts.

use diesel::prelude::*;

use super::{DraftKind, DraftRow};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::drafts;
use crate::error::{Error, Result};
use crate::ids::{AnyId, ComplaintId, CustomerId};
use crate::insert_new;

/// The most drafts that one person is shown.
const SHOWN: i64 = 200;

pub(super) type Key = (AnyId, DraftKind, AnyId);

/// A draft without what was typed: about what, of which kind, based on which version, and when it was last written.
pub(super) type Line = (AnyId, DraftKind, Option<i32>, Moment);

pub(super) fn put(conn: &mut Conn, row: &DraftRow) -> Result<()> {
    let values = (
        drafts::customer_id.eq(row.customer_id),
        drafts::typed.eq(&row.typed),
        drafts::based_on.eq(row.based_on),
        drafts::updated_at.eq(row.updated_at),
    );
    let there = drafts::table.find((row.about, row.kind, row.who));
    if diesel::update(there).set(values).execute(conn)? == 1 {
        return Ok(());
    }
    let rows = std::slice::from_ref(row);
    if insert_new!(conn, drafts::table, rows)? == 1 {
        return Ok(());
    }
    Err(Error::Retry("the same draft was written at the same moment"))
}

pub(super) fn find(conn: &mut Conn, key: Key) -> Result<Option<DraftRow>> {
    Ok(drafts::table
        .find(key)
        .select(DraftRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn delete(conn: &mut Conn, key: Key) -> Result<()> {
    diesel::delete(drafts::table.find(key)).execute(conn)?;
    Ok(())
}

pub(super) fn of_one(conn: &mut Conn, who: AnyId, since: Moment) -> Result<Vec<Line>> {
    Ok(drafts::table
        .filter(drafts::who.eq(who))
        .filter(drafts::updated_at.gt(since))
        .order((drafts::updated_at.desc(), drafts::about.asc(), drafts::kind.asc()))
        .limit(SHOWN)
        .select((drafts::about, drafts::kind, drafts::based_on, drafts::updated_at))
        .load(conn)?)
}

pub(super) fn of_one_about(conn: &mut Conn, who: AnyId, about: AnyId) -> Result<Vec<DraftRow>> {
    Ok(drafts::table
        .filter(drafts::about.eq(about))
        .filter(drafts::who.eq(who))
        .order(drafts::kind.asc())
        .select(DraftRow::as_select())
        .load(conn)?)
}

fn ids(complaints: &[ComplaintId]) -> Vec<AnyId> {
    complaints.iter().map(|id| AnyId(id.0)).collect()
}

pub(super) fn count_about(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<i64> {
    Ok(drafts::table
        .filter(drafts::about.eq_any(ids(complaints)))
        .count()
        .get_result(conn)?)
}

pub(super) fn about_all(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<Vec<DraftRow>> {
    Ok(drafts::table
        .filter(drafts::about.eq_any(ids(complaints)))
        .order((drafts::about.asc(), drafts::updated_at.asc(), drafts::kind.asc()))
        .select(DraftRow::as_select())
        .load(conn)?)
}

pub(super) fn of_customer(conn: &mut Conn, customer: CustomerId) -> Result<Vec<DraftRow>> {
    Ok(drafts::table
        .filter(drafts::customer_id.is_not_null())
        .filter(drafts::customer_id.eq(Some(customer)))
        .order((drafts::updated_at.asc(), drafts::who.asc()))
        .select(DraftRow::as_select())
        .load(conn)?)
}

pub(super) fn delete_about(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<()> {
    diesel::delete(drafts::table.filter(drafts::about.eq_any(ids(complaints)))).execute(conn)?;
    Ok(())
}

pub(super) fn delete_of_customer(conn: &mut Conn, customer: CustomerId) -> Result<()> {
    let own = drafts::table
        .filter(drafts::customer_id.is_not_null())
        .filter(drafts::customer_id.eq(Some(customer)));
    diesel::delete(own).execute(conn)?;
    Ok(())
}

/// There are few rows: one for each form that somebody has begun.
pub(super) fn delete_old(conn: &mut Conn, before: Moment) -> Result<usize> {
    Ok(diesel::delete(drafts::table.filter(drafts::updated_at.le(before))).execute(conn)?)
}
