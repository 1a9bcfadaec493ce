//! Earlier complaints of the same customer, and whether one of them may be the same matter.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::intake::Intake;
use super::model::{Complaint, Statement};
use super::store;
use super::vocabulary::State;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::search::likeness;
use crate::domain::staff::{Act, ActorKind, Permission};
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId};

/// How many earlier complaints are shown.
const SHOWN: i64 = 5;
/// From this likeness of the texts on, two complaints may be the same matter.
const LIKE: f64 = 0.5;

/// An earlier complaint of the same customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EarlierComplaint {
    /// Its name here.
    pub id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub state: State,
    /// When it reached us.
    pub received_at: Moment,
    /// Why it may be the same matter (`same_order`, `same_product`, `alike`); absent when it hardly is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_duplicate: Option<String>,
}

/// The customer's earlier complaints, the newest first, seen from a new one; none for staff who do not read complaints.
pub(super) fn seen_from(
    conn: &mut Conn,
    act: &Act,
    customer: CustomerId,
    intake: &Intake,
) -> Result<Vec<EarlierComplaint>> {
    if act.actor.kind == ActorKind::Staff && !act.actor.may(Permission::ReadComplaints) {
        return Ok(Vec::new());
    }
    let recent = store::recent_of_customer(conn, customer, SHOWN)?;
    Ok(recent
        .into_iter()
        .map(|(complaint, statement)| {
            let may_be_duplicate = same_matter(act, &complaint, &statement, intake).map(str::to_owned);
            let Complaint {
                id,
                reference,
                subject,
                state,
                received_at,
                ..
            } = complaint;
            EarlierComplaint {
                id,
                reference,
                subject,
                state,
                received_at,
                may_be_duplicate,
            }
        })
        .collect())
}

fn same_matter(act: &Act, complaint: &Complaint, statement: &Statement, intake: &Intake) -> Option<&'static str> {
    if complaint.received_at < act.now - act.policy.duplicate_within {
        return None;
    }
    let same = |a: &Option<String>, b: &Option<String>| {
        a.is_some() && a.as_deref().map(str::to_lowercase) == b.as_deref().map(str::to_lowercase)
    };
    let new_text = format!("{} {}", intake.subject, intake.statement);
    let old_text = format!("{} {}", complaint.subject, statement.statement);
    if same(&statement.order_ref, &intake.order_ref) {
        Some("same_order")
    } else if likeness(&new_text, &old_text) >= LIKE {
        Some("alike")
    } else if complaint.state != State::Closed && same(&statement.product, &intake.product) {
        Some("same_product")
    } else {
        None
    }
}
