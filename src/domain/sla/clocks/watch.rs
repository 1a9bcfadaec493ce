//! The sweep: what comes due while nothing changes. Each warning, breach and escalation is told once: in the timeline
//! and in the outbox, in the order in which they were to be told, marked late when they are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::json;

use super::follow::{self, Given};
use super::row::{ClockRow, SignalRow};
use super::signals::{self, Signal, SignalKind};
use super::store;
use super::walk::walk;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::dialect;
use crate::domain::complaints::history;
use crate::domain::complaints::watching::{self, Watched};
use crate::domain::notifications::{self, Notice, OutboxRow};
use crate::domain::sla::policies::book::{self, Book};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::ComplaintId;

/// A signal is late when it is given so long after it was to be.
const LATE: TimeDelta = TimeDelta::minutes(2);

/// A signal that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// Of what.
    pub kind: SignalKind,
    /// The slug of the policy.
    pub policy: String,
    /// The slug of the metric.
    pub metric: String,
}

/// Gives the signals of at most `limit` clocks whose time has come, the most urgent first. May run as often as one
/// likes, in several processes at once.
///
/// # Errors
/// When the database refuses.
pub fn watch(conn: &mut Conn, act: &Act, limit: i64) -> Result<Vec<Fired>> {
    let Some(book) = book::current(conn)? else {
        return Ok(Vec::new());
    };
    let due: BTreeSet<ComplaintId> = store::to_look_at(conn, act.now, limit)?.into_iter().collect();
    let due: Vec<ComplaintId> = due.into_iter().collect();
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // Before anything is read: nobody changes one of them meanwhile.
    dialect::hold_complaints(conn, &due)?;
    let rows = store::of_complaints(conn, &due)?;
    let mut sweep = Sweep::begin(conn, act, &book, &rows)?;
    let mut by_complaint: BTreeMap<ComplaintId, Vec<ClockRow>> = BTreeMap::new();
    for row in rows {
        by_complaint.entry(row.complaint_id).or_default().push(row);
    }
    for watched in watching::load(conn, &due)? {
        let rows = by_complaint.remove(&watched.complaint.id).unwrap_or_default();
        sweep.look_at(conn, &watched, rows)?;
    }
    sweep.end(conn)
}

/// Brings a complaint to the next one in the chains of its clocks, ahead of the time at which the sweep would: the level
/// that would come next is given now, and not again. The complaint is held. False when no chain goes on.
///
/// # Errors
/// When the database refuses.
pub fn escalate(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<bool> {
    let Some(book) = book::current(conn)? else {
        return Ok(false);
    };
    let rows = store::of_complaints(conn, &[id])?;
    let mut sweep = Sweep::begin(conn, act, &book, &rows)?;
    for watched in watching::load(conn, &[id])? {
        sweep.escalate(conn, &watched, rows.clone())?;
    }
    Ok(!sweep.end(conn)?.is_empty())
}

/// When the sweep has to look next.
///
/// # Errors
/// When the database refuses.
pub fn next_look(conn: &mut Conn) -> Result<Option<Moment>> {
    store::next_look(conn)
}

struct Sweep<'a> {
    act: &'a Act,
    book: &'a Book,
    given: Given,
    signals: Vec<SignalRow>,
    told: Vec<watching::Telling>,
    notices: Vec<OutboxRow>,
    fired: Vec<Fired>,
}

impl<'a> Sweep<'a> {
    /// A sweep over the complaints of these clocks.
    fn begin(conn: &mut Conn, act: &'a Act, book: &'a Book, rows: &[ClockRow]) -> Result<Self> {
        Ok(Self {
            act,
            book,
            given: follow::given_by(conn, rows)?,
            signals: Vec::new(),
            told: Vec::new(),
            notices: Vec::new(),
            fired: Vec::new(),
        })
    }

    /// Writes what was given, and tells of it.
    fn end(self, conn: &mut Conn) -> Result<Vec<Fired>> {
        store::insert_signals(conn, &self.signals)?;
        watching::tell(conn, self.act, self.told)?;
        notifications::post_all(conn, &self.notices)?;
        Ok(self.fired)
    }

    /// Gives the level of a chain that would come next.
    fn escalate(&mut self, conn: &mut Conn, watched: &Watched, rows: Vec<ClockRow>) -> Result<()> {
        let now = self.act.now;
        let walked = walk(
            self.book,
            &history::read(&watched.complaint, &watched.entries),
            Some(now),
        );
        let mut levels: Vec<(ClockRow, Signal)> = Vec::new();
        for clock in &walked.clocks {
            let Some(mut row) = rows.iter().find(|row| row.is_of(clock)).cloned() else {
                continue;
            };
            row.follow(clock);
            let chain = signals::of(clock, &walked.pauses).into_iter().filter(|signal| {
                signal.kind == SignalKind::Escalation && !self.given.contains(&(row.id, signal.kind, signal.level))
            });
            levels.extend(chain.map(|signal| (row.clone(), signal)));
        }
        if let Some((row, signal)) = levels.into_iter().min_by_key(|(_, signal)| (signal.at, signal.level)) {
            self.given.push((row.id, signal.kind, signal.level));
            self.fire(watched, &row, &signal);
        }
        follow::write(conn, watched.complaint.id, &walked, rows, &self.given, now)?;
        Ok(())
    }

    /// Brings the clocks of a complaint to this moment, and gives the signals whose time has come.
    fn look_at(&mut self, conn: &mut Conn, watched: &Watched, mut rows: Vec<ClockRow>) -> Result<()> {
        let now = self.act.now;
        let history = history::read(&watched.complaint, &watched.entries);
        let walked = walk(self.book, &history, Some(now));
        let mut due: Vec<(ClockRow, Signal)> = Vec::new();
        for clock in &walked.clocks {
            let looked_at = rows.iter().find(|row| row.is_of(clock) && row.next_at.is_some());
            let Some(mut row) = looked_at.cloned() else { continue };
            row.follow(clock);
            for signal in signals::of(clock, &walked.pauses) {
                let key = (row.id, signal.kind, signal.level);
                // In the moment in which it is due, it is not late yet.
                let is_ripe = match signal.kind {
                    SignalKind::Breach => row.breached_at.is_some(),
                    SignalKind::Warning | SignalKind::Escalation => signal.at <= now,
                };
                if is_ripe && !self.given.contains(&key) {
                    self.given.push(key);
                    due.push((row.clone(), signal));
                }
            }
        }
        due.sort_by_key(|(_, signal)| (signal.at, signal.kind, signal.level));
        for (row, signal) in due {
            self.fire(watched, &row, &signal);
        }
        for row in &mut rows {
            if row.next_at.is_some() && !walked.clocks.iter().any(|clock| row.is_of(clock)) {
                // Nothing leads to this clock any more: it would be looked at for ever.
                tracing::warn!(clock = %row.id, "a clock that its complaint's history does not know");
                row.next_at = None;
                store::update(conn, row)?;
            }
        }
        follow::write(conn, watched.complaint.id, &walked, rows, &self.given, now)?;
        Ok(())
    }

    fn fire(&mut self, watched: &Watched, row: &ClockRow, signal: &Signal) {
        let now = self.act.now;
        self.signals.push(SignalRow {
            clock_id: row.id,
            kind: signal.kind,
            level: signal.level,
            due_at: signal.at,
            fired_at: now,
        });
        let action = match signal.kind {
            SignalKind::Warning => "clock_warned",
            SignalKind::Breach => "clock_breached",
            SignalKind::Escalation => "clock_escalated",
        };
        self.told.push(watching::Telling {
            complaint_id: row.complaint_id,
            customer_id: watched.complaint.customer_id,
            not_before: watched.complaint.updated_at,
            action,
            after: json!({
                "clock_id": row.id, "policy": row.policy, "policy_version": row.policy_version, "metric": row.metric,
                "level": signal.level, "due_at": row.due_at, "signal_at": signal.at, "late": now - signal.at > LATE,
                "recipient": signal.to.recipient, "role": signal.to.role,
            }),
        });
        let (complaint_id, clock_id, to) = (row.complaint_id, row.id, signal.to.clone());
        let notice = match signal.kind {
            SignalKind::Warning => Notice::ClockWarning {
                complaint_id,
                clock_id,
                to,
            },
            SignalKind::Breach => Notice::ClockBreached {
                complaint_id,
                clock_id,
                to,
            },
            SignalKind::Escalation => Notice::ClockEscalated {
                complaint_id,
                clock_id,
                level: signal.level,
                to,
            },
        };
        self.notices.push(OutboxRow::new(now, notice));
        self.fired.push(Fired {
            kind: signal.kind,
            policy: row.policy.clone(),
            metric: row.metric.clone(),
        });
    }
}
