//! What the typing of customers has learnt, in versions; the last can be taken back.

use actix_web::HttpResponse;

use super::asking::Asking;
use super::screen::{self, Block, Cell, Screen, Sent, Table};
use crate::api::extract::Ctx;
use crate::db::conn::Conn;
use crate::domain::staff::{Act, Permission};
use crate::domain::typing::{learning, undo};
use crate::error::Result;
use crate::web::desk::voice::voice;
use crate::web::desk::words::word;
use crate::web::forms::Form;
use crate::web::i18n::fl;
use crate::web::page::Visitor;

/// `GET /admin/typing`
pub(crate) async fn show_typing(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    page(&ctx, &visitor, Sent::nothing()).await
}

async fn page(ctx: &Ctx, visitor: &Visitor, sent: Sent) -> Result<HttpResponse> {
    let words = visitor.words;
    let found = ctx.read(|conn, _| learning::versions(conn)).await?;
    let voice = voice(ctx, visitor);
    let rows = found.iter().map(|layer| {
        vec![
            Cell::text(layer.version.to_string()),
            Cell::text(word(words, "layer", layer.state.as_str())),
            Cell::text(layer.lessons.to_string()),
            Cell::text(format!(
                "{} → {} / {}",
                layer.right_before, layer.right_after, layer.held_out
            )),
            Cell::text(voice.short(layer.created_at)),
            Cell::text(layer.undone_by.clone().unwrap_or_default()),
        ]
    });
    let table = Table {
        title: String::new(),
        heads: vec![
            fl!(words, "admin-version"),
            fl!(words, "admin-stands"),
            fl!(words, "admin-lessons"),
            fl!(words, "admin-right"),
            fl!(words, "admin-since"),
            fl!(words, "admin-undone-by"),
        ],
        rows: rows.collect(),
        empty: fl!(words, "admin-typing-none"),
        more: None,
    };
    let undoing = Asking::new(
        "undo",
        fl!(words, "admin-undo"),
        "/admin/typing/undo",
        fl!(words, "admin-undo"),
    )
    .grave()
    .lead(fl!(words, "admin-undo-lead"));
    let may = visitor.may(Permission::ManageTyping) && !found.is_empty();
    let screen = Screen::new(fl!(words, "admin-typing"))
        .lead(fl!(words, "admin-typing-lead"))
        .with(Block::Table(table))
        .with_if(may, || Block::Form(undoing));
    screen::show(visitor, screen, sent)
}

/// `POST /admin/typing/undo`
pub(crate) async fn undo_layer(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let work = |conn: &mut Conn, act: &Act, (): &()| undo::undo(conn, act);
    let done = screen::once(&ctx, &form, "undo", (), work).await;
    ctx.app.doubt_typing();
    match done {
        Ok(_) => Ok(visitor.go("/admin/typing?done=changed")),
        Err(error) => page(&ctx, &visitor, Sent::refused(form, "undo", error, visitor.words)?).await,
    }
}
