//! Which complaints a list shows, as data: what the query of the list says, what a saved view keeps, and on what a bulk
//! action is done.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::listing::{Cursor, Listing, Order};
use super::vocabulary::{Channel, Kind, State};
use crate::clock::Moment;
use crate::domain::check::Check;
use crate::domain::typing::CustomerType;
use crate::ids::{CustomerId, TeamId};
use crate::text_enum;

text_enum! {
    /// Whose list it is.
    Watched {
        /// The caller's.
        Me = "me",
    }
}

/// Which complaints; everything that is said must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListFilter {
    /// Words of the subject, statement, product, order or desired remedy; all must be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub q: Option<String>,
    /// In this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Not closed (`true`) or closed (`false`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
    /// Complaint, question or feedback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// That came in so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Of this subject category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub category: Option<String>,
    /// Of this customer type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_type: Option<CustomerType>,
    /// Of this customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// Handled by this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub owner: Option<String>,
    /// Held by this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// With this reference, in any spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// With this id in another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub external_ref: Option<String>,
    /// Received at or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_from: Option<Moment>,
    /// Received before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_before: Option<Moment>,
    /// Only those with something past due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue: Option<bool>,
    /// With this tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub tag: Option<String>,
    /// Only those that the caller watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
    /// In which order; `due` and `call_back_due` list only complaints with something due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
}

impl ListFilter {
    /// Notes what is wrong with it; gives it with its texts trimmed.
    #[must_use]
    pub fn checked(&self, check: &mut Check, pointer: &str) -> Self {
        let mut checked = self.clone();
        for (name, field) in [
            ("q", &mut checked.q),
            ("category", &mut checked.category),
            ("owner", &mut checked.owner),
            ("reference", &mut checked.reference),
            ("external_ref", &mut checked.external_ref),
            ("tag", &mut checked.tag),
        ] {
            *field = check.optional_text(&format!("{pointer}/{name}"), field.as_deref(), 200);
        }
        checked
    }

    /// This, and where it says nothing what `base` says.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        Self {
            q: self.q.or(base.q),
            state: self.state.or(base.state),
            open: self.open.or(base.open),
            kind: self.kind.or(base.kind),
            channel: self.channel.or(base.channel),
            category: self.category.or(base.category),
            customer_type: self.customer_type.or(base.customer_type),
            customer_id: self.customer_id.or(base.customer_id),
            owner: self.owner.or(base.owner),
            team: self.team.or(base.team),
            reference: self.reference.or(base.reference),
            external_ref: self.external_ref.or(base.external_ref),
            received_from: self.received_from.or(base.received_from),
            received_before: self.received_before.or(base.received_before),
            overdue: self.overdue.or(base.overdue),
            tag: self.tag.or(base.tag),
            watched: self.watched.or(base.watched),
            order: self.order.or(base.order),
        }
    }

    /// The list of them, from a place on.
    #[must_use]
    pub fn listing(self, after: Option<Cursor>, limit: i64) -> Listing {
        // No stored text holds a NUL, and PostgreSQL takes none.
        let text = |value: Option<String>| value.map(|text| text.replace('\0', ""));
        Listing {
            state: self.state,
            open: self.open,
            kind: self.kind,
            channel: self.channel,
            category: text(self.category),
            customer_type: self.customer_type,
            customer_id: self.customer_id,
            owner: text(self.owner),
            team: self.team,
            reference: self.reference,
            external_ref: text(self.external_ref),
            received_from: self.received_from,
            received_before: self.received_before,
            overdue: self.overdue.unwrap_or(false),
            tag: text(self.tag),
            watched: self.watched.is_some(),
            words: self.q.filter(|q| !q.trim().is_empty()),
            order: self.order.unwrap_or_default(),
            after,
            limit,
        }
    }
}
