//! Proposals of a customer type, and how good they are.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Query};
use crate::clock::Moment;
use crate::domain::complaints::intake::Intake;
use crate::domain::complaints::view::ComplaintView;
use crate::domain::typing::CustomerType;
use crate::domain::typing::learning::{self, LayerView};
use crate::domain::typing::proposals::{Mode, Proposal};
use crate::domain::typing::report::{self, TypingReport};
use crate::domain::typing::suggestion::{self, Suggestion, SuggestionForm};
use crate::domain::typing::undo;
use crate::error::Result;

/// Propose a customer type.
///
/// From the text as far as it is written: the four types with calibrated probabilities, or that no type is clear with
/// the two nearest; the words it rests on; how to meet such a customer. The agent decides. Changes nothing, keeps nothing.
#[utoipa::path(post, path = "/api/v1/typing/suggestions", tag = "typing", request_body = SuggestionForm,
    responses((status = 200, description = "The proposal.", body = Suggestion)))]
pub(super) async fn suggest_customer_type(ctx: Ctx, body: Body<SuggestionForm>) -> Result<HttpResponse> {
    let live = ctx.app.typing().await;
    let timer = ctx.app.metrics.typing.seconds.start_timer();
    let told = suggestion::suggest(&live, &body.value, ctx.app.policy.typing_blind_percent)?;
    timer.observe_duration();
    let outcome = match (told.blind, told.abstained) {
        (true, _) => "blind",
        (false, true) => "abstained",
        (false, false) => "proposed",
    };
    ctx.app
        .metrics
        .typing
        .suggestions
        .with_label_values(&[told.language.as_str(), outcome])
        .inc();
    answer::ok(&told)
}

/// What the model proposes for a complaint on its way in.
pub(crate) async fn propose(ctx: &Ctx, intake: &Intake) -> Proposal {
    let live = ctx.app.typing().await;
    let proposal = intake.proposal(&live, ctx.app.policy.typing_blind_percent);
    if let Some(said) = intake.said() {
        count(ctx, proposal.mode(), proposal.proposed(), said);
    }
    proposal
}

/// Counts what an agent said of a complaint's proposal.
pub(crate) fn count_decision(ctx: &Ctx, complaint: &ComplaintView) {
    if let Some(proposal) = &complaint.type_proposal
        && let (Some(proposed), Some(said)) = (proposal.proposed, proposal.decided)
    {
        count(ctx, proposal.mode, proposed, said);
    }
}

fn count(ctx: &Ctx, mode: Mode, proposed: CustomerType, said: CustomerType) {
    let result = match proposed {
        same if same == said => "confirmed",
        CustomerType::NotClear => "after_abstention",
        _ => "corrected",
    };
    let decisions = &ctx.app.metrics.typing.decisions;
    decisions.with_label_values(&[mode.as_str(), result]).inc();
}

/// Which proposals to report on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// Made from this moment on; ninety days back when left out.
    from: Option<Moment>,
    /// Made before this moment.
    before: Option<Moment>,
}

/// Report on the proposals.
///
/// Agreement of agents with what was proposed, blind and shown: confusion matrix, kappa, calibration, abstention; by
/// language and version of the model.
#[utoipa::path(get, path = "/api/v1/typing/report", tag = "typing", params(ReportQuery),
    responses((status = 200, description = "The figures.", body = TypingReport)))]
pub(super) async fn get_typing_report(ctx: Ctx, query: Query<ReportQuery>) -> Result<HttpResponse> {
    let ReportQuery { from, before } = query.0;
    let report = ctx
        .read(move |conn, act| report::report(conn, act.now, from, before))
        .await?;
    answer::ok(&report)
}

/// List what was learnt.
///
/// The versions of what this installation adds to the model, the newest first, each with how it compares to the one
/// before on decisions that are never learnt from.
#[utoipa::path(get, path = "/api/v1/typing/layers", tag = "typing",
    responses((status = 200, description = "The versions.", body = [LayerView])))]
pub(super) async fn list_typing_layers(ctx: Ctx) -> Result<HttpResponse> {
    answer::ok(&ctx.read(|conn, _| learning::versions(conn)).await?)
}

/// Take back what was learnt last.
///
/// The version before is in use again, or the model alone: here at once, in other processes within two seconds.
#[utoipa::path(post, path = "/api/v1/typing/layers/undo", tag = "typing",
    responses((status = 200, description = "The versions as they are now.", body = [LayerView])))]
pub(super) async fn undo_typing_layer(ctx: Ctx) -> Result<HttpResponse> {
    let nothing = Body::nothing();
    let versions = ctx.once(nothing, |conn, act, ()| undo::undo(conn, act)).await?;
    ctx.app.doubt_typing();
    answer::ok(&versions)
}
