//! Drawing calls for review: at random, by a seed that is kept, so that whoever doubts a draw repeats it.

mod draw;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::model::{PickRow, ReviewRow};
use super::{sight, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::complaints::calls::{self, Call};
use crate::domain::reporting::frame;
use crate::domain::staff::{Act, people, teams};
use crate::error::{Code, Error, Result};
use crate::ids::{CallReviewId, ReviewPickId, TeamId};

/// The most days over which calls are drawn.
const MOST_DAYS: i64 = 92;
/// The most calls of each person.
const MOST: i32 = 50;

/// Which calls are to be drawn.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickForm {
    /// Of this person, by handle; either this or a team.
    #[schema(max_length = 40, example = "mary")]
    pub agent: Option<String>,
    /// Of everybody in this team.
    pub team: Option<TeamId>,
    /// The first day of the calls, in the desk's zone.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// At most so many of each person.
    #[schema(minimum = 1, maximum = 50, example = 5)]
    pub per_agent: i32,
    /// Only calls whose recording is noted; promised calls have that.
    #[serde(default)]
    pub recorded_only: bool,
    /// What the draw rests on: the same seed draws the same calls. One is made up when it is left out.
    #[schema(min_length = 1, max_length = 100, example = "2026-W48")]
    pub seed: Option<String>,
}

/// Calls that were drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PickView {
    /// Its name here.
    pub id: ReviewPickId,
    /// What the draw rests on.
    pub seed: String,
    /// Of one person.
    pub agent: Option<String>,
    /// Of a team.
    pub team: Option<TeamId>,
    /// The first day of the calls.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// At most so many of each person.
    pub per_agent: i32,
    /// Only calls with a recording.
    pub recorded_only: bool,
    /// How many there were to draw from.
    pub candidates: i32,
    /// How many were drawn.
    pub drawn: i32,
    /// How many of them are reviewed.
    pub reviewed: i64,
    /// Who drew.
    pub drawn_by: String,
    /// When.
    pub drawn_at: Moment,
}

fn view(row: PickRow, reviewed: i64) -> PickView {
    PickView {
        id: row.id,
        seed: row.seed,
        agent: row.agent,
        team: row.team_id,
        from: frame::date_of(row.from_day),
        to: frame::date_of(row.to_day),
        per_agent: row.per_agent,
        recorded_only: row.recorded_only,
        candidates: row.candidates,
        drawn: row.drawn,
        reviewed,
        drawn_by: row.drawn_by,
        drawn_at: row.drawn_at,
    }
}

/// Whether the actor may see a pick: its own, and those of teams whose reviews it leads.
fn is_seen(act: &Act, row: &PickRow) -> bool {
    row.drawn_by == act.actor.name || sight::leads(act, row.team_id)
}

/// One pick.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, act: &Act, id: ReviewPickId) -> Result<PickView> {
    let row = store::pick(conn, id)?.filter(|row| is_seen(act, row));
    let row = row.ok_or_else(|| Error::not_found("pick"))?;
    let reviewed = store::count_reviewed(conn, &[id])?;
    Ok(view(row, reviewed.get(&id).copied().unwrap_or_default()))
}

/// Picks that the actor may see, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act, after: Option<ReviewPickId>, limit: i64) -> Result<Vec<PickView>> {
    let rows = store::picks(conn, &store::Reach::of(act), after, limit)?;
    let ids: Vec<ReviewPickId> = rows.iter().map(|row| row.id).collect();
    let reviewed = store::count_reviewed(conn, &ids)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let n = reviewed.get(&row.id).copied().unwrap_or_default();
            view(row, n)
        })
        .collect())
}

/// Whose calls are drawn, with the team by which it is seen who may look.
type People = BTreeMap<String, Option<TeamId>>;

/// Draws calls.
///
/// # Errors
/// `request.invalid`; `auth.other_team`; `call_review.own`.
pub fn draw(conn: &mut Conn, act: &Act, form: &PickForm) -> Result<PickView> {
    let mut check = Check::new();
    let zone = frame::zone(&act.policy);
    check_days(&mut check, act, form);
    let id = ReviewPickId::new(act.now);
    let seed = match &form.seed {
        Some(seed) => check.text("/seed", seed, 1, 100),
        None => id.0.simple().to_string(),
    };
    let agent = form.agent.as_deref().map(|agent| check.text("/agent", agent, 1, 40));
    if agent.is_some() == form.team.is_some() {
        check.fail("/agent", "required", "either `agent` or `team`");
    }
    let people = match check.is_clean() {
        true => people_of(conn, act, &mut check, agent.as_deref(), form.team)?,
        false => People::new(),
    };
    check.finish(())?;
    let start = |day: NaiveDate| frame::start_of(zone, day);
    let stretch = (start(form.from), start(form.to.succ_opt().unwrap_or(form.to)));
    let handles: Vec<String> = people.keys().cloned().collect();
    let found = calls::of(conn, &handles, stretch, form.recorded_only)?;
    let candidates = i32::try_from(found.len()).unwrap_or(i32::MAX);
    let drawn = draw::draw(&seed, found, usize::try_from(form.per_agent).unwrap_or_default());
    let pick = PickRow {
        id,
        seed,
        team_id: form.team.or_else(|| people.values().next().copied().flatten()),
        agent,
        from_day: frame::day_of(form.from),
        to_day: frame::day_of(form.to),
        per_agent: form.per_agent,
        recorded_only: form.recorded_only,
        candidates,
        drawn: i32::try_from(drawn.len()).unwrap_or(i32::MAX),
        drawn_by: act.actor.name.clone(),
        drawn_at: act.now,
    };
    let rows = rows(act, id, &people, drawn);
    store::insert_pick(conn, &pick, &rows)?;
    let fields = json!({
        "pick": id, "agent": pick.agent, "team": pick.team_id, "from": form.from, "to": form.to, "seed": pick.seed,
        "drawn": pick.drawn, "candidates": pick.candidates,
    });
    let event = Event::about_many(ObjectKind::CallReview, "call_review.drawn").with(fields);
    audit::record(conn, act, event)?;
    Ok(view(pick, 0))
}

/// Notes what is wrong with the days and the number.
fn check_days(check: &mut Check, act: &Act, form: &PickForm) {
    let zone = frame::zone(&act.policy);
    let today = act.now.with_timezone(&zone).date_naive();
    if form.from > form.to {
        check.fail("/from", "out_of_range", "not after `to`");
    } else if (form.to - form.from).num_days() >= MOST_DAYS {
        check.fail(
            "/from",
            "out_of_range",
            format_args!("at most {MOST_DAYS} days at once"),
        );
    }
    if form.to > today {
        check.fail("/to", "out_of_range", "not in the future");
    }
    if form.from < NaiveDate::default() {
        check.fail("/from", "out_of_range", "not before 1970");
    }
    if !(1..=MOST).contains(&form.per_agent) {
        check.fail("/per_agent", "out_of_range", format_args!("1 to {MOST}"));
    }
}

/// The calls of a draw, not yet reviewed.
fn rows(act: &Act, pick: ReviewPickId, people: &People, drawn: Vec<Call>) -> Vec<ReviewRow> {
    drawn
        .into_iter()
        .map(|call| ReviewRow {
            id: CallReviewId::new(act.now),
            pick_id: pick,
            kind: call.kind,
            complaint_id: call.complaint,
            attempt_id: call.attempt,
            team_id: people.get(&call.agent).copied().flatten(),
            agent: call.agent,
            spoken_at: call.at,
            form_version: None,
            scores: None,
            score: None,
            comment: None,
            reviewer: None,
            reviewed_at: None,
            answer: None,
            answered_at: None,
            version: 1,
        })
        .collect()
}

/// Whose calls are drawn. Never one's own: whoever draws is who reviews.
fn people_of(
    conn: &mut Conn,
    act: &Act,
    check: &mut Check,
    agent: Option<&str>,
    team: Option<TeamId>,
) -> Result<People> {
    if let Some(team) = team {
        if !teams::exists(conn, team)? {
            check.fail("/team", "unknown", "there is no such team");
            return Ok(People::new());
        }
        check_leads(act, Some(team))?;
        let mut members: People = teams::workers_of(conn, &[team])?
            .into_iter()
            .map(|(team, member)| (member.handle, Some(team)))
            .collect();
        members.remove(&act.actor.name);
        return Ok(members);
    }
    let agent = agent.unwrap_or_default();
    let Some(member) = people::find_by_handle(conn, agent)? else {
        check.fail("/agent", "unknown", "nobody here has this handle");
        return Ok(People::new());
    };
    if member.handle == act.actor.name {
        return Err(Error::problem(Code::ReviewOwn, "draw somebody else's calls"));
    }
    let theirs = teams::of_member(conn, member.id)?;
    let shared = theirs.iter().find(|team| act.actor.teams.contains(team));
    let team = shared.or_else(|| theirs.first()).copied();
    check_leads(act, team)?;
    Ok(People::from([(member.handle, team)]))
}

fn check_leads(act: &Act, team: Option<TeamId>) -> Result<()> {
    match sight::leads(act, team) {
        true => Ok(()),
        false => Err(Error::problem(Code::OtherTeam, "they work in other teams than you")),
    }
}
