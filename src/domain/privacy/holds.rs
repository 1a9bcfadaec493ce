//! Legal holds: while one stands, nothing of the customer or the complaint is removed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{LegalHold, PrivacyEvent};
use super::states::note;
use super::store;
use super::vocabulary::PrivacyAction;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::complaints::privacy as complaints;
use crate::domain::customers::{PrivacyState, privacy as customers};
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, CustomerId, HoldId};

/// Why and until when data must be kept.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldForm {
    /// Why.
    #[schema(min_length = 1, max_length = 2000, example = "Court case 12 O 345/26")]
    pub reason: String,
    /// Until then; without an end when left out.
    pub until: Option<Moment>,
}

/// The hold that stands, or stood.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HoldView {
    /// The hold.
    pub hold: LegalHold,
    /// Counts the changes of the customer or complaint; the ETag is made of it.
    pub version: i32,
}

/// The privacy state of a customer, with its holds and what was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PrivacyView {
    /// What may be done with the data.
    pub state: PrivacyState,
    /// Since when, unless it has always been so.
    pub since: Option<Moment>,
    /// Every hold, lifted ones too, the oldest first.
    pub holds: Vec<LegalHold>,
    /// What was done, the oldest first.
    pub events: Vec<PrivacyEvent>,
    /// Counts the changes of the customer; the ETag is made of it.
    pub version: i32,
}

impl LegalHold {
    /// Whether it stands at `now`.
    pub fn stands(&self, now: Moment) -> bool {
        self.lifted_at.is_none() && self.until.is_none_or(|until| until > now)
    }
}

/// The privacy state of a customer.
///
/// # Errors
/// `resource.not_found`.
pub fn of_customer(conn: &mut Conn, id: CustomerId) -> Result<PrivacyView> {
    let customer = customers::load(conn, id)?;
    Ok(PrivacyView {
        state: customer.privacy,
        since: customer.privacy_since,
        holds: store::holds_of(conn, &[id])?,
        events: store::events_of(conn, id)?,
        version: customer.version,
    })
}

fn place_one(
    conn: &mut Conn,
    act: &Act,
    customer: CustomerId,
    complaint: Option<ComplaintId>,
    form: &HoldForm,
) -> Result<LegalHold> {
    let mut check = Check::new();
    let reason = check.text("/reason", &form.reason, 1, 2_000);
    if form.until.is_some_and(|until| until <= act.now) {
        check.fail("/until", "out_of_range", "in the future");
    }
    check.finish(())?;
    if let Some(before) = store::standing_hold(conn, customer, complaint)? {
        store::lift_hold(conn, before.id, &act.actor.name, act.now)?;
    }
    let hold = LegalHold {
        id: HoldId::new(act.now),
        customer_id: customer,
        complaint_id: complaint,
        reason: reason.clone(),
        until: form.until,
        placed_by: act.actor.name.clone(),
        placed_at: act.now,
        lifted_by: None,
        lifted_at: None,
    };
    store::insert_hold(conn, &hold)?;
    note(
        conn,
        act,
        (customer, complaint),
        PrivacyAction::HoldPlaced,
        None,
        Some(reason),
    )?;
    Ok(hold)
}

fn lift_one(conn: &mut Conn, act: &Act, customer: CustomerId, complaint: Option<ComplaintId>) -> Result<LegalHold> {
    let hold = store::standing_hold(conn, customer, complaint)?;
    let mut hold = hold.ok_or_else(|| Error::not_found("legal hold"))?;
    store::lift_hold(conn, hold.id, &act.actor.name, act.now)?;
    note(conn, act, (customer, complaint), PrivacyAction::HoldLifted, None, None)?;
    hold.lifted_by = Some(act.actor.name.clone());
    hold.lifted_at = Some(act.now);
    Ok(hold)
}

/// What a hold is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldOn {
    /// Everything of a customer.
    Customer(CustomerId),
    /// One complaint.
    Complaint(ComplaintId),
}

impl HoldOn {
    /// Counts the change `done` of it, calls `work` with whose it is, and gives what came of it with the new version.
    fn change(
        self,
        conn: &mut Conn,
        act: &Act,
        expected: Option<i32>,
        done: &'static str,
        work: impl FnOnce(&mut Conn, CustomerId, Option<ComplaintId>) -> Result<LegalHold>,
    ) -> Result<HoldView> {
        match self {
            Self::Customer(id) => {
                let customer = customers::hold(conn, id, expected)?;
                let hold = work(conn, id, None)?;
                let version = customers::touch(conn, act, &customer, customer.privacy)?.version;
                Ok(HoldView { hold, version })
            }
            Self::Complaint(id) => {
                let (customer, version) = complaints::touch(conn, act, id, expected, done)?;
                let hold = work(conn, customer, Some(id))?;
                Ok(HoldView { hold, version })
            }
        }
    }
}

/// Places a hold, in place of the one that stands.
///
/// # Errors
/// `request.invalid`; `customer.anonymised`; `complaint.anonymised`; `request.precondition_failed`;
/// `resource.not_found`.
pub fn place(conn: &mut Conn, act: &Act, on: HoldOn, expected: Option<i32>, form: &HoldForm) -> Result<HoldView> {
    on.change(conn, act, expected, "legal_hold_placed", |conn, customer, complaint| {
        if complaint.is_none() {
            customers::check_here(&customers::load(conn, customer)?)?;
        }
        place_one(conn, act, customer, complaint, form)
    })
}

/// Lifts the hold.
///
/// # Errors
/// `request.precondition_failed`; `resource.not_found`.
pub fn lift(conn: &mut Conn, act: &Act, on: HoldOn, expected: Option<i32>) -> Result<HoldView> {
    on.change(conn, act, expected, "legal_hold_lifted", |conn, customer, complaint| {
        lift_one(conn, act, customer, complaint)
    })
}

/// Every hold that stands on these customers or their complaints.
pub(super) fn standing(conn: &mut Conn, act: &Act, ids: &[CustomerId]) -> Result<Vec<LegalHold>> {
    let mut holds = store::holds_of(conn, ids)?;
    holds.retain(|hold| hold.stands(act.now));
    Ok(holds)
}

/// Refuses while a hold stands on the customer or any of their complaints.
pub(super) fn check_none(conn: &mut Conn, act: &Act, id: CustomerId) -> Result<()> {
    if standing(conn, act, &[id])?.is_empty() {
        return Ok(());
    }
    let detail = "a legal hold keeps this data; lift it first";
    Err(Error::problem(Code::PrivacyLegalHold, detail))
}
