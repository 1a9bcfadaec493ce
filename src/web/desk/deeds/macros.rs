//! A macro: all of its actions, or none.

use actix_web::HttpResponse;

use super::Deed;
use crate::api::extract::{Ctx, Id};
use crate::domain::casework::macros::{self, MacroDone};
use crate::error::{Code, Error, FieldError, Result};
use crate::ids::ComplaintId;
use crate::web::forms::Form;
use crate::web::page::Visitor;

/// `POST /desk/complaints/{id}/macro`: the page says of each action what became of it, or what stands in its way.
pub(crate) async fn run(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let slug = form.text("macro-slug").to_owned();
    let deed = Deed::on(id, form, "macro", "slug", "macro");
    let wanted = slug.clone();
    let done = deed
        .tried(&ctx, Ok(()), move |conn, act, version, ()| {
            macros::run(conn, act, id, &wanted, version)
        })
        .await;
    match done {
        Ok(MacroDone { applied, .. }) => {
            let each: String = applied.iter().map(|one| if one.changed { '1' } else { '0' }).collect();
            let slug: String = form_urlencoded::byte_serialize(slug.as_bytes()).collect();
            Ok(visitor.go(&format!("/desk/complaints/{id}?done=macro&macro={slug}&each={each}")))
        }
        // Somebody has taken it away since the page was made.
        Err(error) if error.code() == Code::NotFound => deed.again(&ctx, &visitor, gone()).await,
        Err(error) => deed.again(&ctx, &visitor, error).await,
    }
}

fn gone() -> Error {
    Error::invalid(vec![FieldError {
        pointer: "/slug".to_owned(),
        code: "unknown".to_owned(),
        detail: "there is no such macro".to_owned(),
    }])
}
