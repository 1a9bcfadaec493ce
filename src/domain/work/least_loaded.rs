//! Who of a team gets a piece of work without asking for it: of those who are there, have the skills and have room, the
//! one with the fewest open complaints.

use std::collections::{BTreeMap, BTreeSet};

use super::profiles::{self, ProfileRow};
use super::routing::place;
use super::skills::Needs;
use super::{absences, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::domain::sla::calendars;
use crate::domain::staff::people::{self, StaffMember};
use crate::domain::staff::{Act, Permission, Role, teams};
use crate::error::Result;
use crate::ids::{ComplaintId, StaffId, TeamId};

/// What others of the same group were given already, by handle.
pub(super) type Given = BTreeMap<String, i64>;

/// Picks somebody, keeps them from leaving until the end of the transaction, and notes in `given` that they have one
/// more. One picks at a time, so that nobody is given more than there is room for.
///
/// # Errors
/// When the database refuses.
pub(super) fn pick(
    conn: &mut Conn,
    act: &Act,
    team: TeamId,
    needs: &Needs,
    given: &mut Given,
) -> Result<Option<String>> {
    holds::hold_picking(conn)?;
    let mut members = Vec::new();
    for (_, member) in teams::workers_of(conn, &[team])? {
        if handles_complaints(conn, &member)? {
            members.push(member);
        }
    }
    let handles: Vec<&str> = members.iter().map(|member| member.handle.as_str()).collect();
    if handles.is_empty() {
        return Ok(None);
    }
    // Nobody leaves, and nobody takes something meanwhile: what they have is counted after that.
    holds::hold_owners(conn, &handles)?;
    let open = store::counts_of_owners(conn, &handles)?;
    let present = present(conn, act, team, &members)?;
    let mut best: Option<(i64, &str)> = None;
    for (member, limits) in present {
        let has = open.get(&member.handle).copied().unwrap_or_default()
            + given.get(&member.handle).copied().unwrap_or_default();
        let has_room = limits.capacity.is_none_or(|capacity| has < i64::from(capacity));
        if has_room && limits.row.skills().are_enough_for(needs) {
            best = best.into_iter().chain([(has, member.handle.as_str())]).min();
        }
    }
    let best = best.map(|(_, handle)| handle.to_owned());
    if let Some(handle) = &best {
        *given.entry(handle.clone()).or_default() += 1;
    }
    Ok(best)
}

/// Who of a team gets a complaint that is given to the team now; nobody when nobody is there, has the skills and has room.
/// Whoever it is is kept from leaving until the end of the transaction.
///
/// # Errors
/// When the database refuses.
pub fn of_team(conn: &mut Conn, act: &Act, complaint: ComplaintId, team: TeamId) -> Result<Option<String>> {
    let wants = place::wants(conn, complaint)?;
    pick(conn, act, team, &Needs::read(&wants.needs), &mut Given::new())
}

fn handles_complaints(conn: &mut Conn, member: &StaffMember) -> Result<bool> {
    match member.role.parse::<Role>() {
        Ok(role) => Ok(role.may(Permission::HandleComplaints)),
        Err(_) => Ok(people::actor_of(conn, member)?.may(Permission::HandleComplaints)),
    }
}

/// What limits somebody.
struct Limited {
    row: ProfileRow,
    capacity: Option<i32>,
}

/// Those who are neither away nor off duty.
fn present<'m>(
    conn: &mut Conn,
    act: &Act,
    team: TeamId,
    members: &'m [StaffMember],
) -> Result<Vec<(&'m StaffMember, Limited)>> {
    let ids: Vec<StaffId> = members.iter().map(|member| member.id).collect();
    let mut rows: BTreeMap<StaffId, ProfileRow> = BTreeMap::new();
    for row in profiles::of_all(conn, &ids)? {
        rows.insert(row.staff_id, row);
    }
    let away: BTreeSet<String> = absences::away(conn, act.now)?
        .into_iter()
        .map(|(handle, _, _)| handle)
        .collect();
    let team = teams::by_ids(conn, &[team])?.pop();
    let (hours, capacity) = team.map_or((None, None), |team| (team.calendar, team.capacity));
    let mut open: BTreeMap<String, bool> = BTreeMap::new();
    let mut found = Vec::new();
    for member in members.iter().filter(|member| !away.contains(&member.handle)) {
        let row = match rows.remove(&member.id) {
            Some(row) => row,
            None => profiles::unsaid(member.id),
        };
        let on_duty = match row.calendar.clone().or_else(|| hours.clone()) {
            None => true,
            Some(slug) => match open.get(&slug) {
                Some(open) => *open,
                None => {
                    let is_open = is_open(conn, act, &slug, act.now)?;
                    open.insert(slug, is_open);
                    is_open
                }
            },
        };
        if on_duty {
            let capacity = row.capacity.or(capacity);
            found.push((member, Limited { row, capacity }));
        }
    }
    Ok(found)
}

fn is_open(conn: &mut Conn, act: &Act, slug: &str, now: Moment) -> Result<bool> {
    let calendar = calendars::present_of(conn, act, slug)?;
    Ok(calendar.next_opening(now).is_ok_and(|opening| opening <= now))
}
