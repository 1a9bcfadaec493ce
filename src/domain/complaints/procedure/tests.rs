//! The rules as tables: what is expected stands here in full, so that a change of a rule shows.

use super::*;
use Outcome::{No, To};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Allowed; the state afterwards.
    To(State),
    /// Refused by this rule.
    No(Code),
}

const R: State = State::Received;
const H: State = State::InHandling;
const W: State = State::Waiting;
const C: State = State::Closed;

const DECISIONS: [Decision; 3] = [Decision::Upheld, Decision::Partly, Decision::Rejected];

/// The first `n` steps, done; step 7, when it is among them, with a satisfied customer.
fn first_steps(n: usize) -> BTreeMap<HandlingStep, Dealt> {
    HandlingStep::ALL
        .iter()
        .take(n)
        .map(|step| (*step, Dealt::Done))
        .collect()
}

/// A complaint at which no rule but that of its state can refuse anything.
fn ready(state: State) -> Case {
    Case {
        kind: Kind::Complaint,
        state,
        steps: first_steps(7),
        open_promises: 0,
        has_original: true,
        has_phone: true,
    }
}

fn outcome(case: &Case, action: &Action) -> Outcome {
    match allowed(case, action) {
        Ok(next) => To(next.state),
        Err(error) => No(error.code()),
    }
}

/// Where an action stands in the table; a new action does not compile before it has a line there.
fn line(action: &Action) -> usize {
    match action {
        Action::Steps(_) => 0,
        Action::Promise => 1,
        Action::WorkOnPromise => 2,
        Action::Wait => 3,
        Action::Resume => 4,
        Action::Close(Decision::Upheld) => 5,
        Action::Close(Decision::Partly) => 6,
        Action::Close(Decision::Rejected) => 7,
        Action::Close(Decision::Withdrawn) => 8,
        Action::Close(Decision::Duplicate) => 9,
        Action::Withdraw => 10,
        Action::Reopen => 11,
        Action::Edit => 12,
        Action::Link => 13,
        Action::Assign => 14,
        Action::SetType => 15,
        Action::Write => 16,
        Action::Accept => 17,
    }
}

#[test]
fn every_action_in_every_state_leads_where_the_table_says() {
    use Code::{ComplaintClosed, ComplaintNotWaiting, ComplaintOpen, ComplaintWaiting};
    let closed = No(ComplaintClosed);
    let listen = Action::Steps(vec![(HandlingStep::Listen, Dealt::Done)]);
    #[rustfmt::skip]
    let table: [(Action, [Outcome; 4]); 18] = [
        // action                              received                 in handling              waiting                closed
        (listen,                              [To(H),                   To(H),                   No(ComplaintWaiting),  closed]),
        (Action::Promise,                     [To(H),                   To(H),                   To(W),                 closed]),
        (Action::WorkOnPromise,               [To(R),                   To(H),                   To(W),                 closed]),
        (Action::Wait,                        [To(W),                   To(W),                   No(ComplaintWaiting),  closed]),
        (Action::Resume,                      [No(ComplaintNotWaiting), No(ComplaintNotWaiting), To(H),                 closed]),
        (Action::Close(Decision::Upheld),     [To(C),                   To(C),                   No(ComplaintWaiting),  closed]),
        (Action::Close(Decision::Partly),     [To(C),                   To(C),                   No(ComplaintWaiting),  closed]),
        (Action::Close(Decision::Rejected),   [To(C),                   To(C),                   No(ComplaintWaiting),  closed]),
        (Action::Close(Decision::Withdrawn),  [To(C),                   To(C),                   To(C),                 closed]),
        (Action::Close(Decision::Duplicate),  [To(C),                   To(C),                   To(C),                 closed]),
        (Action::Withdraw,                    [To(C),                   To(C),                   To(C),                 closed]),
        (Action::Reopen,                      [No(ComplaintOpen),       No(ComplaintOpen),       No(ComplaintOpen),     To(H)]),
        (Action::Edit,                        [To(R),                   To(H),                   To(W),                 closed]),
        (Action::Link,                        [To(R),                   To(H),                   To(W),                 closed]),
        (Action::Assign,                      [To(R),                   To(H),                   To(W),                 closed]),
        (Action::SetType,                     [To(R),                   To(H),                   To(W),                 To(C)]),
        (Action::Write,                       [To(R),                   To(H),                   To(W),                 To(C)]),
        (Action::Accept,                      [No(ComplaintOpen),       No(ComplaintOpen),       No(ComplaintOpen),     To(C)]),
    ];
    for (n, (action, expected)) in table.iter().enumerate() {
        assert_eq!(line(action), n, "the lines of the table are in the order of `line`");
        for (state, expected) in State::ALL.iter().zip(expected) {
            let case = ready(*state);
            assert_eq!(outcome(&case, action), *expected, "{action:?} when {state}");
            if let Ok(next) = allowed(&case, action) {
                let closes = next.state == C && *state != C;
                assert_eq!(
                    next.ground.is_some(),
                    closes,
                    "a ground and a closing go together: {action:?}"
                );
                assert_eq!(
                    next.new_round,
                    *action == Action::Reopen,
                    "only reopening begins a round: {action:?}"
                );
            }
        }
    }
}

/// The reasons for which a step of a complaint may be skipped.
const fn reasons(step: HandlingStep) -> &'static [SkipReason] {
    use SkipReason as S;
    match step {
        HandlingStep::Listen => &[],
        HandlingStep::AcceptFeelings => &[S::NoFeelingShown],
        HandlingStep::Apologise => &[S::NoFaultFound, S::LegalReview],
        HandlingStep::UnderstandNeeds => &[S::StatedInWriting],
        HandlingStep::SeekSolutions | HandlingStep::ExplainActions => &[S::DoneOnTheSpot],
        HandlingStep::CallBack => &[S::CustomerDeclined, S::NoContactDetails],
    }
}

#[test]
fn every_step_takes_exactly_the_reasons_of_the_table_by_kind() {
    for kind in Kind::ALL {
        for (n, step) in HandlingStep::ALL.iter().enumerate() {
            for reason in SkipReason::ALL {
                let case = Case {
                    kind: *kind,
                    steps: first_steps(n),
                    has_phone: false,
                    ..ready(H)
                };
                let no_complaint =
                    *reason == SkipReason::NotAComplaint && *kind != Kind::Complaint && *step != HandlingStep::Listen;
                let expected = if reasons(*step).contains(reason) || no_complaint {
                    To(H)
                } else {
                    No(Code::SkipNotAllowed)
                };
                let action = Action::Steps(vec![(*step, Dealt::Skipped(*reason))]);
                assert_eq!(outcome(&case, &action), expected, "{kind}: {step} for {reason}");
            }
        }
    }
}

#[test]
fn a_refused_skip_lists_the_reasons_that_are_allowed() {
    let skip = |step, reason| {
        let case = Case {
            steps: first_steps(2),
            ..ready(H)
        };
        let refused = allowed(&case, &Action::Steps(vec![(step, Dealt::Skipped(reason))]));
        refused.unwrap_err().to_string()
    };
    let text = skip(HandlingStep::Apologise, SkipReason::CustomerDeclined);
    assert!(text.contains("no_fault_found, legal_review"), "{text}");
    let text = skip(HandlingStep::Listen, SkipReason::NoFeelingShown);
    assert!(text.contains("none"), "{text}");
}

#[test]
fn a_step_is_allowed_when_those_before_it_are_dealt_with() {
    for (n, step) in HandlingStep::ALL.iter().enumerate() {
        for before in 0..=HandlingStep::ALL.len() {
            let case = Case {
                steps: first_steps(before),
                ..ready(H)
            };
            let expected = match before >= n {
                false => No(Code::StepOutOfOrder),
                true if *step == HandlingStep::CallBack => No(Code::CallBackStepByHand),
                true => To(H),
            };
            let action = Action::Steps(vec![(*step, Dealt::Done)]);
            assert_eq!(outcome(&case, &action), expected, "{step} after {before} steps");
        }
    }
}

#[test]
fn several_steps_at_once_are_taken_in_the_order_given() {
    let fresh = Case {
        steps: first_steps(0),
        ..ready(R)
    };
    let steps = |numbers: &[usize]| {
        let all = numbers.iter().map(|n| (HandlingStep::ALL[*n], Dealt::Done));
        Action::Steps(all.collect())
    };
    assert_eq!(outcome(&fresh, &steps(&[0, 1, 2, 3, 4, 5])), To(H));
    assert_eq!(outcome(&fresh, &steps(&[0, 2, 1])), No(Code::StepOutOfOrder));
    assert_eq!(outcome(&fresh, &steps(&[1, 0])), No(Code::StepOutOfOrder));
    assert_eq!(
        outcome(&fresh, &steps(&[0, 1, 2, 3, 4, 5, 6])),
        No(Code::CallBackStepByHand)
    );
}

#[test]
fn step_seven_is_not_skipped_over_an_open_promise_nor_for_want_of_a_number_that_is_known() {
    let skip = |reason| Action::Steps(vec![(HandlingStep::CallBack, Dealt::Skipped(reason))]);
    let case = |open_promises, has_phone| Case {
        steps: first_steps(6),
        open_promises,
        has_phone,
        ..ready(H)
    };
    #[rustfmt::skip]
    let table = [
        (0, true,  SkipReason::CustomerDeclined, To(H)),
        (0, true,  SkipReason::NoContactDetails, No(Code::SkipNotAllowed)),
        (0, false, SkipReason::CustomerDeclined, To(H)),
        (0, false, SkipReason::NoContactDetails, To(H)),
        (1, true,  SkipReason::CustomerDeclined, No(Code::CloseOpenPromise)),
        (1, false, SkipReason::NoContactDetails, No(Code::CloseOpenPromise)),
    ];
    for (promises, phone, reason, expected) in table {
        assert_eq!(
            outcome(&case(promises, phone), &skip(reason)),
            expected,
            "{promises} {phone} {reason}"
        );
    }
}

/// What step 7 of a complaint may have come to, and the ground it gives for closing.
const STEP_SEVEN: [(Option<Dealt>, Result<ClosingGround, Code>); 5] = [
    (None, Err(Code::CloseWithoutOutcome)),
    (Some(Dealt::Done), Ok(ClosingGround::Satisfied)),
    (
        Some(Dealt::Skipped(SkipReason::CustomerDeclined)),
        Ok(ClosingGround::CallBackDeclined),
    ),
    (
        Some(Dealt::Skipped(SkipReason::Unreachable)),
        Ok(ClosingGround::Unreachable),
    ),
    (
        Some(Dealt::Skipped(SkipReason::NoContactDetails)),
        Ok(ClosingGround::Unreachable),
    ),
];

#[test]
fn the_gate_opens_for_exactly_the_cases_of_the_table() {
    for (seven, ground) in STEP_SEVEN {
        // All of steps 1 to 6, none of them, or all but one.
        for missing in -1..=6_i32 {
            for open_promises in [0, 1, 3] {
                for has_original in [false, true] {
                    for state in [R, H, W] {
                        let mut steps: BTreeMap<HandlingStep, Dealt> = match missing {
                            6 => BTreeMap::new(),
                            _ => first_steps(6),
                        };
                        if let Ok(n) = usize::try_from(missing) {
                            steps.remove(&HandlingStep::ALL[n]);
                        }
                        steps.extend(seven.map(|dealt| (HandlingStep::CallBack, dealt)));
                        let case = Case {
                            steps,
                            open_promises,
                            has_original,
                            ..ready(state)
                        };
                        let judge = |decision| closing_ground(&case, decision).map_err(|error| error.code());
                        let promise = open_promises > 0;
                        for decision in DECISIONS {
                            let expected = match (promise, state == W, missing >= 0) {
                                (true, ..) => Err(Code::CloseOpenPromise),
                                (_, true, _) => Err(Code::ComplaintWaiting),
                                (.., true) => Err(Code::CloseStepsMissing),
                                _ => ground,
                            };
                            assert_eq!(judge(decision), expected, "{decision}: {case:?}");
                        }
                        let withdrawn = if promise {
                            Err(Code::CloseOpenPromise)
                        } else {
                            Ok(ClosingGround::Withdrawn)
                        };
                        assert_eq!(judge(Decision::Withdrawn), withdrawn, "{case:?}");
                        let duplicate = match (promise, has_original) {
                            (true, _) => Err(Code::CloseOpenPromise),
                            (_, true) => Ok(ClosingGround::Duplicate),
                            (_, false) => Err(Code::CloseNoOriginal),
                        };
                        assert_eq!(judge(Decision::Duplicate), duplicate, "{case:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_gate_names_every_missing_step() {
    let mut case = ready(H);
    case.steps.remove(&HandlingStep::Apologise);
    case.steps.remove(&HandlingStep::ExplainActions);
    let text = closing_ground(&case, Decision::Upheld).unwrap_err().to_string();
    assert!(text.ends_with("missing: apologise, explain_actions"), "{text}");
}

/// A question whose steps were skipped because it was none, worked through to its end.
fn settled_question(kind: Kind) -> Case {
    let mut case = Case { kind, ..ready(H) };
    for step in &HandlingStep::ALL[1..] {
        case.steps.insert(*step, Dealt::Skipped(SkipReason::NotAComplaint));
    }
    case
}

#[test]
fn a_question_may_be_closed_without_a_call_back() {
    for kind in [Kind::Question, Kind::Feedback] {
        for decision in DECISIONS {
            assert_eq!(
                closing_ground(&settled_question(kind), decision).unwrap(),
                ClosingGround::NotAComplaint
            );
        }
    }
}

#[test]
fn a_question_that_turned_out_to_be_a_complaint_has_its_skipped_steps_before_it() {
    let case = settled_question(Kind::Complaint);
    assert_eq!(case.current_step(), Some(HandlingStep::AcceptFeelings));
    for decision in DECISIONS {
        let refused = closing_ground(&case, decision).unwrap_err();
        assert_eq!(refused.code(), Code::CloseStepsMissing);
        assert!(
            refused
                .to_string()
                .ends_with("accept_feelings, apologise, understand_needs, seek_solutions, explain_actions")
        );
    }
    // They are worked like any others, in their order.
    let done = |n: usize| Action::Steps(vec![(HandlingStep::ALL[n], Dealt::Done)]);
    assert_eq!(outcome(&case, &done(2)), No(Code::StepOutOfOrder));
    assert_eq!(outcome(&case, &done(1)), To(H));
    let mut worked = case;
    worked.steps.extend(first_steps(6));
    assert_eq!(
        closing_ground(&worked, Decision::Upheld).unwrap_err().code(),
        Code::CloseWithoutOutcome,
        "the call-back, too, was skipped for a reason that no longer holds"
    );
}

#[test]
fn the_current_step_is_the_first_that_is_not_dealt_with() {
    for n in 0..=7 {
        let case = Case {
            steps: first_steps(n),
            ..ready(H)
        };
        assert_eq!(case.current_step(), HandlingStep::ALL.get(n).copied());
    }
}
