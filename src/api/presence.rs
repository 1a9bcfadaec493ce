//! Who is looking at a complaint, or writing on it.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id};
use crate::domain::presence::{self, PresenceForm, PresenceView};
use crate::error::Result;
use crate::ids::ComplaintId;

/// Read who is at a complaint.
///
/// Who has said within the last minute that they are looking at it or writing on it.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/presence", tag = "live",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "Who is there, the longest first.", body = [PresenceView])))]
pub(super) async fn list_presence(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    answer::ok(&ctx.read(move |conn, act| presence::list(conn, act, id.0)).await?)
}

/// Say that one is at a complaint.
///
/// Good for a minute; who stays says it again before that. Those who listen to events hear when somebody comes, begins to
/// write, and goes.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/presence", tag = "live", request_body = PresenceForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The caller's own presence.", body = PresenceView)))]
pub(super) async fn put_presence(ctx: Ctx, id: Id<ComplaintId>, body: Body<PresenceForm>) -> Result<HttpResponse> {
    let own = ctx
        .write(move |conn, act| presence::put(conn, act, id.0, &body.value))
        .await?;
    answer::ok(&own)
}

/// Say that one has left a complaint.
///
/// Also when one was not there.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/presence", tag = "live",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 204, description = "The caller is not there.")))]
pub(super) async fn end_presence(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    ctx.write(move |conn, act| presence::leave(conn, act, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}
