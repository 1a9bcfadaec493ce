//! What comes due in the next hours.

use std::collections::BTreeMap;

use super::{Built, Kind, OF_COMPLAINTS};
use crate::db::conn::Conn;
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::operations::ahead::{self, HORIZON};
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::report_row;

report_row! {
    /// Deadlines of one half hour from now on.
    AheadRow {
        /// The first minute from now.
        from_minutes: i64,
        /// The minute before which the half hour ends.
        to_minutes: i64,
        /// How many deadlines of clocks that run and are not late.
        due: i64,
    }
}

/// What comes due in the next hours.
#[derive(Debug)]
pub struct DueAhead;

/// How long the rows are, minutes.
const ROW: i64 = 30;

impl Kind for DueAhead {
    type Row = AheadRow;
    const NAME: &'static str = "ahead";
    const TELLS: &'static str =
        "Deadlines of the next four hours, by half hours from now on. The time asked for is not looked at.";
    const DIMENSIONS: &'static [Dimension] = OF_COMPLAINTS;

    fn measures(_: &Ask) -> Vec<Measure> {
        Vec::new()
    }

    fn rows(_: &Ask, _: &Label, _: &Block) -> Vec<AheadRow> {
        Vec::new()
    }

    fn build(conn: &mut Conn, _: &Act, ask: &Ask) -> Result<Built<AheadRow>> {
        let last = HORIZON.num_minutes() / ROW - 1;
        let mut found: BTreeMap<(String, i64), i64> = BTreeMap::new();
        let mut totals: BTreeMap<String, i64> = BTreeMap::new();
        if ask.dimension == Dimension::All || ask.value.is_some() {
            let value = ask.value.clone().unwrap_or_default();
            found.extend((0..=last).map(|nth| ((value.clone(), nth), 0)));
            totals.insert(value, 0);
        }
        for ahead in ahead::ahead(conn, ask)? {
            let nth = ((ahead.due_at - ask.now).num_minutes() / ROW).clamp(0, last);
            *totals.entry(ahead.value.clone()).or_default() += 1;
            *found.entry((ahead.value, nth)).or_default() += 1;
        }
        let row = |value: String, (from_minutes, to_minutes), due| AheadRow {
            period: ask.today.to_string(),
            starts_on: ask.today,
            value: (ask.dimension != Dimension::All).then_some(value),
            from_minutes,
            to_minutes,
            due,
        };
        let rows = found
            .into_iter()
            .map(|((value, nth), n)| row(value, (nth * ROW, (nth + 1) * ROW), n));
        let totals = totals
            .into_iter()
            .map(|(value, n)| row(value, (0, (last + 1) * ROW), n));
        Ok((rows.collect(), totals.collect()))
    }
}
