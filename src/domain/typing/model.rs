//! The model: for each language a table of weights, one set for each feature it knows.

use super::features::Feature;
use super::numbers::{exp, logistic};
use super::{CustomerType, Language};
use crate::error::{Error, Result};

/// The four types that the model tells apart, in the order of its outputs.
pub const TYPES: [CustomerType; 4] = [
    CustomerType::Insistent,
    CustomerType::Hesitant,
    CustomerType::Friendly,
    CustomerType::Angry,
];

/// Outputs: the four types, and "no clear type".
pub const OUTPUTS: usize = 5;

/// One number for each output.
pub type Row = [f32; OUTPUTS];

/// How raw scores become probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// What the scores of the types are multiplied with.
    pub sharpness: f32,
    /// No clear type: weight of its own score, weight of the lead of the first type (over the mean of the others), constant.
    pub unclear: [f32; 3],
    /// From this probability of "no clear type" on, no type is proposed.
    pub abstain_from: f32,
}

/// A stretch of hash codes in which one is looked up.
#[derive(Debug, Clone, Default)]
struct Table {
    /// One more than the place in `rows`; 0 for an empty slot.
    slots: Vec<(u32, u32)>,
    mask: usize,
}

impl Table {
    fn of(hashes: &[u32]) -> Self {
        let size = (hashes.len() * 2).next_power_of_two().max(16);
        let mut table = Self {
            slots: vec![(0, 0); size],
            mask: size - 1,
        };
        for (n, hash) in (1_u32..).zip(hashes) {
            let mut at = *hash as usize & table.mask;
            while table.slots.get(at).is_some_and(|slot| slot.1 != 0) {
                at = (at + 1) & table.mask;
            }
            if let Some(slot) = table.slots.get_mut(at) {
                *slot = (*hash, n);
            }
        }
        table
    }

    fn find(&self, hash: u32) -> Option<usize> {
        let mut at = hash as usize & self.mask;
        loop {
            let (there, n) = *self.slots.get(at)?;
            if n == 0 {
                return None;
            }
            if there == hash {
                return Some(n as usize - 1);
            }
            at = (at + 1) & self.mask;
        }
    }
}

/// The weights for one language.
#[derive(Debug, Clone)]
pub struct Weights {
    /// What every text starts from.
    pub bias: Row,
    /// Scores to probabilities.
    pub calibration: Calibration,
    hashes: Vec<u32>,
    rows: Vec<[i16; OUTPUTS]>,
    scale: f32,
    table: Table,
}

impl Weights {
    /// Packs weights, sorted by hash, into 16 bits each.
    pub(super) fn pack(bias: Row, calibration: Calibration, weights: &[(u32, Row)]) -> Self {
        let largest = weights
            .iter()
            .flat_map(|(_, row)| row)
            .fold(1e-6_f32, |most, w| most.max(w.abs()));
        let scale = largest / 32_000.0;
        #[expect(clippy::cast_possible_truncation, reason = "the scale makes it fit")]
        let rows = weights
            .iter()
            .map(|(_, row)| row.map(|w| (w / scale).round() as i16))
            .collect();
        let hashes: Vec<u32> = weights.iter().map(|(hash, _)| *hash).collect();
        Self {
            bias,
            calibration,
            table: Table::of(&hashes),
            hashes,
            rows,
            scale,
        }
    }

    /// The weights of a feature; `None` when it is not known.
    pub fn row(&self, hash: u32) -> Option<Row> {
        let row = self.rows.get(self.table.find(hash)?)?;
        Some(row.map(|w| f32::from(w) * self.scale))
    }

    /// How many features are known.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The raw scores of a text.
    pub fn scores(&self, features: &[Feature]) -> Row {
        let mut sums = [0_f32; OUTPUTS];
        for feature in features {
            if let Some(row) = self.table.find(feature.hash).and_then(|n| self.rows.get(n)) {
                for (sum, w) in sums.iter_mut().zip(row) {
                    *sum += f32::from(*w) * feature.value;
                }
            }
        }
        let mut scores = self.bias;
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score += sum * self.scale;
        }
        scores
    }
}

/// What the model makes of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// The probability of each of [`TYPES`], given that it is one of them.
    pub types: [f32; 4],
    /// The probability that no type is clear.
    pub unclear: f32,
    /// Whether no type is proposed.
    pub abstained: bool,
}

impl Calibration {
    /// Makes probabilities of raw scores.
    pub fn verdict(&self, scores: &Row) -> Verdict {
        let [a, b, c, d, unclear] = *scores;
        let raw = [a, b, c, d];
        let types = softmax(raw.map(|score| score * self.sharpness));
        let [own, lead, constant] = self.unclear;
        let unclear = logistic(own * unclear + lead * lead_of(&raw) + constant);
        Verdict {
            types,
            unclear,
            abstained: unclear >= self.abstain_from,
        }
    }
}

impl Verdict {
    /// The types with their probabilities, the likeliest first.
    pub fn ranked(&self) -> [(CustomerType, f32); 4] {
        let mut ranked = [(CustomerType::Insistent, 0.0); 4];
        for (slot, pair) in ranked.iter_mut().zip(TYPES.into_iter().zip(self.types)) {
            *slot = pair;
        }
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked
    }

    /// What is proposed: the likeliest type, or to leave it open.
    pub fn proposed(&self) -> CustomerType {
        if self.abstained {
            CustomerType::NotClear
        } else {
            self.best().0
        }
    }

    /// The likeliest type.
    pub fn best(&self) -> (CustomerType, f32) {
        let [best, ..] = self.ranked();
        best
    }
}

/// How far the highest score is ahead of the mean of the others. Ahead of the second alone told real texts without a
/// clear type apart less well.
pub(super) fn lead_of(scores: &[f32; 4]) -> f32 {
    let first = scores.iter().fold(f32::MIN, |most, score| most.max(*score));
    first - (scores.iter().sum::<f32>() - first) / 3.0
}

/// Shares that add up to one.
pub(super) fn softmax(scores: [f32; 4]) -> [f32; 4] {
    let most = scores.iter().fold(f32::MIN, |most, score| most.max(*score));
    let parts = scores.map(|score| exp(score - most));
    let sum: f32 = parts.iter().sum();
    parts.map(|part| part / sum)
}

/// The model that is part of the program.
#[derive(Debug, Clone)]
pub struct Model {
    /// Which edition.
    pub edition: u32,
    /// Chinese.
    pub zh: Weights,
    /// English.
    pub en: Weights,
}

const MAGIC: &[u8; 4] = b"HTYP";

impl Model {
    /// The weights for a language.
    pub const fn of(&self, language: Language) -> &Weights {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }

    /// The model as the bytes of its file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(self.edition.to_le_bytes());
        for weights in [&self.zh, &self.en] {
            let Calibration {
                sharpness,
                unclear,
                abstain_from,
            } = weights.calibration;
            let numbers = weights
                .bias
                .iter()
                .chain([&weights.scale, &sharpness])
                .chain(&unclear)
                .chain([&abstain_from]);
            out.extend(numbers.flat_map(|number| number.to_le_bytes()));
            out.extend(u32::try_from(weights.hashes.len()).unwrap_or_default().to_le_bytes());
            for (hash, row) in weights.hashes.iter().zip(&weights.rows) {
                out.extend(hash.to_le_bytes());
                out.extend(row.iter().flat_map(|w| w.to_le_bytes()));
            }
        }
        out
    }

    /// Reads the bytes of a model file.
    ///
    /// # Errors
    /// When they are not those of a model.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Bytes(bytes);
        if &reader.take::<4>()? != MAGIC {
            return Err(Error::internal("not a typing model"));
        }
        let edition = u32::from_le_bytes(reader.take()?);
        let model = Self {
            edition,
            zh: weights(&mut reader)?,
            en: weights(&mut reader)?,
        };
        match reader.0 {
            [] => Ok(model),
            _ => Err(Error::internal("a typing model with something after it")),
        }
    }
}

fn weights(reader: &mut Bytes<'_>) -> Result<Weights> {
    let mut bias = [0.0; OUTPUTS];
    for number in &mut bias {
        *number = reader.number()?;
    }
    let scale = reader.number()?;
    let calibration = Calibration {
        sharpness: reader.number()?,
        unclear: [reader.number()?, reader.number()?, reader.number()?],
        abstain_from: reader.number()?,
    };
    let n = u32::from_le_bytes(reader.take()?) as usize;
    let (mut hashes, mut rows) = (Vec::new(), Vec::new());
    for _ in 0..n {
        hashes.push(u32::from_le_bytes(reader.take()?));
        let mut row = [0; OUTPUTS];
        for w in &mut row {
            *w = i16::from_le_bytes(reader.take()?);
        }
        rows.push(row);
    }
    Ok(Weights {
        bias,
        calibration,
        table: Table::of(&hashes),
        hashes,
        rows,
        scale,
    })
}

/// Bytes that are read from the front.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl Bytes<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (first, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or_else(|| Error::internal("a typing model that breaks off"))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn number(&mut self) -> Result<f32> {
        Ok(f32::from_le_bytes(self.take()?))
    }
}
