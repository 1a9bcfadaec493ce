//! Macros: several actions under one name, done together or not at all.

mod run;
mod store;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::run::{MacroDone, MacroPreview, MacroStep, StepOutcome, preview, run};
use super::named::{self, Content as _, Named};
use super::texts;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::{Check, objects};
use crate::domain::complaints::actions::{Action, checked_all};
use crate::domain::staff::Act;
use crate::error::Result;

type Macro = Named<Vec<Action>>;

/// A macro as somebody writes it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MacroForm {
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    /// What it does, in this order.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 10)]
    pub actions: Vec<Action>,
}

/// A macro.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MacroView {
    /// Its name here.
    #[schema(example = "promise_and_wait")]
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What it does, in this order.
    pub actions: Vec<Action>,
    /// Who wrote it last.
    pub updated_by: String,
    /// When.
    pub updated_at: Moment,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

impl From<Macro> for MacroView {
    fn from(row: Macro) -> Self {
        Self {
            slug: row.slug,
            title: row.title,
            actions: row.content,
            updated_by: row.updated_by,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// Every macro, by its slug.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MacrosView {
    /// The macros.
    pub items: Vec<MacroView>,
}

/// Every macro.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn) -> Result<MacrosView> {
    Ok(MacrosView {
        items: Vec::<Action>::all(conn)?.into_iter().map(MacroView::from).collect(),
    })
}

/// A macro.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, slug: &str) -> Result<MacroView> {
    load(conn, slug).map(MacroView::from)
}

fn load(conn: &mut Conn, slug: &str) -> Result<Macro> {
    named::load(conn, slug)
}

/// The first macro that sends this text.
pub(super) fn user_of_text(conn: &mut Conn, text: &str) -> Result<Option<String>> {
    let sends = |one: &Macro| one.content.iter().any(|action| sent(action) == Some(text));
    Ok(Vec::<Action>::all(conn)?.into_iter().find(sends).map(|one| one.slug))
}

fn sent(action: &Action) -> Option<&str> {
    match action {
        Action::SendMessage { text, .. } => text.as_deref(),
        _ => None,
    }
}

/// Makes or changes a macro. True when it is new.
///
/// # Errors
/// `request.invalid`; `request.precondition_failed`.
pub fn put(
    conn: &mut Conn,
    act: &Act,
    slug: &str,
    expected: Option<i32>,
    form: &MacroForm,
) -> Result<(MacroView, bool)> {
    let mut check = Check::new();
    let slug = check.slug("/slug", slug);
    let title = check.text("/title", &form.title, 1, 100);
    let actions = checked_all(&mut check, "/actions", &form.actions, 1);
    for (n, text) in actions.iter().map(sent).enumerate() {
        if let Some(text) = text
            && check.is_clean()
            && !texts::exists(conn, text)?
        {
            check.fail(format!("/actions/{n}/text"), "unknown", "there is no such canned text");
        }
    }
    check.finish(())?;
    let (one, is_new) = named::put(conn, act, expected, (slug, title), actions)?;
    Ok((one.into(), is_new))
}

/// Takes a macro away.
///
/// # Errors
/// `resource.not_found`; `request.precondition_failed`.
pub fn delete(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>) -> Result<MacroView> {
    named::delete::<Vec<Action>>(conn, act, slug, expected, |_, _| Ok(())).map(MacroView::from)
}
