//! SQL of kept answers.

use diesel::prelude::*;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::idempotency_keys::{self, dsl};
use crate::error::{Error, Result};
use crate::insert_new;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub(super) key_hash: Vec<u8>,
    pub(super) fingerprint: Vec<u8>,
    pub(super) sealed_answer: Vec<u8>,
    pub(super) created_at: Moment,
    pub(super) expires_at: Moment,
    pub(super) subject: Option<Vec<u8>>,
}

pub(super) fn find(conn: &mut Conn, key_hash: &[u8]) -> Result<Option<Row>> {
    Ok(dsl::idempotency_keys
        .find(key_hash.to_vec())
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn find_all(conn: &mut Conn, key_hashes: &[Vec<u8>]) -> Result<Vec<Row>> {
    if key_hashes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(dsl::idempotency_keys
        .filter(dsl::key_hash.eq_any(key_hashes.to_vec()))
        .select(Row::as_select())
        .load(conn)?)
}

pub(super) fn insert_all(conn: &mut Conn, rows: &[Row]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let inserted = insert_new!(conn, idempotency_keys::table, rows)?;
    if inserted == rows.len() {
        Ok(())
    } else {
        Err(Error::Retry("the same idempotency key elsewhere"))
    }
}

pub(super) fn delete_about(conn: &mut Conn, subjects: &[Vec<u8>]) -> Result<usize> {
    let subjects: Vec<Option<Vec<u8>>> = subjects.iter().cloned().map(Some).collect();
    let about = dsl::idempotency_keys
        .filter(dsl::subject.is_not_null())
        .filter(dsl::subject.eq_any(subjects));
    Ok(diesel::delete(about).execute(conn)?)
}

pub(super) fn delete_expired(conn: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(dsl::idempotency_keys.filter(dsl::expires_at.lt(now))).execute(conn)?)
}
