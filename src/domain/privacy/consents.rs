//! Consents: what a customer allows, purpose by purpose, with the proof.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::model::Consent;
use super::store;
use super::vocabulary::{ConsentPurpose, ConsentSource, NotSent};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::complaints::privacy as complaints;
use crate::domain::customers::{Customer, PrivacyState, privacy as customers};
use crate::domain::notifications;
use crate::domain::policy::Policy;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::{ConsentId, CustomerId};

/// What a customer said about one purpose.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentForm {
    /// What for.
    pub purpose: ConsentPurpose,
    /// Given, or refused and withdrawn.
    pub given: bool,
    /// How the customer said it.
    pub source: ConsentSource,
    /// The wording that the customer was shown or read. Needed when the consent is given.
    #[schema(max_length = 2000, example = "May we ask you afterwards how satisfied you were?")]
    pub wording: Option<String>,
    /// Where the proof is: a recording, a scanned letter.
    #[schema(max_length = 500)]
    pub evidence_ref: Option<String>,
    /// More about it.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// What somebody says about one purpose while filing a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FiledConsent {
    /// What for.
    pub purpose: ConsentPurpose,
    /// Given, or refused.
    pub given: bool,
    /// The wording beside the box. Needed when the consent is given.
    #[schema(max_length = 2000)]
    pub wording: Option<String>,
}

/// What decides whether data may be used for a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// The customer said so.
    Customer,
    /// The customer has said nothing: what holds then.
    Default,
    /// The customer's data is restricted or gone.
    PrivacyState,
}

/// Whether data may be used for one purpose.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PurposeView {
    /// The purpose.
    pub purpose: ConsentPurpose,
    /// Whether it may.
    pub allowed: bool,
    /// What decides.
    pub decided_by: DecidedBy,
}

/// One entry.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ConsentView {
    /// Its name here; ascends with time.
    pub id: ConsentId,
    /// What for.
    pub purpose: ConsentPurpose,
    /// Given, or refused and withdrawn.
    pub given: bool,
    /// How the customer said it.
    pub source: ConsentSource,
    /// The wording that the customer was shown or read.
    pub wording: Option<String>,
    /// Where the proof is.
    pub evidence_ref: Option<String>,
    /// More about it.
    pub note: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Moment,
}

impl From<Consent> for ConsentView {
    fn from(c: Consent) -> Self {
        Self {
            id: c.id,
            purpose: c.purpose,
            given: c.given,
            source: c.source,
            wording: c.wording,
            evidence_ref: c.evidence_ref,
            note: c.note,
            recorded_by: c.recorded_by,
            recorded_at: c.recorded_at,
        }
    }
}

/// What a customer allows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ConsentsView {
    /// Every purpose, and whether data may be used for it now. Empty for callers who may not see the record.
    pub purposes: Vec<PurposeView>,
    /// What the customer said, the oldest first. Empty for callers who may not see the record.
    pub entries: Vec<ConsentView>,
    /// Counts the changes of the customer; the ETag is made of it.
    pub version: i32,
}

/// What holds while the customer has said nothing.
fn default_of(policy: &Policy, purpose: ConsentPurpose) -> bool {
    match purpose {
        ConsentPurpose::ServiceMessages => true,
        ConsentPurpose::ShareWithSales => policy.share_with_sales,
        ConsentPurpose::SatisfactionSurvey | ConsentPurpose::Marketing | ConsentPurpose::CallRecording => false,
    }
}

/// Whether the customer's data may be used for a purpose: what the customer said last, else the default of the
/// purpose; nothing while the data is restricted or gone.
///
/// # Errors
/// `resource.not_found`.
pub fn allows(conn: &mut Conn, act: &Act, customer: CustomerId, purpose: ConsentPurpose) -> Result<bool> {
    let customer = customers::load(conn, customer)?;
    let allowed = allowed_among(conn, act, std::slice::from_ref(&customer), purpose)?;
    Ok(allowed.contains(&customer.id))
}

/// The customers among these whose data may be used for a purpose.
///
/// # Errors
/// When the database refuses.
pub fn allowed_among(
    conn: &mut Conn,
    act: &Act,
    customers: &[Customer],
    purpose: ConsentPurpose,
) -> Result<BTreeSet<CustomerId>> {
    let active = customers.iter().filter(|c| c.privacy == PrivacyState::Active);
    let ids: Vec<CustomerId> = active.map(|customer| customer.id).collect();
    let said: BTreeMap<CustomerId, bool> = store::said_about(conn, &ids, purpose)?.into_iter().collect();
    let default = default_of(&act.policy, purpose);
    let allowed = |id: &CustomerId| said.get(id).copied().unwrap_or(default);
    Ok(ids.into_iter().filter(allowed).collect())
}

/// Refuses a recording of a customer who does not want to be recorded. One who has said nothing may have been told at
/// the beginning of the call: that is the affair of who makes recordings, which Hark does not.
///
/// # Errors
/// `privacy.recording_refused` at `pointer`; `resource.not_found`.
pub fn check_recording(conn: &mut Conn, customer: CustomerId, pointer: &str) -> Result<()> {
    let restricted = customers::load(conn, customer)?.privacy != PrivacyState::Active;
    let said = store::said_about(conn, &[customer], ConsentPurpose::CallRecording)?;
    if restricted || said.last().is_some_and(|(_, given)| !given) {
        let detail = "the customer does not want to be recorded, or their data is restricted";
        return Err(Error::problem_at(Code::PrivacyRecordingRefused, pointer, detail));
    }
    Ok(())
}

/// Why a message about their complaint may not be sent to this customer; `None` when it may.
///
/// # Errors
/// `resource.not_found`.
pub fn why_not_sent(conn: &mut Conn, act: &Act, customer: CustomerId) -> Result<Option<NotSent>> {
    let customer = customers::load(conn, customer)?;
    Ok(match customer.privacy {
        PrivacyState::Restricted => Some(NotSent::Restricted),
        PrivacyState::Anonymised | PrivacyState::Erased => Some(NotSent::Gone),
        PrivacyState::Active => {
            let allowed = allowed_among(conn, act, &[customer], ConsentPurpose::ServiceMessages)?;
            allowed.is_empty().then_some(NotSent::Refused)
        }
    })
}

/// What a customer allows, with everything they said.
///
/// # Errors
/// `resource.not_found`.
pub fn list(conn: &mut Conn, act: &Act, id: CustomerId) -> Result<ConsentsView> {
    let customer = customers::load(conn, id)?;
    if !customers::hidden_from(conn, act, std::slice::from_ref(&customer))?.is_empty() {
        return Ok(ConsentsView {
            purposes: Vec::new(),
            entries: Vec::new(),
            version: customer.version,
        });
    }
    let entries = store::consents_of(conn, id)?;
    let mut purposes = Vec::new();
    for purpose in ConsentPurpose::ALL {
        let said = !store::said_about(conn, &[id], *purpose)?.is_empty();
        let allowed = allowed_among(conn, act, std::slice::from_ref(&customer), *purpose)?;
        purposes.push(PurposeView {
            purpose: *purpose,
            allowed: !allowed.is_empty(),
            decided_by: match (customer.privacy, said) {
                (PrivacyState::Active, true) => DecidedBy::Customer,
                (PrivacyState::Active, false) => DecidedBy::Default,
                _ => DecidedBy::PrivacyState,
            },
        });
    }
    Ok(ConsentsView {
        purposes,
        entries: entries.into_iter().map(ConsentView::from).collect(),
        version: customer.version,
    })
}

/// Every entry of a customer, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn entries(conn: &mut Conn, id: CustomerId) -> Result<Vec<ConsentView>> {
    let entries = store::consents_of(conn, id)?;
    Ok(entries.into_iter().map(ConsentView::from).collect())
}

/// Records what a customer said. Refusing messages also stops those that still wait to be sent.
///
/// # Errors
/// `request.invalid`; `customer.anonymised`; `customer.restricted`; `request.precondition_failed`;
/// `resource.not_found`.
pub fn record(
    conn: &mut Conn,
    act: &Act,
    id: CustomerId,
    expected: Option<i32>,
    form: &ConsentForm,
) -> Result<ConsentsView> {
    let customer = customers::hold(conn, id, expected)?;
    customers::check_shared(conn, act, &customer)?;
    if form.given {
        customers::check_unrestricted(act, &customer)?;
    }
    let mut check = Check::new();
    if form.given && form.wording.as_deref().is_none_or(|wording| wording.trim().is_empty()) {
        check.fail("/wording", "required", "the wording that the customer agreed to");
    }
    let row = Consent {
        id: ConsentId::new(act.now),
        customer_id: id,
        purpose: form.purpose,
        given: form.given,
        source: form.source,
        wording: check.optional_text("/wording", form.wording.as_deref(), 2_000),
        evidence_ref: check.optional_text("/evidence_ref", form.evidence_ref.as_deref(), 500),
        note: check.optional_text("/note", form.note.as_deref(), 2_000),
        recorded_by: act.actor.name.clone(),
        recorded_at: act.now,
    };
    check.finish(())?;
    store::insert_consents(conn, std::slice::from_ref(&row))?;
    tell(conn, act, &row)?;
    customers::touch(conn, act, &customer, customer.privacy)?;
    if !form.given && form.purpose == ConsentPurpose::ServiceMessages {
        let complaints = complaints::ids_of(conn, id)?;
        notifications::stop(conn, act.now, &complaints, NotSent::Refused.as_str())?;
    }
    list(conn, act, id)
}

/// Checks what was said while filing a complaint.
pub fn checked(check: &mut Check, filed: Vec<FiledConsent>) -> Vec<FiledConsent> {
    if filed.len() > ConsentPurpose::ALL.len() {
        check.fail("/consents", "too_long", "each purpose once");
    }
    let mut seen = BTreeSet::new();
    let one = |(n, mut consent): (usize, FiledConsent)| {
        let pointer = format!("/consents/{n}/wording");
        consent.wording = check.optional_text(&pointer, consent.wording.as_deref(), 2_000);
        if consent.given && consent.wording.is_none() {
            check.fail(pointer, "required", "the wording beside the box");
        }
        if !seen.insert(consent.purpose) {
            check.fail(format!("/consents/{n}/purpose"), "not_allowed", "each purpose once");
        }
        consent
    };
    filed.into_iter().enumerate().map(one).collect()
}

/// Keeps what was said while filing complaints. Nobody proves on the web who they are: whoever says that they
/// are a customer we know already may refuse in their name, but not agree.
///
/// # Errors
/// When the database refuses.
pub fn keep_filed(conn: &mut Conn, act: &Act, said: &[(CustomerId, bool, &[FiledConsent])]) -> Result<()> {
    let mut rows = Vec::new();
    for (customer, known, consents) in said {
        for consent in consents.iter().filter(|consent| !(*known && consent.given)) {
            rows.push(Consent {
                id: ConsentId::new(act.now),
                customer_id: *customer,
                purpose: consent.purpose,
                given: consent.given,
                source: ConsentSource::Web,
                wording: consent.wording.clone(),
                evidence_ref: None,
                note: None,
                recorded_by: act.actor.name.clone(),
                recorded_at: act.now,
            });
        }
    }
    store::insert_consents(conn, &rows)?;
    rows.iter().try_for_each(|row| tell(conn, act, row))
}

fn tell(conn: &mut Conn, act: &Act, row: &Consent) -> Result<()> {
    let fields = json!({ "purpose": row.purpose, "given": row.given, "source": row.source });
    let event = Event::on(ObjectKind::Customer, row.customer_id.0, "customer.consent_recorded");
    audit::record(conn, act, event.of([row.customer_id]).with(fields))
}
