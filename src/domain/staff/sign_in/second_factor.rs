//! The second factor: time-based codes (RFC 6238) of an app, and recovery codes for when it is lost.

use rand::seq::IndexedRandom as _;
use serde::Serialize;
use totp_rs::{Algorithm, Builder, Totp};
use utoipa::ToSchema;

use super::store::{self, RecoveryRow};
use super::{seal, sessions};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::staff::actor::Act;
use crate::domain::staff::people::{self, StaffMember};
use crate::domain::staff::tokens::Secret;
use crate::error::{Code as Problem, Error, Result};
use crate::ids::{SessionId, StaffId};
use crate::keys::Keys;

/// What the app calls the account's issuer.
const ISSUER: &str = "Hark";
/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code: 49 random bits.
const RECOVERY_LENGTH: usize = 10;
/// What recovery codes are made of: nothing that looks like something else.
const RECOVERY_ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// A secret for an app, shown this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Enrolment {
    /// For a QR code.
    #[schema(value_type = String, example = "otpauth://totp/Hark:li.na?secret=…&issuer=Hark")]
    pub otpauth_url: Secret,
    /// To type in where no QR code can be read: base 32.
    #[schema(value_type = String, example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    pub secret: Secret,
}

/// Codes that stand in for the second factor, each once; shown this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// The codes.
    #[schema(value_type = Vec<String>, example = json!(["k7qm9-3r9xw"]))]
    pub recovery_codes: Vec<Secret>,
}

/// Where an account stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SecondFactorView {
    /// Whether signing in needs a code.
    pub enabled: bool,
    /// Since when.
    pub since: Option<Moment>,
    /// How many recovery codes have not been used.
    pub recovery_codes_left: i64,
}

/// What somebody typed where a code is wanted.
#[derive(Clone, PartialEq, Eq)]
pub enum Code {
    /// Of the app.
    Digits(String),
    /// A recovery code, in the one spelling.
    Recovery(String),
}

impl Code {
    /// Reads what was typed; blanks and dashes are for the eye.
    pub fn read(text: &str) -> Self {
        let plain: String = text
            .chars()
            .take(64)
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit()) {
            Self::Digits(plain)
        } else {
            Self::Recovery(plain)
        }
    }
}

fn sealing_key(keys: &Keys) -> [u8; 32] {
    keys.derive("second factor")
}

fn totp(secret: &[u8], handle: &str) -> Result<Totp> {
    // What every app can do; others are silently taken for this by some.
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
        .with_issuer(Some(ISSUER))
        .with_account_name(handle)
        .build()
        .map_err(|e| Error::internal(format!("second factor: {e}")))
}

/// Whether an account has a second factor that was confirmed.
///
/// # Errors
/// When the database refuses.
pub fn is_enabled(conn: &mut Conn, person: StaffId) -> Result<bool> {
    Ok(store::find_credentials(conn, person)?.is_some_and(|row| row.totp_confirmed_at.is_some()))
}

/// Where an account stands.
///
/// # Errors
/// When the database refuses.
pub fn view(conn: &mut Conn, person: StaffId) -> Result<SecondFactorView> {
    let since = store::find_credentials(conn, person)?.and_then(|row| row.totp_confirmed_at);
    Ok(SecondFactorView {
        enabled: since.is_some(),
        since,
        recovery_codes_left: store::count_recovery_codes(conn, person)?,
    })
}

/// Makes a secret for an app. It counts once the app has shown a code; until then it may be made again.
///
/// # Errors
/// `auth.second_factor_enabled`.
pub fn begin(conn: &mut Conn, act: &Act, keys: &Keys, person: StaffId) -> Result<Enrolment> {
    let person = people::load(conn, person)?;
    let secret: [u8; 20] = rand::random();
    let sealed = seal::seal(&sealing_key(keys), person.id.0.as_bytes(), &secret)?;
    if !store::set_pending_totp(conn, person.id, sealed)? {
        return Err(Error::problem(
            Problem::SecondFactorEnabled,
            "remove the second factor there is first",
        ));
    }
    let event = Event::on(ObjectKind::Person, person.id.0, "person.second_factor_begun");
    audit::record(conn, act, event)?;
    let totp = totp(&secret, &person.handle)?;
    let url = totp
        .to_url()
        .map_err(|e| Error::internal(format!("second factor: {e}")))?;
    Ok(Enrolment {
        otpauth_url: Secret::new(url),
        secret: Secret::new(totp.secret().to_base32()),
    })
}

/// The app has shown its first code: from now on signing in needs one. Ends every other session, and
/// gives the recovery codes and the new secret of this one.
///
/// # Errors
/// `auth.code_wrong`; `auth.second_factor_enabled`; `auth.second_factor_missing` when none was begun.
pub fn confirm(
    conn: &mut Conn,
    act: &Act,
    keys: &Keys,
    session: SessionId,
    person: StaffId,
    code: &Code,
) -> Result<(RecoveryCodes, Secret)> {
    let row = store::find_credentials(conn, person)?.filter(|row| row.totp_sealed.is_some());
    let Some(row) = row else {
        return Err(missing());
    };
    if row.totp_confirmed_at.is_some() {
        return Err(Error::problem(Problem::SecondFactorEnabled, "it is in use already"));
    }
    if !take_digits(conn, act, keys, person, &row, code)? {
        return Err(Error::problem(
            Problem::CodeWrong,
            "the code is not the present one of the app",
        ));
    }
    store::confirm_totp(conn, act.now, person)?;
    let codes = new_recovery_codes(conn, keys, person)?;
    sessions::end_all(conn, person, Some(session))?;
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::Person, person.0, "person.second_factor_enabled"),
    )?;
    Ok((codes, sessions::rotate(conn, session)?))
}

fn missing() -> Error {
    Error::problem(Problem::SecondFactorMissing, "there is no second factor")
}

/// Takes a code, of the app or for recovery, and spends it. False when it is wrong or spent.
///
/// # Errors
/// When the database refuses.
pub fn take(conn: &mut Conn, act: &Act, keys: &Keys, person: StaffId, code: &Code) -> Result<bool> {
    let Some(row) = store::find_credentials(conn, person)?.filter(|row| row.totp_confirmed_at.is_some()) else {
        return Ok(false);
    };
    match code {
        Code::Digits(_) => take_digits(conn, act, keys, person, &row, code),
        Code::Recovery(text) => {
            let used = store::use_recovery_code(conn, act.now, person, &recovery_hash(keys, person, text))?;
            if used {
                let event = Event::on(ObjectKind::Person, person.0, "person.recovery_code_used");
                audit::record(conn, act, event)?;
            }
            Ok(used)
        }
    }
}

fn take_digits(
    conn: &mut Conn,
    act: &Act,
    keys: &Keys,
    person: StaffId,
    row: &store::CredentialRow,
    code: &Code,
) -> Result<bool> {
    let (Code::Digits(digits), Some(sealed)) = (code, &row.totp_sealed) else {
        return Ok(false);
    };
    let secret = seal::open(&sealing_key(keys), person.0.as_bytes(), sealed)
        .ok_or_else(|| Error::internal("a second factor was sealed with another secret key"))?;
    let now = u64::try_from(act.now.timestamp()).unwrap_or_default();
    match totp(&secret, "hark")?.check(digits, now) {
        Some(step) => store::spend_step(conn, person, i64::try_from(step).unwrap_or(i64::MAX)),
        None => Ok(false),
    }
}

/// Takes the second factor away from somebody who has shown password and code.
///
/// # Errors
/// `auth.second_factor_missing`; `auth.code_wrong`.
pub fn remove(conn: &mut Conn, act: &Act, keys: &Keys, person: StaffId, code: &Code) -> Result<SecondFactorView> {
    if !is_enabled(conn, person)? {
        return Err(missing());
    }
    if !take(conn, act, keys, person, code)? {
        return Err(Error::problem(Problem::CodeWrong, "the code is wrong or was used"));
    }
    store::remove_totp(conn, person)?;
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::Person, person.0, "person.second_factor_removed"),
    )?;
    view(conn, person)
}

/// Takes the second factor away from somebody who has lost it, by an administrator. Ends their sessions.
///
/// # Errors
/// `resource.not_found`; `auth.escalation` when they may do more than the actor.
pub fn reset(conn: &mut Conn, act: &Act, person: StaffId) -> Result<StaffMember> {
    let member = people::load(conn, person)?;
    people::check_reach_of(conn, act, &member)?;
    store::remove_totp(conn, person)?;
    sessions::end_all(conn, person, None)?;
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::Person, person.0, "person.second_factor_reset"),
    )?;
    Ok(member)
}

fn new_recovery_codes(conn: &mut Conn, keys: &Keys, person: StaffId) -> Result<RecoveryCodes> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let rows: Vec<RecoveryRow> = codes
        .iter()
        .map(|code| RecoveryRow {
            staff_id: person,
            code_hash: recovery_hash(keys, person, code),
            used_at: None,
        })
        .collect();
    store::replace_recovery_codes(conn, person, &rows)?;
    let for_the_eye = |code: String| {
        let (first, second) = code.split_at(RECOVERY_LENGTH / 2);
        Secret::new(format!("{first}-{second}"))
    };
    Ok(RecoveryCodes {
        recovery_codes: codes.into_iter().map(for_the_eye).collect(),
    })
}

fn recovery_code() -> String {
    let mut rng = rand::rng();
    (0..RECOVERY_LENGTH)
        .filter_map(|_| RECOVERY_ALPHABET.choose(&mut rng))
        .map(|byte| char::from(*byte))
        .collect()
}

/// What is kept of a recovery code: a keyed hash, so that whoever reads the database alone has nothing to guess at.
fn recovery_hash(keys: &Keys, person: StaffId, code: &str) -> Vec<u8> {
    keys.derive(&format!("recovery code\0{person}\0{code}")).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_dashes_in_a_code_are_for_the_eye() {
        assert!(Code::read(" 123 456 ") == Code::Digits("123456".to_owned()));
        assert!(Code::read("K7QM9-3R9XW") == Code::Recovery("k7qm93r9xw".to_owned()));
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, with the last six digits.
        let totp = totp(b"12345678901234567890", "li.na").unwrap();
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(totp.check(code, at), Some(at / 30), "{code}");
        }
    }

    #[test]
    fn recovery_codes_differ_and_are_long_enough() {
        let codes: std::collections::BTreeSet<String> = (0..100).map(|_| recovery_code()).collect();
        assert_eq!(codes.len(), 100);
        assert!(codes.iter().all(|code| code.len() == RECOVERY_LENGTH));
    }
}
