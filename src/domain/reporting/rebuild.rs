//! Building the sums anew from the timelines of all complaints, while the desk goes on working.
//!
//! The timelines are read as they are at one moment. Meanwhile nobody folds, and reports go on from the sums that
//! there are. In the end, in one transaction, the new sums take their place, and what the timelines held already is
//! taken out of what waits; what was appended since that moment is folded into the new sums. If somebody folded all
//! the same, because this took longer than it said it would, nothing is put in place, and it begins again.

use chrono::TimeDelta;

use super::frame::Frame;
use super::record;
use super::rollup::Rollup;
use super::store;
use super::sums::Sums;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::{Db, sums};
use crate::domain::policy::Policy;
use crate::error::{Error, Result};

/// Complaints that are read at a time.
const PAGE: i64 = 1_000;
/// Places that are kept in memory before they are written.
const PLACES: usize = 400_000;
/// Sums that are written in one transaction.
const PIECE: usize = 2_000;
/// How long nobody folds without a word from here.
const PAUSE: TimeDelta = TimeDelta::minutes(5);
/// How often it is tried.
const TRIES: u32 = 3;

/// What was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many complaints were read.
    pub complaints: u64,
    /// How many sums there are.
    pub sums: usize,
}

/// Whether the sums rest on something else than what holds now: another zone, another calendar, other rules of
/// counting, or nothing yet.
///
/// # Errors
/// When the database refuses.
pub fn is_due(conn: &mut Conn, policy: &Policy) -> Result<bool> {
    let basis = Frame::present(conn, policy)?.basis();
    let built_on = store::state(conn)?.basis;
    // While a newer version takes over, this one does not build what that one has built already.
    Ok(built_on != basis && edition_of(&built_on) <= edition_of(&basis))
}

fn edition_of(basis: &str) -> u32 {
    basis
        .split(' ')
        .next()
        .and_then(|edition| edition.parse().ok())
        .unwrap_or_default()
}

/// Builds the sums anew. `now` tells the time; `progress` is told how many of how many complaints are done.
/// For a thread that may block.
///
/// # Errors
/// When the database refuses, or when others fold again and again meanwhile.
pub fn rebuild(
    db: &Db,
    policy: &Policy,
    now: &dyn Fn() -> Moment,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Rebuilt> {
    for _ in 0..TRIES {
        match try_rebuild(db, policy, now, progress) {
            Ok(Some(rebuilt)) => return Ok(rebuilt),
            Ok(None) => {}
            Err(error) => {
                db.write_blocking(|conn| store::pause(conn, None))?;
                return Err(error);
            }
        }
        tracing::warn!("somebody has folded the reports while they were built anew; beginning again");
    }
    Err(Error::internal(
        "the reports were folded again and again while they were built anew",
    ))
}

fn try_rebuild(
    db: &Db,
    policy: &Policy,
    now: &dyn Fn() -> Moment,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Option<Rebuilt>> {
    pause(db, now)?;
    let present = db.read_blocking(|conn| Ok(store::state(conn)?.generation))?;
    clear(db, present)?;
    let generation = present + 1;
    let scanned = db.read_blocking(|conn| {
        sums::at_one_moment(conn, |conn| {
            let mut scan = Scan::begin(conn, db, policy, generation)?;
            let last = store::last_seq(conn)?;
            while scan.next(conn, now)? {
                progress(scan.complaints, u64::try_from(last).unwrap_or_default());
            }
            scan.write()?;
            Ok(scan)
        })
    })?;
    let Scan {
        folds,
        covered,
        complaints,
        written,
        basis,
        ..
    } = scanned;
    let at = now();
    let swapped = db.write_blocking(move |conn| {
        if !store::swap(conn, folds, generation, &basis, at)? {
            return Ok(false);
        }
        store::forget(conn, &covered)?;
        Ok(true)
    })?;
    let kept = if swapped { generation } else { present };
    clear(db, kept)?;
    Ok(swapped.then_some(Rebuilt {
        complaints,
        sums: written,
    }))
}

/// Puts sums in place that a bulk load has added up, in its transaction, at a desk that has none yet.
///
/// # Errors
/// When the database refuses.
pub fn bring(conn: &mut Conn, basis: &str, now: Moment, rollup: Rollup) -> Result<()> {
    let state = store::state(conn)?;
    for piece in rollup.into_rows().chunks(PIECE) {
        store::add(conn, state.generation, piece)?;
    }
    store::swap(conn, state.folds, state.generation, basis, now)?;
    Ok(())
}

fn pause(db: &Db, now: &dyn Fn() -> Moment) -> Result<()> {
    let until = now() + PAUSE;
    db.write_blocking(move |conn| store::pause(conn, Some(until)))
}

/// Removes the sums of all generations but this, a piece at a time, so that nobody waits for it long.
fn clear(db: &Db, kept: i64) -> Result<()> {
    while let Some(other) = db.read_blocking(|conn| store::another_generation(conn, kept))? {
        while db.write_blocking(move |conn| store::remove_some(conn, other))? {}
    }
    Ok(())
}

/// Goes through all complaints.
struct Scan<'d> {
    db: &'d Db,
    frame: Frame,
    basis: String,
    generation: i64,
    /// How often had been folded at the moment that is looked at.
    folds: i64,
    /// What waited to be folded then: the timelines hold it.
    covered: Vec<i64>,
    place: i64,
    complaints: u64,
    rollup: Rollup,
    written: usize,
}

impl<'d> Scan<'d> {
    fn begin(conn: &mut Conn, db: &'d Db, policy: &Policy, generation: i64) -> Result<Self> {
        let frame = Frame::present(conn, policy)?;
        Ok(Self {
            db,
            basis: frame.basis(),
            frame,
            generation,
            folds: store::state(conn)?.folds,
            covered: store::waiting_ids(conn)?,
            place: 0,
            complaints: 0,
            rollup: Rollup::default(),
            written: 0,
        })
    }

    /// Adds the next complaints; false when there are no more.
    fn next(&mut self, conn: &mut Conn, now: &dyn Fn() -> Moment) -> Result<bool> {
        let page = store::page(conn, self.place, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(false) };
        self.place = last.seq;
        let mut sums = Sums::default();
        for (complaint, entries) in &page {
            record::add(&self.frame, complaint, entries, &mut sums, 1);
            self.complaints += 1;
        }
        self.rollup.add_all(&sums);
        if self.rollup.len() > PLACES {
            self.write()?;
        }
        if self.complaints.is_multiple_of(50_000) {
            pause(self.db, now)?;
        }
        Ok(true)
    }

    /// Writes what has come together, a piece at a time.
    fn write(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.rollup).into_rows();
        let generation = self.generation;
        for piece in rows.chunks(PIECE) {
            let piece = piece.to_vec();
            self.written += self
                .db
                .write_blocking(move |conn| store::add(conn, generation, &piece))?;
        }
        Ok(())
    }
}

/// Everything that is summed up, with what is not yet folded, written out: for comparing.
///
/// # Errors
/// When the database refuses.
pub fn everything(conn: &mut Conn) -> Result<Vec<String>> {
    let all = sums::at_one_moment(conn, store::everything)?;
    Ok(all.into_iter().map(|(key, cell)| format!("{key:?} {cell:?}")).collect())
}
