//! What those who watch complaints are told: when one changes hands, a call is promised or missed, a deadline comes near or
//! passes, it is closed or opened again. Nobody is told what they did themselves, nor when they may not see it any more.
//!
//! It is read behind the changes, from the events in their order, so no change waits for it. The place up to which was
//! read moves in the transaction that writes the notices: each change is told once, whatever is killed or run twice. What
//! happens to a complaint within a few minutes is one notice.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::store::{self, NewsRow};
use crate::db::conn::Conn;
use crate::domain::complaints::{beside, privacy};
use crate::domain::events::{self, EventView, Place};
use crate::domain::notifications::{self, News, Notice, OutboxRow, Told};
use crate::domain::staff::people::{self, StaffMember};
use crate::domain::staff::{Act, ActorKind, Permission};
use crate::error::{Code, Result};
use crate::ids::{ComplaintId, StaffId};

/// How long news are gathered before they are told.
pub const GATHERED: TimeDelta = TimeDelta::minutes(5);
/// The most news of one notice; of more the last are told.
const MOST: usize = 20;
/// How often is read on within one run.
const READINGS: usize = 20;

/// What those who watch are told of an event, if anything.
fn news(event: &EventView) -> Option<News> {
    let changed = |name: &str| event.changed.iter().any(|changed| changed == name);
    match event.kind.as_str() {
        "complaint.closed" | "complaint.merged" | "complaint.withdrawn" => Some(News::Closed),
        "complaint.reopened" | "complaint.disputed" | "complaint.unmerged" => Some(News::Reopened),
        "call_back.promised" | "call_back.rescheduled" => Some(News::Promised),
        "call_back.broken" => Some(News::PromiseBroken),
        "clock.warned" => Some(News::ClockWarned),
        "clock.breached" => Some(News::ClockBreached),
        _ if changed("owner") || changed("team") => Some(News::Given),
        _ => None,
    }
}

/// Puts notices for those who watch into the outbox, if it is time; gives how many.
///
/// # Errors
/// When the database refuses, or somebody else does the same at the same moment.
pub fn tell(conn: &mut Conn, act: &Act) -> Result<usize> {
    let Some(before) = store::news(conn)?.filter(|row| row.looked_at + GATHERED <= act.now) else {
        return Ok(0);
    };
    let mut place = Place::at((before.xact, before.event_id));
    let mut happened: BTreeMap<ComplaintId, Vec<(News, EventView)>> = BTreeMap::new();
    let mut looked_at = before.looked_at;
    for _ in 0..READINGS {
        let (found, ended) = events::between(conn, place, None)?;
        let Some(ended) = ended else {
            looked_at = act.now;
            break;
        };
        place = ended;
        for (_, event) in found {
            if let Some(news) = news(&event) {
                happened.entry(event.complaint_id).or_default().push((news, event));
            }
        }
    }
    let notices = notices(conn, act, &happened)?;
    notifications::post_all(conn, &notices)?;
    let (xact, event_id) = place.pair();
    let after = NewsRow {
        xact,
        event_id,
        looked_at,
    };
    store::move_news(conn, &before, &after)?;
    Ok(notices.len())
}

fn notices(
    conn: &mut Conn,
    act: &Act,
    happened: &BTreeMap<ComplaintId, Vec<(News, EventView)>>,
) -> Result<Vec<OutboxRow>> {
    let ids: Vec<ComplaintId> = happened.keys().copied().collect();
    let mut readers: BTreeMap<String, Option<StaffMember>> = BTreeMap::new();
    let mut notices = Vec::new();
    for row in store::watchers_of(conn, &ids)? {
        let of_others = |event: &EventView| event.by_kind != ActorKind::Staff || event.by != row.watcher;
        let told: Vec<Told> = happened
            .get(&row.complaint_id)
            .into_iter()
            .flatten()
            .filter(|(_, event)| event.at >= row.since && of_others(event))
            .map(|(news, event)| Told {
                what: *news,
                at: event.at,
            })
            .collect();
        if told.is_empty() {
            continue;
        }
        if !readers.contains_key(&row.watcher) {
            let found = people::find_by_handle(conn, &row.watcher)?;
            let reader = match found {
                Some(member) if may_read(conn, &member)? => Some(member),
                _ => None,
            };
            readers.insert(row.watcher.clone(), reader);
        }
        if let Some(Some(reader)) = readers.get(&row.watcher) {
            let notice = Notice::Watched {
                complaint_id: row.complaint_id,
                staff_id: reader.id,
                news: told.iter().skip(told.len().saturating_sub(MOST)).copied().collect(),
            };
            notices.push(OutboxRow::new(act.now, notice));
        }
    }
    Ok(notices)
}

/// Whether somebody works here, can be written to, and may read complaints.
fn may_read(conn: &mut Conn, member: &StaffMember) -> Result<bool> {
    // One who has left may do nothing.
    Ok(member.email.is_some() && people::actor_of(conn, member)?.may(Permission::ReadComplaints))
}

/// Where a complaint stands, for a letter to somebody who watches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// Who is written to.
    pub reader: StaffMember,
    /// What people call the complaint on the phone.
    pub reference: String,
    /// Who handles it.
    pub owner: Option<String>,
    /// Whether it is open.
    pub is_open: bool,
}

/// Where a complaint stands when the notice is sent. `None` when the reader may not see it any more, or it is gone.
///
/// # Errors
/// When the database refuses.
pub fn stands(conn: &mut Conn, id: ComplaintId, reader: StaffId) -> Result<Option<Stands>> {
    let reader = people::load(conn, reader)?;
    if !may_read(conn, &reader)? {
        return Ok(None);
    }
    let complaint = beside::look(conn, id)?;
    match privacy::check_here(conn, id, complaint.state) {
        Err(error) if error.code() == Code::ComplaintAnonymised => return Ok(None),
        other => other?,
    }
    Ok(Some(Stands {
        reader,
        reference: complaint.reference,
        owner: complaint.owner,
        is_open: complaint.closed_at.is_none(),
    }))
}
