//! What the audit is told of sign-ins that did not succeed: by reference to the account, or, where nobody has the
//! handle, by the address alone. The handle itself is not kept: people type passwords into the wrong field.
//!
//! Who guesses must not be able to bury everything else under guesses. Those at an account that there is are
//! slowed down (see [`throttle`](super::throttle)), so each is told. The others are counted by the day and told at
//! the 1st, 2nd, 4th, 8th … time; the number goes along, so nothing is lost.

use std::sync::Arc;

use serde_json::json;

use super::throttle::{MEMORY, network};
use super::{spelled, store};
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::staff::{Act, Actor, people};
use crate::error::{Code, Result};
use crate::ids::StaffId;
use crate::keys::Keys;

/// As many refusals of strangers a day are told address by address; of more than that only their number.
const STRANGERS: u32 = 1_000;

/// Who was not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// Whoever typed this handle.
    Handle(String),
    /// Somebody whom the OpenID provider vouches for, and who may not sign in here.
    OpenId,
    /// A person who is signed in already, and shows password or code again.
    Own(StaffId),
}

/// Whether the audit is told of this refusal. What is wrong with the request, or with us, is none of an intruder.
pub fn is_told(why: Code) -> bool {
    matches!(
        why,
        Code::SignInRefused
            | Code::CodeRequired
            | Code::TooManyTries
            | Code::OpenIdRefused
            | Code::PasswordWrong
            | Code::CodeWrong
    )
}

/// Tells the audit of a refusal, as an act of Hark itself.
///
/// # Errors
/// When the database refuses.
pub fn tell(conn: &mut Conn, act: &Act, keys: &Keys, tried: &Tried, why: Code) -> Result<()> {
    let person = match tried {
        Tried::Own(person) => Some(*person),
        Tried::OpenId => None,
        // No stored text holds a NUL, and PostgreSQL takes none.
        Tried::Handle(handle) => {
            people::find_by_handle(conn, &spelled(handle).replace('\0', ""))?.map(|person| person.id)
        }
    };
    let event = match person {
        Some(person) => Event::on(ObjectKind::Person, person.0, "person.sign_in_refused"),
        None => Event::about_many(ObjectKind::Person, "person.sign_in_refused"),
    };
    let mut count = Count { conn, act, keys };
    let times = match person {
        Some(_) if why != Code::TooManyTries => None,
        Some(person) => match count.another(&format!("too early\0{person}"))? {
            times if times.is_power_of_two() => Some(times),
            _ => return Ok(()),
        },
        None => match count.of_stranger()? {
            Some(times) => Some(times),
            None => return Ok(()),
        },
    };
    let fields = match times {
        Some(times) => json!({ "why": why.as_str(), "times": times }),
        None => json!({ "why": why.as_str() }),
    };
    let act = Act {
        actor: Arc::new(Actor::system()),
        ..act.clone()
    };
    audit::record(count.conn, &act, event.with(fields).from_address())
}

/// Counts by the day.
struct Count<'a> {
    conn: &'a mut Conn,
    act: &'a Act,
    keys: &'a Keys,
}

impl Count<'_> {
    /// The how many-th it is today.
    fn another(&mut self, what: &str) -> Result<u32> {
        let day = self.act.now.date_naive();
        let key = self.keys.derive(&format!("sign-in refusals\0{day}\0{what}"));
        let since = self.act.now - MEMORY;
        let counted = store::count_failure(self.conn, self.act.now, since, &key)?;
        Ok(u32::try_from(counted.unwrap_or(1)).unwrap_or(1))
    }

    /// The how many-th from this address it is today; `None` when that is not to be told.
    fn of_stranger(&mut self) -> Result<Option<u32>> {
        let from = self.act.address.map(network).unwrap_or_default();
        let times = self.another(&format!("stranger\0{from}"))?;
        if !times.is_power_of_two() {
            return Ok(None);
        }
        let all = self.another("strangers")?;
        Ok((all <= STRANGERS || all.is_power_of_two()).then_some(times))
    }
}
