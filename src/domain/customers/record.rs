//! The customer record: creating, reading, changing, finding.

use serde::Deserialize;
use utoipa::ToSchema;

use super::contact;
use super::model::{
    ContactKind, ContactPoint, Customer, CustomerKind, CustomerView, ExternalId, PrivacyState, SeenCustomer, Tier,
};
use super::privacy;
use super::store;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Change, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::CustomerId;

/// A customer record as it is written. On a change, fields that are left out stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerRecordForm {
    /// What it is called. Needed for a new customer.
    #[schema(max_length = 200, example = "李娜")]
    pub name: Option<String>,
    /// Person (the default) or organisation.
    pub kind: Option<CustomerKind>,
    /// BCP 47.
    #[schema(example = "zh-CN", max_length = 35)]
    pub preferred_language: Option<String>,
    /// IANA time zone.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: Option<String>,
    /// Tier for routing; individual for a new customer.
    pub tier: Option<Tier>,
    /// How it wants to be reached.
    #[schema(max_length = 40)]
    pub preferred_medium: Option<String>,
    /// Every phone number, the one to use first in front; replaces those there are.
    #[schema(max_items = 20)]
    pub phones: Option<Vec<String>>,
    /// Every e-mail address, the one to use first in front; replaces those there are.
    #[schema(max_items = 20)]
    pub emails: Option<Vec<String>>,
    /// Ids in other systems; replaces those there are.
    #[schema(max_items = 20)]
    pub external_ids: Option<Vec<ExternalId>>,
}

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

/// A record whose form fits.
pub(crate) struct Checked {
    customer: Customer,
    points: Vec<(String, Vec<ContactPoint>)>,
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
    let customer = Customer {
        id: CustomerId::new(act.now),
        kind: CustomerKind::Person,
        name: String::new(),
        preferred_language: act.policy.default_language.clone(),
        time_zone: act.policy.default_time_zone.clone(),
        tier: Tier::Individual,
        preferred_medium: None,
        created_at: act.now,
        updated_at: act.now,
        version: 1,
        privacy: PrivacyState::Active,
        privacy_since: None,
    };
    let mut check = Check::new();
    if form.name.is_none() {
        check.fail("/name", "required", "a new customer needs a name");
    }
    let checked = checked(check, act, customer, form)?;
    let id = checked.customer.id;
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

/// Changes a customer.
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
    let known = store::contact_points_with(conn, std::slice::from_ref(&external.id))?;
    let known = known.into_iter().find(|point| point.kind == kind);
    let mut form = form.clone();
    // The id in the address is one of them; a list without it would lose the customer to the other system.
    if known.is_none() || form.external_ids.is_some() {
        let ids = form.external_ids.get_or_insert_with(Vec::new);
        if !ids.contains(external) {
            ids.push(external.clone());
        }
    }
    match known {
        Some(point) => Ok((change(conn, act, point.customer_id, expected, &form)?, false)),
        None => {
            if expected.is_some() {
                return Err(Error::problem(
                    Code::PreconditionFailed,
                    "there is no such customer yet",
                ));
            }
            Ok((create(conn, act, &form)?, true))
        }
    }
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

/// Refuses when there is no such customer.
///
/// # Errors
/// `resource.not_found`.
pub fn check_exists(conn: &mut Conn, id: CustomerId) -> Result<()> {
    store::load(conn, id).map(|_| ())
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

/// The customer's tier.
///
/// # Errors
/// `resource.not_found`.
pub fn tier(conn: &mut Conn, id: CustomerId) -> Result<Tier> {
    Ok(store::load(conn, id)?.tier)
}

/// The customer's time zone.
///
/// # Errors
/// `resource.not_found`.
pub fn time_zone(conn: &mut Conn, id: CustomerId) -> Result<String> {
    Ok(store::load(conn, id)?.time_zone)
}

pub(crate) fn checked(
    mut check: Check,
    act: &Act,
    mut customer: Customer,
    form: &CustomerRecordForm,
) -> Result<Checked> {
    if let Some(name) = &form.name {
        customer.name = check.text("/name", name, 1, 200);
    }
    customer.kind = form.kind.unwrap_or(customer.kind);
    customer.tier = form.tier.unwrap_or(customer.tier);
    if let Some(language) = &form.preferred_language {
        customer.preferred_language = check.language("/preferred_language", language);
    }
    if let Some(zone) = &form.time_zone {
        customer.time_zone = check.time_zone("/time_zone", zone);
    }
    if let Some(medium) = &form.preferred_medium {
        customer.preferred_medium = check.optional_text("/preferred_medium", Some(medium), 40);
    }
    let id = customer.id;
    let mut points = Vec::new();
    if let Some(phones) = &form.phones {
        let found = values(&mut check, "/phones", phones, |text| {
            contact::phone(text, &act.policy.default_region)
        });
        points.push(("phone".to_owned(), rows(act, id, "phone", found)));
    }
    if let Some(emails) = &form.emails {
        let found = values(&mut check, "/emails", emails, contact::email);
        points.push(("email".to_owned(), rows(act, id, "email", found)));
    }
    if let Some(ids) = &form.external_ids {
        points.extend(external_rows(&mut check, act, id, ids));
    }
    check.finish(Checked { customer, points })
}

fn values(
    check: &mut Check,
    pointer: &str,
    texts: &[String],
    parse: impl Fn(&str) -> Result<String, String>,
) -> Vec<(String, String)> {
    let texts = check.texts(pointer, texts, 20, 254);
    let mut found: Vec<(String, String)> = Vec::new();
    for (n, text) in texts.into_iter().enumerate() {
        if let Some(value) = check.parsed(&format!("{pointer}/{n}"), parse(&text))
            && found.iter().all(|(there, _)| *there != value)
        {
            found.push((value, text));
        }
    }
    found
}

fn rows(act: &Act, customer_id: CustomerId, kind: &str, found: Vec<(String, String)>) -> Vec<ContactPoint> {
    let row = |(n, (value, entered_as)): (usize, (String, String))| ContactPoint {
        kind: kind.to_owned(),
        value,
        customer_id,
        entered_as,
        is_primary: n == 0,
        created_at: act.now,
    };
    found.into_iter().enumerate().map(row).collect()
}

fn external_rows(
    check: &mut Check,
    act: &Act,
    customer: CustomerId,
    ids: &[ExternalId],
) -> Vec<(String, Vec<ContactPoint>)> {
    if ids.len() > 20 {
        check.fail("/external_ids", "too_long", "at most 20 entries");
    }
    let mut points: Vec<(String, Vec<ContactPoint>)> = Vec::new();
    for (n, external) in ids.iter().enumerate() {
        let system = check.slug(&format!("/external_ids/{n}/system"), &external.system);
        let value = check.text(&format!("/external_ids/{n}/id"), &external.id, 1, 100);
        let kind = ContactKind::External(system).word();
        if points.iter().any(|(there, _)| *there == kind) {
            check.fail(format!("/external_ids/{n}/system"), "not_allowed", "each system once");
        }
        points.push((kind.clone(), rows(act, customer, &kind, vec![(value.clone(), value)])));
    }
    // What the record has of other systems goes: the list replaces those there are.
    points.push(("external:*".to_owned(), Vec::new()));
    points.sort_by(|a, b| a.0.cmp(&b.0));
    points
}

fn write_points(conn: &mut Conn, id: CustomerId, points: Vec<(String, Vec<ContactPoint>)>) -> Result<()> {
    for (kind, _) in &points {
        store::delete_contact_points(conn, id, kind)?;
    }
    for row in points.into_iter().flat_map(|(_, rows)| rows) {
        store::insert_contact_point(conn, &row)?;
    }
    Ok(())
}
