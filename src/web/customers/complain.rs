//! The form by which a customer tells what happened, and the receipt.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{NaiveDate, NaiveTime, TimeZone as _};

use super::{Ahead, ahead};
use crate::api::attachments::{self, NamedFile};
use crate::api::challenge::Solution;
use crate::api::edge::Edge;
use crate::api::extract::{Ctx, Id};
use crate::api::upload::MoreFiles;
use crate::api::{public as kept_answers, typing};
use crate::clock::Moment;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::attachments::Way;
use crate::domain::complaints::intake::{Intake, LONGEST_STATEMENT, PublicForm};
use crate::domain::complaints::public;
use crate::domain::complaints::receive::Arrival;
use crate::domain::complaints::vocabulary::{Channel, Kind, Medium};
use crate::domain::sla::clocks::outlook;
use crate::error::{Code, Error, FieldError, Problem, Result};
use crate::web::forms::{Findings, Form, FormWithFiles, patiently};
use crate::web::i18n::{Words, fl};
use crate::web::page::{Page, Visitor};
use crate::web::time;

/// The fields, in the order of the page.
const FIELDS: &[&str] = &[
    "statement",
    "incident_on",
    "desired_remedy",
    "product",
    "order_ref",
    "name",
    "phone",
    "email",
    "preferred_medium",
    "preferred_time",
    "files",
];

#[derive(Template)]
#[template(path = "web/customers/complain.html")]
struct FormPage {
    page: Page,
    form: Form,
    findings: Findings,
    ahead: Vec<Ahead>,
    zone: String,
    limits: Limits,
    today: String,
    proof: bool,
}

/// How much may be attached, as people say it.
struct Limits {
    files: i64,
    megabytes: i64,
}

impl Limits {
    fn of(ctx: &Ctx) -> Self {
        let limits = ctx.app.policy.attachments;
        Self {
            files: limits.per_complaint.into(),
            megabytes: i64::try_from(limits.bytes >> 20).unwrap_or(i64::MAX),
        }
    }
}

/// `GET /complain`
pub(crate) async fn show_form(ctx: Ctx, edge: web::Data<Edge>, visitor: Visitor) -> Result<HttpResponse> {
    show(&ctx, &edge, &visitor, Form::fresh(), Findings::default()).await
}

async fn show(ctx: &Ctx, edge: &Edge, visitor: &Visitor, form: Form, findings: Findings) -> Result<HttpResponse> {
    let expected = ctx
        .read(|conn, act| outlook::of_what_comes_in(conn, act.now, Kind::Complaint, Channel::Web))
        .await?;
    let (now, zone) = (ctx.app.clock.now(), time::zone(&ctx.app.policy.default_time_zone));
    let title = fl!(visitor.words, "complain-title");
    let (status, page) = match findings.is_empty() {
        true => (StatusCode::OK, visitor.page(title)),
        false => (StatusCode::UNPROCESSABLE_ENTITY, visitor.page_with_errors(&title)),
    };
    let page = FormPage {
        page: page
            .holding("complaint")
            .style("customers.css")
            .script("form.js")
            .script("proof.js")
            .script("draft.js"),
        form,
        findings,
        ahead: ahead(visitor.words, visitor.lang, zone, now, &expected),
        zone: time::zone_name(visitor.words, visitor.lang, zone),
        limits: Limits::of(ctx),
        today: now.with_timezone(&zone).format("%Y-%m-%d").to_string(),
        proof: edge.proof.is_some(),
    };
    visitor.show_as(status, &page)
}

/// `POST /complain`
pub(crate) async fn file_complaint(
    ctx: Ctx,
    edge: web::Data<Edge>,
    mut visitor: Visitor,
    posted: FormWithFiles,
) -> Result<HttpResponse> {
    let (mut form, files) = posted.open().await?;
    let most = ctx.app.policy.attachments.bytes_per_complaint;
    if let Some((lang, theme)) = form.switched() {
        visitor.switch(&ctx.app, lang, theme)?;
        files.let_pass(most).await;
        return show(&ctx, &edge, &visitor, form, Findings::default()).await;
    }
    let ctx = ctx.with_key(form.key());
    let token = match file(&ctx, &edge, &visitor, &form).await {
        Ok(token) => token,
        Err(error) => {
            files.let_pass(most).await;
            let findings = findings_of(&visitor, &mut form, error)?;
            return show(&ctx, &edge, &visitor, form, findings).await;
        }
    };
    let unkept = keep_files(&ctx, &form, &token, files).await;
    let more = if unkept > 0 {
        format!("?unkept={unkept}")
    } else {
        String::new()
    };
    Ok(visitor.go(&format!("/complain/done/{token}{more}")))
}

/// Files what the form says; gives the secret of the private link.
async fn file(ctx: &Ctx, edge: &Edge, visitor: &Visitor, form: &Form) -> Result<String> {
    let act = ctx.act();
    let mut wrong = Vec::new();
    let filled = public_form(ctx, visitor, form, &mut wrong);
    let intake = match Intake::by_public(filled, &act) {
        Ok(intake) if wrong.is_empty() => intake,
        Ok(_) => return Err(Error::invalid(wrong)),
        Err(Error::Problem(mut problem)) => {
            problem.errors.append(&mut wrong);
            return Err(Error::Problem(problem));
        }
        Err(other) => return Err(other),
    };
    let claim = ctx.claim(&form.fingerprint());
    let lookup = claim.as_ref().map(|claim| *claim.lookup());
    // From here on one at a time: a second press of the button finds the answer to the first.
    let _guard = match lookup {
        Some(lookup) => Some(patiently(async || ctx.app.take_in_flight(lookup)).await?),
        None => None,
    };
    let proof = match kept_answers::kept(ctx, claim.as_ref()).await? {
        // The same form once more is answered from what is kept, and asked for nothing.
        true => None,
        false => Solution::of_form(form.text("challenge")).check(ctx, edge).await?,
    };
    let arrival = Arrival {
        proposal: Some(typing::propose(ctx, &intake).await),
        act,
        intake,
        claim,
        proof,
    };
    let receipt = ctx.app.intake.submit(arrival.intake.lane_key(), arrival).await?;
    let token = receipt
        .tracking_token
        .ok_or_else(|| Error::internal("a public complaint without a private link"))?;
    Ok(token.reveal().to_owned())
}

fn public_form(ctx: &Ctx, visitor: &Visitor, form: &Form, wrong: &mut Vec<FieldError>) -> PublicForm {
    let mut read = |field: &str, fits: bool| {
        if !fits {
            wrong.push(FieldError {
                pointer: format!("/{field}"),
                code: "malformed".to_owned(),
                detail: String::new(),
            });
        }
    };
    let zone_name = form
        .given("time_zone")
        .filter(|name| name.parse::<chrono_tz::Tz>().is_ok());
    let zone = time::zone(zone_name.as_deref().unwrap_or(&ctx.app.policy.default_time_zone));
    let on = form.given("incident_on").map(|text| text.trim().parse::<NaiveDate>());
    read("incident_at", on.as_ref().is_none_or(Result::is_ok));
    let incident_at = on
        .and_then(Result::ok)
        .and_then(|day| zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest())
        .and_then(|at| Moment::try_from(at.to_utc()).ok());
    let medium = form.given("preferred_medium").map(|word| word.parse::<Medium>());
    read("preferred_medium", medium.as_ref().is_none_or(Result::is_ok));
    PublicForm {
        kind: None,
        name: form.given("name"),
        phone: form.given("phone"),
        email: form.given("email"),
        subject: None,
        statement: form.text("statement").replace("\r\n", "\n"),
        product: form.given("product"),
        order_ref: form.given("order_ref"),
        incident_at,
        desired_remedy: form.given("desired_remedy").map(|text| text.replace("\r\n", "\n")),
        language: Some(visitor.lang.to_string()),
        time_zone: zone_name,
        preferred_medium: medium.and_then(Result::ok),
        preferred_time: form.given("preferred_time"),
        consents: Vec::new(),
    }
}

/// What the page says of an error that the customer can do something about; other errors stay errors.
fn findings_of(visitor: &Visitor, form: &mut Form, error: Error) -> Result<Findings> {
    let words = visitor.words;
    let problem = match error {
        Error::Problem(problem) => problem,
        other => return Err(other),
    };
    match problem.code {
        Code::Invalid => {}
        Code::IdempotencyMismatch => {
            // Sent before, and changed since: that may be meant, but it has to be said again.
            form.renew_key();
            let mut findings = Findings::default();
            findings.add("", fl!(words, "complain-sent-before"));
            return Ok(findings);
        }
        Code::ChallengeRequired | Code::ChallengeInvalid | Code::ChallengeExpired | Code::ChallengeSpent => {
            form.set("challenge", "");
        }
        _ => return Err(Error::Problem(problem)),
    }
    Ok(said(&problem, words).in_order(FIELDS))
}

fn said(problem: &Problem, words: Words) -> Findings {
    Findings::of(problem, words, |error| {
        let field = error.pointer.trim_start_matches('/');
        let field = match field {
            "incident_at" => "incident_on",
            known if FIELDS.contains(&known) => known,
            _ => return None,
        };
        let text = match (field, error.code.as_str()) {
            ("statement", "required" | "too_short") => Some(fl!(words, "complain-statement-missing")),
            ("statement", "too_long") => {
                let most = i64::try_from(LONGEST_STATEMENT).unwrap_or_default();
                Some(fl!(words, "complain-statement-long", most = most))
            }
            ("phone", "required") => Some(fl!(words, "complain-contact-missing")),
            ("phone", _) => Some(fl!(words, "complain-phone-wrong")),
            ("email", _) => Some(fl!(words, "complain-email-wrong")),
            ("incident_on", "out_of_range") => Some(fl!(words, "complain-incident-future")),
            ("incident_on", _) => Some(fl!(words, "complain-incident-wrong")),
            _ => None,
        };
        Some((field.to_owned(), text))
    })
}

/// Keeps the files with the complaint; gives how many could not be kept.
async fn keep_files(ctx: &Ctx, form: &Form, token: &str, mut files: MoreFiles) -> usize {
    let (mut number, mut unkept) = (0_usize, 0_usize);
    let most = usize::try_from(ctx.app.policy.attachments.per_complaint).unwrap_or(usize::MAX);
    loop {
        let (name, content) = match files.next().await {
            Ok(Some(file)) => file,
            Ok(None) => return unkept,
            Err(_) => return unkept + 1,
        };
        number += 1;
        let key = form.key().map(|key| format!("{key}:{number}"));
        let ctx = ctx.clone().with_key(key).under(format!("/track/{token}/files"));
        let file = NamedFile {
            name,
            shared: false,
            content,
        };
        let kept = attachments::keep(&ctx, Way::Link(token.to_owned()), None, file).await;
        // The button was pressed twice: the other sending keeps it, and says so when it cannot.
        if let Err(error) = kept
            && error.code() != Code::IdempotencyInFlight
        {
            if error.code().status() >= 500 {
                tracing::error!(%error, "a file of the public form was not kept");
            }
            unkept += 1;
        }
        if number > most {
            return unkept;
        }
    }
}

#[derive(Template)]
#[template(path = "web/customers/done.html")]
struct ReceiptPage {
    page: Page,
    reference: String,
    link: String,
    ahead: Vec<Ahead>,
    zone: String,
    unkept: i64,
}

/// `GET /complain/done/{token}`
pub(crate) async fn show_receipt(
    ctx: Ctx,
    visitor: Visitor,
    token: Id<String>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let secret = token.0.clone();
    let (tracked, expected) = ctx
        .read(move |conn, act| {
            let tracked = public::track(conn, &secret)?;
            let expected = outlook::of_complaint(conn, act.now, tracked.complaint_id)?;
            Ok((tracked, expected))
        })
        .await?;
    let event = Event::on(ObjectKind::Complaint, tracked.complaint_id.0, "complaint.tracked");
    ctx.disclose(event.of([tracked.customer_id])).await?;
    let (now, zone) = (ctx.app.clock.now(), time::zone(&ctx.app.policy.default_time_zone));
    let base = match &ctx.app.front.public_url {
        Some(url) => url.clone(),
        None => {
            let connection = request.connection_info();
            format!("{}://{}", connection.scheme(), connection.host())
        }
    };
    let unkept = visitor.query("unkept").and_then(|n| n.parse().ok()).unwrap_or(0);
    visitor.show(&ReceiptPage {
        page: visitor
            .page(fl!(visitor.words, "done-title"))
            .style("customers.css")
            .script("form.js")
            .script("filed.js"),
        reference: tracked.seen.reference,
        link: format!("{base}/track/{}", token.0),
        ahead: ahead(visitor.words, visitor.lang, zone, now, &expected),
        zone: time::zone_name(visitor.words, visitor.lang, zone),
        unkept,
    })
}
