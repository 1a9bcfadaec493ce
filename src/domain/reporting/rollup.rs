//! Sums by day and by one property at a time, in memory: what is folded, built anew, or read for a report.

use std::collections::HashMap;

use super::histogram::Histogram;
use super::measures::{Dimension, Measure};
use super::sums::{Amount, Day, Slot, Sums};

/// The day under which stands what is summed up over all days. What is added on this day itself counts there alone.
pub const EVER: Day = Day::MIN;

/// What came together in one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// How many.
    pub n: i64,
    /// How many seconds they took together.
    pub total: i64,
    /// How the times lie.
    pub histogram: Histogram,
}

impl Cell {
    /// Nothing.
    pub const fn new() -> Self {
        Self {
            n: 0,
            total: 0,
            histogram: Histogram::new(),
        }
    }

    /// Adds what came together elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.total += other.total;
        self.histogram.merge(&other.histogram);
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.n == 0 && self.total == 0 && self.histogram.is_empty()
    }

    fn add(&mut self, bucket: Option<u16>, amount: Amount) {
        self.n += amount.n;
        self.total += amount.total;
        if let Some(bucket) = bucket {
            self.histogram.add(bucket, amount.n);
        }
    }
}

/// The place of a sum.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// By which property.
    pub dimension: Dimension,
    /// Of what.
    pub measure: Measure,
    /// On which day; [`EVER`] for all together.
    pub day: Day,
    /// The value of the property; empty for everything together.
    pub value: String,
}

/// Sums by place. Values are numbered, because there are few of them and many places.
#[derive(Debug, Default)]
pub struct Rollup {
    numbers: HashMap<(Dimension, String), u32>,
    values: Vec<(Dimension, String)>,
    cells: HashMap<(u32, Measure, Day), Cell>,
    only: Vec<Dimension>,
}

impl Rollup {
    /// Only by these properties.
    pub fn only(dimensions: Vec<Dimension>) -> Self {
        Self {
            only: dimensions,
            ..Self::default()
        }
    }

    /// Adds what changes add.
    pub fn add_all(&mut self, sums: &Sums) {
        for (marks, slots) in sums.groups() {
            for (number, dimension) in self.number(|dimension| marks.value(dimension)) {
                let of_a_day = |slot: &Slot| slot.measure.is_by(dimension) && slot.day != EVER;
                for (slot, amount) in slots.iter().filter(|(slot, _)| of_a_day(slot)) {
                    let cell = self.cells.entry((number, slot.measure, slot.day)).or_default();
                    cell.add(slot.bucket, *amount);
                }
            }
            if !slots.keys().any(|slot| slot.measure.counts_for_ever()) {
                continue;
            }
            for (number, _) in self.number(|dimension| marks.lasting_value(dimension)) {
                for (slot, amount) in slots.iter().filter(|(slot, _)| slot.measure.counts_for_ever()) {
                    let cell = self.cells.entry((number, slot.measure, EVER)).or_default();
                    cell.add(slot.bucket, *amount);
                }
            }
        }
    }

    /// The numbers of the values that there are, and of which property each is.
    fn number(&mut self, value_of: impl Fn(Dimension) -> Option<String>) -> Vec<(u32, Dimension)> {
        let mut found = Vec::with_capacity(Dimension::ALL.len());
        for dimension in Dimension::ALL
            .iter()
            .filter(|d| self.only.is_empty() || self.only.contains(d))
        {
            let Some(value) = value_of(*dimension) else { continue };
            let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
            let key = (*dimension, value);
            let number = *self.numbers.entry(key.clone()).or_insert(next);
            if number == next {
                self.values.push(key);
            }
            found.push((number, *dimension));
        }
        found
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether nothing came together.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// What came together where, in the order of the places; places where it came to nothing are left out.
    pub fn into_rows(self) -> Vec<(Key, Cell)> {
        let values = self.values;
        let mut rows: Vec<(Key, Cell)> = self
            .cells
            .into_iter()
            .filter(|(_, cell)| !cell.is_empty())
            .filter_map(|((number, measure, day), cell)| {
                let (dimension, value) = values.get(usize::try_from(number).ok()?)?.clone();
                let key = Key {
                    dimension,
                    measure,
                    day,
                    value,
                };
                Some((key, cell))
            })
            .collect();
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        rows
    }
}
