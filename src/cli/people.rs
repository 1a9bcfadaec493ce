//! Administering people from the command line: for the first one, and for when nobody can sign in.

use clap::Subcommand;

use super::say;
use crate::db::Db;
use crate::db::conn::Conn;
use crate::domain::staff::people::{self, StaffForm, StaffMember};
use crate::domain::staff::sign_in::invitations::{self, NewInvitation};
use crate::domain::staff::sign_in::{second_factor, sessions, spelled};
use crate::domain::staff::{Act, tokens};
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum PersonCommand {
    /// Add a person, and print a link by which they set their password.
    CreatePerson {
        /// The short name they sign in with; it never changes.
        #[arg(long)]
        handle: String,
        /// What they are called.
        #[arg(long)]
        name: String,
        /// What they may do: a built-in role, or one of our own.
        #[arg(long)]
        role: String,
        /// Where to write to them.
        #[arg(long)]
        email: Option<String>,
    },
    /// Print a link by which a person sets another password.
    ResetPassword {
        /// Whose.
        #[arg(long)]
        handle: String,
    },
    /// Take away the second factor of a person who has lost it. Their sessions end.
    ResetSecondFactor {
        /// Whose.
        #[arg(long)]
        handle: String,
    },
    /// End the sessions of a person, or of everybody.
    RevokeSessions {
        /// Whose.
        #[arg(long, required_unless_present = "all", conflicts_with = "all")]
        handle: Option<String>,
        /// Everybody's.
        #[arg(long)]
        all: bool,
    },
    /// End every session and every service token.
    RevokeAll,
}

const SOON: &str = "in running services within ten seconds";

fn member(conn: &mut Conn, handle: &str) -> Result<StaffMember> {
    people::find_by_handle(conn, &spelled(handle))?.ok_or_else(|| Error::not_found("member of the staff"))
}

/// What to tell the person whom a link is for.
pub(super) fn link(base: &str, made: &NewInvitation) -> String {
    format!("{base}/invitation/{}", made.token.reveal())
}

fn hand_out(settings: &Settings, made: &NewInvitation) {
    let base = settings.base_url(settings.bind);
    say(&format!(
        "{} sets a password by this link, once, until {}:\n{}",
        made.handle,
        made.expires_at,
        link(&base, made)
    ));
}

pub(super) fn run(settings: &Settings, db: &Db, act: Act, command: PersonCommand) -> Result<()> {
    let keys = settings.keys()?;
    match command {
        PersonCommand::CreatePerson {
            handle,
            name,
            role,
            email,
        } => {
            let form = StaffForm {
                handle,
                name,
                email,
                role,
                language: None,
            };
            let made = db.write_blocking(move |conn| {
                let person = people::create(conn, &act, &form)?;
                invitations::invite(conn, &act, &keys, person.id)
            })?;
            hand_out(settings, &made);
        }
        PersonCommand::ResetPassword { handle } => {
            let made = db.write_blocking(move |conn| {
                let person = member(conn, &handle)?;
                invitations::invite(conn, &act, &keys, person.id)
            })?;
            hand_out(settings, &made);
        }
        PersonCommand::ResetSecondFactor { handle } => {
            let person = db.write_blocking(move |conn| {
                let person = member(conn, &handle)?;
                second_factor::reset(conn, &act, person.id)
            })?;
            say(&format!("{} signs in without a second factor.", person.handle));
        }
        PersonCommand::RevokeSessions { handle, .. } => {
            let ended = db.write_blocking(move |conn| match &handle {
                Some(handle) => {
                    let person = member(conn, handle)?;
                    sessions::end_all_of(conn, &act, person.id)
                }
                None => sessions::end_everybodys(conn, &act),
            })?;
            say(&format!("{ended} sessions have ended ({SOON})."));
        }
        PersonCommand::RevokeAll => {
            let (ended, revoked) = db.write_blocking(move |conn| revoke_all(conn, &act))?;
            say(&format!(
                "{ended} sessions and {revoked} service tokens have ended ({SOON})."
            ));
        }
    }
    Ok(())
}

fn revoke_all(conn: &mut Conn, act: &Act) -> Result<(usize, usize)> {
    let ended = sessions::end_everybodys(conn, act)?;
    let mut revoked = 0;
    for token in tokens::list(conn)? {
        if token.revoked_at.is_none() {
            tokens::revoke(conn, act, token.id)?;
            revoked += 1;
        }
    }
    Ok((ended, revoked))
}

/// The first administrator, with a link, on a desk where nobody works yet.
pub(super) fn first_administrator(conn: &mut Conn, act: &Act, keys: &Keys) -> Result<Option<NewInvitation>> {
    let nobody = people::list(
        conn,
        &people::Listing {
            limit: 1,
            ..people::Listing::default()
        },
    )?
    .is_empty();
    if !nobody {
        return Ok(None);
    }
    let form = StaffForm {
        handle: "admin".to_owned(),
        name: "Administrator".to_owned(),
        email: None,
        role: "admin".to_owned(),
        language: None,
    };
    let made = people::create(conn, act, &form)?;
    invitations::invite(conn, act, keys, made.id).map(Some)
}
