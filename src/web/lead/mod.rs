//! The pages of those who lead: the board of the teams, corrective actions, call review, reports. They work without
//! scripts; every change is a form and one operation of the domain.

pub(crate) mod action;
pub(crate) mod actions;
pub(crate) mod board;
pub(crate) mod reports;
pub(crate) mod reviews;
pub(crate) mod trend;

use actix_web::HttpResponse;
use serde_json::Value;

use super::forms::{Findings, Form};
use super::i18n::Words;
use super::page::{NavItem, Page, Visitor};
use crate::domain::staff::Permission;
use crate::error::{Code, Error, Problem, Result};

/// A value that can be chosen.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// The places of this area, with what each needs.
const PLACES: [(&str, &str, Permission); 4] = [
    ("/lead", "lead-title", Permission::ManageWork),
    ("/lead/actions", "lead-actions-title", Permission::ReadActions),
    ("/lead/reviews", "lead-reviews-title", Permission::ReadReviews),
    ("/lead/reports", "lead-reports-title", Permission::ReadReports),
];

/// Where one can go within this area.
fn places(visitor: &Visitor) -> Vec<NavItem> {
    PLACES
        .iter()
        .filter(|(_, _, needs)| visitor.may(*needs))
        .map(|(href, key, _)| NavItem {
            href,
            label: visitor.words.get(key),
            // One of them is still within its list.
            current: visitor.path == *href || (*href != "/lead" && visitor.path.starts_with(&format!("{href}/"))),
        })
        .collect()
}

/// What a value of the vocabulary is called.
fn word(words: Words, area: &str, value: &str) -> String {
    super::desk::words::word(words, area, value)
}

/// What a field says, or nothing.
fn said(form: &Form, name: &str) -> Value {
    form.given(name).map_or(Value::Null, Value::String)
}

/// What the domain refuses of a form: the problem, to be shown beside what was typed. Everything else is a page of its own.
fn refusal(error: Error) -> Result<Problem> {
    match error {
        Error::Problem(problem) if !matches!(problem.code, Code::NotFound | Code::Internal) => Ok(*problem),
        other => Err(other),
    }
}

/// What was refused, beside the fields: a pointer's last word after a prefix is the id of the field.
fn findings(problem: &Problem, visitor: &Visitor, prefix: &str) -> Findings {
    Findings::of(problem, visitor.words, |error| {
        let last = match error.pointer.starts_with("/scores") {
            true => "scores",
            false => error.pointer.rsplit(['/', '?']).next().unwrap_or_default(),
        };
        Some((format!("{prefix}-{last}"), None)).filter(|_| !last.is_empty())
    })
}

/// The frame of a page of this area.
fn frame(visitor: &Visitor, title: String, refused: bool) -> Page {
    let page = match refused {
        true => visitor.page_with_errors(&title),
        false => visitor.page(title),
    };
    page.style("desk.css").style("lead.css").script("form.js")
}

/// Back to a page after something was done.
fn done(visitor: &Visitor, path: &str, what: &str) -> HttpResponse {
    let mark = if path.contains('?') { '&' } else { '?' };
    visitor.go(&format!("{path}{mark}done={what}"))
}
