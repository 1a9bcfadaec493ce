//! What complaints have to do with each other: related ones, parts of a larger one, repetitions, and merging one into
//! another.

mod merging;
mod store;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

pub use self::merging::{MergeForm, merge, unmerge};
use self::store::{MergeRow, RelationRow};
use super::model::Complaint;
use super::procedure::Action;
use super::store as complaint;
use super::view::{self, ComplaintView};
use super::vocabulary::{Kind, State};
use super::work::Work;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::{dialect, holds};
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, CustomerId, TeamId};
use crate::text_enum;

/// The most relations of a complaint.
const MOST: usize = 100;
/// The most levels of parts of parts.
const MOST_LEVELS: usize = 10;

text_enum! {
    /// What a complaint is to another one.
    Relation {
        /// They have something to do with each other.
        Related = "related",
        /// It is a part of the other one.
        Child = "child",
        /// The other one is a part of it.
        Parent = "parent",
    }
}

/// What a complaint is to another one, as somebody says it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationForm {
    /// What it is to the other one: `related`, a `child` (a part) of it, or its `parent`.
    pub kind: Relation,
    /// Why.
    #[schema(max_length = 2000)]
    pub reason: Option<String>,
}

/// A complaint that has something to do with another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkedComplaint {
    /// The complaint.
    pub id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// What it is about, in a line.
    pub subject: String,
    /// Who handles it.
    pub owner: Option<String>,
    /// Which team holds it.
    pub team: Option<TeamId>,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// Why they were linked.
    pub reason: Option<String>,
    /// Who linked them.
    pub linked_by: Option<String>,
    /// When.
    pub linked_at: Option<Moment>,
}

/// That a complaint was merged into another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MergeView {
    /// The one that was merged.
    pub complaint_id: ComplaintId,
    /// The one in which the matter goes on.
    pub survivor_id: ComplaintId,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub merged_by: String,
    /// When.
    pub merged_at: Moment,
    /// When it was undone, if it was.
    pub undone_at: Option<Moment>,
    /// Who undid it.
    pub undone_by: Option<String>,
    /// Why it was undone.
    pub undone_reason: Option<String>,
}

impl From<MergeRow> for MergeView {
    fn from(row: MergeRow) -> Self {
        Self {
            complaint_id: row.complaint_id,
            survivor_id: row.survivor_id,
            reason: row.reason,
            merged_by: row.merged_by,
            merged_at: row.merged_at,
            undone_at: row.undone_at,
            undone_by: row.undone_by,
            undone_reason: row.undone_reason,
        }
    }
}

/// Everything that a complaint has to do with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinksView {
    /// The one of which it is a part.
    pub parent: Option<LinkedComplaint>,
    /// Its parts.
    pub children: Vec<LinkedComplaint>,
    /// Those that have something to do with it.
    pub related: Vec<LinkedComplaint>,
    /// The one that it repeats.
    pub original: Option<LinkedComplaint>,
    /// Those that repeat it; at most 100.
    pub duplicates: Vec<LinkedComplaint>,
    /// Every merge of it into another, the oldest first.
    pub merges: Vec<MergeView>,
}

impl LinksView {
    /// Whose data is shown.
    pub fn whose(&self) -> Vec<CustomerId> {
        let one = self.parent.iter().chain(&self.original);
        let many = self.children.iter().chain(&self.related).chain(&self.duplicates);
        one.chain(many).map(|linked| linked.customer_id).collect()
    }
}

fn linked(complaint: Complaint, row: Option<&RelationRow>) -> LinkedComplaint {
    LinkedComplaint {
        id: complaint.id,
        reference: complaint.reference,
        kind: complaint.kind,
        state: complaint.state,
        subject: complaint.subject,
        owner: complaint.owner,
        team: complaint.team_id,
        customer_id: complaint.customer_id,
        reason: row.and_then(|row| row.reason.clone()),
        linked_by: row.map(|row| row.created_by.clone()),
        linked_at: row.map(|row| row.created_at),
    }
}

/// Everything that a complaint has to do with others, and whose it is.
///
/// # Errors
/// `resource.not_found`.
pub fn links(conn: &mut Conn, id: ComplaintId) -> Result<(CustomerId, LinksView)> {
    let own = complaint::load(conn, id)?;
    let rows = store::of(conn, id)?;
    let others: Vec<ComplaintId> = rows.iter().map(|row| other(row, id)).chain(own.duplicate_of).collect();
    let mut view = LinksView {
        parent: None,
        children: Vec::new(),
        related: Vec::new(),
        original: None,
        duplicates: store::repeating(conn, id, 100)?
            .into_iter()
            .map(|complaint| linked(complaint, None))
            .collect(),
        merges: store::merges_of(conn, &[id])?
            .into_iter()
            .map(MergeView::from)
            .collect(),
    };
    for complaint in store::complaints(conn, &others)? {
        if own.duplicate_of == Some(complaint.id) {
            view.original = Some(linked(complaint.clone(), None));
        }
        let Some(row) = rows.iter().find(|row| other(row, id) == complaint.id) else {
            continue;
        };
        let linked = linked(complaint, Some(row));
        match row.kind {
            Relation::Related | Relation::Parent => view.related.push(linked),
            Relation::Child if row.complaint_id == id => view.parent = Some(linked),
            Relation::Child => view.children.push(linked),
        }
    }
    Ok((own.customer_id, view))
}

fn other(row: &RelationRow, id: ComplaintId) -> ComplaintId {
    if row.complaint_id == id {
        row.other_id
    } else {
        row.complaint_id
    }
}

/// Loads a complaint for a change of what it has to do with another one; both are held.
fn loaded(conn: &mut Conn, act: &Act, (id, other): (ComplaintId, ComplaintId), expected: Option<i32>) -> Result<Work> {
    holds::hold_relations(conn)?;
    dialect::hold_complaints(conn, &[id, other])?;
    let mut work = Work::load(conn, act, id, expected)?;
    work.take(&Action::Write)?;
    Ok(work)
}

/// Says what a complaint is to another one; what was said of the two before is replaced.
///
/// # Errors
/// `complaint.circular_link`; `complaint.closed` when an open part would be of a closed one; `request.invalid`;
/// `auth.other_team`; `resource.not_found`; `request.precondition_failed`.
pub fn relate(
    conn: &mut Conn,
    act: &Act,
    (id, with): (ComplaintId, ComplaintId),
    expected: Option<i32>,
    form: &RelationForm,
) -> Result<ComplaintView> {
    let work = loaded(conn, act, (id, with), expected)?;
    let mut check = Check::new();
    let reason = check.optional_text("/reason", form.reason.as_deref(), 2_000);
    check.finish(())?;
    let second = complaint::load(conn, with)?;
    if id == with {
        return Err(circular());
    }
    super::privacy::check_here(conn, second.id, second.state)?;
    store::delete_between(conn, id, with)?;
    if store::of(conn, id)?.len() >= MOST || store::of(conn, with)?.len() >= MOST {
        let mut check = Check::new();
        check.fail("/kind", "not_allowed", format_args!("at most {MOST} relations"));
        check.finish(())?;
    }
    let (part, whole) = match form.kind {
        Relation::Child => (&work.after, &second),
        Relation::Parent | Relation::Related => (&second, &work.after),
    };
    let kind = match form.kind {
        Relation::Related => Relation::Related,
        Relation::Child | Relation::Parent => {
            check_whole(conn, part, whole)?;
            Relation::Child
        }
    };
    let row = RelationRow {
        complaint_id: part.id,
        other_id: whole.id,
        kind,
        reason,
        created_at: act.now,
        created_by: act.actor.name.clone(),
    };
    store::insert(conn, &row)?;
    let after = json!({ "complaint": with, "relation": form.kind, "reason": row.reason });
    let complaint = work.finish(conn, act, "related", None, Some(after))?;
    view::of(conn, complaint)
}

fn circular() -> Error {
    let detail = "a complaint cannot be a part of itself, directly or in a circle";
    Error::problem(Code::LinkCircular, detail)
}

/// Refuses when one cannot be a part of the other.
fn check_whole(conn: &mut Conn, part: &Complaint, whole: &Complaint) -> Result<()> {
    if whole.state == State::Closed && part.state != State::Closed {
        let detail = "an open complaint cannot be a part of a closed one";
        return Err(Error::problem(Code::ComplaintClosed, detail));
    }
    if store::parent_of(conn, part.id)?.is_some() {
        let mut check = Check::new();
        let detail = "it is a part of another complaint already; take that away first";
        check.fail("/kind", "not_allowed", detail);
        check.finish(())?;
    }
    let mut above = Some(whole.id);
    for _ in 0..MOST_LEVELS {
        match above {
            None => return Ok(()),
            Some(one) if one == part.id => return Err(circular()),
            Some(one) => above = store::parent_of(conn, one)?,
        }
    }
    let mut check = Check::new();
    check.fail("/kind", "not_allowed", format_args!("at most {MOST_LEVELS} levels"));
    check.finish(())
}

/// Takes what was said of two complaints away.
///
/// # Errors
/// `auth.other_team`; `resource.not_found` when nothing was said of the two; `request.precondition_failed`.
pub fn unrelate(
    conn: &mut Conn,
    act: &Act,
    (id, with): (ComplaintId, ComplaintId),
    expected: Option<i32>,
) -> Result<ComplaintView> {
    let work = loaded(conn, act, (id, with), expected)?;
    let there = store::of(conn, id)?.into_iter().find(|row| other(row, id) == with);
    let row = there.ok_or_else(|| Error::not_found("relation"))?;
    store::delete_between(conn, id, with)?;
    let relation = match row.kind {
        Relation::Child if row.complaint_id != id => Relation::Parent,
        kind => kind,
    };
    let before = json!({ "complaint": with, "relation": relation, "reason": row.reason });
    let complaint = work.finish(conn, act, "unrelated", Some(before), None)?;
    view::of(conn, complaint)
}

/// Refuses to close a complaint of which a part is open.
pub(super) fn check_parts_closed(conn: &mut Conn, id: ComplaintId) -> Result<()> {
    match store::count_open_parts(conn, id)? {
        0 => Ok(()),
        n => Err(Error::problem(
            Code::CloseOpenChildren,
            format!("open parts of it: {n}; close them first, or take them off"),
        )),
    }
}

/// Refuses to open a complaint again that was merged into another.
pub(super) fn check_not_merged(conn: &mut Conn, complaint: &Complaint) -> Result<()> {
    if complaint.state == State::Closed && survivor(conn, complaint.id)?.is_some() {
        let detail = "it was merged into another complaint; undo that";
        return Err(Error::problem(Code::MergeStands, detail));
    }
    Ok(())
}

/// The complaint in which the matter of a merged one goes on.
pub(super) fn survivor(conn: &mut Conn, id: ComplaintId) -> Result<Option<ComplaintId>> {
    let mut last = None;
    let mut next = store::standing_merge(conn, id)?;
    // Into one that was merged itself later.
    for _ in 0..MOST {
        let Some(merge) = next else { break };
        last = Some(merge.survivor_id);
        next = store::standing_merge(conn, merge.survivor_id)?;
    }
    Ok(last)
}

/// Forgets why complaints were linked, when their content goes.
pub(super) fn wipe(conn: &mut Conn, ids: &[ComplaintId]) -> Result<()> {
    store::wipe(conn, ids)
}

/// A relation as it is held, for the export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldRelation {
    /// The other complaint.
    pub complaint: ComplaintId,
    /// What this one is to it.
    pub relation: Relation,
    /// Why.
    pub reason: Option<String>,
    /// When it was said.
    pub since: Moment,
}

/// What was said of these complaints, each by the complaint of which it was said.
pub(super) fn held(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<(ComplaintId, HeldRelation)>> {
    let rows = store::of_all(conn, ids)?;
    let held = |row: RelationRow| {
        let held = HeldRelation {
            complaint: row.other_id,
            relation: row.kind,
            reason: row.reason,
            since: row.created_at,
        };
        (row.complaint_id, held)
    };
    Ok(rows.into_iter().map(held).collect())
}

/// The merges of these complaints, for the export.
pub(super) fn held_merges(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<(ComplaintId, MergeView)>> {
    let rows = store::merges_of(conn, ids)?;
    Ok(rows.into_iter().map(|row| (row.complaint_id, row.into())).collect())
}
