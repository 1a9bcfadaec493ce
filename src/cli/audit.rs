//! Checking the audit from the command line.

use clap::Subcommand;

use super::say;
use crate::db::Db;
use crate::domain::audit::seal;
use crate::error::{Error, Result};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Check every seal: finds rows that were edited, removed or put in another order. Fails if it finds any.
    Verify {
        /// A seal that was kept elsewhere: it must still be there, with this hash.
        #[arg(long, value_name = "NUMBER:HASH", value_parser = expected)]
        expect: Option<(i64, String)>,
    },
}

fn expected(text: &str) -> Result<(i64, String), String> {
    let wrong = || "a number and a hash, as in 12:5c0f…".to_owned();
    let (number, hash) = text.split_once(':').ok_or_else(wrong)?;
    let whole = hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit());
    match number.parse() {
        Ok(number) if whole => Ok((number, hash.to_lowercase())),
        _ => Err(wrong()),
    }
}

pub(super) fn run(settings: &Settings, command: AuditCommand) -> Result<()> {
    let AuditCommand::Verify { expect } = command;
    let db = Db::open(&settings.target()?, 2)?;
    let verdict = db.read_blocking(|conn| seal::verify(conn, expect.as_ref()))?;
    say(&format!(
        "{} events under {} seals; {} not sealed yet.",
        verdict.events, verdict.seals, verdict.unsealed
    ));
    if let Some((number, hash)) = &verdict.newest {
        say(&format!("newest seal {number}:{hash}"));
    }
    for finding in &verdict.findings {
        say(&finding.to_string());
    }
    match verdict.findings.len() {
        0 => {
            say("Every seal fits.");
            Ok(())
        }
        n => Err(Error::internal(format!(
            "the audit does not fit its seals ({n} findings)"
        ))),
    }
}
