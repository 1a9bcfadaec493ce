//! How long complaints stood where.

use super::{Kind, OF_COMPLAINTS, mean};
use crate::domain::complaints::vocabulary::State;
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// Stays in one state that ended in a period.
    DwellRow {
        /// Where they stood.
        state: State,
        /// How many stays.
        n: i64,
        /// All of them together, seconds.
        total_seconds: i64,
        /// The mean, seconds, exact.
        mean_seconds: Option<f64>,
        /// Half of them took at most so long; within 2.5 %, like the next.
        p50_seconds: Option<f64>,
        /// Nine of ten took at most so long.
        p90_seconds: Option<f64>,
        /// Ninety-nine of a hundred took at most so long.
        p99_seconds: Option<f64>,
    }
}

/// How long complaints stood where.
#[derive(Debug)]
pub struct Dwell;

const STATES: [State; 3] = [State::Received, State::InHandling, State::Waiting];

impl Kind for Dwell {
    type Row = DwellRow;
    const NAME: &'static str = "dwell";
    const TELLS: &'static str = "How long complaints stood in each state before they left it.";
    const DIMENSIONS: &'static [Dimension] = OF_COMPLAINTS;
    const HAS_TIMES: bool = true;

    fn measures(ask: &Ask) -> Vec<Measure> {
        STATES.iter().map(|state| Measure::Dwell(*state, ask.time)).collect()
    }

    fn rows(ask: &Ask, label: &Label, block: &Block) -> Vec<DwellRow> {
        let row = |state: &State| {
            let cell = block.cell(Measure::Dwell(*state, ask.time));
            let [p50_seconds, p90_seconds, p99_seconds] = cell.histogram.percentiles([0.5, 0.9, 0.99]);
            DwellRow {
                period: label.period.clone(),
                starts_on: label.starts_on,
                value: label.value.clone(),
                state: *state,
                n: cell.n,
                total_seconds: cell.total,
                mean_seconds: mean(cell),
                p50_seconds,
                p90_seconds,
                p99_seconds,
            }
        };
        STATES.iter().map(row).collect()
    }
}
