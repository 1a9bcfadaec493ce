//! Logging a complaint while the customer is on the phone: recognised by the number, the words typed as they are
//! spoken, a type proposed beside them; the steps and the promise in the same form.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::{Value, json};

use super::complaint::{self, CATEGORIES, voice};
use super::fields;
use super::parts::{self, Card, Row, Voice};
use super::steps::{self, Hand, StepPart};
use super::words::{Choice, choices, guidance, word};
use crate::api::extract::{Body, Ctx};
use crate::api::typing;
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::call_backs::{self, CallBackView, PromiseForm};
use crate::domain::complaints::intake::{Intake, IntakeForm};
use crate::domain::complaints::listing::{self, Listing, Order};
use crate::domain::complaints::receive::{Arrival, Receipt};
use crate::domain::complaints::steps::{self as recording, StepsForm};
use crate::domain::complaints::vocabulary::{CallBackState, Channel, HandlingStep, Kind, Level};
use crate::domain::customers::model::SeenCustomer;
use crate::domain::customers::record::{self, Lookup};
use crate::domain::staff::{Act, Permission};
use crate::domain::typing::CustomerType;
use crate::domain::typing::playbooks::{self, Guidance};
use crate::domain::typing::suggestion::{self, Suggestion, SuggestionForm};
use crate::error::{Error, FieldError, Problem, Result};
use crate::ids::ComplaintId;
use crate::web::forms::{Findings, Form, patiently};
use crate::web::i18n::fl;
use crate::web::page::{Page, Visitor};
use crate::web::time;

/// Who calls, as far as we know.
struct Caller {
    /// Whether a number was given at all.
    asked: bool,
    card: Option<Card>,
    /// How many others have the number, too.
    others: usize,
    open: Vec<Row>,
    earlier: Vec<Row>,
    /// The last promise to call, in words.
    promise: String,
    /// The number as it was given, for the page to know whether it is still the same.
    number: String,
}

#[derive(Template)]
#[template(path = "web/desk/caller.html")]
struct CallerPart {
    page: Page,
    caller: Caller,
}

/// A word of the proposal's evidence.
struct Proposal {
    /// `none` while there is too little text, `blind`, `unclear` or `clear`: the class, too.
    stands: &'static str,
    slug: &'static str,
    says: String,
    percent: i64,
    nearest: Vec<String>,
    pieces: Vec<String>,
    guide: Guidance,
}

#[derive(Template)]
#[template(path = "web/desk/proposal.html")]
struct ProposalPart {
    page: Page,
    proposal: Proposal,
}

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
    form.set("draft", uuid::Uuid::new_v4().to_string());
    form.set("mine", "1");
    show(&ctx, &visitor, form, Findings::default()).await
}

/// `POST /desk/new/caller`: who has this number, for the script beside the field.
pub(crate) async fn show_caller(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let caller = recognise(&ctx, &visitor, &form).await?;
    visitor.show(&CallerPart {
        page: visitor.page(""),
        caller,
    })
}

/// `POST /desk/new/proposal`: what the words so far suggest, for the script beside the field.
pub(crate) async fn show_proposal(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let proposal = propose(&ctx, voice(&ctx, &visitor), &form).await?;
    visitor.show(&ProposalPart {
        page: visitor.page(""),
        proposal,
    })
}

type Known = (Vec<SeenCustomer>, Vec<Row>, String);

fn look(conn: &mut Conn, act: &Act, voice: Voice, number: String) -> Result<Known> {
    let lookup = Lookup {
        contact: Some(number.replace('\0', "")),
        after: None,
        limit: 5,
    };
    let found = record::list(conn, act, &lookup)?;
    let Some(SeenCustomer::Whole(customer)) = found.first() else {
        return Ok((found, Vec::new(), String::new()));
    };
    let listing = Listing {
        customer_id: Some(customer.id),
        order: Order::Newest,
        limit: 8,
        ..Listing::default()
    };
    let complaints = listing::list(conn, act, &listing)?.items;
    let mut promised: Vec<CallBackView> = Vec::new();
    for complaint in complaints.iter().take(3) {
        promised.append(&mut call_backs::of_complaint(conn, act.now, complaint.id)?);
    }
    promised.sort_by_key(|call| (call.state != CallBackState::Open, std::cmp::Reverse(call.promised_at)));
    let promise = promised.first().map_or(String::new(), |call| {
        let part = parts::call(voice, call);
        format!("{}: {} · {}", part.purpose, part.window, part.state)
    });
    Ok((
        found,
        complaints.iter().map(|summary| parts::row(voice, summary)).collect(),
        promise,
    ))
}

async fn recognise(ctx: &Ctx, visitor: &Visitor, form: &Form) -> Result<Caller> {
    let nobody = |asked| Caller {
        asked,
        card: None,
        others: 0,
        open: Vec::new(),
        earlier: Vec::new(),
        promise: String::new(),
        number: form.text("caller").trim().to_owned(),
    };
    let number = form.text("caller").trim().to_owned();
    if number.chars().filter(char::is_ascii_digit).count() < 5 || !visitor.may(Permission::ReadCustomers) {
        return Ok(nobody(false));
    }
    let voice = voice(ctx, visitor);
    let (found, rows, promise) = ctx.read(move |conn, act| look(conn, act, voice, number)).await?;
    if found.is_empty() {
        return Ok(nobody(true));
    }
    let event = Event::about_many(ObjectKind::Customer, "customer.listed").of(found.iter().map(SeenCustomer::id));
    ctx.disclose(event).await?;
    let (open, earlier): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.open);
    Ok(Caller {
        card: Some(parts::card(voice, found.first()).0),
        others: found.len() - 1,
        open,
        earlier,
        promise,
        ..nobody(true)
    })
}

async fn propose(ctx: &Ctx, voice: Voice, form: &Form) -> Result<Proposal> {
    let words = voice.words;
    let said = form
        .given("customer_type")
        .and_then(|slug| slug.parse::<CustomerType>().ok());
    let text = form.text("statement").replace("\r\n", "\n");
    let live = ctx.app.typing().await;
    let suggested: Option<Suggestion> = match text.trim().chars().count() {
        0..4 => None,
        _ => {
            let asked = SuggestionForm {
                text,
                lang: None,
                draft: form.text("draft").parse().ok(),
                customer_type: said,
            };
            suggestion::suggest(&live, &asked, ctx.app.policy.typing_blind_percent).ok()
        }
    };
    let proposed = suggested.as_ref().and_then(|suggested| suggested.proposed);
    let guided = said.or(proposed).unwrap_or(CustomerType::NotClear);
    let stands = match (&suggested, proposed) {
        (None, _) => "none",
        (Some(suggested), _) if suggested.blind => "blind",
        (Some(_), None | Some(CustomerType::NotClear)) => "unclear",
        (Some(_), Some(_)) => "clear",
    };
    let slug = proposed.unwrap_or(CustomerType::NotClear);
    let best = suggested
        .as_ref()
        .and_then(|s| s.types.first())
        .map_or(0.0, |first| first.probability);
    Ok(Proposal {
        stands,
        slug: slug.as_str(),
        says: match stands {
            "none" => words.get("desk-proposal-none"),
            "blind" => words.get("desk-proposal-blind"),
            "unclear" => words.get("desk-proposal-unclear"),
            _ => word(words, "seems", slug.as_str()),
        },
        #[expect(clippy::cast_possible_truncation, reason = "a percentage")]
        percent: (best * 100.0).round() as i64,
        nearest: suggested.as_ref().map_or(Vec::new(), |s| {
            s.nearest
                .iter()
                .map(|kind| word(words, "type", kind.as_str()))
                .collect()
        }),
        pieces: suggested.map_or(Vec::new(), |s| s.evidence.into_iter().map(|e| e.text).collect()),
        guide: guidance(voice.lang, playbooks::of(guided)?),
    })
}

async fn show(ctx: &Ctx, visitor: &Visitor, mut form: Form, findings: Findings) -> Result<HttpResponse> {
    let voice = voice(ctx, visitor);
    let words = voice.words;
    let caller = recognise(ctx, visitor, &form).await?;
    let proposal = propose(ctx, voice, &form).await?;
    if form.given("time_zone").is_none() {
        let known = caller
            .card
            .as_ref()
            .map(|card| card.time_zone.clone())
            .filter(|zone| !zone.is_empty());
        form.set(
            "time_zone",
            known.unwrap_or_else(|| ctx.app.policy.default_time_zone.clone()),
        );
    }
    let zone = time::zone(form.text("time_zone"));
    let steps = {
        let hand = Hand {
            words,
            lang: voice.lang,
            zone,
            form: &form,
            findings: &findings,
        };
        steps::of_a_call(&hand)
    };
    let menus = Menus {
        channel: choices(
            words,
            "channel",
            Channel::ALL.iter().map(|c| c.as_str()),
            (&form, "channel"),
            "phone",
        ),
        kind: choices(
            words,
            "kind",
            Kind::ALL.iter().map(|k| k.as_str()),
            (&form, "kind"),
            "complaint",
        ),
        category: choices(
            words,
            "category",
            CATEGORIES.iter().copied(),
            (&form, "category"),
            "other",
        ),
        severity: choices(
            words,
            "level",
            Level::ALL.iter().map(|l| l.as_str()),
            (&form, "severity"),
            "medium",
        ),
        manner: choices(
            words,
            "type",
            CustomerType::ALL.iter().map(|kind| kind.as_str()),
            (&form, "customer_type"),
            "",
        ),
        purpose: choices(
            words,
            "purpose",
            ["confirm_resolution", "give_answer", "report_progress"],
            (&form, "promise-purpose"),
            "give_answer",
        ),
    };
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
            .script("form.js")
            .script("keys.js")
            .script("log-call.js"),
        steps_open: steps.iter().any(|step| filled(&format!("{}-", step.slug))),
        promise_open: filled("promise-from") || filled("promise-day") || findings.at("promise-from").is_some(),
        caller,
        proposal,
        menus,
        steps,
        zones: ZONES,
        today: voice.now.with_timezone(&zone).format("%Y-%m-%d").to_string(),
        form,
        findings,
    };
    visitor.show_as(status, &page)
}

/// `POST /desk/new`
pub(crate) async fn log_call(ctx: Ctx, visitor: Visitor, mut form: Form) -> Result<HttpResponse> {
    // The button for those without scripts: who is it, and how does it sound?
    if form.given("look").is_some() {
        return show(&ctx, &visitor, form, Findings::default()).await;
    }
    let receipt = match take_in(&ctx, &form).await {
        Ok(receipt) => receipt,
        Err(Error::Problem(problem)) if problem.code.status() < 500 => {
            form.renew_key();
            let findings = findings(&problem, &visitor);
            return show(&ctx, &visitor, form, findings).await;
        }
        Err(other) => return Err(other),
    };
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

/// Whether the form promises a call.
fn promised(form: &Form) -> bool {
    ["promise-day", "promise-from", "promise-until"]
        .iter()
        .filter(|name| form.given(name).is_some())
        .count()
        > 1
}

/// The first line of what was said, where nobody has written a subject.
fn subject(form: &Form) -> Value {
    let own = fields::text(form, "subject");
    if !own.is_null() {
        return own;
    }
    let statement = form.text("statement").trim();
    let end = statement
        .find(['。', '！', '？', '.', '!', '?', '\n'])
        .unwrap_or(statement.len());
    let line: String = statement.get(..end).unwrap_or(statement).chars().take(80).collect();
    json!(line.trim())
}

fn intake_form(form: &Form, act: &Act) -> Result<IntakeForm> {
    let text = |name: &str| fields::text(form, name);
    let list = |name: &str| match fields::lines(form, name) {
        Value::Null => json!([]),
        lines => lines,
    };
    let mut language = text("language");
    if language.is_null() {
        language = json!(crate::web::customers::language_of(form.text("statement")));
    }
    let customer = fields::object([
        ("name", text("name")),
        ("phone", text("caller")),
        ("email", text("email")),
        ("time_zone", text("time_zone")),
    ]);
    fields::read(&fields::object([
        ("kind", text("kind")),
        (
            "channel",
            json!(form.given("channel").unwrap_or_else(|| "phone".to_owned())),
        ),
        ("customer", customer),
        ("subject", subject(form)),
        ("statement", json!(form.text("statement").replace("\r\n", "\n"))),
        ("facts", list("facts")),
        ("opinions", list("opinions")),
        ("product", text("product")),
        ("order_ref", text("order_ref")),
        ("desired_remedy", text("desired_remedy")),
        ("severity", text("severity")),
        ("safety", fields::ticked(form, "safety")),
        ("immediate_action", fields::ticked(form, "immediate_action")),
        ("category", text("category")),
        ("language", language),
        ("preferred_time", text("preferred_time")),
        ("customer_type", text("customer_type")),
        (
            "owner",
            form.given("mine").map_or(Value::Null, |_| json!(act.actor.name)),
        ),
        ("draft", text("draft")),
    ]))
}

/// Takes the complaint in, once for each form.
async fn take_in(ctx: &Ctx, form: &Form) -> Result<Receipt> {
    let act = ctx.act();
    let intake = Intake::by_staff(intake_form(form, &act)?, &act)?;
    let said = said_steps(form);
    if !said.is_empty() {
        checked_steps(&said)?;
    }
    if promised(form) {
        fields::read::<PromiseForm>(&fields::promise(form, zone(form)))?;
    }
    let ctx = ctx.clone().with_key(form.key());
    let arrival = Arrival {
        claim: ctx.claim(&form.fingerprint()),
        proposal: Some(typing::propose(&ctx, &intake).await),
        act,
        intake,
        proof: None,
    };
    // One at a time: a second press of the button finds the answer to the first.
    let lookup = arrival.claim.as_ref().map(|claim| *claim.lookup());
    let _guard = match lookup {
        Some(lookup) => Some(patiently(async || ctx.app.take_in_flight(lookup)).await?),
        None => None,
    };
    ctx.app.intake.submit(arrival.intake.lane_key(), arrival).await
}

fn zone(form: &Form) -> chrono_tz::Tz {
    time::zone(form.text("time_zone"))
}

/// The steps that were taken on the spot; what was listened to stands in the form already.
fn said_steps(form: &Form) -> Vec<(HandlingStep, Value)> {
    let mut said = fields::steps(form, zone(form));
    said.retain(|(step, _)| *step != HandlingStep::Listen);
    if said.is_empty() {
        return said;
    }
    let record = fields::object([
        ("own_words", fields::text(form, "statement")),
        ("facts", fields::lines(form, "facts")),
        ("opinions", fields::lines(form, "opinions")),
    ]);
    said.insert(0, (HandlingStep::Listen, json!({ "step": "listen", "record": record })));
    said
}

/// The steps as the domain takes them; what does not fit names the field of this page.
fn checked_steps(said: &[(HandlingStep, Value)]) -> Result<StepsForm> {
    let steps: Vec<HandlingStep> = said.iter().map(|(step, _)| *step).collect();
    let values: Vec<&Value> = said.iter().map(|(_, value)| value).collect();
    let read = fields::read::<StepsForm>(&json!({ "steps": values })).and_then(|form| {
        form.check()?;
        Ok(form)
    });
    read.map_err(|error| match error {
        Error::Problem(mut problem) => {
            for error in &mut problem.errors {
                let field = fields::field_of_step(&error.pointer, &steps);
                error.detail = match field.as_str() {
                    "listen-own_words" => "statement".to_owned(),
                    _ => field,
                };
            }
            Error::Problem(problem)
        }
        other => other,
    })
}

/// Records the steps and promises the call, if the form says so; each once, whatever became of the other.
async fn follow_up(ctx: &Ctx, id: ComplaintId, form: &Form) -> Result<()> {
    let under = |what: &str| {
        // One key for the form, and several things that it does.
        let ctx = ctx.clone().with_key(form.key().map(|key| format!("{key}:{what}")));
        ctx.under(format!("/desk/complaints/{id}/{what}"))
    };
    let said = said_steps(form);
    if !said.is_empty() {
        let (value, ctx) = (checked_steps(&said)?, under("steps"));
        patiently(async || {
            let body = Body {
                value: value.clone(),
                raw: form.fingerprint(),
            };
            let record = move |conn: &mut Conn, act: &Act, form: &StepsForm| {
                recording::record(conn, act, id, None, &form.check()?)
            };
            ctx.once(body, record).await
        })
        .await?;
    }
    if promised(form) {
        let value = fields::read::<PromiseForm>(&fields::promise(form, zone(form)))?;
        let ctx = under("promise");
        patiently(async || {
            let body = Body {
                value: value.clone(),
                raw: form.fingerprint(),
            };
            let promise =
                move |conn: &mut Conn, act: &Act, form: &PromiseForm| call_backs::promise(conn, act, id, None, form);
            ctx.once(body, promise).await
        })
        .await?;
    }
    Ok(())
}
