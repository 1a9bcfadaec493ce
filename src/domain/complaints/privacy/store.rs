//! SQL of removing content from complaints.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::Due;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{
    anonymised_complaints, call_back_attempts, call_backs, closures, complaint_statements, complaints,
    customer_type_changes, handling_steps, messages, timeline_entries, word_purges,
};
use crate::db::types::Json;
use crate::domain::complaints::history::store as history;
use crate::domain::complaints::model::{
    CallBack, Closure, Complaint, GivenContact, Message, Statement, StepRecord, StepRow, TimelineEntry, TypeChange,
};
use crate::domain::complaints::vocabulary::{CallBackState, HandlingStep, Kind, State};
use crate::error::Result;
use crate::ids::{CallBackId, ComplaintId, CustomerId};
use crate::{ids, insert_rows};

/// Entries of the timeline that hold only words of the vocabulary, ids and times. Of every other kind of entry,
/// and so of one that somebody adds, only those codes stay that a history rests on.
const CODED: &[&str] = &[
    "received",
    "call_back_promised",
    "call_back_attempted",
    "call_back_rescheduled",
    "call_back_cancelled",
    "call_back_broken",
    "clock_breached",
    "clock_escalated",
    "clock_warned",
    "linked",
    "message_received",
    "message_sent",
    "message_not_sent",
    "legal_hold_placed",
    "legal_hold_lifted",
    "note_written",
    "redress_progressed",
];

pub(super) fn ids_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<ComplaintId>> {
    Ok(complaints::table
        .filter(complaints::customer_id.eq(customer))
        .order(complaints::seq.asc())
        .select(complaints::id)
        .load(conn)?)
}

pub(super) fn count_open(conn: &mut Conn, customer: CustomerId) -> Result<i64> {
    Ok(complaints::table
        .filter(complaints::customer_id.eq(customer))
        .filter(complaints::state.ne(State::Closed))
        .count()
        .get_result(conn)?)
}

pub(super) fn has_open_promise(conn: &mut Conn, customer: CustomerId) -> Result<bool> {
    let open = call_backs::table
        .inner_join(complaints::table)
        .filter(complaints::customer_id.eq(customer))
        .filter(call_backs::state.eq(CallBackState::Open))
        .select(call_backs::id);
    Ok(open.first::<CallBackId>(conn).optional()?.is_some())
}

pub(super) fn is_gone(conn: &mut Conn, id: ComplaintId) -> Result<bool> {
    let found: Option<ComplaintId> = anonymised_complaints::table
        .find(id)
        .select(anonymised_complaints::complaint_id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Those of these complaints that are closed and whose content is there.
pub(super) fn not_gone(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<ComplaintId>> {
    let gone = anonymised_complaints::table.select(anonymised_complaints::complaint_id);
    Ok(complaints::table
        .filter(complaints::id.eq_any(ids.to_vec()))
        .filter(complaints::state.eq(State::Closed))
        .filter(complaints::id.ne_all(gone))
        .order(complaints::id.asc())
        .select(complaints::id)
        .load(conn)?)
}

/// How many rows of each table hang on these complaints.
pub(super) fn counts(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<(&'static str, i64)>> {
    macro_rules! count {
        ($($table:ident),+) => {
            vec![
                ("complaints", i64::try_from(ids.len()).unwrap_or(i64::MAX)),
                $((
                    stringify!($table),
                    $table::table.filter($table::complaint_id.eq_any(ids.to_vec())).count().get_result(conn)?,
                )),+
            ]
        };
    }
    let mut counts = count!(
        complaint_statements,
        handling_steps,
        customer_type_changes,
        call_backs,
        closures,
        timeline_entries,
        messages
    );
    let own = call_back_ids(conn, ids)?;
    let attempts = call_back_attempts::table.filter(call_back_attempts::call_back_id.eq_any(own));
    counts.push(("call_back_attempts", attempts.count().get_result(conn)?));
    Ok(counts)
}

fn call_back_ids(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<CallBackId>> {
    Ok(call_backs::table
        .filter(call_backs::complaint_id.eq_any(ids.to_vec()))
        .select(call_backs::id)
        .load(conn)?)
}

/// What kept answers about these complaints are found by.
pub(super) fn subjects(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<Vec<u8>>> {
    let links: Vec<Option<Vec<u8>>> = complaints::table
        .filter(complaints::id.eq_any(ids.to_vec()))
        .select(complaints::tracking_hash)
        .load(conn)?;
    let calls = call_back_ids(conn, ids)?;
    Ok(ids
        .iter()
        .map(|id| id.0.as_bytes().to_vec())
        .chain(calls.iter().map(|id| id.0.as_bytes().to_vec()))
        .chain(links.into_iter().flatten())
        .collect())
}

pub(super) fn seqs(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<i64>> {
    Ok(complaints::table
        .filter(complaints::id.eq_any(ids.to_vec()))
        .select(complaints::seq)
        .load(conn)?)
}

/// Replaces every free text.
pub(super) fn wipe(conn: &mut Conn, now: Moment, ids: &[ComplaintId]) -> Result<()> {
    let none = None::<String>;
    diesel::update(complaints::table.filter(complaints::id.eq_any(ids.to_vec())))
        .set((
            complaints::subject.eq(""),
            complaints::on_behalf_of.eq(&none),
            complaints::tracking_hash.eq(None::<Vec<u8>>),
            complaints::version.eq(complaints::version + 1),
            complaints::updated_at.eq(now),
        ))
        .execute(conn)?;
    diesel::update(complaint_statements::table.filter(complaint_statements::complaint_id.eq_any(ids.to_vec())))
        .set((
            complaint_statements::statement.eq(""),
            complaint_statements::facts.eq(Json(Vec::<String>::new())),
            complaint_statements::opinions.eq(Json(Vec::<String>::new())),
            complaint_statements::product.eq(&none),
            complaint_statements::order_ref.eq(&none),
            complaint_statements::desired_remedy.eq(&none),
            complaint_statements::preferred_time.eq(&none),
            complaint_statements::external_ref.eq(&none),
            complaint_statements::given_contact.eq(Json(GivenContact::default())),
        ))
        .execute(conn)?;
    // What step 7 records is an id and a word of the vocabulary.
    let told = handling_steps::table
        .filter(handling_steps::complaint_id.eq_any(ids.to_vec()))
        .filter(handling_steps::recorded.is_not_null())
        .filter(handling_steps::step.ne(HandlingStep::CallBack));
    diesel::update(told)
        .set(handling_steps::recorded.eq(Some(Json(StepRecord::default()))))
        .execute(conn)?;
    diesel::update(handling_steps::table.filter(handling_steps::complaint_id.eq_any(ids.to_vec())))
        .set(handling_steps::skip_note.eq(&none))
        .execute(conn)?;
    diesel::update(customer_type_changes::table.filter(customer_type_changes::complaint_id.eq_any(ids.to_vec())))
        .set(customer_type_changes::note.eq(&none))
        .execute(conn)?;
    wipe_calls(conn, ids)?;
    diesel::update(closures::table.filter(closures::complaint_id.eq_any(ids.to_vec())))
        .set((closures::decision_reason.eq(""), closures::root_cause.eq(&none)))
        .execute(conn)?;
    diesel::update(messages::table.filter(messages::complaint_id.eq_any(ids.to_vec())))
        .set(messages::body.eq(""))
        .execute(conn)?;
    history::leave_codes(conn, ids, CODED)
}

fn wipe_calls(conn: &mut Conn, ids: &[ComplaintId]) -> Result<()> {
    let none = None::<String>;
    let calls = call_back_ids(conn, ids)?;
    diesel::update(call_backs::table.filter(call_backs::complaint_id.eq_any(ids.to_vec())))
        .set((
            call_backs::number.eq(""),
            call_backs::note.eq(&none),
            call_backs::change_reason.eq(&none),
            call_backs::version.eq(call_backs::version + 1),
        ))
        .execute(conn)?;
    for some in calls.chunks(super::AT_ONCE) {
        diesel::update(call_back_attempts::table.filter(call_back_attempts::call_back_id.eq_any(some.to_vec())))
            .set((
                call_back_attempts::note.eq(&none),
                call_back_attempts::recording_ref.eq(&none),
            ))
            .execute(conn)?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = anonymised_complaints)]
struct Gone {
    complaint_id: ComplaintId,
    anonymised_at: Moment,
}

pub(super) fn mark_gone(conn: &mut Conn, ids: &[ComplaintId], now: Moment) -> Result<()> {
    let rows: Vec<Gone> = ids
        .iter()
        .map(|id| Gone {
            complaint_id: *id,
            anonymised_at: now,
        })
        .collect();
    insert_rows!(conn, anonymised_complaints::table, &rows)?;
    Ok(())
}

macro_rules! due {
    ($kind:expr, $before:expr) => {
        complaints::table
            .filter(complaints::closed_at.is_not_null())
            .filter(complaints::kind.eq($kind))
            .filter(complaints::closed_at.lt(Some($before)).assume_not_null())
            .filter(complaints::state.eq(State::Closed))
            .filter(diesel::dsl::not(exists(
                anonymised_complaints::table.filter(anonymised_complaints::complaint_id.eq(complaints::id)),
            )))
    };
}

pub(super) fn due(
    conn: &mut Conn,
    kind: Kind,
    closed_before: Moment,
    after: Option<(Moment, i64)>,
    limit: i64,
) -> Result<Vec<Due>> {
    let mut query = due!(kind, closed_before)
        .order((complaints::closed_at.asc(), complaints::seq.asc()))
        .limit(limit)
        .select((
            complaints::id,
            complaints::seq,
            complaints::closed_at,
            complaints::customer_id,
        ))
        .into_boxed();
    if let Some((at, seq)) = after {
        let same = complaints::closed_at.eq(Some(at)).and(complaints::seq.gt(seq));
        query = query.filter(complaints::closed_at.gt(Some(at)).or(same).assume_not_null());
    }
    let rows: Vec<(ComplaintId, i64, Option<Moment>, CustomerId)> = query.load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, seq, closed_at, customer_id)| {
            Some(Due {
                id,
                seq,
                closed_at: closed_at?,
                customer_id,
            })
        })
        .collect())
}

pub(super) fn count_due(conn: &mut Conn, kind: Kind, closed_before: Moment, limit: i64) -> Result<i64> {
    let seqs: Vec<i64> = due!(kind, closed_before)
        .limit(limit)
        .select(complaints::seq)
        .load(conn)?;
    Ok(i64::try_from(seqs.len()).unwrap_or(i64::MAX))
}

pub(super) fn has_content(conn: &mut Conn, customer: CustomerId) -> Result<bool> {
    let gone = anonymised_complaints::table.filter(anonymised_complaints::complaint_id.eq(complaints::id));
    let left: Option<i64> = complaints::table
        .filter(complaints::customer_id.eq(customer))
        .filter(diesel::dsl::not(exists(gone)))
        .select(complaints::seq)
        .first(conn)
        .optional()?;
    Ok(left.is_some())
}

#[derive(Insertable)]
#[diesel(table_name = word_purges)]
struct Purge {
    id: ids::PurgeId,
    asked_at: Moment,
}

pub(super) fn ask_for_purge(conn: &mut Conn, now: Moment) -> Result<()> {
    let row = Purge {
        id: ids::PurgeId::new(now),
        asked_at: now,
    };
    insert_rows!(conn, word_purges::table, std::slice::from_ref(&row))?;
    Ok(())
}

pub(super) fn purges(conn: &mut Conn) -> Result<Vec<ids::PurgeId>> {
    Ok(word_purges::table.select(word_purges::id).limit(500).load(conn)?)
}

pub(super) fn purged(conn: &mut Conn, done: &[ids::PurgeId]) -> Result<()> {
    diesel::delete(word_purges::table.filter(word_purges::id.eq_any(done.to_vec()))).execute(conn)?;
    Ok(())
}

/// Complaints of a customer after a place, the oldest first.
pub(super) fn page(conn: &mut Conn, customer: CustomerId, after: i64, limit: i64) -> Result<Vec<Complaint>> {
    Ok(complaints::table
        .filter(complaints::customer_id.eq(customer))
        .filter(complaints::seq.gt(after))
        .order(complaints::seq.asc())
        .limit(limit)
        .select(Complaint::as_select())
        .load(conn)?)
}

macro_rules! rows_of {
    ($($name:ident, $table:ident, $row:ty, ($($order:expr),+);)+) => {$(
        pub(super) fn $name(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<$row>> {
            Ok($table::table
                .filter($table::complaint_id.eq_any(ids.to_vec()))
                .order(($($order,)+))
                .select(<$row>::as_select())
                .load(conn)?)
        }
    )+};
}

rows_of! {
    statements, complaint_statements, Statement, (complaint_statements::complaint_id.asc());
    steps, handling_steps, StepRow, (handling_steps::round.asc(), handling_steps::done_at.asc(), handling_steps::step.asc());
    type_changes, customer_type_changes, TypeChange, (customer_type_changes::id.asc());
    closures, closures, Closure, (closures::id.asc());
    messages, messages, Message, (messages::id.asc());
    timeline, timeline_entries, TimelineEntry, (timeline_entries::id.asc());
    call_backs, call_backs, CallBack, (call_backs::id.asc());
}

pub(super) fn gone_since(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<(ComplaintId, Moment)>> {
    Ok(anonymised_complaints::table
        .filter(anonymised_complaints::complaint_id.eq_any(ids.to_vec()))
        .select((
            anonymised_complaints::complaint_id,
            anonymised_complaints::anonymised_at,
        ))
        .load(conn)?)
}
