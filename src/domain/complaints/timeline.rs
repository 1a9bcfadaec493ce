//! The timeline: every change with who, when, before and after. Entries are only ever added.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::model::{Complaint, TimelineEntry};
use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::customers::Tier;
use crate::domain::customers::recognise::Recognised;
use crate::domain::staff::{Act, ActorKind};
use crate::error::{ChangeSince, Result};
use crate::ids::{ComplaintId, CustomerId, EntryId};

/// How many entries go into one statement.
const AT_ONCE: usize = 1_000;
/// How many changes a conflict tells of.
const MOST_CHANGES: usize = 20;

/// An entry of the timeline.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EntryView {
    /// Its name here; ascends with time.
    pub id: EntryId,
    /// What happened, in the past tense.
    #[schema(example = "steps_recorded")]
    pub action: String,
    /// What kind of actor did it.
    pub actor_kind: ActorKind,
    /// Who.
    #[schema(example = "li.na")]
    pub actor: String,
    /// The values before.
    pub before: Option<Value>,
    /// The values after.
    pub after: Option<Value>,
    /// The request it belongs to.
    pub request_id: Option<String>,
    /// When.
    pub happened_at: Moment,
}

/// The member of an entry that says by which rule it came about.
pub const BY_RULE: &str = "by_rule";

/// The values after, with the rule by which they came about, if it was one.
fn by_rule(act: &Act, after: Option<Value>) -> Option<Value> {
    let Some(rule) = &act.actor.rule else { return after };
    let mut after = after.unwrap_or_else(|| json!({}));
    if let Some(members) = after.as_object_mut() {
        members.insert(BY_RULE.to_owned(), json!(rule));
    }
    Some(after)
}

/// A new entry about `action`.
pub(super) fn entry(
    act: &Act,
    complaint_id: ComplaintId,
    action: &str,
    before: Option<Value>,
    after: Option<Value>,
) -> TimelineEntry {
    TimelineEntry {
        complaint_id,
        id: EntryId::new(act.now),
        action: action.to_owned(),
        actor_kind: act.actor.kind,
        actor: act.actor.name.clone(),
        before: before.map(Json),
        after: by_rule(act, after).map(Json),
        request_id: act.request_id.as_deref().map(str::to_owned),
        happened_at: act.now,
    }
}

/// The entry about an arrival; `told` says whether the customer is sent a notice, if there is an address for it; `routed`
/// which rule gave it to a team, if one did. What usually is so, is left out.
pub(super) fn arrival(
    act: &Act,
    complaint: &Complaint,
    person: &Recognised,
    told: Option<bool>,
    routed: Option<Value>,
) -> TimelineEntry {
    let mut after = json!({
        "kind": complaint.kind, "channel": complaint.channel, "customer_id": complaint.customer_id,
        "matched_by": person.matched_by, "severity": complaint.severity, "owner": complaint.owner,
        "team": complaint.team_id,
    });
    if let Some(after) = after.as_object_mut() {
        if let Some(told) = told {
            after.insert("acknowledged".to_owned(), json!(told));
        }
        if let Some(routed) = routed {
            after.insert("routed".to_owned(), routed);
        }
        if person.customer.tier != Tier::Individual {
            after.insert("tier".to_owned(), json!(person.customer.tier));
        }
        if let Some(segment) = person.customer.segment {
            after.insert("segment".to_owned(), json!(segment));
        }
        if let Some(grade) = person.customer.grade {
            after.insert("grade".to_owned(), json!(grade));
        }
    }
    entry(act, complaint.id, "received", None, Some(after))
}

/// Adds an entry that has been made.
pub(super) fn keep(conn: &mut Conn, act: &Act, customer_id: CustomerId, entry: &TimelineEntry) -> Result<()> {
    store::insert_entries(conn, std::slice::from_ref(entry))?;
    audit::record(conn, act, told(entry, customer_id))
}

/// An entry as the audit tells of it: codes as they are, what people wrote by reference to the entry.
pub(super) fn told(entry: &TimelineEntry, customer_id: CustomerId) -> Event {
    let by_reference = |value: &Option<Json<Value>>| value.as_ref().map(|value| audit::fields::by_reference(&value.0));
    let fields = json!({
        "timeline": entry.id, "before": by_reference(&entry.before), "after": by_reference(&entry.after),
    });
    Event::on(
        ObjectKind::Complaint,
        entry.complaint_id.0,
        format!("complaint.{}", entry.action),
    )
    .of([customer_id])
    .with(fields)
}

/// Adds entries about many complaints.
pub(super) fn record_all(conn: &mut Conn, entries: &[TimelineEntry]) -> Result<()> {
    for some in entries.chunks(AT_ONCE) {
        store::insert_entries(conn, some)?;
    }
    Ok(())
}

/// The last changes of a complaint that made so many versions, the oldest first; at most 20.
pub(super) fn changes_since(conn: &mut Conn, id: ComplaintId, versions: i32) -> Result<Vec<ChangeSince>> {
    let versions = usize::try_from(versions).unwrap_or_default().min(MOST_CHANGES);
    // What the clocks tell makes no version.
    let mut entries: Vec<TimelineEntry> = store::newest_entries(conn, id)?
        .into_iter()
        .filter(|entry| !entry.action.starts_with("clock_"))
        .take(versions)
        .collect();
    entries.reverse();
    let change = |entry: TimelineEntry| ChangeSince {
        action: entry.action,
        actor: entry.actor,
        at: entry.happened_at,
    };
    Ok(entries.into_iter().map(change).collect())
}

/// A page of a complaint's timeline, the oldest entry first.
///
/// # Errors
/// `resource.not_found`.
pub fn page(conn: &mut Conn, id: ComplaintId, after: Option<EntryId>, limit: i64) -> Result<Vec<EntryView>> {
    store::load(conn, id)?;
    let entries = store::timeline(conn, id, after, limit)?;
    Ok(entries
        .into_iter()
        .map(|e| EntryView {
            id: e.id,
            action: e.action,
            actor_kind: e.actor_kind,
            actor: e.actor,
            before: e.before.map(|json| json.0),
            after: e.after.map(|json| json.0),
            request_id: e.request_id,
            happened_at: e.happened_at,
        })
        .collect())
}
