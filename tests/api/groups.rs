//! Grouped writes: one that fails or panics harms nobody, answers come after the commit, and the
//! queue has an end.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};
use hark::db::Db;
use hark::db::conn::{Conn, Target};
use hark::db::lane::Lane;
use hark::domain::complaints::intake::{Intake, IntakeForm};
use hark::domain::complaints::receive::Arrival;
use hark::domain::idempotency::Claim;
use hark::error::{Code, Error, Result};
use serde_json::json;
use tokio::task::JoinSet;

use crate::journeys::by_phone;
use crate::on_both;
use crate::support::{Desk, fresh_postgres, fresh_sqlite};

/// Holds writes back until it is opened.
#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
    waiting: AtomicUsize,
}

impl Gate {
    fn pass(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut open = self.open.lock().unwrap();
        while !*open {
            open = self.opened.wait(open).unwrap();
        }
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    /// Waits until a write stands before the gate.
    async fn reached(&self) {
        while self.waiting.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// A table of one's own: `proof (n)`.
fn with_proof(target: &Target) -> Db {
    let mut conn = target.connect().unwrap();
    conn.batch_execute("CREATE TABLE proof (n INTEGER PRIMARY KEY)")
        .unwrap();
    Db::open(target, 4).unwrap()
}

/// A database of each kind that is to be had.
fn both() -> Vec<(Target, Option<tempfile::TempDir>)> {
    let (sqlite, folder) = fresh_sqlite();
    let mut both = vec![(sqlite, Some(folder))];
    both.extend(fresh_postgres().map(|target| (target, None)));
    both
}

fn prove(conn: &mut Conn, n: i32) -> Result<i32> {
    diesel::sql_query("INSERT INTO proof (n) VALUES ($1)")
        .bind::<Integer, _>(n)
        .execute(conn)?;
    Ok(n)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(conn: &mut Conn, sql: &str) -> i64 {
    let row: Number = diesel::sql_query(sql).get_result(conn).unwrap();
    row.n
}

fn proofs(target: &Target) -> i64 {
    count(&mut target.connect().unwrap(), "SELECT count(*) AS n FROM proof")
}

/// Tasks that have all handed in their write before [`Queue::full`] returns.
struct Queue<T> {
    tasks: JoinSet<T>,
    started: Arc<AtomicUsize>,
    spawned: usize,
}

impl<T: Send + 'static> Queue<T> {
    fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            started: Arc::default(),
            spawned: 0,
        }
    }

    /// Runs `task`, which hands in its write before it waits for the first time.
    fn add(&mut self, task: impl Future<Output = T> + Send + 'static) {
        let started = Arc::clone(&self.started);
        self.spawned += 1;
        self.tasks.spawn(async move {
            started.fetch_add(1, Ordering::SeqCst);
            task.await
        });
    }

    async fn full(&self) {
        while self.started.load(Ordering::SeqCst) < self.spawned {
            tokio::task::yield_now().await;
        }
    }

    async fn results(mut self) -> Vec<T> {
        let mut results = Vec::new();
        while let Some(done) = self.tasks.join_next().await {
            results.push(done.unwrap());
        }
        results
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Poison {
    Refuses,
    BreaksARule,
    Panics,
}

const POISONS: [Poison; 3] = [Poison::Refuses, Poison::BreaksARule, Poison::Panics];

fn poisoned(conn: &mut Conn, poison: Poison, n: i32) -> Result<i32> {
    prove(conn, n)?;
    match poison {
        Poison::Refuses => Err(Error::problem(Code::NameTaken, "poison")),
        // Twice the same key: on PostgreSQL nothing more goes in this transaction.
        Poison::BreaksARule => prove(conn, n),
        Poison::Panics => panic!("poison, on purpose"),
    }
}

fn is_own_error(poison: Poison, error: &Error) -> bool {
    match poison {
        Poison::Refuses => error.code() == Code::NameTaken,
        Poison::BreaksARule => error.is_unique_violation(),
        Poison::Panics => error.to_string().contains("panicked"),
    }
}

#[tokio::test]
async fn a_poisoned_write_among_63_good_ones_harms_nobody() {
    for poison in POISONS {
        for (target, _folder) in both() {
            let db = with_proof(&target);
            let (gate, runs) = (Arc::new(Gate::default()), Arc::new(AtomicUsize::new(0)));
            let (first, held) = (db.clone(), Arc::clone(&gate));
            let first = tokio::spawn(async move {
                let hold = move |_: &mut Conn| {
                    held.pass();
                    Ok(())
                };
                first.write(hold).await
            });
            gate.reached().await;
            let mut queue = Queue::new();
            for n in 0..64 {
                let (db, runs) = (db.clone(), Arc::clone(&runs));
                queue.add(async move {
                    let work = move |conn: &mut Conn| {
                        runs.fetch_add(1, Ordering::SeqCst);
                        match n {
                            40 => poisoned(conn, poison, n),
                            _ => prove(conn, n),
                        }
                    };
                    (n, db.write(work).await)
                });
            }
            queue.full().await;
            gate.open();
            first.await.unwrap().unwrap();
            let mut good = 0;
            for (n, done) in queue.results().await {
                match done {
                    Ok(given) => {
                        assert_eq!(given, n);
                        good += 1;
                    }
                    Err(error) => {
                        assert_eq!(n, 40, "{error}");
                        assert!(is_own_error(poison, &error), "{poison:?}: {error}");
                    }
                }
            }
            assert_eq!((good, proofs(&target)), (63, 63), "{target:?} {poison:?}");
            if matches!(target, Target::Sqlite(_)) {
                // 41 in the group that failed, 64 one by one: they were one group indeed.
                assert_eq!(runs.load(Ordering::SeqCst), 41 + 64, "{poison:?}");
            }
            db.write(|conn| prove(conn, 99)).await.expect("the writer goes on");
        }
    }
}

/// What a lane of the tests does.
#[derive(Clone)]
struct Item {
    n: i32,
    poison: Option<Poison>,
    gate: Option<Arc<Gate>>,
    groups: Arc<Mutex<Vec<usize>>>,
}

fn handle(conn: &mut Conn, items: &[Item]) -> Result<Vec<i32>> {
    if let Some(item) = items.first() {
        item.groups.lock().unwrap().push(items.len());
    }
    items
        .iter()
        .map(|item| {
            if let Some(gate) = &item.gate {
                gate.pass();
            }
            match item.poison {
                Some(poison) => poisoned(conn, poison, item.n),
                None => prove(conn, item.n),
            }
        })
        .collect()
}

#[tokio::test]
async fn a_poisoned_item_in_a_lane_harms_nobody() {
    for (target, _folder) in both() {
        let db = with_proof(&target);
        let lane = Lane::open(&db, handle).unwrap();
        let gate = Arc::new(Gate::default());
        let groups = Arc::new(Mutex::new(Vec::new()));
        let item = |n, poison, gate| Item {
            n,
            poison,
            gate,
            groups: Arc::clone(&groups),
        };
        let mut queue = Queue::new();
        let submit = |queue: &mut Queue<_>, item: Item| {
            let lane = lane.clone();
            queue.add(async move { (item.n, item.poison, lane.submit(7, item).await) });
        };
        submit(&mut queue, item(1_000, None, Some(Arc::clone(&gate))));
        gate.reached().await;
        for n in 0..64 {
            let poison = match n {
                10 => Some(Poison::Refuses),
                30 => Some(Poison::BreaksARule),
                50 => Some(Poison::Panics),
                _ => None,
            };
            submit(&mut queue, item(n, poison, None));
        }
        queue.full().await;
        gate.open();
        let mut good = 0;
        for (n, poison, done) in queue.results().await {
            match poison {
                None => {
                    assert_eq!(done.unwrap(), n);
                    good += 1;
                }
                Some(poison) => {
                    let error = done.unwrap_err();
                    assert!(is_own_error(poison, &error), "{poison:?}: {error}");
                }
            }
        }
        assert_eq!((good, proofs(&target)), (62, 62), "{target:?}");
        if matches!(target, Target::Pg(_)) {
            let groups = groups.lock().unwrap();
            assert!(groups.contains(&32), "they shared transactions: {groups:?}");
        }
        let last = lane.submit(7, item(2_000, None, None)).await;
        assert_eq!(last.unwrap(), 2_000, "the lane goes on");
    }
}

#[tokio::test]
async fn an_answer_comes_only_after_the_commit() {
    for (target, _folder) in both() {
        let db = with_proof(&target);
        let lane = Lane::open(&db, handle).unwrap();
        let groups = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::new(Mutex::new(target.connect().unwrap()));
        let mut queue = Queue::new();
        for n in 0..200 {
            let (db, lane, seen, groups) = (db.clone(), lane.clone(), Arc::clone(&seen), Arc::clone(&groups));
            queue.add(async move {
                if n % 2 == 0 {
                    db.write(move |conn| prove(conn, n)).await.unwrap();
                } else {
                    let key = u64::try_from(n).unwrap();
                    let item = Item {
                        n,
                        poison: None,
                        gate: None,
                        groups,
                    };
                    lane.submit(key, item).await.unwrap();
                }
                let sql = format!("SELECT count(*) AS n FROM proof WHERE n = {n}");
                let there = count(&mut seen.lock().unwrap(), &sql);
                assert_eq!(there, 1, "{n} was answered, but is not to be seen");
            });
        }
        assert_eq!(queue.results().await.len(), 200);
    }
}

/// An arrival as `form` has it, with an idempotency key.
fn arrival(desk: &Desk, form: &serde_json::Value, key: Option<(&str, &[u8])>) -> Arrival {
    let act = desk.app.own_act();
    let form: IntakeForm = serde_json::from_value(form.clone()).unwrap();
    Arrival {
        proof: None,
        intake: Intake::by_staff(form, &act).unwrap(),
        claim: key.map(|(key, body)| Claim::new("test", key, "POST", "/api/v1/complaints", body)),
        proposal: None,
        act,
    }
}

on_both! {
    async fn complaints_that_break_a_rule_harm_none_of_those_taken_in_beside_them(desk) {
        let lane = desk.app.intake.clone();
        let earlier = lane.submit(0, arrival(&desk, &by_phone(), Some(("used", b"one")))).await.unwrap();
        let mut queue = Queue::new();
        for n in 0..64 {
            let mut form = by_phone();
            form["customer"] = json!({ "name": "某人", "phone": format!("139{n:08}") });
            let (kind, arrival) = match n {
                // Nobody has this number.
                20 => {
                    form["customer"] = json!({ "customer_id": "019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20" });
                    ("unknown", arrival(&desk, &form, None))
                }
                // The key belongs to another body, or to the same one.
                40 => ("mismatch", arrival(&desk, &form, Some(("used", b"two")))),
                41 => ("repeat", arrival(&desk, &by_phone(), Some(("used", b"one")))),
                // Twice the same at the same time.
                42 | 43 => ("twin", arrival(&desk, &by_phone(), Some(("twin", b"x")))),
                // A text that only a database could object to.
                50 => {
                    form["statement"] = json!("emoji 🙂 ' \" \\ $1 ?");
                    ("good", arrival(&desk, &form, None))
                }
                _ => ("good", arrival(&desk, &form, None)),
            };
            let lane = lane.clone();
            // All in one lane.
            queue.add(async move { (kind, lane.submit(0, arrival).await) });
        }
        let (mut ids, mut twins) = (BTreeSet::new(), BTreeSet::new());
        for result in queue.results().await {
            match result {
                ("unknown", done) => assert_eq!(done.unwrap_err().code(), Code::Invalid),
                ("mismatch", done) => assert_eq!(done.unwrap_err().code(), Code::IdempotencyMismatch),
                ("repeat", done) => assert_eq!(done.unwrap().id, earlier.id),
                ("twin", done) => {
                    twins.insert(done.unwrap().id);
                }
                (_, done) => assert!(ids.insert(done.unwrap().id), "the same id twice"),
            }
        }
        assert_eq!((ids.len(), twins.len()), (59, 1));
        let counts = desk.agent().get("/api/v1/complaints/counts").await.expect(200);
        assert_eq!(counts.json["by_state"]["received"], 61);
        desk.app.db.read(|conn| crate::properties::assert_sound(conn, None)).await.unwrap();
    }
}

on_both! {
    async fn more_work_than_can_wait_is_refused_with_a_time_to_come_back(desk) {
        let agent = desk.agent();
        // So that the token is known before the database is busy.
        agent.get("/api/v1/me").await.expect(200);
        let gate = Arc::new(Gate::default());
        let mut queue = Queue::new();
        for _ in 0..2_200 {
            let (db, first, gate) = (desk.app.db.clone(), Arc::clone(&gate), Arc::clone(&gate));
            queue.add(async move {
                let hold = move |_: &mut Conn| {
                    gate.pass();
                    Ok(())
                };
                db.write(hold).await
            });
            // One stands before the gate first, so that nothing leaves the queue while it fills.
            first.reached().await;
        }
        queue.full().await;
        gate.reached().await;
        // 2,048 may wait; on SQLite one more has left the queue, or a group of them.
        let id = "019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20";
        let refused = agent.post(&format!("/api/v1/complaints/{id}/notes"), &json!({ "body": "x" })).await;
        refused.header("retry-after").unwrap().parse::<u32>().unwrap();
        refused.expect_problem(503, "service.overloaded");
        gate.open();
        let (mut done, mut overloaded) = (0, 0);
        for result in queue.results().await {
            match result {
                Ok(()) => done += 1,
                Err(error) => {
                    assert_eq!(error.code(), Code::Overloaded);
                    overloaded += 1;
                }
            }
        }
        assert!((2_048..=2_112).contains(&done), "{done} done, {overloaded} refused");
        assert_eq!(done + overloaded, 2_200);
        // And it takes work again.
        agent.post("/api/v1/complaints", &by_phone()).await.expect(201);
    }
}

#[tokio::test]
async fn a_full_lane_is_refused() {
    for (target, _folder) in both() {
        let db = with_proof(&target);
        let lane = Lane::open(&db, handle).unwrap();
        let gate = Arc::new(Gate::default());
        let groups = Arc::new(Mutex::new(Vec::new()));
        let mut queue = Queue::new();
        for n in 0..2_200 {
            let (lane, gate, groups) = (lane.clone(), Some(Arc::clone(&gate)), Arc::clone(&groups));
            let item = Item {
                n,
                poison: None,
                gate,
                groups,
            };
            queue.add(async move { lane.submit(0, item).await });
        }
        queue.full().await;
        gate.reached().await;
        gate.open();
        let mut done = 0;
        for result in queue.results().await {
            match result {
                Ok(_) => done += 1,
                Err(error) => assert_eq!(error.code(), Code::Overloaded),
            }
        }
        // 1,024 wait in a lane, besides a group that has left the queue.
        assert!((1_024..=1_024 + 64).contains(&done), "{target:?}: {done} done");
        assert_eq!(proofs(&target), done);
    }
}

#[tokio::test]
async fn two_processes_may_write_to_one_sqlite_file() {
    let (target, _folder) = fresh_sqlite();
    let one = with_proof(&target);
    let other = Db::open(&target, 4).unwrap();
    let mut queue = Queue::new();
    for n in 0..400 {
        let db = if n % 2 == 0 { one.clone() } else { other.clone() };
        queue.add(async move {
            db.write(move |conn| prove(conn, n)).await.unwrap();
            let seen = db
                .read(|conn| Ok(count(conn, "SELECT count(*) AS n FROM proof")))
                .await
                .unwrap();
            assert!(seen > 0);
        });
    }
    assert_eq!(queue.results().await.len(), 400);
    assert_eq!(proofs(&target), 400);
}

#[tokio::test]
async fn the_readers_of_sqlite_cannot_write() {
    let (target, _folder) = fresh_sqlite();
    let db = with_proof(&target);
    let refused = db.read(|conn| prove(conn, 1)).await.unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
    assert_eq!(proofs(&target), 0);
}

/// SQLite takes a transaction back by itself when the disk is full; the writer must survive that.
#[tokio::test]
async fn a_full_disk_does_not_stop_the_writer_for_good() {
    let (target, _folder) = fresh_sqlite();
    let db = with_proof(&target);
    db.write(|conn| Ok(conn.batch_execute("CREATE TABLE big (b)")?))
        .await
        .unwrap();
    let full = |conn: &mut Conn| -> Result<()> {
        let pages = count(conn, "SELECT page_count AS n FROM pragma_page_count()");
        conn.batch_execute(&format!("PRAGMA max_page_count = {}", pages + 2))?;
        let filled = conn.batch_execute("INSERT INTO big VALUES (zeroblob(1000000))");
        conn.batch_execute("PRAGMA max_page_count = 1000000000")?;
        Ok(filled?)
    };
    let gate = Arc::new(Gate::default());
    let (first, held) = (db.clone(), Arc::clone(&gate));
    let mut queue = Queue::new();
    queue.add(async move {
        let hold = move |_: &mut Conn| {
            held.pass();
            Ok(())
        };
        (-1, first.write(hold).await)
    });
    gate.reached().await;
    for n in 0..20 {
        let db = db.clone();
        queue.add(async move {
            match n {
                7 => (n, db.write(full).await),
                _ => (n, db.write(move |conn| prove(conn, n).map(|_| ())).await),
            }
        });
    }
    queue.full().await;
    gate.open();
    for (n, done) in queue.results().await {
        match n {
            7 => assert!(done.unwrap_err().to_string().contains("full")),
            _ => done.unwrap_or_else(|e| panic!("{n}: {e}")),
        }
    }
    assert_eq!(proofs(&target), 19);
    db.write(|conn| prove(conn, 99)).await.unwrap();
}
