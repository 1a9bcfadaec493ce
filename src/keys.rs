//! The installation's secret, and the keys derived from it: one for each purpose, so that what is
//! sealed for one cannot be opened, or passed off, for another.

use std::io::Write as _;
use std::path::Path;

use hkdf::Hkdf;
use sha2::Sha256;

use crate::error::{Error, Result};

/// The name of the key file in the data folder.
pub const FILE: &str = "secret.key";
/// The fewest characters of a secret that somebody sets.
const SHORTEST: usize = 32;

/// The installation's secret; `Debug` hides it. Every process of an installation needs the same one.
#[derive(Clone)]
pub struct Keys {
    root: Hkdf<Sha256>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

impl Keys {
    /// Keys from a secret of at least 32 characters.
    ///
    /// # Errors
    /// When it is shorter.
    pub fn of(secret: &str) -> Result<Self> {
        if secret.trim().chars().count() < SHORTEST {
            return Err(Error::internal(format!("secret_key: at least {SHORTEST} characters")));
        }
        Ok(Self {
            root: Hkdf::new(Some(b"hark"), secret.trim().as_bytes()),
        })
    }

    /// Keys from the file in the data folder, which is made, for its owner alone, when it is not there.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds too little.
    pub fn from_folder(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let failed = |e: std::io::Error| Error::internal(format!("secret_key: {}: {e}", path.display()));
        std::fs::create_dir_all(folder).map_err(failed)?;
        if !path.try_exists().map_err(failed)? {
            make(&path).map_err(failed)?;
        }
        Self::of(&std::fs::read_to_string(&path).map_err(failed)?)
    }

    /// The key for a purpose.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        // Fails only for keys of more than 8,160 bytes.
        let _fits = self.root.expand(purpose.as_bytes(), &mut key);
        key
    }
}

/// Writes a new secret under another name and puts it in place whole. Where another process was
/// quicker, its secret stays.
fn make(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let draft = path.with_extension(uuid::Uuid::from_bytes(rand::random()).simple().to_string());
    let mut file = options.open(&draft)?;
    writeln!(file, "{}", crate::domain::staff::tokens::random_secret())?;
    file.sync_all()?;
    let placed = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match placed {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_a_key_of_its_own_and_the_same_secret_gives_the_same_keys() {
        let secret = "0123456789abcdef0123456789abcdef";
        let (one, two) = (Keys::of(secret).unwrap(), Keys::of(secret).unwrap());
        assert_eq!(one.derive("a"), two.derive("a"));
        assert_ne!(one.derive("a"), one.derive("b"));
        assert_ne!(
            one.derive("a"),
            Keys::of(&secret.replace('0', "1")).unwrap().derive("a")
        );
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Keys::of("short").is_err());
    }

    #[test]
    fn the_file_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = Keys::from_folder(folder.path()).unwrap();
        let again = Keys::from_folder(folder.path()).unwrap();
        assert_eq!(first.derive("a"), again.derive("a"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join(FILE))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_secret_hides_in_debug() {
        let keys = Keys::of("0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(format!("{keys:?}"), "(hidden)");
    }
}
