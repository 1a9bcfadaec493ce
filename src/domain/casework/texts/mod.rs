//! Canned texts: written once, with wordings for languages and customer types, and variables that are filled in for each
//! complaint.

mod render;
mod store;
mod template;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

pub use self::render::{FittingText, RenderedText, fitting_texts, preview, rendered};
use self::store::TextRow;
pub use self::template::Variable;
use super::macros;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::{Check, objects};
use crate::domain::staff::Act;
use crate::domain::typing::CustomerType;
use crate::error::{Code, Error, Result};

/// The most texts that there are.
const MOST: i64 = 500;
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

impl From<TextRow> for CannedTextView {
    fn from(row: TextRow) -> Self {
        Self {
            slug: row.slug,
            title: row.title,
            wordings: row.wordings.0,
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
        items: store::all(conn)?.into_iter().map(CannedTextView::from).collect(),
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

fn load(conn: &mut Conn, slug: &str) -> Result<TextRow> {
    store::find(conn, &slug.replace('\0', ""))?.ok_or_else(|| Error::not_found("canned text"))
}

/// Whether there is such a text.
///
/// # Errors
/// When the database refuses.
pub fn exists(conn: &mut Conn, slug: &str) -> Result<bool> {
    Ok(store::find(conn, slug)?.is_some())
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
    let before = store::find(conn, &slug)?;
    check_version(expected, before.as_ref().map(|before| before.version))?;
    if before.is_none() && store::count(conn)? >= MOST {
        let mut check = Check::new();
        check.fail("/slug", "not_allowed", format_args!("there are {MOST} texts already"));
        check.finish(())?;
    }
    let row = TextRow {
        slug,
        title,
        wordings: Json(wordings),
        created_at: before.as_ref().map_or(act.now, |before| before.created_at),
        updated_at: act.now,
        updated_by: act.actor.name.clone(),
        version: before.as_ref().map_or(1, |before| before.version + 1),
    };
    match &before {
        Some(before) => store::update(conn, before.version, &row)?,
        None => store::insert(conn, &row)?,
    }
    let fields = json!({
        "slug": row.slug, "version": row.version,
        "before": before.as_ref().map(|before| json!({ "title": before.title, "wordings": before.wordings.0 })),
        "after": { "title": row.title, "wordings": row.wordings.0 },
    });
    let event = Event::about_many(ObjectKind::CannedText, "canned_text.put").with(fields);
    audit::record(conn, act, event)?;
    Ok((row.into(), before.is_none()))
}

/// Takes a canned text away.
///
/// # Errors
/// `text.in_use` while a macro sends it; `resource.not_found`; `request.precondition_failed`.
pub fn delete(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>) -> Result<CannedTextView> {
    let row = load(conn, slug)?;
    check_version(expected, Some(row.version))?;
    if let Some(user) = macros::user_of_text(conn, &row.slug)? {
        return Err(Error::problem(Code::TextInUse, format!("the macro `{user}` sends it")));
    }
    store::delete(conn, &row.slug)?;
    let fields = json!({ "slug": row.slug, "before": { "title": row.title, "wordings": row.wordings.0 } });
    let event = Event::about_many(ObjectKind::CannedText, "canned_text.deleted").with(fields);
    audit::record(conn, act, event)?;
    Ok(row.into())
}

/// Refuses when the caller read another version than there is now.
pub(super) fn check_version(expected: Option<i32>, present: Option<i32>) -> Result<()> {
    let detail = match (expected, present) {
        (Some(expected), Some(present)) if expected != present => {
            format!("you read version {expected}; now it is version {present}")
        }
        (Some(_), None) => "there is none of this name yet".to_owned(),
        _ => return Ok(()),
    };
    Err(Error::problem(Code::PreconditionFailed, detail))
}
