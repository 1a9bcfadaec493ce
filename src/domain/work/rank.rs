//! How urgent an open complaint is: pure, and a moment that stands still. Whoever is served in the order of such moments
//! leaves nobody behind, because what comes in later is, sooner or later, due later.

use chrono::{SubsecRound as _, TimeDelta};

use crate::clock::Moment;
use crate::domain::complaints::model::{CallBack, Complaint};
use crate::domain::complaints::vocabulary::{CallBackState, Level, State};
use crate::text_enum;

/// So long before its window a promised call is due for whoever asks for work.
pub const BEFORE_WINDOW: TimeDelta = TimeDelta::minutes(15);
/// So long before its deadline a complaint that was kept back is free for everybody.
pub const BEFORE_DUE: TimeDelta = TimeDelta::hours(4);
/// So much later one looks after a complaint without a deadline that waits for somebody else.
pub const WAITING: TimeDelta = TimeDelta::days(7);

text_enum! {
    /// What the urgency of a complaint rests on.
    Basis {
        /// The end of the window of a promised call.
        CallBack = "call_back",
        /// A deadline of a policy.
        Clock = "clock",
        /// No deadline: how grave it is and how long it has been here.
        Age = "age",
    }
}

/// How urgent an open complaint is, and who may have it from when on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rank {
    /// By when something has to be done.
    pub urgent_at: Moment,
    /// What that rests on.
    pub basis: Basis,
    /// From when on the earliest promised call is due.
    pub promised_from: Option<Moment>,
    /// Who is to make that call.
    pub held_by: Option<String>,
    /// From when on anybody may take it; nothing: at once.
    pub free_from: Option<Moment>,
}

/// Within which time something is to be done about a complaint without a deadline, from its receipt.
pub const fn span(severity: Level) -> TimeDelta {
    match severity {
        Level::Critical => TimeDelta::hours(4),
        Level::High => TimeDelta::hours(24),
        Level::Medium => TimeDelta::hours(72),
        Level::Low => TimeDelta::hours(168),
    }
}

/// The rank of an open complaint. Of the promises, the open ones count. A rule of routing may make `within` minutes of
/// the time that there is without a deadline.
pub fn rank(complaint: &Complaint, promises: &[CallBack], within: Option<i32>) -> Rank {
    let open = promises.iter().filter(|promise| promise.state == CallBackState::Open);
    let promise = open.min_by_key(|promise| (promise.window_end, promise.id));
    let waits = complaint.state == State::Waiting;
    let (urgent_at, basis) = match complaint.next_due_at {
        Some(due) if promise.is_some_and(|promise| promise.window_end == due) => (due, Basis::CallBack),
        Some(due) => (due, Basis::Clock),
        None => {
            let waiting = if waits { WAITING } else { TimeDelta::zero() };
            let span = span(complaint.severity);
            let span = within.map_or(span, |minutes| span.min(TimeDelta::minutes(minutes.into())));
            (complaint.received_at + span + waiting, Basis::Age)
        }
    };
    let lead = (basis != Basis::CallBack).then(|| urgent_at - BEFORE_DUE);
    let free_from = match promise {
        // The one who promised has half the window for it; then the promise counts more than who keeps it.
        Some(promise) => Some(lead.map_or(middle(promise), |lead| lead.min(middle(promise)))),
        None if waits => lead,
        None => None,
    };
    Rank {
        urgent_at,
        basis,
        promised_from: promise.map(|promise| promise.window_start - BEFORE_WINDOW),
        held_by: promise.map(|promise| promise.owner.clone()),
        free_from,
    }
}

/// The middle of the window of a promise.
fn middle(promise: &CallBack) -> Moment {
    let half = (promise.window_end - promise.window_start) / 2;
    Moment((promise.window_start + half).trunc_subsecs(6))
}

#[cfg(test)]
mod tests;
