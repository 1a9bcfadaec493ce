//! What those may know of a customer's complaints who never read what the complaints say.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::listing::store::{self, Filter};
use super::listing::{Cursor, Order};
use super::vocabulary::{Decision, Kind, State};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::customers::model::SeenCustomer;
use crate::domain::customers::record;
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId};

/// That a complaint exists, and where it stands: nothing of what it says, what it is about, or how the customer
/// came across.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintStateView {
    /// Its name here.
    pub id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// When it reached us.
    pub received_at: Moment,
    /// When it was closed, while it is.
    pub closed_at: Option<Moment>,
    /// What was decided, while it is closed.
    pub decision: Option<Decision>,
}

/// A page of a customer's complaints, the newest first, each with the place after it; none for callers who may
/// neither see the customer's record nor read complaints.
///
/// # Errors
/// `resource.not_found` when there is no such customer.
pub fn of_customer(
    conn: &mut Conn,
    act: &Act,
    customer: CustomerId,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<(Cursor, ComplaintStateView)>> {
    let seen = record::see(conn, act, customer)?;
    if matches!(seen, SeenCustomer::Masked(_)) && !act.actor.may(Permission::ReadComplaints) {
        return Ok(Vec::new());
    }
    let filter = Filter {
        customer_id: Some(customer),
        ..Filter::default()
    };
    let rows = store::list(conn, &filter, Order::Newest, after, limit)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let place = Cursor {
                seq: row.seq,
                due: None,
                order: Order::Newest,
            };
            let view = ComplaintStateView {
                id: row.id,
                reference: row.reference,
                kind: row.kind,
                state: row.state,
                received_at: row.received_at,
                closed_at: row.closed_at,
                decision: row.decision,
            };
            (place, view)
        })
        .collect())
}
