//! Appending what a change adds to the figures, in the transaction of the change.

use std::collections::BTreeSet;

use super::facts::{self, Account, Breach};
use super::frame::Frame;
use super::store;
use super::sums::Sums;
use crate::db::conn::Conn;
use crate::domain::complaints::history;
use crate::domain::complaints::model::{Complaint, TimelineEntry};
use crate::domain::policy::Policy;
use crate::error::Result;
use crate::ids::{ComplaintId, EntryId};

/// What a complaint with this timeline adds, `sign` times.
pub fn add(frame: &Frame, complaint: &Complaint, entries: &[TimelineEntry], sums: &mut Sums, sign: i64) {
    let account = Account {
        happenings: history::read(complaint, entries),
        actors: entries.iter().map(|entry| entry.actor.as_str()).collect(),
        breaches: entries.iter().filter_map(breach).collect(),
    };
    facts::contribute(frame, &account, sums, sign);
}

/// The deadline that passed, if the entry tells of one. It passed when the signal was to be given, which may be
/// before somebody noticed.
fn breach(entry: &TimelineEntry) -> Option<Breach> {
    if entry.action != "clock_breached" {
        return None;
    }
    let told = &entry.after.as_ref()?.0;
    let text = |name: &str| told.get(name).and_then(|value| value.as_str());
    let at = text("signal_at").and_then(|at| at.parse().ok());
    Some(Breach {
        at: at.unwrap_or(entry.happened_at),
        policy: text("policy")?.to_owned(),
        metric: text("metric")?.to_owned(),
    })
}

/// Complaints that have just been logged, each with the first entry of its timeline. One statement for all.
///
/// # Errors
/// When the database refuses.
pub fn received(conn: &mut Conn, policy: &Policy, complaints: &[Complaint], entries: &[TimelineEntry]) -> Result<()> {
    // Most are logged while they come in: then nothing has taken any time yet.
    let at_once = complaints
        .iter()
        .all(|complaint| complaint.received_at >= complaint.logged_at);
    let frame = if at_once {
        Frame::of_moments(policy)
    } else {
        Frame::present(conn, policy)?
    };
    let mut sums = Sums::default();
    for (complaint, entry) in complaints.iter().zip(entries) {
        add(&frame, complaint, std::slice::from_ref(entry), &mut sums, 1);
    }
    append(conn, &sums)
}

/// A complaint that has just changed, with its whole timeline; `entry` is the one of this change.
///
/// # Errors
/// When the database refuses.
pub fn changed(
    conn: &mut Conn,
    policy: &Policy,
    (before, after): (&Complaint, &Complaint),
    timeline: &[TimelineEntry],
    entry: EntryId,
) -> Result<()> {
    let frame = Frame::present(conn, policy)?;
    let mut sums = Sums::default();
    add(&frame, after, timeline, &mut sums, 1);
    let earlier: Vec<TimelineEntry> = timeline.iter().filter(|e| e.id != entry).cloned().collect();
    add(&frame, before, &earlier, &mut sums, -1);
    append(conn, &sums)
}

/// Entries that have just been added to timelines without a change of their complaints, as the clocks do.
///
/// # Errors
/// When the database refuses.
pub fn told(conn: &mut Conn, policy: &Policy, entries: &[TimelineEntry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let frame = Frame::present(conn, policy)?;
    let mut sums = Sums::default();
    let ids: BTreeSet<ComplaintId> = entries.iter().map(|entry| entry.complaint_id).collect();
    let fresh: BTreeSet<EntryId> = entries.iter().map(|entry| entry.id).collect();
    for (complaint, timeline) in store::of(conn, &ids.into_iter().collect::<Vec<_>>())? {
        add(&frame, &complaint, &timeline, &mut sums, 1);
        let earlier: Vec<TimelineEntry> = timeline.into_iter().filter(|e| !fresh.contains(&e.id)).collect();
        add(&frame, &complaint, &earlier, &mut sums, -1);
    }
    append(conn, &sums)
}

fn append(conn: &mut Conn, sums: &Sums) -> Result<()> {
    if sums.is_empty() {
        return Ok(());
    }
    store::append(conn, &sums.to_text()?)
}
