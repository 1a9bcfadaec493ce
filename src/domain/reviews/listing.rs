//! Calls that were drawn, with what was said about them, as far as somebody may see it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{CommentRow, ReviewRow, Score};
use super::sight::{self, Sight};
use super::store::{self, Filter, Reach};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::calls::CallKind;
use crate::domain::complaints::standing;
use crate::domain::staff::Act;
use crate::error::{Error, Result};
use crate::ids::{AttemptId, CallReviewId, ComplaintId, CustomerId, ReviewCommentId, ReviewPickId, TeamId};

/// What somebody said about a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewCommentView {
    /// Its name here.
    pub id: ReviewCommentId,
    /// Who said it.
    pub author: String,
    /// What they said.
    pub body: String,
    /// When.
    pub written_at: Moment,
}

/// A call that was drawn, with its review once it is written. Colleagues see neither the scores nor what the reviewer and
/// whoever made the call say to each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewView {
    /// Its name here.
    pub id: CallReviewId,
    /// By which draw.
    pub pick: ReviewPickId,
    /// Which kind of call.
    pub kind: CallKind,
    /// The complaint.
    pub complaint: ComplaintId,
    /// What people call it on the phone.
    pub reference: String,
    /// Whose call it was.
    pub customer: CustomerId,
    /// The attempt, of a promised call.
    pub attempt: Option<AttemptId>,
    /// Who of us spoke.
    pub agent: String,
    /// Their team.
    pub team: Option<TeamId>,
    /// When they spoke.
    pub spoken_at: Moment,
    /// Whether it is reviewed.
    pub reviewed: bool,
    /// By which form.
    pub form_version: Option<i32>,
    /// The scores; absent for colleagues.
    pub scores: Option<Vec<Score>>,
    /// Their weighted mean, 1 to 5; absent for colleagues.
    #[schema(example = 4.25)]
    pub score: Option<f64>,
    /// What the reviewer says; absent for colleagues.
    pub comment: Option<String>,
    /// Who reviewed it.
    pub reviewer: Option<String>,
    /// When.
    pub reviewed_at: Option<Moment>,
    /// What whoever made the call says to it; absent for colleagues.
    pub answer: Option<String>,
    /// When.
    pub answered_at: Option<Moment>,
    /// What colleagues say, the oldest first.
    pub comments: Vec<ReviewCommentView>,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

/// Which calls to list; everything that is said must hold.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Of this person.
    pub agent: Option<String>,
    /// Of this draw.
    pub pick: Option<ReviewPickId>,
    /// Only those that are reviewed, or only those that are not.
    pub reviewed: Option<bool>,
    /// After this one.
    pub after: Option<CallReviewId>,
    /// At most so many.
    pub limit: i64,
}

/// One call.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, act: &Act, id: CallReviewId) -> Result<ReviewView> {
    let row = store::find(conn, id)?.ok_or_else(|| Error::not_found("call"))?;
    sight::of(act, &row)?;
    view_of(conn, act, row)
}

/// Calls that the actor may see, the newest draw first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act, listing: &Listing) -> Result<Vec<ReviewView>> {
    let filter = Filter {
        agent: listing.agent.clone(),
        pick: listing.pick,
        reviewed: listing.reviewed,
        after: listing.after,
    };
    let rows = store::list(conn, &Reach::of(act), &filter, listing.limit)?;
    views(conn, act, rows)
}

pub(super) fn view_of(conn: &mut Conn, act: &Act, row: ReviewRow) -> Result<ReviewView> {
    views(conn, act, vec![row])?
        .pop()
        .ok_or_else(|| Error::not_found("call"))
}

fn views(conn: &mut Conn, act: &Act, rows: Vec<ReviewRow>) -> Result<Vec<ReviewView>> {
    let ids: Vec<CallReviewId> = rows.iter().map(|row| row.id).collect();
    let mut comments: BTreeMap<CallReviewId, Vec<ReviewCommentView>> = BTreeMap::new();
    for said in store::comments(conn, &ids)? {
        comments.entry(said.review_id).or_default().push(comment(said));
    }
    let mut about: Vec<ComplaintId> = rows.iter().map(|row| row.complaint_id).collect();
    about.sort();
    about.dedup();
    let complaints: BTreeMap<ComplaintId, (String, CustomerId)> = standing::load(conn, &about)?
        .into_iter()
        .map(|one| (one.complaint.id, (one.complaint.reference, one.complaint.customer_id)))
        .collect();
    let view = |row: ReviewRow| {
        let (reference, customer) = complaints.get(&row.complaint_id)?.clone();
        let whole = sight::of(act, &row).ok()? == Sight::Whole;
        let said = comments.remove(&row.id).unwrap_or_default();
        Some(view(row, (reference, customer), whole, said))
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

fn comment(row: CommentRow) -> ReviewCommentView {
    ReviewCommentView {
        id: row.id,
        author: row.author,
        body: row.body,
        written_at: row.written_at,
    }
}

fn view(
    row: ReviewRow,
    (reference, customer): (String, CustomerId),
    whole: bool,
    comments: Vec<ReviewCommentView>,
) -> ReviewView {
    ReviewView {
        id: row.id,
        pick: row.pick_id,
        kind: row.kind,
        complaint: row.complaint_id,
        reference,
        customer,
        attempt: row.attempt_id,
        agent: row.agent,
        team: row.team_id,
        spoken_at: row.spoken_at,
        reviewed: row.reviewed_at.is_some(),
        form_version: row.form_version,
        scores: row.scores.map(|scores| scores.0).filter(|_| whole),
        score: row.score.map(|score| f64::from(score) / 100.0).filter(|_| whole),
        comment: row.comment.filter(|_| whole),
        reviewer: row.reviewer,
        reviewed_at: row.reviewed_at,
        answer: row.answer.filter(|_| whole),
        answered_at: row.answered_at.filter(|_| whole),
        comments,
        version: row.version,
    }
}
