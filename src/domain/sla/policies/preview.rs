//! What a policy would lead to, before it is in force: what a lead looks at before activating it. Nothing is written.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::checked::checked;
use super::model::{Facts, Metric, MetricKind, PolicyBody, StartEvent, Words};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::{Check, object};
use crate::domain::complaints::vocabulary::{BallWith, Channel, Kind, Level};
use crate::domain::customers::{Grade, ProfitSegment, Tier};
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::calendars;
use crate::domain::sla::clocks::signals::{self, SignalKind};
use crate::domain::sla::clocks::view::{Why, why};
use crate::domain::sla::clocks::walk::{ClockState, Ticking};
use crate::domain::sla::deadline::Pause;
use crate::domain::sla::policies::book::Edition;
use crate::domain::staff::Act;
use crate::domain::typing::CustomerType;
use crate::error::Result;

/// A complaint to try a policy on. What is left out is as usual.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sample {
    /// When it reached us; now when left out.
    pub received_at: Option<Moment>,
    /// When dissatisfaction was first expressed; when it reached us when left out.
    pub first_expressed_at: Option<Moment>,
    /// A complaint when left out.
    pub kind: Option<Kind>,
    /// How it came in; by e-mail when left out.
    pub channel: Option<Channel>,
    /// The subject category; `other` when left out.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub category: Option<String>,
    /// How grave it is; medium when left out.
    pub severity: Option<Level>,
    /// The customer's manner; not clear when left out.
    pub customer_type: Option<CustomerType>,
    /// The customer's tier; an individual when left out.
    pub tier: Option<Tier>,
    /// What serving the customer earns; not known when left out.
    pub segment: Option<ProfitSegment>,
    /// The customer's grade; none when left out.
    pub grade: Option<Grade>,
    /// When it waits for somebody else.
    #[schema(max_items = 20)]
    pub waits: Vec<SampleWait>,
}

/// A time in which the sample waits.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleWait {
    /// For whom.
    pub ball_with: BallWith,
    /// From when.
    pub from: Moment,
    /// Until when; for ever when left out.
    pub until: Option<Moment>,
}

/// A policy, and what to try it on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewForm {
    /// What it says.
    pub policy: PolicyBody,
    /// The complaint.
    #[serde(default, deserialize_with = "object")]
    pub complaint: Sample,
}

/// A signal that would be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviewSignal {
    /// A warning, the breach, or a level of the chain.
    pub kind: SignalKind,
    /// Which one of its kind, from 1.
    pub level: i32,
    /// When.
    pub at: Moment,
}

/// A clock as it would run if nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviewClock {
    /// The slug of the metric.
    pub metric: String,
    /// What it is called.
    pub name: Words,
    /// What it waits for.
    pub kind: MetricKind,
    /// From when it would count; for an answer to a question, as if it had been asked when the complaint came in.
    pub started_at: Moment,
    /// By when it would be due; none while it stands still.
    pub due_at: Option<Moment>,
    /// Why then.
    pub why: Option<Why>,
    /// What would be told, in order.
    pub signals: Vec<PreviewSignal>,
}

/// What a policy would lead to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyPreview {
    /// Whether its conditions hold for the complaint.
    pub applies: bool,
    /// The version of the calendar that was used.
    pub calendar_version: Option<i32>,
    /// The clocks, whether it applies or not; without those of promises.
    pub clocks: Vec<PreviewClock>,
}

/// What a policy would lead to.
///
/// # Errors
/// `request.invalid`.
pub fn preview(conn: &mut Conn, act: &Act, form: &PreviewForm) -> Result<PolicyPreview> {
    let body = checked(&form.policy, "/policy")?;
    let sample = &form.complaint;
    let received_at = sample.received_at.unwrap_or(act.now);
    let calendar = calendars::present(conn, act, &body.calendar)?.map(|(version, calendar)| Edition {
        version,
        content: Arc::new(calendar),
    });
    let mut check = Check::new();
    if calendar.is_none() {
        check.fail("/policy/calendar", "unknown", "there is no such calendar");
    }
    if sample.waits.len() > 20 {
        check.fail("/complaint/waits", "out_of_range", "at most 20");
    }
    let category = sample.category.as_deref().unwrap_or("other");
    let category = check.slug("/complaint/category", category);
    check.finish(())?;
    let facts = Facts {
        kind: sample.kind.unwrap_or(Kind::Complaint),
        category,
        channel: sample.channel.unwrap_or(Channel::Email),
        severity: sample.severity.unwrap_or(Level::Medium),
        customer_type: sample.customer_type.unwrap_or(CustomerType::NotClear),
        tier: sample.tier.unwrap_or(Tier::Individual),
        segment: sample.segment,
        grade: sample.grade,
    };
    let pauses: Vec<Pause> = sample
        .waits
        .iter()
        .map(|wait| Pause {
            from: wait.from,
            until: wait.until,
            cause: wait.ball_with.to_string(),
        })
        .collect();
    let started = |metric: &Metric| match metric.start {
        StartEvent::Received => received_at,
        StartEvent::Expressed => sample.first_expressed_at.unwrap_or(received_at).min(received_at),
    };
    Ok(PolicyPreview {
        applies: body.conditions.hold(&facts),
        calendar_version: calendar.as_ref().map(|calendar| calendar.version),
        clocks: body
            .metrics
            .iter()
            .filter(|metric| metric.kind != MetricKind::CallBack)
            .map(|metric| clock(&body, metric, calendar.as_ref(), started(metric), &pauses))
            .collect(),
    })
}

/// A clock of a metric that begins at `started_at`.
pub(crate) fn clock(
    body: &PolicyBody,
    metric: &Metric,
    calendar: Option<&Edition<Calendar>>,
    started_at: Moment,
    pauses: &[Pause],
) -> PreviewClock {
    let mut clock = Ticking {
        policy: String::new(),
        policy_version: 0,
        body: Arc::new(body.clone()),
        metric: metric.clone(),
        calendar: calendar.cloned(),
        cycle: 1,
        call_back_id: None,
        started_at,
        due_at: None,
        state: ClockState::Running,
        breached_at: None,
        ended_at: None,
    };
    clock.find_due(pauses);
    let own = clock.own_pauses(pauses);
    PreviewClock {
        metric: metric.slug.clone(),
        name: metric.name.clone(),
        kind: metric.kind,
        started_at,
        due_at: clock.due_at,
        why: calendar
            .zip(metric.target.as_ref())
            .and_then(|(calendar, target)| why(&calendar.content, target, started_at, &own)),
        signals: signals::of(&clock, pauses)
            .into_iter()
            .map(|signal| PreviewSignal {
                kind: signal.kind,
                level: signal.level,
                at: signal.at,
            })
            .collect(),
    }
}
