//! Who may use a route: decided here, once, from the table in [`super::routes`].

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::routes::{self, Access};
use crate::app::App;
use crate::domain::staff::Actor;
use crate::error::{Code, Error, Result};

/// The middleware. A route that is not in the table lets nobody in.
pub(super) async fn authorise(
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
    let access = match req.match_pattern() {
        Some(pattern) => routes::access(req.method().as_str(), &pattern),
        // No such address: the answer is 404 for everybody.
        None => Some(Access::Public),
    };
    let Some(access) = access else {
        return Err(Error::problem(Code::Forbidden, "this route is open to nobody"));
    };
    if access == Access::Public {
        return Ok(None);
    }
    let actor = app.authenticate(bearer(req)?).await?;
    if let Access::Needs(permission) = access
        && !actor.may(permission)
    {
        let detail = format!("the role `{}` may not `{permission}`", actor.grant.role());
        return Err(Error::problem(Code::Forbidden, detail));
    }
    Ok(Some(actor))
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
                "send `Authorization: Bearer` with a service token",
            )
        })
}
