//! Logging a complaint while the customer is on the phone: recognised by the number, the words typed as they are
//! spoken, a type proposed beside them; the steps and the promise in the same form.

pub(crate) mod beside;
mod intake;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use self::beside::{Caller, Proposal, propose, recognise};
use self::intake::{follow_up, promised, take_in};
use super::agenda::{self, Agenda};
use super::complaint::{self, CATEGORIES};
use super::steps::{self, Hand, StepPart};
use super::voice::voice;
use super::words::{Choice, choices};
use super::{fields, kept};
use crate::api::extract::Ctx;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::vocabulary::{Channel, Kind, Level};
use crate::domain::drafts::{self, DraftKind, Found};
use crate::domain::staff::names::Names;
use crate::domain::typing::CustomerType;
use crate::error::{Error, FieldError, Problem, Result};
use crate::web::forms::{Findings, Form};
use crate::web::i18n::{Words, fl};
use crate::web::page::{Page, Visitor};
use crate::web::time;

/// What can be chosen.
struct Menus {
    channel: Vec<Choice>,
    kind: Vec<Choice>,
    category: Vec<Choice>,
    severity: Vec<Choice>,
    manner: Vec<Choice>,
    purpose: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "web/desk/new.html")]
struct CallPage {
    page: Page,
    caller: Caller,
    proposal: Proposal,
    menus: Menus,
    steps: Vec<StepPart>,
    steps_open: bool,
    promise_open: bool,
    zones: &'static [&'static str],
    today: String,
    agenda: Agenda,
    /// What was put back: when it was typed.
    put_back: Option<String>,
    form: Form,
    findings: Findings,
}

/// Time zones that are offered; any other can be typed.
const ZONES: &[&str] = &[
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
];

/// The fields in the order of the page.
const FIELDS: &[&str] = &[
    "caller",
    "name",
    "email",
    "time_zone",
    "statement",
    "subject",
    "facts",
    "opinions",
    "desired_remedy",
    "order_ref",
    "product",
];

/// `GET /desk/new`
pub(crate) async fn show_new(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let mut form = Form::fresh();
    if let Some(number) = visitor.query("caller") {
        // A plus that was not encoded arrives as a space.
        let number = match number.strip_prefix(' ') {
            Some(rest) => format!("+{rest}"),
            None => number.to_owned(),
        };
        form.set("caller", number);
    }
    let draft = uuid::Builder::from_random_bytes(rand::random()).into_uuid();
    form.set("draft", draft.to_string());
    form.set("mine", "1");
    let put_back = match form.given("caller") {
        // Somebody else calls.
        Some(_) => None,
        None => put_back(&ctx, &visitor, &mut form).await?,
    };
    show(&ctx, &visitor, form, Findings::default(), put_back).await
}

/// Puts back what the caller has typed and not sent; says when that was.
async fn put_back(ctx: &Ctx, visitor: &Visitor, form: &mut Form) -> Result<Option<String>> {
    let kept = ctx
        .read(|conn, act| drafts::find(conn, act, None, DraftKind::Intake))
        .await?;
    let Some(Found { draft, customer }) = kept else {
        return Ok(None);
    };
    let event = Event::about_many(ObjectKind::Complaint, "complaint.draft_read");
    ctx.disclose(event.of(customer)).await?;
    let _names = kept::restore(form, &draft.typed);
    let voice = voice(ctx, visitor);
    Ok(Some(voice.short(draft.updated_at)))
}

/// What was logged is no draft any more. That it could not be thrown away harms nothing.
async fn forget(ctx: &Ctx) {
    let done = ctx
        .write(|conn, act| drafts::discard(conn, act, None, DraftKind::Intake))
        .await;
    if let Err(error) = done {
        tracing::warn!(%error, "a draft that was logged is still there");
    }
}

fn menus(words: Words, form: &Form) -> Menus {
    Menus {
        channel: choices(
            words,
            "channel",
            Channel::ALL.iter().map(|c| c.as_str()),
            (form, "channel"),
            "phone",
        ),
        kind: choices(
            words,
            "kind",
            Kind::ALL.iter().map(|k| k.as_str()),
            (form, "kind"),
            "complaint",
        ),
        category: choices(
            words,
            "category",
            CATEGORIES.iter().copied(),
            (form, "category"),
            "other",
        ),
        severity: choices(
            words,
            "level",
            Level::ALL.iter().map(|l| l.as_str()),
            (form, "severity"),
            "medium",
        ),
        manner: choices(
            words,
            "type",
            CustomerType::ALL.iter().map(|kind| kind.as_str()),
            (form, "customer_type"),
            "",
        ),
        purpose: choices(
            words,
            "purpose",
            ["confirm_resolution", "give_answer", "report_progress"],
            (form, "promise-purpose"),
            "give_answer",
        ),
    }
}

async fn show(
    ctx: &Ctx,
    visitor: &Visitor,
    mut form: Form,
    findings: Findings,
    put_back: Option<String>,
) -> Result<HttpResponse> {
    let voice = voice(ctx, visitor);
    let words = voice.words;
    let caller = recognise(ctx, visitor, &form).await?;
    let proposal = propose(ctx, voice, &form).await?;
    if let Some(known) = caller.zone().filter(|_| form.given("time_zone").is_none()) {
        form.set("time_zone", known);
    }
    let zone = match form.given("time_zone") {
        Some(name) => time::zone(&name),
        None => voice.zone,
    };
    let steps = {
        let hand = Hand {
            words,
            lang: voice.lang,
            zone,
            now: voice.now,
            names: Names::NONE,
            form: &form,
            findings: &findings,
        };
        steps::of_a_call(&hand)
    };
    let menus = menus(words, &form);
    let agenda = ctx.read(|conn, act| agenda::look(conn, act, None)).await?;
    let title = fl!(words, "desk-new-title");
    let (status, page) = match findings.is_empty() {
        true => (StatusCode::OK, visitor.page(title)),
        false => (StatusCode::UNPROCESSABLE_ENTITY, visitor.page_with_errors(&title)),
    };
    let filled = |prefix: &str| {
        form.all()
            .any(|(name, value)| name.starts_with(prefix) && !value.is_empty())
    };
    let page = CallPage {
        page: page
            .style("desk.css")
            .style("case.css")
            .script("form.js")
            .script("keys.js")
            .script("log-call.js")
            .script("agenda.js")
            .script("intake-draft.js"),
        steps_open: steps.iter().any(|step| filled(&format!("{}-", step.slug))),
        promise_open: filled("promise-from") || filled("promise-day") || findings.at("promise-from").is_some(),
        caller,
        proposal,
        menus,
        steps,
        zones: ZONES,
        agenda: agenda.shown(voice, zone),
        today: voice.now.with_timezone(&zone).format("%Y-%m-%d").to_string(),
        put_back,
        form,
        findings,
    };
    visitor.show_as(status, &page)
}

/// `POST /desk/new`
pub(crate) async fn log_call(ctx: Ctx, visitor: Visitor, mut form: Form) -> Result<HttpResponse> {
    // The button for those without scripts: who is it, and how does it sound?
    if form.given("look").is_some() {
        return show(&ctx, &visitor, form, Findings::default(), None).await;
    }
    // Times are the customer's: as the form says, as we know, or as at the desk.
    if form.given("time_zone").is_none() {
        let known = recognise(&ctx, &visitor, &form).await?.zone();
        form.set(
            "time_zone",
            known.unwrap_or_else(|| ctx.app.policy.default_time_zone.clone()),
        );
    }
    let receipt = match take_in(&ctx, &form).await {
        Ok(receipt) => receipt,
        Err(Error::Problem(problem)) if problem.code.status() < 500 => {
            form.renew_key();
            let findings = findings(&problem, &visitor);
            return show(&ctx, &visitor, form, findings, None).await;
        }
        Err(other) => return Err(other),
    };
    forget(&ctx).await;
    match follow_up(&ctx, receipt.id, &form).await {
        Ok(()) => Ok(visitor.go(&format!("/desk/complaints/{}?done=logged", receipt.id))),
        // The complaint is there; what could not be done with it is typed into its page, and nothing is lost.
        Err(Error::Problem(problem)) if problem.code.status() < 500 => {
            let findings = findings(&problem, &visitor);
            form.renew_key();
            form.set("deed", if promised(&form) { "promise" } else { "steps" });
            complaint::show(&ctx, &visitor, receipt.id, form, findings, false).await
        }
        Err(other) => Err(other),
    }
}

fn findings(problem: &Problem, visitor: &Visitor) -> Findings {
    Findings::of(problem, visitor.words, |error| {
        Some((field_of(error), better(visitor, error)))
    })
    .in_order(FIELDS)
}

fn field_of(error: &FieldError) -> String {
    let pointer = error.pointer.as_str();
    match pointer {
        "/customer/phone" | "/customer" | "/customer/customer_id" => "caller".to_owned(),
        "/customer/time_zone" | "/time_zone" => "time_zone".to_owned(),
        "/window_start" | "/window_end" | "/number" | "/purpose" => fields::field_of("promise", pointer),
        pointer if pointer.starts_with("/steps") => error.detail.clone(),
        pointer => {
            let name = pointer.trim_start_matches("/customer").trim_start_matches('/');
            name.split('/').next().unwrap_or(name).to_owned()
        }
    }
}

fn better(visitor: &Visitor, error: &FieldError) -> Option<String> {
    let words = visitor.words;
    match (error.pointer.as_str(), error.code.as_str()) {
        ("/statement", "required" | "too_short") => Some(fl!(words, "desk-statement-missing")),
        ("/subject", "required" | "too_short") => Some(fl!(words, "desk-subject-missing")),
        ("/customer", "required") => Some(fl!(words, "desk-caller-missing")),
        ("/customer/phone", _) => Some(fl!(words, "desk-caller-wrong")),
        _ => super::deeds::better(words, error),
    }
}
