//! By what a complaint is sorted, and who watches it.

use actix_web::HttpResponse;

use super::Deed;
use crate::api::extract::{Ctx, Id};
use crate::domain::complaints::marks::{self, RetagForm};
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::web::desk::fields;
use crate::web::forms::Form;
use crate::web::page::Visitor;

/// `POST /desk/complaints/{id}/tags`
pub(crate) async fn tag(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let value = RetagForm {
        on: fields::tags(&form, "tags-on"),
        off: form.every("tags-off").map(str::to_owned).collect(),
    };
    let deed = Deed::on(id, form, "tags", "on", "tags");
    deed.run(ctx, &visitor, Ok(value), move |conn, act, version, form| {
        marks::change_tags(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/watch`: it is no change of the complaint, so anybody who sees it may.
pub(crate) async fn watch(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let on = form.text("watch-on") == "yes";
    let deed = Deed::on(id, form, "watch", "on", if on { "watch" } else { "unwatch" });
    deed.run(ctx, &visitor, Ok(on), move |conn, act, _, on| match on {
        true => marks::watch(conn, act, id),
        false => marks::unwatch(conn, act, id),
    })
    .await
}
