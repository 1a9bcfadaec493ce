//! One clock on its way through a history.

use std::sync::Arc;

use crate::clock::Moment;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::clocks::pauses;
use crate::domain::sla::deadline::{self, Pause};
use crate::domain::sla::policies::book::Edition;
use crate::domain::sla::policies::model::{Metric, MetricKind, PolicyBody, Reopening};
use crate::ids::CallBackId;
use crate::text_enum;

text_enum! {
    /// Where a clock stands.
    ClockState {
        /// It is not due yet.
        Running = "running",
        /// It stands still, because the complaint waits for somebody else.
        Paused = "paused",
        /// It happened in time.
        Met = "met",
        /// It was due and had not happened. It stays so when it happens afterwards.
        Breached = "breached",
        /// It does not matter any more: the complaint was closed, or another policy applies.
        Stopped = "stopped",
    }
}

/// A clock, and what it counts by.
#[derive(Debug, Clone)]
pub struct Ticking {
    /// The slug of its policy.
    pub policy: String,
    /// The version of the policy under which it began, and runs.
    pub policy_version: i32,
    /// That version.
    pub body: Arc<PolicyBody>,
    /// What it waits for.
    pub metric: Metric,
    /// The calendar as it stood when the clock began; none for a promise, which has its own end.
    pub calendar: Option<Edition<Calendar>>,
    /// The how-manieth of this complaint, policy and metric, from 1.
    pub cycle: i32,
    /// The promise, for a call-back.
    pub call_back_id: Option<CallBackId>,
    /// From when it counts.
    pub started_at: Moment,
    /// By when it is due; none while it stands still.
    pub due_at: Option<Moment>,
    /// Where it stands.
    pub state: ClockState,
    /// Since when it is late, if it is or was.
    pub breached_at: Option<Moment>,
    /// When it happened or did not matter any more.
    pub ended_at: Option<Moment>,
}

impl Metric {
    /// From when the resolution counts of a complaint that was opened again.
    pub(super) fn since_opened_again(&self, first: Moment, again: Moment) -> Moment {
        match self.reopening {
            Reopening::Continue => first,
            Reopening::Anew | Reopening::Ignore => again,
        }
    }
}

impl Ticking {
    /// Whether a pause moves it.
    pub(super) fn is_movable(&self) -> bool {
        self.metric.pausable && self.ended_at.is_none() && self.breached_at.is_none()
    }

    /// The pauses that count for it.
    pub(crate) fn own_pauses(&self, pauses: &[Pause]) -> Vec<Pause> {
        pauses::of(&self.metric, self.ended_at, pauses)
    }

    /// Finds by when it is due. False when it never is: the calendar is not there, or does not open.
    pub(crate) fn find_due(&mut self, pauses: &[Pause]) -> bool {
        if self.metric.kind == MetricKind::CallBack {
            return self.due_at.is_some();
        }
        let (Some(calendar), Some(target)) = (&self.calendar, &self.metric.target) else {
            return false;
        };
        let own = self.own_pauses(pauses);
        match deadline::due(&calendar.content, target, self.started_at, &own) {
            Ok(due) => {
                self.due_at = due;
                if self.ended_at.is_none() {
                    self.state = if due.is_some() {
                        ClockState::Running
                    } else {
                        ClockState::Paused
                    };
                }
                true
            }
            Err(_) => false,
        }
    }

    /// Counts from another moment, unless it is late already.
    pub(super) fn move_start(&mut self, start: Moment, pauses: &[Pause]) {
        if self.ended_at.is_none() && self.breached_at.is_none() {
            self.started_at = start;
            self.find_due(pauses);
        }
    }

    pub(super) fn breach_if_due_before(&mut self, now: Moment) {
        if self.ended_at.is_none()
            && self.breached_at.is_none()
            && let Some(due) = self.due_at.filter(|due| *due < now)
        {
            self.breached_at = Some(due);
            self.state = ClockState::Breached;
        }
    }

    /// It happened. In the moment in which it is due, it is in time.
    pub(super) fn meet(&mut self, at: Moment, pauses: &[Pause]) {
        self.end(at, pauses, ClockState::Met);
    }

    /// It does not matter any more.
    pub(super) fn stop(&mut self, at: Moment, pauses: &[Pause]) {
        self.end(at, pauses, ClockState::Stopped);
    }

    fn end(&mut self, at: Moment, pauses: &[Pause], state: ClockState) {
        if self.ended_at.is_some() {
            return;
        }
        self.ended_at = Some(at);
        if self.breached_at.is_some() {
            return;
        }
        // One that stood still is told by when it would have been due had the pause ended now.
        self.find_due(pauses);
        self.state = state;
        if let Some(due) = self.due_at.filter(|due| *due < at) {
            self.breached_at = Some(due);
            self.state = ClockState::Breached;
        }
    }
}
