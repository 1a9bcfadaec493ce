//! SQL of what operations look at.

use diesel::prelude::*;

use super::ahead::Ahead;
use crate::clock::Moment;
use crate::db::conn::{Conn, MultiBackend};
use crate::db::schema::{complaint_clocks, complaint_merges, complaints};
use crate::domain::complaints::model::Complaint;
use crate::domain::complaints::vocabulary::{Channel, Kind, Level, State};
use crate::domain::reporting::measures::Dimension;
use crate::domain::reporting::query::Ask;
use crate::domain::sla::policies::model::MetricKind;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{ComplaintId, TeamId};

/// The most deadlines ahead that are read.
const MOST_AHEAD: i64 = 5_000;

type Boxed<'a> = complaints::BoxedQuery<'a, MultiBackend>;

/// Complaints with the value of the property that was asked for, as they are now.
fn narrowed<'a>(ask: &Ask) -> Boxed<'a> {
    let query = complaints::table.into_boxed();
    let Some(value) = ask.value.clone() else { return query };
    match ask.dimension {
        Dimension::Channel => query.filter(complaints::channel.eq(value)),
        Dimension::Kind => query.filter(complaints::kind.eq(value)),
        Dimension::CustomerType => query.filter(complaints::customer_type.eq(value)),
        Dimension::Category => query.filter(complaints::category.eq(value)),
        Dimension::Severity => query.filter(complaints::severity.eq(value)),
        Dimension::Team => {
            let team: Option<TeamId> = value.parse().ok().map(TeamId);
            query
                .filter(complaints::team_id.is_not_null())
                .filter(complaints::team_id.eq(team))
        }
        Dimension::All | Dimension::Decision | Dimension::Agent | Dimension::Policy | Dimension::Metric => query,
    }
}

/// What a complaint can be told apart by, as it is now.
type Marks = (Channel, Kind, CustomerType, String, Level, Option<TeamId>);

/// The value of a property; `None` where there is none.
fn value(dimension: Dimension, marks: Marks) -> Option<String> {
    let (channel, kind, customer_type, category, severity, team) = marks;
    match dimension {
        Dimension::All => Some(String::new()),
        Dimension::Channel => Some(channel.to_string()),
        Dimension::Kind => Some(kind.to_string()),
        Dimension::CustomerType => Some(customer_type.to_string()),
        Dimension::Category => Some(category),
        Dimension::Severity => Some(severity.to_string()),
        Dimension::Team => team.map(|team| team.to_string()),
        Dimension::Decision | Dimension::Agent | Dimension::Policy | Dimension::Metric => None,
    }
}

/// When complaints with the value that was asked for came in between two moments.
pub(super) fn received(conn: &mut Conn, ask: &Ask, (from, before): (Moment, Moment)) -> Result<Vec<Moment>> {
    // What stands merged into another is none of its own.
    let merged = complaint_merges::table
        .filter(complaint_merges::undone_at.is_null())
        .select(complaint_merges::complaint_id);
    Ok(narrowed(ask)
        .filter(complaints::received_at.ge(from))
        .filter(complaints::received_at.lt(before))
        .filter(complaints::id.ne_all(merged))
        .select(complaints::received_at)
        .load(conn)?)
}

/// How many complaints have something past due.
pub(super) fn count_late(conn: &mut Conn, ask: &Ask, now: Moment) -> Result<i64> {
    Ok(narrowed(ask)
        .filter(complaints::next_due_at.is_not_null())
        .filter(complaints::next_due_at.lt(Some(now)))
        .count()
        .get_result(conn)?)
}

/// Those complaints, what is due longest first.
pub(super) fn late(conn: &mut Conn, ask: &Ask, now: Moment, after: i64, limit: i64) -> Result<Vec<Complaint>> {
    Ok(narrowed(ask)
        .filter(complaints::next_due_at.is_not_null())
        .filter(complaints::next_due_at.lt(Some(now)))
        .order((complaints::next_due_at.asc(), complaints::seq.asc()))
        .offset(after)
        .limit(limit)
        .select(Complaint::as_select())
        .load(conn)?)
}

// A literal, not a bind value: SQLite uses a partial index only when it can see its predicate.
macro_rules! watched {
    () => {
        diesel::dsl::sql::<diesel::sql_types::Bool>("complaint_clocks.next_at IS NOT NULL")
    };
}

type AheadRow = (
    Option<Moment>,
    MetricKind,
    String,
    String,
    i32,
    bool,
    (ComplaintId, String, Option<String>),
    Marks,
);

/// Deadlines between two moments, the first of them first, with policy and version. The sweep looks at a clock no
/// later than when it is due, so the index of what it looks at finds them.
pub(super) fn ahead(conn: &mut Conn, ask: &Ask, now: Moment, until: Moment) -> Result<Vec<(Ahead, String, i32)>> {
    let rows: Vec<AheadRow> = complaint_clocks::table
        .inner_join(complaints::table.on(complaints::id.eq(complaint_clocks::complaint_id)))
        .filter(watched!())
        .filter(complaint_clocks::next_at.le(Some(until)).assume_not_null())
        .filter(complaint_clocks::due_at.ge(Some(now)).assume_not_null())
        .filter(complaint_clocks::due_at.le(Some(until)).assume_not_null())
        .filter(complaint_clocks::ended_at.is_null())
        .filter(complaint_clocks::breached_at.is_null())
        .order((complaint_clocks::due_at.asc(), complaint_clocks::id.asc()))
        .limit(MOST_AHEAD)
        .select((
            complaint_clocks::due_at,
            complaint_clocks::kind,
            complaint_clocks::metric,
            complaint_clocks::policy,
            complaint_clocks::policy_version,
            complaint_clocks::regulatory,
            (complaints::id, complaints::reference, complaints::owner),
            (
                complaints::channel,
                complaints::kind,
                complaints::customer_type,
                complaints::category,
                complaints::severity,
                complaints::team_id,
            ),
        ))
        .load(conn)?;
    let found = rows.into_iter().filter_map(|row| {
        let (due_at, kind, metric, policy, version, regulatory, (complaint_id, reference, owner), marks) = row;
        let ahead = Ahead {
            due_at: due_at?,
            kind,
            metric,
            name: None,
            regulatory,
            complaint_id,
            reference,
            owner,
            value: value(ask.dimension, marks)?,
        };
        let wanted = ask.value.as_ref().is_none_or(|value| *value == ahead.value);
        wanted.then_some((ahead, policy, version))
    });
    Ok(found.collect())
}

/// Complaints, the last logged first, below a place, that may have added something to the figures of a time: they
/// came before its end, and are open or changed after its beginning. A deadline may pass without a change.
pub(super) fn candidates(
    conn: &mut Conn,
    (from, before): (Moment, Moment),
    below: i64,
    limit: i64,
) -> Result<Vec<(i64, ComplaintId)>> {
    let open = complaints::state.ne(State::Closed);
    Ok(complaints::table
        .filter(complaints::seq.lt(below))
        .filter(complaints::received_at.lt(before))
        .filter(open.or(complaints::updated_at.ge(from)))
        .order(complaints::seq.desc())
        .limit(limit)
        .select((complaints::seq, complaints::id))
        .load(conn)?)
}

/// Open complaints, the last logged first, below a place.
pub(super) fn open(conn: &mut Conn, below: i64, limit: i64) -> Result<Vec<(i64, ComplaintId)>> {
    Ok(complaints::table
        .filter(complaints::seq.lt(below))
        .filter(complaints::state.eq_any([State::Received, State::InHandling, State::Waiting]))
        .order(complaints::seq.desc())
        .limit(limit)
        .select((complaints::seq, complaints::id))
        .load(conn)?)
}
