//! What else follows from what happens to complaints, in the same transaction: the one place from which it is called.
//! Who wants to follow adds a line here, and finds what it needs in [`Turn`] or [`Arrived`].

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::history::{self, Happening, store};
use super::model::{CallBack, Complaint, TimelineEntry};
use super::{placing, standing, telling};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::drafts;
use crate::domain::policy::Policy;
use crate::domain::reporting::record as reporting;
use crate::domain::rules::follow as rules;
use crate::domain::sla::clocks;
use crate::domain::staff::{Act, Principal};
use crate::domain::work;
use crate::domain::work::routing::place::Placed;
use crate::error::Result;
use crate::ids::ComplaintId;

/// A change of a complaint that is about to be written.
pub struct Turn<'a> {
    /// The complaint before.
    pub before: &'a Complaint,
    /// The complaint as it will be.
    pub after: &'a Complaint,
    /// Every promise as it will be, settled ones too.
    pub call_backs: &'a [CallBack],
    /// What the timeline will tell of the change.
    pub entry: &'a TimelineEntry,
    timeline: OnceCell<Vec<TimelineEntry>>,
    history: OnceCell<Vec<Happening>>,
}

impl<'a> Turn<'a> {
    pub(super) const fn new(
        before: &'a Complaint,
        after: &'a Complaint,
        call_backs: &'a [CallBack],
        entry: &'a TimelineEntry,
    ) -> Self {
        Self {
            before,
            after,
            call_backs,
            entry,
            timeline: OnceCell::new(),
            history: OnceCell::new(),
        }
    }

    /// The timeline of the complaint, with this change as its last entry. Read from the database once, when somebody
    /// asks for it first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn timeline(&self, conn: &mut Conn) -> Result<&[TimelineEntry]> {
        if let Some(entries) = self.timeline.get() {
            return Ok(entries);
        }
        let mut entries = store::whole_timeline(conn, self.after.id)?;
        entries.retain(|entry| entry.id != self.entry.id);
        entries.push(self.entry.clone());
        Ok(self.timeline.get_or_init(|| entries))
    }

    /// [`Turn::timeline`], when nothing else is asked for any more.
    pub(super) fn into_timeline(self, conn: &mut Conn) -> Result<Vec<TimelineEntry>> {
        self.timeline(conn)?;
        Ok(self.timeline.into_inner().unwrap_or_default())
    }

    /// The history of the complaint, with this change as its last happening.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn history(&self, conn: &mut Conn) -> Result<&[Happening]> {
        let entries = self.timeline(conn)?;
        Ok(self.history.get_or_init(|| history::read(self.after, entries)))
    }
}

/// A complaint that is about to be logged, in a group with others.
pub struct Arrived<'a> {
    /// The complaint.
    pub complaint: &'a Complaint,
    /// What the timeline will tell of its coming in.
    pub entry: &'a TimelineEntry,
}

impl Arrived<'_> {
    /// The beginning of its history.
    pub fn happening(&self) -> Vec<Happening> {
        history::read(self.complaint, std::slice::from_ref(self.entry))
    }
}

/// Before complaints are inserted: finds by when each has to be looked at, and gives what is to be written once they
/// are there.
pub(super) fn coming_in(
    conn: &mut Conn,
    complaints: &mut [Complaint],
    entries: &[TimelineEntry],
) -> Result<Vec<clocks::Begun>> {
    let arrived: Vec<Arrived<'_>> = complaints
        .iter()
        .zip(entries)
        .map(|(complaint, entry)| Arrived { complaint, entry })
        .collect();
    let begun = clocks::begin(conn, &arrived)?;
    for one in &begun {
        if let Some(complaint) = complaints.get_mut(one.place) {
            complaint.next_due_at = one.next_due_at;
        }
    }
    Ok(begun)
}

/// Once complaints are inserted, with their entries.
pub(super) fn came_in(
    conn: &mut Conn,
    policy: &Policy,
    begun: &[clocks::Begun],
    (complaints, entries): (&[Complaint], &[TimelineEntry]),
    placed: &[Option<Placed>],
) -> Result<()> {
    clocks::write_begun(conn, begun)?;
    let wants = placing::keep(conn, complaints, placed)?;
    work::follow::arrived(conn, complaints, wants)?;
    rules::arrived(conn, policy, complaints, entries)?;
    telling::came_in(conn, complaints, entries)?;
    reporting::received(conn, policy, complaints, entries)
}

/// Before a change is written: writes what follows, and gives the earliest moment by which something is due.
pub(super) fn changing(conn: &mut Conn, turn: &Turn<'_>) -> Result<Option<Moment>> {
    clocks::changed(conn, turn)
}

/// Once a change is written; the last entry of the timeline is the one that tells of it.
pub(super) fn changed(
    conn: &mut Conn,
    (policy, who): (&Policy, Option<Principal>),
    change: (&Complaint, &Complaint),
    call_backs: &[CallBack],
    timeline: &[TimelineEntry],
) -> Result<()> {
    let routed = timeline.last().is_some_and(|entry| entry.action == "routed");
    work::follow::changed(conn, change.1, call_backs, routed)?;
    rules::changed(conn, policy, change, timeline)?;
    let Some(entry) = timeline.last() else { return Ok(()) };
    drafts::saved(conn, change.1.id, &entry.action, who)?;
    telling::tell_change(conn, change, entry)?;
    reporting::changed(conn, policy, change, timeline, entry.id)
}

/// Once complaints and promises have been handed over from somebody, many at once; the entries tell of it.
pub(super) fn handed_over(
    conn: &mut Conn,
    act: &Act,
    ids: &[ComplaintId],
    entries: &[TimelineEntry],
    from: &str,
) -> Result<()> {
    let standings = standing::load(conn, ids)?;
    work::follow::changed_all(conn, &standings, act.now)?;
    let complaints: Vec<Complaint> = standings.into_iter().map(|standing| standing.complaint).collect();
    telling::tell_entries(conn, &complaints, entries, Some(from))?;
    rules::told(conn, &act.policy, entries)
}

/// Once something that is no work on a complaint was noted in its timeline.
pub(super) fn touched(conn: &mut Conn, change: (&Complaint, &Complaint), entry: &TimelineEntry) -> Result<()> {
    telling::tell_change(conn, change, entry)
}

/// Once the content of complaints has been removed.
pub(super) fn content_removed(conn: &mut Conn, act: &Act, ids: &[ComplaintId]) -> Result<()> {
    let gone = store::by_ids(conn, ids)?;
    telling::tell_gone(conn, act, &gone)
}

/// Once the clocks have told something in the timelines of complaints that did not change.
pub(super) fn told(conn: &mut Conn, policy: &Policy, entries: &[TimelineEntry]) -> Result<()> {
    rules::told(conn, policy, entries)?;
    reporting::told(conn, policy, entries)?;
    let ids: BTreeSet<ComplaintId> = entries.iter().map(|entry| entry.complaint_id).collect();
    let complaints = store::by_ids(conn, &ids.into_iter().collect::<Vec<_>>())?;
    telling::tell_entries(conn, &complaints, entries, None)
}
