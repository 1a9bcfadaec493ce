//! What somebody holds: the calls of today in their order, and the complaints, the most urgent first.

use std::collections::BTreeMap;

use chrono::{NaiveTime, TimeZone as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::absences;
use super::item::{self, WorkCustomer, WorkItem};
use super::store::{self, Filter};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::call_backs::{self, CallBackView, Listing};
use crate::domain::complaints::standing;
use crate::domain::complaints::vocabulary::{CallBackPurpose, CallBackState};
use crate::domain::staff::{Act, Principal};
use crate::error::Result;
use crate::ids::{CallBackId, ComplaintId};

/// The most promises and complaints that are shown.
const SHOWN: i64 = 200;

/// A call that somebody is to make today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MyCall {
    /// The promise.
    pub id: CallBackId,
    /// The complaint that it is about.
    pub complaint_id: ComplaintId,
    /// What people call the complaint on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// What it is about, in a line.
    pub subject: String,
    /// Who promised to call: the caller, or somebody who is away and for whom they stand in.
    #[schema(example = "li.na")]
    pub owner: String,
    /// Whom to call.
    pub customer: WorkCustomer,
    /// The number to call.
    pub number: String,
    /// What for.
    pub purpose: CallBackPurpose,
    /// The customer may expect the call from then.
    pub window_start: Moment,
    /// The promise is late after that.
    pub window_end: Moment,
    /// The customer's time zone (IANA).
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// The start of the window on the customer's clock.
    #[schema(example = "2026-11-23T18:00:00+08:00")]
    pub local_start: String,
    /// The end of the window on the customer's clock.
    #[schema(example = "2026-11-23T20:00:00+08:00")]
    pub local_end: String,
    /// How much time is left, seconds; negative when it is late.
    pub seconds_left: i64,
    /// How many attempts count already.
    pub attempts_counted: i32,
}

/// What somebody holds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MyWork {
    /// Calls whose window begins before the end of today, those that are late first; also those of people who are away
    /// and for whom the caller stands in. At most 200.
    pub calls: Vec<MyCall>,
    /// How many open complaints they have.
    pub complaints_total: i64,
    /// The open complaints, the most urgent first; at most 200. The others are in the queue (`mine=true`).
    pub complaints: Vec<WorkItem>,
}

/// What the caller holds.
///
/// # Errors
/// When the database refuses.
pub fn mine(conn: &mut Conn, act: &Act) -> Result<MyWork> {
    let me = act.actor.name.as_str();
    let filter = Filter {
        owner: Some(me.to_owned()),
        ..Filter::default()
    };
    let rows = store::list(conn, &filter, SHOWN)?;
    Ok(MyWork {
        calls: calls(conn, act)?,
        complaints_total: store::count_of_owner(conn, me)?,
        complaints: item::items(conn, act, rows)?,
    })
}

/// The calls whose window begins before the end of today, those that are late first; also those of people who are away
/// and for whom the caller stands in.
///
/// # Errors
/// When the database refuses.
pub fn calls(conn: &mut Conn, act: &Act) -> Result<Vec<MyCall>> {
    let mut owners = vec![act.actor.name.clone()];
    if let Some(Principal::Person(id)) = act.actor.principal {
        let away = absences::away(conn, act.now)?;
        owners.extend(
            away.into_iter()
                .filter(|(_, deputy, _)| *deputy == Some(id))
                .map(|(who, _, _)| who),
        );
    }
    let mut promises = Vec::new();
    for owner in owners {
        let listing = Listing {
            state: Some(CallBackState::Open),
            owner: Some(owner),
            limit: SHOWN,
            ..Listing::default()
        };
        promises.extend(call_backs::list(conn, act.now, &listing)?);
    }
    let tomorrow = tomorrow(act);
    promises.retain(|promise| promise.window_start < tomorrow);
    promises.sort_by_key(|promise| (promise.window_end, promise.id));
    promises.truncate(usize::try_from(SHOWN).unwrap_or_default());
    let ids: Vec<ComplaintId> = promises.iter().map(|promise| promise.complaint_id).collect();
    let standings = standing::load(conn, &ids)?;
    let customers = item::customers_of(conn, &standings)?;
    let about: BTreeMap<_, _> = standings.iter().map(|one| (one.complaint.id, &one.complaint)).collect();
    let call = |promise: CallBackView| {
        let complaint = about.get(&promise.complaint_id)?;
        let customer = customers.get(&complaint.customer_id)?;
        let zone = promise.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
        let local = |moment: Moment| moment.with_timezone(&zone).to_rfc3339();
        Some(MyCall {
            id: promise.id,
            complaint_id: complaint.id,
            reference: complaint.reference.clone(),
            subject: complaint.subject.clone(),
            owner: promise.owner,
            customer: WorkCustomer::of(act, customer),
            number: promise.number,
            purpose: promise.purpose,
            local_start: local(promise.window_start),
            local_end: local(promise.window_end),
            window_start: promise.window_start,
            window_end: promise.window_end,
            time_zone: promise.time_zone,
            seconds_left: (promise.window_end - act.now).num_seconds(),
            attempts_counted: promise.attempts_counted,
        })
    };
    Ok(promises.into_iter().filter_map(call).collect())
}

/// The next midnight in the zone of the desk.
fn tomorrow(act: &Act) -> Moment {
    let zone: chrono_tz::Tz = act.policy.default_time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let today = act.now.with_timezone(&zone).date_naive();
    let midnight = today.succ_opt().unwrap_or(today).and_time(NaiveTime::MIN);
    let at = zone.from_local_datetime(&midnight).earliest();
    // Where the clocks go forward at midnight there is none.
    at.map_or(act.now + chrono::TimeDelta::days(1), |at| Moment(at.to_utc()))
}
