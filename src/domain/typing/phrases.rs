//! From what each character adds to a score, to phrases that somebody can read.

use std::ops::Range;

use super::features;
use super::suggestion::{Evidence, rounded};
use super::text::{END, Text};

/// The most phrases that are shown.
const SHOWN: usize = 6;
/// Phrases with less of the whole are not shown, unless nothing has more.
const LEAST: f32 = 0.05;
/// So few characters between two phrases do not part them.
const GAP: usize = 2;

/// The phrases of the text with the most of `shares`, the most first, in words of the original.
///
/// Characters with more than the mean of what speaks for the type are taken to the edges of their words (where words
/// have no edges, as in Chinese, a lone character takes the stronger neighbour), and joined with what follows within
/// the clause. The weight of a phrase is the sum of its shares as a part of all that speaks for the type.
pub(super) fn phrases(text: &Text, original: &str, shares: &[f32]) -> Vec<Evidence> {
    let positive: f32 = shares.iter().filter(|share| **share > 0.0).sum();
    if positive <= 0.0 {
        return Vec::new();
    }
    let mut found: Vec<(f32, Range<usize>)> = Clauses { text, shares }
        .strong()
        .into_iter()
        .map(|range| {
            let sum: f32 = shares.get(range.clone()).unwrap_or_default().iter().sum();
            (sum / positive, range)
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.start.cmp(&b.1.start)));
    let enough = found.iter().take_while(|(weight, _)| *weight >= LEAST).count();
    found.truncate(enough.clamp(1, SHOWN));
    found
        .into_iter()
        .filter_map(|(weight, range)| told(text, original, weight, range))
        .collect()
}

fn told(text: &Text, original: &str, weight: f32, range: Range<usize>) -> Option<Evidence> {
    let glyphs = text.glyphs.get(range)?;
    let (start, end) = (glyphs.first()?.from, glyphs.last()?.to);
    let words = original
        .chars()
        .skip(start as usize)
        .take(end.saturating_sub(start) as usize);
    Some(Evidence {
        start,
        end,
        text: words.collect(),
        weight: rounded(weight),
    })
}

struct Clauses<'a> {
    text: &'a Text,
    shares: &'a [f32],
}

impl Clauses<'_> {
    fn glyph(&self, at: usize) -> char {
        self.text.glyphs.get(at).map_or(END, |glyph| glyph.c)
    }

    fn share(&self, at: usize) -> f32 {
        self.shares.get(at).copied().unwrap_or_default()
    }

    /// Stretches of characters that speak for the type, in the order of the text, none of which touch.
    fn strong(&self) -> Vec<Range<usize>> {
        let (sum, count) = self
            .shares
            .iter()
            .filter(|share| **share > 0.0)
            .fold((0.0, 0_u16), |(sum, count), share| {
                (sum + share, count.saturating_add(1))
            });
        // A little less, so that characters with as much as all others are not below their own mean by rounding.
        let threshold = 0.99 * sum / f32::from(count.max(1));
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        while at < self.text.glyphs.len() {
            if self.share(at) < threshold || divides(self.glyph(at)) || self.glyph(at) == ' ' {
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while self.share(end) >= threshold && !divides(self.glyph(end)) && end < self.text.glyphs.len() {
                end += 1;
            }
            let range = self.to_words(at..end, found.last().map_or(0, |last| last.end));
            at = range.end;
            match found.last_mut().filter(|last| self.is_one(last.end, range.start)) {
                Some(last) => last.end = range.end,
                None => found.push(range),
            }
        }
        found
    }

    /// To the edges of words, not before `least`.
    fn to_words(&self, range: Range<usize>, least: usize) -> Range<usize> {
        let Range { mut start, mut end } = range;
        while end > start + 1 && self.glyph(end - 1) == ' ' {
            end -= 1;
        }
        while start > least && in_word(self.glyph(start)) && in_word(self.glyph(start - 1)) {
            start -= 1;
        }
        while in_word(self.glyph(end - 1)) && in_word(self.glyph(end)) {
            end += 1;
        }
        if end == start + 1 && has_no_edges(self.glyph(start)) {
            let before = (start > least && has_no_edges(self.glyph(start - 1))).then(|| self.share(start - 1));
            let after = has_no_edges(self.glyph(end)).then(|| self.share(end));
            if before > after {
                start -= 1;
            } else if after.is_some() {
                end += 1;
            }
        }
        start..end
    }

    /// Whether what lies between two phrases is too little to part them.
    fn is_one(&self, end: usize, start: usize) -> bool {
        start - end <= GAP && (end..start).all(|at| !divides(self.glyph(at)))
    }
}

/// Whether a clause ends here.
fn divides(c: char) -> bool {
    features::is_mark(c) || matches!(c, '。' | '!' | '?' | ';' | ',' | '.' | ':' | '"' | '…' | '(' | ')')
}

/// Whether words are written without spaces in this script.
fn has_no_edges(c: char) -> bool {
    c >= '\u{2e80}' && c.is_alphabetic()
}

fn in_word(c: char) -> bool {
    (c.is_alphanumeric() || c == '\'') && !has_no_edges(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::typing::Language;

    /// The phrases when the characters of `strong` (pieces of `original`) have ten times as much as all others.
    fn read(original: &str, strong: &[&str]) -> Vec<String> {
        let text = Text::of(original, Language::Zh);
        let mut shares = vec![0.1; text.glyphs.len()];
        for piece in strong {
            let from = original
                .find(piece)
                .map(|byte| original[..byte].chars().count())
                .unwrap();
            for share in shares.iter_mut().skip(from + 1).take(piece.chars().count()) {
                *share = 1.0;
            }
        }
        phrases(&text, original, &shares)
            .into_iter()
            .map(|found| found.text)
            .collect()
    }

    #[test]
    fn phrases_end_where_words_and_clauses_end() {
        assert_eq!(read("this is a joke. dead", &["ok"]), ["joke"]);
        assert_eq!(read("this is a joke. dead", &["oke. d"]), ["joke", "dead"]);
        assert_eq!(read("nobody answers me", &["body ans"]), ["nobody answers"]);
        assert_eq!(read("请在周五前给我答复", &["请在周", "前给我"]), ["请在周五前给我"]);
        assert_eq!(read("什么“猛吸”", &["什么“"]), ["什么"]);
        assert_eq!(read("我是傻子吗", &["傻"]), ["傻子"]);
        assert_eq!(read("不，我 要退货", &["不"]), ["不"]);
        assert_eq!(read("DON'T ask", &["T"]), ["DON'T"]);
    }

    #[test]
    fn little_is_not_shown_and_something_always_is() {
        assert_eq!(read("aaaa. b. c. d. eeee", &["aaa", "eeee"]).len(), 2);
        assert_eq!(read("一。二。三。四。五。六。七", &[]).len(), 6);
        assert!(read("一", &[]).len() == 1);
    }
}
