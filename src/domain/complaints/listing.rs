//! Lists and search: filters, words in any language, pages that stay put while new complaints arrive.

pub(super) mod store;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::store::Filter;
use super::model::Complaint;
use super::store as complaints;
use super::view::{self, ComplaintSummary};
use super::vocabulary::{Channel, Kind, State};
use super::{reference, tallies};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::dialect;
use crate::domain::search;
use crate::domain::staff::Act;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId, TeamId};

/// The most complaints that a search by words looks through for one page. A page may then be
/// short and still have a next one.
const LOOK_THROUGH: usize = 20_000;

/// In which order a list comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The last logged first.
    #[default]
    Newest,
    /// The first logged first.
    Oldest,
    /// Those with a promised call-back, the earliest first.
    CallBackDue,
    /// Those with something due, a clock or a promised call-back, the earliest first.
    Due,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// `seq` of the last complaint of the page before.
    pub seq: i64,
    /// By when its call-back, or anything, is due, when the list is in that order.
    pub due: Option<Moment>,
    /// The order of the list; a place means nothing in another one.
    pub order: Order,
}

/// Which complaints to list.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// In this state.
    pub state: Option<State>,
    /// Not closed (`true`) or closed (`false`).
    pub open: Option<bool>,
    /// Complaint, question or feedback.
    pub kind: Option<Kind>,
    /// That came in so.
    pub channel: Option<Channel>,
    /// Of this subject category.
    pub category: Option<String>,
    /// Of this customer type.
    pub customer_type: Option<CustomerType>,
    /// Of this customer.
    pub customer_id: Option<CustomerId>,
    /// Handled by this person.
    pub owner: Option<String>,
    /// Held by this team.
    pub team: Option<TeamId>,
    /// With this reference (in any spelling).
    pub reference: Option<String>,
    /// With this id in another system.
    pub external_ref: Option<String>,
    /// Received at or after this moment.
    pub received_from: Option<Moment>,
    /// Received before this moment.
    pub received_before: Option<Moment>,
    /// With something past due: what a clock waits for, or a promised call-back.
    pub overdue: bool,
    /// That have this tag.
    pub tag: Option<String>,
    /// That the one who asks watches.
    pub watched: bool,
    /// That hold all these words.
    pub words: Option<String>,
    /// In this order.
    pub order: Order,
    /// After this place.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// A page of complaints.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The complaints.
    pub items: Vec<ComplaintSummary>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// How many complaints stand where.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// By state, exact.
    pub by_state: BTreeMap<String, i64>,
    /// Promised call-backs that are open, counted up to 10,000.
    pub call_backs_open: i64,
    /// Promised call-backs that are past their window, counted up to 10,000.
    pub call_backs_overdue: i64,
}

/// The most open promises that are counted.
pub const COUNTED: i64 = 10_000;

/// Lists complaints.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act, listing: &Listing) -> Result<Page> {
    let Some(filter) = filter(listing, act) else {
        return Ok(Page::default());
    };
    match listing.words.as_deref() {
        Some(words) => by_words(conn, listing, &filter, words),
        None => {
            let rows = store::list(conn, &filter, listing.order, listing.after, listing.limit + 1)?;
            page(conn, rows, listing)
        }
    }
}

/// `None` when nothing can match.
fn filter(listing: &Listing, act: &Act) -> Option<Filter> {
    let reference = match listing.reference.as_deref() {
        Some(text) => Some(reference::parse(text)?),
        None => None,
    };
    Some(Filter {
        state: listing.state,
        open: listing.open,
        kind: listing.kind,
        channel: listing.channel,
        category: listing.category.clone(),
        customer_type: listing.customer_type,
        customer_id: listing.customer_id,
        owner: listing.owner.clone(),
        team: listing.team,
        reference,
        external_ref: listing.external_ref.clone(),
        received_from: listing.received_from,
        received_before: listing.received_before,
        due_before: listing.overdue.then_some(act.now),
        tag: listing.tag.clone(),
        watcher: listing.watched.then(|| act.actor.name.clone()),
    })
}

fn page(conn: &mut Conn, mut rows: Vec<Complaint>, listing: &Listing) -> Result<Page> {
    let limit = usize::try_from(listing.limit).unwrap_or_default();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| Cursor {
        seq: row.seq,
        due: match listing.order {
            Order::Due => row.next_due_at,
            Order::CallBackDue | Order::Newest | Order::Oldest => row.call_back_due_at,
        },
        order: listing.order,
    });
    Ok(Page {
        items: view::summaries(conn, rows)?,
        next,
    })
}

/// Walks through the hits of the word index, the newest first, and keeps those that pass the filter.
fn by_words(conn: &mut Conn, listing: &Listing, filter: &Filter, words: &str) -> Result<Page> {
    let terms = search::terms(words);
    if terms.is_empty() {
        return Ok(Page::default());
    }
    let limit = usize::try_from(listing.limit).unwrap_or_default();
    let mut below = listing.after.map_or(i64::MAX, |cursor| cursor.seq);
    let mut chunk = if filter.is_empty() { limit + 1 } else { 4 * (limit + 1) };
    let (mut rows, mut seen): (Vec<Complaint>, usize) = (Vec::new(), 0);
    loop {
        let hits = dialect::find_words(conn, &terms, below, i64::try_from(chunk).unwrap_or(i64::MAX))?;
        seen += hits.len();
        let exhausted = hits.len() < chunk;
        let Some(last) = hits.last().copied() else {
            return page(conn, rows, listing);
        };
        let mut found = store::by_seqs(conn, &hits, filter)?;
        found.sort_by_key(|row| std::cmp::Reverse(row.seq));
        rows.append(&mut found);
        if exhausted || rows.len() > limit {
            return page(conn, rows, listing);
        }
        below = last;
        if seen >= LOOK_THROUGH {
            let items = view::summaries(conn, rows)?;
            return Ok(Page {
                items,
                next: Some(Cursor {
                    seq: below,
                    due: None,
                    order: listing.order,
                }),
            });
        }
        chunk = (chunk * 4).min(4_000);
    }
}

/// How many complaints stand where, without counting them one by one.
///
/// # Errors
/// When the database refuses.
pub fn counts(conn: &mut Conn, now: Moment) -> Result<Counts> {
    let by_state = tallies::read(conn)?
        .into_iter()
        .map(|(state, n)| (state.to_string(), n))
        .collect();
    let (open, overdue) = super::call_backs::figures(conn, now, COUNTED)?;
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Counts {
        by_state,
        call_backs_open: number(open),
        call_backs_overdue: number(overdue),
    })
}

/// The complaint that somebody names by its reference, however they spell it.
///
/// # Errors
/// `resource.not_found`.
pub fn find_by_reference(conn: &mut Conn, text: &str) -> Result<Option<ComplaintId>> {
    match reference::parse(text) {
        Some(reference) => complaints::find_by_reference(conn, &reference),
        None => Ok(None),
    }
}
