//! What an installation has learnt from its own agents: differences to the weights of the model.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::features::Feature;
use super::model::{Bytes, Calibration, Model, OUTPUTS, Row, TYPES, Verdict};
use super::train::{Dice, Example, errors};
use super::{Language, reading};
use crate::error::{Error, Result};

/// How far one correction moves the weights of its features.
const STEP: f32 = 0.4;
/// How far it moves what every text starts from: little, or the desk's latest run of one type tips all texts.
const STEP_BIAS: f32 = 0.05;
/// How strongly what was learnt is drawn back to the model of the program: a few dozen corrections on texts of
/// another kind shall not undo what thousands have taught.
const DECAY: f32 = 0.003;
/// How many earlier corrections are gone through again with each new one.
pub const REPLAYED: usize = 10;
/// How often all of them are gone through at the end of a run.
const SETTLED: usize = 10;
/// The most steps that this may take.
const MOST_SETTLED: usize = 2_000;
/// The most features of one language that a layer keeps: those with the largest weights.
const LARGEST: usize = 40_000;

/// What was learnt for one language.
#[derive(Debug, Clone, Default, PartialEq)]
struct Delta {
    bias: Row,
    rows: HashMap<u32, Row>,
}

/// What was learnt.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layer {
    zh: Delta,
    en: Delta,
}

impl Layer {
    const fn of(&self, language: Language) -> &Delta {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }

    const fn of_mut(&mut self, language: Language) -> &mut Delta {
        match language {
            Language::Zh => &mut self.zh,
            Language::En => &mut self.en,
        }
    }

    /// The layer as bytes: for each language the constants, then each feature with its weights, the
    /// largest only. The same layer gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for delta in [&self.zh, &self.en] {
            out.extend(delta.bias.iter().flat_map(|w| w.to_le_bytes()));
            let size = |row: &Row| row.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
            let mut rows: Vec<(&u32, &Row)> = delta.rows.iter().filter(|(_, row)| size(row) > 1e-4).collect();
            rows.sort_by(|a, b| size(b.1).total_cmp(&size(a.1)).then(a.0.cmp(b.0)));
            rows.truncate(LARGEST);
            rows.sort_by_key(|(hash, _)| **hash);
            let largest = rows.iter().map(|(_, row)| size(row)).fold(1e-6_f32, f32::max);
            let scale = largest / 32_000.0;
            out.extend(scale.to_le_bytes());
            out.extend(u32::try_from(rows.len()).unwrap_or_default().to_le_bytes());
            for (hash, row) in rows {
                out.extend(hash.to_le_bytes());
                #[expect(clippy::cast_possible_truncation, reason = "the scale makes it fit")]
                out.extend(row.iter().flat_map(|w| ((w / scale).round() as i16).to_le_bytes()));
            }
        }
        out
    }

    /// Reads what [`Layer::to_bytes`] wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Bytes(bytes);
        let layer = Self {
            zh: delta(&mut reader)?,
            en: delta(&mut reader)?,
        };
        match reader.0 {
            [] => Ok(layer),
            _ => Err(Error::internal("a typing layer with something after it")),
        }
    }

    /// How many features have weights of their own.
    pub fn len(&self) -> usize {
        self.zh.rows.len() + self.en.rows.len()
    }

    /// Whether nothing was learnt.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn delta(reader: &mut Bytes<'_>) -> Result<Delta> {
    let mut bias = [0.0; OUTPUTS];
    for w in &mut bias {
        *w = reader.number()?;
    }
    let scale = reader.number()?;
    let n = u32::from_le_bytes(reader.take()?);
    let mut rows = HashMap::new();
    for _ in 0..n {
        let hash = u32::from_le_bytes(reader.take()?);
        let mut row = [0.0; OUTPUTS];
        for w in &mut row {
            *w = f32::from(i16::from_le_bytes(reader.take()?)) * scale;
        }
        rows.insert(hash, row);
    }
    Ok(Delta { bias, rows })
}

static SHIPPED: LazyLock<Result<Arc<Model>, String>> = LazyLock::new(|| {
    Model::from_bytes(include_bytes!("model.bin"))
        .map(Arc::new)
        .map_err(|e| e.to_string())
});

/// The model that is part of the program.
///
/// # Errors
/// When its bytes cannot be read (a test rules that out).
pub fn shipped() -> Result<Arc<Model>> {
    SHIPPED.clone().map_err(Error::internal)
}

/// The model of the program with what this installation has learnt.
#[derive(Debug, Clone)]
pub struct Live {
    /// The model.
    pub model: Arc<Model>,
    /// What was learnt.
    pub layer: Arc<Layer>,
    /// The number of the layer; 0 for an installation that has not learnt yet.
    pub version: i32,
}

impl Live {
    /// The model of the program, with nothing learnt.
    ///
    /// # Errors
    /// As [`shipped`].
    pub fn shipped() -> Result<Self> {
        Ok(Self {
            model: shipped()?,
            layer: Arc::default(),
            version: 0,
        })
    }

    /// How the pair is called: edition of the model, number of the layer.
    pub fn name(&self) -> String {
        format!("{}.{}", self.model.edition, self.version)
    }

    /// How scores become probabilities.
    pub fn calibration(&self, language: Language) -> &Calibration {
        &self.model.of(language).calibration
    }

    /// The weights of a feature, learnt ones included.
    pub(super) fn row(&self, language: Language, hash: u32) -> Option<Row> {
        let base = self.model.of(language).row(hash);
        let learnt = self.layer.of(language).rows.get(&hash);
        match (base, learnt) {
            (None, None) => None,
            (base, learnt) => {
                let mut row = base.unwrap_or_default();
                for (w, more) in row.iter_mut().zip(learnt.into_iter().flatten()) {
                    *w += more;
                }
                Some(row)
            }
        }
    }

    /// The raw scores of a text.
    pub fn scores(&self, language: Language, features: &[Feature]) -> Row {
        let mut scores = self.model.of(language).scores(features);
        self.layer.of(language).add(&mut scores, features);
        scores
    }

    /// What is made of a text.
    pub fn judge(&self, language: Language, features: &[Feature]) -> Verdict {
        self.calibration(language).verdict(&self.scores(language, features))
    }

    /// Reads a text and judges it.
    pub fn judge_text(&self, language: Language, text: &str) -> Verdict {
        self.judge(language, &reading::features(text, language))
    }
}

impl Delta {
    fn add(&self, scores: &mut Row, features: &[Feature]) {
        for (score, w) in scores.iter_mut().zip(self.bias) {
            *score += w;
        }
        if self.rows.is_empty() {
            return;
        }
        for feature in features {
            if let Some(row) = self.rows.get(&feature.hash) {
                for (score, w) in scores.iter_mut().zip(row) {
                    *score += w * feature.value;
                }
            }
        }
    }
}

/// Learns from corrections, one after the other.
pub struct Learner {
    model: Arc<Model>,
    layer: Layer,
    dice: Dice,
}

impl Learner {
    /// Goes on from what is known already. The same beginnings and corrections give the same layer.
    pub fn new(live: &Live) -> Self {
        Self {
            model: Arc::clone(&live.model),
            layer: live.layer.as_ref().clone(),
            dice: Dice(u64::from(live.version.unsigned_abs()) + 1),
        }
    }

    /// Learns one correction, and goes through some earlier ones again so that they are not forgotten.
    pub fn learn(&mut self, language: Language, lesson: &Example, earlier: &[Example]) {
        self.step(language, lesson);
        for _ in 0..REPLAYED.min(earlier.len()) {
            let n = self.dice.below(earlier.len());
            if let Some(again) = earlier.get(n) {
                self.step(language, again);
            }
        }
    }

    /// Goes through everything once more at the end of a run, so that what came last does not count most.
    pub fn settle(&mut self, language: Language, all: &[Example]) {
        for _ in 0..MOST_SETTLED.min(all.len() * SETTLED) {
            let n = self.dice.below(all.len());
            if let Some(again) = all.get(n) {
                self.step(language, again);
            }
        }
    }

    fn step(&mut self, language: Language, lesson: &Example) {
        let weights = self.model.of(language);
        let sharpness = weights.calibration.sharpness;
        let delta = self.layer.of_mut(language);
        let mut scores = weights.scores(&lesson.features);
        delta.add(&mut scores, &lesson.features);
        // The errors of the probabilities that are shown, not of the raw scores.
        for score in scores.iter_mut().take(TYPES.len()) {
            *score *= sharpness;
        }
        let errors = errors(&scores, lesson.label, 1.0);
        for feature in &lesson.features {
            let row = delta.rows.entry(feature.hash).or_default();
            for (w, error) in row.iter_mut().zip(errors) {
                *w -= STEP * (error * feature.value + DECAY * *w);
            }
        }
        for (w, error) in delta.bias.iter_mut().zip(errors) {
            *w -= STEP_BIAS * error;
        }
    }

    /// What has been learnt.
    pub fn into_layer(self) -> Layer {
        self.layer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_comes_back_from_its_bytes_and_corrections_move_the_proposal() {
        let live = Live::shipped().unwrap();
        let text = "客户反映路灯编号0377不亮，已登记。";
        let lesson = Example {
            features: reading::features(text, Language::Zh),
            label: 3,
            hand: 0,
            share: 1.0,
        };
        let mut learner = Learner::new(&live);
        for _ in 0..20 {
            learner.learn(Language::Zh, &lesson, std::slice::from_ref(&lesson));
        }
        let layer = learner.into_layer();
        let again = Layer::from_bytes(&layer.to_bytes()).unwrap();
        assert_eq!(again.to_bytes(), layer.to_bytes());
        let learnt = Live {
            layer: Arc::new(again),
            version: 1,
            ..live.clone()
        };
        let before = live.judge(Language::Zh, &lesson.features).types;
        let after = learnt.judge(Language::Zh, &lesson.features).types;
        assert!(after[3] > before[3] && after[3] > 0.8, "{before:?} {after:?}");
        assert!(Layer::from_bytes(&layer.to_bytes()[1..]).is_err());
    }
}
