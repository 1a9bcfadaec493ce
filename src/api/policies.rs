//! Policies of deadlines, and the ready rule packs.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::page::{self, Page};
use crate::domain::sla::packs::{self, InstallForm, Pack};
use crate::domain::sla::policies::model::PolicyBody;
use crate::domain::sla::policies::operations::{self, PolicyForm, PolicyVersionView, PolicyView};
use crate::domain::sla::policies::preview::{self, PolicyPreview, PreviewForm};
use crate::error::Result;

/// Where to go on in a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PolicyQuery {
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// List policies.
///
/// By slug, each with its last version.
#[utoipa::path(get, path = "/api/v1/sla-policies", tag = "deadlines", params(PolicyQuery),
    responses((status = 200, description = "A page of policies.", body = Page<PolicyView>)))]
pub(super) async fn list_policies(ctx: Ctx, query: Query<PolicyQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<String>(query.0.cursor.as_deref())?;
    let rows = ctx
        .read(move |conn, _| operations::list(conn, after.as_deref(), limit + 1))
        .await?;
    answer::ok(&Page::of(rows, limit, |row| row.slug.clone())?)
}

/// Make a policy.
///
/// It is not in force until it is activated.
#[utoipa::path(post, path = "/api/v1/sla-policies", tag = "deadlines", request_body = PolicyForm,
    responses((status = 201, description = "The policy.", body = PolicyView)))]
pub(super) async fn create_policy(ctx: Ctx, body: Body<PolicyForm>) -> Result<HttpResponse> {
    let made = ctx.once(body, operations::create).await?;
    answer::created(&format!("/api/v1/sla-policies/{}", made.slug), made.revision, &made)
}

/// Try a policy.
///
/// What it would lead to for a complaint: every deadline with its working, in structure and in words, and when who
/// would be told. Nothing is written.
#[utoipa::path(post, path = "/api/v1/sla-policies/preview", tag = "deadlines", request_body = PreviewForm,
    responses((status = 200, description = "What it would lead to.", body = PolicyPreview)))]
pub(super) async fn preview_policy(ctx: Ctx, body: Body<PreviewForm>) -> Result<HttpResponse> {
    let seen = ctx
        .read(move |conn, act| preview::preview(conn, act, &body.value))
        .await?;
    answer::ok(&seen)
}

/// Read a policy.
///
/// With its last version.
#[utoipa::path(get, path = "/api/v1/sla-policies/{slug}", tag = "deadlines",
    params(("slug" = String, Path, description = "The policy.", example = "standard_service")),
    responses((status = 200, description = "The policy.", body = PolicyView)))]
pub(super) async fn get_policy(ctx: Ctx, slug: Id<String>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| operations::get(conn, &slug.0)).await?;
    answer::ok_version(found.revision, &found)
}

/// Write another version of a policy.
///
/// The version that is in force stays so until the new one is activated.
#[utoipa::path(put, path = "/api/v1/sla-policies/{slug}", tag = "deadlines", request_body = PolicyBody,
    params(("slug" = String, Path, description = "The policy.", example = "standard_service")),
    responses((status = 200, description = "The policy as it is now.", body = PolicyView)))]
pub(super) async fn write_policy(
    ctx: Ctx,
    slug: Id<String>,
    version: IfMatch,
    body: Body<PolicyBody>,
) -> Result<HttpResponse> {
    let changed = ctx
        .write(move |conn, act| operations::write(conn, act, &slug.0, version.0, &body.value))
        .await?;
    answer::ok_version(changed.revision, &changed)
}

/// Bring a policy into force.
///
/// Its last version, for complaints that are logged from now on. Clocks that run keep the version under which they
/// began, and what is late stays late.
#[utoipa::path(post, path = "/api/v1/sla-policies/{slug}/activate", tag = "deadlines",
    params(("slug" = String, Path, description = "The policy.", example = "standard_service")),
    responses((status = 200, description = "The policy as it is now.", body = PolicyView)))]
pub(super) async fn activate_policy(ctx: Ctx, slug: Id<String>, version: IfMatch) -> Result<HttpResponse> {
    let changed = ctx
        .once(Body::nothing(), move |conn, act, ()| {
            operations::activate(conn, act, &slug.0, version.0)
        })
        .await?;
    answer::ok_version(changed.revision, &changed)
}

/// Take a policy out of force.
///
/// No clock begins under it any more; those that run, run on.
#[utoipa::path(post, path = "/api/v1/sla-policies/{slug}/deactivate", tag = "deadlines",
    params(("slug" = String, Path, description = "The policy.", example = "standard_service")),
    responses((status = 200, description = "The policy as it is now.", body = PolicyView)))]
pub(super) async fn deactivate_policy(ctx: Ctx, slug: Id<String>, version: IfMatch) -> Result<HttpResponse> {
    let changed = ctx
        .once(Body::nothing(), move |conn, act, ()| {
            operations::deactivate(conn, act, &slug.0, version.0)
        })
        .await?;
    answer::ok_version(changed.revision, &changed)
}

/// Read a version of a policy.
///
/// Versions are kept for ever: a clock says under which one it runs.
#[utoipa::path(get, path = "/api/v1/sla-policies/{slug}/versions/{version}", tag = "deadlines",
    params(
        ("slug" = String, Path, description = "The policy.", example = "standard_service"),
        ("version" = i32, Path, description = "Which version, from 1."),
    ),
    responses((status = 200, description = "The version.", body = PolicyVersionView)))]
pub(super) async fn get_policy_version(ctx: Ctx, ids: Id<(String, i32)>) -> Result<HttpResponse> {
    let (slug, version) = ids.0;
    let found = ctx
        .read(move |conn, _| operations::version(conn, &slug, version))
        .await?;
    answer::ok(&found)
}

/// List the ready rule packs.
///
/// Policies that come with the program, with source and date. None is in force until it is installed and activated.
#[utoipa::path(get, path = "/api/v1/sla-packs", tag = "deadlines",
    responses((status = 200, description = "The packs.", body = [Pack])))]
pub(super) async fn list_packs() -> Result<HttpResponse> {
    answer::ok(&packs::all()?)
}

/// Install a rule pack.
///
/// Makes a policy of it; in force only when that is asked for.
#[utoipa::path(post, path = "/api/v1/sla-packs/{slug}/install", tag = "deadlines", request_body = InstallForm,
    params(("slug" = String, Path, description = "The pack.", example = "uk_disp")),
    responses((status = 201, description = "The policy.", body = PolicyView)))]
pub(super) async fn install_pack(ctx: Ctx, slug: Id<String>, body: Body<InstallForm>) -> Result<HttpResponse> {
    let made = ctx
        .once(body, move |conn, act, form| packs::install(conn, act, &slug.0, form))
        .await?;
    answer::created(&format!("/api/v1/sla-policies/{}", made.slug), made.revision, &made)
}
