//! What a complaint has to do with others: said by reference, taken back, merged and taken apart again.

use actix_web::HttpResponse;
use serde_json::json;

use super::Deed;
use crate::api::extract::{Ctx, Id};
use crate::domain::complaints::changes::{self, LinkForm};
use crate::domain::complaints::closing::ReasonForm;
use crate::domain::complaints::listing;
use crate::domain::complaints::relations::{self, MergeForm, RelationForm};
use crate::error::{Error, FieldError, Result};
use crate::ids::ComplaintId;
use crate::web::desk::fields;
use crate::web::forms::Form;
use crate::web::page::Visitor;

/// The complaint that a field names by its reference; nothing when the field is empty.
async fn named(ctx: &Ctx, form: &Form, field: &str, pointer: &str) -> Result<Option<ComplaintId>> {
    let Some(reference) = form.given(field) else {
        return Ok(None);
    };
    let found = ctx
        .read(move |conn, _| listing::find_by_reference(conn, reference.trim()))
        .await?;
    found.map(Some).ok_or_else(|| wrong(pointer, "unknown"))
}

/// The same, where it has to be said.
async fn other(ctx: &Ctx, form: &Form, field: &str, pointer: &str) -> Result<ComplaintId> {
    let found = named(ctx, form, field, pointer).await?;
    found.ok_or_else(|| wrong(pointer, "required"))
}

fn wrong(pointer: &str, code: &str) -> Error {
    Error::invalid(vec![FieldError {
        pointer: pointer.to_owned(),
        code: code.to_owned(),
        detail: "the reference of a complaint".to_owned(),
    }])
}

/// `POST /desk/complaints/{id}/link`
pub(crate) async fn link(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let original = named(&ctx, &form, "link-duplicate_of", "/duplicate_of").await;
    let value = original.map(|duplicate_of| LinkForm { duplicate_of });
    let deed = Deed::on(id, form, "link", "duplicate_of", "link");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        changes::link(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/relate`
pub(crate) async fn relate(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let said = fields::read::<RelationForm>(&fields::object([
        ("kind", json!(form.text("relate-kind"))),
        ("reason", fields::text(&form, "relate-reason")),
    ]));
    let value = match other(&ctx, &form, "relate-other", "/other").await {
        Ok(other) => said.map(|said| (other, said)),
        Err(error) => Err(error),
    };
    let deed = Deed::on(id, form, "relate", "other", "relate");
    deed.run(ctx, &visitor, value, move |conn, act, version, (other, said)| {
        relations::relate(conn, act, (id, *other), version, said)
    })
    .await
}

/// `POST /desk/complaints/{id}/unrelate`
pub(crate) async fn unrelate(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let named = form.text("unrelate-other").parse().map(ComplaintId);
    let value = named.map_err(|_| wrong("/other", "unknown"));
    let deed = Deed::on(id, form, "unrelate", "other", "unrelate");
    deed.run(ctx, &visitor, value, move |conn, act, version, other| {
        relations::unrelate(conn, act, (id, *other), version)
    })
    .await
}

/// `POST /desk/complaints/{id}/merge`
pub(crate) async fn merge(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let reason = form.text("merge-reason").replace("\r\n", "\n");
    let into = other(&ctx, &form, "merge-into", "/into").await;
    let value = into.map(|into| MergeForm { into, reason });
    let deed = Deed::on(id, form, "merge", "into", "merge");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        relations::merge(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/unmerge`
pub(crate) async fn unmerge(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let value = fields::read::<ReasonForm>(&json!({ "reason": form.text("unmerge-reason") }));
    let deed = Deed::on(id, form, "unmerge", "reason", "unmerge");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        relations::unmerge(conn, act, id, version, form)
    })
    .await
}
