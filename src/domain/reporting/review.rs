//! What a management review looks at (ISO 10002, 8.6), of one period and of the one before it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};

use super::measures::{Dimension, Span, Time};
use super::query::{By, ReportForm};
use super::reports::ages::{Ages, AgesRow};
use super::reports::backlog::{Backlog, BacklogRow};
use super::reports::call_backs::{CallBacks, CallBacksRow};
use super::reports::causes::{Causes, CausesRow};
use super::reports::on_the_spot::{OnTheSpot, OnTheSpotRow};
use super::reports::reopen::{Reopen, ReopenRow};
use super::reports::response_times::{ResponseTimes, ResponseTimesRow};
use super::reports::types::{Types, TypesRow};
use super::reports::volumes::{Volumes, VolumesRow};
use super::reports::{Kind, Report, report};
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::domain::staff::teams;
use crate::error::Result;

/// Periods of this length and more are shown by month, shorter ones by week.
const BY_MONTH: i64 = 190;

/// What is to be reviewed.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReviewForm {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

/// The figures of one period together.
#[derive(Debug, Clone)]
pub struct Whole {
    /// How much there was.
    pub volumes: Option<VolumesRow>,
    /// How long customers waited, as time passes.
    pub calendar: BTreeMap<Span, ResponseTimesRow>,
    /// How long customers waited, while the desk was open.
    pub business: BTreeMap<Span, ResponseTimesRow>,
    /// What became of promises.
    pub call_backs: Option<CallBacksRow>,
    /// What was resolved in the first contact.
    pub on_the_spot: Option<OnTheSpotRow>,
    /// How often complaints were opened again.
    pub reopen: Option<ReopenRow>,
    /// What was open at the end.
    pub backlog: Option<BacklogRow>,
}

/// What a management review looks at.
#[derive(Debug, Clone)]
pub struct Review {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The zone that tells the days.
    pub time_zone: String,
    /// Whether the charts go by week or by month.
    pub by: By,
    /// The period.
    pub now: Whole,
    /// The one before, of the same length.
    pub before: Whole,
    /// What came, went and was open, by week or month.
    pub course: Vec<BacklogRow>,
    /// Times to the first answer and the resolution, by week or month, while the desk was open.
    pub times: Vec<ResponseTimesRow>,
    /// Promises, by week or month.
    pub promises: Vec<CallBacksRow>,
    /// The causes, the commonest first.
    pub causes: Vec<CausesRow>,
    /// The same of the period before.
    pub causes_before: Vec<CausesRow>,
    /// The manner of customers at first and at last.
    pub types: Vec<TypesRow>,
    /// What is open today.
    pub ages: Vec<AgesRow>,
    /// What came in, by property: channel, category, severity, team.
    pub parts: Vec<(Dimension, Vec<VolumesRow>)>,
}

/// Gathers a review; of the last thirty days when nothing is said.
///
/// # Errors
/// `request.invalid`; when the database refuses.
pub fn review(conn: &mut Conn, act: &Act, form: ReviewForm) -> Result<Review> {
    let asked = ReportForm {
        from: form.from,
        to: form.to,
        ..ReportForm::default()
    };
    let ask = asked.check(act, &[])?;
    let days = (ask.to - ask.from).num_days() + 1;
    let mut check = Check::new();
    if days > 400 {
        check.fail("?from", "out_of_range", "at most 400 days at once");
    }
    check.finish(())?;
    let by = if days >= BY_MONTH { By::Month } else { By::Week };
    let form = |from, to, by, dimension, time| ReportForm {
        from: Some(from),
        to: Some(to),
        by: Some(by),
        dimension,
        time: Some(time),
        value: None,
    };
    let of = |dimension| form(ask.from, ask.to, by, dimension, Time::Business);
    let earlier = (ask.from - TimeDelta::days(days), ask.from - TimeDelta::days(1));
    let before = form(earlier.0, earlier.1, By::Month, None, Time::Business);
    let mut parts = Vec::new();
    for dimension in [
        Dimension::Channel,
        Dimension::Category,
        Dimension::Severity,
        Dimension::Team,
    ] {
        let mut rows = report::<Volumes>(conn, act, &of(Some(dimension)))?.totals;
        if dimension == Dimension::Team {
            name_teams(conn, &mut rows)?;
        }
        rows.sort_by_key(|row| -row.received);
        rows.truncate(12);
        parts.push((dimension, rows));
    }
    Ok(Review {
        from: ask.from,
        to: ask.to,
        time_zone: ask.zone.to_string(),
        by,
        now: whole(conn, act, &of(None))?,
        before: whole(conn, act, &before)?,
        course: report::<Backlog>(conn, act, &of(None))?.rows,
        times: report::<ResponseTimes>(conn, act, &of(None))?.rows,
        promises: report::<CallBacks>(conn, act, &of(None))?.rows,
        causes: report::<Causes>(conn, act, &of(None))?.totals,
        causes_before: report::<Causes>(conn, act, &before)?.totals,
        types: report::<Types>(conn, act, &of(None))?.totals,
        ages: report::<Ages>(conn, act, &of(None))?.rows,
        parts,
    })
}

fn whole(conn: &mut Conn, act: &Act, form: &ReportForm) -> Result<Whole> {
    let calendar = ReportForm {
        time: Some(Time::Calendar),
        ..form.clone()
    };
    let by_span = |report: Report<ResponseTimesRow>| report.totals.into_iter().map(|row| (row.span, row)).collect();
    Ok(Whole {
        volumes: total::<Volumes>(conn, act, form)?,
        calendar: by_span(report::<ResponseTimes>(conn, act, &calendar)?),
        business: by_span(report::<ResponseTimes>(conn, act, form)?),
        call_backs: total::<CallBacks>(conn, act, form)?,
        on_the_spot: total::<OnTheSpot>(conn, act, form)?,
        reopen: total::<Reopen>(conn, act, form)?,
        backlog: total::<Backlog>(conn, act, form)?,
    })
}

fn total<K: Kind>(conn: &mut Conn, act: &Act, form: &ReportForm) -> Result<Option<K::Row>> {
    Ok(report::<K>(conn, act, form)?.totals.into_iter().next())
}

/// Shows teams by name.
fn name_teams(conn: &mut Conn, rows: &mut [VolumesRow]) -> Result<()> {
    let names: BTreeMap<String, String> = teams::list(conn, None, 1_000)?
        .into_iter()
        .map(|team| (team.id.to_string(), team.name))
        .collect();
    for row in rows {
        if let Some(name) = row.value.as_ref().and_then(|id| names.get(id)) {
            row.value = Some(name.clone());
        }
    }
    Ok(())
}
