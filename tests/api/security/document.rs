//! `docs/security.md` says where each thing is met: that much of it is true as a test can see.

use std::path::Path;

/// How many requirements each section of ASVS 5.0.0 has.
#[rustfmt::skip]
const SECTIONS: &[(&str, u32)] = &[
    ("1.1", 2), ("1.2", 10), ("1.3", 12), ("1.4", 3), ("1.5", 3), ("2.1", 3), ("2.2", 3), ("2.3", 5), ("2.4", 2),
    ("3.1", 1), ("3.2", 3), ("3.3", 5), ("3.4", 8), ("3.5", 8), ("3.6", 1), ("3.7", 5), ("4.1", 5), ("4.2", 5),
    ("4.3", 2), ("4.4", 4), ("5.1", 1), ("5.2", 6), ("5.3", 3), ("5.4", 3), ("6.1", 3), ("6.2", 12), ("6.3", 8),
    ("6.4", 6), ("6.5", 8), ("6.6", 4), ("6.7", 2), ("6.8", 4), ("7.1", 3), ("7.2", 4), ("7.3", 2), ("7.4", 5),
    ("7.5", 3), ("7.6", 2), ("8.1", 4), ("8.2", 4), ("8.3", 3), ("8.4", 2), ("9.1", 3), ("9.2", 4), ("10.1", 2),
    ("10.2", 3), ("10.3", 5), ("10.4", 16), ("10.5", 5), ("10.6", 2), ("10.7", 3), ("11.1", 4), ("11.2", 5),
    ("11.3", 5), ("11.4", 4), ("11.5", 2), ("11.6", 2), ("11.7", 2), ("12.1", 5), ("12.2", 2), ("12.3", 5),
    ("13.1", 4), ("13.2", 6), ("13.3", 4), ("13.4", 7), ("14.1", 2), ("14.2", 8), ("14.3", 3), ("15.1", 5),
    ("15.2", 5), ("15.3", 7), ("15.4", 4), ("16.1", 1), ("16.2", 5), ("16.3", 4), ("16.4", 3), ("16.5", 4),
    ("17.1", 2), ("17.2", 8), ("17.3", 2),
];

/// Those of level 3.
const LEVEL_3: &str = "\
    1.2.10 1.3.12 1.5.3 2.3.5 2.4.2 3.1.1 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.6.1 3.7.3 3.7.4 3.7.5 4.1.4 \
    4.1.5 4.2.2 4.2.3 4.2.4 4.2.5 5.2.4 5.2.5 5.2.6 5.3.3 6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 \
    6.6.4 6.7.1 6.7.2 7.5.3 8.1.3 8.1.4 8.2.4 8.3.2 8.3.3 8.4.2 10.2.3 10.3.5 10.4.12 10.4.13 10.4.14 10.4.15 \
    10.4.16 11.1.3 11.1.4 11.2.4 11.2.5 11.3.4 11.3.5 11.5.2 11.6.2 11.7.1 11.7.2 12.1.4 12.1.5 12.3.5 13.1.2 \
    13.1.3 13.1.4 13.2.6 13.3.3 13.3.4 13.4.6 13.4.7 14.2.5 14.2.6 14.2.7 14.2.8 15.1.4 15.1.5 15.2.4 15.2.5 \
    15.4.1 15.4.2 15.4.3 15.4.4 16.5.4 17.1.2 17.2.5 17.2.6 17.2.7 17.2.8";

fn page() -> String {
    std::fs::read_to_string(root().join("docs/security.md")).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The requirements of levels 1 and 2, in order.
fn wanted() -> Vec<String> {
    let higher: Vec<&str> = LEVEL_3.split_whitespace().collect();
    let all = SECTIONS
        .iter()
        .flat_map(|(section, count)| (1..=*count).map(move |n| format!("{section}.{n}")));
    all.filter(|number| !higher.contains(&number.as_str())).collect()
}

/// Orders the numbers of requirements.
fn place(number: &str) -> Vec<u32> {
    number.split('.').map(|part| part.parse().unwrap()).collect()
}

#[test]
fn every_requirement_of_the_first_two_levels_is_answered_once() {
    let (page, wanted) = (page(), wanted());
    assert_eq!(wanted.len(), 253);
    let mut answered = Vec::new();
    let table = page.split("### V1 ").nth(1).unwrap();
    for row in table
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('.'))
    {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [numbers, asks, status, place_or_reason] = cells[..] else {
            panic!("{row}")
        };
        assert!(
            ["met", "partly", "not met", "does not apply"].contains(&status),
            "{row}"
        );
        assert!(!asks.is_empty() && !place_or_reason.is_empty(), "{row}");
        let (first, last) = numbers.split_once('–').unwrap_or((numbers, numbers));
        let within = |number: &&String| (place(first)..=place(last)).contains(&place(number));
        answered.extend(wanted.iter().filter(within).cloned());
    }
    assert_eq!(answered, wanted);
}

/// What stands between single backticks.
fn named(page: &str) -> Vec<&str> {
    page.split('`').skip(1).step_by(2).collect()
}

#[test]
fn whatever_the_page_names_is_there() {
    let page = page();
    let mut sources = String::new();
    for folder in ["src", "tests"] {
        read_all(&root().join(folder), &mut sources);
    }
    let (mut tests, mut files) = (0, 0);
    for name in named(&page) {
        let is_word = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if is_word && name.matches('_').count() > 2 {
            tests += 1;
            assert!(sources.contains(&format!("fn {name}(")), "no test is called {name}");
        } else if name.starts_with("HARK_") {
            let setting = name.split('=').next().unwrap();
            assert!(
                sources.contains(&format!("\"{setting}\"")),
                "no setting is called {setting}"
            );
        } else if ["src/", "tests/", "docs/", "openapi/", ".ci/"]
            .iter()
            .any(|start| name.starts_with(start))
        {
            files += 1;
            assert!(root().join(name).exists(), "there is no {name}");
        }
    }
    assert!(tests > 50 && files > 30, "{tests} tests and {files} files are named");
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
