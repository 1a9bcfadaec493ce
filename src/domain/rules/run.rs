//! Working off what waits for rules: each event and each timer in a transaction of its own, in which it is taken away.
//! Who comes second finds nothing, or finds that the rule has fired.

use std::collections::{BTreeMap, BTreeSet};

use super::book::{self, Book, InForce};
use super::conditions::{self, At, Seen};
use super::events::Occurrence;
use super::fire::{self, MOST_A_DAY, Occasion};
use super::firings::FiringOutcome;
use super::follow;
use super::model::RuleEvent;
use super::store::{self, EventRow, TimerRow};
use super::timers;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::nested;
use crate::domain::complaints::history;
use crate::domain::policy::Policy;
use crate::domain::staff::Act;
use crate::domain::tries;
use crate::domain::work;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, EntryId};

/// Something that waits to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// An event.
    Event(EntryId),
    /// A rule on time that has come due.
    Timer(ComplaintId, String),
}

/// What waits, looked at in advance.
#[derive(Debug, Clone, Default)]
pub struct Sifted {
    /// Events on which no rule fires, as things stand.
    pub idle: Vec<EntryId>,
    /// The others, and timers, by complaint, in their order.
    pub live: BTreeMap<ComplaintId, Vec<Waiting>>,
}

impl Sifted {
    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.idle.is_empty() && self.live.is_empty()
    }
}

/// The rules that fire on an event, in their order, as things stand.
fn firing<'b, 'e>(book: &'b Book, event: &'e EventRow, seen: &Seen, now: Moment) -> Vec<(&'b InForce, &'e Occurrence)> {
    let at = At::now(seen, now);
    book.waiting_for(&event.told.0)
        .filter(|(one, _)| !event.chain.0.contains(&one.rule.slug))
        .filter(|(one, _)| one.rule.conditions.hold(at))
        .collect()
}

/// Looks at what waits, at most `limit` events and as many timers, without changing anything.
///
/// # Errors
/// When the database refuses.
pub fn sift(conn: &mut Conn, policy: &Policy, now: Moment, limit: i64) -> Result<Sifted> {
    let mut sifted = Sifted::default();
    let events = store::waiting_events(conn, now, limit)?;
    let book = book::current(conn, policy)?;
    let ids: BTreeSet<ComplaintId> = events.iter().map(|event| event.complaint_id).collect();
    let ids: Vec<ComplaintId> = ids.into_iter().collect();
    let seen = conditions::see(conn, &ids)?;
    let recent = fire::recent(conn, now, &ids)?;
    for event in events {
        let fires = match (&book, seen.get(&event.complaint_id)) {
            (Some(book), Some(seen)) => firing(book, &event, seen, now),
            _ => Vec::new(),
        };
        let own = || recent.iter().filter(|one| one.complaint_id == event.complaint_id);
        // What is held back by the cap is told once a day, and then over.
        let is_told = |slug: &str| own().any(|one| one.outcome == FiringOutcome::HeldBack && one.rule == slug);
        let is_capped = fire::spent(own()).firings >= MOST_A_DAY;
        if fires.iter().all(|(one, _)| is_capped && is_told(&one.rule.slug)) {
            sifted.idle.push(event.id);
        } else {
            let live = sifted.live.entry(event.complaint_id).or_default();
            live.push(Waiting::Event(event.id));
        }
    }
    for timer in store::due_timers(conn, now, limit)? {
        let live = sifted.live.entry(timer.complaint_id).or_default();
        live.push(Waiting::Timer(timer.complaint_id, timer.rule));
    }
    Ok(sifted)
}

/// Takes away events on which no rule fires.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Conn, idle: &[EntryId]) -> Result<usize> {
    store::delete_events(conn, idle)
}

/// Works off one event or timer, in the caller's transaction; gives what became of the rules that fired.
///
/// # Errors
/// When the database refuses.
pub fn work_off(conn: &mut Conn, act: &Act, waiting: &Waiting) -> Result<Vec<FiringOutcome>> {
    match waiting {
        Waiting::Event(id) => event(conn, act, *id),
        Waiting::Timer(id, rule) => timer(conn, act, *id, rule),
    }
}

fn event(conn: &mut Conn, act: &Act, id: EntryId) -> Result<Vec<FiringOutcome>> {
    let Some(event) = store::event(conn, id)? else {
        return Ok(Vec::new());
    };
    let mut outcomes = Vec::new();
    let book = book::current(conn, &act.policy)?;
    let seen = conditions::see(conn, &[event.complaint_id])?.remove(&event.complaint_id);
    if let (Some(book), Some(seen)) = (book, seen) {
        // All of them see the complaint as it was before the first of them did anything: what one rule does leads to
        // another only by a change, with a chain.
        for (one, met) in firing(&book, &event, &seen, act.now) {
            let outcome = fire(conn, act, &book, one, &seen, &occasion(&event, met), event.tries)?;
            outcomes.extend(outcome);
            let has_done = outcome.is_some_and(|outcome| outcome != FiringOutcome::Failed);
            if has_done && one.rule.stop {
                break;
            }
        }
    }
    // Last, so that complaints are held before it everywhere; who was first took it away.
    if store::delete_events(conn, &[id])? == 0 {
        return Err(Error::Retry("the event was worked off meanwhile"));
    }
    Ok(outcomes)
}

/// What rules fire on when they fire on an event.
fn occasion(event: &EventRow, met: &Occurrence) -> Occasion {
    Occasion {
        name: format!("entry:{}", event.id),
        event: met.event,
        detail: met.detail(),
        happened_at: event.happened_at,
        chain: event.chain.0.clone(),
    }
}

/// What a rule on time fires on.
fn moment(one: &InForce, row: &TimerRow) -> Occasion {
    let since = row.since_at;
    Occasion {
        name: format!("since:{since}"),
        event: RuleEvent::TimePassed,
        detail: one.rule.on.time.as_ref().map(|time| format!("{}, {since}", time.since)),
        happened_at: row.due_at,
        chain: Vec::new(),
    }
}

/// Fires a rule whose conditions hold. In the last try one that fails is given up by itself: it does not take with it what
/// other rules do on the same occasion.
fn fire(
    conn: &mut Conn,
    act: &Act,
    book: &Book,
    one: &InForce,
    seen: &Seen,
    occasion: &Occasion,
    failed: i32,
) -> Result<Option<FiringOutcome>> {
    if !tries::is_last(failed) {
        return fire::fire(conn, act, book, one, seen, occasion);
    }
    match nested::within(conn, |conn| fire::fire(conn, act, book, one, seen, occasion)) {
        Err(error) if !error.is_retryable() => fire::give_up(conn, act, book, one, seen.complaint.id, occasion, &error),
        done => done,
    }
}

fn timer(conn: &mut Conn, act: &Act, id: ComplaintId, rule: &str) -> Result<Vec<FiringOutcome>> {
    let Some(mut row) = store::timer(conn, id, rule)? else {
        return Ok(Vec::new());
    };
    if row.next_at.is_none_or(|next| next > act.now) {
        return Ok(Vec::new());
    }
    let book = book::current(conn, &act.policy)?;
    let seen = conditions::see(conn, &[id])?.remove(&id);
    let (Some(book), Some(seen)) = (book, seen) else {
        store::delete_timer(conn, id, rule)?;
        return Ok(Vec::new());
    };
    let history = history::load(conn, id)?;
    let one = book.rule(rule);
    let due = one.and_then(|one| timers::timer(one, &history, seen.complaint.logged_at));
    let (Some(one), Some((since, due))) = (one, due) else {
        store::delete_timer(conn, id, rule)?;
        return Ok(Vec::new());
    };
    if (since, due) != (row.since_at, row.due_at) {
        // The rules or the calendar have changed since it was set.
        (row.since_at, row.due_at, row.next_at) = (since, due, Some(due));
        store::update_timer(conn, &row)?;
        if due > act.now {
            return Ok(Vec::new());
        }
    }
    let mut outcomes = Vec::new();
    row.next_at = None;
    if one.rule.conditions.hold(At::now(&seen, act.now)) {
        let failed = row.tries;
        outcomes.extend(fire(conn, act, &book, one, &seen, &moment(one, &row), failed)?);
        row.fired_at = Some(act.now);
    }
    // What the rule did may have ended what it counts; then the timer is gone, and stays gone.
    store::update_timer(conn, &row)?;
    Ok(outcomes)
}

/// Puts off what failed: it is tried again after a while, so many times ([`tries::MOST`]). Then it is given up, and the log
/// of the rules says so of each rule that waited for it; gives what became of them.
///
/// # Errors
/// When the database refuses.
pub fn put_off(conn: &mut Conn, act: &Act, waiting: &Waiting, error: &Error) -> Result<Vec<FiringOutcome>> {
    match waiting {
        Waiting::Event(id) => match store::event(conn, *id)? {
            Some(event) => put_off_event(conn, act, &event, error),
            None => Ok(Vec::new()),
        },
        Waiting::Timer(id, rule) => match store::timer(conn, *id, rule)? {
            Some(row) => put_off_timer(conn, act, row, error),
            None => Ok(Vec::new()),
        },
    }
}

fn put_off_event(conn: &mut Conn, act: &Act, event: &EventRow, error: &Error) -> Result<Vec<FiringOutcome>> {
    let failed = event.tries + 1;
    if let Some(next) = tries::next(act.now, failed) {
        store::put_off_event(conn, event.id, failed, next)?;
        return Ok(Vec::new());
    }
    let mut outcomes = Vec::new();
    if let Some(book) = book::current(conn, &act.policy)? {
        let waited = book.waiting_for(&event.told.0);
        for (one, met) in waited.filter(|(one, _)| !event.chain.0.contains(&one.rule.slug)) {
            let occasion = occasion(event, met);
            outcomes.extend(fire::give_up(
                conn,
                act,
                &book,
                one,
                event.complaint_id,
                &occasion,
                error,
            )?);
        }
    }
    store::delete_events(conn, &[event.id])?;
    Ok(outcomes)
}

fn put_off_timer(conn: &mut Conn, act: &Act, mut row: TimerRow, error: &Error) -> Result<Vec<FiringOutcome>> {
    row.tries += 1;
    row.next_at = tries::next(act.now, row.tries);
    let mut outcomes = Vec::new();
    if row.next_at.is_none() {
        row.fired_at = Some(act.now);
        let book = book::current(conn, &act.policy)?;
        if let Some((book, one)) = book.as_deref().and_then(|book| Some((book, book.rule(&row.rule)?))) {
            let occasion = moment(one, &row);
            outcomes.extend(fire::give_up(conn, act, book, one, row.complaint_id, &occasion, error)?);
        }
    }
    store::update_timer(conn, &row)?;
    Ok(outcomes)
}

/// Sets the timers of the next open complaints, after the rules or a calendar changed; gives how many complaints that
/// were, and none when all have been walked through.
///
/// # Errors
/// When the database refuses.
pub fn walk(conn: &mut Conn, act: &Act, limit: i64) -> Result<usize> {
    let Some(state) = store::state(conn)?.filter(|state| state.walking) else {
        return Ok(0);
    };
    let Some(book) = book::current(conn, &act.policy)?.filter(|book| book.has_timed()) else {
        store::walked(conn, state.stamp, None)?;
        return Ok(0);
    };
    let ids = work::open_after(conn, state.walked_to, limit)?;
    // Before anything is read: nobody changes one of them meanwhile.
    crate::db::dialect::hold_complaints(conn, &ids)?;
    for watched in crate::domain::complaints::watching::load(conn, &ids)? {
        let history = history::read(&watched.complaint, &watched.entries);
        follow::follow_timers(conn, &book, &watched.complaint, &history)?;
    }
    store::walked(conn, state.stamp, ids.last().copied())?;
    Ok(ids.len())
}

/// Whether anything waits: an event, a timer that has come due, or timers that are to be set.
///
/// # Errors
/// When the database refuses.
pub fn is_any(conn: &mut Conn, now: Moment) -> Result<bool> {
    if store::state(conn)?.is_some_and(|state| state.walking) {
        return Ok(true);
    }
    Ok(!store::waiting_events(conn, now, 1)?.is_empty() || !store::due_timers(conn, now, 1)?.is_empty())
}

/// When a rule on time comes due next.
///
/// # Errors
/// When the database refuses.
pub fn next_look(conn: &mut Conn) -> Result<Option<Moment>> {
    store::next_timer(conn)
}

/// Since when what waits longest waits: an event since it happened, a timer since it came due.
///
/// # Errors
/// When the database refuses.
pub fn waits_since(conn: &mut Conn, now: Moment) -> Result<Option<Moment>> {
    let timer = store::next_timer(conn)?.filter(|due| *due <= now);
    Ok(store::oldest_event(conn)?.into_iter().chain(timer).min())
}
