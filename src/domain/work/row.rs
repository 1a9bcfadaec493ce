//! The row of the queue.

use diesel::prelude::*;
use uuid::Uuid;

use super::rank::{Basis, Rank, rank};
use crate::clock::Moment;
use crate::db::schema::work_queue;
use crate::domain::complaints::model::{CallBack, Complaint};
use crate::ids::{ComplaintId, TeamId};

/// An open complaint in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = work_queue, treat_none_as_null = true, treat_none_as_default_value = false, primary_key(complaint_id))]
pub struct QueueRow {
    /// Which complaint.
    pub complaint_id: ComplaintId,
    /// Which team holds it.
    pub team_id: Option<TeamId>,
    /// The line in which it stands: that of its team, or of none.
    pub line: TeamId,
    /// Who has it; nobody while it can be taken.
    pub owner: Option<String>,
    /// By when something has to be done about it: the order of the queue.
    pub urgent_at: Moment,
    /// What that rests on.
    pub basis: Basis,
    /// From when on the earliest promised call is due, if one is promised.
    pub promised_from: Option<Moment>,
    /// Who is to make that call.
    pub held_by: Option<String>,
    /// Whether it is kept back, until `free_from`.
    pub reserved: bool,
    /// From when on anybody may take it; at once when there is nothing.
    pub free_from: Option<Moment>,
    /// The skills that it takes, in one text.
    pub needs: String,
    /// Within how many minutes of its receipt something is to be done when no policy says so: what a rule of routing says.
    pub within_minutes: Option<i32>,
    /// Since when it is in this line: of this team, with an owner or without.
    pub entered_at: Moment,
}

/// The line of a team, or of none.
pub(super) fn line(team: Option<TeamId>) -> TeamId {
    team.unwrap_or(TeamId(Uuid::nil()))
}

/// What the rules of routing said of a complaint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wants {
    /// The skills that it takes, in one text.
    pub needs: String,
    /// Within how many minutes of its receipt something is to be done when no policy says so.
    pub within_minutes: Option<i32>,
}

impl QueueRow {
    /// The row of an open complaint; `at` is when it came into this line.
    pub fn of(complaint: &Complaint, promises: &[CallBack], wants: Wants, at: Moment) -> Self {
        let Rank {
            urgent_at,
            basis,
            promised_from,
            held_by,
            free_from,
        } = rank(complaint, promises, wants.within_minutes);
        Self {
            complaint_id: complaint.id,
            team_id: complaint.team_id,
            line: line(complaint.team_id),
            owner: complaint.owner.clone(),
            urgent_at,
            basis,
            promised_from,
            held_by,
            reserved: free_from.is_some(),
            free_from,
            needs: wants.needs,
            within_minutes: wants.within_minutes,
            entered_at: at,
        }
    }

    /// What the rules of routing said.
    pub fn wants(&self) -> Wants {
        Wants {
            needs: self.needs.clone(),
            within_minutes: self.within_minutes,
        }
    }

    /// Whether a promised call is due that `me` is to make, or anybody.
    pub fn call_is_due(&self, now: Moment, me: &str, absent: &[String]) -> bool {
        self.promised_from.is_some_and(|from| from <= now) && (self.is_free(now) || self.is_held_for(me, absent))
    }

    /// Whether nothing keeps it back.
    pub fn is_free(&self, now: Moment) -> bool {
        self.free_from.is_none_or(|from| from <= now)
    }

    /// Whether the call is `me`'s to make, or that of somebody who is away.
    fn is_held_for(&self, me: &str, absent: &[String]) -> bool {
        let holder = self.held_by.as_deref();
        holder == Some(me) || holder.is_some_and(|holder| absent.iter().any(|away| away == holder))
    }
}
