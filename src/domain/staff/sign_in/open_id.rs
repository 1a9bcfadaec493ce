//! Who somebody is whom an OpenID provider vouches for, and which role they get.

use super::store::{self, IdentityRow};
use crate::db::conn::Conn;
use crate::db::holds;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::staff::actor::Act;
use crate::domain::staff::custom_roles;
use crate::domain::staff::people::{self, StaffForm, StaffMember};
use crate::domain::staff::roles::Role;
use crate::error::{Code, Error, Result};

/// What the provider says of somebody; its signature has been checked.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    /// The provider.
    pub issuer: String,
    /// Who it is there, for ever.
    pub subject: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether the provider has seen to it that the address is theirs.
    pub email_verified: bool,
    /// What they are called.
    pub name: Option<String>,
    /// What they would like to be called for short.
    pub preferred_username: Option<String>,
    /// The values of the claim that roles are made of.
    pub roles: Vec<String>,
}

/// Which of the provider's roles are which of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleMap(pub Vec<(String, String)>);

impl std::str::FromStr for RoleMap {
    type Err = String;

    /// Reads `theirs=ours,theirs=ours`.
    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(str::trim)
            .filter(|pair| !pair.is_empty())
            .map(|pair| match pair.rsplit_once('=') {
                Some((theirs, ours)) if !theirs.trim().is_empty() && !ours.trim().is_empty() => {
                    Ok((theirs.trim().to_owned(), ours.trim().to_owned()))
                }
                _ => Err(format!("`{pair}`: write theirs=ours")),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn refused(why: &str) -> Error {
    Error::problem(Code::OpenIdRefused, why)
}

/// Finds, links or makes the person, and gives them the role that the claims name.
///
/// # Errors
/// `auth.open_id_refused` when no role is mapped, nobody fits, or the one who does has left.
pub fn admit(conn: &mut Conn, act: &Act, claims: &Claims) -> Result<StaffMember> {
    let role = role_of(conn, act, claims)?.ok_or_else(|| refused("the provider gives no role that is known here"))?;
    let member = match find(conn, act, claims)? {
        Some(member) => member,
        None if act.policy.sign_in.open_id_create => make(conn, act, claims, &role)?,
        None => return Err(refused("nobody here has this identity")),
    };
    if !member.is_active() {
        return Err(refused("the account has ended"));
    }
    if member.role == role {
        return Ok(member);
    }
    // As when an administrator changes it: of two who are the last ones, one stays.
    holds::hold_staff(conn)?;
    let member = people::load(conn, member.id)?;
    let mut after = member.clone();
    after.role = role;
    people::check_not_last_admin(conn, &member)?;
    people::write(conn, act, &member, after)?;
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::Person, member.id.0, "person.role_from_provider"),
    )?;
    people::load(conn, member.id)
}

/// The role with the most permissions of those that the claims name; of two with as many the later one in the
/// table of roles (a lead before an agent).
fn role_of(conn: &mut Conn, act: &Act, claims: &Claims) -> Result<Option<String>> {
    let mut best: Option<((usize, usize), String)> = None;
    for (theirs, ours) in &act.policy.sign_in.open_id_roles.0 {
        if claims.roles.contains(theirs) {
            let place = Role::ALL.iter().position(|role| role.as_str() == ours);
            let permissions = custom_roles::grant(conn, ours)?.permissions().len();
            let weight = (permissions, place.unwrap_or_default());
            if best.as_ref().is_none_or(|(most, _)| weight > *most) {
                best = Some((weight, ours.clone()));
            }
        }
    }
    Ok(best.map(|(_, role)| role))
}

fn find(conn: &mut Conn, act: &Act, claims: &Claims) -> Result<Option<StaffMember>> {
    if let Some(identity) = store::find_identity(conn, &claims.issuer, &claims.subject)? {
        return people::load(conn, identity.staff_id).map(Some);
    }
    let Some(email) = claims.email.as_deref().filter(|_| claims.email_verified) else {
        return Ok(None);
    };
    let Some(member) = people::find_by_email(conn, email)? else {
        return Ok(None);
    };
    if store::has_identity(conn, &claims.issuer, member.id)? {
        // The address was given to somebody else since.
        return Err(refused("the e-mail address belongs to another identity"));
    }
    link(conn, act, claims, &member)?;
    Ok(Some(member))
}

fn link(conn: &mut Conn, act: &Act, claims: &Claims, member: &StaffMember) -> Result<()> {
    let row = IdentityRow {
        issuer: claims.issuer.clone(),
        subject: claims.subject.clone(),
        staff_id: member.id,
        linked_at: act.now,
    };
    store::insert_identity(conn, &row)?;
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::Person, member.id.0, "person.identity_linked"),
    )
}

fn make(conn: &mut Conn, act: &Act, claims: &Claims, role: &str) -> Result<StaffMember> {
    let email = claims.email.clone().filter(|_| claims.email_verified);
    let wanted = claims
        .preferred_username
        .as_deref()
        .or(email.as_deref())
        .unwrap_or_default();
    let handle = free_handle(conn, &handle_from(wanted))?;
    let form = StaffForm {
        name: claims.name.clone().unwrap_or_else(|| handle.clone()),
        handle,
        email,
        role: role.to_owned(),
        language: None,
    };
    let made = people::create(conn, act, &form)?;
    let member = people::load(conn, made.id)?;
    link(conn, act, claims, &member)?;
    Ok(member)
}

/// A handle out of a name at the provider, or out of an e-mail address.
fn handle_from(wanted: &str) -> String {
    let local = wanted.split('@').next().unwrap_or_default().to_lowercase();
    let fitting: String = local
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-'))
        .skip_while(|c| !c.is_ascii_lowercase())
        .take(30)
        .collect();
    if fitting.len() < 2 {
        "person".to_owned()
    } else {
        fitting
    }
}

fn free_handle(conn: &mut Conn, wanted: &str) -> Result<String> {
    for n in 1..100 {
        let handle = if n == 1 {
            wanted.to_owned()
        } else {
            format!("{wanted}-{n}")
        };
        if !people::is_reserved(&handle) && people::find_by_handle(conn, &handle)?.is_none() {
            return Ok(handle);
        }
    }
    Err(refused("no handle is free"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_map_is_read_and_what_is_none_is_refused() {
        let map: RoleMap = " desk-agents=agent, cn=leads=lead ,".parse().unwrap();
        let pair = |theirs: &str, ours: &str| (theirs.to_owned(), ours.to_owned());
        assert_eq!(map.0, [pair("desk-agents", "agent"), pair("cn=leads", "lead")]);
        for wrong in ["x", "=agent", "x="] {
            assert!(wrong.parse::<RoleMap>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_handle_is_made_of_what_may_be_in_one() {
        for (wanted, handle) in [
            ("Li.Na@example.com", "li.na"),
            ("李娜", "person"),
            ("007bond", "bond"),
            ("a", "person"),
            ("O'Neil", "oneil"),
        ] {
            assert_eq!(handle_from(wanted), handle, "{wanted}");
        }
    }
}
