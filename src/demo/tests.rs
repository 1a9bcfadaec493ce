//! The demo holds nothing that the rules forbid, and is the same for the same seed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;

use super::corpus::Corpus;
use super::desk::Desk;
use super::*;
use crate::db::conn::Target;
use crate::db::migrate;
use crate::db::types::Json;
use crate::domain::complaints::bulk::{Batch, EntryText, StepText, case_of};
use crate::domain::complaints::call_backs::{self, settle};
use crate::domain::complaints::model::{Attempt, CallBack, Closure, Complaint, StepRow};
use crate::domain::complaints::procedure::{self, Action};
use crate::domain::complaints::steps::{NamedStepForm, SkipForm, StepsForm};
use crate::domain::complaints::vocabulary::{
    AttemptResult, CallBackOutcome, CallBackState, Channel, ClosingGround, Decision, HandlingStep, Kind, SkipReason,
    State,
};
use crate::domain::policy::Policy;
use crate::domain::reporting::rebuild;
use crate::domain::sla::calendar::{Calendar, Window};
use crate::domain::sla::clocks::signals::SignalKind;
use crate::domain::sla::clocks::walk::ClockState;
use crate::domain::sla::clocks::watch;
use crate::domain::sla::packs;
use crate::domain::sla::policies::book::{Book, Turn};
use crate::domain::staff::Act;
use crate::ids::{CallBackId, ComplaintId};

fn plan(complaints: u64, seed: u64) -> Plan {
    Plan {
        complaints,
        seed,
        now: "2026-11-23T06:00:00Z".parse().unwrap(),
        days: 60,
        clocks: true,
    }
}

/// The service default, in force since before the first complaint, by office hours.
fn book(plan: &Plan) -> Arc<Book> {
    let day = vec![Window::new(9 * 60, 18 * 60).unwrap()];
    let week = std::array::from_fn(|n| if n < 5 { day.clone() } else { Vec::new() });
    let calendar = Calendar::new(chrono_tz::Tz::Asia__Shanghai, week, BTreeMap::new()).unwrap();
    let pack = &packs::all().unwrap()[0];
    let mut book = Book::default();
    book.hang("standard", Moment::EPOCH, 1, Arc::new(calendar));
    book.write(&pack.slug, 1, Arc::new(pack.policy.clone()));
    let turn = Turn {
        at: plan.now - TimeDelta::days(plan.days + 1),
        version: Some(1),
    };
    book.turn(&pack.slug, turn);
    Arc::new(book)
}

/// Everything in one batch.
fn made(plan: &Plan) -> (Batch, Filled) {
    let (corpus, policy) = (Corpus::load().unwrap(), Policy::default());
    let mut desk = Desk::new(plan, &policy, &corpus, Some(book(plan)));
    let batch = desk.next_batch(Batch::default(), plan.complaints).unwrap();
    (batch, desk.filled())
}

/// The rows of each complaint.
struct Case<'b> {
    complaint: &'b Complaint,
    steps: Vec<StepRow>,
    call_backs: Vec<CallBack>,
    closures: Vec<&'b Closure>,
    entries: Vec<&'b EntryText>,
    has_phone: bool,
}

/// The row as the rules look at it.
fn step(row: &StepText) -> StepRow {
    StepRow {
        complaint_id: row.complaint_id,
        round: row.round,
        step: row.step,
        recorded: row
            .recorded
            .as_ref()
            .map(|text| Json(serde_json::from_str(&text.0).unwrap())),
        skip_reason: row.skip_reason,
        skip_note: row.skip_note.clone(),
        agent: row.agent.clone(),
        done_at: row.done_at,
        amended_at: None,
    }
}

fn cases(batch: &Batch) -> Vec<Case<'_>> {
    let phones: BTreeSet<_> = batch
        .contact_points
        .iter()
        .filter(|p| p.kind == "phone")
        .map(|p| p.customer_id)
        .collect();
    let mut cases: BTreeMap<ComplaintId, Case<'_>> = BTreeMap::new();
    for complaint in &batch.complaints {
        let has_phone = phones.contains(&complaint.customer_id);
        let case = Case {
            complaint,
            steps: vec![],
            call_backs: vec![],
            closures: vec![],
            entries: vec![],
            has_phone,
        };
        assert!(cases.insert(complaint.id, case).is_none());
    }
    batch
        .steps
        .iter()
        .for_each(|row| cases.get_mut(&row.complaint_id).unwrap().steps.push(step(row)));
    batch
        .call_backs
        .iter()
        .for_each(|row| cases.get_mut(&row.complaint_id).unwrap().call_backs.push(row.clone()));
    batch
        .closures
        .iter()
        .for_each(|row| cases.get_mut(&row.complaint_id).unwrap().closures.push(row));
    // What clocks told is no change of the complaint.
    let changes = batch.entries.iter().filter(|row| !row.action.starts_with("clock_"));
    changes.for_each(|row| cases.get_mut(&row.complaint_id).unwrap().entries.push(row));
    cases.into_values().collect()
}

#[test]
fn every_complaint_stands_where_the_rules_let_it_stand() {
    for seed in 0..3 {
        let (batch, _) = made(&plan(2_500, seed));
        for Case {
            complaint: c,
            steps,
            call_backs,
            closures,
            entries,
            has_phone,
        } in cases(&batch)
        {
            let case = case_of(c, &steps, &call_backs, has_phone);
            let open: Vec<_> = call_backs.iter().filter(|p| p.state == CallBackState::Open).collect();
            assert_eq!(c.call_back_due_at, open.iter().map(|p| p.window_end).min());
            assert!(open.len() <= 1);
            assert_eq!(c.reopened_count, c.round - 1);
            assert_eq!(c.version, i32::try_from(entries.len()).unwrap());
            let moments: Vec<_> = entries.iter().map(|e| e.happened_at).collect();
            assert!(moments.is_sorted_by(|a, b| a < b) && entries.is_sorted_by(|a, b| a.id < b.id));
            assert_eq!(
                (moments.first(), moments.last()),
                (Some(&c.logged_at), Some(&c.updated_at))
            );
            assert!(
                c.updated_at <= plan(0, 0).now && c.received_at <= c.logged_at && c.first_expressed_at <= c.received_at
            );
            if c.state != State::Closed {
                assert_eq!(c.step, case.current_step());
                assert_eq!((c.closed_at, c.decision, c.on_the_spot), (None, None, false));
                continue;
            }
            assert!(open.is_empty() && c.step.is_none());
            let last = closures.last().unwrap();
            assert_eq!((c.closed_at, c.decision), (Some(last.closed_at), Some(last.decision)));
            assert_eq!((last.round, last.on_the_spot), (c.round, c.on_the_spot));
            assert!(!c.on_the_spot || (c.channel.is_live() && c.round == 1 && !c.ever_waited));
            let before = procedure::Case {
                state: State::InHandling,
                ..case
            };
            let ground = procedure::closing_ground(&before, last.decision).unwrap();
            assert_eq!(ground, last.ground);
            assert!(procedure::allowed(&before, &Action::Close(last.decision)).is_ok());
        }
    }
}

#[test]
fn every_promise_stands_where_its_attempts_lead() {
    let (batch, _) = made(&plan(4_000, 7));
    let now = plan(0, 0).now;
    let policy = Policy::default();
    let mut attempts: BTreeMap<CallBackId, Vec<&Attempt>> = BTreeMap::new();
    batch
        .attempts
        .iter()
        .for_each(|row| attempts.entry(row.call_back_id).or_default().push(row));
    for promise in &batch.call_backs {
        let width = promise.window_end - promise.window_start;
        assert!(width > TimeDelta::zero() && width <= TimeDelta::days(7));
        assert!(promise.window_end > promise.promised_at, "{promise:?}");
        let mut replayed = CallBack {
            state: CallBackState::Open,
            first_attempt_at: None,
            outcome: None,
            ..promise.clone()
        };
        replayed.attempts = 0;
        replayed.last_attempt_at = None;
        for attempt in attempts.get(&promise.id).into_iter().flatten() {
            assert_eq!(replayed.state, CallBackState::Open);
            assert!(attempt.attempted_at > promise.promised_at && attempt.attempted_at <= now);
            let settled = settle(
                &policy,
                &replayed,
                attempt.result,
                attempt.satisfied,
                attempt.attempted_at,
            );
            assert_eq!(attempt.not_counted, settled.not_counted);
            replayed = settled.of(&replayed, attempt.attempted_at);
        }
        assert_eq!(replayed.attempts, promise.attempts);
        if matches!(
            promise.state,
            CallBackState::Open | CallBackState::Kept | CallBackState::Late
        ) {
            assert_eq!((replayed.state, replayed.outcome), (promise.state, promise.outcome));
        }
        assert_eq!(promise.state == CallBackState::Open, promise.settled_at.is_none());
        if promise.state == CallBackState::Open {
            let missed = promise.first_attempt_at.is_none() && promise.window_end < now - policy.call_back_grace;
            assert!(!missed, "the sweep would have broken it: {promise:?}");
        }
    }
}

#[test]
fn what_the_agents_recorded_would_be_taken_by_the_desk() {
    let (batch, _) = made(&plan(2_000, 11));
    for row in batch.steps.iter().filter(|row| row.step != HandlingStep::CallBack) {
        let record = step(row).recorded.map(|json| json.0);
        let skip = row.skip_reason.map(|reason| SkipForm { reason, note: None });
        let form = StepsForm {
            steps: vec![NamedStepForm {
                step: row.step,
                record,
                skip,
            }],
        };
        assert!(form.check().is_ok(), "{row:?}");
    }
    for statement in &batch.statements {
        assert!(!statement.statement.contains('{') && statement.statement.chars().count() < 1_000);
    }
    for complaint in &batch.complaints {
        assert!(crate::domain::complaints::reference::parse(&complaint.reference).is_some());
        assert_eq!(complaint.id.0.get_version_num(), 7);
    }
}

#[test]
fn a_duplicate_repeats_an_earlier_complaint_of_the_same_customer() {
    let (batch, _) = made(&plan(6_000, 5));
    let mut earlier: BTreeMap<ComplaintId, &Complaint> = BTreeMap::new();
    let mut duplicates = 0;
    for complaint in &batch.complaints {
        if let Some(original) = complaint.duplicate_of {
            let original = earlier.get(&original).unwrap();
            assert_eq!(
                (original.customer_id, &original.subject),
                (complaint.customer_id, &complaint.subject)
            );
            assert!(original.duplicate_of.is_none());
            duplicates += 1;
        }
        earlier.insert(complaint.id, complaint);
    }
    assert!(duplicates > 60, "{duplicates}");
}

fn words<T: std::fmt::Display>(of: impl Iterator<Item = T>) -> BTreeSet<String> {
    of.map(|word| word.to_string()).collect()
}

#[test]
fn the_desk_shows_everything_there_is() {
    let (batch, filled) = made(&plan(6_000, 2));
    let c = &batch.complaints;
    assert_eq!(words(c.iter().map(|c| c.state)), words(State::ALL.iter()));
    assert_eq!(words(c.iter().map(|c| c.channel)), words(Channel::ALL.iter()));
    assert_eq!(words(c.iter().map(|c| c.kind)), words(Kind::ALL.iter()));
    assert_eq!(words(c.iter().filter_map(|c| c.decision)), words(Decision::ALL.iter()));
    assert_eq!(
        words(batch.closures.iter().map(|c| c.ground)),
        words(ClosingGround::ALL.iter())
    );
    assert_eq!(
        words(batch.call_backs.iter().map(|p| p.state)),
        words(CallBackState::ALL.iter())
    );
    assert_eq!(
        words(batch.call_backs.iter().filter_map(|p| p.outcome)),
        words(CallBackOutcome::ALL.iter())
    );
    assert_eq!(
        words(batch.attempts.iter().map(|a| a.result)),
        words(AttemptResult::ALL.iter())
    );
    assert_eq!(
        words(batch.steps.iter().filter_map(|s| s.skip_reason)),
        words(SkipReason::ALL.iter())
    );
    assert!(c.iter().any(|c| c.round == 3) && c.iter().any(|c| c.language == "en"));
    let per_customer =
        f64::from(u32::try_from(filled.complaints).unwrap()) / f64::from(u32::try_from(filled.customers).unwrap());
    assert!((1.5..1.7).contains(&per_customer), "{per_customer}");
    assert_eq!(filled.links.len(), 3);
}

#[test]
fn a_small_desk_is_alive_and_a_large_one_mostly_done() {
    for (complaints, least, most) in [(500, 18, 33), (2_000, 20, 30), (12_000, 6, 11)] {
        let (_, filled) = made(&plan(complaints, 1));
        let open = (filled.complaints - filled.by_state[&State::Closed]) * 100 / filled.complaints;
        assert!((least..=most).contains(&open), "{open} % of {complaints} are open");
        assert!(filled.overdue > 0 && filled.due_soon > 0, "{filled:?}");
    }
}

#[test]
fn the_same_seed_brings_the_same_desk_whatever_the_size_of_the_batches() {
    let (whole, _) = made(&plan(600, 42));
    let (corpus, policy) = (Corpus::load().unwrap(), Policy::default());
    let mut desk = Desk::new(&plan(600, 42), &policy, &corpus, Some(book(&plan(600, 42))));
    let (mut complaints, mut entries) = (Vec::new(), Vec::new());
    loop {
        let batch = desk.next_batch(Batch::default(), 70).unwrap();
        if batch.complaints.is_empty() {
            break;
        }
        complaints.extend(batch.complaints);
        entries.extend(batch.entries);
    }
    assert_eq!(
        format!("{complaints:?}{entries:?}"),
        format!("{:?}{:?}", whole.complaints, whole.entries)
    );
    assert_ne!(made(&plan(600, 43)).0.complaints, whole.complaints);
}

#[test]
fn a_filled_database_counts_right_and_takes_no_second_filling() {
    let dir = tempfile::tempdir().unwrap();
    let target = Target::Sqlite(dir.path().join("demo.db"));
    migrate::migrate(&target).unwrap();
    let (policy, plan) = (Policy::default(), plan(2_300, 9));
    let told = std::cell::RefCell::new(Vec::new());
    // Somebody is connected meanwhile: it only takes longer.
    let mut conn = target.connect().unwrap();
    assert!(!migrate::is_pending(&mut conn).unwrap());
    let filled = fill(&target, &plan, &policy, &|n| told.borrow_mut().push(n)).unwrap();
    assert_eq!(told.into_inner(), [2_000, 2_300]);
    let counts = crate::domain::complaints::listing::counts(&mut conn, plan.now).unwrap();
    for (state, n) in &filled.by_state {
        assert_eq!(
            counts.by_state.get(state.as_str()),
            Some(&i64::try_from(*n).unwrap()),
            "{state}"
        );
    }
    let (open, overdue) = call_backs::figures(&mut conn, plan.now, 100_000).unwrap();
    assert_eq!(u64::try_from(open).unwrap(), filled.promises[&CallBackState::Open]);
    assert_eq!(u64::try_from(overdue).unwrap(), filled.overdue);
    // The worker finds nothing that should have been done before.
    let act = Act::of_system(plan.now, std::sync::Arc::new(policy.clone()));
    assert_eq!(call_backs::sweep(&mut conn, &act, 1_000).unwrap(), 0);
    assert_eq!(watch::watch(&mut conn, &act, 1_000).unwrap(), []);
    let link = filled.links.last().unwrap();
    let seen = crate::domain::complaints::public::get(&mut conn, &link.tracking_token).unwrap();
    assert_eq!(seen.reference, link.reference);
    // Its reports are those that building them anew comes to.
    let sums = rebuild::everything(&mut conn).unwrap();
    assert!(sums.len() > 5_000, "{}", sums.len());
    let db = crate::db::Db::open(&target, 2).unwrap();
    assert!(!rebuild::is_due(&mut conn, &policy).unwrap());
    let rebuilt = rebuild::rebuild(&db, &policy, &|| plan.now, &mut |_, _| {}).unwrap();
    assert_eq!(rebuilt.complaints, 2_300);
    assert_eq!(rebuild::everything(&mut conn).unwrap(), sums);
    let again = fill(&target, &plan, &policy, &|_| {}).unwrap_err();
    assert!(again.to_string().contains("holds complaints already"));
}

#[test]
fn clocks_are_mostly_kept_and_say_what_they_said_in_its_time() {
    let plan = plan(4_000, 11);
    let (batch, _) = made(&plan);
    let mut states: BTreeMap<ClockState, usize> = BTreeMap::new();
    for clock in &batch.clocks {
        *states.entry(clock.state).or_default() += 1;
        match clock.state {
            ClockState::Running | ClockState::Paused => assert_eq!(clock.ended_at, None, "{clock:?}"),
            ClockState::Met | ClockState::Stopped => assert!(clock.ended_at.is_some(), "{clock:?}"),
            ClockState::Breached => assert_eq!(clock.breached_at, clock.due_at, "{clock:?}"),
        }
        assert!(
            clock.next_at.is_none_or(|next| next > plan.now),
            "the sweep has been here: {clock:?}"
        );
    }
    let share = |state| states.get(&state).copied().unwrap_or_default() as f64 / batch.clocks.len() as f64;
    assert!(batch.clocks.len() > 2 * batch.complaints.len());
    assert!((0.4..0.95).contains(&share(ClockState::Met)), "{states:?}");
    assert!((0.01..0.35).contains(&share(ClockState::Breached)), "{states:?}");
    let told = batch
        .entries
        .iter()
        .filter(|entry| entry.action.starts_with("clock_"))
        .count();
    assert_eq!(told, batch.signals.len());
    let breached = batch.clocks.iter().filter(|clock| clock.breached_at.is_some()).count();
    let breaches = batch
        .signals
        .iter()
        .filter(|signal| signal.kind == SignalKind::Breach)
        .count();
    assert_eq!(breaches, breached, "every breach was told");
    for c in batch.complaints.iter().filter(|c| c.state == State::Closed) {
        assert_eq!(c.next_due_at, None);
    }
}

#[test]
fn a_database_that_somebody_uses_is_not_filled() {
    type Use<'a> = (&'a str, &'a dyn Fn(&mut crate::db::conn::Conn));
    let dir = tempfile::tempdir().unwrap();
    let (policy, plan) = (Policy::default(), plan(1, 9));
    let act = Act::of_system(plan.now, std::sync::Arc::new(policy.clone()));
    let named = |name: &str| format!("{{\"name\": \"{name}\"}}");
    let uses: [Use<'_>; 4] = [
        ("customers", &|conn| {
            let form = serde_json::from_str(&named("Li")).unwrap();
            crate::domain::customers::record::create(conn, &act, &form).unwrap();
        }),
        ("teams", &|conn| {
            let form = serde_json::from_str(&named("North")).unwrap();
            crate::domain::staff::teams::create(conn, &act, &form).unwrap();
        }),
        ("staff", &|conn| {
            let form = serde_json::from_str(r#"{"handle": "mary", "name": "Mary", "role": "agent"}"#).unwrap();
            crate::domain::staff::people::create(conn, &act, &form).unwrap();
        }),
        ("service tokens", &|conn| {
            let form = serde_json::from_str(r#"{"name": "crm", "role": "sales"}"#).unwrap();
            crate::domain::staff::tokens::create(conn, &act, &form).unwrap();
        }),
    ];
    for (what, used) in uses {
        let target = Target::Sqlite(dir.path().join(format!("{what}.db")));
        migrate::migrate(&target).unwrap();
        let mut conn = target.connect().unwrap();
        crate::domain::staff::tokens::create_first(&mut conn, &act)
            .unwrap()
            .unwrap();
        used(&mut conn);
        let refused = fill(&target, &plan, &policy, &|_| {}).unwrap_err();
        assert!(
            refused.to_string().contains(&format!("holds {what} already")),
            "{refused}"
        );
    }
    let target = Target::Sqlite(dir.path().join("first start.db"));
    migrate::migrate(&target).unwrap();
    let mut conn = target.connect().unwrap();
    crate::domain::staff::tokens::create_first(&mut conn, &act)
        .unwrap()
        .unwrap();
    fill(&target, &plan, &policy, &|_| {}).unwrap();
}
