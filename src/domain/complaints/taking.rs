//! Taking a complaint out of the queue: through the same gate as giving it to somebody.

use serde_json::{Value, json};

use super::call_backs;
use super::model::CallBack;
use super::procedure::Action;
use super::view::{self, ComplaintView};
use super::work::Work;
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::error::{Error, Result};
use crate::ids::{CallBackId, ComplaintId};

/// Makes the actor the one who has a complaint that nobody had, and who keeps what was promised about it: nobody else
/// calls the customer. `why` says in codes why it was this one.
///
/// # Errors
/// `complaint.closed`; `auth.other_team`; `resource.not_found`; [`Error::Retry`] when somebody has it meanwhile.
pub fn take(conn: &mut Conn, act: &Act, id: ComplaintId, why: &Value) -> Result<ComplaintView> {
    let mut work = Work::load(conn, act, id, None)?;
    work.take(&Action::Assign)?;
    if work.after.owner.is_some() {
        return Err(Error::Retry("somebody took the complaint meanwhile"));
    }
    let me = act.actor.name.clone();
    let others: Vec<CallBack> = work
        .open_promises()
        .filter(|promise| promise.owner != me)
        .cloned()
        .collect();
    let mut promises: Vec<CallBackId> = Vec::new();
    for promise in others {
        let after = CallBack {
            owner: me.clone(),
            version: promise.version + 1,
            ..promise.clone()
        };
        call_backs::store::update(conn, &promise, &after)?;
        super::call_backs::replace(&mut work, &after);
        promises.push(promise.id);
    }
    let before = json!({ "owner": work.after.owner });
    let mut after = json!({ "owner": me, "why": why });
    if let Some(after) = after.as_object_mut().filter(|_| !promises.is_empty()) {
        after.insert("call_backs".to_owned(), json!(promises));
    }
    work.after.owner = Some(me);
    let complaint = work.finish(conn, act, "taken", Some(before), Some(after))?;
    view::of(conn, complaint)
}
