//! Labelled texts: JSON lines with `text`, `label` and perhaps `lang`.

use serde::Deserialize;

use super::{CustomerType, Language};
use crate::error::{Error, Result};

/// A labelled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The text.
    pub text: String,
    /// Its type; [`CustomerType::NotClear`] for `none`.
    pub label: CustomerType,
    /// The language it is said to be in.
    pub language: Option<Language>,
    /// Whether it is hard to tell.
    pub hard: bool,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    label: String,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    kind: Option<String>,
}

impl Labelled {
    /// The language it is in.
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(|| Language::of(&self.text, None))
    }
}

/// Reads JSON lines, of which there must be one; a mark of the byte order before them is let pass.
///
/// # Errors
/// The number of the first line that cannot be read, and why; when there is none.
pub fn read(lines: &str) -> Result<Vec<Labelled>> {
    let rows: Vec<Labelled> = (1..)
        .zip(lines.strip_prefix('\u{feff}').unwrap_or(lines).lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(n, line)| one(line).map_err(|why| Error::internal(format!("line {n}: {why}"))))
        .collect::<Result<_>>()?;
    match rows.is_empty() {
        true => Err(Error::internal("the file has no rows")),
        false => Ok(rows),
    }
}

fn one(line: &str) -> Result<Labelled, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| {
        // It is one line to serde, whichever it is in the file.
        let why = error.to_string();
        let why = why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why);
        match error.column() {
            0 => why.to_owned(),
            column => format!("{why}, at column {column}"),
        }
    })?;
    let label = match line.label.as_str() {
        "none" => CustomerType::NotClear,
        word => word.parse().map_err(|_| format!("`{word}` is no label"))?,
    };
    Ok(Labelled {
        label,
        language: line.lang.as_deref().and_then(Language::named),
        hard: line.kind.as_deref() == Some("hard"),
        text: line.text,
    })
}

/// A number that depends on the text alone.
pub fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Splits texts into those to learn from and those to test with: of each label and degree of
/// difficulty a fifth, by the fingerprint of the text. The test texts are never learnt from.
pub fn split(mut texts: Vec<Labelled>) -> (Vec<Labelled>, Vec<Labelled>) {
    texts.sort_by_key(|text| (text.label, text.hard, fingerprint(&text.text)));
    let (mut learn, mut test) = (Vec::new(), Vec::new());
    for group in texts.chunk_by(|a, b| (a.label, a.hard) == (b.label, b.hard)) {
        let fifth = group.len() / 5;
        test.extend(group.iter().take(fifth).cloned());
        learn.extend(group.iter().skip(fifth).cloned());
    }
    (learn, test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_with_a_mark_of_the_byte_order_and_a_line_is_named_once() {
        let row = r#"{"text": "no", "label": "angry"}"#;
        assert_eq!(read(&format!("\u{feff}{row}\n\n{row}\n")).unwrap().len(), 2);
        let why = |lines: &str| read(lines).unwrap_err().to_string();
        assert_eq!(why(""), "the file has no rows");
        assert_eq!(why("\u{feff}\n \n"), "the file has no rows");
        assert_eq!(
            why(&format!("{row}\n{{\"text\": \"no\", \"label\": 7}}")),
            "line 2: invalid type: integer `7`, expected a string, at column 25"
        );
        assert_eq!(
            why(&format!("{row}\n\n{{}}")),
            "line 3: missing field `text`, at column 2"
        );
        assert_eq!(why(r#"{"text": "no", "label": "blue"}"#), "line 1: `blue` is no label");
    }
}
