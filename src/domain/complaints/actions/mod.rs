//! Actions as data: what bulk actions, macros and rules do with a complaint. Each goes through the operation that does
//! the same for a single request, so through the same gates.

mod apply;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::apply::{Applied, apply, apply_all, hold_for};
use super::marks;
use super::vocabulary::{BallWith, CauseCategory, Decision, Level};
use crate::domain::check::{Check, double_option};
use crate::domain::staff::{Act, ActorKind, Permission};
use crate::domain::typing::CustomerType;
use crate::error::{Code, Error, Result};
use crate::ids::TeamId;

/// The most actions that are done together.
pub const MOST: usize = 10;

/// One thing to do with a complaint. `do` says which; the other fields belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ComplaintAction)]
pub enum Action {
    /// Give it to a person, to a team, or to both; `null` gives it to nobody, or to no team. What is left out stays as
    /// it is.
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
    /// Give it to whoever of a team is there, has the skills and has the fewest open complaints.
    AssignLeastLoaded {
        /// Which team; the one that holds it, when it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
    },
    /// Give it to who leads the team that holds it.
    AssignToLead {},
    /// Bring it to the next one in the chains of its clocks, before they do so by themselves.
    Escalate {},
    /// Send it where the rules of routing say.
    Route {},
    /// Write a note among ourselves.
    AddNote {
        /// The text; must be given. Bulk actions keep no texts, so their answers leave it out.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        #[schema(min_length = 1, max_length = 10000)]
        body: String,
    },
    /// Write to the customer: a canned text, or these words. One of the two.
    SendMessage {
        /// The slug of the canned text; the complaint's language and customer type say which wording.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
        text: Option<String>,
        /// The words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(min_length = 1, max_length = 10000)]
        body: Option<String>,
    },
    /// Say how grave it is.
    SetSeverity {
        /// How grave.
        severity: Level,
    },
    /// Say what kind of subject it is about.
    SetCategory {
        /// A slug.
        #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
        category: String,
    },
    /// Say which product it is about; `null` says that it is none.
    SetProduct {
        /// The product.
        #[schema(max_length = 200)]
        product: Option<String>,
    },
    /// Say how the customer comes across.
    SetCustomerType {
        /// The type.
        customer_type: CustomerType,
    },
    /// Put tags on it.
    Tag {
        /// Slugs.
        #[schema(min_items = 1, max_items = 20)]
        tags: Vec<String>,
    },
    /// Take tags off it.
    Untag {
        /// Slugs.
        #[schema(min_items = 1, max_items = 20)]
        tags: Vec<String>,
    },
    /// Watch it.
    Watch {},
    /// Watch it no more.
    Unwatch {},
    /// Wait for the customer or a third party.
    Wait {
        /// `customer` or `third_party`.
        ball_with: BallWith,
        /// What for; must be given. Bulk actions keep no texts, so their answers leave it out.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        #[schema(min_length = 1, max_length = 2000)]
        reason: String,
    },
    /// Take the work up again.
    Resume {
        /// What has happened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 2000)]
        note: Option<String>,
    },
    /// Close it, if the gate allows it.
    Close {
        /// What was decided.
        decision: Decision,
        /// Why; must be given. Bulk actions keep no texts, so their answers leave it out.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        #[schema(min_length = 1, max_length = 5000)]
        reason: String,
        /// Which of the seven causes on our side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause_category: Option<CauseCategory>,
    },
}

impl Action {
    /// Its word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Assign { .. } => "assign",
            Self::AssignLeastLoaded { .. } => "assign_least_loaded",
            Self::AssignToLead {} => "assign_to_lead",
            Self::Escalate {} => "escalate",
            Self::Route {} => "route",
            Self::AddNote { .. } => "add_note",
            Self::SendMessage { .. } => "send_message",
            Self::SetSeverity { .. } => "set_severity",
            Self::SetCategory { .. } => "set_category",
            Self::SetProduct { .. } => "set_product",
            Self::SetCustomerType { .. } => "set_customer_type",
            Self::Tag { .. } => "tag",
            Self::Untag { .. } => "untag",
            Self::Watch {} => "watch",
            Self::Unwatch {} => "unwatch",
            Self::Wait { .. } => "wait",
            Self::Resume { .. } => "resume",
            Self::Close { .. } => "close",
        }
    }

    /// What it needs: the same as the single request.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Assign { .. } | Self::AssignLeastLoaded { .. } | Self::AssignToLead {} | Self::Route {} => {
                Permission::AssignComplaints
            }
            Self::Watch {} | Self::Unwatch {} => Permission::ReadComplaints,
            _ => Permission::HandleComplaints,
        }
    }

    /// Refuses when the actor may not do this at all. The service itself may.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub fn check_permission(&self, act: &Act) -> Result<()> {
        if act.actor.kind == ActorKind::System || act.actor.may(self.permission()) {
            return Ok(());
        }
        let (word, permission) = (self.word(), self.permission());
        Err(Error::problem(
            Code::Forbidden,
            format!("`{word}` needs the permission `{permission}`"),
        ))
    }

    /// What is wrong with its values is noted; gives it with texts trimmed and tags in their order.
    #[must_use]
    pub fn checked(&self, check: &mut Check, pointer: &str) -> Self {
        let mut checked = self.clone();
        let at = |field: &str| format!("{pointer}/{field}");
        match &mut checked {
            Self::Assign { owner, team } => {
                if owner.is_none() && team.is_none() {
                    check.fail(at("owner"), "required", "an owner, a team, or both");
                }
                if let Some(owner) = owner {
                    *owner = check.optional_text(&at("owner"), owner.as_deref(), 100);
                }
            }
            Self::AddNote { body } => *body = check.text(&at("body"), body, 1, 10_000),
            Self::SendMessage { text, body } => {
                *body = check.optional_text(&at("body"), body.as_deref(), 10_000);
                if let Some(text) = text {
                    *text = check.slug(&at("text"), text);
                }
                if text.is_some() == body.is_some() {
                    check.fail(
                        at("body"),
                        "required",
                        "a canned text or words of your own, one of the two",
                    );
                }
            }
            Self::SetCategory { category } => *category = check.slug(&at("category"), category),
            Self::SetProduct { product } => {
                *product = check.optional_text(&at("product"), product.as_deref(), 200);
            }
            Self::Tag { tags } | Self::Untag { tags } => {
                *tags = marks::checked_tags(check, &at("tags"), tags, 1);
            }
            Self::Wait { ball_with, reason } => {
                *reason = check.text(&at("reason"), reason, 1, 2_000);
                if *ball_with == BallWith::Us {
                    check.fail(
                        at("ball_with"),
                        "not_allowed",
                        "one waits for the customer or a third party",
                    );
                }
            }
            Self::Resume { note } => *note = check.optional_text(&at("note"), note.as_deref(), 2_000),
            Self::Close {
                decision,
                reason,
                cause_category,
            } => {
                *reason = check.text(&at("reason"), reason, 1, 5_000);
                if matches!(decision, Decision::Upheld | Decision::Partly) && cause_category.is_none() {
                    check.fail(
                        at("cause_category"),
                        "required",
                        "which of the seven causes on our side",
                    );
                }
            }
            Self::AssignLeastLoaded { .. }
            | Self::AssignToLead {}
            | Self::Escalate {}
            | Self::Route {}
            | Self::SetSeverity { .. }
            | Self::SetCustomerType { .. }
            | Self::Watch {}
            | Self::Unwatch {} => {}
        }
        checked
    }

    /// The same without what somebody typed: what may be kept when the work is done.
    #[must_use]
    pub fn without_words(&self) -> Self {
        let mut coded = self.clone();
        match &mut coded {
            Self::AddNote { body } => body.clear(),
            Self::SendMessage { body, .. } => *body = None,
            Self::Wait { reason, .. } | Self::Close { reason, .. } => reason.clear(),
            Self::Resume { note } => *note = None,
            Self::SetProduct { product } => *product = None,
            _ => {}
        }
        coded
    }
}

/// Notes what is wrong with a list of actions; gives it with its texts trimmed.
pub fn checked_all(check: &mut Check, pointer: &str, actions: &[Action], least: usize) -> Vec<Action> {
    if actions.len() < least {
        check.fail(pointer, "required", format_args!("at least {least}"));
    }
    if actions.len() > MOST {
        check.fail(pointer, "too_long", format_args!("at most {MOST} actions"));
    }
    actions
        .iter()
        .enumerate()
        .map(|(n, action)| action.checked(check, &format!("{pointer}/{n}")))
        .collect()
}
