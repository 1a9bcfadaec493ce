//! The people who work here: who there is, and adding somebody.

use actix_web::HttpResponse;

use super::asking::{Asking, Field, Input};
use super::roles as own_roles;
use super::screen::{self, Block, Cell, Screen, Sent, Table, choose};
use crate::api::extract::Ctx;
use crate::domain::staff::Permission;
use crate::domain::staff::custom_roles::{self, RoleView};
use crate::domain::staff::people::{self, Listing, StaffForm, StaffView};
use crate::error::Result;
use crate::ids::StaffId;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// How many people a page shows.
const SHOWN: i64 = 100;

pub(super) fn role_choices(words: Words, form: &Form, name: &str, roles: &[RoleView], usual: &str) -> Input {
    let all = roles
        .iter()
        .map(|role| (role.slug.clone(), own_roles::called(words, role)));
    Input::One(choose(form, name, all, &[usual.to_owned()]))
}

pub(super) fn languages(form: &Form, name: &str, usual: &str) -> Input {
    let all = crate::web::locale::Lang::ALL
        .iter()
        .map(|lang| (lang.to_string(), lang.own_name().to_owned()));
    Input::One(choose(form, name, all, &[usual.to_owned()]))
}

/// `GET /admin/people`
pub(crate) async fn show_people(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    list(&ctx, &visitor, Sent::nothing()).await
}

fn table(words: Words, rows: &[StaffView], roles: &[RoleView], more: Option<(String, String)>) -> Table {
    let role = |slug: &str| {
        let found = roles.iter().find(|role| role.slug == slug);
        found.map_or_else(|| slug.to_owned(), |role| own_roles::called(words, role))
    };
    Table {
        title: String::new(),
        heads: vec![
            fl!(words, "admin-handle"),
            fl!(words, "admin-name"),
            fl!(words, "admin-role"),
            fl!(words, "admin-teams"),
        ],
        rows: rows
            .iter()
            .map(|row| {
                let teams: Vec<&str> = row.teams.iter().map(|team| team.name.as_str()).collect();
                vec![
                    Cell::link(row.handle.clone(), format!("/admin/people/{}", row.id)),
                    Cell::text(row.name.clone()),
                    Cell::text(role(&row.role)),
                    Cell::text(teams.join(" · ")),
                ]
            })
            .collect(),
        empty: fl!(words, "admin-nobody"),
        more,
    }
}

/// The form by which somebody is added.
fn adding(words: Words, form: &Form, roles: &[RoleView], language: &str) -> Asking {
    Asking::new(
        "person",
        fl!(words, "admin-person-new"),
        "/admin/people",
        fl!(words, "admin-add"),
    )
    .field(
        Field::new(
            form,
            "person-handle",
            fl!(words, "admin-handle"),
            Input::Line("text"),
            "",
        )
        .hint(fl!(words, "admin-handle-hint")),
    )
    .field(Field::new(
        form,
        "person-name",
        fl!(words, "admin-name"),
        Input::Line("text"),
        "",
    ))
    .field(Field::new(
        form,
        "person-email",
        fl!(words, "admin-email"),
        Input::Line("email"),
        "",
    ))
    .field(Field::new(
        form,
        "person-role",
        fl!(words, "admin-role"),
        role_choices(words, form, "person-role", roles, "agent"),
        "",
    ))
    .field(Field::new(
        form,
        "person-language",
        fl!(words, "admin-language"),
        languages(form, "person-language", language),
        "",
    ))
}

async fn list(ctx: &Ctx, visitor: &Visitor, sent: Sent) -> Result<HttpResponse> {
    let words = visitor.words;
    let gone = visitor.query("gone").is_some();
    let after = visitor.query("after").and_then(|id| id.parse().ok()).map(StaffId);
    let listing = Listing {
        active: Some(!gone),
        after,
        limit: SHOWN + 1,
        ..Listing::default()
    };
    let (mut rows, roles) = ctx
        .read(move |conn, _| Ok((people::list(conn, &listing)?, custom_roles::list(conn)?)))
        .await?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| more).map(|row| {
        let gone = if gone { "gone=1&" } else { "" };
        (
            format!("/admin/people?{gone}after={}", row.id),
            fl!(words, "admin-more"),
        )
    });
    let table = table(words, &rows, &roles, next);
    let other = match gone {
        true => Cell::link(fl!(words, "admin-those-here"), "/admin/people"),
        false => Cell::link(fl!(words, "admin-those-gone"), "/admin/people?gone=1"),
    };
    let adding = adding(words, &sent.form, &roles, &ctx.app.policy.default_language);
    let screen = Screen::new(fl!(words, "admin-people"))
        .with_if(visitor.may(Permission::ManageStaff), || Block::Form(adding))
        .with(Block::Table(table))
        .with(Block::Facts(String::new(), vec![(fl!(words, "admin-also"), other)]));
    screen::show(visitor, screen, sent)
}

/// `POST /admin/people`
pub(crate) async fn add_person(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let value = StaffForm {
        handle: form.text("person-handle").trim().to_owned(),
        name: form.text("person-name").to_owned(),
        email: form.given("person-email"),
        role: form.text("person-role").to_owned(),
        language: form.given("person-language"),
    };
    match screen::once(&ctx, &form, "person", value, people::create).await {
        Ok(made) => Ok(visitor.go(&format!("/admin/people/{}?done=added", made.id))),
        Err(error) => list(&ctx, &visitor, Sent::refused(form, "person", error, visitor.words)?).await,
    }
}
