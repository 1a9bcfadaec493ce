//! Which causes on our side there were, the commonest first (Pareto).

use super::{Kind, share};
use crate::domain::complaints::vocabulary::CauseCategory;
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// One cause of complaints that were closed in a period and stayed so.
    CausesRow {
        /// Which of the seven causes on our side.
        cause: CauseCategory,
        /// How many.
        n: i64,
        /// Its share, 0 to 1.
        share: Option<f64>,
        /// The share of this and the commoner causes together, 0 to 1.
        cumulative_share: Option<f64>,
    }
}

/// Which causes there were.
#[derive(Debug)]
pub struct Causes;

const DIMENSIONS: &[Dimension] = super::OF_CLOSINGS;

impl Kind for Causes {
    type Row = CausesRow;
    const NAME: &'static str = "causes";
    const TELLS: &'static str =
        "The causes on our side, the commonest first, with what they make up together (Pareto).";
    const DIMENSIONS: &'static [Dimension] = DIMENSIONS;

    fn measures(_: &Ask) -> Vec<Measure> {
        CauseCategory::ALL.iter().map(|cause| Measure::Cause(*cause)).collect()
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<CausesRow> {
        let mut found: Vec<(CauseCategory, i64)> = CauseCategory::ALL
            .iter()
            .map(|cause| (*cause, block.n(Measure::Cause(*cause))))
            .collect();
        found.retain(|(_, n)| *n != 0);
        found.sort_by_key(|(cause, n)| (-*n, *cause));
        let all: i64 = found.iter().map(|(_, n)| n).sum();
        let mut so_far = 0;
        let row = |(cause, n): (CauseCategory, i64)| {
            so_far += n;
            CausesRow {
                period: label.period.clone(),
                starts_on: label.starts_on,
                value: label.value.clone(),
                cause,
                n,
                share: share(n, all),
                cumulative_share: share(so_far, all),
            }
        };
        found.into_iter().map(row).collect()
    }
}
