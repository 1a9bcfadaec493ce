//! Fills a database: one thread makes up the next batch while another writes the last.

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use super::corpus::Corpus;
use super::desk::Desk;
use super::figures::Figures;
use super::filled::Filled;
use super::{Plan, clocks, staff};
use crate::db::conn::{Conn, Target};
use crate::db::{dialect, migrate};
use crate::domain::complaints::bulk::{self, Batch};
use crate::domain::customers;
use crate::domain::policy::Policy;
use crate::domain::reporting::frame::Frame;
use crate::domain::reporting::rebuild;
use crate::domain::staff::bulk as people;
use crate::error::{Error, Result};

/// Complaints in one batch.
const BATCH: u64 = 2_000;
/// Batches that may be ready before they are written.
const READY: usize = 2;

/// Fills a migrated database with a demo desk, on a connection of its own and in one transaction:
/// the desk is there as a whole, or not at all. `progress` is told how many complaints are written
/// so far. Nobody else should use the database meanwhile: they would have to wait.
///
/// # Errors
/// When the database holds complaints, customers or people already, so that a real desk never mixes with a demo; when
/// it cannot be reached or refuses.
pub fn fill(target: &Target, plan: &Plan, policy: &Policy, progress: &dyn Fn(u64)) -> Result<Filled> {
    let mut conn = target
        .connect()
        .map_err(|e| Error::internal(format!("cannot reach the database ({target:?}): {e}")))?;
    if let Some(what) = held(&mut conn)? {
        return Err(Error::internal(format!(
            "this database holds {what} already; a demo is only made in an empty one, so that it never mixes with a real desk"
        )));
    }
    dialect::relax_for_bulk_load(&mut conn)?;
    let filled = diesel::Connection::transaction(&mut conn, |conn| {
        let suspended = migrate::suspend(conn)?;
        let filled = write(conn, plan, policy, progress)?;
        dialect::analyze(conn)?;
        migrate::restore(conn, &suspended)?;
        Ok::<_, Error>(filled)
    })?;
    Ok(filled)
}

/// What a database that somebody uses holds; `None` when it is as it was at its first start.
fn held(conn: &mut Conn) -> Result<Option<&'static str>> {
    if !bulk::is_untouched(conn)? {
        return Ok(Some("complaints"));
    }
    if !customers::bulk::is_untouched(conn)? {
        return Ok(Some("customers"));
    }
    people::held(conn)
}

fn write(conn: &mut Conn, plan: &Plan, policy: &Policy, progress: &dyn Fn(u64)) -> Result<Filled> {
    let corpus = Corpus::load()?;
    staff::bring(conn, plan, &corpus)?;
    let book = match plan.clocks {
        true => clocks::bring(conn, plan, policy)?,
        false => None,
    };
    let desk = Desk::new(plan, policy, &corpus, book);
    let frame = Frame::present(conn, policy)?;
    let basis = frame.basis();
    let figures = Figures::new(frame);
    let (ready, batches) = sync_channel::<Result<Batch>>(READY);
    let (spent, leftovers) = channel::<Batch>();
    std::thread::scope(|scope| {
        let maker = scope.spawn(move || make(desk, figures, &ready, &leftovers));
        let mut written = 0;
        for batch in batches {
            let mut batch = batch?;
            bulk::insert(conn, &mut batch)?;
            written += u64::try_from(batch.complaints.len()).unwrap_or_default();
            progress(written);
            // Freeing the rows takes long enough to leave it to the other thread, which may have ended.
            let _gone = spent.send(batch);
        }
        let (filled, figures) = maker
            .join()
            .map_err(|_| Error::internal("making up the demo panicked"))?;
        rebuild::bring(conn, &basis, plan.now, figures.into_rollup())?;
        Ok(filled)
    })
}

/// Makes up batches until there are no more, or nobody takes them. Uses those again that are written.
fn make(
    mut desk: Desk<'_>,
    mut figures: Figures,
    ready: &SyncSender<Result<Batch>>,
    written: &Receiver<Batch>,
) -> (Filled, Figures) {
    loop {
        let mut batch = written.try_recv().unwrap_or_default();
        batch.clear();
        let batch = desk.next_batch(batch, BATCH).and_then(|batch| {
            figures.count(&batch)?;
            Ok(batch)
        });
        match batch {
            Ok(batch) if batch.complaints.is_empty() => return (desk.filled(), figures),
            batch => {
                let failed = batch.is_err();
                if ready.send(batch).is_err() || failed {
                    return (desk.filled(), figures);
                }
            }
        }
    }
}
