//! Chance, seeded: the same seed draws the same desk.

use std::collections::HashSet;

use chrono::{TimeDelta, Timelike};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use uuid::Uuid;

use crate::clock::Moment;
use crate::domain::complaints::reference;
use crate::error::{Error, Result};
use crate::ids;

/// The hours of the day at which one may call somebody.
const DAYTIME: std::ops::Range<u32> = 9..20;

/// A source of chance.
pub(super) struct Draw {
    rng: ChaCha8Rng,
    references: HashSet<u64>,
}

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            references: HashSet::new(),
        }
    }

    /// True in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: f64) -> bool {
        self.fraction() * 100.0 < percent
    }

    /// From 0 up to but not including 1.
    pub(super) fn fraction(&mut self) -> f64 {
        self.rng.random::<f64>()
    }

    /// From `low` up to but not including `high`.
    pub(super) fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.fraction()
    }

    /// From `low` to `high`, both included; `low` when there is nothing between.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        if high > low {
            self.rng.random_range(low..=high)
        } else {
            low
        }
    }

    /// A place in a list of `length`.
    pub(super) fn place(&mut self, length: usize) -> usize {
        let last = i64::try_from(length).unwrap_or(i64::MAX) - 1;
        usize::try_from(self.between(0, last)).unwrap_or_default()
    }

    /// One of a list.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Result<&'a T> {
        let place = self.place(from.len());
        from.get(place)
            .ok_or_else(|| Error::internal("the demo has nothing to choose from"))
    }

    /// One of several sayings.
    pub(super) fn saying(&mut self, from: &[&'static str]) -> &'static str {
        let place = self.place(from.len());
        from.get(place).copied().unwrap_or_default()
    }

    /// One of the options by weight; `otherwise` when none has any.
    pub(super) fn weighted<T: Copy>(&mut self, options: &[(f64, T)], otherwise: T) -> T {
        let total: f64 = options.iter().map(|(weight, _)| weight).sum();
        let mut left = self.fraction() * total;
        for (weight, option) in options {
            left -= weight;
            if left < 0.0 {
                return *option;
            }
        }
        otherwise
    }

    /// A length of time from `shortest` up to as many doublings of it, most often near the middle ones.
    /// (Only products and sums, so that it comes out the same on every machine.)
    pub(super) fn span(&mut self, shortest: TimeDelta, doublings: f64) -> TimeDelta {
        let mut left = (self.fraction() + self.fraction() + self.fraction()) / 3.0 * doublings;
        let mut length = seconds(shortest);
        while left >= 1.0 {
            length *= 2.0;
            left -= 1.0;
        }
        of_seconds(length * (1.0 + left))
    }

    /// A moment between the two.
    pub(super) fn moment(&mut self, from: Moment, to: Moment) -> Moment {
        let length = (to - from).num_microseconds().unwrap_or_default();
        from + TimeDelta::microseconds(self.between(0, length))
    }

    /// A moment between the two, in the daytime of `offset` hours east of Greenwich if that can be.
    pub(super) fn daytime(&mut self, from: Moment, to: Moment, offset: i32) -> Moment {
        let mut drawn = self.moment(from, to);
        for _ in 0..6 {
            if is_daytime(drawn, offset) {
                break;
            }
            drawn = self.moment(from, to);
        }
        drawn
    }

    /// An identifier for a row made at `now`.
    pub(super) fn id(&mut self, now: Moment) -> Uuid {
        let mut bits = [0; 10];
        self.rng.fill_bytes(&mut bits);
        ids::with_bits(now, &bits)
    }

    /// A reference that was not drawn before.
    pub(super) fn reference(&mut self) -> String {
        loop {
            let reference = reference::drawn_from(&mut self.rng);
            let packed = reference
                .bytes()
                .filter(|c| *c != b'-')
                .fold(0, |packed, c| (packed << 8) | u64::from(c));
            if self.references.insert(packed) {
                return reference;
            }
        }
    }

    /// 256 bits in URL-safe base 64, as a customer's private link has them.
    pub(super) fn secret(&mut self) -> String {
        use base64::Engine as _;
        let mut bits = [0; 32];
        self.rng.fill_bytes(&mut bits);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bits)
    }
}

/// Whether one may call somebody who lives `offset` hours east of Greenwich.
pub(super) fn is_daytime(at: Moment, offset: i32) -> bool {
    DAYTIME.contains(&local_hour(at, offset))
}

/// The hour of the day, `offset` hours east of Greenwich.
pub(super) fn local_hour(at: Moment, offset: i32) -> u32 {
    (*at + TimeDelta::hours(i64::from(offset))).hour()
}

/// A length of time in seconds.
pub(super) fn seconds(length: TimeDelta) -> f64 {
    length.num_seconds() as f64
}

/// A length of time of so many seconds, to the microsecond.
pub(super) fn of_seconds(seconds: f64) -> TimeDelta {
    TimeDelta::microseconds((seconds * 1e6) as i64)
}
