//! How much work there is: with each person, in each team, and for how long it has been waiting for somebody.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, Standing};
use super::{absences, profiles};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::staff::{Act, teams};
use crate::error::Result;
use crate::ids::{StaffId, TeamId};

/// From when on something is due soon.
const SOON: TimeDelta = TimeDelta::hours(4);

/// How much somebody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonLoad {
    /// Who: the handle of a person, or the name of a program.
    #[schema(example = "li.na")]
    pub owner: String,
    /// The teams that they work in.
    pub teams: Vec<TeamId>,
    /// Open complaints.
    pub open: i64,
    /// Those past the moment by which something had to be done.
    pub overdue: i64,
    /// Those of which something has to be done within the next four hours.
    pub due_soon: i64,
    /// The most they take at once, as far as it was said.
    pub capacity: Option<i32>,
    /// Whether they are away.
    pub away: bool,
    /// Until when, if they are.
    pub away_until: Option<Moment>,
}

/// How many wait for longer than so many hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingLonger {
    /// Hours.
    pub than_hours: i64,
    /// How many.
    pub n: i64,
}

/// How much a team has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamLoad {
    /// The team; none: of no team.
    pub team: Option<TeamId>,
    /// What it is called.
    pub team_name: Option<String>,
    /// Open complaints.
    pub open: i64,
    /// Those past the moment by which something had to be done.
    pub overdue: i64,
    /// Those of which something has to be done within the next four hours.
    pub due_soon: i64,
    /// Those that nobody has.
    pub waiting: i64,
    /// For how long the first of these has been waiting, seconds.
    pub longest_wait_seconds: Option<i64>,
    /// How many of these have been waiting for longer than 1, 4, 24 and 72 hours.
    pub waiting_longer: Vec<WaitingLonger>,
}

/// How much work there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoadView {
    /// The people of the teams and everybody who has something, those with the most first.
    pub people: Vec<PersonLoad>,
    /// The teams, by name; what no team holds last.
    pub teams: Vec<TeamLoad>,
}

/// How much work there is, of one team or of all.
///
/// # Errors
/// When the database refuses.
pub fn load(conn: &mut Conn, act: &Act, team: Option<TeamId>) -> Result<LoadView> {
    let counted = store::standings(conn, team, act.now, act.now + SOON)?;
    let people = people(conn, act, team, &counted)?;
    let teams = team_loads(conn, act, team, &counted)?;
    Ok(LoadView { people, teams })
}

/// How many of each team have been waiting for somebody since a moment or longer.
///
/// # Errors
/// When the database refuses.
pub fn waiting_since(conn: &mut Conn, since: Moment) -> Result<Vec<(Option<TeamId>, i64)>> {
    store::waiting_since(conn, since)
}

/// Since when the first of each team has been waiting for somebody.
///
/// # Errors
/// When the database refuses.
pub fn first_waiting(conn: &mut Conn) -> Result<Vec<(Option<TeamId>, Moment)>> {
    store::first_waiting(conn)
}

/// A count, of those standings that are meant.
fn sum(counted: &[Standing], whose: impl Fn(&Standing) -> bool, what: impl Fn(&Standing) -> i64) -> i64 {
    counted.iter().filter(|one| whose(one)).map(what).sum()
}

fn people(conn: &mut Conn, act: &Act, team: Option<TeamId>, counted: &[Standing]) -> Result<Vec<PersonLoad>> {
    let wanted = match team {
        Some(team) => vec![team],
        None => teams::all_ids(conn)?,
    };
    let mut of: BTreeMap<String, (StaffId, Vec<TeamId>)> = BTreeMap::new();
    for (team, member) in teams::workers_of(conn, &wanted)? {
        let entry = of.entry(member.handle).or_insert((member.id, Vec::new()));
        entry.1.push(team);
    }
    let mut owners: BTreeSet<String> = of.keys().cloned().collect();
    owners.extend(counted.iter().filter_map(|one| one.owner.clone()));
    let ids: Vec<StaffId> = of.values().map(|(id, _)| *id).collect();
    let rows = profiles::of_all(conn, &ids)?;
    let own: BTreeMap<StaffId, Option<i32>> = rows.iter().map(|row| (row.staff_id, row.capacity)).collect();
    let of_teams: BTreeMap<TeamId, Option<i32>> = teams::by_ids(conn, &wanted)?
        .into_iter()
        .map(|team| (team.id, team.capacity))
        .collect();
    let away: BTreeMap<String, Moment> = absences::away(conn, act.now)?
        .into_iter()
        .map(|(handle, _, until)| (handle, until))
        .collect();
    let mut people: Vec<PersonLoad> = owners
        .into_iter()
        .map(|owner| {
            let (capacity, teams) = match of.remove(&owner) {
                None => (None, Vec::new()),
                Some((id, teams)) => {
                    let said = own.get(&id).copied().flatten();
                    let theirs = teams
                        .iter()
                        .filter_map(|team| of_teams.get(team).copied().flatten())
                        .min();
                    (said.or(theirs), teams)
                }
            };
            let theirs = |what: fn(&Standing) -> i64| sum(counted, |one| one.owner.as_ref() == Some(&owner), what);
            PersonLoad {
                open: theirs(|one| one.open),
                overdue: theirs(|one| one.overdue),
                due_soon: theirs(|one| one.due - one.overdue),
                away: away.contains_key(&owner),
                away_until: away.get(&owner).copied(),
                owner,
                teams,
                capacity,
            }
        })
        .collect();
    people.sort_by_key(|person| std::cmp::Reverse(person.open));
    Ok(people)
}

fn team_loads(conn: &mut Conn, act: &Act, team: Option<TeamId>, counted: &[Standing]) -> Result<Vec<TeamLoad>> {
    let wanted = match team {
        Some(team) => vec![team],
        None => teams::all_ids(conn)?,
    };
    let mut named: Vec<(String, TeamId)> = teams::names(conn, &wanted)?
        .into_iter()
        .map(|(id, name)| (name, id))
        .collect();
    named.sort();
    let mut all: Vec<(Option<TeamId>, Option<String>)> =
        named.into_iter().map(|(name, id)| (Some(id), Some(name))).collect();
    if team.is_none() {
        all.push((None, None));
    }
    let of = |team: Option<TeamId>, what: fn(&Standing) -> i64| sum(counted, |one| one.team_id == team, what);
    let loads = all.into_iter().map(|(team, team_name)| {
        let waiting = counted.iter().find(|one| one.team_id == team && one.owner.is_none());
        let longer = |of: fn(&Standing) -> i64| waiting.map_or(0, of);
        TeamLoad {
            team,
            team_name,
            open: of(team, |one| one.open),
            overdue: of(team, |one| one.overdue),
            due_soon: of(team, |one| one.due - one.overdue),
            waiting: longer(|one| one.open),
            longest_wait_seconds: waiting
                .and_then(|one| one.first)
                .map(|since| (act.now - since).num_seconds()),
            waiting_longer: [
                (1, longer(|one| one.for_1)),
                (4, longer(|one| one.for_4)),
                (24, longer(|one| one.for_24)),
                (72, longer(|one| one.for_72)),
            ]
            .map(|(than_hours, n)| WaitingLonger { than_hours, n })
            .to_vec(),
        }
    });
    Ok(loads.collect())
}
