//! Loading a complaint for a change, asking the rules, and writing it back: the one way in which
//! a complaint changes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::followers::{self, Turn};
use super::model::{CallBack, Complaint, StepRecord, StepRow};
use super::procedure::{self, Action, Case, Dealt, Next, ROUND_STARTS_AT};
use super::vocabulary::{BallWith, CallBackState, HandlingStep, SkipReason, State};
use super::{call_backs, store, tallies, timeline};
use crate::db::conn::Conn;
use crate::db::dialect;
use crate::db::types::Json;
use crate::domain::customers::record;
use crate::domain::staff::{Act, ActorKind};
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;

/// A complaint under change.
pub(super) struct Work {
    before: Complaint,
    /// The complaint as it will be.
    pub(super) after: Complaint,
    /// Every step of every round.
    pub(super) steps: Vec<StepRow>,
    /// Every promise, settled ones too.
    pub(super) call_backs: Vec<CallBack>,
    has_phone: bool,
}

/// Refuses when the caller read another version than there is now.
pub(super) fn check_version(expected: Option<i32>, present: i32) -> Result<()> {
    match expected {
        Some(expected) if expected != present => Err(Error::problem(
            Code::PreconditionFailed,
            format!("you read version {expected}; now it is version {present}"),
        )),
        _ => Ok(()),
    }
}

/// [`check_version`] of a complaint; staff are told what was changed since, and by whom.
pub(super) fn check_read(conn: &mut Conn, act: &Act, complaint: &Complaint, expected: Option<i32>) -> Result<()> {
    match expected {
        Some(read) if read != complaint.version && act.actor.kind == ActorKind::Staff => {
            let changes = timeline::changes_since(conn, complaint.id, complaint.version - read)?;
            Err(Error::conflict(read, complaint.version, changes))
        }
        _ => check_version(expected, complaint.version),
    }
}

impl Work {
    /// Loads a complaint for a change.
    pub(super) fn load(conn: &mut Conn, act: &Act, id: ComplaintId, expected: Option<i32>) -> Result<Self> {
        Self::load_or_show(conn, act, id, expected, |_, _| Ok((None, None)))
    }

    /// [`Work::load`]; when somebody else was faster, the problem shows what `both` gives: what stands there now, and
    /// what was sent.
    pub(super) fn load_or_show(
        conn: &mut Conn,
        act: &Act,
        id: ComplaintId,
        expected: Option<i32>,
        both: impl FnOnce(&mut Conn, &Self) -> Result<(Option<Value>, Option<Value>)>,
    ) -> Result<Self> {
        dialect::hold_complaint(conn, id)?;
        let before = store::load(conn, id)?;
        let Err(conflict) = check_read(conn, act, &before, expected) else {
            return Self::of(conn, act, before);
        };
        // Who may not change the complaint is told so, and shown nothing of it.
        let work = Self::of(conn, act, before)?;
        let (current, sent) = both(conn, &work)?;
        let of = current.is_some().then_some((id, work.before.customer_id));
        Err(conflict.showing(current, sent, of))
    }

    /// Goes to work on a complaint that has been loaded. Every change of a complaint comes through here, so this
    /// is where the record rule stands.
    pub(super) fn of(conn: &mut Conn, act: &Act, before: Complaint) -> Result<Self> {
        super::privacy::check_here(conn, before.id, before.state)?;
        act.actor.check_team(before.team_id)?;
        let steps = store::steps_of(conn, before.id)?;
        let call_backs = call_backs::store::of_complaint(conn, before.id)?;
        let has_phone = record::primary_phone(conn, before.customer_id)?.is_some();
        Ok(Self {
            after: before.clone(),
            before,
            steps,
            call_backs,
            has_phone,
        })
    }

    /// What the rules look at.
    pub(super) fn case(&self) -> Case {
        case_of(&self.after, &self.steps, &self.call_backs, self.has_phone)
    }

    pub(super) fn open_promises(&self) -> impl Iterator<Item = &CallBack> {
        self.call_backs
            .iter()
            .filter(|promise| promise.state == CallBackState::Open)
    }

    /// Asks the rules, and takes the state they lead to.
    pub(super) fn take(&mut self, action: &Action) -> Result<Next> {
        let next = procedure::allowed(&self.case(), action)?;
        self.after.state = next.state;
        if next.new_round {
            self.begin_round();
        }
        Ok(next)
    }

    /// Begins a new round at step 4; the count of openings is kept.
    pub(super) fn begin_round(&mut self) {
        self.after.round += 1;
        self.after.reopened_count += 1;
        self.after.state = State::InHandling;
        self.after.ball_with = BallWith::Us;
        self.after.closed_at = None;
        self.after.decision = None;
        self.after.on_the_spot = false;
    }

    /// Ends step 7 of this round.
    pub(super) fn end_call_back_step(&mut self, conn: &mut Conn, act: &Act, row: EndOfCallBack) -> Result<()> {
        let (recorded, skip_reason, skip_note) = match row {
            EndOfCallBack::Done(record) => (Some(Json(*record)), None, None),
            EndOfCallBack::Skipped(reason, note) => (None, Some(reason), note),
        };
        let row = StepRow {
            complaint_id: self.after.id,
            round: self.after.round,
            step: HandlingStep::CallBack,
            recorded,
            skip_reason,
            skip_note,
            agent: act.actor.name.clone(),
            done_at: act.now,
            amended_at: None,
        };
        let there = self
            .steps
            .iter()
            .position(|s| s.round == row.round && s.step == HandlingStep::CallBack);
        match there {
            Some(n) => {
                store::update_step(conn, &row)?;
                self.steps.remove(n);
            }
            None => store::insert_steps(conn, std::slice::from_ref(&row))?,
        }
        self.steps.push(row);
        Ok(())
    }

    /// Writes everything back with an entry in the timeline, and gives the complaint as it is now.
    pub(super) fn finish(
        mut self,
        conn: &mut Conn,
        act: &Act,
        action: &str,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<Complaint> {
        self.after.step = if self.after.state == State::Closed {
            None
        } else {
            self.case().current_step()
        };
        self.after.call_back_due_at = self.open_promises().map(|promise| promise.window_end).min();
        self.after.version = self.before.version + 1;
        // One who had to wait for its turn comes after the one it waited for.
        let act = &Act {
            now: act.now.max(self.before.updated_at),
            ..act.clone()
        };
        self.after.updated_at = act.now;
        let entry = timeline::entry(act, self.after.id, action, before, after);
        let turn = Turn::new(&self.before, &self.after, &self.call_backs, &entry);
        let next_due_at = followers::changing(conn, &turn)?;
        let timeline = turn.into_timeline(conn)?;
        self.after.next_due_at = next_due_at;
        store::update(conn, &self.before, &self.after)?;
        timeline::keep(conn, act, self.after.customer_id, &entry)?;
        let change = (&self.before, &self.after);
        followers::changed(
            conn,
            (&act.policy, act.actor.principal),
            change,
            &self.call_backs,
            &timeline,
        )?;
        if self.before.state != self.after.state {
            let changes = BTreeMap::from([(self.before.state, -1), (self.after.state, 1)]);
            tallies::add(conn, tallies::slot(self.after.id), &changes)?;
        }
        Ok(self.after)
    }
}

/// What the rules look at, of a complaint with every step of every round and every promise.
pub(crate) fn case_of(complaint: &Complaint, steps: &[StepRow], call_backs: &[CallBack], has_phone: bool) -> Case {
    Case {
        kind: complaint.kind,
        state: complaint.state,
        steps: dealt_with(steps, complaint.round),
        open_promises: call_backs
            .iter()
            .filter(|promise| promise.state == CallBackState::Open)
            .count(),
        has_original: complaint.duplicate_of.is_some(),
        has_phone,
    }
}

/// How step 7 ended.
pub(super) enum EndOfCallBack {
    /// The customer is satisfied.
    Done(Box<StepRecord>),
    /// It was not held, for a reason.
    Skipped(SkipReason, Option<String>),
}

/// The steps that count in `round`: its own, and from earlier rounds those before step 4.
pub(super) fn dealt_with(steps: &[StepRow], round: i32) -> BTreeMap<HandlingStep, Dealt> {
    steps
        .iter()
        .filter(|row| row.round == round || (row.round < round && row.step < ROUND_STARTS_AT))
        .map(|row| (row.step, row.skip_reason.map_or(Dealt::Done, Dealt::Skipped)))
        .collect()
}
