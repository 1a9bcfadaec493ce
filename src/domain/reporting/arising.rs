//! How many complaints of a cause came in, of how many: by the day of the receipt.

use super::measures::{Dimension, Measure};
use super::reports::ages;
use super::rollup::{Cell, Key};
use super::store::{self, Wanted};
use super::sums::Day;
use crate::db::conn::Conn;
use crate::db::sums::at_one_moment;
use crate::domain::complaints::vocabulary::CauseCategory;
use crate::error::Result;

/// What came in in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arisen {
    /// Everything that was taken in.
    pub taken_in: i64,
    /// What of it is still open.
    pub open: i64,
    /// What of it is closed and had the cause.
    pub with_cause: i64,
}

/// What came in in each of two periods, by their first and last days; of one subject category, or of all.
///
/// # Errors
/// When the database refuses.
pub fn between(
    conn: &mut Conn,
    cause: CauseCategory,
    category: Option<&str>,
    periods: [(Day, Day); 2],
) -> Result<[Arisen; 2]> {
    let mut measures = vec![Measure::Received, Measure::Arose(cause)];
    measures.extend(ages::STATES.iter().map(|state| Measure::Open(*state)));
    let wanted = periods.map(|(from, to)| Wanted {
        dimension: category.map_or(Dimension::All, |_| Dimension::Category),
        measures: measures.clone(),
        from,
        to,
        value: category.map(str::to_owned),
    });
    let mut found = at_one_moment(conn, |conn| store::sums(conn, &wanted))?.into_iter();
    Ok(periods.map(|_| found.next().map_or_else(Arisen::default, |sums| add(&sums))))
}

fn add(sums: &std::collections::BTreeMap<Key, Cell>) -> Arisen {
    let mut arisen = Arisen::default();
    for (key, cell) in sums {
        match key.measure {
            Measure::Received => arisen.taken_in += cell.n,
            Measure::Open(_) => arisen.open += cell.n,
            Measure::Arose(_) => arisen.with_cause += cell.n,
            _ => {}
        }
    }
    arisen
}
