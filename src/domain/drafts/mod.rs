//! What somebody has typed and not saved yet, kept for them alone. It goes when it is saved, when they say so, after
//! fourteen days, and with the customer.

mod store;

use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::drafts;
use crate::domain::check::Check;
use crate::domain::complaints::beside;
use crate::domain::customers::privacy as customers;
use crate::domain::staff::{Act, Principal};
use crate::error::{Error, Result};
use crate::ids::{AnyId, ComplaintId, CustomerId};
use crate::text_enum;

/// How long a draft is kept after it was last written.
const KEPT: TimeDelta = TimeDelta::days(14);
/// The longest draft, characters.
const LONGEST: usize = 60_000;
/// Stands for no complaint.
const NONE: Uuid = Uuid::nil();

text_enum! {
    /// Which form a draft is of.
    DraftKind {
        /// A message to the customer.
        Message = "message",
        /// A note among ourselves.
        Note = "note",
        /// The record of a step.
        Step = "step",
        /// The closing.
        Close = "close",
        /// A complaint that is being taken in: about no complaint yet.
        Intake = "intake",
    }
}

/// A draft, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = drafts, treat_none_as_default_value = false)]
pub struct DraftRow {
    /// About which complaint; zeroes for none.
    pub about: AnyId,
    /// Of which form.
    pub kind: DraftKind,
    /// Whose: a person's or a service token's.
    pub who: AnyId,
    /// Which customer it is about.
    pub customer_id: Option<CustomerId>,
    /// What was typed.
    pub typed: String,
    /// The version of the complaint that was looked at meanwhile.
    pub based_on: Option<i32>,
    /// When it was last written.
    pub updated_at: Moment,
}

/// What was typed so far.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftForm {
    /// What was typed; who has a form of several fields writes them as they like.
    #[schema(min_length = 1, max_length = 60000, example = "Dear Ms Li, the new door")]
    pub typed: String,
    /// The version of the complaint that is being looked at.
    #[schema(minimum = 1)]
    pub based_on: Option<i32>,
}

/// What was typed so far of a complaint that is being taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntakeDraftForm {
    /// What was typed; who has a form of several fields writes them as they like.
    #[schema(min_length = 1, max_length = 60000, example = "The router drops out every evening")]
    pub typed: String,
    /// The customer, once they are recognised: the draft is erased with them.
    pub customer_id: Option<CustomerId>,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftView {
    /// About which complaint, if it is about one.
    pub complaint_id: Option<ComplaintId>,
    /// Of which form.
    pub kind: DraftKind,
    /// What was typed.
    pub typed: String,
    /// The version of the complaint that was looked at meanwhile.
    pub based_on: Option<i32>,
    /// When it was last written.
    pub updated_at: Moment,
    /// When it is forgotten.
    pub kept_until: Moment,
}

/// That there is a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftLine {
    /// About which complaint, if it is about one.
    pub complaint_id: Option<ComplaintId>,
    /// Of which form.
    pub kind: DraftKind,
    /// The version of the complaint that was looked at meanwhile.
    pub based_on: Option<i32>,
    /// When it was last written.
    pub updated_at: Moment,
    /// When it is forgotten.
    pub kept_until: Moment,
}

/// A draft as the customer's export shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldDraft {
    /// Of which form.
    pub kind: DraftKind,
    /// What was typed.
    pub typed: String,
    /// When it was last written.
    pub updated_at: Moment,
}

/// A draft, and whose personal data it may hold.
#[derive(Debug, Clone)]
pub struct Found {
    /// The draft.
    pub draft: DraftView,
    /// The customer, if it is known.
    pub customer: Option<CustomerId>,
}

fn complaint_of(about: AnyId) -> Option<ComplaintId> {
    Some(ComplaintId(about.0)).filter(|_| about.0 != NONE)
}

fn whose(act: &Act) -> Result<AnyId> {
    let principal = act.actor.principal.map(|principal| AnyId(principal.uuid()));
    principal.ok_or_else(|| Error::internal("only people and programs of ours have drafts"))
}

fn view(row: DraftRow) -> DraftView {
    DraftView {
        complaint_id: complaint_of(row.about),
        kind: row.kind,
        typed: row.typed,
        based_on: row.based_on,
        updated_at: row.updated_at,
        kept_until: row.updated_at + KEPT,
    }
}

/// There are no drafts of an intake about a complaint.
fn check_kind(kind: DraftKind) -> Result<()> {
    if kind == DraftKind::Intake {
        return Err(Error::not_found("draft about a complaint"));
    }
    Ok(())
}

/// Keeps what was typed, as it was typed.
fn checked(typed: &str, based_on: Option<i32>) -> Result<()> {
    let mut check = Check::new();
    check.text("/typed", typed, 1, LONGEST);
    if based_on.is_some_and(|version| version < 1) {
        check.fail("/based_on", "out_of_range", "versions begin with 1");
    }
    check.finish(())
}

/// Keeps what the caller has typed about a complaint.
///
/// # Errors
/// `request.invalid`; `resource.not_found`; `complaint.anonymised`; `auth.other_team`.
pub fn put(conn: &mut Conn, act: &Act, (id, kind): (ComplaintId, DraftKind), form: &DraftForm) -> Result<DraftView> {
    check_kind(kind)?;
    checked(&form.typed, form.based_on)?;
    let complaint = beside::hold(conn, act, id)?;
    let row = DraftRow {
        about: AnyId(id.0),
        kind,
        who: whose(act)?,
        customer_id: Some(complaint.customer_id),
        typed: form.typed.clone(),
        based_on: form.based_on,
        updated_at: act.now,
    };
    store::put(conn, &row)?;
    Ok(view(row))
}

/// Keeps what the caller has typed of a complaint that is being taken in.
///
/// # Errors
/// `request.invalid`; `resource.not_found`; `customer.anonymised`.
pub fn put_intake(conn: &mut Conn, act: &Act, form: &IntakeDraftForm) -> Result<DraftView> {
    checked(&form.typed, None)?;
    if let Some(id) = form.customer_id {
        let customer = customers::hold(conn, id, None)?;
        customers::check_here(&customer)?;
    }
    let row = DraftRow {
        about: AnyId(NONE),
        kind: DraftKind::Intake,
        who: whose(act)?,
        customer_id: form.customer_id,
        typed: form.typed.clone(),
        based_on: None,
        updated_at: act.now,
    };
    store::put(conn, &row)?;
    Ok(view(row))
}

/// The place of a draft of the caller.
fn place(act: &Act, complaint: Option<ComplaintId>, kind: DraftKind) -> Result<(AnyId, DraftKind, AnyId)> {
    if complaint.is_some() {
        check_kind(kind)?;
    }
    Ok((AnyId(complaint.map_or(NONE, |id| id.0)), kind, whose(act)?))
}

/// A draft of the caller.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, act: &Act, complaint: Option<ComplaintId>, kind: DraftKind) -> Result<Found> {
    find(conn, act, complaint, kind)?.ok_or_else(|| Error::not_found("draft"))
}

/// A draft of the caller, if there is one.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, act: &Act, complaint: Option<ComplaintId>, kind: DraftKind) -> Result<Option<Found>> {
    let row = store::find(conn, place(act, complaint, kind)?)?;
    Ok(row.filter(|row| row.updated_at + KEPT > act.now).map(|row| Found {
        customer: row.customer_id,
        draft: view(row),
    }))
}

/// The drafts of the caller about a complaint.
///
/// # Errors
/// When the database refuses.
pub fn about(conn: &mut Conn, act: &Act, complaint: ComplaintId) -> Result<Vec<DraftView>> {
    let rows = store::of_one_about(conn, whose(act)?, AnyId(complaint.0))?;
    let fresh = rows.into_iter().filter(|row| row.updated_at + KEPT > act.now);
    Ok(fresh.map(view).collect())
}

/// Throws a draft of the caller away, if there is one.
///
/// # Errors
/// `resource.not_found` when there is no such complaint.
pub fn discard(conn: &mut Conn, act: &Act, complaint: Option<ComplaintId>, kind: DraftKind) -> Result<()> {
    if let Some(id) = complaint {
        beside::look(conn, id)?;
    }
    store::delete(conn, place(act, complaint, kind)?)
}

/// Which drafts the caller has, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act) -> Result<Vec<DraftLine>> {
    let rows = store::of_one(conn, whose(act)?, act.now - KEPT)?;
    Ok(rows
        .into_iter()
        .map(|(about, kind, based_on, updated_at)| DraftLine {
            complaint_id: complaint_of(about),
            kind,
            based_on,
            updated_at,
            kept_until: updated_at + KEPT,
        })
        .collect())
}

/// Something was done on a complaint: what was typed for it is saved now.
///
/// # Errors
/// When the database refuses.
pub fn saved(conn: &mut Conn, complaint: ComplaintId, action: &str, who: Option<Principal>) -> Result<()> {
    let kind = match action {
        "message_sent" | "message_not_sent" => DraftKind::Message,
        "note_written" => DraftKind::Note,
        "steps_recorded" | "steps_amended" => DraftKind::Step,
        "closed" => DraftKind::Close,
        _ => return Ok(()),
    };
    match who {
        Some(who) => store::delete(conn, (AnyId(complaint.0), kind, AnyId(who.uuid()))),
        None => Ok(()),
    }
}

/// How many drafts there are about these complaints.
///
/// # Errors
/// When the database refuses.
pub fn count_about(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<i64> {
    store::count_about(conn, complaints)
}

/// Forgets everybody's drafts about these complaints.
///
/// # Errors
/// When the database refuses.
pub fn forget_about(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<()> {
    store::delete_about(conn, complaints)
}

/// Forgets everybody's drafts about this customer.
///
/// # Errors
/// When the database refuses.
pub fn forget_of(conn: &mut Conn, customer: CustomerId) -> Result<()> {
    store::delete_of_customer(conn, customer)
}

/// What is held in drafts about these complaints, for the customer's export.
///
/// # Errors
/// When the database refuses.
pub fn held(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<Vec<(ComplaintId, HeldDraft)>> {
    let rows = store::about_all(conn, complaints)?;
    Ok(rows
        .into_iter()
        .map(|row| (ComplaintId(row.about.0), shown(row)))
        .collect())
}

/// What is held in drafts about this customer that belong to no complaint yet.
///
/// # Errors
/// When the database refuses.
pub fn held_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<HeldDraft>> {
    let rows = store::of_customer(conn, customer)?;
    let loose = rows.into_iter().filter(|row| row.about.0 == NONE);
    Ok(loose.map(shown).collect())
}

fn shown(row: DraftRow) -> HeldDraft {
    HeldDraft {
        kind: row.kind,
        typed: row.typed,
        updated_at: row.updated_at,
    }
}

/// Forgets what was not written for fourteen days.
///
/// # Errors
/// When the database refuses.
pub fn forget_old(conn: &mut Conn, act: &Act) -> Result<usize> {
    store::delete_old(conn, act.now - KEPT)
}
