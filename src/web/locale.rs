//! In which language and colours a page is shown: what the address asks for (`?lang=`, `?theme=`), else what the
//! browser keeps (a cookie), else what it prefers, else what the desk speaks.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

use i18n_embed::fluent::FluentLanguageLoader;

use super::i18n::fl;
use crate::text_enum;

text_enum! {
    /// A language of the pages.
    Lang {
        /// English.
        En = "en",
        /// Chinese, in simplified characters.
        Zh = "zh-CN",
    }
}

text_enum! {
    /// The colours of the pages.
    Theme {
        /// As the browser says.
        Auto = "auto",
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    }
}

impl Lang {
    /// The language of a BCP 47 tag, if it is one of ours.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }

    /// What the language calls itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Zh => "简体中文",
        }
    }

    /// What stands between a label and what it labels, in a line.
    pub(crate) const fn colon(self) -> &'static str {
        match self {
            Self::En => ": ",
            Self::Zh => "：",
        }
    }

    /// So many of a hundred: “83 %”, “83%”.
    pub(crate) fn percent(self, n: impl std::fmt::Display) -> String {
        match self {
            Self::En => format!("{n} %"),
            Self::Zh => format!("{n}%"),
        }
    }
}

impl Theme {
    /// What the attribute `data-theme` says; nothing where the browser decides.
    pub(crate) const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// What it is called.
    pub(crate) fn own_name(self, words: &FluentLanguageLoader) -> String {
        match self {
            Self::Auto => fl!(words, "colours-auto"),
            Self::Light => fl!(words, "colours-light"),
            Self::Dark => fl!(words, "colours-dark"),
        }
    }
}

/// The language that a browser likes best, of ours.
pub(crate) fn preferred(headers: &HeaderMap) -> Option<Lang> {
    let text = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Lang)> = None;
    for part in text.split(',').take(20) {
        let (tag, weight) = match part.split_once(";q=") {
            Some((tag, weight)) => (tag, weight.trim().parse().unwrap_or(0.0)),
            None => (part, 1.0),
        };
        let Some(lang) = Lang::of_tag(tag.trim()) else { continue };
        if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_language_that_a_browser_likes_best_is_taken() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(text));
            preferred(&headers)
        };
        assert_eq!(of("zh-CN,zh;q=0.9,en;q=0.8"), Some(Lang::Zh));
        assert_eq!(of("de-DE, en;q=0.3, zh-TW;q=0.5"), Some(Lang::Zh));
        assert_eq!(of("en-IE"), Some(Lang::En));
        assert_eq!(of("fr, *;q=0.5"), None);
        assert_eq!(of("en;q=0, zh;q=x"), None);
    }
}
