//! Words that praise or blame, with how strongly: knowledge of words that the training texts are too few to teach.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use vader_sentiment::LEXICON;

use super::Language;
use super::cues;
use super::text::Text;

/// A word that praises or blames.
#[derive(Debug, Clone, Copy)]
pub(super) struct Valued {
    /// Which kind: praise or blame, denied or not, in Chinese by its strength.
    pub(super) kind: u32,
    /// How strong it is.
    pub(super) strength: f32,
    /// The glyphs it covers.
    pub(super) from: u32,
    pub(super) to: u32,
}

const PRAISE: u32 = 0;
const BLAME: u32 = 1;
const PRAISE_DENIED: u32 = 2;
const BLAME_DENIED: u32 = 3;
/// Chinese words that are not denied have one kind for each strength, from here on.
const BY_STRENGTH: u32 = 4;

/// English words with what people said of them, from −4 to 4.
static EN: LazyLock<HashMap<String, f32>> = LazyLock::new(|| {
    let words = LEXICON.iter().filter(|(word, _)| !word.is_empty());
    #[expect(clippy::cast_possible_truncation, reason = "between -4 and 4, in tenths")]
    let words = words.map(|(word, strength)| (word.to_lowercase(), *strength as f32));
    words
        .filter(|(word, _)| word.chars().all(super::features::in_word))
        .collect()
});

struct Chinese {
    automaton: AhoCorasick,
    strengths: Vec<i8>,
}

static ZH: LazyLock<Option<Chinese>> = LazyLock::new(|| Chinese::read(include_str!("cues/valence-zh.txt")));

impl Chinese {
    /// Reads lines of a strength, from −3 to 3, and the words that have it.
    fn read(list: &str) -> Option<Self> {
        let (mut words, mut strengths) = (Vec::new(), Vec::new());
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let (strength, listed) = line.split_once(": ")?;
            for word in listed.split('|') {
                words.push(word);
                strengths.push(strength.parse().ok()?);
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&words)
            .ok()?;
        Some(Self { automaton, strengths })
    }
}

/// Pictures that praise, and those that blame; what is as often meant the other way round is in neither.
const PICTURES: [&str; 2] = [
    "😊😁😀😃😄☺🙂😍🥰😘😎👍👏👌💪🙏❤♥💕💖🌹🎉✨🤗😇💯🙌🤩",
    "😡😠🤬👎😤💩🤮🤢😒🙄😑😞😔😫😩😖😣😢😭💔😱",
];

/// Every word and picture that praises or blames.
pub(super) fn find(text: &Text, language: Language) -> Vec<Valued> {
    let mut found = match language {
        Language::Zh => chinese(text),
        Language::En => english(text),
    };
    pictures(text, language, &mut found);
    found
}

fn pictures(text: &Text, language: Language, found: &mut Vec<Valued>) {
    for (at, glyph) in (0_u32..).zip(&text.glyphs) {
        if glyph.c < '\u{2000}' || matches!(glyph.c, '\u{3000}'..='\u{9fff}') {
            continue;
        }
        let [praise, blame] = PICTURES.map(|pictures| pictures.contains(glyph.c));
        let (kind, strength) = match (language, praise, blame) {
            (Language::Zh, true, _) => (of_strength(2), 1.0),
            (Language::Zh, _, true) => (of_strength(-2), 1.0),
            (Language::En, true, _) => (PRAISE, 2.0),
            (Language::En, _, true) => (BLAME, 2.0),
            (_, false, false) => continue,
        };
        found.push(Valued {
            kind,
            strength,
            from: at,
            to: at + 1,
        });
    }
}

/// The kind of Chinese words of a strength from −3 to 3.
const fn of_strength(strength: i8) -> u32 {
    BY_STRENGTH + strength.wrapping_add(3).unsigned_abs() as u32
}

fn chinese(text: &Text) -> Vec<Valued> {
    let Some(known) = ZH.as_ref() else {
        return Vec::new();
    };
    let (written, owner) = cues::written(text);
    let mut found = Vec::new();
    for hit in known.automaton.find_iter(&written) {
        let (Some(from), Some(to), Some(strength)) = (
            owner.get(hit.start()).copied(),
            owner.get(hit.end()).copied(),
            known.strengths.get(hit.pattern().as_usize()).copied(),
        ) else {
            continue;
        };
        let denied = cues::is_denied(&written, hit.start(), Language::Zh);
        let kind = match (denied, strength > 0) {
            (true, true) => PRAISE_DENIED,
            (true, false) => BLAME_DENIED,
            (false, _) => of_strength(strength),
        };
        found.push(Valued {
            kind,
            strength: if denied {
                f32::from(strength.unsigned_abs())
            } else {
                1.0
            },
            from,
            to,
        });
    }
    found
}

fn english(text: &Text) -> Vec<Valued> {
    let mut found = Vec::new();
    let mut word = String::new();
    // How many words ago something was denied.
    let mut denied = usize::MAX;
    let mut start = 0_u32;
    let end = u32::try_from(text.glyphs.len()).unwrap_or(u32::MAX);
    let glyphs = text.glyphs.iter().map(|glyph| glyph.c).chain([' ']);
    for (at, c) in (0..=end).zip(glyphs) {
        if super::features::in_word(c) {
            if word.is_empty() {
                start = at;
            }
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            if let Some(strength) = strength(&word) {
                let kind = match (denied <= 3, strength > 0.0) {
                    (false, true) => PRAISE,
                    (false, false) => BLAME,
                    (true, true) => PRAISE_DENIED,
                    (true, false) => BLAME_DENIED,
                };
                found.push(Valued {
                    kind,
                    strength: strength.abs(),
                    from: start,
                    to: at,
                });
            }
            denied = if cues::denies(&word) {
                1
            } else {
                denied.saturating_add(1)
            };
            word.clear();
        }
        if matches!(c, '.' | ',' | '!' | '?' | ';' | ':') {
            denied = usize::MAX;
        }
    }
    found
}

/// How strong an English word is, also when it is drawn out ("loveee").
fn strength(word: &str) -> Option<f32> {
    if let Some(strength) = EN.get(word) {
        return Some(*strength);
    }
    let mut runs = word.chars().zip(word.chars().skip(1)).zip(word.chars().skip(2));
    if !runs.any(|((a, b), c)| a == b && b == c) {
        return None;
    }
    [2, 1]
        .into_iter()
        .find_map(|most| EN.get(&shortened(word, most)).copied())
}

/// The word with no letter more than `most` times in a row, where it stood three times.
fn shortened(word: &str, most: usize) -> String {
    let chars: Vec<char> = word.chars().collect();
    let runs = chars.chunk_by(|a, b| a == b);
    runs.flat_map(|run| run.iter().take(if run.len() > 2 { most } else { run.len() }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str, language: Language) -> Vec<u32> {
        let found = find(&Text::of(text, language), language);
        found.iter().map(|valued| valued.kind).collect()
    }

    #[test]
    fn words_that_praise_and_blame_are_found_also_denied_and_drawn_out() {
        let read = |text| kinds(text, Language::En);
        assert_eq!(read("an outstanding crew"), [PRAISE]);
        assert_eq!(read("Loveeeee it"), [PRAISE]);
        assert_eq!(read("thank you 😡"), [PRAISE, BLAME]);
        assert_eq!(read("not happy, a terrible shop"), [PRAISE_DENIED, BLAME]);
        assert!(read("the parcel of Tuesday").is_empty());
        let read = |text| kinds(text, Language::Zh);
        assert_eq!(read("味道好極了"), read("味道好极了"));
        assert_eq!(read("不好吃"), [of_strength(-1)]);
        assert_eq!(read("一点也不新鲜，骗子"), [of_strength(-1), of_strength(-3)]);
        assert_eq!(read("没有惊喜👍"), [PRAISE_DENIED, of_strength(2)]);
    }

    #[test]
    fn the_lists_can_be_read() {
        assert!(ZH.as_ref().is_some_and(|known| known.strengths.len() > 500));
        assert!(EN.len() > 5_000);
    }
}
