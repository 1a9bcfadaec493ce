//! Problems as pages, in the visitor's language: what happened, and what to do. Whoever is not signed in and opens a
//! page that asks for it is sent to the sign-in page.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::i18n::{self, fl};
use super::page::{Page, Visitor};
use crate::api::answer::{self, Told};
use crate::api::{observe, routes};
use crate::error::{Code, Error, Result};

#[derive(Template)]
#[template(path = "web/problem.html")]
struct ProblemPage {
    page: Page,
    title: String,
    advice: String,
    request_id: Option<String>,
    way_out: (&'static str, String),
}

/// The middleware: an answer that tells of a problem becomes a page, where a page was asked for.
pub(crate) async fn as_pages(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let asked = wants_page(&req);
    let response = next.call(req).await?.map_into_boxed_body();
    let failed = response.status().is_client_error() || response.status().is_server_error();
    if !asked || !failed {
        return Ok(response);
    }
    let request = response.request().clone();
    let id = observe::id_of(&request);
    // What a handler answered with is not written yet; what a middleware refused is.
    let written = match response.response().error() {
        Some(error) => observe::described(error, id.as_deref().unwrap_or_default()),
        None => HttpResponse::new(response.status()),
    };
    let told = written.extensions().get::<Told>().copied();
    let told = told.or_else(|| response.response().extensions().get::<Told>().copied());
    let Some(Told { code }) = told else { return Ok(response) };
    let mut page = match shown(&request, code, id.as_deref()) {
        Ok(page) => page,
        Err(error) => answer::problem(&error, id.as_deref()),
    };
    // What others have put onto the answer: when to come back, what a browser has to be careful with.
    for (name, value) in response.headers().iter().chain(written.headers().iter()) {
        let of_the_body = [CONTENT_TYPE, CONTENT_LENGTH, WWW_AUTHENTICATE].contains(name);
        if !of_the_body && !page.headers().contains_key(name) {
            page.headers_mut().append(name.clone(), value.clone());
        }
    }
    Ok(response.into_response(page))
}

fn wants_page(req: &ServiceRequest) -> bool {
    if let Some(pattern) = req.match_pattern() {
        return routes::is_page(&pattern) && !pattern.starts_with("/assets/");
    }
    let accept = req.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    !req.path().starts_with("/api/") && accept.is_some_and(|accept| accept.contains("text/html"))
}

fn shown(request: &HttpRequest, code: Code, id: Option<&str>) -> Result<HttpResponse> {
    let visitor = Visitor::of(request)?;
    if code == Code::Unauthenticated {
        let back = match request.method().is_safe() {
            true => request.uri().path_and_query().map_or("/desk", |uri| uri.as_str()),
            false => "/desk",
        };
        let next: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
        return Ok(visitor.go(&format!("/sign-in?next={next}")));
    }
    page_of(&visitor, code, id)
}

/// The page of a problem.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn page_of(visitor: &Visitor, code: Code, id: Option<&str>) -> Result<HttpResponse> {
    let words = visitor.words;
    let title = match code {
        Code::NotFound | Code::MethodNotAllowed => fl!(words, "problem-title-not-found"),
        code if code.status() == 403 => fl!(words, "problem-title-not-allowed"),
        Code::RateLimited | Code::TooManyTries | Code::Overloaded => fl!(words, "problem-title-later"),
        code if code.status() >= 500 => fl!(words, "problem-title-ours"),
        _ => fl!(words, "problem-title-other"),
    };
    let way_out = match ["/desk", "/ops", "/admin", "/account"]
        .iter()
        .any(|place| visitor.path.starts_with(place))
    {
        true => ("/desk", fl!(words, "back-to-desk")),
        false => ("/", fl!(words, "back-to-start")),
    };
    let page = ProblemPage {
        page: visitor.page(title.clone()),
        title,
        advice: i18n::problem(words, code),
        request_id: id.map(str::to_owned),
        way_out,
    };
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    visitor.show_as(status, &page)
}

/// The problem in an error, if it is one that a page can say something about.
///
/// # Errors
/// The error, when it is none.
pub(crate) fn problem_in(error: Error) -> Result<crate::error::Problem> {
    match error {
        Error::Problem(problem) => Ok(*problem),
        other => Err(other),
    }
}
