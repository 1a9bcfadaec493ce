//! Business calendars.

use actix_web::HttpResponse;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use crate::domain::sla::calendars::{
    self, CalendarForm, CalendarSummary, CalendarView, ImportForm, ImportView, NewCalendarForm, PreviewView,
};
use crate::error::Result;

/// List calendars.
///
/// Each in its present version, without its holidays. There always is one, `standard`.
#[utoipa::path(get, path = "/api/v1/calendars", tag = "deadlines",
    responses((status = 200, description = "The calendars, by slug.", body = [CalendarSummary])))]
pub(super) async fn list_calendars(ctx: Ctx) -> Result<HttpResponse> {
    answer::ok(&ctx.read(calendars::list).await?)
}

/// Make a calendar.
///
/// The notation is that of OpenStreetMap's `opening_hours`, as far as `docs/clocks.md` says; what is outside of it is
/// refused with its place.
#[utoipa::path(post, path = "/api/v1/calendars", tag = "deadlines", request_body = NewCalendarForm,
    responses((status = 201, description = "The new calendar.", body = CalendarView)))]
pub(super) async fn create_calendar(ctx: Ctx, body: Body<NewCalendarForm>) -> Result<HttpResponse> {
    let made = ctx.once(body, calendars::create).await?;
    answer::created(&format!("/api/v1/calendars/{}", made.slug), made.version, &made)
}

/// Read a calendar.
///
/// In its present version, with its holidays and what to see to.
#[utoipa::path(get, path = "/api/v1/calendars/{slug}", tag = "deadlines",
    params(("slug" = String, Path, description = "The calendar.", example = "standard")),
    responses((status = 200, description = "The calendar.", body = CalendarView)))]
pub(super) async fn get_calendar(ctx: Ctx, slug: Id<String>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, act| calendars::get(conn, act, &slug.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Change a calendar.
///
/// Adds a version. Clocks that run go on under the version under which they began.
#[utoipa::path(put, path = "/api/v1/calendars/{slug}", tag = "deadlines", request_body = CalendarForm,
    params(("slug" = String, Path, description = "The calendar.", example = "standard")),
    responses((status = 200, description = "The calendar as it is now.", body = CalendarView)))]
pub(super) async fn change_calendar(
    ctx: Ctx,
    slug: Id<String>,
    version: IfMatch,
    body: Body<CalendarForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .write(move |conn, act| calendars::change(conn, act, &slug.0, version.0, &body.value))
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Read a version of a calendar.
///
/// As it was; versions never change.
#[utoipa::path(get, path = "/api/v1/calendars/{slug}/versions/{version}", tag = "deadlines",
    params(
        ("slug" = String, Path, description = "The calendar.", example = "standard"),
        ("version" = i32, Path, description = "The version, from 1 on.", example = 1),
    ),
    responses((status = 200, description = "The calendar in this version.", body = CalendarView)))]
pub(super) async fn get_calendar_version(ctx: Ctx, id: Id<(String, i32)>) -> Result<HttpResponse> {
    let (slug, version) = id.0;
    let found = ctx
        .read(move |conn, act| calendars::get_version(conn, act, &slug, version))
        .await?;
    answer::ok(&found)
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PreviewQuery {
    /// The first day; today in the calendar's zone when left out.
    #[param(example = "2026-12-01")]
    from: Option<NaiveDate>,
    /// How many days, 1 to 400; 60 when left out.
    #[param(minimum = 1, maximum = 400)]
    days: Option<u16>,
}

/// Preview a calendar.
///
/// What it says of the coming days: when the desk opens, and why it does not.
#[utoipa::path(get, path = "/api/v1/calendars/{slug}/preview", tag = "deadlines",
    params(("slug" = String, Path, description = "The calendar.", example = "standard"), PreviewQuery),
    responses((status = 200, description = "The days.", body = PreviewView)))]
pub(super) async fn preview_calendar(ctx: Ctx, slug: Id<String>, query: Query<PreviewQuery>) -> Result<HttpResponse> {
    let PreviewQuery { from, days } = query.0;
    let found = ctx
        .read(move |conn, act| calendars::preview(conn, act, &slug.0, from, days))
        .await?;
    answer::ok(&found)
}

/// Import holidays.
///
/// From an iCalendar file or a list. Adds a version of the calendar; with `dry_run` it only says what would change. A
/// file in which something does not fit changes nothing.
#[utoipa::path(post, path = "/api/v1/calendars/{slug}/holidays", tag = "deadlines", request_body = ImportForm,
    params(("slug" = String, Path, description = "The calendar.", example = "standard")),
    responses((status = 200, description = "What changed, or would.", body = ImportView)))]
pub(super) async fn import_holidays(
    ctx: Ctx,
    slug: Id<String>,
    version: IfMatch,
    body: Body<ImportForm>,
) -> Result<HttpResponse> {
    let done = ctx
        .once(body, move |conn, act, form| {
            calendars::import(conn, act, &slug.0, version.0, form)
        })
        .await?;
    answer::ok_version(done.calendar.version, &done)
}
