//! SQL of the queue.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::row::{self, QueueRow};
use crate::clock::Moment;
use crate::db::conn::{Conn, MultiBackend};
use crate::db::schema::work_queue;
use crate::db::types::{Instant, Uid};
use crate::error::Result;
use crate::ids::{ComplaintId, TeamId};
use crate::{insert_new, insert_rows, load_rows};

/// The most ids that one statement names.
const AT_ONCE: usize = 500;
/// The most rows that one statement inserts: twelve columns each, and at most 65,535 values.
const ROWS_AT_ONCE: usize = 2_000;

type Boxed<'a> = work_queue::BoxedQuery<'a, MultiBackend>;

pub(super) fn insert(conn: &mut Conn, rows: &[QueueRow]) -> Result<()> {
    for some in rows.chunks(ROWS_AT_ONCE) {
        insert_rows!(conn, work_queue::table, some)?;
    }
    Ok(())
}

/// Inserts the row of a complaint that has none; one that somebody else has just inserted stays.
pub(super) fn insert_missing(conn: &mut Conn, row: &QueueRow) -> Result<()> {
    let rows = std::slice::from_ref(row);
    insert_new!(conn, work_queue::table, rows)?;
    Ok(())
}

/// Loads many rows by the fastest way.
pub(super) fn load_many(conn: &mut Conn, rows: &[QueueRow]) -> Result<()> {
    load_rows!(conn, work_queue::table, rows)?;
    Ok(())
}

pub(super) fn find(conn: &mut Conn, id: ComplaintId) -> Result<Option<QueueRow>> {
    Ok(work_queue::table
        .find(id)
        .select(QueueRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn open_after(conn: &mut Conn, after: Option<ComplaintId>, limit: i64) -> Result<Vec<ComplaintId>> {
    let mut rows = work_queue::table.select(work_queue::complaint_id).into_boxed();
    if let Some(after) = after {
        rows = rows.filter(work_queue::complaint_id.gt(after));
    }
    Ok(rows.order(work_queue::complaint_id.asc()).limit(limit).load(conn)?)
}

pub(super) fn by_ids(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<QueueRow>> {
    let mut rows = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let found: Vec<QueueRow> = work_queue::table
            .filter(work_queue::complaint_id.eq_any(some.to_vec()))
            .select(QueueRow::as_select())
            .load(conn)?;
        rows.extend(found);
    }
    Ok(rows)
}

pub(super) fn update(conn: &mut Conn, row: &QueueRow) -> Result<()> {
    diesel::update(work_queue::table.find(row.complaint_id))
        .set(row)
        .execute(conn)?;
    Ok(())
}

pub(super) fn delete(conn: &mut Conn, id: ComplaintId) -> Result<()> {
    diesel::delete(work_queue::table.find(id)).execute(conn)?;
    Ok(())
}

/// What nobody has, of a team, or of none.
fn line<'a>(team: Option<TeamId>) -> Boxed<'a> {
    work_queue::table
        .filter(work_queue::owner.is_null())
        .filter(work_queue::line.eq(row::line(team)))
        .into_boxed()
}

/// The next text of needs in a line after the given one: all of them are found without reading every row.
pub(super) fn next_needs(
    conn: &mut Conn,
    team: Option<TeamId>,
    reserved: bool,
    after: Option<&str>,
) -> Result<Option<String>> {
    let mut query = line(team)
        .filter(work_queue::reserved.eq(reserved))
        .order(work_queue::needs.asc())
        .limit(1);
    if let Some(after) = after {
        query = query.filter(work_queue::needs.gt(after.to_owned()));
    }
    Ok(query.select(work_queue::needs).first(conn).optional()?)
}

/// What is free and takes these needs, the most urgent first.
pub(super) fn free(conn: &mut Conn, team: Option<TeamId>, needs: &str, limit: i64) -> Result<Vec<QueueRow>> {
    Ok(line(team)
        .filter(work_queue::reserved.eq(false))
        .filter(work_queue::needs.eq(needs.to_owned()))
        .order((work_queue::urgent_at.asc(), work_queue::complaint_id.asc()))
        .limit(limit)
        .select(QueueRow::as_select())
        .load(conn)?)
}

/// What was kept back and is free by now, the most urgent first. What is free is due before `due_before`.
pub(super) fn lapsed(
    conn: &mut Conn,
    team: Option<TeamId>,
    needs: &str,
    (now, due_before): (Moment, Moment),
    limit: i64,
) -> Result<Vec<QueueRow>> {
    Ok(line(team)
        .filter(work_queue::reserved.eq(true))
        .filter(work_queue::needs.eq(needs.to_owned()))
        .filter(work_queue::urgent_at.lt(due_before))
        .filter(work_queue::free_from.le(Some(now)))
        .order((work_queue::urgent_at.asc(), work_queue::complaint_id.asc()))
        .limit(limit)
        .select(QueueRow::as_select())
        .load(conn)?)
}

/// What a promised call is due of that is anybody's to make, or one of these people's; the most urgent first.
pub(super) fn promised(
    conn: &mut Conn,
    team: Option<TeamId>,
    now: Moment,
    holders: &[String],
    limit: i64,
) -> Result<Vec<QueueRow>> {
    Ok(line(team)
        // Whatever has a promise is kept back for somebody.
        .filter(work_queue::reserved.eq(true))
        .filter(work_queue::promised_from.is_not_null())
        .filter(work_queue::promised_from.le(Some(now)))
        .filter(
            work_queue::free_from
                .le(Some(now))
                .or(work_queue::held_by.eq_any(holders.iter().cloned().map(Some).collect::<Vec<_>>())),
        )
        .order((work_queue::urgent_at.asc(), work_queue::complaint_id.asc()))
        .limit(limit)
        .select(QueueRow::as_select())
        .load(conn)?)
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How much nobody has of a team, or of none, and nothing keeps back; counted up to `most`.
pub(super) fn count_free(conn: &mut Conn, team: Option<TeamId>, most: i64) -> Result<i64> {
    let counted: Counted = diesel::sql_query(
        "SELECT count(*) AS n FROM (SELECT 1 FROM work_queue
         WHERE owner IS NULL AND line = $1 AND reserved = FALSE LIMIT $2) AS few",
    )
    .bind::<Uid, _>(row::line(team))
    .bind::<BigInt, _>(most)
    .get_result(conn)?;
    Ok(counted.n)
}

/// How many open complaints somebody has.
pub(super) fn count_of_owner(conn: &mut Conn, owner: &str) -> Result<i64> {
    Ok(work_queue::table
        .filter(work_queue::owner.is_not_null())
        .filter(work_queue::owner.eq(Some(owner.to_owned())))
        .count()
        .get_result(conn)?)
}

/// How many open complaints each of these people has, as far as they have any.
pub(super) fn counts_of_owners(conn: &mut Conn, owners: &[&str]) -> Result<BTreeMap<String, i64>> {
    let owners: Vec<Option<String>> = owners.iter().map(|owner| Some((*owner).to_owned())).collect();
    let counted: Vec<(Option<String>, i64)> = work_queue::table
        .filter(work_queue::owner.is_not_null())
        .filter(work_queue::owner.eq_any(owners))
        .group_by(work_queue::owner)
        .select((work_queue::owner, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(counted.into_iter().filter_map(|(owner, n)| Some((owner?, n))).collect())
}

/// Which rows to list.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) team: Option<TeamId>,
    pub(super) teamless: bool,
    pub(super) owner: Option<String>,
    pub(super) unowned: bool,
    pub(super) after: Option<(Moment, ComplaintId)>,
}

/// Rows of the queue, the most urgent first.
pub(super) fn list(conn: &mut Conn, filter: &Filter, limit: i64) -> Result<Vec<QueueRow>> {
    let mut query = work_queue::table
        .order((work_queue::urgent_at.asc(), work_queue::complaint_id.asc()))
        .limit(limit)
        .select(QueueRow::as_select())
        .into_boxed();
    if let Some(team) = filter.team {
        query = query.filter(work_queue::line.eq(team));
    }
    if filter.teamless {
        query = query.filter(work_queue::line.eq(row::line(None)));
    }
    if let Some(owner) = &filter.owner {
        query = query
            .filter(work_queue::owner.is_not_null())
            .filter(work_queue::owner.eq(Some(owner.clone())));
    }
    if filter.unowned {
        query = query.filter(work_queue::owner.is_null());
    }
    if let Some((at, id)) = filter.after {
        query = query
            .filter(work_queue::urgent_at.ge(at))
            .filter(work_queue::urgent_at.gt(at).or(work_queue::complaint_id.gt(id)));
    }
    Ok(query.load(conn)?)
}

#[derive(QueryableByName)]
struct Amiss {
    #[diesel(sql_type = Uid)]
    id: ComplaintId,
}

/// Complaints whose row is missing, or does not say what the complaint says, and closed ones that still have one.
pub(super) fn amiss(conn: &mut Conn, limit: i64) -> Result<Vec<ComplaintId>> {
    let found: Vec<Amiss> = diesel::sql_query(
        "SELECT c.id AS id FROM complaints c LEFT JOIN work_queue q ON q.complaint_id = c.id
         WHERE c.state IN ('received', 'in_handling', 'waiting')
           AND (q.complaint_id IS NULL OR q.owner IS DISTINCT FROM c.owner OR q.team_id IS DISTINCT FROM c.team_id
                OR (c.next_due_at IS NOT NULL AND q.urgent_at <> c.next_due_at))
         UNION ALL
         SELECT q.complaint_id AS id FROM work_queue q JOIN complaints c ON c.id = q.complaint_id WHERE c.state = 'closed'
         LIMIT $1",
    )
    .bind::<BigInt, _>(limit)
    .load(conn)?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// What somebody has of a team, or nobody has.
#[derive(QueryableByName)]
pub(super) struct Standing {
    #[diesel(sql_type = Nullable<Uid>)]
    pub(super) team_id: Option<TeamId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) owner: Option<String>,
    /// How many are open.
    #[diesel(sql_type = BigInt)]
    pub(super) open: i64,
    /// How many of them were due before now.
    #[diesel(sql_type = BigInt)]
    pub(super) overdue: i64,
    /// How many of them are due before `soon`, or were before now.
    #[diesel(sql_type = BigInt)]
    pub(super) due: i64,
    /// Since when the first of them has been there.
    #[diesel(sql_type = Nullable<Instant>)]
    pub(super) first: Option<Moment>,
    /// How many of them have been there for an hour, for four, for a day, for three days.
    #[diesel(sql_type = BigInt)]
    pub(super) for_1: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) for_4: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) for_24: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) for_72: i64,
}

/// What is open by team and owner, of one team or of all.
pub(super) fn standings(conn: &mut Conn, team: Option<TeamId>, now: Moment, soon: Moment) -> Result<Vec<Standing>> {
    // All of it at once: each count of its own would read the whole queue again.
    let query = diesel::sql_query(
        "SELECT team_id, owner, count(*) AS open, count(*) FILTER (WHERE urgent_at < $1) AS overdue,
                count(*) FILTER (WHERE urgent_at < $2) AS due, min(entered_at) AS first,
                count(*) FILTER (WHERE entered_at <= $3) AS for_1, count(*) FILTER (WHERE entered_at <= $4) AS for_4,
                count(*) FILTER (WHERE entered_at <= $5) AS for_24, count(*) FILTER (WHERE entered_at <= $6) AS for_72
         FROM work_queue WHERE $7 = FALSE OR line = $8 GROUP BY team_id, owner",
    );
    let since = |hours| now - TimeDelta::hours(hours);
    Ok(query
        .bind::<Instant, _>(now)
        .bind::<Instant, _>(soon)
        .bind::<Instant, _>(since(1))
        .bind::<Instant, _>(since(4))
        .bind::<Instant, _>(since(24))
        .bind::<Instant, _>(since(72))
        .bind::<Bool, _>(team.is_some())
        .bind::<Uid, _>(row::line(team))
        .load(conn)?)
}

/// Since when the first of each team has been waiting for somebody.
pub(super) fn first_waiting(conn: &mut Conn) -> Result<Vec<(Option<TeamId>, Moment)>> {
    Ok(work_queue::table
        .filter(work_queue::owner.is_null())
        .group_by(work_queue::team_id)
        .select((
            work_queue::team_id,
            diesel::dsl::sql::<Instant>("min(work_queue.entered_at)"),
        ))
        .load(conn)?)
}

/// How many of each team have been waiting for somebody since a moment or longer.
pub(super) fn waiting_since(conn: &mut Conn, since: Moment) -> Result<Vec<(Option<TeamId>, i64)>> {
    Ok(work_queue::table
        .filter(work_queue::owner.is_null())
        .filter(work_queue::entered_at.le(since))
        .group_by(work_queue::team_id)
        .select((work_queue::team_id, diesel::dsl::count_star()))
        .load(conn)?)
}
