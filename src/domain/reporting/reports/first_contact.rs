//! Whether the first contact settled it.

use super::{Kind, share};
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// Complaints that were closed on the merits for the first time in a period.
    FirstContactRow {
        /// How many: upheld, partly, rejected; each complaint once.
        resolved: i64,
        /// Those closed in the first contact and never opened again since.
        at_once: i64,
        /// Their share, 0 to 1.
        share: Option<f64>,
    }
}

/// Whether the first contact settled it.
#[derive(Debug)]
pub struct FirstContact;

impl Kind for FirstContact {
    type Row = FirstContactRow;
    const NAME: &'static str = "first-contact";
    const TELLS: &'static str =
        "First-contact resolution: the share of complaints that the first contact settled, and that stayed settled.";
    const DIMENSIONS: &'static [Dimension] = &[
        Dimension::Channel,
        Dimension::Kind,
        Dimension::CustomerType,
        Dimension::Category,
        Dimension::Severity,
        Dimension::Team,
        Dimension::Decision,
        Dimension::Agent,
    ];

    fn measures(_: &Ask) -> Vec<Measure> {
        vec![Measure::FirstResolved, Measure::SettledAtOnce]
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<FirstContactRow> {
        let (resolved, at_once) = (block.n(Measure::FirstResolved), block.n(Measure::SettledAtOnce));
        vec![FirstContactRow {
            period: label.period.clone(),
            starts_on: label.starts_on,
            value: label.value.clone(),
            resolved,
            at_once,
            share: share(at_once, resolved),
        }]
    }
}
