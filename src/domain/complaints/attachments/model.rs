//! The row of an attachment.

use diesel::prelude::*;

use super::Scan;
use super::media::Media;
use crate::clock::Moment;
use crate::db::schema::attachments;
use crate::domain::staff::ActorKind;
use crate::ids::{AttachmentId, ComplaintId};

/// A file that belongs to a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attachments)]
pub struct Attachment {
    /// Its name here.
    pub id: AttachmentId,
    /// Whose it is.
    pub complaint_id: ComplaintId,
    /// What the sender calls it, cleaned.
    pub name: String,
    /// What it is.
    pub media_type: Media,
    /// How large it is.
    pub bytes: i64,
    /// SHA-256 of the content.
    pub sha256: Vec<u8>,
    /// What the virus scanner said.
    pub scan: Scan,
    /// Whether the customer sees it.
    pub shared: bool,
    /// What kind of actor added it.
    pub added_by_kind: ActorKind,
    /// Who.
    pub added_by: String,
    /// When.
    pub added_at: Moment,
}
