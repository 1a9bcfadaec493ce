//! A retry does not do a thing twice: the answer to a keyed request is kept in the same
//! transaction as the change, and given again to the same request.
//!
//! The answer may hold secrets (a tracking link) and personal data. It is therefore sealed with
//! a key derived from the `Idempotency-Key` itself, which is kept only as a hash: whoever reads
//! the database, but not the request, cannot open it.

mod store;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::store::Row;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};

/// Bytes of a nonce.
const NONCE: usize = 12;

/// A caller's key for one request, with the fingerprint of that request.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    lookup: [u8; 32],
    seal: [u8; 32],
    fingerprint: [u8; 32],
    subject: Option<Vec<u8>>,
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Claim(hidden)")
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        // The length keeps the parts apart.
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

impl Claim {
    /// The claim of `principal` with its `key` on a request, described by `method`, `path` and `body`.
    pub fn new(principal: &str, key: &str, method: &str, path: &str, body: &[u8]) -> Self {
        let who = principal.as_bytes();
        Self {
            lookup: digest(&[b"lookup", who, key.as_bytes()]),
            seal: digest(&[b"seal", who, key.as_bytes()]),
            fingerprint: digest(&[method.as_bytes(), path.as_bytes(), body]),
            subject: None,
        }
    }

    /// Says what the answer is about: the bytes of an id, or the hash of a private link. The answer can then be
    /// forgotten with it. Otherwise it is the `id` that the answer begins with, if there is one.
    pub fn about(mut self, subject: Option<Vec<u8>>) -> Self {
        self.subject = subject;
        self
    }

    /// What the claim is found by.
    pub const fn lookup(&self) -> &[u8; 32] {
        &self.lookup
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&self.seal.into())
    }

    fn row<T: Serialize>(&self, answer: &T, now: Moment, expires_at: Moment) -> Result<Row> {
        // The key may be used again after its answer has been forgotten, so the nonce is drawn, and kept in front.
        let nonce: [u8; NONCE] = rand::random();
        let plain = serde_json::to_vec(answer)?;
        let sealed = self
            .cipher()
            .encrypt(&nonce.into(), plain.as_slice())
            .map_err(|_| Error::internal("cannot seal an answer"))?;
        Ok(Row {
            key_hash: self.lookup.to_vec(),
            fingerprint: self.fingerprint.to_vec(),
            sealed_answer: [nonce.as_slice(), &sealed].concat(),
            created_at: now,
            expires_at,
            subject: self.subject.clone().or_else(|| id_of(&plain)),
        })
    }

    fn answer<T: DeserializeOwned>(&self, row: &Row) -> Result<T> {
        if row.fingerprint != self.fingerprint {
            return Err(Error::problem(
                Code::IdempotencyMismatch,
                "this key was used with another request",
            ));
        }
        let plain = row
            .sealed_answer
            .split_first_chunk::<NONCE>()
            .and_then(|(nonce, sealed)| self.cipher().decrypt(&(*nonce).into(), sealed).ok())
            .ok_or_else(|| Error::internal("cannot open a sealed answer"))?;
        Ok(serde_json::from_slice(&plain)?)
    }
}

/// The bytes of the id of what was made.
fn id_of(answer: &[u8]) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Made {
        id: Option<uuid::Uuid>,
    }
    let made: Made = serde_json::from_slice(answer).ok()?;
    made.id.map(|id| id.as_bytes().to_vec())
}

/// Forgets the answers about these things (the bytes of ids, hashes of private links).
///
/// # Errors
/// When the database refuses.
pub fn forget_about(conn: &mut Conn, subjects: &[Vec<u8>]) -> Result<usize> {
    let mut forgotten = 0;
    for some in subjects.chunks(500) {
        forgotten += store::delete_about(conn, some)?;
    }
    Ok(forgotten)
}

/// Does `work` unless the claim has an answer already, and keeps the answer. Without a claim it just does the work.
///
/// # Errors
/// What `work` answers; `idempotency.mismatch` when the key belongs to another request.
pub fn once<T>(
    conn: &mut Conn,
    act: &Act,
    claim: Option<&Claim>,
    work: impl FnOnce(&mut Conn) -> Result<T>,
) -> Result<T>
where
    T: Serialize + DeserializeOwned,
{
    let Some(claim) = claim else { return work(conn) };
    if let Some(row) = store::find(conn, claim.lookup())? {
        return claim.answer(&row);
    }
    let answer = work(conn)?;
    keep(conn, act, &[(claim, &answer)])?;
    Ok(answer)
}

/// The kept answers of several claims, in their order.
///
/// # Errors
/// `idempotency.mismatch` when a key belongs to another request.
pub fn recall<T: DeserializeOwned>(conn: &mut Conn, claims: &[Option<&Claim>]) -> Result<Vec<Option<T>>> {
    let lookups: Vec<Vec<u8>> = claims.iter().flatten().map(|claim| claim.lookup.to_vec()).collect();
    let rows = store::find_all(conn, &lookups)?;
    claims
        .iter()
        .map(|claim| {
            let Some(claim) = claim else { return Ok(None) };
            rows.iter()
                .find(|row| row.key_hash == claim.lookup)
                .map(|row| claim.answer(row))
                .transpose()
        })
        .collect()
}

/// Keeps the answers of several claims.
///
/// # Errors
/// [`Error::Retry`] when another process answered the same claim at the same moment.
pub fn keep<T: Serialize>(conn: &mut Conn, act: &Act, answers: &[(&Claim, &T)]) -> Result<()> {
    let expires_at = act.now + act.policy.idempotency_kept;
    let rows = answers
        .iter()
        .map(|(claim, answer)| claim.row(*answer, act.now, expires_at))
        .collect::<Result<Vec<_>>>()?;
    store::insert_all(conn, &rows)
}

/// Forgets the answers whose time is over; says how many.
///
/// # Errors
/// When the database refuses.
pub fn forget_expired(conn: &mut Conn, now: Moment) -> Result<usize> {
    store::delete_expired(conn, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_answer_opens_only_with_the_same_key_and_request() {
        let at = Moment::EPOCH;
        let claim = Claim::new("a", "k1", "POST", "/x", b"{}");
        let row = claim.row(&"secret link", at, at).unwrap();
        assert!(!row.sealed_answer.windows(6).any(|w| w == b"secret"));
        assert_eq!(claim.answer::<String>(&row).unwrap(), "secret link");
        let other_body = Claim::new("a", "k1", "POST", "/x", b"[]");
        assert_eq!(
            other_body.answer::<String>(&row).unwrap_err().code(),
            Code::IdempotencyMismatch
        );
        assert_ne!(Claim::new("b", "k1", "POST", "/x", b"{}").lookup(), claim.lookup());
    }
}
