//! Both databases have the same shape, which is that of `src/db/schema.rs`, and the planner uses
//! the indexes that were made for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use diesel::connection::{InstrumentationEvent, SimpleConnection as _};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};
use hark::db::conn::{Conn, Target};
use hark::db::{dialect, migrate};
use hark::domain::complaints::vocabulary::{CallBackState, State};
use hark::domain::complaints::{call_backs, hand_over, listing};
use hark::domain::policy::Policy;
use hark::domain::sla::clocks::watch;
use hark::domain::staff::Act;
use hark::domain::work::{queue, take};

use crate::support::{fresh_postgres, fresh_sqlite, start_of_time};

const SIDES: [&str; 2] = ["postgres", "sqlite"];

fn folder(side: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(side)
}

/// A migrated database of each kind that is to be had here.
fn both() -> Vec<(Conn, Option<tempfile::TempDir>)> {
    let (sqlite, folder) = fresh_sqlite();
    let mut both = vec![(sqlite.connect().unwrap(), Some(folder))];
    if let Some(pg) = fresh_postgres() {
        both.push((pg.connect().unwrap(), None));
    }
    both
}

#[test]
fn both_folders_hold_the_same_migrations_each_with_a_way_back() {
    let names = |side: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder(side)).unwrap();
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    };
    let (pg, sqlite) = (names("postgres"), names("sqlite"));
    assert_eq!(pg, sqlite);
    assert!(!pg.is_empty());
    for side in SIDES {
        for name in &pg {
            for file in ["up.sql", "down.sql"] {
                let path = folder(side).join(name).join(file);
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                assert!(!text.trim().is_empty(), "{} is missing or empty", path.display());
            }
        }
    }
}

#[derive(QueryableByName, Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

fn is_pg(conn: &Conn) -> bool {
    matches!(conn, Conn::Pg(_))
}

/// Every column, but those of the word index (which each database keeps in its own way) and of diesel's own table.
fn columns(conn: &mut Conn) -> BTreeSet<Column> {
    let sql = if is_pg(conn) {
        "SELECT table_name::text, column_name::text, is_nullable = 'YES' AS nullable
         FROM information_schema.columns WHERE table_schema = 'public'"
    } else {
        "SELECT t.name AS table_name, c.name AS column_name, c.\"notnull\" = 0 AND c.pk = 0 AS nullable
         FROM sqlite_master t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
    };
    let rows: Vec<Column> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter()
        .filter(|c| !c.table_name.starts_with("complaint_search") && !c.table_name.starts_with("__diesel"))
        .collect()
}

/// The columns as `schema.rs` has them.
fn written_down() -> BTreeSet<Column> {
    let text = include_str!("../../src/db/schema.rs");
    let mut found = BTreeSet::new();
    let mut table = None;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        if let Some((name, rest)) = line.split_once(" (")
            && rest.ends_with(") {")
        {
            table = Some(name.to_owned());
        } else if let (Some(table), Some((column, kind))) = (&table, line.split_once(" -> "))
            && column.chars().all(|c| c.is_alphanumeric() || c == '_')
        {
            found.insert(Column {
                table_name: table.clone(),
                column_name: column.to_owned(),
                nullable: kind.starts_with("Nullable<"),
            });
        }
    }
    found
}

fn assert_same(what: &str, have: &BTreeSet<Column>, want: &BTreeSet<Column>) {
    let more: Vec<_> = have.difference(want).collect();
    let less: Vec<_> = want.difference(have).collect();
    assert!(
        more.is_empty() && less.is_empty(),
        "{what}: only there {more:?}; only in schema.rs {less:?}"
    );
}

#[test]
fn both_databases_have_exactly_the_columns_of_the_schema_file() {
    let want = written_down();
    assert!(want.len() > 100, "schema.rs was not read");
    for (mut conn, _folder) in both() {
        assert_same(&dialect::version(&mut conn).unwrap(), &columns(&mut conn), &want);
    }
}

#[derive(QueryableByName, Debug)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Indexes that only one database has, and why.
const ONLY_POSTGRES: &[(&str, &str)] = &[
    ("complaints_seq", "on SQLite `seq` is the row id"),
    (
        "complaint_search_tokens",
        "on SQLite the word index is a table of its own kind",
    ),
];

/// Indexes by name, with their definition in one spelling. Those that a primary key or a `UNIQUE` makes are left out.
fn indexes(conn: &mut Conn) -> BTreeMap<String, String> {
    let sql = if is_pg(conn) {
        "SELECT i.indexname::text AS name, i.indexdef AS definition FROM pg_indexes i
         WHERE i.schemaname = 'public' AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)"
    } else {
        "SELECT name, sql AS definition FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    };
    let rows: Vec<Index> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter()
        .map(|index| (index.name, one_spelling(&index.definition)))
        .collect()
}

fn one_spelling(definition: &str) -> String {
    let text = definition
        .replace("public.", "")
        .replace(" USING btree", "")
        .replace("::text", "");
    match text.split_once(" WHERE ") {
        Some((index, predicate)) => {
            let predicate = predicate.trim().trim_start_matches('(').trim_end_matches(')');
            format!("{index} WHERE {predicate}")
        }
        None => text,
    }
}

#[test]
fn both_databases_have_the_same_indexes() {
    let mut found = both().into_iter().map(|(mut conn, _folder)| indexes(&mut conn));
    let sqlite = found.next().unwrap();
    assert!(sqlite.len() > 15, "{sqlite:?}");
    let Some(mut pg) = found.next() else { return };
    for (name, why) in ONLY_POSTGRES {
        assert!(
            pg.remove(*name).is_some(),
            "{name} ({why}) is gone: take it off the list"
        );
    }
    assert_eq!(pg, sqlite);
}

fn user_tables(conn: &mut Conn) -> BTreeSet<String> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let sql = if is_pg(conn) {
        "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    };
    let rows: Vec<Name> = diesel::sql_query(sql).load(conn).unwrap();
    let names = rows.into_iter().map(|row| row.name);
    names.filter(|name| !name.starts_with("__diesel")).collect()
}

/// Runs the migrations of the folder (not those in the binary) up or all the way down.
fn run(conn: &mut Conn, up: bool) {
    let side = if is_pg(conn) { SIDES[0] } else { SIDES[1] };
    let files = FileBasedMigrations::from_path(folder(side)).unwrap();
    match conn {
        Conn::Pg(conn) if up => conn.run_pending_migrations(files).map(|_| ()),
        Conn::Sqlite(conn) if up => conn.run_pending_migrations(files).map(|_| ()),
        Conn::Pg(conn) => conn.revert_all_migrations(files).map(|_| ()),
        Conn::Sqlite(conn) => conn.revert_all_migrations(files).map(|_| ()),
    }
    .unwrap();
}

#[test]
fn every_migration_can_be_undone_and_done_again() {
    for (mut conn, _folder) in both() {
        // The template was made by the migrations in the binary, the second run is by those in the
        // folder: that they agree also shows that the binary is not stale.
        let (tables, first, made) = (user_tables(&mut conn), columns(&mut conn), indexes(&mut conn));
        assert!(!migrate::is_pending(&mut conn).unwrap());
        run(&mut conn, false);
        assert_eq!(user_tables(&mut conn), BTreeSet::new(), "left over after the way back");
        assert!(migrate::is_pending(&mut conn).unwrap());
        run(&mut conn, true);
        assert_eq!(user_tables(&mut conn), tables);
        assert_eq!((columns(&mut conn), indexes(&mut conn)), (first, made));
        assert!(
            !migrate::is_pending(&mut conn).unwrap(),
            "a migration of the folder is not in the binary"
        );
    }
}

fn migrate_at_once(target: &Target) {
    let start = Arc::new(std::sync::Barrier::new(6));
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let (target, start) = (target.clone(), Arc::clone(&start));
            std::thread::spawn(move || {
                start.wait();
                migrate::migrate(&target)
            })
        })
        .collect();
    let done: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let migrations = std::fs::read_dir(folder("sqlite")).unwrap().count();
    let run: usize = done
        .into_iter()
        .map(|done| done.unwrap_or_else(|e| panic!("{target:?}: {e}")))
        .sum();
    assert_eq!(run, migrations, "each migration once: {target:?}");
}

#[test]
fn several_processes_may_migrate_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        migrate_at_once(&Target::Sqlite(folder.path().join("hark.sqlite3")));
    }
    if let Some(target) = fresh_postgres() {
        let mut conn = target.connect().unwrap();
        conn.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            .unwrap();
        migrate_at_once(&target);
    }
}

/// Every statement that `work` sends, as the database sees it.
fn statements(conn: &mut Conn, work: impl FnOnce(&mut Conn)) -> Vec<String> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let recorder = Arc::clone(&seen);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let sql = text.split("-- binds:").next().unwrap_or_default().trim().to_owned();
            recorder.lock().unwrap().push(sql);
        }
    });
    work(conn);
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let seen = seen.lock().unwrap();
    seen.clone()
}

/// The plan of a statement with unknown values for its parameters.
fn plan(conn: &mut Conn, statement: &str) -> String {
    if !is_pg(conn) {
        return dialect::explain(conn, statement).unwrap();
    }
    let parameters = (1..).take_while(|n| statement.contains(&format!("${n}"))).count();
    let nothing = vec!["NULL"; parameters].join(", ");
    let given = if parameters == 0 {
        String::new()
    } else {
        format!("({nothing})")
    };
    // Tables with a handful of rows are always read through; here we want to know what can be used.
    conn.batch_execute(&format!(
        "SET enable_seqscan = off; SET enable_sort = off; SET plan_cache_mode = force_generic_plan;
         PREPARE asked AS {statement}"
    ))
    .unwrap();
    let plan = dialect::explain(conn, &format!("EXECUTE asked{given}")).unwrap();
    conn.batch_execute("DEALLOCATE asked").unwrap();
    plan
}

fn act() -> Act {
    Act::of_system(start_of_time(), Policy::default().into())
}

/// Asserts that what `work` asks of `table` first goes through `index`, in its order, without sorting.
fn assert_uses(conn: &mut Conn, table: &str, index: &str, work: impl FnOnce(&mut Conn)) {
    let sent = statements(conn, work);
    let from = |sql: &&String| {
        let sql = sql.replace(['"', '`'], "");
        sql.starts_with("SELECT") && sql.contains(&format!("FROM {table}")) || sql.contains(&format!("FROM ({table}"))
    };
    let statement = sent
        .iter()
        .find(from)
        .unwrap_or_else(|| panic!("nothing was asked of {table}: {sent:?}"));
    let plan = plan(conn, statement);
    assert!(plan.contains(index), "not through {index}:\n{statement}\n{plan}");
    let sorts = plan.contains("TEMP B-TREE") || plan.contains("Sort");
    assert!(!sorts, "sorted after {index}:\n{statement}\n{plan}");
}

#[test]
fn open_promises_are_found_through_their_partial_index() {
    for (mut conn, _folder) in both() {
        assert_uses(&mut conn, "call_backs", "call_backs_open", |conn| {
            assert_eq!(call_backs::sweep(conn, &act(), 10).unwrap(), 0);
        });
        assert_uses(&mut conn, "call_backs", "call_backs_open", |conn| {
            let listing = call_backs::Listing {
                state: Some(CallBackState::Open),
                limit: 50,
                ..call_backs::Listing::default()
            };
            assert!(call_backs::list(conn, start_of_time(), &listing).unwrap().is_empty());
        });
        assert_uses(&mut conn, "call_backs", "call_backs_open", |conn| {
            assert_eq!(call_backs::figures(conn, start_of_time(), 10).unwrap(), (0, 0));
        });
    }
}

#[test]
fn the_sweep_of_clocks_finds_what_comes_next_through_its_partial_index() {
    for (mut conn, _folder) in both() {
        assert_uses(&mut conn, "complaint_clocks", "complaint_clocks_watched", |conn| {
            assert_eq!(watch::next_look(conn).unwrap(), None);
        });
    }
}

#[test]
fn what_waits_for_the_rules_and_what_they_did_is_found_through_indexes() {
    use hark::domain::rules::firings::{self, FiringQuery};
    use hark::domain::rules::run;
    for (mut conn, _folder) in both() {
        assert_uses(&mut conn, "rule_events", "rule_events_waiting", |conn| {
            assert!(!run::is_any(conn, start_of_time()).unwrap());
        });
        assert_uses(&mut conn, "rule_timers", "rule_timers_watched", |conn| {
            assert_eq!(run::next_look(conn).unwrap(), None);
        });
        assert_uses(&mut conn, "rule_firings", "rule_firings_of_rule", |conn| {
            let query = FiringQuery {
                rule: Some("one".to_owned()),
                limit: 50,
                ..FiringQuery::default()
            };
            assert!(firings::list(conn, &query).unwrap().is_empty());
        });
    }
}

#[test]
fn what_is_open_with_somebody_is_found_through_an_index() {
    for (mut conn, _folder) in both() {
        assert_uses(&mut conn, "call_backs", "call_backs_open_by_owner", |conn| {
            let brief = hand_over::collect(conn, "mary").unwrap();
            assert_eq!((brief.promises_total(), brief.complaints_total()), (0, 0));
        });
        let sent = statements(&mut conn, |conn| {
            hand_over::collect(conn, "mary").unwrap();
        });
        let of_complaints = sent
            .iter()
            .find(|sql| sql.contains("FROM \"complaints\"") || sql.contains("FROM `complaints`"));
        let plan = plan(&mut conn, of_complaints.unwrap());
        assert!(plan.contains("complaints_by_owner"), "{plan}");
    }
}

#[test]
fn lists_of_complaints_go_through_the_index_of_their_filter() {
    let listing = |change: &dyn Fn(&mut listing::Listing)| {
        let mut listing = listing::Listing {
            limit: 50,
            after: Some(listing::Cursor {
                seq: 1_000,
                due: None,
                order: listing::Order::Newest,
            }),
            ..listing::Listing::default()
        };
        change(&mut listing);
        listing
    };
    let cases = [
        ("complaints_by_state", listing(&|l| l.state = Some(State::InHandling))),
        ("complaints_by_state", listing(&|l| l.open = Some(false))),
        ("complaints_by_owner", listing(&|l| l.owner = Some("li.na".to_owned()))),
        (
            "complaints_by_team",
            listing(&|l| l.team = Some(hark::ids::TeamId::new(start_of_time()))),
        ),
        (
            "complaints_by_category",
            listing(&|l| l.category = Some("other".to_owned())),
        ),
        (
            "complaints_by_call_back",
            listing(&|l| {
                l.order = listing::Order::CallBackDue;
                l.after = None;
            }),
        ),
        (
            "complaints_by_due",
            listing(&|l| {
                l.order = listing::Order::Due;
                l.after = None;
            }),
        ),
        (
            "complaints_by_due",
            listing(&|l| {
                l.order = listing::Order::Due;
                l.overdue = true;
                l.after = None;
            }),
        ),
    ];
    for (mut conn, _folder) in both() {
        for (index, listing) in &cases {
            assert_uses(&mut conn, "complaints", index, |conn| {
                assert!(listing::list(conn, &act(), listing).unwrap().items.is_empty());
            });
        }
    }
}

#[test]
fn what_repeats_a_complaint_is_found_along_an_index() {
    for (mut conn, _folder) in both() {
        let asked = "SELECT id FROM complaints WHERE duplicate_of = $1 ORDER BY seq LIMIT 100";
        let plan = plan(&mut conn, asked);
        assert!(plan.contains("complaints_by_original"), "{plan}");
    }
}

#[test]
fn the_next_piece_of_work_is_found_along_an_index_in_its_order() {
    for (mut conn, _folder) in both() {
        // What there is to choose from is asked only when there is something: one line, one need.
        let nil = if is_pg(&conn) {
            "gen_random_uuid()"
        } else {
            "zeroblob(16)"
        };
        let line = if is_pg(&conn) {
            "'00000000-0000-0000-0000-000000000000'"
        } else {
            "zeroblob(16)"
        };
        let moment = if is_pg(&conn) { "now()" } else { "0" };
        let constraint = if is_pg(&conn) {
            "SET session_replication_role = replica"
        } else {
            "PRAGMA foreign_keys = OFF"
        };
        conn.batch_execute(&format!(
            "{constraint};
             INSERT INTO work_queue (complaint_id, line, urgent_at, basis, reserved, needs, entered_at)
             VALUES ({nil}, {line}, {moment}, 'age', FALSE, '', {moment})"
        ))
        .unwrap();
        let sent = statements(&mut conn, |conn| drop(take::take_next(conn, &act())));
        let asked: Vec<&String> = sent
            .iter()
            .filter(|sql| sql.starts_with("SELECT") && sql.contains("work_queue") && sql.contains("ORDER BY"))
            .collect();
        assert!(asked.len() >= 4, "{sent:?}");
        for statement in asked {
            let plan = plan(&mut conn, statement);
            let index = if statement.contains("IS NOT NULL") {
                "work_queue_calls"
            } else {
                "work_queue_line"
            };
            assert!(plan.contains(index), "not through {index}:\n{statement}\n{plan}");
            assert!(
                !plan.contains("TEMP B-TREE") && !plan.contains("Sort"),
                "sorted:\n{statement}\n{plan}"
            );
        }
    }
}

#[test]
fn the_queue_is_listed_along_the_index_of_its_filter() {
    let listing = |change: &dyn Fn(&mut queue::Listing)| {
        let mut listing = queue::Listing {
            limit: 50,
            after: Some((start_of_time(), hark::ids::ComplaintId::new(start_of_time()))),
            ..queue::Listing::default()
        };
        change(&mut listing);
        listing
    };
    let cases = [
        ("work_queue_by_urgency", listing(&|_| ())),
        ("work_queue_by_owner", listing(&|l| l.mine = true)),
        (
            "work_queue_by_team",
            listing(&|l| l.team = Some(hark::ids::TeamId::new(start_of_time()))),
        ),
    ];
    for (mut conn, _folder) in both() {
        for (index, listing) in &cases {
            assert_uses(&mut conn, "work_queue", index, |conn| {
                assert!(queue::list(conn, &act(), listing).unwrap().items.is_empty());
            });
        }
    }
}
