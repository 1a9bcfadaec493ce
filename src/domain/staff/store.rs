//! SQL of people, teams, roles and service tokens.

use diesel::prelude::*;

use super::model::{CustomRole, HandOver, StaffMember, Team, TeamMember};
use super::people::Listing;
use super::tokens::TokenRow;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{custom_roles, hand_overs, service_tokens, staff_members, team_members, teams};
use crate::error::{Error, Result};
use crate::ids::{StaffId, TeamId, TokenId};
use crate::insert_rows;

pub(super) fn insert_token(conn: &mut Conn, row: &TokenRow) -> Result<()> {
    insert_rows!(conn, service_tokens::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn any_token(conn: &mut Conn) -> Result<bool> {
    let first: Option<TokenId> = service_tokens::table
        .select(service_tokens::id)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

/// Whether a service token has this name, in capital letters or small ones.
pub(super) fn token_has_name(conn: &mut Conn, name: &str) -> Result<bool> {
    let names: Vec<String> = service_tokens::table.select(service_tokens::name).load(conn)?;
    Ok(names.iter().any(|there| there.to_lowercase() == name.to_lowercase()))
}

pub(super) fn list_tokens(conn: &mut Conn) -> Result<Vec<TokenRow>> {
    Ok(service_tokens::table
        .order(service_tokens::id.desc())
        .select(TokenRow::as_select())
        .load(conn)?)
}

pub(super) fn find_token(conn: &mut Conn, id: TokenId) -> Result<Option<TokenRow>> {
    Ok(service_tokens::table
        .find(id)
        .select(TokenRow::as_select())
        .first(conn)
        .optional()?)
}

/// The token whose secret has this hash, or had before its last rotation.
pub(super) fn find_token_by_hash(conn: &mut Conn, hash: &[u8]) -> Result<Option<TokenRow>> {
    let present = service_tokens::table
        .filter(service_tokens::token_hash.eq(hash.to_vec()))
        .select(TokenRow::as_select())
        .first(conn)
        .optional()?;
    if present.is_some() {
        return Ok(present);
    }
    Ok(service_tokens::table
        .filter(service_tokens::previous_hash.is_not_null())
        .filter(service_tokens::previous_hash.eq(Some(hash.to_vec())))
        .select(TokenRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn update_token(conn: &mut Conn, before: &TokenRow, after: &TokenRow) -> Result<()> {
    let changed = diesel::update(
        service_tokens::table
            .find(before.id)
            .filter(service_tokens::version.eq(before.version)),
    )
    .set(after)
    .execute(conn)?;
    one(changed, "the token changed meanwhile")
}

/// Notes that a token was used; a later use stays.
pub(super) fn touch_token(conn: &mut Conn, id: TokenId, at: Moment) -> Result<()> {
    let earlier = service_tokens::last_used_at
        .is_null()
        .or(service_tokens::last_used_at.lt(Some(at)).assume_not_null());
    diesel::update(service_tokens::table.find(id).filter(earlier))
        .set(service_tokens::last_used_at.eq(Some(at)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn find_member(conn: &mut Conn, id: StaffId) -> Result<Option<StaffMember>> {
    Ok(staff_members::table
        .find(id)
        .select(StaffMember::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn members_by_handles(conn: &mut Conn, handles: &[&str]) -> Result<Vec<StaffMember>> {
    let handles: Vec<String> = handles.iter().map(|handle| (*handle).to_owned()).collect();
    Ok(staff_members::table
        .filter(staff_members::handle.eq_any(handles))
        .select(StaffMember::as_select())
        .load(conn)?)
}

pub(super) fn find_member_by_handle(conn: &mut Conn, handle: &str) -> Result<Option<StaffMember>> {
    // No stored text holds a NUL, and PostgreSQL takes none.
    let handle = handle.replace('\0', " ");
    Ok(staff_members::table
        .filter(staff_members::handle.eq(handle))
        .select(StaffMember::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn find_member_by_email(conn: &mut Conn, email: &str) -> Result<Option<StaffMember>> {
    Ok(staff_members::table
        .filter(staff_members::email.is_not_null())
        .filter(staff_members::email.eq(Some(email.to_owned())))
        .select(StaffMember::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn another_active_with_role(conn: &mut Conn, role: &str, than: StaffId) -> Result<bool> {
    let first: Option<StaffId> = staff_members::table
        .filter(staff_members::role.eq(role.to_owned()))
        .filter(staff_members::deactivated_at.is_null())
        .filter(staff_members::id.ne(than))
        .select(staff_members::id)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

pub(super) fn insert_member(conn: &mut Conn, row: &StaffMember) -> Result<()> {
    insert_rows!(conn, staff_members::table, std::slice::from_ref(row))?;
    Ok(())
}

/// Writes the changed member; refuses when somebody else changed them since they were loaded.
pub(super) fn update_member(conn: &mut Conn, before: &StaffMember, after: &StaffMember) -> Result<()> {
    let changed = diesel::update(
        staff_members::table
            .find(before.id)
            .filter(staff_members::version.eq(before.version)),
    )
    .set(after)
    .execute(conn)?;
    one(changed, "the member of the staff changed meanwhile")
}

fn one(changed: usize, why: &'static str) -> Result<()> {
    match changed {
        1 => Ok(()),
        _ => Err(Error::Retry(why)),
    }
}

pub(super) fn list_members(conn: &mut Conn, listing: &Listing) -> Result<Vec<StaffMember>> {
    let mut query = staff_members::table
        .select(StaffMember::as_select())
        .order(staff_members::id.desc())
        .limit(listing.limit)
        .into_boxed();
    match listing.active {
        Some(true) => query = query.filter(staff_members::deactivated_at.is_null()),
        Some(false) => query = query.filter(staff_members::deactivated_at.is_not_null()),
        None => {}
    }
    if let Some(handle) = &listing.handle {
        query = query.filter(staff_members::handle.eq(handle.clone()));
    }
    if let Some(role) = &listing.role {
        query = query.filter(staff_members::role.eq(role.clone()));
    }
    if let Some(team) = listing.team {
        let members = team_members::table
            .filter(team_members::team_id.eq(team))
            .select(team_members::staff_id);
        query = query.filter(staff_members::id.eq_any(members));
    }
    if let Some(after) = listing.after {
        query = query.filter(staff_members::id.lt(after));
    }
    Ok(query.load(conn)?)
}

/// The handle of everybody, what they are called, and when they left if they have; by handle.
pub(super) fn names(conn: &mut Conn) -> Result<Vec<(String, String, Option<Moment>)>> {
    let columns = (
        staff_members::handle,
        staff_members::name,
        staff_members::deactivated_at,
    );
    Ok(staff_members::table
        .order(staff_members::handle)
        .select(columns)
        .load(conn)?)
}

/// The teams that these people are in with their names, by name.
pub(super) fn memberships_of(conn: &mut Conn, ids: &[StaffId]) -> Result<Vec<(TeamMember, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(team_members::table
        .inner_join(teams::table)
        .filter(team_members::staff_id.eq_any(ids.to_vec()))
        .order((teams::name.asc(), team_members::team_id.asc()))
        .select((TeamMember::as_select(), teams::name))
        .load(conn)?)
}

/// Who is in these teams, by handle.
pub(super) fn members_of(conn: &mut Conn, ids: &[TeamId]) -> Result<Vec<(TeamMember, StaffMember)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(team_members::table
        .inner_join(staff_members::table)
        .filter(team_members::team_id.eq_any(ids.to_vec()))
        .order(staff_members::handle.asc())
        .select((TeamMember::as_select(), StaffMember::as_select()))
        .load(conn)?)
}

pub(super) fn find_team(conn: &mut Conn, id: TeamId) -> Result<Option<Team>> {
    Ok(teams::table.find(id).select(Team::as_select()).first(conn).optional()?)
}

pub(super) fn teams_by_ids(conn: &mut Conn, ids: &[TeamId]) -> Result<Vec<Team>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(teams::table
        .filter(teams::id.eq_any(ids.to_vec()))
        .order(teams::name.asc())
        .select(Team::as_select())
        .load(conn)?)
}

pub(super) fn find_team_by_name(conn: &mut Conn, name: &str) -> Result<Option<Team>> {
    Ok(teams::table
        .filter(teams::name.eq(name.to_owned()))
        .select(Team::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn list_teams(conn: &mut Conn, after: Option<TeamId>, limit: i64) -> Result<Vec<Team>> {
    let mut query = teams::table
        .select(Team::as_select())
        .order(teams::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(teams::id.lt(after));
    }
    Ok(query.load(conn)?)
}

pub(super) fn insert_team(conn: &mut Conn, row: &Team) -> Result<()> {
    insert_rows!(conn, teams::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn update_team(conn: &mut Conn, row: &Team) -> Result<()> {
    diesel::update(teams::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

pub(super) fn insert_team_member(conn: &mut Conn, row: &TeamMember) -> Result<()> {
    insert_rows!(conn, team_members::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn delete_team_member(conn: &mut Conn, team: TeamId, member: StaffId) -> Result<usize> {
    Ok(diesel::delete(team_members::table.find((team, member))).execute(conn)?)
}

pub(super) fn find_role(conn: &mut Conn, slug: &str) -> Result<Option<CustomRole>> {
    Ok(custom_roles::table
        .find(slug.to_owned())
        .select(CustomRole::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn list_roles(conn: &mut Conn) -> Result<Vec<CustomRole>> {
    Ok(custom_roles::table
        .order(custom_roles::slug.asc())
        .select(CustomRole::as_select())
        .load(conn)?)
}

pub(super) fn insert_role(conn: &mut Conn, row: &CustomRole) -> Result<()> {
    insert_rows!(conn, custom_roles::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn update_role(conn: &mut Conn, before: &CustomRole, after: &CustomRole) -> Result<()> {
    let changed = diesel::update(
        custom_roles::table
            .find(before.slug.clone())
            .filter(custom_roles::version.eq(before.version)),
    )
    .set(after)
    .execute(conn)?;
    one(changed, "the role changed meanwhile")
}

pub(super) fn delete_role(conn: &mut Conn, slug: &str) -> Result<()> {
    diesel::delete(custom_roles::table.find(slug.to_owned())).execute(conn)?;
    Ok(())
}

/// Whether a member of the staff, or a token that works, has this role.
pub(super) fn role_is_in_use(conn: &mut Conn, slug: &str, now: Moment) -> Result<bool> {
    let member: Option<StaffId> = staff_members::table
        .filter(staff_members::role.eq(slug.to_owned()))
        .select(staff_members::id)
        .first(conn)
        .optional()?;
    let token: Option<TokenId> = service_tokens::table
        .filter(service_tokens::role.eq(slug.to_owned()))
        .filter(service_tokens::revoked_at.is_null())
        .filter(service_tokens::expires_at.gt(now))
        .select(service_tokens::id)
        .first(conn)
        .optional()?;
    Ok(member.is_some() || token.is_some())
}

pub(super) fn insert_hand_over(conn: &mut Conn, row: &HandOver) -> Result<()> {
    insert_rows!(conn, hand_overs::table, std::slice::from_ref(row))?;
    Ok(())
}

/// What somebody handed over when they last left.
pub(super) fn last_hand_over(conn: &mut Conn, id: StaffId) -> Result<Option<HandOver>> {
    Ok(hand_overs::table
        .filter(hand_overs::staff_id.eq(id))
        .order(hand_overs::id.desc())
        .select(HandOver::as_select())
        .first(conn)
        .optional()?)
}
