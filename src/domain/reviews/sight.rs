//! Who sees what of a review.

use super::model::ReviewRow;
use crate::domain::staff::{Act, Permission};
use crate::error::{Error, Result};
use crate::ids::TeamId;

/// How much somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Everything: leads of the team, and whoever made the call.
    Whole,
    /// That the call was drawn, and what colleagues said about it.
    Comments,
}

/// Whether the actor leads reviews of people of this team, or of none.
pub(super) fn leads(act: &Act, team: Option<TeamId>) -> bool {
    let theirs = team.is_none_or(|team| act.actor.teams.contains(&team));
    act.actor.may(Permission::ReviewCalls) && (theirs || act.actor.may(Permission::WorkAcrossTeams))
}

/// What the actor sees of this row; what they may not see is not there.
pub(super) fn of(act: &Act, row: &ReviewRow) -> Result<Sight> {
    let own = row.agent == act.actor.name;
    if own && row.reviewed_at.is_some() || !own && leads(act, row.team_id) {
        return Ok(Sight::Whole);
    }
    let colleague = row.team_id.is_some_and(|team| act.actor.teams.contains(&team));
    match colleague && !own {
        true => Ok(Sight::Comments),
        false => Err(Error::not_found("call")),
    }
}
