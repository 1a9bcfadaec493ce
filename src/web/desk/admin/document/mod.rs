//! A document of the API as a form. It is described by nodes; a value's field is called like the form and where the value
//! stands in the document (`rule-on-event` for `/on/event`), so that what the domain finds goes to its field. Lists have
//! buttons for another entry and for one fewer, which send the form and change nothing else.

mod draft;
mod lay;
mod read;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub(super) use self::draft::{Draft, read};

/// What can be chosen: the value, and what it is called.
pub(super) type Options = Vec<(String, String)>;

/// How a value is typed in.
pub(super) enum Kind {
    Line,
    Prose(u8),
    Number,
    Day,
    /// Words, in a line with commas.
    Words,
    /// Numbers, in a line with commas.
    Numbers,
    One(Options),
    /// One of these, or another one in a line.
    OneOr(Options),
    Any(Options),
    /// Any of these, and others in a line with commas.
    Known(Options),
    Tick,
    /// Yes, no, or nothing said.
    Maybe,
}

/// A value.
pub(super) struct Leaf {
    key: &'static str,
    label: String,
    hint: String,
    kind: Kind,
    needed: bool,
    dash: bool,
    picks: bool,
    when: &'static [&'static str],
}

impl Leaf {
    pub(super) fn new(key: &'static str, label: String, kind: Kind) -> Self {
        Self {
            key,
            label,
            hint: String::new(),
            kind,
            needed: false,
            dash: false,
            picks: false,
            when: &[],
        }
    }

    pub(super) fn hint(mut self, hint: String) -> Self {
        self.hint = hint;
        self
    }

    /// It cannot be left out.
    pub(super) const fn needed(mut self) -> Self {
        self.needed = true;
        self
    }

    /// A single dash says that there is to be none.
    pub(super) const fn dash(mut self) -> Self {
        self.dash = true;
        self
    }

    /// It says which others beside it belong.
    pub(super) const fn picks(mut self) -> Self {
        self.picks = true;
        self
    }

    /// It belongs to these choices of the one beside it that picks.
    pub(super) const fn when(mut self, values: &'static [&'static str]) -> Self {
        self.when = values;
        self
    }
}

/// A part of a document.
pub(super) enum Node {
    Leaf(Leaf),
    /// An object of its own, or with no key only what stands together.
    Part {
        key: Option<&'static str>,
        title: String,
        hint: String,
        folded: bool,
        when: &'static [&'static str],
        nodes: Vec<Node>,
    },
    List {
        key: &'static str,
        title: String,
        hint: String,
        /// What one of them is called.
        one: String,
        another: String,
        /// Whether an empty one is shown where there is none.
        begun: bool,
        /// What the entry is called, where each is folded away.
        folded: Option<fn(&Value) -> Option<String>>,
        nodes: Vec<Node>,
    },
}

impl From<Leaf> for Node {
    fn from(leaf: Leaf) -> Self {
        Self::Leaf(leaf)
    }
}

/// Whether nothing is said.
fn blank(value: &Value) -> bool {
    match value {
        Value::Bool(said) => !said,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.iter().all(blank),
        Value::Object(map) => map.values().all(blank),
        Value::Null => true,
        Value::Number(_) => false,
    }
}
