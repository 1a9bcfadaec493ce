//! One call that was drawn: the form, the review, what colleagues say, the answer.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::json;

use crate::api::extract::{Body, Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::reviews::form::{self as criteria, ReviewFormView};
use crate::domain::reviews::listing::{self, ReviewView};
use crate::domain::reviews::reviewing::{self, ReviewForm, ReviewTextForm};
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::ids::CallReviewId;
use crate::web::desk::voice::{names, voice};
use crate::web::forms::{Findings, Form, patiently};
use crate::web::i18n::fl;
use crate::web::lead::{done, findings, frame, places, refusal};
use crate::web::locale::Lang;
use crate::web::page::{NavItem, Page, Visitor};
use crate::web::time;

/// A criterion with its score.
struct Ask {
    slug: String,
    text: String,
    weight: i32,
    /// `1` to `5`, `-` when it did not come up, empty when nothing is said yet.
    chosen: String,
}

struct Said {
    author: String,
    body: String,
    at: String,
}

#[derive(Template)]
#[template(path = "web/lead/call.html")]
struct CallPage {
    page: Page,
    places: Vec<NavItem>,
    id: String,
    version: i32,
    reference: String,
    complaint: String,
    kind: String,
    agent: String,
    at: String,
    asks: Vec<Ask>,
    choices: [&'static str; 6],
    reviews: bool,
    sees: bool,
    score: String,
    reviewer: String,
    comment: String,
    answer: String,
    answers: bool,
    comments: Vec<Said>,
    form: Form,
    findings: Findings,
    done: bool,
}

fn look(conn: &mut Conn, act: &Act, id: CallReviewId) -> Result<(ReviewView, ReviewFormView)> {
    let call = listing::get(conn, act, id)?;
    let own = call.agent == act.actor.name;
    // Whoever reviews sees the form in force, others the one it was written by.
    let by = match call.form_version.filter(|_| own) {
        Some(version) => criteria::version(conn, version)?,
        None => criteria::current(conn)?,
    };
    Ok((call, by))
}

/// `GET /lead/reviews/{id}`
pub(crate) async fn show_call(ctx: Ctx, visitor: Visitor, id: Id<CallReviewId>) -> Result<HttpResponse> {
    show(&ctx, &visitor, id.0, Form::fresh(), Findings::default()).await
}

async fn show(ctx: &Ctx, visitor: &Visitor, id: CallReviewId, form: Form, findings: Findings) -> Result<HttpResponse> {
    let (call, by) = ctx.read(move |conn, act| look(conn, act, id)).await?;
    let event = Event::on(ObjectKind::CallReview, id.0, "call_review.read");
    ctx.disclose(event.of([call.customer])).await?;
    let names = names(ctx).await?;
    let voice = voice(ctx, visitor).knowing(&names);
    let own = call.agent == ctx.actor().name;
    let reviews = visitor.may(Permission::ReviewCalls) && !own;
    let refused = !findings.is_empty();
    let title = fl!(voice.words, "lead-call-title", reference = call.reference.as_str());
    let given = |slug: &str| {
        let found = call.scores.iter().flatten().find(|score| score.criterion == slug);
        found.map_or_else(String::new, |one| {
            one.score.map_or_else(|| "-".to_owned(), |score| score.to_string())
        })
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let page = CallPage {
        page: frame(visitor, title, refused),
        places: places(visitor),
        id: id.to_string(),
        version: call.version,
        complaint: call.complaint.to_string(),
        kind: super::kind(voice, call.kind),
        agent: voice.person(&call.agent),
        at: time::moment(voice.lang, voice.zone, call.spoken_at),
        asks: by
            .criteria
            .iter()
            .map(|one| Ask {
                slug: one.slug.clone(),
                text: match voice.lang {
                    Lang::En => one.en.clone(),
                    Lang::Zh => one.zh.clone(),
                },
                weight: one.weight,
                chosen: form
                    .given(&format!("score-{}", one.slug))
                    .unwrap_or_else(|| given(&one.slug)),
            })
            .collect(),
        choices: ["1", "2", "3", "4", "5", "-"],
        reviews,
        sees: own || reviews,
        score: super::score(call.score),
        reviewer: call.reviewer.as_deref().map_or(String::new(), |by| voice.person(by)),
        comment: form.given("comment").unwrap_or_else(|| text(&call.comment)),
        answer: form.given("answer").unwrap_or_else(|| text(&call.answer)),
        answers: own && call.reviewed,
        comments: call
            .comments
            .iter()
            .map(|said| Said {
                author: voice.person(&said.author),
                body: said.body.clone(),
                at: voice.short(said.written_at),
            })
            .collect(),
        reference: call.reference,
        form,
        findings,
        done: visitor.query("done").is_some(),
    };
    let status = if refused {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    visitor.show_as(status, &page)
}

async fn settle(
    ctx: &Ctx,
    visitor: &Visitor,
    id: CallReviewId,
    mut form: Form,
    (prefix, result): (&str, Result<ReviewView>),
) -> Result<HttpResponse> {
    match result {
        Ok(_) => Ok(done(visitor, &format!("/lead/reviews/{id}"), prefix)),
        Err(error) => {
            let problem = refusal(error)?;
            form.renew_key();
            let found = findings(&problem, visitor, prefix);
            show(ctx, visitor, id, form, found).await
        }
    }
}

/// `POST /lead/reviews/{id}`
pub(crate) async fn review(ctx: Ctx, visitor: Visitor, id: Id<CallReviewId>, form: Form) -> Result<HttpResponse> {
    let (id, version) = (id.0, form.version()?);
    let scores: Vec<_> = form
        .all()
        .filter_map(|(name, value)| Some((name.strip_prefix("score-")?, value)))
        .map(|(slug, value)| json!({ "criterion": slug, "score": value.parse::<i32>().ok() }))
        .collect();
    let value: ReviewForm =
        serde_json::from_value(json!({ "scores": scores, "comment": form.text("comment").replace("\r\n", "\n") }))?;
    let keyed = ctx.clone().with_key(form.key());
    let written = patiently(async || {
        let body = Body {
            value: value.clone(),
            raw: form.fingerprint(),
        };
        keyed
            .once(body, move |conn, act, form| {
                reviewing::review(conn, act, id, Some(version), form)
            })
            .await
    })
    .await;
    settle(&ctx, &visitor, id, form, ("review", written)).await
}

/// `POST /lead/reviews/{id}/comment`
pub(crate) async fn comment(ctx: Ctx, visitor: Visitor, id: Id<CallReviewId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let value = ReviewTextForm {
        body: form.text("body").replace("\r\n", "\n"),
    };
    let keyed = ctx.clone().with_key(form.key().map(|key| format!("{key}:comment")));
    let written = patiently(async || {
        let body = Body {
            value: value.clone(),
            raw: form.fingerprint(),
        };
        keyed
            .once(body, move |conn, act, form| reviewing::comment(conn, act, id, form))
            .await
    })
    .await;
    settle(&ctx, &visitor, id, form, ("comment", written)).await
}

/// `POST /lead/reviews/{id}/answer`
pub(crate) async fn answer(ctx: Ctx, visitor: Visitor, id: Id<CallReviewId>, form: Form) -> Result<HttpResponse> {
    let (id, version) = (id.0, form.version()?);
    let value = ReviewTextForm {
        body: form.text("answer").replace("\r\n", "\n"),
    };
    let keyed = ctx.clone().with_key(form.key().map(|key| format!("{key}:answer")));
    let written = patiently(async || {
        let body = Body {
            value: value.clone(),
            raw: form.fingerprint(),
        };
        keyed
            .once(body, move |conn, act, form| {
                reviewing::answer(conn, act, id, Some(version), form)
            })
            .await
    })
    .await;
    settle(&ctx, &visitor, id, form, ("answer", written)).await
}
