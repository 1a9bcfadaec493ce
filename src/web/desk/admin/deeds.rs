//! What rules and macros do with a complaint: as fields of a form, and in words.

use serde_json::Value;

use super::document::{Kind, Leaf, Node, Options};
use super::known::{Known, all, options};
use crate::domain::complaints::vocabulary::{BallWith, CauseCategory, Decision, Level};
use crate::domain::typing::CustomerType;
use crate::web::desk::complaint::CATEGORIES;
use crate::web::desk::words::word;
use crate::web::i18n::{Words, fl};

/// Every action, in the order of the list; those that are done in somebody's own name come last.
const ACTIONS: &[&str] = &[
    "assign",
    "assign_least_loaded",
    "assign_to_lead",
    "escalate",
    "route",
    "add_note",
    "send_message",
    "set_severity",
    "set_category",
    "set_product",
    "set_customer_type",
    "tag",
    "untag",
    "wait",
    "resume",
    "close",
    "watch",
    "unwatch",
];
/// How many of them rules may do.
const OF_RULES: usize = 16;

/// The list of actions of a document.
pub(super) fn list(words: Words, key: &'static str, known: &Known, of_rule: bool) -> Node {
    let actions = ACTIONS.iter().copied().take(match of_rule {
        true => OF_RULES,
        false => ACTIONS.len(),
    });
    Node::List {
        key,
        title: fl!(words, "admin-then"),
        hint: match of_rule {
            true => fl!(words, "admin-then-hint"),
            false => fl!(words, "admin-macro-hint"),
        },
        one: fl!(words, "admin-action"),
        another: fl!(words, "admin-action-more"),
        begun: true,
        folded: None,
        nodes: one(words, known, options(words, "do", actions)),
    }
}

fn leaf(words: Words, key: &'static str, kind: Kind) -> Leaf {
    Leaf::new(key, word(words, "action-field", key), kind)
}

fn chosen(words: Words, key: &'static str, area: &str, values: impl IntoIterator<Item = &'static str>) -> Leaf {
    leaf(words, key, Kind::One(options(words, area, values))).needed()
}

/// The fields of an action: which it is, and what belongs to which.
fn one(words: Words, known: &Known, actions: Options) -> Vec<Node> {
    let mut nodes = vec![
        Leaf::new("do", fl!(words, "admin-action"), Kind::One(actions))
            .needed()
            .picks()
            .into(),
    ];
    nodes.extend(giving(words, known));
    nodes.extend(setting(words));
    nodes.extend(ending(words));
    nodes
}

/// To whom it is given, and what is written.
fn giving(words: Words, known: &Known) -> Vec<Node> {
    let mut teams = known.teams.clone();
    teams.insert(0, ("-".to_owned(), fl!(words, "admin-no-team")));
    vec![
        leaf(words, "owner", Kind::Line)
            .hint(fl!(words, "admin-owner-hint"))
            .dash()
            .when(&["assign"])
            .into(),
        leaf(words, "team", Kind::One(teams))
            .dash()
            .when(&["assign", "assign_least_loaded"])
            .into(),
        leaf(words, "text", Kind::One(known.texts.clone()))
            .hint(fl!(words, "admin-text-or-body"))
            .when(&["send_message"])
            .into(),
        leaf(words, "body", Kind::Prose(3))
            .when(&["add_note", "send_message"])
            .into(),
    ]
}

/// What is said of the complaint.
fn setting(words: Words) -> Vec<Node> {
    vec![
        chosen(words, "severity", "level", all!(Level))
            .when(&["set_severity"])
            .into(),
        leaf(
            words,
            "category",
            Kind::OneOr(options(words, "category", CATEGORIES.iter().copied())),
        )
        .hint(fl!(words, "admin-category-hint"))
        .needed()
        .when(&["set_category"])
        .into(),
        leaf(words, "product", Kind::Line)
            .hint(fl!(words, "admin-product-hint"))
            .needed()
            .dash()
            .when(&["set_product"])
            .into(),
        chosen(words, "customer_type", "type", all!(CustomerType))
            .when(&["set_customer_type"])
            .into(),
        leaf(words, "tags", Kind::Words)
            .hint(fl!(words, "admin-words-hint"))
            .needed()
            .when(&["tag", "untag"])
            .into(),
    ]
}

/// How it waits, goes on and ends.
fn ending(words: Words) -> Vec<Node> {
    let others = all!(BallWith).filter(|with| *with != BallWith::Us.as_str());
    let causes = Kind::One(options(words, "cause", all!(CauseCategory)));
    vec![
        chosen(words, "ball_with", "ball", others).when(&["wait"]).into(),
        chosen(words, "decision", "decision", all!(Decision))
            .when(&["close"])
            .into(),
        leaf(words, "cause_category", causes).when(&["close"]).into(),
        leaf(words, "reason", Kind::Prose(2))
            .needed()
            .when(&["wait", "close"])
            .into(),
        leaf(words, "note", Kind::Prose(2)).when(&["resume"]).into(),
    ]
}

/// An action in words.
pub(super) fn said(words: Words, action: &Value, known: &Known) -> String {
    let text = |key: &str| action.get(key).and_then(Value::as_str).map(str::to_owned);
    let taken = |key: &str| action.get(key).is_some_and(Value::is_null);
    let what = word(words, "do", &text("do").unwrap_or_default());
    let mut details: Vec<String> = Vec::new();
    if taken("owner") {
        details.push(fl!(words, "admin-nobody-any-more"));
    }
    details.extend(text("owner"));
    if taken("team") {
        details.push(fl!(words, "admin-no-team"));
    }
    details.extend(text("team").map(|id| known.team(&id)));
    details.extend(text("text").map(|slug| fl!(words, "admin-quoted", text = known.text(&slug))));
    for (key, area) in [
        ("severity", "level"),
        ("category", "category"),
        ("customer_type", "type"),
        ("ball_with", "ball"),
        ("decision", "decision"),
        ("cause_category", "cause"),
    ] {
        details.extend(text(key).map(|value| word(words, area, &value)));
    }
    if taken("product") {
        details.push(fl!(words, "admin-no-product"));
    }
    details.extend(text("product"));
    if let Some(tags) = action.get("tags").and_then(Value::as_array) {
        let tags: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
        details.push(tags.join(" "));
    }
    for key in ["body", "reason", "note"] {
        details.extend(text(key).map(|text| fl!(words, "admin-quoted", text = text)));
    }
    match details.is_empty() {
        true => what,
        false => fl!(
            words,
            "admin-pair",
            what = what,
            value = details.join(&fl!(words, "admin-comma"))
        ),
    }
}
