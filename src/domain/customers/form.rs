//! A customer record as it is written, and what is wrong with it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::contact;
use super::model::{ContactKind, ContactPoint, Customer, ExternalId};
use super::vocabulary::{CommunicationStyle, CustomerKind, Grade, ProfitSegment, Stance, Tier};
use crate::domain::check::{Check, double_option};
use crate::domain::staff::Act;
use crate::error::Result;
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
    /// What serving it earns; `null` takes it away.
    #[serde(default, deserialize_with = "double_option::deserialize")]
    #[schema(value_type = Option<ProfitSegment>)]
    pub segment: Option<Option<ProfitSegment>>,
    /// Its grade among key accounts; `null` takes it away.
    #[serde(default, deserialize_with = "double_option::deserialize")]
    #[schema(value_type = Option<Grade>)]
    pub grade: Option<Option<Grade>>,
    /// How it likes to be spoken with; `null` takes it away.
    #[serde(default, deserialize_with = "double_option::deserialize")]
    #[schema(value_type = Option<CommunicationStyle>)]
    pub style: Option<Option<CommunicationStyle>>,
    /// How it stands towards us; `null` takes it away.
    #[serde(default, deserialize_with = "double_option::deserialize")]
    #[schema(value_type = Option<Stance>)]
    pub stance: Option<Option<Stance>>,
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

/// A record whose form fits.
pub(crate) struct Checked {
    pub(super) customer: Customer,
    pub(super) points: Vec<Replaced>,
}

/// The contact points of one kind that take the place of those there are.
pub(super) struct Replaced {
    /// `phone`, `email`, `external:SYSTEM` or, for the ids of every other system, `external:*`.
    pub(super) kind: String,
    /// Where in the form each stands, and what it becomes.
    pub(super) rows: Vec<(String, ContactPoint)>,
}

impl Replaced {
    /// Whether it takes the place of a contact point of this kind.
    pub(super) fn is_of(&self, kind: &str) -> bool {
        match self.kind.strip_suffix('*') {
            Some(start) => kind.starts_with(start),
            None => kind == self.kind,
        }
    }
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
    customer.segment = form.segment.unwrap_or(customer.segment);
    customer.grade = form.grade.unwrap_or(customer.grade);
    customer.style = form.style.unwrap_or(customer.style);
    customer.stance = form.stance.unwrap_or(customer.stance);
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
        points.push(rows(act, id, "phone", found));
    }
    if let Some(emails) = &form.emails {
        let found = values(&mut check, "/emails", emails, contact::email);
        points.push(rows(act, id, "email", found));
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
) -> Vec<Value> {
    let texts = check.texts(pointer, texts, 20, 254);
    let mut found: Vec<Value> = Vec::new();
    for (n, entered_as) in texts.into_iter().enumerate() {
        let pointer = format!("{pointer}/{n}");
        if let Some(value) = check.parsed(&pointer, parse(&entered_as))
            && found.iter().all(|there| there.value != value)
        {
            found.push(Value {
                pointer,
                value,
                entered_as,
            });
        }
    }
    found
}

/// A contact point of a form.
struct Value {
    pointer: String,
    /// In the form it is found by.
    value: String,
    /// As it was written.
    entered_as: String,
}

fn rows(act: &Act, customer_id: CustomerId, kind: &str, found: Vec<Value>) -> Replaced {
    let row = |(n, found): (usize, Value)| {
        let row = ContactPoint {
            kind: kind.to_owned(),
            value: found.value,
            customer_id,
            entered_as: found.entered_as,
            is_primary: n == 0,
            created_at: act.now,
        };
        (found.pointer, row)
    };
    Replaced {
        kind: kind.to_owned(),
        rows: found.into_iter().enumerate().map(row).collect(),
    }
}

fn external_rows(check: &mut Check, act: &Act, customer: CustomerId, ids: &[ExternalId]) -> Vec<Replaced> {
    if ids.len() > 20 {
        check.fail("/external_ids", "too_long", "at most 20 entries");
    }
    let mut points: Vec<Replaced> = Vec::new();
    for (n, external) in ids.iter().enumerate() {
        let system = check.slug(&format!("/external_ids/{n}/system"), &external.system);
        let value = check.text(&format!("/external_ids/{n}/id"), &external.id, 1, 100);
        let kind = ContactKind::External(system).word();
        if points.iter().any(|there| there.kind == kind) {
            check.fail(format!("/external_ids/{n}/system"), "not_allowed", "each system once");
        }
        let found = Value {
            pointer: format!("/external_ids/{n}/id"),
            entered_as: value.clone(),
            value,
        };
        points.push(rows(act, customer, &kind, vec![found]));
    }
    // What the record has of other systems goes: the list replaces those there are.
    points.push(rows(act, customer, "external:*", Vec::new()));
    points.sort_by(|a, b| a.kind.cmp(&b.kind));
    points
}
