//! The log: what fired, when, and why.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conditions::RuleFinding;
use super::model::RuleEvent;
use super::store::{self, FiringRow};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::standing;
use crate::error::Result;
use crate::ids::{ComplaintId, RuleFiringId};
use crate::text_enum;

text_enum! {
    /// What became of a rule that fired.
    FiringOutcome {
        /// Every action was done, or found that everything was so already.
        Done = "done",
        /// Some actions were refused.
        Partly = "partly",
        /// Every action was refused.
        Refused = "refused",
        /// Nothing was tried: rules had led to each other too often, or had done too much with this complaint that day.
        HeldBack = "held_back",
        /// It was given up: on our side it failed again and again. Nothing of it was done.
        Failed = "failed",
    }
}

text_enum! {
    /// What became of an action.
    DeedOutcome {
        /// It was done.
        Done = "done",
        /// Everything was so already.
        Unchanged = "unchanged",
        /// It was refused, as it would have been for a person.
        Refused = "refused",
    }
}

/// What became of an action of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleDeed {
    /// Which action.
    #[serde(rename = "do")]
    #[schema(example = "assign")]
    pub action: String,
    /// What became of it.
    pub outcome: DeedOutcome,
    /// The word of the problem, when it was refused as it would have been for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Why a rule fired and what it did, as it is kept. Codes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FiringTold {
    /// More about the event.
    #[serde(default)]
    pub detail: Option<String>,
    /// The rules that led to it, this one last.
    pub chain: Vec<String>,
    /// The conditions that it named.
    pub findings: Vec<RuleFinding>,
    /// What became of its actions.
    pub deeds: Vec<RuleDeed>,
    /// Why nothing was tried.
    #[serde(default)]
    pub held_back: Option<String>,
    /// Why it was given up.
    #[serde(default)]
    pub failed: Option<String>,
}

/// That a rule fired.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FiringView {
    /// Its name here; ascends with time.
    pub id: RuleFiringId,
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: Option<String>,
    /// The rule.
    pub rule: String,
    /// The version of the rules.
    pub version: i32,
    /// What it waited for.
    pub event: RuleEvent,
    /// More about that: which values, which state, which clock, since when.
    pub detail: Option<String>,
    /// When that happened.
    pub happened_at: Moment,
    /// When the rule fired.
    pub fired_at: Moment,
    /// What became of it.
    pub outcome: FiringOutcome,
    /// The conditions that it named, and what the complaint had.
    pub conditions: Vec<RuleFinding>,
    /// What became of its actions.
    pub actions: Vec<RuleDeed>,
    /// The rules that led to each other, this one last.
    pub chain: Vec<String>,
    /// All of it in words.
    #[schema(example = "on clock_breached (first_response); tier is key_account; assign: done, add_note: done")]
    pub why: String,
}

/// Which firings.
#[derive(Debug, Clone, Default)]
pub struct FiringQuery {
    /// Of this rule.
    pub rule: Option<String>,
    /// On this complaint.
    pub complaint_id: Option<ComplaintId>,
    /// That ended so.
    pub outcome: Option<FiringOutcome>,
    /// Before this one.
    pub below: Option<RuleFiringId>,
    /// At most so many.
    pub limit: i64,
}

/// The event and the conditions in words.
pub(super) fn because(event: RuleEvent, detail: Option<&str>, findings: &[RuleFinding]) -> String {
    let mut why = match detail {
        Some(detail) => format!("on {event} ({detail})"),
        None => format!("on {event}"),
    };
    for finding in findings {
        let found = finding.found.as_deref().unwrap_or("not known");
        why.push_str("; ");
        why.push_str(&finding.condition);
        why.push_str(" is ");
        why.push_str(found);
    }
    why
}

fn why(event: RuleEvent, told: &FiringTold) -> String {
    let mut why = because(event, told.detail.as_deref(), &told.findings);
    if let Some(reason) = &told.held_back {
        why.push_str("; held back: ");
        why.push_str(reason);
    }
    if let Some(reason) = &told.failed {
        why.push_str("; given up: ");
        why.push_str(reason);
    }
    let deeds = told.deeds.iter().map(|deed| match &deed.code {
        Some(code) => format!("{}: {} ({code})", deed.action, deed.outcome),
        None => format!("{}: {}", deed.action, deed.outcome),
    });
    let deeds: Vec<String> = deeds.collect();
    if !deeds.is_empty() {
        why.push_str("; ");
        why.push_str(&deeds.join(", "));
    }
    why
}

/// What rules did, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, query: &FiringQuery) -> Result<Vec<FiringView>> {
    let rows = store::firings(conn, query)?;
    let ids: Vec<ComplaintId> = rows.iter().map(|row| row.complaint_id).collect();
    let standings = standing::load(conn, &ids)?;
    let references: BTreeMap<ComplaintId, String> = standings
        .into_iter()
        .map(|one| (one.complaint.id, one.complaint.reference))
        .collect();
    Ok(rows.into_iter().map(|row| view(row, &references)).collect())
}

/// How many rules were given up within the last day, counted up to `limit`.
///
/// # Errors
/// When the database refuses.
pub fn given_up(conn: &mut Conn, now: Moment, limit: i64) -> Result<i64> {
    store::count_given_up(conn, now - TimeDelta::hours(24), limit)
}

fn view(row: FiringRow, references: &BTreeMap<ComplaintId, String>) -> FiringView {
    let told = row.told.0;
    FiringView {
        id: row.id,
        complaint_id: row.complaint_id,
        reference: references.get(&row.complaint_id).cloned(),
        why: why(row.event, &told),
        rule: row.rule,
        version: row.version,
        event: row.event,
        detail: told.detail,
        happened_at: row.happened_at,
        fired_at: row.fired_at,
        outcome: row.outcome,
        conditions: told.findings,
        actions: told.deeds,
        chain: told.chain,
    }
}
