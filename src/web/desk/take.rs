//! The next piece of work, at the press of a key.

use actix_web::HttpResponse;

use crate::api::extract::{Body, Ctx};
use crate::domain::work::take::{self, TakenView};
use crate::error::Result;
use crate::web::forms::{Form, patiently};
use crate::web::page::Visitor;

/// `POST /desk/take-next`: leads to the complaint that the caller has from now on, or back when nothing waits.
pub(crate) async fn take_next(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let ctx = ctx.with_key(form.key());
    let taken: Option<TakenView> = patiently(async || {
        let body = Body {
            value: (),
            raw: form.fingerprint(),
        };
        ctx.once(body, |conn, act, ()| take::take_next(conn, act)).await
    })
    .await?;
    Ok(match taken {
        Some(taken) => visitor.go(&format!("/desk/complaints/{}?done=taken", taken.id)),
        None => visitor.go("/desk?nothing=1"),
    })
}
