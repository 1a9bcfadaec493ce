//! The direction of the arrows, kept by reading the source: edges → domain → db, and never back.
//!
//! A line is judged without its comments; test modules are left out. What a rule does not forbid
//! but a reader may wonder about stands in a list of exceptions, each with its reason.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A file of `src`, in lines, comments and test modules blanked out.
struct Source {
    /// Relative to `src`, with `/`.
    path: String,
    lines: Vec<String>,
    /// Every path that a `use` names, written out, with its line.
    uses: Vec<(usize, String)>,
    length: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    gather(&root, &mut files);
    files.sort();
    assert!(files.len() > 40, "src was not read");
    files
        .into_iter()
        .filter(|file| !file.ends_with("tests.rs"))
        .map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            let path = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            Source::of(path, &text)
        })
        .collect()
}

fn gather(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, into);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            into.push(path);
        }
    }
}

impl Source {
    fn of(path: String, text: &str) -> Self {
        let mut lines: Vec<String> = text.lines().map(without_comment).collect();
        let length = lines.len();
        // Inline test modules stand at the end of their file.
        if let Some(at) = lines.iter().position(|line| line.trim() == "#[cfg(test)]") {
            lines.truncate(at);
        }
        let uses = uses(&path, &lines);
        Self {
            path,
            lines,
            uses,
            length,
        }
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder) || self.path == format!("{}.rs", folder.trim_end_matches('/'))
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    /// Lines that hold `text`, and not only as the end of a longer word.
    fn lines_with<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        self.lines.iter().enumerate().filter_map(move |(n, line)| {
            let found = line.match_indices(text).any(|(at, _)| {
                let word = |c: char| c.is_alphanumeric() || c == '_';
                !(text.starts_with(word) && line[..at].ends_with(word))
            });
            found.then_some((n + 1, line.trim()))
        })
    }

    /// Lines that name a module by its full path: in a `use`, however it is nested, or in the text.
    fn naming(&self, module: &str) -> Vec<(usize, String)> {
        let within = |path: &str| path == module || path.starts_with(&format!("{module}::"));
        let mut found: Vec<(usize, String)> = self.uses.iter().filter(|(_, path)| within(path)).cloned().collect();
        found.extend(self.lines_with(module).map(|(n, line)| (n, line.to_owned())));
        found.sort();
        found.dedup_by_key(|(n, _)| *n);
        found
    }
}

/// The line without its comment. A `//` in a string begins none, unless a space is before it.
fn without_comment(line: &str) -> String {
    if line.trim_start().starts_with("//") {
        return String::new();
    }
    let cut = line.find(" // ").unwrap_or(line.len());
    line[..cut].to_owned()
}

/// Every path that the `use` declarations name, with braces taken apart and `super`, `self` resolved.
fn uses(path: &str, lines: &[String]) -> Vec<(usize, String)> {
    let mut module: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    if matches!(module.last(), Some(&("mod" | "lib" | "main"))) {
        module.pop();
    }
    let mut found = Vec::new();
    let mut n = 0;
    while n < lines.len() {
        let start = lines[n].trim_start();
        let start = start.strip_prefix("pub ").unwrap_or(start);
        let Some(first) = start.strip_prefix("use ") else {
            n += 1;
            continue;
        };
        let at = n + 1;
        let mut tree = first.to_owned();
        while !tree.contains(';') && n + 1 < lines.len() {
            n += 1;
            tree.push_str(lines[n].trim());
        }
        n += 1;
        let tree: String = tree.split(';').next().unwrap_or_default().to_owned();
        let mut paths = Vec::new();
        expand("", &tree, &mut paths);
        found.extend(paths.into_iter().map(|path| (at, resolve(&module, &path))));
    }
    found
}

/// Takes `a::{b, c::{d}}` apart.
fn expand(prefix: &str, tree: &str, into: &mut Vec<String>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or_default().trim();
        if !path.is_empty() {
            into.push(format!("{prefix}{path}"));
        }
        return;
    };
    let inner = tree[open + 1..].strip_suffix('}').unwrap_or(&tree[open + 1..]);
    let prefix = format!("{prefix}{}", &tree[..open]);
    let (mut depth, mut start) = (0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&prefix, &inner[start..at], into);
                start = at + 1;
            }
            _ => {}
        }
    }
    expand(&prefix, &inner[start..], into);
}

fn resolve(module: &[&str], path: &str) -> String {
    let mut base: Vec<&str> = vec!["crate"];
    base.extend(module);
    let mut rest: Vec<&str> = path.split("::").collect();
    match rest.first() {
        Some(&"self") => {
            rest.remove(0);
        }
        Some(&"super") => {
            while rest.first() == Some(&"super") {
                rest.remove(0);
                base.pop();
            }
        }
        _ => return path.trim_end_matches("::self").to_owned(),
    }
    base.extend(rest);
    base.join("::").trim_end_matches("::self").to_owned()
}

/// Fails with file and line of everything that was found.
fn assert_none(rule: &str, found: &[(String, usize, String)]) {
    let mut text = String::new();
    for (path, line, what) in found {
        let _ = writeln!(text, "  src/{path}:{line}: {what}");
    }
    assert!(found.is_empty(), "{rule}\n{text}");
}

/// Refuses modules that files of a folder name.
fn refuse(rule: &str, folder: &str, modules: &[&str], except: &[(&str, &str)]) {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| source.is_in(folder)) {
        for module in modules {
            for (line, what) in source.naming(module) {
                let allowed = except
                    .iter()
                    .any(|(path, part)| *path == source.path && what.contains(part));
                if !allowed {
                    found.push((source.path.clone(), line, what));
                }
            }
        }
    }
    assert_none(rule, &found);
}

#[test]
fn the_parser_of_these_tests_reads_nested_uses() {
    let text = "use crate::{api::{self, x as y}, db};\nuse super::super::worker;\nuse self::a::{\n    b,\n    c,\n};\n// use crate::cli;\nfn f() {}\n#[cfg(test)]\nmod tests { use crate::cli; }\n";
    let source = Source::of("domain/complaints/mod.rs".to_owned(), text);
    let paths: Vec<&str> = source.uses.iter().map(|(_, path)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "crate::api",
            "crate::api::x",
            "crate::db",
            "crate::worker",
            "crate::domain::complaints::a::b",
            "crate::domain::complaints::a::c"
        ]
    );
    assert_eq!(source.naming("crate::cli"), []);
    assert_eq!(source.naming("crate::worker"), [(2, "crate::worker".to_owned())]);
    let source = Source::of("domain/a.rs".to_owned(), "fn f() { crate::api::g() } // crate::cli\n");
    assert_eq!(source.naming("crate::api").len(), 1);
    assert_eq!(source.naming("crate::cli").len(), 0);
}

#[test]
fn the_domain_knows_no_http_no_mail_and_no_edge() {
    refuse(
        "the domain names an edge: it must not know who asks it",
        "domain/",
        &[
            "actix_web",
            "actix_rt",
            "actix_http",
            "lettre",
            "clap",
            "reqwest",
            "tokio",
            "crate::api",
            "crate::web",
            "crate::worker",
            "crate::cli",
            "crate::app",
            "crate::settings",
            "crate::telemetry",
        ],
        &[],
    );
}

#[test]
fn the_database_layer_knows_nothing_above_it() {
    refuse(
        "db names something above it",
        "db/",
        &[
            "actix_web",
            "crate::api",
            "crate::web",
            "crate::worker",
            "crate::cli",
            "crate::app",
            "crate::settings",
            "crate::telemetry",
        ],
        &[],
    );
    refuse(
        "db names a noun of the domain",
        "db/",
        &["crate::domain"],
        // The words of a search are written differently for each database; the words themselves are domain.
        &[("db/dialect.rs", "crate::domain::search")],
    );
}

#[test]
fn the_edges_do_not_lean_on_each_other() {
    refuse(
        "the API names another edge",
        "api/",
        &["crate::cli", "crate::worker", "clap"],
        &[],
    );
    // The tables of both are looked into where requests are let in; both are registered where they are served.
    refuse(
        "the API names pages",
        "api/",
        &["crate::web"],
        &[("api/routes.rs", "crate::web::routes"), ("api/server.rs", "crate::web")],
    );
    refuse(
        "pages name another edge",
        "web/",
        &["crate::cli", "crate::worker", "clap", "crate::api::routes::ROUTES"],
        &[],
    );
    refuse(
        "the worker names another edge",
        "worker/",
        &["crate::cli", "crate::api", "crate::web", "actix_web", "clap"],
        &[],
    );
    let foundations = ["clock.rs", "ids.rs", "error.rs"];
    let mut found = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| foundations.contains(&source.path.as_str()))
    {
        for module in [
            "crate::api",
            "crate::web",
            "crate::cli",
            "crate::worker",
            "crate::app",
            "crate::domain",
            "actix_web",
        ] {
            found.extend(
                source
                    .naming(module)
                    .into_iter()
                    .map(|(line, what)| (source.path.clone(), line, what)),
            );
        }
    }
    assert_none("a foundation names what stands on it", &found);
}

/// Files that hold SQL and are not called `store.rs`, each with its reason.
const STORES_BY_ANOTHER_NAME: &[(&str, &str)] = &[
    (
        "domain/complaints/tallies.rs",
        "the counts are one upsert and one read, told where they are kept",
    ),
    (
        "worker/lease.rs",
        "which process does a job: one upsert; the worker has no noun of the domain",
    ),
];

/// Files that name tables only in the derives of their rows.
const ROWS: &[(&str, &str)] = &[
    ("domain/complaints/model.rs", "the rows of complaints"),
    ("domain/complaints/attachments/model.rs", "the row of an attachment"),
    ("domain/customers/model.rs", "the rows of customers"),
    ("domain/staff/model.rs", "the rows of people, teams and roles"),
    ("domain/staff/tokens.rs", "the row of a service token"),
    ("domain/notifications/mod.rs", "the row of the outbox"),
    ("domain/privacy/model.rs", "the rows of consents, holds and retention"),
    ("domain/sla/calendars/model.rs", "the rows of calendars"),
    ("domain/sla/clocks/row.rs", "the rows of clocks and their signals"),
    ("domain/work/absences/mod.rs", "the row of an absence"),
    ("domain/presence/mod.rs", "the row of somebody who is there"),
    ("domain/drafts/mod.rs", "the row of a draft"),
    ("domain/work/profiles/mod.rs", "the row of a work profile"),
    ("domain/work/row.rs", "the row of the queue of work"),
    (
        "domain/improvement/model.rs",
        "the rows of corrective actions and their complaints",
    ),
    ("domain/reviews/model.rs", "the rows of call review"),
    ("domain/audit/mod.rs", "the rows of the audit"),
    ("domain/audit/fields.rs", "the row of a value that the audit refers to"),
    ("domain/audit/seal.rs", "the row of a seal"),
];

/// What only a query looks like. (`.load(conn` and `.execute(conn` also catch the query DSL, which
/// cannot be run otherwise.)
const QUERY: &[&str] = &[
    "diesel::sql_query(",
    "sql_query(",
    "diesel::insert_into(",
    "insert_into(",
    "diesel::update(",
    "diesel::delete(",
    "insert_rows!(",
    "insert_new!(",
    "insert_returning!(",
    "on_each!(",
    "sql::<",
    ".execute(conn",
    ".execute(c)",
    ".load(conn",
    ".load::<",
    ".first(conn",
    ".get_result(conn",
    ".get_results(conn",
    ".into_boxed(",
    ".select(",
    ".inner_join(",
    ".left_join(",
    "as_select(",
    "eq_any(",
    "batch_execute(",
];

fn may_hold_sql(source: &Source) -> bool {
    source.is_in("db/")
        || source.is_in("domain/reporting/")
        || matches!(source.name(), "store.rs" | "bulk.rs")
        || STORES_BY_ANOTHER_NAME.iter().any(|(path, _)| *path == source.path)
}

#[test]
fn sql_stands_only_in_stores() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !may_hold_sql(source)) {
        for mark in QUERY {
            found.extend(
                source
                    .lines_with(mark)
                    .map(|(line, what)| (source.path.clone(), line, what.to_owned())),
            );
        }
    }
    assert_none("SQL outside a store", &found);
}

#[test]
fn tables_are_named_only_in_stores_and_in_the_derives_of_rows() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !may_hold_sql(source)) {
        let named = source.naming("crate::db::schema");
        let is_row = ROWS.iter().any(|(path, _)| *path == source.path);
        if !is_row {
            found.extend(named.into_iter().map(|(line, what)| (source.path.clone(), line, what)));
            continue;
        }
        // A row names its table in an attribute and nowhere else.
        let tables: Vec<String> = source
            .uses
            .iter()
            .filter(|(_, path)| path.starts_with("crate::db::schema"))
            .filter_map(|(_, path)| path.rsplit("::").next().map(str::to_owned))
            .collect();
        for table in tables {
            for (line, what) in source.lines_with(&format!("{table}::")) {
                let attribute = what.starts_with("#[diesel(") || what.starts_with("use ");
                if !attribute {
                    found.push((source.path.clone(), line, what.to_owned()));
                }
            }
        }
    }
    assert_none("a table outside a store", &found);
}

#[test]
fn every_exception_still_exists() {
    let sources = sources();
    let listed = STORES_BY_ANOTHER_NAME.iter().chain(ROWS).map(|(path, _)| *path);
    for path in listed.chain(LONG.iter().map(|(path, _)| *path)) {
        assert!(
            sources.iter().any(|source| source.path == path),
            "src/{path} is gone: take it off the list"
        );
    }
    for (path, _) in STORES_BY_ANOTHER_NAME {
        let source = sources.iter().find(|source| source.path == *path).unwrap();
        let holds = QUERY
            .iter()
            .any(|mark| source.lines.iter().any(|line| line.contains(mark)));
        assert!(holds, "src/{path} holds no SQL any more: take it off the list");
    }
}

#[test]
fn what_differs_between_the_databases_stands_in_the_dialect() {
    let allowed = [
        "db/dialect.rs",
        "db/holds.rs",
        "db/settled.rs",
        "db/sums.rs",
        "db/conn.rs",
        "db/migrate.rs",
    ];
    let mut found = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| !allowed.contains(&source.path.as_str()))
    {
        for mark in ["Conn::Pg", "Conn::Sqlite", "PgConnection", "SqliteConnection"] {
            found.extend(
                source
                    .lines_with(mark)
                    .map(|(line, what)| (source.path.clone(), line, what.to_owned())),
            );
        }
    }
    assert_none("a fork between the databases outside the dialect", &found);
    // Which of the two a URL names is known where the database is opened, and where it is asked for.
    let allowed = ["db/conn.rs", "db/mod.rs", "settings.rs"];
    let mut found = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| !allowed.contains(&source.path.as_str()))
    {
        for mark in ["Target::Pg", "Target::Sqlite"] {
            found.extend(
                source
                    .lines_with(mark)
                    .map(|(line, what)| (source.path.clone(), line, what.to_owned())),
            );
        }
    }
    assert_none("a fork between the databases where only opening knows it", &found);
}

#[test]
fn only_the_clock_asks_the_time() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| source.path != "clock.rs") {
        for mark in [
            "Utc::now",
            "Local::now",
            "SystemTime::now",
            "Instant::now",
            "OffsetDateTime::now",
            "now_v7",
            "Uuid::new_v4",
            "CURRENT_TIMESTAMP",
            "now()\"",
        ] {
            found.extend(
                source
                    .lines_with(mark)
                    .map(|(line, what)| (source.path.clone(), line, what.to_owned())),
            );
        }
    }
    assert_none("the time is asked outside the clock", &found);
    // Within the domain the moment comes with the act; nobody holds a clock.
    refuse("the domain holds a clock", "domain/", &["crate::clock::Clock"], &[]);
}

#[test]
fn nouns_call_each_others_operations_never_their_stores() {
    let sources = sources();
    let nouns: Vec<String> = sources
        .iter()
        .filter_map(|source| {
            source
                .path
                .strip_prefix("domain/")?
                .split_once('/')
                .map(|(noun, _)| noun.to_owned())
        })
        .collect();
    let mut found = Vec::new();
    for source in &sources {
        for noun in nouns.iter().collect::<std::collections::BTreeSet<_>>() {
            if source.is_in(&format!("domain/{noun}/")) {
                continue;
            }
            let store = format!("crate::domain::{noun}::store");
            found.extend(
                source
                    .naming(&store)
                    .into_iter()
                    .map(|(line, what)| (source.path.clone(), line, what)),
            );
        }
        // A store that is public would be an invitation.
        if source.path.starts_with("domain/") && source.name() == "mod.rs" {
            for mark in ["pub mod store", "pub(crate) mod store", "pub use self::store"] {
                found.extend(
                    source
                        .lines_with(mark)
                        .map(|(line, what)| (source.path.clone(), line, what.to_owned())),
                );
            }
        }
    }
    assert_none("a store of another noun", &found);
}

#[test]
fn the_rules_of_handling_are_pure() {
    let sources = sources();
    let mut found = Vec::new();
    for path in [
        "domain/complaints/procedure.rs",
        "domain/complaints/call_backs/settling.rs",
        "domain/complaints/vocabulary.rs",
        "domain/complaints/reference.rs",
        "domain/search/mod.rs",
        "domain/policy.rs",
        "domain/complaints/history/codes.rs",
        "domain/complaints/history/milestones.rs",
        "domain/complaints/history/reading.rs",
        "domain/sla/calendar.rs",
        "domain/sla/clocks/pauses.rs",
        "domain/sla/clocks/signals.rs",
        "domain/sla/clocks/walk.rs",
        "domain/sla/clocks/walk/events.rs",
        "domain/sla/clocks/walk/ticking.rs",
        "domain/sla/policies/checked.rs",
        "domain/sla/policies/model.rs",
        "domain/sla/deadline.rs",
        "domain/sla/explain.rs",
        "domain/sla/holidays.rs",
        "domain/sla/holidays/ics.rs",
        "domain/sla/local.rs",
        "domain/sla/notation.rs",
        "domain/sla/notation/read.rs",
        "domain/sla/plan.rs",
        "domain/sla/working.rs",
        "domain/work/rank.rs",
        "domain/work/skills.rs",
    ] {
        let source = sources.iter().find(|source| source.path == path).unwrap();
        for module in ["crate::db::conn", "crate::clock::Clock", "diesel"] {
            found.extend(
                source
                    .naming(module)
                    .into_iter()
                    .map(|(line, what)| (source.path.clone(), line, what)),
            );
        }
    }
    assert_none("a pure file names the database", &found);
}

/// Where one thinks again.
const LONGEST: usize = 400;

/// Files that are longer, with the length at which one thinks once more.
const LONG: &[(&str, usize)] = &[
    // Every handler of a complaint: one hop each, with its documentation for the API.
    ("api/complaints.rs", 560),
    // Every table, column by column.
    ("db/schema.rs", 1500),
    // The table of every problem, a few lines each.
    ("error.rs", 440),
    // Every report: one hop each, with its documentation for the API.
    ("api/reports.rs", 480),
    // What handlers ask of a request, with its tests.
    ("api/extract.rs", 470),
    // The table of contents: a line or a few for each route.
    ("api/routes.rs", 560),
    // Everything that differs between the databases.
    ("db/dialect.rs", 560),
    // The small changes, each with its form.
    ("domain/complaints/changes.rs", 490),
    // Two forms with a description of each field, and their check.
    ("domain/complaints/intake.rs", 500),
    // Service tokens: made, renewed, revoked, and who acts with one.
    ("domain/staff/tokens.rs", 410),
];

#[test]
fn no_file_is_long_unseen() {
    let mut found = Vec::new();
    for source in sources() {
        let listed = LONG.iter().find(|(path, _)| *path == source.path);
        let limit = listed.map_or(LONGEST, |(_, limit)| *limit);
        if source.length > limit {
            found.push((
                source.path.clone(),
                source.length,
                format!("{} lines, at most {limit}", source.length),
            ));
        } else if listed.is_some() && source.length <= LONGEST {
            found.push((
                source.path.clone(),
                source.length,
                "short again: take it off the list".to_owned(),
            ));
        }
    }
    assert_none("a file is long: take it apart, or list it with a reason", &found);
}

#[test]
fn unsafe_code_and_lint_exceptions_are_seen() {
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    let mut found = Vec::new();
    for source in sources() {
        for (n, line) in source.lines.iter().enumerate() {
            if line.contains("#[allow(") || line.contains("#![allow(") {
                found.push((source.path.clone(), n + 1, line.trim().to_owned()));
            }
        }
    }
    assert_none(
        "`#[expect(.., reason = \"..\")]`, so that it goes when it is no longer needed",
        &found,
    );
}
