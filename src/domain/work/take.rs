//! Taking the next piece of work.
//!
//! What somebody may have is looked for along indexes, the most urgent first; the first of it that nobody is just
//! changing is held, looked at once more, and taken. So two who ask at once get two pieces, and neither waits for the
//! other.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::item::{self, WorkCustomer, WorkPromise, WorkWhy};
use super::limits::{self, Limits};
use super::row::QueueRow;
use super::skills::{Needs, Skills};
use super::{absences, follow, rank, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::{dialect, holds};
use crate::domain::complaints::standing::{self, Standing};
use crate::domain::complaints::taking;
use crate::domain::complaints::view::ComplaintView;
use crate::domain::complaints::vocabulary::State;
use crate::domain::staff::owners::Owners;
use crate::domain::staff::{Act, Permission, Principal};
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, StaffId, TeamId};

/// How many rows of each kind are looked at first, and at most.
const FIRST: i64 = 16;
const MOST: i64 = 4_096;
/// How often one waits for somebody who is changing the last pieces that there are.
const WAITS: usize = 8;
/// The most that are counted behind a piece.
const COUNTED: i64 = 1_000;

/// A piece of work that the caller has from now on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TakenView {
    /// The complaint.
    pub id: ComplaintId,
    /// Why it was this one.
    pub why: WorkWhy,
    /// Whose it is.
    pub customer: Option<WorkCustomer>,
    /// The promised call that is to be made first; it is the caller's to make now.
    pub promise: Option<WorkPromise>,
    /// How many pieces wait behind it in the same queues; counted up to 1,000 in each.
    pub behind: i64,
    /// The whole complaint.
    pub complaint: ComplaintView,
}

/// Who asks, and what they may have.
struct Asker {
    me: String,
    /// Where to look first: the queues of their teams; of no team, for one who is in none.
    own: Vec<Option<TeamId>>,
    /// Where to look when nothing is there.
    rest: Vec<Option<TeamId>>,
    skills: Skills,
    /// Who is away: their calls are everybody's.
    absent: Vec<String>,
    /// Whether there is no room for anything but a promised call that is due.
    is_full: bool,
    now: Moment,
}

impl Asker {
    fn of(conn: &mut Conn, act: &Act) -> Result<Self> {
        let me = act.actor.name.clone();
        let (mut teams, mut limits) = (act.actor.teams.clone(), Limits::default());
        if let Some(Principal::Person(id)) = act.actor.principal {
            // One at a time for each person: what they have is counted.
            holds::hold_taker(conn, &me)?;
            let present = Owners::hold(conn, [me.as_str()])?.teams_of(&me);
            // What the session says may be some seconds old; the record rule goes by it.
            let across = act.actor.may(Permission::WorkAcrossTeams);
            teams = present
                .into_iter()
                .filter(|team| across || teams.contains(team))
                .collect();
            check_here(conn, id, act.now)?;
            limits = limits::of(conn, id, &teams)?;
        }
        let is_full = limits.is_full(store::count_of_owner(conn, &me)?);
        let own: Vec<Option<TeamId>> = match teams.is_empty() {
            true => vec![None],
            false => teams.into_iter().map(Some).collect(),
        };
        let rest = if own == [None] { Vec::new() } else { vec![None] };
        Ok(Self {
            me,
            own,
            rest,
            skills: limits.skills,
            absent: away_for(conn, act)?,
            is_full,
            now: act.now,
        })
    }

    fn call_is_due(&self, row: &QueueRow) -> bool {
        row.call_is_due(self.now, &self.me, &self.absent)
    }

    /// Whether they may have what is now in this row.
    fn may_have(&self, row: &QueueRow, lines: &[Option<TeamId>]) -> bool {
        row.owner.is_none()
            && lines.contains(&row.team_id)
            && self.skills.are_enough_for(&Needs::read(&row.needs))
            && (self.call_is_due(row) || (!self.is_full && row.is_free(self.now)))
    }

    /// What they may have of a line takes one of these.
    fn needs(&self, conn: &mut Conn, line: Option<TeamId>, reserved: bool) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut last: Option<String> = None;
        while let Some(next) = store::next_needs(conn, line, reserved, last.as_deref())? {
            if self.skills.are_enough_for(&Needs::read(&next)) {
                found.push(next.clone());
            }
            last = Some(next);
        }
        Ok(found)
    }

    /// What they may have, the most urgent first, and whether that is all; at most `limit` of each kind.
    fn candidates(&self, conn: &mut Conn, lines: &[Option<TeamId>], limit: i64) -> Result<(Vec<QueueRow>, bool)> {
        let (mut found, mut all) = (Vec::new(), true);
        let mut add = |rows: Vec<QueueRow>| {
            all &= i64::try_from(rows.len()).is_ok_and(|n| n < limit);
            found.extend(rows);
        };
        let mut holders = self.absent.clone();
        holders.push(self.me.clone());
        let due_before = self.now + rank::BEFORE_DUE + LONGEST_HOLD;
        for line in lines.iter().copied() {
            add(store::promised(conn, line, self.now, &holders, limit)?);
            if self.is_full {
                continue;
            }
            for needs in self.needs(conn, line, false)? {
                add(store::free(conn, line, &needs, limit)?);
            }
            for needs in self.needs(conn, line, true)? {
                add(store::lapsed(conn, line, &needs, (self.now, due_before), limit)?);
            }
        }
        found.retain(|row| self.may_have(row, lines));
        found.sort_by_key(|row| (!self.call_is_due(row), row.urgent_at, row.complaint_id));
        found.dedup_by_key(|row| row.complaint_id);
        Ok((found, all))
    }

    /// Holds the most urgent piece that they may have and nobody is just changing.
    fn hold_next(&self, conn: &mut Conn, act: &Act, lines: &[Option<TeamId>]) -> Result<Option<QueueRow>> {
        let (mut limit, mut waits) = (FIRST, 0);
        loop {
            let (found, all) = self.candidates(conn, lines, limit)?;
            let mut ids: Vec<ComplaintId> = found.iter().map(|row| row.complaint_id).collect();
            while let Some(id) = holds::hold_first(conn, &ids)? {
                if let Some(row) = as_it_is(conn, act, id)?.filter(|row| self.may_have(row, lines)) {
                    return Ok(Some(row));
                }
                ids.retain(|other| *other != id);
            }
            match ids.first() {
                _ if !all && limit < MOST => limit *= 4,
                None => return Ok(None),
                // Others are changing all that there is, and may not keep it.
                Some(first) if waits < WAITS => {
                    waits += 1;
                    dialect::hold_complaint(conn, *first)?;
                    as_it_is(conn, act, *first)?;
                }
                Some(_) => return Err(Error::Retry("others are changing everything that could be taken")),
            }
        }
    }
}

/// The row of a complaint that is held, so that nobody changes it any more. One that does not say what the complaint
/// says, because an older process knew of no queue, is put right: it would stand in everybody's way.
fn as_it_is(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<Option<QueueRow>> {
    let standing = standing::load(conn, &[id])?;
    let row = store::find(conn, id)?;
    let fits = match (&row, standing.first()) {
        (Some(row), Some(Standing { complaint, .. })) => {
            (&row.owner, row.team_id) == (&complaint.owner, complaint.team_id) && complaint.state != State::Closed
        }
        (row, _) => row.is_none(),
    };
    if fits {
        return Ok(row);
    }
    follow::changed_all(conn, &standing, act.now)?;
    store::find(conn, id)
}

/// Refuses to give work to somebody who is away.
fn check_here(conn: &mut Conn, id: StaffId, now: Moment) -> Result<()> {
    match absences::until(conn, id, now)? {
        Some(until) => Err(Error::problem(Code::WorkAway, format!("away until {until}"))),
        None => Ok(()),
    }
}

/// Whose promised calls the actor may make, because they are away and nobody else stands in for them.
fn away_for(conn: &mut Conn, act: &Act) -> Result<Vec<String>> {
    let me = match act.actor.principal {
        Some(Principal::Person(id)) => Some(id),
        _ => None,
    };
    let away = absences::away(conn, act.now)?;
    let theirs = away
        .into_iter()
        .filter(|(_, deputy, _)| deputy.is_none() || *deputy == me);
    Ok(theirs.map(|(handle, _, _)| handle).collect())
}

/// Half of the longest window of a promise: so long before its urgent moment the hold of a promise may lapse.
const LONGEST_HOLD: chrono::TimeDelta = chrono::TimeDelta::days(4);

/// Gives the caller the most urgent piece of work that they may have; nothing, when nothing waits.
///
/// # Errors
/// `work.at_capacity`; `work.away`; [`Error::Retry`] when others are changing everything that could be taken.
pub fn take_next(conn: &mut Conn, act: &Act) -> Result<Option<TakenView>> {
    let asker = Asker::of(conn, act)?;
    let mut held = asker.hold_next(conn, act, &asker.own)?;
    if held.is_none() && !asker.rest.is_empty() {
        held = asker.hold_next(conn, act, &asker.rest)?;
    }
    match held {
        Some(row) => take(conn, act, &asker, &row).map(Some),
        None if asker.is_full => Err(Error::problem(
            Code::WorkAtCapacity,
            "you have as many open complaints as you take; finish one first",
        )),
        None => Ok(None),
    }
}

fn take(conn: &mut Conn, act: &Act, asker: &Asker, row: &QueueRow) -> Result<TakenView> {
    let is_due = asker.call_is_due(row);
    let before = item::why(act.now, row, is_due, None);
    let told = json!({ "reason": before.reason, "due_at": before.due_at });
    let complaint = taking::take(conn, act, row.complaint_id, &told)?;
    let standing = standing::load(conn, &[row.complaint_id])?;
    let customers = item::customers_of(conn, &standing)?;
    let promise = standing
        .first()
        .and_then(|one| one.promises.first())
        .map(WorkPromise::from);
    let mut behind = 0;
    for line in &asker.own {
        behind += store::count_free(conn, *line, COUNTED)?;
    }
    Ok(TakenView {
        id: row.complaint_id,
        why: item::why(act.now, row, is_due, promise.as_ref()),
        customer: customers
            .values()
            .next()
            .map(|customer| WorkCustomer::of(act, customer)),
        promise,
        behind,
        complaint,
    })
}
