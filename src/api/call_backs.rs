//! Promised call-backs.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::page::{self, Page};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::call_backs::{
    self, AttemptForm, CallBackView, CancelForm, Listing, PromiseForm, RescheduleForm,
};
use crate::domain::complaints::view;
use crate::domain::complaints::vocabulary::CallBackState;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::{CallBackId, ComplaintId, CustomerId, TeamId};

/// Which promises to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CallBackQuery {
    /// In this state.
    state: Option<CallBackState>,
    /// To be kept by this person.
    owner: Option<String>,
    /// About complaints that this team holds.
    team: Option<TeamId>,
    /// Whose window ends before this moment.
    due_before: Option<Moment>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// List promised call-backs.
///
/// With `state=open` the one whose window ends first comes first; otherwise the newest.
#[utoipa::path(get, path = "/api/v1/call-backs", tag = "call-backs", params(CallBackQuery),
    responses((status = 200, description = "A page of call-backs.", body = Page<CallBackView>)))]
pub(super) async fn list_call_backs(ctx: Ctx, query: Query<CallBackQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let limit = page::limit(query.limit)?;
    let listing = Listing {
        state: query.state,
        owner: query.owner.map(|text| text.replace('\0', "")),
        team: query.team,
        due_before: query.due_before,
        after: page::decode(query.cursor.as_deref())?,
        limit: limit + 1,
    };
    let read = move |conn: &mut Conn, act: &Act| {
        let rows = call_backs::list(conn, act.now, &listing)?;
        with_customers(conn, rows)
    };
    let (rows, whose) = ctx.read(read).await?;
    let ids: Vec<CallBackId> = rows.iter().map(|row| row.id).collect();
    let event = Event::about_many(ObjectKind::CallBack, "call_back.listed").of(whose);
    ctx.disclose(event.with(json!({ "call_backs": ids }))).await?;
    answer::ok(&Page::of(rows, limit, |row| (row.window_end, row.id))?)
}

/// Read a promised call-back.
///
/// With its attempts.
#[utoipa::path(get, path = "/api/v1/call-backs/{id}", tag = "call-backs",
    params(("id" = CallBackId, Path, description = "The call-back.")),
    responses((status = 200, description = "The call-back.", body = CallBackView)))]
pub(super) async fn get_call_back(ctx: Ctx, id: Id<CallBackId>) -> Result<HttpResponse> {
    let read = move |conn: &mut Conn, act: &Act| {
        let found = call_backs::get(conn, act.now, id.0)?;
        let whose = view::customers_of(conn, &[found.complaint_id])?;
        Ok((found, whose))
    };
    let (found, whose) = ctx.read(read).await?;
    ctx.disclose(Event::on(ObjectKind::CallBack, id.0.0, "call_back.read").of(whose))
        .await?;
    answer::ok_version(found.version, &found)
}

/// List the call-backs of a complaint.
///
/// The oldest first, settled ones too.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/call-backs", tag = "call-backs",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The call-backs.", body = [CallBackView])))]
pub(super) async fn list_call_backs_of_complaint(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    let read = move |conn: &mut Conn, act: &Act| {
        let rows = call_backs::of_complaint(conn, act.now, id.0)?;
        Ok((rows, view::customers_of(conn, &[id.0])?))
    };
    let (rows, whose) = ctx.read(read).await?;
    ctx.disclose(Event::on(ObjectKind::Complaint, id.0.0, "complaint.call_backs_read").of(whose))
        .await?;
    answer::ok(&rows)
}

/// The promises, and whose they are.
fn with_customers(conn: &mut Conn, rows: Vec<CallBackView>) -> Result<(Vec<CallBackView>, Vec<CustomerId>)> {
    let ids: Vec<ComplaintId> = rows.iter().map(|row| row.complaint_id).collect();
    let whose = view::customers_of(conn, &ids)?;
    Ok((rows, whose))
}

/// Promise a call-back.
///
/// One promise for each purpose can be open. A complaint cannot be closed while one is.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/call-backs", tag = "call-backs", request_body = PromiseForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 201, description = "The promise.", body = CallBackView)))]
pub(super) async fn promise_call_back(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<PromiseForm>,
) -> Result<HttpResponse> {
    let made = ctx
        .once(body, move |conn, act, form| {
            call_backs::promise(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::created(&format!("/api/v1/call-backs/{}", made.id), made.version, &made)
}

/// Record an attempt.
///
/// A satisfied customer ends step 7. One who is not sends the complaint back to step 4. After the policy's number of
/// attempts the customer counts as unreachable; one that comes too soon after the last is kept, and `not_counted` says so.
#[utoipa::path(post, path = "/api/v1/call-backs/{id}/attempts", tag = "call-backs", request_body = AttemptForm,
    params(("id" = CallBackId, Path, description = "The call-back.")),
    responses((status = 200, description = "The call-back as it is now.", body = CallBackView)))]
pub(super) async fn record_attempt(
    ctx: Ctx,
    id: Id<CallBackId>,
    version: IfMatch,
    body: Body<AttemptForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            call_backs::attempt(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Reschedule a call-back.
///
/// Ends this promise and makes another in its place; says who asked for it. A desk that moves a promise whose window is
/// over without an attempt has broken it.
#[utoipa::path(post, path = "/api/v1/call-backs/{id}/reschedule", tag = "call-backs", request_body = RescheduleForm,
    params(("id" = CallBackId, Path, description = "The call-back.")),
    responses((status = 201, description = "The new promise.", body = CallBackView)))]
pub(super) async fn reschedule_call_back(
    ctx: Ctx,
    id: Id<CallBackId>,
    version: IfMatch,
    body: Body<RescheduleForm>,
) -> Result<HttpResponse> {
    let made = ctx
        .once(body, move |conn, act, form| {
            call_backs::reschedule(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::created(&format!("/api/v1/call-backs/{}", made.id), made.version, &made)
}

/// Cancel a call-back at the customer's wish.
///
/// The desk cannot cancel its own promise; it can only reschedule it.
#[utoipa::path(post, path = "/api/v1/call-backs/{id}/cancel", tag = "call-backs", request_body = CancelForm,
    params(("id" = CallBackId, Path, description = "The call-back.")),
    responses((status = 200, description = "The call-back as it is now.", body = CallBackView)))]
pub(super) async fn cancel_call_back(
    ctx: Ctx,
    id: Id<CallBackId>,
    version: IfMatch,
    body: Body<CancelForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            call_backs::cancel(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}
