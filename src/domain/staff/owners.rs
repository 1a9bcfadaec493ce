//! To whom work can be given, and who has it when somebody has left.

use std::collections::BTreeMap;

use super::actor::{Actor, ActorKind, Principal};
use super::people::{self, StaffMember};
use super::{store, teams};
use crate::db::conn::Conn;
use crate::db::holds;
use crate::domain::check::Check;
use crate::error::Result;
use crate::ids::{StaffId, TeamId};

/// The longest line of people who have left one after the other that is followed.
const LONGEST_LINE: usize = 100;

/// People whom work is about to be given to, kept from leaving until the end of the transaction.
pub struct Owners {
    members: BTreeMap<String, (StaffMember, Vec<TeamId>)>,
}

impl Owners {
    /// Keeps those of these who work here from leaving meanwhile. To be asked for before a complaint is held.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn hold<'a>(conn: &mut Conn, handles: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        // No stored text holds a NUL, and PostgreSQL takes none.
        let mut handles: Vec<&str> = handles
            .into_iter()
            .map(str::trim)
            .filter(|handle| !handle.is_empty() && !handle.contains('\0'))
            .collect();
        handles.sort_unstable();
        handles.dedup();
        let mut members = BTreeMap::new();
        if handles.is_empty() {
            return Ok(Self { members });
        }
        holds::hold_owners(conn, &handles)?;
        let found = store::members_by_handles(conn, &handles)?;
        let ids: Vec<StaffId> = found.iter().map(|member| member.id).collect();
        let mut teams: BTreeMap<StaffId, Vec<TeamId>> = BTreeMap::new();
        for (membership, _) in store::memberships_of(conn, &ids)? {
            teams.entry(membership.staff_id).or_default().push(membership.team_id);
        }
        for member in found {
            let teams = teams.remove(&member.id).unwrap_or_default();
            members.insert(member.handle.clone(), (member, teams));
        }
        Ok(Self { members })
    }

    /// Whether somebody works in a team.
    pub fn is_in(&self, owner: &str, team: TeamId) -> bool {
        self.members.get(owner).is_some_and(|(_, teams)| teams.contains(&team))
    }

    /// The teams that somebody works in.
    pub fn teams_of(&self, owner: &str) -> Vec<TeamId> {
        self.members
            .get(owner)
            .map(|(_, teams)| teams.clone())
            .unwrap_or_default()
    }

    /// Notes why `actor` cannot give work to `owner`, if so: it must be somebody who works here and, if a team
    /// holds the work, a member of it. A program may take work itself, by the name of its token. A rule is bound as
    /// people are.
    pub fn check(&self, check: &mut Check, pointer: &str, actor: &Actor, owner: &str, team: Option<TeamId>) {
        let is_program = matches!(actor.principal, Some(Principal::Token(_)));
        let hark = actor.kind == ActorKind::System && actor.rule.is_none();
        let itself = hark || (is_program && owner == actor.name);
        if !itself {
            self.check_person(check, pointer, owner, team);
        }
    }

    /// Notes why work of this team, or of none, cannot be with `owner`, if so: as [`Owners::check`], of people only.
    pub fn check_person(&self, check: &mut Check, pointer: &str, owner: &str, team: Option<TeamId>) {
        match self.members.get(owner) {
            None => check.fail(pointer, "unknown", "nobody here has this handle"),
            Some((member, _)) if !member.is_active() => check.fail(pointer, "not_allowed", "they have left"),
            Some((_, teams)) if team.is_some_and(|team| !teams.contains(&team)) => {
                check.fail(
                    pointer,
                    "not_allowed",
                    "not a member of the team that holds the complaint",
                );
            }
            Some(_) => {}
        }
    }
}

/// Notes why `actor` cannot give work to a team, if so.
///
/// # Errors
/// `auth.other_team` when it is none of the actor's.
pub fn check_team(conn: &mut Conn, check: &mut Check, pointer: &str, actor: &Actor, team: TeamId) -> Result<()> {
    if !teams::exists(conn, team)? {
        check.fail(pointer, "unknown", "there is no such team");
        return Ok(());
    }
    actor.check_team(Some(team))
}

/// Who has work that was `owner`'s, when it comes up again: they themselves, whoever took over from them, or nobody,
/// when they are not in the team that holds it. Keeps the one it finds from leaving meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn present_owner(conn: &mut Conn, owner: &str, team: Option<TeamId>) -> Result<Option<String>> {
    let mut handle = owner.to_owned();
    for _ in 0..LONGEST_LINE {
        let owners = Owners::hold(conn, [handle.as_str()])?;
        let Some((member, teams)) = owners.members.get(&handle) else {
            // A program, or somebody from before there were accounts.
            return Ok(Some(handle));
        };
        if member.is_active() {
            let fits = team.is_none_or(|team| teams.contains(&team));
            return Ok(fits.then_some(handle));
        }
        let Some(successor) = member.successor_id else {
            return Ok(None);
        };
        handle = people::load(conn, successor)?.handle;
    }
    Ok(None)
}
