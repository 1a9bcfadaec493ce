//! Rules on events and on time: on an event, under conditions, actions. Versions, of which one is in force.
//!
//! What a rule waits for is written in the transaction of the change (`follow`), and worked off behind it (`run`), once
//! each. Rules act as people do, through the same gates (`fire`), and cannot drive each other in circles: what a rule has
//! led to never leads to it again, at most three lead to each other, and there is a cap on what they do with a complaint
//! within a day.

pub mod book;
mod checked;
pub mod conditions;
pub mod dry_run;
pub mod events;
pub mod fire;
pub mod firings;
pub mod follow;
pub mod model;
pub mod run;
mod store;
mod timers;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

pub use self::checked::checked;
use self::checked::checked_here;
use self::model::Rule;
use self::store::{StateRow, TurnRow, VersionRow};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::objects;
use crate::domain::staff::{Act, Permission};
use crate::error::{Code, Error, Result};
use crate::ids::RuleTurnId;

/// How many turns of the history are shown.
const SHOWN: i64 = 100;

/// The rules, in their order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleListForm {
    /// The rules.
    #[serde(deserialize_with = "objects")]
    #[schema(max_items = 100)]
    pub rules: Vec<Rule>,
}

/// That a version came into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleListTurnView {
    /// Which; none when none was in force from then on.
    pub version: Option<i32>,
    /// When.
    pub turned_at: Moment,
    /// Who saw to it.
    pub turned_by: String,
}

/// The rules with their last version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleListView {
    /// The last version, from 1; 0 while nobody has written any rules.
    pub version: i32,
    /// The version that is in force; `null` when none is. It may be an earlier one.
    pub active_version: Option<i32>,
    /// The rules of the last version.
    pub rules: Vec<Rule>,
    /// Who wrote the last version.
    pub written_by: Option<String>,
    /// When the last version was written.
    pub written_at: Option<Moment>,
    /// Which version was in force from when, the newest first; at most 100.
    pub history: Vec<RuleListTurnView>,
    /// Counts the changes, activations too; the ETag is made of it.
    pub revision: i32,
}

/// A version of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleListVersionView {
    /// Which.
    pub version: i32,
    /// The rules.
    pub rules: Vec<Rule>,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: Moment,
}

/// The rules as they are.
///
/// # Errors
/// When the database refuses.
pub fn get(conn: &mut Conn) -> Result<RuleListView> {
    let state = store::state(conn)?;
    let last = store::last_version(conn)?;
    let turns = store::turns(conn, SHOWN)?;
    let (version, rules, by, at) = match last {
        Some(row) => (row.version, row.rules.0, Some(row.created_by), Some(row.created_at)),
        None => (0, Vec::new(), None, None),
    };
    Ok(RuleListView {
        version,
        active_version: state.as_ref().and_then(|state| state.active_version),
        rules,
        written_by: by,
        written_at: at,
        history: turns
            .into_iter()
            .map(|turn| RuleListTurnView {
                version: turn.version,
                turned_at: turn.turned_at,
                turned_by: turn.turned_by,
            })
            .collect(),
        revision: state.map_or(1, |state| state.revision),
    })
}

/// A version of the rules.
///
/// # Errors
/// `resource.not_found`.
pub fn version(conn: &mut Conn, number: i32) -> Result<RuleListVersionView> {
    let row = store::version(conn, number)?.ok_or_else(|| Error::not_found("version of the rules"))?;
    Ok(RuleListVersionView {
        version: row.version,
        rules: row.rules.0,
        written_by: row.created_by,
        written_at: row.created_at,
    })
}

/// Where the rules stand, and at which revision that was read.
fn stand(conn: &mut Conn, expected: Option<i32>) -> Result<(Option<i32>, StateRow)> {
    let there = store::state(conn)?;
    let revision = there.as_ref().map(|state| state.revision);
    let state = there.unwrap_or(StateRow {
        id: 1,
        active_version: None,
        revision: 1,
        updated_at: Moment::EPOCH,
        stamp: book::drawn(),
        walking: false,
        walked_to: None,
    });
    match expected {
        Some(expected) if expected != state.revision => Err(Error::problem(
            Code::PreconditionFailed,
            format!("you read revision {expected}; now it is revision {}", state.revision),
        )),
        _ => Ok((revision, state)),
    }
}

/// What the rules do, on the complaints of every team: nobody lets a rule do what they may not do themselves.
fn check_reach(act: &Act, rules: &[Rule]) -> Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let mut needed: Vec<Permission> = rules
        .iter()
        .flat_map(|rule| &rule.then)
        .map(|one| one.permission())
        .collect();
    needed.push(Permission::WorkAcrossTeams);
    act.actor.check_reach(&needed)
}

/// Writes another version of the rules. The one that is in force stays so until the new one is activated.
///
/// # Errors
/// `request.invalid`; `auth.escalation`; `request.precondition_failed`.
pub fn write(conn: &mut Conn, act: &Act, expected: Option<i32>, form: &RuleListForm) -> Result<RuleListView> {
    let (revision, mut state) = stand(conn, expected)?;
    let rules = checked_here(conn, &form.rules)?;
    check_reach(act, &rules)?;
    let last = store::last_version(conn)?.map_or(0, |row| row.version);
    let row = VersionRow {
        version: last + 1,
        rules: Json(rules),
        created_at: act.now,
        created_by: act.actor.name.clone(),
    };
    store::insert_version(conn, &row)?;
    state.revision += 1;
    state.updated_at = act.now;
    store::set_state(conn, revision, &state)?;
    let fields = json!({ "version": row.version, "rules": row.rules.0.len() });
    tell(conn, act, "rules.written", fields)?;
    get(conn)
}

/// Brings a version of the rules into force, the last one or an earlier one: for what happens from now on.
///
/// # Errors
/// `auth.escalation`; `request.precondition_failed`; `resource.not_found`.
pub fn activate(conn: &mut Conn, act: &Act, number: i32, expected: Option<i32>) -> Result<RuleListView> {
    let written = store::version(conn, number)?.ok_or_else(|| Error::not_found("version of the rules"))?;
    check_reach(act, &written.rules.0)?;
    let stood = stand(conn, expected)?;
    turn(conn, act, stood, Some(written.version), "rules.activated")
}

/// Takes the rules out of force: from now on none fires, and what waits for them is forgotten.
///
/// # Errors
/// When the database refuses.
pub fn deactivate(conn: &mut Conn, act: &Act) -> Result<RuleListView> {
    let stood = stand(conn, None)?;
    turn(conn, act, stood, None, "rules.deactivated")
}

fn turn(
    conn: &mut Conn,
    act: &Act,
    (revision, mut state): (Option<i32>, StateRow),
    version: Option<i32>,
    action: &'static str,
) -> Result<RuleListView> {
    // Doing it twice is the same as once.
    if state.active_version == version {
        return get(conn);
    }
    let was = std::mem::replace(&mut state.active_version, version);
    state.revision += 1;
    state.updated_at = act.now;
    state.stamp = book::drawn();
    state.walking = version.is_some();
    state.walked_to = None;
    store::set_state(conn, revision, &state)?;
    let row = TurnRow {
        id: RuleTurnId::new(act.now),
        version,
        turned_at: act.now,
        turned_by: act.actor.name.clone(),
    };
    store::insert_turn(conn, &row)?;
    let fields = json!({ "before": { "version": was }, "after": { "version": version } });
    tell(conn, act, action, fields)?;
    get(conn)
}

fn tell(conn: &mut Conn, act: &Act, action: &'static str, fields: Value) -> Result<()> {
    audit::record(conn, act, Event::about_many(ObjectKind::Rules, action).with(fields))
}
