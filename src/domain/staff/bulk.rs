//! A whole staff at once, as a bulk load brings it.

use diesel::prelude::*;

pub use super::model::{StaffMember, Team};

use super::model::TeamMember;
use super::{store, tokens};
use crate::db::conn::Conn;
use crate::db::schema::{service_tokens, staff_members, teams};
use crate::error::Result;
use crate::ids::{StaffId, TeamId, TokenId};
use crate::insert_new;

/// What somebody has made here that a fresh database does not have: it has nobody, no team, and no token but the one
/// that is made at the first start.
///
/// # Errors
/// When the database refuses.
pub fn held(conn: &mut Conn) -> Result<Option<&'static str>> {
    let anybody: Option<StaffId> = staff_members::table.select(staff_members::id).first(conn).optional()?;
    if anybody.is_some() {
        return Ok(Some("staff"));
    }
    let any: Option<TeamId> = teams::table.select(teams::id).first(conn).optional()?;
    if any.is_some() {
        return Ok(Some("teams"));
    }
    let token: Option<TokenId> = service_tokens::table
        .filter(service_tokens::name.ne(tokens::FIRST))
        .select(service_tokens::id)
        .first(conn)
        .optional()?;
    Ok(token.map(|_| "service tokens"))
}

/// Inserts people and teams and puts people into teams: team, handle, and whether they lead it. Those who are
/// there already stay as they are.
///
/// # Errors
/// When the database refuses.
pub fn insert(
    conn: &mut Conn,
    members: &[StaffMember],
    in_teams: &[Team],
    memberships: &[(TeamId, &str, bool)],
) -> Result<()> {
    insert_new!(conn, staff_members::table, members)?;
    insert_new!(conn, teams::table, in_teams)?;
    for (team_id, handle, leads) in memberships {
        let member = store::find_member_by_handle(conn, handle)?;
        let team = store::find_team(conn, *team_id)?;
        if let (Some(member), Some(team)) = (member, team) {
            store::delete_team_member(conn, team.id, member.id)?;
            store::insert_team_member(
                conn,
                &TeamMember {
                    team_id: team.id,
                    staff_id: member.id,
                    leads: *leads,
                },
            )?;
        }
    }
    Ok(())
}
