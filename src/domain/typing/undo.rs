//! Taking back what was learnt last.

use serde_json::json;

use super::learning::{self, LayerState, LayerView};
use super::store;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};

/// Takes the version in use back; the one before it is in use again, or the model alone. What agents
/// say from now on is learnt over that. Gives the versions as they are now.
///
/// # Errors
/// `typing.nothing_learnt`.
pub fn undo(conn: &mut Conn, act: &Act) -> Result<Vec<LayerView>> {
    let live = store::live(conn)?
        .ok_or_else(|| Error::problem(Code::TypingNothingLearnt, "the model is as it was delivered"))?;
    store::set_undone(conn, live.version, &act.actor.name, act.now)?;
    let before = learning::versions(conn)?
        .into_iter()
        .find(|row| row.version < live.version && row.state == LayerState::Retired && row.edition == live.edition);
    if let Some(before) = &before {
        store::set_state(conn, before.version, LayerState::Live)?;
    }
    let event = Event::about_many(ObjectKind::Typing, "typing.undone")
        .with(json!({ "undone": live.version, "live": before.map_or(0, |row| row.version) }));
    audit::record(conn, act, event)?;
    learning::versions(conn)
}
