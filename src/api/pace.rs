//! How fast a body has to come: a client that sends a byte now and then does not hold a connection for ever.

use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};

use crate::clock::Clock;
use crate::error::{Code, Error, Result};

/// Bytes of a large body that earn it another second.
const BYTES_A_SECOND: u64 = 16 * 1024;

/// The time that a body may take.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    grace: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self::of_seconds(20)
    }
}

impl Pace {
    /// So many seconds, and one more for every 16 KiB that have come.
    pub fn of_seconds(seconds: u32) -> Self {
        Self {
            grace: Duration::from_secs(seconds.into()),
        }
    }

    /// Begins to read a body.
    pub(super) fn start(self) -> Paced {
        Paced {
            pace: self,
            started: Clock::tick(),
            come: 0,
        }
    }
}

/// A body that is being read.
pub(super) struct Paced {
    pace: Pace,
    started: std::time::Instant,
    come: u64,
}

impl Paced {
    /// The next piece, if it comes in time.
    ///
    /// # Errors
    /// `request.too_slow`; `request.malformed` when the body breaks off.
    pub(super) async fn next<S, E>(&mut self, body: &mut S) -> Result<Option<Bytes>>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let allowed = self.pace.grace + Duration::from_secs(self.come / BYTES_A_SECOND);
        let left = allowed.saturating_sub(self.started.elapsed());
        let next = tokio::time::timeout(left, body.next())
            .await
            .map_err(|_| Error::problem(Code::TooSlow, "the body did not come in time"))?;
        let Some(piece) = next else { return Ok(None) };
        let piece = piece.map_err(|_| Error::problem(Code::BadRequest, "the body broke off"))?;
        self.come += u64::try_from(piece.len()).unwrap_or_default();
        Ok(Some(piece))
    }
}
