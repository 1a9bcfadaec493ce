//! Corrective actions, and whether they helped.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::page::{self, Page};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::view::ComplaintSummary;
use crate::domain::complaints::vocabulary::CauseCategory;
use crate::domain::improvement::actions::{self, Listing};
use crate::domain::improvement::effect::{self, EffectView};
use crate::domain::improvement::links;
use crate::domain::improvement::model::{
    ActionChangeForm, ActionEndForm, ActionForm, ActionState, ActionView, VerificationForm,
};
use crate::domain::sla::explain;
use crate::error::Result;
use crate::ids::{ComplaintId, CorrectiveActionId};
use crate::review::Language;

/// Which corrective actions to list; everything that is said must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ActionQuery {
    /// Where they stand.
    state: Option<ActionState>,
    /// What they are to mend.
    cause: Option<CauseCategory>,
    /// Who sees to them.
    owner: Option<String>,
    /// Only the caller's own.
    mine: Option<bool>,
    /// Only those that are open and past the day by which they were due.
    overdue: Option<bool>,
    /// Only those about this complaint.
    complaint: Option<ComplaintId>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LinkedQuery {
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EffectQuery {
    /// In which language `words` are; the desk's own when left out.
    language: Option<Language>,
}

/// List corrective actions.
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/corrective-actions", tag = "improvement", params(ActionQuery),
    responses((status = 200, description = "A page of actions.", body = Page<ActionView>)))]
pub(super) async fn list_corrective_actions(ctx: Ctx, query: Query<ActionQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let limit = page::limit(query.limit)?;
    let mine = query.mine.unwrap_or(false).then(|| ctx.actor().name.clone());
    // No stored text holds a NUL, and PostgreSQL takes none.
    let owner = query.owner.map(|owner| owner.replace('\0', ""));
    if mine.is_some() && owner.is_some() && mine != owner {
        return answer::ok(&Page::<ActionView> {
            items: Vec::new(),
            next_cursor: None,
        });
    }
    let listing = Listing {
        state: query.state,
        cause: query.cause,
        owner: mine.or(owner),
        complaint: query.complaint,
        overdue: query.overdue.unwrap_or(false),
        after: page::decode(query.cursor.as_deref())?,
        limit: limit + 1,
    };
    let rows = ctx.read(move |conn, act| actions::list(conn, act, &listing)).await?;
    answer::ok(&Page::of(rows, limit, |row| row.id)?)
}

/// Make a corrective action.
///
/// Against a root cause, with an owner and the day by which it is due.
#[utoipa::path(post, path = "/api/v1/corrective-actions", tag = "improvement", request_body = ActionForm,
    responses((status = 201, description = "The action.", body = ActionView)))]
pub(super) async fn create_corrective_action(ctx: Ctx, body: Body<ActionForm>) -> Result<HttpResponse> {
    let made = ctx.once(body, actions::create).await?;
    answer::created(&format!("/api/v1/corrective-actions/{}", made.id), made.version, &made)
}

/// Read a corrective action.
///
/// Where it stands, who sees to it, and by when.
#[utoipa::path(get, path = "/api/v1/corrective-actions/{id}", tag = "improvement",
    params(("id" = CorrectiveActionId, Path, description = "The action.")),
    responses((status = 200, description = "The action.", body = ActionView)))]
pub(super) async fn get_corrective_action(ctx: Ctx, id: Id<CorrectiveActionId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, act| actions::get(conn, act, id.0)).await?;
    answer::ok_version(found.version, &found)
}

/// Change a corrective action.
///
/// While it is open. Needs `If-Match`.
#[utoipa::path(patch, path = "/api/v1/corrective-actions/{id}", tag = "improvement", request_body = ActionChangeForm,
    params(("id" = CorrectiveActionId, Path, description = "The action.")),
    responses((status = 200, description = "The action as it is now.", body = ActionView)))]
pub(super) async fn change_corrective_action(
    ctx: Ctx,
    id: Id<CorrectiveActionId>,
    version: IfMatch,
    body: Body<ActionChangeForm>,
) -> Result<HttpResponse> {
    let version = version.required()?;
    let changed = ctx
        .write(move |conn, act| actions::change(conn, act, id.0, version, &body.value))
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// End a corrective action.
///
/// It was done, from a day on, or it will not be. Its owner ends it, or whoever may manage actions.
#[utoipa::path(post, path = "/api/v1/corrective-actions/{id}/close", tag = "improvement", request_body = ActionEndForm,
    params(("id" = CorrectiveActionId, Path, description = "The action.")),
    responses((status = 200, description = "The action as it is now.", body = ActionView)))]
pub(super) async fn close_corrective_action(
    ctx: Ctx,
    id: Id<CorrectiveActionId>,
    version: IfMatch,
    body: Body<ActionEndForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            actions::close(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Say whether a corrective action helped.
///
/// By the judgement of somebody else than its owner; `GET …/effect` says what the figures tell.
#[utoipa::path(post, path = "/api/v1/corrective-actions/{id}/verify", tag = "improvement", request_body = VerificationForm,
    params(("id" = CorrectiveActionId, Path, description = "The action.")),
    responses((status = 200, description = "The action as it is now.", body = ActionView)))]
pub(super) async fn verify_corrective_action(
    ctx: Ctx,
    id: Id<CorrectiveActionId>,
    version: IfMatch,
    body: Body<VerificationForm>,
) -> Result<HttpResponse> {
    let changed = ctx
        .once(body, move |conn, act, form| {
            actions::verify(conn, act, id.0, version.0, form)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Open a corrective action again.
///
/// It was ended by mistake, or too early. What was said of its end is taken back.
#[utoipa::path(post, path = "/api/v1/corrective-actions/{id}/reopen", tag = "improvement",
    params(("id" = CorrectiveActionId, Path, description = "The action.")),
    responses((status = 200, description = "The action as it is now.", body = ActionView)))]
pub(super) async fn reopen_corrective_action(
    ctx: Ctx,
    id: Id<CorrectiveActionId>,
    version: IfMatch,
) -> Result<HttpResponse> {
    let nothing = Body::nothing();
    let changed = ctx
        .once(nothing, move |conn, act, ()| {
            actions::reopen(conn, act, id.0, version.0)
        })
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Read whether a corrective action helped.
///
/// Complaints with its cause among those taken in, in equally long periods before and after the day on which it took
/// effect, by the day of their receipt, and the ratio of the two shares with exact limits of 95 %.
#[utoipa::path(get, path = "/api/v1/corrective-actions/{id}/effect", tag = "improvement",
    params(("id" = CorrectiveActionId, Path, description = "The action."), EffectQuery),
    responses((status = 200, description = "What the figures say.", body = EffectView)))]
pub(super) async fn get_corrective_action_effect(
    ctx: Ctx,
    id: Id<CorrectiveActionId>,
    query: Query<EffectQuery>,
) -> Result<HttpResponse> {
    let chinese = match query.0.language {
        Some(language) => language != Language::En,
        None => ctx.app.policy.default_language.starts_with("zh"),
    };
    let language = match chinese {
        true => explain::Language::ZhCn,
        false => explain::Language::En,
    };
    let found = ctx
        .read(move |conn, act| effect::effect(conn, act, id.0, language))
        .await?;
    answer::ok(&found)
}

/// List the complaints of a corrective action.
///
/// In the order in which they were logged.
#[utoipa::path(get, path = "/api/v1/corrective-actions/{id}/complaints", tag = "improvement",
    params(("id" = CorrectiveActionId, Path, description = "The action."), LinkedQuery),
    responses((status = 200, description = "A page of complaints.", body = Page<ComplaintSummary>)))]
pub(super) async fn list_complaints_of_corrective_action(
    ctx: Ctx,
    id: Id<CorrectiveActionId>,
    query: Query<LinkedQuery>,
) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode(query.0.cursor.as_deref())?;
    let found = ctx
        .read(move |conn, _| links::list(conn, id.0, after, limit + 1))
        .await?;
    let page = Page::of(found, limit, |summary| summary.id)?;
    let ids: Vec<ComplaintId> = page.items.iter().map(|summary| summary.id).collect();
    let event = Event::about_many(ObjectKind::Complaint, "complaint.listed")
        .of(page.items.iter().map(|summary| summary.customer_id))
        .with(json!({ "complaints": ids, "corrective_action": id.0 }));
    ctx.disclose(event).await?;
    answer::ok(&page)
}

/// Link a complaint to a corrective action.
///
/// The action is about it. Linking twice is the same as once.
#[utoipa::path(put, path = "/api/v1/corrective-actions/{id}/complaints/{complaint}", tag = "improvement",
    params(
        ("id" = CorrectiveActionId, Path, description = "The action."),
        ("complaint" = ComplaintId, Path, description = "The complaint."),
    ),
    responses((status = 200, description = "The action as it is now.", body = ActionView)))]
pub(super) async fn link_complaint_to_corrective_action(
    ctx: Ctx,
    ids: Id<(CorrectiveActionId, ComplaintId)>,
    version: IfMatch,
) -> Result<HttpResponse> {
    let (id, complaint) = ids.0;
    let changed = ctx
        .write(move |conn, act| links::link(conn, act, id, complaint, version.0))
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// Take a complaint away from a corrective action.
///
/// Taking it away twice is the same as once.
#[utoipa::path(delete, path = "/api/v1/corrective-actions/{id}/complaints/{complaint}", tag = "improvement",
    params(
        ("id" = CorrectiveActionId, Path, description = "The action."),
        ("complaint" = ComplaintId, Path, description = "The complaint."),
    ),
    responses((status = 200, description = "The action as it is now.", body = ActionView)))]
pub(super) async fn unlink_complaint_from_corrective_action(
    ctx: Ctx,
    ids: Id<(CorrectiveActionId, ComplaintId)>,
    version: IfMatch,
) -> Result<HttpResponse> {
    let (id, complaint) = ids.0;
    let changed = ctx
        .write(move |conn, act| links::unlink(conn, act, id, complaint, version.0))
        .await?;
    answer::ok_version(changed.version, &changed)
}
