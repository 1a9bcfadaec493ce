//! The book: which version of which policy was in force when, and the calendars they count by. With the history of a
//! complaint it is all that its clocks follow from.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use uuid::Uuid;

use super::model::{Facts, Family, PolicyBody};
use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::calendars;
use crate::error::Result;

/// A version of a policy or a calendar.
#[derive(Debug, Clone)]
pub struct Edition<T> {
    /// Which version.
    pub version: i32,
    /// What it says.
    pub content: Arc<T>,
}

/// From `at` on this version of a policy was in force, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// When.
    pub at: Moment,
    /// Which version; `None` when it was taken out of force.
    pub version: Option<i32>,
}

#[derive(Debug, Clone, Default)]
struct Course {
    /// In the order of time.
    turns: Vec<Turn>,
    versions: BTreeMap<i32, Arc<PolicyBody>>,
}

impl Course {
    fn at(&self, at: Moment) -> Option<Edition<PolicyBody>> {
        let version = self.turns.iter().rev().find(|turn| turn.at <= at)?.version?;
        Some(Edition {
            version,
            content: Arc::clone(self.versions.get(&version)?),
        })
    }
}

/// Which policies were in force when.
#[derive(Debug, Clone, Default)]
pub struct Book {
    policies: BTreeMap<String, Course>,
    /// Each with when it was written, in the order of time.
    calendars: BTreeMap<String, Vec<(Moment, Edition<Calendar>)>>,
}

impl Book {
    /// Adds a version of a policy.
    pub fn write(&mut self, slug: &str, version: i32, body: Arc<PolicyBody>) {
        let course = self.policies.entry(slug.to_owned()).or_default();
        course.versions.insert(version, body);
    }

    /// Adds that a policy came into force, or out of it; in the order of time.
    pub fn turn(&mut self, slug: &str, turn: Turn) {
        self.policies.entry(slug.to_owned()).or_default().turns.push(turn);
    }

    /// Adds a version of a calendar; in the order of time.
    pub fn hang(&mut self, slug: &str, written_at: Moment, version: i32, calendar: Arc<Calendar>) {
        let edition = Edition {
            version,
            content: calendar,
        };
        self.calendars
            .entry(slug.to_owned())
            .or_default()
            .push((written_at, edition));
    }

    /// The version of a policy that was in force at a moment.
    pub fn in_force(&self, slug: &str, at: Moment) -> Option<Edition<PolicyBody>> {
        self.policies.get(slug)?.at(at)
    }

    /// Whether any policy was in force at a moment.
    pub fn has_any(&self, at: Moment) -> bool {
        self.policies.values().any(|course| course.at(at).is_some())
    }

    /// The policies that were in force at a moment, by slug.
    pub fn all_in_force(&self, at: Moment) -> Vec<String> {
        let in_force = self.policies.iter().filter(|(_, course)| course.at(at).is_some());
        in_force.map(|(slug, _)| slug.clone()).collect()
    }

    /// A version of a policy, in force or not.
    pub fn policy(&self, slug: &str, version: i32) -> Option<&Arc<PolicyBody>> {
        self.policies.get(slug)?.versions.get(&version)
    }

    /// The version of a calendar that stood at a moment; the first one before that was written.
    pub fn calendar_at(&self, slug: &str, at: Moment) -> Option<&Edition<Calendar>> {
        let editions = self.calendars.get(slug)?;
        let standing = editions.iter().rev().find(|(written_at, _)| *written_at <= at);
        standing.or_else(|| editions.first()).map(|(_, edition)| edition)
    }

    /// A version of a calendar.
    pub fn calendar(&self, slug: &str, version: i32) -> Option<&Arc<Calendar>> {
        let editions = self.calendars.get(slug)?;
        let found = editions.iter().find(|(_, edition)| edition.version == version);
        found.map(|(_, edition)| &edition.content)
    }

    /// The policies that apply to a complaint at a moment: of ours the one of the highest rank whose conditions hold, of
    /// regulators' every one whose conditions do. Only those count that were in force when the complaint was logged:
    /// a policy that is activated later leaves alone what was there before it.
    pub fn applying(&self, facts: &Facts, logged_at: Moment, at: Moment) -> Vec<String> {
        let mut best: Option<(i32, &str)> = None;
        let mut all = Vec::new();
        for (slug, course) in &self.policies {
            let (Some(_), Some(now)) = (course.at(logged_at), course.at(at)) else {
                continue;
            };
            if !now.content.conditions.hold(facts) {
                continue;
            }
            match now.content.family {
                Family::Regulatory => all.push(slug.clone()),
                // In the order of slugs: the first of equals stays.
                Family::Service if best.is_none_or(|(rank, _)| now.content.rank > rank) => {
                    best = Some((now.content.rank, slug));
                }
                Family::Service => {}
            }
        }
        all.extend(best.map(|(_, slug)| slug.to_owned()));
        all
    }
}

/// How many books are remembered. One process has one; tests have many databases.
const REMEMBERED: usize = 32;

type Shelf = VecDeque<(Uuid, Arc<Book>)>;

/// Books by their stamp. A stamp is drawn anew with every change of a policy or calendar, so a book is never out of date.
static BOOKS: LazyLock<Mutex<Shelf>> = LazyLock::new(Mutex::default);

/// The book as it is now: one row is read to see whether the one that is remembered is still it. `None` when there was
/// never a policy in force.
///
/// # Errors
/// When the database refuses.
pub fn current(conn: &mut Conn) -> Result<Option<Arc<Book>>> {
    let Some(stamp) = store::stamp(conn)? else {
        return Ok(None);
    };
    let known = BOOKS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .find(|(known, _)| *known == stamp)
        .map(|(_, book)| Arc::clone(book));
    if let Some(book) = known {
        return Ok(Some(book));
    }
    let book = Arc::new(load(conn)?);
    let mut books = BOOKS.lock().unwrap_or_else(PoisonError::into_inner);
    books.push_front((stamp, Arc::clone(&book)));
    books.truncate(REMEMBERED);
    Ok(Some(book))
}

/// Reads the book of the database, with every version of every calendar.
///
/// # Errors
/// When the database refuses.
pub fn load(conn: &mut Conn) -> Result<Book> {
    let mut book = Book::default();
    for row in store::turns(conn)? {
        let turn = Turn {
            at: row.turned_at,
            version: row.version,
        };
        book.turn(&row.slug, turn);
    }
    for row in store::versions_ever_in_force(conn)? {
        book.write(&row.slug, row.version, Arc::new(row.body.0));
    }
    for edition in calendars::editions(conn)? {
        book.hang(
            &edition.slug,
            edition.created_at,
            edition.version,
            Arc::new(edition.calendar),
        );
    }
    Ok(book)
}

fn drawn() -> Uuid {
    Uuid::from_bytes(rand::random())
}

/// Draws another stamp, after a policy came into force or out of it.
///
/// # Errors
/// When the database refuses.
pub(super) fn open(conn: &mut Conn) -> Result<()> {
    store::set_stamp(conn, drawn())
}

/// Draws another stamp, after a calendar was written. A book that was never opened has none and needs none.
///
/// # Errors
/// When the database refuses.
pub fn restamp(conn: &mut Conn) -> Result<()> {
    store::restamp(conn, drawn())
}
