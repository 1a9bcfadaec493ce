//! Recognising a customer by what they tell us, or taking them in as new. Race-free: however
//! many first complaints arrive at once from one number, they make one customer.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{ContactKind, ContactPoint, Customer};
use super::store;
use super::vocabulary::{CustomerKind, PrivacyState};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::error::{Code, Error, FieldError, Result};
use crate::ids::CustomerId;

/// One thing a customer can be recognised by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which kind; the order of kinds is the order of trust.
    pub kind: ContactKind,
    /// In the form it is found by.
    pub value: String,
    /// As it was written.
    pub entered_as: String,
}

impl Key {
    fn address(&self) -> (String, String) {
        (self.kind.word(), self.value.clone())
    }
}

/// What somebody told us about who they are, checked and normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The customer, if the agent has picked one.
    pub customer_id: Option<CustomerId>,
    /// What they can be recognised by, the surest first.
    pub keys: Vec<Key>,
    /// The name they gave.
    pub name: String,
    /// Person or organisation.
    pub kind: CustomerKind,
    /// BCP 47.
    pub language: String,
    /// IANA.
    pub time_zone: String,
    /// Whether a known customer's record takes up contact points it did not have. Not for what
    /// an unknown person types into a public form: it may be somebody else's number.
    pub trusted: bool,
}

/// Who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The customer.
    pub customer: Customer,
    /// What they were recognised by (`phone`, `email`, `external:SYSTEM`, `id`); `None` when new.
    pub matched_by: Option<String>,
    /// Other customers that one of the contact points belongs to: perhaps the same person.
    pub also_known_as: Vec<CustomerId>,
}

/// Recognises a group of people at once; those nobody knows become customers.
///
/// # Errors
/// `request.invalid` when a picked customer does not exist; `customer.anonymised`; [`Error::Retry`] when another
/// process took in the same person at the same moment.
pub fn recognise_all(conn: &mut Conn, people: &[(Moment, &Identity)]) -> Result<Vec<Recognised>> {
    let mut owners = known_owners(conn, people)?;
    let mut fresh: BTreeMap<CustomerId, Customer> = BTreeMap::new();
    let mut points: BTreeMap<(String, String), ContactPoint> = BTreeMap::new();
    let mut found = Vec::with_capacity(people.len());
    for (now, person) in people {
        let (id, matched_by) = match whose(person, &owners) {
            Some((id, matched_by)) => (id, Some(matched_by)),
            None => {
                let customer = new_customer(*now, person);
                let id = customer.id;
                fresh.insert(id, customer);
                (id, None)
            }
        };
        let also: BTreeSet<CustomerId> = person
            .keys
            .iter()
            .filter_map(|key| owners.get(&key.address()).copied())
            .filter(|other| *other != id)
            .collect();
        if person.trusted || fresh.contains_key(&id) {
            for key in person.keys.iter().filter(|key| !owners.contains_key(&key.address())) {
                let is_primary = fresh.contains_key(&id);
                points.insert(key.address(), contact_point(*now, id, key, is_primary));
            }
            for key in &person.keys {
                owners.entry(key.address()).or_insert(id);
            }
        }
        found.push((id, matched_by, also));
    }
    let recognised = attach_records(conn, found, &fresh)?;
    // A restricted record is kept as it is.
    points.retain(|_, point| {
        let owner = recognised.iter().find(|person| person.customer.id == point.customer_id);
        owner.is_none_or(|person| person.customer.privacy == PrivacyState::Active)
    });
    insert(conn, &fresh, points)?;
    Ok(recognised)
}

fn known_owners(conn: &mut Conn, people: &[(Moment, &Identity)]) -> Result<BTreeMap<(String, String), CustomerId>> {
    let mut values: Vec<String> = people
        .iter()
        .flat_map(|(_, p)| p.keys.iter().map(|key| key.value.clone()))
        .collect();
    values.sort();
    values.dedup();
    let points = store::contact_points_with(conn, &values)?;
    Ok(points
        .into_iter()
        .map(|point| ((point.kind, point.value), point.customer_id))
        .collect())
}

fn whose(person: &Identity, owners: &BTreeMap<(String, String), CustomerId>) -> Option<(CustomerId, String)> {
    if let Some(id) = person.customer_id {
        return Some((id, "id".to_owned()));
    }
    person
        .keys
        .iter()
        .find_map(|key| owners.get(&key.address()).map(|id| (*id, key.kind.word())))
}

fn insert(
    conn: &mut Conn,
    fresh: &BTreeMap<CustomerId, Customer>,
    points: BTreeMap<(String, String), ContactPoint>,
) -> Result<()> {
    store::insert_all(conn, &fresh.values().cloned().collect::<Vec<_>>())?;
    let points: Vec<ContactPoint> = points.into_values().collect();
    if store::add_contact_points(conn, &points)? < points.len() {
        return Err(Error::Retry("another process took in the same contact point"));
    }
    Ok(())
}

fn attach_records(
    conn: &mut Conn,
    found: Vec<(CustomerId, Option<String>, BTreeSet<CustomerId>)>,
    fresh: &BTreeMap<CustomerId, Customer>,
) -> Result<Vec<Recognised>> {
    let mut known: Vec<CustomerId> = found
        .iter()
        .map(|(id, ..)| *id)
        .filter(|id| !fresh.contains_key(id))
        .collect();
    known.sort();
    known.dedup();
    let known: BTreeMap<CustomerId, Customer> = store::list_by_ids(conn, &known)?
        .into_iter()
        .map(|customer| (customer.id, customer))
        .collect();
    found
        .into_iter()
        .map(|(id, matched_by, also)| {
            let customer = fresh
                .get(&id)
                .or_else(|| known.get(&id))
                .cloned()
                .ok_or_else(unknown_customer)?;
            if customer.privacy.is_gone() {
                return Err(Error::problem(
                    Code::CustomerAnonymised,
                    "this customer's record is gone; log the complaint under a new one",
                ));
            }
            Ok(Recognised {
                customer,
                matched_by,
                also_known_as: also.into_iter().collect(),
            })
        })
        .collect()
}

fn unknown_customer() -> Error {
    Error::invalid(vec![FieldError {
        pointer: "/customer/customer_id".to_owned(),
        code: "unknown".to_owned(),
        detail: "there is no such customer".to_owned(),
    }])
}

fn new_customer(now: Moment, person: &Identity) -> Customer {
    Customer {
        name: person.name.clone(),
        ..Customer::new(
            CustomerId::new(now),
            person.kind,
            &person.language,
            &person.time_zone,
            now,
        )
    }
}

fn contact_point(now: Moment, customer_id: CustomerId, key: &Key, is_primary: bool) -> ContactPoint {
    ContactPoint {
        kind: key.kind.word(),
        value: key.value.clone(),
        customer_id,
        entered_as: key.entered_as.clone(),
        is_primary,
        created_at: now,
    }
}
