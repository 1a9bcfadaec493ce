//! What a customer does on the page behind the private link.

use actix_web::{HttpRequest, HttpResponse};
use chrono::{NaiveDate, NaiveTime, TimeZone as _};

use super::track;
use crate::api::attachments as files;
use crate::api::extract::{Body, Ctx, Id};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::attachments::Way;
use crate::domain::complaints::call_backs::CancelForm;
use crate::domain::complaints::closing::ReasonForm;
use crate::domain::complaints::messages::MessageForm;
use crate::domain::complaints::public::{self, MoveForm, PublicComplaint};
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::{AttachmentId, CallBackId};
use crate::web::files::keep_all;
use crate::web::forms::{Findings, Form, FormWithFiles, patiently};
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;
use crate::web::time;

/// One thing that a customer does: done once, and then the page again, with what was done or what does not fit.
struct Deed {
    token: String,
    form: Form,
    /// What the address says afterwards.
    done: &'static str,
    /// The field that findings of the domain concern.
    field: String,
    /// Where on the page one goes on.
    anchor: &'static str,
}

impl Deed {
    async fn run<B, F>(self, ctx: Ctx, visitor: &Visitor, value: B, work: F) -> Result<HttpResponse>
    where
        B: Clone + Send + 'static,
        F: Fn(&mut Conn, &Act, &B) -> Result<PublicComplaint> + Clone + Send + 'static,
    {
        // One key for the whole page, and several forms on it.
        let ctx = ctx.with_key(self.form.key().map(|key| format!("{key}:{}", self.done)));
        let done = patiently(async || {
            let body = Body {
                value: value.clone(),
                raw: self.form.fingerprint(),
            };
            ctx.once(body, work.clone()).await
        })
        .await;
        match done {
            Ok(_) => Ok(visitor.go(&format!("/track/{}?done={}{}", self.token, self.done, self.anchor))),
            Err(error) => self.again(&ctx, visitor, error).await,
        }
    }

    /// The page as it stands now, with what was typed and what does not fit.
    async fn again(mut self, ctx: &Ctx, visitor: &Visitor, error: Error) -> Result<HttpResponse> {
        let problem = match error {
            Error::Problem(problem) if !matches!(problem.code, Code::NotFound | Code::Internal) => problem,
            other => return Err(other),
        };
        self.form.renew_key();
        let field = self.field.clone();
        let words = visitor.words;
        let findings = Findings::of(&problem, words, |error| {
            let text = match (error.pointer.as_str(), error.code.as_str()) {
                ("/body", "required" | "too_short") => Some(fl!(words, "track-write-missing")),
                ("/reason", "required" | "too_short") => Some(fl!(words, "track-reason-missing")),
                ("/window_start" | "/window_end", _) => Some(fl!(words, "track-move-wrong")),
                _ => None,
            };
            Some((field.clone(), text))
        });
        track::show(ctx, visitor, self.token, self.form, findings).await
    }
}

/// `POST /track/{token}/messages`
pub(crate) async fn write(ctx: Ctx, visitor: Visitor, token: Id<String>, form: Form) -> Result<HttpResponse> {
    let value = MessageForm {
        body: form.text("body").replace("\r\n", "\n"),
    };
    let secret = token.0.clone();
    let deed = Deed {
        token: token.0,
        form,
        done: "written",
        field: "body".to_owned(),
        anchor: "#messages",
    };
    deed.run(ctx, &visitor, value, move |conn, act, value| {
        public::write(conn, act, &secret, None, value)
    })
    .await
}

/// `POST /track/{token}/accept`
pub(crate) async fn accept(ctx: Ctx, visitor: Visitor, token: Id<String>, form: Form) -> Result<HttpResponse> {
    let (secret, version) = (token.0.clone(), form.version()?);
    let deed = Deed {
        token: token.0,
        form,
        done: "accepted",
        field: String::new(),
        anchor: "",
    };
    deed.run(ctx, &visitor, (), move |conn, act, ()| {
        public::accept(conn, act, &secret, Some(version))
    })
    .await
}

/// `POST /track/{token}/dispute`
pub(crate) async fn dispute(ctx: Ctx, visitor: Visitor, token: Id<String>, form: Form) -> Result<HttpResponse> {
    let (secret, version) = (token.0.clone(), form.version()?);
    let value = ReasonForm {
        reason: form.text("dispute_reason").to_owned(),
    };
    let deed = Deed {
        token: token.0,
        form,
        done: "disputed",
        field: "dispute_reason".to_owned(),
        anchor: "",
    };
    deed.run(ctx, &visitor, value, move |conn, act, value| {
        public::dispute(conn, act, &secret, Some(version), value)
    })
    .await
}

/// `POST /track/{token}/withdraw`
pub(crate) async fn withdraw(ctx: Ctx, visitor: Visitor, token: Id<String>, form: Form) -> Result<HttpResponse> {
    let (secret, version) = (token.0.clone(), form.version()?);
    let value = ReasonForm {
        reason: reason_or(&form, "withdraw_reason", fl!(visitor.words, "track-withdraw-unsaid")),
    };
    let deed = Deed {
        token: token.0,
        form,
        done: "withdrawn",
        field: "withdraw_reason".to_owned(),
        anchor: "",
    };
    deed.run(ctx, &visitor, value, move |conn, act, value| {
        public::withdraw(conn, act, &secret, Some(version), value)
    })
    .await
}

/// Nobody has to say why; what is kept then says that nothing was said.
fn reason_or(form: &Form, field: &str, unsaid: String) -> String {
    form.given(field).unwrap_or(unsaid)
}

/// `POST /track/{token}/call-backs/{id}/move`
pub(crate) async fn move_call(
    ctx: Ctx,
    visitor: Visitor,
    path: Id<(String, CallBackId)>,
    form: Form,
) -> Result<HttpResponse> {
    let (token, id) = path.0;
    let secret = token.clone();
    let seen = ctx.read(move |conn, _| public::get(conn, &secret)).await?;
    let call = seen.call_backs.iter().find(|call| call.id == id);
    let zone = time::zone(&call.ok_or_else(|| Error::not_found("call-back"))?.time_zone);
    let window = window_of(&form, zone, visitor.words);
    let deed = Deed {
        token: token.clone(),
        done: "moved",
        field: format!("day-{id}"),
        anchor: "#calls",
        form,
    };
    let (window_start, window_end) = match window {
        Ok(window) => window,
        Err(text) => {
            let mut findings = Findings::default();
            findings.add(&deed.field, text);
            return track::show(&ctx, &visitor, token, deed.form, findings).await;
        }
    };
    let value = MoveForm {
        window_start,
        window_end,
        reason: reason_or(&deed.form, "reason", fl!(visitor.words, "track-move-unsaid")),
    };
    deed.run(ctx, &visitor, value, move |conn, act, value| {
        public::move_call_back(conn, act, &token, id, value)
    })
    .await
}

/// The window that somebody chose, by the clocks of a zone.
fn window_of(form: &Form, zone: chrono_tz::Tz, words: Words) -> std::result::Result<(Moment, Moment), String> {
    let read = |field: &str| form.text(field).trim().to_owned();
    let day: NaiveDate = read("day").parse().map_err(|_| fl!(words, "track-move-day"))?;
    let at = |field: &str| {
        let text = read(field);
        let clock = NaiveTime::parse_from_str(&text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(&text, "%H:%M:%S"));
        let clock = clock.map_err(|_| fl!(words, "track-move-clock"))?;
        let local = zone.from_local_datetime(&day.and_time(clock)).earliest();
        let moment = local.and_then(|at| Moment::try_from(at.to_utc()).ok());
        moment.ok_or_else(|| fl!(words, "track-move-clock"))
    };
    let (from, until) = (at("from")?, at("until")?);
    if until <= from {
        return Err(fl!(words, "track-move-order"));
    }
    Ok((from, until))
}

/// `POST /track/{token}/call-backs/{id}/decline`
pub(crate) async fn decline_call(
    ctx: Ctx,
    visitor: Visitor,
    path: Id<(String, CallBackId)>,
    form: Form,
) -> Result<HttpResponse> {
    let (token, id) = path.0;
    let value = CancelForm {
        reason: reason_or(&form, "reason", fl!(visitor.words, "track-decline-unsaid")),
    };
    let deed = Deed {
        token: token.clone(),
        form,
        done: "declined",
        field: String::new(),
        anchor: "#calls",
    };
    deed.run(ctx, &visitor, value, move |conn, act, value| {
        public::decline_call_back(conn, act, &token, id, value)
    })
    .await
}

/// `POST /track/{token}/files`
pub(crate) async fn send_file(
    ctx: Ctx,
    visitor: Visitor,
    token: Id<String>,
    posted: FormWithFiles,
) -> Result<HttpResponse> {
    let (form, more) = posted.open().await?;
    let way = Way::Link(token.0.clone());
    let findings = keep_all(&ctx, visitor.words, (way, false), &form, more).await?;
    if findings.is_empty() {
        return Ok(visitor.go(&format!("/track/{}?done=file#files-title", token.0)));
    }
    track::show(&ctx, &visitor, token.0, Form::fresh(), findings).await
}

/// `GET /track/{token}/files/{attachment}`
pub(crate) async fn read_file(
    ctx: Ctx,
    path: Id<(String, AttachmentId)>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (token, id) = path.0;
    files::content(&ctx, Way::Link(token), id, &request).await
}
