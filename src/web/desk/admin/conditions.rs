//! Conditions: as fields of a form, and in words. Policies, rules of routing and rules on events ask alike.

use serde_json::Value;

use super::document::{Kind, Leaf, Node};
use super::known::{Known, all, options};
use crate::domain::complaints::vocabulary::{BallWith, Channel, Kind as ComplaintKind, Level, State};
use crate::domain::customers::{Grade, ProfitSegment, Tier};
use crate::domain::typing::CustomerType;
use crate::web::desk::complaint::CATEGORIES;
use crate::web::desk::words::word;
use crate::web::i18n::{Words, fl};

/// A condition: its name in documents, and the words of its values.
struct Asks {
    key: &'static str,
    area: &'static str,
    /// As firings call it.
    finding: &'static str,
}

const fn asks(key: &'static str, area: &'static str, finding: &'static str) -> Asks {
    Asks { key, area, finding }
}

const ASKED: &[Asks] = &[
    asks("kinds", "kind", "kind"),
    asks("categories", "category", "category"),
    asks("channels", "channel", "channel"),
    asks("severities", "level", "severity"),
    asks("customer_types", "type", "customer_type"),
    asks("tiers", "tier", "tier"),
    asks("segments", "segment", "segment"),
    asks("grades", "grade", "grade"),
    asks("languages", "spoken", "language"),
    asks("products", "", "product"),
    asks("states", "state", "state"),
    asks("teams", "team", "team"),
    asks("tags", "", "tag"),
    asks("ball_with", "ball", "ball_with"),
    asks("has_owner", "truth", "has_owner"),
    asks("regulatory", "truth", "regulatory"),
    asks("reopened", "truth", "reopened"),
    asks("older_than_minutes", "minutes", "older_than_minutes"),
    asks("younger_than_minutes", "minutes", "younger_than_minutes"),
];

fn label(words: Words, key: &str) -> String {
    word(words, "condition", key)
}

fn any(words: Words, key: &'static str, area: &str, values: impl IntoIterator<Item = &'static str>) -> Node {
    Leaf::new(key, label(words, key), Kind::Any(options(words, area, values))).into()
}

/// What policies ask for.
pub(super) fn of_policy(words: Words) -> Vec<Node> {
    let categories = Kind::Known(options(words, "category", CATEGORIES.iter().copied()));
    vec![
        any(words, "kinds", "kind", all!(ComplaintKind)),
        Leaf::new("categories", label(words, "categories"), categories)
            .hint(fl!(words, "admin-words-hint"))
            .into(),
        any(words, "channels", "channel", all!(Channel)),
        any(words, "severities", "level", all!(Level)),
        any(words, "tiers", "tier", all!(Tier)),
        any(words, "segments", "segment", all!(ProfitSegment)),
        any(words, "grades", "grade", all!(Grade)),
        any(words, "customer_types", "type", all!(CustomerType)),
    ]
}

/// What rules of routing ask for.
pub(super) fn of_routing(words: Words) -> Vec<Node> {
    let mut nodes = of_policy(words);
    let languages = Kind::Known(options(words, "spoken", ["zh", "en"]));
    nodes.push(
        Leaf::new("languages", label(words, "languages"), languages)
            .hint(fl!(words, "admin-languages-hint"))
            .into(),
    );
    nodes.push(
        Leaf::new("products", label(words, "products"), Kind::Words)
            .hint(fl!(words, "admin-products-hint"))
            .into(),
    );
    nodes
}

/// What rules on events ask for.
pub(super) fn of_rules(words: Words, known: &Known) -> Vec<Node> {
    let maybe = |key: &'static str| Node::from(Leaf::new(key, label(words, key), Kind::Maybe));
    let minutes = |key: &'static str| Node::from(Leaf::new(key, label(words, key), Kind::Number));
    let about = Node::Part {
        key: Some("complaint"),
        title: fl!(words, "admin-conditions-about"),
        hint: String::new(),
        folded: false,
        when: &[],
        nodes: of_routing(words),
    };
    let stands = vec![
        any(words, "states", "state", all!(State)),
        Leaf::new("teams", label(words, "teams"), Kind::Any(known.teams.clone())).into(),
        Leaf::new("tags", label(words, "tags"), Kind::Words)
            .hint(fl!(words, "admin-words-hint"))
            .into(),
        any(words, "ball_with", "ball", all!(BallWith)),
        maybe("has_owner"),
        maybe("regulatory"),
        maybe("reopened"),
        minutes("older_than_minutes"),
        minutes("younger_than_minutes"),
    ];
    vec![
        about,
        Node::Part {
            key: None,
            title: fl!(words, "admin-conditions-stands"),
            hint: String::new(),
            folded: false,
            when: &[],
            nodes: stands,
        },
    ]
}

/// A value of a condition in words.
fn value(words: Words, area: &str, value: &str, known: &Known) -> String {
    match area {
        "" => value.to_owned(),
        "team" => known.team(value),
        "minutes" => value
            .parse()
            .map_or_else(|_| value.to_owned(), |minutes| span(words, minutes)),
        area => word(words, area, value),
    }
}

/// So many minutes in words.
pub(super) fn span(words: Words, minutes: i64) -> String {
    let span = chrono::TimeDelta::try_minutes(minutes).unwrap_or_default();
    crate::web::time::span(words, span)
}

/// Values of which one has to be, in words.
fn one_of(words: Words, values: &[String]) -> String {
    match values {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => fl!(
            words,
            "admin-or",
            some = first.join(&fl!(words, "admin-comma")),
            last = last.as_str()
        ),
    }
}

/// Conditions in words, one after the other; nothing where every complaint meets them.
pub(super) fn said(words: Words, conditions: &Value, known: &Known) -> Vec<String> {
    let inner = conditions.get("complaint").unwrap_or(conditions);
    let mut lines = Vec::new();
    for asks in ASKED {
        let wanted = match inner.get(asks.key).or_else(|| conditions.get(asks.key)) {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::Bool(wanted)) => vec![if *wanted { "yes" } else { "no" }.to_owned()],
            Some(Value::Number(number)) => vec![number.to_string()],
            _ => Vec::new(),
        };
        if wanted.is_empty() {
            continue;
        }
        let values: Vec<String> = wanted
            .iter()
            .map(|wanted| value(words, asks.area, wanted, known))
            .collect();
        lines.push(fl!(
            words,
            "admin-pair",
            what = label(words, asks.key),
            value = one_of(words, &values)
        ));
    }
    lines
}

/// What was found of a condition, in words.
pub(super) fn found(words: Words, condition: &str, found: Option<&str>, known: &Known) -> String {
    let asks = ASKED.iter().find(|asks| asks.finding == condition);
    let what = label(words, asks.map_or(condition, |asks| asks.key));
    let value = match (asks, found) {
        (Some(asks), Some(found)) => value(words, asks.area, found, known),
        (None, Some(found)) => found.to_owned(),
        (_, None) => fl!(words, "admin-not-known"),
    };
    // How old it was says more than the limit.
    let what = match asks.map(|asks| asks.area) {
        Some("minutes") => fl!(words, "admin-age"),
        _ => what,
    };
    fl!(words, "admin-pair", what = what, value = value)
}
