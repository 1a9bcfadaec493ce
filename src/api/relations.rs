//! What complaints have to do with each other.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::closing::ReasonForm;
use crate::domain::complaints::relations::{self, LinksView, MergeForm, RelationForm};
use crate::domain::complaints::view::ComplaintView;
use crate::error::Result;
use crate::ids::ComplaintId;

/// List what a complaint has to do with others.
///
/// What it is a part of, its parts, related ones, what it repeats and what repeats it, and every merge.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/links", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The links.", body = LinksView)))]
pub(super) async fn list_links(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    let (customer, found) = ctx.read(move |conn, _| relations::links(conn, id.0)).await?;
    let whose = found.whose().into_iter().chain([customer]);
    let event = Event::on(ObjectKind::Complaint, id.0.0, "complaint.links_read").of(whose);
    ctx.disclose(event).await?;
    answer::ok(&found)
}

/// Say what a complaint is to another one.
///
/// Related to it, a part (`child`) of it, or its `parent`. What was said of the two before is replaced. A complaint is a
/// part of one other at most, and in no circle; the whole is closed after its parts.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/relations/{other}", tag = "complaints", request_body = RelationForm,
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("other" = ComplaintId, Path, description = "The other one."),
    ),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn relate_complaint(
    ctx: Ctx,
    path: Id<(ComplaintId, ComplaintId)>,
    version: IfMatch,
    body: Body<RelationForm>,
) -> Result<HttpResponse> {
    let both = path.0;
    let changed = ctx
        .write(move |conn, act| relations::relate(conn, act, both, version.0, &body.value))
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Take away what was said of two complaints.
///
/// They have nothing to do with each other any more.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/relations/{other}", tag = "complaints",
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("other" = ComplaintId, Path, description = "The other one."),
    ),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn unrelate_complaint(
    ctx: Ctx,
    path: Id<(ComplaintId, ComplaintId)>,
    version: IfMatch,
) -> Result<HttpResponse> {
    let both = path.0;
    let changed = ctx
        .write(move |conn, act| relations::unrelate(conn, act, both, version.0))
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Merge a complaint into another one of the same customer.
///
/// It is closed as a duplicate, through the gate: promised calls and open parts are settled before. Its private link leads
/// to the other one, which has to be open.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/merge", tag = "complaints", request_body = MergeForm,
    params(("id" = ComplaintId, Path, description = "The complaint that is merged.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn merge_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<MergeForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            relations::merge(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Undo a merge.
///
/// The complaint is open again in a new round, in which the steps that had been done stand; its private link is its own
/// again.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/unmerge", tag = "complaints", request_body = ReasonForm,
    params(("id" = ComplaintId, Path, description = "The complaint that was merged.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn unmerge_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<ReasonForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            relations::unmerge(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}
