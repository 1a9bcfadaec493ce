//! Files that belong to a complaint: photos, receipts, recordings. What they are stands in the
//! database; their content lies in the object store, which the edges fill and read.
//!
//! An object is put in its place before its row is written, and taken away after its row is gone.
//! So every row has its object; an object without a row is swept away by a job.

pub mod media;
mod model;
pub mod names;
mod store;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use self::media::Media;
pub use self::model::Attachment;
use super::model::Complaint;
use super::procedure::Action;
use super::work::Work;
use super::{public, store as complaints};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::domain::check::Check;
use crate::domain::privacy::consents;
use crate::domain::staff::{Act, ActorKind};
use crate::error::{Code, Error, Result};
use crate::ids::{AttachmentId, ComplaintId, CustomerId};
use crate::text_enum;

text_enum! {
    /// What the virus scanner said of a file.
    Scan {
        /// Nothing was found.
        Clean = "clean",
        /// There is no scanner.
        Unscanned = "unscanned",
        /// The scanner did not answer; nobody can read the file before it has.
        Quarantined = "quarantined",
    }
}

impl Attachment {
    /// Under which key its content lies.
    pub fn key(&self) -> String {
        key(self.complaint_id, self.id)
    }
}

/// Under which key the content of an attachment lies.
pub fn key(complaint: ComplaintId, id: AttachmentId) -> String {
    format!("{complaint}/{id}")
}

/// A file that has come in and lies in its place.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// Its name here.
    pub id: AttachmentId,
    /// What the sender calls it.
    pub name: String,
    /// What it is.
    pub media: Media,
    /// How large it is.
    pub bytes: u64,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
    /// What the virus scanner said.
    pub scan: Scan,
    /// Whether the customer is to see what staff attach.
    pub shared: bool,
}

/// A file that belongs to a complaint.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AttachmentView {
    /// Its name here.
    pub id: AttachmentId,
    /// What the sender calls it.
    #[schema(example = "receipt.jpg")]
    pub name: String,
    /// What it is, by its content.
    pub media_type: Media,
    /// How large it is.
    pub bytes: i64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// What the virus scanner said.
    pub scan: Scan,
    /// Whether the customer sees it.
    pub shared: bool,
    /// What kind of actor added it.
    pub added_by_kind: ActorKind,
    /// Who.
    #[schema(example = "li.na")]
    pub added_by: String,
    /// When.
    pub added_at: Moment,
}

impl From<Attachment> for AttachmentView {
    fn from(row: Attachment) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            bytes: row.bytes,
            sha256: row.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            scan: row.scan,
            shared: row.shared,
            added_by_kind: row.added_by_kind,
            added_by: row.added_by,
            added_at: row.added_at,
        }
    }
}

impl AttachmentView {
    /// As the customer sees it: staff have no names there.
    fn without_names(mut self) -> Self {
        if self.added_by_kind == ActorKind::Staff {
            self.added_by = "desk".to_owned();
        }
        self
    }
}

/// How the caller came to the complaint.
#[derive(Debug, Clone)]
pub enum Way {
    /// As staff, by its id.
    Staff(ComplaintId),
    /// As the customer, by the private link.
    Link(String),
}

impl Way {
    fn complaint(&self, conn: &mut Conn) -> Result<Complaint> {
        match self {
            Self::Staff(id) => complaints::load(conn, *id),
            Self::Link(token) => public::find(conn, token),
        }
    }

    /// Whether the caller may know of this one.
    fn shows(&self, row: &Attachment) -> bool {
        matches!(self, Self::Staff(_)) || row.shared || row.added_by_kind == ActorKind::Customer
    }

    fn view(&self, row: Attachment) -> AttachmentView {
        match self {
            Self::Staff(_) => row.into(),
            Self::Link(_) => AttachmentView::from(row).without_names(),
        }
    }
}

/// Whose the complaint is, as the audit wants to know.
#[derive(Debug, Clone, Copy)]
pub struct Whose {
    /// The complaint.
    pub complaint: ComplaintId,
    /// The customer.
    pub customer: CustomerId,
}

/// Whether a file of some size would find room: asked before its content is read.
///
/// # Errors
/// `resource.not_found`; `auth.other_team`; `attachment.too_many`.
pub fn room(conn: &mut Conn, act: &Act, way: &Way, bytes: u64) -> Result<Whose> {
    let complaint = way.complaint(conn)?;
    let whose = Whose {
        complaint: complaint.id,
        customer: complaint.customer_id,
    };
    let mut work = Work::of(conn, act, complaint)?;
    work.take(&Action::Write)?;
    check_room(conn, act, whose.complaint, bytes)?;
    Ok(whose)
}

fn check_room(conn: &mut Conn, act: &Act, complaint: ComplaintId, bytes: u64) -> Result<()> {
    let limits = act.policy.attachments;
    let full = |detail: String| Err(Error::problem(Code::AttachmentsFull, detail));
    if store::count_of(conn, complaint)? >= i64::from(limits.per_complaint) {
        return full(format!("at most {} files", limits.per_complaint));
    }
    if store::bytes_of(conn, Some(complaint))?.saturating_add(bytes) > limits.bytes_per_complaint {
        return full(format!("at most {} bytes together", limits.bytes_per_complaint));
    }
    if limits.bytes_total < u64::MAX && store::bytes_of(conn, None)?.saturating_add(bytes) > limits.bytes_total {
        return full("this installation keeps no more".to_owned());
    }
    Ok(())
}

/// Adds a file whose content lies in its place, with an entry in the timeline.
///
/// # Errors
/// As [`room`]; `privacy.recording_refused`; `request.precondition_failed`.
pub fn add(
    conn: &mut Conn,
    act: &Act,
    way: &Way,
    expected: Option<i32>,
    new: &NewAttachment,
) -> Result<AttachmentView> {
    let id = way.complaint(conn)?.id;
    let mut work = Work::load(conn, act, id, expected)?;
    work.take(&Action::Write)?;
    // What customers say into their own telephone is theirs to send.
    if new.media.is_sound() && act.actor.kind != ActorKind::Customer {
        consents::check_recording(conn, work.after.customer_id, "")?;
    }
    if act.policy.attachments.bytes_total < u64::MAX {
        holds::hold_attachments(conn)?;
    }
    check_room(conn, act, id, new.bytes)?;
    let row = Attachment {
        id: new.id,
        complaint_id: id,
        name: names::clean(&new.name, new.media),
        media_type: new.media,
        bytes: i64::try_from(new.bytes).map_err(Error::internal)?,
        sha256: new.sha256.to_vec(),
        scan: new.scan,
        shared: new.shared || act.actor.kind == ActorKind::Customer,
        added_by_kind: act.actor.kind,
        added_by: act.actor.name.clone(),
        added_at: act.now,
    };
    store::insert(conn, &row)?;
    let after = json!({
        "attachment_id": row.id, "media_type": row.media_type, "bytes": row.bytes, "shared": row.shared,
    });
    work.finish(conn, act, "attachment_added", None, Some(after))?;
    Ok(way.view(row))
}

/// The files of a complaint, the oldest first.
///
/// # Errors
/// `resource.not_found`.
pub fn list(conn: &mut Conn, way: &Way) -> Result<(Whose, Vec<AttachmentView>)> {
    let complaint = way.complaint(conn)?;
    let whose = Whose {
        complaint: complaint.id,
        customer: complaint.customer_id,
    };
    let rows = store::of_complaint(conn, complaint.id)?;
    let seen = rows
        .into_iter()
        .filter(|row| way.shows(row))
        .map(|row| way.view(row))
        .collect();
    Ok((whose, seen))
}

/// One file of a complaint, to be shown.
///
/// # Errors
/// `resource.not_found`; `attachment.quarantined`.
pub fn open(conn: &mut Conn, way: &Way, id: AttachmentId) -> Result<(Whose, Attachment)> {
    let complaint = way.complaint(conn)?;
    let row = store::load(conn, complaint.id, id)?;
    if !way.shows(&row) {
        return Err(Error::not_found("attachment"));
    }
    if row.scan == Scan::Quarantined {
        return Err(Error::problem(
            Code::AttachmentQuarantined,
            "the virus scanner has not seen it yet",
        ));
    }
    let whose = Whose {
        complaint: complaint.id,
        customer: complaint.customer_id,
    };
    Ok((whose, row))
}

/// Takes a file away for a reason, with an entry in the timeline. Its content goes with the next run of a job.
///
/// # Errors
/// `resource.not_found`; `auth.other_team`; `request.invalid`.
pub fn remove(
    conn: &mut Conn,
    act: &Act,
    complaint: ComplaintId,
    id: AttachmentId,
    expected: Option<i32>,
    reason: &str,
) -> Result<AttachmentView> {
    let mut check = Check::new();
    let reason = check.text("?reason", reason, 1, 2_000);
    check.finish(())?;
    let mut work = Work::load(conn, act, complaint, expected)?;
    work.take(&Action::Write)?;
    let row = store::load(conn, complaint, id)?;
    take_away(conn, act, work, row, &reason)
}

fn take_away(conn: &mut Conn, act: &Act, work: Work, row: Attachment, reason: &str) -> Result<AttachmentView> {
    store::delete(conn, act.now, std::slice::from_ref(&row))?;
    let before = json!({ "attachment_id": row.id, "media_type": row.media_type, "bytes": row.bytes });
    work.finish(
        conn,
        act,
        "attachment_removed",
        Some(before),
        Some(json!({ "reason": reason })),
    )?;
    Ok(row.into())
}

/// Every file of these complaints: for an export of what is held about a customer.
///
/// # Errors
/// When the database refuses.
pub fn of_complaints(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<Vec<(ComplaintId, AttachmentView)>> {
    let rows = store::of_complaints(conn, complaints)?;
    Ok(rows.into_iter().map(|row| (row.complaint_id, row.into())).collect())
}

/// Takes every file of these complaints away without a word in the timelines: for an erasure, which has its own.
/// Their content goes with the next run of a job.
///
/// # Errors
/// When the database refuses.
pub fn discard_all(conn: &mut Conn, now: Moment, complaints: &[ComplaintId]) -> Result<()> {
    let rows = store::of_complaints(conn, complaints)?;
    store::delete(conn, now, &rows)
}

/// Some keys of objects whose row is gone.
///
/// # Errors
/// When the database refuses.
pub fn discarded(conn: &mut Conn, limit: i64) -> Result<Vec<String>> {
    store::discarded(conn, limit)
}

/// Notes that these objects are gone.
///
/// # Errors
/// When the database refuses.
pub fn forget_discarded(conn: &mut Conn, keys: &[String]) -> Result<()> {
    store::forget_discarded(conn, keys)
}

/// Those of these attachments that have a row.
///
/// # Errors
/// When the database refuses.
pub fn present(conn: &mut Conn, ids: &[AttachmentId]) -> Result<Vec<AttachmentId>> {
    store::present(conn, ids)
}

/// Some files that wait for the virus scanner.
///
/// # Errors
/// When the database refuses.
pub fn quarantined(conn: &mut Conn, limit: i64) -> Result<Vec<Attachment>> {
    store::quarantined(conn, limit)
}

/// Takes over what the virus scanner said of a file that waited for it: an infected one goes.
///
/// # Errors
/// When the database refuses.
pub fn scanned(conn: &mut Conn, act: &Act, row: &Attachment, infected: bool) -> Result<()> {
    if !infected {
        return store::set_scan(conn, row.id, Scan::Clean);
    }
    let work = Work::load(conn, act, row.complaint_id, None)?;
    match store::load(conn, row.complaint_id, row.id) {
        Ok(row) => take_away(conn, act, work, row, "infected").map(|_| ()),
        // Somebody else has taken it away already.
        Err(error) if error.code() == Code::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
