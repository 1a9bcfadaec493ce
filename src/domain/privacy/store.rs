//! SQL of consents, legal holds, privacy events and retention.

use diesel::prelude::*;

use super::model::{Consent, DryRun, LegalHold, PrivacyEvent, RetentionRun, RuleSet};
use super::vocabulary::ConsentPurpose;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{consents, legal_holds, privacy_events, retention_rules, retention_runs};
use crate::db::types::Json;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, CustomerId, HoldId, PrivacyEventId};
use crate::insert_rows;

pub(super) fn insert_consents(conn: &mut Conn, rows: &[Consent]) -> Result<()> {
    insert_rows!(conn, consents::table, rows)?;
    Ok(())
}

/// What these customers said about a purpose, the oldest first.
pub(super) fn said_about(
    conn: &mut Conn,
    ids: &[CustomerId],
    purpose: ConsentPurpose,
) -> Result<Vec<(CustomerId, bool)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(consents::table
        .filter(consents::customer_id.eq_any(ids.to_vec()))
        .filter(consents::purpose.eq(purpose))
        .order(consents::id.asc())
        .select((consents::customer_id, consents::given))
        .load(conn)?)
}

pub(super) fn consents_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<Consent>> {
    Ok(consents::table
        .filter(consents::customer_id.eq(customer))
        .order(consents::id.asc())
        .select(Consent::as_select())
        .load(conn)?)
}

/// Takes the free texts out of everything about a customer; gives how many rows there were of each table.
pub(super) fn wipe(conn: &mut Conn, customer: CustomerId, really: bool) -> Result<Vec<(&'static str, i64)>> {
    let consents_own = || consents::table.filter(consents::customer_id.eq(customer));
    let holds_own = || legal_holds::table.filter(legal_holds::customer_id.eq(customer));
    let events_own = || privacy_events::table.filter(privacy_events::customer_id.eq(customer));
    let found = vec![
        ("consents", consents_own().count().get_result(conn)?),
        ("legal_holds", holds_own().count().get_result(conn)?),
        ("privacy_events", events_own().count().get_result(conn)?),
    ];
    if really {
        let nothing = None::<String>;
        diesel::update(consents_own())
            .set((
                consents::wording.eq(&nothing),
                consents::evidence_ref.eq(&nothing),
                consents::note.eq(&nothing),
            ))
            .execute(conn)?;
        diesel::update(holds_own())
            .set(legal_holds::reason.eq(""))
            .execute(conn)?;
        diesel::update(events_own())
            .set(privacy_events::reason.eq(&nothing))
            .execute(conn)?;
    }
    Ok(found)
}

/// Takes the free texts out of what was said about these complaints.
pub(super) fn wipe_about(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<()> {
    let ids: Vec<Option<ComplaintId>> = complaints.iter().copied().map(Some).collect();
    diesel::update(legal_holds::table.filter(legal_holds::complaint_id.eq_any(ids.clone())))
        .set(legal_holds::reason.eq(""))
        .execute(conn)?;
    diesel::update(privacy_events::table.filter(privacy_events::complaint_id.eq_any(ids)))
        .set(privacy_events::reason.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}

pub(super) fn insert_event(conn: &mut Conn, row: &PrivacyEvent) -> Result<()> {
    insert_rows!(conn, privacy_events::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn load_event(conn: &mut Conn, id: PrivacyEventId) -> Result<Option<PrivacyEvent>> {
    Ok(privacy_events::table
        .find(id)
        .select(PrivacyEvent::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn events_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<PrivacyEvent>> {
    Ok(privacy_events::table
        .filter(privacy_events::customer_id.eq(customer))
        .order(privacy_events::id.asc())
        .select(PrivacyEvent::as_select())
        .load(conn)?)
}

pub(super) fn insert_hold(conn: &mut Conn, row: &LegalHold) -> Result<()> {
    insert_rows!(conn, legal_holds::table, std::slice::from_ref(row))?;
    Ok(())
}

/// The hold that stands on a complaint, or on the customer as a whole.
pub(super) fn standing_hold(
    conn: &mut Conn,
    customer: CustomerId,
    complaint: Option<ComplaintId>,
) -> Result<Option<LegalHold>> {
    let mut query = legal_holds::table
        .filter(legal_holds::customer_id.eq(customer))
        .filter(legal_holds::lifted_at.is_null())
        .select(LegalHold::as_select())
        .into_boxed();
    query = match complaint {
        Some(id) => query.filter(legal_holds::complaint_id.eq(Some(id))),
        None => query.filter(legal_holds::complaint_id.is_null()),
    };
    Ok(query.first(conn).optional()?)
}

pub(super) fn lift_hold(conn: &mut Conn, id: HoldId, by: &str, now: Moment) -> Result<()> {
    diesel::update(legal_holds::table.find(id))
        .set((
            legal_holds::lifted_by.eq(Some(by.to_owned())),
            legal_holds::lifted_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn holds_of(conn: &mut Conn, customers: &[CustomerId]) -> Result<Vec<LegalHold>> {
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    Ok(legal_holds::table
        .filter(legal_holds::customer_id.eq_any(customers.to_vec()))
        .order(legal_holds::id.asc())
        .select(LegalHold::as_select())
        .load(conn)?)
}

pub(super) fn present_rules(conn: &mut Conn) -> Result<Option<RuleSet>> {
    Ok(retention_rules::table
        .order(retention_rules::version.desc())
        .select(RuleSet::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn insert_rules(conn: &mut Conn, row: &RuleSet) -> Result<()> {
    insert_rows!(conn, retention_rules::table, std::slice::from_ref(row)).map_err(|error| {
        let error = Error::from(error);
        if error.is_unique_violation() {
            Error::Retry("the rules were changed meanwhile")
        } else {
            error
        }
    })?;
    Ok(())
}

pub(super) fn note_dry_run(conn: &mut Conn, version: i32, now: Moment, run: &DryRun) -> Result<()> {
    diesel::update(retention_rules::table.find(version))
        .set((
            retention_rules::dry_run_at.eq(Some(now)),
            retention_rules::dry_run.eq(Some(Json(run.clone()))),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn run_of_day(conn: &mut Conn, day: &str) -> Result<Option<RetentionRun>> {
    Ok(retention_runs::table
        .filter(retention_runs::day.eq(day.to_owned()))
        .select(RetentionRun::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn insert_run(conn: &mut Conn, row: &RetentionRun) -> Result<()> {
    insert_rows!(conn, retention_runs::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn update_run(conn: &mut Conn, row: &RetentionRun) -> Result<()> {
    diesel::update(retention_runs::table.find(row.id))
        .set(row)
        .execute(conn)?;
    Ok(())
}

pub(super) fn last_runs(conn: &mut Conn, limit: i64) -> Result<Vec<RetentionRun>> {
    Ok(retention_runs::table
        .order(retention_runs::id.desc())
        .limit(limit)
        .select(RetentionRun::as_select())
        .load(conn)?)
}
