//! Promises to call back, and how a complaint ends.

use serde_json::json;

use super::history::{By, History};
use crate::clock::Moment;
use crate::db::types::Json;
use crate::domain::complaints::bulk::was_on_the_spot;
use crate::domain::complaints::call_backs::{settle, told};
use crate::domain::complaints::model::{Attempt, CallBack, Closure, StepRecord};
use crate::domain::complaints::procedure::Action;
use crate::domain::complaints::vocabulary::{
    AskedBy, AttemptResult, BallWith, CallBackOutcome, CallBackPurpose, CallBackState, CauseCategory, ClosingGround,
    Decision, HandlingStep, RedressStatus, RedressType, SkipReason, State,
};
use crate::domain::notifications::Notice;
use crate::error::{Error, Result};
use crate::ids::{AttemptId, CallBackId, ClosureId};

/// A promise's window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) start: Moment,
    pub(super) end: Moment,
}

/// What was decided and given.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    pub(super) decision: Decision,
    pub(super) reason: String,
    pub(super) redress: Option<(RedressType, Option<i64>, RedressStatus)>,
    pub(super) cause: Option<CauseCategory>,
    pub(super) root_cause: Option<String>,
}

impl History<'_> {
    /// Promises a call-back.
    pub(super) fn promise(
        &mut self,
        wanted: Moment,
        by: By<'_>,
        purpose: CallBackPurpose,
        window: Window,
        note: Option<&str>,
    ) -> Result<()> {
        let at = self.tick(wanted);
        self.take(&Action::Promise)?;
        let number = self
            .person
            .phone
            .clone()
            .ok_or_else(|| Error::internal("the demo promised a call without a number"))?;
        let promise = CallBack {
            id: CallBackId(self.draw.id(at)),
            complaint_id: self.complaint.id,
            purpose,
            state: CallBackState::Open,
            window_start: window.start,
            window_end: window.end,
            time_zone: self.person.place.time_zone.to_owned(),
            number,
            owner: by.name().to_owned(),
            note: note.map(str::to_owned),
            round: self.complaint.round,
            promised_by: by.name().to_owned(),
            promised_at: at,
            rescheduled_from: None,
            changed_by: None,
            change_reason: None,
            first_attempt_at: None,
            attempts: 0,
            outcome: None,
            settled_at: None,
            version: 1,
            last_attempt_at: None,
        };
        let after = told(&promise);
        self.call_backs.push(promise);
        self.finish(at, by, "call_back_promised", None, Some(after));
        Ok(())
    }

    /// Takes the open promise out; [`History::put_back`] puts it in its place again.
    fn take_promise(&mut self) -> Result<(usize, CallBack)> {
        self.take(&Action::WorkOnPromise)?;
        let open = self
            .call_backs
            .iter()
            .enumerate()
            .find(|(_, promise)| promise.state == CallBackState::Open);
        open.map(|(n, promise)| (n, promise.clone()))
            .ok_or_else(|| Error::internal("the demo has no open promise to work on"))
    }

    fn put_back(&mut self, n: usize, mut promise: CallBack) {
        promise.version += 1;
        if let Some(there) = self.call_backs.get_mut(n) {
            *there = promise;
        }
    }

    /// Tries to reach the customer, and says where the promise stands then.
    pub(super) fn attempt(
        &mut self,
        wanted: Moment,
        by: By<'_>,
        result: AttemptResult,
        satisfied: Option<bool>,
        note: Option<&str>,
    ) -> Result<CallBackState> {
        let at = self.tick(wanted);
        let (n, mut promise) = self.take_promise()?;
        let settlement = settle(self.policy, &promise, result, satisfied, at);
        let recording = self
            .draw
            .chance(20.0)
            .then(|| format!("rec/{}/{}", at.format("%Y-%m-%d"), self.complaint.reference));
        self.attempts.push(Attempt {
            id: AttemptId(self.draw.id(at)),
            call_back_id: promise.id,
            result,
            satisfied,
            note: note.map(str::to_owned),
            recording_ref: recording.filter(|_| result == AttemptResult::Reached),
            agent: by.name().to_owned(),
            attempted_at: at,
            not_counted: settlement.not_counted,
        });
        // `put_back` counts the version.
        let version = promise.version;
        promise = settlement.of(&promise, at);
        promise.version = version;
        let after = json!({
            "call_back_id": promise.id, "result": result, "not_counted": settlement.not_counted, "satisfied": satisfied,
            "state": promise.state, "outcome": promise.outcome,
        });
        self.put_back(n, promise.clone());
        if promise.state == CallBackState::Broken {
            self.tell_lead(at, promise.id);
        }
        if promise.purpose == CallBackPurpose::ConfirmResolution {
            self.end_step(at, by, &promise);
        }
        self.finish(at, by, "call_back_attempted", None, Some(after));
        Ok(promise.state)
    }

    /// What the outcome of a call to confirm the resolution does to step 7.
    fn end_step(&mut self, at: Moment, by: By<'_>, promise: &CallBack) {
        let Some(outcome) = promise.outcome else { return };
        let step = HandlingStep::CallBack;
        match outcome {
            CallBackOutcome::Satisfied => {
                let record = StepRecord {
                    call_back_id: Some(promise.id),
                    outcome: Some(outcome),
                    ..StepRecord::default()
                };
                self.put_step(at, by, step, Some(Json(record)), (None, None));
            }
            CallBackOutcome::NotSatisfied => self.begin_round(),
            CallBackOutcome::Unreachable => self.put_step(at, by, step, None, (Some(SkipReason::Unreachable), None)),
            CallBackOutcome::Declined => {
                let why = (Some(SkipReason::CustomerDeclined), promise.change_reason.clone());
                self.put_step(at, by, step, None, why);
            }
            CallBackOutcome::Informed => {}
        }
        self.complaint.state = State::InHandling;
        self.complaint.ball_with = BallWith::Us;
    }

    /// Moves the open promise.
    pub(super) fn reschedule(
        &mut self,
        wanted: Moment,
        by: By<'_>,
        asked_by: AskedBy,
        reason: &str,
        window: Window,
    ) -> Result<()> {
        let at = self.tick(wanted);
        let (n, promise) = self.take_promise()?;
        let by_desk = asked_by == AskedBy::Desk;
        let missed = by_desk && at > promise.window_end && promise.first_attempt_at.is_none();
        let ended = CallBack {
            state: if missed {
                CallBackState::Broken
            } else {
                CallBackState::Rescheduled
            },
            changed_by: Some(asked_by.to_string()),
            change_reason: Some(reason.to_owned()),
            settled_at: Some(at),
            ..promise.clone()
        };
        let fresh = CallBack {
            id: CallBackId(self.draw.id(at)),
            window_start: window.start,
            window_end: window.end,
            round: self.complaint.round,
            promised_by: by.name().to_owned(),
            promised_at: at,
            rescheduled_from: Some(promise.id),
            first_attempt_at: None,
            attempts: if by_desk { promise.attempts } else { 0 },
            last_attempt_at: promise.last_attempt_at.filter(|_| by_desk),
            version: 1,
            ..promise.clone()
        };
        let mut after = told(&fresh);
        if let Some(after) = after.as_object_mut() {
            after.insert("asked_by".to_owned(), json!(asked_by));
        }
        self.put_back(n, ended);
        if missed {
            self.tell_lead(at, promise.id);
        }
        self.call_backs.push(fresh);
        self.finish(at, by, "call_back_rescheduled", Some(told(&promise)), Some(after));
        Ok(())
    }

    fn call_off(&mut self, at: Moment, reason: &str) -> Result<(CallBack, CallBack)> {
        let (n, promise) = self.take_promise()?;
        let mut off = promise.clone();
        off.state = CallBackState::CancelledByCustomer;
        off.changed_by = Some(AskedBy::Customer.to_string());
        off.change_reason = Some(reason.to_owned());
        off.outcome = Some(CallBackOutcome::Declined);
        off.settled_at = Some(at);
        self.put_back(n, off.clone());
        Ok((promise, off))
    }

    /// Calls the open promise off at the customer's wish.
    pub(super) fn cancel(&mut self, wanted: Moment, by: By<'_>, reason: &str) -> Result<()> {
        let at = self.tick(wanted);
        let (before, off) = self.call_off(at, reason)?;
        if off.purpose == CallBackPurpose::ConfirmResolution {
            self.end_step(at, by, &off);
        }
        self.finish(
            at,
            by,
            "call_back_cancelled",
            Some(told(&before)),
            Some(json!({ "by": "customer" })),
        );
        Ok(())
    }

    /// What Hark does when the grace of a promise is over and nobody has called.
    pub(super) fn break_promise(&mut self, wanted: Moment) -> Result<()> {
        let at = self.tick(wanted);
        let (n, promise) = self.take_promise()?;
        let (before, id) = (told(&promise), promise.id);
        self.put_back(
            n,
            CallBack {
                state: CallBackState::Broken,
                settled_at: Some(at),
                ..promise
            },
        );
        self.tell_lead(at, id);
        self.finish(at, By::System, "call_back_broken", Some(before), None);
        Ok(())
    }

    fn tell_lead(&mut self, at: Moment, call_back_id: CallBackId) {
        self.notify(
            at,
            Notice::PromiseBroken {
                complaint_id: self.complaint.id,
                call_back_id,
            },
        );
    }

    /// Closes, if the gate allows it.
    pub(super) fn close(&mut self, wanted: Moment, by: By<'_>, verdict: Verdict) -> Result<()> {
        let at = self.tick(wanted);
        let next = self.take(&Action::Close(verdict.decision))?;
        let ground = next
            .ground
            .ok_or_else(|| Error::internal("a closing without a ground"))?;
        self.end(at, by, verdict, ground, "closed");
        Ok(())
    }

    /// Takes the complaint back at the customer's wish.
    pub(super) fn withdraw(&mut self, wanted: Moment, by: By<'_>, reason: &str) -> Result<()> {
        let at = self.tick(wanted);
        while self.open_promises().next().is_some() {
            self.call_off(at, reason)?;
        }
        self.take(&Action::Withdraw)?;
        let decision = Decision::Withdrawn;
        let verdict = Verdict {
            decision,
            reason: reason.to_owned(),
            redress: None,
            cause: None,
            root_cause: None,
        };
        self.end(at, by, verdict, ClosingGround::Withdrawn, "withdrawn");
        Ok(())
    }

    /// Opens a closed complaint again; `action` says in the timeline what it was.
    pub(super) fn reopen(&mut self, wanted: Moment, by: By<'_>, reason: &str, action: &'static str) -> Result<()> {
        let at = self.tick(wanted);
        let before = json!({ "decision": self.complaint.decision });
        self.take(&Action::Reopen)?;
        let after = json!({ "reason": reason, "round": self.complaint.round });
        self.finish(at, by, action, Some(before), Some(after));
        Ok(())
    }

    fn end(&mut self, at: Moment, by: By<'_>, verdict: Verdict, ground: ClosingGround, action: &'static str) {
        let on_the_spot = was_on_the_spot(self.policy, &self.complaint, verdict.decision, at);
        self.complaint.closed_at = Some(at);
        self.complaint.decision = Some(verdict.decision);
        self.complaint.on_the_spot = on_the_spot;
        self.complaint.ball_with = BallWith::Us;
        let redress_type = verdict.redress.map(|(redress, ..)| redress);
        let minor_units = verdict.redress.and_then(|(_, units, _)| units);
        let after = json!({
            "decision": verdict.decision, "reason": verdict.reason, "ground": ground, "on_the_spot": on_the_spot,
            "redress_type": redress_type, "cause_category": verdict.cause,
        });
        self.closures.push(Closure {
            id: ClosureId(self.draw.id(at)),
            complaint_id: self.complaint.id,
            round: self.complaint.round,
            decision: verdict.decision,
            decision_reason: verdict.reason,
            ground,
            redress_type,
            redress_minor_units: minor_units,
            redress_currency: minor_units.map(|_| self.person.place.currency.to_owned()),
            redress_status: verdict.redress.map(|(.., status)| status),
            cause_category: verdict.cause,
            root_cause: verdict.root_cause,
            on_the_spot,
            closed_by: by.name().to_owned(),
            closed_at: at,
        });
        self.finish(at, by, action, None, Some(after));
    }
}
