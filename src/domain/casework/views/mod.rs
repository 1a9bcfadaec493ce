//! Saved views: a list of complaints under a name, with its filter, order and columns; of one person, or of a team.

mod store;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use self::store::ViewRow;
use super::named::check_version;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::{Check, object};
use crate::domain::complaints::list_filter::ListFilter;
use crate::domain::staff::{Act, Permission, owners};
use crate::error::{Code, Error, Result};
use crate::ids::{TeamId, ViewId};
use crate::text_enum;

/// The most views of a person, or of a team.
const MOST: usize = 100;

text_enum! {
    /// A column of a list of complaints.
    ViewColumn {
        /// What people call it on the phone.
        Reference = "reference",
        /// What it is about, in a line.
        Subject = "subject",
        /// Complaint, question or feedback.
        Kind = "kind",
        /// How it came in.
        Channel = "channel",
        /// Where it stands.
        State = "state",
        /// The subject category.
        Category = "category",
        /// How grave it is.
        Severity = "severity",
        /// The customer's manner.
        CustomerType = "customer_type",
        /// Who handles it.
        Owner = "owner",
        /// Which team holds it.
        Team = "team",
        /// The words that the desk sorts it by.
        Tags = "tags",
        /// The step to go on with.
        Step = "step",
        /// By when something is due.
        DueAt = "due_at",
        /// When it reached us.
        ReceivedAt = "received_at",
        /// When it last changed.
        UpdatedAt = "updated_at",
    }
}

/// What a list shows, when nobody said.
pub const USUAL_COLUMNS: &[ViewColumn] = &[
    ViewColumn::Reference,
    ViewColumn::Subject,
    ViewColumn::State,
    ViewColumn::Severity,
    ViewColumn::Owner,
    ViewColumn::Team,
    ViewColumn::Tags,
    ViewColumn::DueAt,
    ViewColumn::ReceivedAt,
];

/// A saved view as somebody writes it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewForm {
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    /// The team whose members see it; only the one who makes it does, when it is left out.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// Which complaints, and in which order.
    #[serde(deserialize_with = "object")]
    pub filter: ListFilter,
    /// What is shown of them; the usual, when it is left out.
    #[serde(default)]
    #[schema(max_items = 15)]
    pub columns: Vec<ViewColumn>,
}

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedView {
    /// Its name here: `GET /api/v1/complaints?view=` lists what it shows.
    pub id: ViewId,
    /// What it is called.
    pub title: String,
    /// Who made it.
    pub owner: String,
    /// The team whose members see it.
    pub team: Option<TeamId>,
    /// Which complaints, and in which order.
    pub filter: ListFilter,
    /// What is shown of them.
    pub columns: Vec<ViewColumn>,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: Moment,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

impl From<ViewRow> for SavedView {
    fn from(row: ViewRow) -> Self {
        Self {
            id: row.id,
            title: row.title,
            owner: row.owner,
            team: row.team_id,
            filter: row.filter.0,
            columns: row.shown.0,
            updated_by: row.updated_by,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// The views that the caller sees.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SavedViews {
    /// Those of the caller first, then those of the caller's teams.
    pub items: Vec<SavedView>,
}

/// Whether the actor may see a view.
fn sees(act: &Act, row: &ViewRow) -> bool {
    match row.team_id {
        None => row.owner == act.actor.name,
        Some(team) => act.actor.may(Permission::WorkAcrossTeams) || act.actor.teams.contains(&team),
    }
}

fn load(conn: &mut Conn, act: &Act, id: ViewId) -> Result<ViewRow> {
    let row = store::find(conn, id)?.filter(|row| sees(act, row));
    row.ok_or_else(|| Error::not_found("view"))
}

/// As [`load`], for a change: a team's view is changed by who made it, and by who may write texts for others.
fn load_own(conn: &mut Conn, act: &Act, id: ViewId, expected: Option<i32>) -> Result<ViewRow> {
    let row = load(conn, act, id)?;
    check_version(expected, Some(row.version))?;
    if row.owner != act.actor.name && !act.actor.may(Permission::ManageTexts) {
        let detail = "somebody else made this view of the team";
        return Err(Error::problem(Code::Forbidden, detail));
    }
    Ok(row)
}

/// The views that the caller sees.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act) -> Result<SavedViews> {
    let mut rows = store::of_owner(conn, &act.actor.name)?;
    rows.extend(store::of_teams(conn, &act.actor.teams)?);
    Ok(SavedViews {
        items: rows.into_iter().map(SavedView::from).collect(),
    })
}

/// A view.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, act: &Act, id: ViewId) -> Result<SavedView> {
    load(conn, act, id).map(SavedView::from)
}

/// What a view lists.
///
/// # Errors
/// `request.invalid` when the caller sees no such view.
pub fn filter_of(conn: &mut Conn, act: &Act, id: ViewId) -> Result<ListFilter> {
    match store::find(conn, id)?.filter(|row| sees(act, row)) {
        Some(row) => Ok(row.filter.0),
        None => {
            let mut check = Check::new();
            check.fail("?view", "unknown", "there is no such view");
            check.finish(ListFilter::default())
        }
    }
}

struct Checked {
    title: String,
    filter: ListFilter,
    columns: Vec<ViewColumn>,
}

fn checked(conn: &mut Conn, act: &Act, form: &ViewForm) -> Result<Checked> {
    let mut check = Check::new();
    let title = check.text("/title", &form.title, 1, 100);
    let filter = form.filter.checked(&mut check, "/filter");
    let mut columns: Vec<ViewColumn> = Vec::new();
    for (n, column) in form.columns.iter().enumerate() {
        if columns.contains(column) {
            check.fail(format!("/columns/{n}"), "not_allowed", "each column once");
        }
        columns.push(*column);
    }
    if let Some(team) = form.team {
        owners::check_team(conn, &mut check, "/team", &act.actor, team)?;
    }
    if columns.is_empty() {
        columns = USUAL_COLUMNS.to_vec();
    }
    check.finish(Checked { title, filter, columns })
}

/// Keeps a view.
///
/// # Errors
/// `request.invalid`; `auth.other_team`.
pub fn create(conn: &mut Conn, act: &Act, form: &ViewForm) -> Result<SavedView> {
    let checked = checked(conn, act, form)?;
    let there = match form.team {
        Some(team) => store::of_teams(conn, &[team])?.len(),
        None => store::of_owner(conn, &act.actor.name)?.len(),
    };
    if there >= MOST {
        let mut check = Check::new();
        check.fail("/title", "not_allowed", format_args!("there are {MOST} views already"));
        check.finish(())?;
    }
    let row = ViewRow {
        id: ViewId::new(act.now),
        title: checked.title,
        owner: act.actor.name.clone(),
        team_id: form.team,
        filter: Json(checked.filter),
        shown: Json(checked.columns),
        created_at: act.now,
        updated_at: act.now,
        updated_by: act.actor.name.clone(),
        version: 1,
    };
    store::insert(conn, &row)?;
    tell(conn, act, &row, "view.created")?;
    Ok(row.into())
}

/// Changes a view.
///
/// # Errors
/// `request.invalid`; `request.precondition_failed`; `auth.forbidden`; `auth.other_team`; `resource.not_found`.
pub fn change(conn: &mut Conn, act: &Act, id: ViewId, expected: Option<i32>, form: &ViewForm) -> Result<SavedView> {
    let before = load_own(conn, act, id, expected)?;
    let checked = checked(conn, act, form)?;
    let row = ViewRow {
        title: checked.title,
        team_id: form.team,
        filter: Json(checked.filter),
        shown: Json(checked.columns),
        updated_at: act.now,
        updated_by: act.actor.name.clone(),
        version: before.version + 1,
        ..before.clone()
    };
    store::update(conn, before.version, &row)?;
    tell(conn, act, &row, "view.changed")?;
    Ok(row.into())
}

/// Takes a view away.
///
/// # Errors
/// `request.precondition_failed`; `auth.forbidden`; `resource.not_found`.
pub fn delete(conn: &mut Conn, act: &Act, id: ViewId, expected: Option<i32>) -> Result<SavedView> {
    let row = load_own(conn, act, id, expected)?;
    store::delete(conn, id)?;
    tell(conn, act, &row, "view.deleted")?;
    Ok(row.into())
}

/// What is searched for may be somebody's name, so the audit does not hold it.
fn tell(conn: &mut Conn, act: &Act, row: &ViewRow, action: &'static str) -> Result<()> {
    let fields = json!({ "team": row.team_id, "version": row.version });
    audit::record(conn, act, Event::on(ObjectKind::View, row.id.0, action).with(fields))
}
