//! Folding what writers have appended into the sums, in two turns: reading and adding up, so that no transaction
//! waits for that; and keeping what came of it, if nobody else has folded meanwhile.

use super::rollup::{Cell, Key, Rollup};
use super::store;
use super::sums::Sums;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::sums::at_one_moment;
use crate::error::Result;

/// What waited, added up.
#[derive(Debug, Clone)]
pub struct Gathered {
    folds: i64,
    ids: Vec<i64>,
    sums: Vec<(Key, Cell)>,
}

/// Adds up the oldest of what waits, at most `limit` rows; `None` when nothing does.
///
/// # Errors
/// When the database refuses.
pub fn gather(conn: &mut Conn, limit: i64) -> Result<Option<Gathered>> {
    let (folds, waiting) = at_one_moment(conn, |conn| {
        Ok((store::state(conn)?.folds, store::oldest(conn, limit)?))
    })?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let mut rollup = Rollup::default();
    for (_, facts) in &waiting {
        rollup.add_all(&Sums::from_text(facts)?);
    }
    Ok(Some(Gathered {
        folds,
        ids: waiting.into_iter().map(|(id, _)| id).collect(),
        sums: rollup.into_rows(),
    }))
}

/// Adds what was gathered to the sums and forgets that it waited, in one transaction: nothing is ever added twice,
/// whoever else folds. Gives how many rows were folded: none when somebody else was faster, or while the sums are
/// built anew.
///
/// # Errors
/// When the database refuses.
pub fn keep(conn: &mut Conn, now: Moment, gathered: &Gathered) -> Result<usize> {
    if !store::take_fold(conn, now, gathered.folds)? {
        return Ok(0);
    }
    let generation = store::state(conn)?.generation;
    store::forget(conn, &gathered.ids)?;
    store::add(conn, generation, &gathered.sums)?;
    Ok(gathered.ids.len())
}
