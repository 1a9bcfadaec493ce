//! What becomes of reviews when a customer's content is removed, and what an export holds of them.

use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::calls::CallKind;
use crate::error::Result;
use crate::ids::{CallReviewId, ComplaintId};

/// What was said among ourselves about a call with the customer. How well somebody of ours called is theirs, and left out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldReview {
    /// Which kind of call.
    pub kind: CallKind,
    /// When they spoke.
    pub spoken_at: Moment,
    /// What was said about it, in its order.
    pub texts: Vec<String>,
}

/// What was said about calls, by complaint.
///
/// # Errors
/// When the database refuses.
pub fn held(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<Vec<(ComplaintId, HeldReview)>> {
    let rows = store::of_complaints(conn, complaints)?;
    let ids: Vec<CallReviewId> = rows.iter().map(|row| row.id).collect();
    let comments = store::comments(conn, &ids)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut texts: Vec<String> = row.comment.into_iter().chain(row.answer).collect();
            let said = comments.iter().filter(|said| said.review_id == row.id);
            texts.extend(said.map(|said| said.body.clone()));
            texts.retain(|text| !text.is_empty());
            let held = HeldReview {
                kind: row.kind,
                spoken_at: row.spoken_at,
                texts,
            };
            (row.complaint_id, held)
        })
        .collect())
}

/// Removes what was said about calls; scores stay. Gives the ids of the reviews.
///
/// # Errors
/// When the database refuses.
pub fn wipe(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<()> {
    store::wipe(conn, complaints)
}

/// The calls of these complaints that were drawn: what kept answers about them are found by.
///
/// # Errors
/// When the database refuses.
pub fn ids_of(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<Vec<CallReviewId>> {
    let rows = store::of_complaints(conn, complaints)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// How many calls of these complaints were drawn.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<i64> {
    Ok(i64::try_from(ids_of(conn, complaints)?.len()).unwrap_or(i64::MAX))
}
