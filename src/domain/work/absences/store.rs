//! SQL of absences.

use diesel::prelude::*;

use super::AbsenceRow;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{absences, staff_members};
use crate::error::Result;
use crate::ids::{AbsenceId, StaffId};
use crate::insert_rows;

pub(super) fn find(conn: &mut Conn, id: AbsenceId) -> Result<Option<AbsenceRow>> {
    Ok(absences::table
        .find(id)
        .select(AbsenceRow::as_select())
        .first(conn)
        .optional()?)
}

/// Somebody's absences that end after a moment, the first first.
pub(super) fn of_person(conn: &mut Conn, id: StaffId, after: Moment) -> Result<Vec<AbsenceRow>> {
    let mut rows: Vec<AbsenceRow> = absences::table
        .filter(absences::staff_id.eq(id))
        .filter(absences::ends_at.gt(after))
        .order((absences::ends_at.asc(), absences::id.asc()))
        .select(AbsenceRow::as_select())
        .load(conn)?;
    rows.sort_by_key(|row| (row.starts_at, row.id));
    Ok(rows)
}

pub(super) fn insert(conn: &mut Conn, row: &AbsenceRow) -> Result<()> {
    insert_rows!(conn, absences::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn delete(conn: &mut Conn, id: AbsenceId) -> Result<()> {
    diesel::delete(absences::table.find(id)).execute(conn)?;
    Ok(())
}

/// The handles of those who are away at a moment, with who calls in their place and until when; the last end last.
pub(super) fn away(conn: &mut Conn, at: Moment) -> Result<Vec<(String, Option<StaffId>, Moment)>> {
    Ok(absences::table
        .inner_join(staff_members::table.on(staff_members::id.eq(absences::staff_id)))
        .filter(absences::ends_at.gt(at))
        .filter(absences::starts_at.le(at))
        .order(absences::ends_at.asc())
        .select((staff_members::handle, absences::deputy_id, absences::ends_at))
        .load(conn)?)
}

/// Until when somebody is away, if they are.
pub(super) fn until(conn: &mut Conn, id: StaffId, at: Moment) -> Result<Option<Moment>> {
    Ok(absences::table
        .filter(absences::staff_id.eq(id))
        .filter(absences::ends_at.gt(at))
        .filter(absences::starts_at.le(at))
        .order(absences::ends_at.desc())
        .select(absences::ends_at)
        .first(conn)
        .optional()?)
}
