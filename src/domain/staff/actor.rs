//! Who does something, when, and under which rules: what every domain operation is told.

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::roles::{Grant, Permission};
use crate::clock::Moment;
use crate::domain::policy::Policy;
use crate::error::{Code, Error, Result};
use crate::ids::{StaffId, TeamId, TokenId};
use crate::text_enum;

text_enum! {
    /// What kind of actor made a change.
    ActorKind {
        /// A person or program of ours, signed in or known by a token.
        Staff = "staff",
        /// The customer, through a private link.
        Customer = "customer",
        /// Hark itself, on a timer.
        System = "system",
    }
}

/// Whose credentials an actor of ours showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A person, signed in.
    Person(StaffId),
    /// A program, by its service token.
    Token(TokenId),
}

impl Principal {
    /// The id, whatever it names.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Person(id) => id.0,
            Self::Token(id) => id.0,
        }
    }

    /// `person` or `token`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Token(_) => "token",
        }
    }
}

/// A rule by which Hark acts, and what led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByRule {
    /// The slug of the rule.
    pub rule: String,
    /// The version of the rules.
    pub version: i32,
    /// The rules that led to each other, this one last.
    pub chain: Vec<String>,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// The name in the timeline: a person's handle, a token's name.
    pub name: String,
    /// Whose credentials, for staff.
    pub principal: Option<Principal>,
    /// What the credentials allow; nothing for customers.
    pub grant: Grant,
    /// The teams whose complaints the actor may change.
    pub teams: Vec<TeamId>,
    /// The rule by which Hark acts, if it does by one.
    pub rule: Option<Box<ByRule>>,
}

impl Actor {
    /// The customer, through a private link. The timeline does not repeat their name.
    pub fn customer() -> Self {
        Self {
            kind: ActorKind::Customer,
            name: "customer".to_owned(),
            principal: None,
            grant: Grant::none(),
            teams: Vec::new(),
            rule: None,
        }
    }

    /// Hark itself.
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            name: "hark".to_owned(),
            principal: None,
            grant: Grant::none(),
            teams: Vec::new(),
            rule: None,
        }
    }

    /// Hark itself, by a rule.
    pub fn by_rule(rule: ByRule) -> Self {
        Self {
            name: format!("rule {}, version {}", rule.rule, rule.version),
            rule: Some(Box::new(rule)),
            ..Self::system()
        }
    }

    /// Whether the credentials allow this.
    pub fn may(&self, permission: Permission) -> bool {
        self.grant.may(permission)
    }

    /// The record rule: staff change what their own teams hold and what no team holds yet, or, with the
    /// permission to work across teams, everything. Customers (through their own link) and Hark are not bound.
    ///
    /// # Errors
    /// `auth.other_team`.
    pub fn check_team(&self, team: Option<TeamId>) -> Result<()> {
        let Some(team) = team else { return Ok(()) };
        let free = self.kind != ActorKind::Staff || self.may(Permission::WorkAcrossTeams) || self.teams.contains(&team);
        if free {
            return Ok(());
        }
        Err(Error::problem(Code::OtherTeam, "another team holds this complaint"))
    }

    /// Refuses what would open the complaints of a team to somebody else, when they are not the actor's own to change.
    ///
    /// # Errors
    /// `auth.escalation`.
    pub fn check_reach_of_team(&self, team: TeamId) -> Result<()> {
        self.check_team(Some(team)).map_err(|_| {
            let detail = format!("you are not in the team {team} yourself");
            Error::problem(Code::Escalation, detail)
        })
    }

    /// Nobody gives somebody what they do not have themselves: refuses when one of these permissions is not
    /// the actor's own. Hark itself (the command line) may give everything.
    ///
    /// # Errors
    /// `auth.escalation`.
    pub fn check_reach(&self, permissions: &[Permission]) -> Result<()> {
        let missing = permissions.iter().find(|permission| !self.may(**permission));
        match missing {
            Some(permission) if self.kind != ActorKind::System => Err(Error::problem(
                Code::Escalation,
                format!("you do not have `{permission}` yourself"),
            )),
            _ => Ok(()),
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
    /// Where the request came from, if it came from a network.
    pub address: Option<IpAddr>,
    /// What the caller says it is for (`X-Purpose`), for the audit.
    pub purpose: Option<Arc<str>>,
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
            address: None,
            purpose: None,
            policy,
        }
    }
}
