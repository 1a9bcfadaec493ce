//! Holidays of a calendar from an iCalendar file: what would change, the coming days as they would be, and taking them in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use futures_util::TryStreamExt as _;

use super::asking::{Asking, Field, Input};
use super::calendars::{self, Tried};
use super::known::{all, options};
use super::screen::{self, Block, Cell, Screen, Sent, Table, choose};
use crate::api::extract::{Ctx, Id};
use crate::api::upload::MoreFiles;
use crate::db::conn::Conn;
use crate::domain::sla::calendars::{self as stored, CalendarForm, ImportForm, ImportMode, ImportView};
use crate::domain::sla::holidays::Holiday;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::web::desk::words::word;
use crate::web::forms::{Findings, Form, FormWithFiles};
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// The largest file that is taken.
const LARGEST: usize = 262_144;
/// The field with the text of the file.
const TEXT: &str = "import-icalendar";

fn rows<'h>(words: Words, what: &str, holidays: &'h [Holiday]) -> impl Iterator<Item = Vec<Cell>> + 'h {
    let what = word(words, "holiday", what);
    holidays.iter().map(move |holiday| {
        let how = match (&holiday.works_like, &holiday.hours) {
            (Some(_), _) => fl!(words, "admin-holiday-worked"),
            (None, Some(hours)) => hours.clone(),
            (None, None) => fl!(words, "admin-closed"),
        };
        vec![
            Cell::text(holiday.date.to_string()),
            Cell::text(holiday.label.clone()),
            Cell::text(how),
            Cell::text(what.clone()),
        ]
    })
}

/// What would change.
fn changes(words: Words, found: &ImportView) -> Table {
    let all = rows(words, "added", &found.added)
        .chain(rows(words, "changed", &found.changed))
        .chain(rows(words, "removed", &found.removed));
    Table {
        title: fl!(
            words,
            "admin-import-would",
            added = found.added.len(),
            changed = found.changed.len(),
            removed = found.removed.len()
        ),
        heads: vec![
            fl!(words, "admin-day"),
            fl!(words, "admin-label"),
            fl!(words, "admin-hours"),
            fl!(words, "admin-change"),
        ],
        rows: all.collect(),
        empty: fl!(words, "admin-import-nothing"),
        more: None,
    }
}

/// The page with the form by which a file is taken in, and what it would change.
pub(super) fn with_import(
    screen: Screen,
    words: Words,
    slug: &str,
    version: i32,
    form: &Form,
    found: Option<&ImportView>,
) -> Screen {
    let modes = options(words, "import", all!(ImportMode));
    let modes = choose(form, "import-mode", modes, &[ImportMode::Merge.to_string()]);
    let mut asking = Asking::new(
        "import",
        fl!(words, "admin-import"),
        format!("/admin/calendars/{slug}/holidays"),
        String::new(),
    )
    .version(version)
    .lead(fl!(words, "admin-import-lead"))
    .field(Field::plain(
        "import-mode",
        fl!(words, "admin-import-mode"),
        Input::One(modes),
        String::new(),
    ))
    .field(
        Field::new(
            form,
            "import-source",
            fl!(words, "admin-source"),
            Input::Line("text"),
            "",
        )
        .hint(fl!(words, "admin-import-source-hint")),
    )
    .field(Field::new(
        form,
        TEXT,
        fl!(words, "admin-import-text"),
        Input::Area(4),
        "",
    ))
    // Files come after the fields: these are checked before any file is read.
    .field(
        Field::plain(
            "import-file",
            fl!(words, "admin-import-file"),
            Input::File(".ics,text/calendar"),
            String::new(),
        )
        .hint(fl!(words, "admin-import-file-hint")),
    )
    .buttons(vec![
        ("try", fl!(words, "admin-import-try"), "second"),
        ("save", fl!(words, "admin-import-button"), ""),
    ]);
    asking.files = true;
    asking.folded = found.is_none();
    let screen = screen.with(Block::Form(asking));
    match found {
        Some(found) => screen.with(Block::Table(changes(words, found))),
        None => screen,
    }
}

/// The text of the file that was sent, if there is one.
async fn content(mut files: MoreFiles) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    {
        let Some((_, mut content)) = files.next().await? else {
            return Ok(None);
        };
        while let Some(piece) = content.try_next().await? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > LARGEST {
                return Err(Error::problem(Code::TooLarge, "at most 256 KiB"));
            }
        }
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// `POST /admin/calendars/{slug}/holidays`: takes a file in, or only says what would change.
pub(crate) async fn import_holidays(
    ctx: Ctx,
    visitor: Visitor,
    slug: Id<String>,
    posted: FormWithFiles,
) -> Result<HttpResponse> {
    let slug = slug.0;
    let (mut form, files) = posted.open().await?;
    let version = form.version()?;
    // A file goes before what stands in the text: it was chosen last.
    match content(files).await {
        Ok(Some(text)) => form.set(TEXT, text),
        Ok(None) => {}
        Err(error) => return refused(&ctx, &visitor, slug, form, error).await,
    }
    let tries = form.is("do", "try");
    let value = ImportForm {
        icalendar: form.given(TEXT),
        holidays: None,
        mode: form.text("import-mode").parse().ok(),
        source: form.given("import-source"),
        dry_run: tries,
    };
    let wanted = slug.clone();
    if tries {
        let work = move |conn: &mut Conn, act: &Act| {
            let found = stored::import(conn, act, &wanted, Some(version), &value)?;
            let would = &found.calendar;
            let as_it_would_be = CalendarForm {
                name: would.name.clone(),
                time_zone: would.time_zone.clone(),
                notation: would.notation.clone(),
                holidays: Some(would.holidays.clone()),
                source: would.source.clone(),
                reviewed_at: would.reviewed_at,
            };
            let days = stored::try_out(conn, act, &wanted, &as_it_would_be)?;
            Ok((found, days))
        };
        return match ctx.read(work).await {
            Ok((found, days)) => {
                form.renew_key();
                let sent = Sent {
                    form,
                    findings: Findings::default(),
                    status: StatusCode::OK,
                };
                let tried = Tried {
                    days: Some(days),
                    import: Some(found),
                };
                calendars::one(&ctx, &visitor, slug, sent, tried).await
            }
            Err(error) => refused(&ctx, &visitor, slug, form, error).await,
        };
    }
    let work = move |conn: &mut Conn, act: &Act, value: &ImportForm| {
        stored::import(conn, act, &wanted, Some(version), value).map(drop)
    };
    match screen::once(&ctx, &form, "import", value, work).await {
        Ok(()) => Ok(visitor.go(&format!("/admin/calendars/{slug}?done=version"))),
        Err(error) => refused(&ctx, &visitor, slug, form, error).await,
    }
}

async fn refused(ctx: &Ctx, visitor: &Visitor, slug: String, form: Form, error: Error) -> Result<HttpResponse> {
    let sent = Sent::refused(form, "import", error, visitor.words)?;
    calendars::one(ctx, visitor, slug, sent, Tried::default()).await
}
