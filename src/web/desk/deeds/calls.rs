//! What is done with a promise to call: an attempt, another time, the customer's wish not to be called.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::{Deed, Place};
use crate::api::extract::{Ctx, Id};
use crate::domain::complaints::call_backs::{self, AttemptForm, CancelForm, RescheduleForm};
use crate::error::Result;
use crate::ids::CallBackId;
use crate::web::desk::fields;
use crate::web::forms::Form;
use crate::web::page::Visitor;
use crate::web::time;

/// The deed on a promise: shown again where it was asked for.
async fn on_call(ctx: &Ctx, id: CallBackId, form: Form, prefix: &str, first: &str) -> Result<(Deed, chrono_tz::Tz)> {
    let call = ctx.read(move |conn, act| call_backs::get(conn, act.now, id)).await?;
    let prefix = format!("{prefix}-{id}");
    let deed = Deed {
        place: match form.text("back") {
            "call" => Place::CallBack(call.complaint_id, id),
            _ => Place::Complaint(call.complaint_id),
        },
        form,
        first: format!("{prefix}-{first}"),
        prefix,
        done: "call",
        said: Vec::new(),
    };
    Ok((deed, time::zone(&call.time_zone)))
}

/// `POST /desk/call-backs/{id}/attempt`
pub(crate) async fn attempt(ctx: Ctx, visitor: Visitor, id: Id<CallBackId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let (deed, _) = on_call(&ctx, id, form, "attempt", "result").await?;
    let text = |name: &str| fields::text(&deed.form, &format!("attempt-{id}-{name}"));
    // One key says both: that the customer was reached, and what they say.
    let (result, satisfied) = match text("result").as_str() {
        Some("satisfied") => (json!("reached"), json!(true)),
        Some("not_satisfied") => (json!("reached"), json!(false)),
        _ => (text("result"), Value::Null),
    };
    let value = fields::read::<AttemptForm>(&fields::object([
        ("result", result),
        ("satisfied", satisfied),
        ("note", text("note")),
        ("recording_ref", text("recording_ref")),
    ]));
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        call_backs::attempt(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/call-backs/{id}/move`
pub(crate) async fn move_call(ctx: Ctx, visitor: Visitor, id: Id<CallBackId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let (mut deed, zone) = on_call(&ctx, id, form, "move", "from").await?;
    // The promise that takes its place is another one.
    if let Place::CallBack(complaint, _) = deed.place {
        deed.place = Place::Complaint(complaint);
    }
    let name = |name: &str| format!("move-{id}-{name}");
    let text = |field: &str| fields::text(&deed.form, &name(field));
    let value = fields::read::<RescheduleForm>(&fields::object([
        ("asked_by", text("asked_by")),
        ("reason", json!(deed.form.text(&name("reason")))),
        (
            "window_start",
            fields::on_day(&deed.form, &name("day"), &name("from"), zone),
        ),
        (
            "window_end",
            fields::on_day(&deed.form, &name("day"), &name("until"), zone),
        ),
    ]));
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        call_backs::reschedule(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/call-backs/{id}/cancel`
pub(crate) async fn cancel_call(ctx: Ctx, visitor: Visitor, id: Id<CallBackId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let (deed, _) = on_call(&ctx, id, form, "cancel", "reason").await?;
    let reason = deed.form.text(&format!("cancel-{id}-reason")).to_owned();
    let value = fields::read::<CancelForm>(&json!({ "reason": reason }));
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        call_backs::cancel(conn, act, id, version, form)
    })
    .await
}
