//! What those who listen are told of a change of a complaint: ids, codes and names of fields, never what they hold.

use std::collections::BTreeSet;

use serde_json::Value;

use super::model::{Complaint, TimelineEntry};
use super::timeline;
use crate::db::conn::Conn;
use crate::domain::events::{self, EventView};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::{CallBackId, ClockId};

/// What a type is called: `call_back_promised` of the timeline is `call_back.promised`.
fn kind(action: &str) -> String {
    for first in ["call_back", "clock"] {
        if let Some(rest) = action.strip_prefix(first).and_then(|rest| rest.strip_prefix('_')) {
            return format!("{first}.{rest}");
        }
    }
    let past = match action {
        "waiting" => "wait_began",
        action => action,
    };
    format!("complaint.{past}")
}

/// An id that an entry holds under this name.
fn id(entry: &TimelineEntry, name: &str) -> Option<uuid::Uuid> {
    let values = [&entry.after, &entry.before];
    values
        .into_iter()
        .flatten()
        .find_map(|value| value.0.get(name)?.as_str()?.parse().ok())
}

/// The event about a complaint as it is now.
fn event(complaint: &Complaint, entry: &TimelineEntry) -> EventView {
    EventView {
        id: String::new(),
        kind: kind(&entry.action),
        at: entry.happened_at,
        complaint_id: complaint.id,
        call_back_id: id(entry, "call_back_id").map(CallBackId),
        clock_id: id(entry, "clock_id").map(ClockId),
        team: complaint.team_id,
        team_before: None,
        owner: complaint.owner.clone(),
        owner_before: None,
        version: Some(complaint.version),
        changed: Vec::new(),
        by_kind: entry.actor_kind,
        by: entry.actor.clone(),
        doing: None,
    }
}

/// Names of what differs between a complaint before and after, and of what the entry tells of.
fn changed(before: &Complaint, after: &Complaint, entry: &TimelineEntry) -> Vec<String> {
    let differs = [
        ("ball_with", before.ball_with != after.ball_with),
        ("call_back_due_at", before.call_back_due_at != after.call_back_due_at),
        ("category", before.category != after.category),
        ("customer_type", before.customer_type != after.customer_type),
        ("decision", before.decision != after.decision),
        ("kind", before.kind != after.kind),
        ("language", before.language != after.language),
        ("next_due_at", before.next_due_at != after.next_due_at),
        ("owner", before.owner != after.owner),
        ("round", before.round != after.round),
        ("severity", before.severity != after.severity),
        ("state", before.state != after.state),
        ("step", before.step != after.step),
        ("subject", before.subject != after.subject),
        ("team", before.team_id != after.team_id),
    ];
    let mut names: BTreeSet<String> = differs
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| name.to_owned())
        .collect();
    // What an edit changed, and which steps were recorded, stand in the entry under the names of the fields.
    if matches!(entry.action.as_str(), "edited" | "steps_recorded" | "steps_amended")
        && let Some(Value::Object(told)) = entry.after.as_ref().map(|json| &json.0)
    {
        names.extend(told.keys().cloned());
    }
    names.into_iter().collect()
}

/// Tells of complaints that have come in, many at once.
pub(super) fn came_in(conn: &mut Conn, complaints: &[Complaint], entries: &[TimelineEntry]) -> Result<()> {
    let told: Vec<EventView> = complaints
        .iter()
        .zip(entries)
        .map(|(complaint, entry)| event(complaint, entry))
        .collect();
    events::append(conn, &told)
}

/// Tells of a change.
pub(super) fn tell_change(
    conn: &mut Conn,
    (before, after): (&Complaint, &Complaint),
    entry: &TimelineEntry,
) -> Result<()> {
    let mut told = event(after, entry);
    told.changed = changed(before, after, entry);
    told.team_before = before.team_id.filter(|_| before.team_id != after.team_id);
    told.owner_before = before.owner.clone().filter(|_| before.owner != after.owner);
    events::append(conn, &[told])
}

/// Tells of entries that were added to the timelines of these complaints; from whom they went to somebody else, if
/// they did.
pub(super) fn tell_entries(
    conn: &mut Conn,
    complaints: &[Complaint],
    entries: &[TimelineEntry],
    from: Option<&str>,
) -> Result<()> {
    let told: Vec<EventView> = entries
        .iter()
        .filter_map(|entry| {
            let complaint = complaints.iter().find(|complaint| complaint.id == entry.complaint_id)?;
            let mut told = event(complaint, entry);
            if let Some(from) = from {
                told.changed = vec!["owner".to_owned()];
                told.owner_before = Some(from.to_owned()).filter(|_| entry.action == "handed_over");
            }
            Some(told)
        })
        .collect();
    events::append(conn, &told)
}

/// Tells that the content of complaints is gone.
pub(super) fn tell_gone(conn: &mut Conn, act: &Act, complaints: &[Complaint]) -> Result<()> {
    let told: Vec<EventView> = complaints
        .iter()
        .map(|complaint| {
            let entry = timeline::entry(act, complaint.id, "content_removed", None, None);
            event(complaint, &entry)
        })
        .collect();
    events::append(conn, &told)
}
