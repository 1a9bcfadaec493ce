//! How long customers waited.

use super::{Kind, OF_COMPLAINTS, mean};
use crate::domain::reporting::measures::{Dimension, Measure, Span};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// How long one thing took that ended in a period.
    ResponseTimesRow {
        /// From the receipt until when.
        span: Span,
        /// How many.
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

/// How long customers waited.
#[derive(Debug)]
pub struct ResponseTimes;

impl Kind for ResponseTimes {
    type Row = ResponseTimesRow;
    const NAME: &'static str = "response-times";
    const TELLS: &'static str =
        "Times from the receipt to the acknowledgement, the first answer and the resolution, on the day they ended.";
    const DIMENSIONS: &'static [Dimension] = OF_COMPLAINTS;
    const HAS_TIMES: bool = true;

    fn measures(ask: &Ask) -> Vec<Measure> {
        Span::ALL.iter().map(|span| Measure::Took(*span, ask.time)).collect()
    }

    fn rows(ask: &Ask, label: &Label, block: &Block) -> Vec<ResponseTimesRow> {
        let row = |span: &Span| {
            let cell = block.cell(Measure::Took(*span, ask.time));
            let [p50_seconds, p90_seconds, p99_seconds] = cell.histogram.percentiles([0.5, 0.9, 0.99]);
            ResponseTimesRow {
                period: label.period.clone(),
                starts_on: label.starts_on,
                value: label.value.clone(),
                span: *span,
                n: cell.n,
                mean_seconds: mean(cell),
                p50_seconds,
                p90_seconds,
                p99_seconds,
            }
        };
        Span::ALL.iter().map(row).collect()
    }
}
