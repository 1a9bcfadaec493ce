//! SQL of credentials, sessions, links, identities and failures.

use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer};

use super::invitations::Purpose;
use super::sessions::Method;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{
    recovery_codes, sessions, sign_in_failures, staff_credentials, staff_identities, staff_invitations,
};
use crate::db::types::Instant;
use crate::error::{Error, Result};
use crate::ids::{InvitationId, SessionId, StaffId};
use crate::{insert_new, insert_rows};

// --- passwords and the second factor

/// What a person proves who they are with.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff_credentials, treat_none_as_default_value = false)]
pub(super) struct CredentialRow {
    pub(super) staff_id: StaffId,
    pub(super) password_hash: Option<String>,
    pub(super) password_set_at: Option<Moment>,
    pub(super) totp_sealed: Option<Vec<u8>>,
    pub(super) totp_confirmed_at: Option<Moment>,
    pub(super) totp_last_step: Option<i64>,
}

pub(super) fn find_credentials(conn: &mut Conn, person: StaffId) -> Result<Option<CredentialRow>> {
    Ok(staff_credentials::table
        .find(person)
        .select(CredentialRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn password_hash(conn: &mut Conn, person: StaffId) -> Result<Option<String>> {
    Ok(find_credentials(conn, person)?.and_then(|row| row.password_hash))
}

/// Sees to it that a person has a row.
fn make_credentials(conn: &mut Conn, person: StaffId) -> Result<()> {
    let empty = CredentialRow {
        staff_id: person,
        password_hash: None,
        password_set_at: None,
        totp_sealed: None,
        totp_confirmed_at: None,
        totp_last_step: None,
    };
    insert_new!(conn, staff_credentials::table, std::slice::from_ref(&empty))?;
    Ok(())
}

pub(super) fn set_password(conn: &mut Conn, now: Moment, person: StaffId, hash: &str) -> Result<()> {
    make_credentials(conn, person)?;
    diesel::update(staff_credentials::table.find(person))
        .set((
            staff_credentials::password_hash.eq(Some(hash.to_owned())),
            staff_credentials::password_set_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Puts `after` in the place of `before`; does nothing when somebody has set another password meanwhile.
pub(super) fn replace_password_hash(conn: &mut Conn, person: StaffId, before: &str, after: &str) -> Result<()> {
    let same = staff_credentials::table
        .find(person)
        .filter(staff_credentials::password_hash.eq(before.to_owned()));
    diesel::update(same)
        .set(staff_credentials::password_hash.eq(Some(after.to_owned())))
        .execute(conn)?;
    Ok(())
}

/// Keeps a secret that has yet to be confirmed; replaces one that was not.
pub(super) fn set_pending_totp(conn: &mut Conn, person: StaffId, sealed: Vec<u8>) -> Result<bool> {
    make_credentials(conn, person)?;
    let unconfirmed = staff_credentials::table
        .find(person)
        .filter(staff_credentials::totp_confirmed_at.is_null());
    let set = diesel::update(unconfirmed)
        .set((
            staff_credentials::totp_sealed.eq(Some(sealed)),
            staff_credentials::totp_last_step.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(set == 1)
}

pub(super) fn confirm_totp(conn: &mut Conn, now: Moment, person: StaffId) -> Result<bool> {
    let unconfirmed = staff_credentials::table
        .find(person)
        .filter(staff_credentials::totp_confirmed_at.is_null());
    let set = diesel::update(unconfirmed)
        .set(staff_credentials::totp_confirmed_at.eq(Some(now)))
        .execute(conn)?;
    Ok(set == 1)
}

/// Spends a time step and all before it; false when it was spent already.
pub(super) fn spend_step(conn: &mut Conn, person: StaffId, step: i64) -> Result<bool> {
    let unspent = staff_credentials::table.find(person).filter(
        staff_credentials::totp_last_step
            .is_null()
            .or(staff_credentials::totp_last_step.lt(step)),
    );
    let spent = diesel::update(unspent)
        .set(staff_credentials::totp_last_step.eq(Some(step)))
        .execute(conn)?;
    Ok(spent == 1)
}

pub(super) fn remove_totp(conn: &mut Conn, person: StaffId) -> Result<()> {
    diesel::update(staff_credentials::table.find(person))
        .set((
            staff_credentials::totp_sealed.eq(None::<Vec<u8>>),
            staff_credentials::totp_confirmed_at.eq(None::<Moment>),
            staff_credentials::totp_last_step.eq(None::<i64>),
        ))
        .execute(conn)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::staff_id.eq(person))).execute(conn)?;
    Ok(())
}

/// A code that stands in for the second factor, once.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = recovery_codes, treat_none_as_default_value = false)]
pub(super) struct RecoveryRow {
    pub(super) staff_id: StaffId,
    pub(super) code_hash: Vec<u8>,
    pub(super) used_at: Option<Moment>,
}

pub(super) fn replace_recovery_codes(conn: &mut Conn, person: StaffId, rows: &[RecoveryRow]) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::staff_id.eq(person))).execute(conn)?;
    insert_rows!(conn, recovery_codes::table, rows)?;
    Ok(())
}

/// Uses a code up; false when there is none such, or it was used.
pub(super) fn use_recovery_code(conn: &mut Conn, now: Moment, person: StaffId, hash: &[u8]) -> Result<bool> {
    let unused = recovery_codes::table
        .find((person, hash.to_vec()))
        .filter(recovery_codes::used_at.is_null());
    let used = diesel::update(unused)
        .set(recovery_codes::used_at.eq(Some(now)))
        .execute(conn)?;
    Ok(used == 1)
}

pub(super) fn count_recovery_codes(conn: &mut Conn, person: StaffId) -> Result<i64> {
    Ok(recovery_codes::table
        .filter(recovery_codes::staff_id.eq(person))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)?)
}

// --- sessions

/// A session as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub(super) struct SessionRow {
    pub(super) id: SessionId,
    pub(super) staff_id: StaffId,
    pub(super) secret_hash: Vec<u8>,
    pub(super) method: Method,
    pub(super) address: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) created_at: Moment,
    pub(super) last_seen_at: Moment,
    pub(super) expires_at: Moment,
}

pub(super) fn insert_session(conn: &mut Conn, row: &SessionRow) -> Result<()> {
    insert_rows!(conn, sessions::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn find_session(conn: &mut Conn, secret_hash: &[u8]) -> Result<Option<SessionRow>> {
    Ok(sessions::table
        .filter(sessions::secret_hash.eq(secret_hash.to_vec()))
        .select(SessionRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn touch_session(conn: &mut Conn, now: Moment, id: SessionId) -> Result<()> {
    diesel::update(sessions::table.find(id).filter(sessions::last_seen_at.lt(now)))
        .set(sessions::last_seen_at.eq(now))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_session_secret(conn: &mut Conn, id: SessionId, secret_hash: &[u8]) -> Result<bool> {
    let set = diesel::update(sessions::table.find(id))
        .set(sessions::secret_hash.eq(secret_hash.to_vec()))
        .execute(conn)?;
    Ok(set == 1)
}

pub(super) fn list_sessions(
    conn: &mut Conn,
    person: StaffId,
    now: Moment,
    idle_since: Moment,
) -> Result<Vec<SessionRow>> {
    Ok(sessions::table
        .filter(sessions::staff_id.eq(person))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(idle_since))
        .order(sessions::id.desc())
        .select(SessionRow::as_select())
        .load(conn)?)
}

pub(super) fn delete_session(conn: &mut Conn, person: StaffId, id: SessionId) -> Result<bool> {
    let own = sessions::table.find(id).filter(sessions::staff_id.eq(person));
    Ok(diesel::delete(own).execute(conn)? == 1)
}

pub(super) fn delete_session_by_hash(conn: &mut Conn, secret_hash: &[u8]) -> Result<()> {
    diesel::delete(sessions::table.filter(sessions::secret_hash.eq(secret_hash.to_vec()))).execute(conn)?;
    Ok(())
}

pub(super) fn delete_sessions_of(conn: &mut Conn, person: StaffId, except: Option<SessionId>) -> Result<usize> {
    let own = sessions::table.filter(sessions::staff_id.eq(person));
    Ok(match except {
        Some(id) => diesel::delete(own.filter(sessions::id.ne(id))).execute(conn)?,
        None => diesel::delete(own).execute(conn)?,
    })
}

pub(super) fn delete_all_sessions(conn: &mut Conn) -> Result<usize> {
    Ok(diesel::delete(sessions::table).execute(conn)?)
}

pub(super) fn delete_old_sessions(conn: &mut Conn, now: Moment, idle_since: Moment) -> Result<usize> {
    let over = sessions::expires_at.le(now).or(sessions::last_seen_at.le(idle_since));
    Ok(diesel::delete(sessions::table.filter(over)).execute(conn)?)
}

// --- links that set a password

/// A link as it is kept, until it is used, over, or replaced by another.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff_invitations)]
pub(super) struct InvitationRow {
    pub(super) id: InvitationId,
    pub(super) staff_id: StaffId,
    pub(super) token_hash: Vec<u8>,
    pub(super) purpose: Purpose,
    pub(super) created_by: String,
    pub(super) created_at: Moment,
    pub(super) expires_at: Moment,
}

/// Puts a link in the place of the one the person may have.
pub(super) fn replace_invitation(conn: &mut Conn, row: &InvitationRow) -> Result<()> {
    delete_invitation_of(conn, row.staff_id)?;
    if insert_new!(conn, staff_invitations::table, std::slice::from_ref(row))? == 1 {
        Ok(())
    } else {
        Err(Error::Retry("another link for the same person"))
    }
}

pub(super) fn find_invitation(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<InvitationRow>> {
    Ok(staff_invitations::table
        .filter(staff_invitations::token_hash.eq(token_hash.to_vec()))
        .select(InvitationRow::as_select())
        .first(conn)
        .optional()?)
}

/// False when somebody else was quicker.
pub(super) fn delete_invitation(conn: &mut Conn, id: InvitationId) -> Result<bool> {
    Ok(diesel::delete(staff_invitations::table.find(id)).execute(conn)? == 1)
}

pub(super) fn delete_invitation_of(conn: &mut Conn, person: StaffId) -> Result<()> {
    diesel::delete(staff_invitations::table.filter(staff_invitations::staff_id.eq(person))).execute(conn)?;
    Ok(())
}

pub(super) fn delete_old_invitations(conn: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(staff_invitations::table.filter(staff_invitations::expires_at.le(now))).execute(conn)?)
}

// --- identities at an OpenID provider

/// Who somebody is at an OpenID provider.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff_identities)]
pub(super) struct IdentityRow {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) staff_id: StaffId,
    pub(super) linked_at: Moment,
}

pub(super) fn find_identity(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<IdentityRow>> {
    Ok(staff_identities::table
        .find((issuer.to_owned(), subject.to_owned()))
        .select(IdentityRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn has_identity(conn: &mut Conn, issuer: &str, person: StaffId) -> Result<bool> {
    let first: Option<String> = staff_identities::table
        .filter(staff_identities::staff_id.eq(person))
        .filter(staff_identities::issuer.eq(issuer.to_owned()))
        .select(staff_identities::subject)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

pub(super) fn insert_identity(conn: &mut Conn, row: &IdentityRow) -> Result<()> {
    if insert_new!(conn, staff_identities::table, std::slice::from_ref(row))? == 1 {
        Ok(())
    } else {
        Err(Error::Retry("the same identity elsewhere"))
    }
}

// --- failures

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Integer)]
    failures: i32,
}

/// Counts one more failure, from one again when the last is older than `since`; `None`, and nothing is
/// counted, while the key is blocked. Two at once wait for each other here.
pub(super) fn count_failure(conn: &mut Conn, now: Moment, since: Moment, key: &[u8]) -> Result<Option<i32>> {
    let counted: Vec<Counted> = diesel::sql_query(
        "INSERT INTO sign_in_failures (key_hash, failures, last_failed_at, blocked_until) VALUES ($1, 1, $2, $3)
         ON CONFLICT (key_hash) DO UPDATE SET
             failures = CASE WHEN sign_in_failures.last_failed_at < $4 THEN 1 ELSE sign_in_failures.failures + 1 END,
             last_failed_at = excluded.last_failed_at
         WHERE sign_in_failures.blocked_until <= $5
         RETURNING failures",
    )
    .bind::<Binary, _>(key.to_vec())
    .bind::<Instant, _>(now)
    .bind::<Instant, _>(now)
    .bind::<Instant, _>(since)
    .bind::<Instant, _>(now)
    .load(conn)?;
    Ok(counted.first().map(|row| row.failures))
}

pub(super) fn block_until(conn: &mut Conn, key: &[u8], until: Moment) -> Result<()> {
    diesel::update(sign_in_failures::table.find(key.to_vec()))
        .set(sign_in_failures::blocked_until.eq(until))
        .execute(conn)?;
    Ok(())
}

pub(super) fn blocked_until(conn: &mut Conn, key: &[u8]) -> Result<Option<Moment>> {
    Ok(sign_in_failures::table
        .find(key.to_vec())
        .select(sign_in_failures::blocked_until)
        .first(conn)
        .optional()?)
}

pub(super) fn forget_failures(conn: &mut Conn, key: &[u8]) -> Result<()> {
    diesel::delete(sign_in_failures::table.find(key.to_vec())).execute(conn)?;
    Ok(())
}

pub(super) fn take_failure_back(conn: &mut Conn, key: &[u8]) -> Result<()> {
    diesel::update(
        sign_in_failures::table
            .find(key.to_vec())
            .filter(sign_in_failures::failures.gt(0)),
    )
    .set(sign_in_failures::failures.eq(sign_in_failures::failures - 1))
    .execute(conn)?;
    Ok(())
}

pub(super) fn delete_old_failures(conn: &mut Conn, before: Moment) -> Result<usize> {
    Ok(diesel::delete(sign_in_failures::table.filter(sign_in_failures::last_failed_at.lt(before))).execute(conn)?)
}
