//! SQL of complaints and everything that hangs on them.

use diesel::prelude::*;

use super::listing::{Cursor, Order};
use super::model::{Attempt, CallBack, Closure, Complaint, Message, Statement, StepRow, TimelineEntry, TypeChange};
use super::vocabulary::{CallBackState, Channel, Direction, Kind, RedressStatus, State};
use crate::clock::Moment;
use crate::db::conn::{Conn, MultiBackend};
use crate::db::schema::{
    call_back_attempts, call_backs, closures, complaint_statements, complaint_tags, complaint_watchers, complaints,
    customer_type_changes, handling_steps, messages, timeline_entries,
};
use crate::domain::typing::CustomerType;
use crate::error::{Error, Result};
use crate::ids::{CallBackId, ClosureId, ComplaintId, CustomerId, EntryId, MessageId, TeamId};
use crate::{insert_numbered, insert_rows};

pub(super) use super::history::store::whole_timeline;

/// The rule was checked before; the database caught somebody who was there at the same moment.
/// The work is done again, and meets what is there now.
fn again_if_taken(error: diesel::result::Error, why: &'static str) -> Error {
    let error = Error::from(error);
    if error.is_unique_violation() {
        Error::Retry(why)
    } else {
        error
    }
}

/// Inserts complaints and gives each its `seq`.
pub(super) fn insert_complaints(conn: &mut Conn, rows: &mut [Complaint]) -> Result<()> {
    let given: Vec<(ComplaintId, i64)> =
        insert_numbered!(conn, complaints::table, &*rows, (complaints::id, complaints::seq))
            // Nearly always the reference: another draw will do. Anything else fails again and is reported.
            .map_err(|error| again_if_taken(error, "the reference or the link is taken"))?;
    let given: std::collections::HashMap<ComplaintId, i64> = given.into_iter().collect();
    for row in rows {
        row.seq = *given
            .get(&row.id)
            .ok_or_else(|| Error::internal("the database gave no seq"))?;
    }
    Ok(())
}

pub(super) fn insert_statements(conn: &mut Conn, rows: &[Statement]) -> Result<()> {
    insert_rows!(conn, complaint_statements::table, rows)?;
    Ok(())
}

pub(super) fn insert_entries(conn: &mut Conn, rows: &[TimelineEntry]) -> Result<()> {
    insert_rows!(conn, timeline_entries::table, rows)?;
    Ok(())
}

pub(super) fn insert_type_changes(conn: &mut Conn, rows: &[TypeChange]) -> Result<()> {
    insert_rows!(conn, customer_type_changes::table, rows)?;
    Ok(())
}

pub(super) fn find(conn: &mut Conn, id: ComplaintId) -> Result<Option<Complaint>> {
    Ok(complaints::table
        .find(id)
        .select(Complaint::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn load(conn: &mut Conn, id: ComplaintId) -> Result<Complaint> {
    find(conn, id)?.ok_or_else(|| Error::not_found("complaint"))
}

pub(super) fn find_by_tracking_hash(conn: &mut Conn, hash: &[u8]) -> Result<Option<Complaint>> {
    Ok(complaints::table
        .filter(complaints::tracking_hash.eq(Some(hash.to_vec())))
        .filter(complaints::tracking_hash.is_not_null())
        .select(Complaint::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn load_statement(conn: &mut Conn, id: ComplaintId) -> Result<Statement> {
    Ok(complaint_statements::table
        .find(id)
        .select(Statement::as_select())
        .first(conn)?)
}

/// Writes the changed complaint; refuses when somebody else changed it since it was loaded.
pub(super) fn update(conn: &mut Conn, before: &Complaint, after: &Complaint) -> Result<()> {
    let changed = diesel::update(
        complaints::table
            .find(before.id)
            .filter(complaints::version.eq(before.version)),
    )
    .set(after)
    .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Retry("the complaint changed meanwhile"))
    }
}

pub(super) fn update_statement(conn: &mut Conn, row: &Statement) -> Result<()> {
    diesel::update(complaint_statements::table.find(row.complaint_id))
        .set(row)
        .execute(conn)?;
    Ok(())
}

pub(super) fn recent_of_customer(
    conn: &mut Conn,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<(Complaint, Statement)>> {
    Ok(complaints::table
        .inner_join(complaint_statements::table)
        .filter(complaints::customer_id.eq(customer))
        .order(complaints::seq.desc())
        .limit(limit)
        .select((Complaint::as_select(), Statement::as_select()))
        .load(conn)?)
}

pub(super) fn steps_of(conn: &mut Conn, id: ComplaintId) -> Result<Vec<StepRow>> {
    let mut rows: Vec<StepRow> = handling_steps::table
        .filter(handling_steps::complaint_id.eq(id))
        .select(StepRow::as_select())
        .load(conn)?;
    // Those of one phone call are done at one moment, and stored under words that do not sort as the steps do.
    rows.sort_by_key(|row| (row.round, row.done_at, row.step));
    Ok(rows)
}

pub(super) fn insert_steps(conn: &mut Conn, rows: &[StepRow]) -> Result<()> {
    insert_rows!(conn, handling_steps::table, rows)
        .map_err(|error| again_if_taken(error, "the step was recorded meanwhile"))?;
    Ok(())
}

pub(super) fn update_step(conn: &mut Conn, row: &StepRow) -> Result<()> {
    diesel::update(handling_steps::table.find((row.complaint_id, row.round, row.step)))
        .set(row)
        .execute(conn)?;
    Ok(())
}

pub(super) fn type_changes_of(conn: &mut Conn, id: ComplaintId) -> Result<Vec<TypeChange>> {
    Ok(customer_type_changes::table
        .filter(customer_type_changes::complaint_id.eq(id))
        .order(customer_type_changes::id.asc())
        .select(TypeChange::as_select())
        .load(conn)?)
}

pub(super) fn closures_of(conn: &mut Conn, id: ComplaintId) -> Result<Vec<Closure>> {
    Ok(closures::table
        .filter(closures::complaint_id.eq(id))
        .order(closures::id.asc())
        .select(Closure::as_select())
        .load(conn)?)
}

pub(super) fn insert_closure(conn: &mut Conn, row: &Closure) -> Result<()> {
    insert_rows!(conn, closures::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn set_redress_status(conn: &mut Conn, id: ClosureId, status: RedressStatus) -> Result<()> {
    diesel::update(closures::table.find(id))
        .set(closures::redress_status.eq(Some(status)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn call_backs_of(conn: &mut Conn, id: ComplaintId) -> Result<Vec<CallBack>> {
    Ok(call_backs::table
        .filter(call_backs::complaint_id.eq(id))
        .order(call_backs::id.asc())
        .select(CallBack::as_select())
        .load(conn)?)
}

pub(super) fn load_call_back(conn: &mut Conn, id: CallBackId) -> Result<CallBack> {
    let found = call_backs::table
        .find(id)
        .select(CallBack::as_select())
        .first(conn)
        .optional()?;
    found.ok_or_else(|| Error::not_found("call-back"))
}

pub(super) fn insert_call_back(conn: &mut Conn, row: &CallBack) -> Result<()> {
    insert_rows!(conn, call_backs::table, std::slice::from_ref(row))
        .map_err(|error| again_if_taken(error, "a promise was made meanwhile"))?;
    Ok(())
}

pub(super) fn update_call_back(conn: &mut Conn, before: &CallBack, after: &CallBack) -> Result<()> {
    let changed = diesel::update(
        call_backs::table
            .find(before.id)
            .filter(call_backs::version.eq(before.version)),
    )
    .set(after)
    .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Retry("the call-back changed meanwhile"))
    }
}

pub(super) fn attempts_of(conn: &mut Conn, ids: &[CallBackId]) -> Result<Vec<Attempt>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(call_back_attempts::table
        .filter(call_back_attempts::call_back_id.eq_any(ids.to_vec()))
        .order(call_back_attempts::id.asc())
        .select(Attempt::as_select())
        .load(conn)?)
}

pub(super) fn insert_attempt(conn: &mut Conn, row: &Attempt) -> Result<()> {
    insert_rows!(conn, call_back_attempts::table, std::slice::from_ref(row))?;
    Ok(())
}

// A literal, not a bind value: SQLite uses a partial index only when it can see its predicate.
macro_rules! open_promise {
    () => {
        diesel::dsl::sql::<diesel::sql_types::Bool>("call_backs.state = 'open'")
    };
}

/// Open promises without any attempt whose window ended before `ended_before`, the oldest first.
pub(super) fn missed_call_backs(conn: &mut Conn, ended_before: Moment, limit: i64) -> Result<Vec<CallBack>> {
    Ok(call_backs::table
        .filter(open_promise!())
        .filter(call_backs::window_end.lt(ended_before))
        .filter(call_backs::first_attempt_at.is_null())
        .order((call_backs::window_end.asc(), call_backs::id.asc()))
        .limit(limit)
        .select(CallBack::as_select())
        .load(conn)?)
}

/// Which promises to list.
#[derive(Debug, Clone, Default)]
pub(super) struct CallBackFilter {
    pub(super) state: Option<CallBackState>,
    pub(super) owner: Option<String>,
    pub(super) team: Option<TeamId>,
    pub(super) due_before: Option<Moment>,
    pub(super) after: Option<(Moment, CallBackId)>,
}

/// Open promises by the end of their window; settled ones the newest first.
pub(super) fn list_call_backs(conn: &mut Conn, filter: &CallBackFilter, limit: i64) -> Result<Vec<CallBack>> {
    let mut query = call_backs::table
        .select(CallBack::as_select())
        .limit(limit)
        .into_boxed();
    let open = filter.state == Some(CallBackState::Open);
    if open {
        query = query
            .filter(open_promise!())
            .order((call_backs::window_end.asc(), call_backs::id.asc()));
    } else {
        query = query.order(call_backs::id.desc());
        if let Some(state) = filter.state {
            query = query.filter(call_backs::state.eq(state));
        }
    }
    if let Some(owner) = &filter.owner {
        query = query.filter(call_backs::owner.eq(owner.clone()));
    }
    if let Some(team) = filter.team {
        let held = complaints::table
            .filter(complaints::team_id.is_not_null())
            .filter(complaints::team_id.eq(Some(team)))
            .select(complaints::id);
        query = query.filter(call_backs::complaint_id.eq_any(held));
    }
    if let Some(due_before) = filter.due_before {
        query = query.filter(call_backs::window_end.lt(due_before));
    }
    match filter.after {
        Some((end, id)) if open => {
            query = query.filter(
                call_backs::window_end
                    .gt(end)
                    .or(call_backs::window_end.eq(end).and(call_backs::id.gt(id))),
            );
        }
        Some((_, id)) => query = query.filter(call_backs::id.lt(id)),
        None => {}
    }
    Ok(query.load(conn)?)
}

/// When the windows of open promises end, the earliest first, and when each was first tried.
pub(super) fn open_promises(conn: &mut Conn, limit: i64) -> Result<Vec<(Moment, Option<Moment>)>> {
    Ok(call_backs::table
        .filter(open_promise!())
        .order((call_backs::window_end.asc(), call_backs::id.asc()))
        .limit(limit)
        .select((call_backs::window_end, call_backs::first_attempt_at))
        .load(conn)?)
}

pub(super) fn products_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<(ComplaintId, Option<String>)>> {
    Ok(complaint_statements::table
        .filter(complaint_statements::complaint_id.eq_any(ids.to_vec()))
        .select((complaint_statements::complaint_id, complaint_statements::product))
        .load(conn)?)
}

/// Whose complaints these are; each customer once.
pub(super) fn customers_of(conn: &mut Conn, ids: &[ComplaintId]) -> Result<Vec<CustomerId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(complaints::table
        .filter(complaints::id.eq_any(ids.to_vec()))
        .select(complaints::customer_id)
        .distinct()
        .load(conn)?)
}

pub(super) fn timeline(
    conn: &mut Conn,
    id: ComplaintId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<TimelineEntry>> {
    let mut query = timeline_entries::table
        .filter(timeline_entries::complaint_id.eq(id))
        .order(timeline_entries::id.asc())
        .limit(limit)
        .select(TimelineEntry::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(timeline_entries::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The newest entries, the newest first: enough for what a conflict tells of.
pub(super) fn newest_entries(conn: &mut Conn, id: ComplaintId) -> Result<Vec<TimelineEntry>> {
    Ok(timeline_entries::table
        .filter(timeline_entries::complaint_id.eq(id))
        .order(timeline_entries::id.desc())
        .limit(60)
        .select(TimelineEntry::as_select())
        .load(conn)?)
}

/// The last entry about an action.
pub(super) fn last_entry(conn: &mut Conn, id: ComplaintId, action: &str) -> Result<Option<TimelineEntry>> {
    Ok(timeline_entries::table
        .filter(timeline_entries::complaint_id.eq(id))
        .filter(timeline_entries::action.eq(action))
        .order(timeline_entries::id.desc())
        .select(TimelineEntry::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn insert_message(conn: &mut Conn, row: &Message) -> Result<()> {
    insert_rows!(conn, messages::table, std::slice::from_ref(row))?;
    Ok(())
}

pub(super) fn messages_of(
    conn: &mut Conn,
    id: ComplaintId,
    with_internal: bool,
    after: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Message>> {
    let mut query = messages::table
        .filter(messages::complaint_id.eq(id))
        .order(messages::id.asc())
        .limit(limit)
        .select(Message::as_select())
        .into_boxed();
    if !with_internal {
        query = query.filter(messages::direction.ne(Direction::Internal));
    }
    if let Some(after) = after {
        query = query.filter(messages::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Which complaints; everything that is said must hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) state: Option<State>,
    pub(super) open: Option<bool>,
    pub(super) kind: Option<Kind>,
    pub(super) channel: Option<Channel>,
    pub(super) category: Option<String>,
    pub(super) customer_type: Option<CustomerType>,
    pub(super) customer_id: Option<CustomerId>,
    pub(super) owner: Option<String>,
    pub(super) team: Option<TeamId>,
    pub(super) reference: Option<String>,
    pub(super) external_ref: Option<String>,
    pub(super) received_from: Option<Moment>,
    pub(super) received_before: Option<Moment>,
    pub(super) due_before: Option<Moment>,
    pub(super) tag: Option<String>,
    pub(super) watcher: Option<String>,
}

type Boxed<'a> = complaints::BoxedQuery<'a, MultiBackend>;

impl Filter {
    /// Whether every complaint passes.
    pub(super) fn is_empty(&self) -> bool {
        let Self {
            state,
            open,
            kind,
            channel,
            category,
            customer_type,
            customer_id,
            owner,
            team,
            reference,
            external_ref,
            received_from,
            received_before,
            due_before,
            tag,
            watcher,
        } = self;
        state.is_none()
            && open.is_none()
            && kind.is_none()
            && channel.is_none()
            && category.is_none()
            && customer_type.is_none()
            && customer_id.is_none()
            && owner.is_none()
            && team.is_none()
            && reference.is_none()
            && external_ref.is_none()
            && received_from.is_none()
            && received_before.is_none()
            && due_before.is_none()
            && tag.is_none()
            && watcher.is_none()
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
pub(super) fn list(
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
pub(super) fn by_seqs(conn: &mut Conn, seqs: &[i64], filter: &Filter) -> Result<Vec<Complaint>> {
    let query = filter.apply(complaints::table.into_boxed());
    Ok(query
        .filter(complaints::seq.eq_any(seqs.to_vec()))
        .select(Complaint::as_select())
        .load(conn)?)
}

pub(super) fn find_by_reference(conn: &mut Conn, reference: &str) -> Result<Option<ComplaintId>> {
    Ok(complaints::table
        .filter(complaints::reference.eq(reference.to_owned()))
        .select(complaints::id)
        .first(conn)
        .optional()?)
}
