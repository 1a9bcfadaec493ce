//! SQL of work profiles.

use diesel::prelude::*;

use super::ProfileRow;
use crate::db::conn::Conn;
use crate::db::schema::work_profiles;
use crate::error::Result;
use crate::ids::StaffId;
use crate::insert_rows;

pub(super) fn find(conn: &mut Conn, id: StaffId) -> Result<Option<ProfileRow>> {
    Ok(work_profiles::table
        .find(id)
        .select(ProfileRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn of_all(conn: &mut Conn, ids: &[StaffId]) -> Result<Vec<ProfileRow>> {
    let mut found = Vec::new();
    for some in ids.chunks(500) {
        let rows: Vec<ProfileRow> = work_profiles::table
            .filter(work_profiles::staff_id.eq_any(some.to_vec()))
            .select(ProfileRow::as_select())
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

pub(super) fn insert(conn: &mut Conn, row: &ProfileRow) -> Result<()> {
    insert_rows!(conn, work_profiles::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn update(conn: &mut Conn, row: &ProfileRow) -> Result<()> {
    diesel::update(work_profiles::table.find(row.staff_id))
        .set(row)
        .execute(conn)?;
    Ok(())
}
