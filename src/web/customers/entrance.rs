//! The way to the page of a complaint, for those who have their private link at hand.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::api::extract::Ctx;
use crate::error::Result;
use crate::web::forms::{Findings, Form};
use crate::web::i18n::fl;
use crate::web::page::{Page, Visitor};

#[derive(Template)]
#[template(path = "web/customers/entrance.html")]
struct EntrancePage {
    page: Page,
    form: Form,
    findings: Findings,
}

/// `GET /track`
pub(crate) async fn show_entrance(visitor: Visitor) -> Result<HttpResponse> {
    visitor.show(&EntrancePage {
        page: visitor.page(fl!(visitor.words, "entrance-title")).holding("entrance"),
        form: Form::default(),
        findings: Findings::default(),
    })
}

/// `POST /track`
pub(crate) async fn enter(ctx: Ctx, mut visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let mut findings = Findings::default();
    let title = fl!(visitor.words, "entrance-title");
    if let Some((lang, theme)) = form.switched() {
        visitor.switch(&ctx.app, lang, theme)?;
    } else {
        match secret_in(form.text("link")) {
            Some(secret) => return Ok(visitor.go(&format!("/track/{secret}"))),
            None if form.given("link").is_none() => findings.add("link", fl!(visitor.words, "entrance-missing")),
            None => findings.add("link", fl!(visitor.words, "entrance-wrong")),
        }
    }
    let (status, page) = match findings.is_empty() {
        true => (StatusCode::OK, visitor.page(fl!(visitor.words, "entrance-title"))),
        false => (StatusCode::UNPROCESSABLE_ENTITY, visitor.page_with_errors(&title)),
    };
    visitor.show_as(
        status,
        &EntrancePage {
            page: page.holding("entrance"),
            form,
            findings,
        },
    )
}

/// The secret in a private link that somebody pasted, or typed by itself.
fn secret_in(text: &str) -> Option<&str> {
    let text = text.trim();
    let last = text.rsplit_once("/track/").map_or(text, |(_, rest)| rest);
    let secret = last.split(['/', '?', '#']).next()?;
    let fits = secret.len() >= 20
        && secret
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    fits.then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::secret_in;

    #[test]
    fn the_secret_is_found_in_what_somebody_pastes() {
        let secret = "abcdefghijklmnopqrstuvwxyz_-01";
        for text in [
            secret.to_owned(),
            format!(" https://desk.example/track/{secret}?lang=en "),
            format!("desk.example/track/{secret}/"),
        ] {
            assert_eq!(secret_in(&text), Some(secret), "{text}");
        }
        for text in [
            "",
            "K7QM-3R9X",
            "https://desk.example/",
            "../../sign-out/aaaaaaaaaaaaaaaaaaaaaa",
            "投诉投诉投诉投诉投诉投诉",
        ] {
            assert_eq!(secret_in(text), None, "{text}");
        }
    }
}
