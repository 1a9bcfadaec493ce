//! What becomes of complaints when personal content is removed, and all of them for an export.

pub mod held;
mod store;

use std::collections::BTreeMap;

use super::vocabulary::{Kind, State};
use super::work::check_version;
use super::{attachments, followers, marks, relations, store as complaint, timeline};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::dialect;
use crate::domain::reviews::privacy as reviews;
use crate::domain::staff::Act;
use crate::domain::{drafts, idempotency, notifications};
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, CustomerId};

/// The most complaints that one statement names.
const AT_ONCE: usize = 500;

/// How many rows of each table, by its name.
pub type Touched = BTreeMap<&'static str, i64>;

/// A case whose content may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The case.
    pub id: ComplaintId,
    /// Its place.
    pub seq: i64,
    /// When it was closed.
    pub closed_at: Moment,
    /// Whose it is.
    pub customer_id: CustomerId,
}

/// Every complaint of a customer.
///
/// # Errors
/// When the database refuses.
pub fn ids_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<ComplaintId>> {
    store::ids_of(conn, customer)
}

/// Refuses while a promise to this customer or a complaint of theirs is open.
///
/// # Errors
/// `privacy.open_promise`; `privacy.open_complaint`.
pub fn check_all_done(conn: &mut Conn, customer: CustomerId) -> Result<()> {
    if store::has_open_promise(conn, customer)? {
        return Err(Error::problem(
            Code::PrivacyOpenPromise,
            "a promise to call this customer back is open",
        ));
    }
    if store::count_open(conn, customer)? > 0 {
        return Err(Error::problem(
            Code::PrivacyOpenComplaint,
            "a complaint of this customer is open; finish it first",
        ));
    }
    Ok(())
}

/// Whether the content of a complaint is gone.
pub(super) fn is_gone(conn: &mut Conn, id: ComplaintId) -> Result<bool> {
    store::is_gone(conn, id)
}

/// Refuses to change a complaint whose content is gone.
pub(super) fn check_here(conn: &mut Conn, id: ComplaintId, state: State) -> Result<()> {
    if state == State::Closed && is_gone(conn, id)? {
        return Err(Error::problem(
            Code::ComplaintAnonymised,
            "the personal content of this complaint has been removed",
        ));
    }
    Ok(())
}

/// Refuses to add anything to what hangs on a complaint whose content is gone.
///
/// # Errors
/// `complaint.anonymised`.
pub fn check_content(conn: &mut Conn, id: ComplaintId) -> Result<()> {
    check_here(conn, id, State::Closed)
}

/// Counts a change of what belongs to a complaint, with an entry in its timeline. Not through `Work`: it is no work
/// on the complaint, and those who manage privacy are in no team.
///
/// # Errors
/// `complaint.anonymised`; `request.precondition_failed`; `resource.not_found`.
pub fn touch(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    action: &str,
) -> Result<(CustomerId, i32)> {
    dialect::hold_complaint(conn, id)?;
    let before = complaint::load(conn, id)?;
    check_version(expected, before.version)?;
    check_here(conn, id, before.state)?;
    let mut after = before.clone();
    after.version += 1;
    // One who had to wait for its turn comes after the one it waited for.
    after.updated_at = act.now.max(before.updated_at);
    complaint::update(conn, &before, &after)?;
    let act = &Act {
        now: after.updated_at,
        ..act.clone()
    };
    let entry = timeline::entry(act, id, action, None, None);
    timeline::keep(conn, act, before.customer_id, &entry)?;
    followers::touched(conn, (&before, &after), &entry)?;
    Ok((after.customer_id, after.version))
}

/// Removes from closed complaints every text, number and name by which somebody could be recognised; coded
/// values, times and counts stay, so that no figure changes. `really` false only counts. What is gone already
/// is left alone.
///
/// # Errors
/// When the database refuses.
pub fn wipe(conn: &mut Conn, act: &Act, ids: &[ComplaintId], really: bool) -> Result<Touched> {
    let mut touched = Touched::new();
    for some in ids.chunks(AT_ONCE) {
        if really {
            // Before it is asked which are closed: nobody opens one of them again meanwhile.
            dialect::hold_complaints(conn, some)?;
        }
        let some = store::not_gone(conn, some)?;
        if some.is_empty() {
            continue;
        }
        for (table, n) in store::counts(conn, &some)? {
            *touched.entry(table).or_default() += n;
        }
        *touched.entry("outbox").or_default() += notifications::count(conn, &some)?;
        *touched.entry("drafts").or_default() += drafts::count_about(conn, &some)?;
        *touched.entry("call_reviews").or_default() += reviews::count(conn, &some)?;
        if really {
            wipe_some(conn, act, &some)?;
        }
    }
    Ok(touched)
}

fn wipe_some(conn: &mut Conn, act: &Act, ids: &[ComplaintId]) -> Result<()> {
    let mut subjects = store::subjects(conn, ids)?;
    let calls = reviews::ids_of(conn, ids)?;
    subjects.extend(calls.iter().map(|id| id.0.as_bytes().to_vec()));
    reviews::wipe(conn, ids)?;
    idempotency::forget_about(conn, &subjects)?;
    notifications::stop(conn, act.now, ids, "gone")?;
    notifications::wipe(conn, ids)?;
    attachments::discard_all(conn, act.now, ids)?;
    let seqs = store::seqs(conn, ids)?;
    dialect::forget_words(conn, &seqs)?;
    store::wipe(conn, act.now, ids)?;
    marks::forget(conn, ids)?;
    relations::wipe(conn, ids)?;
    store::mark_gone(conn, ids, act.now)?;
    drafts::forget_about(conn, ids)?;
    followers::content_removed(conn, act, ids)?;
    store::ask_for_purge(conn, act.now)
}

/// Closed cases of a kind whose time is over, the longest closed first, after the given place.
///
/// # Errors
/// When the database refuses.
pub fn due(
    conn: &mut Conn,
    kind: Kind,
    closed_before: Moment,
    after: Option<(Moment, i64)>,
    limit: i64,
) -> Result<Vec<Due>> {
    store::due(conn, kind, closed_before, after, limit)
}

/// How many cases [`due`] would give, counted up to `limit`.
///
/// # Errors
/// When the database refuses.
pub fn count_due(conn: &mut Conn, kind: Kind, closed_before: Moment, limit: i64) -> Result<i64> {
    store::count_due(conn, kind, closed_before, limit)
}

/// Whether anything of this customer's complaints is left.
///
/// # Errors
/// When the database refuses.
pub fn has_content(conn: &mut Conn, customer: CustomerId) -> Result<bool> {
    store::has_content(conn, customer)
}

/// Makes the word index forget what was taken out of it, a piece at a time; says how much there was to do.
///
/// # Errors
/// When the database refuses.
pub fn purge_words(conn: &mut Conn, _act: &Act) -> Result<usize> {
    let asked = store::purges(conn)?;
    if asked.is_empty() {
        return Ok(0);
    }
    if dialect::purge_words(conn)? {
        store::purged(conn, &asked)?;
    }
    Ok(asked.len())
}
