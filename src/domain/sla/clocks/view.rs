//! Clocks as they are shown: every deadline says why.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::row::{ClockRow, SignalRow};
use super::signals::SignalKind;
use super::walk::ClockState;
use super::{pauses, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::history;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::deadline::{self, Pause, Target};
use crate::domain::sla::explain::{Language, explain};
use crate::domain::sla::policies::book::{self, Book};
use crate::domain::sla::policies::model::{Metric, MetricKind, Words};
use crate::domain::sla::working::Working;
use crate::error::Result;
use crate::ids::{CallBackId, ClockId, ComplaintId};

/// A signal that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignalView {
    /// A warning, the breach, or a level of the chain.
    pub kind: SignalKind,
    /// Which one of its kind, from 1.
    pub level: i32,
    /// When it was to be given.
    pub due_at: Moment,
    /// When it was.
    pub fired_at: Moment,
}

impl From<SignalRow> for SignalView {
    fn from(row: SignalRow) -> Self {
        Self {
            kind: row.kind,
            level: row.level,
            due_at: row.due_at,
            fired_at: row.fired_at,
        }
    }
}

/// An account in both languages of the desk, as long as it needs to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Told {
    /// In English.
    pub en: String,
    /// In Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

/// Why something is due when it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Why {
    /// How much time there is.
    pub target: Target,
    /// The windows that were used, the days that were skipped, the pauses with their causes.
    pub working: Working,
    /// The same in words.
    pub words: Told,
}

/// A clock of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockView {
    /// Its name here.
    pub id: ClockId,
    /// The slug of its policy.
    #[schema(example = "standard_service")]
    pub policy: String,
    /// The version of the policy under which it began, and runs.
    pub policy_version: i32,
    /// What the policy is called.
    pub policy_name: Words,
    /// The slug of the metric within the policy.
    #[schema(example = "first_response")]
    pub metric: String,
    /// What the metric is called.
    pub name: Words,
    /// What it waits for.
    pub kind: MetricKind,
    /// Whether it is a regulator's.
    pub regulatory: bool,
    /// The how-manieth of this complaint, policy and metric, from 1.
    pub cycle: i32,
    /// The promise, for a call-back.
    pub call_back_id: Option<CallBackId>,
    /// The slug of its calendar; none for a promise.
    pub calendar: Option<String>,
    /// The version of the calendar by which it counts: the one that stood when it began.
    pub calendar_version: Option<i32>,
    /// From when it counts.
    pub started_at: Moment,
    /// By when it is due; none while it stands still.
    pub due_at: Option<Moment>,
    /// Where it stands.
    pub state: ClockState,
    /// Since when it is late, if it is or was.
    pub breached_at: Option<Moment>,
    /// When it happened or did not matter any more.
    pub ended_at: Option<Moment>,
    /// What is left now, or was left when it ended, seconds; negative when it is or was late. Of opening time for
    /// business units.
    pub left_seconds: Option<i64>,
    /// Why then; none for a promise, whose window says it.
    pub why: Option<Why>,
    /// The signals it has given, in order.
    pub signals: Vec<SignalView>,
}

/// Every clock of a complaint, those that are due first at the top, those that have ended last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClocksView {
    /// The clocks.
    pub items: Vec<ClockView>,
}

/// The clocks of a complaint as they stand at `now`.
///
/// # Errors
/// `resource.not_found`.
pub fn of_complaint(conn: &mut Conn, now: Moment, id: ComplaintId) -> Result<ClocksView> {
    let history = history::load(conn, id)?;
    let rows = store::of_complaints(conn, &[id])?;
    let pauses = pauses::from_waits(&history::waits(&history));
    let mut items = views(conn, now, rows, |_| pauses.clone())?;
    items.sort_by_key(|clock| {
        let ended = clock.ended_at.is_some();
        (ended, clock.due_at.is_none(), clock.due_at, clock.id)
    });
    Ok(ClocksView { items })
}

/// Rows as they are shown at `now`; `pauses` are those of a complaint.
pub(super) fn views(
    conn: &mut Conn,
    now: Moment,
    rows: Vec<ClockRow>,
    pauses: impl Fn(ComplaintId) -> Vec<Pause>,
) -> Result<Vec<ClockView>> {
    let Some(book) = book::current(conn)? else {
        return Ok(Vec::new());
    };
    let ids: Vec<ClockId> = rows.iter().map(|row| row.id).collect();
    let mut signals: BTreeMap<ClockId, Vec<SignalView>> = BTreeMap::new();
    for row in store::signals_of(conn, &ids)? {
        signals.entry(row.clock_id).or_default().push(row.into());
    }
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let signals = signals.remove(&row.id).unwrap_or_default();
            view(&book, now, &pauses(row.complaint_id), row, signals)
        })
        .collect())
}

fn view(book: &Book, now: Moment, pauses: &[Pause], mut row: ClockRow, signals: Vec<SignalView>) -> Option<ClockView> {
    let body = book.policy(&row.policy, row.policy_version)?;
    let metric = body.metric(&row.metric)?;
    // Nobody may have looked since it came due.
    if row.ended_at.is_none() && row.breached_at.is_none() && row.due_at.is_some_and(|due| due < now) {
        row.breached_at = row.due_at;
        row.state = ClockState::Breached;
    }
    let calendar = match (&row.calendar, row.calendar_version) {
        (Some(slug), Some(version)) => book.calendar(slug, version),
        _ => None,
    };
    let own = pauses::of(metric, row.ended_at, pauses);
    Some(ClockView {
        left_seconds: left(calendar.map(AsRef::as_ref), metric, &row, &own, now),
        why: calendar.and_then(|calendar| why(calendar, metric.target.as_ref()?, row.started_at, &own)),
        id: row.id,
        policy_name: body.name.clone(),
        name: metric.name.clone(),
        policy: row.policy,
        policy_version: row.policy_version,
        metric: row.metric,
        kind: row.kind,
        regulatory: row.regulatory,
        cycle: row.cycle,
        call_back_id: row.call_back_id,
        calendar: row.calendar,
        calendar_version: row.calendar_version,
        started_at: row.started_at,
        due_at: row.due_at,
        state: row.state,
        breached_at: row.breached_at,
        ended_at: row.ended_at,
        signals,
    })
}

fn left(calendar: Option<&Calendar>, metric: &Metric, row: &ClockRow, pauses: &[Pause], now: Moment) -> Option<i64> {
    let at = row.ended_at.unwrap_or(now);
    match (calendar, &metric.target) {
        (Some(calendar), Some(target)) => {
            let used = deadline::used(calendar, target, row.started_at, pauses, at).ok()?;
            Some(used.left().num_seconds())
        }
        _ => Some((row.due_at? - at).num_seconds()),
    }
}

/// Why something is due when it is, in structure and in words.
pub(crate) fn why(calendar: &Calendar, target: &Target, start: Moment, pauses: &[Pause]) -> Option<Why> {
    let deadline = deadline::deadline(calendar, target, start, pauses).ok()?;
    let zone: Tz = calendar.zone();
    Some(Why {
        target: *target,
        words: Told {
            en: explain(zone, target, start, &deadline, Language::En),
            zh_cn: explain(zone, target, start, &deadline, Language::ZhCn),
        },
        working: deadline.working,
    })
}
