//! SQL of customers and their contact points.

use diesel::prelude::*;

use super::contact;
use super::model::{ContactPoint, Customer};
use super::vocabulary::PrivacyState;
use crate::db::conn::Conn;
use crate::db::schema::{contact_points, customers};
use crate::error::{Error, Result};
use crate::ids::CustomerId;
use crate::{insert_new, insert_rows};

pub(super) fn find(conn: &mut Conn, id: CustomerId) -> Result<Option<Customer>> {
    Ok(customers::table
        .find(id)
        .select(Customer::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn list_by_ids(conn: &mut Conn, ids: &[CustomerId]) -> Result<Vec<Customer>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(customers::table
        .filter(customers::id.eq_any(ids.to_vec()))
        .select(Customer::as_select())
        .load(conn)?)
}

pub(super) fn load(conn: &mut Conn, id: CustomerId) -> Result<Customer> {
    find(conn, id)?.ok_or_else(|| Error::not_found("customer"))
}

pub(super) fn list(conn: &mut Conn, after: Option<CustomerId>, limit: i64) -> Result<Vec<Customer>> {
    let mut query = customers::table
        .select(Customer::as_select())
        .order(customers::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(customers::id.lt(after));
    }
    Ok(query.load(conn)?)
}

pub(super) fn insert_all(conn: &mut Conn, rows: &[Customer]) -> Result<()> {
    insert_rows!(conn, customers::table, rows)?;
    Ok(())
}

/// Writes the changed customer; refuses when somebody else changed it since it was loaded.
pub(super) fn update(conn: &mut Conn, before: &Customer, after: &Customer) -> Result<()> {
    let changed = diesel::update(
        customers::table
            .find(before.id)
            .filter(customers::version.eq(before.version)),
    )
    .set(after)
    .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Retry("the customer changed meanwhile"))
    }
}

/// Adds contact points that nobody has yet; those that somebody has are left as they are.
/// The order of `rows` must be the same everywhere, so that two processes never wait for each other.
pub(super) fn add_contact_points(conn: &mut Conn, rows: &[ContactPoint]) -> Result<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    Ok(insert_new!(conn, contact_points::table, rows)?)
}

/// `kind` is `phone`, `email` or, for the ids of every other system, `external:*`.
pub(super) fn delete_contact_points(conn: &mut Conn, customer: CustomerId, kind: &str) -> Result<()> {
    let own = contact_points::table.filter(contact_points::customer_id.eq(customer));
    match kind.strip_suffix('*') {
        Some(start) => diesel::delete(own.filter(contact_points::kind.like(format!("{start}%")))).execute(conn)?,
        None => diesel::delete(own.filter(contact_points::kind.eq(kind.to_owned()))).execute(conn)?,
    };
    Ok(())
}

/// The contact points that have one of these values, whatever their kind.
pub(super) fn contact_points_with(conn: &mut Conn, values: &[String]) -> Result<Vec<ContactPoint>> {
    // No stored text holds a NUL, and PostgreSQL takes none.
    let values: Vec<String> = values.iter().filter(|value| !value.contains('\0')).cloned().collect();
    if values.is_empty() {
        return Ok(Vec::new());
    }
    Ok(contact_points::table
        .filter(contact_points::value.eq_any(values))
        .select(ContactPoint::as_select())
        .load(conn)?)
}

pub(super) fn contact_points_of(conn: &mut Conn, ids: &[CustomerId]) -> Result<Vec<ContactPoint>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(contact_points::table
        .filter(contact_points::customer_id.eq_any(ids.to_vec()))
        .order((
            contact_points::is_primary.desc(),
            contact_points::kind.asc(),
            contact_points::value.asc(),
        ))
        .select(ContactPoint::as_select())
        .load(conn)?)
}

/// The customer's first phone number, if it has one that can be called from outside.
pub(super) fn primary_phone(conn: &mut Conn, id: CustomerId) -> Result<Option<String>> {
    Ok(contact_points::table
        .filter(contact_points::customer_id.eq(id))
        .filter(contact_points::kind.eq("phone"))
        .order((
            contact_points::is_primary.desc(),
            contact_points::created_at.asc(),
            contact_points::value.asc(),
        ))
        .select(contact_points::value)
        .first(conn)
        .optional()?)
}

/// What somebody typed, in every form under which a contact point could be stored.
pub(super) fn lookup_forms(text: &str, default_region: &str) -> Vec<String> {
    let mut forms = vec![text.trim().to_owned()];
    forms.extend(contact::phone(text, default_region).ok());
    forms.extend(contact::email(text).ok());
    forms.sort();
    forms.dedup();
    forms
}

/// Which of these customers are in one of these states.
pub(super) fn in_state(conn: &mut Conn, ids: &[CustomerId], states: &[PrivacyState]) -> Result<Vec<CustomerId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(customers::table
        .filter(customers::id.eq_any(ids.to_vec()))
        .filter(customers::privacy.eq_any(states.to_vec()))
        .select(customers::id)
        .load(conn)?)
}

pub(super) fn count_contact_points(conn: &mut Conn, id: CustomerId) -> Result<i64> {
    Ok(contact_points::table
        .filter(contact_points::customer_id.eq(id))
        .count()
        .get_result(conn)?)
}

pub(super) fn delete_all_contact_points(conn: &mut Conn, id: CustomerId) -> Result<()> {
    diesel::delete(contact_points::table.filter(contact_points::customer_id.eq(id))).execute(conn)?;
    Ok(())
}
