//! Sealing what only this installation may read.

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};

use crate::error::{Error, Result};

/// Bytes of a nonce.
const NONCE: usize = 12;

/// Seals `plain`. It opens only with the same key and for the same `owner`.
///
/// # Errors
/// When the sealing fails, which it does not.
pub fn seal(key: &[u8; 32], owner: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE] = rand::random();
    let sealed = ChaCha20Poly1305::new(key.into())
        .encrypt(&nonce.into(), Payload { msg: plain, aad: owner })
        .map_err(|_| Error::internal("cannot seal"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens what was sealed for `owner`; `None` when it was not, or not with this key.
pub fn open(key: &[u8; 32], owner: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    ChaCha20Poly1305::new(key.into())
        .decrypt(
            &(*nonce).into(),
            Payload {
                msg: sealed,
                aad: owner,
            },
        )
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_owner_alone() {
        let sealed = seal(&[7; 32], b"li.na", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|bytes| bytes == b"secret"));
        assert_eq!(open(&[7; 32], b"li.na", &sealed).unwrap(), b"secret");
        assert_eq!(open(&[7; 32], b"wang", &sealed), None);
        assert_eq!(open(&[8; 32], b"li.na", &sealed), None);
        assert_eq!(open(&[7; 32], b"li.na", &sealed[..10]), None);
    }
}
