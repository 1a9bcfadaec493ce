//! What happens at the desk, for everybody who listens in this process: one reader for all of them.
//!
//! The reader is a thread that is there while somebody listens. It reads on when this process has written something, and
//! every half second for what others have written; what it finds goes to all listeners through one channel of bounded
//! length. Who does not keep up is cut off, and goes on from where it was.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::broadcast::{self, Receiver, Sender};
use uuid::Uuid;

use crate::db::Db;
use crate::domain::events::{self, EventView, Place};
use crate::error::{Code, Error, Result};

/// How often is looked for what other processes have written.
const EVERY: Duration = Duration::from_millis(500);
/// How long is waited after a write of this process, for those that come with it.
const SETTLE: Duration = Duration::from_millis(20);
/// How many events a listener may be behind.
const BEHIND: usize = 1_024;

/// How listeners are served.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often a listener hears that the line is open, and it is asked whether it may still listen.
    pub beat: Duration,
    /// How many streams one person or token may have open in one process.
    pub most: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            beat: Duration::from_secs(15),
            most: 10,
        }
    }
}

/// An event on its way to the listeners.
#[derive(Debug)]
pub struct Told {
    /// Its place.
    pub place: Place,
    /// The event.
    pub event: EventView,
    /// As it is sent.
    pub frame: Bytes,
}

/// An event as it is sent: its id and its JSON.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn frame(event: &EventView) -> Result<Bytes> {
    let json = serde_json::to_string(event)?;
    Ok(Bytes::from(format!("id: {}\ndata: {json}\n\n", event.id)))
}

/// Everybody who listens in this process. Clones share everything.
#[derive(Clone)]
pub struct Listeners {
    /// How listeners are served.
    pub pace: Pace,
    shared: Arc<Shared>,
}

struct Shared {
    db: Db,
    state: Mutex<State>,
    seats: Mutex<HashMap<Uuid, u32>>,
}

struct State {
    /// Gone when the service stops.
    channel: Option<Sender<Arc<Told>>>,
    /// How far the reader has read.
    place: Place,
    is_reading: bool,
}

/// A listener: what comes after the place where it begins.
pub struct Listening {
    /// What comes.
    pub told: Receiver<Arc<Told>>,
    /// From where on it comes.
    pub from: Place,
}

/// One of the streams that somebody may have; dropped when the stream ends.
pub struct Seat {
    shared: Arc<Shared>,
    whose: Uuid,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.shared.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = seats.get_mut(&self.whose) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.whose);
            }
        }
    }
}

impl Listeners {
    pub(super) fn new(db: Db) -> Self {
        let state = State {
            channel: Some(broadcast::channel(BEHIND).0),
            place: Place::START,
            is_reading: false,
        };
        Self {
            pace: Pace::default(),
            shared: Arc::new(Shared {
                db,
                state: Mutex::new(state),
                seats: Mutex::default(),
            }),
        }
    }

    /// A seat for one more stream.
    ///
    /// # Errors
    /// `events.too_many_streams`.
    pub fn seat(&self, whose: Uuid) -> Result<Seat> {
        let mut seats = self.shared.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = seats.entry(whose).or_default();
        if *taken >= self.pace.most {
            let detail = format!("you have {} streams open", self.pace.most);
            return Err(Error::problem(Code::TooManyStreams, detail));
        }
        *taken += 1;
        Ok(Seat {
            shared: Arc::clone(&self.shared),
            whose,
        })
    }

    /// How many streams are open in this process.
    pub fn open(&self) -> u64 {
        let seats = self.shared.seats.lock().unwrap_or_else(PoisonError::into_inner);
        seats.values().copied().map(u64::from).sum()
    }

    /// Begins to listen.
    ///
    /// # Errors
    /// `service.overloaded` when the service is stopping; when the database refuses.
    pub async fn listen(&self) -> Result<Listening> {
        // Where the reader begins if it is not there yet.
        let last = self.shared.db.read(events::last).await?;
        let mut state = self.shared.state();
        let stopping = || Error::problem(Code::Overloaded, "the service is stopping");
        let told = state.channel.as_ref().ok_or_else(stopping)?.subscribe();
        if !state.is_reading {
            state.place = last;
            let shared = Arc::clone(&self.shared);
            std::thread::Builder::new()
                .name("events".to_owned())
                .spawn(move || shared.read())
                .map_err(Error::internal)?;
            state.is_reading = true;
        }
        Ok(Listening {
            told,
            from: state.place,
        })
    }

    /// Ends every stream, and lets nobody begin another one: the service stops.
    pub fn close(&self) {
        self.shared.state().channel = None;
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The reader: reads on until nobody listens any more.
    fn read(&self) {
        let mut written = self.db.commits().count();
        loop {
            let after = {
                let mut state = self.state();
                let listeners = state.channel.as_ref().map_or(0, Sender::receiver_count);
                if listeners == 0 {
                    state.is_reading = false;
                    return;
                }
                state.place
            };
            match self.db.read_blocking(|conn| events::between(conn, after, None)) {
                Ok((found, Some(ended))) => {
                    self.tell(found, ended);
                    // There may be more.
                    continue;
                }
                Ok((_, None)) => {}
                // The place stays: nothing is left out.
                Err(error) => tracing::warn!(%error, "cannot read what happened"),
            }
            let now = self.db.commits().wait_past(written, EVERY);
            if now != written {
                std::thread::sleep(SETTLE);
            }
            written = now;
        }
    }

    fn tell(&self, found: Vec<(Place, EventView)>, ended: Place) {
        let mut state = self.state();
        for (place, event) in found {
            match (frame(&event), &state.channel) {
                (Ok(frame), Some(channel)) => {
                    // Nobody listens: that is seen at the next turn.
                    let _nobody = channel.send(Arc::new(Told { place, event, frame }));
                }
                (Err(error), _) => tracing::error!(%error, "an event that cannot be written"),
                (Ok(_), None) => {}
            }
        }
        state.place = ended;
    }
}
