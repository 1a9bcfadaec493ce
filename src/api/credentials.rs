//! Passwords, the second factor, and links that set a password.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::auth::Own;
use super::cookies::Cookie;
use super::extract::{Body, Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::domain::staff::sign_in::invitations::{self, NewInvitation, RedeemForm};
use crate::domain::staff::sign_in::second_factor::{self, Code, Enrolment, RecoveryCodes, SecondFactorView};
use crate::domain::staff::sign_in::{ChangePasswordForm, CodeForm, Invited, PasswordForm, RemoveFactorForm};
use crate::domain::staff::tokens::Secret;
use crate::error::Result;
use crate::ids::StaffId;

/// That it was done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Changed {
    /// Always true.
    changed: bool,
}

/// The answer, with the session's new cookie.
fn with_cookie(ctx: &Ctx, mut response: HttpResponse, secret: &Secret) -> Result<HttpResponse> {
    let (name, value) = Cookie::Session.set(&ctx.app.front, secret.reveal(), None)?;
    response.headers_mut().append(name, value);
    Ok(response)
}

/// Change my password.
///
/// Every other session ends; this one goes on under a new cookie.
#[utoipa::path(put, path = "/api/v1/me/password", tag = "sign-in", request_body = ChangePasswordForm,
    responses((status = 200, description = "The password is changed.", body = Changed)))]
pub(super) async fn change_password(ctx: Ctx, own: Own, body: Body<ChangePasswordForm>) -> Result<HttpResponse> {
    let secret = ctx.app.change_password(ctx.act(), &own.0.session, body.value).await?;
    with_cookie(&ctx, answer::ok(&Changed { changed: true })?, &secret)
}

/// My second factor.
///
/// Whether there is one, and how many recovery codes are left.
#[utoipa::path(get, path = "/api/v1/me/second-factor", tag = "sign-in",
    responses((status = 200, description = "Where the account stands.", body = SecondFactorView)))]
pub(super) async fn get_second_factor(ctx: Ctx, own: Own) -> Result<HttpResponse> {
    let staff = own.0.session.staff_id;
    answer::ok(&ctx.read(move |conn, _| second_factor::view(conn, staff)).await?)
}

/// Set up a second factor.
///
/// The answer holds a secret for an app; it is not shown again. It counts once the app's first code was confirmed.
#[utoipa::path(post, path = "/api/v1/me/second-factor", tag = "sign-in", request_body = PasswordForm,
    responses((status = 200, description = "The secret, as text and for a QR code.", body = Enrolment)))]
pub(super) async fn begin_second_factor(ctx: Ctx, own: Own, body: Body<PasswordForm>) -> Result<HttpResponse> {
    let staff = own.0.session.staff_id;
    ctx.app
        .prove_password(&ctx.act(), staff, body.value.password.as_ref())
        .await?;
    let keys = ctx.app.keys.clone();
    let begun = ctx
        .write(move |conn, act| second_factor::begin(conn, act, &keys, staff))
        .await?;
    answer::ok(&begun)
}

/// Confirm the second factor.
///
/// With the first code of the app. The answer holds ten recovery codes; they are not shown again. Every other session ends.
#[utoipa::path(post, path = "/api/v1/me/second-factor/confirm", tag = "sign-in", request_body = CodeForm,
    responses((status = 200, description = "The recovery codes.", body = RecoveryCodes)))]
pub(super) async fn confirm_second_factor(ctx: Ctx, own: Own, body: Body<CodeForm>) -> Result<HttpResponse> {
    let (session, staff) = (own.0.session.id, own.0.session.staff_id);
    let keys = ctx.app.keys.clone();
    let code = Code::read(body.value.code.reveal());
    let confirm = move |conn: &mut Conn, act: &Act| second_factor::confirm(conn, act, &keys, session, staff, &code);
    let (codes, secret) = ctx.app.with_code(&ctx.act(), staff, confirm).await?;
    with_cookie(&ctx, answer::ok(&codes)?, &secret)
}

/// Remove the second factor.
///
/// Needs the password and a code.
#[utoipa::path(post, path = "/api/v1/me/second-factor/remove", tag = "sign-in", request_body = RemoveFactorForm,
    responses((status = 200, description = "Where the account stands.", body = SecondFactorView)))]
pub(super) async fn remove_second_factor(ctx: Ctx, own: Own, body: Body<RemoveFactorForm>) -> Result<HttpResponse> {
    let staff = own.0.session.staff_id;
    ctx.app
        .prove_password(&ctx.act(), staff, body.value.password.as_ref())
        .await?;
    let keys = ctx.app.keys.clone();
    let code = Code::read(body.value.code.reveal());
    let remove = move |conn: &mut Conn, act: &Act| second_factor::remove(conn, act, &keys, staff, &code);
    let view = ctx.app.with_code(&ctx.act(), staff, remove).await?;
    answer::ok(&view)
}

/// Take away somebody's second factor.
///
/// For those who have lost theirs; their sessions end.
#[utoipa::path(delete, path = "/api/v1/staff/{id}/second-factor", tag = "staff",
    params(("id" = StaffId, Path, description = "The person.")),
    responses((status = 200, description = "Where the account stands.", body = SecondFactorView)))]
pub(super) async fn reset_second_factor(ctx: Ctx, id: Id<StaffId>) -> Result<HttpResponse> {
    let view = ctx
        .write(move |conn, act| {
            second_factor::reset(conn, act, id.0)?;
            second_factor::view(conn, id.0)
        })
        .await?;
    ctx.app.doubt_sessions();
    answer::ok(&view)
}

/// Invite somebody, or let them set another password.
///
/// The answer holds the secret of a link that works once, for three days; it is not shown again. A link made before stops working.
#[utoipa::path(post, path = "/api/v1/staff/{id}/invitation", tag = "staff",
    params(("id" = StaffId, Path, description = "The person.")),
    responses((status = 201, description = "The link.", body = NewInvitation)))]
pub(super) async fn invite_staff(ctx: Ctx, id: Id<StaffId>) -> Result<HttpResponse> {
    let keys = ctx.app.keys.clone();
    let nothing = Body::nothing();
    let made = ctx
        .once(nothing, move |conn, act, ()| {
            invitations::invite(conn, act, &keys, id.0)
        })
        .await?;
    answer::created_without_version(&format!("/api/v1/public/invitations/{}", made.token.reveal()), &made)
}

/// Look at an invitation.
///
/// Whom it is for, and whether it still works.
#[utoipa::path(get, path = "/api/v1/public/invitations/{token}", tag = "public",
    params(("token" = String, Path, description = "The secret of the link.")),
    responses((status = 200, description = "Whom it is for.", body = Invited)))]
pub(super) async fn get_invitation(ctx: Ctx, token: Id<String>) -> Result<HttpResponse> {
    answer::ok(
        &ctx.read(move |conn, act| invitations::get(conn, act.now, &token.0))
            .await?,
    )
}

/// Set a password by a link.
///
/// The link works once. Every session of the person ends; then they sign in with the new password.
#[utoipa::path(post, path = "/api/v1/public/invitations/{token}", tag = "public", request_body = RedeemForm,
    params(("token" = String, Path, description = "The secret of the link.")),
    responses((status = 200, description = "Whose password was set.", body = Invited)))]
pub(super) async fn redeem_invitation(ctx: Ctx, token: Id<String>, body: Body<RedeemForm>) -> Result<HttpResponse> {
    answer::ok(&ctx.app.redeem_link(ctx.act(), token.0, body.value.password).await?)
}
