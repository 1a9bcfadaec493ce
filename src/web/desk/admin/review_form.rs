//! The form by which calls are reviewed: what is looked at, and what it counts.

use actix_web::HttpResponse;
use serde_json::json;

use super::asking::Asking;
use super::document::{self, Draft, Kind, Leaf, Node};
use super::screen::{self, Block, Cell, Screen, Sent};
use crate::api::extract::{Ctx, parse};
use crate::db::conn::Conn;
use crate::domain::reviews::form::{self, ReviewFormForm};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::web::desk::voice::voice;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

fn nodes(words: Words) -> Vec<Node> {
    vec![Node::List {
        key: "criteria",
        title: fl!(words, "admin-criteria"),
        hint: fl!(words, "admin-criteria-hint"),
        one: fl!(words, "admin-criterion"),
        another: fl!(words, "admin-criterion-more"),
        begun: true,
        folded: None,
        nodes: vec![
            Leaf::new("zh", fl!(words, "admin-in-chinese"), Kind::Line)
                .needed()
                .into(),
            Leaf::new("en", fl!(words, "admin-in-english"), Kind::Line)
                .needed()
                .into(),
            Leaf::new("weight", fl!(words, "admin-weight"), Kind::Number)
                .hint(fl!(words, "admin-weight-hint"))
                .needed()
                .into(),
            Leaf::new("slug", fl!(words, "admin-slug"), Kind::Line)
                .hint(fl!(words, "admin-criterion-slug-hint"))
                .needed()
                .into(),
        ],
    }]
}

/// `GET /admin/review-form`
pub(crate) async fn show_form(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    page(&ctx, &visitor, None).await
}

async fn page(ctx: &Ctx, visitor: &Visitor, draft: Option<Draft>) -> Result<HttpResponse> {
    let words = visitor.words;
    let found = ctx.read(|conn, _| form::current(conn)).await?;
    let voice = voice(ctx, visitor);
    let version = match (&found.written_by, found.written_at) {
        (Some(who), Some(at)) => fl!(
            words,
            "admin-version-of",
            n = found.version,
            who = who.as_str(),
            at = voice.short(at)
        ),
        _ => fl!(words, "admin-review-delivered"),
    };
    let draft = draft.unwrap_or_else(|| Draft::of(json!({ "criteria": found.criteria })));
    let (parts, findings) = draft.laid(&nodes(words), "review", words);
    let sent = Sent {
        form: Form::fresh(),
        findings,
        status: draft.status(),
    };
    let asking = Asking::new(
        "review",
        fl!(words, "admin-version-new"),
        "/admin/review-form",
        String::new(),
    )
    .version(found.version)
    .buttons(vec![("save", fl!(words, "admin-save"), "")])
    .open()
    .parts(parts);
    let screen = Screen::new(fl!(words, "admin-review-form"))
        .lead(fl!(words, "admin-review-form-lead"))
        .with(Block::Facts(
            String::new(),
            vec![(fl!(words, "admin-version"), Cell::text(version))],
        ))
        .with(Block::Form(asking));
    screen::show(visitor, screen, sent)
}

/// `POST /admin/review-form`: another version, in force from now on.
pub(crate) async fn write_form(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let version = form.version()?;
    let value = match document::read(&nodes(visitor.words), &form, "review") {
        Ok(value) => value,
        Err(draft) => return page(&ctx, &visitor, Some(draft)).await,
    };
    let done = match parse::<ReviewFormForm>(value.to_string().as_bytes()) {
        Ok(value) => {
            let work =
                move |conn: &mut Conn, act: &Act, value: &ReviewFormForm| form::write(conn, act, Some(version), value);
            screen::once(&ctx, &form, "review", value, work).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(visitor.go("/admin/review-form?done=version")),
        Err(error) => page(&ctx, &visitor, Some(Draft::refused(value, "", error)?)).await,
    }
}
