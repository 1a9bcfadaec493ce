//! A rule as it is written, kept and shown: one shape for all three. A closed vocabulary, no scripts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::check::{object, objects};
use crate::domain::complaints::actions::Action;
use crate::domain::complaints::vocabulary::{BallWith, HandlingStep, State};
use crate::domain::work::routing::rules::RoutingConditions;
use crate::ids::TeamId;
use crate::text_enum;

/// The most rules.
pub const MOST: usize = 100;
/// The most actions of a rule.
pub const MOST_ACTIONS: usize = 10;
/// The longest time, minutes: a year.
pub const LONGEST_MINUTES: i32 = 525_600;

text_enum! {
    /// What a rule waits for.
    RuleEvent {
        /// A complaint was logged.
        Received = "received",
        /// A value changed.
        Changed = "changed",
        /// It came into another state.
        StateChanged = "state_changed",
        /// A step was done or skipped.
        StepDone = "step_done",
        /// The customer wrote, or somebody entered what they said.
        MessageReceived = "message_received",
        /// A call was promised.
        CallBackPromised = "call_back_promised",
        /// A promise was kept.
        CallBackKept = "call_back_kept",
        /// A promise was broken, or kept too late.
        CallBackMissed = "call_back_missed",
        /// A promise ended without the customer having been reached.
        CustomerUnreachable = "customer_unreachable",
        /// A clock gave a warning.
        ClockWarned = "clock_warned",
        /// A clock is late.
        ClockBreached = "clock_breached",
        /// A clock was brought to somebody by its chain.
        ClockEscalated = "clock_escalated",
        /// It was opened again, by the desk or by the customer.
        Reopened = "reopened",
        /// The customer said whether the matter is settled for them.
        SatisfactionGiven = "satisfaction_given",
        /// Time has passed while something stayed as it is.
        TimePassed = "time_passed",
    }
}

text_enum! {
    /// A value whose change a rule waits for.
    RuleField {
        /// Complaint, question or feedback.
        Kind = "kind",
        /// What it is about, in a line.
        Subject = "subject",
        /// The subject category.
        Category = "category",
        /// The language.
        Language = "language",
        /// How grave it is.
        Severity = "severity",
        /// The customer's manner.
        CustomerType = "customer_type",
        /// The product.
        Product = "product",
        /// Who handles it.
        Owner = "owner",
        /// Which team holds it.
        Team = "team",
        /// Its tags.
        Tags = "tags",
    }
}

text_enum! {
    /// From when a rule on time counts, and what has to stay as it is meanwhile.
    RuleSince {
        /// Since it reached us; while it is open.
        Received = "received",
        /// Since it waits for the customer.
        WaitingForCustomer = "waiting_for_customer",
        /// Since it waits for a third party.
        WaitingForThirdParty = "waiting_for_third_party",
        /// Since nobody handles it.
        WithoutOwner = "without_owner",
        /// Since it came into its present state.
        InState = "in_state",
        /// Since anybody, of ours or the customer, did anything about it; what rules do does not count.
        Untouched = "untouched",
    }
}

/// A time that has to pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleTime {
    /// How long, minutes.
    #[schema(minimum = 1, maximum = 525_600, example = 240)]
    pub minutes: i32,
    /// From when, and what has to stay as it is.
    pub since: RuleSince,
    /// The business calendar whose opening time alone counts, by its slug; around the clock without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "standard")]
    pub calendar: Option<String>,
}

/// What a rule waits for, and which of it; an empty list is any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleOn {
    /// What happens.
    pub event: RuleEvent,
    /// For `changed`: which values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub fields: Vec<RuleField>,
    /// For `state_changed`: into which states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 4)]
    pub states: Vec<State>,
    /// For `step_done`: which steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 7)]
    pub steps: Vec<HandlingStep>,
    /// For the events of clocks: which, by their slug within their policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, example = json!(["first_response"]))]
    pub metrics: Vec<String>,
    /// For `satisfaction_given`: what the customer said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<bool>,
    /// For `time_passed`: how long, and since when.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::domain::rules::model::some_object"
    )]
    pub time: Option<RuleTime>,
}

/// `null` or an object, never a list of its fields.
pub(crate) fn some_object<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(bound = "T: Deserialize<'de>", transparent)]
    struct Object<T>(#[serde(deserialize_with = "object")] T);
    Ok(Option::<Object<T>>::deserialize(from)?.map(|object| object.0))
}

/// Which complaints a rule is for, as they are when it is looked at; everything that is said must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuleConditions {
    /// What it is like, and whose: as the rules of routing ask.
    #[serde(deserialize_with = "object")]
    pub complaint: RoutingConditions,
    /// In one of these states.
    #[schema(max_items = 4)]
    pub states: Vec<State>,
    /// Held by one of these teams.
    #[schema(max_items = 50)]
    pub teams: Vec<TeamId>,
    /// With one of these tags.
    #[schema(max_items = 50)]
    pub tags: Vec<String>,
    /// Whether somebody handles it.
    pub has_owner: Option<bool>,
    /// One of these has to act next.
    #[schema(max_items = 3)]
    pub ball_with: Vec<BallWith>,
    /// Whether a regulator's clock runs for it, or ran.
    pub regulatory: Option<bool>,
    /// Whether it was opened again.
    pub reopened: Option<bool>,
    /// It reached us at least so many minutes ago.
    #[schema(minimum = 1, maximum = 525_600)]
    pub older_than_minutes: Option<i32>,
    /// It reached us less than so many minutes ago.
    #[schema(minimum = 1, maximum = 525_600)]
    pub younger_than_minutes: Option<i32>,
}

/// A rule: on an event, under conditions, actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name in explanations; each once.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "breach_of_key_account")]
    pub slug: String,
    /// What it is for, in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// Whether it is switched on.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What it waits for.
    #[serde(deserialize_with = "object")]
    pub on: RuleOn,
    /// Which complaints it is for.
    #[serde(default, deserialize_with = "object")]
    pub conditions: RuleConditions,
    /// What is done, in this order. One that is refused does not keep the others from being done.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 10)]
    pub then: Vec<Action>,
    /// Whether no later rule is looked at, when this one did something.
    #[serde(default)]
    pub stop: bool,
}

const fn yes() -> bool {
    true
}
