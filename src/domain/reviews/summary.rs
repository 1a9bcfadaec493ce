//! How reviews come out over time: by person, by team and by criterion, with how many there are and an interval. Nobody is
//! ranked: people stand in the order of their handles, and of few reviews only the number is told.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::ReviewRow;
use super::store::{self, Reach};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::intervals;
use crate::domain::reporting::frame;
use crate::domain::reporting::query::{self, By, ReportForm};
use crate::domain::staff::{Act, teams};
use crate::error::{Error, Result};
use crate::ids::TeamId;
use crate::text_enum;

/// Of fewer reviews no mean is told.
pub const FEW: usize = 5;
/// The most reviews that one summary looks at.
const MOST: i64 = 50_000;

text_enum! {
    /// Of what a line of the summary is.
    SummaryOf {
        /// Everything together.
        All = "all",
        /// A team, by its id.
        Team = "team",
        /// A person, by handle.
        Agent = "agent",
        /// A criterion, by its slug.
        Criterion = "criterion",
    }
}

/// How reviews came out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SummaryRow {
    /// What the period is called.
    #[schema(example = "2026-W48")]
    pub period: String,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Of what.
    pub of: SummaryOf,
    /// Of which one; null of everything together, and of those who are in no team.
    pub value: Option<String>,
    /// What it is called, where that is something else: of teams.
    pub name: Option<String>,
    /// How many reviews.
    pub n: i64,
    /// The mean score, 1 to 5; null of fewer than five.
    pub mean: Option<f64>,
    /// With 95 % not less than this (Student's t).
    pub lower: Option<f64>,
    /// And not more than this.
    pub upper: Option<f64>,
}

/// How reviews came out over time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SummaryView {
    /// The first day of the calls.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// How long the periods are.
    pub by: By,
    /// The periods in the order of time.
    pub rows: Vec<SummaryRow>,
    /// The same of the whole time.
    pub totals: Vec<SummaryRow>,
}

/// How the reviews came out of calls of these days that the actor leads the reviews of; of one team or of all of theirs.
///
/// # Errors
/// `request.invalid`.
pub fn summary(conn: &mut Conn, act: &Act, form: &ReportForm, team: Option<TeamId>) -> Result<SummaryView> {
    let ask = form.check(act, &[])?;
    let start = |day: NaiveDate| frame::start_of(ask.zone, day);
    let stretch = (start(ask.from), start(ask.to.succ_opt().unwrap_or(ask.to)));
    let rows = store::reviewed(conn, &Reach::of(act), team, stretch, MOST + 1)?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > MOST {
        return Err(Error::invalid(vec![crate::error::FieldError {
            pointer: "?from".to_owned(),
            code: "out_of_range".to_owned(),
            detail: format!("more than {MOST} reviews; ask of fewer days"),
        }]));
    }
    let wanted: Vec<TeamId> = rows.iter().filter_map(|row| row.team_id).collect();
    let names = teams::names(conn, &wanted)?;
    let day = |at: Moment| at.with_timezone(&ask.zone).date_naive();
    let mut periods: BTreeMap<(NaiveDate, String), Scores> = BTreeMap::new();
    let mut whole = Scores::new();
    for row in &rows {
        gather(
            row,
            periods.entry(query::period_of(ask.by, day(row.spoken_at))).or_default(),
        );
        gather(row, &mut whole);
    }
    let lines = |(starts_on, period): (NaiveDate, String), scores: Scores| -> Vec<SummaryRow> {
        scores
            .into_iter()
            .map(|((of, value), scores)| line((starts_on, &period), of, value, &scores, &names))
            .collect()
    };
    let label = ask.whole(None);
    Ok(SummaryView {
        from: ask.from,
        to: ask.to,
        by: ask.by,
        rows: periods
            .into_iter()
            .flat_map(|(period, scores)| lines(period, scores))
            .collect(),
        totals: lines((label.starts_on, label.period), whole),
    })
}

type Scores = BTreeMap<(SummaryOf, Option<String>), Vec<f64>>;

fn gather(row: &ReviewRow, into: &mut Scores) {
    let mut add = |of, value: Option<String>, score: f64| into.entry((of, value)).or_default().push(score);
    if let Some(score) = row.score {
        let score = f64::from(score) / 100.0;
        add(SummaryOf::All, None, score);
        add(SummaryOf::Team, row.team_id.map(|team| team.to_string()), score);
        add(SummaryOf::Agent, Some(row.agent.clone()), score);
    }
    for one in row.scores.iter().flat_map(|scores| &scores.0) {
        if let Some(score) = one.score {
            add(SummaryOf::Criterion, Some(one.criterion.clone()), f64::from(score));
        }
    }
}

fn line(
    (starts_on, period): (NaiveDate, &str),
    of: SummaryOf,
    value: Option<String>,
    scores: &[f64],
    names: &BTreeMap<TeamId, String>,
) -> SummaryRow {
    let enough = scores.len() >= FEW;
    let mean = intervals::of_mean(scores).filter(|_| enough);
    let limits = mean.and_then(|mean| mean.limits);
    let name = names
        .iter()
        .find(|(id, _)| of == SummaryOf::Team && value.as_deref() == Some(id.to_string().as_str()))
        .map(|(_, name)| name.clone());
    SummaryRow {
        period: period.to_owned(),
        starts_on,
        of,
        value,
        name,
        n: i64::try_from(scores.len()).unwrap_or(i64::MAX),
        mean: mean.map(|mean| mean.mean),
        // Scores end at 1 and 5, whatever the interval says.
        lower: limits.map(|(lower, _)| lower.max(1.0)),
        upper: limits.map(|(_, upper)| upper.min(5.0)),
    }
}
