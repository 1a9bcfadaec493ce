//! What the classifier looks at: hashed n-grams, and groups of words that show a manner.

use super::Language;
use super::cues::{self, Cue};
use super::text::{BEGIN, END, Text};
use super::valence;

/// Families of features. Each is scaled by the root of how many a text has, so that a long text
/// does not outweigh a short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Family {
    /// Runs of characters.
    Characters,
    /// Words and pairs of words (English).
    Words,
    /// Cue groups, and how the text is written.
    Manner,
}

/// One occurrence of a feature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gram {
    pub(super) family: Family,
    pub(super) hash: u32,
    /// How strongly it occurs; only cue groups and style have degrees.
    pub(super) degree: f32,
    /// The glyphs it covers.
    pub(super) from: u32,
    pub(super) to: u32,
}

/// A feature of a text with its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feature {
    /// Which.
    pub hash: u32,
    /// How much.
    pub value: f32,
}

/// Mixes one more piece into a hash (FNV-1a with a final stir in [`finish`]).
const fn mix(hash: u32, piece: u32) -> u32 {
    (hash ^ piece).wrapping_mul(0x0100_0193).rotate_left(5)
}

const fn finish(hash: u32) -> u32 {
    let h = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    let h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

const SEED_CHARACTERS: u32 = 0x811c_9dc5;
const SEED_WORDS: u32 = 0x2545_f491;
const SEED_CUES: u32 = 0x9e37_79b9;
const SEED_STYLE: u32 = 0x7f4a_7c15;
const SEED_VALENCE: u32 = 0x3c6e_f372;

/// Every occurrence of every feature.
pub(super) fn grams(text: &Text, language: Language) -> Vec<Gram> {
    let mut found = Vec::with_capacity(text.glyphs.len() * 7 + 64);
    match language {
        Language::Zh => characters(text, 1, 4, &mut found),
        Language::En => {
            within_words(text, &mut found);
            words(text, &mut found);
        }
    }
    manner(text, language, &mut found);
    praise_and_blame(text, language, &mut found);
    found
}

/// Runs of `shortest` to `longest` characters.
fn characters(text: &Text, shortest: usize, longest: usize, found: &mut Vec<Gram>) {
    for (n, at) in (0..text.glyphs.len()).zip(0_u32..) {
        let glyphs = text.glyphs.get(n..).unwrap_or_default();
        let mut hash = SEED_CHARACTERS;
        for (n, glyph) in glyphs.iter().take(longest).enumerate() {
            hash = mix(hash, u32::from(glyph.c));
            if n + 1 >= shortest && !(n == 0 && glyph.c == ' ') {
                found.push(Gram {
                    family: Family::Characters,
                    hash: finish(hash),
                    degree: 1.0,
                    from: at,
                    to: at + u32::try_from(n).unwrap_or_default() + 1,
                });
            }
        }
    }
}

/// Whether a character belongs to a word of a Latin script.
pub(super) fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '\''
}

/// A word, a mark of punctuation, or the beginning or end.
struct Token {
    hash: u32,
    from: u32,
    to: u32,
}

fn tokens(text: &Text) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.glyphs.len() / 4 + 4);
    let mut open = false;
    for (at, glyph) in (0_u32..).zip(&text.glyphs) {
        if in_word(glyph.c) {
            match tokens.last_mut() {
                Some(word) if open => {
                    word.hash = mix(word.hash, u32::from(glyph.c));
                    word.to = at + 1;
                }
                _ => tokens.push(Token {
                    hash: mix(SEED_WORDS, u32::from(glyph.c)),
                    from: at,
                    to: at + 1,
                }),
            }
            open = true;
            continue;
        }
        open = false;
        if glyph.c != ' ' {
            tokens.push(Token {
                hash: mix(SEED_WORDS, u32::from(glyph.c)),
                from: at,
                to: at + 1,
            });
        }
    }
    tokens
}

/// Words, pairs and triples.
fn words(text: &Text, found: &mut Vec<Gram>) {
    let tokens = tokens(text);
    for n in 0..tokens.len() {
        let mut hash = SEED_WORDS;
        let Some(first) = tokens.get(n) else { break };
        for token in tokens.iter().skip(n).take(LONGEST_PHRASE) {
            hash = mix(hash, token.hash);
            found.push(Gram {
                family: Family::Words,
                hash: finish(hash),
                degree: 1.0,
                from: first.from,
                to: token.to,
            });
        }
    }
}

/// How many words a phrase has at most.
const LONGEST_PHRASE: usize = 3;

/// Runs of one to four characters within a word with its boundaries.
fn within_words(text: &Text, found: &mut Vec<Gram>) {
    let glyphs = &text.glyphs;
    for (at, glyph) in (0_u32..).zip(glyphs) {
        let mut hash = mix(SEED_CHARACTERS, u32::from(glyph.c));
        let starts_inside = in_word(glyph.c);
        for (n, next) in (1_u32..).zip(glyphs.iter().skip(at as usize + 1).take(4)) {
            hash = mix(hash, u32::from(next.c));
            if n >= 1 && !(n == 1 && !starts_inside && !in_word(next.c)) {
                found.push(Gram {
                    family: Family::Characters,
                    hash: finish(hash),
                    degree: 1.0,
                    from: at,
                    to: at + n + 1,
                });
            }
            // A boundary ends the run.
            if !in_word(next.c) {
                break;
            }
        }
    }
}

/// Cue groups with their scope, and how the text is written.
fn manner(text: &Text, language: Language, found: &mut Vec<Gram>) {
    let clauses = text
        .glyphs
        .iter()
        .filter(|g| matches!(g.c, '。' | '!' | '?' | ';' | ',' | '.' | '…'))
        .count();
    #[expect(clippy::cast_precision_loss, reason = "a text has some thousand clauses at most")]
    let clauses = (clauses.max(1) as f32).sqrt();
    let cues = cues::find(text, language);
    let mut counts = std::collections::BTreeMap::<u32, f32>::new();
    for cue in &cues {
        *counts.entry(group_hash(cue)).or_default() += 1.0;
    }
    for cue in &cues {
        let hash = group_hash(cue);
        let n = counts.get(&hash).copied().unwrap_or(1.0);
        // The degree of the group, shared out among its occurrences.
        let degree = (n / clauses).min(2.0) * CUE_WEIGHT / n;
        found.push(Gram {
            family: Family::Manner,
            hash,
            degree,
            from: cue.from,
            to: cue.to,
        });
    }
    style(text, clauses, found);
}

const CUE_WEIGHT: f32 = 1.0;

/// Words that praise or blame, by how dense they are: short messages have few marks of punctuation to count by.
fn praise_and_blame(text: &Text, language: Language, found: &mut Vec<Gram>) {
    #[expect(clippy::cast_precision_loss, reason = "a text has some thousand characters at most")]
    let glyphs = text.glyphs.len() as f32;
    let (unit, weight) = match language {
        Language::Zh => (glyphs.max(10.0) / 15.0, VALENCE_WEIGHT_ZH),
        Language::En => (glyphs.max(25.0) / 45.0, VALENCE_WEIGHT_EN),
    };
    for valued in valence::find(text, language) {
        found.push(Gram {
            family: Family::Manner,
            hash: finish(mix(SEED_VALENCE, valued.kind)),
            degree: valued.strength * weight / unit,
            from: valued.from,
            to: valued.to,
        });
    }
}

const VALENCE_WEIGHT_ZH: f32 = 5.0;
const VALENCE_WEIGHT_EN: f32 = 1.0;

fn group_hash(cue: &Cue) -> u32 {
    finish(mix(mix(SEED_CUES, cue.group), cue.scope as u32))
}

/// Marks of emphasis, by how dense they are.
fn style(text: &Text, clauses: f32, found: &mut Vec<Gram>) {
    let count = |wanted: &[char]| {
        #[expect(clippy::cast_precision_loss, reason = "a text has some thousand characters at most")]
        let n = text.glyphs.iter().filter(|g| wanted.contains(&g.c)).count() as f32;
        n
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let capitals = text.capitals as f32 / (text.words.max(3)) as f32;
    let marks = [
        count(&['!']) / clauses,
        count(&['?']) / clauses,
        count(&['…']) / clauses,
        count(&['"']) / clauses * 0.5,
        capitals * 3.0,
    ];
    for (n, degree) in (0_u32..).zip(marks) {
        if degree > 0.0 {
            found.push(Gram {
                family: Family::Manner,
                hash: finish(mix(SEED_STYLE, n)),
                degree: degree.min(2.0) * CUE_WEIGHT,
                from: 0,
                to: 0,
            });
        }
    }
}

/// How much each family counts.
const fn weight(family: Family, language: Language) -> f32 {
    match (family, language) {
        (Family::Characters, Language::Zh) | (Family::Words, _) => 3.0,
        (Family::Characters, Language::En) => 0.3,
        (Family::Manner, Language::Zh) => 0.5,
        // In English, groups of words carry over to texts of another kind better than single words do.
        (Family::Manner, Language::En) => 1.0,
    }
}

/// The scale of each family in a text with these features.
pub(super) struct Scales([f32; 3]);

impl Scales {
    pub(super) fn of(&self, family: Family) -> f32 {
        self.0.get(family as usize).copied().unwrap_or_default()
    }
}

/// The features of a text, each once, with the scale of its family; sorted by hash within a family.
pub(super) fn vector(grams: &mut [Gram], language: Language, into: &mut Vec<Feature>) -> Scales {
    grams.sort_unstable_by_key(|gram| (gram.family, gram.hash, gram.from));
    let mut counts = [0_u32; 3];
    let mut last = None;
    for gram in &*grams {
        if last != Some((gram.family, gram.hash)) {
            last = Some((gram.family, gram.hash));
            if let Some(n) = counts.get_mut(gram.family as usize) {
                *n += 1;
            }
        }
    }
    let scales = [Family::Characters, Family::Words, Family::Manner].map(|family| {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a text has some ten thousand features at most"
        )]
        let n = counts.get(family as usize).copied().unwrap_or_default() as f32;
        match family {
            Family::Manner => weight(family, language),
            _ => weight(family, language) / n.max(1.0).sqrt(),
        }
    });
    let scales = Scales(scales);
    into.clear();
    let mut last = None;
    for gram in &*grams {
        let scale = scales.of(gram.family);
        if last == Some((gram.family, gram.hash)) {
            // N-grams count once; the degrees of cue groups add up.
            if gram.family == Family::Manner
                && let Some(feature) = into.last_mut()
            {
                feature.value += gram.degree * scale;
            }
            continue;
        }
        last = Some((gram.family, gram.hash));
        into.push(Feature {
            hash: gram.hash,
            value: gram.degree * scale,
        });
    }
    scales
}

/// Whether a glyph stands for nothing in the original.
pub(super) const fn is_mark(c: char) -> bool {
    c == BEGIN || c == END
}
