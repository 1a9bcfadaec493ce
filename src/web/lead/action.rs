//! One corrective action: how it stands, changing it, opening it again, and the complaints that it is about.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::{Value, json};

use super::actions::{self as list, Card};
use super::{Choice, findings, frame, places, refusal, said, word};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::view::ComplaintSummary;
use crate::domain::improvement::effect::{self, EffectView};
use crate::domain::improvement::model::{ActionChangeForm, ActionState, ActionView};
use crate::domain::improvement::{actions, links};
use crate::domain::sla::explain::Language;
use crate::domain::staff::{Act, Permission};
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, CorrectiveActionId};
use crate::web::desk::voice::{names, voice, whom};
use crate::web::forms::{Findings, Form};
use crate::web::i18n::{Words, fl};
use crate::web::page::{NavItem, Page, Visitor};

/// How many of its complaints the page shows.
const SHOWN: i64 = 100;

/// A complaint that it is about.
struct Linked {
    id: String,
    reference: String,
    state_slug: &'static str,
    state: String,
    subject: String,
    lang: String,
}

#[derive(Template)]
#[template(path = "web/lead/action.html")]
struct ActionPage {
    page: Page,
    /// Who can be chosen where somebody is to be named: handle and name.
    people: Vec<(String, String)>,
    places: Vec<NavItem>,
    one: Card,
    /// The complaints, for those who may see complaints.
    linked: Option<Vec<Linked>>,
    more: bool,
    manages: bool,
    changes: bool,
    reopens: bool,
    causes: Vec<Choice>,
    helped: Vec<Choice>,
    today: String,
    form: Form,
    findings: Findings,
    done: Option<String>,
}

struct Seen {
    view: ActionView,
    effect: Option<EffectView>,
    linked: Option<Vec<ComplaintSummary>>,
}

fn look(conn: &mut Conn, act: &Act, id: CorrectiveActionId, language: Language) -> Result<Seen> {
    let view = actions::get(conn, act, id)?;
    let effect = match view.effective_on {
        Some(_) => Some(effect::effect(conn, act, id, language)?),
        None => None,
    };
    let linked = match act.actor.may(Permission::ReadComplaints) {
        true => Some(links::list(conn, id, None, SHOWN + 1)?),
        false => None,
    };
    Ok(Seen { view, effect, linked })
}

/// `GET /lead/actions/{id}`
pub(crate) async fn show_action(ctx: Ctx, visitor: Visitor, id: Id<CorrectiveActionId>) -> Result<HttpResponse> {
    show(&ctx, &visitor, id.0, None).await
}

fn complaint(words: Words, summary: &ComplaintSummary) -> Linked {
    Linked {
        id: summary.id.to_string(),
        reference: summary.reference.clone(),
        state_slug: summary.state.as_str(),
        state: word(words, "state", summary.state.as_str()),
        subject: summary.subject.clone(),
        lang: summary.language.clone(),
    }
}

/// The fields of the form as the action stands.
fn filled(view: &ActionView) -> Form {
    let mut form = Form::fresh();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    form.set("change-title", view.title.clone());
    form.set("change-cause", view.cause.as_str());
    form.set("change-category", text(&view.category));
    form.set("change-owner", view.owner.clone());
    form.set("change-due_on", view.due_on.to_string());
    form.set("change-window_days", view.window_days.to_string());
    form.set("change-description", text(&view.description));
    form
}

async fn show(
    ctx: &Ctx,
    visitor: &Visitor,
    id: CorrectiveActionId,
    refused: Option<(Form, Findings)>,
) -> Result<HttpResponse> {
    let language = list::language(visitor.lang);
    let mut seen = ctx.read(move |conn, act| look(conn, act, id, language)).await?;
    let shown = usize::try_from(SHOWN).unwrap_or_default();
    let more = seen.linked.as_ref().is_some_and(|linked| linked.len() > shown);
    if let Some(linked) = &mut seen.linked {
        linked.truncate(shown);
        let ids: Vec<ComplaintId> = linked.iter().map(|summary| summary.id).collect();
        let event = Event::about_many(ObjectKind::Complaint, "complaint.listed")
            .of(linked.iter().map(|summary| summary.customer_id))
            .with(json!({ "complaints": ids, "corrective_action": id }));
        ctx.disclose(event).await?;
    }
    let names = names(ctx).await?;
    let voice = voice(ctx, visitor).knowing(&names);
    let (words, view) = (voice.words, &seen.view);
    let manages = visitor.may(Permission::ManageActions);
    let me = ctx.actor().name.clone();
    let wrong = refused.is_some();
    let (form, findings) = refused.unwrap_or_else(|| (filled(view), Findings::default()));
    let page = ActionPage {
        people: names.here().to_vec(),
        page: frame(visitor, view.title.clone(), wrong),
        places: places(visitor),
        one: list::card(voice, (&me, manages), view, seen.effect.as_ref()).alone(),
        linked: seen
            .linked
            .map(|linked| linked.iter().map(|summary| complaint(words, summary)).collect()),
        more,
        manages,
        changes: manages && view.state == ActionState::Open,
        reopens: manages && view.state != ActionState::Open,
        causes: list::causes(words, form.text("change-cause")),
        helped: list::helped(words),
        today: voice.now.with_timezone(&voice.zone).date_naive().to_string(),
        form,
        findings,
        done: visitor.query("done").map(|what| word(words, "action-done", what)),
    };
    let status = match wrong {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    visitor.show_as(status, &page)
}

async fn settle(
    ctx: &Ctx,
    visitor: &Visitor,
    id: CorrectiveActionId,
    (mut form, what): (Form, &str),
    result: Result<ActionView>,
) -> Result<HttpResponse> {
    match result {
        Ok(_) => Ok(super::done(visitor, &format!("/lead/actions/{id}"), what)),
        Err(error) => {
            let problem = refusal(error)?;
            form.renew_key();
            let found = findings(&problem, visitor, "change");
            show(ctx, visitor, id, Some((form, found))).await
        }
    }
}

/// `POST /lead/actions/{id}/change`
pub(crate) async fn change(
    ctx: Ctx,
    visitor: Visitor,
    id: Id<CorrectiveActionId>,
    mut form: Form,
) -> Result<HttpResponse> {
    whom(&ctx, &mut form, &["change-owner"]).await?;
    let (id, version) = (id.0, form.version()?);
    let value = || -> Result<ActionChangeForm> {
        // What is no number is out of any range.
        let window = form.given("change-window_days");
        let window = window.map(|days| days.trim().parse::<i32>().unwrap_or(-1));
        list::read(json!({
            "title": form.text("change-title"), "cause": said(&form, "change-cause"),
            "category": said(&form, "change-category"), "description": said(&form, "change-description"),
            "owner": form.text("change-owner"), "due_on": list::day(&form, "change-due_on", "/due_on")?,
            "window_days": window.map_or(Value::Null, Value::from),
        }))
    };
    let work =
        move |conn: &mut Conn, act: &Act, form: &ActionChangeForm| actions::change(conn, act, id, Some(version), form);
    let changed = list::try_once(&ctx, &form, &format!("change:{id}"), value(), work).await;
    settle(&ctx, &visitor, id, (form, "changed"), changed).await
}

/// `POST /lead/actions/{id}/reopen`
pub(crate) async fn reopen(ctx: Ctx, visitor: Visitor, id: Id<CorrectiveActionId>, form: Form) -> Result<HttpResponse> {
    let (id, version) = (id.0, form.version()?);
    let work = move |conn: &mut Conn, act: &Act, (): &()| actions::reopen(conn, act, id, Some(version));
    let opened = list::try_once(&ctx, &form, &format!("reopen:{id}"), Ok(()), work).await;
    settle(&ctx, &visitor, id, (form, "reopened"), opened).await
}

/// `POST /lead/actions/{id}/unlink`: the complaint that the form names.
pub(crate) async fn unlink(ctx: Ctx, visitor: Visitor, id: Id<CorrectiveActionId>, form: Form) -> Result<HttpResponse> {
    let (id, version) = (id.0, form.version()?);
    let complaint = form.text("complaint").parse().map(ComplaintId);
    let complaint = complaint.map_err(|_| Error::not_found("complaint"))?;
    let key = format!("unlink:{id}:{complaint}");
    let work = move |conn: &mut Conn, act: &Act, (): &()| links::unlink(conn, act, id, complaint, Some(version));
    let gone = list::try_once(&ctx, &form, &key, Ok(()), work).await;
    settle(&ctx, &visitor, id, (form, "unlinked"), gone).await
}
