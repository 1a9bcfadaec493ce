//! The words of the pages. They stand in `i18n/<language>/hark.ftl` (Fluent), in the program itself.
//!
//! `fl!(words, "key")` is checked when the program is built: the key, and the names of its arguments, against the
//! English file. `tests/api/pages/words.rs` compares the other language with it, and finds words that nobody uses.

use std::sync::LazyLock;

use i18n_embed::LanguageLoader as _;
use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed::unic_langid::LanguageIdentifier;
pub(crate) use i18n_embed_fl::fl;
use rust_embed::RustEmbed;

use super::locale::Lang;
use crate::error::Code;

#[derive(RustEmbed)]
#[folder = "i18n/"]
struct Texts;

/// The words of one language.
pub(crate) type Words = &'static FluentLanguageLoader;

static EN: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(&["en"]));
static ZH: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(&["zh-CN", "en"]));

fn load(names: &[&str]) -> FluentLanguageLoader {
    let languages: Vec<LanguageIdentifier> = names.iter().filter_map(|name| name.parse().ok()).collect();
    // The last resort is English.
    let loader = FluentLanguageLoader::new("hark", languages.last().cloned().unwrap_or_default());
    if let Err(error) = loader.load_languages(&Texts, &languages) {
        // The tests see to it that they load; without them a page shows keys rather than nothing.
        tracing::error!(%error, "the words of the pages cannot be read");
    }
    // Otherwise marks of direction stand around every argument.
    loader.set_use_isolating(false);
    loader
}

/// The words of a language.
pub(crate) fn words(lang: Lang) -> Words {
    match lang {
        Lang::En => &EN,
        Lang::Zh => &ZH,
    }
}

/// What a problem means to somebody in front of a page, and what to do. `tests/api/pages/words.rs` sees to it that
/// there is a text for every code.
pub(crate) fn problem(words: Words, code: Code) -> String {
    words.get(&format!("problem-{}", code.as_str().replace('.', "-")))
}
