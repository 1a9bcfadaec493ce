//! What the caller has typed and not saved yet. Nobody else reads it.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::drafts::{self, DraftForm, DraftKind, DraftLine, DraftView, IntakeDraftForm};
use crate::error::Result;
use crate::ids::ComplaintId;

/// List my drafts.
///
/// What the caller has begun to write and not saved, without the texts; the newest first, at most 200.
#[utoipa::path(get, path = "/api/v1/me/drafts", tag = "live",
    responses((status = 200, description = "The drafts.", body = [DraftLine])))]
pub(super) async fn list_my_drafts(ctx: Ctx) -> Result<HttpResponse> {
    answer::ok(&ctx.read(drafts::list).await?)
}

async fn read(ctx: Ctx, complaint: Option<ComplaintId>, kind: DraftKind) -> Result<HttpResponse> {
    let found = ctx
        .read(move |conn, act| drafts::get(conn, act, complaint, kind))
        .await?;
    let event = match complaint {
        Some(id) => Event::on(ObjectKind::Complaint, id.0, "complaint.draft_read"),
        None => Event::about_many(ObjectKind::Complaint, "complaint.draft_read"),
    };
    ctx.disclose(event.of(found.customer)).await?;
    answer::ok(&found.draft)
}

/// Read my draft about a complaint.
///
/// As it was typed. Nobody else's is to be had, by nobody.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/drafts/{kind}", tag = "live",
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("kind" = DraftKind, Path, description = "Of which form; there is no `intake` about a complaint."),
    ),
    responses((status = 200, description = "The draft.", body = DraftView)))]
pub(super) async fn get_draft(ctx: Ctx, path: Id<(ComplaintId, DraftKind)>) -> Result<HttpResponse> {
    let (id, kind) = path.0;
    read(ctx, Some(id), kind).await
}

/// Keep what I have typed about a complaint.
///
/// It replaces what was kept before. It goes when a message, a note, steps or a closing of this kind is saved by the same
/// person, after fourteen days, and when the complaint's content is removed.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/drafts/{kind}", tag = "live", request_body = DraftForm,
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("kind" = DraftKind, Path, description = "Of which form; there is no `intake` about a complaint."),
    ),
    responses((status = 200, description = "The draft as it is kept.", body = DraftView)))]
pub(super) async fn put_draft(
    ctx: Ctx,
    path: Id<(ComplaintId, DraftKind)>,
    body: Body<DraftForm>,
) -> Result<HttpResponse> {
    let place = path.0;
    let kept = ctx
        .write(move |conn, act| drafts::put(conn, act, place, &body.value))
        .await?;
    answer::ok(&kept)
}

/// Throw my draft about a complaint away.
///
/// Also when there is none.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/drafts/{kind}", tag = "live",
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("kind" = DraftKind, Path, description = "Of which form; there is no `intake` about a complaint."),
    ),
    responses((status = 204, description = "There is no such draft.")))]
pub(super) async fn discard_draft(ctx: Ctx, path: Id<(ComplaintId, DraftKind)>) -> Result<HttpResponse> {
    let (id, kind) = path.0;
    ctx.write(move |conn, act| drafts::discard(conn, act, Some(id), kind))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Read my draft of a complaint that is being taken in.
///
/// As it was typed; there is one for each person.
#[utoipa::path(get, path = "/api/v1/me/drafts/intake", tag = "live",
    responses(
        (status = 200, description = "The draft.", body = DraftView),
        (status = 404, description = "There is none.", body = crate::api::answer::ProblemDocument,
            content_type = "application/problem+json"),
    ))]
pub(super) async fn get_intake_draft(ctx: Ctx) -> Result<HttpResponse> {
    read(ctx, None, DraftKind::Intake).await
}

/// Keep what I have typed of a complaint that is being taken in.
///
/// It replaces what was kept before. Whoever logs the complaint throws it away; it goes by itself after fourteen days, and
/// with the customer that it names.
#[utoipa::path(put, path = "/api/v1/me/drafts/intake", tag = "live", request_body = IntakeDraftForm,
    responses(
        (status = 200, description = "The draft as it is kept.", body = DraftView),
        (status = 404, description = "There is no such customer.", body = crate::api::answer::ProblemDocument,
            content_type = "application/problem+json"),
    ))]
pub(super) async fn put_intake_draft(ctx: Ctx, body: Body<IntakeDraftForm>) -> Result<HttpResponse> {
    let kept = ctx
        .write(move |conn, act| drafts::put_intake(conn, act, &body.value))
        .await?;
    answer::ok(&kept)
}

/// Throw my draft of a complaint that is being taken in away.
///
/// Also when there is none.
#[utoipa::path(delete, path = "/api/v1/me/drafts/intake", tag = "live",
    responses((status = 204, description = "There is no such draft.")))]
pub(super) async fn discard_intake_draft(ctx: Ctx) -> Result<HttpResponse> {
    ctx.write(|conn, act| drafts::discard(conn, act, None, DraftKind::Intake))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
