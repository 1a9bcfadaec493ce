//! What a form asks for, and a document as it is shown again.

use actix_web::http::StatusCode;
use serde_json::{Map, Value};

use super::Node;
use super::lay::Laying;
use super::read::Reading;
use crate::error::{Code, Error, Problem, Result};
use crate::web::desk::admin::asking::Part;
use crate::web::forms::{Findings, Form};
use crate::web::i18n::Words;

/// What a form asks for: the document as it is to be, or only the form with another entry or one fewer, or with what does
/// not fit.
pub(in crate::web::desk::admin) fn read(nodes: &[Node], form: &Form, id: &str) -> std::result::Result<Value, Draft> {
    let mut reading = Reading {
        form,
        keeps: form.text("do").contains(':'),
        errors: Vec::new(),
    };
    let mut value = Value::Object(reading.object(nodes, id, ""));
    if pressed(&mut value, form.text("do")) {
        return Err(Draft::of(value));
    }
    match reading.errors {
        errors if errors.is_empty() => Ok(value),
        errors => {
            let problem = match Error::invalid(errors) {
                Error::Problem(problem) => Some(problem),
                _ => None,
            };
            Err(Draft {
                value,
                problem,
                base: String::new(),
            })
        }
    }
}

/// Does what a button that changes the form itself says; true when there was one.
fn pressed(value: &mut Value, does: &str) -> bool {
    let Some((what, path)) = does.split_once(':') else {
        return false;
    };
    let (what, n) = match what.split_once('-') {
        Some((what, n)) => (what, n.parse::<usize>().ok()),
        None => (what, None),
    };
    let (parent, key) = path.rsplit_once('-').unwrap_or(("", path));
    let parent = match parent {
        "" => String::new(),
        parent => format!("/{}", parent.replace('-', "/")),
    };
    let Some(parent) = value.pointer_mut(&parent).and_then(Value::as_object_mut) else {
        return true;
    };
    let list = parent.entry(key).or_insert_with(|| Value::Array(Vec::new()));
    let Some(list) = list.as_array_mut() else { return true };
    match (what, n) {
        ("more", _) => list.push(Map::new().into()),
        ("drop", Some(n)) if n < list.len() => {
            list.remove(n);
        }
        ("up", Some(n)) if (1..list.len()).contains(&n) => list.swap(n, n - 1),
        _ => {}
    }
    true
}

/// A document as it is shown in its form, and what was wrong with it.
pub(in crate::web::desk::admin) struct Draft {
    pub(super) value: Value,
    problem: Option<Box<Problem>>,
    /// Where it stands in what the domain was asked to take.
    base: String,
}

impl Draft {
    /// As it is now.
    pub(in crate::web::desk::admin) const fn of(value: Value) -> Self {
        Self {
            value,
            problem: None,
            base: String::new(),
        }
    }

    /// One that was refused; an error that no form can do anything about goes on.
    ///
    /// # Errors
    /// Such an error.
    pub(in crate::web::desk::admin) fn refused(value: Value, base: &str, error: Error) -> Result<Self> {
        match error {
            Error::Problem(problem) if !matches!(problem.code, Code::NotFound | Code::Internal) => Ok(Self {
                value,
                problem: Some(problem),
                base: base.to_owned(),
            }),
            other => Err(other),
        }
    }

    /// With which status it is shown.
    pub(in crate::web::desk::admin) fn status(&self) -> StatusCode {
        let status = self.problem.as_ref().map(|problem| problem.code.status());
        status.map_or(StatusCode::OK, |status| {
            StatusCode::from_u16(status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
        })
    }

    /// The fields, and what does not fit, at them.
    pub(in crate::web::desk::admin) fn laid(&self, nodes: &[Node], id: &str, words: Words) -> (Vec<Part>, Findings) {
        let mut laying = Laying {
            words,
            parts: Vec::new(),
        };
        laying.object(nodes, &self.value, id);
        let findings = match &self.problem {
            None => Findings::default(),
            Some(problem) => Findings::of(problem, words, |error| {
                Some((self.field_of(&error.pointer, id, &laying.parts), None))
            }),
        };
        unfold(&mut laying.parts, &findings);
        (laying.parts, findings)
    }

    /// The field, or what it stands in, of a place in the document; nothing for the form as a whole.
    fn field_of(&self, pointer: &str, id: &str, parts: &[Part]) -> String {
        let within = pointer.strip_prefix(&self.base).unwrap_or(pointer);
        let mut name = format!("{id}{}", within.replace('/', "-"));
        let known = |name: &str| {
            parts.iter().any(|part| match part {
                Part::Field(field) => field.name == name,
                Part::Open(group) => group.id == name,
                _ => false,
            })
        };
        while !known(&name) {
            match name.rsplit_once('-') {
                Some((shorter, _)) => name = shorter.to_owned(),
                None => return String::new(),
            }
        }
        name
    }
}

/// Opens what is folded away where something in it does not fit.
fn unfold(parts: &mut [Part], findings: &Findings) {
    let mut within: Vec<usize> = Vec::new();
    let mut opened: Vec<usize> = Vec::new();
    for (n, part) in parts.iter().enumerate() {
        match part {
            Part::Fold(..) => within.push(n),
            Part::Unfold => {
                within.pop();
            }
            Part::Field(field) if findings.at(&field.name).is_some() => opened.extend(&within),
            Part::Open(group) if findings.at(&group.id).is_some() => opened.extend(&within),
            _ => {}
        }
    }
    for (n, part) in parts.iter_mut().enumerate() {
        if let Part::Fold(_, open) = part {
            *open |= opened.contains(&n);
        }
    }
}
