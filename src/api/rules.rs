//! Rules on events and time, and what they did.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::page::{self, Page};
use crate::domain::rules::dry_run::{self, RuleDryRun, RuleDryRunForm};
use crate::domain::rules::firings::{self, FiringOutcome, FiringQuery, FiringView};
use crate::domain::rules::model::Rule;
use crate::domain::rules::{self, RuleListForm};
use crate::domain::versions::{Version, Versioned};
use crate::error::Result;
use crate::ids::{ComplaintId, RuleFiringId};

/// Read the rules on events and time.
///
/// Their last version, which one is in force, and which was when.
#[utoipa::path(get, path = "/api/v1/rules", tag = "rules",
    responses((status = 200, description = "The rules.", body = Versioned<Rule>)))]
pub(super) async fn get_rules(ctx: Ctx) -> Result<HttpResponse> {
    let found = ctx.read(|conn, _| rules::get(conn)).await?;
    answer::ok_version(found.revision, &found)
}

/// Write another version of the rules on events and time.
///
/// An ordered list: each rule waits for an event, asks for conditions, and does something through the same gates as people.
/// The version that is in force stays so until the new one is activated. Who writes rules must be allowed to do what they
/// do, across teams.
#[utoipa::path(put, path = "/api/v1/rules", tag = "rules", request_body = RuleListForm,
    responses((status = 200, description = "The rules as they are now.", body = Versioned<Rule>)))]
pub(super) async fn write_rules(ctx: Ctx, version: IfMatch, body: Body<RuleListForm>) -> Result<HttpResponse> {
    let changed = ctx
        .write(move |conn, act| rules::write(conn, act, version.0, &body.value))
        .await?;
    answer::ok_version(changed.revision, &changed)
}

/// Read a version of the rules on events and time.
///
/// Versions are kept for ever: a firing says under which one it happened.
#[utoipa::path(get, path = "/api/v1/rules/versions/{version}", tag = "rules",
    params(("version" = i32, Path, description = "Which version, from 1.")),
    responses((status = 200, description = "The version.", body = Version<Rule>)))]
pub(super) async fn get_rules_version(ctx: Ctx, version: Id<i32>) -> Result<HttpResponse> {
    answer::ok(&ctx.read(move |conn, _| rules::version(conn, version.0)).await?)
}

/// Bring a version of the rules on events and time into force.
///
/// The last one, or an earlier one again: for what happens from now on. What came due before is left alone.
#[utoipa::path(post, path = "/api/v1/rules/versions/{version}/activate", tag = "rules",
    params(("version" = i32, Path, description = "Which version, from 1.")),
    responses((status = 200, description = "The rules as they are now.", body = Versioned<Rule>)))]
pub(super) async fn activate_rules(ctx: Ctx, version: IfMatch, number: Id<i32>) -> Result<HttpResponse> {
    let changed = ctx
        .once(Body::nothing(), move |conn, act, ()| {
            rules::activate(conn, act, number.0, version.0)
        })
        .await?;
    answer::ok_version(changed.revision, &changed)
}

/// Take the rules on events and time out of force.
///
/// From then on none fires, and what waits for them is forgotten.
#[utoipa::path(post, path = "/api/v1/rules/deactivate", tag = "rules",
    responses((status = 200, description = "The rules as they are now.", body = Versioned<Rule>)))]
pub(super) async fn deactivate_rules(ctx: Ctx) -> Result<HttpResponse> {
    let changed = ctx
        .once(Body::nothing(), |conn, act, ()| rules::deactivate(conn, act))
        .await?;
    answer::ok_version(changed.revision, &changed)
}

/// Try rules on past complaints.
///
/// For the last complaints of a period, which rules would have fired, when and why, and what they would have tried to do:
/// what happened is read from the timelines; conditions look at what a complaint is today, at its state and age as they
/// were then. Nothing is changed, and nobody's text is shown.
#[utoipa::path(post, path = "/api/v1/rules/dry-run", tag = "rules", request_body = RuleDryRunForm,
    responses((status = 200, description = "What they would have done.", body = RuleDryRun)))]
pub(super) async fn try_rules(ctx: Ctx, body: Body<RuleDryRunForm>) -> Result<HttpResponse> {
    let tried = ctx
        .read(move |conn, act| dry_run::dry_run(conn, act, &body.value))
        .await?;
    answer::ok(&tried)
}

/// Which firings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FiringsQuery {
    /// Of this rule.
    #[param(example = "breach_of_key_account")]
    rule: Option<String>,
    /// On this complaint.
    complaint_id: Option<ComplaintId>,
    /// That ended so.
    outcome: Option<FiringOutcome>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// List what rules did.
///
/// The newest first: which rule fired on what, under which conditions and with which values, and what became of each of
/// its actions.
#[utoipa::path(get, path = "/api/v1/rules/firings", tag = "rules", params(FiringsQuery),
    responses((status = 200, description = "A page of firings.", body = Page<FiringView>)))]
pub(super) async fn list_rule_firings(ctx: Ctx, query: Query<FiringsQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let asked = FiringQuery {
        // No stored text holds a NUL, and PostgreSQL takes none.
        rule: query.0.rule.map(|rule| rule.replace('\0', "")),
        complaint_id: query.0.complaint_id,
        outcome: query.0.outcome,
        below: page::decode::<RuleFiringId>(query.0.cursor.as_deref())?,
        limit: limit + 1,
    };
    let rows = ctx.read(move |conn, _| firings::list(conn, &asked)).await?;
    answer::ok(&Page::of(rows, limit, |row| row.id)?)
}
