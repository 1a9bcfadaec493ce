//! What the demo adds to the reports: the same sums that building them anew would come to.

use crate::db::types::{Json, JsonText};
use crate::domain::complaints::bulk::{Batch, EntryText};
use crate::domain::complaints::model::TimelineEntry;
use crate::domain::reporting::frame::Frame;
use crate::domain::reporting::record;
use crate::domain::reporting::rollup::Rollup;
use crate::domain::reporting::sums::Sums;
use crate::error::Result;

/// Adds up what batches bring.
pub(super) struct Figures {
    frame: Frame,
    rollup: Rollup,
}

impl Figures {
    pub(super) fn new(frame: Frame) -> Self {
        Self {
            frame,
            rollup: Rollup::default(),
        }
    }

    /// Adds a batch, whose entries stand by complaint, in the order of the complaints.
    pub(super) fn count(&mut self, batch: &Batch) -> Result<()> {
        let mut sums = Sums::default();
        let timelines = batch
            .entries
            .chunk_by(|one, next| one.complaint_id == next.complaint_id);
        for (complaint, timeline) in batch.complaints.iter().zip(timelines) {
            let mut timeline: Vec<TimelineEntry> = timeline.iter().map(entry).collect::<Result<_>>()?;
            // What the clocks told was added last.
            timeline.sort_by_key(|entry| entry.id);
            record::add(&self.frame, complaint, &timeline, &mut sums, 1);
        }
        self.rollup.add_all(&sums);
        Ok(())
    }

    pub(super) fn into_rollup(self) -> Rollup {
        self.rollup
    }
}

fn entry(entry: &EntryText) -> Result<TimelineEntry> {
    let read = |text: &Option<JsonText>| -> Result<_> {
        let value = text.as_ref().map(|text| serde_json::from_str(&text.0)).transpose()?;
        Ok(value.map(Json))
    };
    Ok(TimelineEntry {
        complaint_id: entry.complaint_id,
        id: entry.id,
        action: entry.action.to_owned(),
        actor_kind: entry.actor_kind,
        actor: entry.actor.clone(),
        before: read(&entry.before)?,
        after: read(&entry.after)?,
        request_id: None,
        happened_at: entry.happened_at,
    })
}
