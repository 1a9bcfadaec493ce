//! Service tokens: what there is, a new one (its secret is shown once), renewing and revoking.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::asking::{Asking, Field, Input};
use super::known::{all, options};
use super::screen::{self, Block, Cell, Deed, Screen, Sent, Table, choose};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::staff::custom_roles;
use crate::domain::staff::tokens::{self, NewToken, RotateForm, TokenForm, TokenView};
use crate::domain::staff::{Act, Permission, teams};
use crate::error::Result;
use crate::ids::{TeamId, TokenId};
use crate::web::desk::voice::{Voice, voice};
use crate::web::desk::words::word;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// `GET /admin/tokens`
pub(crate) async fn show_tokens(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    list(&ctx, &visitor, Sent::nothing(), None).await
}

fn row(visitor: &Visitor, voice: Voice, roles: &[custom_roles::RoleView], token: &TokenView) -> Vec<Cell> {
    let words = visitor.words;
    let at = |at| voice.short(at);
    let over = token.revoked_at.is_some() || token.expires_at <= voice.now;
    let stands = match token.revoked_at {
        Some(revoked) => Cell::text(fl!(words, "admin-token-revoked", at = at(revoked))).with("soft"),
        None if over => Cell::text(fl!(words, "admin-token-over", at = at(token.expires_at))).with("late"),
        None => Cell::text(fl!(words, "admin-token-until", at = at(token.expires_at))),
    };
    let deed = |what: &str, label: String| {
        Cell::deed(Deed {
            class: "quiet",
            action: format!("/admin/tokens/{}/{what}", token.id),
            label,
            fields: vec![("version", token.version.to_string())],
        })
    };
    let scopes = token.scopes.as_ref().map(|scopes| {
        let names = scopes.iter().map(|scope| word(words, "permission", scope.as_str()));
        names.collect::<Vec<_>>().join(&fl!(words, "admin-semicolon"))
    });
    let role = roles
        .iter()
        .find(|role| role.slug == token.role)
        .map_or_else(|| token.role.clone(), |role| super::roles::called(words, role));
    let mut cells = vec![
        Cell::text(token.name.clone()),
        Cell::text(role),
        Cell::text(scopes.unwrap_or_else(|| fl!(words, "admin-token-all"))).with("soft"),
        stands,
        Cell::text(token.last_used_at.map_or_else(|| fl!(words, "admin-never"), at)),
    ];
    if !over {
        cells.push(deed("rotate", fl!(words, "admin-token-rotate")));
        cells.push(deed("revoke", fl!(words, "admin-token-revoke")));
    }
    cells
}

/// The form by which a token is made.
fn adding(words: Words, form: &Form, roles: &[custom_roles::RoleView], teams: &[teams::TeamView]) -> Asking {
    let all_roles = roles
        .iter()
        .map(|role| (role.slug.clone(), super::roles::called(words, role)));
    let scopes = options(words, "permission", all!(Permission));
    let all_teams = teams.iter().map(|team| (team.id.to_string(), team.name.clone()));
    Asking::new(
        "token",
        fl!(words, "admin-token-new"),
        "/admin/tokens",
        fl!(words, "admin-token-make"),
    )
    .field(
        Field::new(
            form,
            "token-name",
            fl!(words, "admin-token-name"),
            Input::Line("text"),
            "",
        )
        .hint(fl!(words, "admin-token-name-hint")),
    )
    .field(Field::new(
        form,
        "token-role",
        fl!(words, "admin-role"),
        Input::One(choose(form, "token-role", all_roles, &["sales".to_owned()])),
        "",
    ))
    .field(Field::new(
        form,
        "token-days",
        fl!(words, "admin-token-days"),
        Input::Line("number"),
        "90",
    ))
    .field(
        Field::new(
            form,
            "token-scopes",
            fl!(words, "admin-token-scopes"),
            Input::Any(choose(form, "token-scopes", scopes, &[])),
            "",
        )
        .hint(fl!(words, "admin-token-scopes-hint")),
    )
    .field(Field::new(
        form,
        "token-teams",
        fl!(words, "admin-teams"),
        Input::Any(choose(form, "token-teams", all_teams, &[])),
        "",
    ))
}

async fn list(ctx: &Ctx, visitor: &Visitor, sent: Sent, made: Option<NewToken>) -> Result<HttpResponse> {
    let words = visitor.words;
    let (found, roles, teams) = ctx
        .read(|conn, _| {
            Ok((
                tokens::list(conn)?,
                custom_roles::list(conn)?,
                teams::list(conn, None, 200)?,
            ))
        })
        .await?;
    let voice = voice(ctx, visitor);
    let adding = adding(words, &sent.form, &roles, &teams);
    let table = Table {
        title: String::new(),
        heads: vec![
            fl!(words, "admin-token-name"),
            fl!(words, "admin-role"),
            fl!(words, "admin-token-scopes"),
            fl!(words, "admin-stands"),
            fl!(words, "admin-token-used"),
            fl!(words, "admin-token-rotate"),
            fl!(words, "admin-token-revoke"),
        ],
        rows: found.iter().map(|token| row(visitor, voice, &roles, token)).collect(),
        empty: fl!(words, "admin-token-none"),
        more: None,
    };
    let mut screen = Screen::new(fl!(words, "admin-tokens"));
    if let Some(made) = made {
        screen = screen.with(Block::Once(
            fl!(words, "admin-token-secret", name = made.token.name.as_str()),
            fl!(words, "admin-token-secret-text"),
            made.secret.reveal().to_owned(),
        ));
    }
    screen::show(
        visitor,
        screen.with(Block::Form(adding)).with(Block::Table(table)),
        sent,
    )
}

async fn settle(ctx: &Ctx, visitor: &Visitor, form: Form, made: Result<NewToken>) -> Result<HttpResponse> {
    ctx.app.doubt_all_tokens();
    match made {
        Ok(made) => {
            let sent = Sent {
                status: StatusCode::CREATED,
                ..Sent::nothing()
            };
            list(ctx, visitor, sent, Some(made)).await
        }
        Err(error) => list(ctx, visitor, Sent::refused(form, "token", error, visitor.words)?, None).await,
    }
}

/// `POST /admin/tokens`
pub(crate) async fn make_token(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let scopes: Vec<Permission> = form
        .every("token-scopes")
        .filter_map(|word| word.parse().ok())
        .collect();
    let teams: Vec<TeamId> = form
        .every("token-teams")
        .filter_map(|id| id.parse().ok().map(TeamId))
        .collect();
    let value = TokenForm {
        name: form.text("token-name").to_owned(),
        role: form.text("token-role").to_owned(),
        // What is no number is out of any range.
        days: form.given("token-days").map(|days| days.trim().parse().unwrap_or(-1)),
        scopes: (!scopes.is_empty()).then_some(scopes),
        teams: (!teams.is_empty()).then_some(teams),
    };
    let made = screen::once(&ctx, &form, "token", value, tokens::create).await;
    settle(&ctx, &visitor, form, made).await
}

/// `POST /admin/tokens/{id}/rotate`
pub(crate) async fn rotate_token(ctx: Ctx, visitor: Visitor, id: Id<TokenId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let version = form.version()?;
    let work =
        move |conn: &mut Conn, act: &Act, value: &RotateForm| tokens::rotate(conn, act, id, Some(version), value);
    let made = screen::once(&ctx, &form, &format!("rotate-{id}"), RotateForm::default(), work).await;
    settle(&ctx, &visitor, form, made).await
}

/// `POST /admin/tokens/{id}/revoke`
pub(crate) async fn revoke_token(ctx: Ctx, visitor: Visitor, id: Id<TokenId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let done = ctx.write(move |conn, act| tokens::revoke(conn, act, id)).await;
    ctx.app.doubt_all_tokens();
    match done {
        Ok(_) => Ok(visitor.go("/admin/tokens?done=revoked")),
        Err(error) => {
            list(
                &ctx,
                &visitor,
                Sent::refused(form, "token", error, visitor.words)?,
                None,
            )
            .await
        }
    }
}
