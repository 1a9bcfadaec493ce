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
//! * Events at times of day and repeated events (`RRULE`, `RDATE`) are refused: holidays move from year to year,
//!   and a make-up day is announced for one. A file that has one is refused as a whole.

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendar::{Exception, LABEL, Window, of_weekday};
use super::notation;
use crate::text_enum;

mod ics;

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

/// The holidays of an iCalendar file, in the order of their dates, each date once.
///
/// # Errors
/// [`ImportError`], with the first event that does not fit.
pub fn import(text: &str) -> Result<Vec<Holiday>, ImportError> {
    ics::import(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(events: &[&str]) -> String {
        let events: String = events
            .iter()
            .map(|event| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", event.replace('\n', "\r\n")))
            .collect();
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{events}END:VCALENDAR\r\n")
    }

    fn day(date: &str, label: &str) -> Holiday {
        Holiday::closed(date.parse().unwrap(), label)
    }

    #[test]
    fn whole_days_are_taken_over_several_days_folded_and_escaped() {
        let found = import(&file(&[
            "UID:1\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261004\nSUMMARY:国\n 庆节",
            "DTSTART;VALUE=DATE:20260101\nSUMMARY:New Year\\, the first\\; of all",
            "DTSTART:20260501\nDURATION:P2D\nSUMMARY;LANGUAGE=en:Labour Day",
            "DTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20260601\nSUMMARY:One day\nSTATUS:CONFIRMED",
            "DTSTART;VALUE=DATE:20260701\nSUMMARY:Not this year\nSTATUS:CANCELLED",
        ]))
        .unwrap();
        assert_eq!(
            found,
            [
                day("2026-01-01", "New Year, the first; of all"),
                day("2026-05-01", "Labour Day"),
                day("2026-05-02", "Labour Day"),
                day("2026-06-01", "One day"),
                day("2026-10-01", "国庆节"),
                day("2026-10-02", "国庆节"),
                day("2026-10-03", "国庆节"),
            ]
        );
    }

    #[test]
    fn make_up_days_are_known_by_their_mark() {
        let found = import(&file(&[
            "DTSTART;VALUE=DATE:20260920\nSUMMARY:国庆节 补班",
            "DTSTART;VALUE=DATE:20261010\nSUMMARY:Make-up day\nCATEGORIES:Office,WORK\nX-WORKS-LIKE:FR",
            "DTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节（不上班）",
        ]))
        .unwrap();
        let likes: Vec<_> = found.iter().map(|holiday| holiday.works_like).collect();
        assert_eq!(likes, [Some(WeekdayName::Monday), None, Some(WeekdayName::Friday)]);
        let notation: notation::Notation = "Mo-Th 09:00-18:00; Fr 09:00-16:00".parse().unwrap();
        let calendar = notation.calendar(chrono_tz::Asia::Shanghai, &found).unwrap();
        let hours = |date: &str| notation::hours(calendar.windows_on(date.parse().unwrap()));
        assert_eq!(hours("2026-09-20"), "09:00-18:00");
        assert_eq!(hours("2026-10-10"), "09:00-16:00");
        assert_eq!(hours("2026-10-01"), "off");
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_event() {
        let good = "DTSTART;VALUE=DATE:20260101\nSUMMARY:New Year";
        for (event, part) in [
            ("SUMMARY:No date", "DTSTART"),
            ("DTSTART:20260101T090000Z\nSUMMARY:Meeting", "whole days"),
            ("DTSTART;VALUE=DATE:20260230\nSUMMARY:Never", "no date"),
            (
                "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20251231\nSUMMARY:Back",
                "before it begins",
            ),
            (
                "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101\nSUMMARY:Long",
                "62 days",
            ),
            ("DTSTART;VALUE=DATE:20260101\nDURATION:PT3H\nSUMMARY:Short", "DURATION"),
            (
                "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY\nSUMMARY:Every year",
                "RRULE",
            ),
            ("DTSTART;VALUE=DATE:20260101", "SUMMARY"),
            ("DTSTART;VALUE=DATE:19260101\nSUMMARY:Long ago", "1970"),
            ("DTSTART;VALUE=DATE:20260101\nSUMMARY:补班", "both closed and worked"),
            (
                "DTSTART;VALUE=DATE:20260110\nSUMMARY:补班\nX-WORKS-LIKE:Monday",
                "X-WORKS-LIKE",
            ),
        ] {
            let error = import(&file(&[good, event])).unwrap_err();
            assert_eq!(error.event, Some(2), "{event}: {error}");
            assert!(error.detail.contains(part), "{event}: {error}");
        }
        for (text, part) in [
            (String::new(), "no calendar"),
            ("BEGIN:VEVENT\r\nEND:VEVENT\r\n".to_owned(), "no calendar"),
            ("<html>".to_owned(), "no calendar"),
            (file(&[]), "no event"),
            (file(&[good]).replace("END:VCALENDAR\r\n", ""), "cannot be read"),
            ("x".repeat(LARGEST + 1), "bytes"),
            (format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:A\r\n".repeat(10_000)), "nested"),
        ] {
            let error = import(&text).unwrap_err();
            assert_eq!(error.event, None);
            assert!(error.detail.contains(part), "{error}");
        }
    }

    #[test]
    fn two_names_of_one_day_are_both_kept() {
        let found = import(&file(&[
            "DTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节",
            "DTSTART;VALUE=DATE:20261001\nSUMMARY:中秋节",
            "DTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节",
        ]))
        .unwrap();
        assert_eq!(found, [day("2026-10-01", "国庆节 / 中秋节")]);
    }

    #[test]
    fn a_make_up_day_like_a_closed_weekday_takes_the_first_that_is_open() {
        let holiday = Holiday {
            works_like: Some(WeekdayName::Monday),
            ..day("2026-10-10", "调休")
        };
        let notation: notation::Notation = "Tu-Sa 10:00-19:00".parse().unwrap();
        let calendar = notation.calendar(chrono_tz::Asia::Shanghai, &[holiday]).unwrap();
        assert_eq!(
            notation::hours(calendar.windows_on("2026-10-10".parse().unwrap())),
            "10:00-19:00"
        );
    }

    #[test]
    fn an_entry_is_checked() {
        let entry = |hours: Option<&str>, works_like, label: &str, date: &str| Holiday {
            hours: hours.map(str::to_owned),
            works_like,
            ..day(date, label)
        };
        let fields = |holiday: &Holiday| holiday.misfits().iter().map(|(field, _)| *field).collect::<Vec<_>>();
        assert_eq!(
            fields(&entry(Some("09:00-12:00,13:00-14:00"), None, "a", "2026-12-24")),
            [""; 0]
        );
        assert_eq!(
            fields(&entry(Some("off"), None, " ", "1969-12-24")),
            ["date", "label", "hours"]
        );
        assert_eq!(
            fields(&entry(Some("09:00-12:00; Tu off"), None, "a", "2026-12-24")),
            ["hours"]
        );
        assert_eq!(
            fields(&entry(
                Some("09:00-12:00"),
                Some(WeekdayName::Monday),
                "a",
                "2026-12-24"
            )),
            ["hours"]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        #[test]
        fn any_file_is_read_or_refused(
            lines in prop::collection::vec(prop_oneof![
                Just("BEGIN:VCALENDAR"), Just("END:VCALENDAR"), Just("BEGIN:VEVENT"), Just("END:VEVENT"), Just("BEGIN:"),
                Just("DTSTART;VALUE=DATE:20260101"), Just("DTSTART;VALUE=DATE:"), Just("SUMMARY:国庆"), Just(" folded"), Just(""),
                Just("DTEND;VALUE=\"DATE:20269999"), Just(":"), Just("DURATION:P99999999999D"), Just("DURATION:P"), Just("\u{feff}"),
                Just("CATEGORIES:,,"), Just("SUMMARY;X=\":\\"), Just("END:"), Just("\u{0}"),
            ], 0..14),
            end in prop_oneof![Just("\r\n"), Just("\n"), Just("\r")],
        ) {
            let _ = import(&lines.join(end));
        }
    }
}
