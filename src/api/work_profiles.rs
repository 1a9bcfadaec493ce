//! How much of which work people take, and when they are away.

use actix_web::HttpResponse;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::domain::work::absences::{self, AbsenceForm, AbsenceView};
use crate::domain::work::profiles::{self, ProfileForm, ProfileView};
use crate::error::Result;
use crate::ids::{AbsenceId, StaffId};

/// Read how much of which work somebody takes.
///
/// Of whom nothing was said: everything, as much as comes.
#[utoipa::path(get, path = "/api/v1/staff/{id}/work-profile", tag = "work",
    params(("id" = StaffId, Path, description = "Who.")),
    responses((status = 200, description = "Skills, capacity and hours.", body = ProfileView)))]
pub(super) async fn get_work_profile(ctx: Ctx, id: Id<StaffId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| profiles::get(conn, id.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Say how much of which work somebody takes.
///
/// The whole of it is replaced. Leads say it of the people in their teams and of those who are in none.
#[utoipa::path(put, path = "/api/v1/staff/{id}/work-profile", tag = "work", request_body = ProfileForm,
    params(("id" = StaffId, Path, description = "Who.")),
    responses((status = 200, description = "Skills, capacity and hours as they are now.", body = ProfileView)))]
pub(super) async fn put_work_profile(
    ctx: Ctx,
    id: Id<StaffId>,
    version: IfMatch,
    body: Body<ProfileForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .write(move |conn, act| profiles::put(conn, act, id.0, version.0, &body.value))
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// List somebody's absences.
///
/// Those to come, the present one, and those of the last month; the first first.
#[utoipa::path(get, path = "/api/v1/staff/{id}/absences", tag = "work",
    params(("id" = StaffId, Path, description = "Who.")),
    responses((status = 200, description = "The absences.", body = [AbsenceView])))]
pub(super) async fn list_absences(ctx: Ctx, id: Id<StaffId>) -> Result<HttpResponse> {
    answer::ok(&ctx.read(move |conn, act| absences::list(conn, act, id.0)).await?)
}

/// Note that somebody is away.
///
/// Everybody notes their own absences; leads those of the people in their teams. Who is away is given no work, and
/// their promised calls are the deputy's to make, or anybody's.
#[utoipa::path(post, path = "/api/v1/staff/{id}/absences", tag = "work", request_body = AbsenceForm,
    params(("id" = StaffId, Path, description = "Who.")),
    responses((status = 201, description = "The absence.", body = AbsenceView)))]
pub(super) async fn note_absence(ctx: Ctx, id: Id<StaffId>, body: Body<AbsenceForm>) -> Result<HttpResponse> {
    let noted = ctx
        .once(body, move |conn, act, form| absences::note(conn, act, id.0, form))
        .await?;
    let location = format!("/api/v1/staff/{}/absences/{}", noted.staff_id, noted.id);
    answer::created_without_version(&location, &noted)
}

/// Take an absence back.
///
/// Whoever is back earlier works again from then on.
#[utoipa::path(delete, path = "/api/v1/staff/{id}/absences/{absence}", tag = "work",
    params(
        ("id" = StaffId, Path, description = "Who."),
        ("absence" = AbsenceId, Path, description = "The absence."),
    ),
    responses((status = 204, description = "The absence was taken back.")))]
pub(super) async fn take_absence_back(ctx: Ctx, ids: Id<(StaffId, AbsenceId)>) -> Result<HttpResponse> {
    let (id, absence) = ids.0;
    ctx.write(move |conn, act| absences::take_back(conn, act, id, absence))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
