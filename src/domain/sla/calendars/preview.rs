//! What a calendar says of the coming days.

use chrono::{Datelike as _, Days, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::VersionRow;
use crate::clock::Moment;
use crate::domain::sla::calendar::{Calendar, DAY, Window};
use crate::domain::sla::notation::Notation;
use crate::error::Result;
use crate::text_enum;

/// Of how many days a preview is when nothing is said, and how far ahead holidays should be known.
pub const DAYS: u16 = 60;
/// The most days of a preview.
pub const MOST_DAYS: u16 = 400;

text_enum! {
    /// Why a day has the hours that it has.
    DayKind {
        /// It is like its weekday, and open.
        Usual = "usual",
        /// Its weekday is closed.
        ClosedWeekly = "closed_weekly",
        /// A public holiday or another date on which the desk does not open.
        Holiday = "holiday",
        /// A weekday that is otherwise closed is worked.
        MakeUp = "make_up",
        /// It has other hours than its weekday.
        OtherHours = "other_hours",
    }
}

text_enum! {
    /// What to see to in a calendar.
    CalendarWarning {
        /// Nobody has compared it with its source for a year.
        NotReviewedForAYear = "not_reviewed_for_a_year",
        /// No holiday is known after the next 60 days: next year's are to be added.
        NoHolidaysAhead = "no_holidays_ahead",
    }
}

/// One day of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayView {
    /// The date, in the calendar's zone.
    pub date: NaiveDate,
    /// Why it has these hours.
    pub kind: DayKind,
    /// What it is called, if it has a name.
    pub label: Option<String>,
    /// When the desk is open, in the notation (`09:00-12:00`); what ends after midnight belongs to this day.
    #[schema(example = json!(["09:00-12:00", "13:30-18:00"]))]
    pub windows: Vec<String>,
    /// How many minutes that is, on this date: the clocks may change.
    pub open_minutes: i64,
}

/// The coming days of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviewView {
    /// Which calendar.
    pub slug: String,
    /// Its present version.
    pub version: i32,
    /// Whose wall clock counts (IANA).
    pub time_zone: String,
    /// The days, in order.
    pub days: Vec<DayView>,
    /// What to see to.
    pub warnings: Vec<CalendarWarning>,
}

/// The days of a version from `from` on.
pub(super) fn of(row: &VersionRow, from: Option<NaiveDate>, days: u16, now: Moment) -> Result<PreviewView> {
    let calendar = row.calendar()?;
    let first = from.unwrap_or_else(|| calendar.date(now));
    let days = first.iter_days().take(days.into()).map(|date| day(&calendar, date));
    Ok(PreviewView {
        slug: row.slug.clone(),
        version: row.version,
        time_zone: row.time_zone.clone(),
        days: days.collect(),
        warnings: warnings(row, now)?,
    })
}

fn day(calendar: &Calendar, date: NaiveDate) -> DayView {
    let windows = calendar.windows_on(date);
    let usual = calendar.weekday(date.weekday());
    let exception = calendar.exceptions().get(&date);
    let kind = match (usual.is_empty(), windows.is_empty()) {
        (true, true) if exception.is_none() => DayKind::ClosedWeekly,
        (_, true) => DayKind::Holiday,
        (true, false) => DayKind::MakeUp,
        (false, false) if windows == usual => DayKind::Usual,
        (false, false) => DayKind::OtherHours,
    };
    let open = calendar.opening_hours(date).into_iter().map(|open| open.length());
    DayView {
        date,
        kind,
        label: exception.and_then(|exception| exception.label()).map(str::to_owned),
        windows: windows.iter().map(ToString::to_string).collect(),
        open_minutes: open.fold(TimeDelta::zero(), |sum, length| sum + length).num_minutes(),
    }
}

/// What to see to in a version.
pub(super) fn warnings(row: &VersionRow, now: Moment) -> Result<Vec<CalendarWarning>> {
    let mut warnings = Vec::new();
    if row.reviewed_at.is_none_or(|at| now - at > TimeDelta::days(365)) {
        warnings.push(CalendarWarning::NotReviewedForAYear);
    }
    let notation = row.notation()?;
    let horizon = row.calendar()?.date(now).checked_add_days(Days::new(DAYS.into()));
    let ahead = |date: &NaiveDate| horizon.is_none_or(|horizon| *date > horizon);
    let known = row
        .holidays
        .0
        .iter()
        .map(|holiday| holiday.date)
        .any(|date| ahead(&date));
    if !known && !notation.dates().keys().any(ahead) && !is_always(&notation) {
        warnings.push(CalendarWarning::NoHolidaysAhead);
    }
    Ok(warnings)
}

/// Whether holidays make no difference.
fn is_always(notation: &Notation) -> bool {
    let whole = Window::new(0, DAY).into_iter().collect::<Vec<_>>();
    notation.public_holidays() == Some(whole.as_slice())
}
