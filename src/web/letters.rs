//! Letters to those who work here: plain text, in the language they work in. What a letter says is read when it is sent,
//! so that an erasure in between, or a permission that was taken away, is honoured.

use askama::Template;

use super::desk::words::word;
use super::i18n::{self, Words, fl};
use super::locale::Lang;
use super::time;
use crate::db::conn::Conn;
use crate::domain::complaints::marks::news;
use crate::domain::notifications::{News, Told};
use crate::domain::policy::Policy;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, StaffId};

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address of whom it is for.
    pub to: String,
    /// Its language, BCP 47.
    pub language: &'static str,
    /// What it is about, in a line.
    pub subject: String,
    /// What it says, in plain text.
    pub text: String,
}

#[derive(Template)]
#[template(path = "web/letters/watched.txt")]
struct Watched {
    words: Words,
    name: String,
    reference: String,
    /// When each thing happened, and what.
    lines: Vec<(String, String)>,
    owner: Option<String>,
    is_open: bool,
    link: String,
}

/// The letter of [`Notice::Watched`](crate::domain::notifications::Notice::Watched), with a link below `base`. `None` when
/// it is not to be sent: who watches the complaint may not see it any more, or it is gone.
///
/// # Errors
/// When the database refuses.
pub fn watched(
    conn: &mut Conn,
    policy: &Policy,
    base: &str,
    (id, reader): (ComplaintId, StaffId),
    told: &[Told],
) -> Result<Option<Letter>> {
    let Some(stands) = news::stands(conn, id, reader)? else {
        return Ok(None);
    };
    let Some(to) = stands.reader.email else { return Ok(None) };
    let lang = Lang::of_tag(&stands.reader.language)
        .or_else(|| Lang::of_tag(&policy.default_language))
        .unwrap_or(Lang::En);
    let (words, zone) = (i18n::words(lang), time::zone(&policy.default_time_zone));
    let what = |news: News| word(words, "news", news.as_str());
    let subject = match told {
        [one] => fl!(
            words,
            "letter-watched-one",
            reference = stands.reference.as_str(),
            what = what(one.what)
        ),
        more => fl!(
            words,
            "letter-watched-more",
            reference = stands.reference.as_str(),
            n = more.len()
        ),
    };
    let letter = Watched {
        words,
        name: stands.reader.name,
        reference: stands.reference,
        lines: told
            .iter()
            .map(|one| (time::short(lang, zone, one.at, one.at), what(one.what)))
            .collect(),
        owner: stands.owner,
        is_open: stands.is_open,
        link: format!("{base}/desk/complaints/{id}"),
    };
    Ok(Some(Letter {
        to,
        language: lang.as_str(),
        subject,
        text: letter.render().map_err(Error::internal)?,
    }))
}
