//! What an attempt does to a promise, as a table.

use super::*;
use crate::domain::complaints::vocabulary::NotCounted;
use crate::domain::policy::Policy;
use At::{After, Before, End, In, Start};
use AttemptResult::{NoAnswer, Reached, Refused, Voicemail, WrongNumber};
use CallBackState::{Kept, Late, Open};

/// Where in the window a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Before,
    Start,
    In,
    End,
    After,
}

fn minute(n: i64) -> Moment {
    Moment::EPOCH + TimeDelta::minutes(n)
}

impl At {
    fn moment(self) -> Moment {
        minute(match self {
            Before => 59,
            Start => 60,
            In => 90,
            End => 120,
            After => 121,
        })
    }
}

/// A promise for the minutes 60 to 120, with `attempts` that count, the first of them at `first`.
fn promise(purpose: CallBackPurpose, attempts: i32, first: Option<At>) -> CallBack {
    let id = CallBackId::new(Moment::EPOCH);
    CallBack {
        id,
        complaint_id: ComplaintId(id.0),
        purpose,
        state: Open,
        window_start: minute(60),
        window_end: minute(120),
        time_zone: "Asia/Shanghai".to_owned(),
        number: "+8613800138000".to_owned(),
        owner: "li.na".to_owned(),
        note: None,
        round: 1,
        promised_by: "li.na".to_owned(),
        promised_at: minute(0),
        rescheduled_from: None,
        changed_by: None,
        change_reason: None,
        first_attempt_at: first.map(At::moment),
        attempts,
        outcome: None,
        settled_at: None,
        version: 1,
        // So long ago that the distance between attempts does not matter.
        last_attempt_at: (attempts > 0).then_some(minute(-60)),
    }
}

const PURPOSES: [CallBackPurpose; 3] = [
    CallBackPurpose::ConfirmResolution,
    CallBackPurpose::GiveAnswer,
    CallBackPurpose::ReportProgress,
];

/// Attempts so far, the first that counted, the call and its result; then the state and the number of attempts.
type Line = (i32, Option<At>, At, AttemptResult, CallBackState, i32);

#[test]
fn an_attempt_settles_a_promise_as_the_table_says() {
    // The policy asks for three attempts.
    #[rustfmt::skip]
    let table: &[Line] = &[
        // Who speaks with the customer, even to be sent away, has kept the promise if it was in time…
        (0, None,        Before, Reached,     Kept,   1),
        (0, None,        Start,  Reached,     Kept,   1),
        (0, None,        In,     Reached,     Kept,   1),
        (0, None,        End,    Reached,     Kept,   1),
        (0, None,        After,  Reached,     Late,   1),
        (0, None,        Before, Refused,     Kept,   1),
        (0, None,        In,     Refused,     Kept,   1),
        (0, None,        After,  Refused,     Late,   1),
        // …or if the first attempt was.
        (1, Some(In),    After,  Reached,     Kept,   2),
        (1, Some(End),   After,  Refused,     Kept,   2),
        (1, Some(After), After,  Reached,     Late,   2),
        // A call that reaches nobody counts from the start of the window on.
        (0, None,        Before, NoAnswer,    Open,   0),
        (2, None,        Before, NoAnswer,    Open,   2),
        (2, Some(In),    Before, Voicemail,   Open,   2),
        (0, None,        Start,  NoAnswer,    Open,   1),
        (1, Some(Start), In,     Voicemail,   Open,   2),
        (0, None,        After,  NoAnswer,    Open,   1),
        // The third ends it.
        (2, Some(Start), In,     NoAnswer,    Kept,   3),
        (2, Some(Start), After,  Voicemail,   Kept,   3),
        (2, None,        End,    NoAnswer,    Kept,   3),
        (2, None,        After,  NoAnswer,    Late,   3),
        (2, Some(After), After,  Voicemail,   Late,   3),
        // A wrong number rings at somebody else's: it counts for nothing.
        (0, None,        Before, WrongNumber, Open,   0),
        (0, None,        In,     WrongNumber, Open,   0),
        (2, None,        In,     WrongNumber, Open,   2),
        (2, None,        After,  WrongNumber, Open,   2),
        (2, Some(In),    In,     WrongNumber, Open,   2),
        (2, Some(After), After,  WrongNumber, Open,   2),
    ];
    let policy = Policy::default();
    for purpose in PURPOSES {
        for (so_far, first, at, result, state, attempts) in table {
            let promise = promise(purpose, *so_far, *first);
            let satisfied = (*result == Reached && purpose == CallBackPurpose::ConfirmResolution).then_some(true);
            let settled = settle(&policy, &promise, *result, satisfied, at.moment());
            let what = format!("{purpose}: {result} {at:?} after {so_far} ({first:?})");
            assert_eq!((settled.state, settled.attempts), (*state, *attempts), "{what}");
            // Open exactly as long as there is no outcome.
            assert_eq!(settled.outcome.is_none(), *state == Open, "{what}");
            let expected = first.map(At::moment).or(match (result, at) {
                (Reached | Refused, _) => Some(at.moment()),
                (WrongNumber, _) | (_, Before) => None,
                _ => Some(at.moment()),
            });
            assert_eq!(settled.first_attempt_at, expected, "{what}");
        }
    }
}

#[test]
fn the_outcome_depends_on_the_purpose_and_the_customers_verdict() {
    use CallBackOutcome as O;
    #[rustfmt::skip]
    let table = [
        (CallBackPurpose::ConfirmResolution, Reached,     Some(true),  O::Satisfied),
        (CallBackPurpose::ConfirmResolution, Reached,     Some(false), O::NotSatisfied),
        (CallBackPurpose::ConfirmResolution, Refused,     None,        O::Declined),
        (CallBackPurpose::ConfirmResolution, NoAnswer,    None,        O::Unreachable),
        (CallBackPurpose::ConfirmResolution, Voicemail,   None,        O::Unreachable),
        (CallBackPurpose::GiveAnswer,        Reached,     None,        O::Informed),
        (CallBackPurpose::GiveAnswer,        Refused,     None,        O::Declined),
        (CallBackPurpose::GiveAnswer,        Voicemail,   None,        O::Unreachable),
        (CallBackPurpose::ReportProgress,    Reached,     None,        O::Informed),
        (CallBackPurpose::ReportProgress,    Refused,     None,        O::Declined),
        (CallBackPurpose::ReportProgress,    NoAnswer,    None,        O::Unreachable),
    ];
    for (purpose, result, satisfied, outcome) in table {
        let promise = promise(purpose, 2, Some(Start));
        let settled = settle(&Policy::default(), &promise, result, satisfied, In.moment());
        assert_eq!(settled.outcome, Some(outcome), "{purpose} {result} {satisfied:?}");
    }
}

#[test]
fn the_number_of_attempts_is_the_policys() {
    for needed in 1..=5 {
        let policy = Policy {
            call_back_attempts: needed,
            ..Policy::default()
        };
        let mut promise = promise(CallBackPurpose::ConfirmResolution, 0, None);
        for n in 1..=needed {
            let settled = settle(&policy, &promise, NoAnswer, None, In.moment());
            assert_eq!(settled.outcome.is_some(), n == needed, "attempt {n} of {needed}");
            promise = settled.of(&promise, In.moment());
            promise.last_attempt_at = None;
        }
    }
}

#[test]
fn attempts_count_only_so_far_apart_and_from_the_last_that_counted() {
    let policy = Policy::default();
    let mut promise = promise(CallBackPurpose::GiveAnswer, 0, None);
    // Minutes after the start of the window, and whether the call counts.
    let calls = [(0, true), (1, false), (29, false), (30, true), (59, false), (60, true)];
    for (at, counts) in calls {
        let settled = settle(&policy, &promise, NoAnswer, None, minute(60 + at));
        let reason = (!counts).then_some(NotCounted::TooSoon);
        assert_eq!(settled.not_counted, reason, "at minute {at}");
        assert_eq!(settled.attempts, promise.attempts + i32::from(counts), "at minute {at}");
        assert_eq!(settled.first_attempt_at, Some(minute(60)), "the desk did call");
        promise = settled.of(&promise, minute(60 + at));
    }
    assert_eq!(
        (promise.state, promise.outcome),
        (Kept, Some(CallBackOutcome::Unreachable))
    );
    assert_eq!(promise.version, 7);
}

#[test]
fn a_call_too_soon_keeps_a_promise_that_the_desk_has_moved() {
    let policy = Policy::default();
    let moved = CallBack {
        first_attempt_at: None,
        last_attempt_at: Some(minute(55)),
        ..promise(CallBackPurpose::GiveAnswer, 2, None)
    };
    let settled = settle(&policy, &moved, NoAnswer, None, minute(60));
    assert_eq!(
        (settled.state, settled.not_counted, settled.attempts),
        (Open, Some(NotCounted::TooSoon), 2)
    );
    assert_eq!(
        (settled.first_attempt_at, settled.last_attempt_at),
        (Some(minute(60)), Some(minute(55)))
    );
}
