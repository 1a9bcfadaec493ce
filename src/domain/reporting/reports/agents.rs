//! How much each of us did.

use super::Kind;
use crate::domain::complaints::vocabulary::AttemptResult;
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// What one of us did in a period; `value` is the handle.
    AgentsRow {
        /// Complaints logged.
        logged: i64,
        /// Calls promised.
        promised: i64,
        /// Calls tried.
        calls: i64,
        /// Calls that reached the customer.
        reached: i64,
        /// Promises kept by a call.
        kept: i64,
        /// Promises kept late by a call.
        late: i64,
        /// Messages written to customers.
        messages: i64,
        /// Complaints closed.
        closed: i64,
    }
}

/// How much each of us did.
#[derive(Debug)]
pub struct Agents;

impl Kind for Agents {
    type Row = AgentsRow;
    const NAME: &'static str = "agents";
    const TELLS: &'static str =
        "What each of us logged, promised, called, wrote and closed. For planning work, not for ranking people.";
    const DIMENSIONS: &'static [Dimension] = &[Dimension::Agent];
    const ALWAYS: Option<Dimension> = Some(Dimension::Agent);

    fn measures(_: &Ask) -> Vec<Measure> {
        let mut measures = vec![
            Measure::Received,
            Measure::Promised,
            Measure::Kept,
            Measure::Late,
            Measure::MessageOut,
            Measure::Closed,
        ];
        measures.extend(AttemptResult::ALL.iter().map(|result| Measure::Attempt(*result)));
        measures
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<AgentsRow> {
        vec![AgentsRow {
            period: label.period.clone(),
            starts_on: label.starts_on,
            value: label.value.clone(),
            logged: block.n(Measure::Received),
            promised: block.n(Measure::Promised),
            calls: AttemptResult::ALL
                .iter()
                .map(|result| block.n(Measure::Attempt(*result)))
                .sum(),
            reached: block.n(Measure::Attempt(AttemptResult::Reached)),
            kept: block.n(Measure::Kept),
            late: block.n(Measure::Late),
            messages: block.n(Measure::MessageOut),
            closed: block.n(Measure::Closed),
        }]
    }
}
