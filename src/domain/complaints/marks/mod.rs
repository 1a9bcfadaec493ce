//! What the desk sorts complaints by, and who watches them: tags and watchers.

pub mod news;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use self::store::WatcherRow;
use super::procedure::Action;
use super::store as complaint;
use super::view::{self, ComplaintView};
use super::work::Work;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::ComplaintId;

/// The most tags that a complaint has.
pub const MOST_TAGS: usize = 20;

/// The tags of a complaint from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagsForm {
    /// Slugs; those that are left out are taken off.
    #[schema(max_items = 20, example = json!(["router", "street_12"]))]
    pub tags: Vec<String>,
}

/// What is put on a complaint and taken off it; the other tags stay.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetagForm {
    /// Slugs to put on.
    #[serde(default)]
    pub on: Vec<String>,
    /// Slugs to take off.
    #[serde(default)]
    pub off: Vec<String>,
}

/// Somebody who watches a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WatcherView {
    /// Who.
    #[schema(example = "li.na")]
    pub watcher: String,
    /// Since when.
    pub since: Moment,
}

/// Who watches a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WatchersView {
    /// Everybody who does, the first one first.
    pub watchers: Vec<WatcherView>,
}

/// Slugs, each once and in their order.
pub(super) fn checked_tags(check: &mut Check, pointer: &str, tags: &[String], least: usize) -> Vec<String> {
    let mut kept = BTreeSet::new();
    for (n, tag) in tags.iter().enumerate() {
        kept.insert(check.slug(&format!("{pointer}/{n}"), tag));
    }
    if tags.len() > MOST_TAGS {
        check.fail(pointer, "too_long", format_args!("at most {MOST_TAGS} tags"));
    }
    if kept.len() < least {
        check.fail(pointer, "required", format_args!("at least {least}"));
    }
    kept.into_iter().collect()
}

/// The tags of complaints, in their order.
///
/// # Errors
/// When the database refuses.
pub fn tags_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<BTreeMap<ComplaintId, Vec<String>>> {
    let mut tags: BTreeMap<ComplaintId, Vec<String>> = BTreeMap::new();
    for row in store::tags_of(conn, ids)? {
        tags.entry(row.complaint_id).or_default().push(row.tag);
    }
    Ok(tags)
}

/// Gives a complaint these tags and no others.
///
/// # Errors
/// `request.invalid`; `request.precondition_failed`; `auth.other_team`; `resource.not_found`.
pub fn set_tags(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &TagsForm,
) -> Result<ComplaintView> {
    let work = loaded(conn, act, id, expected)?;
    let mut check = Check::new();
    let wanted = checked_tags(&mut check, "/tags", &form.tags, 0);
    check.finish(())?;
    write(conn, act, work, |_| wanted.iter().cloned().collect())?;
    view::get(conn, id)
}

/// Puts tags on a complaint, and takes others off; those that nobody names stay.
///
/// # Errors
/// As [`set_tags`].
pub fn change_tags(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &RetagForm,
) -> Result<ComplaintView> {
    let work = loaded(conn, act, id, expected)?;
    let mut check = Check::new();
    let on = checked_tags(&mut check, "/on", &form.on, usize::from(form.off.is_empty()));
    let off = checked_tags(&mut check, "/off", &form.off, 0);
    check.finish(())?;
    write(conn, act, work, |there| turned(there, &on, &off))?;
    view::get(conn, id)
}

/// Tags with some put on and others taken off.
fn turned(there: &BTreeSet<String>, on: &[String], off: &[String]) -> BTreeSet<String> {
    let mut tags = there.clone();
    tags.extend(on.iter().cloned());
    tags.retain(|tag| !off.contains(tag));
    tags
}

/// Puts tags on a complaint, and takes others off. True when that changed something.
///
/// # Errors
/// `request.invalid` when it would have too many; `auth.other_team`; `resource.not_found`.
pub(super) fn retag(conn: &mut Conn, act: &Act, id: ComplaintId, on: &[String], off: &[String]) -> Result<bool> {
    let work = loaded(conn, act, id, None)?;
    write(conn, act, work, |there| turned(there, on, off))
}

fn loaded(conn: &mut Conn, act: &Act, id: ComplaintId, expected: Option<i32>) -> Result<Work> {
    let mut work = Work::load(conn, act, id, expected)?;
    // Like a note: also when it is closed.
    work.take(&Action::Write)?;
    Ok(work)
}

fn write(
    conn: &mut Conn,
    act: &Act,
    work: Work,
    wanted: impl FnOnce(&BTreeSet<String>) -> BTreeSet<String>,
) -> Result<bool> {
    let id = work.after.id;
    let there: BTreeSet<String> = tags_of(conn, &[id])?
        .remove(&id)
        .unwrap_or_default()
        .into_iter()
        .collect();
    let wanted = wanted(&there);
    if wanted == there {
        return Ok(false);
    }
    if wanted.len() > MOST_TAGS {
        let mut check = Check::new();
        let detail = format!("a complaint has at most {MOST_TAGS} tags");
        check.fail("/tags", "too_long", detail);
        check.finish(())?;
    }
    let on: Vec<String> = wanted.difference(&there).cloned().collect();
    let off: Vec<String> = there.difference(&wanted).cloned().collect();
    store::delete_tags(conn, id, &off)?;
    store::insert_tags(conn, id, &on)?;
    let (before, after) = (json!({ "tags": there }), json!({ "tags": wanted }));
    work.finish(conn, act, "tagged", Some(before), Some(after))?;
    Ok(true)
}

/// Who watches a complaint.
///
/// # Errors
/// `resource.not_found`.
pub fn watchers(conn: &mut Conn, id: ComplaintId) -> Result<WatchersView> {
    complaint::load(conn, id)?;
    let rows = store::watchers_of(conn, &[id])?;
    let view = |row: WatcherRow| WatcherView {
        watcher: row.watcher,
        since: row.since,
    };
    Ok(WatchersView {
        watchers: rows.into_iter().map(view).collect(),
    })
}

/// Who watches these complaints, for whoever tells them what has happened.
///
/// # Errors
/// When the database refuses.
pub fn watchers_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<BTreeMap<ComplaintId, Vec<String>>> {
    let mut watchers: BTreeMap<ComplaintId, Vec<String>> = BTreeMap::new();
    for row in store::watchers_of(conn, ids)? {
        watchers.entry(row.complaint_id).or_default().push(row.watcher);
    }
    Ok(watchers)
}

/// Makes the one who asks watch a complaint, any team's: it is no change of it. Doing it twice is the same as once.
/// True when that changed something.
///
/// # Errors
/// `resource.not_found`.
pub fn watch(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<bool> {
    let complaint = complaint::load(conn, id)?;
    super::privacy::check_here(conn, id, complaint.state)?;
    let row = WatcherRow {
        complaint_id: id,
        watcher: act.actor.name.clone(),
        since: act.now,
    };
    let is_new = store::insert_watcher(conn, &row)?;
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.watched").of([complaint.customer_id]);
    audit::record(conn, act, event)?;
    Ok(is_new)
}

/// Makes the one who asks watch a complaint no more. True when that changed something.
///
/// # Errors
/// `resource.not_found`.
pub fn unwatch(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<bool> {
    let complaint = complaint::load(conn, id)?;
    let did = store::delete_watcher(conn, id, &act.actor.name)?;
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.unwatched").of([complaint.customer_id]);
    audit::record(conn, act, event)?;
    Ok(did)
}

/// Takes the tags and watchers off complaints whose content goes.
pub(super) fn forget(conn: &mut Conn, ids: &[ComplaintId]) -> Result<()> {
    store::delete_all(conn, ids)
}
