//! A complaint as staff see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Closure, Complaint, GivenContact, Statement, StepRecord, StepRow, TypeChange};
use super::vocabulary::{
    BallWith, CauseCategory, Channel, ClosingGround, Decision, HandlingStep, Kind, Level, Medium, RedressStatus,
    RedressType, SkipReason, State,
};
use super::{marks, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::typing::CustomerType;
use crate::domain::typing::proposals::{self, ProposalView};
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId, TeamId};

/// A complaint as it stands in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ComplaintSummary {
    /// Its name here.
    pub id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// Where it stands.
    pub state: State,
    /// Who has to act next.
    pub ball_with: BallWith,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// On whose behalf the customer speaks.
    pub on_behalf_of: Option<String>,
    /// What it is about, in a line.
    pub subject: String,
    /// The subject category.
    #[schema(example = "service_delay")]
    pub category: String,
    /// BCP 47.
    #[schema(example = "zh-CN")]
    pub language: String,
    /// The customer's manner in this conversation.
    pub customer_type: CustomerType,
    /// How grave it is.
    pub severity: Level,
    /// Who handles it.
    pub owner: Option<String>,
    /// Which team holds it.
    pub team: Option<TeamId>,
    /// The round of handling, from 1.
    pub round: i32,
    /// The first step that is neither done nor skipped.
    pub step: Option<HandlingStep>,
    /// The earliest end of an open promise's window.
    pub call_back_due_at: Option<Moment>,
    /// The earliest moment by which something is due: what a clock waits for, or the end of a promise's window. In the
    /// past when it is overdue.
    pub next_due_at: Option<Moment>,
    /// When it reached us.
    pub received_at: Moment,
    /// When dissatisfaction was first expressed; clocks count from here.
    pub first_expressed_at: Moment,
    /// When it was logged here.
    pub logged_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it was closed, while it is.
    pub closed_at: Option<Moment>,
    /// What was decided, while it is closed.
    pub decision: Option<Decision>,
    /// Whether it was resolved in the first contact; derived at closing.
    pub on_the_spot: bool,
    /// How often it was opened again.
    pub reopened_count: i32,
    /// The complaint that it repeats.
    pub duplicate_of: Option<ComplaintId>,
    /// The words that the desk sorts it by.
    #[serde(default)]
    #[schema(example = json!(["router", "street_12"]))]
    pub tags: Vec<String>,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

impl From<Complaint> for ComplaintSummary {
    fn from(c: Complaint) -> Self {
        Self {
            id: c.id,
            reference: c.reference,
            kind: c.kind,
            channel: c.channel,
            state: c.state,
            ball_with: c.ball_with,
            customer_id: c.customer_id,
            on_behalf_of: c.on_behalf_of,
            subject: c.subject,
            category: c.category,
            language: c.language,
            customer_type: c.customer_type,
            severity: c.severity,
            owner: c.owner,
            team: c.team_id,
            round: c.round,
            step: c.step,
            call_back_due_at: c.call_back_due_at,
            next_due_at: c.next_due_at,
            received_at: c.received_at,
            first_expressed_at: c.first_expressed_at,
            logged_at: c.logged_at,
            updated_at: c.updated_at,
            closed_at: c.closed_at,
            decision: c.decision,
            on_the_spot: c.on_the_spot,
            reopened_count: c.reopened_count,
            duplicate_of: c.duplicate_of,
            tags: Vec::new(),
            version: c.version,
        }
    }
}

/// What the customer said, and the first assessment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StatementView {
    /// In the customer's own words.
    pub statement: String,
    /// What can be verified.
    pub facts: Vec<String>,
    /// What is a personal view.
    pub opinions: Vec<String>,
    /// The product.
    pub product: Option<String>,
    /// The order, contract or account.
    pub order_ref: Option<String>,
    /// When it happened.
    pub incident_at: Option<Moment>,
    /// What the customer wants (ISO 10002).
    pub desired_remedy: Option<String>,
    /// Whether somebody may be hurt (ISO 10002).
    pub safety: bool,
    /// How involved it is (ISO 10002).
    pub complexity: Level,
    /// How far it reaches (ISO 10002).
    pub impact: Level,
    /// Whether something must be done at once (ISO 10002).
    pub immediate_action: bool,
    /// How the customer wants to be reached about this.
    pub preferred_medium: Option<Medium>,
    /// When, in the customer's words.
    pub preferred_time: Option<String>,
    /// Its id in another system.
    pub external_ref: Option<String>,
    /// How to reach the person who spoke, as given with this complaint.
    pub given_contact: GivenContact,
}

impl From<Statement> for StatementView {
    fn from(s: Statement) -> Self {
        Self {
            statement: s.statement,
            facts: s.facts.0,
            opinions: s.opinions.0,
            product: s.product,
            order_ref: s.order_ref,
            incident_at: s.incident_at,
            desired_remedy: s.desired_remedy,
            safety: s.safety,
            complexity: s.complexity,
            impact: s.impact,
            immediate_action: s.immediate_action,
            preferred_medium: s.preferred_medium,
            preferred_time: s.preferred_time,
            external_ref: s.external_ref,
            given_contact: s.given_contact.0,
        }
    }
}

/// A step that was done or skipped.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// Which step.
    pub step: HandlingStep,
    /// In which round.
    pub round: i32,
    /// What was recorded, when it was done.
    pub record: Option<StepRecord>,
    /// Why it was skipped, when it was.
    pub skip_reason: Option<SkipReason>,
    /// More about why.
    pub skip_note: Option<String>,
    /// Who did it.
    pub agent: String,
    /// When.
    pub done_at: Moment,
    /// When it was last amended.
    pub amended_at: Option<Moment>,
}

impl From<StepRow> for StepView {
    fn from(row: StepRow) -> Self {
        Self {
            step: row.step,
            round: row.round,
            record: row.recorded.map(|json| json.0),
            skip_reason: row.skip_reason,
            skip_note: row.skip_note,
            agent: row.agent,
            done_at: row.done_at,
            amended_at: row.amended_at,
        }
    }
}

/// A change of the customer type during the case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TypeChangeView {
    /// The type from then on.
    pub customer_type: CustomerType,
    /// What showed it.
    pub note: Option<String>,
    /// Who saw it.
    pub agent: String,
    /// When.
    pub changed_at: Moment,
}

impl From<TypeChange> for TypeChangeView {
    fn from(change: TypeChange) -> Self {
        let TypeChange {
            customer_type,
            note,
            agent,
            changed_at,
            ..
        } = change;
        Self {
            customer_type,
            note,
            agent,
            changed_at,
        }
    }
}

/// One closing of a complaint.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClosureView {
    /// In which round.
    pub round: i32,
    /// What was decided.
    pub decision: Decision,
    /// Why.
    pub decision_reason: String,
    /// What allowed the closing.
    pub ground: ClosingGround,
    /// What was given.
    pub redress_type: Option<RedressType>,
    /// How much, in the currency's minor units.
    pub redress_minor_units: Option<i64>,
    /// ISO 4217.
    pub redress_currency: Option<String>,
    /// How far the redress has come.
    pub redress_status: Option<RedressStatus>,
    /// Which of the seven causes.
    pub cause_category: Option<CauseCategory>,
    /// The root cause.
    pub root_cause: Option<String>,
    /// Whether it was resolved in the first contact.
    pub on_the_spot: bool,
    /// Who closed it.
    pub closed_by: String,
    /// When.
    pub closed_at: Moment,
}

impl From<Closure> for ClosureView {
    fn from(c: Closure) -> Self {
        Self {
            round: c.round,
            decision: c.decision,
            decision_reason: c.decision_reason,
            ground: c.ground,
            redress_type: c.redress_type,
            redress_minor_units: c.redress_minor_units,
            redress_currency: c.redress_currency,
            redress_status: c.redress_status,
            cause_category: c.cause_category,
            root_cause: c.root_cause,
            on_the_spot: c.on_the_spot,
            closed_by: c.closed_by,
            closed_at: c.closed_at,
        }
    }
}

/// A complaint with everything an agent needs on one screen.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ComplaintView {
    /// What lists show.
    #[serde(flatten)]
    pub summary: ComplaintSummary,
    /// What the customer said.
    pub statement: StatementView,
    /// The steps, in the order they were done.
    pub steps: Vec<StepView>,
    /// How the customer's manner changed.
    pub type_changes: Vec<TypeChangeView>,
    /// What the model proposed as the customer's type when the complaint was logged.
    pub type_proposal: Option<ProposalView>,
    /// Every closing, the oldest first.
    pub closures: Vec<ClosureView>,
}

/// The whole of a complaint.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, id: ComplaintId) -> Result<ComplaintView> {
    let complaint = store::load(conn, id)?;
    of(conn, complaint)
}

/// The products that complaints are about.
///
/// # Errors
/// When the database refuses.
pub fn products_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<(ComplaintId, Option<String>)>> {
    store::products_of(conn, ids)
}

/// Whose complaints these are.
///
/// # Errors
/// When the database refuses.
pub fn customers_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<CustomerId>> {
    store::customers_of(conn, ids)
}

/// Complaints as lists show them, with their tags.
pub(super) fn summaries(conn: &mut Conn, rows: Vec<Complaint>) -> Result<Vec<ComplaintSummary>> {
    let ids: Vec<ComplaintId> = rows.iter().map(|row| row.id).collect();
    let mut tags = marks::tags_of(conn, &ids)?;
    let summary = |row: Complaint| ComplaintSummary {
        tags: tags.remove(&row.id).unwrap_or_default(),
        ..row.into()
    };
    Ok(rows.into_iter().map(summary).collect())
}

/// The whole of a complaint that has been loaded.
pub(super) fn of(conn: &mut Conn, complaint: Complaint) -> Result<ComplaintView> {
    let id = complaint.id;
    let tags = marks::tags_of(conn, &[id])?.remove(&id).unwrap_or_default();
    Ok(ComplaintView {
        statement: store::load_statement(conn, id)?.into(),
        steps: store::steps_of(conn, id)?.into_iter().map(StepView::from).collect(),
        type_changes: store::type_changes_of(conn, id)?
            .into_iter()
            .map(TypeChangeView::from)
            .collect(),
        type_proposal: proposals::of(conn, id)?,
        closures: store::closures_of(conn, id)?
            .into_iter()
            .map(ClosureView::from)
            .collect(),
        summary: ComplaintSummary {
            tags,
            ..complaint.into()
        },
    })
}
