//! Writing policies, and bringing them into force.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::book;
use super::checked::checked;
use super::model::PolicyBody;
use super::store::{self, PolicyRow, TurnRow, VersionRow};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::sla::calendars;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::PolicyTurnId;

/// A policy as it is made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyForm {
    /// Its slug; it never changes.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "key_accounts")]
    pub slug: String,
    /// What it says.
    pub policy: PolicyBody,
}

/// A policy with its last version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyView {
    /// Its slug.
    #[schema(example = "key_accounts")]
    pub slug: String,
    /// Its last version, from 1.
    pub version: i32,
    /// The version that is in force; `null` when none is. It may be an earlier one: a new version comes into force
    /// when it is activated.
    pub active_version: Option<i32>,
    /// What the last version says.
    pub policy: PolicyBody,
    /// Who wrote the last version.
    pub written_by: String,
    /// When the last version was written.
    pub written_at: Moment,
    /// When the policy was made.
    pub created_at: Moment,
    /// When it last changed or came into or out of force.
    pub updated_at: Moment,
    /// Counts the changes, activations too; the ETag is made of it.
    pub revision: i32,
}

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyVersionView {
    /// The slug of the policy.
    pub slug: String,
    /// Which version.
    pub version: i32,
    /// What it says.
    pub policy: PolicyBody,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: Moment,
}

fn load(conn: &mut Conn, slug: &str) -> Result<PolicyRow> {
    store::find(conn, slug)?.ok_or_else(|| Error::not_found("policy"))
}

fn load_revision(conn: &mut Conn, slug: &str, expected: Option<i32>) -> Result<PolicyRow> {
    let row = load(conn, slug)?;
    match expected {
        Some(expected) if expected != row.revision => Err(Error::problem(
            Code::PreconditionFailed,
            format!("you read revision {expected}; now it is revision {}", row.revision),
        )),
        _ => Ok(row),
    }
}

fn view(row: PolicyRow, last: VersionRow) -> PolicyView {
    PolicyView {
        slug: row.slug,
        version: row.version,
        active_version: row.active_version,
        policy: last.body.0,
        written_by: last.created_by,
        written_at: last.created_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: row.revision,
    }
}

/// One policy.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, slug: &str) -> Result<PolicyView> {
    let row = load(conn, slug)?;
    let last = store::version(conn, slug, row.version)?;
    Ok(view(
        row,
        last.ok_or_else(|| Error::internal("a policy without its version"))?,
    ))
}

/// A page of the policies, by slug.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<PolicyView>> {
    let rows = store::list(conn, after, limit)?;
    let wanted: Vec<(String, i32)> = rows.iter().map(|row| (row.slug.clone(), row.version)).collect();
    let mut versions = store::versions(conn, &wanted)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let at = versions.iter().position(|version| version.slug == row.slug);
        if let Some(at) = at {
            views.push(view(row, versions.swap_remove(at)));
        }
    }
    Ok(views)
}

/// One version of a policy.
///
/// # Errors
/// `resource.not_found`.
pub fn version(conn: &mut Conn, slug: &str, number: i32) -> Result<PolicyVersionView> {
    let found = store::version(conn, slug, number)?.ok_or_else(|| Error::not_found("policy version"))?;
    Ok(PolicyVersionView {
        slug: found.slug,
        version: found.version,
        policy: found.body.0,
        written_by: found.created_by,
        written_at: found.created_at,
    })
}

/// The policy, if nothing is wrong with it and its calendar is there.
fn checked_here(conn: &mut Conn, body: &PolicyBody, at: &str) -> Result<PolicyBody> {
    let body = checked(body, at)?;
    let mut check = Check::new();
    if !calendars::exists(conn, &body.calendar)? {
        check.fail(format!("{at}/calendar"), "unknown", "there is no such calendar");
    }
    check.finish(body)
}

/// Makes a policy; it is not in force yet.
///
/// # Errors
/// `request.invalid`; `resource.name_taken`.
pub fn create(conn: &mut Conn, act: &Act, form: &PolicyForm) -> Result<PolicyView> {
    let mut check = Check::new();
    let slug = check.slug("/slug", &form.slug);
    check.finish(())?;
    let body = checked_here(conn, &form.policy, "/policy")?;
    add(conn, act, &slug, body)
}

/// Adds a policy that has been checked.
pub(crate) fn add(conn: &mut Conn, act: &Act, slug: &str, body: PolicyBody) -> Result<PolicyView> {
    if store::find(conn, slug)?.is_some() {
        return Err(Error::problem(Code::NameTaken, "there is a policy of this slug"));
    }
    let row = PolicyRow {
        slug: slug.to_owned(),
        version: 1,
        active_version: None,
        revision: 1,
        created_at: act.now,
        updated_at: act.now,
    };
    store::insert(conn, &row)?;
    let written = write_version(conn, act, slug, 1, body)?;
    tell(conn, act, "sla_policy.created", json!({ "slug": slug, "version": 1 }))?;
    Ok(view(row, written))
}

fn write_version(conn: &mut Conn, act: &Act, slug: &str, version: i32, body: PolicyBody) -> Result<VersionRow> {
    let row = VersionRow {
        slug: slug.to_owned(),
        version,
        body: Json(body),
        created_at: act.now,
        created_by: act.actor.name.clone(),
    };
    store::insert_version(conn, &row)?;
    Ok(row)
}

/// Writes another version of a policy. The one that is in force stays so until the new one is activated.
///
/// # Errors
/// `request.invalid`; `request.precondition_failed`; `resource.not_found`.
pub fn write(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>, body: &PolicyBody) -> Result<PolicyView> {
    let mut row = load_revision(conn, slug, expected)?;
    let body = checked_here(conn, body, "")?;
    let revision = row.revision;
    row.version += 1;
    row.revision += 1;
    row.updated_at = act.now;
    store::update(conn, revision, &row)?;
    let written = write_version(conn, act, slug, row.version, body)?;
    tell(
        conn,
        act,
        "sla_policy.written",
        json!({ "slug": slug, "version": row.version }),
    )?;
    Ok(view(row, written))
}

/// Brings the last version of a policy into force: for complaints that are logged from now on. Clocks that run keep the
/// version under which they began.
///
/// # Errors
/// `request.precondition_failed`; `resource.not_found`.
pub fn activate(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>) -> Result<PolicyView> {
    let row = load_revision(conn, slug, expected)?;
    let version = Some(row.version);
    turn(conn, act, row, version, "sla_policy.activated")
}

/// Takes a policy out of force: no clock begins under it any more. Those that run, run on.
///
/// # Errors
/// `request.precondition_failed`; `resource.not_found`.
pub fn deactivate(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>) -> Result<PolicyView> {
    let row = load_revision(conn, slug, expected)?;
    turn(conn, act, row, None, "sla_policy.deactivated")
}

fn turn(
    conn: &mut Conn,
    act: &Act,
    mut row: PolicyRow,
    version: Option<i32>,
    action: &'static str,
) -> Result<PolicyView> {
    // Doing it twice is the same as once.
    if row.active_version == version {
        return get(conn, &row.slug);
    }
    if let Some(version) = version {
        let written = store::version(conn, &row.slug, version)?;
        let written = written.ok_or_else(|| Error::internal("a policy without its version"))?;
        // From now on the calendar is in the database, for the book to read.
        calendars::for_use(conn, act, &written.body.0.calendar)?;
    }
    let (revision, was) = (row.revision, row.active_version);
    row.active_version = version;
    row.revision += 1;
    row.updated_at = act.now;
    store::update(conn, revision, &row)?;
    let turn = TurnRow {
        id: PolicyTurnId::new(act.now),
        slug: row.slug.clone(),
        version,
        turned_at: act.now,
        turned_by: act.actor.name.clone(),
    };
    store::insert_turn(conn, &turn)?;
    book::open(conn)?;
    let fields = json!({ "slug": row.slug, "before": { "version": was }, "after": { "version": version } });
    tell(conn, act, action, fields)?;
    get(conn, &row.slug)
}

fn tell(conn: &mut Conn, act: &Act, action: &'static str, fields: Value) -> Result<()> {
    audit::record(conn, act, Event::about_many(ObjectKind::SlaPolicy, action).with(fields))
}
