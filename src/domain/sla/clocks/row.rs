//! Rows of clocks, and of the signals they have given.

use diesel::prelude::*;

use super::signals::SignalKind;
use super::walk::{ClockState, Ticking};
use crate::clock::Moment;
use crate::db::schema::{clock_signals, complaint_clocks};
use crate::domain::sla::policies::model::MetricKind;
use crate::ids::{CallBackId, ClockId, ComplaintId};

/// A clock of a complaint, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = complaint_clocks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ClockRow {
    /// Its name here.
    pub id: ClockId,
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// The slug of its policy.
    pub policy: String,
    /// The version of the policy under which it began, and runs.
    pub policy_version: i32,
    /// The slug of the metric within the policy.
    pub metric: String,
    /// What it waits for.
    pub kind: MetricKind,
    /// Whether it is a regulator's.
    pub regulatory: bool,
    /// The how-manieth of this complaint, policy and metric, from 1.
    pub cycle: i32,
    /// The promise, for a call-back.
    pub call_back_id: Option<CallBackId>,
    /// The slug of its calendar; none for a promise.
    pub calendar: Option<String>,
    /// The version of the calendar by which it counts.
    pub calendar_version: Option<i32>,
    /// From when it counts.
    pub started_at: Moment,
    /// By when it is due; none while it stands still.
    pub due_at: Option<Moment>,
    /// Where it stands, as far as anybody has looked: what came due since the last change is found by the sweep.
    pub state: ClockState,
    /// Since when it is late, if it is or was.
    pub breached_at: Option<Moment>,
    /// When it happened or did not matter any more.
    pub ended_at: Option<Moment>,
    /// When the sweep has to look at it next.
    pub next_at: Option<Moment>,
}

impl ClockRow {
    /// The row of a clock that has just begun.
    pub(super) fn of(id: ClockId, complaint_id: ComplaintId, clock: &Ticking, next_at: Option<Moment>) -> Self {
        let calendar = clock.calendar.as_ref().filter(|_| clock.call_back_id.is_none());
        Self {
            id,
            complaint_id,
            policy: clock.policy.clone(),
            policy_version: clock.policy_version,
            metric: clock.metric.slug.clone(),
            kind: clock.metric.kind,
            regulatory: clock.metric.regulatory,
            cycle: clock.cycle,
            call_back_id: clock.call_back_id,
            calendar: calendar.map(|_| clock.body.calendar.clone()),
            calendar_version: calendar.map(|calendar| calendar.version),
            started_at: clock.started_at,
            due_at: clock.due_at,
            state: clock.state,
            breached_at: clock.breached_at,
            ended_at: clock.ended_at,
            next_at,
        }
    }

    /// Whether it is the row of this clock.
    pub(super) fn is_of(&self, clock: &Ticking) -> bool {
        self.policy == clock.policy && self.metric == clock.metric.slug && self.cycle == clock.cycle
    }

    /// Takes over where the clock stands now. What has ended stays as it was, and what was late stays late, whatever
    /// became of the facts since.
    pub(super) fn follow(&mut self, clock: &Ticking) {
        if self.ended_at.is_some() {
            return;
        }
        self.ended_at = clock.ended_at;
        if self.breached_at.is_none() {
            self.started_at = clock.started_at;
            self.due_at = clock.due_at;
            self.state = clock.state;
            self.breached_at = clock.breached_at;
        }
    }
}

/// A signal that a clock has given. Each is given once.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = clock_signals, treat_none_as_default_value = false)]
pub struct SignalRow {
    /// Which clock.
    pub clock_id: ClockId,
    /// A warning, the breach, or a level of the chain.
    pub kind: SignalKind,
    /// Which one of its kind, from 1.
    pub level: i32,
    /// When it was to be given.
    pub due_at: Moment,
    /// When it was.
    pub fired_at: Moment,
}
