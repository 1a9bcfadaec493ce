//! What somebody has typed into the forms of the desk and not sent, kept by the service and put back.
//!
//! A draft holds a form as a JSON object of its fields, without what every form carries. One draft of steps is for all of
//! them: the names of their fields say which.

use std::collections::BTreeMap;

use crate::api::extract::Ctx;
use crate::domain::drafts::{self, DraftForm, DraftKind, DraftView};
use crate::ids::ComplaintId;
use crate::web::forms::Form;

/// The field in which a form brings, as a draft holds it, what was typed into others of its kind.
const BESIDE: &str = "beside";
/// What every form carries beside what was typed.
const CARRIED: &[&str] = &[
    "csrf_token",
    "form_key",
    "version",
    "seen",
    "deed",
    "back",
    "look",
    "draft",
    "write-text",
    "write-fill",
    BESIDE,
];

/// Whether a field was typed into.
pub(super) fn is_typed(name: &str) -> bool {
    !CARRIED.contains(&name)
}

/// Of which kind the draft of a deed is, if drafts are kept of it.
fn kind_of(prefix: &str, form: &Form) -> Option<DraftKind> {
    match prefix {
        "steps" => Some(DraftKind::Step),
        "close" => Some(DraftKind::Close),
        "write" if form.text("write-direction") == "internal" => Some(DraftKind::Note),
        "write" => Some(DraftKind::Message),
        _ => None,
    }
}

/// Puts what was typed back into a form that nobody has filled in; gives the names of the fields.
pub(super) fn restore(form: &mut Form, typed: &str) -> Vec<String> {
    // What a program has kept there in another way is not for these fields.
    let fields: BTreeMap<String, String> = serde_json::from_str(typed).unwrap_or_default();
    let mut names = Vec::new();
    for (name, value) in fields {
        if is_typed(&name) {
            form.set(&name, value);
            names.push(name);
        }
    }
    names
}

/// [`restore`] of every draft, the oldest first.
pub(super) fn restore_all(form: &mut Form, drafts: &[DraftView]) -> Vec<String> {
    let mut drafts: Vec<&DraftView> = drafts.iter().collect();
    drafts.sort_by_key(|draft| draft.updated_at);
    drafts
        .into_iter()
        .flat_map(|draft| restore(form, &draft.typed))
        .collect()
}

/// Keeps what was typed for a deed that came too late. That it could not be kept is no reason to show nothing.
pub(super) async fn keep(ctx: &Ctx, id: ComplaintId, form: &Form, prefix: &str) {
    let Some(kind) = kind_of(prefix, form) else { return };
    let typed: BTreeMap<&str, &str> = form
        .all()
        .filter(|(name, value)| is_typed(name) && !value.trim().is_empty())
        .collect();
    put(ctx, (id, kind), &typed, form.version().ok()).await;
}

/// Keeps what was typed into other forms of the kind of one that was done: what was done leaves no draft of its kind.
pub(super) async fn keep_beside(ctx: &Ctx, id: ComplaintId, form: &Form, prefix: &str) {
    let Some(kind) = kind_of(prefix, form) else { return };
    let beside: BTreeMap<String, String> = serde_json::from_str(form.text(BESIDE)).unwrap_or_default();
    let typed: BTreeMap<&str, &str> = beside
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, value)| is_typed(name) && !value.trim().is_empty() && form.text(name).is_empty())
        .collect();
    put(ctx, (id, kind), &typed, None).await;
}

async fn put(ctx: &Ctx, of: (ComplaintId, DraftKind), typed: &BTreeMap<&str, &str>, based_on: Option<i32>) {
    let Ok(text) = serde_json::to_string(typed) else {
        return;
    };
    if typed.is_empty() {
        return;
    }
    let kept = DraftForm { typed: text, based_on };
    let done = ctx.write(move |conn, act| drafts::put(conn, act, of, &kept)).await;
    if let Err(error) = done {
        tracing::warn!(%error, "what somebody typed could not be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_put_back_and_nothing_else() {
        let mut form = Form::fresh();
        let key = form.text("form_key").to_owned();
        restore(
            &mut form,
            r#"{"listen-own_words":"路 &","form_key":"x","version":"7","csrf_token":"y","deed":"close"}"#,
        );
        restore(&mut form, "Dear Ms Li");
        restore(&mut form, "[1]");
        assert_eq!(form.text("listen-own_words"), "路 &");
        assert_eq!(
            (form.text("form_key"), form.text("version"), form.text("deed")),
            (key.as_str(), "", "")
        );
    }
}
