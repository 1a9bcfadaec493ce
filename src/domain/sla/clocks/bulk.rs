//! The clocks of whole histories at once, as a bulk load brings them.

use uuid::Uuid;

use super::row::{ClockRow, SignalRow};
use super::signals::{self, Signal};
use super::store;
use super::walk::{Ticking, walk};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::history::Happening;
use crate::domain::sla::deadline::Pause;
use crate::domain::sla::policies::book::Book;
use crate::error::Result;
use crate::ids::{ClockId, ComplaintId};

/// A signal that was given, with the clock that gave it.
#[derive(Debug, Clone)]
pub struct Given {
    /// The place of the clock among the rows.
    pub clock: usize,
    /// What it said.
    pub signal: Signal,
}

/// The clocks that a history led to by `now`.
#[derive(Debug, Clone, Default)]
pub struct Clocked {
    /// The clocks.
    pub rows: Vec<ClockRow>,
    /// What they have told, in the order of time.
    pub given: Vec<Given>,
    /// The earliest moment by which something is due.
    pub next_due_at: Option<Moment>,
}

/// The clocks of a history, with everything told in its time; `id` names them.
pub fn clocks(
    book: &Book,
    complaint: ComplaintId,
    history: &[Happening],
    now: Moment,
    mut id: impl FnMut(Moment) -> Uuid,
) -> Clocked {
    let walked = walk(book, history, Some(now));
    let mut clocked = Clocked {
        next_due_at: walked.next_due(),
        ..Clocked::default()
    };
    for (place, clock) in walked.clocks.iter().enumerate() {
        let live = signals::of(clock, &walked.pauses);
        let next = live.iter().find(|signal| signal.at > now).map(|signal| signal.at);
        let began = clock.started_at.min(now);
        clocked
            .rows
            .push(ClockRow::of(ClockId(id(began)), complaint, clock, next));
        let told = told_by(clock, &walked.pauses, now);
        clocked
            .given
            .extend(told.into_iter().map(|signal| Given { clock: place, signal }));
    }
    clocked.given.sort_by_key(|given| given.signal.at);
    clocked
}

/// What a clock has told until it ended, or by now.
fn told_by(clock: &Ticking, pauses: &[Pause], now: Moment) -> Vec<Signal> {
    let until = clock.ended_at.map_or(now, |ended| ended.min(now));
    let mut live = clock.clone();
    live.ended_at = None;
    let mut signals = signals::of(&live, &clock.own_pauses(pauses));
    signals.retain(|signal| signal.at <= until && signal.at >= clock.started_at);
    signals
}

/// Loads clocks and signals by the fastest way each database has.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, rows: &[ClockRow], signals: &[SignalRow]) -> Result<()> {
    store::load_many(conn, rows, signals)
}
