//! Seeing what a text or a macro comes to for a complaint, by its reference.

use actix_web::http::StatusCode;

use super::asking::{Asking, Field, Input};
use super::screen::Sent;
use crate::db::conn::Conn;
use crate::domain::complaints::listing;
use crate::error::{Error, FieldError, Result};
use crate::ids::ComplaintId;
use crate::web::forms::{Findings, Form};
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// The field with the reference.
const FIELD: &str = "try-reference";

/// The form that asks for a complaint.
pub(super) fn form(visitor: &Visitor, action: String, title: String) -> Asking {
    let words = visitor.words;
    let mut asking = Asking::new("try", title, action, fl!(words, "admin-show"))
        .field(
            Field::plain(
                FIELD,
                fl!(words, "admin-try-reference"),
                Input::Line("text"),
                visitor.query(FIELD).unwrap_or_default().to_owned(),
            )
            .hint(fl!(words, "admin-try-reference-hint")),
        )
        .open();
    asking.get = true;
    asking
}

/// The reference that was asked for.
pub(super) fn asked(visitor: &Visitor) -> Option<String> {
    let text = visitor.query(FIELD)?.trim().replace('\0', "");
    (!text.is_empty()).then_some(text)
}

/// The complaint that has it.
pub(super) fn complaint(conn: &mut Conn, reference: &str) -> Result<ComplaintId> {
    let found = listing::find_by_reference(conn, reference)?;
    found.ok_or_else(|| {
        Error::invalid(vec![FieldError {
            pointer: "/reference".to_owned(),
            code: "unknown".to_owned(),
            detail: "no complaint has this reference".to_owned(),
        }])
    })
}

/// Why nothing can be shown, at the field.
pub(super) fn refused(error: Error, words: Words) -> Result<Sent> {
    let Error::Problem(problem) = error else {
        return Err(error);
    };
    let mut findings = Findings::of(&problem, words, |_| Some((FIELD.to_owned(), None)));
    // What stands in the way of the text as a whole is said at the field, too.
    if problem.errors.is_empty() {
        findings = Findings::default();
        findings.add(FIELD, crate::web::i18n::problem(words, problem.code));
    }
    Ok(Sent {
        form: Form::fresh(),
        findings,
        status: StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
    })
}
