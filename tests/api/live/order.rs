//! On PostgreSQL numbers are given out before commits: nothing may come in behind a reader.

use diesel::connection::SimpleConnection as _;
use diesel::{QueryableByName, RunQueryDsl as _};
use hark::db::conn::Conn;
use hark::domain::events::{self, EventView, Place, Wanted};
use hark::domain::staff::ActorKind;
use hark::ids::ComplaintId;

use crate::support::{fresh_postgres, fresh_sqlite, start_of_time};

fn event(name: &str) -> EventView {
    EventView {
        id: String::new(),
        kind: "complaint.edited".to_owned(),
        at: start_of_time(),
        complaint_id: ComplaintId::new(start_of_time()),
        call_back_id: None,
        clock_id: None,
        team: None,
        team_before: None,
        owner: None,
        owner_before: None,
        version: None,
        changed: Vec::new(),
        by_kind: ActorKind::Staff,
        by: name.to_owned(),
        doing: None,
    }
}

/// Who is told of after a place, and where that ends.
fn names(conn: &mut Conn, place: &str) -> (Vec<String>, String) {
    let after: Place = place.parse().unwrap();
    let page = events::page(conn, &Wanted::default(), Some(after), 1_000).unwrap();
    assert!(!page.lost);
    (page.items.into_iter().map(|event| event.by).collect(), page.last)
}

/// [`names`], once there are so many: a transaction in another database of the server may hold them back.
fn wait_for(conn: &mut Conn, place: &str, many: usize) -> (Vec<String>, String) {
    for _ in 0..200_000 {
        let seen = names(conn, place);
        if seen.0.len() >= many {
            return seen;
        }
    }
    panic!("{many} events are not told after {place}");
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// What one would see who reads by the numbers alone.
fn highest(conn: &mut Conn) -> i64 {
    let rows: Vec<Newest> = diesel::sql_query("SELECT max(id) AS n FROM events").load(conn).unwrap();
    rows[0].n
}

#[test]
fn what_is_committed_late_with_a_lower_number_is_not_skipped() {
    let Some(target) = fresh_postgres() else { return };
    let mut early = target.connect().unwrap();
    let mut late = target.connect().unwrap();
    let mut reader = target.connect().unwrap();
    let start = events::last(&mut reader).unwrap().to_string();
    early.batch_execute("BEGIN").unwrap();
    events::append(&mut early, &[event("early")]).unwrap();
    events::append(&mut late, &[event("late")]).unwrap();
    // The later number is committed, and by the numbers alone a reader would now go on from it.
    let number = highest(&mut reader);
    let (seen, place) = names(&mut reader, &start);
    assert!(seen.is_empty(), "{seen:?} is told while a lower number is not decided");
    early.batch_execute("COMMIT").unwrap();
    assert_eq!(
        highest(&mut reader),
        number,
        "the one that came late has the lower number"
    );
    let (seen, place) = wait_for(&mut reader, &place, 2);
    assert_eq!(seen, ["early", "late"]);
    // And what is undone leaves no gap to wait for.
    early.batch_execute("BEGIN").unwrap();
    events::append(&mut early, &[event("undone")]).unwrap();
    events::append(&mut late, &[event("after")]).unwrap();
    early.batch_execute("ROLLBACK").unwrap();
    assert_eq!(wait_for(&mut reader, &place, 1).0, ["after"]);
}

/// The first number is taken in a transaction that began to write later: the order is that of transactions.
#[test]
fn a_transaction_that_began_first_and_told_last_stands_first() {
    let Some(target) = fresh_postgres() else { return };
    let mut first = target.connect().unwrap();
    let mut second = target.connect().unwrap();
    let mut reader = target.connect().unwrap();
    let start = events::last(&mut reader).unwrap().to_string();
    first.batch_execute("BEGIN; SELECT pg_current_xact_id();").unwrap();
    events::append(&mut second, &[event("second")]).unwrap();
    assert!(names(&mut reader, &start).0.is_empty());
    events::append(&mut first, &[event("first")]).unwrap();
    first.batch_execute("COMMIT").unwrap();
    assert_eq!(wait_for(&mut reader, &start, 2).0, ["first", "second"]);
}

#[test]
fn a_reader_among_many_writers_sees_each_event_once_and_in_one_order() {
    const WRITERS: usize = 6;
    const EACH: usize = 60;
    let (sqlite, _folder) = fresh_sqlite();
    for target in std::iter::once(sqlite).chain(fresh_postgres()) {
        let read_all = |target: hark::db::conn::Target| {
            std::thread::spawn(move || {
                let mut conn = target.connect().unwrap();
                let (mut seen, mut place) = (Vec::new(), "0.0".to_owned());
                // What is written last is told last.
                while seen.last().is_none_or(|name| name != "the end") {
                    let (names, ended) = names(&mut conn, &place);
                    seen.extend(names);
                    place = ended;
                }
                seen
            })
        };
        let readers: Vec<_> = (0..2).map(|_| read_all(target.clone())).collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let target = target.clone();
                std::thread::spawn(move || {
                    let mut conn = target.connect().unwrap();
                    let begin = if matches!(conn, Conn::Pg(_)) {
                        "BEGIN"
                    } else {
                        "BEGIN IMMEDIATE"
                    };
                    for n in 0..EACH {
                        conn.batch_execute(begin).unwrap();
                        // Transactions of different length, some of which are undone.
                        for part in 0..=(n + writer) % 4 {
                            events::append(&mut conn, &[event(&format!("{writer}.{n}.{part}"))]).unwrap();
                        }
                        let end = if (n + writer) % 7 == 0 { "ROLLBACK" } else { "COMMIT" };
                        conn.batch_execute(end).unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        let mut conn = target.connect().unwrap();
        events::append(&mut conn, &[event("the end")]).unwrap();
        let seen: Vec<Vec<String>> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        let mut expected: Vec<String> = (0..WRITERS)
            .flat_map(|writer| (0..EACH).map(move |n| (writer, n)))
            .filter(|(writer, n)| (n + writer) % 7 != 0)
            .flat_map(|(writer, n)| (0..=(n + writer) % 4).map(move |part| format!("{writer}.{n}.{part}")))
            .chain(std::iter::once("the end".to_owned()))
            .collect();
        expected.sort();
        let mut sorted = seen[0].clone();
        sorted.sort();
        assert_eq!(sorted, expected);
        assert_eq!(seen[0], seen[1], "two readers saw two orders");
    }
}
