//! The clocks of a complaint.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Ctx, Id};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::view;
use crate::domain::sla::clocks::view::{self as clocks, ClocksView};
use crate::error::Result;
use crate::ids::ComplaintId;

/// Ask a complaint's clocks.
///
/// By when what must have happened, whether it did, and why then: the windows used, the days skipped, the pauses with
/// their causes, in structure and in words. Those that are due first come first, those that have ended last.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/clocks", tag = "deadlines",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The clocks.", body = ClocksView)))]
pub(super) async fn get_clocks(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    let id = id.0;
    let (found, whose) = ctx
        .read(move |conn, act| {
            let found = clocks::of_complaint(conn, act.now, id)?;
            Ok((found, view::customers_of(conn, &[id])?))
        })
        .await?;
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.clocks_read").of(whose);
    ctx.disclose(event).await?;
    answer::ok(&found)
}
