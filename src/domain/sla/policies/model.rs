//! A policy as it is written, kept and shown: one shape for all three.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::complaints::vocabulary::{Channel, Kind, Level};
use crate::domain::customers::{Grade, ProfitSegment, Tier};
use crate::domain::sla::deadline::Target;
use crate::domain::typing::CustomerType;
use crate::text_enum;

/// A text in both languages of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// In English.
    #[schema(min_length = 1, max_length = 200, example = "First response")]
    pub en: String,
    /// In Chinese.
    #[serde(rename = "zh-CN")]
    #[schema(min_length = 1, max_length = 200, example = "首次答复")]
    pub zh_cn: String,
}

text_enum! {
    /// Whose rule a policy is.
    Family {
        /// Ours: of all that match a complaint, the one with the highest rank applies.
        Service = "service",
        /// A regulator's: every one that matches applies.
        Regulatory = "regulatory",
    }
}

text_enum! {
    /// What a clock waits for.
    MetricKind {
        /// That the customer knows we have the complaint: a conversation, the receipt of the public form, a notice,
        /// or the first contact.
        Acknowledge = "acknowledge",
        /// The first contact: a message, a call that reached the customer, a conversation.
        FirstResponse = "first_response",
        /// An answer to what the customer wrote after our first response. Every such question has a clock.
        NextResponse = "next_response",
        /// The next contact, whether or not the customer writes; begins anew with every contact.
        KeepInformed = "keep_informed",
        /// The call that was promised; due at the end of the window. Every promise has a clock.
        CallBack = "call_back",
        /// The closing with a decision.
        Resolve = "resolve",
    }
}

impl MetricKind {
    /// Whether it counts from the beginning of the complaint; the others have beginnings of their own.
    pub const fn counts_from_the_beginning(self) -> bool {
        matches!(
            self,
            Self::Acknowledge | Self::FirstResponse | Self::KeepInformed | Self::Resolve
        )
    }
}

text_enum! {
    /// From which moment a clock counts.
    StartEvent {
        /// When the complaint reached us.
        Received = "received",
        /// When dissatisfaction was first expressed, whatever it was called then.
        Expressed = "expressed",
    }
}

text_enum! {
    /// What becomes of a clock for the resolution when the complaint is opened again.
    Reopening {
        /// A new one begins when it is opened.
        Anew = "anew",
        /// A new one goes on counting from the beginning of the first.
        Continue = "continue",
        /// No new one begins: the first decision was the answer.
        Ignore = "ignore",
    }
}

text_enum! {
    /// Who is told.
    Recipient {
        /// Who handles the complaint; the lead while nobody does.
        Owner = "owner",
        /// Who leads the team that holds it.
        Lead = "lead",
        /// Everybody with a role.
        Role = "role",
    }
}

/// A warning before a deadline; one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// When so much of the time is used, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 99, example = 75)]
    pub percent: Option<u32>,
    /// When so much time is left, minutes; of opening time for business units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 525_600)]
    pub left_minutes: Option<u32>,
}

/// One level of the chain by which a deadline is brought to others. Exactly one of the two times; in minutes of opening
/// time for business units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// So long before it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 525_600)]
    pub before_minutes: Option<u32>,
    /// So long after it was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 525_600, example = 30)]
    pub after_minutes: Option<u32>,
    /// Who is told.
    pub to: Recipient,
    /// Which role, when a role is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub role: Option<String>,
}

/// One clock of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its name within the policy.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "first_response")]
    pub slug: String,
    /// What it waits for.
    pub kind: MetricKind,
    /// What it is called.
    pub name: Words,
    /// How much time there is. Not for `call_back`: the promise says by when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// From when it counts. Not for `next_response` and `call_back`.
    #[serde(default = "received")]
    pub start: StartEvent,
    /// Whether it is a regulator's. Such a clock never stands still.
    #[serde(default)]
    pub regulatory: bool,
    /// Whether it stands still while the complaint waits for the customer or a third party. Not for
    /// `keep_informed` and `call_back`.
    #[serde(default)]
    pub pausable: bool,
    /// For `resolve`: what becomes of it when the complaint is opened again.
    #[serde(default = "anew")]
    pub reopening: Reopening,
    /// Warnings before it is due; the owner is told.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub warnings: Vec<Warning>,
    /// Who is told besides, level by level.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub escalations: Vec<Escalation>,
}

const fn received() -> StartEvent {
    StartEvent::Received
}

const fn anew() -> Reopening {
    Reopening::Anew
}

/// Which complaints a policy is for: one of each list; an empty list is all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// Complaint, question or feedback.
    #[schema(max_items = 3)]
    pub kinds: Vec<Kind>,
    /// The subject categories.
    #[schema(max_items = 50)]
    pub categories: Vec<String>,
    /// How it came in.
    #[schema(max_items = 6)]
    pub channels: Vec<Channel>,
    /// How grave it is.
    #[schema(max_items = 4)]
    pub severities: Vec<Level>,
    /// The customer's manner.
    #[schema(max_items = 5)]
    pub customer_types: Vec<CustomerType>,
    /// The customer's tier when the complaint was logged.
    #[schema(max_items = 3)]
    pub tiers: Vec<Tier>,
    /// What serving the customer earned when the complaint was logged; one of whom it is not known meets none.
    #[schema(max_items = 4)]
    pub segments: Vec<ProfitSegment>,
    /// The customer's grade when the complaint was logged; one without a grade meets none.
    #[schema(max_items = 4)]
    pub grades: Vec<Grade>,
}

/// What conditions look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// The subject category.
    pub category: String,
    /// How it came in.
    pub channel: Channel,
    /// How grave it is.
    pub severity: Level,
    /// The customer's manner.
    pub customer_type: CustomerType,
    /// The customer's tier when the complaint was logged.
    pub tier: Tier,
    /// What serving the customer earned then, if it is known.
    pub segment: Option<ProfitSegment>,
    /// The customer's grade then, if it has one.
    pub grade: Option<Grade>,
}

impl Conditions {
    /// Whether a complaint meets all of them.
    pub fn hold(&self, facts: &Facts) -> bool {
        fn one<T: PartialEq>(of: &[T], fact: &T) -> bool {
            of.is_empty() || of.contains(fact)
        }
        fn known<T: PartialEq>(of: &[T], fact: Option<T>) -> bool {
            of.is_empty() || fact.is_some_and(|fact| of.contains(&fact))
        }
        one(&self.kinds, &facts.kind)
            && one(&self.categories, &facts.category)
            && one(&self.channels, &facts.channel)
            && one(&self.severities, &facts.severity)
            && one(&self.customer_types, &facts.customer_type)
            && one(&self.tiers, &facts.tier)
            && known(&self.segments, facts.segment)
            && known(&self.grades, facts.grade)
    }
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyBody {
    /// What it is called.
    pub name: Words,
    /// Whose rule it is.
    pub family: Family,
    /// Where its figures come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "FCA Handbook, DISP 1.6.2R")]
    pub source: Option<String>,
    /// Since when the rule that it encodes is in effect. When the policy itself is in force is said by activating it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<NaiveDate>,
    /// The business calendar, by its slug.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "standard")]
    pub calendar: String,
    /// Of several service policies that match, the one with the highest rank applies; among equals the first by slug.
    #[serde(default)]
    #[schema(minimum = -1000, maximum = 1000)]
    pub rank: i32,
    /// Which complaints it is for.
    #[serde(default)]
    pub conditions: Conditions,
    /// The clocks.
    #[schema(min_items = 1, max_items = 20)]
    pub metrics: Vec<Metric>,
}

impl PolicyBody {
    /// A clock by its slug.
    pub fn metric(&self, slug: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.slug == slug)
    }
}
