//! What limits the work that somebody is given: what was said of them, or else of their teams.

use super::profiles;
use super::skills::Skills;
use crate::db::conn::Conn;
use crate::domain::staff::teams;
use crate::error::Result;
use crate::ids::{StaffId, TeamId};

/// What limits the work that somebody is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Limits {
    /// The most open complaints at once.
    pub(super) capacity: Option<i32>,
    /// What they can do.
    pub(super) skills: Skills,
}

impl Limits {
    /// Whether there is no room beside so many open complaints.
    pub(super) fn is_full(&self, open: i64) -> bool {
        self.capacity.is_some_and(|capacity| open >= i64::from(capacity))
    }
}

/// The limits of somebody in these teams: their own, or else the tightest of the teams'.
pub(super) fn of(conn: &mut Conn, id: StaffId, in_teams: &[TeamId]) -> Result<Limits> {
    let profile = profiles::of(conn, id)?;
    let of_teams = match profile.capacity {
        Some(_) => None,
        None => teams::by_ids(conn, in_teams)?
            .iter()
            .filter_map(|team| team.capacity)
            .min(),
    };
    Ok(Limits {
        capacity: profile.capacity.or(of_teams),
        skills: profile.skills(),
    })
}
