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

use serde::Deserialize;
use utoipa::ToSchema;

pub use self::checked::checked;
use self::checked::checked_here;
use self::model::Rule;
use self::store::Rules;
use crate::db::conn::Conn;
use crate::domain::check::objects;
use crate::domain::staff::{Act, Permission};
use crate::domain::versions::{self, Version, Versioned};
use crate::error::Result;

/// The rules, in their order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleListForm {
    /// The rules.
    #[serde(deserialize_with = "objects")]
    #[schema(max_items = 100)]
    pub rules: Vec<Rule>,
}

/// The rules with their last version.
pub type RuleListView = Versioned<Rule>;
/// A version of the rules.
pub type RuleListVersionView = Version<Rule>;

/// The rules as they are.
///
/// # Errors
/// When the database refuses.
pub fn get(conn: &mut Conn) -> Result<RuleListView> {
    versions::get::<Rules>(conn)
}

/// A version of the rules.
///
/// # Errors
/// `resource.not_found`.
pub fn version(conn: &mut Conn, number: i32) -> Result<RuleListVersionView> {
    versions::version::<Rules>(conn, number)
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
    versions::write::<Rules>(conn, act, expected, |conn| {
        let rules = checked_here(conn, &form.rules)?;
        check_reach(act, &rules)?;
        Ok(rules)
    })
}

/// Brings a version of the rules into force, the last one or an earlier one: for what happens from now on.
///
/// # Errors
/// `auth.escalation`; `request.precondition_failed`; `resource.not_found`.
pub fn activate(conn: &mut Conn, act: &Act, number: i32, expected: Option<i32>) -> Result<RuleListView> {
    versions::activate::<Rules>(conn, act, number, expected, |rules| check_reach(act, rules))
}

/// Takes the rules out of force: from now on none fires, and what waits for them is forgotten.
///
/// # Errors
/// When the database refuses.
pub fn deactivate(conn: &mut Conn, act: &Act) -> Result<RuleListView> {
    versions::deactivate::<Rules>(conn, act)
}
