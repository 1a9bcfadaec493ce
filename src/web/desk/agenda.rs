//! What stands against a time for a call: the calls that one has promised already, and the opening hours of the team.
//! Without scripts the calls are listed beside the form; the script says, while one types, what a time falls upon.

use chrono::{Days, NaiveDate, NaiveTime, TimeZone as _};
use chrono_tz::Tz;

use super::voice::Voice;
use super::words::word;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::call_backs::{self, CallBackView, Listing};
use crate::domain::complaints::vocabulary::CallBackState;
use crate::domain::sla::calendars::{self, PreviewView};
use crate::domain::staff::{Act, Permission, teams};
use crate::error::Result;
use crate::ids::TeamId;
use crate::web::time;

/// How many calls are looked at.
const CALLS: i64 = 30;
/// How many days of opening hours.
const DAYS: u16 = 21;

/// What is read of it.
pub(super) struct SeenAgenda {
    calls: Vec<CallBackView>,
    hours: Option<PreviewView>,
}

/// Looks at the caller's promises and the hours of a team, or else of the caller's own first team.
pub(super) fn look(conn: &mut Conn, act: &Act, team: Option<TeamId>) -> Result<SeenAgenda> {
    let listing = Listing {
        state: Some(CallBackState::Open),
        owner: Some(act.actor.name.clone()),
        limit: CALLS,
        ..Listing::default()
    };
    let team = team.or_else(|| act.actor.teams.first().copied());
    let calendar = match team {
        Some(team) => teams::by_ids(conn, &[team])?.pop().and_then(|team| team.calendar),
        None => None,
    };
    let hours = match calendar.filter(|_| act.actor.may(Permission::ReadCalendars)) {
        Some(slug) => Some(calendars::preview(conn, act, &slug, None, Some(DAYS))?),
        None => None,
    };
    Ok(SeenAgenda {
        calls: call_backs::list(conn, act.now, &listing)?,
        hours,
    })
}

/// A call that is promised already.
#[derive(Clone)]
pub(super) struct Busy {
    pub(super) from: String,
    pub(super) until: String,
    pub(super) says: String,
}

/// What the form shows of it.
#[derive(Clone)]
pub(super) struct Agenda {
    pub(super) busy: Vec<Busy>,
    /// When the team is there: moments in pairs; nothing where it always is.
    pub(super) open: String,
    /// In whose zone the form asks for times.
    pub(super) zone: String,
}

impl SeenAgenda {
    /// As a form in this zone shows it.
    pub(super) fn shown(&self, voice: Voice, zone: Tz) -> Agenda {
        let busy = |call: &CallBackView| Busy {
            from: time::machine(call.window_start),
            until: time::machine(call.window_end),
            says: format!(
                "{}–{} · {}",
                time::short(voice.lang, zone, voice.now, call.window_start),
                time::clock(zone, call.window_end),
                word(voice.words, "purpose", call.purpose.as_str())
            ),
        };
        Agenda {
            busy: self.calls.iter().map(busy).collect(),
            open: self.hours.as_ref().map_or(String::new(), open),
            zone: zone.name().to_owned(),
        }
    }
}

/// Opening hours as moments: `from/until` one after another.
fn open(hours: &PreviewView) -> String {
    let zone = time::zone(&hours.time_zone);
    let spans = hours.days.iter().flat_map(|day| {
        day.windows.iter().filter_map(move |window| {
            let (from, until) = window.split_once('-')?;
            Some(format!("{}/{}", at(zone, day.date, from)?, at(zone, day.date, until)?))
        })
    });
    spans.collect::<Vec<_>>().join(" ")
}

/// A time of a day, up to 24:00.
fn at(zone: Tz, date: NaiveDate, clock: &str) -> Option<String> {
    let (date, clock) = match clock {
        "24:00" => (date.checked_add_days(Days::new(1))?, NaiveTime::MIN),
        clock => (date, NaiveTime::parse_from_str(clock, "%H:%M").ok()?),
    };
    let local = zone.from_local_datetime(&date.and_time(clock)).earliest()?;
    Some(time::machine(Moment(local.to_utc())))
}
