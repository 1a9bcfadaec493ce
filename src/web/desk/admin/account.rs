//! My account: language, password, second factor, and where I am signed in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::asking::{Asking, Field, Input};
use super::screen::{self, Block, Cell, Deed, Screen, Sent, Table};
use super::{browser, qr};
use crate::api::auth::Own;
use crate::api::cookies::Cookie;
use crate::api::extract::{Ctx, Id};
use crate::app::SignedIn;
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::domain::staff::people;
use crate::domain::staff::sign_in::second_factor::{self, Code};
use crate::domain::staff::sign_in::{ChangePasswordForm, sessions};
use crate::domain::staff::tokens::Secret;
use crate::error::{Error, Result};
use crate::ids::SessionId;
use crate::web::desk::voice::voice;
use crate::web::desk::words::word;
use crate::web::forms::{Findings, Form};
use crate::web::i18n::{Words, fl};
use crate::web::locale::Lang;
use crate::web::page::Visitor;

/// `GET /account`
pub(crate) async fn show_account(ctx: Ctx, visitor: Visitor, own: Own) -> Result<HttpResponse> {
    page(&ctx, &visitor, &own.0, Sent::nothing(), Vec::new()).await
}

fn session_table(ctx: &Ctx, visitor: &Visitor, found: &[sessions::SessionView]) -> Table {
    let words = visitor.words;
    let voice = voice(ctx, visitor);
    let rows = found.iter().map(|session| {
        vec![
            Cell::text(voice.short(session.created_at)),
            Cell::text(voice.short(session.last_seen_at)),
            Cell::text(session.address.clone().unwrap_or_default()),
            Cell::text(session.user_agent.as_deref().map(browser::name).unwrap_or_default()).with("soft"),
            match session.current {
                true => Cell::text(fl!(words, "account-here")),
                false => Cell::deed(Deed {
                    class: "quiet",
                    action: format!("/account/sessions/{}", session.id),
                    label: fl!(words, "account-end"),
                    fields: Vec::new(),
                }),
            },
        ]
    });
    Table {
        title: fl!(words, "account-sessions"),
        heads: vec![
            fl!(words, "admin-since"),
            fl!(words, "admin-last-seen"),
            fl!(words, "admin-address"),
            fl!(words, "admin-browser"),
            fl!(words, "account-end"),
        ],
        rows: rows.collect(),
        empty: String::new(),
        more: None,
    }
}

/// What can be done about the second factor.
fn factor(words: Words, form: &Form, (handle, enabled, begun, wrong): (&str, bool, bool, bool)) -> Vec<Block> {
    let password = |name: &str| {
        Field::new(
            form,
            name,
            fl!(words, "account-password-now"),
            Input::Line("password"),
            "",
        )
        .fills("current-password")
    };
    let code =
        |name: &str| Field::new(form, name, fl!(words, "account-code"), Input::Line("text"), "").fills("one-time-code");
    if enabled {
        let remove = Asking::new(
            "remove",
            fl!(words, "account-factor-remove"),
            "/account/second-factor/remove",
            fl!(words, "account-factor-remove"),
        )
        .grave()
        .of(handle)
        .field(password("remove-password"))
        .field(code("remove-code"));
        return vec![Block::Form(remove)];
    }
    let confirm = Asking::new(
        "confirm",
        fl!(words, "account-factor-confirm"),
        "/account/second-factor/confirm",
        fl!(words, "account-factor-confirm-button"),
    )
    .lead(fl!(words, "account-factor-confirm-lead"))
    .field(code("confirm-code"));
    let begin = Asking::new(
        "begin",
        fl!(words, "account-factor-begin"),
        "/account/second-factor",
        fl!(words, "account-factor-begin"),
    )
    .lead(fl!(words, "account-factor-lead"))
    .of(handle)
    .field(password("begin-password"));
    match (begun, wrong) {
        (true, false) => vec![Block::Form(confirm.open())],
        // The secret is not shown again: who has not scanned it yet begins anew.
        (true, true) => vec![Block::Form(confirm.open()), Block::Form(begin)],
        (false, _) => vec![Block::Form(begin)],
    }
}

/// The form by which one changes one's password.
fn password(words: Words, form: &Form, handle: &str) -> Asking {
    Asking::new(
        "password",
        fl!(words, "account-password"),
        "/account/password",
        fl!(words, "account-password-change"),
    )
    .of(handle)
    .lead(fl!(words, "account-password-lead"))
    .field(
        Field::new(
            form,
            "password-current",
            fl!(words, "account-password-now"),
            Input::Line("password"),
            "",
        )
        .fills("current-password"),
    )
    .field(
        Field::new(
            form,
            "password-new",
            fl!(words, "account-password-new"),
            Input::Line("password"),
            "",
        )
        .hint(fl!(words, "invitation-password-hint"))
        .fills("new-password"),
    )
    .field(
        Field::new(
            form,
            "password-again",
            fl!(words, "account-password-again"),
            Input::Line("password"),
            "",
        )
        .fills("new-password"),
    )
}

async fn page(ctx: &Ctx, visitor: &Visitor, own: &SignedIn, sent: Sent, shown: Vec<Block>) -> Result<HttpResponse> {
    let words = visitor.words;
    let (staff, id) = (own.session.staff_id, own.session.id);
    let (person, stands, found) = ctx
        .read(move |conn, act| {
            Ok((
                people::get(conn, staff)?,
                second_factor::view(conn, staff)?,
                sessions::list(conn, act, staff, Some(id))?,
            ))
        })
        .await?;
    let form = &sent.form;
    let facts = vec![
        (fl!(words, "admin-handle"), Cell::text(person.handle.clone())),
        (fl!(words, "admin-name"), Cell::text(person.name.clone())),
        (fl!(words, "admin-role"), Cell::text(word(words, "role", &person.role))),
        (
            fl!(words, "admin-second-factor"),
            Cell::text(match stands.enabled {
                true => fl!(words, "account-factor-on", n = stands.recovery_codes_left),
                false if own.session.must_enrol => fl!(words, "account-factor-needed"),
                false => fl!(words, "admin-no"),
            }),
        ),
    ];
    let languages = Lang::ALL.iter().map(|lang| {
        let cell = match *lang == visitor.lang {
            true => Cell::text(fl!(words, "account-language-now")),
            false => Cell::link(
                word(words, "language-switch", lang.as_str()),
                format!("/account?lang={lang}"),
            ),
        };
        (lang.own_name().to_owned(), cell)
    });
    let begun = shown.iter().any(|block| matches!(block, Block::Once(..))) && !stands.enabled;
    let findings = sent.findings.all();
    let wrong = findings.iter().any(|finding| finding.field.starts_with("confirm"));
    let begun = begun || wrong;
    let mut screen = Screen::new(fl!(words, "account-title"));
    for block in shown {
        screen = screen.with(block);
    }
    // What was just begun is confirmed beside the secret.
    let (facts, factor) = (
        Block::Facts(String::new(), facts),
        factor(words, form, (&person.handle, stands.enabled, begun, wrong)),
    );
    let with = |screen: Screen, blocks: Vec<Block>| blocks.into_iter().fold(screen, Screen::with);
    screen = match begun {
        true => with(screen, factor).with(facts),
        false => with(screen.with(facts), factor),
    };
    let screen = screen
        .with(Block::Form(password(words, form, &person.handle)))
        .with(Block::Facts(fl!(words, "admin-language"), languages.collect()))
        .with(Block::Table(session_table(ctx, visitor, &found)));
    screen::show(visitor, screen, sent)
}

/// The page again without what nobody else may read on it.
async fn again(ctx: &Ctx, visitor: &Visitor, own: &SignedIn, prefix: &str, error: Error) -> Result<HttpResponse> {
    let code = error.code();
    let mut sent = Sent::refused(Form::default(), prefix, error, visitor.words)?;
    // A refusal that names no field concerns what was shown: the password or the code.
    let field = match (prefix, code) {
        ("confirm", _) => "confirm-code",
        ("remove", crate::error::Code::CodeWrong) => "remove-code",
        ("remove", _) => "remove-password",
        ("begin", _) => "begin-password",
        _ => "password-current",
    };
    if sent.findings.all().iter().all(|finding| finding.field.is_empty()) {
        let mut findings = Findings::default();
        findings.add(field, crate::web::i18n::problem(visitor.words, code));
        sent.findings = findings;
    }
    page(ctx, visitor, own, sent, Vec::new()).await
}

/// The answer with the session's new cookie.
fn with_cookie(ctx: &Ctx, mut response: HttpResponse, secret: &Secret) -> Result<HttpResponse> {
    let (name, value) = Cookie::Session.set(&ctx.app.front, secret.reveal(), None)?;
    response.headers_mut().append(name, value);
    Ok(response)
}

/// `POST /account/password`
pub(crate) async fn change_password(ctx: Ctx, visitor: Visitor, own: Own, form: Form) -> Result<HttpResponse> {
    let secret = |name: &str| Secret::new(form.text(name).to_owned());
    if form.text("password-new") != form.text("password-again") {
        let mut sent = Sent::nothing();
        sent.findings
            .add("password-again", fl!(visitor.words, "invitation-differs"));
        sent.status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&ctx, &visitor, &own.0, sent, Vec::new()).await;
    }
    let value = ChangePasswordForm {
        current: secret("password-current"),
        new: secret("password-new"),
    };
    match ctx.app.change_password(ctx.act(), &own.0.session, value).await {
        Ok(secret) => with_cookie(&ctx, visitor.go("/account?done=password"), &secret),
        Err(error) => again(&ctx, &visitor, &own.0, "password", error).await,
    }
}

/// `POST /account/second-factor`: the secret for an app, shown this once.
pub(crate) async fn begin_factor(ctx: Ctx, visitor: Visitor, own: Own, form: Form) -> Result<HttpResponse> {
    let words = visitor.words;
    let staff = own.0.session.staff_id;
    let password = Secret::new(form.text("begin-password").to_owned());
    let keys = ctx.app.keys.clone();
    let begun = match ctx.app.prove_password(&ctx.act(), staff, Some(&password)).await {
        Ok(()) => {
            ctx.write(move |conn, act| second_factor::begin(conn, act, &keys, staff))
                .await
        }
        Err(error) => Err(error),
    };
    match begun {
        Ok(begun) => {
            let shown = vec![
                Block::Picture(
                    fl!(words, "account-factor-picture"),
                    fl!(words, "account-factor-picture-text"),
                    qr::of(begun.otpauth_url.reveal())?,
                ),
                Block::Once(
                    fl!(words, "account-factor-secret"),
                    fl!(words, "account-factor-secret-text"),
                    begun.secret.reveal().to_owned(),
                ),
                Block::Words(
                    fl!(words, "account-factor-url"),
                    begun.otpauth_url.reveal().to_owned(),
                    true,
                ),
            ];
            page(&ctx, &visitor, &own.0, Sent::nothing(), shown).await
        }
        Err(error) => again(&ctx, &visitor, &own.0, "begin", error).await,
    }
}

/// `POST /account/second-factor/confirm`: the recovery codes, shown this once.
pub(crate) async fn confirm_factor(ctx: Ctx, visitor: Visitor, own: Own, form: Form) -> Result<HttpResponse> {
    let words = visitor.words;
    let (session, staff) = (own.0.session.id, own.0.session.staff_id);
    let keys = ctx.app.keys.clone();
    let code = Code::read(form.text("confirm-code"));
    let confirm = move |conn: &mut Conn, act: &Act| second_factor::confirm(conn, act, &keys, session, staff, &code);
    match ctx.app.with_code(&ctx.act(), staff, confirm).await {
        Ok((codes, secret)) => {
            let codes: Vec<&str> = codes.recovery_codes.iter().map(Secret::reveal).collect();
            let shown = vec![Block::Once(
                fl!(words, "account-recovery"),
                fl!(words, "account-recovery-text"),
                codes.join("\n"),
            )];
            let response = page(&ctx, &visitor, &own.0, Sent::nothing(), shown).await?;
            with_cookie(&ctx, response, &secret)
        }
        Err(error) => again(&ctx, &visitor, &own.0, "confirm", error).await,
    }
}

/// `POST /account/second-factor/remove`
pub(crate) async fn remove_factor(ctx: Ctx, visitor: Visitor, own: Own, form: Form) -> Result<HttpResponse> {
    let staff = own.0.session.staff_id;
    let password = Secret::new(form.text("remove-password").to_owned());
    let keys = ctx.app.keys.clone();
    let code = Code::read(form.text("remove-code"));
    let remove = move |conn: &mut Conn, act: &Act| second_factor::remove(conn, act, &keys, staff, &code);
    let removed = match ctx.app.prove_password(&ctx.act(), staff, Some(&password)).await {
        Ok(()) => ctx.app.with_code(&ctx.act(), staff, remove).await,
        Err(error) => Err(error),
    };
    match removed {
        Ok(_) => Ok(visitor.go("/account?done=factor-removed")),
        Err(error) => again(&ctx, &visitor, &own.0, "remove", error).await,
    }
}

/// `POST /account/sessions/{id}`: it ends.
pub(crate) async fn end_session(
    ctx: Ctx,
    visitor: Visitor,
    own: Own,
    id: Id<SessionId>,
    _form: Form,
) -> Result<HttpResponse> {
    let staff = own.0.session.staff_id;
    ctx.write(move |conn, act| sessions::end(conn, act, staff, id.0))
        .await?;
    ctx.app.doubt_sessions();
    Ok(visitor.go("/account?done=session-ended"))
}
