//! Cookies: their names, how they are read, and how they are set.
//!
//! With TLS their names begin with `__Host-`, so that a browser takes them from this host alone, by TLS,
//! for the whole of it. All of them are out of reach of scripts.

use actix_web::http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use chrono::TimeDelta;

use crate::app::Front;
use crate::error::{Error, Result};

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The secret of a session.
    Session,
    /// That somebody has signed in from this browser before.
    Device,
    /// What a browser keeps while it is at the OpenID provider.
    Flow,
    /// The language in which somebody wants to see the pages.
    Lang,
    /// The colours in which somebody wants to see the pages.
    Theme,
}

impl Cookie {
    const fn name(self, front: &Front) -> &'static str {
        match (self, front.secure_cookies) {
            (Self::Session, true) => "__Host-hark",
            (Self::Session, false) => "hark_session",
            (Self::Device, true) => "__Host-hark-device",
            (Self::Device, false) => "hark_device",
            (Self::Flow, true) => "__Host-hark-oidc",
            (Self::Flow, false) => "hark_oidc",
            (Self::Lang, true) => "__Host-hark-lang",
            (Self::Lang, false) => "hark_lang",
            (Self::Theme, true) => "__Host-hark-theme",
            (Self::Theme, false) => "hark_theme",
        }
    }

    /// What the browser sent. Two of one name are none: one of them was planted.
    pub(crate) fn read(self, front: &Front, headers: &HeaderMap) -> Option<String> {
        let name = self.name(front);
        let mut found = headers
            .get_all(COOKIE)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(have, value)| *have == name && !value.is_empty());
        let (_, value) = found.next()?;
        found.next().is_none().then(|| value.to_owned())
    }

    /// The header that sets it; for as long as the browser is open, or for a time.
    pub(crate) fn set(self, front: &Front, value: &str, life: Option<TimeDelta>) -> Result<(HeaderName, HeaderValue)> {
        let life = life.map_or_else(String::new, |life| format!("; Max-Age={}", life.num_seconds()));
        let secure = if front.secure_cookies { "; Secure" } else { "" };
        let text = format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{life}",
            self.name(front)
        );
        Ok((SET_COOKIE, HeaderValue::from_str(&text).map_err(Error::internal)?))
    }

    /// The header that takes it away.
    pub(crate) fn clear(self, front: &Front) -> Result<(HeaderName, HeaderValue)> {
        self.set(front, "", Some(TimeDelta::zero()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static(text));
        headers
    }

    #[test]
    fn a_cookie_is_found_among_others_and_never_twice() {
        let front = Front::default();
        let read = |text| Cookie::Session.read(&front, &sent(text));
        assert_eq!(read("a=b; hark_session=x_-1;c=d").as_deref(), Some("x_-1"));
        for none in [
            "hark_session=",
            "xhark_session=1",
            "hark_session",
            "hark_session=1; hark_session=2",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn with_tls_a_cookie_belongs_to_this_host_alone() {
        let front = Front {
            secure_cookies: true,
            ..Front::default()
        };
        let (name, value) = Cookie::Session.set(&front, "x", None).unwrap();
        assert_eq!(name, SET_COOKIE);
        assert_eq!(value, "__Host-hark=x; Path=/; HttpOnly; SameSite=Lax; Secure");
        let (_, value) = Cookie::Device.clear(&Front::default()).unwrap();
        assert_eq!(value, "hark_device=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
