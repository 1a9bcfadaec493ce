//! The book: the rules that are in force, as this process remembers them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::events::Occurrence;
use super::model::{Rule, RuleEvent};
use super::store::{self, Rules};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::policy::Policy;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::calendars;
use crate::domain::versions::Kept as _;
use crate::error::Result;
use crate::ids::AnyId;

/// How far back it is looked for since when a rule has been in force.
const LOOK_BACK: i64 = 50;

/// A rule that is in force.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The rule.
    pub rule: Rule,
    /// Since when there has been a rule of this name that waits for the same, without a break.
    pub since: Moment,
    /// Its calendar, if it counts opening time.
    pub calendar: Option<Arc<Calendar>>,
}

/// The rules of the version that is in force, without those that are switched off; in their order.
#[derive(Debug, Clone)]
pub struct Book {
    /// Which version.
    pub version: i32,
    /// The rules.
    pub rules: Vec<InForce>,
}

impl Book {
    /// The rules that wait for one of these, each with what it waited for.
    pub fn waiting_for<'b, 'o>(
        &'b self,
        told: &'o [Occurrence],
    ) -> impl Iterator<Item = (&'b InForce, &'o Occurrence)> {
        self.rules.iter().filter_map(|one| {
            let met = told.iter().find(|occurrence| one.rule.on.is_met_by(occurrence))?;
            Some((one, met))
        })
    }

    /// The rules on time.
    pub fn timed(&self) -> impl Iterator<Item = &InForce> {
        self.rules
            .iter()
            .filter(|one| one.rule.on.event == RuleEvent::TimePassed)
    }

    /// Whether there are rules on time.
    pub fn has_timed(&self) -> bool {
        self.timed().next().is_some()
    }

    /// A rule by its name.
    pub fn rule(&self, slug: &str) -> Option<&InForce> {
        self.rules.iter().find(|one| one.rule.slug == slug)
    }
}

/// How many books are remembered. One process has one; tests have many databases.
const REMEMBERED: usize = 32;

type Shelf = VecDeque<(AnyId, Arc<Book>)>;

/// Books by their stamp. A stamp is drawn anew with every turn of the rules and with every change of a calendar, so a
/// book is never out of date.
static BOOKS: LazyLock<Mutex<Shelf>> = LazyLock::new(Mutex::default);

/// The book as it is now: one row is read to see whether the one that is remembered is still it. `None` when no rules are
/// in force.
///
/// # Errors
/// When the database refuses.
pub fn current(conn: &mut Conn, policy: &Policy) -> Result<Option<Arc<Book>>> {
    let Some((stamp, version)) = store::in_force(conn)? else {
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
    let book = Arc::new(load(conn, policy, version)?);
    let mut books = BOOKS.lock().unwrap_or_else(PoisonError::into_inner);
    books.push_front((stamp, Arc::clone(&book)));
    books.truncate(REMEMBERED);
    Ok(Some(book))
}

fn load(conn: &mut Conn, policy: &Policy, version: i32) -> Result<Book> {
    let mut versions: BTreeMap<i32, Vec<Rule>> = BTreeMap::new();
    let turns = Rules::turns(conn, LOOK_BACK)?;
    for number in turns.iter().filter_map(|turn| turn.version).chain([version]) {
        if !versions.contains_key(&number)
            && let Some(found) = Rules::find(conn, number)?
        {
            versions.insert(number, found.rules);
        }
    }
    let mut rules = Vec::new();
    for rule in versions.get(&version).into_iter().flatten().filter(|rule| rule.enabled) {
        let is_in = |number: i32| {
            let same = |other: &Rule| other.enabled && other.slug == rule.slug && other.on == rule.on;
            versions.get(&number).is_some_and(|rules| rules.iter().any(same))
        };
        let since = turns
            .iter()
            .take_while(|turn| turn.version.is_some_and(is_in))
            .last()
            .map_or(Moment::EPOCH, |turn| turn.turned_at);
        rules.push(InForce {
            calendar: calendar_of(conn, policy, rule)?,
            rule: rule.clone(),
            since,
        });
    }
    Ok(Book { version, rules })
}

/// The calendar by which a rule counts, if it has one.
pub(super) fn calendar_of(conn: &mut Conn, policy: &Policy, rule: &Rule) -> Result<Option<Arc<Calendar>>> {
    let Some(slug) = rule.on.time.as_ref().and_then(|time| time.calendar.as_deref()) else {
        return Ok(None);
    };
    Ok(calendars::present_if_any(conn, policy, slug)?.map(Arc::new))
}

/// Another stamp, drawn at random.
pub(super) fn drawn() -> AnyId {
    AnyId(uuid::Uuid::from_bytes(rand::random()))
}

/// Draws another stamp after a calendar was written, and has the timers set anew. What was never in force needs none.
///
/// # Errors
/// When the database refuses.
pub fn restamp(conn: &mut Conn) -> Result<()> {
    store::restamp(conn, drawn())
}
