//! SQL of the outbox.

use diesel::prelude::*;

use super::OutboxRow;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::outbox::{self, dsl};
use crate::error::Result;
use crate::insert_rows;

pub(super) fn insert_all(conn: &mut Conn, rows: &[OutboxRow]) -> Result<()> {
    insert_rows!(conn, outbox::table, rows)?;
    Ok(())
}

pub(super) fn waiting(conn: &mut Conn, limit: i64) -> Result<(usize, Option<Moment>)> {
    let since: Vec<Moment> = dsl::outbox
        .filter(dsl::done_at.is_null())
        .order((dsl::next_try_at.asc(), dsl::id.asc()))
        .limit(limit)
        .select(dsl::created_at)
        .load(conn)?;
    Ok((since.len(), since.into_iter().min()))
}
