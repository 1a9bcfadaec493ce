//! Bodies as the OpenAPI file describes them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::contract::operations::Operation;

/// The shape of an operation's JSON body.
pub struct Shape {
    document: Value,
    schema: Value,
}

/// An object somewhere in a body.
pub struct Place {
    /// Its JSON pointer.
    pub pointer: String,
    /// The fields that it may have.
    pub fields: BTreeSet<String>,
}

impl Shape {
    /// The shape of the operation's body, if it takes a JSON body.
    pub fn of(operation: &Operation) -> Option<Self> {
        let schema = operation
            .value
            .pointer("/requestBody/content/application~1json/schema")?;
        let document = hark::api::openapi::document().unwrap();
        let schema = schema.clone();
        Some(Self { document, schema })
    }

    /// A body with every field, each of the right type; what it says need not make sense.
    pub fn full(&self) -> Value {
        full(&self.document, &self.schema, 0)
    }

    /// Every object in this body.
    pub fn places(&self, body: &Value) -> Vec<Place> {
        let mut found = Vec::new();
        self.visit(&self.schema, body, "", &mut |pointer, schema, _| {
            if let Some(properties) = schema["properties"].as_object() {
                let fields = properties.keys().cloned().collect();
                found.push(Place { pointer, fields });
            }
        });
        found
    }

    /// The pointers of every text in this body that may say anything, and of those that its objects may have besides.
    pub fn texts(&self, body: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.visit(&self.schema, body, "", &mut |pointer, schema, value| {
            if is_free_text(schema) {
                found.push(pointer.clone());
            }
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                if value.get(name).is_none() && is_free_text(&resolved(&self.document, property)) {
                    found.push(format!("{pointer}/{name}"));
                }
            }
        });
        found
    }

    fn visit(&self, schema: &Value, value: &Value, at: &str, look: &mut impl FnMut(String, &Value, &Value)) {
        let schema = resolved(&self.document, schema);
        look(at.to_owned(), &schema, value);
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if let Some(property) = schema["properties"].get(name) {
                        self.visit(property, member, &format!("{at}/{name}"), look);
                    }
                }
            }
            Value::Array(members) => {
                for (n, member) in members.iter().enumerate() {
                    self.visit(&schema["items"], member, &format!("{at}/{n}"), look);
                }
            }
            _ => {}
        }
    }
}

/// The schema that a reference, or the alternative that is not null, leads to; the parts of `allOf` put together.
fn resolved(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return resolved(document, document.pointer(&reference[1..]).unwrap());
    }
    let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(one) = alternatives
        .into_iter()
        .flatten()
        .find(|one| one["type"] != json!("null"))
    {
        return resolved(document, one);
    }
    let Some(parts) = schema["allOf"].as_array() else {
        return schema.clone();
    };
    let mut properties = Map::new();
    for part in parts {
        let part = resolved(document, part);
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
    }
    json!({ "type": "object", "properties": properties })
}

/// The type, apart from null.
fn kind(schema: &Value) -> &str {
    let types = schema["type"].as_array().into_iter().flatten();
    let named = types.filter_map(Value::as_str).find(|kind| *kind != "null");
    named.or(schema["type"].as_str()).unwrap_or_default()
}

fn is_free_text(schema: &Value) -> bool {
    kind(schema) == "string" && schema.get("enum").is_none() && schema.get("format").is_none()
}

fn full(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolved(document, schema);
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    match kind(&schema) {
        "object" if depth < 8 => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let filled = properties.map(|(name, property)| (name.clone(), full(document, property, depth + 1)));
            Value::Object(filled.collect())
        }
        "object" => json!({}),
        "array" => json!([full(document, &schema["items"], depth + 1)]),
        "boolean" => json!(false),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!("00000000-0000-7000-8000-000000000000"),
            Some("date-time") => json!("2026-11-23T01:00:00Z"),
            Some("date") => json!("2026-11-23"),
            _ => json!("x"),
        },
        other => panic!("teach `full` the type `{other}` of {schema}"),
    }
}
