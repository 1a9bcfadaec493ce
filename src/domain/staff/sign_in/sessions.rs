//! Sessions of people: a random secret in a cookie, of which only a hash is kept.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::second_factor;
use super::store::{self, SessionRow};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::policy::Policy;
use crate::domain::staff::actor::{Act, Actor};
use crate::domain::staff::people;
use crate::domain::staff::roles::Grant;
use crate::domain::staff::tokens::{Secret, hash, random_secret};
use crate::error::{Error, Result};
use crate::ids::{SessionId, StaffId};
use crate::keys::Keys;
use crate::text_enum;

text_enum! {
    /// How somebody proved who they are.
    Method {
        /// With a password, and a code where the account has a second factor.
        Password = "password",
        /// At the OpenID provider.
        OpenId = "open_id",
    }
}

/// A session that has just been opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its name.
    pub id: SessionId,
    /// Whose it is.
    pub staff_id: StaffId,
    /// The secret for the cookie; it is not shown again.
    pub secret: Secret,
}

/// Whose session a request belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// Whose it is.
    pub staff_id: StaffId,
    /// Their role asks for a second factor, and they have none: until then nothing else is allowed.
    pub must_enrol: bool,
}

/// A session that was found good.
#[derive(Debug, Clone)]
pub struct Known {
    /// Who acts.
    pub actor: Actor,
    /// What they are called.
    pub called: String,
    /// In which session.
    pub session: Session,
    /// When it ends if nobody uses it before.
    pub good_until: Moment,
    /// When it was last known to be used.
    pub last_seen_at: Moment,
}

/// A session, as its owner and administrators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// Its name.
    pub id: SessionId,
    /// How it was opened.
    pub method: Method,
    /// The address it was opened from.
    #[schema(example = "192.0.2.7")]
    pub address: Option<String>,
    /// What the browser said it was.
    #[schema(example = "Mozilla/5.0 …")]
    pub user_agent: Option<String>,
    /// When it was opened.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub last_seen_at: Moment,
    /// When it ends at the latest.
    pub expires_at: Moment,
    /// Whether it is the one of this request.
    pub current: bool,
}

/// The longest description of a browser that is kept.
const USER_AGENT: usize = 200;

/// Opens a session.
///
/// # Errors
/// When the database refuses.
pub fn open(conn: &mut Conn, act: &Act, staff_id: StaffId, method: Method, user_agent: Option<&str>) -> Result<Opened> {
    let secret = random_secret();
    let row = SessionRow {
        id: SessionId::new(act.now),
        staff_id,
        secret_hash: hash(&secret),
        method,
        address: act.address.map(|address: IpAddr| address.to_canonical().to_string()),
        user_agent: user_agent.map(|text| text.chars().filter(|c| !c.is_control()).take(USER_AGENT).collect()),
        created_at: act.now,
        last_seen_at: act.now,
        expires_at: act.now + act.policy.sign_in.session_life,
    };
    store::insert_session(conn, &row)?;
    let event = Event::on(ObjectKind::Session, row.id.0, "session.opened");
    audit::record(conn, act, event.with(json!({ "method": method })))?;
    Ok(Opened {
        id: row.id,
        staff_id,
        secret: Secret::new(secret),
    })
}

/// Whose session a secret belongs to; `None` when it is unknown, over, or of somebody who has left.
///
/// # Errors
/// When the database refuses.
pub fn authenticate(conn: &mut Conn, now: Moment, policy: &Policy, secret: &str) -> Result<Option<Known>> {
    let rules = &policy.sign_in;
    let Some(row) = store::find_session(conn, &hash(secret))? else {
        return Ok(None);
    };
    let good_until = row.expires_at.min(row.last_seen_at + rules.session_idle);
    if good_until <= now {
        return Ok(None);
    }
    let person = people::load(conn, row.staff_id)?;
    if !person.is_active() {
        return Ok(None);
    }
    let mut actor = people::actor_of(conn, &person)?;
    let asked_for = row.method == Method::Password && rules.second_factor_roles.contains(&person.role);
    let must_enrol = asked_for && !second_factor::is_enabled(conn, person.id)?;
    if must_enrol {
        actor.grant = Grant::custom(actor.grant.role(), Vec::new());
    }
    let session = Session {
        id: row.id,
        staff_id: row.staff_id,
        must_enrol,
    };
    Ok(Some(Known {
        actor,
        called: person.name,
        session,
        good_until,
        last_seen_at: row.last_seen_at,
    }))
}

/// The token that a page has to send along with every change it makes in this session.
pub fn csrf_token(keys: &Keys, id: SessionId) -> String {
    URL_SAFE_NO_PAD.encode(keys.derive(&format!("csrf token\0{id}")))
}

/// Notes that a session is in use.
///
/// # Errors
/// When the database refuses.
pub fn seen(conn: &mut Conn, now: Moment, id: SessionId) -> Result<()> {
    store::touch_session(conn, now, id)
}

/// Gives a session another secret; the old one opens nothing any more.
///
/// # Errors
/// `resource.not_found` when the session has ended meanwhile.
pub fn rotate(conn: &mut Conn, id: SessionId) -> Result<Secret> {
    let secret = random_secret();
    if store::set_session_secret(conn, id, &hash(&secret))? {
        Ok(Secret::new(secret))
    } else {
        Err(Error::not_found("session"))
    }
}

/// The sessions of a person that are open, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act, staff_id: StaffId, current: Option<SessionId>) -> Result<Vec<SessionView>> {
    let idle_since = act.now - act.policy.sign_in.session_idle;
    let rows = store::list_sessions(conn, staff_id, act.now, idle_since)?;
    let view = |row: SessionRow| SessionView {
        id: row.id,
        method: row.method,
        address: row.address,
        user_agent: row.user_agent,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
        current: current == Some(row.id),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Ends one session of a person.
///
/// # Errors
/// `resource.not_found` when they have no such session.
pub fn end(conn: &mut Conn, act: &Act, staff_id: StaffId, id: SessionId) -> Result<()> {
    if !store::delete_session(conn, staff_id, id)? {
        return Err(Error::not_found("session"));
    }
    audit::record(conn, act, Event::on(ObjectKind::Session, id.0, "session.ended"))
}

/// Ends the session with this secret, if there is one.
///
/// # Errors
/// When the database refuses.
pub fn end_by_secret(conn: &mut Conn, secret: &str) -> Result<()> {
    store::delete_session_by_hash(conn, &hash(secret))
}

/// Ends every session of a person, but `except` one. Says how many.
///
/// # Errors
/// When the database refuses.
pub fn end_all(conn: &mut Conn, staff_id: StaffId, except: Option<SessionId>) -> Result<usize> {
    store::delete_sessions_of(conn, staff_id, except)
}

/// Ends every session of a person, by an administrator. Says how many.
///
/// # Errors
/// `resource.not_found`; `auth.escalation` when they may do more than the actor.
pub fn end_all_of(conn: &mut Conn, act: &Act, staff_id: StaffId) -> Result<usize> {
    let member = people::load(conn, staff_id)?;
    people::check_reach_of(conn, act, &member)?;
    let ended = end_all(conn, staff_id, None)?;
    let event = Event::on(ObjectKind::Person, staff_id.0, "person.sessions_ended");
    audit::record(conn, act, event.with(json!({ "sessions": ended })))?;
    Ok(ended)
}

/// Ends every session of everybody. Says how many.
///
/// # Errors
/// When the database refuses.
pub fn end_everybodys(conn: &mut Conn, act: &Act) -> Result<usize> {
    let ended = store::delete_all_sessions(conn)?;
    let event = Event::about_many(ObjectKind::Session, "session.all_ended");
    audit::record(conn, act, event.with(json!({ "sessions": ended })))?;
    Ok(ended)
}
