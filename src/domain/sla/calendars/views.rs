//! Forms and views of stored calendars.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::by_date;
use super::model::VersionRow;
use super::preview::{self, CalendarWarning};
use crate::clock::Moment;
use crate::db::types::Json;
use crate::domain::check::Check;
use crate::domain::sla::holidays::{self, Holiday};
use crate::domain::sla::notation::{LONGEST, Notation};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::text_enum;

/// A calendar as it is made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCalendarForm {
    /// Its name in addresses and policies: lower-case letters, digits and `_`. Never changes.
    #[schema(example = "night_desk", min_length = 1, max_length = 40)]
    pub slug: String,
    /// What people call it.
    #[schema(example = "Night desk", min_length = 1, max_length = 100)]
    pub name: String,
    /// Whose wall clock counts (IANA).
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// The opening hours, in the notation of OpenStreetMap's `opening_hours`.
    #[schema(
        example = "Mo-Fr 09:00-12:00,13:30-18:00; PH off",
        min_length = 1,
        max_length = 20000
    )]
    pub notation: String,
    /// Public holidays and make-up days, each date once.
    #[serde(default)]
    #[schema(max_items = 4000)]
    pub holidays: Vec<Holiday>,
    /// Where the holidays come from.
    #[schema(max_length = 200)]
    pub source: Option<String>,
    /// When somebody last compared it with that source.
    pub reviewed_at: Option<Moment>,
}

/// A calendar as it is to be from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarForm {
    /// What people call it.
    #[schema(example = "Night desk", min_length = 1, max_length = 100)]
    pub name: String,
    /// Whose wall clock counts (IANA).
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// The opening hours, in the notation of OpenStreetMap's `opening_hours`.
    #[schema(
        example = "Mo-Fr 09:00-12:00,13:30-18:00; PH off",
        min_length = 1,
        max_length = 20000
    )]
    pub notation: String,
    /// Public holidays and make-up days, each date once. Left out, they stay as they are.
    #[schema(max_items = 4000)]
    pub holidays: Option<Vec<Holiday>>,
    /// Where the holidays come from.
    #[schema(max_length = 200)]
    pub source: Option<String>,
    /// When somebody last compared it with that source.
    pub reviewed_at: Option<Moment>,
}

/// What both forms say of a version.
struct Said<'a> {
    name: &'a str,
    time_zone: &'a str,
    notation: &'a str,
    source: Option<&'a str>,
    reviewed_at: Option<Moment>,
}

impl Said<'_> {
    fn row(&self, act: &Act, check: &mut Check, slug: String, version: i32, holidays: Vec<Holiday>) -> VersionRow {
        VersionRow {
            slug,
            version,
            name: check.text("/name", self.name, 1, 100),
            time_zone: check.time_zone("/time_zone", self.time_zone),
            notation: checked_notation(check, self.notation),
            holidays: Json(holidays),
            source: check.optional_text("/source", self.source, 200),
            reviewed_at: checked_review(check, self.reviewed_at, act.now),
            created_at: act.now,
            created_by: act.actor.name.clone(),
        }
    }
}

impl NewCalendarForm {
    /// The first version.
    pub(super) fn row(&self, act: &Act, check: &mut Check, slug: String) -> VersionRow {
        let holidays = checked_holidays(check, "/holidays", &self.holidays);
        let said = Said {
            name: &self.name,
            time_zone: &self.time_zone,
            notation: &self.notation,
            source: self.source.as_deref(),
            reviewed_at: self.reviewed_at,
        };
        said.row(act, check, slug, 1, holidays)
    }
}

impl CalendarForm {
    /// The version after `before`.
    pub(super) fn row(&self, act: &Act, check: &mut Check, before: &VersionRow) -> VersionRow {
        let holidays = match &self.holidays {
            Some(list) => checked_holidays(check, "/holidays", list),
            None => before.holidays.0.clone(),
        };
        let said = Said {
            name: &self.name,
            time_zone: &self.time_zone,
            notation: &self.notation,
            source: self.source.as_deref(),
            reviewed_at: self.reviewed_at,
        };
        said.row(act, check, before.slug.clone(), before.version + 1, holidays)
    }
}

fn checked_notation(check: &mut Check, text: &str) -> String {
    match text.parse::<Notation>() {
        Ok(notation) => {
            let printed = notation.to_string();
            if printed.chars().count() > LONGEST {
                check.fail("/notation", "too_long", format_args!("at most {LONGEST} characters"));
            }
            printed
        }
        // The rule is not repeated: the caller has it.
        Err(error) => {
            check.fail(
                "/notation",
                "malformed",
                format_args!("at character {}: {}", error.at, error.detail),
            );
            String::new()
        }
    }
}

fn checked_review(check: &mut Check, at: Option<Moment>, now: Moment) -> Option<Moment> {
    if at.is_some_and(|at| at > now) {
        check.fail("/reviewed_at", "out_of_range", "not in the future");
    }
    at
}

/// The entries in the order of their dates.
fn checked_holidays(check: &mut Check, pointer: &str, list: &[Holiday]) -> Vec<Holiday> {
    if list.len() > holidays::MOST {
        check.fail(pointer, "too_long", format_args!("at most {} entries", holidays::MOST));
        return Vec::new();
    }
    let mut dates: BTreeMap<NaiveDate, Holiday> = BTreeMap::new();
    for (n, holiday) in list.iter().enumerate() {
        for (field, detail) in holiday.misfits() {
            check.fail(format!("{pointer}/{n}/{field}"), "malformed", detail);
        }
        let mut holiday = holiday.clone();
        holiday.label = holiday.label.trim().to_owned();
        if dates.insert(holiday.date, holiday).is_some() {
            check.fail(format!("{pointer}/{n}/date"), "not_allowed", "each date once");
        }
    }
    dates.into_values().collect()
}

text_enum! {
    /// What becomes of the holidays that a calendar has already.
    ImportMode {
        /// Those on dates that are not among the new ones stay.
        Merge = "merge",
        /// They go.
        Replace = "replace",
    }
}

impl ImportMode {
    /// The holidays after these have been taken in.
    pub(super) fn applied(self, before: &[Holiday], given: &[Holiday]) -> Vec<Holiday> {
        let mut after = match self {
            Self::Merge => by_date(before),
            Self::Replace => BTreeMap::new(),
        };
        after.extend(by_date(given));
        after.into_values().cloned().collect()
    }
}

/// Holidays that a calendar is to take in: a file, or a list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportForm {
    /// The text of an iCalendar file with all-day events, repeated ones too. `docs/clocks.md` says what is understood, and how a make-up
    /// day is marked.
    #[schema(max_length = 262144)]
    pub icalendar: Option<String>,
    /// The holidays themselves, instead of a file.
    #[schema(max_items = 4000)]
    pub holidays: Option<Vec<Holiday>>,
    /// What becomes of the holidays that are there; `merge` when left out.
    pub mode: Option<ImportMode>,
    /// Where they come from; left out, what was said before stays.
    #[schema(max_length = 200)]
    pub source: Option<String>,
    /// Only say what would change.
    #[serde(default)]
    pub dry_run: bool,
}

impl ImportForm {
    /// The holidays that were given.
    pub(super) fn holidays(&self, check: &mut Check, today: NaiveDate) -> Vec<Holiday> {
        match (&self.icalendar, &self.holidays) {
            (Some(text), None) => holidays::import(text, today).unwrap_or_else(|error| {
                check.fail("/icalendar", "malformed", error);
                Vec::new()
            }),
            (None, Some(list)) => checked_holidays(check, "/holidays", list),
            (Some(_), Some(_)) => {
                check.fail("/holidays", "not_allowed", "either `icalendar` or `holidays`");
                Vec::new()
            }
            (None, None) => {
                check.fail("/icalendar", "required", "`icalendar` or `holidays`");
                Vec::new()
            }
        }
    }
}

/// A calendar in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarSummary {
    /// Its name in addresses and policies.
    #[schema(example = "standard")]
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Whose wall clock counts (IANA).
    pub time_zone: String,
    /// The opening hours, in the notation of OpenStreetMap's `opening_hours`.
    pub notation: String,
    /// How many public holidays and make-up days it knows.
    pub holidays: usize,
    /// What to see to.
    pub warnings: Vec<CalendarWarning>,
    /// The present version.
    pub version: i32,
}

impl CalendarSummary {
    pub(super) fn of(row: &VersionRow, now: Moment) -> Result<Self> {
        Ok(Self {
            slug: row.slug.clone(),
            name: row.name.clone(),
            time_zone: row.time_zone.clone(),
            notation: row.notation.clone(),
            holidays: row.holidays.0.len(),
            warnings: preview::warnings(row, now)?,
            version: row.version,
        })
    }
}

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarView {
    /// Its name in addresses and policies.
    #[schema(example = "standard")]
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Whose wall clock counts (IANA).
    pub time_zone: String,
    /// The opening hours, in the notation of OpenStreetMap's `opening_hours`.
    pub notation: String,
    /// Public holidays and make-up days, by date.
    pub holidays: Vec<Holiday>,
    /// Where the holidays come from.
    pub source: Option<String>,
    /// When somebody last compared it with that source.
    pub reviewed_at: Option<Moment>,
    /// What to see to.
    pub warnings: Vec<CalendarWarning>,
    /// When this version was made.
    pub created_at: Moment,
    /// Who made this version.
    pub created_by: String,
    /// Counts the versions; the ETag is made of it.
    pub version: i32,
}

impl CalendarView {
    pub(super) fn of(row: VersionRow, now: Moment) -> Result<Self> {
        let warnings = preview::warnings(&row, now)?;
        Ok(Self {
            slug: row.slug,
            name: row.name,
            time_zone: row.time_zone,
            notation: row.notation,
            holidays: row.holidays.0,
            source: row.source,
            reviewed_at: row.reviewed_at,
            warnings,
            created_at: row.created_at,
            created_by: row.created_by,
            version: row.version,
        })
    }
}

/// What an import changed, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportView {
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// The dates that are new.
    pub added: Vec<Holiday>,
    /// The dates that are otherwise than before, as they are now.
    pub changed: Vec<Holiday>,
    /// The dates that are gone.
    pub removed: Vec<Holiday>,
    /// The calendar as it is now, or would be.
    pub calendar: CalendarView,
}

impl ImportView {
    pub(super) fn of(before: &VersionRow, after: VersionRow, dry_run: bool, now: Moment) -> Result<Self> {
        let (was, is) = (by_date(&before.holidays.0), by_date(&after.holidays.0));
        let copied = |list: Vec<&Holiday>| list.into_iter().cloned().collect::<Vec<_>>();
        let added = is.values().filter(|holiday| !was.contains_key(&holiday.date));
        let removed = was.values().filter(|holiday| !is.contains_key(&holiday.date));
        let changed = is
            .values()
            .filter(|holiday| was.get(&holiday.date).is_some_and(|before| before != *holiday));
        Ok(Self {
            dry_run,
            added: copied(added.copied().collect()),
            changed: copied(changed.copied().collect()),
            removed: copied(removed.copied().collect()),
            calendar: CalendarView::of(after, now)?,
        })
    }
}
