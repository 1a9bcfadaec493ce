//! Roles of the installation's own: sets of permissions under a name, beside the built-in ones.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::actor::Act;
use super::model::{CustomRole, check_version};
use super::roles::{Grant, Permission, Role};
use super::store;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::error::{Code, Error, Result};

/// A role as it is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleForm {
    /// What people call it.
    #[schema(example = "Night desk", min_length = 1, max_length = 100)]
    pub name: String,
    /// What it may do.
    pub permissions: Vec<Permission>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleView {
    /// The word that staff and tokens have as their role.
    #[schema(example = "night_desk")]
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Whether it is the same everywhere and cannot be changed.
    pub built_in: bool,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

impl From<CustomRole> for RoleView {
    fn from(role: CustomRole) -> Self {
        Self {
            slug: role.slug,
            name: role.name,
            built_in: false,
            permissions: role.permissions.0,
            version: role.version,
        }
    }
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        Self {
            slug: role.as_str().to_owned(),
            name: role.as_str().to_owned(),
            built_in: true,
            permissions: role.permissions().to_vec(),
            version: 1,
        }
    }
}

/// What a role may do; nothing, when there is none of this name.
///
/// # Errors
/// When the database refuses.
pub fn grant(conn: &mut Conn, role: &str) -> Result<Grant> {
    Ok(find_grant(conn, role)?.unwrap_or_else(|| Grant::custom(role, Vec::new())))
}

fn find_grant(conn: &mut Conn, role: &str) -> Result<Option<Grant>> {
    if let Ok(built_in) = role.parse::<Role>() {
        return Ok(Some(Grant::of(built_in)));
    }
    let custom = store::find_role(conn, role)?;
    Ok(custom.map(|custom| Grant::custom(role, custom.permissions.0)))
}

/// What a role that somebody is given may do; notes when there is no such role.
pub(super) fn checked_grant(conn: &mut Conn, check: &mut Check, pointer: &str, role: &str) -> Result<Grant> {
    // No stored text holds a NUL, and PostgreSQL takes none.
    let found = match role.contains('\0') {
        true => None,
        false => find_grant(conn, role)?,
    };
    Ok(found.unwrap_or_else(|| {
        check.fail(pointer, "unknown", "neither a built-in role nor one of our own");
        Grant::none()
    }))
}

/// Every role, the built-in ones first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn) -> Result<Vec<RoleView>> {
    let own = store::list_roles(conn)?.into_iter().map(RoleView::from);
    Ok(Role::ALL.iter().copied().map(RoleView::from).chain(own).collect())
}

/// One role.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, slug: &str) -> Result<RoleView> {
    match slug.parse::<Role>() {
        Ok(built_in) => Ok(built_in.into()),
        Err(_) => load(conn, slug).map(RoleView::from),
    }
}

fn load(conn: &mut Conn, slug: &str) -> Result<CustomRole> {
    let slug = slug.replace('\0', "");
    store::find_role(conn, &slug)?.ok_or_else(|| Error::not_found("role"))
}

/// Makes or changes a role of the installation's own. True when it is new.
///
/// # Errors
/// `request.invalid`; `role.built_in`; `auth.escalation` when it may, or might before, what the actor may not;
/// `request.precondition_failed`.
pub fn put(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>, form: &RoleForm) -> Result<(RoleView, bool)> {
    refuse_built_in(slug)?;
    holds::hold_staff(conn)?;
    let mut check = Check::new();
    let slug = check.slug("/slug", slug);
    let name = check.text("/name", &form.name, 1, 100);
    check.finish(())?;
    let before = store::find_role(conn, &slug)?;
    match (&before, expected) {
        (Some(before), expected) => {
            check_version(expected, before.version)?;
            act.actor.check_reach(&before.permissions.0)?;
        }
        (None, Some(_)) => {
            return Err(Error::problem(Code::PreconditionFailed, "there is no such role yet"));
        }
        (None, None) => {}
    }
    act.actor.check_reach(&form.permissions)?;
    // In the order of the table, each once.
    let permissions = Permission::ALL
        .iter()
        .copied()
        .filter(|permission| form.permissions.contains(permission))
        .collect();
    let after = CustomRole {
        slug,
        name,
        permissions: Json(permissions),
        created_at: before.as_ref().map_or(act.now, |before| before.created_at),
        updated_at: act.now,
        version: before.as_ref().map_or(1, |before| before.version + 1),
    };
    match &before {
        Some(before) => store::update_role(conn, before, &after)?,
        None => store::insert_role(conn, &after)?,
    }
    let was = before.as_ref().map(|before| &before.permissions.0);
    let fields = json!({
        "slug": after.slug, "before": { "permissions": was }, "after": { "permissions": after.permissions.0 },
    });
    audit::record(conn, act, Event::about_many(ObjectKind::Role, "role.put").with(fields))?;
    Ok((after.into(), before.is_none()))
}

/// Takes a role away that nobody has.
///
/// # Errors
/// `role.built_in`; `role.in_use`; `auth.escalation`; `resource.not_found`; `request.precondition_failed`.
pub fn delete(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>) -> Result<RoleView> {
    refuse_built_in(slug)?;
    holds::hold_staff(conn)?;
    let role = load(conn, slug)?;
    check_version(expected, role.version)?;
    act.actor.check_reach(&role.permissions.0)?;
    if store::role_is_in_use(conn, &role.slug, act.now)? {
        let detail = "members of the staff (also such as have left), or service tokens, have this role";
        return Err(Error::problem(Code::RoleInUse, detail));
    }
    store::delete_role(conn, &role.slug)?;
    let fields = json!({ "slug": role.slug, "before": { "permissions": role.permissions.0 } });
    audit::record(
        conn,
        act,
        Event::about_many(ObjectKind::Role, "role.deleted").with(fields),
    )?;
    Ok(role.into())
}

fn refuse_built_in(slug: &str) -> Result<()> {
    match slug.parse::<Role>() {
        Ok(_) => Err(Error::problem(
            Code::RoleBuiltIn,
            format!("the role `{slug}` is built in"),
        )),
        Err(_) => Ok(()),
    }
}
