//! The page behind a link that sets a password.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::errors::problem_in;
use super::forms::{Findings, Form};
use super::i18n::fl;
use super::page::{Page, Visitor};
use super::time;
use crate::api::extract::{Ctx, Id};
use crate::domain::staff::sign_in::{Invited, invitations};
use crate::domain::staff::tokens::Secret;
use crate::error::{Code, Result};

#[derive(Template)]
#[template(path = "web/invitation.html")]
struct InvitationPage {
    page: Page,
    invited: Invited,
    until: String,
    findings: Findings,
}

/// `GET /invitation/{token}`
pub(super) async fn show_invitation(ctx: Ctx, visitor: Visitor, token: Id<String>) -> Result<HttpResponse> {
    show(&ctx, &visitor, token.0, Findings::default()).await
}

async fn show(ctx: &Ctx, visitor: &Visitor, token: String, findings: Findings) -> Result<HttpResponse> {
    let invited = ctx.read(move |conn, act| invitations::get(conn, act.now, &token)).await;
    let invited = match invited {
        Err(error) if error.code() == Code::NotFound => return gone(visitor),
        other => other?,
    };
    let title = fl!(visitor.words, "invitation-title", name = invited.name.as_str());
    let zone = time::zone(&ctx.app.policy.default_time_zone);
    let status = match findings.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = match findings.is_empty() {
        true => visitor.page(title),
        false => visitor.page_with_errors(&title),
    };
    visitor.show_as(
        status,
        &InvitationPage {
            page,
            until: time::moment(visitor.lang, zone, invited.expires_at),
            invited,
            findings,
        },
    )
}

#[derive(Template)]
#[template(path = "web/gone.html")]
struct GonePage {
    page: Page,
    title: String,
    text: String,
}

fn gone(visitor: &Visitor) -> Result<HttpResponse> {
    let title = fl!(visitor.words, "invitation-gone-title");
    visitor.show_as(
        StatusCode::NOT_FOUND,
        &GonePage {
            page: visitor.page(title.clone()),
            title,
            text: fl!(visitor.words, "invitation-gone-text"),
        },
    )
}

/// `POST /invitation/{token}`
pub(super) async fn redeem_invitation(
    ctx: Ctx,
    visitor: Visitor,
    token: Id<String>,
    form: Form,
) -> Result<HttpResponse> {
    let words = visitor.words;
    let password = form.text("password");
    let mut findings = Findings::default();
    if password != form.text("again") {
        findings.add("again", fl!(words, "invitation-differs"));
        return show(&ctx, &visitor, token.0, findings).await;
    }
    let redeemed = ctx
        .app
        .redeem_link(ctx.act(), token.0.clone(), Secret::new(password.to_owned()))
        .await;
    let invited = match redeemed {
        Ok(invited) => invited,
        Err(error) if error.code() == Code::NotFound => return gone(&visitor),
        Err(error) => {
            let problem = problem_in(error)?;
            let findings = Findings::of(&problem, words, |error| {
                let text = match error.code.as_str() {
                    "too_short" | "required" => fl!(words, "invitation-too-short"),
                    "too_long" => fl!(words, "wrong-too-long"),
                    _ => fl!(words, "invitation-too-easy"),
                };
                Some(("password".to_owned(), Some(text)))
            });
            return show(&ctx, &visitor, token.0, findings).await;
        }
    };
    let handle: String = form_urlencoded::byte_serialize(invited.handle.as_bytes()).collect();
    Ok(visitor.go(&format!("/sign-in?password=set&handle={handle}")))
}
