//! Firing a rule: its actions, each on its own, through the same gates as people; and what holds it back.

use std::sync::Arc;

use chrono::TimeDelta;

use super::book::{Book, InForce};
use super::conditions::{At, Seen};
use super::firings::{DeedOutcome, FiringOutcome, FiringTold, RuleDeed};
use super::model::RuleEvent;
use super::store::{self, FiringRow, Recent};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::nested;
use crate::db::types::Json;
use crate::domain::complaints::actions::{self, Action, Applied};
use crate::domain::staff::{Act, Actor, ByRule};
use crate::domain::tries;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, RuleFiringId};

/// How many rules may lead to each other.
pub const DEEPEST: usize = 3;
/// How often rules may do something with a complaint within a day.
pub const MOST_A_DAY: usize = 30;
/// How many messages to the customer rules may write about a complaint within a day.
pub const MOST_MESSAGES: i32 = 3;
/// A day.
const DAY: TimeDelta = TimeDelta::hours(24);

/// What a rule fires on.
#[derive(Debug, Clone)]
pub(super) struct Occasion {
    /// Its name: a rule fires once on each.
    pub(super) name: String,
    /// What happened.
    pub(super) event: RuleEvent,
    /// More about it.
    pub(super) detail: Option<String>,
    /// When.
    pub(super) happened_at: Moment,
    /// The rules that led to it.
    pub(super) chain: Vec<String>,
}

/// What rules did with a complaint within the last day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    pub(super) firings: usize,
    pub(super) messages: i32,
}

/// What was done of it that counts: what was held back or given up does not.
pub(super) fn spent<'r>(recent: impl Iterator<Item = &'r Recent>) -> Spent {
    recent
        .filter(|one| !matches!(one.outcome, FiringOutcome::HeldBack | FiringOutcome::Failed))
        .fold(Spent::default(), |spent, one| Spent {
            firings: spent.firings + 1,
            messages: spent.messages + one.messages,
        })
}

/// What rules did with these complaints within the last day.
pub(super) fn recent(conn: &mut Conn, now: Moment, ids: &[ComplaintId]) -> Result<Vec<Recent>> {
    store::recent(conn, ids, now - DAY, 100_000)
}

/// The name of the occasion under which it is told, once a day, that a rule was held back by the cap.
fn capped(now: Moment) -> String {
    format!("cap:{}", now.date_naive())
}

/// Fires a rule whose conditions hold. `None` when it has fired on this occasion.
///
/// # Errors
/// When the database refuses, or others were there at the same moment.
pub(super) fn fire(
    conn: &mut Conn,
    act: &Act,
    book: &Book,
    one: &InForce,
    seen: &Seen,
    occasion: &Occasion,
) -> Result<Option<FiringOutcome>> {
    let (id, slug) = (seen.complaint.id, one.rule.slug.as_str());
    if store::has_fired(conn, id, slug, &occasion.name)? {
        return Ok(None);
    }
    let mut row = row(act, book, one, id, occasion);
    row.told.0.findings = one.rule.conditions.findings(At::now(seen, act.now));
    let spent = spent(recent(conn, act.now, &[id])?.iter());
    if row.told.0.chain.len() > DEEPEST {
        row.told.0.held_back = Some(format!("{DEEPEST} rules have led to each other"));
        store::insert_firing(conn, &row)?;
        return Ok(Some(FiringOutcome::HeldBack));
    }
    if spent.firings >= MOST_A_DAY {
        row.told.0.held_back = Some(format!("rules have done something {MOST_A_DAY} times within a day"));
        row.occasion = capped(act.now);
        let is_new = store::insert_new_firing(conn, &row)?;
        return Ok(is_new.then_some(FiringOutcome::HeldBack));
    }
    let by = Act {
        actor: Arc::new(Actor::by_rule(ByRule {
            rule: slug.to_owned(),
            version: book.version,
            chain: row.told.0.chain.clone(),
        })),
        request_id: None,
        ..act.clone()
    };
    let mut messages = spent.messages;
    for action in &one.rule.then {
        let deed = deed(conn, &by, id, action, &mut messages)?;
        row.told.0.deeds.push(deed);
    }
    row.messages = messages - spent.messages;
    row.outcome = outcome(&row.told.0.deeds);
    store::insert_firing(conn, &row)?;
    Ok(Some(row.outcome))
}

/// That a rule fires on an occasion, before anything has come of it.
fn row(act: &Act, book: &Book, one: &InForce, id: ComplaintId, occasion: &Occasion) -> FiringRow {
    let slug = one.rule.slug.clone();
    FiringRow {
        id: RuleFiringId::new(act.now),
        complaint_id: id,
        rule: slug.clone(),
        version: book.version,
        occasion: occasion.name.clone(),
        event: occasion.event,
        happened_at: occasion.happened_at,
        fired_at: act.now,
        outcome: FiringOutcome::HeldBack,
        messages: 0,
        told: Json(FiringTold {
            detail: occasion.detail.clone(),
            chain: occasion.chain.iter().cloned().chain([slug]).collect(),
            findings: Vec::new(),
            deeds: Vec::new(),
            held_back: None,
            failed: None,
        }),
    }
}

/// Tells in the log that a rule was given up on this occasion: it has failed on our side again and again. `None` when it
/// has fired after all.
///
/// # Errors
/// When the database refuses, or others were there at the same moment.
pub(super) fn give_up(
    conn: &mut Conn,
    act: &Act,
    book: &Book,
    one: &InForce,
    id: ComplaintId,
    occasion: &Occasion,
    error: &Error,
) -> Result<Option<FiringOutcome>> {
    let mut row = row(act, book, one, id, occasion);
    tracing::error!(firing = %row.id, complaint = %id, rule = row.rule, %error, "a rule was given up");
    row.outcome = FiringOutcome::Failed;
    // What it was in full is for the log of the service alone.
    let what = match error {
        Error::Problem(problem) => problem.code.as_str(),
        Error::Retry(_) => "others were at the same all the time",
        Error::Database(_) => "the database refused",
        Error::Internal(_) => "something went wrong on our side",
    };
    let tries = tries::MOST;
    row.told.0.failed = Some(format!(
        "{tries} tries in vain, {what}; the log of the service tells more of {}",
        row.id
    ));
    let is_new = store::insert_new_firing(conn, &row)?;
    Ok(is_new.then_some(FiringOutcome::Failed))
}

fn outcome(deeds: &[RuleDeed]) -> FiringOutcome {
    let refused = deeds.iter().filter(|deed| deed.outcome == DeedOutcome::Refused).count();
    match refused {
        0 => FiringOutcome::Done,
        _ if refused == deeds.len() => FiringOutcome::Refused,
        _ => FiringOutcome::Partly,
    }
}

/// Does an action. What is refused is undone alone, and told.
fn deed(conn: &mut Conn, act: &Act, id: ComplaintId, action: &Action, messages: &mut i32) -> Result<RuleDeed> {
    let told = |outcome, code: Option<&str>, detail: Option<String>| RuleDeed {
        action: action.word().to_owned(),
        outcome,
        code: code.map(str::to_owned),
        detail,
    };
    let writes = matches!(action, Action::SendMessage { .. });
    if writes && *messages >= MOST_MESSAGES {
        let detail = format!("rules have written to the customer {MOST_MESSAGES} times within a day");
        return Ok(told(DeedOutcome::Refused, None, Some(detail)));
    }
    match nested::within(conn, |conn| actions::apply(conn, act, id, action)) {
        Ok(Applied { changed: true }) => {
            *messages += i32::from(writes);
            Ok(told(DeedOutcome::Done, None, None))
        }
        Ok(Applied { changed: false }) => Ok(told(DeedOutcome::Unchanged, None, None)),
        Err(Error::Problem(problem)) => {
            let mut detail = problem.detail;
            for error in &problem.errors {
                detail.push_str(&format!("; {}: {}", error.pointer, error.detail));
            }
            Ok(told(DeedOutcome::Refused, Some(problem.code.as_str()), Some(detail)))
        }
        Err(other) => Err(other),
    }
}
