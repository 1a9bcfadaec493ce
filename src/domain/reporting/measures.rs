//! What is measured, and by which properties it can be told apart.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::domain::complaints::vocabulary::{AskedBy, AttemptResult, CauseCategory, HandlingStep, State};
use crate::domain::typing::CustomerType;
use crate::text_enum;

text_enum! {
    /// A property by which figures can be told apart, one at a time.
    Dimension {
        /// Everything together.
        All = "all",
        /// How the complaint came in.
        Channel = "channel",
        /// Complaint, question or feedback, as it is held to be now.
        Kind = "kind",
        /// The customer's manner when it happened.
        CustomerType = "customer_type",
        /// The subject category, as it is now.
        Category = "category",
        /// How grave it is held to be now.
        Severity = "severity",
        /// The team that holds the complaint now, by its id.
        Team = "team",
        /// What the closing decided; only closings have it.
        Decision = "decision",
        /// The one of us who did it, by handle.
        Agent = "agent",
        /// The policy that was breached, by slug; only breaches have it.
        Policy = "policy",
        /// What of a policy was breached, by slug; only breaches have it.
        Metric = "metric",
    }
}

text_enum! {
    /// How time is counted.
    Time {
        /// As it passes.
        Calendar = "calendar",
        /// While the desk is open, by the standard business calendar.
        Business = "business",
    }
}

text_enum! {
    /// A time from the receipt on.
    Span {
        /// Until the customer knew that we have the complaint.
        Acknowledgement = "acknowledgement",
        /// Until somebody first answered in person.
        FirstResponse = "first_response",
        /// Until it was closed on its merits; each closing counts, from the receipt on.
        Resolution = "resolution",
    }
}

/// One thing that is counted, or whose times are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Complaints that reached us; in place of times, at which hour of the day.
    Received,
    /// Complaints that are open in this state; by the day of their receipt, not of any event.
    Open(State),
    /// Open complaints of which the customer does not know that we have them; by the minute of their receipt
    /// (minutes since 1970), so that the oldest is found at once. Not told apart by any property.
    Unacknowledged,
    /// Times from the receipt on, by the day on which they ended.
    Took(Span, Time),
    /// Closings of any kind.
    Closed,
    /// Closings on the merits: upheld, partly, rejected.
    OnMerits,
    /// Closings in the first contact.
    OnTheSpot,
    /// Openings of a closed complaint by the desk.
    Reopened,
    /// Openings of a closed complaint by the customer, who did not accept the decision.
    Disputed,
    /// Rounds that began because the customer said on the call-back that the matter is not settled.
    NotSatisfied,
    /// Stays in a state that are over.
    Dwell(State, Time),
    /// Closed complaints by the customer's manner at first and at last.
    Types(CustomerType, CustomerType),
    /// Closed complaints by root cause.
    Cause(CauseCategory),
    /// The same by the day of their receipt, not of any event: so what came before a change and what came after it can
    /// be held against each other.
    Arose(CauseCategory),
    /// Complaints that were closed on the merits, once each, on the day of the first such closing.
    FirstResolved,
    /// Those of them that were closed in the first contact and never opened again.
    SettledAtOnce,
    /// How long each step took that was done: since the one before it.
    Step(HandlingStep, Time),
    /// Given to somebody out of the line.
    Given,
    /// Given from one person to another.
    HandedOver,
    /// Put back into the line.
    PutBack,
    /// Given from one team to another.
    PassedOn,
    /// Closed complaints, with how often they changed hands.
    Hands,
    /// Those that never did.
    OneHand,
    /// Promises to call, those that replace others included.
    Promised,
    /// Promises that were kept.
    Kept,
    /// Promises that were kept late.
    Late,
    /// Promises that were broken.
    Broken,
    /// Promises that were moved in time.
    Moved(AskedBy),
    /// Promises that the customer called off.
    CalledOff,
    /// How long after the end of its window a promised call was made; 0 when within.
    Lateness(Time),
    /// Calls.
    Attempt(AttemptResult),
    /// Deadlines that passed, by the day on which they did.
    Breached,
    /// Messages from customers.
    MessageIn,
    /// Messages to customers.
    MessageOut,
}

impl Measure {
    fn name(self) -> String {
        match self {
            Self::Received => "received".to_owned(),
            Self::Open(state) => format!("open.{state}"),
            Self::Unacknowledged => "unacknowledged".to_owned(),
            Self::Took(span, time) => format!("took.{span}.{time}"),
            Self::Closed => "closed".to_owned(),
            Self::OnMerits => "on_merits".to_owned(),
            Self::OnTheSpot => "on_the_spot".to_owned(),
            Self::Reopened => "reopened".to_owned(),
            Self::Disputed => "disputed".to_owned(),
            Self::NotSatisfied => "not_satisfied".to_owned(),
            Self::Dwell(state, time) => format!("dwell.{state}.{time}"),
            Self::Types(first, last) => format!("types.{first}.{last}"),
            Self::Cause(cause) => format!("cause.{cause}"),
            Self::Arose(cause) => format!("arose.{cause}"),
            Self::FirstResolved => "first_resolved".to_owned(),
            Self::SettledAtOnce => "settled_at_once".to_owned(),
            Self::Step(step, time) => format!("step.{step}.{time}"),
            Self::Given => "given".to_owned(),
            Self::HandedOver => "handed_over".to_owned(),
            Self::PutBack => "put_back".to_owned(),
            Self::PassedOn => "passed_on".to_owned(),
            Self::Hands => "hands".to_owned(),
            Self::OneHand => "one_hand".to_owned(),
            Self::Promised => "promised".to_owned(),
            Self::Kept => "kept".to_owned(),
            Self::Late => "late".to_owned(),
            Self::Broken => "broken".to_owned(),
            Self::Moved(by) => format!("moved.{by}"),
            Self::CalledOff => "called_off".to_owned(),
            Self::Lateness(time) => format!("lateness.{time}"),
            Self::Attempt(result) => format!("attempt.{result}"),
            Self::Breached => "breached".to_owned(),
            Self::MessageIn => "message_in".to_owned(),
            Self::MessageOut => "message_out".to_owned(),
        }
    }

    /// The name under which it is kept; it never changes once it has been released.
    pub fn as_str(self) -> &'static str {
        NAMES.by_measure.get(&self).map_or("", String::as_str)
    }

    /// The measure of this name; `None` for one that a later version may have known.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.by_name.get(name).copied()
    }

    /// Every measure.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.by_measure.keys().copied()
    }

    /// Whether it is told apart by this property.
    pub const fn is_by(self, dimension: Dimension) -> bool {
        matches!(dimension, Dimension::All) || !matches!(self, Self::Unacknowledged)
    }

    /// Whether it is also summed up over all days, for figures that are read every few seconds. What is
    /// counted so only ever grows.
    pub const fn counts_for_ever(self) -> bool {
        matches!(
            self,
            Self::Received
                | Self::Took(..)
                | Self::Lateness(_)
                | Self::Closed
                | Self::OnMerits
                | Self::OnTheSpot
                | Self::Reopened
                | Self::Disputed
                | Self::Promised
                | Self::Kept
                | Self::Late
                | Self::Broken
                | Self::Breached
        )
    }
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Measure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Measure {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| serde::de::Error::custom("no measure of this name"))
    }
}

struct Names {
    by_measure: BTreeMap<Measure, String>,
    by_name: BTreeMap<String, Measure>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut all = vec![
        Measure::Received,
        Measure::Unacknowledged,
        Measure::Closed,
        Measure::OnMerits,
        Measure::OnTheSpot,
        Measure::Reopened,
        Measure::Disputed,
        Measure::NotSatisfied,
        Measure::Promised,
        Measure::Kept,
        Measure::Late,
        Measure::Broken,
        Measure::CalledOff,
        Measure::Breached,
        Measure::MessageIn,
        Measure::MessageOut,
        Measure::FirstResolved,
        Measure::SettledAtOnce,
        Measure::Given,
        Measure::HandedOver,
        Measure::PutBack,
        Measure::PassedOn,
        Measure::Hands,
        Measure::OneHand,
    ];
    all.extend(State::ALL.iter().map(|state| Measure::Open(*state)));
    all.extend(CauseCategory::ALL.iter().map(|cause| Measure::Cause(*cause)));
    all.extend(CauseCategory::ALL.iter().map(|cause| Measure::Arose(*cause)));
    all.extend(AskedBy::ALL.iter().map(|by| Measure::Moved(*by)));
    all.extend(AttemptResult::ALL.iter().map(|result| Measure::Attempt(*result)));
    for time in Time::ALL {
        all.push(Measure::Lateness(*time));
        all.extend(Span::ALL.iter().map(|span| Measure::Took(*span, *time)));
        all.extend(State::ALL.iter().map(|state| Measure::Dwell(*state, *time)));
        all.extend(HandlingStep::ALL.iter().map(|step| Measure::Step(*step, *time)));
    }
    for first in CustomerType::ALL {
        all.extend(CustomerType::ALL.iter().map(|last| Measure::Types(*first, *last)));
    }
    Names {
        by_measure: all.iter().map(|measure| (*measure, measure.name())).collect(),
        by_name: all.iter().map(|measure| (measure.name(), *measure)).collect(),
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_name_of_its_own() {
        assert_eq!(NAMES.by_measure.len(), NAMES.by_name.len());
        for measure in Measure::all() {
            assert!(!measure.as_str().is_empty());
            assert_eq!(Measure::named(measure.as_str()), Some(measure));
        }
        assert_eq!(Measure::named("nothing"), None);
    }
}
