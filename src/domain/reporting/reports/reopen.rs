//! How often closed was not settled.

use super::{Kind, OF_PEOPLE, share};
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// Closings and openings in a period.
    ReopenRow {
        /// Closings of any kind.
        closed: i64,
        /// Closed complaints that the desk opened again; by `agent`, of whoever had closed them, like the next.
        reopened_by_desk: i64,
        /// Closed complaints whose decision the customer did not accept.
        disputed: i64,
        /// Customers who said on the call-back that the matter is not settled.
        not_satisfied: i64,
        /// Openings for each closing, 0 to 1.
        reopened_share: Option<f64>,
    }
}

/// How often closed was not settled.
#[derive(Debug)]
pub struct Reopen;

impl Kind for Reopen {
    type Row = ReopenRow;
    const NAME: &'static str = "reopen";
    const TELLS: &'static str = "How often closed complaints were opened again, and by whom.";
    const DIMENSIONS: &'static [Dimension] = OF_PEOPLE;

    fn measures(_: &Ask) -> Vec<Measure> {
        vec![
            Measure::Closed,
            Measure::Reopened,
            Measure::Disputed,
            Measure::NotSatisfied,
        ]
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<ReopenRow> {
        let closed = block.n(Measure::Closed);
        let (desk, customer) = (block.n(Measure::Reopened), block.n(Measure::Disputed));
        vec![ReopenRow {
            period: label.period.clone(),
            starts_on: label.starts_on,
            value: label.value.clone(),
            closed,
            reopened_by_desk: desk,
            disputed: customer,
            not_satisfied: block.n(Measure::NotSatisfied),
            reopened_share: share(desk + customer, closed),
        }]
    }
}
