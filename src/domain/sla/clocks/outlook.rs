//! What a customer may expect, and by when: our own deadlines as one tells them to somebody who waits for an answer.
//! Regulators' clocks, and how far each is, stay among ourselves.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::vocabulary::{Channel, Kind, Level};
use crate::domain::customers::Tier;
use crate::domain::sla::policies::book;
use crate::domain::sla::policies::model::{Facts, Family, MetricKind};
use crate::domain::sla::policies::preview;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::ComplaintId;

/// What we promised to everybody, and by when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Expected {
    /// What is to happen.
    pub kind: MetricKind,
    /// By when.
    pub due_at: Moment,
}

/// What somebody is told of. A promised call has a window of its own.
const TOLD: &[MetricKind] = &[
    MetricKind::FirstResponse,
    MetricKind::NextResponse,
    MetricKind::KeepInformed,
    MetricKind::Resolve,
];

/// What a customer who files something now may expect; nothing where no policy is in force.
///
/// # Errors
/// When the database refuses.
pub fn of_what_comes_in(conn: &mut Conn, now: Moment, kind: Kind, channel: Channel) -> Result<Vec<Expected>> {
    let Some(book) = book::current(conn)? else {
        return Ok(Vec::new());
    };
    let facts = Facts {
        kind,
        category: "other".to_owned(),
        channel,
        severity: Level::Medium,
        customer_type: CustomerType::NotClear,
        tier: Tier::Individual,
        segment: None,
        grade: None,
    };
    let mut found = Vec::new();
    for slug in book.applying(&facts, now, now) {
        let Some(policy) = book.in_force(&slug, now) else {
            continue;
        };
        let body = &policy.content;
        if body.family != Family::Service {
            continue;
        }
        let calendar = book.calendar_at(&body.calendar, now);
        for metric in body
            .metrics
            .iter()
            .filter(|metric| metric.kind.counts_from_the_beginning())
        {
            if let Some(due_at) = preview::clock(body, metric, calendar, now, &[]).due_at {
                found.push(Expected {
                    kind: metric.kind,
                    due_at,
                });
            }
        }
    }
    Ok(told(found))
}

/// What the customer of this complaint may still expect.
///
/// # Errors
/// `resource.not_found`.
pub fn of_complaint(conn: &mut Conn, now: Moment, id: ComplaintId) -> Result<Vec<Expected>> {
    let clocks = view::of_complaint(conn, now, id)?.items;
    let open = clocks
        .into_iter()
        .filter(|clock| !clock.regulatory && clock.ended_at.is_none())
        .filter_map(|clock| {
            Some(Expected {
                kind: clock.kind,
                due_at: clock.due_at?,
            })
        });
    Ok(told(open.collect()))
}

/// Of each kind the first, in the order of time.
fn told(mut all: Vec<Expected>) -> Vec<Expected> {
    all.retain(|expected| TOLD.contains(&expected.kind));
    all.sort_by_key(|expected| expected.due_at);
    let mut seen: Vec<MetricKind> = Vec::new();
    all.retain(|expected| {
        let first = !seen.contains(&expected.kind);
        seen.push(expected.kind);
        first
    });
    all
}
