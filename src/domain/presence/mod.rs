//! Who is looking at a complaint, or writing on it, so that two people do not do the same work. Whoever is there says so
//! again every half minute; a minute later they are taken to have gone.

mod store;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::presences;
use crate::domain::complaints::beside;
use crate::domain::complaints::model::Complaint;
use crate::domain::events::{self, EventView};
use crate::domain::staff::{Act, ActorKind};
use crate::error::{Error, Result};
use crate::ids::{AnyId, ComplaintId};
use crate::text_enum;

/// How long somebody is taken to be there without saying so again.
const STAYS: TimeDelta = TimeDelta::seconds(60);

text_enum! {
    /// What somebody does on a complaint.
    Doing {
        /// Looks at it.
        Looking = "looking",
        /// Writes on it.
        Writing = "writing",
    }
}

/// Somebody who is there, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = presences, primary_key(complaint_id, who))]
pub struct PresenceRow {
    /// Where.
    pub complaint_id: ComplaintId,
    /// Who: a person or a service token.
    pub who: AnyId,
    /// Under which name.
    pub name: String,
    /// What they are doing.
    pub doing: Doing,
    /// Since when they have been there.
    pub since: Moment,
    /// They are taken to have gone then.
    pub until: Moment,
}

/// What the caller is doing.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresenceForm {
    /// Looking at the complaint, or writing on it.
    pub doing: Doing,
}

/// Somebody who is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PresenceView {
    /// Who.
    #[schema(example = "li.na")]
    pub name: String,
    /// What they are doing.
    pub doing: Doing,
    /// Since when they have been there.
    pub since: Moment,
    /// They are taken to have gone then, unless they say so again.
    pub until: Moment,
    /// Whether it is the caller.
    pub own: bool,
}

fn whose(act: &Act) -> Result<Uuid> {
    let principal = act.actor.principal.map(crate::domain::staff::Principal::uuid);
    principal.ok_or_else(|| Error::internal("only people and programs of ours are somewhere"))
}

fn view(row: PresenceRow, own: Uuid) -> PresenceView {
    PresenceView {
        own: row.who.0 == own,
        name: row.name,
        doing: row.doing,
        since: row.since,
        until: row.until,
    }
}

fn told(at: Moment, complaint: &Complaint, row: &PresenceRow, kind: &str) -> EventView {
    EventView {
        id: String::new(),
        kind: format!("presence.{kind}"),
        at,
        complaint_id: complaint.id,
        call_back_id: None,
        clock_id: None,
        team: complaint.team_id,
        team_before: None,
        owner: complaint.owner.clone(),
        owner_before: None,
        version: None,
        changed: Vec::new(),
        by_kind: ActorKind::Staff,
        by: row.name.clone(),
        doing: Some(row.doing).filter(|_| kind != "ended"),
    }
}

/// Says that the caller is there; to be said again within the minute.
///
/// # Errors
/// `resource.not_found`.
pub fn put(conn: &mut Conn, act: &Act, id: ComplaintId, form: &PresenceForm) -> Result<PresenceView> {
    let complaint = beside::look(conn, id)?;
    let who = whose(act)?;
    let before = store::find(conn, id, AnyId(who))?;
    let here = before.as_ref().filter(|row| row.until > act.now);
    let row = PresenceRow {
        complaint_id: id,
        who: AnyId(who),
        name: act.actor.name.clone(),
        doing: form.doing,
        since: here.map_or(act.now, |row| row.since),
        until: act.now + STAYS,
    };
    let kind = match here {
        None => Some("began"),
        Some(here) if here.doing != row.doing => Some("changed"),
        Some(_) => None,
    };
    store::put(conn, &row, before.is_some())?;
    if let Some(kind) = kind {
        events::append(conn, &[told(act.now, &complaint, &row, kind)])?;
    }
    Ok(view(row, who))
}

/// Says that the caller has gone.
///
/// # Errors
/// `resource.not_found` when there is no such complaint.
pub fn leave(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<()> {
    let complaint = beside::look(conn, id)?;
    let who = AnyId(whose(act)?);
    let Some(row) = store::find(conn, id, who)? else {
        return Ok(());
    };
    store::delete(conn, id, who)?;
    events::append(conn, &[told(act.now, &complaint, &row, "ended")])
}

/// Who is there, those first who have been there longest.
///
/// # Errors
/// `resource.not_found`.
pub fn list(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<Vec<PresenceView>> {
    beside::look(conn, id)?;
    let own = whose(act)?;
    let rows = store::here(conn, id, act.now)?;
    Ok(rows.into_iter().map(|row| view(row, own)).collect())
}

/// Tells of those who have not said again that they are there; at most `most` of them.
///
/// # Errors
/// When the database refuses.
pub fn sweep(conn: &mut Conn, act: &Act, most: i64) -> Result<usize> {
    let gone = store::gone(conn, act.now, most)?;
    let ids: Vec<ComplaintId> = gone.iter().map(|row| row.complaint_id).collect();
    let complaints: BTreeMap<ComplaintId, Complaint> = beside::look_at_all(conn, &ids)?
        .into_iter()
        .map(|complaint| (complaint.id, complaint))
        .collect();
    let mut ended = Vec::with_capacity(gone.len());
    for row in gone {
        // Who has come back meanwhile stays.
        if store::delete_gone(conn, &row, act.now)?
            && let Some(complaint) = complaints.get(&row.complaint_id)
        {
            ended.push(told(act.now, complaint, &row, "ended"));
        }
    }
    events::append(conn, &ended)?;
    Ok(ended.len())
}
