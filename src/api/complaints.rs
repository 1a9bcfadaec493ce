//! Complaints, as staff work on them.

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
use crate::domain::casework::views;
use crate::domain::complaints::changes::{
    self, AssignForm, EditForm, LinkForm, ResumeForm, TrackingLink, TypeForm, WaitForm,
};
use crate::domain::complaints::closing::{self, CloseForm, ReasonForm, RedressProgressForm};
use crate::domain::complaints::intake::{Intake, IntakeForm};
use crate::domain::complaints::list_filter::{ListFilter, Watched};
use crate::domain::complaints::listing::{self, Counts, Cursor, Order};
use crate::domain::complaints::messages::{self, MessageForm, MessageView, StaffMessageForm};
use crate::domain::complaints::receive::{Arrival, Receipt};
use crate::domain::complaints::steps::{self, StepForm, StepsForm};
use crate::domain::complaints::timeline::{self, EntryView};
use crate::domain::complaints::view::{self, ComplaintSummary, ComplaintView};
use crate::domain::complaints::vocabulary::{Channel, Direction, HandlingStep, Kind, State};
use crate::domain::staff::Act;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId, EntryId, MessageId, TeamId, ViewId};

/// Which complaints to list; everything that is said must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ComplaintQuery {
    /// Words of the subject, statement, product, order or desired remedy, in any language; all must be found. The newest come first.
    #[param(example = "退款")]
    q: Option<String>,
    /// In this state.
    state: Option<State>,
    /// Not closed (`true`) or closed (`false`).
    open: Option<bool>,
    /// Complaint, question or feedback.
    kind: Option<Kind>,
    /// That came in so.
    channel: Option<Channel>,
    /// Of this subject category.
    category: Option<String>,
    /// Of this customer type.
    customer_type: Option<CustomerType>,
    /// Of this customer.
    customer_id: Option<CustomerId>,
    /// Handled by this person.
    owner: Option<String>,
    /// Held by this team.
    team: Option<TeamId>,
    /// With this reference, in any spelling.
    #[param(example = "k7qm 3r9x")]
    reference: Option<String>,
    /// With this id in another system.
    external_ref: Option<String>,
    /// Received at or after this moment.
    received_from: Option<Moment>,
    /// Received before this moment.
    received_before: Option<Moment>,
    /// Only those with something past due: what a clock waits for, or a promised call-back.
    overdue: Option<bool>,
    /// With this tag.
    #[param(example = "router")]
    tag: Option<String>,
    /// Only those that the caller watches.
    watched: Option<Watched>,
    /// As this saved view says; what is said beside it goes before.
    view: Option<ViewId>,
    /// In which order: `newest` (the default), `oldest`, `call_back_due` (by the promised call-back), or `due` (what is due
    /// first, by a clock or a promised call-back). The last two list only complaints with something due.
    #[param(inline)]
    order: Option<Order>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// Where to go on in a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub(super) limit: Option<i64>,
    /// Where to go on.
    pub(super) cursor: Option<String>,
}

/// List or search complaints.
///
/// Pages stay put while new complaints arrive. A page of a search may be short and still have a next one.
#[utoipa::path(get, path = "/api/v1/complaints", tag = "complaints", params(ComplaintQuery),
    responses((status = 200, description = "A page of complaints.", body = Page<ComplaintSummary>)))]
pub(super) async fn list_complaints(ctx: Ctx, query: Query<ComplaintQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<Cursor>(query.0.cursor.as_deref())?;
    let (view, filter) = filter_of(query.0);
    let read = move |conn: &mut Conn, act: &Act| {
        let filter = match view {
            Some(view) => filter.over(views::filter_of(conn, act, view)?),
            None => filter,
        };
        let listing = filter.listing(after, limit);
        if after.is_some_and(|cursor| cursor.order != listing.order) {
            return Err(page::refused(
                "?cursor",
                "not_allowed",
                "a cursor of this list in another order",
            ));
        }
        listing::list(conn, act, &listing)
    };
    let page = ctx.read(read).await?;
    let ids: Vec<ComplaintId> = page.items.iter().map(|item| item.id).collect();
    let event = Event::about_many(ObjectKind::Complaint, "complaint.listed")
        .of(page.items.iter().map(|item| item.customer_id))
        .with(json!({ "complaints": ids }));
    ctx.disclose(event).await?;
    let next_cursor = page.next.as_ref().map(page::encode).transpose()?;
    answer::ok(&Page {
        items: page.items,
        next_cursor,
    })
}

/// What the query says of the list, and which view it rests on.
fn filter_of(query: ComplaintQuery) -> (Option<ViewId>, ListFilter) {
    let filter = ListFilter {
        q: query.q,
        state: query.state,
        open: query.open,
        kind: query.kind,
        channel: query.channel,
        category: query.category,
        customer_type: query.customer_type,
        customer_id: query.customer_id,
        owner: query.owner,
        team: query.team,
        reference: query.reference,
        external_ref: query.external_ref,
        received_from: query.received_from,
        received_before: query.received_before,
        overdue: query.overdue,
        tag: query.tag,
        watched: query.watched,
        order: query.order,
    };
    (query.view, filter)
}

/// Count complaints.
///
/// How many stand where; exact by state, and without counting rows.
#[utoipa::path(get, path = "/api/v1/complaints/counts", tag = "complaints",
    responses((status = 200, description = "The numbers.", body = Counts)))]
pub(super) async fn count_complaints(ctx: Ctx) -> Result<HttpResponse> {
    answer::ok(&ctx.read(|conn, act| listing::counts(conn, act.now)).await?)
}

/// Log a complaint.
///
/// Recognises the customer by external id, phone number or e-mail address, or takes them in as new, and shows their
/// earlier and possibly duplicate complaints.
#[utoipa::path(post, path = "/api/v1/complaints", tag = "complaints", request_body = IntakeForm,
    responses((status = 201, description = "The complaint has been logged.", body = Receipt)))]
pub(super) async fn receive_complaint(ctx: Ctx, body: Body<IntakeForm>) -> Result<HttpResponse> {
    let claim = ctx.claim(&body.raw);
    let act = ctx.act();
    let intake = Intake::by_staff(body.value, &act)?;
    let proposal = super::typing::propose(&ctx, &intake).await;
    let arrival = Arrival {
        act,
        intake,
        claim,
        proposal: Some(proposal),
        proof: None,
    };
    let receipt = submit(&ctx, arrival).await?;
    answer::created(&format!("/api/v1/complaints/{}", receipt.id), receipt.version, &receipt)
}

/// Tells the audit that a complaint is about to be shown.
async fn disclose(
    ctx: &Ctx,
    id: ComplaintId,
    action: &'static str,
    whose: impl IntoIterator<Item = CustomerId>,
) -> Result<()> {
    ctx.disclose(Event::on(ObjectKind::Complaint, id.0, action).of(whose))
        .await
}

/// Sends a complaint through the intake lane, once for each idempotency key.
pub(super) async fn submit(ctx: &Ctx, arrival: Arrival) -> Result<Receipt> {
    let claim = arrival.claim.as_ref();
    let _guard = claim.map(|claim| ctx.app.take_in_flight(*claim.lookup())).transpose()?;
    ctx.app.intake.submit(arrival.intake.lane_key(), arrival).await
}

/// Read a complaint.
///
/// With the statement, the steps, the history of the customer type and every closing.
#[utoipa::path(get, path = "/api/v1/complaints/{id}", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint.", body = ComplaintView)))]
pub(super) async fn get_complaint(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| view::get(conn, id.0)).await?;
    disclose(&ctx, id.0, "complaint.read", [found.summary.customer_id]).await?;
    answer::ok_version(found.summary.version, &found)
}

/// Correct what was taken in.
///
/// Fields that are left out stay as they are. Needs `If-Match`.
#[utoipa::path(patch, path = "/api/v1/complaints/{id}", tag = "complaints", request_body = EditForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn edit_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<EditForm>,
) -> Result<HttpResponse> {
    let version = version.required()?;
    let changed = ctx
        .write(move |conn, act| changes::edit(conn, act, id.0, version, &body.value))
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Record several steps.
///
/// What one phone call yields, in the order of the steps. A step that is recorded already is amended; the timeline keeps
/// the old text.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/steps", tag = "complaints", request_body = StepsForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn record_steps(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<StepsForm>,
) -> Result<HttpResponse> {
    let checked = body.value.check()?;
    let changed = ctx
        .write(move |conn, act| steps::record(conn, act, id.0, version.0, &checked))
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Record or skip one step.
///
/// Skipping takes a reason that the policy allows for the step. Step 7 is recorded by promising a call-back and recording
/// its attempts.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/steps/{step}", tag = "complaints", request_body = StepForm,
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("step" = HandlingStep, Path, description = "The step."),
    ),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn record_step(
    ctx: Ctx,
    path: Id<(ComplaintId, HandlingStep)>,
    version: IfMatch,
    body: Body<StepForm>,
) -> Result<HttpResponse> {
    let (id, step) = path.0;
    let checked = body.value.check(step)?;
    let changed = ctx
        .write(move |conn, act| steps::record(conn, act, id, version.0, &checked))
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Set the customer type.
///
/// How the customer comes across now; the history through the case is kept.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/customer-type", tag = "complaints", request_body = TypeForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn set_customer_type(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<TypeForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .write(move |conn, act| changes::set_type(conn, act, id.0, version.0, &body.value))
        .await?;
    super::typing::count_decision(&ctx, &changed);
    answer::ok_version(changed.summary.version, &changed)
}

/// Give a complaint to somebody.
///
/// Or to nobody, with `null`.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/assign", tag = "complaints", request_body = AssignForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn assign_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<AssignForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            changes::assign(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Wait for somebody.
///
/// For the customer or a third party; a message from the customer ends a wait for the customer.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/wait", tag = "complaints", request_body = WaitForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn wait_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<WaitForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            changes::wait(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Take the work up again.
///
/// Ends a wait.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/resume", tag = "complaints", request_body = ResumeForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn resume_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<ResumeForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            changes::resume(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Close a complaint.
///
/// Only through the gate: no open promise, the steps done or skipped with a reason, and an outcome of the call-back. The
/// problem says which rule refuses.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/close", tag = "complaints", request_body = CloseForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn close_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<CloseForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            closing::close(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Open a closed complaint again.
///
/// A new round begins at step 4; the count of openings is kept.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/reopen", tag = "complaints", request_body = ReasonForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn reopen_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<ReasonForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            closing::reopen(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Take a complaint back at the customer's wish.
///
/// Open promises to call are called off with it.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/withdraw", tag = "complaints", request_body = ReasonForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn withdraw_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<ReasonForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            closing::withdraw(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Link a complaint to the one that it repeats.
///
/// `null` takes the link away. The decision `duplicate` needs it.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/links", tag = "complaints", request_body = LinkForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn link_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<LinkForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            changes::link(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// Write a note.
///
/// Among ourselves; the customer never sees it.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/notes", tag = "complaints", request_body = MessageForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The note.", body = MessageView)))]
pub(super) async fn write_note(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<MessageForm>,
) -> Result<HttpResponse> {
    let write =
        move |conn: &mut _, act: &_, form: &_| messages::write(conn, act, id.0, version.0, Direction::Internal, form);
    answer::ok(&ctx.once(body, write).await?)
}

/// Write to the customer, or enter what the customer wrote.
///
/// A message to the customer is kept in the outbox until it has been sent; one from the customer ends a wait for the customer.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/messages", tag = "complaints", request_body = StaffMessageForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The message.", body = MessageView)))]
pub(super) async fn write_message(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<StaffMessageForm>,
) -> Result<HttpResponse> {
    let write = move |conn: &mut _, act: &_, form: &_| messages::write_as_staff(conn, act, id.0, version.0, form);
    answer::ok(&ctx.once(body, write).await?)
}

/// Say how far the redress has come.
///
/// Of the last closing; also after it.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/redress", tag = "complaints", request_body = RedressProgressForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView)))]
pub(super) async fn progress_redress(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    body: Body<RedressProgressForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .write(move |conn, act| closing::progress_redress(conn, act, id.0, version.0, &body.value))
        .await?;
    answer::ok_version(changed.summary.version, &changed)
}

/// List messages and notes.
///
/// The oldest first.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/messages", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint."), PageQuery),
    responses((status = 200, description = "A page of messages and notes.", body = Page<MessageView>)))]
pub(super) async fn list_messages(ctx: Ctx, id: Id<ComplaintId>, query: Query<PageQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<MessageId>(query.0.cursor.as_deref())?;
    let read = move |conn: &mut Conn, _: &Act| {
        let rows = messages::page(conn, id.0, after, limit + 1)?;
        Ok((rows, view::customers_of(conn, &[id.0])?))
    };
    let (rows, whose) = ctx.read(read).await?;
    disclose(&ctx, id.0, "complaint.messages_read", whose).await?;
    answer::ok(&Page::of(rows, limit, |row| row.id)?)
}

/// Read the timeline.
///
/// Every change with who, when, before and after; the oldest first.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/timeline", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint."), PageQuery),
    responses((status = 200, description = "A page of the timeline.", body = Page<EntryView>)))]
pub(super) async fn list_timeline(ctx: Ctx, id: Id<ComplaintId>, query: Query<PageQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<EntryId>(query.0.cursor.as_deref())?;
    let read = move |conn: &mut Conn, _: &Act| {
        let rows = timeline::page(conn, id.0, after, limit + 1)?;
        Ok((rows, view::customers_of(conn, &[id.0])?))
    };
    let (rows, whose) = ctx.read(read).await?;
    disclose(&ctx, id.0, "complaint.timeline_read", whose).await?;
    answer::ok(&Page::of(rows, limit, |row| row.id)?)
}

/// Make a fresh private link for the customer.
///
/// The one before stops working. The secret is shown this once.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/tracking-link", tag = "complaints",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The secret of the link.", body = TrackingLink)))]
pub(super) async fn renew_tracking_link(ctx: Ctx, id: Id<ComplaintId>, version: IfMatch) -> Result<HttpResponse> {
    let nothing = Body::nothing();
    let made = ctx
        .once(nothing, move |conn, act, ()| {
            changes::renew_link(conn, act, id.0, version.0)
        })
        .await?;
    answer::ok_version(made.version, &made)
}
