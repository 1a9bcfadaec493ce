//! SQL of calls. Ids ascend with time and are never of an earlier moment than their row (a clock that is set back leaves
//! them ahead of it), so what is before a moment is passed over by the primary key; the end is told by the time itself.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{Call, CallKind};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{anonymised_complaints, call_back_attempts, call_backs, complaints, timeline_entries};
use crate::domain::complaints::vocabulary::{AttemptResult, Channel};
use crate::error::Result;
use crate::ids::{self, AttemptId, ComplaintId};

/// The first id that can have been made at a moment.
fn first_id(at: Moment) -> uuid::Uuid {
    ids::with_bits(at, &[0; 10])
}

pub(super) fn attempts(
    conn: &mut Conn,
    agents: &[String],
    (from, until): (Moment, Moment),
    recorded_only: bool,
) -> Result<Vec<Call>> {
    let gone = anonymised_complaints::table.filter(anonymised_complaints::complaint_id.eq(call_backs::complaint_id));
    let mut query = call_back_attempts::table
        .inner_join(call_backs::table.on(call_backs::id.eq(call_back_attempts::call_back_id)))
        .filter(call_back_attempts::id.ge(AttemptId(first_id(from))))
        .filter(call_back_attempts::attempted_at.ge(from))
        .filter(call_back_attempts::attempted_at.lt(until))
        .filter(call_back_attempts::result.eq_any([AttemptResult::Reached, AttemptResult::Refused]))
        .filter(call_back_attempts::agent.eq_any(agents.to_vec()))
        .filter(not(exists(gone)))
        .select((
            call_backs::complaint_id,
            call_back_attempts::id,
            call_back_attempts::agent,
            call_back_attempts::attempted_at,
        ))
        .into_boxed();
    if recorded_only {
        query = query.filter(call_back_attempts::recording_ref.is_not_null());
    }
    let rows: Vec<(ComplaintId, AttemptId, String, Moment)> = query.load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(complaint, attempt, agent, at)| Call {
            kind: CallKind::CallBack,
            complaint,
            attempt: Some(attempt),
            agent,
            at,
        })
        .collect())
}

pub(super) fn intakes(conn: &mut Conn, agents: &[String], (from, until): (Moment, Moment)) -> Result<Vec<Call>> {
    let gone = anonymised_complaints::table.filter(anonymised_complaints::complaint_id.eq(complaints::id));
    let rows: Vec<(ComplaintId, String, Moment)> = complaints::table
        .inner_join(timeline_entries::table.on(timeline_entries::complaint_id.eq(complaints::id)))
        .filter(complaints::id.ge(ComplaintId(first_id(from))))
        .filter(complaints::logged_at.ge(from))
        .filter(complaints::logged_at.lt(until))
        .filter(complaints::channel.eq(Channel::Phone))
        .filter(timeline_entries::action.eq("received"))
        .filter(timeline_entries::actor.eq_any(agents.to_vec()))
        .filter(not(exists(gone)))
        .select((complaints::id, timeline_entries::actor, complaints::logged_at))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(complaint, agent, at)| Call {
            kind: CallKind::Intake,
            complaint,
            attempt: None,
            agent,
            at,
        })
        .collect())
}
