//! Two who change the same thing: what the second one is shown.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Code, Error, Problem};
use crate::clock::Moment;
use crate::ids::{ComplaintId, CustomerId};

/// What was changed since it was read, and what was to be written instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Conflict {
    /// The version that was read.
    #[schema(example = 3)]
    pub version_read: i32,
    /// The version that there is now.
    #[schema(example = 4)]
    pub version_now: i32,
    /// The changes since, the oldest first.
    pub changes: Vec<ChangeSince>,
    /// What stands there now, of what was to be written. Of steps: who recorded them, when, and what.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub current: Option<Value>,
    /// What was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub sent: Option<Value>,
    /// Whose personal data that is; for the audit.
    #[serde(skip)]
    pub of: Option<(ComplaintId, CustomerId)>,
}

/// A change that somebody made meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeSince {
    /// What happened, in the past tense, as in the timeline.
    #[schema(example = "steps_recorded")]
    pub action: String,
    /// Who.
    #[schema(example = "li.na")]
    pub actor: String,
    /// When.
    pub at: Moment,
}

impl Error {
    /// The problem [`Code::PreconditionFailed`]: somebody else was faster.
    pub fn conflict(version_read: i32, version_now: i32, changes: Vec<ChangeSince>) -> Self {
        Self::Problem(Box::new(Problem {
            code: Code::PreconditionFailed,
            detail: format!("you read version {version_read}; now it is version {version_now}"),
            errors: Vec::new(),
            retry_after: None,
            conflict: Some(Box::new(Conflict {
                version_read,
                version_now,
                changes,
                current: None,
                sent: None,
                of: None,
            })),
        }))
    }

    /// The same with what stands there now and what was sent.
    pub fn showing(
        mut self,
        current: Option<Value>,
        sent: Option<Value>,
        of: Option<(ComplaintId, CustomerId)>,
    ) -> Self {
        if let Self::Problem(problem) = &mut self
            && let Some(conflict) = &mut problem.conflict
        {
            (conflict.current, conflict.sent, conflict.of) = (current, sent, of);
        }
        self
    }

    /// Whose personal data the error shows, if it does.
    pub fn shows(&self) -> Option<(ComplaintId, CustomerId)> {
        match self {
            Self::Problem(problem) => problem.conflict.as_ref()?.of,
            _ => None,
        }
    }
}
