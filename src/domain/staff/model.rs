//! The rows of people, teams and roles, as they are stored.

use diesel::prelude::*;

use super::roles::Permission;
use crate::clock::Moment;
use crate::db::schema::{custom_roles, hand_overs, staff_members, team_members, teams};
use crate::db::types::Json;
use crate::error::{Code, Error, Result};
use crate::ids::{HandOverId, StaffId, TeamId};

/// Somebody who works here, or did. Nobody is ever removed: their handle stands in timelines.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = staff_members, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct StaffMember {
    /// Their id.
    pub id: StaffId,
    /// The short name in timelines and as the owner of work; unique, never changed, never given again.
    pub handle: String,
    /// What they are called.
    pub name: String,
    /// Where to write to them, in lower case; unique.
    pub email: Option<String>,
    /// The word of a built-in role, or the slug of a custom one.
    pub role: String,
    /// The language they work in, BCP 47.
    pub language: String,
    /// When they were added.
    pub created_at: Moment,
    /// When the record last changed.
    pub updated_at: Moment,
    /// When they left, if they have.
    pub deactivated_at: Option<Moment>,
    /// Who took over from them when they left.
    pub successor_id: Option<StaffId>,
    /// Counts the changes; the ETag.
    pub version: i32,
}

impl StaffMember {
    /// Whether they still work here.
    pub const fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = teams, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// What it is called; unique.
    pub name: String,
    /// When it was made.
    pub created_at: Moment,
    /// When it or its members last changed.
    pub updated_at: Moment,
    /// Counts the changes; the ETag.
    pub version: i32,
    /// The slug of the calendar of its hours.
    pub calendar: Option<String>,
    /// How many open complaints its people take, where nothing else is said of them.
    pub capacity: Option<i32>,
}

/// Who is in which team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = team_members, treat_none_as_default_value = false)]
pub struct TeamMember {
    /// The team.
    pub team_id: TeamId,
    /// Who.
    pub staff_id: StaffId,
    /// Whether they lead it.
    pub leads: bool,
}

/// A role of the installation's own.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = custom_roles, primary_key(slug), treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CustomRole {
    /// The word that staff and tokens have as their role.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub permissions: Json<Vec<Permission>>,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Counts the changes; the ETag.
    pub version: i32,
}

/// What somebody handed over when they left.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = hand_overs, treat_none_as_default_value = false)]
pub struct HandOver {
    /// Its id.
    pub id: HandOverId,
    /// Who left.
    pub staff_id: StaffId,
    /// Who took over.
    pub successor_id: StaffId,
    /// Why they left.
    pub reason: String,
    /// What was handed over: ids and states, without the names and numbers of customers.
    pub brief: Json<serde_json::Value>,
    /// Who saw to it.
    pub made_by: String,
    /// When.
    pub made_at: Moment,
}

/// Refuses when the caller read another version than there is now.
pub(super) fn check_version(expected: Option<i32>, present: i32) -> Result<()> {
    match expected {
        Some(expected) if expected != present => Err(Error::problem(
            Code::PreconditionFailed,
            format!("you read version {expected}; now it is version {present}"),
        )),
        _ => Ok(()),
    }
}
