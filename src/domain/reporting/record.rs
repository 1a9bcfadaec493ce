//! Appending what a change adds to the figures, in the transaction of the change.

use super::facts;
use super::frame::Frame;
use super::store;
use super::sums::Sums;
use crate::db::conn::Conn;
use crate::domain::complaints::history;
use crate::domain::complaints::model::{Complaint, TimelineEntry};
use crate::domain::policy::Policy;
use crate::error::Result;
use crate::ids::EntryId;

/// What a complaint with this timeline adds, `sign` times.
pub fn add(frame: &Frame, complaint: &Complaint, entries: &[TimelineEntry], sums: &mut Sums, sign: i64) {
    let happenings = history::read(complaint, entries);
    let actors: Vec<&str> = entries.iter().map(|entry| entry.actor.as_str()).collect();
    facts::contribute(frame, &happenings, &actors, sums, sign);
}

/// Complaints that have just been logged, each with the first entry of its timeline. One statement for all.
///
/// # Errors
/// When the database refuses.
pub fn received(conn: &mut Conn, policy: &Policy, complaints: &[Complaint], entries: &[TimelineEntry]) -> Result<()> {
    let frame = Frame::present(conn, policy)?;
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

fn append(conn: &mut Conn, sums: &Sums) -> Result<()> {
    if sums.is_empty() {
        return Ok(());
    }
    store::append(conn, &sums.to_text()?)
}
