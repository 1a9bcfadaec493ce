//! The customer record as far as it goes today: basic information and contact points.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Moment;
use crate::db::schema::{contact_points, customers};
use crate::ids::CustomerId;

use super::vocabulary::{CommunicationStyle, CustomerKind, Grade, PrivacyState, ProfitSegment, Stance, Tier};

/// Which kind of contact point: `phone`, `email`, or `external:SYSTEM` for the id that another
/// system gives the customer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactKind {
    /// An id in another system. Found first: it is the surest.
    External(String),
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
}

impl ContactKind {
    /// The word it is stored under.
    pub fn word(&self) -> String {
        match self {
            Self::External(system) => format!("external:{system}"),
            Self::Phone => "phone".to_owned(),
            Self::Email => "email".to_owned(),
        }
    }
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = customers, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Customer {
    /// Its name here.
    pub id: CustomerId,
    /// Person or organisation.
    pub kind: CustomerKind,
    /// What it is called; empty when nobody has asked yet.
    pub name: String,
    /// BCP 47.
    pub preferred_language: String,
    /// IANA.
    pub time_zone: String,
    /// Tier for routing.
    pub tier: Tier,
    /// How it wants to be reached.
    pub preferred_medium: Option<String>,
    /// When it was first seen.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Counts the changes; the ETag.
    pub version: i32,
    /// What may be done with the data.
    pub privacy: PrivacyState,
    /// Since when, unless it has always been so.
    pub privacy_since: Option<Moment>,
    /// What serving it earns.
    pub segment: Option<ProfitSegment>,
    /// Its grade among key accounts.
    pub grade: Option<Grade>,
    /// How it likes to be spoken with; of an organisation, whom we mostly speak with there.
    pub style: Option<CommunicationStyle>,
    /// How it stands towards us; of an organisation, whom we mostly speak with there.
    pub stance: Option<Stance>,
}

impl Customer {
    /// Somebody of whom no more is known yet.
    pub fn new(id: CustomerId, kind: CustomerKind, language: &str, time_zone: &str, now: Moment) -> Self {
        Self {
            id,
            kind,
            name: String::new(),
            preferred_language: language.to_owned(),
            time_zone: time_zone.to_owned(),
            tier: Tier::Individual,
            preferred_medium: None,
            created_at: now,
            updated_at: now,
            version: 1,
            privacy: PrivacyState::Active,
            privacy_since: None,
            segment: None,
            grade: None,
            style: None,
            stance: None,
        }
    }
}

/// What a customer is to us: what rules of routing look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Importance {
    /// Tier for routing.
    pub tier: Tier,
    /// What serving it earns.
    pub segment: Option<ProfitSegment>,
    /// Its grade among key accounts.
    pub grade: Option<Grade>,
}

impl Importance {
    /// Of somebody of whom no more is known.
    pub const UNKNOWN: Self = Self {
        tier: Tier::Individual,
        segment: None,
        grade: None,
    };
}

impl Customer {
    /// What it is to us.
    pub const fn importance(&self) -> Importance {
        Importance {
            tier: self.tier,
            segment: self.segment,
            grade: self.grade,
        }
    }
}

/// One way to reach a customer, and to recognise it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contact_points, treat_none_as_default_value = false)]
pub struct ContactPoint {
    /// `phone`, `email` or `external:SYSTEM`.
    pub kind: String,
    /// In the form it is found by.
    pub value: String,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// As it was written.
    pub entered_as: String,
    /// Whether it is the first of its kind.
    pub is_primary: bool,
    /// When it was added.
    pub created_at: Moment,
}

/// An id that another system gives the customer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalId {
    /// The system, as a slug.
    #[schema(example = "crm", max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub system: String,
    /// The id there.
    #[schema(example = "C-20417", min_length = 1, max_length = 100)]
    pub id: String,
}

/// One way to reach a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactPointView {
    /// `phone` or `email`.
    #[schema(example = "phone")]
    pub kind: String,
    /// In the form it is found by: E.164, or lower case.
    #[schema(example = "+8613800138000")]
    pub value: String,
    /// As it was first written.
    #[schema(example = "138 0013 8000")]
    pub entered_as: String,
    /// Whether it is the one to use first.
    pub is_primary: bool,
}

/// A customer with every contact point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerView {
    /// Its name here.
    pub id: CustomerId,
    /// Person or organisation.
    pub kind: CustomerKind,
    /// What it is called; empty when nobody has asked yet.
    #[schema(example = "李娜")]
    pub name: String,
    /// BCP 47.
    #[schema(example = "zh-CN")]
    pub preferred_language: String,
    /// IANA.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// Tier for routing.
    pub tier: Tier,
    /// How it wants to be reached.
    pub preferred_medium: Option<String>,
    /// Phone numbers and e-mail addresses.
    pub contact_points: Vec<ContactPointView>,
    /// Ids in other systems.
    pub external_ids: Vec<ExternalId>,
    /// When it was first seen.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
    /// What may be done with the data.
    pub privacy: PrivacyState,
    /// Since when, unless it has always been so.
    pub privacy_since: Option<Moment>,
    /// What serving it earns.
    pub segment: Option<ProfitSegment>,
    /// Its grade among key accounts.
    pub grade: Option<Grade>,
    /// How it likes to be spoken with; of an organisation, whom we mostly speak with there.
    pub style: Option<CommunicationStyle>,
    /// How it stands towards us; of an organisation, whom we mostly speak with there.
    pub stance: Option<Stance>,
}

/// A customer whose record the caller may not see: processing is restricted, or not shared with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MaskedCustomer {
    /// Its name here.
    pub id: CustomerId,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
    /// Always true.
    #[schema(example = true)]
    pub restricted: bool,
}

/// A customer as the caller may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum SeenCustomer {
    /// With everything on record.
    Whole(Box<CustomerView>),
    /// That it exists, and no more.
    Masked(MaskedCustomer),
}

impl SeenCustomer {
    /// Its name here.
    pub fn id(&self) -> CustomerId {
        match self {
            Self::Whole(view) => view.id,
            Self::Masked(masked) => masked.id,
        }
    }

    /// Counts the changes.
    pub fn version(&self) -> i32 {
        match self {
            Self::Whole(view) => view.version,
            Self::Masked(masked) => masked.version,
        }
    }
}

impl CustomerView {
    /// The record with its contact points.
    pub fn of(customer: Customer, points: Vec<ContactPoint>) -> Self {
        let (mut contact_points, mut external_ids) = (Vec::new(), Vec::new());
        for point in points {
            match point.kind.strip_prefix("external:") {
                Some(system) => external_ids.push(ExternalId {
                    system: system.to_owned(),
                    id: point.value,
                }),
                None => contact_points.push(ContactPointView {
                    kind: point.kind,
                    value: point.value,
                    entered_as: point.entered_as,
                    is_primary: point.is_primary,
                }),
            }
        }
        let Customer {
            id,
            kind,
            name,
            preferred_language,
            time_zone,
            tier,
            preferred_medium,
            created_at,
            updated_at,
            version,
            privacy,
            privacy_since,
            segment,
            grade,
            style,
            stance,
        } = customer;
        Self {
            id,
            kind,
            name,
            preferred_language,
            time_zone,
            tier,
            preferred_medium,
            contact_points,
            external_ids,
            created_at,
            updated_at,
            version,
            privacy,
            privacy_since,
            segment,
            grade,
            style,
            stance,
        }
    }
}
