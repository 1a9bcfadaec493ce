//! What the address of the list says: which complaints, in which saved view, and from which place on.
//!
//! The way back is in the address, too: the places at which the pages before began. So a page stays what it is while
//! complaints come and go, and every step is a link.

use chrono::DateTime;

use crate::api::extract::Ctx;
use crate::clock::Moment;
use crate::domain::complaints::list_filter::{ListFilter, Watched};
use crate::domain::complaints::listing::{Cursor, Order};
use crate::error::Result;
use crate::ids::ViewId;
use crate::web::desk::voice::names;
use crate::web::page::Visitor;

/// What the address may say of which complaints are shown, in the order of the page.
const NAMES: &[&str] = &[
    "view", "q", "state", "owner", "tag", "manner", "kind", "category", "order", "overdue", "watched",
];
/// The most pages that one can go back one by one; before that, the first is one step away.
const TRAIL: usize = 40;

/// Orders by the names that addresses give them.
pub(super) const ORDERS: &[(&str, Order)] = &[
    ("newest", Order::Newest),
    ("oldest", Order::Oldest),
    ("due", Order::Due),
    ("call_back_due", Order::CallBackDue),
];

/// The name of an order.
pub(super) fn order_name(order: Order) -> &'static str {
    ORDERS
        .iter()
        .find(|(_, known)| *known == order)
        .map_or("newest", |(name, _)| name)
}

/// What the address says.
#[derive(Clone)]
pub(super) struct Asked {
    /// Which complaints, beside what the view says.
    pub(super) filter: ListFilter,
    /// In which saved view.
    pub(super) view: Option<ViewId>,
    pairs: Vec<(&'static str, String)>,
    after: Option<String>,
    trail: Vec<String>,
}

/// A text of the address, unless it is blank.
pub(super) fn said(visitor: &Visitor, name: &str) -> Option<String> {
    let text = visitor.query(name).unwrap_or_default().trim().replace('\0', "");
    (!text.is_empty()).then(|| text.chars().take(200).collect())
}

impl Asked {
    /// Reads the address; what cannot be read says nothing. A person may go by name.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn read(ctx: &Ctx, visitor: &Visitor) -> Result<Self> {
        let mut asked = Self::of(visitor);
        if let Some(said) = asked.filter.owner.take() {
            let owner = names(ctx).await?.meant(&said).to_owned();
            for (_, value) in asked.pairs.iter_mut().filter(|(name, _)| *name == "owner") {
                value.clone_from(&owner);
            }
            asked.filter.owner = Some(owner);
        }
        Ok(asked)
    }

    fn of(visitor: &Visitor) -> Self {
        let pairs: Vec<(&'static str, String)> = NAMES
            .iter()
            .filter_map(|name| Some((*name, said(visitor, name)?)))
            .collect();
        let state = said(visitor, "state");
        let filter = ListFilter {
            q: said(visitor, "q"),
            open: (state.as_deref() == Some("open")).then_some(true),
            state: state.and_then(|word| word.parse().ok()),
            tag: said(visitor, "tag"),
            owner: said(visitor, "owner"),
            customer_type: said(visitor, "manner").and_then(|word| word.parse().ok()),
            kind: said(visitor, "kind").and_then(|word| word.parse().ok()),
            category: said(visitor, "category"),
            order: said(visitor, "order")
                .and_then(|word| ORDERS.iter().find(|(name, _)| *name == word))
                .map(|(_, order)| *order),
            watched: visitor.query("watched").map(|_| Watched::Me),
            overdue: visitor.query("overdue").map(|_| true),
            ..ListFilter::default()
        };
        let places = |name: &str| -> Vec<String> {
            let text = visitor.query(name).unwrap_or_default();
            let all: Vec<String> = text
                .split('.')
                .filter(|place| is_place(place))
                .map(str::to_owned)
                .collect();
            all.into_iter().rev().take(TRAIL).rev().collect()
        };
        Self {
            filter,
            view: said(visitor, "view").and_then(|id| id.parse().ok().map(ViewId)),
            pairs,
            after: places("after").pop(),
            trail: places("trail"),
        }
    }

    /// Where the page begins, in a list of this order.
    pub(super) fn after(&self, order: Order) -> Option<Cursor> {
        self.after.as_deref().and_then(|place| cursor(place, order))
    }

    /// Whether it is the first page.
    pub(super) const fn is_first(&self) -> bool {
        self.after.is_none()
    }

    /// What a value of the address says; nothing when it says nothing.
    pub(super) fn text(&self, name: &str) -> String {
        let found = self.pairs.iter().find(|(have, _)| *have == name);
        found.map_or(String::new(), |(_, value)| value.clone())
    }

    /// The address of the list, from its beginning, with something more.
    pub(super) fn address(&self, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.pairs).extend_pairs(more);
        match query.finish() {
            query if query.is_empty() => "/desk/complaints".to_owned(),
            query => format!("/desk/complaints?{query}"),
        }
    }

    /// The address of this page, with something more.
    pub(super) fn here(&self, more: &[(&str, &str)]) -> String {
        let trail = self.trail.join(".");
        let mut place: Vec<(&str, &str)> = Vec::new();
        if let Some(after) = self.after.as_deref() {
            place.push(("after", after));
        }
        if !trail.is_empty() {
            place.push(("trail", &trail));
        }
        place.extend_from_slice(more);
        self.address(&place)
    }

    /// The address of the next page.
    pub(super) fn next(&self, next: Cursor) -> String {
        let mut trail = self.trail.clone();
        trail.extend(self.after.clone());
        let start = trail.len().saturating_sub(TRAIL);
        let trail = trail.get(start..).unwrap_or_default().join(".");
        let place = place(next);
        let mut more = vec![("after", place.as_str())];
        if !trail.is_empty() {
            more.push(("trail", &trail));
        }
        self.address(&more)
    }

    /// The address of the page before; nothing on the first.
    pub(super) fn previous(&self) -> Option<String> {
        self.after.as_ref()?;
        let Some((last, rest)) = self.trail.split_last() else {
            return Some(self.address(&[]));
        };
        let trail = rest.join(".");
        let mut more = vec![("after", last.as_str())];
        if !trail.is_empty() {
            more.push(("trail", &trail));
        }
        Some(self.address(&more))
    }
}

/// A place in a list, as it stands in an address.
fn place(cursor: Cursor) -> String {
    match cursor.due {
        Some(due) => format!("{}_{}", cursor.seq, due.timestamp_micros()),
        None => cursor.seq.to_string(),
    }
}

fn is_place(text: &str) -> bool {
    cursor(text, Order::Newest).is_some()
}

fn cursor(text: &str, order: Order) -> Option<Cursor> {
    let (seq, due) = match text.split_once('_') {
        Some((seq, due)) => (seq, Some(due)),
        None => (text, None),
    };
    let due = match due {
        Some(due) => {
            let at = DateTime::from_timestamp_micros(due.parse().ok()?)?;
            Some(Moment::try_from(at).ok()?)
        }
        None => None,
    };
    Some(Cursor {
        seq: seq.parse().ok()?,
        due,
        order,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let due = "2026-11-24T10:00:00.000123Z".parse().ok();
        for cursor_there in [
            Cursor {
                seq: 41,
                due,
                order: Order::Due,
            },
            Cursor {
                seq: 7,
                due: None,
                order: Order::Oldest,
            },
        ] {
            assert_eq!(cursor(&place(cursor_there), cursor_there.order), Some(cursor_there));
        }
        for wrong in ["", "x", "7_", "7_x", "_7", "7_99999999999999999999"] {
            assert_eq!(cursor(wrong, Order::Newest), None, "{wrong}");
        }
    }
}
