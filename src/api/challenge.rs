//! The challenge of the public form, and its solution in a request.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};

use super::answer;
use super::edge::Edge;
use super::extract::Ctx;
use crate::domain::challenges::{self, ChallengeView, Proof};
use crate::error::{Code, Error, Result};

/// Fetch a challenge.
///
/// To be solved before a complaint is filed: a second of the client's time. It works once, for twenty minutes.
#[utoipa::path(get, path = "/api/v1/public/challenge", tag = "public",
    responses((status = 200, description = "The challenge.", body = ChallengeView)))]
pub(super) async fn get_challenge(ctx: Ctx, edge: web::Data<Edge>) -> Result<HttpResponse> {
    let key = ctx.app.keys.derive(challenges::KEY);
    // Where none is asked for, one that is solved at once does no harm.
    answer::ok(&challenges::create(ctx.app.clock.now(), &key, edge.proof.unwrap_or(1))?)
}

/// What stands in `X-Challenge`.
pub(crate) struct Solution(Option<String>);

impl FromRequest for Solution {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match req.headers().get("x-challenge") {
            None => Ok(Self(None)),
            Some(value) => value
                .to_str()
                .map(|text| Self(Some(text.to_owned())))
                .map_err(|_| Error::problem(Code::ChallengeInvalid, "X-Challenge: visible characters")),
        })
    }
}

impl Solution {
    /// What a form brought along, if it brought anything.
    pub(crate) fn of_form(text: &str) -> Self {
        Self(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    /// The proof in it, where one is asked for; without one, the caller's few free complaints are counted.
    ///
    /// # Errors
    /// `challenge.required`; `challenge.invalid`; `challenge.expired`.
    pub(crate) async fn check(self, ctx: &Ctx, edge: &Edge) -> Result<Option<Proof>> {
        if edge.proof.is_none() {
            return Ok(None);
        }
        let Some(sent) = self.0 else {
            edge.limits.without_proof(ctx.address)?;
            return Ok(None);
        };
        let payload = challenges::read(&sent)?;
        let (key, now) = (ctx.app.keys.derive(challenges::KEY), ctx.app.clock.now());
        web::block(move || challenges::check(now, &key, &payload))
            .await
            .map_err(Error::internal)?
            .map(Some)
    }
}
