//! Teams and who is in them.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::page::{self, Page};
use crate::domain::staff::teams::{self, MemberForm, TeamForm, TeamView};
use crate::error::Result;
use crate::ids::{StaffId, TeamId};

/// Where to go on in a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TeamQuery {
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// List teams.
///
/// The newest first, with their members.
#[utoipa::path(get, path = "/api/v1/teams", tag = "staff", params(TeamQuery),
    responses((status = 200, description = "A page of teams.", body = Page<TeamView>)))]
pub(super) async fn list_teams(ctx: Ctx, query: Query<TeamQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<TeamId>(query.0.cursor.as_deref())?;
    let rows = ctx.read(move |conn, _| teams::list(conn, after, limit + 1)).await?;
    answer::ok(&Page::of(rows, limit, |row| row.id)?)
}

/// Make a team.
///
/// It has no members yet.
#[utoipa::path(post, path = "/api/v1/teams", tag = "staff", request_body = TeamForm,
    responses((status = 201, description = "The team.", body = TeamView)))]
pub(super) async fn create_team(ctx: Ctx, body: Body<TeamForm>) -> Result<HttpResponse> {
    let made = ctx.once(body, teams::create).await?;
    answer::created(&format!("/api/v1/teams/{}", made.id), made.version, &made)
}

/// Read a team.
///
/// With its members.
#[utoipa::path(get, path = "/api/v1/teams/{id}", tag = "staff",
    params(("id" = TeamId, Path, description = "The team.")),
    responses((status = 200, description = "The team.", body = TeamView)))]
pub(super) async fn get_team(ctx: Ctx, id: Id<TeamId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| teams::get(conn, id.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Give a team another name.
///
/// Needs `If-Match`.
#[utoipa::path(patch, path = "/api/v1/teams/{id}", tag = "staff", request_body = TeamForm,
    params(("id" = TeamId, Path, description = "The team.")),
    responses((status = 200, description = "The team as it is now.", body = TeamView)))]
pub(super) async fn change_team(
    ctx: Ctx,
    id: Id<TeamId>,
    version: IfMatch,
    body: Body<TeamForm>,
) -> Result<HttpResponse> {
    let version = version.required()?;
    let changed = ctx
        .write(move |conn, act| teams::change(conn, act, id.0, version, &body.value))
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Put somebody into a team.
///
/// Or say whether they lead it.
#[utoipa::path(put, path = "/api/v1/teams/{id}/members/{staff_id}", tag = "staff", request_body = MemberForm,
    params(
        ("id" = TeamId, Path, description = "The team."),
        ("staff_id" = StaffId, Path, description = "Who."),
    ),
    responses((status = 200, description = "The team as it is now.", body = TeamView)))]
pub(super) async fn put_team_member(
    ctx: Ctx,
    ids: Id<(TeamId, StaffId)>,
    version: IfMatch,
    body: Body<MemberForm>,
) -> Result<HttpResponse> {
    let (team, member) = ids.0;
    let changed = ctx
        .write(move |conn, act| teams::put_member(conn, act, team, member, version.0, body.value))
        .await?;
    ctx.app.doubt_all_tokens();
    answer::ok_version(changed.version, &changed)
}

/// Who goes on with the work.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RemovalQuery {
    /// The handle of another member of the team, who takes over what is open with the one who goes.
    #[param(max_length = 100)]
    successor: Option<String>,
}

/// Take somebody out of a team.
///
/// While complaints or promised calls of the team are open with them, it takes a `successor` from the team, to whom
/// these go. Taking somebody out twice is the same as once.
#[utoipa::path(delete, path = "/api/v1/teams/{id}/members/{staff_id}", tag = "staff",
    params(
        ("id" = TeamId, Path, description = "The team."),
        ("staff_id" = StaffId, Path, description = "Who."),
        RemovalQuery,
    ),
    responses((status = 200, description = "The team as it is now.", body = TeamView)))]
pub(super) async fn remove_team_member(
    ctx: Ctx,
    ids: Id<(TeamId, StaffId)>,
    version: IfMatch,
    query: Query<RemovalQuery>,
) -> Result<HttpResponse> {
    let (team, member) = ids.0;
    let changed = ctx
        .write(move |conn, act| teams::remove_member(conn, act, team, member, version.0, query.0.successor.as_deref()))
        .await?;
    ctx.app.doubt_all_tokens();
    answer::ok_version(changed.version, &changed)
}
