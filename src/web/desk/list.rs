//! The list of complaints: its filter stands in the address, saved views are tabs, and what is ticked is done together.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::json;

use super::complaint::voice;
use super::parts::{self, Row};
use super::words::{self, Choice};
use crate::api::extract::{Body, Ctx};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::casework::bulk::{self, BulkForm, BulkView};
use crate::domain::casework::views::{self, SavedView};
use crate::domain::complaints::actions::Action;
use crate::domain::complaints::list_filter::{ListFilter, Watched};
use crate::domain::complaints::listing::{self, Page as Listed};
use crate::domain::complaints::vocabulary::{Level, State};
use crate::domain::staff::{Act, Permission};
use crate::error::{Code, Error, Result};
use crate::ids::{BulkActionId, ComplaintId, ViewId};
use crate::web::forms::{Findings, Form, patiently};
use crate::web::i18n::{self, fl};
use crate::web::page::{Page, Visitor};

/// How many complaints the page shows.
const SHOWN: i64 = 50;

/// A saved view.
struct Tab {
    id: String,
    title: String,
    current: bool,
}

/// A complaint, with its tags.
struct Line {
    row: Row,
    tags: Vec<String>,
    ticked: bool,
}

/// How far a bulk action is.
struct Progress {
    ended: bool,
    reached: i32,
    total: i32,
    done: i32,
    unchanged: i32,
    refused: i32,
    failed: i32,
}

impl From<BulkView> for Progress {
    fn from(bulk: BulkView) -> Self {
        Self {
            ended: bulk.ended_at.is_some(),
            reached: bulk.done + bulk.unchanged + bulk.refused + bulk.failed,
            total: bulk.total,
            done: bulk.done,
            unchanged: bulk.unchanged,
            refused: bulk.refused,
            failed: bulk.failed,
        }
    }
}

#[derive(Template)]
#[template(path = "web/desk/list.html")]
struct ListPage {
    page: Page,
    form: Form,
    findings: Findings,
    tabs: Vec<Tab>,
    all: bool,
    q: String,
    tag: String,
    owner: String,
    states: Vec<Choice>,
    watched: bool,
    overdue: bool,
    lines: Vec<Line>,
    more: bool,
    acts: bool,
    severities: Vec<Choice>,
    progress: Option<Progress>,
}

/// A text of the address, unless it is blank.
fn said(visitor: &Visitor, name: &str) -> Option<String> {
    let text = visitor.query(name).unwrap_or_default().trim().replace('\0', "");
    (!text.is_empty()).then(|| text.chars().take(200).collect())
}

/// What the address says of the list; what cannot be read says nothing.
fn filter(visitor: &Visitor) -> ListFilter {
    let state: Option<State> = said(visitor, "state").and_then(|word| word.parse().ok());
    ListFilter {
        q: said(visitor, "q"),
        state,
        tag: said(visitor, "tag"),
        owner: said(visitor, "owner"),
        watched: visitor.query("watched").map(|_| Watched::Me),
        overdue: visitor.query("overdue").map(|_| true),
        ..ListFilter::default()
    }
}

/// `GET /desk/complaints`
pub(crate) async fn show_list(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    show(&ctx, &visitor, Form::fresh(), Findings::default()).await
}

type Seen = (Vec<SavedView>, Listed, Option<BulkView>);

async fn show(ctx: &Ctx, visitor: &Visitor, form: Form, findings: Findings) -> Result<HttpResponse> {
    let asked = filter(visitor);
    let view: Option<ViewId> = said(visitor, "view").and_then(|id| id.parse().ok().map(ViewId));
    let bulk: Option<BulkActionId> = said(visitor, "bulk").and_then(|id| id.parse().ok().map(BulkActionId));
    let wanted = asked.clone();
    let look = move |conn: &mut Conn, act: &Act| -> Result<Seen> {
        let saved = views::list(conn, act)?.items;
        let of_view = saved.iter().find(|saved| Some(saved.id) == view);
        let filter = match of_view {
            Some(saved) => wanted.over(saved.filter.clone()),
            None => wanted,
        };
        let listed = listing::list(conn, act, &filter.listing(None, SHOWN))?;
        // One that is somebody else's is not shown.
        let bulk = bulk.and_then(|id| bulk::get(conn, act, id).ok());
        Ok((saved, listed, bulk))
    };
    let (saved, listed, bulk) = ctx.read(look).await?;
    let ids: Vec<ComplaintId> = listed.items.iter().map(|item| item.id).collect();
    let whose = listed.items.iter().map(|item| item.customer_id);
    let event = Event::about_many(ObjectKind::Complaint, "complaint.listed").of(whose);
    ctx.disclose(event.with(json!({ "complaints": ids }))).await?;
    let status = match findings.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = build(ctx, visitor, (form, findings), (saved, listed, bulk), (&asked, view));
    visitor.show_as(status, &page)
}

fn build(
    ctx: &Ctx,
    visitor: &Visitor,
    (form, findings): (Form, Findings),
    (saved, listed, bulk): Seen,
    (asked, view): (&ListFilter, Option<ViewId>),
) -> ListPage {
    let voice = voice(ctx, visitor);
    let title = fl!(visitor.words, "desk-list-title");
    let page = match findings.is_empty() {
        true => visitor.page(title),
        false => visitor.page_with_errors(&title),
    };
    let mut asked_form = Form::default();
    if let Some(state) = asked.state {
        asked_form.set("state", state.as_str());
    }
    let states = State::ALL.iter().map(|state| state.as_str());
    let levels = Level::ALL.iter().map(|level| level.as_str());
    let severities = words::choices(visitor.words, "level", levels, (&form, "act-severity"), "");
    ListPage {
        page: page.style("desk.css").script("keys.js").script("ticks.js"),
        tabs: saved
            .into_iter()
            .map(|saved| Tab {
                current: Some(saved.id) == view,
                id: saved.id.to_string(),
                title: saved.title,
            })
            .collect(),
        all: view.is_none(),
        q: asked.q.clone().unwrap_or_default(),
        tag: asked.tag.clone().unwrap_or_default(),
        owner: asked.owner.clone().unwrap_or_default(),
        states: words::or_none(
            visitor.words,
            words::choices(visitor.words, "state", states, (&asked_form, "state"), ""),
        ),
        watched: asked.watched.is_some(),
        overdue: asked.overdue.is_some(),
        lines: listed
            .items
            .iter()
            .map(|summary| Line {
                row: parts::row(voice, summary),
                tags: summary.tags.clone(),
                ticked: form.is("id", &summary.id.to_string()),
            })
            .collect(),
        more: listed.next.is_some(),
        acts: visitor.may(Permission::HandleComplaints),
        severities: words::or_none(visitor.words, severities),
        progress: bulk.map(Progress::from),
        form,
        findings,
    }
}

/// What the form asks for with those that are ticked.
fn asked(form: &Form) -> BulkForm {
    let mut actions = Vec::new();
    let tags = |name: &str| -> Vec<String> {
        let words = form.text(name).split([' ', ',', '，', '、']);
        words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    if let Some(owner) = form.given("act-owner") {
        actions.push(Action::Assign {
            owner: Some(Some(owner)),
            team: None,
        });
    }
    if let Some(severity) = form.given("act-severity").and_then(|word| word.parse().ok()) {
        actions.push(Action::SetSeverity { severity });
    }
    let (on, off) = (tags("act-tag"), tags("act-untag"));
    if !on.is_empty() {
        actions.push(Action::Tag { tags: on });
    }
    if !off.is_empty() {
        actions.push(Action::Untag { tags: off });
    }
    if let Some(body) = form.given("act-note") {
        actions.push(Action::AddNote { body });
    }
    let ids = form.every("id").filter_map(|id| id.parse().ok().map(ComplaintId));
    BulkForm {
        ids: Some(ids.collect()),
        filter: None,
        actions,
    }
}

/// The field in which something is wrong.
fn field_of(form: &BulkForm, pointer: &str) -> &'static str {
    let n = pointer
        .strip_prefix("/actions/")
        .and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
    match n.and_then(|n| form.actions.get(n)) {
        Some(Action::Assign { .. }) => "act-owner",
        Some(Action::Tag { .. }) => "act-tag",
        Some(Action::Untag { .. }) => "act-untag",
        Some(Action::AddNote { .. }) => "act-note",
        _ => "",
    }
}

/// `POST /desk/complaints`: asks for a bulk action on those that are ticked.
pub(crate) async fn act_on_list(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let bulk = asked(&form);
    let keyed = ctx.clone().with_key(form.key());
    let asked = patiently(async || {
        let body = Body {
            value: bulk.clone(),
            raw: form.fingerprint(),
        };
        keyed.once(body, bulk::ask).await
    })
    .await;
    match asked {
        Ok(asked) => Ok(visitor.go(&format!("/desk/complaints?bulk={}", asked.id))),
        Err(Error::Problem(problem)) if matches!(problem.code, Code::Invalid | Code::BulkTooMany | Code::Forbidden) => {
            let mut findings = Findings::default();
            for error in &problem.errors {
                let text = match error.pointer.as_str() {
                    "/ids" => fl!(visitor.words, "desk-list-tick-some"),
                    "/actions" => fl!(visitor.words, "desk-list-say-what"),
                    _ => fl!(visitor.words, "desk-list-does-not-fit"),
                };
                findings.add(field_of(&bulk, &error.pointer), text);
            }
            if problem.errors.is_empty() {
                findings.add("", i18n::problem(visitor.words, problem.code));
            }
            let mut form = form;
            form.renew_key();
            show(&ctx, &visitor, form, findings).await
        }
        Err(error) => Err(error),
    }
}
