//! The screen for a promised call: whom to call, what to say, what came of it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::parts::{self, CallPart, Card, Row};
use super::steps;
use super::voice::{names, voice};
use super::words::guidance;
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::call_backs::{self, CallBackView};
use crate::domain::complaints::view::{self, ComplaintView};
use crate::domain::complaints::vocabulary::State;
use crate::domain::customers::model::SeenCustomer;
use crate::domain::customers::record;
use crate::domain::staff::{Act, Permission};
use crate::domain::typing::playbooks::{self, Guidance};
use crate::error::Result;
use crate::ids::CallBackId;
use crate::web::customers::language_of;
use crate::web::forms::{Findings, Form};
use crate::web::i18n::fl;
use crate::web::page::{Page, Visitor};

#[derive(Template)]
#[template(path = "web/desk/call-back.html")]
struct CallBackPage {
    page: Page,
    call: CallPart,
    row: Row,
    who: Card,
    statement: String,
    statement_lang: &'static str,
    agreed: String,
    remedy: String,
    /// What is to be done: who, what, by when; and whether that is over.
    todo: String,
    lapsed: bool,
    /// Whether something is still to be done about the complaint.
    goes_on: bool,
    guide: Guidance,
    handles: bool,
    form: Form,
    findings: Findings,
    done: Option<String>,
}

/// `GET /desk/call-backs/{id}`
pub(crate) async fn show_call_back(ctx: Ctx, visitor: Visitor, id: Id<CallBackId>) -> Result<HttpResponse> {
    show(&ctx, &visitor, id.0, Form::fresh(), Findings::default()).await
}

type Found = (CallBackView, ComplaintView, Option<SeenCustomer>);

fn look(conn: &mut Conn, act: &Act, id: CallBackId) -> Result<Found> {
    let call = call_backs::get(conn, act.now, id)?;
    let complaint = view::get(conn, call.complaint_id)?;
    let customer = match act.actor.may(Permission::ReadCustomers) {
        true => Some(record::see(conn, act, complaint.summary.customer_id)?),
        false => None,
    };
    Ok((call, complaint, customer))
}

/// The page, with what somebody has typed and what does not fit.
pub(super) async fn show(
    ctx: &Ctx,
    visitor: &Visitor,
    id: CallBackId,
    form: Form,
    findings: Findings,
) -> Result<HttpResponse> {
    let (call, complaint, customer) = ctx.read(move |conn, act| look(conn, act, id)).await?;
    let event = Event::on(ObjectKind::CallBack, id.0, "call_back.read");
    ctx.disclose(event.of([complaint.summary.customer_id])).await?;
    let names = names(ctx).await?;
    let voice = voice(ctx, visitor).knowing(&names);
    let summary = &complaint.summary;
    let title = fl!(voice.words, "desk-call-title", reference = summary.reference.as_str());
    // The last that was agreed: what the call is about.
    let agreed = complaint
        .steps
        .iter()
        .rev()
        .find_map(|step| step.record.as_ref()?.agreed.clone());
    let promised = complaint
        .steps
        .iter()
        .rev()
        .find_map(|step| step.record.as_ref().filter(|record| record.by_when.is_some()));
    let todo = promised.map(|record| {
        let by_when = record.by_when.map(|at| voice.short(at));
        let said = [record.who.clone(), record.what.clone(), by_when];
        said.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    let (status, page) = match findings.is_empty() {
        true => (StatusCode::OK, visitor.page(title)),
        false => (StatusCode::UNPROCESSABLE_ENTITY, visitor.page_with_errors(&title)),
    };
    let page = CallBackPage {
        page: page
            .at(&format!("/desk/call-backs/{id}"))
            .style("desk.css")
            .style("case.css")
            .script("form.js")
            .script("keys.js")
            .script("countdown.js"),
        call: parts::call(voice, &call),
        row: parts::row(voice, summary),
        who: parts::card(voice, customer.as_ref()).0,
        statement_lang: language_of(&complaint.statement.statement),
        statement: complaint.statement.statement.clone(),
        agreed: agreed.unwrap_or_default(),
        remedy: complaint.statement.desired_remedy.clone().unwrap_or_default(),
        todo: todo.unwrap_or_default(),
        lapsed: steps::lapsed(voice.now, summary.state, promised.and_then(|record| record.by_when)),
        goes_on: summary.state != State::Closed,
        guide: guidance(visitor.lang, playbooks::of(summary.customer_type)?),
        handles: visitor.may(Permission::HandleComplaints),
        done: visitor.query("done").map(|_| voice.words.get("word-done-call")),
        form,
        findings,
    };
    visitor.show_as(status, &page)
}
