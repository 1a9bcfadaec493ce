//! Macros.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::casework::macros::{self, MacroDone, MacroForm, MacroPreview, MacroView, MacrosView};
use crate::error::Result;
use crate::ids::ComplaintId;

/// List macros.
///
/// With what each does.
#[utoipa::path(get, path = "/api/v1/macros", tag = "casework",
    responses((status = 200, description = "The macros.", body = MacrosView)))]
pub(super) async fn list_macros(ctx: Ctx) -> Result<HttpResponse> {
    answer::ok(&ctx.read(|conn, _| macros::list(conn)).await?)
}

/// Read a macro.
///
/// With what it does.
#[utoipa::path(get, path = "/api/v1/macros/{slug}", tag = "casework",
    params(("slug" = String, Path, description = "The macro.", example = "promise_and_wait")),
    responses((status = 200, description = "The macro.", body = MacroView)))]
pub(super) async fn get_macro(ctx: Ctx, slug: Id<String>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| macros::get(conn, &slug.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Make or change a macro.
///
/// Up to ten actions. Who uses it needs the permission for each of them.
#[utoipa::path(put, path = "/api/v1/macros/{slug}", tag = "casework", request_body = MacroForm,
    params(("slug" = String, Path, description = "The macro, a slug.", example = "promise_and_wait")),
    responses(
        (status = 200, description = "The macro as it is now.", body = MacroView),
        (status = 201, description = "The new macro.", body = MacroView),
    ))]
pub(super) async fn put_macro(
    ctx: Ctx,
    slug: Id<String>,
    version: IfMatch,
    body: Body<MacroForm>,
) -> Result<HttpResponse> {
    let (made, new) = ctx
        .write(move |conn, act| macros::put(conn, act, &slug.0, version.0, &body.value))
        .await?;
    if new {
        return answer::created(&format!("/api/v1/macros/{}", made.slug), made.version, &made);
    }
    answer::ok_version(made.version, &made)
}

/// Take a macro away.
///
/// What it did stays.
#[utoipa::path(delete, path = "/api/v1/macros/{slug}", tag = "casework",
    params(("slug" = String, Path, description = "The macro.", example = "promise_and_wait")),
    responses((status = 200, description = "The macro as it was.", body = MacroView)))]
pub(super) async fn delete_macro(ctx: Ctx, slug: Id<String>, version: IfMatch) -> Result<HttpResponse> {
    let gone = ctx
        .write(move |conn, act| macros::delete(conn, act, &slug.0, version.0))
        .await?;
    answer::ok(&gone)
}

/// See what a macro would do.
///
/// Each action as it would come out now, with the rules and the record as they are; nothing is changed.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/macros/{slug}", tag = "casework",
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("slug" = String, Path, description = "The macro.", example = "promise_and_wait"),
    ),
    responses((status = 200, description = "What it would do.", body = MacroPreview)))]
pub(super) async fn preview_macro(ctx: Ctx, path: Id<(ComplaintId, String)>) -> Result<HttpResponse> {
    let (id, slug) = path.0;
    // A trial is done and undone, so it is a write.
    let (whose, found) = ctx
        .write(move |conn, act| macros::preview(conn, act, id, &slug))
        .await?;
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.macro_previewed").of([whose]);
    ctx.disclose(event).await?;
    answer::ok(&found)
}

/// Do a macro.
///
/// Every action or none, in one transaction; each needs its own permission.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/macros/{slug}", tag = "casework",
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("slug" = String, Path, description = "The macro.", example = "promise_and_wait"),
    ),
    responses((status = 200, description = "What was done.", body = MacroDone)))]
pub(super) async fn run_macro(ctx: Ctx, path: Id<(ComplaintId, String)>, version: IfMatch) -> Result<HttpResponse> {
    let (id, slug) = path.0;
    let nothing = Body::nothing();
    let done = ctx
        .once(nothing, move |conn, act, ()| {
            macros::run(conn, act, id, &slug, version.0)
        })
        .await?;
    answer::ok_version(done.complaint.summary.version, &done)
}
