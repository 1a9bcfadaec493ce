//! The reports, one file each: which measures, which rows.

pub mod agents;
pub mod ages;
pub mod ahead;
pub mod arrivals;
pub mod backlog;
pub mod breaches;
pub mod call_backs;
pub mod causes;
pub mod dwell;
pub mod first_contact;
pub mod hand_overs;
pub mod on_the_spot;
pub mod queue_ages;
pub mod reopen;
pub mod response_times;
pub mod step_times;
pub mod types;
pub mod volumes;

use serde::Serialize;
use utoipa::ToSchema;

use super::measures::{Dimension, Measure, Time};
use super::query::{self, Ask, Block, By, Label, ReportForm};
use super::rollup::Cell;
use super::table::Row;
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::error::Result;

/// Rows, and those of the whole time.
pub type Built<R> = (Vec<R>, Vec<R>);

/// A kind of report.
pub trait Kind {
    /// Its rows.
    type Row: Row;
    /// What it is called in its address.
    const NAME: &'static str;
    /// What it tells.
    const TELLS: &'static str;
    /// The properties by which it can be told apart.
    const DIMENSIONS: &'static [Dimension];
    /// Whether it has times, and so `time`.
    const HAS_TIMES: bool = false;
    /// Whether it is always told apart by a property.
    const ALWAYS: Option<Dimension> = None;

    /// What it adds up.
    fn measures(ask: &Ask) -> Vec<Measure>;

    /// The rows of one period and value.
    fn rows(ask: &Ask, label: &Label, block: &Block) -> Vec<Self::Row>;

    /// The rows, and those of the whole time.
    ///
    /// # Errors
    /// When the database refuses.
    fn build(conn: &mut Conn, _: &Act, ask: &Ask) -> Result<Built<Self::Row>> {
        let figures = query::figures(conn, ask, &Self::measures(ask))?;
        let rows = |of: &[(Label, Block)]| {
            of.iter()
                .flat_map(|(label, block)| Self::rows(ask, label, block))
                .collect()
        };
        Ok((rows(&figures.rows), rows(&figures.totals)))
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Report<R> {
    /// Its name.
    #[schema(example = "response-times")]
    pub name: String,
    /// The first day.
    pub from: chrono::NaiveDate,
    /// The last day.
    pub to: chrono::NaiveDate,
    /// How long the periods are.
    pub by: By,
    /// By which property it is told apart; `all` is everything together.
    pub dimension: Dimension,
    /// The only value of the property, if one was asked for.
    pub value: Option<String>,
    /// How time is counted; null in a report without times.
    pub time: Option<Time>,
    /// The zone that tells the days (IANA).
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// The periods in the order of time. A report on everything together has a row for each period, others for
    /// those in which there is something.
    pub rows: Vec<R>,
    /// The same of the whole time.
    pub totals: Vec<R>,
}

/// Makes a report.
///
/// # Errors
/// `request.invalid`; when the database refuses.
pub fn report<K: Kind>(conn: &mut Conn, act: &Act, form: &ReportForm) -> Result<Report<K::Row>> {
    let mut ask = form.check(act, K::DIMENSIONS)?;
    if let (Some(always), Dimension::All) = (K::ALWAYS, ask.dimension) {
        ask.dimension = always;
    }
    let (rows, totals) = K::build(conn, act, &ask)?;
    Ok(Report {
        name: K::NAME.to_owned(),
        from: ask.from,
        to: ask.to,
        by: ask.by,
        dimension: ask.dimension,
        value: ask.value,
        time: K::HAS_TIMES.then_some(ask.time),
        time_zone: ask.zone.to_string(),
        rows,
        totals,
    })
}

/// What there is to report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportInfo {
    /// Its name, the last part of its address.
    #[schema(example = "response-times")]
    pub name: String,
    /// What it tells.
    pub tells: String,
    /// The properties by which it can be told apart.
    pub dimensions: Vec<Dimension>,
    /// Whether it has times, by the calendar or in business time.
    pub has_times: bool,
    /// The columns of its rows.
    pub columns: Vec<String>,
}

fn info<K: Kind>() -> ReportInfo {
    ReportInfo {
        name: K::NAME.to_owned(),
        tells: K::TELLS.to_owned(),
        dimensions: K::DIMENSIONS.to_vec(),
        has_times: K::HAS_TIMES,
        columns: K::Row::COLUMNS.iter().map(|column| (*column).to_owned()).collect(),
    }
}

/// Every report.
pub fn all() -> Vec<ReportInfo> {
    vec![
        info::<volumes::Volumes>(),
        info::<response_times::ResponseTimes>(),
        info::<dwell::Dwell>(),
        info::<backlog::Backlog>(),
        info::<ages::Ages>(),
        info::<breaches::Breaches>(),
        info::<types::Types>(),
        info::<on_the_spot::OnTheSpot>(),
        info::<call_backs::CallBacks>(),
        info::<reopen::Reopen>(),
        info::<causes::Causes>(),
        info::<agents::Agents>(),
        info::<arrivals::Arrivals>(),
        info::<ahead::DueAhead>(),
        info::<queue_ages::QueueAges>(),
        info::<first_contact::FirstContact>(),
        info::<step_times::StepTimes>(),
        info::<hand_overs::HandOvers>(),
    ]
}

/// `n` of `of`, 0 to 1; `None` of nothing.
fn share(n: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| n as f64 / of as f64)
}

/// The mean time, seconds.
fn mean(cell: &Cell) -> Option<f64> {
    share(cell.total, cell.n)
}

/// Properties that a complaint and everything about it has.
const OF_COMPLAINTS: &[Dimension] = &[
    Dimension::Channel,
    Dimension::Kind,
    Dimension::CustomerType,
    Dimension::Category,
    Dimension::Severity,
    Dimension::Team,
];

/// Those, and what only a closing has.
const OF_CLOSINGS: &[Dimension] = &[
    Dimension::Channel,
    Dimension::Kind,
    Dimension::CustomerType,
    Dimension::Category,
    Dimension::Severity,
    Dimension::Team,
    Dimension::Decision,
];

/// Those of complaints, and the one of us who did it.
const OF_PEOPLE: &[Dimension] = &[
    Dimension::Channel,
    Dimension::Kind,
    Dimension::CustomerType,
    Dimension::Category,
    Dimension::Severity,
    Dimension::Team,
    Dimension::Agent,
];
