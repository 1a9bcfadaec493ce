//! The customer record: creating, reading, changing, finding.

use super::form::{CustomerRecordForm, Replaced, checked};
use super::model::{ContactKind, ContactPoint, Customer, CustomerView, ExternalId, Importance, SeenCustomer};
use super::privacy;
use super::store;
use super::vocabulary::{CustomerKind, Tier};
use crate::db::conn::Conn;
use crate::domain::audit::{self, Change, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::CustomerId;

/// How to find customers; everything that is said must hold.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// A phone number, e-mail address or external id, however it is written.
    pub contact: Option<String>,
    /// After this customer.
    pub after: Option<CustomerId>,
    /// At most so many.
    pub limit: i64,
}

/// Reads a customer, as far as the caller may see it.
///
/// # Errors
/// `resource.not_found`.
pub fn see(conn: &mut Conn, act: &Act, id: CustomerId) -> Result<SeenCustomer> {
    let customer = store::load(conn, id)?;
    let mut seen = with_points(conn, act, vec![customer])?;
    seen.pop().ok_or_else(|| Error::not_found("customer"))
}

/// The whole record of a customer.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, id: CustomerId) -> Result<CustomerView> {
    let customer = store::load(conn, id)?;
    let points = store::contact_points_of(conn, &[id])?;
    Ok(CustomerView::of(customer, points))
}

/// Creates a customer.
///
/// # Errors
/// `request.invalid`; `customer.contact_taken`.
pub fn create(conn: &mut Conn, act: &Act, form: &CustomerRecordForm) -> Result<CustomerView> {
    create_as(conn, act, CustomerId::new(act.now), form)
}

fn create_as(conn: &mut Conn, act: &Act, id: CustomerId, form: &CustomerRecordForm) -> Result<CustomerView> {
    let (language, zone) = (&act.policy.default_language, &act.policy.default_time_zone);
    let customer = Customer::new(id, CustomerKind::Person, language, zone, act.now);
    let mut check = Check::new();
    if form.name.is_none() {
        check.fail("/name", "required", "a new customer needs a name");
    }
    let checked = checked(check, act, customer, form)?;
    store::insert_all(conn, std::slice::from_ref(&checked.customer))?;
    write_points(conn, id, checked.points)?;
    let made = get(conn, id)?;
    tell(conn, act, "customer.created", None, &made)?;
    Ok(made)
}

/// Tells the audit what changed, field by field.
fn tell(conn: &mut Conn, act: &Act, action: &'static str, was: Option<&CustomerView>, is: &CustomerView) -> Result<()> {
    let mut change = Change::new();
    let points = |view: &CustomerView| view.contact_points.clone();
    change.field("name", was.map(|was| &was.name), &is.name)?;
    change.field("kind", was.map(|was| &was.kind), &is.kind)?;
    change.field("tier", was.map(|was| &was.tier), &is.tier)?;
    change.field("segment", was.map(|was| &was.segment), &is.segment)?;
    change.field("grade", was.map(|was| &was.grade), &is.grade)?;
    change.field("style", was.map(|was| &was.style), &is.style)?;
    change.field("stance", was.map(|was| &was.stance), &is.stance)?;
    change.field(
        "preferred_language",
        was.map(|was| &was.preferred_language),
        &is.preferred_language,
    )?;
    change.field("time_zone", was.map(|was| &was.time_zone), &is.time_zone)?;
    change.field(
        "preferred_medium",
        was.map(|was| &was.preferred_medium),
        &is.preferred_medium,
    )?;
    change.field("contact_points", was.map(points).as_ref(), &is.contact_points)?;
    change.field("external_ids", was.map(|was| &was.external_ids), &is.external_ids)?;
    let fields = change.told(conn, act, is.id)?;
    let event = Event::on(ObjectKind::Customer, is.id.0, action)
        .of([is.id])
        .with(fields);
    audit::record(conn, act, event)
}

/// Changes a customer. Where the record holds already what the form says, it stays as it is, with its version.
///
/// # Errors
/// `request.invalid`; `customer.contact_taken`; `customer.restricted`; `customer.anonymised`;
/// `request.precondition_failed`; `resource.not_found`.
pub fn change(
    conn: &mut Conn,
    act: &Act,
    id: CustomerId,
    expected: Option<i32>,
    form: &CustomerRecordForm,
) -> Result<CustomerView> {
    let before = store::load(conn, id)?;
    if let Some(expected) = expected
        && expected != before.version
    {
        let detail = format!("you read version {expected}; now it is version {}", before.version);
        return Err(Error::problem(Code::PreconditionFailed, detail));
    }
    privacy::check_changeable(conn, act, &before)?;
    let was = get(conn, id)?;
    let mut checked = checked(Check::new(), act, before.clone(), form)?;
    if checked.customer == before && has_points(conn, id, &checked.points)? {
        return Ok(was);
    }
    checked.customer.version += 1;
    checked.customer.updated_at = act.now;
    store::update(conn, &before, &checked.customer)?;
    write_points(conn, id, checked.points)?;
    let is = get(conn, id)?;
    tell(conn, act, "customer.changed", Some(&was), &is)?;
    Ok(is)
}

/// Creates the customer that another system calls `external`, or changes it. True when it is new.
///
/// # Errors
/// As [`create`] and [`change`].
pub fn put_by_external_id(
    conn: &mut Conn,
    act: &Act,
    external: &ExternalId,
    expected: Option<i32>,
    form: &CustomerRecordForm,
) -> Result<(CustomerView, bool)> {
    let kind = ContactKind::External(external.system.clone()).word();
    check_external(external, form)?;
    let external = &ExternalId {
        id: external.id.trim().to_owned(),
        ..external.clone()
    };
    let known = owner_of(conn, &kind, &external.id)?;
    let mut form = form.clone();
    // The id in the address is one of them; a list without it would lose the customer to the other system.
    if known.is_none() || form.external_ids.is_some() {
        let ids = form.external_ids.get_or_insert_with(Vec::new);
        if !ids.iter().any(|there| there.system == external.system) {
            ids.push(external.clone());
        }
    }
    match known {
        Some(id) => Ok((change(conn, act, id, expected, &form)?, false)),
        None => {
            if expected.is_some() {
                return Err(Error::problem(
                    Code::PreconditionFailed,
                    "there is no such customer yet",
                ));
            }
            let id = CustomerId::new(act.now);
            match create_as(conn, act, id, &form) {
                Ok(made) => Ok((made, true)),
                // Whoever took what this one needs may have made this very customer at the same moment.
                Err(error) if error.code() == Code::ContactTaken => {
                    match owner_of(conn, &kind, &external.id)?.is_some_and(|owner| owner != id) {
                        true => Err(Error::Retry("the same customer was made meanwhile")),
                        false => Err(error),
                    }
                }
                Err(error) => Err(error),
            }
        }
    }
}

/// Whose contact point it is.
fn owner_of(conn: &mut Conn, kind: &str, value: &str) -> Result<Option<CustomerId>> {
    let known = store::contact_points_with(conn, &[value.to_owned()])?;
    let known = known.into_iter().find(|point| point.kind == kind);
    Ok(known.map(|point| point.customer_id))
}

/// Whether the address names a customer of another system, and the form the same one.
fn check_external(external: &ExternalId, form: &CustomerRecordForm) -> Result<()> {
    let mut check = Check::new();
    for (n, other) in form.external_ids.iter().flatten().enumerate() {
        if other.system == external.system && other.id.trim() != external.id.trim() {
            let pointer = format!("/external_ids/{n}/system");
            check.fail(pointer, "not_allowed", "the address names another id of this system");
        }
    }
    check.finish(())?;
    let mut address = Check::new();
    address.slug("", &external.system);
    if !address.is_clean() {
        let detail = "the system in the address: 1 to 40 lower-case letters, digits and `_`, starting with a letter";
        return Err(Error::problem(Code::Invalid, detail));
    }
    address.text("", &external.id, 1, 100);
    if !address.is_clean() {
        let detail = "the id in the address: 1 to 100 characters, no control characters";
        return Err(Error::problem(Code::Invalid, detail));
    }
    Ok(())
}

/// Finds or lists customers, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act, lookup: &Lookup) -> Result<Vec<SeenCustomer>> {
    let mut customers = match &lookup.contact {
        Some(text) => {
            let forms = store::lookup_forms(text, &act.policy.default_region);
            let mut ids: Vec<CustomerId> = store::contact_points_with(conn, &forms)?
                .into_iter()
                .map(|point| point.customer_id)
                .collect();
            ids.sort();
            ids.dedup();
            ids.retain(|id| lookup.after.is_none_or(|after| *id < after));
            let mut customers = store::list_by_ids(conn, &ids)?;
            customers.sort_by_key(|customer| std::cmp::Reverse(customer.id));
            customers.truncate(usize::try_from(lookup.limit).unwrap_or_default());
            customers
        }
        None => store::list(conn, lookup.after, lookup.limit)?,
    };
    if lookup.contact.is_some() {
        // Whom the record is not shared with cannot find it by what they know of the customer.
        let hidden = privacy::unshared(conn, act, &customers)?;
        customers.retain(|customer| !hidden.contains(&customer.id));
    }
    with_points(conn, act, customers)
}

/// Customers with their contact points, those masked that the caller may not see.
fn with_points(conn: &mut Conn, act: &Act, customers: Vec<Customer>) -> Result<Vec<SeenCustomer>> {
    let masked = privacy::masked(conn, act, &customers)?;
    let ids: Vec<CustomerId> = customers.iter().map(|customer| customer.id).collect();
    let mut points = store::contact_points_of(conn, &ids)?;
    Ok(customers
        .into_iter()
        .map(|customer| {
            let (own, rest) = std::mem::take(&mut points)
                .into_iter()
                .partition(|p: &ContactPoint| p.customer_id == customer.id);
            points = rest;
            match masked.get(&customer.id) {
                Some(masked) => SeenCustomer::Masked(masked.clone()),
                None => SeenCustomer::Whole(Box::new(CustomerView::of(customer, own))),
            }
        })
        .collect())
}

/// Those of these customers that are of a tier.
///
/// # Errors
/// When the database refuses.
pub fn of_tier(conn: &mut Conn, ids: &[CustomerId], tier: Tier) -> Result<Vec<Customer>> {
    let mut found = by_ids(conn, ids)?;
    found.retain(|customer| customer.tier == tier);
    Ok(found)
}

/// These customers, as far as there are such, in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub fn by_ids(conn: &mut Conn, ids: &[CustomerId]) -> Result<Vec<Customer>> {
    let mut found = Vec::new();
    for some in ids.chunks(500) {
        found.extend(store::list_by_ids(conn, some)?);
    }
    found.sort_by_key(|customer| customer.id);
    Ok(found)
}

/// The customer's first phone number, if we know one.
///
/// # Errors
/// When the database refuses.
pub fn primary_phone(conn: &mut Conn, id: CustomerId) -> Result<Option<String>> {
    store::primary_phone(conn, id)
}

/// What the customer is to us.
///
/// # Errors
/// `resource.not_found`.
pub fn importance(conn: &mut Conn, id: CustomerId) -> Result<Importance> {
    Ok(store::load(conn, id)?.importance())
}

/// The customer's time zone.
///
/// # Errors
/// `resource.not_found`.
pub fn time_zone(conn: &mut Conn, id: CustomerId) -> Result<String> {
    Ok(store::load(conn, id)?.time_zone)
}

fn write_points(conn: &mut Conn, id: CustomerId, points: Vec<Replaced>) -> Result<()> {
    for replaced in &points {
        store::delete_contact_points(conn, id, &replaced.kind)?;
    }
    for (pointer, row) in points.into_iter().flat_map(|replaced| replaced.rows) {
        if store::add_contact_points(conn, std::slice::from_ref(&row))? == 0 {
            let what = match row.kind.as_str() {
                "phone" => "phone number",
                "email" => "e-mail address",
                _ => "external id",
            };
            let detail = format!("another customer has this {what}");
            return Err(Error::problem_at(Code::ContactTaken, &pointer, &detail));
        }
    }
    Ok(())
}

/// Whether the customer's contact points are these already.
fn has_points(conn: &mut Conn, id: CustomerId, points: &[Replaced]) -> Result<bool> {
    let same = |a: &ContactPoint, b: &ContactPoint| {
        (&a.kind, &a.value, &a.entered_as, a.is_primary) == (&b.kind, &b.value, &b.entered_as, b.is_primary)
    };
    let mut there = store::contact_points_of(conn, &[id])?;
    there.retain(|point| points.iter().any(|replaced| replaced.is_of(&point.kind)));
    let wanted: Vec<&ContactPoint> = points.iter().flat_map(|r| &r.rows).map(|(_, row)| row).collect();
    let all_there = wanted.iter().all(|row| there.iter().any(|point| same(point, row)));
    Ok(all_there && wanted.len() == there.len())
}
