//! Picks, reviews and comments, as they are kept.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Moment;
use crate::db::schema::{call_review_comments, call_reviews, review_form_versions, review_picks};
use crate::db::types::Json;
use crate::domain::complaints::calls::CallKind;
use crate::domain::reporting::sums::Day;
use crate::ids::{AttemptId, CallReviewId, ComplaintId, ReviewCommentId, ReviewPickId, TeamId};

/// One thing that is looked at in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name in reviews.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "listened")]
    pub slug: String,
    /// What is asked, in English.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Listened to the end, and said back what was heard"
    )]
    pub en: String,
    /// What is asked, in Chinese.
    #[schema(min_length = 1, max_length = 200, example = "耐心听完，并复述要点")]
    pub zh: String,
    /// How much it counts.
    #[schema(minimum = 1, maximum = 10, example = 2)]
    pub weight: i32,
}

/// The score of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// Which criterion, by its slug.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "listened")]
    pub criterion: String,
    /// From 1 (not at all) to 5 (fully); null when it did not come up.
    #[schema(minimum = 1, maximum = 5)]
    pub score: Option<i32>,
}

/// A version of the form.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = review_form_versions)]
pub struct FormRow {
    /// Which, from 2; 1 is the one that Hark is delivered with.
    pub version: i32,
    /// What is looked at.
    pub criteria: Json<Vec<Criterion>>,
    /// Who wrote it.
    pub created_by: String,
    /// When.
    pub created_at: Moment,
}

/// Calls that were drawn.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = review_picks, treat_none_as_default_value = false)]
pub struct PickRow {
    /// Its name here.
    pub id: ReviewPickId,
    /// What the draw rests on.
    pub seed: String,
    /// Of one person.
    pub agent: Option<String>,
    /// Of a team.
    pub team_id: Option<TeamId>,
    /// The first day of the calls.
    pub from_day: Day,
    /// The last day.
    pub to_day: Day,
    /// At most so many of each person.
    pub per_agent: i32,
    /// Only calls with a recording.
    pub recorded_only: bool,
    /// How many there were to draw from.
    pub candidates: i32,
    /// How many were drawn.
    pub drawn: i32,
    /// Who drew.
    pub drawn_by: String,
    /// When.
    pub drawn_at: Moment,
}

/// A call that was drawn, with its review once it is written.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = call_reviews, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ReviewRow {
    /// Its name here.
    pub id: CallReviewId,
    /// By which draw.
    pub pick_id: ReviewPickId,
    /// Which kind of call.
    pub kind: CallKind,
    /// The complaint.
    pub complaint_id: ComplaintId,
    /// The attempt, of a promised call.
    pub attempt_id: Option<AttemptId>,
    /// Who of us spoke.
    pub agent: String,
    /// Their team, by which it is seen who may look.
    pub team_id: Option<TeamId>,
    /// When they spoke.
    pub spoken_at: Moment,
    /// By which form it was reviewed.
    pub form_version: Option<i32>,
    /// The scores.
    pub scores: Option<Json<Vec<Score>>>,
    /// Their weighted mean, hundredths.
    pub score: Option<i32>,
    /// What the reviewer says.
    pub comment: Option<String>,
    /// Who reviewed it.
    pub reviewer: Option<String>,
    /// When.
    pub reviewed_at: Option<Moment>,
    /// What whoever spoke says to it.
    pub answer: Option<String>,
    /// When.
    pub answered_at: Option<Moment>,
    /// Counts the changes; the ETag.
    pub version: i32,
}

/// What somebody said about a call.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_review_comments)]
pub struct CommentRow {
    /// Its name here.
    pub id: ReviewCommentId,
    /// About which call.
    pub review_id: CallReviewId,
    /// The complaint of the call.
    pub complaint_id: ComplaintId,
    /// Who said it.
    pub author: String,
    /// What they said.
    pub body: String,
    /// When.
    pub written_at: Moment,
}
