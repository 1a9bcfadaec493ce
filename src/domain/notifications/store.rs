//! SQL of the outbox.

use diesel::prelude::*;

use super::OutboxRow;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::outbox::{self, dsl};
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::insert_rows;

pub(super) fn insert_all(conn: &mut Conn, rows: &[OutboxRow]) -> Result<()> {
    insert_rows!(conn, outbox::table, rows)?;
    Ok(())
}

/// What has not been sent: since when, and how often it was tried.
pub(super) fn unsent(conn: &mut Conn, limit: i64) -> Result<Vec<(Moment, i32)>> {
    Ok(dsl::outbox
        .filter(dsl::done_at.is_null())
        .order((dsl::next_try_at.asc(), dsl::id.asc()))
        .limit(limit)
        .select((dsl::created_at, dsl::tries))
        .load(conn)?)
}

fn of(complaints: &[ComplaintId]) -> Vec<Option<ComplaintId>> {
    complaints.iter().copied().map(Some).collect()
}

pub(super) fn stop(
    conn: &mut Conn,
    now: Moment,
    complaints: &[ComplaintId],
    topics: &[&str],
    why: &str,
) -> Result<usize> {
    let topics: Vec<String> = topics.iter().map(|topic| (*topic).to_owned()).collect();
    let waiting = dsl::outbox
        .filter(dsl::complaint_id.eq_any(of(complaints)))
        .filter(dsl::topic.eq_any(topics))
        .filter(dsl::done_at.is_null());
    Ok(diesel::update(waiting)
        .set((
            dsl::done_at.eq(Some(now)),
            dsl::last_error.eq(Some(format!("not sent: {why}"))),
        ))
        .execute(conn)?)
}

pub(super) fn forget_errors(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<()> {
    diesel::update(dsl::outbox.filter(dsl::complaint_id.eq_any(of(complaints))))
        .set(dsl::last_error.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}

pub(super) fn count(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<i64> {
    Ok(dsl::outbox
        .filter(dsl::complaint_id.eq_any(of(complaints)))
        .count()
        .get_result(conn)?)
}

pub(super) fn about(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<Vec<OutboxRow>> {
    Ok(dsl::outbox
        .filter(dsl::complaint_id.eq_any(of(complaints)))
        .order(dsl::id.asc())
        .select(OutboxRow::as_select())
        .load(conn)?)
}
