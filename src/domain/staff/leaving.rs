//! Leaving: the work goes to a successor with a brief, in the same transaction. And coming back.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::Act;
use super::model::{HandOver, StaffMember, check_version};
use super::owners::Owners;
use super::people::{self, StaffView};
use super::sign_in::{invitations, sessions};
use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::db::types::Json;
use crate::domain::check::Check;
use crate::domain::complaints::hand_over::{self, Brief, BriefView};
use crate::domain::improvement;
use crate::error::{Code, Error, Result};
use crate::ids::{HandOverId, StaffId};

/// Who takes over from somebody who leaves, and why they leave.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeavingForm {
    /// The handle of whoever takes the open complaints and promises over.
    #[schema(example = "wang.wei", max_length = 40)]
    pub successor: String,
    /// Why they leave; for us.
    #[schema(example = "moved to the warehouse", min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// Somebody who has left, and what was handed over.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LeavingView {
    /// Who.
    #[serde(flatten)]
    pub member: StaffView,
    /// How many open complaints were handed over.
    pub complaints_moved: i64,
    /// How many open promises were handed over.
    pub call_backs_moved: i64,
}

/// What somebody hands over: as it would be now, or as it was when they left.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HandOverView {
    /// Whose work it is, or was.
    #[schema(example = "li.na")]
    pub from: String,
    /// Who took it over; nobody, while they still work here.
    #[schema(example = "wang.wei")]
    pub to: Option<String>,
    /// Why they left.
    pub reason: Option<String>,
    /// Who saw to it.
    pub made_by: Option<String>,
    /// When it was handed over; absent while it is a preview.
    pub made_at: Option<Moment>,
    /// What it is.
    #[serde(flatten)]
    pub brief: BriefView,
}

/// Everything else that ends when somebody leaves: what lets them in. Called in the transaction, before their
/// work is moved.
fn on_leaving(conn: &mut Conn, leaver: &StaffMember) -> Result<()> {
    sessions::end_all(conn, leaver.id, None)?;
    invitations::withdraw(conn, leaver.id)
}

/// Ends somebody's work here: they can do nothing any more, and everything that is open with them goes to the
/// successor. Work that others are giving to them meanwhile goes with it, or is refused.
///
/// # Errors
/// `request.invalid` when the successor has left, or is not in every team that holds the work; `staff.inactive`;
/// `staff.last_admin`; `auth.escalation`; `resource.not_found`; `request.precondition_failed`.
pub fn deactivate(
    conn: &mut Conn,
    act: &Act,
    id: StaffId,
    expected: Option<i32>,
    form: &LeavingForm,
) -> Result<LeavingView> {
    holds::hold_staff(conn)?;
    let leaver = people::load(conn, id)?;
    check_version(expected, leaver.version)?;
    if !leaver.is_active() {
        return Err(Error::problem(Code::StaffInactive, "they have left already"));
    }
    people::check_reach_of(conn, act, &leaver)?;
    let mut check = Check::new();
    let reason = check.text("/reason", &form.reason, 1, 2_000);
    let successor = checked_successor(conn, &mut check, &leaver, &form.successor)?;
    let successor = successor.filter(|_| check.is_clean());
    check.finish(())?;
    let successor = successor.ok_or_else(|| Error::internal("no successor"))?;
    people::check_not_last_admin(conn, &leaver)?;
    // From here on nobody gives the leaver work, and nobody works on theirs.
    holds::hold_leaver(conn, &leaver.handle)?;
    let owners = Owners::hold(conn, [successor.handle.as_str()])?;
    check_teams(conn, &owners, &leaver, &successor)?;
    on_leaving(conn, &leaver)?;
    let brief = hand_over::collect(conn, &leaver.handle)?;
    store::insert_hand_over(
        conn,
        &HandOver {
            id: HandOverId::new(act.now),
            staff_id: id,
            successor_id: successor.id,
            reason,
            brief: Json(serde_json::to_value(&brief)?),
            made_by: act.actor.name.clone(),
            made_at: act.now,
        },
    )?;
    hand_over::give_over(conn, act, &brief, &leaver.handle, &successor.handle)?;
    improvement::actions::give_over(conn, act, &leaver.handle, &successor.handle)?;
    let mut after = leaver.clone();
    after.deactivated_at = Some(act.now);
    after.successor_id = Some(successor.id);
    people::write(conn, act, &leaver, after)?;
    Ok(LeavingView {
        member: people::get(conn, id)?,
        complaints_moved: brief.complaints_total(),
        call_backs_moved: brief.promises_total(),
    })
}

fn checked_successor(
    conn: &mut Conn,
    check: &mut Check,
    leaver: &StaffMember,
    handle: &str,
) -> Result<Option<StaffMember>> {
    let found = store::find_member_by_handle(conn, handle.trim())?;
    match &found {
        None => check.fail("/successor", "unknown", "nobody here has this handle"),
        Some(one) if one.id == leaver.id => check.fail("/successor", "not_allowed", "somebody else"),
        Some(one) if !one.is_active() => check.fail("/successor", "not_allowed", "they have left"),
        Some(_) => {}
    }
    Ok(found)
}

/// The successor must be able to work on what they get.
fn check_teams(conn: &mut Conn, owners: &Owners, leaver: &StaffMember, successor: &StaffMember) -> Result<()> {
    let mut missing = hand_over::teams_of(conn, &leaver.handle)?;
    missing.retain(|team| !owners.is_in(&successor.handle, *team));
    let names: Vec<String> = store::teams_by_ids(conn, &missing)?
        .into_iter()
        .map(|team| team.name)
        .collect();
    let mut check = Check::new();
    if !names.is_empty() {
        let detail = format!("not in every team that holds the work: {}", names.join(", "));
        check.fail("/successor", "not_allowed", detail);
    }
    check.finish(())
}

/// Lets somebody who has left work here again. What they handed over stays where it is.
///
/// # Errors
/// `staff.active`; `auth.escalation`; `resource.not_found`; `request.precondition_failed`.
pub fn reactivate(conn: &mut Conn, act: &Act, id: StaffId, expected: Option<i32>) -> Result<StaffView> {
    holds::hold_staff(conn)?;
    let before = people::load(conn, id)?;
    check_version(expected, before.version)?;
    if before.is_active() {
        return Err(Error::problem(Code::StaffActive, "they work here"));
    }
    people::check_reach_of(conn, act, &before)?;
    let mut after = before.clone();
    after.deactivated_at = None;
    after.successor_id = None;
    people::write(conn, act, &before, after)?;
    people::get(conn, id)
}

/// What somebody hands over: of one who has left what it was then, of one who works here what it would be now.
///
/// # Errors
/// `resource.not_found`.
pub fn hand_over(conn: &mut Conn, act: &Act, id: StaffId) -> Result<HandOverView> {
    let member = people::load(conn, id)?;
    let kept = match member.is_active() {
        true => None,
        false => store::last_hand_over(conn, id)?,
    };
    let Some(kept) = kept else {
        let brief = hand_over::collect(conn, &member.handle)?;
        return Ok(HandOverView {
            from: member.handle,
            to: None,
            reason: None,
            made_by: None,
            made_at: None,
            brief: hand_over::view(conn, act, act.now, &brief)?,
        });
    };
    let brief: Brief = serde_json::from_value(kept.brief.0)?;
    Ok(HandOverView {
        from: member.handle,
        to: Some(people::load(conn, kept.successor_id)?.handle),
        reason: Some(kept.reason),
        made_by: Some(kept.made_by),
        made_at: Some(kept.made_at),
        brief: hand_over::view(conn, act, kept.made_at, &brief)?,
    })
}
