//! Teams, and who is in them.

use actix_web::HttpResponse;

use super::asking::{Asking, Field, Input};
use super::screen::{self, Block, Cell, Deed, Screen, Sent, Table, choose};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::sla::calendars::{self, CalendarSummary};
use crate::domain::staff::people::{self, Listing, StaffView};
use crate::domain::staff::teams::{self, MemberForm, TeamForm, TeamView};
use crate::domain::staff::{Act, Permission};
use crate::error::{Error, Result};
use crate::ids::{StaffId, TeamId};
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// `GET /admin/teams`
pub(crate) async fn show_teams(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    list(&ctx, &visitor, Sent::nothing()).await
}

fn fields(asking: Asking, form: &Form, words: Words, calendars: &[CalendarSummary], now: Option<&TeamView>) -> Asking {
    let id = asking.id;
    let name = |value: &str| format!("{id}-{value}");
    let always = (String::new(), fl!(words, "admin-always-open"));
    let all = calendars.iter().map(|c| (c.slug.clone(), c.name.clone()));
    let usual = now.and_then(|team| team.calendar.clone()).unwrap_or_default();
    let chosen = choose(form, &name("calendar"), std::iter::once(always).chain(all), &[usual]);
    let capacity = now
        .and_then(|team| team.capacity)
        .map(|n| n.to_string())
        .unwrap_or_default();
    asking
        .field(Field::new(
            form,
            &name("name"),
            fl!(words, "admin-name"),
            Input::Line("text"),
            now.map_or("", |team| &team.name),
        ))
        .field(Field::new(
            form,
            &name("calendar"),
            fl!(words, "admin-calendar"),
            Input::One(chosen),
            "",
        ))
        .field(
            Field::new(
                form,
                &name("capacity"),
                fl!(words, "admin-capacity"),
                Input::Line("number"),
                &capacity,
            )
            .hint(fl!(words, "admin-capacity-hint")),
        )
}

fn form_of(form: &Form, prefix: &str) -> TeamForm {
    TeamForm {
        name: form.text(&format!("{prefix}-name")).to_owned(),
        calendar: Some(form.given(&format!("{prefix}-calendar"))),
        // What is no number is out of any range.
        capacity: Some(
            form.given(&format!("{prefix}-capacity"))
                .map(|n| n.trim().parse().unwrap_or(-1)),
        ),
    }
}

async fn list(ctx: &Ctx, visitor: &Visitor, sent: Sent) -> Result<HttpResponse> {
    let words = visitor.words;
    let (found, calendars) = ctx
        .read(|conn, act| Ok((teams::list(conn, None, 200)?, calendars::list(conn, act)?)))
        .await?;
    let rows = found.iter().map(|team| {
        vec![
            Cell::link(team.name.clone(), format!("/admin/teams/{}", team.id)),
            Cell::text(team.members.len().to_string()),
            Cell::text(team.calendar.clone().unwrap_or_else(|| fl!(words, "admin-always-open"))),
        ]
    });
    let table = Table {
        title: String::new(),
        heads: vec![
            fl!(words, "admin-name"),
            fl!(words, "admin-people"),
            fl!(words, "admin-calendar"),
        ],
        rows: rows.collect(),
        empty: fl!(words, "admin-teams-none"),
        more: None,
    };
    let adding = Asking::new(
        "team",
        fl!(words, "admin-team-new"),
        "/admin/teams",
        fl!(words, "admin-add"),
    );
    let adding = fields(adding, &sent.form, words, &calendars, None);
    let screen = Screen::new(fl!(words, "admin-teams"))
        .with_if(visitor.may(Permission::ManageStaff), || Block::Form(adding))
        .with(Block::Table(table));
    screen::show(visitor, screen, sent)
}

/// `POST /admin/teams`
pub(crate) async fn add_team(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    match screen::once(&ctx, &form, "team", form_of(&form, "team"), teams::create).await {
        Ok(made) => Ok(visitor.go(&format!("/admin/teams/{}?done=added", made.id))),
        Err(error) => list(&ctx, &visitor, Sent::refused(form, "team", error, visitor.words)?).await,
    }
}

/// `GET /admin/teams/{id}`
pub(crate) async fn show_team(ctx: Ctx, visitor: Visitor, id: Id<TeamId>) -> Result<HttpResponse> {
    one(&ctx, &visitor, id.0, Sent::nothing()).await
}

fn members(words: Words, team: &TeamView, manages: bool) -> Table {
    let rows = team.members.iter().map(|member| {
        let mut cells = vec![
            Cell::link(member.handle.clone(), format!("/admin/people/{}", member.id)),
            Cell::text(member.name.clone()),
            Cell::text(match member.leads {
                true => fl!(words, "admin-leads"),
                false => String::new(),
            }),
        ];
        if manages {
            let fields = |leads: bool| {
                vec![
                    ("version", team.version.to_string()),
                    ("member-staff", member.id.to_string()),
                    ("member-leads", if leads { "1" } else { "" }.to_owned()),
                ]
            };
            let turn = Deed {
                class: "quiet",
                action: format!("/admin/teams/{}/members", team.id),
                label: match member.leads {
                    true => fl!(words, "admin-lead-no-more"),
                    false => fl!(words, "admin-lead-make"),
                },
                fields: fields(!member.leads),
            };
            cells.push(Cell::deed(turn));
        }
        cells
    });
    let mut heads = vec![
        fl!(words, "admin-handle"),
        fl!(words, "admin-name"),
        fl!(words, "admin-leads"),
    ];
    if manages {
        heads.push(fl!(words, "admin-change"));
    }
    Table {
        title: fl!(words, "admin-people"),
        heads,
        rows: rows.collect(),
        empty: fl!(words, "admin-nobody"),
        more: None,
    }
}

/// The form by which somebody joins.
fn joining(words: Words, form: &Form, team: &TeamView, staff: &[StaffView]) -> Asking {
    let others = staff
        .iter()
        .filter(|person| !team.members.iter().any(|member| member.id == person.id))
        .map(|person| (person.id.to_string(), format!("{} ({})", person.name, person.handle)));
    Asking::new(
        "member",
        fl!(words, "admin-member-add"),
        format!("/admin/teams/{}/members", team.id),
        fl!(words, "admin-add"),
    )
    .version(team.version)
    .field(Field::new(
        form,
        "member-staff",
        fl!(words, "admin-person"),
        Input::One(choose(form, "member-staff", others, &[])),
        "",
    ))
}

/// The form by which somebody is taken out.
fn leaving(words: Words, form: &Form, team: &TeamView) -> Asking {
    let there = team
        .members
        .iter()
        .map(|member| (member.id.to_string(), format!("{} ({})", member.name, member.handle)));
    Asking::new(
        "out",
        fl!(words, "admin-member-out"),
        format!("/admin/teams/{}/remove", team.id),
        fl!(words, "admin-member-out-button"),
    )
    .grave()
    .lead(fl!(words, "admin-member-out-lead"))
    .version(team.version)
    .field(Field::new(
        form,
        "out-staff",
        fl!(words, "admin-person"),
        Input::One(choose(form, "out-staff", there, &[])),
        "",
    ))
    .field(Field::new(
        form,
        "out-successor",
        fl!(words, "admin-successor"),
        Input::Line("text"),
        "",
    ))
}

async fn one(ctx: &Ctx, visitor: &Visitor, id: TeamId, sent: Sent) -> Result<HttpResponse> {
    let words = visitor.words;
    let (team, calendars, staff) = ctx
        .read(move |conn, act| {
            let active = Listing {
                active: Some(true),
                limit: 500,
                ..Listing::default()
            };
            Ok((
                teams::get(conn, id)?,
                calendars::list(conn, act)?,
                people::list(conn, &active)?,
            ))
        })
        .await?;
    let manages = visitor.may(Permission::ManageStaff);
    let at = |deed: &str| format!("/admin/teams/{id}/{deed}");
    let members = members(words, &team, manages);
    let form = &sent.form;
    let (joining, leaving) = (joining(words, form, &team, &staff), leaving(words, form, &team));
    let change = Asking::new(
        "change",
        fl!(words, "admin-team-change"),
        at("change"),
        fl!(words, "admin-save"),
    )
    .version(team.version);
    let change = fields(change, form, words, &calendars, Some(&team));
    let screen = Screen::new(team.name.clone())
        .back("/admin/teams", fl!(words, "admin-teams"))
        .with(Block::Table(members))
        .with_if(manages, || Block::Form(joining))
        .with_if(manages && !team.members.is_empty(), || Block::Form(leaving))
        .with_if(manages, || Block::Form(change));
    screen::show(visitor, screen, sent)
}

async fn settle<T>(
    ctx: &Ctx,
    visitor: &Visitor,
    id: TeamId,
    form: Form,
    prefix: &str,
    result: Result<T>,
) -> Result<HttpResponse> {
    ctx.app.doubt_all_tokens();
    match result {
        Ok(_) => Ok(visitor.go(&format!("/admin/teams/{id}?done=changed"))),
        Err(error) => one(ctx, visitor, id, Sent::refused(form, prefix, error, visitor.words)?).await,
    }
}

/// `POST /admin/teams/{id}/change`
pub(crate) async fn change_team(ctx: Ctx, visitor: Visitor, id: Id<TeamId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let version = form.version()?;
    let work = move |conn: &mut Conn, act: &Act, value: &TeamForm| teams::change(conn, act, id, Some(version), value);
    let done = screen::once(&ctx, &form, "change", form_of(&form, "change"), work).await;
    settle(&ctx, &visitor, id, form, "change", done).await
}

fn member(form: &Form, name: &str) -> Result<StaffId> {
    let id = form.text(name).parse().map(StaffId);
    id.map_err(|_| Error::not_found("member of the staff"))
}

/// `POST /admin/teams/{id}/members`
pub(crate) async fn put_member(ctx: Ctx, visitor: Visitor, id: Id<TeamId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let (version, who) = (form.version()?, member(&form, "member-staff")?);
    let leads = form.given("member-leads").is_some();
    let done = ctx
        .write(move |conn, act| teams::put_member(conn, act, id, who, Some(version), MemberForm { leads }))
        .await;
    settle(&ctx, &visitor, id, form, "member", done).await
}

/// `POST /admin/teams/{id}/remove`
pub(crate) async fn remove_member(ctx: Ctx, visitor: Visitor, id: Id<TeamId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let (version, who) = (form.version()?, member(&form, "out-staff")?);
    let successor = form.given("out-successor").map(|handle| handle.trim().to_owned());
    let done = ctx
        .write(move |conn, act| teams::remove_member(conn, act, id, who, Some(version), successor.as_deref()))
        .await;
    settle(&ctx, &visitor, id, form, "out", done).await
}
