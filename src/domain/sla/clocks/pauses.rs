//! Pauses of clocks: the times in which a complaint waited for somebody else, from its history.

use crate::clock::Moment;
use crate::domain::complaints::history::Wait;
use crate::domain::sla::deadline::Pause;
use crate::domain::sla::policies::model::Metric;

/// The cause of a pause whose code was lost.
pub(super) const UNKNOWN: &str = "unknown";

/// A pause that has begun.
pub(super) fn open(from: Moment, cause: &str) -> Pause {
    Pause {
        from,
        until: None,
        cause: cause.to_owned(),
    }
}

/// The times in which a complaint waited.
pub(super) fn from_waits(waits: &[Wait]) -> Vec<Pause> {
    waits
        .iter()
        .map(|wait| Pause {
            from: wait.from,
            until: wait.until,
            cause: wait.cause.map_or(UNKNOWN, |cause| cause.as_str()).to_owned(),
        })
        .collect()
}

/// The pauses that count for a clock; for one that has ended, up to its end.
pub(super) fn of(metric: &Metric, ended_at: Option<Moment>, pauses: &[Pause]) -> Vec<Pause> {
    if !metric.pausable || metric.regulatory {
        return Vec::new();
    }
    match ended_at {
        None => pauses.to_vec(),
        Some(end) => pauses
            .iter()
            .filter(|pause| pause.from < end)
            .map(|pause| Pause {
                until: Some(pause.until.map_or(end, |until| until.min(end))),
                ..pause.clone()
            })
            .collect(),
    }
}
