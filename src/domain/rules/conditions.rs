//! Whether a complaint meets the conditions of a rule, and why.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::RuleConditions;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::model::Complaint;
use crate::domain::complaints::vocabulary::{BallWith, State};
use crate::domain::complaints::{marks, placing, standing, view};
use crate::domain::customers::{Importance, record};
use crate::domain::sla::clocks;
use crate::domain::work::routing::rules::Facts;
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId};

/// A condition that a rule named, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleFinding {
    /// Which condition.
    #[schema(example = "tier")]
    pub condition: String,
    /// What the rule asks for; one of these.
    pub wanted: Vec<String>,
    /// What the complaint had; of a text the words that the rule asked for.
    pub found: Option<String>,
}

/// A complaint as conditions see it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The complaint.
    pub complaint: Complaint,
    /// What it is like, and whose.
    pub facts: Facts,
    /// Whether a regulator's clock runs for it, or ran.
    pub regulatory: bool,
    /// Its tags.
    pub tags: Vec<String>,
}

/// Complaints as conditions see them.
///
/// # Errors
/// When the database refuses.
pub fn see(conn: &mut Conn, ids: &[ComplaintId]) -> Result<BTreeMap<ComplaintId, Seen>> {
    let standings = standing::load(conn, ids)?;
    let mut products: BTreeMap<ComplaintId, Option<String>> = view::products_of(conn, ids)?.into_iter().collect();
    let customers: Vec<CustomerId> = standings.iter().map(|one| one.complaint.customer_id).collect();
    let customers = record::by_ids(conn, &customers)?;
    let known: BTreeMap<CustomerId, Importance> = customers.iter().map(|c| (c.id, c.importance())).collect();
    let regulated = clocks::regulated(conn, ids)?;
    let mut tags = marks::tags_of(conn, ids)?;
    let seen = standings.into_iter().map(|one| {
        let complaint = one.complaint;
        let importance = known
            .get(&complaint.customer_id)
            .copied()
            .unwrap_or(Importance::UNKNOWN);
        let product = products.remove(&complaint.id).flatten();
        let facts = placing::facts(&complaint, importance, product.as_deref());
        let (id, regulatory) = (complaint.id, regulated.contains(&complaint.id));
        (
            id,
            Seen {
                complaint,
                facts,
                regulatory,
                tags: tags.remove(&id).unwrap_or_default(),
            },
        )
    });
    Ok(seen.collect())
}

/// The parts of a complaint that are asked for at a moment, which may be a moment of long ago.
#[derive(Debug, Clone, Copy)]
pub struct At<'s> {
    /// What it is like.
    pub seen: &'s Seen,
    /// Where it stood.
    pub state: State,
    /// When.
    pub now: Moment,
}

impl<'s> At<'s> {
    /// As it is now.
    pub const fn now(seen: &'s Seen, now: Moment) -> Self {
        Self {
            seen,
            state: seen.complaint.state,
            now,
        }
    }

    fn ball_with(self) -> BallWith {
        self.seen.complaint.ball_with
    }
}

fn words<T: ToString>(of: &[T]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

fn older(at: At<'_>, minutes: i32) -> bool {
    at.now - at.seen.complaint.received_at >= TimeDelta::minutes(minutes.into())
}

impl RuleConditions {
    /// Whether a complaint meets all of them.
    pub fn hold(&self, at: At<'_>) -> bool {
        let complaint = &at.seen.complaint;
        self.complaint.hold(&at.seen.facts)
            && (self.states.is_empty() || self.states.contains(&at.state))
            && (self.teams.is_empty() || complaint.team_id.is_some_and(|team| self.teams.contains(&team)))
            && (self.tags.is_empty() || self.tags.iter().any(|tag| at.seen.tags.contains(tag)))
            && self.has_owner.is_none_or(|wanted| wanted == complaint.owner.is_some())
            && (self.ball_with.is_empty() || self.ball_with.contains(&at.ball_with()))
            && self.regulatory.is_none_or(|wanted| wanted == at.seen.regulatory)
            && self
                .reopened
                .is_none_or(|wanted| wanted == (complaint.reopened_count > 0))
            && self.older_than_minutes.is_none_or(|minutes| older(at, minutes))
            && self.younger_than_minutes.is_none_or(|minutes| !older(at, minutes))
    }

    /// Every condition that says something, with what the complaint had. Codes only: of the product the words of the
    /// rule that were found in it.
    pub fn findings(&self, at: At<'_>) -> Vec<RuleFinding> {
        let (facts, complaint, c) = (&at.seen.facts, &at.seen.complaint, &self.complaint);
        let product = facts.product.as_deref().unwrap_or_default().to_lowercase();
        let named = c.products.iter().find(|word| product.contains(&word.to_lowercase()));
        let yes = |value: bool| Some(if value { "yes" } else { "no" }.to_owned());
        let wants = |value: Option<bool>| value.and_then(yes).into_iter().collect();
        let age = Some((at.now - complaint.received_at).num_minutes().to_string());
        let all: [(&str, Vec<String>, Option<String>); 19] = [
            ("channel", words(&c.channels), Some(facts.channel.to_string())),
            ("kind", words(&c.kinds), Some(facts.kind.to_string())),
            ("category", c.categories.clone(), Some(facts.category.clone())),
            ("tier", words(&c.tiers), Some(facts.customer.tier.to_string())),
            (
                "segment",
                words(&c.segments),
                facts.customer.segment.map(|one| one.to_string()),
            ),
            (
                "grade",
                words(&c.grades),
                facts.customer.grade.map(|one| one.to_string()),
            ),
            (
                "customer_type",
                words(&c.customer_types),
                Some(facts.customer_type.to_string()),
            ),
            ("language", c.languages.clone(), Some(facts.language.clone())),
            ("severity", words(&c.severities), Some(facts.severity.to_string())),
            ("product", c.products.clone(), named.cloned()),
            ("state", words(&self.states), Some(at.state.to_string())),
            (
                "team",
                words(&self.teams),
                complaint.team_id.map(|team| team.to_string()),
            ),
            (
                "tag",
                self.tags.clone(),
                self.tags.iter().find(|tag| at.seen.tags.contains(tag)).cloned(),
            ),
            ("has_owner", wants(self.has_owner), yes(complaint.owner.is_some())),
            ("ball_with", words(&self.ball_with), Some(at.ball_with().to_string())),
            ("regulatory", wants(self.regulatory), yes(at.seen.regulatory)),
            ("reopened", wants(self.reopened), yes(complaint.reopened_count > 0)),
            (
                "older_than_minutes",
                self.older_than_minutes.iter().map(ToString::to_string).collect(),
                age.clone(),
            ),
            (
                "younger_than_minutes",
                self.younger_than_minutes.iter().map(ToString::to_string).collect(),
                age,
            ),
        ];
        let said = all.into_iter().filter(|(_, wanted, _)| !wanted.is_empty());
        said.map(|(condition, wanted, found)| RuleFinding {
            condition: condition.to_owned(),
            wanted,
            found,
        })
        .collect()
    }
}
