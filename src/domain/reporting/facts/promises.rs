//! What becomes of promises to call.

use super::{Deed, Teller};
use crate::clock::Moment;
use crate::domain::complaints::history;
use crate::domain::complaints::vocabulary::{AttemptResult, CallBackState};
use crate::domain::reporting::measures::{Measure, Time};
use crate::ids::CallBackId;

/// A promise that is open.
pub(super) struct Promise {
    window_start: Moment,
    pub(super) window_end: Moment,
    pub(super) first_attempt_at: Option<Moment>,
}

impl Teller<'_> {
    pub(super) fn promise(&mut self, promised: &history::Promised) {
        let promise = Promise {
            window_start: promised.window_start,
            window_end: promised.window_end,
            first_attempt_at: None,
        };
        self.promises.insert(promised.id, promise);
    }

    pub(super) fn attempted(&mut self, deed: Deed<'_>, id: CallBackId, result: AttemptResult, settled: CallBackState) {
        let at = deed.happening.at;
        self.count_by(deed, at, Measure::Attempt(result));
        let Some(promise) = self.promises.get_mut(&id) else {
            return;
        };
        // The rule of `call_backs::settle`.
        let spoke = matches!(result, AttemptResult::Reached | AttemptResult::Refused);
        let tried = spoke || (at >= promise.window_start && result != AttemptResult::WrongNumber);
        if tried {
            promise.first_attempt_at = promise.first_attempt_at.or(Some(at));
        }
        let (end, first) = (promise.window_end, promise.first_attempt_at);
        let measure = match settled {
            CallBackState::Kept => Measure::Kept,
            CallBackState::Late => Measure::Late,
            CallBackState::Broken => Measure::Broken,
            CallBackState::Open | CallBackState::Rescheduled | CallBackState::CancelledByCustomer => return,
        };
        self.promises.remove(&id);
        self.count_by(deed, at, measure);
        if let Some(first) = first {
            let day = self.frame.day(at);
            for time in Time::ALL {
                let seconds = self.frame.seconds(*time, end, first);
                self.time(day, Measure::Lateness(*time), seconds);
            }
        }
    }
}
