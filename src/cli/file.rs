//! The settings file, and a check for mistyped names in the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Command;

use crate::error::{Error, Result};

/// The file that is read when no other is named.
const USUAL: &str = "hark.toml";

/// Variables that begin like settings but belong to the tests.
const NOT_SETTINGS: &[&str] = &["HARK_TEST_"];

/// Puts the values of the settings file below the environment and the flags.
///
/// # Errors
/// When the file cannot be read, or names a setting that does not exist.
pub(super) fn with_file(command: Command, args: &[OsString]) -> Result<Command> {
    let named = named_file(args).or_else(|| std::env::var_os("HARK_CONFIG").map(PathBuf::from));
    let path = match named {
        Some(path) => path,
        None if std::path::Path::new(USUAL).is_file() => PathBuf::from(USUAL),
        None => return Ok(command),
    };
    let show = path.display().to_string();
    let text =
        std::fs::read_to_string(&path).map_err(|e| Error::internal(format!("config: cannot read {show}: {e}")))?;
    let table: toml::Table = text.parse().map_err(|e| Error::internal(format!("{show}: {e}")))?;
    let mut command = command;
    for (key, value) in table {
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(n) => n.to_string(),
            toml::Value::Boolean(yes) => yes.to_string(),
            _ => {
                return Err(Error::internal(format!(
                    "{show}: {key}: a text, a number or true/false"
                )));
            }
        };
        let known = command
            .get_arguments()
            .any(|arg| arg.get_id() == key.as_str() && arg.get_id() != "config");
        if !known {
            return Err(Error::internal(format!(
                "{show}: {key}: there is no such setting; `hark config` lists them"
            )));
        }
        command = command.mut_arg(&key, |arg| arg.default_value(value));
    }
    Ok(command)
}

fn named_file(args: &[OsString]) -> Option<PathBuf> {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--config" {
            return args.next().map(PathBuf::from);
        }
        if let Some(path) = arg.to_str().and_then(|text| text.strip_prefix("--config=")) {
            return Some(PathBuf::from(path));
        }
    }
    None
}

/// Refuses variables that look like settings but are none: a mistyped name must not be ignored.
///
/// # Errors
/// Names the variable.
pub(super) fn check_environment(command: &Command) -> Result<()> {
    let known: Vec<&std::ffi::OsStr> = command.get_arguments().filter_map(clap::Arg::get_env).collect();
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let tests = NOT_SETTINGS.iter().any(|prefix| text.starts_with(prefix));
        if text.starts_with("HARK_") && !tests && !known.contains(&name.as_os_str()) {
            return Err(Error::internal(format!(
                "{text}: there is no such setting; `hark config` lists them"
            )));
        }
    }
    Ok(())
}
