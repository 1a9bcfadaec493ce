//! Teams: who works together on which complaints.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::actor::Act;
use super::model::{StaffMember, Team, TeamMember, check_version};
use super::owners::Owners;
use super::{people, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::complaints::hand_over;
use crate::domain::sla::calendars;
use crate::error::{Code, Error, Result};
use crate::ids::{StaffId, TeamId};

/// A team as it is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamForm {
    /// What it is called; unique.
    #[schema(example = "Broadband", min_length = 1, max_length = 100)]
    pub name: String,
    /// The business calendar of its hours, by its slug; `null`: always open. Left out, it stays as it is.
    #[serde(default, with = "crate::domain::check::double_option")]
    #[schema(value_type = Option<String>, max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "standard")]
    pub calendar: Option<Option<String>>,
    /// How many open complaints each of its people takes at once, where nothing else is said of them; `null`: as many
    /// as come. Left out, it stays as it is.
    #[serde(default, with = "crate::domain::check::double_option")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 1000, example = 12)]
    pub capacity: Option<Option<i32>>,
}

/// How somebody is in a team.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberForm {
    /// Whether they lead it.
    #[serde(default)]
    pub leads: bool,
}

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    /// Who.
    pub id: StaffId,
    /// Their handle.
    #[schema(example = "li.na")]
    pub handle: String,
    /// What they are called.
    pub name: String,
    /// Whether they lead the team.
    pub leads: bool,
    /// Whether they still work here.
    pub active: bool,
}

/// A team with its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamView {
    /// Its id.
    pub id: TeamId,
    /// What it is called.
    pub name: String,
    /// The business calendar of its hours; always open without one.
    pub calendar: Option<String>,
    /// How many open complaints each of its people takes at once, where nothing else is said of them.
    pub capacity: Option<i32>,
    /// Who is in it, by handle.
    pub members: Vec<MemberView>,
    /// When it was made.
    pub created_at: Moment,
    /// When it or its members last changed.
    pub updated_at: Moment,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

/// Whether there is such a team.
///
/// # Errors
/// When the database refuses.
pub fn exists(conn: &mut Conn, id: TeamId) -> Result<bool> {
    Ok(store::find_team(conn, id)?.is_some())
}

/// What these teams are called.
///
/// # Errors
/// When the database refuses.
pub fn names(conn: &mut Conn, ids: &[TeamId]) -> Result<BTreeMap<TeamId, String>> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    let found = store::teams_by_ids(conn, &ids)?;
    Ok(found.into_iter().map(|team| (team.id, team.name)).collect())
}

fn load(conn: &mut Conn, id: TeamId) -> Result<Team> {
    store::find_team(conn, id)?.ok_or_else(|| Error::not_found("team"))
}

/// One team.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, id: TeamId) -> Result<TeamView> {
    let team = load(conn, id)?;
    views(conn, vec![team])?
        .pop()
        .ok_or_else(|| Error::internal("no view of a team"))
}

/// A page of the teams, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, after: Option<TeamId>, limit: i64) -> Result<Vec<TeamView>> {
    let teams = store::list_teams(conn, after, limit)?;
    views(conn, teams)
}

fn views(conn: &mut Conn, teams: Vec<Team>) -> Result<Vec<TeamView>> {
    let ids: Vec<TeamId> = teams.iter().map(|team| team.id).collect();
    let mut members: BTreeMap<TeamId, Vec<MemberView>> = BTreeMap::new();
    for (membership, member) in store::members_of(conn, &ids)? {
        members.entry(membership.team_id).or_default().push(MemberView {
            active: member.is_active(),
            id: member.id,
            handle: member.handle,
            name: member.name,
            leads: membership.leads,
        });
    }
    Ok(teams
        .into_iter()
        .map(|team| TeamView {
            members: members.remove(&team.id).unwrap_or_default(),
            id: team.id,
            name: team.name,
            calendar: team.calendar,
            capacity: team.capacity,
            created_at: team.created_at,
            updated_at: team.updated_at,
            version: team.version,
        })
        .collect())
}

/// Every team.
///
/// # Errors
/// When the database refuses.
pub fn all_ids(conn: &mut Conn) -> Result<Vec<TeamId>> {
    let teams = store::list_teams(conn, None, 10_000)?;
    Ok(teams.into_iter().map(|team| team.id).collect())
}

/// The teams that somebody is in.
///
/// # Errors
/// When the database refuses.
pub fn of_member(conn: &mut Conn, id: StaffId) -> Result<Vec<TeamId>> {
    let memberships = store::memberships_of(conn, &[id])?;
    Ok(memberships.into_iter().map(|(one, _)| one.team_id).collect())
}

/// Those of these teams that there are.
///
/// # Errors
/// When the database refuses.
pub fn by_ids(conn: &mut Conn, ids: &[TeamId]) -> Result<Vec<Team>> {
    store::teams_by_ids(conn, ids)
}

/// Who works in these teams: the team and the member, by handle.
///
/// # Errors
/// When the database refuses.
pub fn workers_of(conn: &mut Conn, ids: &[TeamId]) -> Result<Vec<(TeamId, StaffMember)>> {
    let members = store::members_of(conn, ids)?;
    let active = members.into_iter().filter(|(_, member)| member.is_active());
    Ok(active
        .map(|(membership, member)| (membership.team_id, member))
        .collect())
}

/// Who leads a team: the first of its leads by handle who works here.
///
/// # Errors
/// When the database refuses.
pub fn lead_of(conn: &mut Conn, id: TeamId) -> Result<Option<String>> {
    let members = store::members_of(conn, &[id])?;
    let lead = members
        .into_iter()
        .find(|(membership, member)| membership.leads && member.is_active());
    Ok(lead.map(|(_, member)| member.handle))
}

/// The team as the form has it.
fn checked(conn: &mut Conn, form: &TeamForm, mut team: Team) -> Result<Team> {
    let mut check = Check::new();
    if let Some(calendar) = &form.calendar {
        let calendar = calendar.as_ref().map(|slug| check.slug("/calendar", slug));
        if let Some(slug) = calendar.as_ref().filter(|_| check.is_clean())
            && !calendars::exists(conn, slug)?
        {
            check.fail("/calendar", "unknown", "there is no such calendar");
        }
        team.calendar = calendar;
    }
    if let Some(capacity) = form.capacity {
        if capacity.is_some_and(|capacity| !(0..=1_000).contains(&capacity)) {
            check.fail("/capacity", "out_of_range", "0 to 1000");
        }
        team.capacity = capacity;
    }
    check.text("/name", &form.name, 1, 100);
    check.finish(team)
}

fn checked_name(conn: &mut Conn, form: &TeamForm, own: Option<TeamId>) -> Result<String> {
    let mut check = Check::new();
    let name = check.text("/name", &form.name, 1, 100);
    check.finish(())?;
    match store::find_team_by_name(conn, &name)? {
        Some(other) if Some(other.id) != own => Err(Error::problem(Code::NameTaken, "there is a team of this name")),
        _ => Ok(name),
    }
}

/// Makes a team.
///
/// # Errors
/// `request.invalid`; `resource.name_taken`.
pub fn create(conn: &mut Conn, act: &Act, form: &TeamForm) -> Result<TeamView> {
    holds::hold_staff(conn)?;
    let team = Team {
        id: TeamId::new(act.now),
        name: String::new(),
        created_at: act.now,
        updated_at: act.now,
        version: 1,
        calendar: None,
        capacity: None,
    };
    let mut team = checked(conn, form, team)?;
    team.name = checked_name(conn, form, None)?;
    store::insert_team(conn, &team)?;
    tell(conn, act, team.id, "team.created", json!({ "name": team.name }))?;
    get(conn, team.id)
}

/// Gives a team another name, other hours, or another capacity.
///
/// # Errors
/// `request.invalid`; `resource.name_taken`; `resource.not_found`; `request.precondition_failed`.
pub fn change(conn: &mut Conn, act: &Act, id: TeamId, expected: Option<i32>, form: &TeamForm) -> Result<TeamView> {
    let before = hold(conn, id, expected)?;
    let mut team = checked(conn, form, before.clone())?;
    team.name = checked_name(conn, form, Some(id))?;
    let told = |team: &Team| json!({ "name": team.name, "calendar": team.calendar, "capacity": team.capacity });
    let (mut fields, mut action) = (json!({ "before": told(&before), "after": told(&team) }), "team.changed");
    if (&before.calendar, before.capacity) == (&team.calendar, team.capacity) {
        fields = json!({ "before": { "name": before.name }, "after": { "name": team.name } });
        action = "team.renamed";
    }
    tell(conn, act, id, action, fields)?;
    write(conn, act, team)
}

/// Puts somebody into a team, or changes whether they lead it. Who may not change what the team holds puts nobody there,
/// themselves least of all.
///
/// # Errors
/// `staff.inactive`; `auth.escalation`; `resource.not_found`; `request.precondition_failed`.
pub fn put_member(
    conn: &mut Conn,
    act: &Act,
    id: TeamId,
    member: StaffId,
    expected: Option<i32>,
    form: MemberForm,
) -> Result<TeamView> {
    let team = hold(conn, id, expected)?;
    act.actor.check_reach_of_team(id)?;
    if !people::load(conn, member)?.is_active() {
        return Err(Error::problem(Code::StaffInactive, "the person has left"));
    }
    store::delete_team_member(conn, id, member)?;
    let row = TeamMember {
        team_id: id,
        staff_id: member,
        leads: form.leads,
    };
    store::insert_team_member(conn, &row)?;
    let fields = json!({ "staff_id": member, "leads": form.leads });
    tell(conn, act, id, "team.member_put", fields)?;
    write(conn, act, team)
}

/// Takes somebody out of a team. What is open with them of the team's work goes to `successor`, another member of it;
/// without one it keeps them there. One who is not in the team is out of it already.
///
/// # Errors
/// `team.open_work`; `request.invalid` when the successor is not in the team, or has left; `resource.not_found`;
/// `request.precondition_failed`.
pub fn remove_member(
    conn: &mut Conn,
    act: &Act,
    id: TeamId,
    member: StaffId,
    expected: Option<i32>,
    successor: Option<&str>,
) -> Result<TeamView> {
    let mut check = Check::new();
    let successor = check.optional_text("?successor", successor, 100);
    check.finish(())?;
    let team = hold(conn, id, expected)?;
    if store::delete_team_member(conn, id, member)? == 0 {
        return get(conn, id);
    }
    let leaver = people::load(conn, member)?.handle;
    // From here on nobody gives them work of the team: who holds them first has finished, and who comes later sees
    // that they are not in it.
    holds::hold_leaver(conn, &leaver)?;
    let brief = hand_over::collect_of_team(conn, &leaver, id)?;
    let (complaints, promises) = (brief.complaints_total(), brief.promises_total());
    let mut fields = json!({ "staff_id": member });
    if complaints + promises > 0 {
        let Some(successor) = successor.as_deref() else {
            let detail =
                format!("{complaints} complaints and {promises} promised calls of the team are open with them");
            return Err(Error::problem(Code::TeamOpenWork, detail));
        };
        let owners = Owners::hold(conn, [successor])?;
        let mut check = Check::new();
        owners.check_person(&mut check, "?successor", successor, Some(id));
        check.finish(())?;
        hand_over::give_over(conn, act, &brief, &leaver, successor)?;
        fields =
            json!({ "staff_id": member, "successor": successor, "complaints": complaints, "call_backs": promises });
    }
    tell(conn, act, id, "team.member_removed", fields)?;
    write(conn, act, team)
}

fn tell(conn: &mut Conn, act: &Act, id: TeamId, action: &'static str, fields: Value) -> Result<()> {
    audit::record(conn, act, Event::on(ObjectKind::Team, id.0, action).with(fields))
}

fn hold(conn: &mut Conn, id: TeamId, expected: Option<i32>) -> Result<Team> {
    holds::hold_staff(conn)?;
    let team = load(conn, id)?;
    check_version(expected, team.version)?;
    Ok(team)
}

fn write(conn: &mut Conn, act: &Act, mut team: Team) -> Result<TeamView> {
    team.version += 1;
    team.updated_at = act.now;
    store::update_team(conn, &team)?;
    get(conn, team.id)
}
