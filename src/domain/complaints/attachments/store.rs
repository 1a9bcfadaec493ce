//! SQL of attachments.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::Scan;
use super::model::Attachment;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{attachments, discarded_objects};
use crate::error::{Error, Result};
use crate::ids::{AttachmentId, ComplaintId};
use crate::insert_new;

#[derive(Insertable)]
#[diesel(table_name = discarded_objects)]
struct Discarded {
    object_key: String,
    discarded_at: Moment,
}

pub(super) fn load(conn: &mut Conn, complaint: ComplaintId, id: AttachmentId) -> Result<Attachment> {
    attachments::table
        .find(id)
        .filter(attachments::complaint_id.eq(complaint))
        .select(Attachment::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::not_found("attachment"))
}

pub(super) fn of_complaint(conn: &mut Conn, complaint: ComplaintId) -> Result<Vec<Attachment>> {
    Ok(attachments::table
        .filter(attachments::complaint_id.eq(complaint))
        .order(attachments::id)
        .select(Attachment::as_select())
        .load(conn)?)
}

pub(super) fn of_complaints(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<Vec<Attachment>> {
    if complaints.is_empty() {
        return Ok(Vec::new());
    }
    Ok(attachments::table
        .filter(attachments::complaint_id.eq_any(complaints.to_vec()))
        .order(attachments::id)
        .select(Attachment::as_select())
        .load(conn)?)
}

/// How many a complaint has.
pub(super) fn count_of(conn: &mut Conn, complaint: ComplaintId) -> Result<i64> {
    Ok(attachments::table
        .filter(attachments::complaint_id.eq(complaint))
        .select(count_star())
        .first(conn)?)
}

/// How large those of one complaint, or all, are together.
pub(super) fn bytes_of(conn: &mut Conn, complaint: Option<ComplaintId>) -> Result<u64> {
    // The sum of whole numbers is a decimal on one side.
    let together = || sql::<BigInt>("CAST(coalesce(sum(bytes), 0) AS BIGINT)");
    let bytes: i64 = match complaint {
        Some(id) => attachments::table
            .filter(attachments::complaint_id.eq(id))
            .select(together())
            .first(conn)?,
        None => attachments::table.select(together()).first(conn)?,
    };
    Ok(u64::try_from(bytes).unwrap_or_default())
}

pub(super) fn insert(conn: &mut Conn, row: &Attachment) -> Result<()> {
    diesel::insert_into(attachments::table).values(row).execute(conn)?;
    Ok(())
}

pub(super) fn set_scan(conn: &mut Conn, id: AttachmentId, scan: Scan) -> Result<()> {
    diesel::update(attachments::table.find(id))
        .set(attachments::scan.eq(scan))
        .execute(conn)?;
    Ok(())
}

pub(super) fn quarantined(conn: &mut Conn, limit: i64) -> Result<Vec<Attachment>> {
    Ok(attachments::table
        .filter(sql::<Bool>("scan = 'quarantined'"))
        .order(attachments::id)
        .limit(limit)
        .select(Attachment::as_select())
        .load(conn)?)
}

/// Deletes rows and notes that their objects are to go.
pub(super) fn delete(conn: &mut Conn, now: Moment, rows: &[Attachment]) -> Result<()> {
    let ids: Vec<AttachmentId> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    diesel::delete(attachments::table.filter(attachments::id.eq_any(ids))).execute(conn)?;
    let discarded: Vec<Discarded> = rows
        .iter()
        .map(|row| Discarded {
            object_key: row.key(),
            discarded_at: now,
        })
        .collect();
    insert_new!(conn, discarded_objects::table, &discarded)?;
    Ok(())
}

pub(super) fn discarded(conn: &mut Conn, limit: i64) -> Result<Vec<String>> {
    Ok(discarded_objects::table
        .order(discarded_objects::object_key)
        .limit(limit)
        .select(discarded_objects::object_key)
        .load(conn)?)
}

pub(super) fn forget_discarded(conn: &mut Conn, keys: &[String]) -> Result<()> {
    diesel::delete(discarded_objects::table.filter(discarded_objects::object_key.eq_any(keys.to_vec())))
        .execute(conn)?;
    Ok(())
}

/// Those of these ids that there are.
pub(super) fn present(conn: &mut Conn, ids: &[AttachmentId]) -> Result<Vec<AttachmentId>> {
    Ok(attachments::table
        .filter(attachments::id.eq_any(ids.to_vec()))
        .select(attachments::id)
        .load(conn)?)
}
