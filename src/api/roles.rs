//! Roles: the built-in ones, and those of the installation's own.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::domain::staff::custom_roles::{self, RoleForm, RoleView};
use crate::error::Result;

/// List roles.
///
/// The built-in ones first, each with what it may do.
#[utoipa::path(get, path = "/api/v1/roles", tag = "staff",
    responses((status = 200, description = "The roles.", body = [RoleView])))]
pub(super) async fn list_roles(ctx: Ctx) -> Result<HttpResponse> {
    answer::ok(&ctx.read(|conn, _| custom_roles::list(conn)).await?)
}

/// Read a role.
///
/// With what it may do.
#[utoipa::path(get, path = "/api/v1/roles/{slug}", tag = "staff",
    params(("slug" = String, Path, description = "The role.", example = "agent")),
    responses((status = 200, description = "The role.", body = RoleView)))]
pub(super) async fn get_role(ctx: Ctx, slug: Id<String>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| custom_roles::get(conn, &slug.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Make or change a role of our own.
///
/// Nobody can give a role what they may not do themselves. Those who have the role have the change within ten
/// seconds.
#[utoipa::path(put, path = "/api/v1/roles/{slug}", tag = "staff", request_body = RoleForm,
    params(("slug" = String, Path, description = "The role, a slug.", example = "night_desk")),
    responses(
        (status = 200, description = "The role as it is now.", body = RoleView),
        (status = 201, description = "The new role.", body = RoleView),
    ))]
pub(super) async fn put_role(
    ctx: Ctx,
    slug: Id<String>,
    version: IfMatch,
    body: Body<RoleForm>,
) -> Result<HttpResponse> {
    let (role, new) = ctx
        .write(move |conn, act| custom_roles::put(conn, act, &slug.0, version.0, &body.value))
        .await?;
    ctx.app.doubt_all_tokens();
    if new {
        return answer::created(&format!("/api/v1/roles/{}", role.slug), role.version, &role);
    }
    answer::ok_version(role.version, &role)
}

/// Take a role of our own away.
///
/// Refused while somebody has it.
#[utoipa::path(delete, path = "/api/v1/roles/{slug}", tag = "staff",
    params(("slug" = String, Path, description = "The role.", example = "night_desk")),
    responses((status = 200, description = "The role as it was.", body = RoleView)))]
pub(super) async fn delete_role(ctx: Ctx, slug: Id<String>, version: IfMatch) -> Result<HttpResponse> {
    let gone = ctx
        .write(move |conn, act| custom_roles::delete(conn, act, &slug.0, version.0))
        .await?;
    ctx.app.doubt_all_tokens();
    answer::ok(&gone)
}
