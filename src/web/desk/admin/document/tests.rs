//! Documents out of forms, and back.

use serde_json::json;

use super::draft::*;
use super::*;
use crate::error::{Error, FieldError};
use crate::web::forms::Form;
use crate::web::i18n::words;
use crate::web::locale::Lang;

fn nodes() -> Vec<Node> {
    let options = |all: &[&str]| -> Options { all.iter().map(|one| ((*one).to_owned(), one.to_uppercase())).collect() };
    vec![
        Leaf::new("slug", "Slug".to_owned(), Kind::Line).needed().into(),
        Leaf::new("category", "Category".to_owned(), Kind::OneOr(options(&["a", "b"]))).into(),
        Leaf::new("tags", "Tags".to_owned(), Kind::Known(options(&["a", "b"]))).into(),
        Node::List {
            key: "then",
            title: "Then".to_owned(),
            hint: String::new(),
            one: "Action".to_owned(),
            another: "Another".to_owned(),
            begun: true,
            folded: None,
            nodes: vec![
                Leaf::new("do", "Do".to_owned(), Kind::One(options(&["note", "give"])))
                    .needed()
                    .picks()
                    .into(),
                Leaf::new("body", "Body".to_owned(), Kind::Prose(2))
                    .when(&["note"])
                    .needed()
                    .into(),
                Leaf::new("team", "Team".to_owned(), Kind::Line)
                    .when(&["give"])
                    .dash()
                    .into(),
                Leaf::new("minutes", "Minutes".to_owned(), Kind::Number)
                    .when(&["give"])
                    .into(),
            ],
        },
    ]
}

fn form(text: &str) -> Form {
    Form::of_text(text)
}

fn refused(draft: std::result::Result<Value, Draft>) -> (Value, Vec<String>) {
    let draft = draft.err().unwrap();
    let (_, findings) = draft.laid(&nodes(), "x", words(Lang::En));
    let fields = findings.all().iter().map(|finding| finding.field.clone()).collect();
    (draft.value, fields)
}

#[test]
fn a_form_becomes_the_document_and_what_does_not_belong_is_left_out() {
    let sent = "x-slug=s&x-tags=a&x-tags=c,+d&x-then-0-do=&x-then-0-body=&x-then-1-do=give&x-then-1-body=zzz&x-then-1-team=-&x-then-1-minutes=5";
    let read = read(&nodes(), &form(sent), "x").ok().unwrap();
    let meant = json!({ "slug": "s", "tags": ["a", "c", "d"], "then": [{ "do": "give", "team": null, "minutes": 5 }] });
    assert_eq!(read, meant);
}

#[test]
fn one_that_is_known_is_chosen_and_another_one_typed() {
    let category = |sent: &str| {
        let read = read(&nodes(), &form(&format!("x-slug=s&x-then-0-do=give&{sent}")), "x");
        read.ok().unwrap()["category"].clone()
    };
    assert_eq!(category("x-category=b&x-category="), "b");
    assert_eq!(category("x-category=&x-category=+cable_cut+"), "cable_cut");
    assert_eq!(category("x-category=b&x-category=cable_cut"), "cable_cut");
    assert_eq!(category("x-category=&x-category="), Value::Null);
}

#[test]
fn what_does_not_fit_is_found_at_its_field() {
    let (_, fields) = refused(read(
        &nodes(),
        &form("x-then-0-do=note&x-then-1-do=give&x-then-1-minutes=many"),
        "x",
    ));
    assert_eq!(fields, ["x-slug", "x-then-0-body", "x-then-1-minutes"]);
    let deep = FieldError {
        pointer: "/rules/3/then/0/body/7".to_owned(),
        code: "too_long".to_owned(),
        detail: String::new(),
    };
    let value = json!({ "then": [{ "do": "note" }] });
    let draft = Draft::refused(value, "/rules/3", Error::invalid(vec![deep])).unwrap();
    assert_eq!(refused(Err(draft)).1, ["x-then-0-body"]);
}

#[test]
fn a_button_adds_takes_away_and_moves_and_nothing_is_lost() {
    let sent = |does: &str| format!("x-slug=s&x-then-0-do=&x-then-1-do=note&x-then-1-body=hello&do={does}");
    let value = |does: &str| refused(read(&nodes(), &form(&sent(does)), "x")).0["then"].clone();
    let note = json!({ "do": "note", "body": "hello" });
    assert_eq!(value("more:then"), json!([{}, note, {}]));
    assert_eq!(value("drop-0:then"), json!([note]));
    assert_eq!(value("up-1:then"), json!([note, {}]));
    assert_eq!(value("drop-9:then-7-x"), json!([{}, note]));
}
