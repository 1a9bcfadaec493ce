//! A policy as a form, and its clocks in words. The form has warnings in two lines (shares of the time, minutes left), and
//! for each level of an escalation how long, and before or after.

use serde_json::{Map, Value, json};

use super::super::conditions;
use super::super::document::{Kind, Leaf, Node};
use super::super::known::{Known, all, options};
use super::super::screen::Card;
use crate::domain::sla::deadline::{Target, Unit};
use crate::domain::sla::policies::model::{
    Escalation, Family, Metric, MetricKind, PolicyBody, Recipient, Reopening, StartEvent,
};
use crate::web::desk::words::{named, word};
use crate::web::i18n::{Words, fl};
use crate::web::locale::Lang;

/// Clocks that have an amount of time of their own.
const TIMED: &[&str] = &[
    "acknowledge",
    "first_response",
    "next_response",
    "keep_informed",
    "resolve",
];
/// Clocks that count from the beginning of the complaint.
const FROM_BEGINNING: &[&str] = &["acknowledge", "first_response", "keep_informed", "resolve"];
/// Clocks that may stand still.
const PAUSABLE: &[&str] = &["acknowledge", "first_response", "next_response", "resolve"];

/// The fields of a policy.
pub(super) fn nodes(words: Words, known: &Known, new: bool) -> Vec<Node> {
    let part = |key, title, nodes| Node::Part {
        key,
        title,
        hint: String::new(),
        folded: false,
        when: &[],
        nodes,
    };
    let mut about: Vec<Node> = vec![
        part(Some("name"), fl!(words, "admin-name"), name(words)),
        Leaf::new(
            "family",
            fl!(words, "admin-family"),
            Kind::One(options(words, "family", all!(Family))),
        )
        .hint(fl!(words, "admin-family-hint"))
        .needed()
        .into(),
        Leaf::new(
            "calendar",
            fl!(words, "admin-calendar"),
            Kind::One(known.calendars.clone()),
        )
        .needed()
        .into(),
        Leaf::new("rank", fl!(words, "admin-rank"), Kind::Number)
            .hint(fl!(words, "admin-rank-hint"))
            .into(),
        Leaf::new("source", fl!(words, "admin-source"), Kind::Prose(2)).into(),
        Leaf::new("effective_from", fl!(words, "admin-effective"), Kind::Day)
            .hint(fl!(words, "admin-effective-hint"))
            .into(),
    ];
    if new {
        let slug = Leaf::new("slug", fl!(words, "admin-slug"), Kind::Line)
            .hint(fl!(words, "admin-slug-hint"))
            .needed();
        about.insert(1, slug.into());
    }
    about.push(Node::Part {
        key: Some("conditions"),
        title: fl!(words, "admin-if-form"),
        hint: fl!(words, "admin-if-hint"),
        folded: true,
        when: &[],
        nodes: conditions::of_policy(words),
    });
    about.push(Node::List {
        key: "metrics",
        title: fl!(words, "admin-metrics"),
        hint: String::new(),
        one: fl!(words, "admin-clock"),
        another: fl!(words, "admin-clock-more"),
        begun: true,
        folded: Some(called),
        nodes: metric(words),
    });
    about
}

/// What a clock in the form is called.
fn called(metric: &Value) -> Option<String> {
    let name = |lang: &str| metric.pointer(&format!("/name/{lang}")).and_then(Value::as_str);
    let names: Vec<&str> = ["zh-CN", "en"].into_iter().filter_map(name).collect();
    (!names.is_empty()).then(|| names.join(" · "))
}

fn name(words: Words) -> Vec<Node> {
    vec![
        Leaf::new("zh-CN", fl!(words, "admin-in-chinese"), Kind::Line)
            .needed()
            .into(),
        Leaf::new("en", fl!(words, "admin-in-english"), Kind::Line)
            .needed()
            .into(),
    ]
}

fn metric(words: Words) -> Vec<Node> {
    let target = vec![
        Leaf::new("amount", fl!(words, "admin-amount"), Kind::Number)
            .needed()
            .into(),
        Leaf::new(
            "unit",
            fl!(words, "admin-unit"),
            Kind::One(options(words, "unit", all!(Unit))),
        )
        .needed()
        .into(),
        Leaf::new("from_next_day", fl!(words, "admin-from-next-day"), Kind::Tick).into(),
    ];
    vec![
        Leaf::new(
            "kind",
            fl!(words, "admin-waits-for"),
            Kind::One(options(words, "metric", all!(MetricKind))),
        )
        .needed()
        .picks()
        .into(),
        Leaf::new("slug", fl!(words, "admin-slug"), Kind::Line)
            .hint(fl!(words, "admin-metric-slug-hint"))
            .needed()
            .into(),
        Node::Part {
            key: Some("name"),
            title: fl!(words, "admin-name"),
            hint: String::new(),
            folded: false,
            when: &[],
            nodes: name(words),
        },
        Node::Part {
            key: Some("target"),
            title: fl!(words, "admin-time"),
            hint: String::new(),
            folded: false,
            when: TIMED,
            nodes: target,
        },
        Leaf::new(
            "start",
            fl!(words, "admin-counted-since"),
            Kind::One(options(words, "start", all!(StartEvent))),
        )
        .when(FROM_BEGINNING)
        .into(),
        Leaf::new(
            "reopening",
            fl!(words, "admin-reopening"),
            Kind::One(options(words, "reopening", all!(Reopening))),
        )
        .when(&["resolve"])
        .into(),
        Leaf::new("pausable", fl!(words, "admin-pausable"), Kind::Tick)
            .when(PAUSABLE)
            .into(),
        Leaf::new("regulatory", fl!(words, "admin-regulatory"), Kind::Tick)
            .hint(fl!(words, "admin-regulatory-hint"))
            .into(),
        Leaf::new("percents", fl!(words, "admin-warn-percents"), Kind::Numbers)
            .hint(fl!(words, "admin-warn-percents-hint"))
            .into(),
        Leaf::new("left", fl!(words, "admin-warn-left"), Kind::Numbers)
            .hint(fl!(words, "admin-warn-left-hint"))
            .into(),
        escalations(words),
    ]
}

fn escalations(words: Words) -> Node {
    let side = vec![
        ("before".to_owned(), fl!(words, "admin-side-before")),
        ("after".to_owned(), fl!(words, "admin-side-after")),
    ];
    Node::List {
        key: "escalations",
        title: fl!(words, "admin-escalations"),
        hint: fl!(words, "admin-escalations-hint"),
        one: fl!(words, "admin-level"),
        another: fl!(words, "admin-level-more"),
        begun: false,
        folded: None,
        nodes: vec![
            Leaf::new("minutes", fl!(words, "admin-minutes"), Kind::Number)
                .needed()
                .into(),
            Leaf::new("side", fl!(words, "admin-side"), Kind::One(side))
                .needed()
                .into(),
            Leaf::new(
                "to",
                fl!(words, "admin-tells"),
                Kind::One(options(words, "recipient", all!(Recipient))),
            )
            .needed()
            .picks()
            .into(),
            Leaf::new("role", fl!(words, "admin-role"), Kind::Line)
                .needed()
                .when(&["role"])
                .into(),
        ],
    }
}

fn each(value: &mut Value, key: &str, change: impl Fn(&mut Map<String, Value>)) {
    let list = value.get_mut(key).and_then(Value::as_array_mut);
    for one in list.into_iter().flatten() {
        if let Some(map) = one.as_object_mut() {
            change(map);
        }
    }
}

fn listed(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// A policy as the form has it.
pub(super) fn to_form(mut policy: Value) -> Value {
    each(&mut policy, "metrics", |metric| {
        let warnings = listed(metric.remove("warnings"));
        for (key, of) in [("percents", "percent"), ("left", "left_minutes")] {
            let values: Vec<Value> = warnings
                .iter()
                .filter_map(|warning| warning.get(of))
                .filter(|value| !value.is_null())
                .cloned()
                .collect();
            metric.insert(key.to_owned(), values.into());
        }
        for level in metric
            .get_mut("escalations")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let Some(level) = level.as_object_mut() else { continue };
            for (side, key) in [("before", "before_minutes"), ("after", "after_minutes")] {
                if let Some(minutes) = level.remove(key).filter(|minutes| !minutes.is_null()) {
                    level.insert("minutes".to_owned(), minutes);
                    level.insert("side".to_owned(), side.into());
                }
            }
        }
    });
    policy
}

/// A policy as the API takes it.
pub(super) fn of_form(mut form: Value) -> Value {
    each(&mut form, "metrics", |metric| {
        let mut warnings = Vec::new();
        for (key, of) in [("percents", "percent"), ("left", "left_minutes")] {
            warnings.extend(listed(metric.remove(key)).into_iter().map(|value| json!({ of: value })));
        }
        metric.insert("warnings".to_owned(), warnings.into());
        for level in metric
            .get_mut("escalations")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let Some(level) = level.as_object_mut() else { continue };
            let key = match level.remove("side").as_ref().and_then(Value::as_str) {
                Some("before") => "before_minutes",
                _ => "after_minutes",
            };
            if let Some(minutes) = level.remove("minutes") {
                level.insert(key.to_owned(), minutes);
            }
        }
    });
    form
}

/// How much time there is.
fn amount(words: Words, target: Option<&Target>) -> String {
    let Some(target) = target else {
        return fl!(words, "admin-by-window");
    };
    let hours = target.unit == Unit::BusinessMinutes && !target.from_next_day && target.amount > 0;
    if hours && target.amount % 60 == 0 {
        let hours = target.amount / 60;
        return fl!(words, "admin-opening-hours", n = hours);
    }
    let unit = word(words, "unit", target.unit.as_str());
    match target.from_next_day {
        true => fl!(words, "admin-target-next-day", n = target.amount, unit = unit),
        false => fl!(words, "admin-target", n = target.amount, unit = unit),
    }
}

fn escalation(words: Words, level: &Escalation) -> String {
    let to = match &level.role {
        Some(role) => word(words, "role", role),
        None => word(words, "recipient", level.to.as_str()),
    };
    match (level.before_minutes, level.after_minutes) {
        (Some(minutes), _) => {
            let span = conditions::span(words, minutes.into());
            fl!(words, "admin-told-before", span = span, to = to)
        }
        (None, Some(0)) => fl!(words, "admin-told-then", to = to),
        (None, minutes) => {
            let span = conditions::span(words, minutes.unwrap_or_default().into());
            fl!(words, "admin-told-after", span = span, to = to)
        }
    }
}

/// A clock in words.
pub(super) fn card(words: Words, lang: Lang, metric: &Metric) -> Card {
    let mut counts = Vec::new();
    if metric.start != StartEvent::Received {
        counts.push(word(words, "start", metric.start.as_str()));
    }
    if metric.pausable {
        counts.push(fl!(words, "admin-pausable"));
    }
    if metric.regulatory {
        counts.push(fl!(words, "admin-regulatory"));
    }
    if metric.reopening != Reopening::Anew {
        counts.push(word(words, "reopening", metric.reopening.as_str()));
    }
    let warnings = metric.warnings.iter().map(|warning| match warning.percent {
        Some(n) => fl!(words, "admin-warned-percent", n = n),
        None => {
            let span = conditions::span(words, warning.left_minutes.unwrap_or_default().into());
            fl!(words, "admin-warned-left", span = span)
        }
    });
    let told = metric.escalations.iter().map(|level| escalation(words, level));
    let mut lines = vec![
        (fl!(words, "admin-time"), vec![amount(words, metric.target.as_ref())]),
        (fl!(words, "admin-counts"), counts),
        (fl!(words, "admin-warnings"), warnings.collect()),
        (fl!(words, "admin-escalations"), told.collect()),
    ];
    lines.retain(|(_, said)| !said.is_empty());
    Card {
        title: named(lang, &metric.name),
        note: word(words, "metric", metric.kind.as_str()),
        lines,
        ..Card::default()
    }
}

/// A policy that is yet to be written.
pub(super) fn fresh() -> Value {
    json!({ "family": Family::Service, "calendar": "standard", "conditions": { "kinds": ["complaint"] } })
}

/// A policy as its form has it.
///
/// # Errors
/// When it cannot be written as a document.
pub(super) fn document(policy: &PolicyBody) -> crate::error::Result<Value> {
    Ok(to_form(serde_json::to_value(policy)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_comes_out_of_its_form_as_it_went_in() {
        for pack in crate::domain::sla::packs::all().unwrap() {
            let form = document(&pack.policy).unwrap();
            let back: PolicyBody = serde_json::from_value(of_form(form)).unwrap();
            // Warnings by share come before those by what is left.
            let mut meant = pack.policy.clone();
            for metric in &mut meant.metrics {
                metric.warnings.sort_by_key(|warning| warning.percent.is_none());
            }
            assert_eq!(back, meant, "{}", pack.slug);
        }
    }
}
