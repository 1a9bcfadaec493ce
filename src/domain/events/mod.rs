//! What happened at the desk, one line for each change, for pages and programs that listen. No texts and no personal
//! data: who wants to know more asks for it. Written in the transaction of the change (see
//! [`crate::domain::complaints::followers`]), read in the order of [`crate::db::settled`], kept for three days.

mod reading;
mod store;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::reading::{EventPage, Place, Placed, Wanted, between, from_place, last, page};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::presence::Doing;
use crate::domain::staff::{Act, ActorKind};
use crate::error::Result;
use crate::ids::{CallBackId, ClockId, ComplaintId, TeamId};

/// How long events are kept.
const KEPT: TimeDelta = TimeDelta::days(3);

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    /// Its place: what follows is asked for with it, as `after` or `Last-Event-ID`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(required = true, example = "7421.1093")]
    pub id: String,
    /// What happened, in the past tense.
    #[serde(rename = "type")]
    #[schema(example = "complaint.assigned")]
    pub kind: String,
    /// When.
    pub at: Moment,
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// Which promise, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_id: Option<CallBackId>,
    /// Which clock, when one ran out or soon will.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_id: Option<ClockId>,
    /// The team that holds the complaint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// The team that held it before, when that was another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_before: Option<TeamId>,
    /// Who handles the complaint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "li.na")]
    pub owner: Option<String>,
    /// Who handled it before, when that was somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_before: Option<String>,
    /// The version of the complaint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// What changed, by name; values are never told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, example = json!(["owner", "team"]))]
    pub changed: Vec<String>,
    /// What kind of actor did it.
    pub by_kind: ActorKind,
    /// Who; customers are `customer`.
    #[schema(example = "qian.duo")]
    pub by: String,
    /// Of a presence: what they are doing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doing: Option<Doing>,
}

/// Appends events, in the transaction of what they tell of: many rows in one statement.
///
/// # Errors
/// When the database refuses.
pub fn append(conn: &mut Conn, events: &[EventView]) -> Result<()> {
    let rows = events.iter().map(|event| {
        Ok(store::EventRow {
            happened_at: event.at,
            body: serde_json::to_string(event)?,
        })
    });
    store::append(conn, &rows.collect::<Result<Vec<_>>>()?)
}

/// Removes events that are older than three days; at most `most` of them.
///
/// # Errors
/// When the database refuses.
pub fn forget_old(conn: &mut Conn, act: &Act, most: i64) -> Result<usize> {
    let places = store::oldest(conn, act.now - KEPT, most)?;
    store::delete(conn, &places)
}
