//! Call review: picks, the form, reviews, comments, answers, and how they come out.

use actix_web::HttpResponse;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::page::{self, Page};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::reporting::query::{By, ReportForm};
use crate::domain::reviews::form::{self, ReviewFormForm, ReviewFormView};
use crate::domain::reviews::listing::{self, Listing, ReviewView};
use crate::domain::reviews::picks::{self, PickForm, PickView};
use crate::domain::reviews::reviewing::{self, ReviewForm, ReviewTextForm};
use crate::domain::reviews::summary::{self, SummaryView};
use crate::error::Result;
use crate::ids::{CallReviewId, ReviewPickId, TeamId};

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PickQuery {
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// Which calls to list; everything that is said must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReviewQuery {
    /// Of this person.
    agent: Option<String>,
    /// Only the caller's own; they are shown once they are reviewed.
    mine: Option<bool>,
    /// Of this draw.
    pick: Option<ReviewPickId>,
    /// Only those that are reviewed, or only those that are not.
    reviewed: Option<bool>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// Of which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SummaryQuery {
    /// The first day of the calls, in the desk's zone; 29 days before `to` when left out.
    from: Option<NaiveDate>,
    /// The last day; today when left out.
    to: Option<NaiveDate>,
    /// How long the periods are; days when left out.
    by: Option<By>,
    /// Only of people of this team.
    team: Option<TeamId>,
}

/// Read the form by which calls are reviewed.
///
/// The version that is in force.
#[utoipa::path(get, path = "/api/v1/review-form", tag = "reviews",
    responses((status = 200, description = "The form.", body = ReviewFormView)))]
pub(super) async fn get_review_form(ctx: Ctx) -> Result<HttpResponse> {
    let found = ctx.read(|conn, _| form::current(conn)).await?;
    answer::ok_version(found.version, &found)
}

/// Write the form by which calls are reviewed.
///
/// As a new version, in force from now on. What was reviewed stays by the version it was reviewed by.
#[utoipa::path(put, path = "/api/v1/review-form", tag = "reviews", request_body = ReviewFormForm,
    responses((status = 200, description = "The form as it is now.", body = ReviewFormView)))]
pub(super) async fn write_review_form(ctx: Ctx, version: IfMatch, body: Body<ReviewFormForm>) -> Result<HttpResponse> {
    let written = ctx
        .write(move |conn, act| form::write(conn, act, version.0, &body.value))
        .await?;
    answer::ok_version(written.version, &written)
}

/// Read a version of the form.
///
/// By which calls were reviewed while it was in force.
#[utoipa::path(get, path = "/api/v1/review-form/versions/{version}", tag = "reviews",
    params(("version" = i32, Path, description = "Which.")),
    responses((status = 200, description = "The form.", body = ReviewFormView)))]
pub(super) async fn get_review_form_version(ctx: Ctx, version: Id<i32>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| form::version(conn, version.0)).await?;
    answer::ok_version(found.version, &found)
}

/// List picks.
///
/// Those that the caller drew, and those of the teams whose reviews they lead; the newest first.
#[utoipa::path(get, path = "/api/v1/review-picks", tag = "reviews", params(PickQuery),
    responses((status = 200, description = "A page of picks.", body = Page<PickView>)))]
pub(super) async fn list_review_picks(ctx: Ctx, query: Query<PickQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode(query.0.cursor.as_deref())?;
    let rows = ctx
        .read(move |conn, act| picks::list(conn, act, after, limit + 1))
        .await?;
    answer::ok(&Page::of(rows, limit, |row| row.id)?)
}

/// Draw calls for review.
///
/// At random among the phone calls that somebody logged and the promised calls in which they reached the customer. The same
/// seed draws the same calls. Nobody draws their own.
#[utoipa::path(post, path = "/api/v1/review-picks", tag = "reviews", request_body = PickForm,
    responses((status = 201, description = "The pick; `GET /api/v1/call-reviews?pick=` lists its calls.", body = PickView)))]
pub(super) async fn draw_review_pick(ctx: Ctx, body: Body<PickForm>) -> Result<HttpResponse> {
    let drawn = ctx.once(body, picks::draw).await?;
    answer::created_without_version(&format!("/api/v1/review-picks/{}", drawn.id), &drawn)
}

/// Read a pick.
///
/// With its seed, and how many of its calls are reviewed.
#[utoipa::path(get, path = "/api/v1/review-picks/{id}", tag = "reviews",
    params(("id" = ReviewPickId, Path, description = "The pick.")),
    responses((status = 200, description = "The pick.", body = PickView)))]
pub(super) async fn get_review_pick(ctx: Ctx, id: Id<ReviewPickId>) -> Result<HttpResponse> {
    answer::ok(&ctx.read(move |conn, act| picks::get(conn, act, id.0)).await?)
}

/// List calls that were drawn.
///
/// Those that the caller may see, drawn last first: leads all of their teams, others those of their colleagues without
/// scores, and their own once they are reviewed.
#[utoipa::path(get, path = "/api/v1/call-reviews", tag = "reviews", params(ReviewQuery),
    responses((status = 200, description = "A page of calls.", body = Page<ReviewView>)))]
pub(super) async fn list_call_reviews(ctx: Ctx, query: Query<ReviewQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let limit = page::limit(query.limit)?;
    let mine = query.mine.unwrap_or(false).then(|| ctx.actor().name.clone());
    // No stored text holds a NUL, and PostgreSQL takes none.
    let agent = query.agent.map(|agent| agent.replace('\0', ""));
    let nobody = mine.is_some() && agent.is_some() && mine != agent;
    let listing = Listing {
        agent: mine.or(agent),
        pick: query.pick,
        reviewed: query.reviewed,
        after: page::decode(query.cursor.as_deref())?,
        limit: limit + 1,
    };
    let rows = match nobody {
        true => Vec::new(),
        false => ctx.read(move |conn, act| listing::list(conn, act, &listing)).await?,
    };
    let page = Page::of(rows, limit, |row| row.id)?;
    disclose(&ctx, "call_review.listed", &page.items).await?;
    answer::ok(&page)
}

/// Read a call that was drawn.
///
/// With its review, once it is written, and what colleagues say.
#[utoipa::path(get, path = "/api/v1/call-reviews/{id}", tag = "reviews",
    params(("id" = CallReviewId, Path, description = "The call.")),
    responses((status = 200, description = "The call.", body = ReviewView)))]
pub(super) async fn get_call_review(ctx: Ctx, id: Id<CallReviewId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, act| listing::get(conn, act, id.0)).await?;
    disclose(&ctx, "call_review.read", std::slice::from_ref(&found)).await?;
    answer::ok_version(found.version, &found)
}

/// Review a call.
///
/// By the form that is in force, every criterion from 1 to 5, or null when it did not come up. Nobody reviews their own.
#[utoipa::path(put, path = "/api/v1/call-reviews/{id}", tag = "reviews", request_body = ReviewForm,
    params(("id" = CallReviewId, Path, description = "The call.")),
    responses((status = 200, description = "The call with its review.", body = ReviewView)))]
pub(super) async fn review_call(
    ctx: Ctx,
    id: Id<CallReviewId>,
    version: IfMatch,
    body: Body<ReviewForm>,
) -> Result<HttpResponse> {
    let written = ctx
        .write(move |conn, act| reviewing::review(conn, act, id.0, version.0, &body.value))
        .await?;
    answer::ok_version(written.version, &written)
}

/// Say something about a call that was drawn.
///
/// Advice among colleagues: of the same team, or whoever leads its reviews.
#[utoipa::path(post, path = "/api/v1/call-reviews/{id}/comments", tag = "reviews", request_body = ReviewTextForm,
    params(("id" = CallReviewId, Path, description = "The call.")),
    responses((status = 200, description = "The call with what was said.", body = ReviewView)))]
pub(super) async fn comment_on_call(
    ctx: Ctx,
    id: Id<CallReviewId>,
    body: Body<ReviewTextForm>,
) -> Result<HttpResponse> {
    let said = ctx
        .once(body, move |conn, act, form| reviewing::comment(conn, act, id.0, form))
        .await?;
    answer::ok_version(said.version, &said)
}

/// Answer to the review of one's own call.
///
/// Or answer anew.
#[utoipa::path(put, path = "/api/v1/call-reviews/{id}/answer", tag = "reviews", request_body = ReviewTextForm,
    params(("id" = CallReviewId, Path, description = "The call.")),
    responses((status = 200, description = "The call with the answer.", body = ReviewView)))]
pub(super) async fn answer_call_review(
    ctx: Ctx,
    id: Id<CallReviewId>,
    version: IfMatch,
    body: Body<ReviewTextForm>,
) -> Result<HttpResponse> {
    let answered = ctx
        .write(move |conn, act| reviewing::answer(conn, act, id.0, version.0, &body.value))
        .await?;
    answer::ok_version(answered.version, &answered)
}

/// Read how reviews come out.
///
/// By person, team and criterion, over time: how many, the mean and an interval of 95 %. Of fewer than five only how many.
#[utoipa::path(get, path = "/api/v1/review-summary", tag = "reviews", params(SummaryQuery),
    responses((status = 200, description = "How they come out.", body = SummaryView)))]
pub(super) async fn get_review_summary(ctx: Ctx, query: Query<SummaryQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let form = ReportForm {
        from: query.from,
        to: query.to,
        by: query.by,
        ..ReportForm::default()
    };
    let found = ctx
        .read(move |conn, act| summary::summary(conn, act, &form, query.team))
        .await?;
    let event = Event::about_many(ObjectKind::CallReview, "call_review.summary_read");
    let fields = json!({ "from": found.from, "to": found.to, "by": found.by, "team": query.team });
    ctx.disclose(event.with(fields)).await?;
    answer::ok(&found)
}

/// Tells the audit which calls are about to be shown, and whose they were.
async fn disclose(ctx: &Ctx, action: &'static str, shown: &[ReviewView]) -> Result<()> {
    let event = match shown {
        [one] if action == "call_review.read" => Event::on(ObjectKind::CallReview, one.id.0, action),
        _ => Event::about_many(ObjectKind::CallReview, action),
    };
    let ids: Vec<CallReviewId> = shown.iter().map(|one| one.id).collect();
    let event = event
        .of(shown.iter().map(|one| one.customer))
        .with(json!({ "calls": ids }));
    ctx.disclose(event).await
}
