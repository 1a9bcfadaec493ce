//! What changes add to the figures, in the form in which writers append it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use super::measures::{Dimension, Measure};
use crate::domain::complaints::vocabulary::{Channel, Decision, Kind, Level};
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::TeamId;

/// A day in the desk's zone: days since 1 January 1970.
pub type Day = i32;

/// The properties of what is counted. Codes and names of our own people; nothing of a customer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Marks {
    /// How the complaint came in.
    #[serde(rename = "c")]
    pub channel: Channel,
    /// Complaint, question or feedback.
    #[serde(rename = "k")]
    pub kind: Kind,
    /// The customer's manner when it happened.
    #[serde(rename = "y")]
    pub customer_type: CustomerType,
    /// The subject category.
    #[serde(rename = "g")]
    pub category: String,
    /// How grave it is.
    #[serde(rename = "s")]
    pub severity: Level,
    /// How grave it was held to be when it happened, if otherwise than now.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub severity_then: Option<Level>,
    /// The team that holds it.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// What was decided, of closings.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Who of us did it.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The policy, of breaches.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What of the policy, of breaches.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
}

impl Marks {
    /// The value of a dimension; `None` when this has none.
    pub fn value(&self, dimension: Dimension) -> Option<String> {
        let team = || self.team.map(|team| team.to_string());
        match dimension {
            Dimension::All => Some(String::new()),
            Dimension::Channel => Some(self.channel.to_string()),
            Dimension::Kind => Some(self.kind.to_string()),
            Dimension::CustomerType => Some(self.customer_type.to_string()),
            Dimension::Category => Some(self.category.clone()),
            Dimension::Severity => Some(self.severity.to_string()),
            Dimension::Team => team(),
            Dimension::Decision => self.decision.map(|decision| decision.to_string()),
            Dimension::Agent => self.agent.clone(),
            Dimension::Policy => self.policy.clone(),
            Dimension::Metric => self.metric.clone(),
        }
    }

    /// Takes over how grave it was held to be at the moment of what is counted next.
    pub fn be_of(&mut self, severity: Level) {
        self.severity_then = (severity != self.severity).then_some(severity);
    }

    /// The value of a dimension for what is summed up over all days, which no correction moves: that of the moment.
    /// `None` when there are no such sums by it.
    pub fn lasting_value(&self, dimension: Dimension) -> Option<String> {
        match dimension {
            Dimension::All | Dimension::Channel | Dimension::CustomerType | Dimension::Policy => self.value(dimension),
            Dimension::Severity => Some(self.severity_then.unwrap_or(self.severity).to_string()),
            Dimension::Kind
            | Dimension::Category
            | Dimension::Team
            | Dimension::Decision
            | Dimension::Agent
            | Dimension::Metric => None,
        }
    }
}

/// Where something is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// To what.
    pub measure: Measure,
    /// On which day.
    pub day: Day,
    /// In which bucket of the histogram, of what has times.
    pub bucket: Option<u16>,
}

/// What is added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many.
    pub n: i64,
    /// How many seconds they took together.
    pub total: i64,
}

/// What changes add, by properties and place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<Marks, BTreeMap<Slot, Amount>>);

type Written = Vec<(Marks, Vec<(Measure, Day, Option<u16>, i64, i64)>)>;

impl Sums {
    /// Adds an amount; `sign` -1 takes it away.
    pub fn add(&mut self, marks: &Marks, slot: Slot, amount: Amount, sign: i64) {
        if !self.0.contains_key(marks) {
            self.0.insert(marks.clone(), BTreeMap::new());
        }
        let Some(slots) = self.0.get_mut(marks) else { return };
        match slots.entry(slot) {
            Entry::Vacant(free) => {
                free.insert(Amount {
                    n: sign * amount.n,
                    total: sign * amount.total,
                });
            }
            Entry::Occupied(mut there) => {
                there.get_mut().n += sign * amount.n;
                there.get_mut().total += sign * amount.total;
                if *there.get() == Amount::default() {
                    there.remove();
                }
            }
        }
        if slots.is_empty() {
            self.0.remove(marks);
        }
    }

    /// Takes other sums away.
    pub fn take_away(&mut self, other: &Self) {
        for (marks, slot, amount) in other.each() {
            self.add(marks, slot, amount, -1);
        }
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: &Self) {
        for (marks, slot, amount) in other.each() {
            self.add(marks, slot, amount, 1);
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything there is, in order.
    pub fn each(&self) -> impl Iterator<Item = (&Marks, Slot, Amount)> {
        self.0
            .iter()
            .flat_map(|(marks, slots)| slots.iter().map(move |(slot, amount)| (marks, *slot, *amount)))
    }

    /// What is added, by properties.
    pub fn groups(&self) -> impl Iterator<Item = (&Marks, &BTreeMap<Slot, Amount>)> {
        self.0.iter()
    }

    /// The text in which writers append it.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn to_text(&self) -> Result<String> {
        let written: Written = self
            .0
            .iter()
            .map(|(marks, slots)| {
                let slots = slots
                    .iter()
                    .map(|(slot, amount)| (slot.measure, slot.day, slot.bucket, amount.n, amount.total));
                (marks.clone(), slots.collect())
            })
            .collect();
        Ok(serde_json::to_string(&written)?)
    }

    /// Reads what [`Sums::to_text`] wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_text(text: &str) -> Result<Self> {
        let written: Written = serde_json::from_str(text)?;
        let mut sums = Self::default();
        for (marks, slots) in written {
            for (measure, day, bucket, n, total) in slots {
                sums.add(&marks, Slot { measure, day, bucket }, Amount { n, total }, 1);
            }
        }
        Ok(sums)
    }
}
