//! The privacy states of a customer, and the way from one to the next.
//!
//! ```text
//! active ⇄ restricted
//!    └────────┴──→ anonymised ──→ erased
//!    └────────┴───────────────────↗
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::holds;
use super::model::PrivacyEvent;
use super::store;
use super::vocabulary::{LegalBasis, NotSent, PrivacyAction, Removal};
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::complaints::privacy as complaints;
use crate::domain::customers::{Customer, PrivacyState, privacy as customers};
use crate::domain::staff::Act;
use crate::domain::{drafts, idempotency, notifications};
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, CustomerId, PrivacyEventId};

/// Why something is done with a customer's data.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyForm {
    /// Why, in words. Forgotten when the customer is anonymised or erased.
    #[schema(min_length = 1, max_length = 2000, example = "Letter of 20 November")]
    pub reason: String,
    /// On which ground; this stays.
    pub legal_basis: Option<LegalBasis>,
}

/// Why a customer is anonymised or erased, and whether only to see what would be touched.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovalForm {
    /// Why, in words. Not kept: it may name the person.
    #[schema(min_length = 1, max_length = 2000, example = "Asked to be forgotten, by letter")]
    pub reason: String,
    /// On which ground; this stays.
    pub legal_basis: Option<LegalBasis>,
    /// Only say what would be touched, and what stands in the way.
    #[serde(default)]
    pub dry_run: bool,
}

/// Where a customer stands after a change.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StateView {
    /// The customer.
    pub customer_id: CustomerId,
    /// What may be done with the data.
    pub state: PrivacyState,
    /// Counts the changes of the customer; the ETag is made of it.
    pub version: i32,
}

/// What was removed, or would be.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RemovalView {
    /// The customer.
    pub customer_id: CustomerId,
    /// What may be done with the data.
    pub state: PrivacyState,
    /// Whether this only says what would be done.
    pub dry_run: bool,
    /// Rows touched, by table.
    pub touched: BTreeMap<String, i64>,
    /// What stands in the way, by the code of the problem. Only in a dry run.
    pub blocked_by: Vec<String>,
    /// Counts the changes of the customer; the ETag is made of it.
    pub version: i32,
}

/// Leaves a record of what was done.
pub(super) fn note(
    conn: &mut Conn,
    act: &Act,
    (customer_id, complaint_id): (CustomerId, Option<ComplaintId>),
    action: PrivacyAction,
    legal_basis: Option<LegalBasis>,
    reason: Option<String>,
) -> Result<PrivacyEvent> {
    let event = PrivacyEvent {
        id: PrivacyEventId::new(act.now),
        customer_id,
        complaint_id,
        action,
        legal_basis,
        reason,
        actor_kind: act.actor.kind,
        actor: act.actor.name.clone(),
        happened_at: act.now,
    };
    store::insert_event(conn, &event)?;
    // A hold on a complaint is an entry of its timeline, which tells the audit by itself.
    let told = complaint_id.is_some() && matches!(action, PrivacyAction::HoldPlaced | PrivacyAction::HoldLifted);
    if !told {
        let event = match complaint_id {
            Some(id) => Event::on(ObjectKind::Complaint, id.0, format!("complaint.{action}")),
            None => Event::on(ObjectKind::Customer, customer_id.0, format!("customer.{action}")),
        };
        let fields = json!({ "legal_basis": legal_basis });
        audit::record(conn, act, event.of([customer_id]).with(fields))?;
    }
    Ok(event)
}

fn wrong_state(customer: &Customer) -> Error {
    Error::problem(
        Code::PrivacyWrongState,
        format!("the customer is `{}`", customer.privacy),
    )
}

fn change(
    conn: &mut Conn,
    act: &Act,
    (id, expected): (CustomerId, Option<i32>),
    form: &PrivacyForm,
    (from, to): (PrivacyState, PrivacyState),
    action: PrivacyAction,
) -> Result<StateView> {
    let customer = customers::hold(conn, id, expected)?;
    let mut check = Check::new();
    let reason = check.text("/reason", &form.reason, 1, 2_000);
    check.finish(())?;
    if customer.privacy != from {
        return Err(wrong_state(&customer));
    }
    let customer = customers::touch(conn, act, &customer, to)?;
    note(conn, act, (id, None), action, form.legal_basis, Some(reason))?;
    Ok(StateView {
        customer_id: id,
        state: customer.privacy,
        version: customer.version,
    })
}

/// Restricts what is done with a customer's data: it is kept, complaints in progress are finished, and that is
/// all. Messages that still wait are not sent.
///
/// # Errors
/// `privacy.wrong_state`; `request.invalid`; `request.precondition_failed`; `resource.not_found`.
pub fn restrict(
    conn: &mut Conn,
    act: &Act,
    id: CustomerId,
    expected: Option<i32>,
    form: &PrivacyForm,
) -> Result<StateView> {
    let way = (PrivacyState::Active, PrivacyState::Restricted);
    let view = change(conn, act, (id, expected), form, way, PrivacyAction::Restricted)?;
    let complaints = complaints::ids_of(conn, id)?;
    notifications::stop(conn, act.now, &complaints, NotSent::Restricted.as_str())?;
    Ok(view)
}

/// Lifts a restriction.
///
/// # Errors
/// As [`restrict`].
pub fn lift_restriction(
    conn: &mut Conn,
    act: &Act,
    id: CustomerId,
    expected: Option<i32>,
    form: &PrivacyForm,
) -> Result<StateView> {
    let way = (PrivacyState::Restricted, PrivacyState::Active);
    change(conn, act, (id, expected), form, way, PrivacyAction::RestrictionLifted)
}

/// Takes everything out by which the customer could be recognised; the figures stay.
///
/// # Errors
/// `privacy.legal_hold`, `privacy.open_promise`, `privacy.open_complaint`; `privacy.wrong_state`;
/// `request.invalid`; `request.precondition_failed`; `resource.not_found`.
pub fn anonymise(
    conn: &mut Conn,
    act: &Act,
    id: CustomerId,
    expected: Option<i32>,
    form: &RemovalForm,
) -> Result<RemovalView> {
    asked(conn, act, (id, expected), form, Removal::Anonymise)
}

/// Anonymises, and leaves of the customer only the id, and when it was erased.
///
/// # Errors
/// As [`anonymise`].
pub fn erase(
    conn: &mut Conn,
    act: &Act,
    id: CustomerId,
    expected: Option<i32>,
    form: &RemovalForm,
) -> Result<RemovalView> {
    asked(conn, act, (id, expected), form, Removal::Erase)
}

fn asked(
    conn: &mut Conn,
    act: &Act,
    (id, expected): (CustomerId, Option<i32>),
    form: &RemovalForm,
    removal: Removal,
) -> Result<RemovalView> {
    let customer = customers::hold(conn, id, expected)?;
    let mut check = Check::new();
    check.text("/reason", &form.reason, 1, 2_000);
    check.finish(())?;
    let done = match customer.privacy {
        PrivacyState::Erased => true,
        PrivacyState::Anonymised => removal == Removal::Anonymise,
        PrivacyState::Active | PrivacyState::Restricted => false,
    };
    if done {
        return Err(wrong_state(&customer));
    }
    let stops = [holds::check_none(conn, act, id), complaints::check_all_done(conn, id)];
    let mut blocked_by = Vec::new();
    for stop in stops {
        match stop {
            Err(error @ Error::Problem(_)) if form.dry_run => blocked_by.push(error.code().as_str().to_owned()),
            other => other?,
        }
    }
    let (touched, customer) = remove(conn, act, &customer, removal, form.legal_basis, !form.dry_run)?;
    Ok(RemovalView {
        customer_id: id,
        state: customer.privacy,
        dry_run: form.dry_run,
        touched: touched.into_iter().map(|(table, n)| (table.to_owned(), n)).collect(),
        blocked_by,
        version: customer.version,
    })
}

/// Removes what is held about a customer of whom nothing is in progress or on hold. `really` false only counts.
pub(super) fn remove(
    conn: &mut Conn,
    act: &Act,
    customer: &Customer,
    removal: Removal,
    legal_basis: Option<LegalBasis>,
    really: bool,
) -> Result<(complaints::Touched, Customer)> {
    let id = customer.id;
    let ids = complaints::ids_of(conn, id)?;
    let mut touched = complaints::wipe(conn, act, &ids, really)?;
    touched.insert("customers", 1);
    touched.insert("contact_points", customers::count_contact_points(conn, id)?);
    touched.extend(store::wipe(conn, id, really)?);
    touched.insert("audit_values", audit::count_values(conn, id)?);
    if !really {
        return Ok((touched, customer.clone()));
    }
    if complaints::has_content(conn, id)? {
        return Err(Error::Retry("a complaint was opened again meanwhile"));
    }
    idempotency::forget_about(conn, &[id.0.as_bytes().to_vec()])?;
    audit::forget_values(conn, id)?;
    drafts::forget_of(conn, id)?;
    let (state, action) = match removal {
        Removal::Anonymise => (PrivacyState::Anonymised, PrivacyAction::Anonymised),
        Removal::Erase => (PrivacyState::Erased, PrivacyAction::Erased),
    };
    let bare = customers::wipe(conn, act, customer, state)?;
    note(conn, act, (id, None), action, legal_basis, None)?;
    Ok((touched, bare))
}
