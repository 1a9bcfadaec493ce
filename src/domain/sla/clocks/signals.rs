//! Signals of a clock: its warnings, the breach, and the levels of its chain. Pure.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::walk::Ticking;
use crate::clock::Moment;
use crate::domain::sla::deadline::{self, Pause};
use crate::domain::sla::policies::model::{Escalation, MetricKind, Recipient, Warning};
use crate::text_enum;

text_enum! {
    /// What a clock gives a signal of.
    SignalKind {
        /// That the time runs out.
        Warning = "warning",
        /// That it is late.
        Breach = "breach",
        /// That others should know.
        Escalation = "escalation",
    }
}

/// Who is told of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// Who.
    pub recipient: Recipient,
    /// Which role, when a role is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// A signal, and when it is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// When.
    pub at: Moment,
    /// Of what.
    pub kind: SignalKind,
    /// Which one of its kind, from 1.
    pub level: i32,
    /// Who is told.
    pub to: Addressee,
}

/// Every signal that a clock will give if nothing happens, or would have given: in the order in which they are to be
/// given. A clock that has ended tells only that it was late; what stands still says nothing until it runs again.
pub fn of(clock: &Ticking, pauses: &[Pause]) -> Vec<Signal> {
    let mut signals = Vec::new();
    let told = |recipient| Addressee { recipient, role: None };
    if clock.ended_at.is_none() {
        for (level, warning) in (1..).zip(&clock.metric.warnings) {
            if let Some(at) = warning_at(clock, pauses, *warning) {
                signals.push(Signal {
                    at,
                    kind: SignalKind::Warning,
                    level,
                    to: told(Recipient::Owner),
                });
            }
        }
        for (level, step) in (1..).zip(&clock.metric.escalations) {
            if let Some(at) = escalation_at(clock, pauses, step) {
                signals.push(Signal {
                    at,
                    kind: SignalKind::Escalation,
                    level,
                    to: Addressee {
                        recipient: step.to,
                        role: step.role.clone(),
                    },
                });
            }
        }
    }
    let late = match clock.ended_at {
        None => clock.due_at,
        Some(_) => clock.breached_at,
    };
    if let Some(at) = late {
        signals.push(Signal {
            at,
            kind: SignalKind::Breach,
            level: 1,
            to: told(Recipient::Lead),
        });
    }
    signals.sort_by_key(|signal| (signal.at, signal.kind, signal.level));
    signals
}

/// The first signal that has not been given.
pub fn next<'s>(signals: &'s [Signal], given: &[(SignalKind, i32)]) -> Option<&'s Signal> {
    signals
        .iter()
        .find(|signal| !given.contains(&(signal.kind, signal.level)))
}

fn minutes(minutes: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(minutes))
}

fn warning_at(clock: &Ticking, pauses: &[Pause], warning: Warning) -> Option<Moment> {
    match (warning.percent, warning.left_minutes) {
        (Some(percent), _) => at_percent(clock, pauses, percent),
        (None, Some(left)) => at_left(clock, pauses, minutes(left)),
        (None, None) => None,
    }
}

fn at_percent(clock: &Ticking, pauses: &[Pause], percent: u32) -> Option<Moment> {
    if clock.metric.kind == MetricKind::CallBack {
        let whole = clock.due_at? - clock.started_at;
        return Some(clock.started_at + whole * i32::try_from(percent).ok()? / 100);
    }
    let (calendar, target) = (clock.calendar.as_ref()?, clock.metric.target.as_ref()?);
    let own = clock.own_pauses(pauses);
    deadline::at_fraction(&calendar.content, target, clock.started_at, &own, percent).ok()?
}

fn at_left(clock: &Ticking, pauses: &[Pause], left: TimeDelta) -> Option<Moment> {
    if clock.metric.kind == MetricKind::CallBack {
        return Some((clock.due_at? - left).max(clock.started_at));
    }
    let (calendar, target) = (clock.calendar.as_ref()?, clock.metric.target.as_ref()?);
    let own = clock.own_pauses(pauses);
    deadline::at_left(&calendar.content, target, clock.started_at, &own, left).ok()?
}

fn escalation_at(clock: &Ticking, pauses: &[Pause], step: &Escalation) -> Option<Moment> {
    if let Some(before) = step.before_minutes {
        return at_left(clock, pauses, minutes(before));
    }
    let (due, after) = (clock.due_at?, minutes(step.after_minutes?));
    let business = clock.metric.target.is_some_and(|target| target.unit.is_business());
    match &clock.calendar {
        // Nobody is told in the night of what may wait for the morning.
        Some(calendar) if business => calendar.content.after(due, after).ok(),
        _ => Some(due + after),
    }
}
