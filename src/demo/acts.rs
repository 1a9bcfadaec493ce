//! What may be done with a complaint besides promises and closing.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::history::{By, History};
use super::staff;
use crate::clock::Moment;
use crate::db::types::Json;
use crate::domain::complaints::model::{Message, StepRecord, StepRow};
use crate::domain::complaints::procedure::{Action, Dealt};
use crate::domain::complaints::vocabulary::{BallWith, Direction, HandlingStep, Level, SkipReason, State};
use crate::domain::notifications::Notice;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{ComplaintId, MessageId};

/// A step as it is recorded or skipped; in JSON as the timeline tells of it.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Step {
    Done(Box<StepRecord>),
    Skipped { note: Option<String>, skipped: SkipReason },
}

impl Step {
    /// A step that is skipped, with nothing more to say.
    pub(super) const fn skipped(reason: SkipReason) -> Self {
        Self::Skipped {
            note: None,
            skipped: reason,
        }
    }

    const fn dealt(&self) -> Dealt {
        match self {
            Self::Done(_) => Dealt::Done,
            Self::Skipped { skipped, .. } => Dealt::Skipped(*skipped),
        }
    }
}

impl History<'_> {
    /// Records or skips steps.
    pub(super) fn record(&mut self, wanted: Moment, by: By<'_>, steps: Vec<(HandlingStep, Step)>) -> Result<()> {
        let at = self.tick(wanted);
        self.take(&Action::Steps(
            steps.iter().map(|(name, step)| (*name, step.dealt())).collect(),
        ))?;
        let told: BTreeMap<&str, &Step> = steps.iter().map(|(name, step)| (name.as_str(), step)).collect();
        let told = serde_json::to_string(&told)?;
        for (name, step) in steps {
            let (recorded, skip_reason) = match step {
                Step::Done(record) => (Some(Json(*record)), None),
                Step::Skipped { skipped, .. } => (None, Some(skipped)),
            };
            self.put_step(at, by, name, recorded, (skip_reason, None));
        }
        self.finish_with(at, by, "steps_recorded", None, Some(told));
        Ok(())
    }

    /// Adds a step of the present round.
    pub(super) fn put_step(
        &mut self,
        at: Moment,
        by: By<'_>,
        step: HandlingStep,
        recorded: Option<Json<StepRecord>>,
        (skip_reason, skip_note): (Option<SkipReason>, Option<String>),
    ) {
        self.steps.push(StepRow {
            complaint_id: self.complaint.id,
            round: self.complaint.round,
            step,
            recorded,
            skip_reason,
            skip_note,
            agent: by.name().to_owned(),
            done_at: at,
            amended_at: None,
        });
    }

    /// Sorts in what came through the public form.
    pub(super) fn sort_in(&mut self, wanted: Moment, by: By<'_>, category: &str, severity: Level) -> Result<()> {
        let at = self.tick(wanted);
        self.take(&Action::Edit)?;
        let (mut before, mut after) = (Map::new(), Map::new());
        if self.complaint.category != category {
            before.insert("category".to_owned(), json!(self.complaint.category));
            after.insert("category".to_owned(), json!(category));
        }
        if self.complaint.severity != severity {
            before.insert("severity".to_owned(), json!(self.complaint.severity));
            after.insert("severity".to_owned(), json!(severity));
        }
        category.clone_into(&mut self.complaint.category);
        self.complaint.severity = severity;
        self.finish(
            at,
            by,
            "edited",
            Some(Value::Object(before)),
            Some(Value::Object(after)),
        );
        Ok(())
    }

    /// Gives the complaint to somebody.
    pub(super) fn assign(&mut self, wanted: Moment, by: By<'_>, owner: &str, note: Option<&str>) -> Result<()> {
        let at = self.tick(wanted);
        self.take(&Action::Assign)?;
        let team = staff::team(self.person.tongue);
        let (mut before, mut after) = (
            json!({ "owner": self.complaint.owner }),
            json!({ "owner": owner, "note": note }),
        );
        if self.complaint.team_id != Some(team) {
            before = json!({ "owner": self.complaint.owner, "team": self.complaint.team_id });
            after = json!({ "owner": owner, "team": team, "note": note });
        }
        self.complaint.owner = Some(owner.to_owned());
        self.complaint.team_id = Some(team);
        self.finish(at, by, "assigned", Some(before), Some(after));
        Ok(())
    }

    /// Waits for the customer or a third party.
    pub(super) fn wait(&mut self, wanted: Moment, by: By<'_>, ball_with: BallWith, reason: &str) -> Result<()> {
        let at = self.tick(wanted);
        self.take(&Action::Wait)?;
        self.complaint.ball_with = ball_with;
        self.complaint.ever_waited = true;
        self.finish(
            at,
            by,
            "waiting",
            None,
            Some(json!({ "ball_with": ball_with, "reason": reason })),
        );
        Ok(())
    }

    /// Takes the work up again.
    pub(super) fn resume(&mut self, wanted: Moment, by: By<'_>, note: Option<&str>) -> Result<()> {
        let at = self.tick(wanted);
        self.take(&Action::Resume)?;
        let before = json!({ "ball_with": self.complaint.ball_with });
        self.complaint.ball_with = BallWith::Us;
        self.finish(at, by, "resumed", Some(before), Some(json!({ "note": note })));
        Ok(())
    }

    /// Links the complaint to the one that it repeats.
    pub(super) fn link(&mut self, wanted: Moment, by: By<'_>, original: ComplaintId) -> Result<()> {
        let at = self.tick(wanted);
        self.take(&Action::Link)?;
        let before = self.complaint.duplicate_of.replace(original);
        let (before, after) = (json!({ "duplicate_of": before }), json!({ "duplicate_of": original }));
        self.finish(at, by, "linked", Some(before), Some(after));
        Ok(())
    }

    /// Says how the customer comes across now.
    pub(super) fn set_type(
        &mut self,
        wanted: Moment,
        by: By<'_>,
        customer_type: CustomerType,
        note: Option<&str>,
    ) -> Result<()> {
        let at = self.tick(wanted);
        self.take(&Action::SetType)?;
        let before = json!({ "customer_type": self.complaint.customer_type });
        self.complaint.customer_type = customer_type;
        self.note_type(at, by, note.map(str::to_owned));
        let after = json!({ "customer_type": customer_type, "note": note });
        self.finish(at, by, "type_set", Some(before), Some(after));
        Ok(())
    }

    /// Writes a message or note.
    pub(super) fn write(&mut self, wanted: Moment, by: By<'_>, direction: Direction, body: &str) -> Result<()> {
        let at = self.tick(wanted);
        self.take(&Action::Write)?;
        let id = MessageId(self.draw.id(at));
        self.messages.push(Message {
            id,
            complaint_id: self.complaint.id,
            direction,
            body: body.to_owned(),
            author: by.name().to_owned(),
            written_at: at,
            not_sent: None,
        });
        let action = match direction {
            Direction::In => "message_received",
            Direction::Out => "message_sent",
            Direction::Internal => "note_written",
        };
        if direction == Direction::Out {
            self.notify(
                at,
                Notice::SendMessage {
                    complaint_id: self.complaint.id,
                    message_id: id,
                },
            );
        }
        if direction == Direction::In
            && self.complaint.state == State::Waiting
            && self.complaint.ball_with == BallWith::Customer
        {
            self.take(&Action::Resume)?;
            self.complaint.ball_with = BallWith::Us;
        }
        self.finish(at, by, action, None, Some(json!({ "message_id": id })));
        Ok(())
    }
}
