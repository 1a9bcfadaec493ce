//! Which deadlines passed.

use super::Kind;
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// Deadlines that passed in a period.
    BreachesRow {
        /// How many.
        breached: i64,
    }
}

/// Which deadlines passed.
#[derive(Debug)]
pub struct Breaches;

const DIMENSIONS: &[Dimension] = &[
    Dimension::Policy,
    Dimension::Metric,
    Dimension::Channel,
    Dimension::Kind,
    Dimension::CustomerType,
    Dimension::Category,
    Dimension::Severity,
    Dimension::Team,
];

impl Kind for Breaches {
    type Row = BreachesRow;
    const NAME: &'static str = "breaches";
    const TELLS: &'static str = "Deadlines that passed, by policy, by what of it, or by property of the complaint.";
    const DIMENSIONS: &'static [Dimension] = DIMENSIONS;

    fn measures(_: &Ask) -> Vec<Measure> {
        vec![Measure::Breached]
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<BreachesRow> {
        vec![BreachesRow {
            period: label.period.clone(),
            starts_on: label.starts_on,
            value: label.value.clone(),
            breached: block.n(Measure::Breached),
        }]
    }
}
