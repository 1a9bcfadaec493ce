//! The queue as a list: everything that is open, the most urgent first.

use super::item::{self, WorkItem};
use super::store::{self, Filter};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::{ComplaintId, TeamId};

/// Which pieces of work to list.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Held by this team.
    pub team: Option<TeamId>,
    /// Held by no team.
    pub teamless: bool,
    /// With the caller.
    pub mine: bool,
    /// With this person.
    pub owner: Option<String>,
    /// With nobody.
    pub unowned: bool,
    /// After this place.
    pub after: Option<(Moment, ComplaintId)>,
    /// At most so many.
    pub limit: i64,
}

/// A page of the queue.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The pieces of work.
    pub items: Vec<WorkItem>,
    /// Where the next page begins, if there is one.
    pub next: Option<(Moment, ComplaintId)>,
}

/// A page of what is open, the most urgent first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act, listing: &Listing) -> Result<Page> {
    let mine = listing.mine.then(|| act.actor.name.clone());
    if mine.is_some() && listing.owner.is_some() && mine != listing.owner {
        return Ok(Page::default());
    }
    let filter = Filter {
        team: listing.team,
        teamless: listing.teamless,
        owner: mine.or_else(|| listing.owner.clone()),
        unowned: listing.unowned,
        after: listing.after,
    };
    let mut rows = store::list(conn, &filter, listing.limit + 1)?;
    let limit = usize::try_from(listing.limit).unwrap_or_default();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| (row.urgent_at, row.complaint_id));
    Ok(Page {
        items: item::items(conn, act, rows)?,
        next,
    })
}
