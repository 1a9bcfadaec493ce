//! Taking a private link back.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Ctx, Id, IfMatch};
use crate::domain::complaints::links::{self, RevokedLink};
use crate::error::Result;
use crate::ids::ComplaintId;

/// Take the private link back.
///
/// It stops working at once; the customer has none until one is made again.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/tracking-link", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint has no private link.", body = RevokedLink)))]
pub(super) async fn revoke_tracking_link(ctx: Ctx, id: Id<ComplaintId>, version: IfMatch) -> Result<HttpResponse> {
    let revoked = ctx
        .write(move |conn, act| links::revoke(conn, act, id.0, version.0))
        .await?;
    answer::ok_version(revoked.version, &revoked)
}
