//! Signing in at an OpenID Connect provider.

use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use utoipa::IntoParams;

use super::cookies::Cookie;
use super::extract::{Ctx, Query};
use super::sessions::surroundings;
use crate::domain::staff::sign_in::seal;
use crate::error::{Code, Error, Result};
use crate::open_id::{Flow, Provider};

/// How long somebody may take at the provider.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
const PURPOSE: &str = "sign-in at the OpenID provider";

/// What the provider sends the browser back with; what else it says is not read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Answer {
    /// The code that stands for the sign-in.
    #[param(max_length = 4096)]
    code: Option<String>,
    /// Comes back as it was sent.
    #[param(max_length = 512)]
    state: Option<String>,
    /// Why there is no code.
    #[param(max_length = 512)]
    error: Option<String>,
}

fn provider(ctx: &Ctx) -> Result<&Provider> {
    ctx.app
        .front
        .provider
        .as_ref()
        .ok_or_else(|| Error::problem(Code::NotFound, "no OpenID provider is set up here"))
}

fn failed(why: &str) -> Error {
    Error::problem(Code::OpenIdFailed, why)
}

/// Sign in at the OpenID provider.
///
/// Sends the browser there; it comes back to the callback.
#[utoipa::path(get, path = "/api/v1/oidc/sign-in", tag = "sign-in",
    responses((status = 302, description = "To the provider.")))]
pub(super) async fn begin_open_id(ctx: Ctx) -> Result<HttpResponse> {
    let (url, flow) = provider(&ctx)?.begin(ctx.act().now).await?;
    let key = ctx.app.keys.derive(PURPOSE);
    let sealed = seal::seal(&key, PURPOSE.as_bytes(), &serde_json::to_vec(&flow)?)?;
    let cookie = Cookie::Flow.set(&ctx.app.front, &URL_SAFE_NO_PAD.encode(sealed), Some(PATIENCE))?;
    Ok(HttpResponse::Found()
        .insert_header(("location", url))
        .insert_header(cookie)
        .finish())
}

/// Come back from the OpenID provider.
///
/// Opens a session and sends the browser to the start page.
#[utoipa::path(get, path = "/api/v1/oidc/callback", tag = "sign-in", params(Answer),
    responses(
        (status = 303, description = "Signed in: to the start page."),
    ))]
pub(super) async fn finish_open_id(ctx: Ctx, request: HttpRequest, query: Query<Answer>) -> Result<HttpResponse> {
    let provider = provider(&ctx)?;
    let act = ctx.act();
    let begun = "sign-in was not begun in this browser, or took too long";
    let flow = Cookie::Flow
        .read(&ctx.app.front, request.headers())
        .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .and_then(|sealed| seal::open(&ctx.app.keys.derive(PURPOSE), PURPOSE.as_bytes(), &sealed))
        .and_then(|plain| serde_json::from_slice::<Flow>(&plain).ok())
        .filter(|flow| flow.begun_at <= act.now && act.now < flow.begun_at + PATIENCE)
        .ok_or_else(|| failed(begun))?;
    let state = query.0.state.unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(flow.state.as_bytes())) {
        return Err(failed("the answer belongs to another sign-in"));
    }
    if let Some(error) = &query.0.error {
        tracing::info!(error = %error.escape_debug(), "signing in at the provider was broken off");
        return Err(failed("the provider says that it did not succeed"));
    }
    let code = query.0.code.ok_or_else(|| failed("the answer has no code"))?;
    let claims = provider.finish(&flow, code).await?;
    let around = surroundings(&ctx, request.headers());
    let opened = ctx.app.sign_in_by_open_id(act, claims, around).await?;
    let mut response = HttpResponse::SeeOther().insert_header(("location", "/")).finish();
    for (name, value) in [
        Cookie::Session.set(&ctx.app.front, opened.secret.reveal(), None)?,
        Cookie::Flow.clear(&ctx.app.front)?,
    ] {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
