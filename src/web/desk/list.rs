//! The list of complaints: its filter and place stand in the address, saved views are tabs with columns of their own, and
//! what is ticked is done together.

mod asked;
mod shown;
pub(crate) mod together;
pub(crate) mod views;

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::json;

use self::asked::{Asked, ORDERS};
use self::shown::{Column, Line};
use self::together::{Progress, Wanted};
use super::complaint::CATEGORIES;
use super::voice::{Voice, voice};
use super::words::{self, Choice, word};
use crate::api::extract::Ctx;
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::casework::views::{self as saved_views, SavedView, ViewColumn};
use crate::domain::complaints::list_filter::ListFilter;
use crate::domain::complaints::listing::{self, Order, Page as Listed};
use crate::domain::complaints::vocabulary::{Kind, Level, State};
use crate::domain::staff::names::Names;
use crate::domain::staff::{Act, Permission, teams};
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{ComplaintId, TeamId, ViewId};
use crate::web::forms::{Findings, Form};
use crate::web::i18n::fl;
use crate::web::page::{Page, Visitor};

/// How many complaints the page shows.
const SHOWN: i64 = 50;

/// A saved view.
struct Tab {
    href: String,
    title: String,
    current: bool,
}

/// The view that is shown.
struct Shown {
    id: String,
    version: i32,
    says: Vec<(String, String)>,
}

/// What can be chosen.
struct Menus {
    states: Vec<Choice>,
    manners: Vec<Choice>,
    kinds: Vec<Choice>,
    categories: Vec<Choice>,
    orders: Vec<Choice>,
    severities: Vec<Choice>,
    columns: Vec<Choice>,
    teams: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "web/desk/list.html")]
struct ListPage {
    page: Page,
    /// Who can be chosen where somebody is to be named: handle and name.
    people: Vec<(String, String)>,
    form: Form,
    findings: Findings,
    tabs: Vec<Tab>,
    shown: Option<Shown>,
    here: String,
    keep: String,
    asked: Asked,
    menus: Menus,
    columns: Vec<Column>,
    lines: Vec<Line>,
    first: bool,
    previous: Option<String>,
    next: Option<String>,
    acts: bool,
    told: Option<String>,
    progress: Option<Progress>,
}

/// What the address lists: what it says itself, and where it says nothing what the view says.
fn filter_in(conn: &mut Conn, act: &Act, own: ListFilter, view: Option<ViewId>) -> Result<ListFilter> {
    let seen = view.and_then(|id| saved_views::get(conn, act, id).ok());
    Ok(match seen {
        Some(seen) => own.over(seen.filter),
        None => own,
    })
}

/// `GET /desk/complaints`; a reference among the words leads to its complaint.
pub(crate) async fn show_list(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    if let Some(words) = asked::said(&visitor, "q") {
        let found = ctx
            .read(move |conn, _| listing::find_by_reference(conn, &words))
            .await?;
        if let Some(id) = found {
            return Ok(visitor.go(&format!("/desk/complaints/{id}")));
        }
    }
    show(&ctx, &visitor, Form::fresh(), Findings::default()).await
}

struct Seen {
    saved: Vec<SavedView>,
    listed: Listed,
    teams: BTreeMap<TeamId, String>,
    own_teams: Vec<(String, String)>,
    bulk: Option<together::Seen>,
    names: Names,
}

fn look(conn: &mut Conn, act: &Act, asked: &Asked, bulk: Option<Wanted>) -> Result<Seen> {
    let saved = saved_views::list(conn, act)?.items;
    let filter = filter_in(conn, act, asked.filter.clone(), asked.view)?;
    let after = asked.after(filter.order.unwrap_or_default());
    let listed = listing::list(conn, act, &filter.listing(after, SHOWN))?;
    let mut named: Vec<TeamId> = listed.items.iter().filter_map(|item| item.team).collect();
    named.extend(saved.iter().filter_map(|saved| saved.filter.team));
    named.extend(act.actor.teams.iter().copied());
    let teams = teams::names(conn, &named)?;
    let own = act.actor.teams.iter();
    let own_teams = own
        .filter_map(|team| Some((team.to_string(), teams.get(team)?.clone())))
        .collect();
    let bulk = match bulk {
        Some(wanted) => together::look(conn, act, wanted)?,
        None => None,
    };
    Ok(Seen {
        saved,
        listed,
        teams,
        own_teams,
        bulk,
        names: Names::seen_by(conn, act)?,
    })
}

async fn show(ctx: &Ctx, visitor: &Visitor, form: Form, findings: Findings) -> Result<HttpResponse> {
    let asked = Asked::read(ctx, visitor).await?;
    let bulk = Wanted::of(visitor);
    let wanted = asked.clone();
    let seen = ctx.read(move |conn, act| look(conn, act, &wanted, bulk)).await?;
    let ids: Vec<ComplaintId> = seen.listed.items.iter().map(|item| item.id).collect();
    let whose = seen.listed.items.iter().map(|item| item.customer_id);
    let whose = whose.chain(seen.bulk.iter().flat_map(together::Seen::whose));
    let event = Event::about_many(ObjectKind::Complaint, "complaint.listed").of(whose);
    ctx.disclose(event.with(json!({ "complaints": ids }))).await?;
    let status = match findings.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = build(ctx, visitor, (form, findings), seen, (asked, bulk));
    visitor.show_as(status, &page)
}

fn menus(
    voice: Voice,
    asked: &Asked,
    form: &Form,
    (shown, usual): (&[ViewColumn], Order),
    own_teams: Vec<(String, String)>,
) -> Menus {
    let says = voice.words;
    let mut said = Form::default();
    for name in ["state", "manner", "kind", "category", "order"] {
        if !asked.text(name).is_empty() {
            said.set(name, asked.text(name));
        }
    }
    let chosen = |area: &str, name: &str, values: Vec<&str>| {
        let mut choices = words::or_none(says, words::choices(says, area, values, (&said, name), ""));
        if let Some(none) = choices.first_mut() {
            none.label = says.get("desk-list-all");
        }
        choices
    };
    let mut states = chosen(
        "state",
        "state",
        State::ALL.iter().map(|state| state.as_str()).collect(),
    );
    let open = Choice {
        value: "open".to_owned(),
        label: says.get("desk-list-open"),
        chosen: asked.filter.open.is_some(),
    };
    if let Some(none) = states.first_mut().filter(|_| open.chosen) {
        none.chosen = false;
    }
    states.insert(1, open);
    let columns = ViewColumn::ALL.iter().map(|column| Choice {
        value: column.as_str().to_owned(),
        label: word(says, "column", column.as_str()),
        chosen: match form.text("view-title").is_empty() {
            true => shown.contains(column),
            false => form.is("view-column", column.as_str()),
        },
    });
    let levels = Level::ALL.iter().map(|level| level.as_str());
    Menus {
        states,
        manners: chosen(
            "type",
            "manner",
            CustomerType::ALL.iter().map(|of| of.as_str()).collect(),
        ),
        kinds: chosen("kind", "kind", Kind::ALL.iter().map(|kind| kind.as_str()).collect()),
        categories: chosen("category", "category", CATEGORIES.to_vec()),
        orders: words::choices(
            says,
            "order",
            ORDERS.iter().map(|(name, _)| *name),
            (&said, "order"),
            asked::order_name(usual),
        ),
        severities: words::or_none(says, words::choices(says, "level", levels, (form, "act-severity"), "")),
        columns: columns.collect(),
        teams: own_teams,
    }
}

fn build(
    ctx: &Ctx,
    visitor: &Visitor,
    (form, findings): (Form, Findings),
    seen: Seen,
    (asked, bulk): (Asked, Option<Wanted>),
) -> ListPage {
    let voice = voice(ctx, visitor).knowing(&seen.names);
    let title = fl!(visitor.words, "desk-list-title");
    let page = match findings.is_empty() {
        true => visitor.page(title),
        false => visitor.page_with_errors(&title),
    };
    let view = seen.saved.iter().find(|saved| Some(saved.id) == asked.view);
    let columns = view.map_or(shown::USUAL, |view| view.columns.as_slice());
    let usual = view.and_then(|view| view.filter.order).unwrap_or_default();
    let told = ["kept", "gone"].into_iter().find(|what| visitor.query(what).is_some());
    ListPage {
        people: seen.names.here().to_vec(),
        page: page
            .at("/desk/complaints")
            .style("desk.css")
            .style("list.css")
            .script("keys.js")
            .script("countdown.js")
            .script("ticks.js")
            .script("bulk.js"),
        tabs: seen
            .saved
            .iter()
            .map(|saved| Tab {
                current: Some(saved.id) == asked.view,
                href: format!("/desk/complaints?view={}", saved.id),
                title: saved.title.clone(),
            })
            .collect(),
        shown: view.map(|view| Shown {
            id: view.id.to_string(),
            version: view.version,
            says: shown::told(voice, &seen.teams, &view.filter),
        }),
        here: asked.here(&[]),
        keep: asked.address(&[]).replacen("/desk/complaints", "/desk/views", 1),
        menus: menus(voice, &asked, &form, (columns, usual), seen.own_teams),
        columns: shown::columns(voice, columns),
        lines: seen
            .listed
            .items
            .iter()
            .map(|summary| shown::line(voice, &seen.teams, &form, summary))
            .collect(),
        first: asked.is_first(),
        previous: asked.previous(),
        next: seen.listed.next.map(|next| asked.next(next)),
        acts: visitor.may(Permission::HandleComplaints),
        told: told.map(|what| word(visitor.words, "view", what)),
        progress: bulk
            .zip(seen.bulk)
            .map(|(wanted, seen)| together::progress(visitor.words, &asked, wanted, seen)),
        asked,
        form,
        findings,
    }
}
