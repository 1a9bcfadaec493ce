use std::sync::Arc;

use chrono::TimeDelta;

use super::*;
use crate::domain::complaints::history::{Change, Closing, Edit, Received, What};
use crate::domain::complaints::vocabulary::{
    AttemptResult, BallWith, CallBackPurpose, CallBackState, Channel, Decision, HandlingStep, Kind, Level, State,
};
use crate::domain::customers::Tier;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::clocks::signals;
use crate::domain::sla::deadline::{Target, Unit};
use crate::domain::sla::policies::book::Turn;
use crate::domain::sla::policies::model::{Conditions, Family, PolicyBody, Recipient, Reopening, Warning, Words};
use crate::domain::staff::ActorKind;
use crate::domain::typing::CustomerType;

/// So many minutes after the complaint reached us.
fn at(minutes: i64) -> Moment {
    "2026-11-23T06:00:00Z".parse::<Moment>().unwrap() + TimeDelta::minutes(minutes)
}

fn words(text: &str) -> Words {
    Words {
        en: text.to_owned(),
        zh_cn: text.to_owned(),
    }
}

fn metric(slug: &str, kind: MetricKind, minutes: u32) -> Metric {
    Metric {
        slug: slug.to_owned(),
        kind,
        name: words(slug),
        target: (kind != MetricKind::CallBack).then_some(Target {
            amount: minutes,
            unit: Unit::BusinessMinutes,
            from_next_day: false,
        }),
        start: StartEvent::Received,
        regulatory: false,
        pausable: kind == MetricKind::Resolve,
        reopening: Reopening::Anew,
        warnings: Vec::new(),
        escalations: Vec::new(),
    }
}

fn policy(family: Family, metrics: Vec<Metric>) -> PolicyBody {
    PolicyBody {
        name: words("policy"),
        family,
        source: None,
        effective_from: None,
        calendar: "standard".to_owned(),
        rank: 0,
        conditions: Conditions::default(),
        metrics,
    }
}

/// Everything a service policy may hold, each with an hour, the resolution with ten.
fn service() -> PolicyBody {
    let mut metrics: Vec<Metric> = MetricKind::ALL
        .iter()
        .map(|kind| metric(kind.as_str(), *kind, 60))
        .collect();
    for metric in metrics.iter_mut().filter(|metric| metric.kind == MetricKind::Resolve) {
        metric.target.as_mut().unwrap().amount = 600;
    }
    policy(Family::Service, metrics)
}

/// A book in which these policies have been in force for long.
fn book(policies: &[(&str, PolicyBody)]) -> Book {
    let mut book = Book::default();
    let calendar = Calendar::around_the_clock(chrono_tz::Tz::UTC);
    book.hang("standard", at(-100_000), 1, Arc::new(calendar));
    for (slug, body) in policies {
        book.write(slug, 1, Arc::new(body.clone()));
        let turn = Turn {
            at: at(-50_000),
            version: Some(1),
        };
        book.turn(slug, turn);
    }
    book
}

/// A history under construction; each happening leaves the complaint where the last one did, unless it says otherwise.
struct Story(Vec<Happening>);

impl Story {
    fn begin(channel: Channel) -> Self {
        let received = Received {
            kind: Kind::Complaint,
            channel,
            category: "service_delay".to_owned(),
            language: "en".to_owned(),
            severity: Level::Medium,
            customer_type: CustomerType::NotClear,
            received_at: at(0),
            first_expressed_at: at(0),
            owner: None,
            team: None,
            tier: Tier::Individual,
            segment: None,
            grade: None,
            notified: false,
        };
        Self(vec![Happening {
            at: at(0),
            actor_kind: ActorKind::Staff,
            what: What::Received(Box::new(received)),
            state: State::Received,
            round: 1,
        }])
    }

    fn then(mut self, minutes: i64, what: What) -> Self {
        let last = self.0.last().unwrap().state;
        let state = match &what {
            What::Waiting { .. } => State::Waiting,
            What::Closed(_) | What::Withdrawn(_) => State::Closed,
            What::Resumed | What::StepsRecorded { .. } | What::Reopened | What::Disputed => State::InHandling,
            What::Received(_)
            | What::MessageSent
            | What::MessageReceived
            | What::Attempted { .. }
            | What::Edited(_)
            | What::PromiseMade(_)
            | What::PromiseBroken(_)
            | What::PromiseCancelled(_) => last,
            other => panic!("where does {other:?} lead?"),
        };
        self.0.push(Happening {
            at: at(minutes),
            actor_kind: ActorKind::Staff,
            what,
            state,
            round: 1,
        });
        self
    }

    fn wait(self, minutes: i64) -> Self {
        self.then(
            minutes,
            What::Waiting {
                ball_with: Some(BallWith::Customer),
            },
        )
    }

    fn close(self, minutes: i64, decision: Decision) -> Self {
        let closing = Closing {
            decision: Some(decision),
            ..Closing::default()
        };
        self.then(minutes, What::Closed(closing))
    }
}

/// What became of the clocks of a metric: state, start, due and end, in minutes.
type Fate = (ClockState, i64, Option<i64>, Option<i64>);

fn fates(walked: &Walked, metric: &str) -> Vec<Fate> {
    let minutes = |moment: Moment| (moment - at(0)).num_minutes();
    walked
        .clocks
        .iter()
        .filter(|clock| clock.metric.slug == metric)
        .map(|clock| {
            (
                clock.state,
                minutes(clock.started_at),
                clock.due_at.map(minutes),
                clock.ended_at.map(minutes),
            )
        })
        .collect()
}

use ClockState::{Breached, Met, Paused, Running, Stopped};

#[test]
fn a_complaint_taken_in_conversation_is_answered_in_it() {
    let walked = walk(&book(&[("ours", service())]), &Story::begin(Channel::Phone).0, None);
    assert_eq!(fates(&walked, "acknowledge"), [(Met, 0, Some(60), Some(0))]);
    assert_eq!(fates(&walked, "first_response"), [(Met, 0, Some(60), Some(0))]);
    assert_eq!(
        fates(&walked, "keep_informed"),
        [(Running, 0, Some(60), None)],
        "once, from the conversation on"
    );
    assert_eq!(fates(&walked, "resolve"), [(Running, 0, Some(600), None)]);
    assert_eq!(walked.next_due(), Some(at(60)));
}

#[test]
fn a_pause_moves_our_clocks_and_no_regulators() {
    let mut theirs = metric("final_response", MetricKind::Resolve, 600);
    theirs.regulatory = true;
    theirs.pausable = false;
    let book = book(&[
        ("ours", service()),
        ("theirs", policy(Family::Regulatory, vec![theirs])),
    ]);
    let story = Story::begin(Channel::Email).then(30, What::MessageSent).wait(100);
    let still = walk(&book, &story.0, Some(at(5_000)));
    assert_eq!(fates(&still, "resolve"), [(Paused, 0, None, None)]);
    assert_eq!(fates(&still, "final_response"), [(Breached, 0, Some(600), None)]);
    assert_eq!(
        fates(&still, "keep_informed").last(),
        Some(&(Breached, 30, Some(90), None)),
        "one who waits wants to know why, too"
    );
    let story = story.then(5_100, What::Resumed).close(5_200, Decision::Upheld);
    let done = walk(&book, &story.0, None);
    assert_eq!(fates(&done, "resolve"), [(Met, 0, Some(5_600), Some(5_200))]);
    assert_eq!(fates(&done, "final_response"), [(Breached, 0, Some(600), Some(5_200))]);
}

#[test]
fn every_question_of_the_customer_has_a_clock_and_being_informed_needs_no_question() {
    let story = Story::begin(Channel::Email)
        .then(10, What::MessageReceived)
        .then(20, What::MessageSent)
        .then(200, What::MessageReceived)
        .then(210, What::MessageReceived)
        .then(230, What::MessageSent)
        .then(240, What::MessageReceived)
        .close(250, Decision::Rejected);
    let walked = walk(&book(&[("ours", service())]), &story.0, None);
    assert_eq!(fates(&walked, "first_response"), [(Met, 0, Some(60), Some(20))]);
    assert_eq!(
        fates(&walked, "next_response"),
        [(Met, 200, Some(260), Some(230)), (Stopped, 240, Some(300), Some(250))]
    );
    assert_eq!(
        fates(&walked, "keep_informed"),
        [
            (Met, 0, Some(60), Some(20)),
            (Breached, 20, Some(80), Some(230)),
            (Stopped, 230, Some(290), Some(250))
        ]
    );
}

fn promise(id: u128, minutes: i64, from: i64, until: i64) -> (i64, What) {
    let promised = Promised {
        id: CallBackId(uuid::Uuid::from_u128(id)),
        purpose: CallBackPurpose::GiveAnswer,
        window_start: at(from),
        window_end: at(until),
    };
    (minutes, What::PromiseMade(promised))
}

fn attempt(id: u128, result: AttemptResult) -> What {
    What::Attempted {
        id: CallBackId(uuid::Uuid::from_u128(id)),
        purpose: Some(CallBackPurpose::GiveAnswer),
        result,
        satisfied: None,
        settled: CallBackState::Open,
        outcome: None,
    }
}

#[test]
fn a_promise_is_kept_by_the_first_attempt_that_counts() {
    let add = |story: Story, (minutes, what)| story.then(minutes, what);
    let story = add(Story::begin(Channel::Email), promise(1, 10, 100, 200))
        .then(50, attempt(1, AttemptResult::NoAnswer))
        .then(60, attempt(1, AttemptResult::WrongNumber))
        .then(150, attempt(1, AttemptResult::NoAnswer))
        .then(400, attempt(1, AttemptResult::Reached));
    let story =
        add(story, promise(2, 410, 500, 600)).then(700, What::PromiseBroken(CallBackId(uuid::Uuid::from_u128(2))));
    let story =
        add(story, promise(3, 710, 800, 900)).then(720, What::PromiseCancelled(CallBackId(uuid::Uuid::from_u128(3))));
    let story = add(story, promise(4, 730, 800, 900)).then(950, attempt(4, AttemptResult::Reached));
    let walked = walk(&book(&[("ours", service())]), &story.0, None);
    assert_eq!(
        fates(&walked, "call_back"),
        [
            (Met, 10, Some(200), Some(150)),
            (Breached, 410, Some(600), Some(700)),
            (Stopped, 710, Some(900), Some(720)),
            (Breached, 730, Some(900), Some(950)),
        ]
    );
}

#[test]
fn what_was_late_stays_late_and_runs_under_its_version_when_the_policy_changes() {
    let mut book = book(&[("ours", service())]);
    let mut easier = service();
    easier
        .metrics
        .iter_mut()
        .filter_map(|metric| metric.target.as_mut())
        .for_each(|target| target.amount = 6_000);
    book.write("ours", 2, Arc::new(easier));
    let story = Story::begin(Channel::Email)
        .then(90, What::MessageSent)
        .then(200, What::MessageReceived);
    let before = walk(&book, &story.0, Some(at(150)));
    book.turn(
        "ours",
        Turn {
            at: at(150),
            version: Some(2),
        },
    );
    let after = walk(&book, &story.0, Some(at(300)));
    assert_eq!(fates(&before, "first_response"), fates(&after, "first_response"));
    assert_eq!(fates(&after, "first_response"), [(Breached, 0, Some(60), Some(90))]);
    let version = |slug: &str| {
        let clock = after
            .clocks
            .iter()
            .rev()
            .find(|clock| clock.metric.slug == slug)
            .unwrap();
        (clock.policy_version, clock.state)
    };
    assert_eq!(
        version("resolve"),
        (1, Running),
        "a running clock keeps the version under which it began"
    );
    assert_eq!(
        version("next_response"),
        (2, Running),
        "one that begins takes the version of its day"
    );
}

#[test]
fn a_policy_leaves_alone_what_was_there_before_it_and_begins_nothing_when_it_is_gone() {
    let mut book = book(&[]);
    book.write("late", 1, Arc::new(service()));
    let turn = |minutes, version| Turn {
        at: at(minutes),
        version,
    };
    book.turn("late", turn(50, Some(1)));
    let story = Story::begin(Channel::Email).then(100, What::MessageSent);
    assert!(walk(&book, &story.0, Some(at(10_000))).clocks.is_empty());

    let mut book = self::book(&[("ours", service())]);
    book.turn("ours", turn(50, None));
    let walked = walk(&book, &story.then(120, What::MessageReceived).0, Some(at(121)));
    assert_eq!(fates(&walked, "keep_informed"), [(Breached, 0, Some(60), Some(100))]);
    assert_eq!(fates(&walked, "next_response"), []);
    assert_eq!(
        fates(&walked, "resolve"),
        [(Running, 0, Some(600), None)],
        "what runs, runs on"
    );
}

#[test]
fn a_changed_fact_ends_the_clocks_of_one_policy_and_begins_those_of_another() {
    let mut grave = service();
    grave.rank = 10;
    grave.conditions.severities = vec![Level::Critical];
    grave
        .metrics
        .iter_mut()
        .filter_map(|metric| metric.target.as_mut())
        .for_each(|target| target.amount = 120);
    let book = book(&[("ours", service()), ("grave", grave)]);
    let edit = |before, after| {
        let edit = Edit {
            severity: Some(Change { before, after }),
            ..Edit::default()
        };
        What::Edited(Box::new(edit))
    };
    let story = Story::begin(Channel::Email)
        .then(30, edit(Level::Medium, Level::Critical))
        .then(100, edit(Level::Critical, Level::Low));
    let walked = walk(&book, &story.0, None);
    let of = |policy: &str| -> Vec<(String, ClockState, i32)> {
        let own = walked
            .clocks
            .iter()
            .filter(|clock| clock.policy == policy && clock.metric.slug == "resolve");
        own.map(|clock| (clock.metric.slug.clone(), clock.state, clock.cycle))
            .collect()
    };
    let resolve = "resolve".to_owned();
    assert_eq!(
        of("ours"),
        [(resolve.clone(), Stopped, 1), (resolve.clone(), Running, 2)]
    );
    assert_eq!(of("grave"), [(resolve, Stopped, 1)]);
    let due: Vec<_> = walked
        .clocks
        .iter()
        .filter(|c| c.policy == "grave")
        .map(|c| c.due_at)
        .collect();
    assert!(
        due.iter().all(|due| *due == Some(at(120))),
        "it counts from the beginning: {due:?}"
    );
}

#[test]
fn a_complaint_that_is_opened_again_has_a_new_clock_as_its_policy_says() {
    let mut metrics = Vec::new();
    for reopening in Reopening::ALL {
        let mut one = metric(reopening.as_str(), MetricKind::Resolve, 600);
        one.reopening = *reopening;
        metrics.push(one);
    }
    let book = book(&[("ours", policy(Family::Service, metrics))]);
    let story = Story::begin(Channel::Email)
        .close(100, Decision::Upheld)
        .then(400, What::Reopened);
    let walked = walk(&book, &story.0, None);
    let met = (Met, 0, Some(600), Some(100));
    assert_eq!(fates(&walked, "anew"), [met, (Running, 400, Some(1_000), None)]);
    assert_eq!(fates(&walked, "continue"), [met, (Running, 0, Some(600), None)]);
    assert_eq!(fates(&walked, "ignore"), [met]);
    let repeated = Story::begin(Channel::Email).close(100, Decision::Duplicate);
    let walked = walk(&book, &repeated.0, None);
    assert_eq!(
        fates(&walked, "anew"),
        [(Stopped, 0, Some(600), Some(100))],
        "a repetition is not resolved"
    );
}

#[test]
fn an_earlier_first_expression_moves_what_counts_from_it_unless_it_is_late() {
    let mut theirs = metric("final", MetricKind::Resolve, 600);
    theirs.start = StartEvent::Expressed;
    let mut short = metric("short", MetricKind::Resolve, 20);
    short.start = StartEvent::Expressed;
    let book = book(&[("theirs", policy(Family::Regulatory, vec![theirs, short]))]);
    let edit = Edit {
        first_expressed_at: Some(Change {
            before: at(0),
            after: at(-300),
        }),
        ..Edit::default()
    };
    let story = Story::begin(Channel::Email).then(30, What::Edited(Box::new(edit)));
    let walked = walk(&book, &story.0, None);
    assert_eq!(fates(&walked, "final"), [(Running, -300, Some(300), None)]);
    assert_eq!(fates(&walked, "short"), [(Breached, 0, Some(20), None)]);
}

#[test]
fn step_by_step_gives_what_the_whole_gives() {
    let add = |story: Story, (minutes, what)| story.then(minutes, what);
    let done = vec![HandlingStep::Apologise];
    let steps = What::StepsRecorded {
        done,
        skipped: Vec::new(),
    };
    let story = Story::begin(Channel::Email).then(30, steps).wait(50);
    let story = add(story, promise(1, 60, 100, 200))
        .then(90, What::Resumed)
        .then(300, attempt(1, AttemptResult::Reached))
        .then(310, What::MessageReceived)
        .close(900, Decision::Partly)
        .then(1_000, What::Disputed);
    let book = book(&[("ours", service())]);
    let whole = walk(&book, &story.0, None);
    for n in 1..=story.0.len() {
        let part = walk(&book, &story.0[..n], None);
        for clock in part.clocks.iter().filter(|clock| clock.ended_at.is_some()) {
            let same = whole.clocks.iter().any(|later| {
                (&later.policy, &later.metric.slug, later.cycle) == (&clock.policy, &clock.metric.slug, clock.cycle)
                    && (later.state, later.due_at, later.ended_at) == (clock.state, clock.due_at, clock.ended_at)
            });
            assert!(same, "after {n} happenings: {clock:?}");
        }
    }
}

#[test]
fn signals_come_in_their_order_and_end_with_the_clock() {
    let mut one = metric("resolve", MetricKind::Resolve, 600);
    one.warnings = vec![
        Warning {
            percent: Some(50),
            left_minutes: None,
        },
        Warning {
            percent: None,
            left_minutes: Some(60),
        },
    ];
    let level = |before, after, to| crate::domain::sla::policies::model::Escalation {
        before_minutes: before,
        after_minutes: after,
        to,
        role: None,
    };
    one.escalations = vec![
        level(Some(30), None, Recipient::Lead),
        level(None, Some(45), Recipient::Owner),
    ];
    let book = book(&[("ours", policy(Family::Service, vec![one]))]);
    let told = |story: &Story, now: Option<i64>| -> Vec<(i64, String, i32)> {
        let walked = walk(&book, &story.0, now.map(at));
        let signals = signals::of(&walked.clocks[0], &walked.pauses);
        let told = signals
            .iter()
            .map(|s| ((s.at - at(0)).num_minutes(), s.kind.to_string(), s.level));
        told.collect()
    };
    let story = Story::begin(Channel::Email);
    let all = [
        (300, "warning", 1),
        (540, "warning", 2),
        (570, "escalation", 1),
        (600, "breach", 1),
        (645, "escalation", 2),
    ];
    let all: Vec<(i64, String, i32)> = all
        .iter()
        .map(|(at, kind, level)| (*at, (*kind).to_owned(), *level))
        .collect();
    assert_eq!(told(&story, None), all);
    assert_eq!(told(&story, Some(10_000)), all, "late or not");
    let waiting = Story::begin(Channel::Email).wait(400);
    assert_eq!(
        told(&waiting, Some(9_000)),
        all[..1],
        "what stands still says nothing more"
    );
    let late = Story::begin(Channel::Email).close(700, Decision::Upheld);
    assert_eq!(told(&late, None), [(600, "breach".to_owned(), 1)]);
    let early = Story::begin(Channel::Email).close(500, Decision::Upheld);
    assert_eq!(told(&early, None), []);
}
