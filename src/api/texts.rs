//! Canned texts.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::casework::texts::{self, CannedTextForm, CannedTextView, CannedTextsView, RenderedText};
use crate::error::Result;
use crate::ids::ComplaintId;

/// List canned texts.
///
/// With every wording, and the variables that there are.
#[utoipa::path(get, path = "/api/v1/canned-texts", tag = "casework",
    responses((status = 200, description = "The texts.", body = CannedTextsView)))]
pub(super) async fn list_canned_texts(ctx: Ctx) -> Result<HttpResponse> {
    answer::ok(&ctx.read(|conn, _| texts::list(conn)).await?)
}

/// Read a canned text.
///
/// With every wording.
#[utoipa::path(get, path = "/api/v1/canned-texts/{slug}", tag = "casework",
    params(("slug" = String, Path, description = "The text.", example = "call_back_soon")),
    responses((status = 200, description = "The text.", body = CannedTextView)))]
pub(super) async fn get_canned_text(ctx: Ctx, slug: Id<String>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| texts::get(conn, &slug.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Make or change a canned text.
///
/// Wordings for languages and customer types. Variables stand in braces, from a closed list: `{customer.name}`; `{{` and
/// `}}` are braces. One that is not known is refused.
#[utoipa::path(put, path = "/api/v1/canned-texts/{slug}", tag = "casework", request_body = CannedTextForm,
    params(("slug" = String, Path, description = "The text, a slug.", example = "call_back_soon")),
    responses(
        (status = 200, description = "The text as it is now.", body = CannedTextView),
        (status = 201, description = "The new text.", body = CannedTextView),
    ))]
pub(super) async fn put_canned_text(
    ctx: Ctx,
    slug: Id<String>,
    version: IfMatch,
    body: Body<CannedTextForm>,
) -> Result<HttpResponse> {
    let (text, new) = ctx
        .write(move |conn, act| texts::put(conn, act, &slug.0, version.0, &body.value))
        .await?;
    if new {
        return answer::created(&format!("/api/v1/canned-texts/{}", text.slug), text.version, &text);
    }
    answer::ok_version(text.version, &text)
}

/// Take a canned text away.
///
/// Refused while a macro sends it.
#[utoipa::path(delete, path = "/api/v1/canned-texts/{slug}", tag = "casework",
    params(("slug" = String, Path, description = "The text.", example = "call_back_soon")),
    responses((status = 200, description = "The text as it was.", body = CannedTextView)))]
pub(super) async fn delete_canned_text(ctx: Ctx, slug: Id<String>, version: IfMatch) -> Result<HttpResponse> {
    let gone = ctx
        .write(move |conn, act| texts::delete(conn, act, &slug.0, version.0))
        .await?;
    answer::ok(&gone)
}

/// See a canned text as it would be sent.
///
/// In the wording that fits the complaint's language and customer type, with the variables filled in.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/canned-texts/{slug}", tag = "casework",
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("slug" = String, Path, description = "The text.", example = "call_back_soon"),
    ),
    responses((status = 200, description = "The text as it would be sent.", body = RenderedText)))]
pub(super) async fn preview_canned_text(ctx: Ctx, path: Id<(ComplaintId, String)>) -> Result<HttpResponse> {
    let (id, slug) = path.0;
    let (whose, text) = ctx.read(move |conn, act| texts::preview(conn, act, id, &slug)).await?;
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.text_previewed").of([whose]);
    ctx.disclose(event).await?;
    answer::ok(&text)
}
