//! Routing: rules in versions, of which one is in force; where complaints go by them, and what others would do.

pub mod dry_run;
pub mod place;
pub mod rules;
mod store;

use serde::Deserialize;
use utoipa::ToSchema;

use self::rules::{RoutingRule, checked};
use self::store::Routing;
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::staff::{Act, teams};
use crate::domain::versions::{self, Version, Versioned};
use crate::error::Result;
use crate::ids::TeamId;

/// The rules, in their order: the first that fits applies.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingForm {
    /// The rules.
    #[schema(max_items = 200)]
    pub rules: Vec<RoutingRule>,
}

/// The rules with their last version.
pub type RoutingView = Versioned<RoutingRule>;
/// A version of the rules.
pub type RoutingVersionView = Version<RoutingRule>;

/// The rules as they are.
///
/// # Errors
/// When the database refuses.
pub fn get(conn: &mut Conn) -> Result<RoutingView> {
    versions::get::<Routing>(conn)
}

/// A version of the rules.
///
/// # Errors
/// `resource.not_found`.
pub fn version(conn: &mut Conn, number: i32) -> Result<RoutingVersionView> {
    versions::version::<Routing>(conn, number)
}

/// The rules, if nothing is wrong with them and their teams are there.
fn checked_here(conn: &mut Conn, rules: &[RoutingRule]) -> Result<Vec<RoutingRule>> {
    let rules = checked(rules)?;
    let wanted: Vec<TeamId> = rules.iter().map(|rule| rule.team).collect();
    let there = teams::names(conn, &wanted)?;
    let mut check = Check::new();
    for (n, rule) in rules.iter().enumerate() {
        if !there.contains_key(&rule.team) {
            check.fail(format!("/rules/{n}/team"), "unknown", "there is no such team");
        }
    }
    check.finish(rules)
}

/// Writes another version of the rules. The one that is in force stays so until the new one is activated.
///
/// # Errors
/// `request.invalid`; `request.precondition_failed`.
pub fn write(conn: &mut Conn, act: &Act, expected: Option<i32>, form: &RoutingForm) -> Result<RoutingView> {
    versions::write::<Routing>(conn, act, expected, |conn| checked_here(conn, &form.rules))
}

/// Brings a version of the rules into force, the last one or an earlier one: for complaints that come in from now on.
///
/// # Errors
/// `request.precondition_failed`; `resource.not_found`.
pub fn activate(conn: &mut Conn, act: &Act, number: i32, expected: Option<i32>) -> Result<RoutingView> {
    versions::activate::<Routing>(conn, act, number, expected, |_| Ok(()))
}

/// Takes the rules out of force: what comes in is of no team again.
///
/// # Errors
/// When the database refuses.
pub fn deactivate(conn: &mut Conn, act: &Act) -> Result<RoutingView> {
    versions::deactivate::<Routing>(conn, act)
}
