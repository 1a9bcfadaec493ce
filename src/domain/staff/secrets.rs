//! Secrets: how they are made, spelled and kept.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// What every token starts with, so that scanners for leaked secrets can find it.
pub const PREFIX: &str = "hark_";
/// The letters of 256 random bits in base 64.
const RANDOM: usize = 43;
/// The letters of the checksum.
const CHECKSUM: usize = 6;

/// A secret that hides in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "hark_…")]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself; for the one place that shows or sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// 256 random bits in URL-safe base 64.
pub fn random_secret() -> String {
    use base64::Engine as _;
    let bytes: [u8; 32] = rand::random();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a secret with 256 random bits: its SHA-256 (nothing to guess, so nothing slow is needed).
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The secret of a new service token: the prefix, 256 random bits, and their checksum.
pub(super) fn new_token_secret() -> String {
    let random = random_secret();
    let checksum = checksum(&random);
    format!("{PREFIX}{random}{checksum}")
}

/// Whether a text cannot be the secret of a service token, so that nobody need look for it: another length,
/// other letters, or a checksum that does not fit. Tokens from before the checksum have none.
pub fn is_mistyped(secret: &str) -> bool {
    let Some(rest) = secret.strip_prefix(PREFIX) else {
        return true;
    };
    let letters = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    match rest.split_at_checked(RANDOM) {
        Some((random, "")) => !letters(random),
        Some((random, rest)) => !letters(random) || rest != checksum(random),
        None => true,
    }
}

/// The CRC-32 of a text in base 62, six letters.
fn checksum(text: &str) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut left = crc32(text.as_bytes());
    let mut out = [b'0'; CHECKSUM];
    for place in out.iter_mut().rev() {
        let letter = usize::try_from(left % 62).unwrap_or_default();
        *place = LETTERS.get(letter).copied().unwrap_or(b'0');
        left /= 62;
    }
    out.iter().copied().map(char::from).collect()
}

/// CRC-32 as in ISO 3309 and zlib.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_known_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum(""), "000000");
        assert_eq!(checksum("123456789").len(), CHECKSUM);
    }

    #[test]
    fn a_new_secret_is_spelled_right_and_any_other_letter_makes_it_wrong() {
        let secret = new_token_secret();
        assert!(!is_mistyped(&secret));
        for at in 0..secret.len() {
            let mut other = secret.clone().into_bytes();
            other[at] = if other[at] == b'a' { b'b' } else { b'a' };
            assert!(is_mistyped(std::str::from_utf8(&other).unwrap()), "{at}");
        }
        assert!(is_mistyped(&secret[..secret.len() - 1]));
        assert!(is_mistyped(&format!("{secret}0")));
    }

    #[test]
    fn a_token_from_before_the_checksum_is_spelled_right() {
        assert!(!is_mistyped(&format!("{PREFIX}{}", random_secret())));
        for wrong in ["", "hark_", "hark_unknown", &"hark_投".repeat(9), "x"] {
            assert!(is_mistyped(wrong), "{wrong}");
        }
    }
}
