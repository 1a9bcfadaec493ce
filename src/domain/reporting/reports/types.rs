//! How the manner of customers changed while their case went on.

use super::{Kind, share};
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::domain::typing::CustomerType;
use crate::report_row;

report_row! {
    /// Complaints that were closed in a period and stayed so, by the customer's manner.
    TypesRow {
        /// At first.
        first: CustomerType,
        /// When it was closed.
        last: CustomerType,
        /// How many.
        n: i64,
        /// Of those that were so at first, 0 to 1.
        share_of_first: Option<f64>,
    }
}

/// How the manner of customers changed.
#[derive(Debug)]
pub struct Types;

const DIMENSIONS: &[Dimension] = &[
    Dimension::Channel,
    Dimension::Kind,
    Dimension::Category,
    Dimension::Severity,
    Dimension::Team,
    Dimension::Decision,
];

impl Kind for Types {
    type Row = TypesRow;
    const NAME: &'static str = "types";
    const TELLS: &'static str =
        "The customer's manner at first and when the complaint was closed, as from angry to friendly.";
    const DIMENSIONS: &'static [Dimension] = DIMENSIONS;

    fn measures(_: &Ask) -> Vec<Measure> {
        let pairs = CustomerType::ALL
            .iter()
            .flat_map(|first| CustomerType::ALL.iter().map(move |last| (*first, *last)));
        pairs.map(|(first, last)| Measure::Types(first, last)).collect()
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<TypesRow> {
        let mut rows = Vec::new();
        for first in CustomerType::ALL {
            let of: i64 = CustomerType::ALL
                .iter()
                .map(|last| block.n(Measure::Types(*first, *last)))
                .sum();
            for last in CustomerType::ALL {
                let n = block.n(Measure::Types(*first, *last));
                if n != 0 {
                    rows.push(TypesRow {
                        period: label.period.clone(),
                        starts_on: label.starts_on,
                        value: label.value.clone(),
                        first: *first,
                        last: *last,
                        n,
                        share_of_first: share(n, of),
                    });
                }
            }
        }
        rows
    }
}
