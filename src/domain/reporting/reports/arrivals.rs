//! At which hour of which day of the week complaints come in.

use std::collections::BTreeMap;

use super::{Built, Kind, OF_COMPLAINTS};
use crate::db::conn::Conn;
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::operations::arrivals;
use crate::domain::reporting::query::{Ask, Block, Label};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::report_row;

report_row! {
    /// What came in at one hour of one day of the week, of the whole time together.
    ArrivalsRow {
        /// The day of the week, 1 (Monday) to 7 (Sunday); null for all together.
        weekday: Option<i64>,
        /// The hour, 0 to 23; null for all together.
        hour: Option<i64>,
        /// Complaints, questions and feedback that reached us.
        received: i64,
    }
}

/// At which hour of which day of the week complaints come in.
#[derive(Debug)]
pub struct Arrivals;

impl Kind for Arrivals {
    type Row = ArrivalsRow;
    const NAME: &'static str = "arrivals";
    const TELLS: &'static str =
        "What came in by hour and day of the week, in the desk's zone, of the whole time together.";
    const DIMENSIONS: &'static [Dimension] = OF_COMPLAINTS;

    fn measures(_: &Ask) -> Vec<Measure> {
        Vec::new()
    }

    fn rows(_: &Ask, _: &Label, _: &Block) -> Vec<ArrivalsRow> {
        Vec::new()
    }

    fn build(conn: &mut Conn, _: &Act, ask: &Ask) -> Result<Built<ArrivalsRow>> {
        let mut found: BTreeMap<(String, usize, usize), i64> = BTreeMap::new();
        let mut totals: BTreeMap<String, i64> = BTreeMap::new();
        if ask.dimension == Dimension::All || ask.value.is_some() {
            let value = ask.value.clone().unwrap_or_default();
            for at in 0..7 * 24 {
                found.insert((value.clone(), at / 24, at % 24), 0);
            }
            totals.insert(value, 0);
        }
        for (value, (weekday, hour), n) in arrivals(conn, ask, ask.zone)? {
            *totals.entry(value.clone()).or_default() += n;
            *found.entry((value, weekday, hour)).or_default() += n;
        }
        let whole = ask.whole(None);
        let row = |value: String, at: Option<(usize, usize)>, received| ArrivalsRow {
            period: whole.period.clone(),
            starts_on: whole.starts_on,
            value: (ask.dimension != Dimension::All).then_some(value),
            weekday: at.and_then(|(weekday, _)| i64::try_from(weekday + 1).ok()),
            hour: at.and_then(|(_, hour)| i64::try_from(hour).ok()),
            received,
        };
        let rows = found
            .into_iter()
            .map(|((value, weekday, hour), n)| row(value, Some((weekday, hour)), n));
        let totals = totals.into_iter().map(|(value, n)| row(value, None, n));
        Ok((rows.collect(), totals.collect()))
    }
}
