//! What reads the bytes that strangers send, with what must hold of it: for the fuzz targets in `fuzz/`
//! and the short run of them in the tests. Nothing else calls this.
//!
//! Each function takes any bytes: the first chooses the reader, the rest is what it reads.

mod addresses;
mod bodies;
mod texts;

pub use self::addresses::addresses;
pub use self::bodies::bodies;
pub use self::texts::texts;

use crate::error::Error;

/// A target.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also the folder of its seeds in `fuzz/corpus/`.
pub const TARGETS: &[(&str, Target)] = &[("addresses", addresses), ("bodies", bodies), ("texts", texts)];

/// Which of so many readers a byte chooses: `0` the first, `1` the next, and on in ASCII, so that seeds can be read.
fn place(choice: u8, many: usize) -> usize {
    usize::from(choice.wrapping_sub(b'0')) % many
}

/// Whatever somebody sends, it is their mistake that is told, never an error of ours.
fn refused(error: &Error) {
    assert!(matches!(error, Error::Problem(_)), "no problem with a code: {error}");
}
