//! Work: the queue, what somebody holds, and taking the next piece.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Query};
use super::page::{self, Page};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::work::item::WorkItem;
use crate::domain::work::load::{self, LoadView};
use crate::domain::work::mine::{self, MyWork};
use crate::domain::work::queue::{self, Listing};
use crate::domain::work::take::{self, TakenView};
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId, TeamId};

/// Which pieces of work to list; everything that is said must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WorkQuery {
    /// Held by this team.
    team: Option<TeamId>,
    /// Only what is with the caller.
    mine: Option<bool>,
    /// With this person.
    owner: Option<String>,
    /// Only what is with nobody.
    unowned: Option<bool>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// Of which team.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LoadQuery {
    /// Only of this team.
    team: Option<TeamId>,
}

/// Read how much work there is.
///
/// With each person, in each team, and for how long it has been waiting for somebody.
#[utoipa::path(get, path = "/api/v1/work/load", tag = "work", params(LoadQuery),
    responses((status = 200, description = "How much there is.", body = LoadView)))]
pub(super) async fn get_work_load(ctx: Ctx, query: Query<LoadQuery>) -> Result<HttpResponse> {
    answer::ok(&ctx.read(move |conn, act| load::load(conn, act, query.0.team)).await?)
}

/// Take the next piece of work.
///
/// The most urgent open complaint that nobody has, of the caller's teams; of no team when they are in none, or when
/// nothing waits there. Promised calls that are due come first, then what is due first; without a deadline, age and
/// severity make one. From then on it is the caller's, and so are the calls that were promised about it.
#[utoipa::path(post, path = "/api/v1/work/take-next", tag = "work",
    responses(
        (status = 200, description = "The complaint, and why it was this one.", body = TakenView),
        (status = 204, description = "Nothing waits."),
    ))]
pub(super) async fn take_next_work(ctx: Ctx) -> Result<HttpResponse> {
    let nothing = Body::nothing();
    let taken: Option<TakenView> = ctx.once(nothing, |conn, act, ()| take::take_next(conn, act)).await?;
    match taken {
        Some(taken) => answer::ok_version(taken.complaint.summary.version, &taken),
        None => Ok(HttpResponse::NoContent().finish()),
    }
}

/// List the queue.
///
/// Everything that is open, the most urgent first, with the reason and the time that is left. What becomes more or less
/// urgent while one reads changes its place.
#[utoipa::path(get, path = "/api/v1/work/queue", tag = "work", params(WorkQuery),
    responses((status = 200, description = "A page of the queue.", body = Page<WorkItem>)))]
pub(super) async fn list_work_queue(ctx: Ctx, query: Query<WorkQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let listing = Listing {
        team: query.team,
        teamless: false,
        mine: query.mine.unwrap_or(false),
        // No stored text holds a NUL, and PostgreSQL takes none.
        owner: query.owner.map(|owner| owner.replace('\0', "")),
        unowned: query.unowned.unwrap_or(false),
        after: page::decode(query.cursor.as_deref())?,
        limit: page::limit(query.limit)?,
    };
    let page = ctx.read(move |conn, act| queue::list(conn, act, &listing)).await?;
    disclose(&ctx, "complaint.queue_listed", &page.items, Vec::new()).await?;
    let next_cursor = page.next.as_ref().map(page::encode).transpose()?;
    answer::ok(&Page {
        items: page.items,
        next_cursor,
    })
}

/// List what I hold.
///
/// The calls of today in their order, and the open complaints, the most urgent first.
#[utoipa::path(get, path = "/api/v1/work/mine", tag = "work",
    responses((status = 200, description = "What the caller holds.", body = MyWork)))]
pub(super) async fn list_my_work(ctx: Ctx) -> Result<HttpResponse> {
    let mine = ctx.read(mine::mine).await?;
    let called = mine
        .calls
        .iter()
        .map(|call| (call.complaint_id, call.customer.id))
        .collect();
    disclose(&ctx, "complaint.own_listed", &mine.complaints, called).await?;
    answer::ok(&mine)
}

/// Tells the audit which complaints and customers are about to be shown.
async fn disclose(
    ctx: &Ctx,
    action: &'static str,
    items: &[WorkItem],
    mut shown: Vec<(ComplaintId, CustomerId)>,
) -> Result<()> {
    shown.extend(items.iter().map(|item| (item.id, item.customer.id)));
    let complaints: Vec<ComplaintId> = shown.iter().map(|(id, _)| *id).collect();
    let event = Event::about_many(ObjectKind::Complaint, action)
        .of(shown.iter().map(|(_, customer)| *customer))
        .with(json!({ "complaints": complaints }));
    ctx.disclose(event).await
}
