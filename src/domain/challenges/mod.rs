//! A little work that the public form asks of the client, so that filing complaints by the thousand
//! costs something: ALTCHA's PBKDF2 challenge, made and checked here, without any third party.
//!
//! A challenge is signed, not kept. Kept is which ones were used, until they expire, in the database:
//! each works once, whichever process it is shown to.

mod store;

use std::collections::BTreeMap;

use altcha::{CreateChallengeOptions, Payload, VerifySolutionOptions, create_challenge, verify_solution};
use base64::Engine as _;
use chrono::TimeDelta;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::error::{Code, Error, Result};

/// What the key for signing challenges is derived for.
pub const KEY: &str = "altcha";
/// How long a challenge may be solved and shown.
const LIFE: TimeDelta = TimeDelta::minutes(20);
/// The longest solution that is read, bytes.
const LONGEST: usize = 4096;
/// The member of the signed data with the end of a challenge's life, Unix seconds.
const EXPIRES: &str = "expires";

/// A challenge, as ALTCHA (PoW v2) has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChallengeView {
    /// What is to be solved: find a `counter` for which PBKDF2 (`algorithm`, `cost` rounds, `salt`) of `nonce` and the
    /// counter (32 bits, big-endian) begins with `keyPrefix`. `data.expires` is when it expires, Unix seconds.
    #[schema(value_type = Object)]
    pub parameters: Value,
    /// The signature; part of what is sent back.
    pub signature: String,
}

/// A solved challenge, not yet used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    nonce_hash: Vec<u8>,
    expires_at: Moment,
}

fn secret_of(key: &[u8; 32]) -> String {
    base64::engine::general_purpose::STANDARD.encode(key)
}

/// A fresh challenge of `cost` rounds a try.
///
/// # Errors
/// When it cannot be made.
pub fn create(now: Moment, key: &[u8; 32], cost: u32) -> Result<ChallengeView> {
    let expires = (now + LIFE).timestamp();
    let made = create_challenge(CreateChallengeOptions {
        algorithm: "PBKDF2/SHA-256".to_owned(),
        cost,
        // Not the crate's own `expires_at`: it is compared with another clock than ours.
        data: Some(BTreeMap::from([(EXPIRES.to_owned(), Value::from(expires))])),
        hmac_signature_secret: Some(secret_of(key)),
        ..Default::default()
    })
    .map_err(Error::internal)?;
    Ok(ChallengeView {
        parameters: serde_json::to_value(&made.parameters)?,
        signature: made.signature.unwrap_or_default(),
    })
}

/// What a client sends back: JSON, or that in base 64.
///
/// # Errors
/// `challenge.invalid`.
pub fn read(sent: &str) -> Result<Payload> {
    let refused = || {
        Error::problem(
            Code::ChallengeInvalid,
            "not the JSON of a solution, nor that in base 64",
        )
    };
    let sent = sent.trim();
    if sent.len() > LONGEST {
        return Err(refused());
    }
    if sent.starts_with('{') {
        return serde_json::from_str(sent).map_err(|_| refused());
    }
    let json = base64::engine::general_purpose::STANDARD
        .decode(sent)
        .map_err(|_| refused())?;
    serde_json::from_slice(&json).map_err(|_| refused())
}

/// Checks a solution. Costs as much as one try of the solver: not for async threads.
///
/// # Errors
/// `challenge.invalid`; `challenge.expired`.
pub fn check(now: Moment, key: &[u8; 32], payload: &Payload) -> Result<Proof> {
    let invalid = |detail: &str| Error::problem(Code::ChallengeInvalid, detail);
    let Payload { challenge, solution } = payload;
    let expires = challenge
        .parameters
        .data
        .as_ref()
        .and_then(|data| data.get(EXPIRES))
        .and_then(Value::as_i64)
        .and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0))
        .map(Moment)
        .ok_or_else(|| invalid("not a challenge of this service"))?;
    if expires <= now {
        return Err(Error::problem(Code::ChallengeExpired, "fetch a new challenge"));
    }
    let secret = secret_of(key);
    let found = verify_solution(VerifySolutionOptions::new(challenge, solution, &secret))
        .map_err(|_| invalid("not a challenge of this service"))?;
    if !found.verified {
        return Err(invalid("the signature or the solution is wrong"));
    }
    Ok(Proof {
        // Not the signature: it is compared as a number, so there is more than one way to write it.
        nonce_hash: Sha256::digest(challenge.parameters.nonce.as_bytes()).to_vec(),
        expires_at: expires,
    })
}

/// Uses solved challenges up, in the transaction of what they were solved for.
///
/// # Errors
/// `challenge.spent` when one of them was used already.
pub fn spend_all(conn: &mut Conn, proofs: &[&Proof]) -> Result<()> {
    if proofs.is_empty() {
        return Ok(());
    }
    let rows: Vec<store::Row> = proofs
        .iter()
        .map(|proof| store::Row {
            nonce_hash: proof.nonce_hash.clone(),
            expires_at: proof.expires_at,
        })
        .collect();
    if store::insert_new_ones(conn, &rows)? == rows.len() {
        return Ok(());
    }
    Err(Error::problem(Code::ChallengeSpent, "fetch a new challenge"))
}

/// Forgets the used challenges that have expired; says how many.
///
/// # Errors
/// When the database refuses.
pub fn forget_expired(conn: &mut Conn, now: Moment) -> Result<usize> {
    store::delete_expired(conn, now)
}

#[cfg(test)]
mod tests {
    use altcha::{Challenge, SolveChallengeOptions, solve_challenge};

    use super::*;

    fn solved(key: &[u8; 32]) -> Payload {
        let view = create(Moment::EPOCH, key, 1).unwrap();
        let challenge: Challenge = serde_json::from_value(serde_json::to_value(&view).unwrap()).unwrap();
        let solution = solve_challenge(SolveChallengeOptions::new(&challenge))
            .unwrap()
            .unwrap();
        Payload { challenge, solution }
    }

    #[test]
    fn a_solution_holds_for_its_own_challenge_and_key_until_it_expires() {
        let (key, other) = ([1; 32], [2; 32]);
        let payload = solved(&key);
        let sent = serde_json::to_string(&payload).unwrap();
        let in_base_64 = base64::engine::general_purpose::STANDARD.encode(&sent);
        assert!(check(Moment::EPOCH, &key, &read(&sent).unwrap()).is_ok());
        assert!(check(Moment::EPOCH, &key, &read(&in_base_64).unwrap()).is_ok());
        let code = |now, key: &[u8; 32], payload: &Payload| check(now, key, payload).unwrap_err().code();
        assert_eq!(code(Moment::EPOCH, &other, &payload), Code::ChallengeInvalid);
        assert_eq!(code(Moment::EPOCH + LIFE, &key, &payload), Code::ChallengeExpired);
        let mut longer = payload.clone();
        let data = longer.challenge.parameters.data.as_mut().unwrap();
        data.insert(EXPIRES.to_owned(), Value::from(i64::from(u32::MAX)));
        assert_eq!(code(Moment::EPOCH, &key, &longer), Code::ChallengeInvalid);
        let mut cheap = payload.clone();
        cheap.challenge.parameters.key_prefix = String::new();
        assert_eq!(code(Moment::EPOCH, &key, &cheap), Code::ChallengeInvalid);
        let mut guessed = payload;
        guessed.solution.counter = guessed.solution.counter.wrapping_add(1);
        assert_eq!(code(Moment::EPOCH, &key, &guessed), Code::ChallengeInvalid);
    }

    #[test]
    fn one_challenge_is_one_however_its_signature_is_written() {
        let key = [1; 32];
        let payload = solved(&key);
        let mut shouted = payload.clone();
        shouted.challenge.signature = shouted.challenge.signature.map(|hex| hex.to_uppercase());
        let first = check(Moment::EPOCH, &key, &payload).unwrap();
        if let Ok(second) = check(Moment::EPOCH, &key, &shouted) {
            assert_eq!(first, second);
        }
    }

    #[test]
    fn what_is_no_solution_is_refused() {
        for sent in ["", "{}", "{", "e30=", "no base 64!", &"x".repeat(5_000)] {
            assert_eq!(read(sent).unwrap_err().code(), Code::ChallengeInvalid, "{sent}");
        }
    }
}
