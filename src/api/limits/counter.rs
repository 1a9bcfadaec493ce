//! One limit: the kept limiter, over the clock of the service, with a bound on what it holds.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock as GovernorClock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::{Key, Standing};
use crate::clock::{Clock, Moment};

/// The most keys that a limit holds; the networks around further ones are counted instead.
const MOST: usize = 200_000;

/// The clock of the service, as the limiter wants it: time since the counter was made.
#[derive(Clone)]
struct Elapsed {
    clock: Clock,
    start: Moment,
    tick: std::time::Instant,
}

impl GovernorClock for Elapsed {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let elapsed = match &self.clock {
            // The wall clock may jump.
            Clock::System => self.tick.elapsed(),
            fixed @ Clock::Fixed(_) => (fixed.now() - self.start).to_std().unwrap_or_default(),
        };
        elapsed.into()
    }
}

type Limiter = RateLimiter<Key, DashMapStateStore<Key>, Elapsed, StateInformationMiddleware>;

/// One limit.
pub(super) struct Counter {
    name: &'static str,
    window: Duration,
    quota: NonZeroU32,
    limiter: Limiter,
}

impl Counter {
    /// `n` in each `window`, all at once if need be; `None` for no limit.
    pub(super) fn new(name: &'static str, n: u32, window: Duration, clock: &Clock) -> Option<Self> {
        let quota = NonZeroU32::new(n)?;
        let elapsed = Elapsed {
            clock: clock.clone(),
            start: clock.now(),
            tick: Clock::tick(),
        };
        let each = Quota::with_period(window / n)?.allow_burst(quota);
        Some(Self {
            name,
            window,
            quota,
            limiter: RateLimiter::dashmap_with_clock(each, elapsed).with_middleware(),
        })
    }

    /// Counts one request.
    pub(super) fn ask(&self, key: Key) -> Standing {
        let key = if self.limiter.len() < MOST { key } else { key.widened() };
        let standing = |admitted, remaining, wait: Duration| Standing {
            admitted,
            name: self.name,
            quota: self.quota.get(),
            window: self.window.as_secs(),
            remaining,
            // Rounded up: who comes back then is let in.
            wait: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
        };
        match self.limiter.check_key(&key) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let missing = self.quota.get().saturating_sub(remaining);
                let each = self.window / self.quota.get();
                standing(true, remaining, each * missing)
            }
            Err(until) => standing(false, 0, until.wait_time_from(self.limiter.clock().now())),
        }
    }

    /// Forgets the keys that are as good as new.
    pub(super) fn forget(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    /// How many keys are held.
    pub(super) fn held(&self) -> usize {
        self.limiter.len()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use chrono::TimeDelta;

    use super::*;

    fn counter(n: u32, seconds: u64) -> (Counter, Clock) {
        let clock = Clock::fixed(Moment::EPOCH);
        (
            Counter::new("test", n, Duration::from_secs(seconds), &clock).unwrap(),
            clock,
        )
    }

    fn address(n: u32) -> Key {
        Key::of(IpAddr::V4(Ipv4Addr::from_bits(n)))
    }

    #[test]
    fn who_has_used_it_up_is_told_when_to_come_back_and_is_let_in_then() {
        let (counter, clock) = counter(3, 60);
        let remaining: Vec<u32> = (0..3).map(|_| counter.ask(address(1)).remaining).collect();
        assert_eq!(remaining, [2, 1, 0]);
        let refused = counter.ask(address(1));
        assert!(!refused.admitted && refused.wait == 20, "{refused:?}");
        assert!(counter.ask(address(2)).admitted, "others are counted for themselves");
        clock.advance(TimeDelta::seconds(20));
        assert!(counter.ask(address(1)).admitted);
        assert!(!counter.ask(address(1)).admitted);
    }

    #[test]
    fn what_is_held_is_bounded_and_forgotten_after_its_time() {
        let (counter, clock) = counter(1, 60);
        for n in 0..300_000_u32 {
            counter.ask(address(n.wrapping_mul(2_654_435_761)));
        }
        assert!(counter.held() <= MOST + 65_536, "{}", counter.held());
        // The limiter keeps a key for a period longer than it needs to.
        clock.advance(TimeDelta::seconds(121));
        counter.forget();
        assert_eq!(counter.held(), 0);
    }

    #[test]
    fn nothing_is_counted_where_there_is_no_limit() {
        assert!(Counter::new("test", 0, Duration::from_secs(1), &Clock::System).is_none());
    }
}
