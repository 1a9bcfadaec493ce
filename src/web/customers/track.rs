//! The page behind the private link: where the complaint stands, what was promised, and what the customer can do.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::{Ahead, ahead, language_of};
use crate::api::extract::{Ctx, Id};
use crate::clock::Moment;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::attachments::{self, AttachmentView, Way};
use crate::domain::complaints::messages::MessageView;
use crate::domain::complaints::public::{self, PublicCallBack, PublicComplaint};
use crate::domain::complaints::vocabulary::{
    BallWith, CallBackPurpose, CallBackState, Decision, Direction, HandlingStep, Kind, State,
};
use crate::domain::sla::clocks::outlook::{self, Expected};
use crate::domain::staff::ActorKind;
use crate::error::{Code, Result};
use crate::web::forms::{Findings, Form};
use crate::web::i18n::{Words, fl};
use crate::web::locale::Lang;
use crate::web::page::{Page, Visitor};
use crate::web::time;

/// A step of seven, as the customer sees it.
struct Step {
    what: String,
    /// `done`, `now` or `coming`: the class, too.
    stands: &'static str,
    says: String,
}

/// A promised call.
struct Call {
    id: String,
    what: String,
    state: String,
    open: bool,
    window: String,
    zone: String,
    machine: String,
    away: String,
    day: String,
    from: String,
    until: String,
}

/// A message, either way.
struct Message {
    ours: bool,
    who: String,
    at: String,
    machine: String,
    body: String,
    lang: &'static str,
}

/// A file.
struct File {
    id: String,
    name: String,
    says: String,
}

#[derive(Template)]
#[template(path = "web/customers/track.html")]
struct TrackPage {
    page: Page,
    token: String,
    seen: PublicComplaint,
    stands: String,
    advice: String,
    closed: bool,
    decision: Option<String>,
    /// Whether it ended without a decision of ours.
    ended: bool,
    accepted: Option<String>,
    can_accept: bool,
    can_withdraw: bool,
    steps: Vec<Step>,
    calls: Vec<Call>,
    ahead: Vec<Ahead>,
    messages: Vec<Message>,
    files: Vec<File>,
    received: String,
    /// In which zone the times are.
    zone: String,
    statement_lang: &'static str,
    form: Form,
    findings: Findings,
    done: Option<String>,
}

/// `GET /track/{token}`
pub(crate) async fn show_complaint(ctx: Ctx, visitor: Visitor, token: Id<String>) -> Result<HttpResponse> {
    show(&ctx, &visitor, token.0, Form::fresh(), Findings::default()).await
}

/// The page, with what somebody has typed and what does not fit.
pub(crate) async fn show(
    ctx: &Ctx,
    visitor: &Visitor,
    token: String,
    form: Form,
    findings: Findings,
) -> Result<HttpResponse> {
    let secret = token.clone();
    let found = ctx
        .read(move |conn, act| {
            let tracked = public::track(conn, &secret)?;
            let expected = outlook::of_complaint(conn, act.now, tracked.complaint_id)?;
            let (_, files) = attachments::list(conn, &Way::Link(secret))?;
            Ok((tracked, expected, files))
        })
        .await;
    let (tracked, expected, files) = match found {
        Err(error) if error.code() == Code::NotFound => return unknown(visitor),
        other => other?,
    };
    let event = Event::on(ObjectKind::Complaint, tracked.complaint_id.0, "complaint.tracked");
    ctx.disclose(event.of([tracked.customer_id])).await?;
    let page = build(ctx, visitor, token, tracked.seen, &expected, files, form, findings);
    let status = match page.findings.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    visitor.show_as(status, &page)
}

#[expect(clippy::too_many_arguments, reason = "what the page is made of")]
fn build(
    ctx: &Ctx,
    visitor: &Visitor,
    token: String,
    seen: PublicComplaint,
    expected: &[Expected],
    files: Vec<AttachmentView>,
    form: Form,
    findings: Findings,
) -> TrackPage {
    let (words, lang, now) = (visitor.words, visitor.lang, ctx.app.clock.now());
    // Times are the customer's: the zone of the last promise, or the desk's.
    let zone = seen.call_backs.last().map(|call| call.time_zone.as_str());
    let zone = time::zone(zone.unwrap_or(&ctx.app.policy.default_time_zone));
    let title = fl!(words, "track-title", reference = seen.reference.as_str());
    let page = match findings.is_empty() {
        true => visitor.page(title),
        false => visitor.page_with_errors(&title),
    };
    let (stands, advice) = standing(words, &seen);
    let closed = seen.state == State::Closed;
    TrackPage {
        page: page.style("customers.css").script("form.js"),
        closed,
        decision: seen
            .decision
            .filter(|_| decides(seen.decision))
            .map(|decision| decided(words, decision)),
        ended: closed && !decides(seen.decision),
        accepted: seen.accepted_at.map(|at| time::moment(lang, zone, at)),
        can_accept: closed && seen.accepted_at.is_none() && decides(seen.decision),
        can_withdraw: !closed,
        steps: steps(words, &seen),
        calls: seen
            .call_backs
            .iter()
            .map(|call| call_of(words, lang, now, call))
            .collect(),
        ahead: if closed {
            Vec::new()
        } else {
            ahead(words, lang, zone, now, expected)
        },
        messages: seen.messages.iter().map(|m| message(words, lang, zone, m)).collect(),
        files: files.into_iter().map(|file| file_of(words, file)).collect(),
        received: time::moment(lang, zone, seen.received_at),
        zone: time::zone_name(words, lang, zone),
        statement_lang: language_of(&seen.statement),
        done: done(words, visitor.query("done")),
        stands,
        advice,
        token,
        seen,
        form,
        findings,
    }
}

/// What has just been done, as the address says it.
fn done(words: Words, what: Option<&str>) -> Option<String> {
    Some(match what? {
        "written" => fl!(words, "track-done-written"),
        "file" => fl!(words, "track-done-file"),
        "moved" => fl!(words, "track-done-moved"),
        "declined" => fl!(words, "track-done-declined"),
        "accepted" => fl!(words, "track-done-accepted"),
        "disputed" => fl!(words, "track-done-disputed"),
        "withdrawn" => fl!(words, "track-done-withdrawn"),
        _ => return None,
    })
}

/// Where it stands, and what that means for the customer.
fn standing(words: Words, seen: &PublicComplaint) -> (String, String) {
    let calls = seen.call_backs.iter().any(|call| call.state == CallBackState::Open);
    match (seen.state, seen.ball_with) {
        (State::Received, _) => (fl!(words, "track-received"), fl!(words, "track-received-advice")),
        (State::InHandling, _) if calls => (fl!(words, "track-handling"), fl!(words, "track-handling-call-advice")),
        (State::InHandling, _) => (fl!(words, "track-handling"), fl!(words, "track-handling-advice")),
        (State::Waiting, BallWith::Customer) => (fl!(words, "track-your-turn"), fl!(words, "track-your-turn-advice")),
        (State::Waiting, _) => (fl!(words, "track-waiting"), fl!(words, "track-waiting-advice")),
        // What was taken back, or goes on elsewhere, is no decision of ours that one agrees with or not.
        (State::Closed, _) if !decides(seen.decision) => {
            let why = seen.decision.map(|decision| decided(words, decision));
            (fl!(words, "track-closed"), why.unwrap_or_default())
        }
        (State::Closed, _) => (fl!(words, "track-closed"), fl!(words, "track-closed-advice")),
    }
}

fn decided(words: Words, decision: Decision) -> String {
    match decision {
        Decision::Upheld => fl!(words, "decision-upheld"),
        Decision::Partly => fl!(words, "decision-partly"),
        Decision::Rejected => fl!(words, "decision-rejected"),
        Decision::Withdrawn => fl!(words, "decision-withdrawn"),
        Decision::Duplicate => fl!(words, "decision-duplicate"),
    }
}

/// Whether it is a decision of ours that somebody can accept.
const fn decides(decision: Option<Decision>) -> bool {
    matches!(decision, Some(Decision::Upheld | Decision::Partly | Decision::Rejected))
}

fn steps(words: Words, seen: &PublicComplaint) -> Vec<Step> {
    let mut reached = seen.state == State::Closed;
    seen.steps
        .iter()
        .filter(|step| seen.kind == Kind::Complaint || step.step != HandlingStep::Apologise)
        .map(|step| {
            let what = match step.step {
                HandlingStep::Listen => fl!(words, "step-listen"),
                HandlingStep::AcceptFeelings => fl!(words, "step-accept-feelings"),
                HandlingStep::Apologise => fl!(words, "step-apologise"),
                HandlingStep::UnderstandNeeds => fl!(words, "step-understand-needs"),
                HandlingStep::SeekSolutions => fl!(words, "step-seek-solutions"),
                HandlingStep::ExplainActions => fl!(words, "step-explain-actions"),
                HandlingStep::CallBack => fl!(words, "step-call-back"),
            };
            let (stands, says) = if step.done {
                ("done", fl!(words, "step-done"))
            } else if reached {
                ("coming", fl!(words, "step-coming"))
            } else {
                reached = true;
                ("now", fl!(words, "step-now"))
            };
            Step { what, stands, says }
        })
        .collect()
}

fn call_of(words: Words, lang: Lang, now: Moment, call: &PublicCallBack) -> Call {
    let zone = time::zone(&call.time_zone);
    let what = match call.purpose {
        CallBackPurpose::ConfirmResolution => fl!(words, "call-confirm-resolution"),
        CallBackPurpose::GiveAnswer => fl!(words, "call-give-answer"),
        CallBackPurpose::ReportProgress => fl!(words, "call-report-progress"),
    };
    let open = call.state == CallBackState::Open;
    let state = match call.state {
        CallBackState::Open if now > call.window_end => fl!(words, "call-overdue"),
        CallBackState::Open => fl!(words, "call-open"),
        CallBackState::Kept => fl!(words, "call-kept"),
        CallBackState::Late => fl!(words, "call-late"),
        CallBackState::Broken => fl!(words, "call-broken"),
        CallBackState::Rescheduled => fl!(words, "call-moved"),
        CallBackState::CancelledByCustomer => fl!(words, "call-declined"),
    };
    let local = |at: Moment| at.with_timezone(&zone);
    Call {
        id: call.id.to_string(),
        what,
        state,
        open,
        window: time::window(lang, zone, call.window_start, call.window_end),
        zone: time::zone_name(words, lang, zone),
        machine: time::machine(call.window_start),
        away: match now < call.window_start {
            true => time::relative(words, now, call.window_start),
            false => time::left(words, now, call.window_end),
        },
        day: local(call.window_start).format("%Y-%m-%d").to_string(),
        from: time::clock(zone, call.window_start),
        until: time::clock(zone, call.window_end),
    }
}

fn message(words: Words, lang: Lang, zone: chrono_tz::Tz, message: &MessageView) -> Message {
    let ours = message.direction == Direction::Out;
    Message {
        ours,
        who: if ours {
            fl!(words, "message-ours")
        } else {
            fl!(words, "message-yours")
        },
        at: time::moment(lang, zone, message.written_at),
        machine: time::machine(message.written_at),
        lang: language_of(&message.body),
        body: message.body.clone(),
    }
}

fn file_of(words: Words, file: AttachmentView) -> File {
    let kilobytes = (file.bytes / 1024).max(1);
    let says = match file.added_by_kind {
        ActorKind::Customer => fl!(words, "file-yours", kb = kilobytes),
        ActorKind::Staff | ActorKind::System => fl!(words, "file-ours", kb = kilobytes),
    };
    File {
        id: file.id.to_string(),
        name: file.name,
        says,
    }
}

#[derive(Template)]
#[template(path = "web/customers/unknown-link.html")]
struct UnknownLinkPage {
    page: Page,
}

/// What somebody sees whose link leads nowhere.
fn unknown(visitor: &Visitor) -> Result<HttpResponse> {
    visitor.show_as(
        StatusCode::NOT_FOUND,
        &UnknownLinkPage {
            page: visitor.page(fl!(visitor.words, "link-unknown-title")),
        },
    )
}
