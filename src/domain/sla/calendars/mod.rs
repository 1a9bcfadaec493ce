//! Calendars that are kept: versions that are only ever added, their holidays, and the preview.
//!
//! The calendar [`STANDARD`] is always there. Until somebody changes it or a clock runs under it, it is not in the
//! database: it is Monday to Friday, 9 to 18, in the zone that the installation gives to those who have not told
//! theirs.

mod editions;
mod model;
mod preview;
mod store;
mod views;

use chrono::NaiveDate;
use serde_json::json;

pub use self::editions::{Edition, editions, present};
use self::model::VersionRow;
pub use self::preview::{CalendarWarning, DayKind, DayView, PreviewView};
pub use self::views::{
    CalendarForm, CalendarSummary, CalendarView, ImportForm, ImportMode, ImportView, NewCalendarForm,
};
use super::calendar::Calendar;
use super::holidays::{self, Holiday};
use super::policies::book;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::policy::Policy;
use crate::domain::rules;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};

/// The calendar that is always there.
pub const STANDARD: &str = "standard";
/// The hours of the standard calendar at first.
const STANDARD_HOURS: &str = "Mo-Fr 09:00-18:00; PH off";
/// The most calendars.
const MOST: usize = 200;

/// The standard calendar as long as nobody has changed it.
fn standard(policy: &Policy) -> VersionRow {
    VersionRow {
        slug: STANDARD.to_owned(),
        version: 1,
        name: "Standard".to_owned(),
        time_zone: policy.default_time_zone.clone(),
        notation: STANDARD_HOURS.to_owned(),
        holidays: Json(Vec::new()),
        source: None,
        reviewed_at: None,
        created_at: Moment::EPOCH,
        created_by: "hark".to_owned(),
    }
}

/// Every calendar, by slug.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act) -> Result<Vec<CalendarSummary>> {
    let mut rows = store::list(conn)?;
    if rows.iter().all(|row| row.slug != STANDARD) {
        rows.push(standard(&act.policy));
        rows.sort_by(|one, other| one.slug.cmp(&other.slug));
    }
    rows.iter().map(|row| CalendarSummary::of(row, act.now)).collect()
}

fn load(conn: &mut Conn, act: &Act, slug: &str) -> Result<VersionRow> {
    // No stored text holds a NUL, and PostgreSQL takes none.
    let slug = slug.replace('\0', " ");
    let found = store::present(conn, &slug)?;
    let found = found.or_else(|| (slug == STANDARD).then(|| standard(&act.policy)));
    found.ok_or_else(|| Error::not_found("calendar"))
}

fn load_version(conn: &mut Conn, act: &Act, slug: &str, version: i32) -> Result<VersionRow> {
    let slug = slug.replace('\0', " ");
    let found = store::version(conn, &slug, version)?;
    let found = found.or_else(|| Some(standard(&act.policy)).filter(|row| row.slug == slug && row.version == version));
    found.ok_or_else(|| Error::not_found("version of a calendar"))
}

/// A calendar as it is.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, act: &Act, slug: &str) -> Result<CalendarView> {
    CalendarView::of(load(conn, act, slug)?, act.now)
}

/// A calendar as it was in one of its versions.
///
/// # Errors
/// `resource.not_found`.
pub fn get_version(conn: &mut Conn, act: &Act, slug: &str, version: i32) -> Result<CalendarView> {
    CalendarView::of(load_version(conn, act, slug, version)?, act.now)
}

/// A version of a calendar, to reckon with.
///
/// # Errors
/// `resource.not_found`.
pub fn of_version(conn: &mut Conn, act: &Act, slug: &str, version: i32) -> Result<Calendar> {
    load_version(conn, act, slug, version)?.calendar()
}

/// The calendar [`STANDARD`] as it is now, for figures in business time.
///
/// # Errors
/// When the database refuses.
pub fn present_standard(conn: &mut Conn, policy: &Policy) -> Result<Calendar> {
    let row = store::present(conn, STANDARD)?;
    row.unwrap_or_else(|| standard(policy)).calendar()
}

/// A calendar as it is now, to reckon with.
///
/// # Errors
/// `resource.not_found`.
pub fn present_of(conn: &mut Conn, act: &Act, slug: &str) -> Result<Calendar> {
    load(conn, act, slug)?.calendar()
}

/// A calendar as it is now, to reckon with; `None` when there is no such calendar.
///
/// # Errors
/// When the database refuses.
pub fn present_if_any(conn: &mut Conn, policy: &Policy, slug: &str) -> Result<Option<Calendar>> {
    let found = store::present(conn, slug)?;
    let found = found.or_else(|| (slug == STANDARD).then(|| standard(policy)));
    found.map(|row| row.calendar()).transpose()
}

/// The present version of a calendar and its number, for a clock that will run under it: from then on the version
/// is in the database.
///
/// # Errors
/// `resource.not_found`.
pub fn for_use(conn: &mut Conn, act: &Act, slug: &str) -> Result<(i32, Calendar)> {
    let row = load(conn, act, slug)?;
    keep(conn, &row)?;
    Ok((row.version, row.calendar()?))
}

/// Whether there is a calendar of this name.
///
/// # Errors
/// When the database refuses.
pub fn exists(conn: &mut Conn, slug: &str) -> Result<bool> {
    Ok(slug == STANDARD || store::present(conn, &slug.replace('\0', " "))?.is_some())
}

/// Puts the standard calendar into the database if it is not there yet.
fn keep(conn: &mut Conn, row: &VersionRow) -> Result<()> {
    if row.slug == STANDARD && row.version == 1 && store::present(conn, STANDARD)?.is_none() {
        store::insert(conn, row)?;
    }
    Ok(())
}

/// The days of a calendar from a date on, by default the next 60.
///
/// # Errors
/// `resource.not_found`; `request.invalid`.
pub fn preview(
    conn: &mut Conn,
    act: &Act,
    slug: &str,
    from: Option<NaiveDate>,
    days: Option<u16>,
) -> Result<PreviewView> {
    let days = days.unwrap_or(preview::DAYS);
    let mut check = Check::new();
    if !(1..=preview::MOST_DAYS).contains(&days) {
        check.fail("?days", "out_of_range", format_args!("1 to {}", preview::MOST_DAYS));
    }
    if from.is_some_and(|from| !(1970..=2199).contains(&chrono::Datelike::year(&from))) {
        check.fail("?from", "out_of_range", "a date in the years 1970 to 2199");
    }
    check.finish(())?;
    preview::of(&load(conn, act, slug)?, from, days, act.now)
}

/// What the next 60 days of a calendar would be if it were changed so; nothing is.
///
/// # Errors
/// `resource.not_found`; `request.invalid`.
pub fn try_out(conn: &mut Conn, act: &Act, slug: &str, form: &CalendarForm) -> Result<PreviewView> {
    let before = load(conn, act, slug)?;
    let mut check = Check::new();
    let next = form.row(act, &mut check, &before);
    check.finish(())?;
    preview::of(&next, None, preview::DAYS, act.now)
}

/// Makes a calendar.
///
/// # Errors
/// `request.invalid`; `resource.name_taken`.
pub fn create(conn: &mut Conn, act: &Act, form: &NewCalendarForm) -> Result<CalendarView> {
    let mut check = Check::new();
    let slug = check.slug("/slug", &form.slug);
    let row = form.row(act, &mut check, slug);
    check.finish(())?;
    if exists(conn, &row.slug)? {
        return Err(Error::problem(Code::NameTaken, "there is a calendar of this name"));
    }
    if store::list(conn)?.len() >= MOST {
        let mut check = Check::new();
        check.fail(
            "/slug",
            "not_allowed",
            format_args!("there are {MOST} calendars already"),
        );
        return check.finish(CalendarView::of(row, act.now)?);
    }
    store::insert(conn, &row)?;
    tell(conn, act, "calendar.created", None, &row)?;
    CalendarView::of(row, act.now)
}

/// Changes a calendar: adds a version. Clocks that run go on under theirs.
///
/// # Errors
/// `request.invalid`; `resource.not_found`; `request.precondition_failed`.
pub fn change(
    conn: &mut Conn,
    act: &Act,
    slug: &str,
    expected: Option<i32>,
    form: &CalendarForm,
) -> Result<CalendarView> {
    let before = load_expected(conn, act, slug, expected)?;
    let mut check = Check::new();
    let next = form.row(act, &mut check, &before);
    check.finish(())?;
    add_version(conn, act, "calendar.changed", &before, &next)?;
    CalendarView::of(next, act.now)
}

/// Takes holidays into a calendar: adds a version, or only says what would change.
///
/// # Errors
/// `request.invalid`, with what is wrong in the file; nothing is changed then. `resource.not_found`;
/// `request.precondition_failed`.
pub fn import(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>, form: &ImportForm) -> Result<ImportView> {
    let before = load_expected(conn, act, slug, expected)?;
    let mut check = Check::new();
    let given = form.holidays(&mut check, act.now.date_naive());
    let after = form
        .mode
        .unwrap_or(ImportMode::Merge)
        .applied(&before.holidays.0, &given);
    if after.len() > holidays::MOST {
        check.fail(
            "",
            "too_long",
            format_args!("at most {} dates together", holidays::MOST),
        );
    }
    let source = check.optional_text("/source", form.source.as_deref(), 200);
    check.finish(())?;
    let next = VersionRow {
        version: before.version + 1,
        source: source.or_else(|| before.source.clone()),
        reviewed_at: Some(act.now),
        created_at: act.now,
        created_by: act.actor.name.clone(),
        holidays: Json(after),
        ..before.clone()
    };
    if !form.dry_run {
        add_version(conn, act, "calendar.holidays_imported", &before, &next)?;
    }
    ImportView::of(&before, next, form.dry_run, act.now)
}

fn load_expected(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>) -> Result<VersionRow> {
    let before = load(conn, act, slug)?;
    match expected {
        Some(expected) if expected != before.version => Err(Error::problem(
            Code::PreconditionFailed,
            format!("now it is version {}", before.version),
        )),
        _ => Ok(before),
    }
}

fn add_version(conn: &mut Conn, act: &Act, action: &'static str, before: &VersionRow, next: &VersionRow) -> Result<()> {
    keep(conn, before)?;
    store::add_version(conn, next)?;
    book::restamp(conn)?;
    rules::book::restamp(conn)?;
    tell(conn, act, action, Some(before), next)
}

/// Tells the audit what the calendar was and is; holidays by their number.
fn tell(
    conn: &mut Conn,
    act: &Act,
    action: &'static str,
    before: Option<&VersionRow>,
    after: &VersionRow,
) -> Result<()> {
    let said = |row: &VersionRow| {
        json!({
            "version": row.version, "name": row.name, "time_zone": row.time_zone, "notation": row.notation,
            "holidays": row.holidays.0.len(), "source": row.source, "reviewed_at": row.reviewed_at,
        })
    };
    let fields = json!({ "slug": after.slug, "before": before.map(said), "after": said(after) });
    audit::record(conn, act, Event::about_many(ObjectKind::Calendar, action).with(fields))
}

/// The holidays by date, as far as they are dates of this calendar; the last entry of a date holds.
fn by_date(list: &[Holiday]) -> std::collections::BTreeMap<NaiveDate, &Holiday> {
    list.iter().map(|holiday| (holiday.date, holiday)).collect()
}
