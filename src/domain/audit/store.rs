//! SQL of the audit. Events are inserted, read, and given their seal; never changed, never deleted.

use diesel::prelude::*;

use super::fields::ValueRow;
use super::query::Filter;
use super::seal::SealRow;
use super::{EventRow, SubjectRow};
use crate::db::conn::Conn;
use crate::db::dialect;
use crate::db::schema::{audit_events, audit_seals, audit_subjects, audit_values};
use crate::error::{Error, Result};
use crate::ids::{AuditEventId, AuditValueId, CustomerId};
use crate::{insert_new, insert_rows};

/// The most rows of one statement: PostgreSQL takes 65,535 values.
const AT_ONCE: usize = 1_000;

pub(super) fn insert(conn: &mut Conn, rows: &[EventRow], subjects: &[SubjectRow]) -> Result<()> {
    for some in rows.chunks(AT_ONCE) {
        insert_rows!(conn, audit_events::table, some)?;
    }
    for some in subjects.chunks(AT_ONCE) {
        insert_rows!(conn, audit_subjects::table, some)?;
    }
    Ok(())
}

pub(super) fn insert_values(conn: &mut Conn, rows: &[ValueRow]) -> Result<()> {
    insert_rows!(conn, audit_values::table, rows)?;
    Ok(())
}

pub(super) fn values(conn: &mut Conn, ids: &[AuditValueId]) -> Result<Vec<ValueRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(audit_values::table
        .filter(audit_values::id.eq_any(ids.to_vec()))
        .select(ValueRow::as_select())
        .load(conn)?)
}

pub(super) fn delete_values(conn: &mut Conn, customer: CustomerId) -> Result<usize> {
    Ok(diesel::delete(audit_values::table.filter(audit_values::customer_id.eq(customer))).execute(conn)?)
}

pub(super) fn find_event(conn: &mut Conn, id: AuditEventId) -> Result<Option<EventRow>> {
    Ok(audit_events::table
        .find(id)
        .select(EventRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn subjects_of(conn: &mut Conn, ids: &[AuditEventId]) -> Result<Vec<SubjectRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(audit_subjects::table
        .filter(audit_subjects::event_id.eq_any(ids.to_vec()))
        .select(SubjectRow::as_select())
        .load(conn)?)
}

/// The events that pass the filter, the newest first.
pub(super) fn events(
    conn: &mut Conn,
    filter: &Filter,
    below: Option<AuditEventId>,
    limit: i64,
) -> Result<Vec<EventRow>> {
    let mut query = audit_events::table
        .select(EventRow::as_select())
        .order(audit_events::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(below) = below {
        query = query.filter(audit_events::id.lt(below));
    }
    if let Some(id) = filter.actor_id {
        query = query.filter(audit_events::actor_id.eq(Some(id)));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_events::actor.eq(actor.clone()));
    }
    match filter.action.as_deref() {
        // Every action of a kind: those between `complaint.` and `complaint/`, the sign after the dot.
        Some(start) if start.ends_with('.') => {
            let end = format!("{}/", start.trim_end_matches('.'));
            query = query.filter(
                audit_events::action
                    .ge(start.to_owned())
                    .and(audit_events::action.lt(end)),
            );
        }
        Some(action) => query = query.filter(audit_events::action.eq(action.to_owned())),
        None => {}
    }
    if let Some(kind) = filter.object_kind {
        query = query.filter(audit_events::object_kind.eq(kind));
    }
    if let Some(id) = filter.object_id {
        query = query.filter(audit_events::object_id.eq(Some(id)));
    }
    if let Some(customer) = filter.customer_id {
        let about = audit_subjects::table
            .filter(audit_subjects::customer_id.eq(customer))
            .select(audit_subjects::event_id);
        query = query.filter(audit_events::id.eq_any(about));
    }
    if let Some(request) = &filter.request_id {
        query = query.filter(audit_events::request_id.eq(Some(request.clone())));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_events::happened_at.ge(from));
    }
    if let Some(before) = filter.before {
        query = query.filter(audit_events::happened_at.lt(before));
    }
    Ok(query.load(conn)?)
}

/// The oldest events that have no seal.
pub(super) fn unsealed(conn: &mut Conn, most: i64) -> Result<Vec<AuditEventId>> {
    Ok(audit_events::table
        .filter(audit_events::seal.is_null())
        .order(audit_events::id.asc())
        .limit(most)
        .select(audit_events::id)
        .load(conn)?)
}

/// These events, in the order of their ids.
pub(super) fn events_in_order(conn: &mut Conn, ids: &[AuditEventId]) -> Result<Vec<EventRow>> {
    Ok(audit_events::table
        .filter(audit_events::id.eq_any(ids.to_vec()))
        .order(audit_events::id.asc())
        .select(EventRow::as_select())
        .load(conn)?)
}

pub(super) fn count_unsealed(conn: &mut Conn) -> Result<i64> {
    Ok(audit_events::table
        .filter(audit_events::seal.is_null())
        .count()
        .get_result(conn)?)
}

/// The events of a seal after a place, with their places.
pub(super) fn sealed_events(conn: &mut Conn, seal: i64, after: i64, limit: i64) -> Result<Vec<(i64, EventRow)>> {
    let rows: Vec<(Option<i64>, EventRow)> = audit_events::table
        .filter(audit_events::seal.eq(Some(seal)))
        .filter(audit_events::place.gt(Some(after)))
        .order(audit_events::place.asc())
        .limit(limit)
        .select((audit_events::place, EventRow::as_select()))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(place, row)| (place.unwrap_or_default(), row))
        .collect())
}

pub(super) fn mark_sealed(conn: &mut Conn, seal: i64, ids: &[AuditEventId]) -> Result<()> {
    let marked = dialect::mark_sealed(conn, seal, ids)?;
    if marked == ids.len() {
        Ok(())
    } else {
        Err(Error::Retry("another process sealed some of the events"))
    }
}

pub(super) fn insert_seal(conn: &mut Conn, row: &SealRow) -> Result<()> {
    if insert_new!(conn, audit_seals::table, std::slice::from_ref(row))? == 1 {
        Ok(())
    } else {
        Err(Error::Retry("another process set a seal"))
    }
}

pub(super) fn newest_seal(conn: &mut Conn) -> Result<Option<SealRow>> {
    Ok(seals_below(conn, i64::MAX, 1)?.into_iter().next())
}

pub(super) fn find_seal(conn: &mut Conn, number: i64) -> Result<Option<SealRow>> {
    Ok(audit_seals::table
        .find(number)
        .select(SealRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn seals_below(conn: &mut Conn, below: i64, limit: i64) -> Result<Vec<SealRow>> {
    Ok(audit_seals::table
        .filter(audit_seals::number.lt(below))
        .order(audit_seals::number.desc())
        .limit(limit)
        .select(SealRow::as_select())
        .load(conn)?)
}

pub(super) fn seals_after(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<SealRow>> {
    Ok(audit_seals::table
        .filter(audit_seals::number.gt(after))
        .order(audit_seals::number.asc())
        .limit(limit)
        .select(SealRow::as_select())
        .load(conn)?)
}

/// Numbers that events carry as their seal, of which there is none.
pub(super) fn unknown_seals(conn: &mut Conn) -> Result<Vec<i64>> {
    let numbers: Vec<Option<i64>> = audit_events::table
        .filter(audit_events::seal.is_not_null())
        .filter(
            audit_events::seal
                .assume_not_null()
                .ne_all(audit_seals::table.select(audit_seals::number)),
        )
        .select(audit_events::seal)
        .distinct()
        .load(conn)?;
    Ok(numbers.into_iter().flatten().collect())
}

pub(super) fn count_values(conn: &mut Conn, customer: CustomerId) -> Result<i64> {
    Ok(audit_values::table
        .filter(audit_values::customer_id.eq(customer))
        .count()
        .get_result(conn)?)
}

pub(super) fn values_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<ValueRow>> {
    Ok(audit_values::table
        .filter(audit_values::customer_id.eq(customer))
        .order(audit_values::id.asc())
        .select(ValueRow::as_select())
        .load(conn)?)
}
