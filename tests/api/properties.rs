//! No order of actions closes a complaint past the gate: by random sequences against the pure
//! rules, and by a random walk over HTTP after each step of which the database is looked through.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use diesel::prelude::*;
use hark::db::conn::Conn;
use hark::db::schema;
use hark::domain::complaints::model::{CallBack, Complaint, StepRow};
use hark::domain::complaints::procedure::{self, Action, Case, Dealt, ROUND_STARTS_AT};
use hark::domain::complaints::vocabulary::{
    CallBackPurpose, CallBackState, Decision, HandlingStep, Kind, SkipReason, State,
};
use hark::error::Result;
use hark::ids::ComplaintId;
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::journeys::{by_phone, upheld};
use crate::on_both;
use crate::support::{Client, Desk, Reply};

/// What somebody does, as far as the rules can see it.
#[derive(Debug, Clone)]
enum Deed {
    Do(Action),
    Promise(CallBackPurpose),
    /// A call that ends a promise: the customer satisfied or not, not to be reached, or unwilling.
    EndPromise(CallBackPurpose, Verdict),
    /// The sweep finds a promise that nobody kept.
    Break(CallBackPurpose),
    BecomeKind(Kind),
    LinkOriginal(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Satisfied,
    NotSatisfied,
    Unreachable,
    Declined,
}

/// The least that is needed to apply what the rules allow.
#[derive(Debug, Clone)]
struct Model {
    case: Case,
    open: BTreeSet<CallBackPurpose>,
}

impl Model {
    fn new(kind: Kind, has_phone: bool) -> Self {
        let case = Case {
            kind,
            state: State::Received,
            steps: BTreeMap::new(),
            open_promises: 0,
            has_original: false,
            has_phone,
        };
        Self {
            case,
            open: BTreeSet::new(),
        }
    }

    fn begin_round(&mut self) {
        self.case.state = State::InHandling;
        self.case.steps.retain(|step, _| *step < ROUND_STARTS_AT);
    }

    fn set_open(&mut self, purpose: CallBackPurpose, open: bool) {
        if open {
            self.open.insert(purpose);
        } else {
            self.open.remove(&purpose);
        }
        self.case.open_promises = self.open.len();
    }

    /// Does it if the rules allow it; gives what was asked of the rules then.
    fn apply(&mut self, deed: &Deed) -> Option<Action> {
        match deed {
            Deed::Do(action) => {
                let next = procedure::allowed(&self.case, action).ok()?;
                self.case.state = next.state;
                if next.new_round {
                    self.begin_round();
                }
                match action {
                    Action::Steps(steps) => self.case.steps.extend(steps.iter().copied()),
                    Action::Withdraw => CallBackPurpose::ALL.iter().for_each(|p| self.set_open(*p, false)),
                    _ => {}
                }
                Some(action.clone())
            }
            Deed::Promise(purpose) => {
                if self.open.contains(purpose) {
                    return None;
                }
                self.case.state = procedure::allowed(&self.case, &Action::Promise).ok()?.state;
                self.set_open(*purpose, true);
                Some(Action::Promise)
            }
            Deed::EndPromise(purpose, verdict) => self.end_promise(*purpose, *verdict),
            Deed::Break(purpose) => {
                self.set_open(*purpose, false);
                None
            }
            Deed::BecomeKind(kind) => {
                procedure::allowed(&self.case, &Action::Edit).ok()?;
                self.case.kind = *kind;
                Some(Action::Edit)
            }
            Deed::LinkOriginal(linked) => {
                procedure::allowed(&self.case, &Action::Link).ok()?;
                self.case.has_original = *linked;
                Some(Action::Link)
            }
        }
    }

    fn end_promise(&mut self, purpose: CallBackPurpose, verdict: Verdict) -> Option<Action> {
        if !self.open.contains(&purpose) {
            return None;
        }
        self.case.state = procedure::allowed(&self.case, &Action::WorkOnPromise).ok()?.state;
        if purpose == CallBackPurpose::ConfirmResolution {
            let early = self
                .case
                .current_step()
                .is_some_and(|step| step < HandlingStep::CallBack);
            let seventh = match verdict {
                Verdict::Satisfied | Verdict::NotSatisfied if early => return None,
                Verdict::NotSatisfied => None,
                Verdict::Satisfied => Some(Dealt::Done),
                Verdict::Unreachable => Some(Dealt::Skipped(SkipReason::Unreachable)),
                Verdict::Declined => Some(Dealt::Skipped(SkipReason::CustomerDeclined)),
            };
            match seventh {
                Some(dealt) => {
                    self.case.steps.insert(HandlingStep::CallBack, dealt);
                }
                None => self.begin_round(),
            }
            self.case.state = State::InHandling;
        }
        self.set_open(purpose, false);
        Some(Action::WorkOnPromise)
    }
}

fn any_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> + Clone {
    (0..all.len()).prop_map(move |n| all[n])
}

fn dealt() -> impl Strategy<Value = Dealt> {
    prop_oneof![
        3 => Just(Dealt::Done),
        2 => any_of(SkipReason::ALL).prop_map(Dealt::Skipped),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    let step = (any_of(HandlingStep::ALL), dealt());
    let run = (0..7_usize, 1..7_usize).prop_map(|(from, many)| {
        let steps = HandlingStep::ALL.iter().skip(from).take(many);
        Deed::Do(Action::Steps(steps.map(|step| (*step, Dealt::Done)).collect()))
    });
    let as_no_complaint = (1..7_usize).prop_map(|from| {
        let skipped = Dealt::Skipped(SkipReason::NotAComplaint);
        let steps = HandlingStep::ALL.iter().skip(from);
        Deed::Do(Action::Steps(steps.map(|step| (*step, skipped)).collect()))
    });
    let purpose = any_of(CallBackPurpose::ALL);
    let verdict = any_of(&[
        Verdict::Satisfied,
        Verdict::NotSatisfied,
        Verdict::Unreachable,
        Verdict::Declined,
    ]);
    let plain = any_of(&[0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 6]).prop_map(|n| {
        Deed::Do(match n {
            0 => Action::Wait,
            1 => Action::Resume,
            2 => Action::Withdraw,
            3 => Action::Assign,
            4 => Action::SetType,
            5 => Action::Write,
            _ => Action::Reopen,
        })
    });
    let judged = any_of(&[Decision::Upheld, Decision::Partly, Decision::Rejected]);
    let all_six = HandlingStep::ALL
        .iter()
        .take(6)
        .map(|step| (*step, Dealt::Done))
        .collect();
    let satisfied = Deed::EndPromise(CallBackPurpose::ConfirmResolution, Verdict::Satisfied);
    prop_oneof![
        2 => Just(Deed::Do(Action::Steps(all_six))),
        2 => Just(satisfied),
        2 => Just(Deed::Promise(CallBackPurpose::ConfirmResolution)),
        6 => judged.prop_map(|decision| Deed::Do(Action::Close(decision))),
        3 => proptest::collection::vec(step, 1..4).prop_map(|steps| Deed::Do(Action::Steps(steps))),
        3 => run,
        1 => as_no_complaint,
        2 => purpose.clone().prop_map(Deed::Promise),
        4 => (purpose.clone(), verdict).prop_map(|(purpose, verdict)| Deed::EndPromise(purpose, verdict)),
        1 => purpose.prop_map(Deed::Break),
        1 => any_of(&[Decision::Withdrawn, Decision::Duplicate]).prop_map(|decision| Deed::Do(Action::Close(decision))),
        3 => plain,
        1 => any_of(Kind::ALL).prop_map(Deed::BecomeKind),
        1 => any::<bool>().prop_map(Deed::LinkOriginal),
    ]
}

/// The edges of the graph; every state also leads to itself.
const EDGES: &[(State, State)] = &[
    (State::Received, State::InHandling),
    (State::Received, State::Waiting),
    (State::Received, State::Closed),
    (State::InHandling, State::Waiting),
    (State::InHandling, State::Closed),
    (State::Waiting, State::InHandling),
    (State::Waiting, State::Closed),
    (State::Closed, State::InHandling),
];

/// What must hold of a case at the moment it is closed by a decision about its matter.
fn assert_gate_held(case: &Case) {
    for step in HandlingStep::ALL {
        let dealt = case.steps.get(step);
        assert!(dealt.is_some(), "closed without `{step}`: {case:?}");
        let as_none = dealt == Some(&Dealt::Skipped(SkipReason::NotAComplaint));
        assert!(
            !(as_none && case.kind == Kind::Complaint),
            "a complaint closed as if it were none: {case:?}"
        );
    }
    assert_eq!(case.open_promises, 0, "closed over an open promise: {case:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_actions_closes_a_complaint_past_the_gate(
        kind in any_of(Kind::ALL),
        has_phone in any::<bool>(),
        deeds in proptest::collection::vec(deed(), 1..60),
    ) {
        let mut model = Model::new(kind, has_phone);
        for deed in &deeds {
            let before = model.case.clone();
            let asked = model.apply(deed);
            let (from, to) = (before.state, model.case.state);
            prop_assert!(from == to || EDGES.contains(&(from, to)), "{from} → {to} by {deed:?}");
            if let Some(Action::Close(Decision::Upheld | Decision::Partly | Decision::Rejected)) = asked {
                assert_gate_held(&before);
            }
            if to == State::Closed {
                prop_assert_eq!(model.case.open_promises, 0, "closed with a promise, by {:?}", deed);
                let ended = asked.is_some_and(|action| matches!(action, Action::Close(_) | Action::Withdraw));
                prop_assert!(from == State::Closed || ended, "closed by {deed:?}");
            }
            for step in HandlingStep::ALL.iter().filter(|step| **step < ROUND_STARTS_AT) {
                let lost = before.steps.contains_key(step) && !model.case.steps.contains_key(step);
                prop_assert!(!lost, "`{step}` was lost by {deed:?}");
            }
            // Steps are dealt with from the first on, without a hole; only the seventh may come early,
            // when the customer declines or cannot be reached.
            let holes = HandlingStep::ALL.windows(2).any(|pair| {
                pair[1] != HandlingStep::CallBack
                    && !model.case.steps.contains_key(&pair[0])
                    && model.case.steps.contains_key(&pair[1])
            });
            prop_assert!(!holes, "a hole in {:?}", model.case.steps);
        }
    }
}

/// The random sequences above do get through the gate: else they would prove nothing.
#[test]
fn random_sequences_reach_every_state_and_get_through_the_gate() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..300 {
        let deeds = proptest::collection::vec(deed(), 60)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let mut model = Model::new(Kind::Complaint, true);
        for deed in deeds {
            let from = model.case.state;
            if let Some(Action::Close(decision)) = model.apply(&deed) {
                *seen.entry(decision.as_str()).or_default() += 1;
            }
            if from == State::Closed && model.case.state == State::InHandling {
                *seen.entry("reopened").or_default() += 1;
            }
            *seen.entry(model.case.state.as_str()).or_default() += 1;
        }
    }
    let all = Decision::ALL.iter().map(|d| d.as_str());
    for what in all.chain(State::ALL.iter().map(|s| s.as_str())).chain(["reopened"]) {
        assert!(seen.get(what).copied().unwrap_or_default() >= 10, "{what}: {seen:?}");
    }
}

/// What a complaint should have come to.
#[derive(Debug, Default, Clone)]
pub struct Known {
    changes: i32,
    token: Option<String>,
}

/// One random action over HTTP; gives the complaint it was about and the answer.
pub async fn act(
    desk: &Desk,
    rng: &mut StdRng,
    agent: &Client,
    known: &mut BTreeMap<String, Known>,
) -> (String, Reply) {
    let ids: Vec<String> = known.keys().cloned().collect();
    let id = ids[rng.random_range(0..ids.len())].clone();
    let other = ids[rng.random_range(0..ids.len())].clone();
    let at = format!("/api/v1/complaints/{id}");
    let minutes = rng.random_range(10..500_i64);
    let window = |from: i64| (desk.in_minutes(from), desk.in_minutes(from + 60));
    let (start, end) = window(minutes);
    let reply = match rng.random_range(0..32_u32) {
        0..=3 => {
            let from = rng.random_range(0..3_usize);
            let until = rng.random_range(from + 1..=6);
            let mut steps = crate::journeys::six_steps(&desk.in_minutes(600));
            let chosen: Vec<Value> = steps["steps"].as_array().unwrap()[from..until].to_vec();
            steps["steps"] = json!(chosen);
            agent.put(&format!("{at}/steps"), &steps).await
        }
        4 => {
            let step = HandlingStep::ALL[rng.random_range(0..7_usize)];
            let reason = SkipReason::ALL[rng.random_range(0..SkipReason::ALL.len())];
            let skip = json!({ "skip": { "reason": reason } });
            agent.put(&format!("{at}/steps/{step}"), &skip).await
        }
        5..=7 => {
            let purpose = match rng.random_range(0..4_usize) {
                n @ 0..=2 => CallBackPurpose::ALL[n],
                _ => CallBackPurpose::ConfirmResolution,
            };
            let form = json!({ "purpose": purpose, "window_start": start, "window_end": end });
            agent.post(&format!("{at}/call-backs"), &form).await
        }
        8..=13 => return work_on_promise(desk, rng, agent, &id).await,
        14 => {
            agent
                .post(
                    &format!("{at}/wait"),
                    &json!({ "ball_with": "customer", "reason": "?" }),
                )
                .await
        }
        15..=16 => agent.post(&format!("{at}/resume"), &json!({})).await,
        17..=19 => {
            let decision = Decision::ALL[rng.random_range(0..Decision::ALL.len())];
            let ours = matches!(decision, Decision::Upheld | Decision::Partly);
            let form = match ours {
                true => upheld(),
                false => json!({ "decision": decision, "reason": "so" }),
            };
            agent.post(&format!("{at}/close"), &form).await
        }
        20..=21 => agent.post(&format!("{at}/reopen"), &json!({ "reason": "again" })).await,
        22 if rng.random_bool(0.5) => {
            agent
                .post(&format!("{at}/withdraw"), &json!({ "reason": "no more" }))
                .await
        }
        22..=23 => agent.post(&format!("{at}/notes"), &json!({ "body": "nota" })).await,
        24 => {
            let kind = Kind::ALL[rng.random_range(0..Kind::ALL.len())];
            let etag = agent.get(&at).await.expect(200).etag().to_owned();
            agent
                .if_match(&etag)
                .patch(&at, &json!({ "kind": kind, "subject": format!("主题 {minutes}") }))
                .await
        }
        25 => {
            agent
                .post(&format!("{at}/links"), &json!({ "duplicate_of": other }))
                .await
        }
        26 => {
            let reply = agent.post(&format!("{at}/tracking-link"), &Value::Null).await;
            known.get_mut(&id).unwrap().token = Some(reply.str("/tracking_token").to_owned());
            reply
        }
        28..=31 => write_or_correct(desk, rng, agent, &at).await,
        _ => match known[&id].token.clone() {
            Some(token) => as_customer(desk, rng, &token).await,
            None => agent.post(&format!("{at}/assign"), &json!({ "owner": "li.na" })).await,
        },
    };
    (id, reply)
}

/// A message, a correction, or another word on the customer's manner.
async fn write_or_correct(desk: &Desk, rng: &mut StdRng, agent: &Client, at: &str) -> Reply {
    match rng.random_range(0..4_u32) {
        0..=1 => {
            let direction = ["in", "out"][rng.random_range(0..2_usize)];
            let form = json!({ "body": "hallo", "direction": direction });
            agent.post(&format!("{at}/messages"), &form).await
        }
        2 => {
            let etag = agent.get(at).await.expect(200).etag().to_owned();
            let severity = ["low", "medium", "high", "critical"][rng.random_range(0..4_usize)];
            let first = desk.in_minutes(-3_000 - rng.random_range(10..500_i64));
            let form = json!({ "severity": severity, "first_expressed_at": first });
            agent.if_match(&etag).patch(at, &form).await
        }
        _ => {
            let manner = ["angry", "friendly"][rng.random_range(0..2_usize)];
            let form = json!({ "customer_type": manner });
            agent.put(&format!("{at}/customer-type"), &form).await
        }
    }
}

/// Something that the customer does through the private link.
async fn as_customer(desk: &Desk, rng: &mut StdRng, token: &str) -> Reply {
    let (path, form) = match rng.random_range(0..3_u32) {
        0 => ("messages", json!({ "body": "hallo" })),
        1 => ("dispute", json!({ "reason": "so" })),
        _ => ("withdraw", json!({ "reason": "so" })),
    };
    let path = format!("/api/v1/public/complaints/{token}/{path}");
    desk.anonymous().post(&path, &form).await
}

/// Something random about one of the complaint's promises, settled ones too.
async fn work_on_promise(desk: &Desk, rng: &mut StdRng, agent: &Client, id: &str) -> (String, Reply) {
    let promises = agent
        .get(&format!("/api/v1/complaints/{id}/call-backs"))
        .await
        .expect(200);
    let promises = promises.json.as_array().unwrap();
    if promises.is_empty() {
        let reply = agent
            .post(&format!("/api/v1/complaints/{id}/notes"), &json!({ "body": "nota" }))
            .await;
        return (id.to_owned(), reply);
    }
    let open: Vec<&Value> = promises.iter().filter(|promise| promise["state"] == "open").collect();
    let promise = match open.is_empty() || rng.random_bool(0.1) {
        true => &promises[rng.random_range(0..promises.len())],
        false => open[rng.random_range(0..open.len())],
    };
    let at = format!("/api/v1/call-backs/{}", promise["id"].as_str().unwrap());
    let reply = match rng.random_range(0..10_u32) {
        0..=6 => {
            let result = [
                "reached",
                "reached",
                "reached",
                "no_answer",
                "voicemail",
                "wrong_number",
                "refused",
            ][rng.random_range(0..7_usize)];
            let mut form = json!({ "result": result });
            if result == "reached" && promise["purpose"] == "confirm_resolution" {
                form["satisfied"] = json!(rng.random_bool(0.7));
            }
            agent.post(&format!("{at}/attempts"), &form).await
        }
        7..=8 => {
            let asked_by = ["customer", "desk"][rng.random_range(0..2_usize)];
            let form = json!({ "asked_by": asked_by, "reason": "so",
                "window_start": desk.in_minutes(30), "window_end": desk.in_minutes(90) });
            agent.post(&format!("{at}/reschedule"), &form).await
        }
        _ => {
            agent
                .post(&format!("{at}/cancel"), &json!({ "reason": "no need" }))
                .await
        }
    };
    (id.to_owned(), reply)
}

/// Everything that must hold in the database at any time.
pub fn assert_sound(conn: &mut Conn, changes: Option<&BTreeMap<String, i32>>) -> Result<()> {
    let complaints: Vec<Complaint> = schema::complaints::table.select(Complaint::as_select()).load(conn)?;
    let promises: Vec<CallBack> = schema::call_backs::table.select(CallBack::as_select()).load(conn)?;
    let steps: Vec<StepRow> = schema::handling_steps::table.select(StepRow::as_select()).load(conn)?;
    let statements: i64 = schema::complaint_statements::table.count().get_result(conn)?;
    assert_eq!(
        usize::try_from(statements).unwrap(),
        complaints.len(),
        "one statement each"
    );
    let tallies: Vec<(State, i64)> = schema::state_tallies::table
        .select((schema::state_tallies::state, schema::state_tallies::n))
        .load(conn)?;
    // What clocks told is no change.
    let entries: Vec<ComplaintId> = schema::timeline_entries::table
        .filter(schema::timeline_entries::action.ne_all(vec!["clock_warned", "clock_breached", "clock_escalated"]))
        .select(schema::timeline_entries::complaint_id)
        .load(conn)?;
    for state in State::ALL {
        let counted = complaints.iter().filter(|c| c.state == *state).count();
        let tallied: i64 = tallies.iter().filter(|(s, _)| s == state).map(|(_, n)| n).sum();
        assert_eq!(tallied, i64::try_from(counted).unwrap(), "the tally of `{state}`");
    }
    for c in &complaints {
        let entries = entries.iter().filter(|id| **id == c.id).count();
        assert_eq!(
            i32::try_from(entries).unwrap(),
            c.version,
            "an entry for each change: {c:?}"
        );
        if let Some(changes) = changes {
            assert_eq!(
                changes[&c.id.to_string()],
                c.version,
                "a version for each change: {c:?}"
            );
        }
        let open = promises
            .iter()
            .filter(|p| p.complaint_id == c.id && p.state == CallBackState::Open);
        assert_eq!(c.call_back_due_at, open.clone().map(|p| p.window_end).min(), "{c:?}");
        let purposes: BTreeSet<_> = open.clone().map(|p| p.purpose).collect();
        assert_eq!(
            purposes.len(),
            open.clone().count(),
            "one promise for each purpose: {c:?}"
        );
        let closed = c.state == State::Closed;
        assert_eq!((c.closed_at.is_some(), c.decision.is_some()), (closed, closed), "{c:?}");
        assert_eq!(c.reopened_count, c.round - 1, "{c:?}");
        let own: BTreeMap<HandlingStep, Dealt> = steps
            .iter()
            .filter(|s| s.complaint_id == c.id)
            .filter(|s| s.round == c.round || (s.round < c.round && s.step < ROUND_STARTS_AT))
            .map(|s| (s.step, s.skip_reason.map_or(Dealt::Done, Dealt::Skipped)))
            .collect();
        let case = Case {
            kind: c.kind,
            state: c.state,
            steps: own,
            open_promises: open.count(),
            has_original: c.duplicate_of.is_some(),
            has_phone: true,
        };
        match c.decision {
            Some(Decision::Upheld | Decision::Partly | Decision::Rejected) => assert_gate_held(&case),
            Some(Decision::Withdrawn | Decision::Duplicate) => assert_eq!(case.open_promises, 0, "{c:?}"),
            None => assert_eq!(c.step, case.current_step(), "{c:?}"),
        }
    }
    crate::work::assert_queued(conn)?;
    crate::clocks::ways::assert_followed(conn)
}

on_both! {
    async fn after_every_action_of_a_random_walk_the_database_is_sound(desk) {
        let agent = desk.agent();
        let mut rng = StdRng::seed_from_u64(20_261_123);
        for pack in ["standard_service", "uk_disp", "ie_cpc"] {
            crate::clocks::install(&desk, pack).await;
        }
        let mut grave = crate::clocks::resolve_within(300);
        grave["rank"] = json!(10);
        grave["conditions"] = json!({ "severities": ["critical"] });
        crate::clocks::enforce(&desk, "grave", &grave).await;
        let mut known = BTreeMap::new();
        for _ in 0..6 {
            let reply = agent.post("/api/v1/complaints", &by_phone()).await.expect(201);
            known.insert(reply.id().to_owned(), Known { changes: 1, token: None });
        }
        let (mut done, mut refused) = (0, BTreeMap::<String, usize>::new());
        for n in 0..400 {
            if n % 9 == 0 {
                desk.pass(TimeDelta::minutes(rng.random_range(1..90)));
            }
            if n % 80 == 79 {
                // Long enough that the sweep finds promises that nobody kept.
                desk.pass(TimeDelta::hours(60));
                desk.run_jobs().await;
                for promise in agent.get("/api/v1/call-backs?state=broken&limit=200").await.expect(200).json["items"].as_array().unwrap() {
                    if promise["change_reason"].is_null() && promise["settled_at"] == json!(desk.now()) {
                        known.get_mut(promise["complaint_id"].as_str().unwrap()).unwrap().changes += 1;
                    }
                }
            }
            let (id, reply) = act(&desk, &mut rng, &agent, &mut known).await;
            match reply.status {
                200 | 201 => {
                    done += 1;
                    known.get_mut(&id).unwrap().changes += 1;
                }
                409 | 422 => *refused.entry(reply.code().to_owned()).or_default() += 1,
                _ => panic!("{} {}", reply.status, reply.text),
            }
            let changes: BTreeMap<String, i32> = known.iter().map(|(id, known)| (id.clone(), known.changes)).collect();
            desk.app.db.read(move |conn| assert_sound(conn, Some(&changes))).await.unwrap();
        }
        // The walk was no walk on the spot.
        assert!(done > 150, "{done} done, refused: {refused:?}");
        assert!(refused.len() > 6, "{refused:?}");
    }
}
