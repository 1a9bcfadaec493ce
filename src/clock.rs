//! The clock: the only file that asks what time it is.

use std::ops::{Add, AddAssign, Deref, Sub};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A moment in UTC. Written as RFC 3339; both databases keep it to the microsecond.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    ToSchema,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = crate::db::types::Instant)]
#[schema(value_type = String, format = DateTime, example = "2026-11-23T06:00:00Z")]
pub struct Moment(pub DateTime<Utc>);

/// What is said where something else was sent.
const WANTED: &str = "a moment such as 2026-11-24T09:00:00Z";

impl Moment {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH);
}

impl TryFrom<DateTime<Utc>> for Moment {
    type Error = &'static str;

    /// A moment that somebody sent: cut to microseconds, and within what both databases can keep.
    fn try_from(at: DateTime<Utc>) -> Result<Self, Self::Error> {
        if (1..=9999).contains(&at.year()) {
            Ok(Self(at.trunc_subsecs(6)))
        } else {
            Err("a moment in the years 1 to 9999")
        }
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Moment;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(WANTED)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Moment, E> {
                let at: DateTime<Utc> = text.parse().map_err(|_| E::custom(WANTED))?;
                Moment::try_from(at).map_err(E::custom)
            }
        }
        from.deserialize_str(Text)
    }
}

impl Deref for Moment {
    type Target = DateTime<Utc>;
    fn deref(&self) -> &DateTime<Utc> {
        &self.0
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

impl std::str::FromStr for Moment {
    type Err = chrono::ParseError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text).map(|at| Self(at.to_utc()))
    }
}

impl Add<TimeDelta> for Moment {
    type Output = Self;
    fn add(self, by: TimeDelta) -> Self {
        Self(self.0 + by)
    }
}

impl AddAssign<TimeDelta> for Moment {
    fn add_assign(&mut self, by: TimeDelta) {
        self.0 += by;
    }
}

impl Sub<TimeDelta> for Moment {
    type Output = Self;
    fn sub(self, by: TimeDelta) -> Self {
        Self(self.0 - by)
    }
}

impl Sub for Moment {
    type Output = TimeDelta;
    fn sub(self, earlier: Self) -> TimeDelta {
        self.0 - earlier.0
    }
}

/// Where the time comes from: the system, or a hand-moved clock in tests.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The wall clock of the machine.
    #[default]
    System,
    /// A clock that stands still until [`Clock::advance`] moves it.
    Fixed(Arc<Mutex<Moment>>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn fixed(at: Moment) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// The present moment, cut to microseconds (what both databases keep).
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn now(&self) -> Moment {
        match self {
            Self::System => Moment(Utc::now().trunc_subsecs(6)),
            Self::Fixed(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a fixed clock by `by`; the system clock does not move.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Fixed(at) = self {
            *at.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }

    /// A reading of the monotonic clock, for measuring durations.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the monotonic clock")]
    pub fn tick() -> std::time::Instant {
        std::time::Instant::now()
    }
}
