//! Whole histories at once, as a bulk load brings them: rows that somebody else has seen to it
//! that they keep the rules of [`super::procedure`].

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::{Attempt, CallBack, Closure, Complaint, Message, Statement, StepRow, TypeChange};
use super::tallies;
use super::vocabulary::{HandlingStep, SkipReason, State};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::dialect::{self, SearchRow};
use crate::db::schema::{
    call_back_attempts, call_backs, closures, complaint_statements, complaints, customer_type_changes, handling_steps,
    messages, timeline_entries,
};
use crate::db::types::JsonText;
use crate::domain::customers::bulk as customers;
use crate::domain::customers::model::{ContactPoint, Customer};
use crate::domain::notifications::{self, OutboxRow};
use crate::domain::search::Position;
use crate::domain::sla::clocks::bulk as clocks;
use crate::domain::sla::clocks::row::{ClockRow, SignalRow};
use crate::domain::staff::ActorKind;
use crate::domain::work::bulk as work;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, EntryId};
use crate::load_rows;

pub(crate) use super::closing::was_on_the_spot;
pub(crate) use super::receive::words_of;
pub(crate) use super::work::case_of;

/// A step, its record written out; the columns are those of [`StepRow`].
#[derive(Debug, Clone, PartialEq, Insertable)]
#[diesel(table_name = handling_steps, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "described on StepRow")]
pub struct StepText {
    pub complaint_id: ComplaintId,
    pub round: i32,
    pub step: HandlingStep,
    pub recorded: Option<JsonText>,
    pub skip_reason: Option<SkipReason>,
    pub skip_note: Option<String>,
    pub agent: String,
    pub done_at: Moment,
}

impl StepText {
    /// Writes the record of a step out.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(row: StepRow) -> Result<Self> {
        let StepRow {
            complaint_id,
            round,
            step,
            recorded,
            skip_reason,
            skip_note,
            agent,
            done_at,
            amended_at: _,
        } = row;
        let recorded = recorded
            .map(|record| serde_json::to_string(&record.0))
            .transpose()?
            .map(JsonText);
        Ok(Self {
            complaint_id,
            round,
            step,
            recorded,
            skip_reason,
            skip_note,
            agent,
            done_at,
        })
    }
}

/// An entry of a timeline, its values written out; the columns are those of
/// [`TimelineEntry`](super::model::TimelineEntry).
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = timeline_entries, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "described on TimelineEntry")]
pub struct EntryText {
    pub complaint_id: ComplaintId,
    pub id: EntryId,
    pub action: &'static str,
    pub actor_kind: ActorKind,
    pub actor: String,
    pub before: Option<JsonText>,
    pub after: Option<JsonText>,
    pub happened_at: Moment,
}

/// The rows of many complaints, parents before children.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Customers who are new.
    pub customers: Vec<Customer>,
    /// Their contact points.
    pub contact_points: Vec<ContactPoint>,
    /// The complaints, in the order of logging.
    pub complaints: Vec<Complaint>,
    /// What each complaint can be found by, in the same order.
    pub words: Vec<Vec<Position>>,
    /// What the customers said.
    pub statements: Vec<Statement>,
    /// Steps done or skipped.
    pub steps: Vec<StepText>,
    /// Changes of the customer type.
    pub type_changes: Vec<TypeChange>,
    /// Promises; one that was moved before the one that replaces it.
    pub call_backs: Vec<CallBack>,
    /// Attempts to keep them.
    pub attempts: Vec<Attempt>,
    /// Closings.
    pub closures: Vec<Closure>,
    /// The timelines.
    pub entries: Vec<EntryText>,
    /// Messages and notes.
    pub messages: Vec<Message>,
    /// The clocks.
    pub clocks: Vec<ClockRow>,
    /// What they have told.
    pub signals: Vec<SignalRow>,
    /// What still has to be sent.
    pub notices: Vec<OutboxRow>,
}

impl Batch {
    /// Empties it, and keeps the room for the next rows.
    pub fn clear(&mut self) {
        self.customers.clear();
        self.contact_points.clear();
        self.complaints.clear();
        self.words.clear();
        self.statements.clear();
        self.steps.clear();
        self.type_changes.clear();
        self.call_backs.clear();
        self.attempts.clear();
        self.closures.clear();
        self.entries.clear();
        self.messages.clear();
        self.clocks.clear();
        self.signals.clear();
        self.notices.clear();
    }
}

/// Whether there is no complaint yet.
///
/// # Errors
/// When the database refuses.
pub fn is_untouched(conn: &mut Conn) -> Result<bool> {
    let any: Option<i64> = complaints::table.select(complaints::seq).first(conn).optional()?;
    Ok(any.is_none())
}

/// Inserts a batch and counts it in the tallies; the complaints get their `seq`. To be called in a
/// transaction, while nobody else inserts complaints.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, batch: &mut Batch) -> Result<()> {
    customers::insert(conn, &batch.customers, &batch.contact_points)?;
    load_rows!(conn, complaints::table, &batch.complaints)?;
    number(conn, &mut batch.complaints)?;
    load_rows!(conn, complaint_statements::table, &batch.statements)?;
    let found_by = batch.complaints.iter().zip(batch.words.drain(..));
    let words: Vec<SearchRow> = found_by
        .map(|(complaint, words)| SearchRow {
            seq: complaint.seq,
            words,
        })
        .collect();
    dialect::index_words(conn, &words)?;
    load_rows!(conn, handling_steps::table, &batch.steps)?;
    load_rows!(conn, customer_type_changes::table, &batch.type_changes)?;
    load_rows!(conn, call_backs::table, &batch.call_backs)?;
    load_rows!(conn, call_back_attempts::table, &batch.attempts)?;
    load_rows!(conn, closures::table, &batch.closures)?;
    load_rows!(conn, timeline_entries::table, &batch.entries)?;
    load_rows!(conn, messages::table, &batch.messages)?;
    clocks::insert(conn, &batch.clocks, &batch.signals)?;
    work::insert(conn, &batch.complaints, &batch.call_backs)?;
    notifications::post_all(conn, &batch.notices)?;
    count(conn, &batch.complaints)
}

/// Reads which `seq` the database has given to the complaints that were inserted last.
fn number(conn: &mut Conn, rows: &mut [Complaint]) -> Result<()> {
    let last = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let given: Vec<(ComplaintId, i64)> = complaints::table
        .select((complaints::id, complaints::seq))
        .order(complaints::seq.desc())
        .limit(last)
        .load(conn)?;
    for (row, (id, seq)) in rows.iter_mut().rev().zip(given) {
        if row.id != id {
            return Err(Error::internal(
                "somebody else has inserted complaints during the bulk load",
            ));
        }
        row.seq = seq;
    }
    Ok(())
}

fn count(conn: &mut Conn, complaints: &[Complaint]) -> Result<()> {
    let Some(first) = complaints.first() else { return Ok(()) };
    let mut states: BTreeMap<State, i64> = BTreeMap::new();
    for complaint in complaints {
        *states.entry(complaint.state).or_default() += 1;
    }
    tallies::add(conn, tallies::slot(first.id), &states)
}
