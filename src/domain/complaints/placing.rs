//! Where complaints go by the rules of routing: when they come in, and again on request.

use serde_json::{Value, json};

use super::model::Complaint;
use super::procedure::Action;
use super::receive::Arrival;
use super::store;
use super::view::{self, ComplaintView};
use super::work::Work;
use crate::db::conn::Conn;
use crate::domain::customers::Importance;
use crate::domain::customers::recognise::Recognised;
use crate::domain::customers::record;
use crate::domain::staff::Act;
use crate::domain::staff::owners::Owners;
use crate::domain::work::routing::place::{self, Placed, Router};
use crate::domain::work::routing::rules::Facts;
use crate::domain::work::row::Wants;
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;

/// What the rules look at, of a complaint with its customer and its product.
pub(crate) fn facts(complaint: &Complaint, customer: Importance, product: Option<&str>) -> Facts {
    Facts {
        channel: complaint.channel,
        kind: complaint.kind,
        category: complaint.category.clone(),
        customer,
        customer_type: complaint.customer_type,
        language: complaint.language.clone(),
        severity: complaint.severity,
        product: product.map(str::to_owned),
    }
}

/// Gives complaints that are about to be logged to teams, where nobody said to whom they go.
pub(super) fn arrivals(
    conn: &mut Conn,
    arrivals: &[&Arrival],
    people: &[Recognised],
    complaints: &mut [Complaint],
) -> Result<Vec<Option<Placed>>> {
    let mut placed = Vec::with_capacity(complaints.len());
    let mut router = Router::load(conn)?;
    for ((arrival, person), complaint) in arrivals.iter().zip(people).zip(complaints) {
        let is_given = complaint.team_id.is_some() || complaint.owner.is_some();
        let Some(router) = router.as_mut().filter(|_| !is_given) else {
            placed.push(None);
            continue;
        };
        let facts = facts(
            complaint,
            person.customer.importance(),
            arrival.intake.product.as_deref(),
        );
        let place = router.place(conn, &arrival.act, &facts)?;
        if let Some(place) = &place {
            complaint.team_id = Some(place.team);
            complaint.owner.clone_from(&place.owner);
        }
        placed.push(place);
    }
    Ok(placed)
}

/// Keeps what the rules said of complaints that have just been logged; gives what each takes.
pub(super) fn keep(conn: &mut Conn, complaints: &[Complaint], placed: &[Option<Placed>]) -> Result<Vec<Wants>> {
    let rows: Vec<_> = complaints
        .iter()
        .zip(placed)
        .filter_map(|(complaint, placed)| Some((complaint.id, complaint.logged_at, placed.as_ref()?)))
        .collect();
    place::keep_all(conn, &rows)?;
    let wants = placed
        .iter()
        .map(|placed| placed.as_ref().map(|placed| placed.wants.clone()));
    Ok(wants.map(Option::unwrap_or_default).collect())
}

/// Sends a complaint where the rules of today say. Whoever has it keeps it, if they work in the team that it goes to.
///
/// # Errors
/// `routing.no_rule` when no rule fits; `complaint.closed`; `auth.other_team`; `request.precondition_failed`;
/// `resource.not_found`.
pub fn route(conn: &mut Conn, act: &Act, id: ComplaintId, expected: Option<i32>) -> Result<ComplaintView> {
    // Who gets it is held before the complaint is, as everywhere.
    let seen = store::load(conn, id)?;
    let statement = store::load_statement(conn, id)?;
    let customer = record::importance(conn, seen.customer_id)?;
    let owners = Owners::hold(conn, seen.owner.as_deref())?;
    let facts = facts(&seen, customer, statement.product.as_deref());
    super::work::check_read(conn, act, &seen, expected)?;
    act.actor.check_team(seen.team_id)?;
    let mut placed = match Router::load(conn)? {
        Some(mut router) => router.place(conn, act, &facts)?,
        None => None,
    };
    let mut work = Work::load(conn, act, id, expected)?;
    if work.after.version != seen.version {
        return Err(Error::Retry("the complaint changed while it was routed"));
    }
    work.take(&Action::Assign)?;
    let Some(placed) = placed.as_mut() else {
        return Err(Error::problem(Code::RoutingNoRule, "no rule that is in force fits"));
    };
    let keeps = |owner: &String| owners.is_in(owner, placed.team);
    if let Some(owner) = work.after.owner.clone().filter(keeps) {
        placed.owner = Some(owner);
    }
    let before = json!({ "owner": work.after.owner, "team": work.after.team_id });
    let after = json!({ "owner": placed.owner, "team": placed.team, "routed": placed.told() });
    work.after.owner.clone_from(&placed.owner);
    work.after.team_id = Some(placed.team);
    place::keep(conn, id, act.now, placed)?;
    let complaint = work.finish(conn, act, "routed", Some(before), Some(after))?;
    view::of(conn, complaint)
}

/// What the timeline tells of where a complaint went when it came in.
pub(super) fn told(placed: Option<&Placed>) -> Option<Value> {
    placed.map(Placed::told)
}
