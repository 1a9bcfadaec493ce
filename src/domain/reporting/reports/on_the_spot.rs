//! How much was resolved in the first contact.

use super::{Kind, OF_CLOSINGS, share};
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// Closings in a period.
    OnTheSpotRow {
        /// Closings on the merits: upheld, partly, rejected.
        closed_on_merits: i64,
        /// Those in the first contact.
        on_the_spot: i64,
        /// Their share, 0 to 1.
        share: Option<f64>,
    }
}

/// How much was resolved in the first contact.
#[derive(Debug)]
pub struct OnTheSpot;

impl Kind for OnTheSpot {
    type Row = OnTheSpotRow;
    const NAME: &'static str = "on-the-spot";
    const TELLS: &'static str = "The share of closings on the merits that were resolved in the first contact.";
    const DIMENSIONS: &'static [Dimension] = OF_CLOSINGS;

    fn measures(_: &Ask) -> Vec<Measure> {
        vec![Measure::OnMerits, Measure::OnTheSpot]
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<OnTheSpotRow> {
        let (all, spot) = (block.n(Measure::OnMerits), block.n(Measure::OnTheSpot));
        vec![OnTheSpotRow {
            period: label.period.clone(),
            starts_on: label.starts_on,
            value: label.value.clone(),
            closed_on_merits: all,
            on_the_spot: spot,
            share: share(spot, all),
        }]
    }
}
