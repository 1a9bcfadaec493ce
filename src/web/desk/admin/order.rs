//! The place of a rule in its list: “after which other”, as a field of its form.

use serde_json::Value;

use super::document::{Kind, Leaf};
use crate::web::i18n::{Words, fl};

/// The field that says it. It stands in the form only, not in the rule.
const KEY: &str = "after";
/// That it is the first.
const FIRST: &str = "-";

/// The field: the first, or after one of the others.
pub(super) fn leaf<'n>(words: Words, others: impl Iterator<Item = (&'n str, &'n str)>) -> Leaf {
    let mut places = vec![(FIRST.to_owned(), fl!(words, "admin-place-first"))];
    places.extend(others.map(|(slug, name)| (slug.to_owned(), fl!(words, "admin-place-after", name = name))));
    Leaf::new(KEY, fl!(words, "admin-place"), Kind::One(places))
        .hint(fl!(words, "admin-place-hint"))
        .needed()
}

/// The one before this one.
pub(super) fn before<R>(all: &[R], slug_of: impl for<'r> Fn(&'r R) -> &'r String, slug: &str) -> Option<String> {
    let at = all.iter().position(|one| slug_of(one) == slug)?;
    all.get(at.checked_sub(1)?).map(|before| slug_of(before).clone())
}

/// Says the place in the document of the form.
pub(super) fn say(value: &mut Value, before: Option<String>) {
    if let Some(map) = value.as_object_mut() {
        map.insert(KEY.to_owned(), before.unwrap_or_else(|| FIRST.to_owned()).into());
    }
}

/// Takes the place out of it again.
pub(super) fn taken(value: &mut Value) -> String {
    let said = value.as_object_mut().and_then(|map| map.remove(KEY));
    said.and_then(|said| said.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The list with a rule at its place, in place of the one of this slug, and which place that is.
pub(super) fn placed<R: Clone>(
    all: &[R],
    slug_of: impl for<'r> Fn(&'r R) -> &'r String,
    slug: Option<&str>,
    rule: R,
    after: &str,
) -> (Vec<R>, usize) {
    let mut list: Vec<R> = all
        .iter()
        .filter(|one| Some(slug_of(one).as_str()) != slug)
        .cloned()
        .collect();
    let found = list.iter().position(|one| slug_of(one) == after);
    let at = match (after, found) {
        (_, Some(before)) => before + 1,
        (FIRST, None) => 0,
        // The one before it is gone: at the end.
        (_, None) => list.len(),
    };
    list.insert(at, rule);
    (list, at)
}
