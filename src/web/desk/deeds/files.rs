//! Files of a complaint: added from its page, and read.

use actix_web::{HttpRequest, HttpResponse};

use crate::api::attachments as files;
use crate::api::extract::{Ctx, Id};
use crate::domain::complaints::attachments::Way;
use crate::error::Result;
use crate::ids::{AttachmentId, ComplaintId};
use crate::web::desk::complaint;
use crate::web::files::keep_all;
use crate::web::forms::FormWithFiles;
use crate::web::page::Visitor;

/// `POST /desk/complaints/{id}/files`
pub(crate) async fn add(
    ctx: Ctx,
    visitor: Visitor,
    id: Id<ComplaintId>,
    posted: FormWithFiles,
) -> Result<HttpResponse> {
    let id = id.0;
    let (mut form, more) = posted.open().await?;
    let shared = form.given("files-shared").is_some();
    let findings = keep_all(&ctx, visitor.words, (Way::Staff(id), shared), &form, more).await?;
    if findings.is_empty() {
        return Ok(visitor.go(&format!("/desk/complaints/{id}?done=files")));
    }
    form.renew_key();
    complaint::show(&ctx, &visitor, id, form, findings, false).await
}

/// `GET /desk/complaints/{id}/files/{attachment}`
pub(crate) async fn read(
    ctx: Ctx,
    path: Id<(ComplaintId, AttachmentId)>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (complaint, id) = path.0;
    files::content(&ctx, Way::Staff(complaint), id, &request).await
}
