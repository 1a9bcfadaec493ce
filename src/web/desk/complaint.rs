//! The complaint on one screen: who it is, what to do now, what helps.

mod extras;
mod manner;
mod menus;
mod told;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::json;

pub(super) use self::menus::CATEGORIES;
use super::kept;
use super::parts::{self, CallPart, Card, ClockPart, EntryPart, Row};
use super::steps::{self, Hand, StepPart};
use super::voice::voice;
use super::words::{guidance, word};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::call_backs::{self, CallBackView};
use crate::domain::complaints::listing::{self, Listing};
use crate::domain::complaints::messages::{self, MessageView};
use crate::domain::complaints::timeline::{self, EntryView};
use crate::domain::complaints::view::{self, ComplaintSummary, ComplaintView};
use crate::domain::complaints::vocabulary::{RedressStatus, State};
use crate::domain::customers::model::SeenCustomer;
use crate::domain::customers::record;
use crate::domain::drafts::{self, DraftView};
use crate::domain::events;
use crate::domain::sla::clocks::view::{self as clocks, ClockView};
use crate::domain::staff::names::Names;
use crate::domain::staff::teams::{self, TeamView};
use crate::domain::staff::{Act, Permission};
use crate::domain::typing::playbooks::{self, Guidance};
use crate::domain::typing::{CustomerType, Live};
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::web::customers::language_of;
use crate::web::forms::{Findings, Form};
use crate::web::i18n::fl;
use crate::web::page::{Page, Visitor};
use crate::web::time;

/// The most entries of the timeline, and messages, that the page shows.
const SHOWN: i64 = 500;
/// Everything that the page is made of.
pub(super) struct Seen {
    pub(super) view: ComplaintView,
    clocks: Vec<ClockView>,
    calls: Vec<CallBackView>,
    messages: Vec<MessageView>,
    entries: Vec<EntryView>,
    customer: Option<SeenCustomer>,
    earlier: Vec<ComplaintSummary>,
    extras: extras::SeenExtras,
    teams: Vec<TeamView>,
    names: Names,
    /// What the caller has typed and not sent.
    drafts: Vec<DraftView>,
    /// What happens after the page was made.
    from: events::Place,
}

fn look(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<Seen> {
    // First: what happens while the rest is read is told.
    let from = events::last(conn)?;
    let view = view::get(conn, id)?;
    let whose = view.summary.customer_id;
    let earlier = Listing {
        customer_id: Some(whose),
        limit: 8,
        ..Listing::default()
    };
    let customer = match act.actor.may(Permission::ReadCustomers) {
        true => Some(record::see(conn, act, whose)?),
        false => None,
    };
    let staff = act.actor.may(Permission::ReadStaff);
    Ok(Seen {
        clocks: clocks::of_complaint(conn, act.now, id)?.items,
        calls: call_backs::of_complaint(conn, act.now, id)?,
        messages: messages::page(conn, id, None, SHOWN)?,
        entries: timeline::page(conn, id, None, SHOWN)?,
        earlier: listing::list(conn, act, &earlier)?.items,
        extras: extras::look(conn, act, &view.summary)?,
        teams: match staff {
            true => teams::list(conn, None, 200)?,
            false => Vec::new(),
        },
        names: Names::seen_by(conn, act)?,
        customer,
        drafts: match act.actor.may(Permission::HandleComplaints) {
            true => drafts::about(conn, act, id)?,
            false => Vec::new(),
        },
        from,
        view,
    })
}

/// Somebody changed the complaint while the form was filled in.
pub(super) struct Conflict {
    /// What was to be done: the label and the text of every field.
    pub(super) typed: Vec<(String, String)>,
    /// What has happened since.
    pub(super) changes: Vec<EntryPart>,
}

#[derive(Template)]
#[template(path = "web/desk/complaint.html")]
struct ComplaintPage {
    page: Page,
    id: String,
    version: i32,
    seen_entry: String,
    row: Row,
    channel: String,
    category: String,
    team: String,
    who: Card,
    pieces: Vec<manner::Piece>,
    statement_lang: &'static str,
    remedy: String,
    facts: Vec<String>,
    opinions: Vec<String>,
    preferred: String,
    safety: bool,
    manner: manner::TypePart,
    steps: Vec<StepPart>,
    next: Option<ClockPart>,
    clocks: Vec<ClockPart>,
    ended: Vec<ClockPart>,
    calls: Vec<CallPart>,
    letters: Vec<told::Letter>,
    entries: Vec<EntryPart>,
    guide: Guidance,
    guide_slug: &'static str,
    earlier: Vec<Row>,
    extras: extras::Extras,
    closings: Vec<told::ClosePart>,
    redress_open: bool,
    closed: bool,
    waiting: bool,
    mine: bool,
    handles: bool,
    assigns: bool,
    people: Vec<(String, String)>,
    menus: menus::Menus,
    zone: String,
    today: String,
    owner: String,
    me: String,
    from: String,
    /// What was put back: when it was typed.
    put_back: Option<String>,
    /// Into which fields.
    put_back_names: String,
    /// Whether somebody else changed the complaint since it was typed.
    typed_before: bool,
    form: Form,
    findings: Findings,
    done: Option<String>,
    conflict: Option<Conflict>,
}

impl ComplaintPage {
    /// Whether the form of a deed is the one that was sent.
    fn sent(&self, deed: &str) -> bool {
        self.form.text("deed") == deed
    }
}

/// `GET /desk/complaints/{id}`
pub(crate) async fn show_complaint(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>) -> Result<HttpResponse> {
    show(&ctx, &visitor, id.0, Form::fresh(), Findings::default(), false).await
}

/// The page, with what somebody has typed and what does not fit; after a conflict with what has changed since.
pub(super) async fn show(
    ctx: &Ctx,
    visitor: &Visitor,
    id: ComplaintId,
    form: Form,
    findings: Findings,
    conflict: bool,
) -> Result<HttpResponse> {
    let seen = ctx.read(move |conn, act| look(conn, act, id)).await?;
    let mut form = form;
    let nobody_sent = form.text("deed").is_empty();
    let names = match nobody_sent {
        true => kept::restore_all(&mut form, &seen.drafts),
        false => Vec::new(),
    };
    let parts = [
        "messages",
        "timeline",
        "call_backs",
        "clocks",
        "customer",
        "earlier",
        "drafts",
        "links",
        "attachments",
        "watchers",
    ];
    let whose = seen.extras.whose().into_iter().chain([seen.view.summary.customer_id]);
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.read").of(whose);
    ctx.disclose(event.with(json!({ "with": parts }))).await?;
    let live = ctx.app.typing().await;
    let preview = match findings.is_empty() || conflict {
        true => None,
        false => extras::tried(ctx, id, &form).await?,
    };
    let beside = extras::build(
        voice(ctx, visitor).knowing(&seen.names),
        visitor,
        &seen,
        (&form, ctx.actor().name.as_str()),
        preview,
    );
    let mut page = build(ctx, visitor, &live, (&seen, beside), form, findings, conflict)?;
    // What was just sent stands in the form by itself.
    page.put_back.take_if(|_| !nobody_sent);
    page.put_back_names = names.join(" ");
    let status = match (conflict, page.findings.is_empty()) {
        (true, _) => StatusCode::PRECONDITION_FAILED,
        (false, true) => StatusCode::OK,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    visitor.show_as(status, &page)
}

#[expect(clippy::too_many_lines, reason = "every field of the page once")]
fn build(
    ctx: &Ctx,
    visitor: &Visitor,
    live: &Live,
    (seen, beside): (&Seen, extras::Extras),
    form: Form,
    findings: Findings,
    conflict: bool,
) -> Result<ComplaintPage> {
    let voice = voice(ctx, visitor).knowing(&seen.names);
    let (words, lang) = (voice.words, voice.lang);
    let (view, summary) = (&seen.view, &seen.view.summary);
    let title = fl!(words, "desk-complaint-title", reference = summary.reference.as_str());
    let (who, zone) = parts::card(voice, seen.customer.as_ref());
    let zone = zone.unwrap_or(voice.zone);
    let (manner, evidence) = manner::manner(voice, live, view, &form)?;
    let guided = match (summary.customer_type, manner.proposed.as_ref()) {
        (CustomerType::NotClear, Some((proposed, _))) => proposed.parse().unwrap_or(CustomerType::NotClear),
        (said, _) => said,
    };
    let calls: Vec<CallPart> = seen.calls.iter().map(|call| parts::call(voice, call)).collect();
    let mut steps = {
        let hand = Hand {
            words,
            lang,
            zone,
            now: voice.now,
            names: &seen.names,
            form: &form,
            findings: &findings,
        };
        steps::of_complaint(&hand, view)
    };
    steps::with_promise(&mut steps, &calls, words);
    let entries: Vec<EntryPart> = seen.entries.iter().rev().map(|e| parts::entry(voice, e)).collect();
    let conflict = conflict.then(|| Conflict {
        typed: told::typed(voice, &form),
        changes: seen
            .entries
            .iter()
            .filter(|entry| entry.id.to_string().as_str() > form.text("seen"))
            .map(|entry| parts::entry(voice, entry))
            .collect(),
    });
    let clocks: Vec<ClockPart> = seen.clocks.iter().map(|clock| parts::clock(voice, clock)).collect();
    let (mut running, ended): (Vec<_>, Vec<_>) = clocks.into_iter().partition(|clock| clock.running);
    let next = told::next(voice, &mut running, &calls);
    let me = ctx.actor().name.clone();
    let closed = summary.state == State::Closed;
    let team = seen.teams.iter().find(|team| Some(team.id) == summary.team);
    let menus = menus::menus(voice, summary, &seen.teams, &form);
    Ok(ComplaintPage {
        page: match !findings.is_empty() || conflict.is_some() {
            true => visitor.page_with_errors(&title),
            false => visitor.page(title),
        }
        .at(&format!("/desk/complaints/{}", summary.id))
        .style("desk.css")
        .style("case.css")
        .script("form.js")
        .script("keys.js")
        .script("countdown.js")
        .script("events.js")
        .script("complaint-live.js")
        .script("canned-text.js")
        .script("agenda.js")
        .script("desk-drafts.js"),
        id: summary.id.to_string(),
        version: summary.version,
        seen_entry: seen.entries.last().map_or(String::new(), |entry| entry.id.to_string()),
        row: parts::row(voice, summary),
        channel: word(words, "channel", summary.channel.as_str()),
        category: word(words, "category", &summary.category),
        team: team.map_or(String::new(), |team| team.name.clone()),
        who,
        pieces: manner::pieces(&view.statement.statement, &evidence),
        statement_lang: language_of(&view.statement.statement),
        remedy: view.statement.desired_remedy.clone().unwrap_or_default(),
        facts: view.statement.facts.clone(),
        opinions: view.statement.opinions.clone(),
        preferred: told::preferred(voice, view),
        safety: view.statement.safety,
        manner,
        steps,
        next,
        clocks: running,
        ended,
        calls,
        letters: seen
            .messages
            .iter()
            .map(|message| told::letter(voice, message))
            .collect(),
        entries,
        guide: guidance(lang, playbooks::of(guided)?),
        guide_slug: guided.as_str(),
        earlier: seen
            .earlier
            .iter()
            .filter(|other| other.id != summary.id)
            .map(|other| parts::row(voice, other))
            .collect(),
        closings: view
            .closures
            .iter()
            .map(|closing| told::closing_of(voice, closing))
            .collect(),
        extras: beside,
        redress_open: view
            .closures
            .last()
            .is_some_and(|c| c.redress_status.is_some_and(|status| status != RedressStatus::Paid)),
        closed,
        waiting: summary.state == State::Waiting,
        mine: summary.owner.as_deref() == Some(me.as_str()),
        owner: summary.owner.clone().unwrap_or_default(),
        handles: visitor.may(Permission::HandleComplaints),
        assigns: visitor.may(Permission::AssignComplaints),
        people: seen.names.here().to_vec(),
        menus,
        zone: time::zone_name(words, lang, zone),
        today: voice.now.with_timezone(&zone).format("%Y-%m-%d").to_string(),
        done: visitor
            .query("done")
            .map(|what| format!("word-done-{what}"))
            .filter(|key| words.has(key))
            .map(|key| words.get(&key)),
        put_back_names: String::new(),
        put_back: seen
            .drafts
            .iter()
            .map(|draft| draft.updated_at)
            .max()
            .map(|at| voice.short(at)),
        typed_before: seen
            .drafts
            .iter()
            .any(|draft| draft.based_on.is_some_and(|version| version < summary.version)),
        from: seen.from.to_string(),
        me,
        form,
        findings,
        conflict,
    })
}
