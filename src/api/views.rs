//! Saved views of the list of complaints.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::domain::casework::views::{self, SavedView, SavedViews, ViewForm};
use crate::error::Result;
use crate::ids::ViewId;

/// List saved views.
///
/// One's own, and those of one's teams.
#[utoipa::path(get, path = "/api/v1/views", tag = "casework",
    responses((status = 200, description = "The views.", body = SavedViews)))]
pub(super) async fn list_views(ctx: Ctx) -> Result<HttpResponse> {
    answer::ok(&ctx.read(views::list).await?)
}

/// Save a view.
///
/// A list of complaints under a name: its filter, order and columns; for oneself, or for a team.
/// `GET /api/v1/complaints?view=` lists what it shows.
#[utoipa::path(post, path = "/api/v1/views", tag = "casework", request_body = ViewForm,
    responses((status = 201, description = "The view.", body = SavedView)))]
pub(super) async fn create_view(ctx: Ctx, body: Body<ViewForm>) -> Result<HttpResponse> {
    let made = ctx.once(body, views::create).await?;
    answer::created(&format!("/api/v1/views/{}", made.id), made.version, &made)
}

/// Read a saved view.
///
/// One's own, or one of one's teams.
#[utoipa::path(get, path = "/api/v1/views/{id}", tag = "casework",
    params(("id" = ViewId, Path, description = "The view.")),
    responses((status = 200, description = "The view.", body = SavedView)))]
pub(super) async fn get_view(ctx: Ctx, id: Id<ViewId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, act| views::get(conn, act, id.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Change a saved view.
///
/// A team's is changed by who made it, and by who may write texts and macros.
#[utoipa::path(put, path = "/api/v1/views/{id}", tag = "casework", request_body = ViewForm,
    params(("id" = ViewId, Path, description = "The view.")),
    responses((status = 200, description = "The view as it is now.", body = SavedView)))]
pub(super) async fn change_view(
    ctx: Ctx,
    id: Id<ViewId>,
    version: IfMatch,
    body: Body<ViewForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .write(move |conn, act| views::change(conn, act, id.0, version.0, &body.value))
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Take a saved view away.
///
/// What it listed stays.
#[utoipa::path(delete, path = "/api/v1/views/{id}", tag = "casework",
    params(("id" = ViewId, Path, description = "The view.")),
    responses((status = 200, description = "The view as it was.", body = SavedView)))]
pub(super) async fn delete_view(ctx: Ctx, id: Id<ViewId>, version: IfMatch) -> Result<HttpResponse> {
    let gone = ctx
        .write(move |conn, act| views::delete(conn, act, id.0, version.0))
        .await?;
    answer::ok(&gone)
}
