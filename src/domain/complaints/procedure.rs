//! The rules of handling, as a pure state machine: what may be done with a complaint, and where
//! that leads. Every path (API, page, bulk, import, worker) asks here; nothing else decides.

use std::collections::BTreeMap;

use super::vocabulary::{ClosingGround, Decision, HandlingStep, Kind, SkipReason, State};
use crate::error::{Code, Error, Result};

/// How a step was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dealt {
    /// Done, with a record.
    Done,
    /// Skipped, with a reason.
    Skipped(SkipReason),
}

impl Dealt {
    /// Whether that still holds: a step that was skipped because it was no complaint is open again
    /// once it has turned out to be one.
    pub fn stands(self, kind: Kind) -> bool {
        !(kind == Kind::Complaint && self == Self::Skipped(SkipReason::NotAComplaint))
    }
}

/// Everything about a complaint that the rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// The steps dealt with in the present round. Steps before `understand_needs` carry over
    /// from earlier rounds.
    pub steps: BTreeMap<HandlingStep, Dealt>,
    /// Promises to call back that stand open, of any purpose.
    pub open_promises: usize,
    /// Whether it is linked to the complaint it repeats.
    pub has_original: bool,
    /// Whether the customer has a phone number we know.
    pub has_phone: bool,
}

/// What somebody wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Record or skip steps, in the order given.
    Steps(Vec<(HandlingStep, Dealt)>),
    /// Promise a call-back.
    Promise,
    /// Record an attempt, reschedule or cancel a promise.
    WorkOnPromise,
    /// Wait for somebody else.
    Wait,
    /// Take up the work again.
    Resume,
    /// Close with a decision.
    Close(Decision),
    /// Take the complaint back (the customer's wish).
    Withdraw,
    /// Open a closed complaint again (the desk, or the customer by a dispute).
    Reopen,
    /// Change what was recorded at intake.
    Edit,
    /// Say that it repeats another.
    Link,
    /// Give it to somebody.
    Assign,
    /// Correct the customer type.
    SetType,
    /// Write a message or a note.
    Write,
    /// Accept the decision (the customer).
    Accept,
}

/// Where an allowed action leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// The state afterwards.
    pub state: State,
    /// True when a new round begins at step 4.
    pub new_round: bool,
    /// What allowed the closing, when it closes.
    pub ground: Option<ClosingGround>,
}

impl Next {
    const fn stay(state: State) -> Self {
        Self {
            state,
            new_round: false,
            ground: None,
        }
    }
}

impl Case {
    /// How a step was dealt with; `None` while it is not.
    pub fn dealt(&self, step: HandlingStep) -> Option<Dealt> {
        self.steps.get(&step).copied().filter(|dealt| dealt.stands(self.kind))
    }

    /// The first step that is neither done nor skipped; `None` when all are dealt with.
    pub fn current_step(&self) -> Option<HandlingStep> {
        HandlingStep::ALL
            .iter()
            .copied()
            .find(|step| self.dealt(*step).is_none())
    }
}

/// The first step of a new round: the need and the worry are asked for again.
pub const ROUND_STARTS_AT: HandlingStep = HandlingStep::UnderstandNeeds;

/// The reasons for which a step may be skipped by hand.
pub fn skip_reasons(step: HandlingStep, kind: Kind) -> Vec<SkipReason> {
    let mut reasons = match step {
        HandlingStep::Listen => vec![],
        HandlingStep::AcceptFeelings => vec![SkipReason::NoFeelingShown],
        HandlingStep::Apologise => vec![SkipReason::NoFaultFound, SkipReason::LegalReview],
        HandlingStep::UnderstandNeeds => vec![SkipReason::StatedInWriting],
        HandlingStep::SeekSolutions => vec![SkipReason::DoneOnTheSpot],
        HandlingStep::ExplainActions => vec![SkipReason::DoneOnTheSpot],
        HandlingStep::CallBack => vec![SkipReason::CustomerDeclined, SkipReason::NoContactDetails],
    };
    if kind != Kind::Complaint && step != HandlingStep::Listen {
        reasons.push(SkipReason::NotAComplaint);
    }
    reasons
}

/// Whether `action` is allowed now, and where it leads.
///
/// # Errors
/// A problem whose code names the rule that refuses.
pub fn allowed(case: &Case, action: &Action) -> Result<Next> {
    let closed = case.state == State::Closed;
    match action {
        Action::Reopen if closed => Ok(Next {
            state: State::InHandling,
            new_round: true,
            ground: None,
        }),
        Action::Reopen => refuse(Code::ComplaintOpen, "only a closed complaint can be reopened"),
        Action::Write | Action::SetType => Ok(Next::stay(case.state)),
        Action::Accept if closed => Ok(Next::stay(case.state)),
        Action::Accept => refuse(Code::ComplaintOpen, "there is no decision yet"),
        _ if closed => refuse(Code::ComplaintClosed, "the complaint is closed; reopen it first"),
        Action::Steps(steps) => allowed_steps(case, steps),
        Action::Promise => Ok(Next::stay(begun(case.state))),
        Action::WorkOnPromise | Action::Edit | Action::Link | Action::Assign => Ok(Next::stay(case.state)),
        Action::Wait if case.state == State::Waiting => {
            refuse(Code::ComplaintWaiting, "the complaint is waiting already")
        }
        Action::Wait => Ok(Next::stay(State::Waiting)),
        Action::Resume if case.state == State::Waiting => Ok(Next::stay(State::InHandling)),
        Action::Resume => refuse(Code::ComplaintNotWaiting, "the complaint is not waiting"),
        Action::Withdraw => Ok(Next {
            state: State::Closed,
            new_round: false,
            ground: Some(ClosingGround::Withdrawn),
        }),
        Action::Close(decision) => {
            let ground = closing_ground(case, *decision)?;
            Ok(Next {
                state: State::Closed,
                new_round: false,
                ground: Some(ground),
            })
        }
    }
}

/// The gate: what allows this complaint to be closed with this decision.
///
/// # Errors
/// A problem whose code names the rule that refuses.
pub fn closing_ground(case: &Case, decision: Decision) -> Result<ClosingGround> {
    if case.open_promises > 0 {
        return refuse(
            Code::CloseOpenPromise,
            "a promise to call back is open: keep it, reschedule it, or let the customer cancel it",
        );
    }
    match decision {
        Decision::Withdrawn => return Ok(ClosingGround::Withdrawn),
        Decision::Duplicate if case.has_original => return Ok(ClosingGround::Duplicate),
        Decision::Duplicate => return refuse(Code::CloseNoOriginal, "link the complaint that this one repeats first"),
        Decision::Upheld | Decision::Partly | Decision::Rejected => {}
    }
    if case.state == State::Waiting {
        return refuse(Code::ComplaintWaiting, "the complaint is waiting; resume it first");
    }
    let missing: Vec<&str> = HandlingStep::ALL
        .iter()
        .filter(|step| **step != HandlingStep::CallBack && case.dealt(**step).is_none())
        .map(|step| step.as_str())
        .collect();
    if !missing.is_empty() {
        return refuse(Code::CloseStepsMissing, &format!("missing: {}", missing.join(", ")));
    }
    match case.dealt(HandlingStep::CallBack) {
        Some(Dealt::Done) => Ok(ClosingGround::Satisfied),
        Some(Dealt::Skipped(SkipReason::CustomerDeclined)) => Ok(ClosingGround::CallBackDeclined),
        Some(Dealt::Skipped(SkipReason::NotAComplaint)) => Ok(ClosingGround::NotAComplaint),
        Some(Dealt::Skipped(_)) => Ok(ClosingGround::Unreachable),
        None => refuse(
            Code::CloseWithoutOutcome,
            "the call-back has no outcome yet: the customer satisfied, declining, or unreachable after the policy's attempts",
        ),
    }
}

fn allowed_steps(case: &Case, steps: &[(HandlingStep, Dealt)]) -> Result<Next> {
    if case.state == State::Waiting {
        return refuse(Code::ComplaintWaiting, "the complaint is waiting; resume it first");
    }
    let mut so_far = case.clone();
    for (step, dealt) in steps {
        allowed_step(&so_far, *step, *dealt)?;
        so_far.steps.insert(*step, *dealt);
    }
    Ok(Next::stay(State::InHandling))
}

fn allowed_step(case: &Case, step: HandlingStep, dealt: Dealt) -> Result<()> {
    if let Some(missing) = case.current_step()
        && missing < step
    {
        return refuse(Code::StepOutOfOrder, &format!("`{missing}` comes before `{step}`"));
    }
    match dealt {
        Dealt::Done if step == HandlingStep::CallBack => refuse(
            Code::CallBackStepByHand,
            "promise a call-back and record its attempts; or skip the step with the reason that the customer declined",
        ),
        Dealt::Done => Ok(()),
        Dealt::Skipped(reason) => allowed_skip(case, step, reason),
    }
}

fn allowed_skip(case: &Case, step: HandlingStep, reason: SkipReason) -> Result<()> {
    let reasons = skip_reasons(step, case.kind);
    if !reasons.contains(&reason) {
        let list: Vec<&str> = reasons.iter().map(|r| r.as_str()).collect();
        let list = if list.is_empty() {
            "none".to_owned()
        } else {
            list.join(", ")
        };
        return refuse(Code::SkipNotAllowed, &format!("`{step}` may be skipped for: {list}"));
    }
    if step == HandlingStep::CallBack && case.steps.get(&step) == Some(&Dealt::Done) {
        return refuse(
            Code::CallBackStepByHand,
            "the call-back has its outcome already; only another call changes it",
        );
    }
    if step == HandlingStep::CallBack && case.open_promises > 0 {
        return refuse(
            Code::CloseOpenPromise,
            "a promise to call back is open: work on it instead of skipping the step",
        );
    }
    if reason == SkipReason::NoContactDetails && case.has_phone {
        return refuse(Code::SkipNotAllowed, "the customer has a phone number");
    }
    if reason == SkipReason::StatedInWriting && case.steps.is_empty() {
        return refuse(Code::SkipNotAllowed, "nothing has been recorded yet");
    }
    Ok(())
}

const fn begun(state: State) -> State {
    match state {
        State::Received => State::InHandling,
        other => other,
    }
}

fn refuse<T>(code: Code, detail: &str) -> Result<T> {
    Err(Error::problem(code, detail))
}

#[cfg(test)]
mod tests;
