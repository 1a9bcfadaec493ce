//! Tags and watchers of complaints.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::marks::{self, TagsForm, WatchersView};
use crate::domain::complaints::view::{self, ComplaintView};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::ComplaintId;

/// Set the tags of a complaint.
///
/// Those that are left out are taken off. Also when it is closed.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/tags", tag = "complaints", request_body = TagsForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn set_tags(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<TagsForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .write(move |conn, act| marks::set_tags(conn, act, id.0, version.0, &body.value))
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// List who watches a complaint.
///
/// The first one first.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/watchers", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "Who watches it.", body = WatchersView)))]
pub(super) async fn list_watchers(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    let read = move |conn: &mut Conn, _: &Act| Ok((marks::watchers(conn, id.0)?, view::customers_of(conn, &[id.0])?));
    let (found, whose) = ctx.read(read).await?;
    let event = Event::on(ObjectKind::Complaint, id.0.0, "complaint.watchers_read").of(whose);
    ctx.disclose(event).await?;
    answer::ok(&found)
}

/// Watch a complaint.
///
/// Any team's: it is no change of the complaint. `GET /api/v1/complaints?watched=me` lists what one watches.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/watchers/me", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "Who watches it now.", body = WatchersView)))]
pub(super) async fn watch_complaint(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    let watching = move |conn: &mut Conn, act: &Act| {
        marks::watch(conn, act, id.0)?;
        marks::watchers(conn, id.0)
    };
    answer::ok(&ctx.write(watching).await?)
}

/// Watch a complaint no more.
///
/// Doing it twice is the same as once.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/watchers/me", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "Who watches it now.", body = WatchersView)))]
pub(super) async fn unwatch_complaint(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    let watching = move |conn: &mut Conn, act: &Act| {
        marks::unwatch(conn, act, id.0)?;
        marks::watchers(conn, id.0)
    };
    answer::ok(&ctx.write(watching).await?)
}
