//! Follows complaints: what rules have to look at is written in the transaction of each change, and when rules on time
//! come due. Where no rule waits for it, nothing is written.

use super::book::{self, Book};
use super::events;
use super::store::{self, EventRow, TimerRow};
use super::timers;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::complaints::history::{self, Happening};
use crate::domain::complaints::model::{Complaint, TimelineEntry};
use crate::domain::complaints::vocabulary::State;
use crate::domain::policy::Policy;
use crate::domain::sla::clocks::nudge;
use crate::error::Result;

/// The row of an entry that some rule waits for.
fn row(book: &Book, entry: &TimelineEntry, states: Option<(State, State)>) -> Option<EventRow> {
    let told = events::of(entry, states);
    let chain = events::chain(entry);
    // What a rule has led to never leads to that rule again.
    let is_waited_for = book.waiting_for(&told).any(|(one, _)| !chain.contains(&one.rule.slug));
    is_waited_for.then_some(EventRow {
        id: entry.id,
        complaint_id: entry.complaint_id,
        told: Json(told),
        chain: Json(chain),
        happened_at: entry.happened_at,
        tries: 0,
        next_at: entry.happened_at,
    })
}

fn write_events(conn: &mut Conn, rows: &[EventRow]) -> Result<()> {
    store::insert_events(conn, rows)?;
    if let Some(first) = rows.first() {
        nudge(first.happened_at, Some(first.happened_at));
    }
    Ok(())
}

/// Complaints that have just been logged, with their entries: many rows in one statement.
///
/// # Errors
/// When the database refuses.
pub fn arrived(conn: &mut Conn, policy: &Policy, complaints: &[Complaint], entries: &[TimelineEntry]) -> Result<()> {
    let Some(book) = book::current(conn, policy)? else {
        return Ok(());
    };
    let rows: Vec<EventRow> = entries.iter().filter_map(|entry| row(&book, entry, None)).collect();
    write_events(conn, &rows)?;
    if !book.has_timed() {
        return Ok(());
    }
    let mut timers = Vec::new();
    for (complaint, entry) in complaints.iter().zip(entries) {
        let history = history::read(complaint, std::slice::from_ref(entry));
        timers.extend(wanted(&book, complaint, &history));
    }
    set_out(conn, &timers)
}

/// A complaint that has changed; the last entry of its timeline tells of it.
///
/// # Errors
/// When the database refuses.
pub fn changed(
    conn: &mut Conn,
    policy: &Policy,
    (before, after): (&Complaint, &Complaint),
    timeline: &[TimelineEntry],
) -> Result<()> {
    let (Some(book), Some(entry)) = (book::current(conn, policy)?, timeline.last()) else {
        return Ok(());
    };
    let rows: Vec<EventRow> = row(&book, entry, Some((before.state, after.state)))
        .into_iter()
        .collect();
    write_events(conn, &rows)?;
    if book.has_timed() {
        follow_timers(conn, &book, after, &history::read(after, timeline))?;
    }
    Ok(())
}

/// Something was told in timelines while the complaints stayed as they are.
///
/// # Errors
/// When the database refuses.
pub fn told(conn: &mut Conn, policy: &Policy, entries: &[TimelineEntry]) -> Result<()> {
    let Some(book) = book::current(conn, policy)? else {
        return Ok(());
    };
    let rows: Vec<EventRow> = entries.iter().filter_map(|entry| row(&book, entry, None)).collect();
    write_events(conn, &rows)
}

/// The timers that a complaint is to have.
fn wanted(book: &Book, complaint: &Complaint, history: &[Happening]) -> Vec<TimerRow> {
    let timers = book.timed().filter_map(|one| {
        let (since, due) = timers::timer(one, history, complaint.logged_at)?;
        Some(TimerRow {
            complaint_id: complaint.id,
            rule: one.rule.slug.clone(),
            since_at: since,
            due_at: due,
            next_at: Some(due),
            fired_at: None,
            tries: 0,
        })
    });
    timers.collect()
}

fn set_out(conn: &mut Conn, timers: &[TimerRow]) -> Result<()> {
    store::insert_timers(conn, timers)?;
    if let (Some(first), Some(next)) = (timers.first(), timers.iter().filter_map(|row| row.next_at).min()) {
        nudge(first.since_at.max(next - chrono::TimeDelta::minutes(1)), Some(next));
    }
    Ok(())
}

/// Brings the timers of a complaint to what they are to be. One that was looked at in vain is looked at again: the
/// complaint has changed since.
pub(super) fn follow_timers(conn: &mut Conn, book: &Book, complaint: &Complaint, history: &[Happening]) -> Result<()> {
    let mut rows = store::timers_of(conn, complaint.id)?;
    let mut fresh = Vec::new();
    for wanted in wanted(book, complaint, history) {
        let Some(there) = rows.iter().position(|row| row.rule == wanted.rule) else {
            fresh.push(wanted);
            continue;
        };
        let there = rows.swap_remove(there);
        let mut wanted = wanted;
        if there.since_at == wanted.since_at && there.tries > 0 {
            // What failed stays put off, and its tries are counted on.
            wanted.tries = there.tries;
            wanted.next_at = there.next_at.or(wanted.next_at);
        }
        let is_over = there.since_at == wanted.since_at && there.fired_at.is_some();
        if !is_over && there != wanted {
            store::update_timer(conn, &wanted)?;
        }
    }
    for gone in &rows {
        store::delete_timer(conn, complaint.id, &gone.rule)?;
    }
    set_out(conn, &fresh)
}
