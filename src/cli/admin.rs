//! Administering access from the command line.

use clap::Subcommand;

use super::people::{self, PersonCommand};
use super::say;
use crate::clock::Clock;
use crate::db::Db;
use crate::domain::staff::Act;
use crate::domain::staff::tokens::{self, NewToken, TokenForm};
use crate::error::Result;
use crate::ids::TokenId;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Make a service token and print its secret, this once.
    CreateToken {
        /// What it is for; unique.
        #[arg(long)]
        name: String,
        /// What it may do: agent, lead, operations, sales, auditor, admin, or a role of our own.
        #[arg(long)]
        role: String,
        /// How long it works, days (1 to 730).
        #[arg(long, default_value_t = 90)]
        days: i64,
    },
    /// List the service tokens, without their secrets.
    ListTokens,
    /// End the life of a service token.
    RevokeToken {
        /// Its id, as in the list.
        id: uuid::Uuid,
    },
    #[command(flatten)]
    Person(PersonCommand),
}

pub(super) fn run(settings: &Settings, command: AdminCommand) -> Result<()> {
    let target = settings.target()?;
    crate::db::migrate::migrate(&target)?;
    let db = Db::open(&target, 2)?;
    let act = Act::of_system(Clock::System.now(), settings.policy().into());
    match command {
        AdminCommand::Person(command) => people::run(settings, &db, act, command)?,
        AdminCommand::CreateToken { name, role, days } => {
            let form = TokenForm {
                name,
                role,
                days: Some(days),
                ..TokenForm::default()
            };
            let made = db.write_blocking(move |conn| tokens::create(conn, &act, &form))?;
            let NewToken { token, secret } = made;
            say(&format!(
                "{} ({}), until {}:\n{}",
                token.name,
                token.role,
                token.expires_at,
                secret.reveal()
            ));
        }
        AdminCommand::ListTokens => {
            for token in db.read_blocking(tokens::list)? {
                let ended = token
                    .revoked_at
                    .map_or_else(String::new, |at| format!(", revoked {at}"));
                say(&format!(
                    "{}  {} ({}), until {}{ended}",
                    token.id, token.name, token.role, token.expires_at
                ));
            }
        }
        AdminCommand::RevokeToken { id } => {
            let token = db.write_blocking(move |conn| tokens::revoke(conn, &act, TokenId(id)))?;
            say(&format!(
                "{} no longer works (in running services within ten seconds).",
                token.name
            ));
        }
    }
    Ok(())
}
