//! What rules do, until the actions of bulk and macros are there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::conn::Conn;
use crate::domain::check::{Check, double_option};
use crate::domain::complaints::changes::{self, AssignForm, EditForm};
use crate::domain::complaints::messages::{self, MessageForm};
use crate::domain::complaints::standing;
use crate::domain::complaints::vocabulary::{Direction, Level};
use crate::domain::staff::{Act, Permission, teams};
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, TeamId};

/// One thing that a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum RuleAction {
    /// Give it to a person, to a team, or to both.
    Assign {
        /// Who handles it from now on.
        #[serde(
            default,
            deserialize_with = "double_option::deserialize",
            skip_serializing_if = "Option::is_none"
        )]
        #[schema(value_type = Option<String>, max_length = 100, example = "li.na")]
        owner: Option<Option<String>>,
        /// The team that holds it from now on.
        #[serde(
            default,
            deserialize_with = "double_option::deserialize",
            skip_serializing_if = "Option::is_none"
        )]
        #[schema(value_type = Option<TeamId>)]
        team: Option<Option<TeamId>>,
    },
    /// Give it to who leads the team that holds it.
    AssignToLead {},
    /// Write a note among ourselves.
    AddNote {
        /// The text.
        #[schema(min_length = 1, max_length = 10000)]
        body: String,
    },
    /// Write to the customer.
    SendMessage {
        /// The words.
        #[schema(min_length = 1, max_length = 10000)]
        body: String,
    },
    /// Say how grave it is.
    SetSeverity {
        /// How grave.
        severity: Level,
    },
}

impl RuleAction {
    /// Its word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Assign { .. } => "assign",
            Self::AssignToLead {} => "assign_to_lead",
            Self::AddNote { .. } => "add_note",
            Self::SendMessage { .. } => "send_message",
            Self::SetSeverity { .. } => "set_severity",
        }
    }

    /// What it needs.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Assign { .. } | Self::AssignToLead {} => Permission::AssignComplaints,
            _ => Permission::HandleComplaints,
        }
    }

    /// What is wrong with its values is noted; gives it with texts trimmed.
    #[must_use]
    pub fn checked(&self, check: &mut Check, pointer: &str) -> Self {
        let mut checked = self.clone();
        match &mut checked {
            Self::Assign { owner, team } => {
                if owner.is_none() && team.is_none() {
                    check.fail(format!("{pointer}/owner"), "required", "an owner, a team, or both");
                }
                if let Some(owner) = owner {
                    *owner = check.optional_text(&format!("{pointer}/owner"), owner.as_deref(), 100);
                }
            }
            Self::AddNote { body } | Self::SendMessage { body } => {
                *body = check.text(&format!("{pointer}/body"), body, 1, 10_000);
            }
            Self::AssignToLead {} | Self::SetSeverity { .. } => {}
        }
        checked
    }
}

/// Does it.
///
/// # Errors
/// What the operation answers.
pub fn apply(conn: &mut Conn, act: &Act, id: ComplaintId, action: &RuleAction) -> Result<bool> {
    let found = standing::load(conn, &[id])?
        .pop()
        .ok_or_else(|| Error::not_found("complaint"))?;
    let there = found.complaint;
    let assign = |conn: &mut Conn, owner: Option<Option<String>>, team: Option<Option<TeamId>>| {
        let same = owner.as_ref().is_none_or(|owner| *owner == there.owner);
        if same && team.is_none_or(|team| team == there.team_id) {
            return Ok(false);
        }
        let form = AssignForm {
            team,
            owner,
            note: None,
        };
        changes::assign(conn, act, id, None, &form).map(|_| true)
    };
    let write = |conn: &mut Conn, direction, body: &String| {
        messages::write(conn, act, id, None, direction, &MessageForm { body: body.clone() }).map(|_| true)
    };
    match action {
        RuleAction::Assign { owner, team } => assign(conn, owner.clone(), *team),
        RuleAction::AssignToLead {} => {
            let lead = match there.team_id {
                Some(team) => teams::lead_of(conn, team)?,
                None => None,
            };
            let lead = lead.ok_or_else(|| Error::problem(Code::NotFound, "nobody leads the team that holds it"))?;
            assign(conn, Some(Some(lead)), None)
        }
        RuleAction::AddNote { body } => write(conn, Direction::Internal, body),
        RuleAction::SendMessage { body } => write(conn, Direction::Out, body),
        RuleAction::SetSeverity { severity } => {
            if there.severity == *severity {
                return Ok(false);
            }
            let form = EditForm {
                severity: Some(*severity),
                ..EditForm::default()
            };
            changes::edit(conn, act, id, None, &form).map(|_| true)
        }
    }
}
