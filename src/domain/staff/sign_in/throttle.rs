//! Guessing is slowed down, without locking anybody out for ever: after some failures each further
//! try has to wait, twice as long every time, at most a quarter of an hour.
//!
//! A try is counted before the password is looked at, so that many at once get no further than one
//! after the other. One that comes too early is turned away and not counted: whoever waits gets a turn.
//! Failures are counted for the account, for the address, and, more strictly, for the two together. A
//! browser that has signed in to the account before (it shows a signed cookie) is counted by itself, so
//! the failures of strangers do not hold it up.

use std::net::IpAddr;

use chrono::TimeDelta;

use super::devices::DeviceId;
use super::{spelled, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::error::{Error, Result};
use crate::ids::StaffId;
use crate::keys::Keys;

/// How long a failure is remembered.
pub const MEMORY: TimeDelta = TimeDelta::hours(24);
/// The longest anybody has to wait.
const LONGEST_SECONDS: i64 = 15 * 60;

/// What failures are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Account,
    AccountFromAddress,
    Address,
    Device,
    Own,
}

impl Scope {
    const fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::AccountFromAddress => "account from address",
            Self::Address => "address",
            Self::Device => "device",
            Self::Own => "own",
        }
    }

    /// The failure from which on one has to wait.
    const fn patience(self) -> i32 {
        match self {
            Self::AccountFromAddress => 3,
            Self::Account | Self::Device | Self::Own => 5,
            // Many people may sit behind one address.
            Self::Address => 20,
        }
    }
}

/// How long to wait after so many failures.
fn wait(scope: Scope, failures: i32) -> TimeDelta {
    let over = failures - scope.patience();
    let seconds = match u32::try_from(over) {
        Err(_) => 0,
        Ok(doublings) => 1_i64.checked_shl(doublings.min(20)).unwrap_or(LONGEST_SECONDS),
    };
    TimeDelta::seconds(seconds.min(LONGEST_SECONDS))
}

/// The counters that one try belongs to. Their keys are hashes: the table names nobody.
#[derive(Debug, Clone)]
pub struct Counters {
    all: Vec<(Scope, Vec<u8>)>,
}

impl Counters {
    /// Of a try to sign in to the account `handle`.
    pub fn of(keys: &Keys, handle: &str, address: Option<IpAddr>, device: Option<DeviceId>) -> Self {
        let handle = spelled(handle);
        let from = address.map(network).unwrap_or_default();
        let named = match device {
            Some(device) => vec![(Scope::Device, format!("{handle}\0{device}"))],
            None => vec![
                (Scope::Account, handle.clone()),
                (Scope::AccountFromAddress, format!("{handle}\0{from}")),
                (Scope::Address, from),
            ],
        };
        Self::named(keys, named)
    }

    /// Of somebody who is signed in and shows their password or code again.
    pub fn own(keys: &Keys, person: StaffId) -> Self {
        Self::named(keys, vec![(Scope::Own, person.to_string())])
    }

    fn named(keys: &Keys, named: Vec<(Scope, String)>) -> Self {
        let hashed = |(scope, name): (Scope, String)| {
            let purpose = format!("sign-in failures\0{}\0{name}", scope.word());
            (scope, keys.derive(&purpose).to_vec())
        };
        let mut all: Vec<_> = named.into_iter().map(hashed).collect();
        // The same order everywhere, so that two tries never wait for each other.
        all.sort_by(|a, b| a.1.cmp(&b.1));
        Self { all }
    }
}

/// What stands for an address: an IPv6 subscriber has 2⁶⁴ addresses, so they count as one.
pub(super) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Counts a try as a failure until [`forgive`] says otherwise.
///
/// # Errors
/// `auth.too_many_tries` when it comes too early; nothing is counted then.
pub fn take(conn: &mut Conn, now: Moment, counters: &Counters) -> Result<()> {
    for (scope, key) in &counters.all {
        match store::count_failure(conn, now, now - MEMORY, key)? {
            Some(failures) => {
                let wait = wait(*scope, failures);
                if wait > TimeDelta::zero() {
                    store::block_until(conn, key, now + wait)?;
                }
            }
            None => return Err(too_early(now, store::blocked_until(conn, key)?)),
        }
    }
    Ok(())
}

fn too_early(now: Moment, until: Option<Moment>) -> Error {
    let left = until.map_or(TimeDelta::zero(), |until| until - now);
    let seconds = u32::try_from((left + TimeDelta::milliseconds(999)).num_seconds()).unwrap_or_default();
    Error::too_many_tries(seconds.max(1))
}

/// The try was none of an intruder: the counters of who made it begin again. That of the address only
/// takes the try back, or an intruder with an account of their own could wipe it clean.
///
/// # Errors
/// When the database refuses.
pub fn forgive(conn: &mut Conn, counters: &Counters) -> Result<()> {
    for (scope, key) in &counters.all {
        if *scope == Scope::Address {
            store::take_failure_back(conn, key)?;
        } else {
            store::forget_failures(conn, key)?;
        }
    }
    Ok(())
}

/// The account begins again; after its password was set by a link.
///
/// # Errors
/// When the database refuses.
pub fn forgive_account(conn: &mut Conn, keys: &Keys, handle: &str) -> Result<()> {
    let counters = Counters::named(keys, vec![(Scope::Account, spelled(handle))]);
    forgive(conn, &counters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_the_fifth_failure_and_ends_at_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (1..=9).map(|n| wait(Scope::Account, n).num_seconds()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16]);
        assert_eq!(wait(Scope::Account, 14).num_seconds(), 512);
        for n in [15, 40, 1_000, i32::MAX] {
            assert_eq!(wait(Scope::Account, n).num_seconds(), 900, "{n}");
        }
        assert_eq!(wait(Scope::AccountFromAddress, 3).num_seconds(), 1);
    }

    #[test]
    fn the_addresses_of_one_subscriber_count_as_one() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:aaaa::1"), network("2001:db8:1:2:bbbb::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
