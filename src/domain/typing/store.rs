//! SQL of proposals and of what was learnt.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::proposals::Mode;
use super::{CustomerType, learning::LayerState};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{anonymised_complaints, complaint_statements, typing_layers, typing_proposals};
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::insert_rows;

/// What was proposed for a complaint, and what the agents said.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = typing_proposals, treat_none_as_default_value = false)]
pub(super) struct ProposalRow {
    pub(super) complaint_id: ComplaintId,
    pub(super) language: String,
    pub(super) model_version: String,
    pub(super) likeliest: CustomerType,
    pub(super) second: CustomerType,
    pub(super) confidence_permille: i32,
    /// The confidence in tenths, for the calibration curve.
    pub(super) confidence_bin: i32,
    pub(super) unclear_permille: i32,
    pub(super) abstained: bool,
    pub(super) mode: Mode,
    pub(super) proposed_at: Moment,
    /// What an agent said first: for measuring agreement.
    pub(super) first_type: Option<CustomerType>,
    /// What was said last: for learning.
    pub(super) agent_type: Option<CustomerType>,
    pub(super) decided_at: Option<Moment>,
    pub(super) to_learn: bool,
    /// A number that depends on the complaint's id alone: the reservoir are the rows with the smallest.
    pub(super) sample_key: i32,
}

/// A version of what was learnt, without the weights.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = typing_layers, treat_none_as_default_value = false)]
pub(super) struct LayerRow {
    pub(super) version: i32,
    pub(super) edition: i32,
    pub(super) state: LayerState,
    pub(super) lessons: i32,
    pub(super) held_out: i32,
    pub(super) right_before: i32,
    pub(super) right_after: i32,
    pub(super) created_at: Moment,
    pub(super) undone_by: Option<String>,
    pub(super) undone_at: Option<Moment>,
}

/// A new version.
#[derive(Debug, Insertable)]
#[diesel(table_name = typing_layers)]
pub(super) struct NewLayer {
    #[diesel(embed)]
    pub(super) row: LayerRow,
    pub(super) weights: Vec<u8>,
}

/// A decision with the text it was made on.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Decided {
    pub(super) complaint_id: ComplaintId,
    pub(super) language: String,
    pub(super) agent_type: Option<CustomerType>,
    pub(super) decided_at: Option<Moment>,
    pub(super) sample_key: i32,
    pub(super) text: String,
}

/// How often a combination occurs.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Tally {
    pub(super) language: String,
    pub(super) model_version: String,
    pub(super) mode: Mode,
    pub(super) likeliest: CustomerType,
    pub(super) abstained: bool,
    pub(super) first_type: Option<CustomerType>,
    pub(super) confidence_bin: i32,
    pub(super) n: i64,
}

pub(super) fn insert_proposals(conn: &mut Conn, rows: &[ProposalRow]) -> Result<()> {
    insert_rows!(conn, typing_proposals::table, rows)?;
    Ok(())
}

pub(super) fn proposal_of(conn: &mut Conn, id: ComplaintId) -> Result<Option<ProposalRow>> {
    Ok(typing_proposals::table
        .find(id)
        .select(ProposalRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn proposals_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<ProposalRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(typing_proposals::table
        .filter(typing_proposals::complaint_id.eq_any(ids.to_vec()))
        .select(ProposalRow::as_select())
        .load(conn)?)
}

pub(super) fn decide(conn: &mut Conn, row: &ProposalRow) -> Result<()> {
    use typing_proposals::dsl;
    diesel::update(dsl::typing_proposals.find(row.complaint_id))
        .set((
            dsl::first_type.eq(row.first_type),
            dsl::agent_type.eq(row.agent_type),
            dsl::decided_at.eq(row.decided_at),
            dsl::to_learn.eq(row.to_learn),
        ))
        .execute(conn)?;
    Ok(())
}

const DECIDED: (
    typing_proposals::complaint_id,
    typing_proposals::language,
    typing_proposals::agent_type,
    typing_proposals::decided_at,
    typing_proposals::sample_key,
    complaint_statements::statement,
) = (
    typing_proposals::complaint_id,
    typing_proposals::language,
    typing_proposals::agent_type,
    typing_proposals::decided_at,
    typing_proposals::sample_key,
    complaint_statements::statement,
);

/// Decisions that wait to be learnt, the oldest first.
pub(super) fn to_learn(conn: &mut Conn, limit: i64) -> Result<Vec<Decided>> {
    Ok(typing_proposals::table
        .inner_join(
            complaint_statements::table.on(complaint_statements::complaint_id.eq(typing_proposals::complaint_id)),
        )
        .filter(typing_proposals::to_learn)
        // Of an anonymised complaint there is no text left to learn from.
        .filter(
            typing_proposals::complaint_id
                .ne_all(anonymised_complaints::table.select(anonymised_complaints::complaint_id)),
        )
        .order((typing_proposals::decided_at.asc(), typing_proposals::complaint_id.asc()))
        .limit(limit)
        .select(DECIDED)
        .load(conn)?)
}

/// The reservoir: of all decisions in a language those with the smallest sample keys.
pub(super) fn reservoir(conn: &mut Conn, language: &str, limit: i64) -> Result<Vec<Decided>> {
    Ok(typing_proposals::table
        .inner_join(
            complaint_statements::table.on(complaint_statements::complaint_id.eq(typing_proposals::complaint_id)),
        )
        .filter(typing_proposals::language.eq(language.to_owned()))
        .filter(typing_proposals::agent_type.is_not_null())
        // Of an anonymised complaint there is no text left to learn from.
        .filter(
            typing_proposals::complaint_id
                .ne_all(anonymised_complaints::table.select(anonymised_complaints::complaint_id)),
        )
        .order(typing_proposals::sample_key.asc())
        .limit(limit)
        .select(DECIDED)
        .load(conn)?)
}

/// A decision that was changed since stays waiting.
pub(super) fn mark_learnt(conn: &mut Conn, id: ComplaintId, decided_at: Option<Moment>) -> Result<()> {
    use typing_proposals::dsl;
    diesel::update(dsl::typing_proposals.find(id).filter(dsl::decided_at.eq(decided_at)))
        .set(dsl::to_learn.eq(false))
        .execute(conn)?;
    Ok(())
}

pub(super) fn live(conn: &mut Conn) -> Result<Option<LayerRow>> {
    Ok(typing_layers::table
        .filter(typing_layers::state.eq(LayerState::Live))
        .select(LayerRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn weights(conn: &mut Conn, version: i32) -> Result<Vec<u8>> {
    Ok(typing_layers::table
        .find(version)
        .select(typing_layers::weights)
        .first(conn)?)
}

pub(super) fn layers(conn: &mut Conn, limit: i64) -> Result<Vec<LayerRow>> {
    Ok(typing_layers::table
        .order(typing_layers::version.desc())
        .limit(limit)
        .select(LayerRow::as_select())
        .load(conn)?)
}

pub(super) fn insert_layer(conn: &mut Conn, layer: &NewLayer) -> Result<()> {
    diesel::insert_into(typing_layers::table).values(layer).execute(conn)?;
    Ok(())
}

pub(super) fn set_state(conn: &mut Conn, version: i32, state: LayerState) -> Result<()> {
    diesel::update(typing_layers::table.find(version))
        .set(typing_layers::state.eq(state))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_undone(conn: &mut Conn, version: i32, by: &str, at: Moment) -> Result<()> {
    diesel::update(typing_layers::table.find(version))
        .set((
            typing_layers::state.eq(LayerState::Undone),
            typing_layers::undone_by.eq(Some(by.to_owned())),
            typing_layers::undone_at.eq(Some(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets old versions that are not live.
pub(super) fn forget_before(conn: &mut Conn, version: i32) -> Result<()> {
    diesel::delete(
        typing_layers::table
            .filter(typing_layers::version.lt(version))
            .filter(typing_layers::state.ne(LayerState::Live)),
    )
    .execute(conn)?;
    Ok(())
}

/// Counts proposals of a time by everything that the report looks at.
pub(super) fn tallies(conn: &mut Conn, from: Moment, before: Moment) -> Result<Vec<Tally>> {
    use typing_proposals::dsl;
    let rows: Vec<Tally> = dsl::typing_proposals
        .filter(dsl::proposed_at.ge(from))
        .filter(dsl::proposed_at.lt(before))
        .group_by((
            dsl::language,
            dsl::model_version,
            dsl::mode,
            dsl::likeliest,
            dsl::abstained,
            dsl::first_type,
            dsl::confidence_bin,
        ))
        .select((
            dsl::language,
            dsl::model_version,
            dsl::mode,
            dsl::likeliest,
            dsl::abstained,
            dsl::first_type,
            dsl::confidence_bin,
            count_star(),
        ))
        .load(conn)?;
    Ok(rows)
}
