//! The complaint on one screen: who it is, what to do now, what helps.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::json;

use super::parts::{self, CallPart, Card, ClockPart, EntryPart, Row, Voice};
use super::steps::{self, Hand, StepPart};
use super::words::{Choice, choices, guidance, or_none, word};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::call_backs::{self, CallBackView};
use crate::domain::complaints::listing::{self, Listing};
use crate::domain::complaints::messages::{self, MessageView};
use crate::domain::complaints::timeline::{self, EntryView};
use crate::domain::complaints::view::{self, ComplaintSummary, ComplaintView};
use crate::domain::complaints::vocabulary::{
    CallBackPurpose, CauseCategory, Decision, Direction, Kind, Level, RedressStatus, RedressType, State,
};
use crate::domain::customers::model::SeenCustomer;
use crate::domain::customers::record;
use crate::domain::sla::clocks::view::{self as clocks, ClockView};
use crate::domain::staff::people::{self, StaffView};
use crate::domain::staff::teams::{self, TeamView};
use crate::domain::staff::{Act, Permission};
use crate::domain::typing::playbooks::{self, Guidance};
use crate::domain::typing::suggestion::{self, Evidence, SuggestionForm};
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
/// The subjects that a complaint may be about, beside what a desk calls by names of its own.
pub(super) const CATEGORIES: &[&str] = &[
    "other",
    "service_delay",
    "billing",
    "product_quality",
    "delivery",
    "repair",
    "contract",
    "information",
    "staff_conduct",
    "unwanted_mail",
    "unsolved",
];

/// Everything that the page is made of.
pub(super) struct Seen {
    pub(super) view: ComplaintView,
    clocks: Vec<ClockView>,
    calls: Vec<CallBackView>,
    messages: Vec<MessageView>,
    entries: Vec<EntryView>,
    customer: Option<SeenCustomer>,
    earlier: Vec<ComplaintSummary>,
    teams: Vec<TeamView>,
    people: Vec<StaffView>,
}

fn look(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<Seen> {
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
    let listed = people::Listing {
        active: Some(true),
        limit: 200,
        ..people::Listing::default()
    };
    Ok(Seen {
        clocks: clocks::of_complaint(conn, act.now, id)?.items,
        calls: call_backs::of_complaint(conn, act.now, id)?,
        messages: messages::page(conn, id, None, SHOWN)?,
        entries: timeline::page(conn, id, None, SHOWN)?,
        earlier: listing::list(conn, act, &earlier)?.items,
        teams: match staff {
            true => teams::list(conn, None, 200)?,
            false => Vec::new(),
        },
        people: match staff {
            true => people::list(conn, &listed)?,
            false => Vec::new(),
        },
        customer,
        view,
    })
}

/// A piece of the statement: plain, or words that a proposal rests on.
struct Piece {
    text: String,
    marked: bool,
}

/// The customer's manner: what is said, and what is proposed.
struct TypePart {
    slug: &'static str,
    name: String,
    /// The proposal, while nobody has said anything.
    proposed: Option<(&'static str, String)>,
    percent: i64,
    /// Whether the agent is to say it before a proposal is shown.
    blind: bool,
    others: Vec<Choice>,
    history: Vec<String>,
}

/// A message or a note.
struct Letter {
    /// `in`, `out` or `internal`: the class, too.
    way: &'static str,
    who: String,
    at: String,
    machine: String,
    lang: &'static str,
    body: String,
    not_sent: bool,
}

/// A closing.
struct ClosePart {
    decision: String,
    reason: String,
    lang: &'static str,
    ground: String,
    redress: String,
    cause: String,
    who: String,
}

/// Somebody changed the complaint while the form was filled in.
pub(super) struct Conflict {
    /// What was to be done: the label and the text of every field.
    pub(super) typed: Vec<(String, String)>,
    /// What has happened since.
    pub(super) changes: Vec<EntryPart>,
}

/// What can be chosen in the forms of the page.
struct Menus {
    decision: Vec<Choice>,
    redress: Vec<Choice>,
    redress_status: Vec<Choice>,
    progress: Vec<Choice>,
    cause: Vec<Choice>,
    purpose: Vec<Choice>,
    ball: Vec<Choice>,
    way: Vec<Choice>,
    severity: Vec<Choice>,
    category: Vec<Choice>,
    kind: Vec<Choice>,
    team: Vec<Choice>,
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
    pieces: Vec<Piece>,
    statement_lang: &'static str,
    remedy: String,
    facts: Vec<String>,
    opinions: Vec<String>,
    preferred: String,
    safety: bool,
    manner: TypePart,
    steps: Vec<StepPart>,
    next: Option<ClockPart>,
    clocks: Vec<ClockPart>,
    ended: Vec<ClockPart>,
    calls: Vec<CallPart>,
    letters: Vec<Letter>,
    entries: Vec<EntryPart>,
    guide: Guidance,
    guide_slug: &'static str,
    earlier: Vec<Row>,
    closings: Vec<ClosePart>,
    redress_open: bool,
    closed: bool,
    waiting: bool,
    mine: bool,
    me: String,
    handles: bool,
    assigns: bool,
    people: Vec<(String, String)>,
    menus: Menus,
    zone: String,
    today: String,
    owner: String,
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
    let parts = ["messages", "timeline", "call_backs", "clocks", "customer", "earlier"];
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.read").of([seen.view.summary.customer_id]);
    ctx.disclose(event.with(json!({ "with": parts }))).await?;
    let live = ctx.app.typing().await;
    let page = build(ctx, visitor, &live, &seen, form, findings, conflict)?;
    let status = match (conflict, page.findings.is_empty()) {
        (true, _) => StatusCode::PRECONDITION_FAILED,
        (false, true) => StatusCode::OK,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    visitor.show_as(status, &page)
}

/// How the page speaks, in the zone of the desk.
pub(super) fn voice(ctx: &Ctx, visitor: &Visitor) -> Voice {
    Voice {
        words: visitor.words,
        lang: visitor.lang,
        zone: time::zone(&ctx.app.policy.default_time_zone),
        now: ctx.app.clock.now(),
    }
}

#[expect(clippy::too_many_lines, reason = "every field of the page once")]
fn build(
    ctx: &Ctx,
    visitor: &Visitor,
    live: &Live,
    seen: &Seen,
    form: Form,
    findings: Findings,
    conflict: bool,
) -> Result<ComplaintPage> {
    let voice = voice(ctx, visitor);
    let (words, lang) = (voice.words, voice.lang);
    let (view, summary) = (&seen.view, &seen.view.summary);
    let title = fl!(words, "desk-complaint-title", reference = summary.reference.as_str());
    let (who, zone) = parts::card(voice, seen.customer.as_ref());
    let zone = zone.unwrap_or(voice.zone);
    let (manner, evidence) = manner(voice, live, view, &form)?;
    let guided = match (summary.customer_type, manner.proposed.as_ref()) {
        (CustomerType::NotClear, Some((proposed, _))) => proposed.parse().unwrap_or(CustomerType::NotClear),
        (said, _) => said,
    };
    let steps = {
        let hand = Hand {
            words,
            lang,
            zone,
            form: &form,
            findings: &findings,
        };
        steps::of_complaint(&hand, view)
    };
    let entries: Vec<EntryPart> = seen.entries.iter().rev().map(|e| parts::entry(voice, e)).collect();
    let since = form.text("seen").to_owned();
    let conflict = conflict.then(|| Conflict {
        typed: typed(voice, &form),
        changes: seen
            .entries
            .iter()
            .filter(|entry| entry.id.to_string() > since)
            .map(|entry| parts::entry(voice, entry))
            .collect(),
    });
    let clocks: Vec<ClockPart> = seen.clocks.iter().map(|clock| parts::clock(voice, clock)).collect();
    let (mut running, ended): (Vec<_>, Vec<_>) = clocks.into_iter().partition(|clock| clock.running);
    let next = match running.first().is_some_and(|clock| clock.due.is_some()) {
        true => Some(running.remove(0)),
        false => None,
    };
    let me = ctx.actor().name.clone();
    let closed = summary.state == State::Closed;
    let team = seen.teams.iter().find(|team| Some(team.id) == summary.team);
    let wrong = !findings.is_empty();
    let menus = menus(voice, seen, &form);
    Ok(ComplaintPage {
        page: match wrong || conflict.is_some() {
            true => visitor.page_with_errors(&title),
            false => visitor.page(title),
        }
        .style("desk.css")
        .script("form.js")
        .script("keys.js")
        .script("countdown.js"),
        id: summary.id.to_string(),
        version: summary.version,
        seen_entry: seen.entries.last().map_or(String::new(), |entry| entry.id.to_string()),
        row: parts::row(voice, summary),
        channel: word(words, "channel", summary.channel.as_str()),
        category: word(words, "category", &summary.category),
        team: team.map_or(String::new(), |team| team.name.clone()),
        who,
        pieces: pieces(&view.statement.statement, &evidence),
        statement_lang: language_of(&view.statement.statement),
        remedy: view.statement.desired_remedy.clone().unwrap_or_default(),
        facts: view.statement.facts.clone(),
        opinions: view.statement.opinions.clone(),
        preferred: preferred(voice, view),
        safety: view.statement.safety,
        manner,
        steps,
        next,
        clocks: running,
        ended,
        calls: seen.calls.iter().map(|call| parts::call(voice, call)).collect(),
        letters: seen.messages.iter().map(|message| letter(voice, message)).collect(),
        entries,
        guide: guidance(lang, playbooks::of(guided)?),
        guide_slug: guided.as_str(),
        earlier: seen
            .earlier
            .iter()
            .filter(|other| other.id != summary.id)
            .map(|other| parts::row(voice, other))
            .collect(),
        closings: view.closures.iter().map(|closing| closing_of(voice, closing)).collect(),
        redress_open: view
            .closures
            .last()
            .is_some_and(|c| c.redress_status.is_some_and(|status| status != RedressStatus::Paid)),
        closed,
        waiting: summary.state == State::Waiting,
        mine: summary.owner.as_deref() == Some(me.as_str()),
        owner: summary.owner.clone().unwrap_or_default(),
        me,
        handles: visitor.may(Permission::HandleComplaints),
        assigns: visitor.may(Permission::AssignComplaints),
        people: seen
            .people
            .iter()
            .map(|person| (person.handle.clone(), person.name.clone()))
            .collect(),
        menus,
        zone: time::zone_name(words, lang, zone),
        today: voice.now.with_timezone(&zone).format("%Y-%m-%d").to_string(),
        done: visitor
            .query("done")
            .map(|what| format!("word-done-{what}"))
            .filter(|key| words.has(key))
            .map(|key| words.get(&key)),
        form,
        findings,
        conflict,
    })
}

/// What somebody has typed, field by field.
fn typed(voice: Voice, form: &Form) -> Vec<(String, String)> {
    let own = ["csrf_token", "form_key", "version", "seen", "deed", "back"];
    form.all()
        .filter(|(name, value)| !own.contains(name) && !value.trim().is_empty())
        .map(|(name, value)| {
            let last = name.rsplit('-').next().unwrap_or(name);
            (word(voice.words, "field", last), value.to_owned())
        })
        .collect()
}

fn preferred(voice: Voice, view: &ComplaintView) -> String {
    let medium = view.statement.preferred_medium;
    let medium = medium.map(|medium| word(voice.words, "medium", medium.as_str()));
    let parts: Vec<String> = medium
        .into_iter()
        .chain(view.statement.preferred_time.clone())
        .collect();
    parts.join(" · ")
}

/// The manner that is said and proposed, and the words that a proposal rests on.
fn manner(voice: Voice, live: &Live, view: &ComplaintView, form: &Form) -> Result<(TypePart, Vec<Evidence>)> {
    let words = voice.words;
    let present = view.summary.customer_type;
    let proposal = view.type_proposal.as_ref();
    let undecided = proposal.is_some_and(|proposal| proposal.decided.is_none());
    let proposed = proposal
        .filter(|_| undecided)
        .and_then(|proposal| proposal.proposed)
        .filter(|proposed| *proposed != CustomerType::NotClear);
    let evidence = match proposal.and_then(|proposal| proposal.proposed) {
        Some(_) => {
            let asked = SuggestionForm {
                text: view.statement.statement.clone(),
                lang: Some(view.summary.language.clone()),
                draft: None,
                customer_type: None,
            };
            suggestion::suggest(live, &asked, 0)?.evidence
        }
        None => Vec::new(),
    };
    let values = CustomerType::ALL.iter().map(|kind| kind.as_str());
    let part = TypePart {
        slug: present.as_str(),
        name: word(words, "type", present.as_str()),
        proposed: proposed.map(|kind| (kind.as_str(), word(words, "seems", kind.as_str()))),
        percent: i64::from(proposal.and_then(|p| p.confidence_permille).unwrap_or(0)) / 10,
        blind: undecided && proposal.is_some_and(|proposal| proposal.proposed.is_none()),
        others: choices(words, "type", values, (form, "type-customer_type"), present.as_str()),
        history: view
            .type_changes
            .iter()
            .map(|change| {
                let name = word(words, "type", change.customer_type.as_str());
                let at = time::short(voice.lang, voice.zone, change.changed_at);
                let note = change.note.as_ref().map_or(String::new(), |note| format!(" · {note}"));
                format!("{name} · {} · {at}{note}", change.agent)
            })
            .collect(),
    };
    Ok((part, evidence))
}

/// The statement in pieces, the evidence marked.
fn pieces(text: &str, evidence: &[Evidence]) -> Vec<Piece> {
    let mut spans: Vec<(u32, u32)> = evidence.iter().map(|found| (found.start, found.end)).collect();
    spans.sort_unstable();
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, c) in (0_u32..).zip(text.chars()) {
        let marked = spans.iter().any(|(start, end)| (*start..*end).contains(&at));
        match pieces.last_mut() {
            Some(piece) if piece.marked == marked => piece.text.push(c),
            _ => pieces.push(Piece {
                text: c.to_string(),
                marked,
            }),
        }
    }
    pieces
}

fn letter(voice: Voice, message: &MessageView) -> Letter {
    Letter {
        way: message.direction.as_str(),
        who: match message.direction {
            Direction::In => voice.words.get("desk-from-customer"),
            Direction::Out | Direction::Internal => message.author.clone(),
        },
        at: time::short(voice.lang, voice.zone, message.written_at),
        machine: time::machine(message.written_at),
        lang: language_of(&message.body),
        body: message.body.clone(),
        not_sent: message.not_sent.is_some(),
    }
}

fn closing_of(voice: Voice, closing: &view::ClosureView) -> ClosePart {
    let words = voice.words;
    let kind = closing.redress_type.map(|kind| word(words, "redress", kind.as_str()));
    let status = closing
        .redress_status
        .map(|s| word(words, "redress-status", s.as_str()));
    let amount = closing
        .redress_minor_units
        .zip(closing.redress_currency.as_ref())
        .map(|(units, currency)| match currency.as_str() {
            "JPY" | "KRW" | "VND" => format!("{currency} {units}"),
            _ => format!("{currency} {}.{:02}", units / 100, units % 100),
        });
    let redress: Vec<String> = kind.into_iter().chain(amount).chain(status).collect();
    ClosePart {
        decision: word(words, "decision", closing.decision.as_str()),
        lang: language_of(&closing.decision_reason),
        reason: closing.decision_reason.clone(),
        ground: word(words, "ground", closing.ground.as_str()),
        redress: redress.join(" · "),
        cause: closing
            .cause_category
            .map_or(String::new(), |cause| word(words, "cause", cause.as_str())),
        who: format!(
            "{} · {}",
            closing.closed_by,
            time::short(voice.lang, voice.zone, closing.closed_at)
        ),
    }
}

fn menus(voice: Voice, seen: &Seen, form: &Form) -> Menus {
    let words = voice.words;
    let summary = &seen.view.summary;
    let decisions = Decision::ALL
        .iter()
        .filter(|decision| **decision != Decision::Withdrawn)
        .map(|decision| decision.as_str());
    let mut categories = CATEGORIES.to_vec();
    if !categories.contains(&summary.category.as_str()) {
        categories.push(&summary.category);
    }
    let present_team = summary.team.map_or(String::new(), |team| team.to_string());
    let chosen_team = form.given("assign-team").unwrap_or(present_team);
    let status = || RedressStatus::ALL.iter().map(|status| status.as_str());
    Menus {
        decision: or_none(
            words,
            choices(words, "decision", decisions, (form, "close-decision"), ""),
        ),
        redress: or_none(
            words,
            choices(
                words,
                "redress",
                RedressType::ALL.iter().map(|r| r.as_str()),
                (form, "close-redress-type"),
                "",
            ),
        ),
        redress_status: choices(
            words,
            "redress-status",
            status(),
            (form, "close-redress-status"),
            "offered",
        ),
        progress: choices(words, "redress-status", status(), (form, "redress-status"), "paid"),
        cause: or_none(
            words,
            choices(
                words,
                "cause",
                CauseCategory::ALL.iter().map(|c| c.as_str()),
                (form, "close-cause_category"),
                "",
            ),
        ),
        purpose: choices(
            words,
            "purpose",
            CallBackPurpose::ALL.iter().map(|p| p.as_str()),
            (form, "promise-purpose"),
            "confirm_resolution",
        ),
        ball: choices(
            words,
            "ball",
            ["customer", "third_party"],
            (form, "wait-ball_with"),
            "customer",
        ),
        way: choices(
            words,
            "way",
            ["internal", "out", "in"],
            (form, "write-direction"),
            "internal",
        ),
        severity: choices(
            words,
            "level",
            Level::ALL.iter().map(|level| level.as_str()),
            (form, "sort-severity"),
            summary.severity.as_str(),
        ),
        category: choices(
            words,
            "category",
            categories,
            (form, "sort-category"),
            &summary.category,
        ),
        kind: choices(
            words,
            "kind",
            Kind::ALL.iter().map(|kind| kind.as_str()),
            (form, "sort-kind"),
            summary.kind.as_str(),
        ),
        team: std::iter::once(Choice {
            value: String::new(),
            label: words.get("desk-no-team"),
            chosen: chosen_team.is_empty(),
        })
        .chain(seen.teams.iter().map(|team| Choice {
            chosen: team.id.to_string() == chosen_team,
            value: team.id.to_string(),
            label: team.name.clone(),
        }))
        .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_evidence_are_marked_where_they_stand() {
        let found = Evidence {
            start: 2,
            end: 5,
            text: "没人管".to_owned(),
            weight: 0.4,
        };
        let pieces = pieces("三次没人管！", &[found]);
        let told: Vec<_> = pieces.iter().map(|piece| (piece.text.as_str(), piece.marked)).collect();
        assert_eq!(told, [("三次", false), ("没人管", true), ("！", false)]);
    }
}
