//! What those who keep the desk running look at: the reports of a period beside the one before, what is late and what
//! will be, when complaints come in, and the cases behind each figure.

pub mod ahead;
pub mod cases;
pub(super) mod store;

use chrono::{Datelike as _, NaiveDate, TimeDelta, TimeZone as _, Timelike as _};
use chrono_tz::Tz;

use self::ahead::Ahead;
use super::frame;
use super::measures::{Dimension, Measure, Span, Time};
use super::query::{self, Ask, By, ReportForm};
use super::reports::ages::{Ages, AgesRow};
use super::reports::backlog::{Backlog, BacklogRow};
use super::reports::breaches::{Breaches, BreachesRow};
use super::reports::call_backs::{CallBacks, CallBacksRow};
use super::reports::on_the_spot::{OnTheSpot, OnTheSpotRow};
use super::reports::response_times::{ResponseTimes, ResponseTimesRow};
use super::reports::types::{Types, TypesRow};
use super::reports::{Kind, report};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::complaints::vocabulary::{Channel, Kind as Subject, Level};
use crate::domain::customers::Tier;
use crate::domain::sla::deadline::Unit;
use crate::domain::sla::policies::book;
use crate::domain::sla::policies::model::{Facts, Family, MetricKind};
use crate::domain::staff::Act;
use crate::domain::typing::CustomerType;
use crate::error::Result;

/// The properties by which the figures can be narrowed down, one at a time.
pub const DIMENSIONS: &[Dimension] = &[
    Dimension::Team,
    Dimension::Channel,
    Dimension::CustomerType,
    Dimension::Severity,
    Dimension::Kind,
    Dimension::Category,
];

/// The most days that are looked at.
const MOST_DAYS: i64 = 400;
/// Periods of more days are shown by week.
const BY_WEEK: i64 = 45;
/// Periods of more days are shown by month.
const BY_MONTH: i64 = 190;

/// What is looked at.
#[derive(Debug, Clone, Default)]
pub struct OperationsForm {
    /// The first day, in the desk's zone; 29 days before the last when left out.
    pub from: Option<NaiveDate>,
    /// The last day; today when left out.
    pub to: Option<NaiveDate>,
    /// How many days up to the last; counts only without `from`.
    pub days: Option<i64>,
    /// By which property it is narrowed down.
    pub dimension: Option<Dimension>,
    /// To which value of it.
    pub value: Option<String>,
    /// Which time from the receipt on.
    pub span: Option<Span>,
    /// How time is counted.
    pub time: Option<Time>,
    /// In which zone hours are shown; the desk's when left out.
    pub zone: Option<Tz>,
}

/// A report as far as this page needs it.
#[derive(Debug, Clone, Default)]
pub struct Course<R> {
    /// The periods in the order of time.
    pub rows: Vec<R>,
    /// The whole time.
    pub whole: Vec<R>,
    /// The time before, of the same length.
    pub before: Vec<R>,
}

/// What the desk aims at: a share of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objective {
    /// How it is counted.
    pub time: Time,
    /// How long it may take, seconds.
    pub seconds: i64,
}

/// How many came in at which hour of which day of the week, from Monday on.
pub type Hours = [[i64; 24]; 7];

/// Everything on the page.
#[derive(Debug, Clone)]
pub struct Operations {
    /// What was asked: the days, the property.
    pub ask: Ask,
    /// The first and the last day of the time before.
    pub earlier: (NaiveDate, NaiveDate),
    /// In which zone hours are shown.
    pub zone: Tz,
    /// Which time from the receipt on.
    pub span: Span,
    /// What it may take by the policy that applies to an ordinary complaint, if time is counted as there.
    pub objective: Option<Objective>,
    /// How long customers waited.
    pub times: Course<ResponseTimesRow>,
    /// What came, went and was open; nothing by a property that changes while a case goes on.
    pub backlog: Option<Course<BacklogRow>>,
    /// How old what is open now is.
    pub ages: Vec<AgesRow>,
    /// What became of promises.
    pub promises: Course<CallBacksRow>,
    /// Deadlines that passed.
    pub breaches: Course<BreachesRow>,
    /// What was resolved in the first contact.
    pub spot: Course<OnTheSpotRow>,
    /// The manner of customers at first and at the closing; nothing by that manner itself.
    pub types: Option<Vec<TypesRow>>,
    /// How many complaints have something past due now.
    pub late: i64,
    /// What comes due in the next hours.
    pub ahead: Vec<Ahead>,
    /// When complaints came in.
    pub hours: Hours,
}

impl OperationsForm {
    /// Checks what was asked.
    ///
    /// # Errors
    /// `request.invalid`.
    pub fn check(&self, act: &Act) -> Result<Ask> {
        let mut ask = self.report(None).check(act, DIMENSIONS)?;
        let mut check = Check::new();
        let (field, days) = match (self.from, self.days) {
            (None, Some(days)) => ("?days", days),
            _ => ("?from", (ask.to - ask.from).num_days() + 1),
        };
        match days {
            1..=MOST_DAYS => ask.from = ask.to - TimeDelta::days(days - 1),
            _ => check.fail(field, "out_of_range", format_args!("1 to {MOST_DAYS} days at once")),
        }
        if ask.dimension == Dimension::Team
            && ask
                .value
                .as_deref()
                .is_none_or(|value| value.parse::<uuid::Uuid>().is_err())
        {
            check.fail("?value", "malformed", "the id of a team");
        } else if ask.dimension != Dimension::All && ask.value.is_none() {
            check.fail("?value", "required", "a value of the property");
        }
        ask.by = by(days);
        check.finish(ask)
    }

    fn report(&self, by: Option<By>) -> ReportForm {
        ReportForm {
            from: self.from,
            to: self.to,
            by,
            dimension: self.dimension,
            value: self.value.clone(),
            time: self.time,
        }
    }
}

/// How long the periods of so many days are.
fn by(days: i64) -> By {
    if days > BY_MONTH {
        By::Month
    } else if days > BY_WEEK {
        By::Week
    } else {
        By::Day
    }
}

/// What the policy in force allows an ordinary complaint for this.
///
/// # Errors
/// When the database refuses.
pub fn objective(conn: &mut Conn, now: Moment, span: Span) -> Result<Option<Objective>> {
    let Some(book) = book::current(conn)? else {
        return Ok(None);
    };
    let kind = match span {
        Span::Acknowledgement => MetricKind::Acknowledge,
        Span::FirstResponse => MetricKind::FirstResponse,
        Span::Resolution => MetricKind::Resolve,
    };
    let facts = Facts {
        kind: Subject::Complaint,
        category: "other".to_owned(),
        channel: Channel::Phone,
        severity: Level::Medium,
        customer_type: CustomerType::NotClear,
        tier: Tier::Individual,
        segment: None,
        grade: None,
    };
    for slug in book.applying(&facts, now, now) {
        let Some(policy) = book.in_force(&slug, now) else {
            continue;
        };
        let body = &policy.content;
        let metric = body
            .metrics
            .iter()
            .find(|metric| metric.kind == kind && body.family == Family::Service);
        let Some(target) = metric.and_then(|metric| metric.target).filter(|t| !t.from_next_day) else {
            continue;
        };
        let amount = i64::from(target.amount);
        let (time, seconds) = match target.unit {
            Unit::BusinessMinutes => (Time::Business, amount * 60),
            // A business day has no length of its own.
            Unit::BusinessDays => continue,
            Unit::CalendarDays => (Time::Calendar, amount * 86_400),
            Unit::CalendarWeeks => (Time::Calendar, amount * 604_800),
        };
        return Ok(Some(Objective { time, seconds }));
    }
    Ok(None)
}

/// Gathers everything.
///
/// # Errors
/// `request.invalid`; when the database refuses.
pub fn operations(conn: &mut Conn, act: &Act, form: &OperationsForm) -> Result<Operations> {
    let mut ask = form.check(act)?;
    let span = form.span.unwrap_or(Span::FirstResponse);
    let objective = objective(conn, act.now, span)?;
    ask.time = form
        .time
        .or(objective.map(|objective| objective.time))
        .unwrap_or(Time::Business);
    let days = (ask.to - ask.from).num_days() + 1;
    let earlier = (ask.from - TimeDelta::days(days), ask.from - TimeDelta::days(1));
    let of = |(from, to): (NaiveDate, NaiveDate)| ReportForm {
        from: Some(from),
        to: Some(to),
        by: Some(ask.by),
        dimension: Some(ask.dimension),
        value: ask.value.clone(),
        time: Some(ask.time),
    };
    let (now, before) = (of((ask.from, ask.to)), of(earlier));
    let zone = form.zone.unwrap_or(ask.zone);
    let is_backlog = Backlog::DIMENSIONS.contains(&ask.dimension) || ask.dimension == Dimension::All;
    let is_types = Types::DIMENSIONS.contains(&ask.dimension) || ask.dimension == Dimension::All;
    Ok(Operations {
        earlier,
        zone,
        span,
        objective: objective.filter(|objective| objective.time == ask.time),
        times: course::<ResponseTimes>(conn, act, &now, &before)?,
        backlog: match is_backlog {
            true => Some(course::<Backlog>(conn, act, &now, &before)?),
            false => None,
        },
        ages: report::<Ages>(conn, act, &now)?.rows,
        promises: course::<CallBacks>(conn, act, &now, &before)?,
        breaches: course::<Breaches>(conn, act, &now, &before)?,
        spot: course::<OnTheSpot>(conn, act, &now, &before)?,
        types: match is_types {
            true => Some(report::<Types>(conn, act, &now)?.totals),
            false => None,
        },
        late: store::count_late(conn, &ask, act.now)?,
        ahead: ahead::ahead(conn, &ask)?,
        hours: hours(conn, &ask, zone)?,
        ask,
    })
}

fn course<K: Kind>(conn: &mut Conn, act: &Act, now: &ReportForm, before: &ReportForm) -> Result<Course<K::Row>> {
    let present = report::<K>(conn, act, now)?;
    Ok(Course {
        rows: present.rows,
        whole: present.totals,
        before: report::<K>(conn, act, before)?.totals,
    })
}

/// At which hour of which day of the week complaints came in.
///
/// # Errors
/// When the database refuses.
pub fn hours(conn: &mut Conn, ask: &Ask, zone: Tz) -> Result<Hours> {
    let mut hours: Hours = [[0; 24]; 7];
    for (_, (day, hour), came) in arrivals(conn, ask, zone)? {
        if let Some(n) = hours.get_mut(day).and_then(|day| day.get_mut(hour)) {
            *n += came;
        }
    }
    Ok(hours)
}

/// A value, a day of the week with an hour, and how many came in then.
pub(super) type Arrived = (String, (usize, usize), i64);

/// How many complaints came in, by value of the property, day of the week from Monday on, and hour. In the desk's zone
/// the sums of the reports tell; in another one each complaint is looked at, and one value at most is told apart.
///
/// # Errors
/// When the database refuses.
pub(super) fn arrivals(conn: &mut Conn, ask: &Ask, zone: Tz) -> Result<Vec<Arrived>> {
    if zone != ask.zone {
        let found = store::received(conn, ask, between(ask))?;
        return Ok(found
            .into_iter()
            .map(|at| (ask.value.clone().unwrap_or_default(), hour_of(at, zone), 1))
            .collect());
    }
    let days = query::between(conn, ask, &[Measure::Received], frame::day_of(ask.from))?;
    let mut found = Vec::new();
    for (day, value, _, cell) in days {
        let weekday = frame::date_of(day).weekday().num_days_from_monday();
        let weekday = usize::try_from(weekday).unwrap_or_default();
        for (hour, n) in cell.histogram.each() {
            found.push((value.clone(), (weekday, usize::try_from(hour).unwrap_or_default()), n));
        }
    }
    Ok(found)
}

/// The day of the week, from Monday on, and the hour.
pub(super) fn hour_of(at: Moment, zone: Tz) -> (usize, usize) {
    let local = at.with_timezone(&zone);
    let day = local.weekday().num_days_from_monday();
    (
        usize::try_from(day).unwrap_or_default(),
        usize::try_from(local.hour()).unwrap_or_default(),
    )
}

/// The moments at which the first day begins and the last one ends.
fn between(ask: &Ask) -> (Moment, Moment) {
    (
        begins(ask.zone, ask.from),
        begins(ask.zone, ask.to + TimeDelta::days(1)),
    )
}

/// The moment at which a day begins.
fn begins(zone: Tz, day: NaiveDate) -> Moment {
    // Where midnight is skipped, the day begins later.
    let first = (0..4).find_map(|hour| {
        let local = day.and_hms_opt(hour, 0, 0)?;
        zone.from_local_datetime(&local).earliest()
    });
    first
        .and_then(|at| Moment::try_from(at.to_utc()).ok())
        .unwrap_or(Moment::EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_the_zone() {
        let at: Moment = "2026-11-22T23:30:00Z".parse().unwrap();
        assert_eq!(hour_of(at, Tz::UTC), (6, 23));
        assert_eq!(hour_of(at, Tz::Asia__Shanghai), (0, 7));
        assert_eq!(hour_of(at, Tz::Asia__Kolkata), (0, 5));
    }

    #[test]
    fn a_day_begins_at_its_first_moment() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let at = |text: &str| text.parse::<Moment>().unwrap();
        assert_eq!(
            begins(Tz::Asia__Shanghai, day("2026-11-23")),
            at("2026-11-22T16:00:00Z")
        );
        // The clocks of Beirut went from 00:00 to 01:00 that night.
        assert_eq!(begins(Tz::Asia__Beirut, day("2026-03-29")), at("2026-03-28T22:00:00Z"));
    }

    #[test]
    fn longer_times_have_longer_periods() {
        assert_eq!(
            [30, 45, 46, 190, 191].map(by),
            [By::Day, By::Day, By::Week, By::Week, By::Month]
        );
    }
}
