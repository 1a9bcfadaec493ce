//! What customers use, without an account.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::challenge::Solution;
use super::edge::Edge;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::call_backs::CancelForm;
use crate::domain::complaints::closing::ReasonForm;
use crate::domain::complaints::intake::{Intake, PublicForm};
use crate::domain::complaints::messages::MessageForm;
use crate::domain::complaints::public::{self, MoveForm, PublicComplaint};
use crate::domain::complaints::receive::{Arrival, Receipt};
use crate::domain::idempotency::{self, Claim};
use crate::error::{Error, Result};
use crate::ids::CallBackId;

/// What a customer is told who has filed a complaint.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PublicReceipt {
    /// What to say on the phone.
    #[schema(example = "K7QM-3R9X")]
    reference: String,
    /// The secret in the private link. Whoever has it can follow the complaint; it is not shown again.
    tracking_token: String,
    /// Where to follow the complaint.
    #[schema(example = "/api/v1/public/complaints/…")]
    tracking_url: String,
}

/// File a complaint.
///
/// No account is needed; a phone number or an e-mail address is, to answer. Send an `Idempotency-Key` of your own making:
/// a repeated request then gets the same answer, with the same private link. Solve a challenge (`GET /api/v1/public/challenge`)
/// and send the solution as `X-Challenge`; without one, an address may file only few complaints in an hour.
#[utoipa::path(post, path = "/api/v1/public/complaints", tag = "public", request_body = PublicForm,
    params(("X-Challenge" = Option<String>, Header, description = "The solved challenge: `{challenge, solution}` as JSON, or that in base 64.")),
    responses((status = 201, description = "The complaint has arrived.", body = PublicReceipt)))]
pub(super) async fn file_complaint(
    ctx: Ctx,
    edge: web::Data<Edge>,
    solution: Solution,
    body: Body<PublicForm>,
) -> Result<HttpResponse> {
    let claim = ctx.claim(&body.raw);
    let act = ctx.act();
    let intake = Intake::by_public(body.value, &act)?;
    let proposal = super::typing::propose(&ctx, &intake).await;
    let proof = match kept(&ctx, claim.as_ref()).await? {
        // A repeated request is answered from what is kept, and asked for nothing.
        true => None,
        false => solution.check(&ctx, &edge).await?,
    };
    let arrival = Arrival {
        act,
        intake,
        claim,
        proposal: Some(proposal),
        proof,
    };
    let receipt = super::complaints::submit(&ctx, arrival).await?;
    let Receipt {
        reference,
        tracking_token,
        version,
        ..
    } = receipt;
    let token = tracking_token.ok_or_else(|| Error::internal("a public complaint without a private link"))?;
    let tracking_url = format!("/api/v1/public/complaints/{}", token.reveal());
    let told = PublicReceipt {
        reference,
        tracking_token: token.reveal().to_owned(),
        tracking_url,
    };
    answer::created(&told.tracking_url, version, &told)
}

/// Whether there is an answer to this request already.
pub(crate) async fn kept(ctx: &Ctx, claim: Option<&Claim>) -> Result<bool> {
    let Some(claim) = claim.cloned() else { return Ok(false) };
    ctx.read(move |conn, _| {
        Ok(idempotency::recall::<Receipt>(conn, &[Some(&claim)])?
            .iter()
            .any(Option::is_some))
    })
    .await
}

/// Follow a complaint.
///
/// Where it stands, the promised calls, the messages both ways, the decision.
#[utoipa::path(get, path = "/api/v1/public/complaints/{token}", tag = "public",
    params(("token" = String, Path, description = "The secret of the private link.")),
    responses((status = 200, description = "The complaint as the customer sees it.", body = PublicComplaint)))]
pub(super) async fn track_complaint(ctx: Ctx, token: Id<String>) -> Result<HttpResponse> {
    let tracked = ctx.read(move |conn, _| public::track(conn, &token.0)).await?;
    let event = Event::on(ObjectKind::Complaint, tracked.complaint_id.0, "complaint.tracked");
    ctx.disclose(event.of([tracked.customer_id])).await?;
    let found = tracked.seen;
    answer::ok_version(found.version, &found)
}

/// Add something to a complaint.
///
/// Also when it is closed; if it waits for the customer, it goes on.
#[utoipa::path(post, path = "/api/v1/public/complaints/{token}/messages", tag = "public", request_body = MessageForm,
    params(("token" = String, Path, description = "The secret of the private link.")),
    responses((status = 200, description = "The complaint as the customer sees it.", body = PublicComplaint)))]
pub(super) async fn write_to_desk(
    ctx: Ctx,
    token: Id<String>,
    version: IfMatch,
    body: Body<MessageForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            public::write(conn, act, &token.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Accept the decision.
///
/// Of a closed complaint; the desk sees it in the timeline. Said again, it changes nothing.
#[utoipa::path(post, path = "/api/v1/public/complaints/{token}/accept", tag = "public",
    params(("token" = String, Path, description = "The secret of the private link.")),
    responses((status = 200, description = "The complaint as the customer sees it.", body = PublicComplaint)))]
pub(super) async fn accept_decision(ctx: Ctx, token: Id<String>, version: IfMatch) -> Result<HttpResponse> {
    let nothing = Body::nothing();
    let changed = ctx
        .once(nothing, move |conn, act, ()| {
            public::accept(conn, act, &token.0, version.0)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Dispute the decision.
///
/// Opens a closed complaint again.
#[utoipa::path(post, path = "/api/v1/public/complaints/{token}/dispute", tag = "public", request_body = ReasonForm,
    params(("token" = String, Path, description = "The secret of the private link.")),
    responses((status = 200, description = "The complaint as the customer sees it.", body = PublicComplaint)))]
pub(super) async fn dispute_decision(
    ctx: Ctx,
    token: Id<String>,
    version: IfMatch,
    body: Body<ReasonForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            public::dispute(conn, act, &token.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Take a complaint back.
///
/// Open promises to call are called off with it.
#[utoipa::path(post, path = "/api/v1/public/complaints/{token}/withdraw", tag = "public", request_body = ReasonForm,
    params(("token" = String, Path, description = "The secret of the private link.")),
    responses((status = 200, description = "The complaint as the customer sees it.", body = PublicComplaint)))]
pub(super) async fn take_back_complaint(
    ctx: Ctx,
    token: Id<String>,
    version: IfMatch,
    body: Body<ReasonForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            public::withdraw(conn, act, &token.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Move a promised call.
///
/// To a window that suits the customer better.
#[utoipa::path(post, path = "/api/v1/public/complaints/{token}/call-backs/{id}/move", tag = "public", request_body = MoveForm,
    params(
        ("token" = String, Path, description = "The secret of the private link."),
        ("id" = CallBackId, Path, description = "The call-back."),
    ),
    responses((status = 200, description = "The complaint as the customer sees it.", body = PublicComplaint)))]
pub(super) async fn move_call_back(
    ctx: Ctx,
    path: Id<(String, CallBackId)>,
    body: Body<MoveForm>,
) -> Result<HttpResponse> {
    let (token, id) = path.0;
    let changed = ctx
        .once(body, move |conn, act, form| {
            public::move_call_back(conn, act, &token, id, form)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Decline a promised call.
///
/// The customer needs no call.
#[utoipa::path(post, path = "/api/v1/public/complaints/{token}/call-backs/{id}/decline", tag = "public", request_body = CancelForm,
    params(
        ("token" = String, Path, description = "The secret of the private link."),
        ("id" = CallBackId, Path, description = "The call-back."),
    ),
    responses((status = 200, description = "The complaint as the customer sees it.", body = PublicComplaint)))]
pub(super) async fn decline_call_back(
    ctx: Ctx,
    path: Id<(String, CallBackId)>,
    body: Body<CancelForm>,
) -> Result<HttpResponse> {
    let (token, id) = path.0;
    let changed = ctx
        .once(body, move |conn, act, form| {
            public::decline_call_back(conn, act, &token, id, form)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}
