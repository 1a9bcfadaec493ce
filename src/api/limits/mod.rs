//! How often somebody may ask: the classes of routes, whom each is counted for, and the answer when it is enough.
//!
//! The counters are the kept `governor` (GCRA) over the service's clock, in the memory of this process:
//! with several processes behind a balancer each counts for itself.

pub mod address;
mod counter;
mod middleware;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use self::counter::Counter;
pub(super) use self::middleware::{by_address, by_principal};
use crate::clock::Clock;
use crate::domain::staff::Principal;
use crate::error::{Code, Error, Result};
use crate::settings::edge::EdgeSettings;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// What a route counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Not counted: health and figures.
    Exempt,
    /// Filing a complaint without an account: by address.
    Filing,
    /// With a private link: by address and by link.
    Tracking,
    /// Signing in, and what leads there: by address.
    SignIn,
    /// Anything else that asks for no credentials: by address.
    Open,
    /// With credentials: by person or service token.
    Staff,
}

/// Whom a count is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// An IPv4 address.
    V4([u8; 4]),
    /// An IPv6 network of 64 bits: what one customer of a provider has.
    V6([u8; 8]),
    /// A wide network, once too many keys are held.
    Wide([u8; 4]),
    /// A private link, by half of its SHA-256.
    Link([u8; 16]),
    /// A person or service token.
    Principal([u8; 16]),
}

impl Key {
    /// The key of an address.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.octets()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, e, f, g, h, ..] = v6.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }

    /// The key of a private link.
    pub fn of_link(token: &str) -> Self {
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let mut half = [0; 16];
        half.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self::Link(half)
    }

    /// The key of whose credentials were shown.
    pub fn of_principal(principal: Principal) -> Self {
        Self::Principal(principal.uuid().into_bytes())
    }

    /// The network of 16 (IPv4) or 32 bits (IPv6) that it lies in.
    fn widened(self) -> Self {
        match self {
            Self::V4([a, b, ..]) => Self::Wide([4, a, b, 0]),
            Self::V6([a, b, c, d, ..]) => Self::Wide([a, b, c, d]),
            other => other,
        }
    }
}

/// Where somebody stands after asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether this request is within the limit.
    pub admitted: bool,
    /// The name of the limit, as in `RateLimit-Policy`.
    pub name: &'static str,
    /// The most at once.
    pub quota: u32,
    /// In how many seconds that many are to be had again.
    pub window: u64,
    /// How many more may come at once.
    pub remaining: u32,
    /// In how many seconds there will be more.
    pub wait: u64,
}

/// Every limit of this process.
pub struct Limits {
    filing: Option<Counter>,
    without_proof: Option<Counter>,
    no_filing_without_proof: bool,
    tracking: Option<Counter>,
    link: Option<Counter>,
    sign_in: Option<Counter>,
    open: Option<Counter>,
    staff: Option<Counter>,
}

impl Limits {
    /// The limits that the settings name.
    pub fn new(settings: &EdgeSettings, clock: &Clock) -> Self {
        let counter = |name, n, window| Counter::new(name, n, window, clock);
        Self {
            filing: counter("filing", settings.rate_filing, HOUR),
            without_proof: counter("filing-without-proof", settings.filing_without_proof, HOUR),
            no_filing_without_proof: settings.filing_without_proof == 0,
            tracking: counter("tracking", settings.rate_tracking, MINUTE),
            link: counter("link", settings.rate_link, MINUTE),
            sign_in: counter("sign-in", settings.rate_sign_in, MINUTE),
            open: counter("open", settings.rate_open, MINUTE),
            staff: counter("staff", settings.rate_staff, MINUTE),
        }
    }

    /// Counts a request before anybody is asked for credentials. The narrowest of the limits that apply.
    pub fn ask(&self, rate: Rate, address: Option<IpAddr>, link: Option<&str>) -> Option<Standing> {
        let counter = match rate {
            Rate::Exempt | Rate::Staff => return None,
            Rate::Filing => &self.filing,
            Rate::Tracking => &self.tracking,
            Rate::SignIn => &self.sign_in,
            Rate::Open => &self.open,
        };
        // A request without an address (a test without a network) is counted with all of its kind.
        let key = address.map_or(Key::Wide([0; 4]), Key::of);
        let by_address = counter.as_ref().map(|counter| counter.ask(key));
        let refused = by_address.filter(|standing| !standing.admitted);
        if refused.is_some() || rate != Rate::Tracking {
            return by_address;
        }
        let by_link = link.and_then(|token| Some(self.link.as_ref()?.ask(Key::of_link(token))));
        match (by_address, by_link) {
            (Some(one), Some(other)) if other.admitted && one.remaining < other.remaining => Some(one),
            (_, Some(other)) => Some(other),
            (one, None) => one,
        }
    }

    /// Counts a request of somebody who has shown credentials.
    pub fn ask_for(&self, principal: Principal) -> Option<Standing> {
        self.staff
            .as_ref()
            .map(|counter| counter.ask(Key::of_principal(principal)))
    }

    /// Counts a complaint that is filed without a proof of work.
    ///
    /// # Errors
    /// `challenge.required` when there were enough of them from this address.
    pub fn without_proof(&self, address: Option<IpAddr>) -> Result<()> {
        let key = address.map_or(Key::Wide([0; 4]), Key::of);
        let admitted = !self.no_filing_without_proof
            && self
                .without_proof
                .as_ref()
                .is_none_or(|counter| counter.ask(key).admitted);
        if admitted {
            return Ok(());
        }
        Err(Error::problem(
            Code::ChallengeRequired,
            "solve a challenge from /api/v1/public/challenge and send it as `X-Challenge`",
        ))
    }

    fn counters(&self) -> impl Iterator<Item = &Counter> {
        [
            &self.filing,
            &self.without_proof,
            &self.tracking,
            &self.link,
            &self.sign_in,
            &self.open,
            &self.staff,
        ]
        .into_iter()
        .flatten()
    }

    /// Forgets whom nothing needs to be remembered of.
    pub fn forget(&self) {
        self.counters().for_each(Counter::forget);
    }

    /// How many keys are held.
    pub fn held(&self) -> usize {
        self.counters().map(Counter::held).sum()
    }

    /// Forgets on a timer, for as long as somebody uses the limits.
    pub fn keep_small(self: &Arc<Self>) {
        let limits = Arc::downgrade(self);
        actix_web::rt::spawn(async move {
            loop {
                tokio::time::sleep(MINUTE).await;
                match limits.upgrade() {
                    Some(limits) => limits.forget(),
                    None => break,
                }
            }
        });
    }
}
