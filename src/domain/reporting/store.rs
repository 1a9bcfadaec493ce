//! SQL of the reports: the sums, what is not yet folded into them, and which of them are the present ones.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::histogram::Histogram;
use super::measures::{Dimension, Measure};
use super::rollup::{Cell, Key, Rollup};
use super::sums::{Day, Sums};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{complaints, job_leases, report_deltas, report_rollups, report_state, timeline_entries};
use crate::db::sums::{self as rows, RollupRow};
use crate::domain::complaints::model::{Complaint, TimelineEntry};
use crate::error::Result;
use crate::ids::ComplaintId;

/// Which sums are the present ones.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = report_state)]
pub(super) struct State {
    pub(super) generation: i64,
    pub(super) folds: i64,
    pub(super) paused_until: Option<Moment>,
    pub(super) basis: String,
    pub(super) rebuilt_at: Option<Moment>,
}

pub(super) fn state(conn: &mut Conn) -> Result<State> {
    Ok(report_state::table.find(1).select(State::as_select()).first(conn)?)
}

/// Appends what a change adds.
pub(super) fn append(conn: &mut Conn, facts: &str) -> Result<()> {
    diesel::insert_into(report_deltas::table)
        .values(report_deltas::facts.eq(facts.to_owned()))
        .execute(conn)?;
    Ok(())
}

/// The oldest of what is not yet folded.
pub(super) fn oldest(conn: &mut Conn, limit: i64) -> Result<Vec<(i64, String)>> {
    Ok(report_deltas::table
        .order(report_deltas::id.asc())
        .limit(limit)
        .select((report_deltas::id, report_deltas::facts))
        .load(conn)?)
}

pub(super) fn waiting_ids(conn: &mut Conn) -> Result<Vec<i64>> {
    Ok(report_deltas::table.select(report_deltas::id).load(conn)?)
}

pub(super) fn forget(conn: &mut Conn, ids: &[i64]) -> Result<usize> {
    let mut gone = 0;
    for some in ids.chunks(500) {
        gone += diesel::delete(report_deltas::table.filter(report_deltas::id.eq_any(some.to_vec()))).execute(conn)?;
    }
    Ok(gone)
}

/// Takes the right to fold until the end of the transaction; false when somebody has folded since `folds`, and
/// while the sums are built anew. Others who want to fold wait here; writers never come here.
pub(super) fn take_fold(conn: &mut Conn, now: Moment, folds: i64) -> Result<bool> {
    let free = report_state::paused_until
        .is_null()
        .or(report_state::paused_until.lt(Some(now)).assume_not_null());
    let mine = report_state::table
        .filter(report_state::id.eq(1))
        .filter(report_state::folds.eq(folds))
        .filter(free);
    let taken = diesel::update(mine)
        .set(report_state::folds.eq(report_state::folds + 1))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Lets nobody fold before this moment; `None` lets them again.
pub(super) fn pause(conn: &mut Conn, until: Option<Moment>) -> Result<()> {
    diesel::update(report_state::table.find(1))
        .set(report_state::paused_until.eq(until))
        .execute(conn)?;
    Ok(())
}

/// Makes another generation the present one, unless somebody has folded since `folds`.
pub(super) fn swap(conn: &mut Conn, folds: i64, generation: i64, basis: &str, now: Moment) -> Result<bool> {
    let same = report_state::table
        .filter(report_state::id.eq(1))
        .filter(report_state::folds.eq(folds));
    let swapped = diesel::update(same)
        .set((
            report_state::generation.eq(generation),
            report_state::folds.eq(folds + 1),
            report_state::paused_until.eq(None::<Moment>),
            report_state::basis.eq(basis.to_owned()),
            report_state::rebuilt_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(swapped == 1)
}

/// A generation that has sums and is not the present one.
pub(super) fn another_generation(conn: &mut Conn, present: i64) -> Result<Option<i64>> {
    let below = report_rollups::table
        .filter(report_rollups::generation.lt(present))
        .select(report_rollups::generation)
        .first(conn)
        .optional()?;
    if below.is_some() {
        return Ok(below);
    }
    Ok(report_rollups::table
        .filter(report_rollups::generation.gt(present))
        .select(report_rollups::generation)
        .first(conn)
        .optional()?)
}

/// Removes some of the sums of a generation: those of one measure by one property; false when there are no more.
pub(super) fn remove_some(conn: &mut Conn, generation: i64) -> Result<bool> {
    let of = report_rollups::table.filter(report_rollups::generation.eq(generation));
    let next: Option<(String, String)> = of
        .order((report_rollups::dimension.asc(), report_rollups::measure.asc()))
        .select((report_rollups::dimension, report_rollups::measure))
        .first(conn)
        .optional()?;
    let Some((dimension, measure)) = next else {
        return Ok(false);
    };
    let some = report_rollups::table
        .filter(report_rollups::generation.eq(generation))
        .filter(report_rollups::dimension.eq(dimension))
        .filter(report_rollups::measure.eq(measure));
    diesel::delete(some).execute(conn)?;
    Ok(true)
}

/// Adds to the sums of a generation; says how many places changed.
pub(super) fn add(conn: &mut Conn, generation: i64, sums: &[(Key, Cell)]) -> Result<usize> {
    let mut sums: BTreeMap<Key, Cell> = sums.iter().cloned().collect();
    let places: Vec<RollupRow> = sums.keys().map(|key| row(generation, key, &Cell::default())).collect();
    for there in rows::there_already(conn, &places)? {
        if let Some((key, cell)) = read(there)?
            && let Some(sum) = sums.get_mut(&key)
        {
            sum.merge(&cell);
        }
    }
    let (none, some): (Vec<_>, Vec<_>) = sums.into_iter().partition(|(_, cell)| cell.is_empty());
    let kept: Vec<RollupRow> = some.iter().map(|(key, cell)| row(generation, key, cell)).collect();
    rows::put(conn, &kept)?;
    for (key, _) in &none {
        let place = (
            generation,
            key.dimension.as_str(),
            key.measure.as_str(),
            key.day,
            key.value.as_str(),
        );
        diesel::delete(report_rollups::table.find(place)).execute(conn)?;
    }
    Ok(kept.len() + none.len())
}

fn row(generation: i64, key: &Key, cell: &Cell) -> RollupRow {
    RollupRow {
        generation,
        dimension: key.dimension.to_string(),
        measure: key.measure.to_string(),
        day: key.day,
        value: key.value.clone(),
        n: cell.n,
        total: cell.total,
        histogram: (!cell.histogram.is_empty()).then(|| cell.histogram.to_bytes()),
    }
}

/// A stored sum; `None` for a measure that this version does not know.
fn read(row: RollupRow) -> Result<Option<(Key, Cell)>> {
    let (Some(measure), Ok(dimension)) = (Measure::named(&row.measure), row.dimension.parse::<Dimension>()) else {
        return Ok(None);
    };
    let key = Key {
        dimension,
        measure,
        day: row.day,
        value: row.value,
    };
    let histogram = row.histogram.as_deref().map(Histogram::from_bytes).transpose()?;
    let cell = Cell {
        n: row.n,
        total: row.total,
        histogram: histogram.unwrap_or_default(),
    };
    Ok(Some((key, cell)))
}

/// Which sums to read.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) dimension: Dimension,
    pub(super) measures: Vec<Measure>,
    pub(super) from: Day,
    pub(super) to: Day,
    pub(super) value: Option<String>,
}

impl Wanted {
    fn holds(&self, key: &Key) -> bool {
        self.dimension == key.dimension
            && self.measures.contains(&key.measure)
            && (self.from..=self.to).contains(&key.day)
            && self.value.as_ref().is_none_or(|value| *value == key.value)
    }
}

/// The sums of the present generation together with what is not yet folded, for each of what is wanted. To be called
/// on one state of the database.
pub(super) fn sums(conn: &mut Conn, wanted: &[Wanted]) -> Result<Vec<BTreeMap<Key, Cell>>> {
    let generation = state(conn)?.generation;
    let mut found = wanted
        .iter()
        .map(|wanted| stored(conn, generation, wanted))
        .collect::<Result<Vec<_>>>()?;
    let mut waiting = Rollup::only(wanted.iter().map(|wanted| wanted.dimension).collect());
    let facts: Vec<String> = report_deltas::table.select(report_deltas::facts).load(conn)?;
    for facts in facts {
        waiting.add_all(&Sums::from_text(&facts)?);
    }
    for (key, cell) in waiting.into_rows() {
        for (found, _) in found.iter_mut().zip(wanted).filter(|(_, wanted)| wanted.holds(&key)) {
            found.entry(key.clone()).or_insert_with(Cell::default).merge(&cell);
        }
    }
    for found in &mut found {
        found.retain(|_, cell| !cell.is_empty());
    }
    Ok(found)
}

fn stored(conn: &mut Conn, generation: i64, wanted: &Wanted) -> Result<BTreeMap<Key, Cell>> {
    let names: Vec<&str> = wanted.measures.iter().map(|measure| measure.as_str()).collect();
    let mut query = report_rollups::table
        .filter(report_rollups::generation.eq(generation))
        .filter(report_rollups::dimension.eq(wanted.dimension.as_str()))
        .filter(report_rollups::measure.eq_any(names))
        .filter(report_rollups::day.between(wanted.from, wanted.to))
        .select(RollupRow::as_select())
        .into_boxed();
    if let Some(value) = &wanted.value {
        query = query.filter(report_rollups::value.eq(value.clone()));
    }
    let stored: Vec<RollupRow> = query.load(conn)?;
    let mut found = BTreeMap::new();
    for row in stored {
        found.extend(read(row)?);
    }
    Ok(found)
}

/// How many appended rows wait to be folded.
pub(super) fn count_waiting(conn: &mut Conn) -> Result<i64> {
    Ok(report_deltas::table.count().get_result(conn)?)
}

/// Until when each job is somebody's.
pub(super) fn leases(conn: &mut Conn) -> Result<Vec<(String, Moment)>> {
    Ok(job_leases::table
        .order(job_leases::job.asc())
        .select((job_leases::job, job_leases::until))
        .load(conn)?)
}

/// Everything that is summed up in the present generation, and what is not yet folded: for comparing.
pub(super) fn everything(conn: &mut Conn) -> Result<BTreeMap<Key, Cell>> {
    let generation = state(conn)?.generation;
    let stored: Vec<RollupRow> = report_rollups::table
        .filter(report_rollups::generation.eq(generation))
        .select(RollupRow::as_select())
        .load(conn)?;
    let mut found = BTreeMap::new();
    for row in stored {
        found.extend(read(row)?);
    }
    let mut waiting = Rollup::default();
    for (_, facts) in oldest(conn, i64::MAX)? {
        waiting.add_all(&Sums::from_text(&facts)?);
    }
    for (key, cell) in waiting.into_rows() {
        found.entry(key).or_insert_with(Cell::default).merge(&cell);
    }
    found.retain(|_, cell| !cell.is_empty());
    Ok(found)
}

/// How many complaints there are, nearly: the last number given.
pub(super) fn last_seq(conn: &mut Conn) -> Result<i64> {
    let last: Option<i64> = complaints::table
        .order(complaints::seq.desc())
        .select(complaints::seq)
        .first(conn)
        .optional()?;
    Ok(last.unwrap_or_default())
}

/// The next complaints after a place, with their timelines in the order of time.
pub(super) fn page(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<(Complaint, Vec<TimelineEntry>)>> {
    let found: Vec<Complaint> = complaints::table
        .filter(complaints::seq.gt(after))
        .order(complaints::seq.asc())
        .limit(limit)
        .select(Complaint::as_select())
        .load(conn)?;
    with_timelines(conn, found)
}

/// These complaints, with their timelines in the order of time.
pub(super) fn of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<(Complaint, Vec<TimelineEntry>)>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let complaints: Vec<Complaint> = complaints::table
            .filter(complaints::id.eq_any(some.to_vec()))
            .order(complaints::seq.asc())
            .select(Complaint::as_select())
            .load(conn)?;
        found.extend(with_timelines(conn, complaints)?);
    }
    Ok(found)
}

fn with_timelines(conn: &mut Conn, found: Vec<Complaint>) -> Result<Vec<(Complaint, Vec<TimelineEntry>)>> {
    let ids: Vec<ComplaintId> = found.iter().map(|complaint| complaint.id).collect();
    let entries: Vec<TimelineEntry> = timeline_entries::table
        .filter(timeline_entries::complaint_id.eq_any(ids))
        .order((timeline_entries::complaint_id.asc(), timeline_entries::id.asc()))
        .select(TimelineEntry::as_select())
        .load(conn)?;
    let mut by_complaint: BTreeMap<ComplaintId, Vec<TimelineEntry>> = BTreeMap::new();
    for entry in entries {
        by_complaint.entry(entry.complaint_id).or_default().push(entry);
    }
    Ok(found
        .into_iter()
        .map(|complaint| {
            let mut entries = by_complaint.remove(&complaint.id).unwrap_or_default();
            entries.sort_by_key(|entry| entry.happened_at);
            (complaint, entries)
        })
        .collect())
}
