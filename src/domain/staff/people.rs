//! The people who work here: their accounts, and who they are when they act.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::actor::{Act, Actor, ActorKind, Principal};
use super::model::check_version;
use super::roles::{Grant, Role};
use super::{custom_roles, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::customers::contact;
use crate::error::{Code, Error, Result};
use crate::ids::{StaffId, TeamId};

pub use super::leaving::{deactivate, reactivate};
pub use super::model::StaffMember;

/// Names of actors who are nobody who works here: nothing else may be called so in a timeline.
const RESERVED: &[&str] = &["hark", "customer"];

/// A new member of the staff.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffForm {
    /// The short name in timelines and as the owner of work. It never changes and is never given again.
    #[schema(
        example = "li.na",
        min_length = 2,
        max_length = 40,
        pattern = "^[a-z][a-z0-9._-]{1,39}$"
    )]
    pub handle: String,
    /// What they are called.
    #[schema(example = "李娜", min_length = 1, max_length = 200)]
    pub name: String,
    /// Where to write to them; unique.
    #[schema(example = "li.na@example.com", max_length = 254)]
    pub email: Option<String>,
    /// A built-in role, or the slug of one of the installation's own.
    #[schema(example = "agent", max_length = 40)]
    pub role: String,
    /// The language they work in, BCP 47; the desk's when left out.
    #[schema(example = "zh-CN", max_length = 35)]
    pub language: Option<String>,
}

/// What changes about a member of the staff. Fields that are left out stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffChangeForm {
    /// What they are called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// Where to write to them; `null` takes it away.
    #[serde(default, with = "crate::domain::check::double_option")]
    #[schema(value_type = Option<String>, max_length = 254)]
    pub email: Option<Option<String>>,
    /// A built-in role, or the slug of one of the installation's own.
    #[schema(max_length = 40)]
    pub role: Option<String>,
    /// The language they work in, BCP 47.
    #[schema(max_length = 35)]
    pub language: Option<String>,
}

/// A team that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MembershipView {
    /// The team.
    pub id: TeamId,
    /// What it is called.
    pub name: String,
    /// Whether they lead it.
    pub leads: bool,
}

/// A member of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffView {
    /// Their id.
    pub id: StaffId,
    /// The short name in timelines and as the owner of work.
    #[schema(example = "li.na")]
    pub handle: String,
    /// What they are called.
    pub name: String,
    /// Where to write to them.
    pub email: Option<String>,
    /// A built-in role, or the slug of one of the installation's own.
    #[schema(example = "agent")]
    pub role: String,
    /// The language they work in, BCP 47.
    pub language: String,
    /// Whether they still work here.
    pub active: bool,
    /// The teams they are in, by name.
    pub teams: Vec<MembershipView>,
    /// When they were added.
    pub created_at: Moment,
    /// When the record last changed.
    pub updated_at: Moment,
    /// When they left, if they have.
    pub deactivated_at: Option<Moment>,
    /// Who took over from them when they left.
    pub successor_id: Option<StaffId>,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

impl StaffView {
    fn of(member: StaffMember, teams: Vec<MembershipView>) -> Self {
        Self {
            active: member.is_active(),
            id: member.id,
            handle: member.handle,
            name: member.name,
            email: member.email,
            role: member.role,
            language: member.language,
            teams,
            created_at: member.created_at,
            updated_at: member.updated_at,
            deactivated_at: member.deactivated_at,
            successor_id: member.successor_id,
            version: member.version,
        }
    }
}

/// Which members of the staff to list; everything that is said must hold.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Who still work here (`true`), or have left (`false`).
    pub active: Option<bool>,
    /// With this handle.
    pub handle: Option<String>,
    /// With this role.
    pub role: Option<String>,
    /// In this team.
    pub team: Option<TeamId>,
    /// After this one.
    pub after: Option<StaffId>,
    /// At most so many.
    pub limit: i64,
}

/// A member of the staff, active or not.
///
/// # Errors
/// `resource.not_found`.
pub fn load(conn: &mut Conn, id: StaffId) -> Result<StaffMember> {
    store::find_member(conn, id)?.ok_or_else(|| Error::not_found("member of the staff"))
}

/// The member of the staff with this handle, active or not.
///
/// # Errors
/// When the database refuses.
pub fn find_by_handle(conn: &mut Conn, handle: &str) -> Result<Option<StaffMember>> {
    store::find_member_by_handle(conn, handle)
}

/// The member of the staff with this e-mail address, however it is written, active or not.
///
/// # Errors
/// When the database refuses.
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<StaffMember>> {
    match contact::email(email) {
        Ok(email) => store::find_member_by_email(conn, &email),
        Err(_) => Ok(None),
    }
}

/// Who somebody is when they act: their role's permissions and their teams. One who has left may do nothing.
///
/// # Errors
/// When the database refuses.
pub fn actor_of(conn: &mut Conn, member: &StaffMember) -> Result<Actor> {
    let (grant, teams) = if member.is_active() {
        let teams = store::memberships_of(conn, &[member.id])?;
        let teams = teams.into_iter().map(|(membership, _)| membership.team_id).collect();
        (custom_roles::grant(conn, &member.role)?, teams)
    } else {
        (Grant::custom(&member.role, Vec::new()), Vec::new())
    };
    Ok(Actor {
        kind: ActorKind::Staff,
        name: member.handle.clone(),
        principal: Some(Principal::Person(member.id)),
        grant,
        teams,
        rule: None,
    })
}

/// A member of the staff, with their teams.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, id: StaffId) -> Result<StaffView> {
    let member = load(conn, id)?;
    views(conn, vec![member])?
        .pop()
        .ok_or_else(|| Error::internal("no view of a member"))
}

/// Lists members of the staff, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, listing: &Listing) -> Result<Vec<StaffView>> {
    let members = store::list_members(conn, listing)?;
    views(conn, members)
}

fn views(conn: &mut Conn, members: Vec<StaffMember>) -> Result<Vec<StaffView>> {
    let ids: Vec<StaffId> = members.iter().map(|member| member.id).collect();
    let mut teams: BTreeMap<StaffId, Vec<MembershipView>> = BTreeMap::new();
    for (membership, name) in store::memberships_of(conn, &ids)? {
        teams.entry(membership.staff_id).or_default().push(MembershipView {
            id: membership.team_id,
            name,
            leads: membership.leads,
        });
    }
    Ok(members
        .into_iter()
        .map(|member| {
            let teams = teams.remove(&member.id).unwrap_or_default();
            StaffView::of(member, teams)
        })
        .collect())
}

/// Adds a member of the staff.
///
/// # Errors
/// `request.invalid`; `resource.name_taken` when the handle or the address is taken; `auth.escalation`.
pub fn create(conn: &mut Conn, act: &Act, form: &StaffForm) -> Result<StaffView> {
    holds::hold_staff(conn)?;
    let mut check = Check::new();
    let member = StaffMember {
        id: StaffId::new(act.now),
        handle: checked_handle(&mut check, &form.handle),
        name: check.text("/name", &form.name, 1, 200),
        email: checked_email(&mut check, form.email.as_deref()),
        role: form.role.clone(),
        language: check.language(
            "/language",
            form.language.as_deref().unwrap_or(&act.policy.default_language),
        ),
        created_at: act.now,
        updated_at: act.now,
        deactivated_at: None,
        successor_id: None,
        version: 1,
    };
    let grant = custom_roles::checked_grant(conn, &mut check, "/role", &form.role)?;
    check.finish(())?;
    act.actor.check_reach(grant.permissions())?;
    if store::find_member_by_handle(conn, &member.handle)?.is_some() || store::token_has_name(conn, &member.handle)? {
        let detail = "somebody, or a service token, has or had this handle";
        return Err(Error::problem(Code::NameTaken, detail));
    }
    check_email_free(conn, &member)?;
    store::insert_member(conn, &member)?;
    let event = Event::on(ObjectKind::Person, member.id.0, "person.added");
    let fields = json!({ "handle": member.handle, "role": member.role });
    audit::record(conn, act, event.with(fields))?;
    get(conn, member.id)
}

/// Changes a member of the staff.
///
/// # Errors
/// `request.invalid`; `resource.name_taken`; `auth.escalation`; `staff.last_admin`; `resource.not_found`;
/// `request.precondition_failed`.
pub fn change(
    conn: &mut Conn,
    act: &Act,
    id: StaffId,
    expected: Option<i32>,
    form: &StaffChangeForm,
) -> Result<StaffView> {
    holds::hold_staff(conn)?;
    let before = load(conn, id)?;
    check_version(expected, before.version)?;
    check_reach_of(conn, act, &before)?;
    let mut after = before.clone();
    let mut check = Check::new();
    if let Some(name) = &form.name {
        after.name = check.text("/name", name, 1, 200);
    }
    if let Some(email) = &form.email {
        after.email = checked_email(&mut check, email.as_deref());
    }
    if let Some(language) = &form.language {
        after.language = check.language("/language", language);
    }
    if let Some(role) = &form.role {
        after.role.clone_from(role);
    }
    let grant = custom_roles::checked_grant(conn, &mut check, "/role", &after.role)?;
    check.finish(())?;
    act.actor.check_reach(grant.permissions())?;
    check_email_free(conn, &after)?;
    if after.role != Role::Admin.as_str() {
        check_not_last_admin(conn, &before)?;
    }
    write(conn, act, &before, after)?;
    get(conn, id)
}

/// Writes a changed member with its new version.
pub(super) fn write(conn: &mut Conn, act: &Act, before: &StaffMember, mut after: StaffMember) -> Result<()> {
    after.updated_at = act.now;
    after.version = before.version + 1;
    store::update_member(conn, before, &after)?;
    audit::record(conn, act, told(before, &after))
}

/// What the audit is told of a change: of names and addresses only that they changed.
fn told(before: &StaffMember, after: &StaffMember) -> Event {
    let action = match (before.is_active(), after.is_active()) {
        (true, false) => "person.deactivated",
        (false, true) => "person.reactivated",
        _ => "person.changed",
    };
    let side = |member: &StaffMember| json!({ "role": member.role, "language": member.language, "successor_id": member.successor_id });
    let fields = json!({
        "before": side(before), "after": side(after),
        "name_changed": before.name != after.name, "email_changed": before.email != after.email,
    });
    Event::on(ObjectKind::Person, after.id.0, action).with(fields)
}

/// Refuses when the actor has fewer permissions than the member: whoever can change somebody's address or
/// put them out could otherwise become them, or be rid of them.
pub(super) fn check_reach_of(conn: &mut Conn, act: &Act, member: &StaffMember) -> Result<()> {
    let grant = custom_roles::grant(conn, &member.role)?;
    act.actor.check_reach(grant.permissions())
}

/// Refuses when nobody else is an active administrator.
pub(super) fn check_not_last_admin(conn: &mut Conn, member: &StaffMember) -> Result<()> {
    let is_admin = member.is_active() && member.role == Role::Admin.as_str();
    if is_admin && !store::another_active_with_role(conn, Role::Admin.as_str(), member.id)? {
        return Err(Error::problem(Code::LastAdmin, "nobody else is an administrator"));
    }
    Ok(())
}

pub(crate) fn checked_handle(check: &mut Check, handle: &str) -> String {
    let fits = (2..=40).contains(&handle.len())
        && handle.starts_with(|c: char| c.is_ascii_lowercase())
        && handle
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-'));
    if !fits {
        let detail = "2 to 40 lower-case letters, digits, `.`, `_` and `-`, starting with a letter";
        check.fail("/handle", "malformed", detail);
    } else if is_reserved(handle) {
        check.fail("/handle", "not_allowed", "timelines call somebody else so");
    }
    handle.to_owned()
}

/// Whether timelines call somebody so who does not work here.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved))
}

pub(crate) fn checked_email(check: &mut Check, email: Option<&str>) -> Option<String> {
    let email = check.optional_text("/email", email, 254)?;
    check.parsed("/email", contact::email(&email))
}

fn check_email_free(conn: &mut Conn, member: &StaffMember) -> Result<()> {
    let Some(email) = &member.email else { return Ok(()) };
    match store::find_member_by_email(conn, email)? {
        Some(other) if other.id != member.id => Err(Error::problem(
            Code::NameTaken,
            "somebody else here has this e-mail address",
        )),
        _ => Ok(()),
    }
}
