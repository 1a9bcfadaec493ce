//! SQL of complaints with their open promises.

use diesel::prelude::*;

use crate::db::conn::Conn;
use crate::db::schema::{call_backs, complaints};
use crate::domain::complaints::model::{CallBack, Complaint};
use crate::error::Result;
use crate::ids::ComplaintId;

/// The most ids that one statement names.
const AT_ONCE: usize = 500;

pub(super) fn by_ids(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<Complaint>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<Complaint> = complaints::table
            .filter(complaints::id.eq_any(some.to_vec()))
            .select(Complaint::as_select())
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Open promises about these complaints, the most urgent first.
pub(super) fn open_promises_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<CallBack>> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        // A literal, not a bind value: SQLite uses a partial index only when it can see its predicate.
        let rows: Vec<CallBack> = call_backs::table
            .filter(call_backs::complaint_id.eq_any(some.to_vec()))
            .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("call_backs.state = 'open'"))
            .order((call_backs::window_end.asc(), call_backs::id.asc()))
            .select(CallBack::as_select())
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}
