//! The audit, for auditors.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, ContentType};
use actix_web::web::Bytes;
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Ctx, Id, Query};
use super::page::{self, Page};
use super::sheets;
use crate::clock::Moment;
use crate::domain::audit::query::{self, AuditEvent, AuditEventDetail, Filter};
use crate::domain::audit::seal::{self, SealView};
use crate::domain::audit::{Event, ObjectKind};
use crate::error::Result;
use crate::ids::{AnyId, AuditEventId, CustomerId};

/// Which events; everything that is said must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// Done by this person or service token.
    actor_id: Option<AnyId>,
    /// Done under this name.
    #[param(example = "li.na")]
    actor: Option<String>,
    /// What was done; with a dot at the end, everything of a kind.
    #[param(example = "complaint.")]
    action: Option<String>,
    /// Done to this kind of thing.
    object_kind: Option<ObjectKind>,
    /// Done to this.
    object_id: Option<AnyId>,
    /// About the personal data of this customer.
    customer_id: Option<CustomerId>,
    /// Of this request.
    request_id: Option<String>,
    /// At or after this moment.
    from: Option<Moment>,
    /// Before this moment.
    before: Option<Moment>,
    /// How many, 1 to 200; 50 when left out. The CSV file has all of them.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

fn filter_of(query: &AuditQuery) -> Filter {
    // No stored text holds a NUL, and PostgreSQL takes none.
    let text = |value: &Option<String>| value.as_deref().map(|text| text.replace('\0', ""));
    Filter {
        actor_id: query.actor_id,
        actor: text(&query.actor),
        action: text(&query.action),
        object_kind: query.object_kind,
        object_id: query.object_id,
        customer_id: query.customer_id,
        request_id: text(&query.request_id),
        from: query.from,
        before: query.before,
    }
}

/// Search the audit.
///
/// The newest first. Fields that hold personal data are told by reference.
#[utoipa::path(get, path = "/api/v1/audit/events", tag = "audit", params(AuditQuery),
    responses((status = 200, description = "A page of events.", body = Page<AuditEvent>)))]
pub(super) async fn list_audit_events(ctx: Ctx, query: Query<AuditQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<AuditEventId>(query.0.cursor.as_deref())?;
    let filter = filter_of(&query.0);
    let rows = ctx
        .read(move |conn, _| query::list(conn, &filter, after, limit + 1))
        .await?;
    answer::ok(&Page::of(rows, limit, |row| row.id)?)
}

/// Read an event of the audit.
///
/// With the personal values that it refers to, as far as they have not been erased. Reading it is an event, too.
#[utoipa::path(get, path = "/api/v1/audit/events/{id}", tag = "audit",
    params(("id" = AuditEventId, Path, description = "The event.")),
    responses((status = 200, description = "The event.", body = AuditEventDetail)))]
pub(super) async fn get_audit_event(ctx: Ctx, id: Id<AuditEventId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, _| query::get(conn, id.0)).await?;
    let event = Event::on(ObjectKind::Audit, id.0.0, "audit.read").of(found.customers.iter().copied());
    ctx.disclose(event).await?;
    answer::ok(&found)
}

/// The rows of one piece of a CSV file.
const PIECE: i64 = 1_000;

/// Export the audit as CSV.
///
/// Every event that the filter lets through, the newest first; `limit` and `cursor` are not looked at. The export is an
/// event, too.
#[utoipa::path(get, path = "/api/v1/audit/events.csv", tag = "audit", params(AuditQuery),
    responses((status = 200, description = "The events.", content_type = "text/csv", body = String)))]
pub(super) async fn export_audit_events(ctx: Ctx, query: Query<AuditQuery>) -> Result<HttpResponse> {
    page::limit(query.0.limit)?;
    page::decode::<AuditEventId>(query.0.cursor.as_deref())?;
    let filter = filter_of(&query.0);
    let event = Event::about_many(ObjectKind::Audit, "audit.exported").with(serde_json::json!({
        "actor_id": filter.actor_id, "actor": filter.actor, "action": filter.action, "object_kind": filter.object_kind,
        "object_id": filter.object_id, "request_id": filter.request_id, "from": filter.from, "before": filter.before,
    }));
    ctx.disclose(event.of(filter.customer_id)).await?;
    let start = (ctx, filter, Some(None), true);
    let pieces = stream::try_unfold(start, |(ctx, filter, place, first)| async move {
        let Some(below) = place else { return Ok(None) };
        let wanted = filter.clone();
        let rows = ctx
            .read(move |conn, _| query::list(conn, &wanted, below, PIECE))
            .await?;
        let more = i64::try_from(rows.len()).unwrap_or_default() == PIECE;
        let next = rows.last().filter(|_| more).map(|row| Some(row.id));
        let text = csv_of(&rows, first)?;
        Ok::<_, crate::error::Error>(Some((Bytes::from(text), (ctx, filter, next, false))))
    });
    Ok(HttpResponse::Ok()
        .insert_header(ContentType(mime::TEXT_CSV_UTF_8))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""))
        .streaming(pieces))
}

fn csv_of(rows: &[AuditEvent], with_header: bool) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| crate::error::Error::internal(format!("csv: {e}"));
    if with_header {
        let names = [
            "id",
            "happened_at",
            "actor_kind",
            "actor",
            "actor_id",
            "action",
            "object_kind",
            "object_id",
            "fields",
            "purpose",
            "request_id",
            "address",
        ];
        writer.write_record(names).map_err(failed)?;
    }
    for row in rows {
        let id = |id: Option<AnyId>| id.map(|id| id.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let record = [
            row.id.to_string(),
            row.happened_at.to_string(),
            row.actor_kind.to_string(),
            row.actor.clone(),
            id(row.actor_id),
            row.action.clone(),
            row.object_kind.to_string(),
            id(row.object_id),
            row.fields.as_ref().map(ToString::to_string).unwrap_or_default(),
            text(&row.purpose),
            text(&row.request_id),
            text(&row.address),
        ];
        writer.write_record(record.map(sheets::harmless)).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|e| crate::error::Error::internal(format!("csv: {e}")))
}

/// How far the list of seals is to go.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SealQuery {
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// List the seals of the audit.
///
/// The newest first. Keep the number and hash of one elsewhere: `hark audit verify --expect NUMBER:HASH` then also finds
/// that the end of the audit was cut off.
#[utoipa::path(get, path = "/api/v1/audit/seals", tag = "audit", params(SealQuery),
    responses((status = 200, description = "A page of seals.", body = Page<SealView>)))]
pub(super) async fn list_audit_seals(ctx: Ctx, query: Query<SealQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let below = page::decode::<i64>(query.0.cursor.as_deref())?;
    let rows = ctx.read(move |conn, _| seal::list(conn, below, limit + 1)).await?;
    answer::ok(&Page::of(rows, limit, |row| row.number)?)
}
