//! Words to search by: one way to cut text into tokens, the same for both databases.
//!
//! Chinese has no spaces and trigram indexes cannot find two-character words, so a run of
//! Chinese, Japanese or Korean characters becomes its overlapping pairs (and its last character); Latin words and
//! numbers are taken whole, in lower case. Positions leave a gap where one run ends and another
//! begins, so that a phrase never reaches across a boundary. The text that is stored and shown
//! is never changed; only the index sees this form.

use unicode_normalization::UnicodeNormalization;

/// Longer words are cut here; both indexes refuse very long ones.
const LONGEST: usize = 64;
/// More words of a text than this are not indexed.
const MOST: usize = 12_000;

/// A token and where it stands (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The word, or a pair of characters.
    pub token: String,
    /// Its place; places that follow each other belong to one phrase.
    pub at: u32,
}

/// A part of a search; all parts must be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// These tokens, one after the other.
    Phrase(Vec<String>),
    /// A token that starts so (a single Chinese character).
    Prefix(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Pairs,
    Word,
    Other,
}

fn script(c: char) -> Script {
    match u32::from(c) {
        0x2E80..=0x2FDF
        | 0x3005..=0x3007
        | 0x3040..=0x30FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF
        | 0xF900..=0xFAFF
        | 0x20000..=0x3FFFF => Script::Pairs,
        _ if c.is_alphanumeric() => Script::Word,
        _ => Script::Other,
    }
}

/// Runs of one script, normalised (NFKC, lower case).
fn runs(text: &str) -> Vec<(Script, Vec<char>)> {
    let mut runs: Vec<(Script, Vec<char>)> = Vec::new();
    let mut previous = Script::Other;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        let kind = script(c);
        if kind != Script::Other {
            match runs.last_mut() {
                Some((last, run)) if *last == kind && previous == kind => run.push(c),
                _ => runs.push((kind, vec![c])),
            }
        }
        previous = kind;
    }
    runs
}

fn run_tokens(kind: Script, run: &[char]) -> Vec<String> {
    match (kind, run.len()) {
        (Script::Pairs, 2..) => run.windows(2).map(|pair| pair.iter().collect()).collect(),
        _ => vec![run.iter().take(LONGEST).collect()],
    }
}

/// The tokens of the given texts with their positions.
pub fn tokens<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Position> {
    let mut out = Vec::new();
    let mut at = 1;
    for text in texts {
        for (kind, run) in runs(text) {
            for token in run_tokens(kind, &run) {
                out.push(Position { token, at });
                at += 1;
            }
            // The last character once more by itself: a search for it alone looks for what begins with it.
            if kind == Script::Pairs
                && let [_, .., last] = run.as_slice()
            {
                out.push(Position {
                    token: last.to_string(),
                    at,
                });
                at += 1;
            }
            at += 1;
        }
    }
    out.truncate(MOST);
    out
}

/// Cuts what somebody typed into the search box into terms; empty when there is nothing to search by.
pub fn terms(query: &str) -> Vec<Term> {
    runs(query)
        .into_iter()
        .map(|(kind, run)| match (kind, run.as_slice()) {
            (Script::Pairs, [lone]) => Term::Prefix(lone.to_string()),
            _ => Term::Phrase(run_tokens(kind, &run)),
        })
        .take(16)
        .collect()
}

/// How alike two texts are: shared tokens over all tokens (Jaccard), 0 to 1.
pub fn likeness(a: &str, b: &str) -> f64 {
    use std::collections::BTreeSet;
    let set = |text| tokens([text]).into_iter().map(|p| p.token).collect::<BTreeSet<_>>();
    let (a, b) = (set(a), set(b));
    let all = a.union(&b).count();
    if all == 0 {
        return 0.0;
    }
    let shared = u32::try_from(a.intersection(&b).count()).unwrap_or(u32::MAX);
    f64::from(shared) / f64::from(u32::try_from(all).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, u32)> {
        tokens([text]).into_iter().map(|p| (p.token, p.at)).collect()
    }

    #[test]
    fn chinese_becomes_overlapping_pairs_and_latin_stays_whole() {
        let expected = [
            ("投诉", 1),
            ("诉电", 2),
            ("电话", 3),
            ("话", 4),
            ("iphone", 6),
            ("15", 8),
            ("坏", 10),
        ];
        let expected: Vec<_> = expected.iter().map(|(t, at)| ((*t).to_owned(), *at)).collect();
        assert_eq!(words("投诉电话 iPhone-15，坏"), expected);
    }

    #[test]
    fn full_width_digits_and_case_are_folded() {
        assert_eq!(words("ＡＢＣ１２３"), [("abc123".to_owned(), 1)]);
    }

    #[test]
    fn a_boundary_leaves_a_gap_in_the_positions() {
        let at: Vec<u32> = tokens(["投诉", "诉电"]).iter().map(|p| p.at).collect();
        assert_eq!(at, [1, 2, 4, 5]);
    }

    #[test]
    fn a_lone_character_searches_by_prefix_and_words_by_phrase() {
        assert_eq!(
            terms("退 退款单 Refund"),
            [
                Term::Prefix("退".into()),
                Term::Phrase(vec!["退款".into(), "款单".into()]),
                Term::Phrase(vec!["refund".into()])
            ]
        );
        assert!(terms("，。!? ").is_empty());
    }

    #[test]
    fn likeness_is_one_for_the_same_text_and_zero_for_none_shared() {
        assert!((likeness("router broken again", "router broken again") - 1.0).abs() < f64::EPSILON);
        assert!(likeness("router", "发票").abs() < f64::EPSILON);
        assert!(likeness("", "").abs() < f64::EPSILON);
    }
}
