//! What one attempt does to a promise: the rule of kept, late, broken and unreachable.

use super::super::model::CallBack;
use super::super::vocabulary::{AttemptResult, CallBackOutcome, CallBackPurpose, CallBackState, NotCounted};
use crate::clock::Moment;
use crate::domain::policy::Policy;

/// What one attempt does to a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// Where the promise stands afterwards.
    pub state: CallBackState,
    /// What it led to, when it is settled.
    pub outcome: Option<CallBackOutcome>,
    /// Why this attempt does not count towards the policy's number; `None` when it does.
    pub not_counted: Option<NotCounted>,
    /// Attempts that count afterwards.
    pub attempts: i32,
    /// The first attempt in which the desk did call.
    pub first_attempt_at: Option<Moment>,
    /// The last attempt that counts.
    pub last_attempt_at: Option<Moment>,
}

impl Settlement {
    /// The promise after the attempt at `now`, in its next version.
    pub fn of(self, promise: &CallBack, now: Moment) -> CallBack {
        CallBack {
            state: self.state,
            outcome: self.outcome,
            attempts: self.attempts,
            first_attempt_at: self.first_attempt_at,
            last_attempt_at: self.last_attempt_at,
            settled_at: self.outcome.map(|_| now),
            version: promise.version + 1,
            ..promise.clone()
        }
    }
}

/// Why an attempt at `now` does not count towards the number after which a customer is unreachable.
fn not_counted(policy: &Policy, promise: &CallBack, result: AttemptResult, now: Moment) -> Option<NotCounted> {
    let last = promise.last_attempt_at;
    match result {
        AttemptResult::Reached | AttemptResult::Refused => None,
        AttemptResult::WrongNumber => Some(NotCounted::WrongNumber),
        _ if now < promise.window_start => Some(NotCounted::BeforeWindow),
        _ if last.is_some_and(|last| now - last < policy.call_back_gap) => Some(NotCounted::TooSoon),
        _ => None,
    }
}

/// What an attempt at `now` does to a promise.
///
/// A call that reaches the customer always counts, one that does not counts from the start of the window on, and
/// only the policy's least distance after the last one that counted: who does not answer now will not answer in a
/// minute. The promise is kept if the first call in the window, or the first that reached the customer, fell before
/// the window's end; a wrong number is no attempt to reach the customer, one that comes too soon is.
pub fn settle(
    policy: &Policy,
    promise: &CallBack,
    result: AttemptResult,
    satisfied: Option<bool>,
    now: Moment,
) -> Settlement {
    let not_counted = not_counted(policy, promise, result, now);
    let tried = matches!(not_counted, None | Some(NotCounted::TooSoon));
    let first_attempt_at = promise.first_attempt_at.or(tried.then_some(now));
    let attempts = promise.attempts + i32::from(not_counted.is_none());
    let outcome = match result {
        AttemptResult::Reached => Some(match (promise.purpose, satisfied) {
            (CallBackPurpose::ConfirmResolution, Some(true)) => CallBackOutcome::Satisfied,
            (CallBackPurpose::ConfirmResolution, _) => CallBackOutcome::NotSatisfied,
            _ => CallBackOutcome::Informed,
        }),
        AttemptResult::Refused => Some(CallBackOutcome::Declined),
        _ if not_counted.is_none() && attempts >= policy.call_back_attempts => Some(CallBackOutcome::Unreachable),
        _ => None,
    };
    let state = match (outcome, first_attempt_at) {
        (None, _) => CallBackState::Open,
        (Some(_), Some(first)) if first <= promise.window_end => CallBackState::Kept,
        (Some(_), Some(_)) => CallBackState::Late,
        (Some(_), None) => CallBackState::Broken,
    };
    Settlement {
        state,
        outcome,
        not_counted,
        attempts,
        first_attempt_at,
        last_attempt_at: match not_counted {
            None => Some(now),
            Some(_) => promise.last_attempt_at,
        },
    }
}
