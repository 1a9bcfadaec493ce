//! SQL of used challenges.

use diesel::prelude::*;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::spent_challenges::{self, dsl};
use crate::error::Result;
use crate::insert_new;

#[derive(Insertable)]
#[diesel(table_name = spent_challenges)]
pub(super) struct Row {
    pub(super) nonce_hash: Vec<u8>,
    pub(super) expires_at: Moment,
}

/// Inserts those that are not there yet; says how many.
pub(super) fn insert_new_ones(conn: &mut Conn, rows: &[Row]) -> Result<usize> {
    Ok(insert_new!(conn, spent_challenges::table, rows)?)
}

pub(super) fn delete_expired(conn: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(dsl::spent_challenges.filter(dsl::expires_at.lt(now))).execute(conn)?)
}
