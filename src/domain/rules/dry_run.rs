//! What other rules would have done with past complaints: nothing is changed, and nobody's text is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::book::{self, Book, InForce};
use super::checked::checked_here;
use super::conditions::{self, At, RuleFinding, Seen};
use super::events;
use super::firings::because;
use super::model::{Rule, RuleEvent};
use super::timers;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::{Check, objects};
use crate::domain::complaints::history::{self, Happening};
use crate::domain::complaints::listing::{self, Listing};
use crate::domain::complaints::model::TimelineEntry;
use crate::domain::complaints::vocabulary::State;
use crate::domain::complaints::watching::{self, Watched};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::ComplaintId;

/// The most complaints that are looked at.
const MOST: i64 = 200;
/// The most firings of a complaint that are shown.
const SHOWN: usize = 20;

/// Rules that are to be tried on complaints that there are.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDryRunForm {
    /// The rules.
    #[serde(deserialize_with = "objects")]
    #[schema(max_items = 100)]
    pub rules: Vec<Rule>,
    /// Complaints received at or after this moment.
    pub from: Option<Moment>,
    /// Complaints received before this moment.
    pub before: Option<Moment>,
    /// The last so many of them; 200 when left out.
    #[schema(minimum = 1, maximum = 200)]
    pub last: Option<i64>,
}

/// That a rule would have fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WouldFire {
    /// The rule.
    pub rule: String,
    /// On what.
    pub event: RuleEvent,
    /// More about that.
    pub detail: Option<String>,
    /// When.
    pub at: Moment,
    /// The conditions that it named, and what the complaint had.
    pub conditions: Vec<RuleFinding>,
    /// What it would have tried to do.
    #[schema(example = json!(["assign_to_lead", "add_note"]))]
    pub actions: Vec<String>,
    /// Why, in words.
    pub why: String,
}

/// What the rules would have done with a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleDryRunCase {
    /// The complaint.
    pub id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// When it reached us.
    pub received_at: Moment,
    /// Where it stands.
    pub state: State,
    /// How often rules would have fired.
    pub count: i64,
    /// The first 20 of these, in the order of time.
    pub fires: Vec<WouldFire>,
}

/// How often a rule would have fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleDryRunSum {
    /// The rule.
    pub rule: String,
    /// How often it would have fired.
    pub fired: i64,
    /// On how many complaints.
    pub complaints: i64,
}

/// What the rules would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleDryRun {
    /// How many complaints were looked at.
    pub looked_at: i64,
    /// Those on which a rule would have fired, the last logged first.
    pub cases: Vec<RuleDryRunCase>,
    /// How often each rule would have fired, in the order of the rules.
    pub rules: Vec<RuleDryRunSum>,
}

/// Tries rules on the complaints of a period. What happened to each is read from its timeline; conditions look at the
/// complaint as it is today, at its state and age as they were. What the rules would have led to themselves is not
/// followed.
///
/// # Errors
/// `request.invalid`.
pub fn dry_run(conn: &mut Conn, act: &Act, form: &RuleDryRunForm) -> Result<RuleDryRun> {
    let rules = checked_here(conn, &form.rules)?;
    let last = form.last.unwrap_or(MOST);
    let mut check = Check::new();
    if !(1..=MOST).contains(&last) {
        check.fail("/last", "out_of_range", format_args!("1 to {MOST}"));
    }
    check.finish(())?;
    let book = as_if_in_force(conn, act, &rules)?;
    let listing = Listing {
        received_from: form.from,
        received_before: form.before,
        limit: last,
        ..Listing::default()
    };
    let ids: Vec<ComplaintId> = listing::list(conn, act, &listing)?
        .items
        .iter()
        .map(|one| one.id)
        .collect();
    let seen = conditions::see(conn, &ids)?;
    let mut watched: BTreeMap<ComplaintId, Watched> = watching::load(conn, &ids)?
        .into_iter()
        .map(|one| (one.complaint.id, one))
        .collect();
    let mut cases = Vec::new();
    for id in &ids {
        if let (Some(seen), Some(watched)) = (seen.get(id), watched.remove(id)) {
            let fires = replay(&book, seen, &watched.entries, act.now);
            if !fires.is_empty() {
                cases.push(case(seen, fires));
            }
        }
    }
    Ok(RuleDryRun {
        looked_at: i64::try_from(ids.len()).unwrap_or(i64::MAX),
        rules: summed_up(&rules, &cases),
        cases: cases.into_iter().map(|(case, _)| case).collect(),
    })
}

/// The rules as if they had always been in force.
fn as_if_in_force(conn: &mut Conn, act: &Act, rules: &[Rule]) -> Result<Book> {
    let mut in_force = Vec::new();
    for rule in rules.iter().filter(|rule| rule.enabled) {
        in_force.push(InForce {
            rule: rule.clone(),
            since: Moment::EPOCH,
            calendar: book::calendar_of(conn, &act.policy, rule)?,
        });
    }
    Ok(Book {
        version: 0,
        rules: in_force,
    })
}

/// Every firing that there would have been, in the order of time.
fn replay(book: &Book, seen: &Seen, entries: &[TimelineEntry], now: Moment) -> Vec<WouldFire> {
    let history = history::read(&seen.complaint, entries);
    let mut fires = Vec::new();
    let mut before: Option<State> = None;
    for (entry, happening) in entries.iter().zip(&history) {
        let states = before.map(|before| (before, happening.state));
        before = Some(happening.state);
        let (told, chain) = (events::of(entry, states), events::chain(entry));
        for (one, met) in book.waiting_for(&told) {
            let at = At {
                seen,
                state: happening.state,
                now: entry.happened_at,
            };
            if chain.contains(&one.rule.slug) || !one.rule.conditions.hold(at) {
                continue;
            }
            fires.push(would(one, met.event, met.detail(), at));
            if one.rule.stop {
                break;
            }
        }
    }
    for one in book.timed() {
        fires.extend(replay_timer(one, seen, &history, now));
    }
    fires.sort_by_key(|fire| fire.at);
    fires
}

/// When a rule on time would have fired: each time that what it counts lasted long enough.
fn replay_timer(one: &InForce, seen: &Seen, history: &[Happening], now: Moment) -> Vec<WouldFire> {
    let mut fires = Vec::new();
    let mut last = None;
    for n in 1..=history.len() {
        let until = history.get(n).map_or(now, |next| next.at);
        let (so_far, Some(here)) = (history.get(..n).unwrap_or_default(), history.get(n - 1)) else {
            break;
        };
        let Some((since, due)) = timers::timer(one, so_far, seen.complaint.logged_at) else {
            continue;
        };
        let at = At {
            seen,
            state: here.state,
            now: due.max(here.at),
        };
        if at.now > until || last == Some(since) || !one.rule.conditions.hold(at) {
            continue;
        }
        last = Some(since);
        let detail = one.rule.on.time.as_ref().map(|time| format!("{}, {since}", time.since));
        fires.push(would(one, RuleEvent::TimePassed, detail, at));
    }
    fires
}

fn would(one: &InForce, event: RuleEvent, detail: Option<String>, at: At<'_>) -> WouldFire {
    let conditions = one.rule.conditions.findings(at);
    WouldFire {
        rule: one.rule.slug.clone(),
        why: because(event, detail.as_deref(), &conditions),
        event,
        detail,
        at: at.now,
        conditions,
        actions: one.rule.then.iter().map(|action| action.word().to_owned()).collect(),
    }
}

/// A case as it is shown, with how often each rule would have fired on it.
fn case(seen: &Seen, mut fires: Vec<WouldFire>) -> (RuleDryRunCase, BTreeMap<String, i64>) {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for fire in &fires {
        *counts.entry(fire.rule.clone()).or_default() += 1;
    }
    let count = counts.values().sum();
    fires.truncate(SHOWN);
    let complaint = &seen.complaint;
    let case = RuleDryRunCase {
        id: complaint.id,
        reference: complaint.reference.clone(),
        received_at: complaint.received_at,
        state: complaint.state,
        count,
        fires,
    };
    (case, counts)
}

fn summed_up(rules: &[Rule], cases: &[(RuleDryRunCase, BTreeMap<String, i64>)]) -> Vec<RuleDryRunSum> {
    let sum = |rule: &Rule| {
        let counts = || cases.iter().filter_map(|(_, counts)| counts.get(&rule.slug));
        RuleDryRunSum {
            rule: rule.slug.clone(),
            fired: counts().sum(),
            complaints: i64::try_from(counts().count()).unwrap_or(i64::MAX),
        }
    };
    rules.iter().map(sum).collect()
}
