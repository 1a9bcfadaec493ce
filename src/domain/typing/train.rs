//! Makes the model from labelled texts: the same bits every time, on every machine.
//!
//! Softmax regression over the four types, and a logistic score for "no clear type", by AdaGrad in a
//! fixed order, one thread a language. How scores become probabilities is fitted on texts that the weights had not seen.

use std::collections::{BTreeMap, HashMap};

use super::Language;
use super::corpus::Labelled;
use super::features::Feature;
use super::model::{Calibration, Model, OUTPUTS, Row, TYPES, Weights, lead_of, softmax};
use super::numbers::logistic;
use super::reading;

/// The edition of the model that the present code and texts make. Count it up when either changes.
pub const EDITION: u32 = 8;

/// How often the texts are gone through.
const ROUNDS: usize = 6;
/// In how many orders. The weights are the mean: a single order moves the accuracy on real texts by some points.
const ORDERS: u16 = 4;
/// The step at the beginning.
const STEP: f32 = 0.05;
/// How strongly weights are drawn to zero.
const DECAY: f32 = 0.000_02;
/// A feature counts from this many texts on.
const SEEN: u32 = 2;

/// How much less sure the model is than its own texts would allow: those of a desk differ more from them than one
/// writer's differ from another's. Chosen between what suits invented texts and what suits real ones: `docs/typing.md`.
const CAUTION: f32 = 0.75;

/// A text ready for learning.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its features.
    pub features: Vec<Feature>,
    /// The place of its type in [`TYPES`]; 4 for no clear type.
    pub label: usize,
    /// Whose hand: texts of one hand are never on both sides when the calibration is fitted.
    pub hand: usize,
    /// How much it counts while the model is made: 1, or [`IMAGINED`].
    pub share: f32,
}

/// How much a text counts that was written out of the head, before anybody looked at how people really write: all of
/// them together teach less about real texts than a fifth as many in the manner of those.
pub const IMAGINED: f32 = 0.3;

impl Example {
    /// Reads a labelled text.
    pub fn of(labelled: &Labelled, language: Language, hand: usize) -> Self {
        Self {
            features: reading::features(&labelled.text, language),
            label: TYPES.iter().position(|t| *t == labelled.label).unwrap_or(TYPES.len()),
            hand,
            share: 1.0,
        }
    }
}

/// A text while the weights are fitted.
struct Lesson {
    /// The places of its features among those that are known, with their values.
    features: Vec<(usize, f32)>,
    /// The place of its type in [`TYPES`]; 4 for no clear type.
    label: usize,
    /// How much it counts.
    share: f32,
}

/// What the fitting gave.
struct Fit {
    bias: Row,
    weights: Vec<(u32, Row)>,
}

/// Trains the model from the examples of both languages, side by side: neither looks at the other.
///
/// # Panics
/// When the training of a language does.
pub fn train(zh: &[Example], en: &[Example]) -> Model {
    let (zh, en) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| train_language(zh));
        let en = train_language(en);
        (beside.join(), en)
    });
    Model {
        edition: EDITION,
        zh: zh.unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        en,
    }
}

/// Trains one language.
fn train_language(examples: &[Example]) -> Weights {
    let calibration = calibrate(&unseen(examples));
    let all: Vec<&Example> = examples.iter().collect();
    let Fit { bias, weights } = fit(&all);
    Weights::pack(bias, calibration, &weights)
}

/// In how many parts the hands are left out in turn.
const PARTS: usize = 4;

/// The scores of each example by weights that were made without its hand, with its label.
fn unseen(examples: &[Example]) -> Vec<(Row, usize)> {
    let mut scored = Vec::with_capacity(examples.len());
    for part in 0..PARTS {
        let is_left_out = |example: &&Example| example.hand % PARTS == part;
        let others: Vec<&Example> = examples.iter().filter(|example| !is_left_out(example)).collect();
        let Fit { bias, weights } = fit(&others);
        let weights: HashMap<u32, Row> = weights.into_iter().collect();
        for example in examples.iter().filter(is_left_out) {
            let mut scores = bias;
            for feature in &example.features {
                if let Some(row) = weights.get(&feature.hash) {
                    for (score, w) in scores.iter_mut().zip(row) {
                        *score += w * feature.value;
                    }
                }
            }
            scored.push((scores, example.label));
        }
    }
    scored
}

fn fit(examples: &[&Example]) -> Fit {
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    for feature in examples.iter().flat_map(|example| &example.features) {
        *seen.entry(feature.hash).or_default() += 1;
    }
    seen.retain(|_, n| *n >= SEEN);
    let strengths: Vec<f32> = seen.values().map(|n| rarity(*n, examples.len())).collect();
    let hashes: Vec<u32> = seen.into_keys().collect();
    let place: HashMap<u32, usize> = hashes.iter().enumerate().map(|(n, hash)| (*hash, n)).collect();
    let lessons: Vec<Lesson> = examples
        .iter()
        .map(|example| {
            let known = example.features.iter().filter_map(|f| {
                let n = *place.get(&f.hash)?;
                Some((n, f.value * strengths.get(n)?))
            });
            Lesson {
                features: known.collect(),
                label: example.label,
                share: example.share,
            }
        })
        .collect();
    let unclear = lessons.iter().filter(|lesson| lesson.label >= TYPES.len()).count();
    #[expect(clippy::cast_precision_loss, reason = "some thousand texts")]
    let weight_unclear = ((lessons.len() - unclear).max(1) as f32 / unclear.max(1) as f32).sqrt();
    let begin = Learner {
        rows: vec![[0.0; OUTPUTS]; hashes.len()],
        squares: vec![[1e-4; OUTPUTS]; hashes.len()],
        bias: [0.0; OUTPUTS],
        bias_squares: [1.0; OUTPUTS],
        weight_unclear,
    };
    let mut bias = [0.0; OUTPUTS];
    let mut rows = vec![[0.0; OUTPUTS]; hashes.len()];
    for seed in 0..ORDERS {
        let mut learner = begin.clone();
        learner.go_through(&lessons, u64::from(seed));
        add_share(&mut bias, &learner.bias);
        for (sum, row) in rows.iter_mut().zip(&learner.rows) {
            add_share(sum, row);
        }
    }
    // The weights are for the features as they are read.
    for (row, strength) in rows.iter_mut().zip(strengths) {
        *row = row.map(|w| w * strength);
    }
    Fit {
        bias,
        weights: hashes.into_iter().zip(rows).collect(),
    }
}

/// How much more a feature counts while learning the rarer it is: the eighth root, which is the same bits
/// everywhere. What is in every second text teaches little about a text of another kind.
fn rarity(seen: u32, texts: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "some thousand texts")]
    let share = texts as f32 / seen.max(1) as f32;
    share.sqrt().sqrt().sqrt() / RARE
}

/// What the rarest features have: so that they keep their step.
const RARE: f32 = 2.4;

/// Adds what one of the orders contributes to the mean.
fn add_share(sum: &mut Row, row: &Row) {
    for (sum, w) in sum.iter_mut().zip(row) {
        *sum += w / f32::from(ORDERS);
    }
}

#[derive(Clone)]
struct Learner {
    rows: Vec<Row>,
    squares: Vec<Row>,
    bias: Row,
    bias_squares: Row,
    weight_unclear: f32,
}

impl Learner {
    /// Learns all texts, in an order of its own for each seed.
    fn go_through(&mut self, lessons: &[Lesson], seed: u64) {
        let mut order: Vec<usize> = (0..lessons.len()).collect();
        let mut dice = Dice(0x5eed + seed * 1_000_003);
        for _ in 0..ROUNDS {
            dice.shuffle(&mut order);
            for n in &order {
                if let Some(lesson) = lessons.get(*n) {
                    self.learn(lesson);
                }
            }
        }
    }

    fn learn(&mut self, lesson: &Lesson) {
        let mut scores = self.bias;
        for (n, value) in &lesson.features {
            if let Some(row) = self.rows.get(*n) {
                for (score, w) in scores.iter_mut().zip(row) {
                    *score += w * value;
                }
            }
        }
        let errors = errors(&scores, lesson.label, self.weight_unclear).map(|error| error * lesson.share);
        for (n, value) in &lesson.features {
            if let (Some(row), Some(squares)) = (self.rows.get_mut(*n), self.squares.get_mut(*n)) {
                for ((w, square), error) in row.iter_mut().zip(squares).zip(errors) {
                    let slope = error * value + DECAY * *w;
                    *square += slope * slope;
                    *w -= STEP * slope / square.sqrt();
                }
            }
        }
        for ((w, square), error) in self.bias.iter_mut().zip(&mut self.bias_squares).zip(errors) {
            *square += error * error;
            *w -= 0.1 * error / square.sqrt();
        }
    }
}

/// How far each output is from what it should be. A text without a clear type says nothing of the types.
pub(super) fn errors(scores: &Row, label: usize, weight_unclear: f32) -> Row {
    let [a, b, c, d, unclear] = *scores;
    let mut errors = [0.0; OUTPUTS];
    let is_unclear = label >= TYPES.len();
    if !is_unclear {
        for ((n, error), p) in errors.iter_mut().enumerate().zip(softmax([a, b, c, d])) {
            *error = p - if n == label { 1.0 } else { 0.0 };
        }
    }
    if let Some(last) = errors.last_mut() {
        let p = logistic(unclear);
        *last = if is_unclear { (p - 1.0) * weight_unclear } else { p };
    }
    errors
}

/// Draws the same numbers every time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from(z % u64::try_from(n.max(1)).unwrap_or(1)).unwrap_or_default()
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for n in (1..order.len()).rev() {
            order.swap(n, self.below(n + 1));
        }
    }
}

/// Fits how scores become probabilities.
fn calibrate(scored: &[(Row, usize)]) -> Calibration {
    let typed: Vec<([f32; 4], usize)> = scored
        .iter()
        .filter(|(_, label)| *label < TYPES.len())
        .map(|([a, b, c, d, _], label)| ([*a, *b, *c, *d], *label))
        .collect();
    let sharpness = sharpness(&typed) * CAUTION;
    let unclear = fit_unclear(scored);
    let mut calibration = Calibration {
        sharpness,
        unclear,
        abstain_from: 0.5,
    };
    calibration.abstain_from = threshold(scored, &calibration);
    calibration
}

/// The factor at which the probabilities are as sharp as they are right: where the likelihood is greatest.
pub(super) fn sharpness(typed: &[([f32; 4], usize)]) -> f32 {
    let (mut low, mut high) = (0.05_f32, 20.0_f32);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        let mut slope = 0.0_f64;
        for (scores, label) in typed {
            let p = softmax(scores.map(|score| score * middle));
            let expected: f32 = p.iter().zip(scores).map(|(p, score)| p * score).sum();
            slope += f64::from(expected - scores.get(*label).copied().unwrap_or_default());
        }
        if slope < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f32::midpoint(low, high)
}

/// A logistic regression of "no clear type" on its own score and the lead of the first type.
fn fit_unclear(scored: &[(Row, usize)]) -> [f32; 3] {
    let rows: Vec<([f32; 3], f32)> = scored
        .iter()
        .map(|([a, b, c, d, unclear], label)| {
            let is = if *label >= TYPES.len() { 1.0 } else { 0.0 };
            ([*unclear, lead_of(&[*a, *b, *c, *d]), 1.0], is)
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "some thousand texts")]
    let n = rows.len().max(1) as f32;
    let mut weights = [1.0_f32, 0.0, 0.0];
    for _ in 0..1_500 {
        let mut slopes = [0.0_f32; 3];
        for (x, is) in &rows {
            let z: f32 = weights.iter().zip(x).map(|(w, x)| w * x).sum();
            let error = logistic(z) - is;
            for (slope, x) in slopes.iter_mut().zip(x) {
                *slope += error * x;
            }
        }
        for (w, slope) in weights.iter_mut().zip(slopes) {
            *w -= 0.3 * slope / n;
        }
    }
    weights
}

/// The probability of "no clear type" from which on abstaining is right most often: the best F1.
fn threshold(scored: &[(Row, usize)], calibration: &Calibration) -> f32 {
    let mut found: Vec<(f32, bool)> = scored
        .iter()
        .map(|(scores, label)| (calibration.verdict(scores).unclear, *label >= TYPES.len()))
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all = found.iter().filter(|(_, is)| *is).count();
    let (mut best, mut at, mut right) = (0.0_f32, 0.5_f32, 0_usize);
    for (n, (p, is)) in (1_usize..).zip(found) {
        right += usize::from(is);
        #[expect(clippy::cast_precision_loss, reason = "some thousand texts")]
        let f1 = 2.0 * right as f32 / (n + all) as f32;
        if f1 > best {
            (best, at) = (f1, p);
        }
    }
    at
}
