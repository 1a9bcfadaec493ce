//! What is open at the end of each period.

use std::collections::BTreeMap;

use super::Kind;
use crate::db::conn::Conn;
use crate::domain::reporting::frame;
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{self, Ask, Block, Label};
use crate::domain::reporting::rollup::EVER;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::report_row;

report_row! {
    /// What came, went, and was open at the end of a period.
    BacklogRow {
        /// Complaints that reached us.
        received: i64,
        /// Closed complaints that were opened again.
        reopened: i64,
        /// Closings.
        closed: i64,
        /// Open complaints at the end of the period.
        open_at_end: i64,
    }
}

/// What is open at the end of each period.
#[derive(Debug)]
pub struct Backlog;

/// Only what a complaint keeps: what comes and what goes must be of the same.
const DIMENSIONS: &[Dimension] = &[
    Dimension::Channel,
    Dimension::Kind,
    Dimension::Category,
    Dimension::Severity,
    Dimension::Team,
];

impl Kind for Backlog {
    type Row = BacklogRow;
    const NAME: &'static str = "backlog";
    const TELLS: &'static str = "What came in and went out, and how much was open at the end of each period.";
    const DIMENSIONS: &'static [Dimension] = DIMENSIONS;

    fn measures(_: &Ask) -> Vec<Measure> {
        vec![Measure::Received, Measure::Reopened, Measure::Disputed, Measure::Closed]
    }

    fn rows(_: &Ask, label: &Label, block: &Block) -> Vec<BacklogRow> {
        let came = block.n(Measure::Received);
        let again = block.n(Measure::Reopened) + block.n(Measure::Disputed);
        let went = block.n(Measure::Closed);
        vec![BacklogRow {
            period: label.period.clone(),
            starts_on: label.starts_on,
            value: label.value.clone(),
            received: came,
            reopened: again,
            closed: went,
            open_at_end: came + again - went,
        }]
    }

    fn build(conn: &mut Conn, _: &Act, ask: &Ask) -> Result<(Vec<BacklogRow>, Vec<BacklogRow>)> {
        // What was open before the first day is what came and did not go since there is a desk.
        let mut before: BTreeMap<Option<String>, i64> = BTreeMap::new();
        let first = frame::day_of(ask.from);
        let mut within = Vec::new();
        for (day, value, measure, cell) in query::between(conn, ask, &Self::measures(ask), EVER + 1)? {
            if day < first {
                let value = (ask.dimension != Dimension::All).then_some(value);
                let sign = if measure == Measure::Closed { -1 } else { 1 };
                *before.entry(value).or_default() += sign * cell.n;
            } else {
                within.push((day, value, measure, cell));
            }
        }
        let figures = query::arrange(ask, within);
        let mut open = before.clone();
        let mut rows: Vec<BacklogRow> = Vec::new();
        for (label, block) in &figures.rows {
            for mut row in Self::rows(ask, label, block) {
                let open = open.entry(row.value.clone()).or_default();
                *open += row.open_at_end;
                row.open_at_end = *open;
                rows.push(row);
            }
        }
        let mut totals: Vec<BacklogRow> = Vec::new();
        let mut seen = figures.totals;
        for (value, n) in &before {
            if *n != 0 && !seen.iter().any(|(label, _)| label.value == *value) {
                seen.push((ask.whole(value.clone()), Block::default()));
            }
        }
        for (label, block) in &seen {
            for mut row in Self::rows(ask, label, block) {
                row.open_at_end += before.get(&row.value).copied().unwrap_or_default();
                totals.push(row);
            }
        }
        totals.sort_by(|one, other| one.value.cmp(&other.value));
        Ok((rows, totals))
    }
}
