//! Notes and messages, in words of one's own or from a canned text.

use actix_web::HttpResponse;
use serde_json::json;

use super::Deed;
use crate::api::extract::{Ctx, Id};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::casework::texts;
use crate::domain::complaints::messages::{self, MessageForm, StaffMessageForm};
use crate::domain::complaints::vocabulary::Direction;
use crate::error::{Error, Result};
use crate::ids::ComplaintId;
use crate::web::desk::{complaint, fields};
use crate::web::forms::{Findings, Form};
use crate::web::i18n::{self, fl};
use crate::web::page::Visitor;

/// `POST /desk/complaints/{id}/write`
pub(crate) async fn write(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    if form.given("write-fill").is_some() {
        return fill(&ctx, &visitor, id, form).await;
    }
    let value = fields::read::<StaffMessageForm>(&json!({
        "body": form.text("write-body").replace("\r\n", "\n"), "direction": form.text("write-direction"),
    }));
    let deed = Deed::on(id, form, "write", "body", "write");
    deed.run(ctx, &visitor, value, move |conn, act, _, form| match form.direction {
        // What is written changes nothing that somebody else may have changed meanwhile.
        Some(Direction::Internal) => {
            let note = MessageForm {
                body: form.body.clone(),
            };
            messages::write(conn, act, id, None, Direction::Internal, &note)
        }
        _ => messages::write_as_staff(conn, act, id, None, form),
    })
    .await
}

/// Puts a canned text into the field, after what stands there, and shows the page again: nothing is written yet.
async fn fill(ctx: &Ctx, visitor: &Visitor, id: ComplaintId, mut form: Form) -> Result<HttpResponse> {
    let mut findings = Findings::default();
    match form.given("write-text") {
        None => findings.add("write-text", fl!(visitor.words, "desk-text-choose")),
        Some(slug) => match ctx.read(move |conn, act| texts::preview(conn, act, id, &slug)).await {
            Ok((whose, text)) => {
                let event = Event::on(ObjectKind::Complaint, id.0, "complaint.text_previewed").of([whose]);
                ctx.disclose(event).await?;
                let body = match form.given("write-body") {
                    Some(there) => format!("{}\n\n{}", there.trim_end(), text.body),
                    None => text.body,
                };
                form.set("write-body", body);
            }
            Err(Error::Problem(problem)) => findings.add("write-text", i18n::problem(visitor.words, problem.code)),
            Err(other) => return Err(other),
        },
    }
    form.renew_key();
    complaint::show(ctx, visitor, id, form, findings, false).await
}
