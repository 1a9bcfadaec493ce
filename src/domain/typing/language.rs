//! The languages that the classifier reads.

/// A language that the classifier reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Chinese, simplified or traditional.
    Zh,
    /// English.
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// Its subtag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// By a BCP 47 tag; `None` for every other language.
    pub fn named(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match primary.as_str() {
            "zh" | "cmn" | "yue" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The language to read a text in: by its characters; a text of neither script as it is `said` to be.
    pub fn of(text: &str, said: Option<&str>) -> Self {
        let (mut han, mut latin) = (0_u32, 0_u32);
        for c in text.chars().take(4_000) {
            match c {
                '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => han += 1,
                c if c.is_alphabetic() => latin += 1,
                _ => {}
            }
        }
        // A Chinese character says about as much as four letters.
        if han == 0 && latin == 0 {
            return said.and_then(Self::named).unwrap_or(Self::Zh);
        }
        if han * 4 >= latin { Self::Zh } else { Self::En }
    }
}
