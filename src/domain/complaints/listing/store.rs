//! SQL of lists of complaints.

use diesel::prelude::*;

use super::{Cursor, Order};
use crate::clock::Moment;
use crate::db::conn::{Conn, MultiBackend};
use crate::db::schema::{complaint_statements, complaint_tags, complaint_watchers, complaints};
use crate::domain::complaints::model::Complaint;
use crate::domain::complaints::vocabulary::{Channel, Kind, State};
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{CustomerId, TeamId};

/// Which complaints; everything that is said must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::domain::complaints) struct Filter {
    pub(in crate::domain::complaints) state: Option<State>,
    pub(in crate::domain::complaints) open: Option<bool>,
    pub(in crate::domain::complaints) kind: Option<Kind>,
    pub(in crate::domain::complaints) channel: Option<Channel>,
    pub(in crate::domain::complaints) category: Option<String>,
    pub(in crate::domain::complaints) customer_type: Option<CustomerType>,
    pub(in crate::domain::complaints) customer_id: Option<CustomerId>,
    pub(in crate::domain::complaints) owner: Option<String>,
    pub(in crate::domain::complaints) team: Option<TeamId>,
    pub(in crate::domain::complaints) reference: Option<String>,
    pub(in crate::domain::complaints) external_ref: Option<String>,
    pub(in crate::domain::complaints) received_from: Option<Moment>,
    pub(in crate::domain::complaints) received_before: Option<Moment>,
    pub(in crate::domain::complaints) due_before: Option<Moment>,
    pub(in crate::domain::complaints) tag: Option<String>,
    pub(in crate::domain::complaints) watcher: Option<String>,
}

type Boxed<'a> = complaints::BoxedQuery<'a, MultiBackend>;

impl Filter {
    /// Whether every complaint passes.
    pub(in crate::domain::complaints) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn apply<'a>(&self, mut query: Boxed<'a>) -> Boxed<'a> {
        query = match (self.state, self.open) {
            (Some(state), _) => query.filter(complaints::state.eq(state)),
            (None, Some(true)) => {
                query.filter(complaints::state.eq_any([State::Received, State::InHandling, State::Waiting]))
            }
            (None, Some(false)) => query.filter(complaints::state.eq(State::Closed)),
            (None, None) => query,
        };
        if let Some(kind) = self.kind {
            query = query.filter(complaints::kind.eq(kind));
        }
        if let Some(channel) = self.channel {
            query = query.filter(complaints::channel.eq(channel));
        }
        if let Some(category) = &self.category {
            query = query.filter(complaints::category.eq(category.clone()));
        }
        if let Some(customer_type) = self.customer_type {
            query = query.filter(complaints::customer_type.eq(customer_type));
        }
        if let Some(customer_id) = self.customer_id {
            query = query.filter(complaints::customer_id.eq(customer_id));
        }
        if let Some(owner) = &self.owner {
            query = query
                .filter(complaints::owner.is_not_null())
                .filter(complaints::owner.eq(Some(owner.clone())));
        }
        if let Some(team) = self.team {
            query = query
                .filter(complaints::team_id.is_not_null())
                .filter(complaints::team_id.eq(Some(team)));
        }
        if let Some(reference) = &self.reference {
            query = query.filter(complaints::reference.eq(reference.clone()));
        }
        if let Some(external_ref) = &self.external_ref {
            let with_ref = complaint_statements::table
                .filter(complaint_statements::external_ref.is_not_null())
                .filter(complaint_statements::external_ref.eq(Some(external_ref.clone())))
                .select(complaint_statements::complaint_id);
            query = query.filter(complaints::id.eq_any(with_ref));
        }
        if let Some(from) = self.received_from {
            query = query.filter(complaints::received_at.ge(from));
        }
        if let Some(before) = self.received_before {
            query = query.filter(complaints::received_at.lt(before));
        }
        if let Some(before) = self.due_before {
            query = query
                .filter(complaints::next_due_at.is_not_null())
                .filter(complaints::next_due_at.lt(Some(before)));
        }
        if let Some(tag) = &self.tag {
            let tagged = complaint_tags::table
                .filter(complaint_tags::tag.eq(tag.clone()))
                .select(complaint_tags::complaint_id);
            query = query.filter(complaints::id.eq_any(tagged));
        }
        if let Some(watcher) = &self.watcher {
            let watched = complaint_watchers::table
                .filter(complaint_watchers::watcher.eq(watcher.clone()))
                .select(complaint_watchers::complaint_id);
            query = query.filter(complaints::id.eq_any(watched));
        }
        query
    }
}

/// Those that have something due, by when; after the given place.
macro_rules! by_due {
    ($query:expr, $column:ident, $after:expr) => {{
        let mut query = $query
            .filter(complaints::$column.is_not_null())
            .order((complaints::$column.asc(), complaints::seq.asc()));
        if let Some(Cursor {
            seq, due: Some(due), ..
        }) = $after
        {
            let same = complaints::$column.eq(Some(due)).and(complaints::seq.gt(seq));
            query = query.filter(complaints::$column.gt(Some(due)).or(same).assume_not_null());
        }
        query
    }};
}

/// A page of complaints in the given order.
pub(in crate::domain::complaints) fn list(
    conn: &mut Conn,
    filter: &Filter,
    order: Order,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Complaint>> {
    let mut query = filter.apply(complaints::table.into_boxed()).limit(limit);
    match order {
        Order::Newest => {
            query = query.order(complaints::seq.desc());
            if let Some(after) = after {
                query = query.filter(complaints::seq.lt(after.seq));
            }
        }
        Order::Oldest => {
            query = query.order(complaints::seq.asc());
            if let Some(after) = after {
                query = query.filter(complaints::seq.gt(after.seq));
            }
        }
        Order::CallBackDue => query = by_due!(query, call_back_due_at, after),
        Order::Due => query = by_due!(query, next_due_at, after),
    }
    Ok(query.select(Complaint::as_select()).load(conn)?)
}

/// Those of these complaints that pass the filter, in no particular order.
pub(in crate::domain::complaints) fn by_seqs(conn: &mut Conn, seqs: &[i64], filter: &Filter) -> Result<Vec<Complaint>> {
    let query = filter.apply(complaints::table.into_boxed());
    Ok(query
        .filter(complaints::seq.eq_any(seqs.to_vec()))
        .select(Complaint::as_select())
        .load(conn)?)
}
