//! Words that show a manner, by group, with their scope: said plainly, denied, or quoted.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::Language;
use super::text::Text;

/// How a cue is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Scope {
    /// As it says.
    Plain,
    /// Denied: "not angry".
    Denied,
    /// Between quotation marks.
    Quoted,
}

/// One cue in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cue {
    /// The number of its group.
    pub(super) group: u32,
    pub(super) scope: Scope,
    /// The glyphs it covers.
    pub(super) from: u32,
    pub(super) to: u32,
}

struct Finder {
    automaton: AhoCorasick,
    /// The group of each word.
    groups: Vec<u32>,
}

static ZH: LazyLock<Option<Finder>> = LazyLock::new(|| Finder::read(include_str!("cues/zh.txt")));
static EN: LazyLock<Option<Finder>> = LazyLock::new(|| Finder::read(include_str!("cues/en.txt")));

impl Finder {
    fn read(list: &str) -> Option<Self> {
        let (mut words, mut groups) = (Vec::new(), Vec::new());
        let lines = list.lines().filter(|line| !line.starts_with('#'));
        for (group, line) in (0_u32..).zip(lines) {
            let (_, listed) = line.split_once(": ")?;
            for word in listed.split('|') {
                words.push(word.to_owned());
                groups.push(group);
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&words)
            .ok()?;
        Some(Self { automaton, groups })
    }
}

const DENIALS_ZH: &[&str] = &[
    "不",
    "没",
    "别",
    "未",
    "并非",
    "不是",
    "谈不上",
    "无",
    "不要",
    "没有",
    "不会",
    "不想",
    "唔",
];
const DENIALS_EN: &[&str] = &[
    "not", "no", "never", "without", "don't", "didn't", "isn't", "wasn't", "won't", "hardly", "nor", "aren't", "can't",
    "cannot", "doesn't", "neither",
];

/// Every cue of a text, in order.
pub(super) fn find(text: &Text, language: Language) -> Vec<Cue> {
    let finder = match language {
        Language::Zh => &ZH,
        Language::En => &EN,
    };
    let Some(finder) = finder.as_ref() else {
        return Vec::new();
    };
    let (written, owner) = written(text);
    let quoted = quoted(text);
    let mut found = Vec::new();
    for hit in finder.automaton.find_iter(&written) {
        if language == Language::En && !is_whole(&written, hit.start(), hit.end()) {
            continue;
        }
        let (Some(from), Some(to), Some(group)) = (
            owner.get(hit.start()).copied(),
            owner.get(hit.end()).copied(),
            finder.groups.get(hit.pattern().as_usize()).copied(),
        ) else {
            continue;
        };
        let scope = if quoted.get(from as usize).copied().unwrap_or(false) {
            Scope::Quoted
        } else if is_denied(&written, hit.start(), language) {
            Scope::Denied
        } else {
            Scope::Plain
        };
        found.push(Cue { group, scope, from, to });
    }
    found
}

/// A text as one string, and for each byte the glyph it belongs to.
pub(super) fn written(text: &Text) -> (String, Vec<u32>) {
    let mut written = String::with_capacity(text.glyphs.len() * 3);
    let mut owner: Vec<u32> = Vec::with_capacity(text.glyphs.len() * 3 + 1);
    for (n, glyph) in (0_u32..).zip(&text.glyphs) {
        written.push(glyph.c);
        owner.resize(written.len(), n);
    }
    owner.push(u32::try_from(text.glyphs.len()).unwrap_or(u32::MAX));
    (written, owner)
}

/// Whether a hit begins and ends at the edge of a word.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    let after = text.get(end..).and_then(|t| t.chars().next());
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let first = text.get(start..).and_then(|t| t.chars().next());
    let last = text.get(..end).and_then(|t| t.chars().next_back());
    !(letter(before) && letter(first) || letter(last) && letter(after))
}

/// Whether an English word denies what follows.
pub(super) fn denies(word: &str) -> bool {
    DENIALS_EN.contains(&word)
}

/// Whether a word of denial stands shortly before `at`, in the same clause.
pub(super) fn is_denied(text: &str, at: usize, language: Language) -> bool {
    let before = text.get(..at).unwrap_or_default();
    match language {
        Language::Zh => {
            let near = before.char_indices().rev().nth(2).map_or(0, |(n, _)| n);
            let near = before.get(near..).unwrap_or_default();
            DENIALS_ZH.iter().any(|denial| near.ends_with(denial))
                || near.starts_with("不是")
                || near.starts_with("没有")
                || near.starts_with("不想")
        }
        Language::En => {
            let clause = before.rsplit(['.', ',', '!', '?', ';', ':']).next().unwrap_or_default();
            clause
                .split(' ')
                .rev()
                .filter(|word| !word.is_empty())
                .take(3)
                .any(denies)
        }
    }
}

/// For each glyph whether it stands between quotation marks.
fn quoted(text: &Text) -> Vec<bool> {
    let mut inside = false;
    let mut since = 0_usize;
    let mut marks: Vec<bool> = Vec::with_capacity(text.glyphs.len());
    for (n, glyph) in text.glyphs.iter().enumerate() {
        if glyph.c == '"' {
            inside = !inside;
            since = n;
        }
        // A mark that is never closed quotes nothing.
        if inside && n - since > 80 {
            inside = false;
            for mark in marks.iter_mut().skip(since) {
                *mark = false;
            }
        }
        marks.push(inside);
    }
    if inside {
        for mark in marks.iter_mut().skip(since) {
            *mark = false;
        }
    }
    marks
}
