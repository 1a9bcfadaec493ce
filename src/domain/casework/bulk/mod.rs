//! Bulk actions: the same actions on up to ten thousand complaints, done by the worker in small transactions, each
//! complaint through the gates of a single action, as the one who asked and with what they may do at that moment.

mod go;
mod store;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

pub use self::go::{give_up_one, go, is_waiting};
use self::store::{BulkRow, ItemRow};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::{Check, object, objects};
use crate::domain::complaints::actions::{Action, checked_all};
use crate::domain::complaints::list_filter::ListFilter;
use crate::domain::complaints::listing;
use crate::domain::staff::{Act, Permission};
use crate::error::{Code, Error, Result};
use crate::ids::{AnyId, BulkActionId, ComplaintId};
use crate::text_enum;

/// The most complaints of a bulk action.
pub const MOST: usize = 10_000;
/// The most bulk actions that somebody has under way.
const MOST_UNDER_WAY: i64 = 5;
/// How many complaints of a list are read at once.
const PAGE: i64 = 1_000;

text_enum! {
    /// How far a bulk action is.
    BulkState {
        /// Nothing has been done yet.
        Waiting = "waiting",
        /// The worker is at it.
        Running = "running",
        /// Something has become of every complaint.
        Done = "done",
        /// It was called off; what had been done stays.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What became of a complaint of a bulk action.
    BulkOutcome {
        /// Not reached yet.
        Waiting = "waiting",
        /// The actions were done.
        Done = "done",
        /// Everything was so already.
        Unchanged = "unchanged",
        /// A rule refused; nothing was changed, and `code` says which.
        Refused = "refused",
        /// Something went wrong on our side; nothing was changed.
        Failed = "failed",
        /// The bulk action was called off before it was reached.
        Cancelled = "cancelled",
    }
}

fn some_object<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Option<ListFilter>, D::Error> {
    object(from).map(Some)
}

/// What to do, and with which complaints.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkForm {
    /// These complaints; or give a `filter`.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub ids: Option<Vec<ComplaintId>>,
    /// Those that this list shows now, at most ten thousand.
    #[serde(default, deserialize_with = "some_object")]
    pub filter: Option<ListFilter>,
    /// What to do with each, in this order; all of it or nothing.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 10)]
    pub actions: Vec<Action>,
}

/// A bulk action and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkView {
    /// Its name here.
    pub id: BulkActionId,
    /// How far it is.
    pub state: BulkState,
    /// What is done with each complaint, without texts: they are forgotten when it has ended.
    pub actions: Vec<Action>,
    /// Who asked.
    pub requested_by: String,
    /// How many complaints.
    pub total: i32,
    /// Of how many the actions were done.
    pub done: i32,
    /// With how many everything was so already.
    pub unchanged: i32,
    /// How many a rule refused.
    pub refused: i32,
    /// With how many something went wrong on our side.
    pub failed: i32,
    /// When it was asked for.
    pub created_at: Moment,
    /// When the first complaint was done.
    pub started_at: Option<Moment>,
    /// When it was over.
    pub ended_at: Option<Moment>,
    /// Counts beginning, end and calling off; the ETag is made of it.
    pub version: i32,
}

impl From<BulkRow> for BulkView {
    fn from(row: BulkRow) -> Self {
        Self {
            id: row.id,
            state: row.state,
            // Kept answers hold no texts of anybody.
            actions: row.actions.0.iter().map(Action::without_words).collect(),
            requested_by: row.requested_by,
            total: row.total,
            done: row.done,
            unchanged: row.unchanged,
            refused: row.refused,
            failed: row.failed,
            created_at: row.created_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            version: row.version,
        }
    }
}

/// What became of one complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkResult {
    /// Its place in the bulk action, from 0.
    pub n: i32,
    /// The complaint.
    pub complaint_id: ComplaintId,
    /// What became of it.
    pub outcome: BulkOutcome,
    /// The code of the problem, when it was refused.
    #[schema(example = "auth.other_team")]
    pub code: Option<String>,
    /// When.
    pub done_at: Option<Moment>,
}

impl From<ItemRow> for BulkResult {
    fn from(row: ItemRow) -> Self {
        Self {
            n: row.n,
            complaint_id: row.complaint_id,
            outcome: row.outcome,
            code: row.code,
            done_at: row.done_at,
        }
    }
}

/// Asks for a bulk action. Nothing is done yet; the worker does it.
///
/// # Errors
/// `request.invalid`; `auth.forbidden` when an action needs what the caller may not do; `bulk.too_many`.
pub fn ask(conn: &mut Conn, act: &Act, form: &BulkForm) -> Result<BulkView> {
    let mut check = Check::new();
    let actions = checked_all(&mut check, "/actions", &form.actions, 1);
    let filter = form.filter.as_ref().map(|filter| filter.checked(&mut check, "/filter"));
    if form.ids.is_some() == filter.is_some() {
        check.fail("/ids", "required", "`ids` or `filter`, one of the two");
    }
    if form.ids.as_ref().is_some_and(Vec::is_empty) {
        check.fail("/ids", "required", "at least one");
    }
    if form.ids.as_ref().is_some_and(|ids| ids.len() > MOST) {
        check.fail("/ids", "too_long", format_args!("at most {MOST}"));
    }
    check.finish(())?;
    for action in &actions {
        action.check_permission(act)?;
    }
    let Some(principal) = act.actor.principal else {
        return Err(Error::problem(
            Code::Forbidden,
            "only somebody who can be asked for again",
        ));
    };
    if store::count_under_way(conn, &act.actor.name)? >= MOST_UNDER_WAY {
        return Err(Error::problem(
            Code::BulkTooMany,
            format!("{MOST_UNDER_WAY} of yours are under way"),
        ));
    }
    let ids = match (&form.ids, filter) {
        (Some(ids), _) => in_order(ids.clone()),
        (None, Some(filter)) => listed(conn, act, &filter)?,
        (None, None) => Vec::new(),
    };
    let row = BulkRow {
        id: BulkActionId::new(act.now),
        state: BulkState::Waiting,
        actions: Json(actions),
        requested_by: act.actor.name.clone(),
        principal_kind: principal.kind().to_owned(),
        principal_id: AnyId(principal.uuid()),
        request_id: act.request_id.as_deref().map(str::to_owned),
        total: i32::try_from(ids.len()).unwrap_or(i32::MAX),
        next: 0,
        done: 0,
        unchanged: 0,
        refused: 0,
        failed: 0,
        created_at: act.now,
        started_at: None,
        ended_at: None,
        touched_at: act.now,
        version: 1,
    };
    let items: Vec<ItemRow> = (0..)
        .zip(ids)
        .map(|(n, complaint_id)| ItemRow {
            bulk_id: row.id,
            n,
            complaint_id,
            outcome: BulkOutcome::Waiting,
            code: None,
            done_at: None,
        })
        .collect();
    store::insert(conn, &row, &items)?;
    let words: Vec<&str> = row.actions.0.iter().map(Action::word).collect();
    let told = json!({ "actions": words, "complaints": row.total });
    tell(conn, act, &row, "bulk_action.asked", told)?;
    Ok(row.into())
}

/// Each once, in the order in which complaints are held everywhere.
fn in_order(mut ids: Vec<ComplaintId>) -> Vec<ComplaintId> {
    ids.sort();
    ids.dedup();
    ids
}

/// Every complaint of a list.
fn listed(conn: &mut Conn, act: &Act, filter: &ListFilter) -> Result<Vec<ComplaintId>> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = listing::list(conn, act, &filter.clone().listing(after, PAGE))?;
        ids.extend(page.items.iter().map(|item| item.id));
        if ids.len() > MOST {
            let mut check = Check::new();
            let detail = format!("more than {MOST} complaints; narrow the list");
            check.fail("/filter", "too_long", detail);
            check.finish(())?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(in_order(ids));
        }
    }
}

fn tell(conn: &mut Conn, act: &Act, row: &BulkRow, action: &'static str, fields: serde_json::Value) -> Result<()> {
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::BulkAction, row.id.0, action).with(fields),
    )
}

/// Somebody's own; those of others only for who leads.
fn visible(conn: &mut Conn, act: &Act, id: BulkActionId) -> Result<BulkRow> {
    let row = store::load(conn, id)?;
    if row.requested_by == act.actor.name || act.actor.may(Permission::ManageWork) {
        return Ok(row);
    }
    Err(Error::not_found("bulk action"))
}

/// A bulk action, and how far it is.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, act: &Act, id: BulkActionId) -> Result<BulkView> {
    visible(conn, act, id).map(BulkView::from)
}

/// The bulk actions of the caller, of everybody for who leads; the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act, after: Option<BulkActionId>, limit: i64) -> Result<Vec<BulkView>> {
    let own = (!act.actor.may(Permission::ManageWork)).then_some(act.actor.name.as_str());
    let rows = store::of(conn, own, after, limit)?;
    Ok(rows.into_iter().map(BulkView::from).collect())
}

/// What became of each complaint, from a place on.
///
/// # Errors
/// `resource.not_found`.
pub fn results(
    conn: &mut Conn,
    act: &Act,
    id: BulkActionId,
    outcome: Option<BulkOutcome>,
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<BulkResult>> {
    visible(conn, act, id)?;
    let from = after.map_or(0, |after| after.saturating_add(1));
    let rows = match outcome {
        Some(outcome) => store::items_with(conn, id, outcome, from, limit)?,
        None => store::items(conn, id, from, limit)?,
    };
    Ok(rows.into_iter().map(BulkResult::from).collect())
}

/// Calls a bulk action off. What was done stays done.
///
/// # Errors
/// `bulk.ended`; `resource.not_found`; `request.precondition_failed`.
pub fn cancel(conn: &mut Conn, act: &Act, id: BulkActionId, expected: Option<i32>) -> Result<BulkView> {
    holds::hold_bulk(conn, id)?;
    let before = visible(conn, act, id)?;
    super::named::check_version(expected, Some(before.version))?;
    if before.ended_at.is_some() {
        return Err(Error::problem(Code::BulkEnded, "it has ended"));
    }
    let mut after = before.clone();
    after.end(act.now, BulkState::Cancelled);
    store::update(conn, &before, &after)?;
    store::cancel_items(conn, id)?;
    let told = json!({ "reached": after.next, "complaints": after.total });
    tell(conn, act, &after, "bulk_action.cancelled", told)?;
    Ok(after.into())
}

impl BulkRow {
    fn end(&mut self, now: Moment, state: BulkState) {
        self.state = state;
        self.ended_at = Some(now);
        self.version += 1;
        self.actions = Json(self.actions.0.iter().map(Action::without_words).collect());
    }
}
