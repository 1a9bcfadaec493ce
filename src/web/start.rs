//! The start page: for those who come from outside. Whoever is signed in goes to the desk.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::i18n::fl;
use super::page::{Page, Visitor};
use crate::api::auth;
use crate::api::extract::Ctx;
use crate::error::Result;

#[derive(Template)]
#[template(path = "web/start.html")]
struct StartPage {
    page: Page,
}

/// `GET /`
pub(super) async fn show_start(ctx: Ctx, visitor: Visitor, request: HttpRequest) -> Result<HttpResponse> {
    if auth::in_session(&ctx.app, request.headers()).await.is_ok() {
        return Ok(visitor.go("/desk"));
    }
    visitor.show(&StartPage {
        page: visitor.page(fl!(visitor.words, "start-title")),
    })
}
