//! A text as the classifier sees it: one spelling for what means the same, and for each character
//! the place in the original that it came from.

use std::collections::HashMap;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

use super::Language;

/// Of a longer text only the beginning and the end are read: the work for one text is bounded.
const LONGEST_HEAD: usize = 9_000;
/// How much of the end.
const LONGEST_TAIL: usize = 3_000;

/// Marks the beginning of a text.
pub(super) const BEGIN: char = '\u{2}';
/// Marks its end.
pub(super) const END: char = '\u{3}';

/// One character of the normalised text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyph {
    /// The character.
    pub c: char,
    /// The number of the first original character that it stands for.
    pub from: u32,
    /// One past the last.
    pub to: u32,
}

/// A normalised text.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// Its characters, between the marks of beginning and end.
    pub glyphs: Vec<Glyph>,
    /// How many words of three letters or more the original writes, and how many of them in capitals.
    pub words: u32,
    /// Of those, how many in capitals.
    pub capitals: u32,
}

/// Traditional characters with their simplified form.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) else {
        return HashMap::new();
    };
    let mut table = HashMap::new();
    for code in 0x4e00..0x9fff_u32 {
        let Some(c) = char::from_u32(code) else { continue };
        let written = converter.convert(c.encode_utf8(&mut [0; 4]));
        let mut chars = written.chars();
        if let (Some(simple), None) = (chars.next(), chars.next())
            && simple != c
        {
            table.insert(c, simple);
        }
    }
    table
});

/// Characters that are not seen: zero-width, direction marks, variation selectors, combining marks, controls.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}')
        || (c.is_control() && !c.is_whitespace())
}

/// One spelling for punctuation that is written in several ways.
const fn plain(c: char) -> char {
    match c {
        '‘' | '’' | '`' | '´' | '＇' => '\'',
        '“' | '”' | '「' | '」' | '『' | '』' | '«' | '»' | '„' => '"',
        '…' | '⋯' => '…',
        '，' | '、' => ',',
        '。' | '．' => '。',
        '—' | '–' | '―' => '-',
        '～' | '〜' => '~',
        _ => c,
    }
}

impl Text {
    /// Normalises a text: compatibility forms, case, traditional characters, quotation marks; numbers become one
    /// mark each; addresses, what was blanked out (`XXXX`, `XX/XX/2019`) and what cannot be seen go.
    pub fn of(original: &str, language: Language) -> Self {
        let mut reader = Reader {
            text: Self::default(),
            language,
            run: (' ', 0),
        };
        let chars: Vec<char> = original.chars().take(1_100_000).collect();
        let n = chars.len();
        reader.push(BEGIN, 0, 0);
        if n > LONGEST_HEAD + LONGEST_TAIL {
            let head = chars.get(..LONGEST_HEAD).unwrap_or_default();
            let tail = chars.get(n - LONGEST_TAIL..).unwrap_or_default();
            reader.read(head, 0);
            reader.push(' ', LONGEST_HEAD, LONGEST_HEAD);
            reader.read(tail, n - LONGEST_TAIL);
        } else {
            reader.read(&chars, 0);
        }
        reader.push(END, n, n);
        reader.text
    }
}

struct Reader {
    text: Text,
    language: Language,
    run: (char, u32),
}

impl Reader {
    fn read(&mut self, chars: &[char], offset: usize) {
        let mut at = 0;
        while let Some(&c) = chars.get(at) {
            let rest = chars.get(at..).unwrap_or_default();
            if let Some(length) = handle(rest, at.checked_sub(1).and_then(|before| chars.get(before)).copied()) {
                self.push('@', offset + at, offset + at + length);
                self.push(' ', offset + at, offset + at + length);
                at += length;
                continue;
            }
            let removed = address(rest).or_else(|| blank(rest));
            if let Some(length) = removed.or_else(|| number(rest)) {
                let mark = if removed.is_some() { ' ' } else { '0' };
                self.push(mark, offset + at, offset + at + length);
                at += length;
                continue;
            }
            self.count_capitals(rest, at.checked_sub(1).and_then(|before| chars.get(before)).copied());
            self.take(c, offset + at);
            at += 1;
        }
    }

    fn take(&mut self, c: char, at: usize) {
        if is_unseen(c) {
            return;
        }
        if c.is_ascii() {
            self.push(c.to_ascii_lowercase(), at, at + 1);
            return;
        }
        let folded = plain(c);
        if folded != c || folded == '…' || folded == '。' {
            self.push(folded, at, at + 1);
            return;
        }
        for part in std::iter::once(c).nfkd().filter(|part| !is_unseen(*part)) {
            for lower in part.to_lowercase() {
                let simple = if lower >= '\u{4e00}' && self.language == Language::Zh {
                    SIMPLIFIED.get(&lower).copied().unwrap_or(lower)
                } else {
                    plain(lower)
                };
                self.push(simple, at, at + 1);
            }
        }
    }

    /// Adds a character, unless it goes on with a run that is long enough already.
    fn push(&mut self, c: char, from: usize, to: usize) {
        let c = if c.is_whitespace() { ' ' } else { c };
        let (before, n) = self.run;
        let most = match c {
            ' ' | '0' => 1,
            '.' | '…' => 2,
            _ => 3,
        };
        let to = u32::try_from(to).unwrap_or(u32::MAX);
        if before == c {
            if n >= most {
                if let Some(last) = self.text.glyphs.last_mut() {
                    last.to = last.to.max(to);
                }
                return;
            }
            self.run.1 += 1;
        } else {
            self.run = (c, 1);
        }
        let from = u32::try_from(from).unwrap_or(u32::MAX);
        self.text.glyphs.push(Glyph { c, from, to });
    }

    fn count_capitals(&mut self, rest: &[char], before: Option<char>) {
        if before.is_some_and(char::is_alphanumeric) || !rest.first().is_some_and(char::is_ascii_alphabetic) {
            return;
        }
        let word = || rest.iter().take(40).take_while(|c| c.is_ascii_alphabetic());
        if word().count() >= 4 {
            self.text.words += 1;
            self.text.capitals += u32::from(word().all(char::is_ascii_uppercase));
        }
    }
}

/// The length of a name that somebody is called by (`@somebody`) at the beginning: whoever it is says nothing.
fn handle(chars: &[char], before: Option<char>) -> Option<usize> {
    let letter = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    match chars {
        ['@', name @ ..] if !before.as_ref().is_some_and(letter) => {
            let length = name.iter().take_while(|c| letter(c)).count();
            (length > 0).then_some(length + 1)
        }
        _ => None,
    }
}

/// The length of a web or mail address at the beginning.
fn address(chars: &[char]) -> Option<usize> {
    let starts = |prefix: &str| prefix.chars().zip(chars).filter(|(a, b)| a == *b).count() == prefix.len();
    if !(starts("http://") || starts("https://") || starts("www.")) {
        return None;
    }
    Some(chars.iter().take_while(|c| c.is_ascii_graphic()).count())
}

const fn is_blank(c: char) -> bool {
    matches!(c, 'X' | '*' | '＊')
}

const fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '０'..='９')
}

/// The length of something that was blanked out (`XXXX`, `****`, `XX/XX/2019`) at the beginning.
fn blank(chars: &[char]) -> Option<usize> {
    match chars {
        [first, second, ..] if is_blank(*first) && first == second => Some(joined(chars)),
        _ => None,
    }
}

/// The length of a number or a date at the beginning, with blanked-out digits in it (`12**34`).
fn number(chars: &[char]) -> Option<usize> {
    chars
        .first()
        .is_some_and(|first| is_digit(*first))
        .then(|| joined(chars))
}

/// The length of digits and blanks, joined by what stands within numbers and dates, at the beginning.
fn joined(chars: &[char]) -> usize {
    let part = |c: &char| is_digit(*c) || is_blank(*c);
    let mut length = 0;
    loop {
        length += chars.iter().skip(length).take_while(|c| part(c)).count();
        let joint = chars
            .get(length)
            .is_some_and(|c| matches!(c, '/' | '-' | '.' | ',' | ':'));
        if !(joint && chars.get(length + 1).is_some_and(part)) {
            return length;
        }
        length += 1;
    }
}
