//! One complaint as it goes through the desk: every act asks the rules, as the real desk does,
//! so that the demo holds nothing that the rules forbid.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::draw::Draw;
use super::people::Person;
use crate::clock::Moment;
use crate::db::types::JsonText;
use crate::domain::complaints::bulk::{Batch, EntryText, StepText, case_of, words_of};
use crate::domain::complaints::model::{
    Attempt, CallBack, Closure, Complaint, Message, Statement, StepRow, TypeChange,
};
use crate::domain::complaints::procedure::{self, Action, Case, Next};
use crate::domain::complaints::vocabulary::{BallWith, CallBackState, State};
use crate::domain::notifications::{Notice, OutboxRow};
use crate::domain::policy::Policy;
use crate::domain::sla::clocks::row::{ClockRow, SignalRow};
use crate::domain::staff::ActorKind;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{EntryId, OutboxId, TypeChangeId};

/// Notices younger than this have not been sent yet.
const UNSENT: TimeDelta = TimeDelta::minutes(10);

/// What a customer told us of, so that they can tell us again.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// The first complaint about it.
    pub(super) complaint: Complaint,
    /// What they said.
    pub(super) statement: Statement,
    /// Its place in the corpus.
    pub(super) scenario: usize,
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By<'a> {
    Staff(&'a str),
    Customer,
    System,
}

impl By<'_> {
    /// The name in the timeline.
    pub(super) const fn name(&self) -> &str {
        match self {
            Self::Staff(name) => name,
            Self::Customer => "customer",
            Self::System => "hark",
        }
    }

    const fn kind(&self) -> ActorKind {
        match self {
            Self::Staff(_) => ActorKind::Staff,
            Self::Customer => ActorKind::Customer,
            Self::System => ActorKind::System,
        }
    }
}

/// A complaint and everything that hangs on it.
pub(super) struct History<'a> {
    pub(super) draw: &'a mut Draw,
    pub(super) policy: &'a Policy,
    pub(super) person: &'a Person,
    pub(super) complaint: Complaint,
    pub(super) statement: Statement,
    pub(super) steps: Vec<StepRow>,
    pub(super) type_changes: Vec<TypeChange>,
    pub(super) call_backs: Vec<CallBack>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) closures: Vec<Closure>,
    pub(super) entries: Vec<EntryText>,
    pub(super) messages: Vec<Message>,
    pub(super) clocks: Vec<ClockRow>,
    pub(super) signals: Vec<SignalRow>,
    notices: Vec<OutboxRow>,
    /// When the last act was.
    last: Moment,
    /// The present: nothing happens after it.
    pub(super) now: Moment,
}

impl<'a> History<'a> {
    /// A complaint that has just been logged by `by`.
    pub(super) fn begin(
        draw: &'a mut Draw,
        policy: &'a Policy,
        person: &'a Person,
        now: Moment,
        (complaint, statement): (Complaint, Statement),
        (by, matched_by): (By<'_>, Option<&str>),
    ) -> Self {
        let last = complaint.logged_at;
        let mut history = Self {
            draw,
            policy,
            person,
            complaint,
            statement,
            steps: Vec::new(),
            type_changes: Vec::new(),
            call_backs: Vec::new(),
            attempts: Vec::new(),
            closures: Vec::new(),
            entries: Vec::new(),
            messages: Vec::new(),
            clocks: Vec::new(),
            signals: Vec::new(),
            notices: Vec::new(),
            last,
            now,
        };
        let c = &history.complaint;
        let mut after = json!({
            "kind": c.kind, "channel": c.channel, "customer_id": c.customer_id, "matched_by": matched_by,
            "severity": c.severity, "owner": c.owner, "team": c.team_id,
        });
        if let Some(after) = after
            .as_object_mut()
            .filter(|_| history.statement.given_contact.0.email.is_some())
        {
            after.insert("acknowledged".to_owned(), json!(true));
        }
        history.enter(last, by, "received", None, Some(after.to_string()));
        if history.complaint.customer_type != CustomerType::NotClear {
            history.note_type(last, by, None);
        }
        if history.statement.given_contact.0.email.is_some() {
            history.notify(
                last,
                Notice::Acknowledge {
                    complaint_id: history.complaint.id,
                },
            );
        }
        history
    }

    /// When the last act was.
    pub(super) const fn last(&self) -> Moment {
        self.last
    }

    /// What the rules look at.
    pub(super) fn case(&self) -> Case {
        case_of(
            &self.complaint,
            &self.steps,
            &self.call_backs,
            self.person.phone.is_some(),
        )
    }

    /// Asks the rules, and takes the state they lead to.
    pub(super) fn take(&mut self, action: &Action) -> Result<Next> {
        let next = procedure::allowed(&self.case(), action)?;
        self.complaint.state = next.state;
        if next.new_round {
            self.begin_round();
        }
        Ok(next)
    }

    /// Begins a new round at step 4.
    pub(super) fn begin_round(&mut self) {
        self.complaint.round += 1;
        self.complaint.reopened_count += 1;
        self.complaint.state = State::InHandling;
        self.complaint.ball_with = BallWith::Us;
        self.complaint.closed_at = None;
        self.complaint.decision = None;
        self.complaint.on_the_spot = false;
    }

    /// The moment of an act: the one wanted, or as soon as the act before it is over.
    pub(super) fn tick(&mut self, wanted: Moment) -> Moment {
        let soon = self.last + TimeDelta::milliseconds(self.draw.between(4_000, 25_000));
        // Acts are a millisecond apart at least, because identifiers order them by milliseconds.
        self.last = wanted
            .max(soon)
            .min(self.now)
            .max(self.last + TimeDelta::milliseconds(1));
        self.last
    }

    /// Ends an act with an entry in the timeline.
    pub(super) fn finish(
        &mut self,
        at: Moment,
        by: By<'_>,
        action: &'static str,
        before: Option<Value>,
        after: Option<Value>,
    ) {
        // A `Value` displays as JSON.
        let text = |value: Option<Value>| value.map(|value| value.to_string());
        self.finish_with(at, by, action, text(before), text(after));
    }

    /// [`History::finish`] with the values as JSON.
    pub(super) fn finish_with(
        &mut self,
        at: Moment,
        by: By<'_>,
        action: &'static str,
        before: Option<String>,
        after: Option<String>,
    ) {
        self.complaint.step = if self.complaint.state == State::Closed {
            None
        } else {
            self.case().current_step()
        };
        self.complaint.call_back_due_at = self.open_promises().map(|promise| promise.window_end).min();
        self.complaint.next_due_at = self.complaint.call_back_due_at;
        self.complaint.version += 1;
        self.complaint.updated_at = at;
        self.enter(at, by, action, before, after);
    }

    pub(super) fn enter(
        &mut self,
        at: Moment,
        by: By<'_>,
        action: &'static str,
        before: Option<String>,
        after: Option<String>,
    ) {
        self.entries.push(EntryText {
            complaint_id: self.complaint.id,
            id: EntryId(self.draw.id(at)),
            action,
            actor_kind: by.kind(),
            actor: by.name().to_owned(),
            before: before.map(JsonText),
            after: after.map(JsonText),
            happened_at: at,
        });
    }

    /// Keeps the present customer type in the history of types.
    pub(super) fn note_type(&mut self, at: Moment, by: By<'_>, note: Option<String>) {
        self.type_changes.push(TypeChange {
            id: TypeChangeId(self.draw.id(at)),
            complaint_id: self.complaint.id,
            customer_type: self.complaint.customer_type,
            note,
            agent: by.name().to_owned(),
            changed_at: at,
        });
    }

    /// Puts a notice into the outbox; those of the past have been sent and cleared away.
    pub(super) fn notify(&mut self, at: Moment, notice: Notice) {
        if at > self.now - UNSENT {
            self.notices.push(OutboxRow {
                id: OutboxId(self.draw.id(at)),
                ..OutboxRow::new(at, notice)
            });
        }
    }

    pub(super) fn open_promises(&self) -> impl Iterator<Item = &CallBack> {
        self.call_backs
            .iter()
            .filter(|promise| promise.state == CallBackState::Open)
    }

    /// Adds the rows to a batch, and gives what the customer told us of.
    pub(super) fn pour(mut self, batch: &mut Batch, scenario: usize) -> Result<Told> {
        batch.words.push(words_of(&self.complaint, &self.statement));
        batch.complaints.push(self.complaint.clone());
        batch.statements.push(self.statement.clone());
        for step in self.steps {
            batch.steps.push(StepText::of(step)?);
        }
        batch.type_changes.append(&mut self.type_changes);
        batch.call_backs.append(&mut self.call_backs);
        batch.attempts.append(&mut self.attempts);
        batch.closures.append(&mut self.closures);
        batch.entries.append(&mut self.entries);
        batch.messages.append(&mut self.messages);
        batch.clocks.append(&mut self.clocks);
        batch.signals.append(&mut self.signals);
        batch.notices.append(&mut self.notices);
        Ok(Told {
            complaint: self.complaint,
            statement: self.statement,
            scenario,
        })
    }
}
