//! Signing in and out, and the sessions of people.

use actix_web::http::header::{HeaderMap, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::auth::{self, Own};
use super::cookies::Cookie;
use super::extract::{Body, Ctx, Id};
use crate::app::SignedIn;
use crate::domain::staff::sign_in::sessions::{self, SessionView};
use crate::domain::staff::sign_in::{SignInForm, Surroundings, devices, second_factor};
use crate::domain::staff::{Permission, people};
use crate::error::Result;
use crate::ids::{SessionId, StaffId};

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionResponse {
    /// The session.
    id: SessionId,
    /// Send it as `X-CSRF-Token` with every request that changes something.
    csrf_token: String,
    /// Whose session it is.
    staff_id: StaffId,
    /// Their handle, as in timelines.
    #[schema(example = "li.na")]
    handle: String,
    /// What they are called.
    #[schema(example = "Li Na")]
    name: String,
    /// Their role, built in or of the installation's own.
    #[schema(example = "agent")]
    role: String,
    /// What the role may do.
    permissions: Vec<Permission>,
    /// Whether the account has a second factor.
    second_factor: bool,
    /// Whether one has to be set up before anything else is possible.
    second_factor_required: bool,
}

/// How many sessions ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EndedResponse {
    /// How many.
    ended: usize,
}

/// What a browser brings along when somebody signs in.
pub(crate) fn surroundings(ctx: &Ctx, headers: &HeaderMap) -> Surroundings {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    Surroundings {
        old_session: Cookie::Session.read(&ctx.app.front, headers),
        user_agent: agent.map(str::to_owned),
    }
}

async fn describe(ctx: &Ctx, signed_in: &SignedIn) -> Result<SessionResponse> {
    let staff_id = signed_in.session.staff_id;
    let (member, second_factor) = ctx
        .read(move |conn, _| {
            Ok((
                people::load(conn, staff_id)?,
                second_factor::is_enabled(conn, staff_id)?,
            ))
        })
        .await?;
    Ok(SessionResponse {
        id: signed_in.session.id,
        csrf_token: signed_in.csrf_token.to_string(),
        staff_id,
        handle: member.handle,
        name: member.name,
        role: signed_in.actor.grant.role().to_owned(),
        permissions: signed_in.actor.grant.permissions().to_vec(),
        second_factor,
        second_factor_required: signed_in.session.must_enrol,
    })
}

/// Sign in.
///
/// Sets the session's cookie. The session that the browser had ends. A handle that nobody has, a wrong password and a wrong
/// code get the same answer; after some failures further tries have to wait (429).
#[utoipa::path(post, path = "/api/v1/session", tag = "sign-in", request_body = SignInForm,
    responses(
        (status = 201, description = "Who is signed in, and the session's token for changes.", body = SessionResponse),
    ))]
pub(super) async fn sign_in(ctx: Ctx, request: HttpRequest, body: Body<SignInForm>) -> Result<HttpResponse> {
    auth::same_site(&ctx.app.front, request.headers())?;
    let around = surroundings(&ctx, request.headers());
    let device = Cookie::Device.read(&ctx.app.front, request.headers());
    let welcome = ctx.app.sign_in(ctx.act(), body.value, around, device).await?;
    let secret = welcome.opened.secret.reveal();
    let signed_in = ctx.app.authenticate_session(secret).await?;
    let mut response = answer::created_without_version("/api/v1/session", &describe(&ctx, &signed_in).await?)?;
    for (name, value) in [
        Cookie::Session.set(&ctx.app.front, secret, None)?,
        Cookie::Device.set(&ctx.app.front, &welcome.device, Some(devices::LIFE))?,
    ] {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// Who is signed in.
///
/// And the session's token for changes, once more.
#[utoipa::path(get, path = "/api/v1/session", tag = "sign-in",
    responses((status = 200, description = "Who is signed in.", body = SessionResponse)))]
pub(super) async fn get_session(ctx: Ctx, own: Own) -> Result<HttpResponse> {
    answer::ok(&describe(&ctx, &own.0).await?)
}

/// Sign out.
///
/// The session ends, and its cookie goes.
#[utoipa::path(delete, path = "/api/v1/session", tag = "sign-in",
    responses((status = 200, description = "The session has ended.", body = EndedResponse)))]
pub(super) async fn sign_out(ctx: Ctx, own: Own) -> Result<HttpResponse> {
    let (staff, id) = (own.0.session.staff_id, own.0.session.id);
    ctx.write(move |conn, act| sessions::end(conn, act, staff, id)).await?;
    ctx.app.doubt_sessions();
    let mut response = answer::ok(&EndedResponse { ended: 1 })?;
    let (name, value) = Cookie::Session.clear(&ctx.app.front)?;
    response.headers_mut().append(name, value);
    Ok(response)
}

/// List my sessions.
///
/// The newest first; the one of this request is marked.
#[utoipa::path(get, path = "/api/v1/me/sessions", tag = "sign-in",
    responses((status = 200, description = "The sessions that are open.", body = [SessionView])))]
pub(super) async fn list_my_sessions(ctx: Ctx, own: Own) -> Result<HttpResponse> {
    let (staff, id) = (own.0.session.staff_id, own.0.session.id);
    answer::ok(
        &ctx.read(move |conn, act| sessions::list(conn, act, staff, Some(id)))
            .await?,
    )
}

/// End one of my sessions.
///
/// On a lost telephone, say.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{id}", tag = "sign-in",
    params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 200, description = "The session has ended.", body = EndedResponse)))]
pub(super) async fn end_my_session(ctx: Ctx, own: Own, id: Id<SessionId>) -> Result<HttpResponse> {
    let staff = own.0.session.staff_id;
    ctx.write(move |conn, act| sessions::end(conn, act, staff, id.0))
        .await?;
    ctx.app.doubt_sessions();
    answer::ok(&EndedResponse { ended: 1 })
}

/// List somebody's sessions.
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/staff/{id}/sessions", tag = "staff",
    params(("id" = StaffId, Path, description = "The person.")),
    responses((status = 200, description = "The sessions that are open.", body = [SessionView])))]
pub(super) async fn list_staff_sessions(ctx: Ctx, id: Id<StaffId>) -> Result<HttpResponse> {
    let listed = ctx
        .read(move |conn, act| {
            people::load(conn, id.0)?;
            sessions::list(conn, act, id.0, None)
        })
        .await?;
    answer::ok(&listed)
}

/// End all of somebody's sessions.
///
/// Here at once, in other processes within ten seconds.
#[utoipa::path(delete, path = "/api/v1/staff/{id}/sessions", tag = "staff",
    params(("id" = StaffId, Path, description = "The person.")),
    responses((status = 200, description = "How many have ended.", body = EndedResponse)))]
pub(super) async fn end_staff_sessions(ctx: Ctx, id: Id<StaffId>) -> Result<HttpResponse> {
    let ended = ctx
        .write(move |conn, act| sessions::end_all_of(conn, act, id.0))
        .await?;
    ctx.app.doubt_sessions();
    answer::ok(&EndedResponse { ended })
}
