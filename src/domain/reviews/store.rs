//! SQL of call reviews.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::{CommentRow, FormRow, PickRow, ReviewRow};
use crate::clock::Moment;
use crate::db::conn::{Conn, MultiBackend};
use crate::db::schema::{
    call_review_comments as comments, call_reviews as reviews, review_form_versions as forms, review_picks as picks,
};
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::ids::{CallReviewId, ComplaintId, ReviewPickId, TeamId};
use crate::{insert_new, insert_rows};

/// The most ids that one statement names.
const AT_ONCE: usize = 500;

/// How far somebody sees; the same rule as `sight`, as a condition.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    me: String,
    teams: Vec<Option<TeamId>>,
    leads: bool,
    everywhere: bool,
}

impl Reach {
    pub(super) fn of(act: &Act) -> Self {
        let leads = act.actor.may(Permission::ReviewCalls);
        Self {
            me: act.actor.name.clone(),
            teams: act.actor.teams.iter().copied().map(Some).collect(),
            leads,
            everywhere: leads && act.actor.may(Permission::WorkAcrossTeams),
        }
    }
}

pub(super) fn last_form(conn: &mut Conn) -> Result<Option<FormRow>> {
    Ok(forms::table
        .order(forms::version.desc())
        .select(FormRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn form(conn: &mut Conn, version: i32) -> Result<Option<FormRow>> {
    Ok(forms::table
        .find(version)
        .select(FormRow::as_select())
        .first(conn)
        .optional()?)
}

/// Inserts a version, unless somebody else has just done so.
pub(super) fn insert_form(conn: &mut Conn, row: &FormRow) -> Result<bool> {
    let rows = std::slice::from_ref(row);
    Ok(insert_new!(conn, forms::table, rows)? == 1)
}

pub(super) fn insert_pick(conn: &mut Conn, pick: &PickRow, rows: &[ReviewRow]) -> Result<()> {
    insert_rows!(conn, picks::table, std::slice::from_ref(pick))?;
    for some in rows.chunks(AT_ONCE) {
        insert_rows!(conn, reviews::table, some)?;
    }
    Ok(())
}

pub(super) fn pick(conn: &mut Conn, id: ReviewPickId) -> Result<Option<PickRow>> {
    Ok(picks::table
        .find(id)
        .select(PickRow::as_select())
        .first(conn)
        .optional()?)
}

/// Picks within reach, the newest first.
pub(super) fn picks(conn: &mut Conn, reach: &Reach, after: Option<ReviewPickId>, limit: i64) -> Result<Vec<PickRow>> {
    let mut query = picks::table
        .order(picks::id.desc())
        .limit(limit)
        .select(PickRow::as_select())
        .into_boxed();
    if !reach.everywhere {
        query = query.filter(
            picks::drawn_by
                .eq(reach.me.clone())
                .or(picks::team_id.is_null())
                .or(picks::team_id.eq_any(reach.teams.clone()).assume_not_null()),
        );
    }
    if let Some(after) = after {
        query = query.filter(picks::id.lt(after));
    }
    Ok(query.load(conn)?)
}

/// How many calls of each of these picks are reviewed.
pub(super) fn count_reviewed(conn: &mut Conn, ids: &[ReviewPickId]) -> Result<BTreeMap<ReviewPickId, i64>> {
    let counted: Vec<(ReviewPickId, i64)> = reviews::table
        .filter(reviews::pick_id.eq_any(ids.to_vec()))
        .filter(reviews::reviewed_at.is_not_null())
        .group_by(reviews::pick_id)
        .select((reviews::pick_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(counted.into_iter().collect())
}

pub(super) fn find(conn: &mut Conn, id: CallReviewId) -> Result<Option<ReviewRow>> {
    Ok(reviews::table
        .find(id)
        .select(ReviewRow::as_select())
        .first(conn)
        .optional()?)
}

/// Writes a changed row, if nobody else has changed it since `version`; gives whether it did.
pub(super) fn update(conn: &mut Conn, row: &ReviewRow, version: i32) -> Result<bool> {
    let there = reviews::table
        .filter(reviews::id.eq(row.id))
        .filter(reviews::version.eq(version));
    Ok(diesel::update(there).set(row).execute(conn)? == 1)
}

/// Which calls to list.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) agent: Option<String>,
    pub(super) pick: Option<ReviewPickId>,
    pub(super) reviewed: Option<bool>,
    pub(super) after: Option<CallReviewId>,
}

type Boxed<'a> = reviews::BoxedQuery<'a, MultiBackend>;

/// Calls within reach.
fn within<'a>(reach: &Reach) -> Boxed<'a> {
    let query = reviews::table.into_boxed();
    let own = || reviews::agent.eq(reach.me.clone());
    let theirs = || reviews::team_id.eq_any(reach.teams.clone()).assume_not_null();
    let own_and_written = own().and(reviews::reviewed_at.is_not_null());
    let of_others = reviews::agent.ne(reach.me.clone());
    if reach.everywhere {
        return query.filter(of_others.or(own_and_written));
    }
    if reach.leads {
        return query.filter(
            of_others
                .and(theirs().or(reviews::team_id.is_null()))
                .or(own_and_written),
        );
    }
    query.filter(of_others.and(theirs()).or(own_and_written))
}

/// Calls within reach, those drawn last first.
pub(super) fn list(conn: &mut Conn, reach: &Reach, filter: &Filter, limit: i64) -> Result<Vec<ReviewRow>> {
    let mut query = within(reach).order(reviews::id.desc()).limit(limit);
    if let Some(agent) = &filter.agent {
        query = query.filter(reviews::agent.eq(agent.clone()));
    }
    if let Some(pick) = filter.pick {
        query = query.filter(reviews::pick_id.eq(pick));
    }
    match filter.reviewed {
        Some(true) => query = query.filter(reviews::reviewed_at.is_not_null()),
        Some(false) => query = query.filter(reviews::reviewed_at.is_null()),
        None => {}
    }
    if let Some(after) = filter.after {
        query = query.filter(reviews::id.lt(after));
    }
    Ok(query.select(ReviewRow::as_select()).load(conn)?)
}

/// Reviewed calls within reach of those who lead, by when they were made, the first first.
pub(super) fn reviewed(
    conn: &mut Conn,
    reach: &Reach,
    team: Option<TeamId>,
    (from, until): (Moment, Moment),
    limit: i64,
) -> Result<Vec<ReviewRow>> {
    let mut query = within(reach)
        .filter(reviews::reviewed_at.is_not_null())
        .filter(reviews::agent.ne(reach.me.clone()))
        .filter(reviews::spoken_at.ge(from))
        .filter(reviews::spoken_at.lt(until))
        .order((reviews::spoken_at.asc(), reviews::id.asc()))
        .limit(limit);
    if let Some(team) = team {
        query = query.filter(reviews::team_id.eq(Some(team)));
    }
    Ok(query.select(ReviewRow::as_select()).load(conn)?)
}

pub(super) fn insert_comment(conn: &mut Conn, row: &CommentRow) -> Result<()> {
    insert_rows!(conn, comments::table, std::slice::from_ref(row))?;
    Ok(())
}

/// What was said about these calls, the oldest first.
pub(super) fn comments(conn: &mut Conn, ids: &[CallReviewId]) -> Result<Vec<CommentRow>> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<CommentRow> = comments::table
            .filter(comments::review_id.eq_any(some.to_vec()))
            .order(comments::id.asc())
            .select(CommentRow::as_select())
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

pub(super) fn of_complaints(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<Vec<ReviewRow>> {
    let mut found = Vec::new();
    for some in complaints.chunks(AT_ONCE) {
        let rows: Vec<ReviewRow> = reviews::table
            .filter(reviews::complaint_id.eq_any(some.to_vec()))
            .order(reviews::id.asc())
            .select(ReviewRow::as_select())
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

pub(super) fn wipe(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<()> {
    let none = None::<String>;
    diesel::update(reviews::table.filter(reviews::complaint_id.eq_any(complaints.to_vec())))
        .set((
            reviews::comment.eq(&none),
            reviews::answer.eq(&none),
            reviews::version.eq(reviews::version + 1),
        ))
        .execute(conn)?;
    diesel::update(comments::table.filter(comments::complaint_id.eq_any(complaints.to_vec())))
        .set(comments::body.eq(""))
        .execute(conn)?;
    Ok(())
}
