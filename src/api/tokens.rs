//! Service tokens, and who one is.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::domain::staff::Permission;
use crate::domain::staff::tokens::{self, NewToken, RotateForm, TokenForm, TokenView};
use crate::error::Result;
use crate::ids::TokenId;

/// Who the credentials belong to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The name in the timeline.
    #[schema(example = "crm-sync")]
    name: String,
    /// The role, built in or of the installation's own.
    #[schema(example = "agent")]
    role: String,
    /// What the role may do.
    permissions: Vec<Permission>,
}

/// Who I am.
///
/// The name, the role and what it may do.
#[utoipa::path(get, path = "/api/v1/me", tag = "access", responses((status = 200, description = "Who you are.", body = Me)))]
pub(super) async fn get_me(ctx: Ctx) -> Result<HttpResponse> {
    let actor = ctx.actor();
    answer::ok(&Me {
        name: actor.name.clone(),
        role: actor.grant.role().to_owned(),
        permissions: actor.grant.permissions().to_vec(),
    })
}

/// List service tokens.
///
/// The newest first; never their secrets.
#[utoipa::path(get, path = "/api/v1/service-tokens", tag = "access",
    responses((status = 200, description = "The tokens.", body = [TokenView])))]
pub(super) async fn list_service_tokens(ctx: Ctx) -> Result<HttpResponse> {
    answer::ok(&ctx.read(|conn, _| tokens::list(conn)).await?)
}

/// Create a service token.
///
/// The answer holds the secret; it is not shown again.
#[utoipa::path(post, path = "/api/v1/service-tokens", tag = "access", request_body = TokenForm,
    responses((status = 201, description = "The token and its secret.", body = NewToken)))]
pub(super) async fn create_service_token(ctx: Ctx, body: Body<TokenForm>) -> Result<HttpResponse> {
    let made = ctx.once(body, tokens::create).await?;
    answer::created(
        &format!("/api/v1/service-tokens/{}", made.token.id),
        made.token.version,
        &made,
    )
}

/// Read a service token.
///
/// Never its secret.
#[utoipa::path(get, path = "/api/v1/service-tokens/{id}", tag = "access",
    params(("id" = TokenId, Path, description = "The token.")),
    responses((status = 200, description = "The token.", body = TokenView)))]
pub(super) async fn get_service_token(ctx: Ctx, id: Id<TokenId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| tokens::get(conn, id.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Renew the secret of a service token.
///
/// The answer holds the new secret; it is not shown again. The one before works on until the overlap ends.
#[utoipa::path(post, path = "/api/v1/service-tokens/{id}/rotate", tag = "access", request_body = RotateForm,
    params(("id" = TokenId, Path, description = "The token.")),
    responses((status = 200, description = "The token and its new secret.", body = NewToken)))]
pub(super) async fn rotate_service_token(
    ctx: Ctx,
    id: Id<TokenId>,
    version: IfMatch,
    body: Body<RotateForm>,
) -> Result<HttpResponse> {
    let made = ctx
        .once(body, move |conn, act, form| {
            tokens::rotate(conn, act, id.0, version.0, form)
        })
        .await?;
    ctx.app.doubt_all_tokens();
    answer::ok_version(made.token.version, &made)
}

/// Revoke a service token.
///
/// It stops working at once here, and within ten seconds in other processes. Revoking twice is the same as once.
#[utoipa::path(delete, path = "/api/v1/service-tokens/{id}", tag = "access",
    params(("id" = TokenId, Path, description = "The token.")),
    responses((status = 200, description = "The token as it is now.", body = TokenView)))]
pub(super) async fn revoke_service_token(ctx: Ctx, id: Id<TokenId>) -> Result<HttpResponse> {
    let revoked = ctx.write(move |conn, act| tokens::revoke(conn, act, id.0)).await?;
    ctx.app.doubt_all_tokens();
    answer::ok_version(revoked.version, &revoked)
}
