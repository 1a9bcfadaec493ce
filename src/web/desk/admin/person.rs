//! Somebody who works here: their record and role, their sessions; the link for a password, and letting them go.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::asking::{Asking, Field, Input};
use super::people::{languages, role_choices};
use super::screen::{self, Block, Cell, Deed, Screen, Sent, Table};
use super::{browser, roles};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::staff::custom_roles::{self, RoleView};
use crate::domain::staff::leaving::{self, LeavingForm};
use crate::domain::staff::people::{self, StaffChangeForm, StaffView};
use crate::domain::staff::sign_in::sessions::{self, SessionView};
use crate::domain::staff::sign_in::{invitations, second_factor};
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::ids::StaffId;
use crate::web::desk::voice::voice;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// What the page of a person shows.
struct Seen {
    person: StaffView,
    roles: Vec<RoleView>,
    sessions: Vec<SessionView>,
    second_factor: bool,
}

fn look(conn: &mut Conn, act: &Act, id: StaffId) -> Result<Seen> {
    let manages = act.actor.may(Permission::ManageStaff);
    Ok(Seen {
        person: people::get(conn, id)?,
        roles: custom_roles::list(conn)?,
        sessions: match manages {
            true => sessions::list(conn, act, id, None)?,
            false => Vec::new(),
        },
        second_factor: second_factor::is_enabled(conn, id)?,
    })
}

/// `GET /admin/people/{id}`
pub(crate) async fn show_person(ctx: Ctx, visitor: Visitor, id: Id<StaffId>) -> Result<HttpResponse> {
    person(&ctx, &visitor, id.0, Sent::nothing(), None).await
}

async fn person(ctx: &Ctx, visitor: &Visitor, id: StaffId, sent: Sent, link: Option<String>) -> Result<HttpResponse> {
    let words = visitor.words;
    let seen = ctx.read(move |conn, act| look(conn, act, id)).await?;
    let person = &seen.person;
    let manages = visitor.may(Permission::ManageStaff);
    let teams: Vec<&str> = person.teams.iter().map(|team| team.name.as_str()).collect();
    let role = seen.roles.iter().find(|role| role.slug == person.role);
    let facts = vec![
        (fl!(words, "admin-handle"), Cell::text(person.handle.clone())),
        (
            fl!(words, "admin-email"),
            Cell::text(person.email.clone().unwrap_or_default()),
        ),
        (
            fl!(words, "admin-role"),
            Cell::text(role.map_or_else(|| person.role.clone(), |role| roles::called(words, role))),
        ),
        (
            fl!(words, "admin-teams"),
            match teams.is_empty() {
                // An empty cell would not say what follows from it, and what to do.
                true if manages => {
                    Cell::link(fl!(words, "admin-team-none-do"), "/admin/teams").before(fl!(words, "admin-team-none"))
                }
                true => Cell::text(fl!(words, "admin-team-none")),
                false => Cell::text(teams.join(" · ")),
            },
        ),
        (
            fl!(words, "admin-second-factor"),
            Cell::text(match seen.second_factor {
                true => fl!(words, "admin-yes"),
                false => fl!(words, "admin-no"),
            }),
        ),
        (
            fl!(words, "admin-works-here"),
            Cell::text(match person.active {
                true => fl!(words, "admin-yes"),
                false => fl!(words, "admin-no"),
            }),
        ),
    ];
    let mut screen = Screen::new(person.name.clone()).back("/admin/people", fl!(words, "admin-people"));
    if let Some(link) = link {
        screen = screen.with(Block::Once(
            fl!(words, "admin-link-title"),
            fl!(words, "admin-link-text"),
            link,
        ));
    }
    screen = screen.with(Block::Facts(String::new(), facts));
    if manages {
        for block in deeds(visitor.words, &seen, &sent.form) {
            screen = screen.with(block);
        }
        screen = screen.with(Block::Table(session_table(ctx, visitor, &seen)));
    }
    screen::show(visitor, screen, sent)
}

/// Where a deed about a person is done.
fn at(person: &StaffView, deed: &str) -> String {
    format!("/admin/people/{}/{deed}", person.id)
}

fn change_form(words: Words, seen: &Seen, form: &Form) -> Asking {
    let person = &seen.person;
    let line = |name: &str, label: String, kind: &'static str, now: &str| {
        Field::new(form, name, label, Input::Line(kind), now)
    };
    Asking::new(
        "change",
        fl!(words, "admin-person-change"),
        at(person, "change"),
        fl!(words, "admin-save"),
    )
    .version(person.version)
    .field(line("change-name", fl!(words, "admin-name"), "text", &person.name))
    .field(line(
        "change-email",
        fl!(words, "admin-email"),
        "email",
        person.email.as_deref().unwrap_or_default(),
    ))
    .field(Field::new(
        form,
        "change-role",
        fl!(words, "admin-role"),
        role_choices(words, form, "change-role", &seen.roles, &person.role),
        "",
    ))
    .field(Field::new(
        form,
        "change-language",
        fl!(words, "admin-language"),
        languages(form, "change-language", &person.language),
        "",
    ))
}

fn leave_form(words: Words, person: &StaffView, form: &Form) -> Asking {
    let line = |name: &str, label: String| Field::new(form, name, label, Input::Line("text"), "");
    Asking::new(
        "leave",
        fl!(words, "admin-leave"),
        at(person, "deactivate"),
        fl!(words, "admin-leave-button"),
    )
    .grave()
    .lead(fl!(words, "admin-leave-lead"))
    .version(person.version)
    .field(line("leave-successor", fl!(words, "admin-successor")))
    .field(line("leave-reason", fl!(words, "admin-reason")))
}

/// What can be done about a person.
fn deeds(words: Words, seen: &Seen, form: &Form) -> Vec<Block> {
    let person = &seen.person;
    let mut forms = vec![change_form(words, seen, form)];
    if person.active {
        let invite = Asking::new(
            "invite",
            fl!(words, "admin-invite"),
            at(person, "invite"),
            fl!(words, "admin-invite-button"),
        );
        forms.push(invite.lead(fl!(words, "admin-invite-lead")));
        if seen.second_factor {
            let reset = Asking::new(
                "factor",
                fl!(words, "admin-factor-reset"),
                at(person, "second-factor"),
                fl!(words, "admin-factor-reset"),
            );
            forms.push(reset.grave().lead(fl!(words, "admin-factor-lead")));
        }
        forms.push(leave_form(words, person, form));
    } else {
        let back = Asking::new(
            "back",
            fl!(words, "admin-person-back"),
            at(person, "reactivate"),
            fl!(words, "admin-person-back-button"),
        );
        forms.push(back.version(person.version));
    }
    forms.into_iter().map(Block::Form).collect()
}

fn session_table(ctx: &Ctx, visitor: &Visitor, seen: &Seen) -> Table {
    let words = visitor.words;
    let voice = voice(ctx, visitor);
    let mut rows: Vec<Vec<Cell>> = seen
        .sessions
        .iter()
        .map(|session| {
            vec![
                Cell::text(voice.short(session.created_at)),
                Cell::text(voice.short(session.last_seen_at)),
                Cell::text(session.address.clone().unwrap_or_default()),
                Cell::text(session.user_agent.as_deref().map(browser::name).unwrap_or_default()).with("soft"),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let end = Deed {
            class: "quiet",
            action: format!("/admin/people/{}/sessions", seen.person.id),
            label: fl!(words, "admin-sessions-end"),
            fields: Vec::new(),
        };
        rows.push(vec![Cell::deed(end)]);
    }
    Table {
        title: fl!(words, "admin-sessions"),
        heads: vec![
            fl!(words, "admin-since"),
            fl!(words, "admin-last-seen"),
            fl!(words, "admin-address"),
            fl!(words, "admin-browser"),
        ],
        rows,
        empty: fl!(words, "admin-sessions-none"),
        more: None,
    }
}

/// Back to the page of a person, with what was done or with what does not fit.
async fn settle<T>(
    ctx: &Ctx,
    visitor: &Visitor,
    id: StaffId,
    (form, prefix, done): (Form, &str, &str),
    result: Result<T>,
) -> Result<HttpResponse> {
    match result {
        Ok(_) => Ok(visitor.go(&format!("/admin/people/{id}?done={done}"))),
        Err(error) => {
            let sent = Sent::refused(form, prefix, error, visitor.words)?;
            person(ctx, visitor, id, sent, None).await
        }
    }
}

/// `POST /admin/people/{id}/change`
pub(crate) async fn change_person(ctx: Ctx, visitor: Visitor, id: Id<StaffId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let version = form.version()?;
    let value = StaffChangeForm {
        name: Some(form.text("change-name").to_owned()),
        email: Some(form.given("change-email")),
        role: form.given("change-role"),
        language: form.given("change-language"),
    };
    let work =
        move |conn: &mut Conn, act: &Act, value: &StaffChangeForm| people::change(conn, act, id, Some(version), value);
    let done = screen::once(&ctx, &form, "change", value, work).await;
    ctx.app.doubt_sessions();
    settle(&ctx, &visitor, id, (form, "change", "changed"), done).await
}

/// `POST /admin/people/{id}/deactivate`
pub(crate) async fn let_go(ctx: Ctx, visitor: Visitor, id: Id<StaffId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let version = form.version()?;
    let value = LeavingForm {
        successor: form.text("leave-successor").trim().to_owned(),
        reason: form.text("leave-reason").to_owned(),
    };
    let work =
        move |conn: &mut Conn, act: &Act, value: &LeavingForm| leaving::deactivate(conn, act, id, Some(version), value);
    let done = screen::once(&ctx, &form, "leave", value, work).await;
    ctx.app.doubt_sessions();
    settle(&ctx, &visitor, id, (form, "leave", "left"), done).await
}

/// `POST /admin/people/{id}/reactivate`
pub(crate) async fn take_back(ctx: Ctx, visitor: Visitor, id: Id<StaffId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let version = form.version()?;
    let work = move |conn: &mut Conn, act: &Act, (): &()| leaving::reactivate(conn, act, id, Some(version));
    let done = screen::once(&ctx, &form, "back", (), work).await;
    settle(&ctx, &visitor, id, (form, "back", "changed"), done).await
}

/// `POST /admin/people/{id}/sessions`: all of them end.
pub(crate) async fn end_sessions(ctx: Ctx, visitor: Visitor, id: Id<StaffId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let done = ctx.write(move |conn, act| sessions::end_all_of(conn, act, id)).await;
    ctx.app.doubt_sessions();
    settle(&ctx, &visitor, id, (form, "sessions", "sessions-ended"), done).await
}

/// `POST /admin/people/{id}/second-factor`: it is taken away.
pub(crate) async fn reset_factor(ctx: Ctx, visitor: Visitor, id: Id<StaffId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let done = ctx.write(move |conn, act| second_factor::reset(conn, act, id)).await;
    ctx.app.doubt_sessions();
    settle(&ctx, &visitor, id, (form, "factor", "factor-reset"), done).await
}

/// `POST /admin/people/{id}/invite`: the link is shown this once.
pub(crate) async fn invite(ctx: Ctx, visitor: Visitor, id: Id<StaffId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let keys = ctx.app.keys.clone();
    let work = move |conn: &mut Conn, act: &Act, (): &()| invitations::invite(conn, act, &keys, id);
    match screen::once(&ctx, &form, "invite", (), work).await {
        Ok(made) => {
            let root = ctx.app.front.public_url.clone().unwrap_or_default();
            let link = format!("{}/invitation/{}", root.trim_end_matches('/'), made.token.reveal());
            let sent = Sent {
                status: StatusCode::CREATED,
                ..Sent::nothing()
            };
            person(&ctx, &visitor, id, sent, Some(link)).await
        }
        Err(error) => {
            let sent = Sent::refused(form, "invite", error, visitor.words)?;
            person(&ctx, &visitor, id, sent, None).await
        }
    }
}
