//! The rules and dashboards of `k8s/monitoring`: that each alert says what to do and has its cases, and that dashboards
//! can be read by somebody who has not built them. That they find the figures they ask for is tested by `.ci/monitoring`,
//! with a Prometheus.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// How wide a dashboard is.
const WIDTH: u64 = 24;
/// What may be chosen by: labels whose values are words of ours, and processes.
const CHOSEN_BY: [&str; 2] = ["channel", "instance"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The names of the alerts, in their order.
fn alerts() -> Vec<String> {
    let rules = text("k8s/monitoring/hark.rules.yml");
    let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    names.map(str::to_owned).collect()
}

fn dashboards() -> Vec<Value> {
    let folder = std::fs::read_dir(root().join("k8s/monitoring/dashboards")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 3);
    let read = |file: &PathBuf| serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    files.iter().map(read).collect()
}

fn panels(board: &Value) -> &[Value] {
    board["panels"].as_array().unwrap()
}

fn word<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn every_alert_says_what_to_do_in_a_section_of_its_own() {
    let (rules, handbook) = (text("k8s/monitoring/hark.rules.yml"), text("docs/monitoring.md"));
    let sections: BTreeSet<&str> = handbook
        .lines()
        .filter_map(|line| line.strip_prefix("## Hark"))
        .collect();
    let alerts = alerts();
    assert!(alerts.len() > 15, "the rules were not read");
    for alert in &alerts {
        let name = alert.strip_prefix("Hark").unwrap();
        assert!(sections.contains(name), "docs/monitoring.md has no section {alert}");
        let link = format!("runbook_url: docs/monitoring.md#{}", alert.to_lowercase());
        assert!(rules.contains(&link), "{alert} does not lead to its section");
    }
    assert_eq!(sections.len(), alerts.len(), "a section is about no alert");
    for annotation in ["summary", "description", "runbook_url", "severity"] {
        let n = rules
            .lines()
            .filter(|line| line.trim().starts_with(&format!("{annotation}: ")))
            .count();
        assert_eq!(n, alerts.len(), "{annotation}");
    }
}

#[test]
fn every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() {
    let cases = [
        text("k8s/monitoring/hark.rules.test.yml"),
        text("k8s/monitoring/hark.days.test.yml"),
    ]
    .concat();
    let lines: Vec<&str> = cases.lines().map(str::trim).collect();
    for alert in alerts() {
        let quiet = format!("alertname: {alert}, exp_alerts: []}}");
        assert!(
            lines.iter().any(|line| line.ends_with(&quiet)),
            "{alert} is never quiet"
        );
        let fires = lines.windows(3).any(|some| {
            some[0] == format!("alertname: {alert}") && some[1] == "exp_alerts:" && some[2].starts_with("- exp_labels:")
        });
        assert!(fires, "{alert} never fires");
    }
}

#[test]
fn every_panel_has_a_title_a_unit_and_words_for_those_who_did_not_build_it() {
    let mut uids = BTreeSet::new();
    for board in dashboards() {
        let title = word(&board, "/title");
        assert!(
            title.starts_with("Hark – ") && !word(&board, "/description").is_empty(),
            "{title}"
        );
        assert!(
            uids.insert(word(&board, "/uid").to_owned()),
            "{title}: two have the same uid"
        );
        let ids: BTreeSet<u64> = panels(&board)
            .iter()
            .map(|panel| panel["id"].as_u64().unwrap())
            .collect();
        assert_eq!(ids.len(), panels(&board).len(), "{title}: two panels have the same id");
        for panel in panels(&board) {
            let name = word(panel, "/title");
            assert!(
                !name.is_empty() && !word(panel, "/fieldConfig/defaults/unit").is_empty(),
                "{title}: {name}"
            );
            let words = word(panel, "/description");
            assert!(words.len() > 40 && words.ends_with('.'), "{title}: {name}: {words}");
            let targets = panel["targets"].as_array().unwrap();
            assert!(!targets.is_empty(), "{title}: {name} asks nothing");
            for target in targets {
                assert_eq!(word(target, "/datasource/uid"), "${datasource}", "{title}: {name}");
            }
        }
    }
}

#[test]
fn large_figures_come_first_then_charts_then_tables_and_none_lies_over_another() {
    let rank = |panel: &Value| match word(panel, "/type") {
        "stat" => 0,
        "timeseries" | "bargauge" => 1,
        "table" => 2,
        other => panic!("{other} has no place"),
    };
    for board in dashboards() {
        let title = word(&board, "/title").to_owned();
        let mut taken = BTreeSet::new();
        for pair in panels(&board).windows(2) {
            assert!(
                rank(&pair[0]) <= rank(&pair[1]),
                "{title}: {}",
                word(&pair[1], "/title")
            );
        }
        let large: Vec<&Value> = panels(&board).iter().filter(|panel| rank(panel) == 0).collect();
        assert!((1..=6).contains(&large.len()), "{title}: few large figures");
        for panel in panels(&board) {
            let at = |name: &str| panel["gridPos"][name].as_u64().unwrap();
            assert!(at("x") + at("w") <= WIDTH, "{title}: {}", word(panel, "/title"));
            for x in at("x")..at("x") + at("w") {
                for y in at("y")..at("y") + at("h") {
                    assert!(
                        taken.insert((x, y)),
                        "{title}: {} lies over another",
                        word(panel, "/title")
                    );
                }
            }
        }
        for panel in large {
            assert_eq!(panel["gridPos"]["y"], 0, "{title}: seen without scrolling");
            assert_eq!(word(panel, "/options/graphMode"), "area", "{title}: with their trend");
            assert!(
                panel["fieldConfig"]["defaults"]["thresholds"]["steps"].is_array(),
                "{title}"
            );
        }
    }
}

#[test]
fn what_can_be_chosen_on_a_dashboard_has_few_values() {
    for board in dashboards() {
        for variable in board["templating"]["list"].as_array().unwrap() {
            let name = word(variable, "/name");
            match word(variable, "/type") {
                "datasource" => {}
                "custom" => assert!(variable["options"].as_array().unwrap().len() <= 10, "{name}"),
                "query" => {
                    let query = word(variable, "/query/query");
                    let label = query
                        .strip_suffix(')')
                        .and_then(|query| query.rsplit_once(", "))
                        .unwrap()
                        .1;
                    assert!(
                        query.starts_with("label_values(") && CHOSEN_BY.contains(&label),
                        "{query}"
                    );
                }
                other => panic!("{name}: {other}"),
            }
        }
    }
}
