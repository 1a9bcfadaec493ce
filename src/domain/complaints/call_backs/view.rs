//! Promises as they are shown, and lists of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::model::{Attempt, CallBack};
use crate::domain::complaints::store as complaints;
use crate::domain::complaints::vocabulary::{
    AttemptResult, CallBackOutcome, CallBackPurpose, CallBackState, NotCounted,
};
use crate::error::Result;
use crate::ids::{AttemptId, CallBackId, ComplaintId, TeamId};

/// One attempt to keep a promise.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AttemptView {
    /// Its name here.
    pub id: AttemptId,
    /// What it led to.
    pub result: AttemptResult,
    /// Why it does not count towards the policy's number of attempts; absent when it counts.
    pub not_counted: Option<NotCounted>,
    /// What the customer said about the matter.
    pub satisfied: Option<bool>,
    /// What was said.
    pub note: Option<String>,
    /// Where the recording is.
    pub recording_ref: Option<String>,
    /// Who called.
    pub agent: String,
    /// When.
    pub attempted_at: Moment,
}

/// A promise to call back, with its attempts.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CallBackView {
    /// Its name here.
    pub id: CallBackId,
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// What for.
    pub purpose: CallBackPurpose,
    /// Where it stands.
    pub state: CallBackState,
    /// Whether the window is over and the promise still open.
    pub overdue: bool,
    /// The customer may expect the call from then.
    pub window_start: Moment,
    /// The promise is late after that.
    pub window_end: Moment,
    /// The customer's time zone (IANA).
    pub time_zone: String,
    /// The number to call.
    pub number: String,
    /// Who will call.
    pub owner: String,
    /// What to talk about.
    pub note: Option<String>,
    /// The round of handling it was made in.
    pub round: i32,
    /// Who promised.
    pub promised_by: String,
    /// When it was promised.
    pub promised_at: Moment,
    /// The promise that it replaces.
    pub rescheduled_from: Option<CallBackId>,
    /// Who asked for the change that ended it.
    pub changed_by: Option<String>,
    /// Why.
    pub change_reason: Option<String>,
    /// How many attempts count towards the policy's number.
    pub attempts_counted: i32,
    /// The attempts, the oldest first.
    pub attempts: Vec<AttemptView>,
    /// What it led to.
    pub outcome: Option<CallBackOutcome>,
    /// When it was settled.
    pub settled_at: Option<Moment>,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

pub(super) fn view_of(promise: CallBack, attempts: Vec<Attempt>, now: Moment) -> CallBackView {
    let overdue = promise.state == CallBackState::Open && now > promise.window_end;
    CallBackView {
        id: promise.id,
        complaint_id: promise.complaint_id,
        purpose: promise.purpose,
        state: promise.state,
        overdue,
        window_start: promise.window_start,
        window_end: promise.window_end,
        time_zone: promise.time_zone,
        number: promise.number,
        owner: promise.owner,
        note: promise.note,
        round: promise.round,
        promised_by: promise.promised_by,
        promised_at: promise.promised_at,
        rescheduled_from: promise.rescheduled_from,
        changed_by: promise.changed_by,
        change_reason: promise.change_reason,
        attempts_counted: promise.attempts,
        attempts: attempts
            .into_iter()
            .map(|a| AttemptView {
                id: a.id,
                result: a.result,
                not_counted: a.not_counted,
                satisfied: a.satisfied,
                note: a.note,
                recording_ref: a.recording_ref,
                agent: a.agent,
                attempted_at: a.attempted_at,
            })
            .collect(),
        outcome: promise.outcome,
        settled_at: promise.settled_at,
        version: promise.version,
    }
}

/// Promises with their attempts, in the order given.
pub(in crate::domain::complaints) fn views(
    conn: &mut Conn,
    promises: Vec<CallBack>,
    now: Moment,
) -> Result<Vec<CallBackView>> {
    let ids: Vec<CallBackId> = promises.iter().map(|promise| promise.id).collect();
    let mut attempts: BTreeMap<CallBackId, Vec<Attempt>> = BTreeMap::new();
    for attempt in store::attempts_of(conn, &ids)? {
        attempts.entry(attempt.call_back_id).or_default().push(attempt);
    }
    let view = |promise: CallBack| {
        let own = attempts.remove(&promise.id).unwrap_or_default();
        view_of(promise, own, now)
    };
    Ok(promises.into_iter().map(view).collect())
}

pub(super) fn with_attempts(conn: &mut Conn, promise: CallBack, now: Moment) -> Result<CallBackView> {
    let attempts = store::attempts_of(conn, &[promise.id])?;
    Ok(view_of(promise, attempts, now))
}

/// One promise.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, now: Moment, id: CallBackId) -> Result<CallBackView> {
    let promise = store::load(conn, id)?;
    with_attempts(conn, promise, now)
}

/// The promises of one complaint, the oldest first.
///
/// # Errors
/// `resource.not_found`.
pub fn of_complaint(conn: &mut Conn, now: Moment, id: ComplaintId) -> Result<Vec<CallBackView>> {
    complaints::load(conn, id)?;
    let promises = store::of_complaint(conn, id)?;
    views(conn, promises, now)
}

/// Which promises to list.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// In this state; open ones come by the end of their window, others the newest first.
    pub state: Option<CallBackState>,
    /// To be kept by this person.
    pub owner: Option<String>,
    /// About complaints that this team holds.
    pub team: Option<TeamId>,
    /// Whose window ends before this moment.
    pub due_before: Option<Moment>,
    /// After this one.
    pub after: Option<(Moment, CallBackId)>,
    /// At most so many.
    pub limit: i64,
}

/// Lists promises.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, now: Moment, listing: &Listing) -> Result<Vec<CallBackView>> {
    let promises = store::list(conn, listing)?;
    views(conn, promises, now)
}

/// How many promises are open, and how many of these are overdue; counted up to `limit`.
///
/// # Errors
/// When the database refuses.
pub fn figures(conn: &mut Conn, now: Moment, limit: i64) -> Result<(usize, usize)> {
    let open = store::open_promises(conn, limit)?;
    Ok((open.len(), open.iter().filter(|(end, _)| *end < now).count()))
}

/// When the windows end of the promises that nobody has tried to keep and that can still be; of `limit` open ones.
///
/// # Errors
/// When the database refuses.
pub fn about_to_end(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<Moment>> {
    let open = store::open_promises(conn, limit)?.into_iter();
    Ok(open
        .filter(|(end, tried)| *end >= now && tried.is_none())
        .map(|(end, _)| end)
        .collect())
}
