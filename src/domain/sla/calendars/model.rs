//! The rows of stored calendars.

use diesel::prelude::*;

use crate::clock::Moment;
use crate::db::schema::{calendar_versions, calendars};
use crate::db::types::Json;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::holidays::Holiday;
use crate::domain::sla::notation::Notation;
use crate::error::{Error, Result};

/// A calendar: its name here, and which version is the present one.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendars)]
pub struct CalendarRow {
    /// Its name in addresses and policies.
    pub slug: String,
    /// The present version.
    pub version: i32,
    /// When it was made.
    pub created_at: Moment,
    /// When the present version was made.
    pub updated_at: Moment,
}

/// A version of a calendar; never changed.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_versions, treat_none_as_default_value = false)]
pub struct VersionRow {
    /// Of which calendar.
    pub slug: String,
    /// Counts the versions.
    pub version: i32,
    /// What people call the calendar.
    pub name: String,
    /// Whose wall clock counts (IANA).
    pub time_zone: String,
    /// The hours, as [`Notation`] prints them.
    pub notation: String,
    /// The public holidays and make-up days, by date.
    pub holidays: Json<Vec<Holiday>>,
    /// Where the holidays come from.
    pub source: Option<String>,
    /// When somebody last compared it with that source.
    pub reviewed_at: Option<Moment>,
    /// When.
    pub created_at: Moment,
    /// Who made this version.
    pub created_by: String,
}

impl VersionRow {
    /// The notation.
    ///
    /// # Errors
    /// When it is not what was checked before it was stored.
    pub fn notation(&self) -> Result<Notation> {
        self.notation.parse::<Notation>().map_err(|error| self.broken(&error))
    }

    /// The calendar that it stands for.
    ///
    /// # Errors
    /// As [`VersionRow::notation`].
    pub fn calendar(&self) -> Result<Calendar> {
        let zone = self
            .time_zone
            .parse::<chrono_tz::Tz>()
            .map_err(|error| self.broken(&error))?;
        self.notation()?
            .calendar(zone, &self.holidays.0)
            .map_err(|error| self.broken(&error))
    }

    fn broken(&self, error: &dyn std::fmt::Display) -> Error {
        Error::internal(format!("calendar {} version {}: {error}", self.slug, self.version))
    }
}
