//! A document on its way to a form.

use serde_json::{Map, Value};

use super::{Kind, Leaf, Node, Options, blank};
use crate::web::desk::admin::asking::{Field, Group, Input, Part, Press};
use crate::web::desk::words::Choice;
use crate::web::i18n::{Words, fl};

/// A document on its way to a form.
pub(super) struct Laying {
    pub(super) words: Words,
    pub(super) parts: Vec<Part>,
}

impl Laying {
    pub(super) fn object(&mut self, nodes: &[Node], value: &Value, name: &str) {
        for node in nodes {
            match node {
                Node::Leaf(leaf) => {
                    let field = field(leaf, value.get(leaf.key), name, self.words);
                    self.parts.push(Part::Field(field));
                }
                Node::Part {
                    key,
                    title,
                    hint,
                    folded,
                    when,
                    nodes,
                } => {
                    let nothing = Value::Null;
                    let (name, value) = match key {
                        Some(key) => (format!("{name}-{key}"), value.get(*key).unwrap_or(&nothing)),
                        None => (name.to_owned(), value),
                    };
                    let said = value.as_object().is_some_and(|map| !map.values().all(blank));
                    self.parts.push(match folded {
                        true => Part::Fold(title.clone(), said),
                        false => Part::Open(Group {
                            id: match key {
                                Some(_) => name.clone(),
                                None => format!("{name}-about"),
                            },
                            title: title.clone(),
                            hint: hint.clone(),
                            class: format!("picks {}", shown_with(when)),
                        }),
                    });
                    self.object(nodes, value, &name);
                    self.parts.push(if *folded { Part::Unfold } else { Part::Close });
                }
                Node::List { .. } => self.list(node, value, name),
            }
        }
    }

    fn list(&mut self, node: &Node, value: &Value, name: &str) {
        let Node::List {
            key,
            title,
            hint,
            one,
            another,
            begun,
            folded,
            nodes,
        } = node
        else {
            return;
        };
        let id = format!("{name}-{key}");
        let path = id.split_once('-').map_or("", |(_, path)| path).to_owned();
        let mut entries = value.get(*key).and_then(Value::as_array).cloned().unwrap_or_default();
        if *begun && entries.is_empty() {
            entries.push(Map::new().into());
        }
        self.parts.push(Part::Open(Group {
            id: id.clone(),
            title: title.clone(),
            hint: hint.clone(),
            class: "entries".to_owned(),
        }));
        for (n, entry) in entries.iter().enumerate() {
            let number = n + 1;
            let own = format!("{id}-{n}");
            let title = fl!(self.words, "admin-nth", what = one.as_str(), n = number);
            let mut class = "entry picks".to_owned();
            if let Some(name_of) = folded {
                let name = name_of(entry).unwrap_or_else(|| title.clone());
                self.parts.push(Part::Fold(name, blank(entry)));
                class.push_str(" bare");
            }
            self.parts.push(Part::Open(Group {
                id: own.clone(),
                title,
                hint: String::new(),
                class,
            }));
            self.object(nodes, entry, &own);
            let at = |does: &str| format!("{does}-{n}");
            if n > 0 {
                let label = fl!(self.words, "admin-up", what = one.as_str(), n = number);
                self.parts.push(press(&at("up"), &path, label, &id));
            }
            let label = fl!(self.words, "admin-drop", what = one.as_str(), n = number);
            self.parts.push(press(&at("drop"), &path, label, &id));
            self.parts.push(Part::Close);
            if folded.is_some() {
                self.parts.push(Part::Unfold);
            }
        }
        self.parts.push(press(
            "more",
            &path,
            another.clone(),
            &format!("{id}-{}", entries.len()),
        ));
        self.parts.push(Part::Close);
    }
}

fn press(does: &str, path: &str, label: String, to: &str) -> Part {
    Part::Press(Press {
        value: format!("{does}:{path}"),
        label,
        to: to.to_owned(),
    })
}

/// The classes of what is shown with these choices only.
fn shown_with(when: &[&str]) -> String {
    match when {
        [] => String::new(),
        when => format!(
            "when {}",
            when.iter()
                .map(|value| format!("v-{value}"))
                .collect::<Vec<_>>()
                .join(" ")
        ),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text_of).collect::<Vec<_>>().join(", "),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}

fn field(leaf: &Leaf, value: Option<&Value>, name: &str, words: Words) -> Field {
    // Of what cannot be said to be none, `null` says nothing.
    let value = value.filter(|value| leaf.dash || !value.is_null());
    let text = value.map(text_of).unwrap_or_default();
    let list: Vec<String> = value
        .and_then(Value::as_array)
        .map(|list| list.iter().map(text_of).collect())
        .unwrap_or_default();
    let ticked = |options: &Options| -> Vec<Choice> {
        options
            .iter()
            .map(|(value, label)| choice(value, label, list.contains(value)))
            .collect()
    };
    let input = match &leaf.kind {
        Kind::Line | Kind::Words | Kind::Numbers => Input::Line("text"),
        Kind::Number => Input::Line("number"),
        Kind::Day => Input::Line("date"),
        Kind::Prose(rows) => Input::Prose(*rows),
        Kind::One(options) => Input::One(one_of(options, &text, leaf, words)),
        Kind::OneOr(options) => {
            let (chosen, other) = match options.iter().any(|(value, _)| *value == text) {
                true => (text.as_str(), ""),
                false => ("", text.as_str()),
            };
            Input::OneOr(one_of(options, chosen, leaf, words), other.to_owned())
        }
        Kind::Any(options) => Input::Any(ticked(options)),
        Kind::Known(options) => {
            let others = list
                .iter()
                .filter(|have| options.iter().all(|(value, _)| value != *have));
            let others: Vec<&str> = others.map(String::as_str).collect();
            Input::Known(ticked(options), others.join(", "))
        }
        Kind::Tick => Input::Tick(value == Some(&Value::Bool(true))),
        Kind::Maybe => {
            let options = vec![
                ("yes".to_owned(), fl!(words, "admin-yes")),
                ("no".to_owned(), fl!(words, "admin-no")),
            ];
            let said = match value {
                Some(Value::Bool(true)) => "yes",
                Some(_) => "no",
                None => "",
            };
            Input::One(one_of(&options, said, leaf, words))
        }
    };
    let mut field = Field::plain(&format!("{name}-{}", leaf.key), leaf.label.clone(), input, text);
    field.hint.clone_from(&leaf.hint);
    field.class = shown_with(leaf.when);
    field.picks = leaf.picks;
    field
}

fn choice(value: &str, label: &str, chosen: bool) -> Choice {
    Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen,
    }
}

fn one_of(options: &Options, text: &str, leaf: &Leaf, words: Words) -> Vec<Choice> {
    let known = options.iter().any(|(value, _)| value == text);
    let mut choices = Vec::new();
    if !leaf.needed || !known {
        let label = match leaf.needed {
            true => fl!(words, "desk-choose"),
            false => fl!(words, "admin-unsaid"),
        };
        choices.push(choice("", &label, text.is_empty()));
    }
    // What there is no longer stays to be seen.
    let none = text.is_empty() || (leaf.dash && text == "-");
    if !known && !none {
        choices.push(choice(text, text, true));
    }
    choices.extend(options.iter().map(|(value, label)| choice(value, label, value == text)));
    choices
}
