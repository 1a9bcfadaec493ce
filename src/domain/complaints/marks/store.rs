//! SQL of tags and watchers.

use diesel::prelude::*;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{complaint_tags, complaint_watchers, watcher_news};
use crate::error::{Error, Result};
use crate::ids::ComplaintId;
use crate::{insert_new, insert_rows};

/// The most ids that one statement names.
const AT_ONCE: usize = 500;

/// A word on a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = complaint_tags)]
pub(super) struct TagRow {
    pub(super) complaint_id: ComplaintId,
    pub(super) tag: String,
}

/// Somebody who watches a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = complaint_watchers)]
pub(super) struct WatcherRow {
    pub(super) complaint_id: ComplaintId,
    pub(super) watcher: String,
    pub(super) since: Moment,
}

pub(super) fn tags_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<TagRow>> {
    let mut rows = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let found: Vec<TagRow> = complaint_tags::table
            .filter(complaint_tags::complaint_id.eq_any(some.to_vec()))
            .order(complaint_tags::tag.asc())
            .select(TagRow::as_select())
            .load(conn)?;
        rows.extend(found);
    }
    Ok(rows)
}

pub(super) fn insert_tags(conn: &mut Conn, id: ComplaintId, tags: &[String]) -> Result<()> {
    let rows: Vec<TagRow> = tags
        .iter()
        .map(|tag| TagRow {
            complaint_id: id,
            tag: tag.clone(),
        })
        .collect();
    insert_rows!(conn, complaint_tags::table, &rows)?;
    Ok(())
}

pub(super) fn delete_tags(conn: &mut Conn, id: ComplaintId, tags: &[String]) -> Result<()> {
    let those = complaint_tags::table
        .filter(complaint_tags::complaint_id.eq(id))
        .filter(complaint_tags::tag.eq_any(tags.to_vec()));
    diesel::delete(those).execute(conn)?;
    Ok(())
}

pub(super) fn watchers_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<WatcherRow>> {
    let mut rows = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let found: Vec<WatcherRow> = complaint_watchers::table
            .filter(complaint_watchers::complaint_id.eq_any(some.to_vec()))
            .order((complaint_watchers::since.asc(), complaint_watchers::watcher.asc()))
            .select(WatcherRow::as_select())
            .load(conn)?;
        rows.extend(found);
    }
    Ok(rows)
}

/// Whether the row was not there before.
pub(super) fn insert_watcher(conn: &mut Conn, row: &WatcherRow) -> Result<bool> {
    let rows = std::slice::from_ref(row);
    Ok(insert_new!(conn, complaint_watchers::table, rows)? == 1)
}

/// Whether there was such a row.
pub(super) fn delete_watcher(conn: &mut Conn, id: ComplaintId, watcher: &str) -> Result<bool> {
    let row = complaint_watchers::table.find((id, watcher.to_owned()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Up to where those who watch have been told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = watcher_news)]
pub(super) struct NewsRow {
    pub(super) xact: i64,
    pub(super) event_id: i64,
    pub(super) looked_at: Moment,
}

pub(super) fn news(conn: &mut Conn) -> Result<Option<NewsRow>> {
    Ok(watcher_news::table
        .find(1)
        .select(NewsRow::as_select())
        .first(conn)
        .optional()?)
}

/// Notes how far they have been told; refuses when somebody else has told them since `before` was read.
pub(super) fn move_news(conn: &mut Conn, before: &NewsRow, after: &NewsRow) -> Result<()> {
    let there = watcher_news::table
        .find(1)
        .filter(watcher_news::xact.eq(before.xact))
        .filter(watcher_news::event_id.eq(before.event_id))
        .filter(watcher_news::looked_at.eq(before.looked_at));
    let moved = diesel::update(there)
        .set((
            watcher_news::xact.eq(after.xact),
            watcher_news::event_id.eq(after.event_id),
            watcher_news::looked_at.eq(after.looked_at),
        ))
        .execute(conn)?;
    match moved {
        1 => Ok(()),
        _ => Err(Error::Retry("somebody else told those who watch")),
    }
}

/// Takes off everything that hangs on these complaints.
pub(super) fn delete_all(conn: &mut Conn, ids: &[ComplaintId]) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        let some = some.to_vec();
        diesel::delete(complaint_tags::table.filter(complaint_tags::complaint_id.eq_any(some.clone())))
            .execute(conn)?;
        diesel::delete(complaint_watchers::table.filter(complaint_watchers::complaint_id.eq_any(some)))
            .execute(conn)?;
    }
    Ok(())
}
