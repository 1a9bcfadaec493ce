//! The customer's right to their data.

use actix_web::web::Bytes;
use actix_web::{HttpResponse, http::header::ContentType};
use futures_util::stream;
use serde::Serialize;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch};
use crate::app::App;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::privacy::consents::{self, ConsentForm, ConsentsView};
use crate::domain::privacy::export::{self, Begun, CustomerExport, ExportForm};
use crate::domain::privacy::holds::{self, HoldForm, HoldOn, HoldView, PrivacyView};
use crate::domain::privacy::model::DryRun;
use crate::domain::privacy::retention::{self, RetentionView, RulesForm, RulesView};
use crate::domain::privacy::states::{self, PrivacyForm, RemovalForm, RemovalView, StateView};
use crate::error::{Error, Result};
use crate::ids::{AuditEventId, ComplaintId, CustomerId};

/// Read the privacy state of a customer.
///
/// With legal holds, those on complaints too, and everything that was done about the customer's privacy.
#[utoipa::path(get, path = "/api/v1/customers/{id}/privacy", tag = "privacy",
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "The state.", body = PrivacyView)))]
pub(super) async fn get_privacy(ctx: Ctx, id: Id<CustomerId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| holds::of_customer(conn, id.0)).await?;
    ctx.disclose(Event::on(ObjectKind::Customer, id.0.0, "customer.privacy_read").of([id.0]))
        .await?;
    answer::ok_version(found.version, &found)
}

/// Restrict processing.
///
/// The record is kept and read only by those who manage privacy; it is not changed, not shared, and nothing is sent.
/// Complaints in progress are finished.
#[utoipa::path(post, path = "/api/v1/customers/{id}/restrict", tag = "privacy", request_body = PrivacyForm,
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "The state as it is now.", body = StateView)))]
pub(super) async fn restrict_customer(
    ctx: Ctx,
    id: Id<CustomerId>,
    version: IfMatch,
    body: Body<PrivacyForm>,
) -> Result<HttpResponse> {
    let done = ctx
        .once(body, move |conn, act, form| {
            states::restrict(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(done.version, &done)
}

/// Lift a restriction.
///
/// Everything is as it was before.
#[utoipa::path(post, path = "/api/v1/customers/{id}/lift-restriction", tag = "privacy", request_body = PrivacyForm,
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "The state as it is now.", body = StateView)))]
pub(super) async fn lift_restriction(
    ctx: Ctx,
    id: Id<CustomerId>,
    version: IfMatch,
    body: Body<PrivacyForm>,
) -> Result<HttpResponse> {
    let done = ctx
        .once(body, move |conn, act, form| {
            states::lift_restriction(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(done.version, &done)
}

/// Anonymise a customer.
///
/// Everything by which somebody could be recognised goes; coded values, times and counts stay, so that no figure
/// changes. Refused while a complaint or promise is open, or a legal hold applies. `dry_run` says what would be touched.
#[utoipa::path(post, path = "/api/v1/customers/{id}/anonymise", tag = "privacy", request_body = RemovalForm,
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "What was removed, or would be.", body = RemovalView)))]
pub(super) async fn anonymise_customer(
    ctx: Ctx,
    id: Id<CustomerId>,
    version: IfMatch,
    body: Body<RemovalForm>,
) -> Result<HttpResponse> {
    let done = ctx
        .once(body, move |conn, act, form| {
            states::anonymise(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(done.version, &done)
}

/// Erase a customer.
///
/// As anonymising, and of the record only the id is left, and when it was erased. The same phone number makes a new
/// customer afterwards.
#[utoipa::path(post, path = "/api/v1/customers/{id}/erase", tag = "privacy", request_body = RemovalForm,
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "What was removed, or would be.", body = RemovalView)))]
pub(super) async fn erase_customer(
    ctx: Ctx,
    id: Id<CustomerId>,
    version: IfMatch,
    body: Body<RemovalForm>,
) -> Result<HttpResponse> {
    let done = ctx
        .once(body, move |conn, act, form| {
            states::erase(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(done.version, &done)
}

/// Place a legal hold on a customer.
///
/// Nothing of the customer is removed while it stands. It takes the place of the hold that stands.
#[utoipa::path(put, path = "/api/v1/customers/{id}/legal-hold", tag = "privacy", request_body = HoldForm,
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "The hold.", body = HoldView)))]
pub(super) async fn hold_customer(
    ctx: Ctx,
    id: Id<CustomerId>,
    v: IfMatch,
    body: Body<HoldForm>,
) -> Result<HttpResponse> {
    place(&ctx, HoldOn::Customer(id.0), v, body).await
}

/// Lift the legal hold on a customer.
///
/// It stays in the list of holds.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/legal-hold", tag = "privacy",
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "The hold that was lifted.", body = HoldView)))]
pub(super) async fn release_customer(ctx: Ctx, id: Id<CustomerId>, version: IfMatch) -> Result<HttpResponse> {
    lift(&ctx, HoldOn::Customer(id.0), version).await
}

/// Place a legal hold on a complaint.
///
/// Neither it nor its customer is removed while it stands. It takes the place of the hold that stands.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/legal-hold", tag = "privacy", request_body = HoldForm,
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The hold.", body = HoldView)))]
pub(super) async fn hold_complaint(
    ctx: Ctx,
    id: Id<ComplaintId>,
    v: IfMatch,
    body: Body<HoldForm>,
) -> Result<HttpResponse> {
    place(&ctx, HoldOn::Complaint(id.0), v, body).await
}

/// Lift the legal hold on a complaint.
///
/// It stays in the list of holds.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/legal-hold", tag = "privacy",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The hold that was lifted.", body = HoldView)))]
pub(super) async fn release_complaint(ctx: Ctx, id: Id<ComplaintId>, version: IfMatch) -> Result<HttpResponse> {
    lift(&ctx, HoldOn::Complaint(id.0), version).await
}

async fn place(ctx: &Ctx, on: HoldOn, version: IfMatch, body: Body<HoldForm>) -> Result<HttpResponse> {
    let done = ctx
        .write(move |conn, act| holds::place(conn, act, on, version.0, &body.value))
        .await?;
    answer::ok_version(done.version, &done)
}

async fn lift(ctx: &Ctx, on: HoldOn, version: IfMatch) -> Result<HttpResponse> {
    let done = ctx
        .write(move |conn, act| holds::lift(conn, act, on, version.0))
        .await?;
    answer::ok_version(done.version, &done)
}

/// List what a customer allows.
///
/// For every purpose whether data may be used for it now, and everything the customer said, with the proof.
#[utoipa::path(get, path = "/api/v1/customers/{id}/consents", tag = "privacy",
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "The consents.", body = ConsentsView)))]
pub(super) async fn list_consents(ctx: Ctx, id: Id<CustomerId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, act| consents::list(conn, act, id.0)).await?;
    ctx.disclose(Event::on(ObjectKind::Customer, id.0.0, "customer.consents_read").of([id.0]))
        .await?;
    answer::ok_version(found.version, &found)
}

/// Record a consent.
///
/// Given, refused or withdrawn. Entries are only added; the newest for a purpose holds.
#[utoipa::path(post, path = "/api/v1/customers/{id}/consents", tag = "privacy", request_body = ConsentForm,
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 201, description = "The consents as they are now.", body = ConsentsView)))]
pub(super) async fn record_consent(
    ctx: Ctx,
    id: Id<CustomerId>,
    version: IfMatch,
    body: Body<ConsentForm>,
) -> Result<HttpResponse> {
    let location = format!("/api/v1/customers/{}/consents", id.0);
    let made = ctx
        .once(body, move |conn, act, form| {
            consents::record(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::created(&location, made.version, &made)
}

/// Read the retention rules.
///
/// And what they did on the last thirty days.
#[utoipa::path(get, path = "/api/v1/retention-rules", tag = "privacy",
    responses((status = 200, description = "The rules.", body = RetentionView)))]
pub(super) async fn get_retention_rules(ctx: Ctx) -> Result<HttpResponse> {
    let found = ctx.read(|conn, _| retention::get(conn)).await?;
    answer::ok_version(found.rules.version, &found)
}

/// Set the retention rules.
///
/// Each time a new version. To activate rules, set them, do a dry run, and set them unchanged with `active`.
#[utoipa::path(put, path = "/api/v1/retention-rules", tag = "privacy", request_body = RulesForm,
    responses((status = 200, description = "The rules as they are now.", body = RulesView)))]
pub(super) async fn set_retention_rules(ctx: Ctx, version: IfMatch, body: Body<RulesForm>) -> Result<HttpResponse> {
    let set = ctx
        .write(move |conn, act| retention::set(conn, act, version.0, &body.value))
        .await?;
    answer::ok_version(set.version, &set)
}

/// Try the retention rules.
///
/// Says what would be removed now, and removes nothing.
#[utoipa::path(post, path = "/api/v1/retention-rules/dry-run", tag = "privacy",
    responses((status = 200, description = "What would be removed.", body = DryRun)))]
pub(super) async fn try_retention_rules(ctx: Ctx) -> Result<HttpResponse> {
    let nothing = Body::nothing();
    let run = ctx.once(nothing, |conn, act, ()| retention::dry_run(conn, act)).await?;
    answer::ok(&run)
}

/// Export everything held about a customer.
///
/// Record, consents, complaints with every text and note, calls, messages, timeline, notices, legal holds and what was
/// done about the customer's privacy. The document is sent in pieces while it is read.
#[utoipa::path(post, path = "/api/v1/customers/{id}/export", tag = "privacy", request_body = ExportForm,
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "Everything held.", body = CustomerExport)))]
pub(super) async fn export_customer(ctx: Ctx, id: Id<CustomerId>, body: Body<ExportForm>) -> Result<HttpResponse> {
    let begun = ctx
        .once(body, move |conn, act, form| export::begin(conn, act, id.0, form))
        .await?;
    let first = Piece {
        app: ctx.app.clone(),
        begun,
        next: Next::Opening,
    };
    // The first piece is read before the answer begins, so that what goes wrong there is still a problem.
    let (opening, rest) = piece(first).await?.ok_or_else(|| Error::internal("an empty export"))?;
    let rest = stream::try_unfold(rest, piece);
    let all = futures_util::StreamExt::chain(stream::iter([Ok::<_, Error>(opening)]), rest);
    Ok(HttpResponse::Ok()
        .insert_header(ContentType::json())
        .streaming(Box::pin(all)))
}

/// How far an export has come.
struct Piece {
    app: App,
    begun: Begun,
    next: Next,
}

enum Next {
    Opening,
    Complaints { after: i64 },
    Accesses { below: Option<AuditEventId> },
    End,
}

/// The next piece of the document, as text.
async fn piece(state: Piece) -> Result<Option<(Bytes, Piece)>> {
    let Piece { app, begun, next } = state;
    let (text, next) = match next {
        Next::Opening => {
            let asked = begun.clone();
            let opening = app.db.read(move |conn| export::opening(conn, &asked)).await?;
            let mut text = json(&opening)?;
            text.pop();
            text.push_str(",\"complaints\":[");
            (text, Next::Complaints { after: 0 })
        }
        Next::Complaints { after } => {
            let asked = begun.clone();
            let (some, further) = app.db.read(move |conn| export::complaints(conn, &asked, after)).await?;
            let text = listed(&some, after > 0)?;
            match further {
                Some(after) => (text, Next::Complaints { after }),
                None => (text + "],\"accesses\":[", Next::Accesses { below: None }),
            }
        }
        Next::Accesses { below } => {
            let asked = begun.clone();
            let (some, further) = app.db.read(move |conn| export::accesses(conn, &asked, below)).await?;
            let mut text = listed(&some, below.is_some())?;
            match further {
                Some(_) => (text, Next::Accesses { below: further }),
                None => {
                    text.push_str("]}");
                    (text, Next::End)
                }
            }
        }
        Next::End => return Ok(None),
    };
    Ok(Some((Bytes::from(text), Piece { app, begun, next })))
}

/// Members of a list, with a comma before each that is not its first.
fn listed<T: Serialize>(values: &[T], goes_on: bool) -> Result<String> {
    let mut text = String::new();
    for (n, value) in values.iter().enumerate() {
        if goes_on || n > 0 {
            text.push(',');
        }
        text.push_str(&json(value)?);
    }
    Ok(text)
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value)?)
}
