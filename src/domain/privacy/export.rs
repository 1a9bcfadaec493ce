//! Everything held about a customer, as JSON, in pieces of bounded size.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::consents::{self, ConsentView};
use super::model::{LegalHold, PrivacyEvent};
use super::states::note;
use super::store;
use super::vocabulary::{LegalBasis, PrivacyAction};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, ObjectKind, query};
use crate::domain::check::Check;
use crate::domain::complaints::privacy::held::{self, HeldComplaint};
use crate::domain::customers::model::CustomerView;
use crate::domain::customers::{privacy as customers, record};
use crate::domain::drafts::{self, HeldDraft};
use crate::domain::staff::{Act, ActorKind};
use crate::error::{Error, Result};
use crate::ids::{AnyId, AuditEventId, CustomerId, PrivacyEventId};

/// The form of the export, for programs that read it.
pub const FORM: &str = "hark-customer-export/1";
/// How many complaints there are in a piece.
const AT_ONCE: i64 = 50;
/// And how many entries about who read it.
const ACCESSES_AT_ONCE: i64 = 500;

/// Why everything held is exported.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportForm {
    /// Why. Forgotten when the customer is anonymised or erased.
    #[schema(
        min_length = 1,
        max_length = 2000,
        example = "Access request of 20 November, by letter"
    )]
    pub reason: String,
    /// On which ground; the customer's request when left out.
    pub legal_basis: Option<LegalBasis>,
}

/// An export that has begun. It is on record before anything goes out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Begun {
    /// Whose data.
    pub customer_id: CustomerId,
    /// The record of it.
    pub event: PrivacyEventId,
    /// When.
    pub at: Moment,
}

/// Everything about the customer but their complaints.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExportOpening {
    /// The form of this document.
    #[schema(example = "hark-customer-export/1")]
    pub form: String,
    /// The record of this export among the privacy events.
    pub export_id: PrivacyEventId,
    /// When it was made.
    pub generated_at: Moment,
    /// The record, with every contact point and external id.
    pub customer: CustomerView,
    /// What the customer allowed and refused.
    pub consents: Vec<ConsentView>,
    /// Duties to keep the data.
    pub legal_holds: Vec<LegalHold>,
    /// What was done about the customer's privacy, this export included.
    pub privacy_events: Vec<PrivacyEvent>,
    /// What somebody has typed about them and not saved, of complaints that are being taken in.
    pub drafts: Vec<HeldDraft>,
    /// What fields of the record hold and held before, by the reference in `accesses`.
    #[schema(value_type = Object)]
    pub recorded_values: BTreeMap<String, Value>,
}

/// Everything held about a customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerExport {
    /// Everything but the complaints.
    #[serde(flatten)]
    pub opening: ExportOpening,
    /// Every complaint, the oldest first.
    pub complaints: Vec<HeldComplaint>,
    /// Who read or changed anything about the customer, the newest first.
    pub accesses: Vec<Access>,
}

/// Somebody read or changed something about the customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Access {
    /// When.
    pub happened_at: Moment,
    /// What kind of actor.
    pub actor_kind: ActorKind,
    /// Who.
    pub actor: String,
    /// What they did.
    #[schema(example = "customer.read")]
    pub action: String,
    /// To what kind of thing.
    pub object_kind: ObjectKind,
    /// To which one.
    pub object_id: Option<AnyId>,
    /// What they said it was for.
    pub purpose: Option<String>,
    /// Fields before and after; personal values by reference to `recorded_values` or the timeline.
    pub fields: Option<Value>,
}

/// Some of who read and changed what, the newest first, below a place, and where to go on.
///
/// # Errors
/// When the database refuses.
pub fn accesses(
    conn: &mut Conn,
    begun: &Begun,
    below: Option<AuditEventId>,
) -> Result<(Vec<Access>, Option<AuditEventId>)> {
    let filter = query::Filter {
        customer_id: Some(begun.customer_id),
        ..query::Filter::default()
    };
    let events = query::list(conn, &filter, below, ACCESSES_AT_ONCE)?;
    let full = i64::try_from(events.len()).unwrap_or_default() == ACCESSES_AT_ONCE;
    let next = events.last().filter(|_| full).map(|event| event.id);
    let access = |mut event: query::AuditEvent| {
        event.fields.iter_mut().for_each(held::neutralise);
        Access {
            happened_at: event.happened_at,
            actor_kind: event.actor_kind,
            actor: event.actor,
            action: event.action,
            object_kind: event.object_kind,
            object_id: event.object_id,
            purpose: event.purpose,
            fields: event.fields,
        }
    };
    Ok((events.into_iter().map(access).collect(), next))
}

/// Begins an export: leaves a record of it.
///
/// # Errors
/// `request.invalid`; `resource.not_found`.
pub fn begin(conn: &mut Conn, act: &Act, id: CustomerId, form: &ExportForm) -> Result<Begun> {
    customers::load(conn, id)?;
    let mut check = Check::new();
    let reason = check.text("/reason", &form.reason, 1, 2_000);
    check.finish(())?;
    let basis = form.legal_basis.unwrap_or(LegalBasis::CustomerRequest);
    let event = note(
        conn,
        act,
        (id, None),
        PrivacyAction::Exported,
        Some(basis),
        Some(reason),
    )?;
    Ok(Begun {
        customer_id: id,
        event: event.id,
        at: act.now,
    })
}

/// The first piece.
///
/// # Errors
/// `resource.not_found`.
pub fn opening(conn: &mut Conn, begun: &Begun) -> Result<ExportOpening> {
    let id = begun.customer_id;
    store::load_event(conn, begun.event)?.ok_or_else(|| Error::not_found("export"))?;
    Ok(ExportOpening {
        form: FORM.to_owned(),
        export_id: begun.event,
        generated_at: begun.at,
        customer: record::get(conn, id)?,
        consents: consents::entries(conn, id)?,
        legal_holds: store::holds_of(conn, &[id])?,
        privacy_events: store::events_of(conn, id)?,
        drafts: drafts::held_of(conn, id)?,
        recorded_values: audit::values_of(conn, id)?
            .into_iter()
            .map(|(reference, value)| (reference.to_string(), value))
            .collect(),
    })
}

/// Some complaints after a place (0 at first), and where to go on.
///
/// # Errors
/// When the database refuses.
pub fn complaints(conn: &mut Conn, begun: &Begun, after: i64) -> Result<(Vec<HeldComplaint>, Option<i64>)> {
    held::page(conn, begun.customer_id, begun.at, after, AT_ONCE)
}
