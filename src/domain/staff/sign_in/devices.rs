//! Browsers from which somebody has signed in before: each shows a signed note of it. The note opens
//! nothing; it only keeps the failures of strangers away from its bearer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use subtle::ConstantTimeEq as _;

use super::spelled;
use crate::clock::Moment;
use crate::keys::Keys;

/// How long a note is good for.
pub const LIFE: TimeDelta = TimeDelta::days(180);
/// The most accounts one browser notes: several people may share it.
const ACCOUNTS: usize = 5;

/// Names a browser towards one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceId([u8; 16]);

impl std::fmt::Display for DeviceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// One note: which browser, since when; and the tag that proves it was made here, for one handle.
struct Note {
    device: DeviceId,
    since: Moment,
    tag: [u8; 32],
}

const NOTE_BYTES: usize = 16 + 8 + 32;

impl Note {
    fn read(text: &str) -> Option<Self> {
        let bytes: [u8; NOTE_BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (device, rest) = bytes.split_first_chunk::<16>()?;
        let (since, tag) = rest.split_first_chunk::<8>()?;
        Some(Self {
            device: DeviceId(*device),
            since: Moment(chrono::DateTime::from_timestamp(i64::from_be_bytes(*since), 0)?),
            tag: tag.try_into().ok()?,
        })
    }

    fn write(keys: &Keys, handle: &str, device: DeviceId, since: Moment) -> String {
        let tag = tag(keys, handle, device, since);
        URL_SAFE_NO_PAD.encode([device.0.as_slice(), &since.timestamp().to_be_bytes(), &tag].concat())
    }

    fn is_for(&self, keys: &Keys, handle: &str, now: Moment) -> bool {
        let real = bool::from(self.tag.ct_eq(&tag(keys, handle, self.device, self.since)));
        real && self.since <= now && self.since + LIFE > now
    }
}

fn tag(keys: &Keys, handle: &str, device: DeviceId, since: Moment) -> [u8; 32] {
    let handle = spelled(handle);
    keys.derive(&format!("known device\0{device}\0{}\0{handle}", since.timestamp()))
}

fn notes(cookie: &str) -> impl Iterator<Item = &str> {
    cookie.split('.').take(ACCOUNTS)
}

/// The browser, if it has signed in to this account before.
pub fn known(keys: &Keys, cookie: Option<&str>, handle: &str, now: Moment) -> Option<DeviceId> {
    notes(cookie?)
        .filter_map(Note::read)
        .find(|note| note.is_for(keys, handle, now))
        .map(|note| note.device)
}

/// The cookie after a sign-in to this account: a new note for it, and those of other accounts.
pub fn noted(keys: &Keys, cookie: Option<&str>, handle: &str, now: Moment) -> String {
    let since = Moment(chrono::SubsecRound::trunc_subsecs(now.0, 0));
    let mut kept = vec![Note::write(keys, handle, DeviceId(rand::random()), since)];
    let others = notes(cookie.unwrap_or_default())
        .filter(|text| Note::read(text).is_some_and(|note| !note.is_for(keys, handle, now)))
        .map(str::to_owned);
    kept.extend(others.take(ACCOUNTS - 1));
    kept.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::of("0123456789abcdef0123456789abcdef").unwrap()
    }

    #[test]
    fn a_browser_is_known_to_the_accounts_that_signed_in_from_it() {
        let (keys, now) = (keys(), Moment::EPOCH + TimeDelta::days(20_000));
        let first = noted(&keys, None, "li.na", now);
        let both = noted(&keys, Some(&first), "wang", now);
        for handle in ["li.na", "wang", "Wang"] {
            assert!(known(&keys, Some(&both), handle, now).is_some(), "{handle}");
        }
        assert_eq!(known(&keys, Some(&first), "wang", now), None);
        assert_eq!(known(&keys, Some(&both), "li.na", now + LIFE), None, "too old");
        assert_eq!(known(&keys, None, "li.na", now), None);
        let many = (0..20).fold(both, |cookie, n| noted(&keys, Some(&cookie), &format!("p{n}"), now));
        assert_eq!(many.split('.').count(), ACCOUNTS);
    }

    #[test]
    fn a_note_that_was_not_made_here_is_none() {
        let (keys, now) = (keys(), Moment::EPOCH + TimeDelta::days(20_000));
        let others = Keys::of("another secret of another installation").unwrap();
        let foreign = noted(&others, None, "li.na", now);
        for cookie in [foreign.as_str(), "", ".", "x", "AAAA.BBBB", &"A".repeat(75)] {
            assert_eq!(known(&keys, Some(cookie), "li.na", now), None, "{cookie}");
        }
    }
}
