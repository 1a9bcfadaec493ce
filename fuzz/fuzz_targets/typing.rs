//! Any text at all: it is judged, and every piece of evidence lies in it.
#![no_main]

use hark::domain::typing::{Language, Live, reading};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let live = Live::shipped().expect("the model in the program can be read");
    let chars: Vec<char> = text.chars().collect();
    for language in Language::ALL {
        let (verdict, evidence) = reading::explain(&live, language, text);
        assert!(verdict.types.iter().all(|p| p.is_finite()));
        for piece in evidence {
            let words: String = chars[piece.start as usize..piece.end as usize].iter().collect();
            assert_eq!(words, piece.text);
        }
    }
});
