//! Files that belong to a complaint, for staff and for the customer.

use std::collections::BTreeMap;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::LocalBoxStream;
use serde::Deserialize;
use serde_json::json;
use utoipa::openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, ToSchema};

use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::upload::{Upload, UploadQuery};
use super::{answer, headers};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::attachments::media::Media;
use crate::domain::complaints::attachments::{self, Attachment, AttachmentView, NewAttachment, Way, Whose};
use crate::error::Result;
use crate::files::Received;
use crate::ids::{AttachmentId, ComplaintId};

/// A file as a form of a browser sends it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read piece by piece")]
pub(super) struct UploadForm {
    /// The file. Its name is kept for people to read.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Attach a file.
///
/// As a form (`multipart/form-data` with one field `file`) or as it is, with its name in the query. What it is, is told by its
/// content: JPEG, PNG, WebP, HEIC, PDF, plain text, MP3, M4A, Ogg, WAV or MP4. The customer sees it when it is `shared`.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/attachments", tag = "attachments",
    request_body(content((UploadForm = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    params(("id" = ComplaintId, Path, description = "The complaint."), UploadQuery),
    responses((status = 201, description = "The file is kept.", body = AttachmentView)))]
pub(super) async fn add_attachment(
    ctx: Ctx,
    id: Id<ComplaintId>,
    version: IfMatch,
    query: Query<UploadQuery>,
    upload: Upload,
) -> Result<HttpResponse> {
    let at = format!("/api/v1/complaints/{}/attachments", id.0);
    add(&ctx, Way::Staff(id.0), version, query.0, upload, &at).await
}

/// Attach a file to one's own complaint.
///
/// As staff do: a photo, a receipt, a recording.
#[utoipa::path(post, path = "/api/v1/public/complaints/{token}/attachments", tag = "public",
    request_body(content((UploadForm = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    params(("token" = String, Path, description = "The secret of the private link."), UploadQuery),
    responses((status = 201, description = "The file is kept.", body = AttachmentView)))]
pub(super) async fn send_attachment(
    ctx: Ctx,
    token: Id<String>,
    version: IfMatch,
    query: Query<UploadQuery>,
    upload: Upload,
) -> Result<HttpResponse> {
    let at = format!("/api/v1/public/complaints/{}/attachments", token.0);
    add(&ctx, Way::Link(token.0), version, query.0, upload, &at).await
}

async fn add(
    ctx: &Ctx,
    way: Way,
    version: IfMatch,
    query: UploadQuery,
    upload: Upload,
    at: &str,
) -> Result<HttpResponse> {
    upload.check_length(ctx.app.policy.attachments.bytes)?;
    let complaint = room(ctx, &way).await?;
    let (sent_name, content) = upload.open().await?;
    let file = NamedFile {
        name: query.name.or(sent_name).unwrap_or_default(),
        shared: query.shared.unwrap_or_default(),
        content,
    };
    let added = keep_with(ctx, way, complaint, version.0, file).await?;
    answer::created(&format!("{at}/{}", added.id), 1, &added)
}

/// A file on its way in.
pub(crate) struct NamedFile<'f> {
    /// What its sender calls it.
    pub(crate) name: String,
    /// Whether the customer is to see what staff attach.
    pub(crate) shared: bool,
    /// What is in it.
    pub(crate) content: LocalBoxStream<'f, Result<Bytes>>,
}

/// Reads a file to its end and keeps it with the complaint, once for each idempotency key.
///
/// # Errors
/// `resource.not_found`; `attachment.…`; `request.too_large`.
pub(crate) async fn keep(ctx: &Ctx, way: Way, version: Option<i32>, file: NamedFile<'_>) -> Result<AttachmentView> {
    let complaint = room(ctx, &way).await?;
    keep_with(ctx, way, complaint, version, file).await
}

/// The complaint with which a file will be kept, if there is room for one: asked before its content is read.
async fn room(ctx: &Ctx, way: &Way) -> Result<ComplaintId> {
    let asked = way.clone();
    let read = ctx.read(move |conn, act| attachments::room(conn, act, &asked, 1));
    Ok(read.await?.complaint)
}

async fn keep_with(
    ctx: &Ctx,
    way: Way,
    complaint: ComplaintId,
    version: Option<i32>,
    file: NamedFile<'_>,
) -> Result<AttachmentView> {
    let limit = ctx.app.policy.attachments.bytes;
    let id = AttachmentId::new(ctx.app.clock.now());
    let received = ctx.app.files.receive(id.0, limit, file.content).await?;
    let new = NewAttachment {
        id,
        name: file.name,
        media: received.media,
        bytes: received.bytes,
        sha256: received.sha256,
        scan: received.scan,
        shared: file.shared,
    };
    let key = attachments::key(complaint, id);
    ctx.app.files.put_in_place(&received, &key).await?;
    let fingerprint = fingerprint(&received, &new);
    let body = Body {
        value: new,
        raw: fingerprint,
    };
    let added = ctx
        .once(body, move |conn, act, new| {
            attachments::add(conn, act, &way, version, new)
        })
        .await;
    if added.as_ref().map_or(true, |view| view.id != id) {
        // Refused, or answered from what was kept: this content belongs to no row.
        ctx.app.files.delete(&key).await?;
    }
    added
}

/// What makes a repeated request the same.
fn fingerprint(received: &Received, new: &NewAttachment) -> Bytes {
    [received.sha256.as_slice(), &[u8::from(new.shared)], new.name.as_bytes()]
        .concat()
        .into()
}

/// List the files of a complaint.
///
/// The oldest first; what they are, not their content.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/attachments", tag = "attachments",
    params(("id" = ComplaintId, Path, description = "The complaint.")),
    responses((status = 200, description = "The files.", body = [AttachmentView])))]
pub(super) async fn list_attachments(ctx: Ctx, id: Id<ComplaintId>) -> Result<HttpResponse> {
    list(&ctx, Way::Staff(id.0)).await
}

/// List the files of one's own complaint.
///
/// Those that the customer sent, and those that the desk shares.
#[utoipa::path(get, path = "/api/v1/public/complaints/{token}/attachments", tag = "public",
    params(("token" = String, Path, description = "The secret of the private link.")),
    responses((status = 200, description = "The files.", body = [AttachmentView])))]
pub(super) async fn list_own_attachments(ctx: Ctx, token: Id<String>) -> Result<HttpResponse> {
    list(&ctx, Way::Link(token.0)).await
}

async fn list(ctx: &Ctx, way: Way) -> Result<HttpResponse> {
    let (whose, found) = ctx.read(move |conn, _| attachments::list(conn, &way)).await?;
    let event = Event::on(ObjectKind::Complaint, whose.complaint.0, "complaint.attachments_listed");
    ctx.disclose(event.of([whose.customer])).await?;
    answer::ok(&found)
}

/// What reading a file answers with: the same for staff and customers.
struct FileContent;

impl IntoResponses for FileContent {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problem = Ref::from_schema_name("ProblemDocument");
        let waits = ContentBuilder::new().schema(Some(problem)).build();
        let whole = Media::ALL
            .iter()
            .fold(ResponseBuilder::new().description("The content."), |response, media| {
                response.content(media.as_str(), Content::default())
            });
        let part = ResponseBuilder::new().description("The part that was asked for.");
        let quarantined = ResponseBuilder::new()
            .description("It waits for the virus scanner.")
            .content("application/problem+json", waits);
        let all = [("200", whole), ("206", part), ("409", quarantined)];
        all.map(|(status, response)| (status.to_owned(), response.build().into()))
            .into()
    }
}

/// Read a file.
///
/// Its content, to be saved. A part of it with `Range`.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/attachments/{attachment}/content", tag = "attachments",
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("attachment" = AttachmentId, Path, description = "The file."),
    ),
    responses(FileContent))]
pub(super) async fn read_attachment(
    ctx: Ctx,
    path: Id<(ComplaintId, AttachmentId)>,
    req: HttpRequest,
) -> Result<HttpResponse> {
    let (complaint, id) = path.0;
    content(&ctx, Way::Staff(complaint), id, &req).await
}

/// Read a file of one's own complaint.
///
/// Its content, to be saved. A part of it with `Range`.
#[utoipa::path(get, path = "/api/v1/public/complaints/{token}/attachments/{attachment}/content", tag = "public",
    params(
        ("token" = String, Path, description = "The secret of the private link."),
        ("attachment" = AttachmentId, Path, description = "The file."),
    ),
    responses(FileContent))]
pub(super) async fn read_own_attachment(
    ctx: Ctx,
    path: Id<(String, AttachmentId)>,
    req: HttpRequest,
) -> Result<HttpResponse> {
    let (token, id) = path.0;
    content(&ctx, Way::Link(token), id, &req).await
}

/// The content of a file, to be saved; the audit is told.
///
/// # Errors
/// `resource.not_found`; `attachment.quarantined`.
pub(crate) async fn content(ctx: &Ctx, way: Way, id: AttachmentId, req: &HttpRequest) -> Result<HttpResponse> {
    let (whose, row) = ctx.read(move |conn, _| attachments::open(conn, &way, id)).await?;
    let Whose { complaint, customer } = whose;
    let event = Event::on(ObjectKind::Attachment, id.0, "attachment.read").of([customer]);
    ctx.disclose(event.with(json!({ "complaint": complaint }))).await?;
    let size = u64::try_from(row.bytes).unwrap_or_default();
    let part = req
        .headers()
        .get(RANGE)
        .and_then(|value| value.to_str().ok())
        .and_then(|range| part_of(range, size));
    let stream = ctx.app.files.read(&row.key(), part.clone()).await?;
    let mut builder = HttpResponse::Ok();
    let length = match part {
        Some(part) => {
            builder.status(StatusCode::PARTIAL_CONTENT);
            builder.insert_header((CONTENT_RANGE, format!("bytes {}-{}/{size}", part.start, part.end - 1)));
            part.end - part.start
        }
        None => size,
    };
    builder
        .insert_header((CONTENT_TYPE, content_type(&row)))
        .insert_header((CONTENT_DISPOSITION, disposition(&row.name)))
        .insert_header((CONTENT_SECURITY_POLICY, headers::SANDBOX))
        .insert_header((ACCEPT_RANGES, "bytes"));
    Ok(builder.body(SizedStream::new(length, stream)))
}

fn content_type(row: &Attachment) -> String {
    match row.media_type {
        Media::Text => "text/plain; charset=utf-8".to_owned(),
        other => other.to_string(),
    }
}

/// The one part that a `Range` asks for. Several parts, and what cannot be read, get everything.
pub(super) fn part_of(range: &str, size: u64) -> Option<std::ops::Range<u64>> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let last = size.checked_sub(1)?;
    let (from, to) = match (from.is_empty(), to.is_empty()) {
        (true, true) => return None,
        (true, false) => (size.saturating_sub(to.parse().ok()?), last),
        (false, true) => (from.parse().ok()?, last),
        (false, false) => (from.parse().ok()?, to.parse::<u64>().ok()?.min(last)),
    };
    (from <= to).then_some(from..to + 1)
}

/// To be saved under this name (RFC 6266, RFC 8187).
pub(super) fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// Why a file is taken away.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RemovalQuery {
    /// Why; kept in the timeline.
    #[param(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Take a file away.
///
/// For a reason: the wrong customer's letter, what should never have been sent. The timeline keeps that it was there.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/attachments/{attachment}", tag = "attachments",
    params(
        ("id" = ComplaintId, Path, description = "The complaint."),
        ("attachment" = AttachmentId, Path, description = "The file."),
        RemovalQuery,
    ),
    responses((status = 200, description = "What was taken away.", body = AttachmentView)))]
pub(super) async fn remove_attachment(
    ctx: Ctx,
    path: Id<(ComplaintId, AttachmentId)>,
    version: IfMatch,
    query: Query<RemovalQuery>,
) -> Result<HttpResponse> {
    let (complaint, id) = path.0;
    let removed = ctx
        .write(move |conn, act| attachments::remove(conn, act, complaint, id, version.0, &query.0.reason))
        .await?;
    answer::ok(&removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_header_is_quoted_and_encoded() {
        assert_eq!(
            disposition("a b.txt"),
            "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt"
        );
        let chinese = disposition("收据.jpg");
        assert_eq!(
            chinese,
            "attachment; filename=\"__.jpg\"; filename*=UTF-8''%E6%94%B6%E6%8D%AE.jpg"
        );
        assert!(!disposition("x\"; filename=evil.exe\r\n").contains(['\r', '\n']));
    }

    #[test]
    fn a_range_is_one_part_within_the_file() {
        assert_eq!(part_of("bytes=0-4", 10), Some(0..5));
        assert_eq!(part_of("bytes=4-", 10), Some(4..10));
        assert_eq!(part_of("bytes=-3", 10), Some(7..10));
        assert_eq!(part_of("bytes=5-100", 10), Some(5..10));
        for whole in [
            "bytes=9-3",
            "bytes=10-",
            "bytes=a-b",
            "bytes=-",
            "bytes=0-1,3-4",
            "items=0-1",
            "bytes=0--1",
        ] {
            assert_eq!(part_of(whole, 10), None, "{whole}");
        }
        assert_eq!(part_of("bytes=0-", 0), None);
    }
}
