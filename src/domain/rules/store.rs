//! SQL of rules.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::book::drawn;
use super::events::Occurrence;
use super::firings::{FiringOutcome, FiringQuery, FiringTold};
use super::model::{Rule, RuleEvent};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::{rule_events, rule_firings, rule_state, rule_timers, rule_turns, rule_versions};
use crate::db::types::Json;
use crate::domain::audit::ObjectKind;
use crate::domain::versions::Stand;
use crate::error::{Error, Result};
use crate::ids::{AnyId, ComplaintId, EntryId, RuleFiringId, RuleTurnId};
use crate::{insert_new, insert_rows};

/// The most ids that one statement names.
const AT_ONCE: usize = 500;

crate::kept_in_versions! {
    /// The rules on events and on time.
    Rules of Rule, ObjectKind::Rules, ["rules.written", "rules.activated", "rules.deactivated"],
    rule_versions, rule_turns with RuleTurnId
}

/// Which version is in force, and how far the timers have been set.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rule_state, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct StateRow {
    pub(super) id: i32,
    pub(super) active_version: Option<i32>,
    pub(super) revision: i32,
    pub(super) updated_at: Moment,
    pub(super) stamp: AnyId,
    pub(super) walking: bool,
    pub(super) walked_to: Option<ComplaintId>,
}

/// Something that happened and is still to be looked at.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rule_events, treat_none_as_default_value = false)]
pub(super) struct EventRow {
    pub(super) id: EntryId,
    pub(super) complaint_id: ComplaintId,
    pub(super) told: Json<Vec<Occurrence>>,
    pub(super) chain: Json<Vec<String>>,
    pub(super) happened_at: Moment,
    pub(super) tries: i32,
    pub(super) next_at: Moment,
}

/// When a rule on time comes due for a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rule_timers, treat_none_as_null = true, treat_none_as_default_value = false, primary_key(complaint_id, rule))]
pub(super) struct TimerRow {
    pub(super) complaint_id: ComplaintId,
    pub(super) rule: String,
    pub(super) since_at: Moment,
    pub(super) due_at: Moment,
    pub(super) next_at: Option<Moment>,
    pub(super) fired_at: Option<Moment>,
    pub(super) tries: i32,
}

/// What a rule did.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rule_firings, treat_none_as_default_value = false)]
pub(super) struct FiringRow {
    pub(super) id: RuleFiringId,
    pub(super) complaint_id: ComplaintId,
    pub(super) rule: String,
    pub(super) version: i32,
    pub(super) occasion: String,
    pub(super) event: RuleEvent,
    pub(super) happened_at: Moment,
    pub(super) fired_at: Moment,
    pub(super) outcome: FiringOutcome,
    pub(super) messages: i32,
    pub(super) told: Json<FiringTold>,
}

/// A firing of the last day, as far as the caps look at it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(super) struct Recent {
    pub(super) complaint_id: ComplaintId,
    pub(super) rule: String,
    pub(super) outcome: FiringOutcome,
    pub(super) messages: i32,
}

pub(super) fn state(conn: &mut Conn) -> Result<Option<StateRow>> {
    Ok(rule_state::table
        .find(1)
        .select(StateRow::as_select())
        .first(conn)
        .optional()?)
}

/// The stamp and the version that is in force, if one is.
pub(super) fn in_force(conn: &mut Conn) -> Result<Option<(AnyId, i32)>> {
    let found: Option<(AnyId, Option<i32>)> = rule_state::table
        .find(1)
        .select((rule_state::stamp, rule_state::active_version))
        .first(conn)
        .optional()?;
    Ok(found.and_then(|(stamp, version)| Some((stamp, version?))))
}

fn stand(conn: &mut Conn) -> Result<Option<Stand>> {
    Ok(state(conn)?.map(|row| Stand {
        active_version: row.active_version,
        revision: row.revision,
        updated_at: row.updated_at,
    }))
}

/// When another version is in force, another stamp is drawn, and the timers are set anew.
fn set_stand(conn: &mut Conn, read: Option<i32>, stand: &Stand, turned: bool) -> Result<()> {
    const WHY: &str = "the rules changed meanwhile";
    let there = state(conn)?.filter(|_| !turned);
    let row = StateRow {
        id: 1,
        active_version: stand.active_version,
        revision: stand.revision,
        updated_at: stand.updated_at,
        stamp: there.as_ref().map_or_else(drawn, |there| there.stamp),
        walking: match &there {
            Some(there) => there.walking,
            None => turned && stand.active_version.is_some(),
        },
        walked_to: there.and_then(|there| there.walked_to),
    };
    let Some(read) = read else {
        insert_rows!(conn, rule_state::table, std::slice::from_ref(&row)).map_err(|error| again(error, WHY))?;
        return Ok(());
    };
    let there = rule_state::table.find(1).filter(rule_state::revision.eq(read));
    match diesel::update(there).set(&row).execute(conn)? {
        1 => Ok(()),
        _ => Err(Error::Retry(WHY)),
    }
}

/// Draws another stamp and has the timers set anew, if rules were ever in force.
pub(super) fn restamp(conn: &mut Conn, stamp: AnyId) -> Result<()> {
    diesel::update(rule_state::table.find(1))
        .set((
            rule_state::stamp.eq(stamp),
            rule_state::walking.eq(true),
            rule_state::walked_to.eq(None::<ComplaintId>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes how far the timers have been set; nothing when the rules changed meanwhile.
pub(super) fn walked(conn: &mut Conn, stamp: AnyId, to: Option<ComplaintId>) -> Result<()> {
    diesel::update(rule_state::table.find(1).filter(rule_state::stamp.eq(stamp)))
        .set((rule_state::walking.eq(to.is_some()), rule_state::walked_to.eq(to)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn insert_events(conn: &mut Conn, rows: &[EventRow]) -> Result<()> {
    for some in rows.chunks(2_000) {
        insert_rows!(conn, rule_events::table, some)?;
    }
    Ok(())
}

/// What waits to be looked at by `now`, the oldest first.
pub(super) fn waiting_events(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<EventRow>> {
    Ok(rule_events::table
        .filter(rule_events::next_at.le(now))
        .order((rule_events::next_at.asc(), rule_events::id.asc()))
        .limit(limit)
        .select(EventRow::as_select())
        .load(conn)?)
}

/// Since when the oldest event waits.
pub(super) fn oldest_event(conn: &mut Conn) -> Result<Option<Moment>> {
    Ok(rule_events::table
        .order((rule_events::next_at.asc(), rule_events::id.asc()))
        .select(rule_events::happened_at)
        .first(conn)
        .optional()?)
}

pub(super) fn event(conn: &mut Conn, id: EntryId) -> Result<Option<EventRow>> {
    Ok(rule_events::table
        .find(id)
        .select(EventRow::as_select())
        .first(conn)
        .optional()?)
}

/// Takes events away that were looked at; gives how many of them were still there.
pub(super) fn delete_events(conn: &mut Conn, ids: &[EntryId]) -> Result<usize> {
    let mut gone = 0;
    for some in ids.chunks(AT_ONCE) {
        gone += diesel::delete(rule_events::table.filter(rule_events::id.eq_any(some.to_vec()))).execute(conn)?;
    }
    Ok(gone)
}

pub(super) fn put_off_event(conn: &mut Conn, id: EntryId, tries: i32, until: Moment) -> Result<()> {
    diesel::update(rule_events::table.find(id))
        .set((rule_events::tries.eq(tries), rule_events::next_at.eq(until)))
        .execute(conn)?;
    Ok(())
}

// A literal, not a bind value: SQLite uses a partial index only when it can see its predicate.
macro_rules! watched {
    () => {
        sql::<Bool>("rule_timers.next_at IS NOT NULL")
    };
}

/// The timers that have to be looked at by `now`, the first to come due first.
pub(super) fn due_timers(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<TimerRow>> {
    Ok(rule_timers::table
        .filter(watched!())
        .filter(rule_timers::next_at.le(Some(now)).assume_not_null())
        .order((rule_timers::next_at.asc(), rule_timers::complaint_id.asc()))
        .limit(limit)
        .select(TimerRow::as_select())
        .load(conn)?)
}

/// When the next timer comes due.
pub(super) fn next_timer(conn: &mut Conn) -> Result<Option<Moment>> {
    let next: Option<Option<Moment>> = rule_timers::table
        .filter(watched!())
        .order((rule_timers::next_at.asc(), rule_timers::complaint_id.asc()))
        .select(rule_timers::next_at)
        .first(conn)
        .optional()?;
    Ok(next.flatten())
}

pub(super) fn timer(conn: &mut Conn, id: ComplaintId, rule: &str) -> Result<Option<TimerRow>> {
    Ok(rule_timers::table
        .find((id, rule.to_owned()))
        .select(TimerRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn timers_of(conn: &mut Conn, id: ComplaintId) -> Result<Vec<TimerRow>> {
    Ok(rule_timers::table
        .filter(rule_timers::complaint_id.eq(id))
        .order(rule_timers::rule.asc())
        .select(TimerRow::as_select())
        .load(conn)?)
}

pub(super) fn insert_timers(conn: &mut Conn, rows: &[TimerRow]) -> Result<()> {
    for some in rows.chunks(2_000) {
        insert_rows!(conn, rule_timers::table, some).map_err(|error| again(error, "the timer was set meanwhile"))?;
    }
    Ok(())
}

pub(super) fn update_timer(conn: &mut Conn, row: &TimerRow) -> Result<()> {
    diesel::update(rule_timers::table.find((row.complaint_id, row.rule.clone())))
        .set(row)
        .execute(conn)?;
    Ok(())
}

pub(super) fn delete_timer(conn: &mut Conn, id: ComplaintId, rule: &str) -> Result<()> {
    diesel::delete(rule_timers::table.find((id, rule.to_owned()))).execute(conn)?;
    Ok(())
}

/// Whether a rule has fired on this occasion.
pub(super) fn has_fired(conn: &mut Conn, id: ComplaintId, rule: &str, occasion: &str) -> Result<bool> {
    let found: Option<RuleFiringId> = rule_firings::table
        .filter(rule_firings::complaint_id.eq(id))
        .filter(rule_firings::rule.eq(rule.to_owned()))
        .filter(rule_firings::occasion.eq(occasion.to_owned()))
        .select(rule_firings::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Keeps a firing. The key of the table sees to it that there is one on each occasion: who comes second does it again,
/// and finds the first.
pub(super) fn insert_firing(conn: &mut Conn, row: &FiringRow) -> Result<()> {
    insert_rows!(conn, rule_firings::table, std::slice::from_ref(row))
        .map_err(|error| again(error, "the rule fired meanwhile"))?;
    Ok(())
}

/// Keeps a firing, unless there is one on that occasion.
pub(super) fn insert_new_firing(conn: &mut Conn, row: &FiringRow) -> Result<bool> {
    let rows = std::slice::from_ref(row);
    Ok(insert_new!(conn, rule_firings::table, rows)? == 1)
}

/// What rules did with these complaints since a moment; at most `limit` for all.
pub(super) fn recent(conn: &mut Conn, ids: &[ComplaintId], since: Moment, limit: i64) -> Result<Vec<Recent>> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<Recent> = rule_firings::table
            .filter(rule_firings::complaint_id.eq_any(some.to_vec()))
            .filter(rule_firings::fired_at.gt(since))
            .select((
                rule_firings::complaint_id,
                rule_firings::rule,
                rule_firings::outcome,
                rule_firings::messages,
            ))
            .limit(limit)
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// How many rules were given up since a moment, counted up to `limit`.
pub(super) fn count_given_up(conn: &mut Conn, since: Moment, limit: i64) -> Result<i64> {
    // A literal, not a bind value: SQLite uses a partial index only when it can see its predicate.
    let found: Vec<RuleFiringId> = rule_firings::table
        .filter(sql::<Bool>("rule_firings.outcome = 'failed'"))
        .filter(rule_firings::fired_at.gt(since))
        .limit(limit)
        .select(rule_firings::id)
        .load(conn)?;
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
}

/// What rules did, the newest first.
pub(super) fn firings(conn: &mut Conn, query: &FiringQuery) -> Result<Vec<FiringRow>> {
    let mut rows = rule_firings::table.select(FiringRow::as_select()).into_boxed();
    if let Some(rule) = &query.rule {
        rows = rows.filter(rule_firings::rule.eq(rule.clone()));
    }
    if let Some(id) = query.complaint_id {
        rows = rows.filter(rule_firings::complaint_id.eq(id));
    }
    if let Some(outcome) = query.outcome {
        rows = rows.filter(rule_firings::outcome.eq(outcome));
    }
    if let Some(below) = query.below {
        rows = rows.filter(rule_firings::id.lt(below));
    }
    Ok(rows.order(rule_firings::id.desc()).limit(query.limit).load(conn)?)
}
