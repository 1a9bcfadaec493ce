//! Reading events on from a place.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::EventView;
use crate::db::conn::Conn;
use crate::db::settled::{self, Settled};
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, TeamId};

/// How many rows are read at a time.
const AT_ONCE: i64 = 500;
/// How many rows one request looks through at most.
const LOOKED_THROUGH: usize = 5_000;

/// A place among the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    xact: i64,
    id: i64,
}

impl Place {
    /// Before everything that is kept.
    pub const START: Self = Self { xact: 0, id: 0 };

    const fn of(row: &Settled) -> Self {
        Self {
            xact: row.xact,
            id: row.id,
        }
    }

    /// The place with these numbers.
    pub const fn at((xact, id): (i64, i64)) -> Self {
        Self { xact, id }
    }

    /// Its numbers: the transaction, and the one of the row.
    pub const fn pair(self) -> (i64, i64) {
        (self.xact, self.id)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.xact, self.id)
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| digits)
        };
        let parts = text.split_once('.');
        parts
            .and_then(|(xact, id)| Some((number(xact)?, number(id)?)))
            .map(|(xact, id)| Self { xact, id })
            .ok_or("the id of an event, as it was given")
    }
}

/// An event with its place.
pub type Placed = (Place, EventView);

/// Which events somebody wants; everything that is said must hold.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// About this complaint.
    pub complaint: Option<ComplaintId>,
    /// About what this team holds, or held until then.
    pub team: Option<TeamId>,
    /// About what is with this person, or was until then.
    pub owner: Option<String>,
    /// Of these types, or whose first part is one of these; of all types when it is empty.
    pub types: Vec<String>,
}

impl Wanted {
    /// Whether this is one.
    pub fn fits(&self, event: &EventView) -> bool {
        let first = event.kind.split('.').next().unwrap_or_default();
        let of_type = |wanted: &String| *wanted == event.kind || wanted == first;
        let owner = self.owner.as_deref();
        self.complaint.is_none_or(|id| id == event.complaint_id)
            && (self.team.is_none() || self.team == event.team || self.team == event.team_before)
            && (owner.is_none() || owner == event.owner.as_deref() || owner == event.owner_before.as_deref())
            && (self.types.is_empty() || self.types.iter().any(of_type))
    }
}

/// Events, and where to go on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventPage {
    /// The events, in their order.
    pub items: Vec<EventView>,
    /// Where to go on: as `after`.
    #[schema(example = "7421.1093")]
    pub last: String,
    /// Whether what followed the place that was asked for is not kept any more: read afresh what you show.
    pub lost: bool,
}

/// The last place.
///
/// # Errors
/// When the database refuses.
pub fn last(conn: &mut Conn) -> Result<Place> {
    let row = settled::last_event(conn)?;
    Ok(row.as_ref().map_or(Place::START, Place::of))
}

/// Whether everything that followed a place is still there.
///
/// # Errors
/// When the database refuses.
pub fn from_place(conn: &mut Conn, place: Place) -> Result<bool> {
    Ok(place == Place::START || settled::event_at(conn, place.pair())?.is_some())
}

/// The events after a place and not after `until`, as far as one reading goes, each with its place, and where it ended.
///
/// # Errors
/// When the database refuses.
pub fn between(conn: &mut Conn, after: Place, until: Option<Place>) -> Result<(Vec<Placed>, Option<Place>)> {
    let rows = settled::events_after(conn, after.pair(), AT_ONCE)?;
    let mut events = Vec::with_capacity(rows.len());
    let mut ended = None;
    for row in rows {
        let place = Place::of(&row);
        if until.is_some_and(|until| place > until) {
            break;
        }
        ended = Some(place);
        // The row that was there from the beginning tells of nothing.
        if row.body.is_empty() {
            continue;
        }
        let mut event: EventView = serde_json::from_str(&row.body).map_err(Error::from)?;
        event.id = place.to_string();
        events.push((place, event));
    }
    Ok((events, ended))
}

/// At most `limit` events after a place; without one, none, and where to begin.
///
/// # Errors
/// When the database refuses.
pub fn page(conn: &mut Conn, wanted: &Wanted, after: Option<Place>, limit: usize) -> Result<EventPage> {
    let known = match after {
        Some(after) => from_place(conn, after)?.then_some(after),
        None => None,
    };
    let Some(mut place) = known else {
        return Ok(EventPage {
            items: Vec::new(),
            last: last(conn)?.to_string(),
            lost: after.is_some(),
        });
    };
    let (mut items, mut looked_at) = (Vec::new(), 0);
    'reading: while looked_at < LOOKED_THROUGH {
        let (events, ended) = between(conn, place, None)?;
        let Some(ended) = ended else { break };
        for (at, event) in events {
            looked_at += 1;
            place = at;
            if wanted.fits(&event) {
                items.push(event);
            }
            if items.len() == limit {
                break 'reading;
            }
        }
        place = ended;
    }
    Ok(EventPage {
        items,
        last: place.to_string(),
        lost: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_ordered_by_the_transaction_first() {
        let place = |text: &str| text.parse::<Place>().unwrap();
        assert!(place("4.900") < place("5.1") && place("5.1") < place("5.2") && Place::START < place("0.1"));
        assert_eq!(place("4.900").to_string(), "4.900");
        for wrong in [
            "",
            ".",
            "1",
            "1.",
            ".1",
            "-1.2",
            "1.+2",
            "1.2.3",
            "1.99999999999999999999",
            "a.b",
        ] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}
