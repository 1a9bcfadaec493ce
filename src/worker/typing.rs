//! Learning from the decisions of agents on customer types. Read, learn and keep are three turns, so that
//! no transaction waits for the learning.

use std::sync::Arc;

use super::{Worker, lease};
use crate::db::conn::Conn;
use crate::domain::typing::learning;
use crate::error::{Error, Result};

/// The job's name.
pub(super) const NAME: &str = "learn_typing";

/// Learns what waits; gives how many decisions that were.
pub(super) async fn learn(worker: &Worker) -> Result<usize> {
    let (app, holder) = (&worker.app, Arc::clone(&worker.holder));
    let act = app.own_act();
    let (now, until) = (act.now, act.now + chrono::TimeDelta::seconds(60));
    let mine = app
        .db
        .write(move |conn: &mut Conn| lease::take(conn, NAME, &holder, now, until))
        .await?;
    if !mine {
        return Ok(0);
    }
    let known = app.typing().await;
    let Some(lessons) = app.db.read(move |conn| learning::gather(conn, &known)).await? else {
        return Ok(0);
    };
    let learnt = tokio::task::spawn_blocking(move || lessons.learn())
        .await
        .map_err(|e| Error::internal(format!("learning panicked: {e}")))?;
    let kept = app.db.write(move |conn| learning::keep(conn, &act, &learnt)).await?;
    app.doubt_typing();
    Ok(kept)
}
