//! Answers: JSON with an ETag, and problems as `application/problem+json`.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, ContentType, ETAG, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Code, Conflict, Error, FieldError};

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// Where the problem is documented.
    #[serde(rename = "type")]
    #[schema(example = "/problems/request.invalid")]
    pub doc_url: String,
    /// The short title, the same for every occurrence.
    #[schema(example = "Some values do not fit")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What happened this time.
    #[schema(example = "one value does not fit")]
    pub detail: String,
    /// The stable word for programs.
    #[schema(example = "request.invalid")]
    pub code: String,
    /// The values that do not fit, if that is the problem.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// Of `request.precondition_failed` on a complaint: what was changed since it was read, and what was to be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
    /// The id of the request, as in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The answer for an error. What went wrong inside stays inside.
pub(crate) fn problem(error: &Error, request_id: Option<&str>) -> HttpResponse {
    let code = error.code();
    let (detail, errors) = match error {
        Error::Problem(problem) => (problem.detail.clone(), problem.errors.clone()),
        Error::Retry(_) => ("the work collided with other work several times".to_owned(), Vec::new()),
        Error::Database(_) | Error::Internal(_) => (code.explanation().trim().to_owned(), Vec::new()),
    };
    let conflict = match error {
        Error::Problem(problem) => problem.conflict.as_deref().cloned(),
        _ => None,
    };
    let document = ProblemDocument {
        doc_url: code.doc_url(),
        title: code.title().to_owned(),
        status: code.status(),
        detail,
        code: code.as_str().to_owned(),
        errors,
        conflict,
        request_id: request_id.map(str::to_owned),
    };
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    match code {
        Code::Unauthenticated => {
            builder.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        Code::Overloaded | Code::IdempotencyInFlight | Code::ScannerDown => {
            builder.insert_header((RETRY_AFTER, "1"));
        }
        // What is still to come of the body is not wanted.
        Code::TooSlow | Code::TooLarge => {
            builder.force_close();
        }
        _ => {}
    }
    if let Error::Problem(problem) = error
        && let Some(seconds) = problem.retry_after
    {
        builder.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    // Not `json`: that would set its own content type.
    builder.insert_header(("content-type", "application/problem+json"));
    let mut response = builder.body(serde_json::to_string(&document).unwrap_or_default());
    response.extensions_mut().insert(Told { code });
    response
}

/// Which problem an answer tells of; beside the answer, for whoever shows it in another way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub(crate) code: Code,
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        problem(self, None)
    }
}

fn json<T: Serialize>(mut builder: HttpResponseBuilder, body: &T) -> Result<HttpResponse, Error> {
    Ok(builder
        .insert_header(ContentType::json())
        .body(serde_json::to_vec(body)?))
}

/// 200 with JSON.
pub(super) fn ok<T: Serialize>(body: &T) -> Result<HttpResponse, Error> {
    json(HttpResponse::Ok(), body)
}

/// 200 with JSON and the ETag of a version.
pub(super) fn ok_version<T: Serialize>(version: i32, body: &T) -> Result<HttpResponse, Error> {
    let mut builder = HttpResponse::Ok();
    builder.insert_header((ETAG, etag(version)));
    json(builder, body)
}

/// 201 with JSON, the address of what was made, and its ETag.
pub(super) fn created<T: Serialize>(location: &str, version: i32, body: &T) -> Result<HttpResponse, Error> {
    let mut builder = HttpResponse::Created();
    builder
        .insert_header((LOCATION, location))
        .insert_header((ETAG, etag(version)));
    json(builder, body)
}

/// 202 with JSON and the address at which it is seen how far it is.
pub(super) fn accepted<T: Serialize>(location: &str, version: i32, body: &T) -> Result<HttpResponse, Error> {
    let mut builder = HttpResponse::Accepted();
    builder
        .insert_header((LOCATION, location))
        .insert_header((ETAG, etag(version)));
    json(builder, body)
}

/// 201 with JSON and the address of what was made; it has no versions.
pub(super) fn created_without_version<T: Serialize>(location: &str, body: &T) -> Result<HttpResponse, Error> {
    let mut builder = HttpResponse::Created();
    builder.insert_header((LOCATION, location));
    json(builder, body)
}

fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// 405 with the methods that there are.
pub(crate) fn method_not_allowed(allowed: &str, request_id: Option<&str>) -> HttpResponse {
    let error = Error::problem(Code::MethodNotAllowed, format!("this address takes: {allowed}"));
    let mut response = problem(&error, request_id);
    if let Ok(value) = allowed.parse() {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// What an address says that leads nowhere.
pub(super) const NOTHING_HERE: &str = "nothing has this address";
