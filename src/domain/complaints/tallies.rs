//! How many complaints are in each state, kept up to date with every change, so that nobody
//! has to count a million rows.
//!
//! Each state's number is spread over several rows, so that writers seldom wait for each other.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::vocabulary::State;
use crate::db::conn::Conn;
use crate::db::schema::state_tallies::dsl;
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::on_each;

const SLOTS: u8 = 16;

/// The row that counts changes made on behalf of this complaint.
pub(super) fn slot(id: ComplaintId) -> i32 {
    let last = id.0.as_bytes().last().copied().unwrap_or_default();
    i32::from(last % SLOTS)
}

/// Adds to the numbers. The rows are taken in one order everywhere, so that nobody deadlocks.
pub(super) fn add(conn: &mut Conn, slot: i32, changes: &BTreeMap<State, i64>) -> Result<()> {
    for (state, n) in changes.iter().filter(|(_, n)| **n != 0) {
        on_each!(conn, c => diesel::insert_into(dsl::state_tallies)
            .values((dsl::state.eq(*state), dsl::slot.eq(slot), dsl::n.eq(*n)))
            .on_conflict((dsl::state, dsl::slot))
            .do_update()
            .set(dsl::n.eq(dsl::n + excluded(dsl::n)))
            .execute(c))?;
    }
    Ok(())
}

/// How many complaints are in each state.
pub(super) fn read(conn: &mut Conn) -> Result<BTreeMap<State, i64>> {
    let rows: Vec<(State, i64)> = dsl::state_tallies.select((dsl::state, dsl::n)).load(conn)?;
    let mut tallies: BTreeMap<State, i64> = State::ALL.iter().map(|state| (*state, 0)).collect();
    for (state, n) in rows {
        *tallies.entry(state).or_default() += n;
    }
    Ok(tallies)
}
