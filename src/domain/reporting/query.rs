//! What a report asks, and the sums that answer it: by period and by one property.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{Datelike as _, Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::frame;
use super::measures::{Dimension, Measure, Time};
use super::rollup::Cell;
use super::store::{self, Wanted};
use super::sums::Day;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::sums::at_one_moment;
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::text_enum;

text_enum! {
    /// How long the periods of a report are.
    By {
        /// Days in the desk's zone.
        Day = "day",
        /// Weeks of ISO 8601, from Monday.
        Week = "week",
        /// Months of the calendar.
        Month = "month",
    }
}

/// How many days a report covers when nothing is said.
const DAYS: i64 = 30;
/// The most days that a report covers.
const MOST_DAYS: i64 = 1_100;

/// What a report is asked, as it was sent.
#[derive(Debug, Clone, Default)]
pub struct ReportForm {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    /// How long the periods are.
    pub by: Option<By>,
    /// By which property.
    pub dimension: Option<Dimension>,
    /// Only this value of the property.
    pub value: Option<String>,
    /// How time is counted.
    pub time: Option<Time>,
}

/// What a report is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// How long the periods are.
    pub by: By,
    /// By which property.
    pub dimension: Dimension,
    /// Only this value of the property.
    pub value: Option<String>,
    /// How time is counted.
    pub time: Time,
    /// The desk's zone, which tells the days.
    pub zone: Tz,
    /// Today, in this zone.
    pub today: NaiveDate,
    /// The moment of asking.
    pub now: Moment,
}

/// The first day that is looked at when only the last is said.
pub fn first_day(to: NaiveDate) -> NaiveDate {
    to - TimeDelta::days(DAYS - 1)
}

impl ReportForm {
    /// Checks what was sent against what the report can tell apart.
    ///
    /// # Errors
    /// `request.invalid`.
    pub fn check(&self, act: &Act, dimensions: &[Dimension]) -> Result<Ask> {
        let mut check = Check::new();
        let zone = frame::zone(&act.policy);
        let today = act.now.with_timezone(&zone).date_naive();
        let to = self
            .to
            .unwrap_or_else(|| self.from.map_or(today, |from| from.max(today)));
        let from = self.from.unwrap_or_else(|| first_day(to));
        if from > to {
            check.fail("?from", "out_of_range", "not after `to`");
        } else if (to - from).num_days() >= MOST_DAYS {
            check.fail(
                "?from",
                "out_of_range",
                format_args!("at most {MOST_DAYS} days at once"),
            );
        }
        for (name, day) in [("?from", from), ("?to", to)] {
            if !(1970..=9999).contains(&day.year()) {
                check.fail(name, "out_of_range", "in the years 1970 to 9999");
            }
        }
        let dimension = self.dimension.unwrap_or(Dimension::All);
        if dimension != Dimension::All && !dimensions.contains(&dimension) {
            let known: Vec<&str> = dimensions.iter().map(|dimension| dimension.as_str()).collect();
            check.fail(
                "?dimension",
                "not_allowed",
                format_args!("this report knows: {}", known.join(", ")),
            );
        }
        if self.value.is_some() && dimension == Dimension::All {
            check.fail("?value", "not_allowed", "only with a `dimension`");
        }
        // No stored text holds a NUL, and PostgreSQL takes none.
        let value = self.value.as_deref().map(|value| value.replace('\0', ""));
        check.finish(Ask {
            from,
            to,
            by: self.by.unwrap_or(By::Day),
            dimension,
            value,
            time: self.time.unwrap_or(Time::Calendar),
            zone,
            today,
            now: act.now,
        })
    }
}

/// A period, and a value of the property.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The first day of the period; it may lie before the report.
    pub starts_on: NaiveDate,
    /// What the period is called.
    pub period: String,
    /// The value; `None` for everything together.
    pub value: Option<String>,
}

/// What came together in a period, by measure.
#[derive(Debug, Clone, Default)]
pub struct Block(BTreeMap<Measure, Cell>);

impl Block {
    /// How many.
    pub fn n(&self, measure: Measure) -> i64 {
        self.0.get(&measure).map_or(0, |cell| cell.n)
    }

    /// Everything about one measure.
    pub fn cell(&self, measure: Measure) -> &Cell {
        static NOTHING: Cell = Cell::new();
        self.0.get(&measure).unwrap_or(&NOTHING)
    }

    /// Adds to one measure.
    fn add(&mut self, measure: Measure, cell: Cell) {
        match self.0.entry(measure) {
            Entry::Vacant(free) => {
                free.insert(cell);
            }
            Entry::Occupied(mut there) => there.get_mut().merge(&cell),
        }
    }

    /// Adds to one measure what is kept elsewhere, too.
    fn add_copy(&mut self, measure: Measure, cell: &Cell) {
        self.0.entry(measure).or_default().merge(cell);
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(Cell::is_empty)
    }
}

/// The sums of a report: by period and value, and of the whole time by value.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// In the order of time; of one time in the order of values.
    pub rows: Vec<(Label, Block)>,
    /// In the order of values.
    pub totals: Vec<(Label, Block)>,
}

/// The first day of the period in which a day lies, and what it is called.
pub fn period_of(by: By, date: NaiveDate) -> (NaiveDate, String) {
    match by {
        By::Day => (date, date.to_string()),
        By::Week => {
            let week = date.iso_week();
            let days = u64::from(date.weekday().num_days_from_monday());
            let monday = date.checked_sub_days(Days::new(days)).unwrap_or(date);
            (monday, format!("{:04}-W{:02}", week.year(), week.week()))
        }
        By::Month => (
            date.with_day(1).unwrap_or(date),
            format!("{:04}-{:02}", date.year(), date.month()),
        ),
    }
}

impl Ask {
    /// Every day of the report.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let to = self.to;
        self.from.iter_days().take_while(move |day| *day <= to)
    }

    /// The label of the whole time.
    pub fn whole(&self, value: Option<String>) -> Label {
        Label {
            starts_on: self.from,
            period: format!("{}/{}", self.from, self.to),
            value,
        }
    }

    /// The value as it is shown.
    fn shown(&self, value: &str) -> Option<String> {
        (self.dimension != Dimension::All).then(|| value.to_owned())
    }
}

/// The sums of these measures. A report on everything together has a row for each period, others for those in
/// which there is something.
///
/// # Errors
/// When the database refuses.
pub fn figures(conn: &mut Conn, ask: &Ask, measures: &[Measure]) -> Result<Figures> {
    Ok(arrange(ask, between(conn, ask, measures, frame::day_of(ask.from))?))
}

/// Sums of days, by period.
pub fn arrange(ask: &Ask, found: Vec<(Day, String, Measure, Cell)>) -> Figures {
    let mut rows: BTreeMap<(NaiveDate, String), (String, Block)> = BTreeMap::new();
    let mut totals: BTreeMap<String, Block> = BTreeMap::new();
    let one_series = ask.dimension == Dimension::All || ask.value.is_some();
    if one_series {
        let value = ask.value.clone().unwrap_or_default();
        totals.entry(value.clone()).or_default();
        for day in ask.days() {
            let (starts_on, period) = period_of(ask.by, day);
            rows.entry((starts_on, value.clone()))
                .or_insert_with(|| (period, Block::default()));
        }
    }
    for (day, value, measure, cell) in found {
        let (starts_on, period) = period_of(ask.by, frame::date_of(day));
        totals.entry(value.clone()).or_default().add_copy(measure, &cell);
        rows.entry((starts_on, value))
            .or_insert_with(|| (period, Block::default()))
            .1
            .add(measure, cell);
    }
    let label = |starts_on, period, value: &str| Label {
        starts_on,
        period,
        value: ask.shown(value),
    };
    Figures {
        rows: rows
            .into_iter()
            .map(|((starts_on, value), (period, block))| (label(starts_on, period, &value), block))
            .collect(),
        totals: totals
            .into_iter()
            .map(|(value, block)| (ask.whole(ask.shown(&value)), block))
            .collect(),
    }
}

/// The sums of these measures from `first` to the end of the report, day by day.
///
/// # Errors
/// When the database refuses.
pub fn between(
    conn: &mut Conn,
    ask: &Ask,
    measures: &[Measure],
    first: Day,
) -> Result<Vec<(Day, String, Measure, Cell)>> {
    let wanted = Wanted {
        dimension: ask.dimension,
        measures: measures.to_vec(),
        from: first,
        to: frame::day_of(ask.to),
        value: ask.value.clone(),
    };
    let found = at_one_moment(conn, |conn| store::sums(conn, std::slice::from_ref(&wanted)))?;
    Ok(found
        .into_iter()
        .flatten()
        .map(|(key, cell)| (key.day, key.value, key.measure, cell))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_where_the_calendar_says() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let of = |by, text: &str| period_of(by, day(text));
        assert_eq!(of(By::Day, "2026-11-23"), (day("2026-11-23"), "2026-11-23".to_owned()));
        assert_eq!(of(By::Week, "2026-11-29"), (day("2026-11-23"), "2026-W48".to_owned()));
        // The first days of 2027 belong to the last week of 2026, and the year 2026 has 53 weeks.
        assert_eq!(of(By::Week, "2027-01-03"), (day("2026-12-28"), "2026-W53".to_owned()));
        assert_eq!(of(By::Month, "2028-02-29"), (day("2028-02-01"), "2028-02".to_owned()));
    }
}
