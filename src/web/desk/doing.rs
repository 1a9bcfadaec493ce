//! Actions in words: what a macro or a bulk action does.

use std::collections::BTreeMap;

use super::words::word;
use crate::domain::complaints::actions::Action;
use crate::error::Code;
use crate::ids::TeamId;
use crate::web::i18n::{self, Words, fl};

/// What actions name by their ids.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// What canned texts are called, by their slugs.
    pub(super) texts: BTreeMap<String, String>,
    /// What teams are called.
    pub(super) teams: BTreeMap<TeamId, String>,
}

impl Names {
    fn team(&self, id: TeamId) -> String {
        self.teams.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }
}

/// An action in words.
pub(super) fn said(words: Words, names: &Names, action: &Action) -> String {
    match action {
        Action::Assign { owner, team } => {
            let owner = owner.as_ref().map(|owner| match owner {
                Some(owner) => fl!(words, "desk-do-owner", who = owner.as_str()),
                None => fl!(words, "desk-do-no-owner"),
            });
            let team = team.map(|team| match team {
                Some(team) => fl!(words, "desk-do-team", team = names.team(team)),
                None => fl!(words, "desk-do-no-team"),
            });
            owner.into_iter().chain(team).collect::<Vec<_>>().join(" · ")
        }
        Action::AssignLeastLoaded { .. } => fl!(words, "desk-do-least-loaded"),
        Action::AssignToLead {} => fl!(words, "desk-do-lead"),
        Action::Escalate {} => fl!(words, "desk-do-escalate"),
        Action::Route {} => fl!(words, "desk-do-route"),
        Action::AddNote { .. } => fl!(words, "desk-do-note"),
        Action::SendMessage { text: Some(text), .. } => {
            let title = names.texts.get(text).unwrap_or(text).as_str();
            fl!(words, "desk-do-text", text = title)
        }
        Action::SendMessage { text: None, .. } => fl!(words, "desk-do-message"),
        Action::SetSeverity { severity } => {
            fl!(
                words,
                "desk-do-severity",
                value = word(words, "level", severity.as_str())
            )
        }
        Action::SetCategory { category } => {
            fl!(words, "desk-do-category", value = word(words, "category", category))
        }
        Action::SetProduct { product: Some(product) } => {
            fl!(words, "desk-do-product", value = product.as_str())
        }
        Action::SetProduct { product: None } => fl!(words, "desk-do-no-product"),
        Action::SetCustomerType { customer_type } => {
            let value = word(words, "type", customer_type.as_str());
            fl!(words, "desk-do-type", value = value)
        }
        Action::Tag { tags } => fl!(words, "desk-do-tag", tags = tags.join(" ")),
        Action::Untag { tags } => fl!(words, "desk-do-untag", tags = tags.join(" ")),
        Action::Watch {} => fl!(words, "desk-watch"),
        Action::Unwatch {} => fl!(words, "desk-unwatch"),
        Action::Wait { ball_with, .. } => {
            fl!(words, "desk-do-wait", whom = word(words, "ball", ball_with.as_str()))
        }
        Action::Resume { .. } => fl!(words, "desk-resume"),
        Action::Close { decision, .. } => {
            let value = word(words, "decision", decision.as_str());
            fl!(words, "desk-do-close", value = value)
        }
    }
}

/// What stands in the way of an action, by the word of its problem.
pub(super) fn refused(words: Words, code: Option<&str>) -> String {
    code.and_then(|code| Code::ALL.iter().find(|known| known.as_str() == code))
        .map_or(String::new(), |code| i18n::problem(words, *code))
}

/// The team that an action names.
pub(super) fn team_of(action: &Action) -> Option<TeamId> {
    match action {
        Action::Assign { team, .. } => team.flatten(),
        Action::AssignLeastLoaded { team } => *team,
        _ => None,
    }
}
