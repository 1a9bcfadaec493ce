//! What was proposed for a complaint, kept with it, and what the agents said of it.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::layer::Live;
use super::model::Verdict;
use super::store::{self, ProposalRow};
use super::{CustomerType, Language};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::text_enum;

text_enum! {
    /// What the agent knew of the proposal when deciding.
    Mode {
        /// The proposal was shown while the complaint was written.
        Shown = "shown",
        /// The agent decided before seeing it.
        Blind = "blind",
        /// Nobody asked for it; the complaint came another way.
        Unseen = "unseen",
    }
}

/// A proposal for a complaint on its way in.
#[derive(Debug, Clone)]
pub struct Proposal {
    language: Language,
    model_version: String,
    verdict: Verdict,
    mode: Mode,
}

impl Proposal {
    /// What the model makes of a statement.
    pub fn of(live: &Live, statement: &str, said: &str, mode: Mode) -> Self {
        let language = Language::of(statement, Some(said));
        Self {
            language,
            model_version: live.name(),
            verdict: live.judge_text(language, statement),
            mode,
        }
    }

    /// What the agent knows of it.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// The proposed type.
    pub fn proposed(&self) -> CustomerType {
        self.verdict.proposed()
    }

    /// The row for a complaint; `decided` when the agent has said the type already.
    fn row(&self, id: ComplaintId, decided: Option<CustomerType>, now: Moment) -> ProposalRow {
        let [(likeliest, confidence), (second, _), ..] = self.verdict.ranked();
        let confidence_permille = permille(confidence);
        ProposalRow {
            complaint_id: id,
            language: self.language.as_str().to_owned(),
            model_version: self.model_version.clone(),
            likeliest,
            second,
            confidence_permille,
            confidence_bin: (confidence_permille / 100).min(9),
            unclear_permille: permille(self.verdict.unclear),
            abstained: self.verdict.abstained,
            mode: self.mode,
            proposed_at: now,
            first_type: decided,
            agent_type: decided,
            decided_at: decided.map(|_| now),
            to_learn: decided.is_some(),
            sample_key: sample_key(id),
        }
    }
}

fn permille(p: f32) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a share of a thousand")]
    let n = (p * 1_000.0).round() as i32;
    n.clamp(0, 1_000)
}

fn sample_key(id: ComplaintId) -> i32 {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(id.0.as_bytes()));
    i32::from_be_bytes([a & 0x7f, b, c, d])
}

/// The proposals of complaints that were just logged.
///
/// # Errors
/// When the database refuses.
pub fn keep_all(conn: &mut Conn, proposals: &[(ComplaintId, &Proposal, Option<CustomerType>, Moment)]) -> Result<()> {
    let rows: Vec<ProposalRow> = proposals
        .iter()
        .map(|(id, proposal, decided, now)| proposal.row(*id, *decided, *now))
        .collect();
    store::insert_proposals(conn, &rows)
}

/// Takes note of what an agent says; complaints without a proposal are left alone.
///
/// # Errors
/// When the database refuses.
pub fn decide(conn: &mut Conn, id: ComplaintId, customer_type: CustomerType, now: Moment) -> Result<()> {
    let Some(mut row) = store::proposal_of(conn, id)? else {
        return Ok(());
    };
    row.first_type = row.first_type.or(Some(customer_type));
    row.agent_type = Some(customer_type);
    row.decided_at = Some(now);
    row.to_learn = true;
    store::decide(conn, &row)
}

/// What the model proposed when the complaint was logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalView {
    /// The proposed type; `not_clear` when none was clear enough; nothing while the agent is to decide first.
    pub proposed: Option<CustomerType>,
    /// The likeliest of the four types, however likely; nothing while the agent is to decide first.
    pub likeliest: Option<CustomerType>,
    /// How likely it was, in thousandths; nothing while the agent is to decide first.
    #[schema(example = 870)]
    pub confidence_permille: Option<i32>,
    /// What the agent knew of the proposal.
    pub mode: Mode,
    /// Edition of the model and number of what the installation had learnt.
    #[schema(example = "1.0")]
    pub model_version: String,
    /// What an agent said last; nothing when none has said anything.
    pub decided: Option<CustomerType>,
}

/// What a machine made of a customer's words, for the customer to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Of which complaint.
    pub complaint_id: ComplaintId,
    /// What it proposed.
    pub proposed: CustomerType,
    /// How likely it held the likeliest type, in thousandths.
    pub confidence_permille: i32,
    /// Edition of the model and number of what the installation had learnt.
    pub model_version: String,
    /// When.
    pub proposed_at: Moment,
}

/// The proposals of these complaints, for an export of what is held about a customer.
///
/// # Errors
/// When the database refuses.
pub fn of_all(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<Told>> {
    let rows = store::proposals_of(conn, ids)?;
    Ok(rows
        .into_iter()
        .map(|row| Told {
            complaint_id: row.complaint_id,
            proposed: if row.abstained {
                CustomerType::NotClear
            } else {
                row.likeliest
            },
            confidence_permille: row.confidence_permille,
            model_version: row.model_version,
            proposed_at: row.proposed_at,
        })
        .collect())
}

/// The proposal of a complaint. A blind one stays hidden until an agent has decided.
///
/// # Errors
/// When the database refuses.
pub fn of(conn: &mut Conn, id: ComplaintId) -> Result<Option<ProposalView>> {
    let Some(row) = store::proposal_of(conn, id)? else {
        return Ok(None);
    };
    let hidden = row.mode == Mode::Blind && row.agent_type.is_none();
    let proposed = if row.abstained {
        CustomerType::NotClear
    } else {
        row.likeliest
    };
    Ok(Some(ProposalView {
        proposed: (!hidden).then_some(proposed),
        likeliest: (!hidden).then_some(row.likeliest),
        confidence_permille: (!hidden).then_some(row.confidence_permille),
        mode: row.mode,
        model_version: row.model_version,
        decided: row.agent_type,
    }))
}
