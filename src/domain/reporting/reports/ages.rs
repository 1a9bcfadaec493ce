//! How old what is open is, today.

use std::collections::BTreeMap;

use super::{Kind, OF_COMPLAINTS};
use crate::db::conn::Conn;
use crate::domain::complaints::vocabulary::State;
use crate::domain::reporting::frame;
use crate::domain::reporting::measures::{Dimension, Measure};
use crate::domain::reporting::query::{self, Ask, Block, Label};
use crate::domain::reporting::rollup::EVER;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::report_row;

report_row! {
    /// Open complaints of one state and age.
    AgesRow {
        /// Where they stand.
        state: State,
        /// Their least age, whole days since the day of the receipt.
        from_days: i64,
        /// Their greatest age, days; null when there is no limit.
        to_days: Option<i64>,
        /// How many.
        n: i64,
    }
}

/// How old what is open is.
#[derive(Debug)]
pub struct Ages;

/// The first day of each band of ages; the last has no end.
pub const BANDS: [i64; 7] = [0, 1, 3, 7, 14, 28, 56];

/// The states in which a complaint is open.
pub const STATES: [State; 3] = [State::Received, State::InHandling, State::Waiting];

/// The band of an age, by its place among [`BANDS`].
pub fn band(days: i64) -> usize {
    BANDS.partition_point(|from| *from <= days).saturating_sub(1)
}

impl Kind for Ages {
    type Row = AgesRow;
    const NAME: &'static str = "ages";
    const TELLS: &'static str = "How old the complaints are that are open now. The time asked for is not looked at.";
    const DIMENSIONS: &'static [Dimension] = OF_COMPLAINTS;

    fn measures(_: &Ask) -> Vec<Measure> {
        STATES.iter().map(|state| Measure::Open(*state)).collect()
    }

    fn rows(_: &Ask, _: &Label, _: &Block) -> Vec<AgesRow> {
        Vec::new()
    }

    fn build(conn: &mut Conn, _: &Act, ask: &Ask) -> Result<(Vec<AgesRow>, Vec<AgesRow>)> {
        let mut now = ask.clone();
        now.from = ask.today;
        now.to = ask.today;
        let today = frame::day_of(ask.today);
        let mut found: BTreeMap<(String, State, usize), i64> = BTreeMap::new();
        let mut totals: BTreeMap<(String, State), i64> = BTreeMap::new();
        if ask.dimension == Dimension::All || ask.value.is_some() {
            let value = ask.value.clone().unwrap_or_default();
            for state in STATES {
                totals.insert((value.clone(), state), 0);
                for band in 0..BANDS.len() {
                    found.insert((value.clone(), state, band), 0);
                }
            }
        }
        for (day, value, measure, cell) in query::between(conn, &now, &Self::measures(&now), EVER + 1)? {
            let Measure::Open(state) = measure else { continue };
            let age = i64::from(today) - i64::from(day);
            *totals.entry((value.clone(), state)).or_default() += cell.n;
            *found.entry((value, state, band(age))).or_default() += cell.n;
        }
        let row = |value: String, state, from: Option<usize>, n| AgesRow {
            period: ask.today.to_string(),
            starts_on: ask.today,
            value: (ask.dimension != Dimension::All).then_some(value),
            state,
            from_days: from.and_then(|band| BANDS.get(band)).copied().unwrap_or_default(),
            to_days: from.and_then(|band| BANDS.get(band + 1)).map(|next| next - 1),
            n,
        };
        let rows = found
            .into_iter()
            .map(|((value, state, band), n)| row(value, state, Some(band), n));
        let totals = totals.into_iter().map(|((value, state), n)| row(value, state, None, n));
        Ok((rows.collect(), totals.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::band;

    #[test]
    fn every_age_has_a_band() {
        let bands: Vec<usize> = [-1, 0, 1, 2, 3, 6, 7, 13, 14, 27, 28, 55, 56, 9_999].map(band).to_vec();
        assert_eq!(bands, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
    }
}
