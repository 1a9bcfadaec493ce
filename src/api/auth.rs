//! Who may use a route: decided here, once, from the table in [`super::routes`].
//!
//! Programs show a bearer token, browsers the cookie of a session; where both come, the token counts. A
//! browser sends its cookie along whoever asks it to, so a change with a cookie also needs the session's own
//! token in a header, and must not come from a page of another site. Pages know people by their cookie alone; the
//! forms of a page carry the session's token as a field, which is checked where they are read ([`crate::web::forms`]).

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use subtle::ConstantTimeEq as _;

use super::cookies::Cookie;
use super::routes::{self, Access};
use crate::app::{App, Front, SignedIn};
use crate::domain::staff::{Actor, Permission};
use crate::error::{Code, Error, Result};

/// The middleware. A route that is not in the table lets nobody in.
pub(crate) async fn authorise(
    app: web::Data<App>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match admit(&app, &req).await {
        Ok(actor) => {
            if let Some(actor) = actor {
                req.extensions_mut().insert(actor);
            }
            Ok(next.call(req).await?.map_into_boxed_body())
        }
        Err(error) => Ok(req.error_response(error)),
    }
}

/// Who comes in; `None` where nobody is asked.
async fn admit(app: &App, req: &ServiceRequest) -> Result<Option<Arc<Actor>>> {
    let pattern = req.match_pattern();
    let access = match &pattern {
        Some(pattern) => routes::access(req.method().as_str(), pattern),
        // No such address: the answer is 404 for everybody.
        None => Some(Access::Public),
    };
    let is_page = pattern.as_deref().is_some_and(routes::is_page);
    if is_page && !req.method().is_safe() {
        same_site(&app.front, req.headers())?;
    }
    let Some(access) = access else {
        return Err(Error::problem(Code::Forbidden, "this route is open to nobody"));
    };
    if access == Access::Public {
        return Ok(None);
    }
    let (actor, signed_in) = if is_page {
        let signed_in = in_session(app, req.headers()).await?;
        (Arc::clone(&signed_in.actor), Some(signed_in))
    } else {
        known(app, req).await?
    };
    let must_enrol = signed_in.as_ref().is_some_and(|signed_in| signed_in.session.must_enrol);
    match access {
        Access::Person if signed_in.is_none() => {
            return Err(Error::problem(Code::PeopleOnly, "a service token has none of this"));
        }
        Access::Needs(_) if must_enrol => {
            return Err(Error::problem(
                Code::SecondFactorRequired,
                "the role asks for a second factor",
            ));
        }
        Access::Needs(permission) if !actor.may(permission) => {
            let detail = match actor.grant.leaves_out(permission) {
                true => format!("the scopes of this token leave out `{permission}`"),
                false => format!("the role `{}` may not `{permission}`", actor.grant.role()),
            };
            return Err(Error::problem(Code::Forbidden, detail));
        }
        _ => {}
    }
    if let Some(signed_in) = signed_in {
        req.extensions_mut().insert(signed_in);
    }
    Ok(Some(actor))
}

/// Whose session the request's cookie belongs to.
///
/// # Errors
/// `auth.required`.
pub(crate) async fn in_session(app: &App, headers: &HeaderMap) -> Result<SignedIn> {
    match Cookie::Session.read(&app.front, headers) {
        Some(cookie) => app.authenticate_session(&cookie).await,
        None => Err(Error::problem(Code::Unauthenticated, "sign in")),
    }
}

/// Whose credentials the request carries.
async fn known(app: &App, req: &ServiceRequest) -> Result<(Arc<Actor>, Option<SignedIn>)> {
    let headers = req.headers();
    let cookie = Cookie::Session.read(&app.front, headers);
    let Some(cookie) = cookie.filter(|_| !headers.contains_key(AUTHORIZATION)) else {
        return Ok((app.authenticate(bearer(req)?).await?, None));
    };
    let signed_in = app.authenticate_session(&cookie).await?;
    if !req.method().is_safe() {
        same_site(&app.front, headers)?;
        let given = headers.get("x-csrf-token").map(|value| value.as_bytes());
        check_token(given.unwrap_or_default(), &signed_in.csrf_token)?;
    }
    Ok((Arc::clone(&signed_in.actor), Some(signed_in)))
}

fn bearer(req: &ServiceRequest) -> Result<&str> {
    req.headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| {
            Error::problem(
                Code::Unauthenticated,
                "sign in, or send `Authorization: Bearer` with a service token",
            )
        })
}

fn cross_site(why: &str) -> Error {
    Error::problem(Code::CrossSite, why)
}

/// Refuses a change without the session's own token.
///
/// # Errors
/// `auth.cross_site`.
pub(crate) fn check_token(given: &[u8], expected: &str) -> Result<()> {
    if bool::from(given.ct_eq(expected.as_bytes())) {
        Ok(())
    } else {
        Err(cross_site("send `X-CSRF-Token` with the token of this session"))
    }
}

/// Refuses a change of which the browser says that it comes from another site.
pub(crate) fn same_site(front: &Front, headers: &HeaderMap) -> Result<()> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(from) = text("sec-fetch-site")
        && !matches!(from, "same-origin" | "none")
    {
        return Err(cross_site("the request comes from another site"));
    }
    let Some(origin) = text(ORIGIN.as_str()) else {
        return Ok(());
    };
    let ours = front.public_url.as_deref().map(authority);
    let here = text(HOST.as_str());
    let from = origin.contains("://").then(|| authority(origin));
    if from.is_some_and(|from| ours == Some(from) || here.is_some_and(|here| here.eq_ignore_ascii_case(from))) {
        Ok(())
    } else {
        Err(cross_site("the request comes from another origin"))
    }
}

/// Host and port of an address.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// What a request showed, to be looked at again while its answer goes on.
pub(super) enum Shown {
    /// A service token.
    Token(String),
    /// The cookie of a session.
    Session(String),
}

impl Shown {
    /// What this request showed; it has been let in with it.
    pub(super) fn of(app: &App, req: &HttpRequest) -> Option<Self> {
        let headers = req.headers();
        match headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) {
            Some(text) => text
                .split_once(' ')
                .map(|(_, token)| Self::Token(token.trim().to_owned())),
            None => Cookie::Session.read(&app.front, headers).map(Self::Session),
        }
    }

    /// Whether it still opens what needs this permission. Does not count as a use of a session. What cannot be asked
    /// now is asked the next time.
    pub(super) async fn still_opens(&self, app: &App, permission: Permission) -> bool {
        let actor = match self {
            Self::Token(token) => app.authenticate(token).await,
            Self::Session(cookie) => app.look_at_session(cookie).await,
        };
        match actor {
            Ok(actor) => actor.may(permission),
            Err(error) => error.code() != Code::Unauthenticated,
        }
    }
}

/// The person who is signed in; only where the table says [`Access::Person`].
pub(crate) struct Own(pub(crate) SignedIn);

impl FromRequest for Own {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let signed_in = req.extensions().get::<SignedIn>().cloned();
        ready(
            signed_in
                .map(Self)
                .ok_or_else(|| Error::internal("the route lets in others than people")),
        )
    }
}
