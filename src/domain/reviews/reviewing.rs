//! Writing a review, saying something about a call, answering.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::form::{self, ReviewFormView};
use super::listing::{self, ReviewView};
use super::model::{CommentRow, ReviewRow, Score};
use super::{sight, store};
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::complaints::privacy;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::{CallReviewId, ReviewCommentId};

/// The most comments on one call.
const MOST_COMMENTS: usize = 100;

/// What was heard in a call.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewForm {
    /// Which version of the form; the one in force when left out.
    pub form_version: Option<i32>,
    /// Every criterion of the form, once.
    #[schema(min_items = 1, max_items = 20)]
    pub scores: Vec<Score>,
    /// What there is to say.
    #[schema(max_length = 5000)]
    pub comment: Option<String>,
}

/// What somebody says about a call.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewTextForm {
    /// What they say.
    #[schema(min_length = 1, max_length = 5000)]
    pub body: String,
}

fn load(conn: &mut Conn, act: &Act, id: CallReviewId) -> Result<ReviewRow> {
    let row = store::find(conn, id)?.ok_or_else(|| Error::not_found("call"))?;
    // Nothing is added to what was removed.
    privacy::check_content(conn, row.complaint_id)?;
    match sight::of(act, &row) {
        // Who may not see it yet learns that it is their own, which they know.
        Err(_) if row.agent == act.actor.name => Ok(row),
        Err(error) => Err(error),
        Ok(_) => Ok(row),
    }
}

fn check_version(row: &ReviewRow, expected: Option<i32>) -> Result<()> {
    match expected {
        Some(expected) if expected != row.version => Err(changed_meanwhile(row.version)),
        _ => Ok(()),
    }
}

fn changed_meanwhile(version: i32) -> Error {
    Error::problem(Code::PreconditionFailed, format!("now it is version {version}"))
}

/// Writes the review of a call, or writes it anew.
///
/// # Errors
/// `call_review.own`; `auth.other_team`; `request.invalid`; `complaint.anonymised`; `resource.not_found`;
/// `request.precondition_failed`.
pub fn review(
    conn: &mut Conn,
    act: &Act,
    id: CallReviewId,
    expected: Option<i32>,
    form: &ReviewForm,
) -> Result<ReviewView> {
    let before = load(conn, act, id)?;
    check_version(&before, expected)?;
    if before.agent == act.actor.name {
        return Err(Error::problem(Code::ReviewOwn, "somebody else reviews your calls"));
    }
    if !sight::leads(act, before.team_id) {
        return Err(Error::problem(Code::OtherTeam, "they work in other teams than you"));
    }
    let by = form::current(conn)?;
    let mut check = Check::new();
    if form.form_version.is_some_and(|version| version != by.version) {
        check.fail(
            "/form_version",
            "not_allowed",
            format_args!("version {} is in force", by.version),
        );
    }
    let scores = checked_scores(&mut check, &by, &form.scores);
    let comment = check.optional_text("/comment", form.comment.as_deref(), 5_000);
    let score = mean(&by, &scores);
    if check.is_clean() && score.is_none() {
        check.fail("/scores", "required", "at least one criterion came up");
    }
    let after = check.finish(ReviewRow {
        form_version: Some(by.version),
        scores: Some(Json(scores)),
        score,
        comment,
        reviewer: Some(act.actor.name.clone()),
        reviewed_at: Some(act.now),
        ..before.clone()
    })?;
    write(conn, act, &before, after, "call_review.written")
}

/// Every criterion of the form, in its order.
fn checked_scores(check: &mut Check, by: &ReviewFormView, sent: &[Score]) -> Vec<Score> {
    let mut given: BTreeMap<&str, Option<i32>> = BTreeMap::new();
    for (n, one) in sent.iter().enumerate() {
        let known = by.criteria.iter().any(|criterion| criterion.slug == one.criterion);
        if !known {
            check.fail(format!("/scores/{n}/criterion"), "unknown", "not on the form");
        } else if given.insert(&one.criterion, one.score).is_some() {
            check.fail(format!("/scores/{n}/criterion"), "not_allowed", "each criterion once");
        }
        if one.score.is_some_and(|score| !(1..=5).contains(&score)) {
            check.fail(format!("/scores/{n}/score"), "out_of_range", "1 to 5");
        }
    }
    let missing: Vec<&str> = by
        .criteria
        .iter()
        .map(|criterion| criterion.slug.as_str())
        .filter(|slug| !given.contains_key(slug))
        .collect();
    if !missing.is_empty() {
        check.fail("/scores", "required", format_args!("missing: {}", missing.join(", ")));
    }
    by.criteria
        .iter()
        .map(|criterion| Score {
            criterion: criterion.slug.clone(),
            score: given.get(criterion.slug.as_str()).copied().flatten(),
        })
        .collect()
}

/// The weighted mean of what came up, hundredths.
fn mean(by: &ReviewFormView, scores: &[Score]) -> Option<i32> {
    let (mut sum, mut weights) = (0, 0);
    for (criterion, score) in by.criteria.iter().zip(scores) {
        if let Some(score) = score.score {
            sum += criterion.weight * score;
            weights += criterion.weight;
        }
    }
    // To the nearest.
    (weights > 0).then(|| (sum * 200 + weights) / (weights * 2))
}

/// Says something about a call that was drawn: advice among colleagues.
///
/// # Errors
/// `request.invalid`; `complaint.anonymised`; `resource.not_found`.
pub fn comment(conn: &mut Conn, act: &Act, id: CallReviewId, form: &ReviewTextForm) -> Result<ReviewView> {
    let row = load(conn, act, id)?;
    if row.agent == act.actor.name {
        sight::of(act, &row)?;
    }
    let mut check = Check::new();
    let body = check.text("/body", &form.body, 1, 5_000);
    if store::comments(conn, &[id])?.len() >= MOST_COMMENTS {
        check.fail(
            "",
            "too_long",
            format_args!("{MOST_COMMENTS} comments are written already"),
        );
    }
    let body = check.finish(body)?;
    let said = CommentRow {
        id: ReviewCommentId::new(act.now),
        review_id: id,
        complaint_id: row.complaint_id,
        author: act.actor.name.clone(),
        body,
        written_at: act.now,
    };
    store::insert_comment(conn, &said)?;
    write(conn, act, &row, row.clone(), "call_review.commented")
}

/// Answers to the review of one's own call, or answers anew.
///
/// # Errors
/// `call_review.not_yours`; `call_review.missing`; `request.invalid`; `complaint.anonymised`; `resource.not_found`;
/// `request.precondition_failed`.
pub fn answer(
    conn: &mut Conn,
    act: &Act,
    id: CallReviewId,
    expected: Option<i32>,
    form: &ReviewTextForm,
) -> Result<ReviewView> {
    let before = load(conn, act, id)?;
    check_version(&before, expected)?;
    if before.agent != act.actor.name {
        return Err(Error::problem(
            Code::ReviewNotYours,
            "only whoever made the call answers",
        ));
    }
    if before.reviewed_at.is_none() {
        return Err(Error::problem(Code::ReviewMissing, "nobody has reviewed it yet"));
    }
    let mut check = Check::new();
    let body = check.text("/body", &form.body, 1, 5_000);
    let after = check.finish(ReviewRow {
        answer: Some(body),
        answered_at: Some(act.now),
        ..before.clone()
    })?;
    write(conn, act, &before, after, "call_review.answered")
}

fn write(
    conn: &mut Conn,
    act: &Act,
    before: &ReviewRow,
    mut after: ReviewRow,
    action: &'static str,
) -> Result<ReviewView> {
    after.version = before.version + 1;
    if !store::update(conn, &after, before.version)? {
        let now = store::find(conn, before.id)?.map_or(0, |row| row.version);
        return Err(changed_meanwhile(now));
    }
    let fields = json!({ "agent": after.agent, "score": after.score, "form_version": after.form_version });
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::CallReview, after.id.0, action).with(fields),
    )?;
    listing::view_of(conn, act, after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reviews::model::Criterion;

    #[test]
    fn what_did_not_come_up_does_not_count() {
        let criterion = |slug: &str, weight| Criterion {
            slug: slug.to_owned(),
            en: String::new(),
            zh: String::new(),
            weight,
        };
        let by = ReviewFormView {
            version: 1,
            criteria: vec![criterion("a", 2), criterion("b", 1), criterion("c", 5)],
            written_by: None,
            written_at: None,
        };
        let score = |slug: &str, score| Score {
            criterion: slug.to_owned(),
            score,
        };
        let scores = |a, b, c| [score("a", a), score("b", b), score("c", c)];
        assert_eq!(mean(&by, &scores(Some(5), Some(3), None)), Some(433));
        assert_eq!(mean(&by, &scores(Some(4), Some(4), Some(4))), Some(400));
        assert_eq!(mean(&by, &scores(Some(1), None, Some(5))), Some(386));
        assert_eq!(mean(&by, &scores(None, None, None)), None);
    }
}
