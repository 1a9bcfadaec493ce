//! Collects everything that is wrong with an input, so that the caller hears it all at once.

use std::fmt::Display;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::{Error, FieldError, Result};

/// The findings so far.
#[derive(Debug, Default)]
pub struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that the value at `pointer` does not fit.
    pub fn fail(&mut self, pointer: impl Into<String>, code: &str, detail: impl Display) {
        self.errors.push(FieldError {
            pointer: pointer.into(),
            code: code.to_owned(),
            detail: detail.to_string(),
        });
    }

    /// Text with surrounding space removed, of `min` to `max` characters, without control
    /// characters other than line breaks and tabs.
    pub fn text(&mut self, pointer: &str, value: &str, min: usize, max: usize) -> String {
        let text = value.trim();
        let (kept, as_sent) = (text.chars().count(), value.chars().count());
        if kept < min {
            let code = if kept == 0 { "required" } else { "too_short" };
            self.fail(pointer, code, format_args!("at least {min} characters"));
        } else if as_sent > max {
            self.fail(
                pointer,
                "too_long",
                format_args!("at most {max} characters, these are {as_sent}"),
            );
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.fail(pointer, "malformed", "no control characters");
        }
        text.to_owned()
    }

    /// As [`Check::text`] for a value that may be left out; blank counts as left out.
    pub fn optional_text(&mut self, pointer: &str, value: Option<&str>, max: usize) -> Option<String> {
        let value = value?;
        if value.trim().is_empty() && value.chars().count() <= max {
            return None;
        }
        Some(self.text(pointer, value, 1, max))
    }

    /// A list of texts of 1 to `max` characters each, at most `most` of them.
    pub fn texts(&mut self, pointer: &str, values: &[String], most: usize, max: usize) -> Vec<String> {
        if values.len() > most {
            self.fail(pointer, "too_long", format_args!("at most {most} entries"));
        }
        values
            .iter()
            .enumerate()
            .map(|(n, value)| self.text(&format!("{pointer}/{n}"), value, 1, max))
            .collect()
    }

    /// Keeps a parsed value, or notes why it could not be parsed.
    pub fn parsed<T, E: Display>(&mut self, pointer: &str, parsed: std::result::Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.fail(pointer, "malformed", error)).ok()
    }

    /// A slug: lower-case letters, digits and `_`, starting with a letter.
    pub fn slug(&mut self, pointer: &str, value: &str) -> String {
        let fits = value.len() <= 40
            && value.starts_with(|c: char| c.is_ascii_lowercase())
            && value
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !fits {
            self.fail(
                pointer,
                "malformed",
                "1 to 40 lower-case letters, digits and `_`, starting with a letter",
            );
        }
        value.to_owned()
    }

    /// A BCP 47 language tag, in the shape it is usually written (`zh-CN`, `en`).
    pub fn language(&mut self, pointer: &str, value: &str) -> String {
        let mut parts = value.split('-');
        let primary = parts
            .next()
            .is_some_and(|p| (2..=3).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphabetic()));
        let rest = parts.all(|p| (2..=8).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphanumeric()));
        if !(primary && rest && value.len() <= 35) {
            self.fail(pointer, "malformed", "a BCP 47 language tag such as `zh-CN` or `en`");
        }
        value.to_owned()
    }

    /// An IANA time zone.
    pub fn time_zone(&mut self, pointer: &str, value: &str) -> String {
        if value.parse::<chrono_tz::Tz>().is_err() {
            self.fail(pointer, "unknown", "an IANA time zone such as `Asia/Shanghai`");
        }
        value.to_owned()
    }

    /// Whether nothing is wrong so far.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// The value, if nothing was wrong.
    ///
    /// # Errors
    /// The problem `request.invalid` with every finding.
    pub fn finish<T>(self, value: T) -> Result<T> {
        if self.errors.is_empty() {
            Ok(value)
        } else {
            Err(Error::invalid(self.errors))
        }
    }
}

/// Takes an object and nothing else: serde would also take a list of its fields in order.
pub(crate) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> std::result::Result<T, D::Error> {
    struct Object<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = T;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map))
        }
    }
    from.deserialize_map(Object(PhantomData))
}

/// As [`object`], for a list of them.
pub(crate) fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> std::result::Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent, bound = "T: Deserialize<'de>")]
    struct One<T>(#[serde(deserialize_with = "object")] T);
    let all = Vec::<One<T>>::deserialize(from)?;
    Ok(all.into_iter().map(|one| one.0).collect())
}

/// Tells a field that is left out (`None`) from one that is `null` (`Some(None)`).
pub(crate) mod double_option {
    use serde::{Deserialize, Deserializer};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
        from: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(from).map(Some)
    }
}
