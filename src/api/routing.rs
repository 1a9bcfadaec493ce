//! Rules of routing.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::domain::complaints::placing;
use crate::domain::complaints::view::ComplaintView;
use crate::domain::versions::{Version, Versioned};
use crate::domain::work::routing::dry_run::{self, DryRunForm, RoutingDryRun};
use crate::domain::work::routing::rules::RoutingRule;
use crate::domain::work::routing::{self, RoutingForm};
use crate::error::Result;
use crate::ids::ComplaintId;

/// Read the rules of routing.
///
/// Their last version, which one is in force, and which was when.
#[utoipa::path(get, path = "/api/v1/routing", tag = "work",
    responses((status = 200, description = "The rules.", body = Versioned<RoutingRule>)))]
pub(super) async fn get_routing(ctx: Ctx) -> Result<HttpResponse> {
    let found = ctx.read(|conn, _| routing::get(conn)).await?;
    answer::ok_version(found.revision, &found)
}

/// Write another version of the rules.
///
/// An ordered list: the first rule that fits a complaint says to which team it goes. The version that is in force stays
/// so until the new one is activated.
#[utoipa::path(put, path = "/api/v1/routing", tag = "work", request_body = RoutingForm,
    responses((status = 200, description = "The rules as they are now.", body = Versioned<RoutingRule>)))]
pub(super) async fn write_routing(ctx: Ctx, version: IfMatch, body: Body<RoutingForm>) -> Result<HttpResponse> {
    let changed = ctx
        .write(move |conn, act| routing::write(conn, act, version.0, &body.value))
        .await?;
    answer::ok_version(changed.revision, &changed)
}

/// Read a version of the rules.
///
/// Versions are kept for ever: a complaint says under which one it was routed.
#[utoipa::path(get, path = "/api/v1/routing/versions/{version}", tag = "work",
    params(("version" = i32, Path, description = "Which version, from 1.")),
    responses((status = 200, description = "The version.", body = Version<RoutingRule>)))]
pub(super) async fn get_routing_version(ctx: Ctx, version: Id<i32>) -> Result<HttpResponse> {
    answer::ok(&ctx.read(move |conn, _| routing::version(conn, version.0)).await?)
}

/// Bring a version of the rules into force.
///
/// The last one, or an earlier one again: for complaints that come in from now on.
#[utoipa::path(post, path = "/api/v1/routing/versions/{version}/activate", tag = "work",
    params(("version" = i32, Path, description = "Which version, from 1.")),
    responses((status = 200, description = "The rules as they are now.", body = Versioned<RoutingRule>)))]
pub(super) async fn activate_routing(ctx: Ctx, version: IfMatch, number: Id<i32>) -> Result<HttpResponse> {
    let changed = ctx
        .once(Body::nothing(), move |conn, act, ()| {
            routing::activate(conn, act, number.0, version.0)
        })
        .await?;
    answer::ok_version(changed.revision, &changed)
}

/// Take the rules out of force.
///
/// What comes in from then on is of no team, unless somebody says so.
#[utoipa::path(post, path = "/api/v1/routing/deactivate", tag = "work",
    responses((status = 200, description = "The rules as they are now.", body = Versioned<RoutingRule>)))]
pub(super) async fn deactivate_routing(ctx: Ctx) -> Result<HttpResponse> {
    let changed = ctx
        .once(Body::nothing(), |conn, act, ()| routing::deactivate(conn, act))
        .await?;
    answer::ok_version(changed.revision, &changed)
}

/// Try rules on past complaints.
///
/// For each of the last complaints of a period what the rules would have done with it, how many each team would have had,
/// and how many that are due soon would have moved. Nothing is changed, and nobody's text is shown.
#[utoipa::path(post, path = "/api/v1/routing/dry-run", tag = "work", request_body = DryRunForm,
    responses((status = 200, description = "What they would have done.", body = RoutingDryRun)))]
pub(super) async fn try_routing(ctx: Ctx, body: Body<DryRunForm>) -> Result<HttpResponse> {
    let tried = ctx
        .read(move |conn, act| dry_run::dry_run(conn, act, &body.value))
        .await?;
    answer::ok(&tried)
}

/// Send a complaint where the rules say.
///
/// As they are in force now. Whoever has it keeps it, if they work in the team that it goes to.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/route", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn route_complaint(ctx: Ctx, id: Id<ComplaintId>, version: IfMatch) -> Result<HttpResponse> {
    let changed = ctx
        .once(Body::nothing(), move |conn, act, ()| {
            placing::route(conn, act, id.0, version.0)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}
