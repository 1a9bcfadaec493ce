//! The people who work here.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::page::{self, Page};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::view;
use crate::domain::staff::leaving::{self, HandOverView, LeavingForm, LeavingView};
use crate::domain::staff::people::{self, Listing, StaffChangeForm, StaffForm, StaffView};
use crate::error::Result;
use crate::ids::{StaffId, TeamId};

/// Which members of the staff to list; everything that is said must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StaffQuery {
    /// Who still work here (`true`), or have left (`false`).
    active: Option<bool>,
    /// With this handle.
    #[param(example = "li.na")]
    handle: Option<String>,
    /// With this role.
    #[param(example = "agent")]
    role: Option<String>,
    /// In this team.
    team: Option<TeamId>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// List members of the staff.
///
/// The newest first, with their teams.
#[utoipa::path(get, path = "/api/v1/staff", tag = "staff", params(StaffQuery),
    responses((status = 200, description = "A page of the staff.", body = Page<StaffView>)))]
pub(super) async fn list_staff(ctx: Ctx, query: Query<StaffQuery>) -> Result<HttpResponse> {
    let query = query.0;
    // No stored text holds a NUL, and PostgreSQL takes none.
    let text = |value: Option<String>| value.map(|text| text.replace('\0', ""));
    let limit = page::limit(query.limit)?;
    let listing = Listing {
        active: query.active,
        handle: text(query.handle),
        role: text(query.role),
        team: query.team,
        after: page::decode(query.cursor.as_deref())?,
        limit: limit + 1,
    };
    let rows = ctx.read(move |conn, _| people::list(conn, &listing)).await?;
    answer::ok(&Page::of(rows, limit, |row| row.id)?)
}

/// Add a member of the staff.
///
/// Nobody can give a role that may do what they may not do themselves.
#[utoipa::path(post, path = "/api/v1/staff", tag = "staff", request_body = StaffForm,
    responses((status = 201, description = "The member of the staff.", body = StaffView)))]
pub(super) async fn create_staff_member(ctx: Ctx, body: Body<StaffForm>) -> Result<HttpResponse> {
    let made = ctx.once(body, people::create).await?;
    answer::created(&format!("/api/v1/staff/{}", made.id), made.version, &made)
}

/// Read a member of the staff.
///
/// With their teams.
#[utoipa::path(get, path = "/api/v1/staff/{id}", tag = "staff",
    params(("id" = StaffId, Path, description = "Who.")),
    responses((status = 200, description = "The member of the staff.", body = StaffView)))]
pub(super) async fn get_staff_member(ctx: Ctx, id: Id<StaffId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| people::get(conn, id.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Change a member of the staff.
///
/// Fields that are left out stay as they are; the handle never changes. Needs `If-Match`.
#[utoipa::path(patch, path = "/api/v1/staff/{id}", tag = "staff", request_body = StaffChangeForm,
    params(("id" = StaffId, Path, description = "Who.")),
    responses((status = 200, description = "The member of the staff as it is now.", body = StaffView)))]
pub(super) async fn change_staff_member(
    ctx: Ctx,
    id: Id<StaffId>,
    version: IfMatch,
    body: Body<StaffChangeForm>,
) -> Result<HttpResponse> {
    let version = version.required()?;
    let changed = ctx
        .write(move |conn, act| people::change(conn, act, id.0, version, &body.value))
        .await?;
    ctx.app.doubt_sessions();
    answer::ok_version(changed.version, &changed)
}

/// End somebody's work here.
///
/// Everything that is open with them goes to the successor in the same moment, who finds a brief about it at
/// `/api/v1/staff/{id}/hand-over`.
#[utoipa::path(post, path = "/api/v1/staff/{id}/deactivate", tag = "staff", request_body = LeavingForm,
    params(("id" = StaffId, Path, description = "Who.")),
    responses((status = 200, description = "The member of the staff as it is now.", body = LeavingView)))]
pub(super) async fn deactivate_staff_member(
    ctx: Ctx,
    id: Id<StaffId>,
    version: IfMatch,
    body: Body<LeavingForm>,
) -> Result<HttpResponse> {
    let left = ctx
        .once(body, move |conn, act, form| {
            leaving::deactivate(conn, act, id.0, version.0, form)
        })
        .await?;
    ctx.app.doubt_sessions();
    answer::ok_version(left.member.version, &left)
}

/// Let somebody who has left work here again.
///
/// What they handed over stays where it is.
#[utoipa::path(post, path = "/api/v1/staff/{id}/reactivate", tag = "staff",
    params(("id" = StaffId, Path, description = "Who.")),
    responses((status = 200, description = "The member of the staff as it is now.", body = StaffView)))]
pub(super) async fn reactivate_staff_member(ctx: Ctx, id: Id<StaffId>, version: IfMatch) -> Result<HttpResponse> {
    let nothing = Body::nothing();
    let back = ctx
        .once(nothing, move |conn, act, ()| {
            leaving::reactivate(conn, act, id.0, version.0)
        })
        .await?;
    answer::ok_version(back.version, &back)
}

/// Read what somebody hands over.
///
/// Of one who has left: what went to the successor. Of one who works here: what would, if they left now.
#[utoipa::path(get, path = "/api/v1/staff/{id}/hand-over", tag = "staff",
    params(("id" = StaffId, Path, description = "Who.")),
    responses((status = 200, description = "The brief.", body = HandOverView)))]
pub(super) async fn get_hand_over(ctx: Ctx, id: Id<StaffId>) -> Result<HttpResponse> {
    let brief = ctx.read(move |conn, act| leaving::hand_over(conn, act, id.0)).await?;
    let event = Event::on(ObjectKind::Person, id.0.0, "person.hand_over_read");
    let read = brief.brief.complaint_ids();
    let whose = ctx.read(move |conn, _| view::customers_of(conn, &read)).await?;
    let shown = brief.brief.key_customers.iter().map(|customer| customer.id);
    ctx.disclose(event.of(whose.into_iter().chain(shown))).await?;
    answer::ok(&brief)
}
