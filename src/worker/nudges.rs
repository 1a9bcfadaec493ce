//! Hears of clocks that come due before the worker would look.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::domain::sla::clocks::{Listener, listen};

/// A nudge comes before the commit of what it is about, and often with others.
const SETTLE: Duration = Duration::from_millis(200);

/// Hears the nudges of this process as long as it lives.
pub(super) struct Nudges {
    heard: Arc<Notify>,
    _listener: Arc<Listener>,
}

impl Nudges {
    /// Begins to listen.
    pub(super) fn listen() -> Self {
        let heard = Arc::new(Notify::new());
        let told = Arc::clone(&heard);
        let listener: Arc<Listener> = Arc::new(move || told.notify_one());
        listen(&listener);
        Self {
            heard,
            _listener: listener,
        }
    }

    /// Waits for a nudge that has not been heard, and a little longer.
    pub(super) async fn next(&self) {
        self.heard.notified().await;
        tokio::time::sleep(SETTLE).await;
    }
}
