//! A form on its way to a document.

use serde_json::{Map, Value};

use super::{Kind, Leaf, Node, blank};
use crate::error::FieldError;
use crate::web::forms::Form;

/// What the one among them that picks says.
fn picked(nodes: &[Node], value_of: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    nodes.iter().find_map(|node| match node {
        Node::Leaf(leaf) if leaf.picks => value_of(leaf.key),
        Node::Part { key: None, nodes, .. } => picked(nodes, value_of),
        _ => None,
    })
}

fn belongs(when: &[&str], picked: Option<&str>) -> bool {
    when.is_empty() || picked.is_some_and(|picked| when.contains(&picked))
}

fn words_of<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for text in texts {
        for word in text.split([',', '，', '、', ';', '；', '\n']) {
            let word = word.trim();
            if !word.is_empty() && !words.iter().any(|have| have == word) {
                words.push(word.to_owned());
            }
        }
    }
    words
}

/// A form on its way to a document.
pub(super) struct Reading<'f> {
    pub(super) form: &'f Form,
    /// Whether entries in which nothing is said stay.
    pub(super) keeps: bool,
    pub(super) errors: Vec<FieldError>,
}

impl Reading<'_> {
    fn fail(&mut self, pointer: &str, code: &str) {
        self.errors.push(FieldError {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            detail: String::new(),
        });
    }

    fn number(&mut self, text: &str, pointer: &str) -> Value {
        match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => {
                self.fail(pointer, "malformed");
                text.into()
            }
        }
    }

    fn leaf(&mut self, leaf: &Leaf, name: &str, pointer: &str) -> Option<Value> {
        let text = self.form.text(name).trim();
        let list = |words: Vec<String>| (!words.is_empty()).then(|| words.into());
        match &leaf.kind {
            Kind::Line | Kind::Day | Kind::One(_) if leaf.dash && text == "-" => Some(Value::Null),
            Kind::Line | Kind::Prose(_) | Kind::Day | Kind::One(_) => (!text.is_empty()).then(|| text.into()),
            Kind::OneOr(_) => {
                let said = self.form.every(name).map(str::trim);
                // What is typed in comes after what is chosen, and counts more.
                said.filter(|text| !text.is_empty()).last().map(Value::from)
            }
            Kind::Number => (!text.is_empty()).then(|| self.number(text, pointer)),
            Kind::Words | Kind::Known(_) => list(words_of(self.form.every(name))),
            Kind::Numbers => {
                let words = words_of(std::iter::once(text));
                let numbers: Vec<Value> = words.iter().map(|word| self.number(word, pointer)).collect();
                (!numbers.is_empty()).then(|| numbers.into())
            }
            Kind::Any(_) => list(self.form.every(name).map(str::to_owned).collect()),
            Kind::Tick => Some(self.form.is(name, "1").into()),
            Kind::Maybe => (!text.is_empty()).then(|| (text == "yes").into()),
        }
    }

    pub(super) fn object(&mut self, nodes: &[Node], name: &str, pointer: &str) -> Map<String, Value> {
        let mut map = Map::new();
        let form = self.form;
        let picked = picked(nodes, &|key| form.given(&format!("{name}-{key}")));
        self.gather(nodes, name, pointer, picked.as_deref(), &mut map);
        map
    }

    fn gather(
        &mut self,
        nodes: &[Node],
        name: &str,
        pointer: &str,
        picked: Option<&str>,
        map: &mut Map<String, Value>,
    ) {
        for node in nodes {
            match node {
                Node::Leaf(leaf) if belongs(leaf.when, picked) => {
                    let (name, at) = (format!("{name}-{}", leaf.key), format!("{pointer}/{}", leaf.key));
                    match self.leaf(leaf, &name, &at) {
                        Some(value) => {
                            map.insert(leaf.key.to_owned(), value);
                        }
                        None if leaf.needed => self.fail(&at, "required"),
                        None => {}
                    }
                }
                Node::Part { key: None, nodes, .. } => self.gather(nodes, name, pointer, picked, map),
                Node::Part {
                    key: Some(key),
                    when,
                    nodes,
                    ..
                } if belongs(when, picked) => {
                    let inner = self.object(nodes, &format!("{name}-{key}"), &format!("{pointer}/{key}"));
                    if !inner.values().all(blank) {
                        map.insert((*key).to_owned(), inner.into());
                    }
                }
                Node::List { key, nodes, .. } => {
                    let list = self.list(nodes, &format!("{name}-{key}"), &format!("{pointer}/{key}"));
                    map.insert((*key).to_owned(), list.into());
                }
                Node::Leaf(_) | Node::Part { .. } => {}
            }
        }
    }

    fn list(&mut self, nodes: &[Node], name: &str, pointer: &str) -> Vec<Value> {
        let mut list: Vec<Value> = Vec::new();
        for n in 0.. {
            let start = format!("{name}-{n}-");
            if !self.form.all().any(|(have, _)| have.starts_with(&start)) {
                break;
            }
            let before = self.errors.len();
            let one = self.object(nodes, &format!("{name}-{n}"), &format!("{pointer}/{}", list.len()));
            match !self.keeps && one.values().all(blank) {
                true => self.errors.truncate(before),
                false => list.push(one.into()),
            }
        }
        list
    }
}
