//! Who does something, when, and under which rules: what every domain operation is told.

use std::sync::Arc;

use uuid::Uuid;

use super::roles::Role;
use crate::clock::Moment;
use crate::domain::policy::Policy;
use crate::text_enum;

text_enum! {
    /// What kind of actor made a change.
    ActorKind {
        /// A person or program of ours, known by a token.
        Staff = "staff",
        /// The customer, through a private link.
        Customer = "customer",
        /// Hark itself, on a timer.
        System = "system",
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// The name in the timeline.
    pub name: String,
    /// The role, for staff.
    pub role: Option<Role>,
    /// The service token, for staff.
    pub token: Option<Uuid>,
}

impl Actor {
    /// The customer, through a private link. The timeline does not repeat their name.
    pub fn customer() -> Self {
        Self {
            kind: ActorKind::Customer,
            name: "customer".to_owned(),
            role: None,
            token: None,
        }
    }

    /// Hark itself.
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            name: "hark".to_owned(),
            role: None,
            token: None,
        }
    }
}

/// One act: who does it, when, under which request and which rules.
#[derive(Debug, Clone)]
pub struct Act {
    /// When.
    pub now: Moment,
    /// Who.
    pub actor: Arc<Actor>,
    /// The request it belongs to, if any.
    pub request_id: Option<Arc<str>>,
    /// The rules of this installation.
    pub policy: Arc<Policy>,
}

impl Act {
    /// Hark's own act at `now`.
    pub fn of_system(now: Moment, policy: Arc<Policy>) -> Self {
        Self {
            now,
            actor: Arc::new(Actor::system()),
            request_id: None,
            policy,
        }
    }
}
