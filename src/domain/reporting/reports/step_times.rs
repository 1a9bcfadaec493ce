//! How long each step took.

use super::{Kind, OF_PEOPLE, mean};
use crate::domain::complaints::vocabulary::HandlingStep;
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// One step, as often as it was done in a period.
    StepTimesRow {
        /// Which of the seven steps.
        step: HandlingStep,
        /// How often.
        n: i64,
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

/// How long each step took.
#[derive(Debug)]
pub struct StepTimes;

impl Kind for StepTimes {
    type Row = StepTimesRow;
    const NAME: &'static str = "step-times";
    const TELLS: &'static str =
        "How long each step took since the one before it; steps that were recorded together share their time.";
    const DIMENSIONS: &'static [Dimension] = OF_PEOPLE;
    const HAS_TIMES: bool = true;

    fn measures(ask: &Ask) -> Vec<Measure> {
        HandlingStep::ALL
            .iter()
            .map(|step| Measure::Step(*step, ask.time))
            .collect()
    }

    fn rows(ask: &Ask, label: &Label, block: &Block) -> Vec<StepTimesRow> {
        let row = |step: &HandlingStep| {
            let cell = block.cell(Measure::Step(*step, ask.time));
            let [p50_seconds, p90_seconds, p99_seconds] = cell.histogram.percentiles([0.5, 0.9, 0.99]);
            StepTimesRow {
                period: label.period.clone(),
                starts_on: label.starts_on,
                value: label.value.clone(),
                step: *step,
                n: cell.n,
                mean_seconds: mean(cell),
                p50_seconds,
                p90_seconds,
                p99_seconds,
            }
        };
        HandlingStep::ALL.iter().map(row).collect()
    }
}
