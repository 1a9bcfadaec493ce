//! What the HTTP edge knows apart from the application: limits, proxies, files, proof of work.

use std::sync::Arc;

use super::limits::Limits;
use super::limits::address::Proxies;
use super::pace::Pace;
use crate::clock::Clock;
use crate::settings::edge::{EdgeSettings, Switch};

/// What the HTTP edge knows apart from the application. Clones share everything.
#[derive(Clone)]
pub struct Edge {
    /// How often somebody may ask.
    pub limits: Arc<Limits>,
    /// Whom to believe about where a request comes from.
    pub proxies: Proxies,
    /// How fast bodies have to come.
    pub pace: Pace,
    /// Whether the public form wants a proof of work, and of how many rounds.
    pub proof: Option<u32>,
}

impl Edge {
    /// As the settings say.
    pub fn new(settings: &EdgeSettings, clock: &Clock) -> Self {
        Self {
            limits: Arc::new(Limits::new(settings, clock)),
            proxies: Proxies::new(settings),
            pace: Pace::of_seconds(settings.body_seconds),
            proof: (settings.proof_of_work == Switch::On).then_some(settings.proof_cost),
        }
    }
}
