//! How people prove who they are: passwords, a second factor, sessions, links that set a password,
//! and an OpenID provider; and how guessing is slowed down.

pub mod devices;
pub mod invitations;
pub mod open_id;
pub mod passwords;
pub mod refusals;
pub mod seal;
pub mod second_factor;
pub mod sessions;
mod store;
pub mod throttle;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::passwords::{DUMMY, Verdict};
use self::second_factor::Code as FactorCode;
use self::sessions::{Method, Opened};
use super::actor::Act;
use super::people::{self, StaffMember};
use super::tokens::Secret;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::error::{Code, Error, Result};
use crate::ids::{SessionId, StaffId};
use crate::keys::Keys;

/// What one signs in with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInForm {
    /// The handle.
    #[schema(example = "li.na", min_length = 1, max_length = 100)]
    pub handle: String,
    /// The password.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub password: Secret,
    /// The six digits of the second factor, or a recovery code; when the account has one.
    #[schema(value_type = Option<String>, example = "123456", max_length = 40)]
    pub code: Option<Secret>,
}

/// The password once more, for what needs it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    /// The password of the person who is signed in; those without one leave it out.
    #[schema(value_type = Option<String>, max_length = 128)]
    pub password: Option<Secret>,
}

/// The same answer for a handle that nobody has, a wrong password, a wrong code and an account that has ended.
pub fn refused() -> Error {
    Error::problem(Code::SignInRefused, "the handle, the password or the code is not right")
}

/// Whom a handle names, with what a password has to be compared with: for a handle that nobody has,
/// or a person who may not sign in, a hash that no password has.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The person, if they may sign in.
    pub person: Option<StaffMember>,
    /// The hash to compare with.
    pub hash: String,
}

/// Looks up who wants to sign in.
///
/// # Errors
/// When the database refuses.
pub fn candidate(conn: &mut Conn, handle: &str) -> Result<Candidate> {
    // No stored text holds a NUL, and PostgreSQL takes none.
    let person = match people::find_by_handle(conn, &spelled(handle).replace('\0', ""))? {
        Some(person) if person.is_active() => person,
        _ => return Ok(nobody()),
    };
    match store::password_hash(conn, person.id)? {
        Some(hash) => Ok(Candidate {
            person: Some(person),
            hash,
        }),
        None => Ok(nobody()),
    }
}

fn nobody() -> Candidate {
    Candidate {
        person: None,
        hash: DUMMY.to_owned(),
    }
}

/// A handle as it is kept.
pub fn spelled(handle: &str) -> String {
    handle.trim().to_lowercase()
}

/// What is known of a request to sign in beside the credentials.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The session that the browser brought along; it ends.
    pub old_session: Option<String>,
    /// What the browser says it is.
    pub user_agent: Option<String>,
}

/// Ends a password sign-in: takes the code if one is needed, and opens the session.
///
/// # Errors
/// `auth.sign_in_refused`; `auth.code_required` when the password is right, but a code is needed.
pub fn finish(
    conn: &mut Conn,
    act: &Act,
    keys: &Keys,
    person: StaffId,
    code: Option<&str>,
    around: &Surroundings,
) -> Result<Opened> {
    // Once more: since the password was looked up the person may have been deactivated.
    let person = people::load(conn, person)?;
    if !person.is_active() {
        return Err(refused());
    }
    if second_factor::is_enabled(conn, person.id)? {
        let Some(code) = code else {
            return Err(Error::problem(Code::CodeRequired, "send the code of the second factor"));
        };
        if !second_factor::take(conn, act, keys, person.id, &FactorCode::read(code))? {
            return Err(refused());
        }
    }
    begin_session(conn, act, &person, Method::Password, around)
}

/// Opens a session for a person who has proved who they are; the one that the browser had ends.
///
/// # Errors
/// When the database refuses.
pub fn begin_session(
    conn: &mut Conn,
    act: &Act,
    person: &StaffMember,
    method: Method,
    around: &Surroundings,
) -> Result<Opened> {
    if let Some(old) = &around.old_session {
        sessions::end_by_secret(conn, old)?;
    }
    let act = act_of(conn, act, person)?;
    sessions::open(conn, &act, person.id, method, around.user_agent.as_deref())
}

/// The act of somebody who has just proved who they are.
fn act_of(conn: &mut Conn, act: &Act, person: &StaffMember) -> Result<Act> {
    Ok(Act {
        actor: Arc::new(people::actor_of(conn, person)?),
        ..act.clone()
    })
}

/// Keeps a newly computed hash of the same password, made with today's parameters.
///
/// # Errors
/// When the database refuses.
pub fn rehash(conn: &mut Conn, person: StaffId, before: &str, after: &str) -> Result<()> {
    store::replace_password_hash(conn, person, before, after)
}

/// The hash of a person's password.
///
/// # Errors
/// `auth.no_password` for those who sign in with the OpenID provider only.
pub fn own_hash(conn: &mut Conn, person: StaffId) -> Result<String> {
    store::password_hash(conn, person)?
        .ok_or_else(|| Error::problem(Code::NoPassword, "there is no password to compare with; ask for a link"))
}

/// Whether a person has a password.
///
/// # Errors
/// When the database refuses.
pub fn has_password(conn: &mut Conn, person: StaffId) -> Result<bool> {
    Ok(store::password_hash(conn, person)?.is_some())
}

/// Sets another password, and ends every session but the one it was set from. Gives the new secret
/// of that one.
///
/// # Errors
/// When the database refuses.
pub fn change_password(conn: &mut Conn, act: &Act, own: SessionId, person: StaffId, hash: &str) -> Result<Secret> {
    store::set_password(conn, act.now, person, hash)?;
    invitations::withdraw(conn, person)?;
    sessions::end_all(conn, person, Some(own))?;
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::Person, person.0, "person.password_changed"),
    )?;
    sessions::rotate(conn, own)
}

/// The present password and the new one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordForm {
    /// The present password.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub current: Secret,
    /// The new one: at least ten characters, and not easy to guess.
    #[schema(value_type = String, min_length = 10, max_length = 128)]
    pub new: Secret,
}

/// Password and code, for taking the second factor away.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveFactorForm {
    /// The password; those without one leave it out.
    #[schema(value_type = Option<String>, max_length = 128)]
    pub password: Option<Secret>,
    /// A code of the app, or a recovery code.
    #[schema(value_type = String, example = "123456", max_length = 40)]
    pub code: Secret,
}

/// A code of the app.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    /// The six digits that the app shows.
    #[schema(value_type = String, example = "123456", max_length = 40)]
    pub code: Secret,
}

/// Whether a comparison went well, as the one answer there is.
///
/// # Errors
/// `auth.sign_in_refused`.
pub fn must_be_right(verdict: Verdict) -> Result<()> {
    match verdict {
        Verdict::Wrong => Err(refused()),
        Verdict::Right | Verdict::RightButOld => Ok(()),
    }
}

/// A link for a person, and who made it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Invited {
    /// The handle of the person the link is for.
    #[schema(example = "li.na")]
    pub handle: String,
    /// Their name.
    #[schema(example = "Li Na")]
    pub name: String,
    /// Whether it sets the first password or another one.
    pub purpose: invitations::Purpose,
    /// When the link stops working.
    pub expires_at: Moment,
}

/// Forgets what is over: sessions, links, and failures of long ago. Says how many rows.
///
/// # Errors
/// When the database refuses.
pub fn sweep(conn: &mut Conn, act: &Act) -> Result<usize> {
    let idle_since = act.now - act.policy.sign_in.session_idle;
    let sessions = store::delete_old_sessions(conn, act.now, idle_since)?;
    let links = store::delete_old_invitations(conn, act.now)?;
    let failures = store::delete_old_failures(conn, act.now - throttle::MEMORY)?;
    Ok(sessions + links + failures)
}
