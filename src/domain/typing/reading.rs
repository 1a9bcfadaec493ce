//! From a text to its features, and from the weights back to the words of the text.

use super::Language;
use super::features::{self, Family, Feature};
use super::layer::Live;
use super::model::{TYPES, Verdict};
use super::phrases::phrases;
use super::suggestion::Evidence;
use super::text::Text;

/// The features of a text.
pub fn features(text: &str, language: Language) -> Vec<Feature> {
    let mut found = Vec::new();
    let mut grams = features::grams(&Text::of(text, language), language);
    features::vector(&mut grams, language, &mut found);
    found
}

/// Judges a text and finds the words that the first type rests on.
///
/// The model is linear, so a score is a sum over the features. What a feature adds to the score of the
/// first type, less the mean of what it adds to the others, is shared out over the characters that it
/// covers; the phrases with much of it are the evidence.
pub fn explain(live: &Live, language: Language, original: &str) -> (Verdict, Vec<Evidence>) {
    let text = Text::of(original, language);
    let mut grams = features::grams(&text, language);
    let mut vector = Vec::new();
    let scales = features::vector(&mut grams, language, &mut vector);
    let verdict = live.judge(language, &vector);
    let (best, _) = verdict.best();
    let Some(output) = TYPES.iter().position(|t| *t == best) else {
        return (verdict, Vec::new());
    };
    let mut shares = vec![0.0_f32; text.glyphs.len()];
    // Sorted: the occurrences of one feature stand together.
    for same in grams.chunk_by(|a, b| (a.family, a.hash) == (b.family, b.hash)) {
        let Some(first) = same.first() else { continue };
        let Some(row) = live.row(language, first.hash) else {
            continue;
        };
        let own = row.get(output).copied().unwrap_or_default();
        let others = row.iter().take(TYPES.len()).sum::<f32>() - own;
        let speaks = own - others / 3.0;
        #[expect(clippy::cast_precision_loss, reason = "a text has some thousand characters at most")]
        let occurrences = same.len() as f32;
        for gram in same {
            // Cue groups have a degree at each occurrence; an n-gram counts once however often it occurs.
            let value = match gram.family {
                Family::Manner => gram.degree * scales.of(gram.family),
                family => scales.of(family) / occurrences,
            };
            #[expect(clippy::cast_precision_loss, reason = "an n-gram is short")]
            let length = gram.to.saturating_sub(gram.from).max(1) as f32;
            let covered = shares
                .iter_mut()
                .skip(gram.from as usize)
                .take(gram.to.saturating_sub(gram.from) as usize);
            for share in covered {
                *share += speaks * value / length;
            }
        }
    }
    (verdict, phrases(&text, original, &shares))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_sound(text: &str) {
        let live = Live::shipped().unwrap();
        for language in Language::ALL {
            let (verdict, evidence) = explain(&live, language, text);
            let sum: f32 = verdict.types.iter().sum();
            assert!(
                (sum - 1.0).abs() < 1e-3 && (0.0..=1.0).contains(&verdict.unclear),
                "{verdict:?}"
            );
            let chars: Vec<char> = text.chars().collect();
            for piece in evidence {
                let words: String = chars[piece.start as usize..piece.end as usize].iter().collect();
                assert_eq!(words, piece.text);
                assert!(piece.start < piece.end);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_text_is_judged_and_its_evidence_lies_in_it(text in "\\PC{0,120}") {
            assert_sound(&text);
        }

        #[test]
        fn marks_that_cannot_be_seen_and_scripts_that_run_the_other_way_do_no_harm(
            text in "[\u{200b}\u{200e}\u{202e}\u{2066}\u{2069}\u{feff}\u{fe0f}\u{301}éא-תا-ي😂🏳👨‍👩‍👧臺灣骗子！!\"“”' \nXx*0-9a-c]{0,200}"
        ) {
            assert_sound(&text);
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "it is the real time that is bounded")]
    fn a_text_of_a_megabyte_takes_bounded_time() {
        let started = std::time::Instant::now();
        for piece in ["骗", "a ", "X", "\"", "1/", "http://", "\u{301}", "哈哈哈!"] {
            let text = piece.repeat(1_000_000 / piece.len());
            assert_sound(&text);
        }
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }

    #[test]
    fn traditional_full_width_and_hidden_characters_read_like_the_plain_ones() {
        let read = |text: &str| features(text, Language::Zh);
        assert_eq!(read("你們這群騙子！"), read("你们这群骗子!"));
        assert_eq!(read("骗\u{200b}子"), read("骗子"));
        assert_eq!(
            features("ＡＢＣ café", Language::En),
            features("abc cafe\u{301}", Language::En)
        );
        let read = |text: &str| features(text, Language::En);
        assert_eq!(
            read("On XX/XX/2019 I paid XXXX **** today"),
            read("On I paid today"),
            "what was blanked out says nothing"
        );
        assert_eq!(
            read("@SkyHop_help late again"),
            read("@north late again"),
            "whoever is called"
        );
        assert_ne!(read("ask me@north.example"), read("ask me@south.example"));
        assert_eq!(read("paid 12 today"), read("paid 3,450.00 today"), "any number is one");
    }
}
