//! Doing a macro, and seeing beforehand what it would do.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::load;
use crate::db::conn::Conn;
use crate::db::nested;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::casework::texts;
use crate::domain::complaints::actions::{Action, Applied, apply, apply_all};
use crate::domain::complaints::view::{self, ComplaintView};
use crate::domain::staff::Act;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, CustomerId};
use crate::text_enum;

text_enum! {
    /// What an action of a macro would come to.
    StepOutcome {
        /// It would change something.
        Changes = "changes",
        /// Everything is so already.
        Unchanged = "unchanged",
        /// It would be refused, and the whole macro with it.
        Refused = "refused",
        /// One before it would be refused.
        NotReached = "not_reached",
    }
}

/// A macro that was done.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MacroDone {
    /// What each action came to, in their order.
    pub applied: Vec<Applied>,
    /// The complaint as it is now.
    pub complaint: ComplaintView,
}

/// What an action of a macro would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MacroStep {
    /// The action.
    pub action: Action,
    /// What it would come to.
    pub outcome: StepOutcome,
    /// The code of the problem, when it would be refused.
    #[schema(example = "complaint.closed")]
    pub code: Option<String>,
    /// What is wrong, when it would be refused.
    pub detail: Option<String>,
    /// What would be sent to the customer.
    pub message: Option<String>,
}

/// What a macro would do with a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MacroPreview {
    /// Each action, in their order.
    pub steps: Vec<MacroStep>,
}

/// Does a macro: every action, or none.
///
/// # Errors
/// What the first action that is refused answers; `resource.not_found`; `request.precondition_failed`.
pub fn run(conn: &mut Conn, act: &Act, id: ComplaintId, slug: &str, expected: Option<i32>) -> Result<MacroDone> {
    let row = load(conn, slug)?;
    let applied = apply_all(conn, act, id, expected, &row.content)?;
    let complaint = view::get(conn, id)?;
    let words: Vec<&str> = row.content.iter().map(Action::word).collect();
    let fields = json!({ "macro": row.slug, "version": row.version, "actions": words });
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.macro_run");
    audit::record(conn, act, event.of([complaint.summary.customer_id]).with(fields))?;
    Ok(MacroDone { applied, complaint })
}

/// What a macro would do now, found by doing it and undoing it; and whose complaint it is.
///
/// # Errors
/// `resource.not_found`.
pub fn preview(conn: &mut Conn, act: &Act, id: ComplaintId, slug: &str) -> Result<(CustomerId, MacroPreview)> {
    let row = load(conn, slug)?;
    let whose = view::get(conn, id)?.summary.customer_id;
    let steps = nested::tried(conn, |conn| {
        let mut steps: Vec<MacroStep> = Vec::with_capacity(row.content.len());
        for action in &row.content {
            let refused = steps.last().is_some_and(|step| step.outcome.ends());
            steps.push(step(conn, act, id, action, refused)?);
        }
        Ok(steps)
    })?;
    Ok((whose, MacroPreview { steps }))
}

impl StepOutcome {
    const fn ends(self) -> bool {
        matches!(self, Self::Refused | Self::NotReached)
    }
}

fn step(conn: &mut Conn, act: &Act, id: ComplaintId, action: &Action, refused: bool) -> Result<MacroStep> {
    let mut step = MacroStep {
        action: action.clone(),
        outcome: StepOutcome::NotReached,
        code: None,
        detail: None,
        message: None,
    };
    if refused {
        return Ok(step);
    }
    if let Action::SendMessage { text, body } = action {
        step.message = match text {
            Some(text) => texts::preview(conn, act, id, text).ok().map(|(_, text)| text.body),
            None => body.clone(),
        };
    }
    match nested::within(conn, |conn| apply(conn, act, id, action)) {
        Ok(Applied { changed: true }) => step.outcome = StepOutcome::Changes,
        Ok(Applied { changed: false }) => step.outcome = StepOutcome::Unchanged,
        Err(Error::Problem(problem)) => {
            step.outcome = StepOutcome::Refused;
            step.code = Some(problem.code.as_str().to_owned());
            step.detail = Some(problem.detail);
        }
        Err(error) => return Err(error),
    }
    Ok(step)
}
