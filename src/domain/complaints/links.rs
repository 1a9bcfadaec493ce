//! The private link of a customer: 256 random bits, of which only a hash is kept. It is found by that
//! hash, so nothing of the secret is compared, and there is no time to be measured.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::work::Work;
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::ComplaintId;

/// A complaint whose private link has been taken back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RevokedLink {
    /// What to say on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

/// Takes the private link back: it stops working, and there is none until one is made again. Revoking
/// twice is the same as once.
///
/// # Errors
/// `resource.not_found`; `auth.other_team`.
pub fn revoke(conn: &mut Conn, act: &Act, id: ComplaintId, expected: Option<i32>) -> Result<RevokedLink> {
    let mut work = Work::load(conn, act, id, expected)?;
    if work.after.tracking_hash.is_none() {
        return Ok(RevokedLink {
            reference: work.after.reference,
            version: work.after.version,
        });
    }
    work.after.tracking_hash = None;
    let complaint = work.finish(conn, act, "link_revoked", None, None)?;
    Ok(RevokedLink {
        reference: complaint.reference,
        version: complaint.version,
    })
}
