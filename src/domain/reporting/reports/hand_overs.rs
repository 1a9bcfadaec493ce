//! Through how many hands complaints went.

use super::{Kind, OF_PEOPLE, mean, share};
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// What changed hands in a period, and how often what was closed in it had done so.
    HandOversRow {
        /// Given to somebody out of the line.
        given: i64,
        /// Given from one person to another; by `agent`, of whoever had it before, like the next two.
        handed_over: i64,
        /// Put back into the line.
        put_back: i64,
        /// Given from one team to another.
        passed_on: i64,
        /// Complaints that were closed and stayed so.
        closed: i64,
        /// Those that went through one pair of hands.
        one_hand: i64,
        /// Their share, 0 to 1.
        one_hand_share: Option<f64>,
        /// How often those that were closed changed hands, on average.
        mean_changes: Option<f64>,
    }
}

/// Through how many hands complaints went.
#[derive(Debug)]
pub struct HandOvers;

impl Kind for HandOvers {
    type Row = HandOversRow;
    const NAME: &'static str = "hand-overs";
    const TELLS: &'static str = "How often complaints were given from one person or team to another, and how many went through one pair of hands.";
    const DIMENSIONS: &'static [Dimension] = OF_PEOPLE;

    fn measures(_: &Ask) -> Vec<Measure> {
        vec![
            Measure::Given,
            Measure::HandedOver,
            Measure::PutBack,
            Measure::PassedOn,
            Measure::Hands,
            Measure::OneHand,
        ]
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<HandOversRow> {
        let hands = block.cell(Measure::Hands);
        let one_hand = block.n(Measure::OneHand);
        vec![HandOversRow {
            period: label.period.clone(),
            starts_on: label.starts_on,
            value: label.value.clone(),
            given: block.n(Measure::Given),
            handed_over: block.n(Measure::HandedOver),
            put_back: block.n(Measure::PutBack),
            passed_on: block.n(Measure::PassedOn),
            closed: hands.n,
            one_hand,
            one_hand_share: share(one_hand, hands.n),
            mean_changes: mean(hands),
        }]
    }
}
