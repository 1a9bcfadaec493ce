//! How much there was.

use super::{Kind, OF_COMPLAINTS};
use crate::domain::complaints::vocabulary::AttemptResult;
use crate::domain::reporting::measures::{Dimension, Measure, Span, Time};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::report_row;

report_row! {
    /// How much there was in a period.
    VolumesRow {
        /// Complaints, questions and feedback that reached us.
        received: i64,
        /// Those of which the customer then knew that we have them.
        acknowledged: i64,
        /// Closings of any kind.
        closed: i64,
        /// Closings on the merits: upheld, partly, rejected.
        closed_on_merits: i64,
        /// Closed complaints that were opened again, by the desk or by the customer.
        reopened: i64,
        /// Promises to call, those that replace others included.
        promised: i64,
        /// Calls that were tried.
        calls: i64,
        /// Messages from customers.
        messages_in: i64,
        /// Messages to customers.
        messages_out: i64,
    }
}

/// How much there was.
#[derive(Debug)]
pub struct Volumes;

const ACKNOWLEDGED: Measure = Measure::Took(Span::Acknowledgement, Time::Calendar);

impl Kind for Volumes {
    type Row = VolumesRow;
    const NAME: &'static str = "volumes";
    const TELLS: &'static str =
        "How many complaints came in, were closed and opened again; promises, calls and messages.";
    const DIMENSIONS: &'static [Dimension] = OF_COMPLAINTS;

    fn measures(_: &Ask) -> Vec<Measure> {
        let mut measures = vec![
            Measure::Received,
            ACKNOWLEDGED,
            Measure::Closed,
            Measure::OnMerits,
            Measure::Reopened,
            Measure::Disputed,
            Measure::Promised,
            Measure::MessageIn,
            Measure::MessageOut,
        ];
        measures.extend(AttemptResult::ALL.iter().map(|result| Measure::Attempt(*result)));
        measures
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<VolumesRow> {
        vec![VolumesRow {
            period: label.period.clone(),
            starts_on: label.starts_on,
            value: label.value.clone(),
            received: block.n(Measure::Received),
            acknowledged: block.n(ACKNOWLEDGED),
            closed: block.n(Measure::Closed),
            closed_on_merits: block.n(Measure::OnMerits),
            reopened: block.n(Measure::Reopened) + block.n(Measure::Disputed),
            promised: block.n(Measure::Promised),
            calls: AttemptResult::ALL
                .iter()
                .map(|result| block.n(Measure::Attempt(*result)))
                .sum(),
            messages_in: block.n(Measure::MessageIn),
            messages_out: block.n(Measure::MessageOut),
        }]
    }
}
