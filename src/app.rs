//! Everything the parts of the service share. One builder for the server, the worker and the tests.

mod beliefs;
mod kept;
pub mod live;
mod sign_in;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quick_cache::sync::Cache;

use self::beliefs::Beliefs;
pub use self::kept::Kept;
use self::live::{Listeners, Pace};
pub use self::sign_in::{Front, SignedIn, Welcome};
use crate::clock::{Clock, Moment};
use crate::db::Db;
use crate::db::lane::Lane;
use crate::domain::audit;
use crate::domain::complaints::receive::{self, Arrival, Receipt};
use crate::domain::policy::Policy;
use crate::domain::staff::{Act, Actor, Principal, tokens};
use crate::domain::typing::{self, Live};
use crate::error::{Code, Error, Result};
use crate::files::Files;
use crate::heavy::Heavy;
use crate::ids::TokenId;
use crate::keys::Keys;
use crate::telemetry::Metrics;

/// How long a token that was found good is believed without asking the database again. A revoked
/// token works at most this long in other processes; in the process that revokes it, not at all.
const BELIEVED: Duration = Duration::from_secs(10);

/// How long what was learnt is used without asking the database for a later version.
const LEARNT: Duration = Duration::from_secs(2);
/// How often it is noted that a token is used, seconds.
const NOTED_EVERY: i64 = 60;

/// The application. Clones share everything.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The rules.
    pub policy: Arc<Policy>,
    /// The way in for complaints: many callers share one transaction.
    pub intake: Lane<Arrival, Receipt>,
    /// The way to the audit for reads: many readers share one transaction.
    pub disclosures: Lane<audit::Entry, ()>,
    /// The keys of this installation.
    pub keys: Keys,
    /// How people reach the service.
    pub front: Arc<Front>,
    /// Where passwords are hashed.
    pub heavy: Heavy,
    /// The content of attachments.
    pub files: Files,
    /// Figures for operations.
    pub metrics: Arc<Metrics>,
    /// The desk's own figures as they were read last.
    pub desk_figures: Kept,
    /// What happens, for those who listen.
    pub live: Listeners,
    typing: Arc<Mutex<(Live, Moment)>>,
    sessions: Beliefs<SignedIn>,
    believed: Arc<Cache<Vec<u8>, Believed>>,
    noted: Arc<Mutex<HashMap<TokenId, Moment>>>,
    in_flight: Arc<Mutex<HashSet<[u8; 32]>>>,
}

#[derive(Clone)]
struct Believed {
    actor: Arc<Actor>,
    until: Moment,
    expires_at: Moment,
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When a thread or the metrics cannot be set up.
    pub fn new(db: Db, clock: Clock, policy: Policy, keys: Keys) -> Result<Self> {
        let live = Listeners::new(db.clone());
        Ok(Self {
            intake: Lane::open(&db, receive::receive_all)?,
            disclosures: Lane::open(&db, audit::disclose_all)?,
            db,
            clock,
            policy: Arc::new(policy),
            files: Files::in_memory(),
            keys,
            front: Arc::default(),
            heavy: Heavy::start()?,
            metrics: Arc::new(Metrics::new()?),
            desk_figures: Kept::default(),
            live,
            typing: Arc::new(Mutex::new((Live::shipped()?, Moment::EPOCH))),
            sessions: Beliefs::of_at_most(10_000),
            believed: Arc::new(Cache::new(10_000)),
            noted: Arc::default(),
            in_flight: Arc::default(),
        })
    }

    /// The same, reached in another way.
    pub fn with_front(mut self, front: Front) -> Self {
        self.front = Arc::new(front);
        self
    }

    /// The same with another place for the content of attachments; at first it is in memory.
    #[must_use]
    pub fn with_files(mut self, files: Files) -> Self {
        self.files = files;
        self
    }

    /// The same, serving those who listen at another pace.
    #[must_use]
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.live.pace = pace;
        self
    }

    /// An act of Hark itself, now.
    pub fn own_act(&self) -> Act {
        Act::of_system(self.clock.now(), Arc::clone(&self.policy))
    }

    /// Who a bearer token belongs to.
    ///
    /// # Errors
    /// `auth.required` when it is mistyped, unknown, expired or revoked.
    pub async fn authenticate(&self, token: &str) -> Result<Arc<Actor>> {
        if tokens::is_mistyped(token) {
            return Err(Error::problem(
                Code::Unauthenticated,
                "this is no token of this service: it is mistyped, or cut off",
            ));
        }
        let actor = self.recognise(token).await?;
        if let Some(Principal::Token(id)) = actor.principal {
            self.note_use(id);
        }
        Ok(actor)
    }

    /// Notes beside the request, and at most once a minute, that a token is used.
    fn note_use(&self, id: TokenId) {
        let now = self.clock.now();
        {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            if noted
                .get(&id)
                .is_some_and(|last| (now - *last).num_seconds() < NOTED_EVERY)
            {
                return;
            }
            noted.insert(id, now);
        }
        let db = self.db.clone();
        tokio::spawn(async move {
            if let Err(error) = db.write(move |conn| tokens::touch(conn, id, now)).await {
                tracing::warn!(%error, "cannot note that a token is used");
            }
        });
    }

    async fn recognise(&self, token: &str) -> Result<Arc<Actor>> {
        let now = self.clock.now();
        let hash = tokens::hash(token);
        if let Some(believed) = self.believed.get(&hash)
            && believed.until > now
            && believed.expires_at > now
        {
            return Ok(believed.actor);
        }
        let token = token.to_owned();
        let found = self
            .db
            .read(move |conn| tokens::authenticate(conn, now, &token))
            .await?;
        let Some((actor, expires_at)) = found else {
            self.believed.remove(&hash);
            return Err(Error::problem(
                Code::Unauthenticated,
                "the token is unknown, expired or revoked",
            ));
        };
        let actor = Arc::new(actor);
        let until = now + chrono::TimeDelta::from_std(BELIEVED).unwrap_or_default();
        self.believed.insert(
            hash,
            Believed {
                actor: Arc::clone(&actor),
                until,
                expires_at,
            },
        );
        Ok(actor)
    }

    /// Forgets which tokens and sessions were good; after one was revoked.
    pub fn doubt_all_tokens(&self) {
        self.believed.clear();
        self.doubt_sessions();
    }

    /// The model that proposes customer types, with what this installation has learnt; in other processes
    /// that learn, a change arrives within two seconds.
    pub async fn typing(&self) -> Live {
        let now = self.clock.now();
        let (live, until) = self.typing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if until > now {
            return live;
        }
        let known = live.clone();
        match self.db.read(move |conn| typing::learning::live(conn, &known)).await {
            Ok(fresh) => {
                let until = now + chrono::TimeDelta::from_std(LEARNT).unwrap_or_default();
                self.metrics.typing.layer.set(fresh.version.into());
                *self.typing.lock().unwrap_or_else(PoisonError::into_inner) = (fresh.clone(), until);
                fresh
            }
            Err(error) => {
                // A proposal of the version before is better than none.
                tracing::warn!(%error, "cannot look for what was learnt");
                live
            }
        }
    }

    /// Looks for what was learnt at the next request; after it was changed.
    pub fn doubt_typing(&self) {
        self.typing.lock().unwrap_or_else(PoisonError::into_inner).1 = Moment::EPOCH;
    }

    /// Marks an idempotency key as being worked on in this process until the guard is dropped.
    ///
    /// # Errors
    /// `idempotency.in_flight` when it is being worked on already.
    pub fn take_in_flight(&self, lookup: [u8; 32]) -> Result<InFlight> {
        let mut keys = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.insert(lookup) {
            return Ok(InFlight {
                keys: Arc::clone(&self.in_flight),
                lookup,
            });
        }
        Err(Error::problem(
            Code::IdempotencyInFlight,
            "a request with this key is being worked on",
        ))
    }
}

/// An idempotency key that is being worked on.
pub struct InFlight {
    keys: Arc<Mutex<HashSet<[u8; 32]>>>,
    lookup: [u8; 32],
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.lookup);
    }
}
