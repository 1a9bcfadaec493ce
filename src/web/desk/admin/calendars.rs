//! Business calendars: the hours in the notation, what they say of the coming days, new versions.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::asking::{Asking, Field, Input};
use super::screen::{self, Block, Cell, Screen, Sent, Table};
use super::{holidays, hours};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::sla::calendars::{self, CalendarForm, CalendarView, ImportView, NewCalendarForm, PreviewView};
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::web::desk::voice::{Voice, voice};
use crate::web::desk::words::word;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;
use crate::web::time;

/// `GET /admin/calendars`
pub(crate) async fn show_calendars(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    list(&ctx, &visitor, Sent::nothing()).await
}

fn fields(asking: Asking, form: &Form, words: Words, now: Option<&CalendarView>) -> Asking {
    let id = asking.id;
    let name = |value: &str| format!("{id}-{value}");
    asking
        .field(Field::new(
            form,
            &name("name"),
            fl!(words, "admin-name"),
            Input::Line("text"),
            now.map_or("", |c| &c.name),
        ))
        .field(Field::new(
            form,
            &name("time_zone"),
            fl!(words, "admin-zone"),
            Input::Line("text"),
            now.map_or("Asia/Shanghai", |c| &c.time_zone),
        ))
        .field(
            Field::new(
                form,
                &name("notation"),
                fl!(words, "admin-hours"),
                Input::Area(4),
                now.map_or("Mo-Fr 09:00-12:00,13:30-18:00; PH off", |c| &c.notation),
            )
            .hint(fl!(words, "admin-hours-hint")),
        )
        .field(Field::new(
            form,
            &name("source"),
            fl!(words, "admin-source"),
            Input::Line("text"),
            now.and_then(|c| c.source.as_deref()).unwrap_or_default(),
        ))
}

async fn list(ctx: &Ctx, visitor: &Visitor, sent: Sent) -> Result<HttpResponse> {
    let words = visitor.words;
    let found = ctx.read(calendars::list).await?;
    let rows = found.iter().map(|calendar| {
        vec![
            Cell::link(calendar.name.clone(), format!("/admin/calendars/{}", calendar.slug)),
            Cell::text(hours::said(words, visitor.lang, &calendar.notation)),
            Cell::text(time::zone_name(words, visitor.lang, time::zone(&calendar.time_zone))),
            Cell::text(calendar.holidays.to_string()),
            Cell::text(calendar.version.to_string()),
        ]
    });
    let table = Table {
        title: String::new(),
        heads: vec![
            fl!(words, "admin-name"),
            fl!(words, "admin-hours"),
            fl!(words, "admin-zone"),
            fl!(words, "admin-holidays"),
            fl!(words, "admin-version"),
        ],
        rows: rows.collect(),
        empty: fl!(words, "admin-none"),
        more: None,
    };
    let adding = Asking::new(
        "calendar",
        fl!(words, "admin-calendar-new"),
        "/admin/calendars",
        fl!(words, "admin-add"),
    )
    .field(
        Field::new(
            &sent.form,
            "calendar-slug",
            fl!(words, "admin-slug"),
            Input::Line("text"),
            "",
        )
        .hint(fl!(words, "admin-slug-hint")),
    );
    let adding = fields(adding, &sent.form, words, None);
    let screen = Screen::new(fl!(words, "admin-calendars"))
        .with_if(visitor.may(Permission::ManageCalendars), || Block::Form(adding))
        .with(Block::Table(table));
    screen::show(visitor, screen, sent)
}

/// `POST /admin/calendars`
pub(crate) async fn add_calendar(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let value = NewCalendarForm {
        slug: form.text("calendar-slug").trim().to_owned(),
        name: form.text("calendar-name").to_owned(),
        time_zone: form.text("calendar-time_zone").trim().to_owned(),
        notation: form.text("calendar-notation").to_owned(),
        holidays: Vec::new(),
        source: form.given("calendar-source"),
        reviewed_at: None,
    };
    match screen::once(&ctx, &form, "calendar", value, calendars::create).await {
        Ok(made) => Ok(visitor.go(&format!("/admin/calendars/{}?done=added", made.slug))),
        Err(error) => list(&ctx, &visitor, Sent::refused(form, "calendar", error, visitor.words)?).await,
    }
}

/// `GET /admin/calendars/{slug}`
pub(crate) async fn show_calendar(ctx: Ctx, visitor: Visitor, slug: Id<String>) -> Result<HttpResponse> {
    one(&ctx, &visitor, slug.0, Sent::nothing(), Tried::default()).await
}

/// What a form would come to: other hours, or holidays from a file.
#[derive(Default)]
pub(super) struct Tried {
    pub(super) days: Option<PreviewView>,
    pub(super) import: Option<ImportView>,
}

fn days(words: Words, title: String, preview: &PreviewView) -> Table {
    let rows = preview.days.iter().map(|day| {
        let number = chrono::Datelike::weekday(&day.date).number_from_monday().to_string();
        vec![
            Cell::text(day.date.to_string()),
            Cell::text(word(words, "weekday", &number)),
            Cell::text(match day.windows.is_empty() {
                true => fl!(words, "admin-closed"),
                false => day.windows.join(" "),
            })
            .with(if day.windows.is_empty() { "soft" } else { "" }),
            Cell::text(day.label.clone().unwrap_or_default()),
        ]
    });
    Table {
        title,
        heads: vec![
            fl!(words, "admin-day"),
            fl!(words, "admin-weekday"),
            fl!(words, "admin-hours"),
            fl!(words, "admin-label"),
        ],
        rows: rows.collect(),
        empty: String::new(),
        more: None,
    }
}

fn facts(voice: Voice, calendar: &CalendarView) -> Vec<(String, Cell)> {
    let words = voice.words;
    let mut facts = vec![
        (
            fl!(words, "admin-hours"),
            Cell::text(hours::said(words, voice.lang, &calendar.notation)),
        ),
        (
            fl!(words, "admin-zone"),
            Cell::text(calendar.time_zone.clone())
                .with("soft")
                .before(time::zone_name(words, voice.lang, time::zone(&calendar.time_zone))),
        ),
        (
            fl!(words, "admin-holidays"),
            Cell::text(calendar.holidays.len().to_string()),
        ),
    ];
    if let Some(source) = &calendar.source {
        facts.push((fl!(words, "admin-source"), Cell::text(source.clone())));
    }
    // What the service brings was written by nobody, at no time.
    let version = match calendar.created_at.timestamp() {
        0 => fl!(words, "admin-review-delivered"),
        _ => fl!(
            words,
            "admin-version-of",
            n = calendar.version,
            who = calendar.created_by.as_str(),
            at = voice.short(calendar.created_at)
        ),
    };
    facts.push((fl!(words, "admin-version"), Cell::text(version)));
    facts
}

pub(super) async fn one(ctx: &Ctx, visitor: &Visitor, slug: String, sent: Sent, tried: Tried) -> Result<HttpResponse> {
    let words = visitor.words;
    let wanted = slug.clone();
    let (calendar, preview) = ctx
        .read(move |conn, act| {
            let calendar = calendars::get(conn, act, &wanted)?;
            Ok((calendar, calendars::preview(conn, act, &wanted, None, None)?))
        })
        .await?;
    let voice = voice(ctx, visitor);
    let facts = facts(voice, &calendar);
    let mut change = Asking::new(
        "change",
        fl!(words, "admin-version-new"),
        format!("/admin/calendars/{slug}"),
        fl!(words, "admin-save"),
    )
    .version(calendar.version);
    change.buttons = vec![
        ("try".to_owned(), fl!(words, "admin-try-hours"), "second"),
        ("save".to_owned(), fl!(words, "admin-save"), ""),
    ];
    let mut change = fields(change, &sent.form, words, Some(&calendar));
    change.folded = tried.days.is_none() || tried.import.is_some();
    let manages = visitor.may(Permission::ManageCalendars);
    let shown = tried.days.as_ref().unwrap_or(&preview);
    let title = match tried.days {
        Some(_) => fl!(words, "admin-days-would"),
        None => fl!(words, "admin-days"),
    };
    let table = days(words, title, shown);
    let warnings: Vec<String> = shown
        .warnings
        .iter()
        .map(|warning| word(words, "calendar-warning", warning.as_str()))
        .collect();
    let screen = Screen::new(calendar.name.clone())
        .back("/admin/calendars", fl!(words, "admin-calendars"))
        .with(Block::Facts(String::new(), facts))
        .with_if(!warnings.is_empty(), || {
            Block::Words(fl!(words, "admin-see-to"), warnings.join("\n"), false)
        })
        .with_if(manages, || Block::Form(change));
    let mut screen = match manages {
        true => holidays::with_import(
            screen,
            words,
            &slug,
            calendar.version,
            &sent.form,
            tried.import.as_ref(),
        ),
        false => screen,
    };
    screen = screen.with(Block::Table(table));
    screen::show(visitor, screen, sent)
}

/// `POST /admin/calendars/{slug}`: a new version, or what it would say of the coming days.
pub(crate) async fn change_calendar(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    let slug = slug.0;
    let version = form.version()?;
    let value = CalendarForm {
        name: form.text("change-name").to_owned(),
        time_zone: form.text("change-time_zone").trim().to_owned(),
        notation: form.text("change-notation").to_owned(),
        holidays: None,
        source: form.given("change-source"),
        reviewed_at: None,
    };
    if form.is("do", "try") {
        let wanted = slug.clone();
        let tried = ctx
            .read(move |conn, act| calendars::try_out(conn, act, &wanted, &value))
            .await;
        return match tried {
            Ok(preview) => {
                let mut form = form;
                form.renew_key();
                let sent = Sent {
                    form,
                    findings: crate::web::forms::Findings::default(),
                    status: StatusCode::OK,
                };
                let tried = Tried {
                    days: Some(preview),
                    import: None,
                };
                one(&ctx, &visitor, slug, sent, tried).await
            }
            Err(error) => {
                let sent = Sent::refused(form, "change", error, visitor.words)?;
                one(&ctx, &visitor, slug, sent, Tried::default()).await
            }
        };
    }
    let wanted = slug.clone();
    // The form says nothing of the last comparison with the source.
    let work = move |conn: &mut Conn, act: &Act, value: &CalendarForm| {
        let mut value = value.clone();
        value.reviewed_at = calendars::get(conn, act, &wanted)?.reviewed_at;
        calendars::change(conn, act, &wanted, Some(version), &value)
    };
    match screen::once(&ctx, &form, "change", value, work).await {
        Ok(_) => Ok(visitor.go(&format!("/admin/calendars/{slug}?done=version"))),
        Err(error) => {
            let sent = Sent::refused(form, "change", error, visitor.words)?;
            one(&ctx, &visitor, slug, sent, Tried::default()).await
        }
    }
}
