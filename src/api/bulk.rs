//! Bulk actions.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::complaints::PageQuery;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::page::{self, Page};
use crate::domain::casework::bulk::{self, BulkForm, BulkOutcome, BulkResult, BulkView};
use crate::error::Result;
use crate::ids::BulkActionId;

/// Which results to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ResultQuery {
    /// Only those of which this became.
    outcome: Option<BulkOutcome>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// Ask for a bulk action.
///
/// The same actions on up to ten thousand complaints: named, or those that a list shows now. The worker does them one by
/// one, each through the gates of a single action, as the caller and with what the caller may do at that moment. The
/// answer comes at once; `GET /api/v1/bulk-actions/{id}` says how far it is.
#[utoipa::path(post, path = "/api/v1/bulk-actions", tag = "casework", request_body = BulkForm,
    responses((status = 202, description = "It will be done.", body = BulkView)))]
pub(super) async fn ask_for_bulk_action(ctx: Ctx, body: Body<BulkForm>) -> Result<HttpResponse> {
    let asked = ctx.once(body, bulk::ask).await?;
    answer::accepted(&format!("/api/v1/bulk-actions/{}", asked.id), asked.version, &asked)
}

/// List bulk actions.
///
/// One's own; everybody's for who manages work. The newest first.
#[utoipa::path(get, path = "/api/v1/bulk-actions", tag = "casework", params(PageQuery),
    responses((status = 200, description = "A page of bulk actions.", body = Page<BulkView>)))]
pub(super) async fn list_bulk_actions(ctx: Ctx, query: Query<PageQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<BulkActionId>(query.0.cursor.as_deref())?;
    let rows = ctx
        .read(move |conn, act| bulk::list(conn, act, after, limit + 1))
        .await?;
    answer::ok(&Page::of(rows, limit, |row| row.id)?)
}

/// Read a bulk action.
///
/// How far it is, and how many complaints came to what.
#[utoipa::path(get, path = "/api/v1/bulk-actions/{id}", tag = "casework",
    params(("id" = BulkActionId, Path, description = "The bulk action.")),
    responses((status = 200, description = "The bulk action.", body = BulkView)))]
pub(super) async fn get_bulk_action(ctx: Ctx, id: Id<BulkActionId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, act| bulk::get(conn, act, id.0)).await?;
    answer::ok_version(found.version, &found)
}

/// List what became of each complaint.
///
/// With the code of the problem, where it was refused.
#[utoipa::path(get, path = "/api/v1/bulk-actions/{id}/results", tag = "casework",
    params(("id" = BulkActionId, Path, description = "The bulk action."), ResultQuery),
    responses((status = 200, description = "A page of results.", body = Page<BulkResult>)))]
pub(super) async fn list_bulk_results(
    ctx: Ctx,
    id: Id<BulkActionId>,
    query: Query<ResultQuery>,
) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<i32>(query.0.cursor.as_deref())?;
    let outcome = query.0.outcome;
    let rows = ctx
        .read(move |conn, act| bulk::results(conn, act, id.0, outcome, after, limit + 1))
        .await?;
    answer::ok(&Page::of(rows, limit, |row| row.n)?)
}

/// Call a bulk action off.
///
/// What has been done stays done; nothing more is.
#[utoipa::path(post, path = "/api/v1/bulk-actions/{id}/cancel", tag = "casework",
    params(("id" = BulkActionId, Path, description = "The bulk action.")),
    responses((status = 200, description = "The bulk action as it is now.", body = BulkView)))]
pub(super) async fn cancel_bulk_action(ctx: Ctx, id: Id<BulkActionId>, version: IfMatch) -> Result<HttpResponse> {
    let nothing = Body::nothing();
    let changed = ctx
        .once(nothing, move |conn, act, ()| bulk::cancel(conn, act, id.0, version.0))
        .await?;
    answer::ok_version(changed.version, &changed)
}
