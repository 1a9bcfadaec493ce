//! Canned texts: written once, with wordings for languages and customer types, and variables that are filled in for each
//! complaint.

mod render;
mod store;
mod template;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::render::{FittingText, RenderedText, fitting_texts, preview, rendered};
pub use self::template::Variable;
use super::macros;
use super::named::{self, Content as _, Named};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::{Check, objects};
use crate::domain::staff::Act;
use crate::domain::typing::CustomerType;
use crate::error::{Code, Error, Result};

type Text = Named<Vec<Wording>>;

/// The most wordings of one.
const MOST_WORDINGS: usize = 50;

/// How a text is worded in a language, for customers of a type or for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// BCP 47. `zh` is also taken for `zh-CN`.
    #[schema(max_length = 35, example = "en")]
    pub language: String,
    /// For whom; for everybody, when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_type: Option<CustomerType>,
    /// The text; variables stand in braces.
    #[schema(
        min_length = 1,
        max_length = 8000,
        example = "Dear {customer.name}, we call you {call_back.window}."
    )]
    pub body: String,
}

/// A canned text as somebody writes it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CannedTextForm {
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    /// How it is worded; at most one wording for a language and a type.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 50)]
    pub wordings: Vec<Wording>,
}

/// A canned text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CannedTextView {
    /// Its name here.
    #[schema(example = "call_back_soon")]
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// How it is worded.
    pub wordings: Vec<Wording>,
    /// Who wrote it last.
    pub updated_by: String,
    /// When.
    pub updated_at: Moment,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

impl From<Text> for CannedTextView {
    fn from(row: Text) -> Self {
        Self {
            slug: row.slug,
            title: row.title,
            wordings: row.content,
            updated_by: row.updated_by,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// Every canned text, by its slug.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CannedTextsView {
    /// The texts.
    pub items: Vec<CannedTextView>,
    /// The variables that there are.
    #[schema(example = json!(["customer.name", "complaint.reference"]))]
    pub variables: Vec<Variable>,
}

/// Every canned text.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn) -> Result<CannedTextsView> {
    Ok(CannedTextsView {
        items: Vec::<Wording>::all(conn)?
            .into_iter()
            .map(CannedTextView::from)
            .collect(),
        variables: Variable::ALL.to_vec(),
    })
}

/// A canned text.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, slug: &str) -> Result<CannedTextView> {
    load(conn, slug).map(CannedTextView::from)
}

fn load(conn: &mut Conn, slug: &str) -> Result<Text> {
    named::load(conn, slug)
}

/// Whether there is such a text.
///
/// # Errors
/// When the database refuses.
pub fn exists(conn: &mut Conn, slug: &str) -> Result<bool> {
    Ok(Vec::<Wording>::find(conn, slug)?.is_some())
}

fn checked(check: &mut Check, wordings: &[Wording]) -> Vec<Wording> {
    if wordings.is_empty() {
        check.fail("/wordings", "required", "at least one");
    }
    if wordings.len() > MOST_WORDINGS {
        check.fail("/wordings", "too_long", format_args!("at most {MOST_WORDINGS}"));
    }
    let mut kept: Vec<Wording> = Vec::with_capacity(wordings.len());
    for (n, wording) in wordings.iter().enumerate() {
        let at = |field: &str| format!("/wordings/{n}/{field}");
        let wording = Wording {
            language: check.language(&at("language"), &wording.language),
            customer_type: wording.customer_type,
            body: check.text(&at("body"), &wording.body, 1, 8_000),
        };
        if let Err(why) = template::parse(&wording.body) {
            check.fail(at("body"), "malformed", why);
        }
        let same = |other: &Wording| {
            other.language.eq_ignore_ascii_case(&wording.language) && other.customer_type == wording.customer_type
        };
        if kept.iter().any(same) {
            check.fail(
                at("language"),
                "not_allowed",
                "another wording is for this language and type",
            );
        }
        kept.push(wording);
    }
    kept
}

/// Makes or changes a canned text. True when it is new.
///
/// # Errors
/// `request.invalid`; `request.precondition_failed`.
pub fn put(
    conn: &mut Conn,
    act: &Act,
    slug: &str,
    expected: Option<i32>,
    form: &CannedTextForm,
) -> Result<(CannedTextView, bool)> {
    let mut check = Check::new();
    let slug = check.slug("/slug", slug);
    let title = check.text("/title", &form.title, 1, 100);
    let wordings = checked(&mut check, &form.wordings);
    check.finish(())?;
    let (one, is_new) = named::put(conn, act, expected, (slug, title), wordings)?;
    Ok((one.into(), is_new))
}

/// Takes a canned text away.
///
/// # Errors
/// `text.in_use` while a macro sends it; `resource.not_found`; `request.precondition_failed`.
pub fn delete(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>) -> Result<CannedTextView> {
    let unused = |conn: &mut Conn, slug: &str| match macros::user_of_text(conn, slug)? {
        Some(user) => Err(Error::problem(Code::TextInUse, format!("the macro `{user}` sends it"))),
        None => Ok(()),
    };
    named::delete::<Vec<Wording>>(conn, act, slug, expected, unused).map(CannedTextView::from)
}
