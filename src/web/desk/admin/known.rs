//! What documents may name: teams, calendars, canned texts, and the words of the vocabulary.

use super::document::Options;
use crate::db::conn::Conn;
use crate::domain::casework::texts;
use crate::domain::sla::calendars;
use crate::domain::staff::{Act, Permission, teams};
use crate::error::Result;
use crate::web::desk::words::word;
use crate::web::i18n::Words;

/// How many teams can be chosen from.
const TEAMS: i64 = 500;

/// What there is.
#[derive(Default)]
pub(super) struct Known {
    pub(super) teams: Options,
    pub(super) calendars: Options,
    pub(super) texts: Options,
}

impl Known {
    /// What whoever looks at the page may know of.
    pub(super) fn load(conn: &mut Conn, act: &Act) -> Result<Self> {
        let teams = teams::list(conn, None, TEAMS)?;
        let mut teams: Options = teams.into_iter().map(|team| (team.id.to_string(), team.name)).collect();
        teams.sort_by(|one, other| one.1.cmp(&other.1));
        let calendars = match act.actor.may(Permission::ReadCalendars) {
            true => calendars::list(conn, act)?,
            false => Vec::new(),
        };
        let texts = match act.actor.may(Permission::ReadComplaints) {
            true => texts::list(conn)?.items,
            false => Vec::new(),
        };
        Ok(Self {
            teams,
            calendars: calendars.into_iter().map(|one| (one.slug, one.name)).collect(),
            texts: texts.into_iter().map(|text| (text.slug, text.title)).collect(),
        })
    }

    /// What a team is called; its id when it is gone.
    pub(super) fn team(&self, id: &str) -> String {
        called(&self.teams, id)
    }

    /// What a calendar is called.
    pub(super) fn calendar(&self, slug: &str) -> String {
        called(&self.calendars, slug)
    }

    /// What a canned text is called.
    pub(super) fn text(&self, slug: &str) -> String {
        called(&self.texts, slug)
    }
}

fn called(options: &Options, value: &str) -> String {
    let found = options.iter().find(|(have, _)| have == value);
    found.map_or_else(|| value.to_owned(), |(_, label)| label.clone())
}

/// The values of a vocabulary with what they are called.
pub(super) fn options<'v>(words: Words, area: &str, values: impl IntoIterator<Item = &'v str>) -> Options {
    values
        .into_iter()
        .map(|value| (value.to_owned(), word(words, area, value)))
        .collect()
}

/// The words of every value of an enum.
macro_rules! all {
    ($values:ty) => {
        <$values>::ALL.iter().map(|value| value.as_str())
    };
}
pub(super) use all;
