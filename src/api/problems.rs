//! The documentation of every problem, at the address that problem documents name as their `type`.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::extract::Id;
use crate::error::{Code, Error, Result};

/// What a problem means.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProblemKind {
    /// The stable word.
    #[schema(example = "closing.open_promise")]
    code: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// The short title.
    title: &'static str,
    /// What it means and what the caller can do.
    explanation: &'static str,
}

fn kind(code: Code) -> ProblemKind {
    ProblemKind {
        code: code.as_str(),
        status: code.status(),
        title: code.title(),
        explanation: code.explanation().trim(),
    }
}

/// Every problem.
///
/// The codes are stable: programs may match on them.
#[utoipa::path(get, path = "/problems", tag = "documentation", responses((status = 200, description = "The problems.", body = [ProblemKind])))]
pub(super) async fn list_problems() -> Result<HttpResponse> {
    answer::ok(&Code::ALL.iter().map(|code| kind(*code)).collect::<Vec<_>>())
}

/// One problem.
///
/// The address is the `type` of the problem documents that carry this code.
#[utoipa::path(get, path = "/problems/{code}", tag = "documentation",
    params(("code" = String, Path, description = "The stable word of the problem.", example = "closing.open_promise")),
    responses((status = 200, description = "The problem.", body = ProblemKind)))]
pub(super) async fn get_problem(code: Id<String>) -> Result<HttpResponse> {
    let found = Code::ALL.iter().find(|known| known.as_str() == code.0);
    answer::ok(&kind(*found.ok_or_else(|| Error::not_found("problem"))?))
}
