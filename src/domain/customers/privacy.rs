//! What a customer's privacy state does to the record: who sees it, who may change it, and what is left of it.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Customer, MaskedCustomer};
use super::store;
use super::vocabulary::{CustomerKind, PrivacyState, Tier};
use crate::db::conn::Conn;
use crate::db::dialect;
use crate::domain::privacy::ConsentPurpose;
use crate::domain::privacy::consents;
use crate::domain::staff::{Act, ActorKind, Permission};
use crate::error::{Code, Error, Result};
use crate::ids::CustomerId;

/// Whether the caller is a sales module: staff credentials that do not read complaints.
fn sells(act: &Act) -> bool {
    act.actor.kind == ActorKind::Staff
        && !act.actor.may(Permission::ReadComplaints)
        && !act.actor.may(Permission::ManagePrivacy)
}

/// The customers among these that are not shared with the caller.
pub(super) fn unshared(conn: &mut Conn, act: &Act, customers: &[Customer]) -> Result<BTreeSet<CustomerId>> {
    if !sells(act) || customers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let shared = consents::allowed_among(conn, act, customers, ConsentPurpose::ShareWithSales)?;
    let ids = customers.iter().map(|customer| customer.id);
    Ok(ids.filter(|id| !shared.contains(id)).collect())
}

/// The customers among these whose record the caller does not see, as the caller sees them.
pub(super) fn masked(
    conn: &mut Conn,
    act: &Act,
    customers: &[Customer],
) -> Result<BTreeMap<CustomerId, MaskedCustomer>> {
    let unshared = unshared(conn, act, customers)?;
    let hidden = |customer: &&Customer| {
        let restricted = customer.privacy == PrivacyState::Restricted && !act.actor.may(Permission::ManagePrivacy);
        restricted || unshared.contains(&customer.id)
    };
    let mask = |customer: &Customer| MaskedCustomer {
        id: customer.id,
        version: customer.version,
        restricted: true,
    };
    let hidden = customers.iter().filter(hidden);
    Ok(hidden.map(|customer| (customer.id, mask(customer))).collect())
}

/// The customers among these whose record the caller does not see.
///
/// # Errors
/// When the database refuses.
pub fn hidden_from(conn: &mut Conn, act: &Act, customers: &[Customer]) -> Result<BTreeSet<CustomerId>> {
    Ok(masked(conn, act, customers)?.into_keys().collect())
}

/// What a customer is called, for the caller: empty when they do not see the record.
///
/// # Errors
/// When the database refuses.
pub fn name_for(conn: &mut Conn, act: &Act, customer: &Customer) -> Result<String> {
    let reads = act.actor.kind != ActorKind::Staff || act.actor.may(Permission::ReadCustomers);
    if !reads || !hidden_from(conn, act, std::slice::from_ref(customer))?.is_empty() {
        return Ok(String::new());
    }
    Ok(customer.name.clone())
}

/// Refuses to change a record that is restricted, gone, or not shared with the caller.
pub(super) fn check_changeable(conn: &mut Conn, act: &Act, customer: &Customer) -> Result<()> {
    check_here(customer)?;
    let unshared = !unshared(conn, act, std::slice::from_ref(customer))?.is_empty();
    if customer.privacy == PrivacyState::Restricted || unshared {
        return Err(Error::problem(
            Code::CustomerRestricted,
            "the record is kept as it is: processing is restricted, or it is not shared with you",
        ));
    }
    Ok(())
}

/// Refuses when the record is gone.
///
/// # Errors
/// `customer.anonymised`.
pub fn check_here(customer: &Customer) -> Result<()> {
    if customer.privacy.is_gone() {
        let detail = format!("the record is `{}`", customer.privacy);
        return Err(Error::problem(Code::CustomerAnonymised, detail));
    }
    Ok(())
}

/// Refuses when the record is gone, or is not shared with the caller.
///
/// # Errors
/// `customer.anonymised`; `customer.restricted`.
pub fn check_shared(conn: &mut Conn, act: &Act, customer: &Customer) -> Result<()> {
    check_here(customer)?;
    if unshared(conn, act, std::slice::from_ref(customer))?.is_empty() {
        return Ok(());
    }
    let detail = "the record is not shared with you";
    Err(Error::problem(Code::CustomerRestricted, detail))
}

/// Refuses what may be done with the data of a restricted customer only by those who manage privacy.
///
/// # Errors
/// `customer.restricted`.
pub fn check_unrestricted(act: &Act, customer: &Customer) -> Result<()> {
    if customer.privacy == PrivacyState::Restricted && !act.actor.may(Permission::ManagePrivacy) {
        let detail = "processing is restricted: what the customer refuses is recorded, what they allow only by those who manage privacy";
        return Err(Error::problem(Code::CustomerRestricted, detail));
    }
    Ok(())
}

/// Loads a customer to be changed by nobody else until the transaction ends.
///
/// # Errors
/// `resource.not_found`; `request.precondition_failed`.
pub fn hold(conn: &mut Conn, id: CustomerId, expected: Option<i32>) -> Result<Customer> {
    dialect::hold_customer(conn, id)?;
    let customer = store::load(conn, id)?;
    match expected {
        Some(expected) if expected != customer.version => Err(Error::problem(
            Code::PreconditionFailed,
            format!("you read version {expected}; now it is version {}", customer.version),
        )),
        _ => Ok(customer),
    }
}

/// Loads a customer.
///
/// # Errors
/// `resource.not_found`.
pub fn load(conn: &mut Conn, id: CustomerId) -> Result<Customer> {
    store::load(conn, id)
}

/// Counts a change of what belongs to a customer, and takes the privacy state that `customer` has now.
///
/// # Errors
/// [`Error::Retry`] when somebody else was faster.
pub fn touch(conn: &mut Conn, act: &Act, before: &Customer, state: PrivacyState) -> Result<Customer> {
    let mut after = before.clone();
    after.version += 1;
    after.updated_at = act.now;
    if state != before.privacy {
        after.privacy = state;
        after.privacy_since = Some(act.now);
    }
    store::update(conn, before, &after)?;
    Ok(after)
}

/// How many contact points a customer has.
///
/// # Errors
/// When the database refuses.
pub fn count_contact_points(conn: &mut Conn, id: CustomerId) -> Result<i64> {
    store::count_contact_points(conn, id)
}

/// Takes everything out of a record by which somebody could be recognised; of an erased one nothing is left
/// but when it was.
///
/// # Errors
/// [`Error::Retry`] when somebody else was faster.
pub fn wipe(conn: &mut Conn, act: &Act, before: &Customer, state: PrivacyState) -> Result<Customer> {
    store::delete_all_contact_points(conn, before.id)?;
    let mut bare = before.clone();
    bare.name = String::new();
    bare.preferred_medium = None;
    bare.style = None;
    bare.stance = None;
    if state == PrivacyState::Erased {
        bare.kind = CustomerKind::Person;
        bare.tier = Tier::Individual;
        bare.segment = None;
        bare.grade = None;
        bare.preferred_language = "und".to_owned();
        bare.time_zone = "UTC".to_owned();
        bare.created_at = act.now;
    }
    bare.version += 1;
    bare.updated_at = act.now;
    bare.privacy = state;
    bare.privacy_since = Some(act.now);
    store::update(conn, before, &bare)?;
    Ok(bare)
}

/// Makes a group of new complaints be taken in again when one of its customers was anonymised or erased
/// behind its back.
///
/// # Errors
/// [`Error::Retry`].
pub fn check_still_here(conn: &mut Conn, ids: &[CustomerId]) -> Result<()> {
    if store::in_state(conn, ids, &[PrivacyState::Anonymised, PrivacyState::Erased])?.is_empty() {
        Ok(())
    } else {
        Err(Error::Retry("the customer was anonymised meanwhile"))
    }
}

/// The customers among these whose data is restricted.
///
/// # Errors
/// When the database refuses.
pub fn restricted_among(conn: &mut Conn, ids: &[CustomerId]) -> Result<BTreeSet<CustomerId>> {
    let restricted = store::in_state(conn, ids, &[PrivacyState::Restricted])?;
    Ok(restricted.into_iter().collect())
}

/// Whether the record is kept for other reasons than complaints: a key account, or a customer whom another
/// system knows.
///
/// # Errors
/// When the database refuses.
pub fn is_kept_elsewhere(conn: &mut Conn, customer: &Customer) -> Result<bool> {
    let points = store::contact_points_of(conn, &[customer.id])?;
    let known_elsewhere = points.iter().any(|point| point.kind.starts_with("external:"));
    Ok(known_elsewhere || customer.tier == Tier::KeyAccount)
}
