//! What became of promises to call.

use super::{Kind, OF_COMPLAINTS, share};
use crate::domain::complaints::vocabulary::{AskedBy, AttemptResult};
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// Promises that were made, and those that ended, in a period.
    CallBacksRow {
        /// Made, those that replace others included.
        promised: i64,
        /// Kept within the window.
        kept: i64,
        /// Kept after it.
        late: i64,
        /// Not kept.
        broken: i64,
        /// Moved at the customer's wish.
        moved_by_customer: i64,
        /// Moved by the desk, in time.
        moved_by_desk: i64,
        /// Called off by the customer.
        called_off: i64,
        /// The kept among those kept, late or broken, 0 to 1.
        kept_share: Option<f64>,
        /// Half of the promised calls were made at most so long after the end of the window, 0 for those within;
        /// seconds, within 2.5 %, like the next.
        lateness_p50_seconds: Option<f64>,
        /// Nine of ten.
        lateness_p90_seconds: Option<f64>,
        /// Ninety-nine of a hundred.
        lateness_p99_seconds: Option<f64>,
        /// Calls that were tried.
        calls: i64,
        /// Calls that reached the customer.
        reached: i64,
    }
}

/// What became of promises to call.
#[derive(Debug)]
pub struct CallBacks;

impl Kind for CallBacks {
    type Row = CallBacksRow;
    const NAME: &'static str = "call-backs";
    const TELLS: &'static str =
        "Promises to call: made, kept, late, broken, moved, called off; how late the calls were.";
    const DIMENSIONS: &'static [Dimension] = OF_COMPLAINTS;
    const HAS_TIMES: bool = true;

    fn measures(ask: &Ask) -> Vec<Measure> {
        let mut measures = vec![
            Measure::Promised,
            Measure::Kept,
            Measure::Late,
            Measure::Broken,
            Measure::Moved(AskedBy::Customer),
            Measure::Moved(AskedBy::Desk),
            Measure::CalledOff,
            Measure::Lateness(ask.time),
        ];
        measures.extend(AttemptResult::ALL.iter().map(|result| Measure::Attempt(*result)));
        measures
    }

    fn rows(ask: &Ask, label: &Label, block: &Block) -> Vec<CallBacksRow> {
        let (kept, late, broken) = (block.n(Measure::Kept), block.n(Measure::Late), block.n(Measure::Broken));
        let lateness = &block.cell(Measure::Lateness(ask.time)).histogram;
        let [lateness_p50_seconds, lateness_p90_seconds, lateness_p99_seconds] = lateness.percentiles([0.5, 0.9, 0.99]);
        vec![CallBacksRow {
            period: label.period.clone(),
            starts_on: label.starts_on,
            value: label.value.clone(),
            promised: block.n(Measure::Promised),
            kept,
            late,
            broken,
            moved_by_customer: block.n(Measure::Moved(AskedBy::Customer)),
            moved_by_desk: block.n(Measure::Moved(AskedBy::Desk)),
            called_off: block.n(Measure::CalledOff),
            kept_share: share(kept, kept + late + broken),
            lateness_p50_seconds,
            lateness_p90_seconds,
            lateness_p99_seconds,
            calls: AttemptResult::ALL
                .iter()
                .map(|result| block.n(Measure::Attempt(*result)))
                .sum(),
            reached: block.n(Measure::Attempt(AttemptResult::Reached)),
        }]
    }
}
