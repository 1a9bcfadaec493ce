//! Corrective actions, as they are kept, sent and shown.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Moment;
use crate::db::schema::{corrective_action_complaints, corrective_actions};
use crate::domain::check::double_option;
use crate::domain::complaints::vocabulary::CauseCategory;
use crate::domain::reporting::sums::Day;
use crate::ids::{ComplaintId, CorrectiveActionId};
use crate::text_enum;

text_enum! {
    /// Where a corrective action stands.
    ActionState {
        /// Its owner is to do it.
        Open = "open",
        /// It was done; whether it helped is to be looked at.
        Done = "done",
        /// Somebody has looked whether it helped.
        Verified = "verified",
        /// It will not be done.
        Dropped = "dropped",
    }
}

text_enum! {
    /// How a corrective action ends.
    ActionEnd {
        /// It was done.
        Done = "done",
        /// It will not be done.
        Dropped = "dropped",
    }
}

text_enum! {
    /// Whether a corrective action helped, by the judgement of whoever looked.
    Helped {
        /// It helped.
        Yes = "yes",
        /// It did not.
        No = "no",
        /// It cannot be told.
        Unclear = "unclear",
    }
}

/// A corrective action, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = corrective_actions, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ActionRow {
    /// Its name here.
    pub id: CorrectiveActionId,
    /// Where it stands.
    pub state: ActionState,
    /// What it is to mend.
    pub cause: CauseCategory,
    /// Only of complaints of this category.
    pub category: Option<String>,
    /// What is done, in a line.
    pub title: String,
    /// What is done.
    pub description: Option<String>,
    /// Who sees to it.
    pub owner: String,
    /// The day by which it is to be done.
    pub due_day: Day,
    /// The first day on which it held.
    pub effective_day: Option<Day>,
    /// Over how many days before and after it is held against the figures, at most.
    pub window_days: i32,
    /// What was said when it ended.
    pub closing_note: Option<String>,
    /// Who ended it.
    pub closed_by: Option<String>,
    /// When it was ended.
    pub closed_at: Option<Moment>,
    /// Whether it helped.
    pub helped: Option<Helped>,
    /// What was seen when somebody looked.
    pub verification: Option<String>,
    /// Who looked.
    pub verified_by: Option<String>,
    /// When.
    pub verified_at: Option<Moment>,
    /// Who asked for it.
    pub created_by: String,
    /// When.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Counts the changes; the ETag.
    pub version: i32,
}

/// A complaint that an action is about.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = corrective_action_complaints)]
pub struct LinkRow {
    /// The action.
    pub action_id: CorrectiveActionId,
    /// The complaint.
    pub complaint_id: ComplaintId,
    /// Who said so.
    pub linked_by: String,
    /// When.
    pub linked_at: Moment,
}

/// A corrective action that is to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionForm {
    /// Which of the seven causes on our side it is to mend.
    pub cause: CauseCategory,
    /// Only complaints of this subject category; all when it is left out.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "delivery")]
    pub category: Option<String>,
    /// What is done, in a line. Nothing of a customer belongs here.
    #[schema(min_length = 1, max_length = 200, example = "Couriers ring before they come")]
    pub title: String,
    /// What is done.
    #[schema(max_length = 5000)]
    pub description: Option<String>,
    /// The handle of whoever sees to it.
    #[schema(min_length = 1, max_length = 40, example = "mary")]
    pub owner: String,
    /// The day by which it is to be done.
    pub due_on: NaiveDate,
    /// Over how many days before and after it took effect it is held against the figures, at most; 90 when left out.
    #[schema(minimum = 7, maximum = 365, example = 90)]
    pub window_days: Option<i32>,
}

/// What of a corrective action is to change; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ActionChangeForm {
    /// Which of the seven causes on our side it is to mend.
    pub cause: Option<CauseCategory>,
    /// Only complaints of this subject category; null: all.
    #[serde(with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub category: Option<Option<String>>,
    /// What is done, in a line.
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// What is done.
    #[serde(with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 5000)]
    pub description: Option<Option<String>>,
    /// The handle of whoever sees to it.
    #[schema(min_length = 1, max_length = 40)]
    pub owner: Option<String>,
    /// The day by which it is to be done.
    pub due_on: Option<NaiveDate>,
    /// Over how many days before and after it took effect it is held against the figures, at most.
    #[schema(minimum = 7, maximum = 365)]
    pub window_days: Option<i32>,
}

/// How a corrective action ended.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionEndForm {
    /// How.
    pub end: ActionEnd,
    /// The first day on which it held, when it was done; today when left out.
    pub effective_on: Option<NaiveDate>,
    /// What there is to say; needed when it was dropped.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// Whether a corrective action helped.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationForm {
    /// Whether it did.
    pub helped: Helped,
    /// What was seen.
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
}

/// A corrective action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActionView {
    /// Its name here.
    pub id: CorrectiveActionId,
    /// Where it stands.
    pub state: ActionState,
    /// Whether it is open and past the day by which it was due.
    pub overdue: bool,
    /// What it is to mend.
    pub cause: CauseCategory,
    /// Only of complaints of this category; null: all.
    pub category: Option<String>,
    /// What is done, in a line.
    pub title: String,
    /// What is done.
    pub description: Option<String>,
    /// Who sees to it.
    pub owner: String,
    /// The day by which it is to be done.
    pub due_on: NaiveDate,
    /// The first day on which it held.
    pub effective_on: Option<NaiveDate>,
    /// Over how many days before and after it is held against the figures, at most.
    pub window_days: i32,
    /// What was said when it ended.
    pub closing_note: Option<String>,
    /// Who ended it.
    pub closed_by: Option<String>,
    /// When it was ended.
    pub closed_at: Option<Moment>,
    /// Whether it helped.
    pub helped: Option<Helped>,
    /// What was seen when somebody looked.
    pub verification: Option<String>,
    /// Who looked.
    pub verified_by: Option<String>,
    /// When.
    pub verified_at: Option<Moment>,
    /// How many complaints it is about.
    pub complaints: i64,
    /// Who asked for it.
    pub created_by: String,
    /// When.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}
