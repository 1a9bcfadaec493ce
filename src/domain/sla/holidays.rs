//! Public holidays: a table of dates, entered as JSON or imported from iCalendar (RFC 5545).
//!
//! What an imported file means:
//!
//! * Each all-day `VEVENT` (`DTSTART;VALUE=DATE`) closes its dates. `DTEND` is the day after the last;
//!   `DURATION` may be in days or weeks; without either it is one day. `SUMMARY` is the label.
//! * An event is a **make-up day** (调休上班: a weekend day that is worked) when one of its `CATEGORIES` is `WORK`,
//!   `WORKDAY`, `上班` or `补班`, or its `SUMMARY` contains `补班` or `上班` (and not `不上班`). It has the hours of the
//!   weekday that `X-WORKS-LIKE` names (`MO` to `SU`), by default of Monday.
//! * Cancelled events (`STATUS:CANCELLED`) and components other than `VEVENT` are left out.
//! * An event that repeats (`RRULE` by days, weeks, months or years, `RDATE`, `EXDATE`) closes its days from the last
//!   year to five years ahead.
//! * Events at times of day, and changes of one day of a repeated event (`RECURRENCE-ID`), are refused. A file that
//!   has one is refused as a whole.

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendar::{Exception, LABEL, Window, of_weekday};
use super::notation;
use crate::text_enum;

mod ics;
mod repeat;
#[cfg(test)]
mod tests;

/// The largest file, bytes.
pub const LARGEST: usize = 512 * 1024;
/// The most dates of one file, and of one calendar.
pub const MOST: usize = 4000;

text_enum! {
    /// A weekday.
    WeekdayName {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl From<WeekdayName> for Weekday {
    fn from(name: WeekdayName) -> Self {
        match name {
            WeekdayName::Monday => Self::Mon,
            WeekdayName::Tuesday => Self::Tue,
            WeekdayName::Wednesday => Self::Wed,
            WeekdayName::Thursday => Self::Thu,
            WeekdayName::Friday => Self::Fri,
            WeekdayName::Saturday => Self::Sat,
            WeekdayName::Sunday => Self::Sun,
        }
    }
}

/// A public holiday, or a day that is worked for one: one date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The date, in the calendar's zone.
    #[schema(example = "2026-10-01")]
    pub date: NaiveDate,
    /// What it is called.
    #[schema(example = "National Day", min_length = 1, max_length = 100)]
    pub label: String,
    /// For a make-up day: the weekday whose hours it has. When that one is closed, the first that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub works_like: Option<WeekdayName>,
    /// For a day with hours of its own: its windows, as in the notation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "09:00-12:00", max_length = 200)]
    pub hours: Option<String>,
}

impl Holiday {
    /// A day that is closed, or has the hours that the notation gives public holidays.
    pub fn closed(date: NaiveDate, label: &str) -> Self {
        Self {
            date,
            label: label.to_owned(),
            works_like: None,
            hours: None,
        }
    }

    /// What does not fit, with the field; nothing when it all fits.
    pub fn misfits(&self) -> Vec<(&'static str, &'static str)> {
        let mut misfits = Vec::new();
        if !(1970..=2199).contains(&chrono::Datelike::year(&self.date)) {
            misfits.push(("date", "a date in the years 1970 to 2199"));
        }
        let label = self.label.trim();
        if label.is_empty() || label.chars().count() > LABEL || label.chars().any(|c| c.is_control() || c == '"') {
            misfits.push((
                "label",
                "1 to 100 characters, without control characters and quotation marks",
            ));
        }
        match &self.hours {
            Some(_) if self.works_like.is_some() => misfits.push(("hours", "either `hours` or `works_like`")),
            Some(text) if notation::windows(text).is_none() => {
                misfits.push(("hours", "windows such as `09:00-12:00,13:30-18:00`"));
            }
            _ => {}
        }
        misfits
    }

    /// What it makes of its date, given the week and the hours of public holidays.
    pub(super) fn exception(&self, week: &[Vec<Window>; 7], public: &[Window]) -> Exception {
        let windows = match (&self.hours, self.works_like) {
            (Some(hours), _) => notation::windows(hours).unwrap_or_default(),
            (None, Some(day)) => match of_weekday(week, day.into()) {
                [] => week.iter().find(|day| !day.is_empty()).cloned().unwrap_or_default(),
                windows => windows.to_vec(),
            },
            (None, None) => public.to_vec(),
        };
        Exception::open(windows, Some(&self.label))
    }
}

/// A file that is refused: which event, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{detail}", self.place())]
pub struct ImportError {
    /// The event, from 1 on; none when the file as a whole is meant.
    pub event: Option<usize>,
    /// What is wrong.
    pub detail: String,
}

impl ImportError {
    fn place(&self) -> String {
        self.event.map_or_else(String::new, |n| format!("event {n}: "))
    }
}

/// The holidays of an iCalendar file, in the order of their dates, each date once; what repeats as seen from `today`.
///
/// # Errors
/// [`ImportError`], with the first event that does not fit.
pub fn import(text: &str, today: NaiveDate) -> Result<Vec<Holiday>, ImportError> {
    ics::import(text, today)
}
