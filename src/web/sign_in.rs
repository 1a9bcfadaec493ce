//! Signing in and out, for those who work here.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::forms::{Findings, Form};
use super::i18n::{self, fl};
use super::page::{Page, Visitor};
use crate::api::auth::{self, Own};
use crate::api::cookies::Cookie;
use crate::api::extract::Ctx;
use crate::api::sessions::surroundings;
use crate::clock::Moment;
use crate::domain::staff::people;
use crate::domain::staff::sign_in::{SignInForm, devices, seal, sessions};
use crate::domain::staff::tokens::Secret;
use crate::error::{Code, Error, Result};

/// What the password is sealed for while its owner looks for the code.
const PURPOSE: &str = "password before the code";
/// How long they may look.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

#[derive(Template)]
#[template(path = "web/sign-in.html")]
struct SignInPage {
    page: Page,
    form: Form,
    findings: Findings,
    open_id: bool,
    /// The sealed password, when only the code is missing.
    sealed: Option<String>,
    /// A password was set by a link just now.
    password_set: bool,
}

/// A password that was right, on its way back with the code.
#[derive(Serialize, Deserialize)]
struct Shown {
    handle: String,
    password: String,
    at: Moment,
}

/// `GET /sign-in`
pub(super) async fn show_sign_in(ctx: Ctx, visitor: Visitor, request: HttpRequest) -> Result<HttpResponse> {
    if auth::in_session(&ctx.app, request.headers()).await.is_ok() {
        return Ok(visitor.go(next_of(visitor.query("next"))));
    }
    let mut form = Form::default();
    for name in ["next", "handle"] {
        form.set(name, visitor.query(name).unwrap_or_default());
    }
    let mut page = blank(&ctx, &visitor, form);
    page.password_set = visitor.query("password").is_some();
    visitor.show(&page)
}

/// `POST /sign-in`
pub(super) async fn sign_in(ctx: Ctx, mut visitor: Visitor, request: HttpRequest, form: Form) -> Result<HttpResponse> {
    if let Some((lang, theme)) = form.switched() {
        visitor.switch(&ctx.app, lang, theme)?;
        return visitor.show(&blank(&ctx, &visitor, form));
    }
    let shown = opened(&ctx, form.text("sealed"));
    let (handle, password) = match &shown {
        Some(shown) => (shown.handle.clone(), shown.password.clone()),
        None => (form.text("handle").to_owned(), form.text("password").to_owned()),
    };
    let mut findings = Findings::default();
    if handle.trim().is_empty() {
        findings.add("handle", fl!(visitor.words, "sign-in-handle-missing"));
    }
    if password.is_empty() {
        findings.add("password", fl!(visitor.words, "sign-in-password-missing"));
    }
    if !findings.is_empty() {
        return again(&ctx, &visitor, form, findings, None);
    }
    let signing = SignInForm {
        handle: handle.clone(),
        password: Secret::new(password.clone()),
        code: form.given("code").map(Secret::new),
    };
    let around = surroundings(&ctx, request.headers());
    let device = Cookie::Device.read(&ctx.app.front, request.headers());
    let welcome = match ctx.app.sign_in(ctx.act(), signing, around, device).await {
        Ok(welcome) => welcome,
        Err(error) => {
            let sealed = |ctx: &Ctx| sealed(ctx, &handle, &password);
            return turned_away(&ctx, &visitor, form, error, sealed);
        }
    };
    let secret = welcome.opened.secret.reveal();
    let signed_in = ctx.app.authenticate_session(secret).await?;
    let staff = signed_in.session.staff_id;
    let member = ctx.read(move |conn, _| people::load(conn, staff)).await?;
    visitor.speak_unless_said(&ctx.app, &member.language)?;
    let mut response = visitor.go(next_of(Some(form.text("next"))));
    for (name, value) in [
        Cookie::Session.set(&ctx.app.front, secret, None)?,
        Cookie::Device.set(&ctx.app.front, &welcome.device, Some(devices::LIFE))?,
    ] {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// `POST /sign-out`
pub(super) async fn sign_out(ctx: Ctx, visitor: Visitor, own: Own, _form: Form) -> Result<HttpResponse> {
    let (staff, id) = (own.0.session.staff_id, own.0.session.id);
    ctx.write(move |conn, act| sessions::end(conn, act, staff, id)).await?;
    ctx.app.doubt_sessions();
    let mut response = visitor.go("/");
    let (name, value) = Cookie::Session.clear(&ctx.app.front)?;
    response.headers_mut().append(name, value);
    Ok(response)
}

/// The page after something did not fit.
fn turned_away(
    ctx: &Ctx,
    visitor: &Visitor,
    form: Form,
    error: Error,
    sealed: impl Fn(&Ctx) -> Result<String>,
) -> Result<HttpResponse> {
    let words = visitor.words;
    let (code, wait) = match &error {
        Error::Problem(problem) => (problem.code, problem.retry_after),
        _ => return Err(error),
    };
    let mut findings = Findings::default();
    match code {
        Code::CodeRequired => {
            // Nothing is wrong: the password was right.
            return again(ctx, visitor, form, findings, Some(sealed(ctx)?));
        }
        Code::TooManyTries => {
            let minutes = i64::from(wait.unwrap_or(60)).div_euclid(60) + 1;
            findings.add("", fl!(words, "sign-in-wait", m = minutes));
        }
        Code::SignInRefused => findings.add("handle", i18n::problem(words, code)),
        _ => return Err(error),
    }
    again(ctx, visitor, form, findings, None)
}

fn again(ctx: &Ctx, visitor: &Visitor, form: Form, findings: Findings, sealed: Option<String>) -> Result<HttpResponse> {
    let mut page = blank(ctx, visitor, form);
    if !findings.is_empty() {
        page.page.title = fl!(visitor.words, "title-with-errors", title = page.page.title);
    }
    page.findings = findings;
    page.sealed = sealed;
    visitor.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn blank(ctx: &Ctx, visitor: &Visitor, form: Form) -> SignInPage {
    SignInPage {
        page: visitor.page(fl!(visitor.words, "sign-in-title")).holding("sign-in"),
        form,
        findings: Findings::default(),
        open_id: ctx.app.front.provider.is_some(),
        sealed: None,
        password_set: false,
    }
}

/// The password, readable here alone and for a few minutes, so that it need not be typed again with the code.
fn sealed(ctx: &Ctx, handle: &str, password: &str) -> Result<String> {
    let shown = Shown {
        handle: handle.to_owned(),
        password: password.to_owned(),
        at: ctx.app.clock.now(),
    };
    let key = ctx.app.keys.derive(PURPOSE);
    let sealed = seal::seal(&key, PURPOSE.as_bytes(), &serde_json::to_vec(&shown)?)?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

fn opened(ctx: &Ctx, text: &str) -> Option<Shown> {
    let sealed = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| !bytes.is_empty())?;
    let plain = seal::open(&ctx.app.keys.derive(PURPOSE), PURPOSE.as_bytes(), &sealed)?;
    let shown: Shown = serde_json::from_slice(&plain).ok()?;
    let now = ctx.app.clock.now();
    (shown.at <= now && now < shown.at + PATIENCE).then_some(shown)
}

/// Where the pages are that one signs in for.
const INSIDE: &[&str] = &["desk", "lead", "ops", "admin", "account"];

/// Where to go after signing in: a page of ours.
fn next_of(asked: Option<&str>) -> &str {
    let inside = |path: &str| {
        let first = path.strip_prefix('/').and_then(|rest| rest.split(['/', '?']).next());
        first.is_some_and(|first| INSIDE.contains(&first))
    };
    asked
        .filter(|path| inside(path) && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\'))
        .unwrap_or("/desk")
}

#[cfg(test)]
mod tests {
    use super::next_of;

    #[test]
    fn after_signing_in_one_goes_to_a_page_of_the_desk() {
        assert_eq!(next_of(Some("/desk/complaints?x=1")), "/desk/complaints?x=1");
        assert_eq!(next_of(Some("/ops?period=7d")), "/ops?period=7d");
        assert_eq!(next_of(Some("/admin")), "/admin");
        for elsewhere in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "/sign-out",
            "/desk\r\nx",
        ] {
            assert_eq!(next_of(Some(elsewhere)), "/desk", "{elsewhere}");
        }
    }
}
