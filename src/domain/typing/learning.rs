//! Learning on the desk: each confirmation or correction of an agent moves what this installation adds
//! to the model. Done in the background, in versions; a version goes live only when it is not worse than
//! the one before on decisions that are never learnt from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::layer::{Layer, Learner, Live};
use super::model::TYPES;
use super::store::{self, Decided, LayerRow, NewLayer};
use super::train::Example;
use super::{Language, reading};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::text_enum;

text_enum! {
    /// What became of a version of what was learnt.
    LayerState {
        /// In use.
        Live = "live",
        /// Followed by a later version.
        Retired = "retired",
        /// Worse than the one before on decisions that are never learnt from: never in use.
        Refused = "refused",
        /// Taken back by somebody.
        Undone = "undone",
    }
}

/// The most decisions that one run learns.
const AT_ONCE: i64 = 200;
/// The most earlier decisions of a language that are looked at again.
const RESERVOIR: i64 = 800;
/// One in so many decisions is never learnt from, and compares versions.
const HELD_OUT: i32 = 8;
/// From so many decisions on, a comparison can refuse a version.
const ENOUGH_TO_REFUSE: i32 = 20;
/// How many versions are kept.
const KEPT: i32 = 20;

/// What is in use now; `known` when that is the same.
///
/// # Errors
/// When the database refuses, or holds something that is no layer.
pub fn live(conn: &mut Conn, known: &Live) -> Result<Live> {
    let edition = edition(known);
    // What was learnt over an earlier edition does not fit this one: `gather` begins anew.
    let row = store::live(conn)?.filter(|row| row.edition == edition);
    let version = row.as_ref().map_or(0, |row| row.version);
    if version == known.version {
        return Ok(known.clone());
    }
    let layer = match row {
        Some(row) => Layer::from_bytes(&store::weights(conn, row.version)?)?,
        None => Layer::default(),
    };
    Ok(Live {
        model: Arc::clone(&known.model),
        layer: Arc::new(layer),
        version,
    })
}

fn edition(live: &Live) -> i32 {
    i32::try_from(live.model.edition).unwrap_or(i32::MAX)
}

/// Everything that a run needs, read at one moment.
pub struct Lessons {
    live: Live,
    /// Decisions that were learnt over an earlier edition of the model.
    again: Vec<Decided>,
    waiting: Vec<Decided>,
    reservoir: Vec<Decided>,
}

/// A new version, ready to be kept.
#[derive(Debug, Clone)]
pub struct Learnt {
    over: i32,
    edition: i32,
    weights: Vec<u8>,
    /// How many decisions it learnt.
    lessons: usize,
    /// Those of them that waited.
    learnt: Vec<(ComplaintId, Option<Moment>)>,
    held_out: i32,
    right_before: i32,
    right_after: i32,
}

/// Reads what there is to learn; `None` when there is nothing.
///
/// Where the latest layer lies over an earlier edition of the model, the decisions of the reservoir are learnt again
/// over this one. A process that still has an earlier edition itself leaves learning to the others.
///
/// # Errors
/// As [`live`].
pub fn gather(conn: &mut Conn, known: &Live) -> Result<Option<Lessons>> {
    let edition = edition(known);
    let latest = store::live(conn)?.map_or(edition, |row| row.edition);
    let waiting = match latest > edition {
        true => Vec::new(),
        false => store::to_learn(conn, AT_ONCE)?,
    };
    if waiting.is_empty() && latest >= edition {
        return Ok(None);
    }
    let mut reservoir = Vec::new();
    for language in Language::ALL {
        reservoir.extend(store::reservoir(conn, language.as_str(), RESERVOIR)?);
    }
    let mut again = Vec::new();
    if latest < edition {
        let waits = |decided: &&Decided| !waiting.iter().any(|w| w.complaint_id == decided.complaint_id);
        again.extend(reservoir.iter().filter(waits).cloned());
        again.sort_by_key(|decided| (decided.decided_at, decided.complaint_id));
    }
    Ok(Some(Lessons {
        live: live(conn, known)?,
        again,
        waiting,
        reservoir,
    }))
}

const fn is_held_out(decided: &Decided) -> bool {
    decided.sample_key % HELD_OUT == 0
}

fn example(decided: &Decided, language: Language) -> Example {
    let label = decided
        .agent_type
        .and_then(|said| TYPES.iter().position(|t| *t == said));
    Example {
        features: reading::features(&decided.text, language),
        label: label.unwrap_or(TYPES.len()),
        hand: 0,
        share: 1.0,
    }
}

impl Lessons {
    /// Learns. Takes no database: some hundred texts may take a while.
    pub fn learn(self) -> Learnt {
        let mut learner = Learner::new(&self.live);
        let mut held = Vec::new();
        for language in Language::ALL {
            let of = |decided: &&Decided| decided.language == language.as_str();
            let lessons = || self.again.iter().chain(&self.waiting);
            let waits = |decided: &Decided| lessons().any(|w| w.complaint_id == decided.complaint_id);
            let mut earlier = Vec::new();
            for decided in self.reservoir.iter().filter(of) {
                if is_held_out(decided) {
                    held.push((language, example(decided, language)));
                } else if !waits(decided) {
                    earlier.push(example(decided, language));
                }
            }
            let before = earlier.len();
            for decided in lessons().filter(of).filter(|decided| !is_held_out(decided)) {
                let lesson = example(decided, language);
                learner.learn(language, &lesson, &earlier);
                earlier.push(lesson);
            }
            if earlier.len() > before {
                learner.settle(language, &earlier);
            }
        }
        let weights = learner.into_layer().to_bytes();
        // What will be in use is what the bytes say.
        let after = Layer::from_bytes(&weights).map(|layer| Live {
            layer: Arc::new(layer),
            ..self.live.clone()
        });
        let right_after = after.map_or(0, |after| right(&after, &held));
        let typed = held.iter().filter(|(_, example)| example.label < TYPES.len()).count();
        Learnt {
            over: self.live.version,
            edition: edition(&self.live),
            weights,
            lessons: self.again.len() + self.waiting.len(),
            learnt: self
                .waiting
                .iter()
                .map(|decided| (decided.complaint_id, decided.decided_at))
                .collect(),
            held_out: i32::try_from(typed).unwrap_or(i32::MAX),
            right_before: right(&self.live, &held),
            right_after,
        }
    }
}

/// How many of the examples with a type get it.
fn right(live: &Live, examples: &[(Language, Example)]) -> i32 {
    let right = examples.iter().filter(|(language, example)| {
        let best = live.judge(*language, &example.features).best().0;
        TYPES.get(example.label) == Some(&best)
    });
    i32::try_from(right.count()).unwrap_or(i32::MAX)
}

/// Keeps a new version, and puts it into use unless it is worse than the one before. Gives how many
/// decisions it learnt; none when somebody else was faster.
///
/// # Errors
/// When the database refuses.
pub fn keep(conn: &mut Conn, act: &Act, learnt: &Learnt) -> Result<usize> {
    let live = store::live(conn)?;
    if live.as_ref().is_some_and(|row| row.edition > learnt.edition) {
        return Ok(0);
    }
    let in_use = live
        .as_ref()
        .filter(|row| row.edition == learnt.edition)
        .map_or(0, |row| row.version);
    if in_use != learnt.over {
        return Ok(0);
    }
    let worse = learnt.right_before - learnt.right_after > learnt.held_out / 50;
    let refused = learnt.held_out >= ENOUGH_TO_REFUSE && worse;
    // A layer over an earlier edition is of no use in any case.
    if let Some(live) = live
        && (!refused || live.edition != learnt.edition)
    {
        store::set_state(conn, live.version, LayerState::Retired)?;
    }
    let version = store::layers(conn, 1)?.first().map_or(0, |row| row.version) + 1;
    store::insert_layer(
        conn,
        &NewLayer {
            row: LayerRow {
                version,
                edition: learnt.edition,
                state: if refused { LayerState::Refused } else { LayerState::Live },
                lessons: i32::try_from(learnt.lessons).unwrap_or(i32::MAX),
                held_out: learnt.held_out,
                right_before: learnt.right_before,
                right_after: learnt.right_after,
                created_at: act.now,
                undone_by: None,
                undone_at: None,
            },
            weights: learnt.weights.clone(),
        },
    )?;
    for (id, decided_at) in &learnt.learnt {
        store::mark_learnt(conn, *id, *decided_at)?;
    }
    store::forget_before(conn, version - KEPT)?;
    Ok(learnt.lessons)
}

/// One version of what was learnt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LayerView {
    /// Its number.
    pub version: i32,
    /// The edition of the model that it belongs to.
    pub edition: i32,
    /// What became of it.
    pub state: LayerState,
    /// How many decisions it learnt more than the one before.
    pub lessons: i32,
    /// How many decisions, never learnt from, it was compared on.
    pub held_out: i32,
    /// How many of them the version before got right.
    pub right_before: i32,
    /// How many of them this one gets right.
    pub right_after: i32,
    /// When it was made.
    pub created_at: Moment,
    /// Who took it back.
    pub undone_by: Option<String>,
    /// When.
    pub undone_at: Option<Moment>,
}

impl From<LayerRow> for LayerView {
    fn from(row: LayerRow) -> Self {
        Self {
            version: row.version,
            edition: row.edition,
            state: row.state,
            lessons: row.lessons,
            held_out: row.held_out,
            right_before: row.right_before,
            right_after: row.right_after,
            created_at: row.created_at,
            undone_by: row.undone_by,
            undone_at: row.undone_at,
        }
    }
}

/// The versions that are kept, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn versions(conn: &mut Conn) -> Result<Vec<LayerView>> {
    Ok(store::layers(conn, KEPT.into())?
        .into_iter()
        .map(LayerView::from)
        .collect())
}
