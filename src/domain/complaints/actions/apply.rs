//! Doing actions. In a transaction of the caller's; what one action refuses, the caller rolls back with the rest.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Action;
use crate::db::conn::Conn;
use crate::db::{dialect, holds};
use crate::domain::casework::texts;
use crate::domain::complaints::changes::{self, AssignForm, EditForm, ResumeForm, TypeForm, WaitForm};
use crate::domain::complaints::closing::{self, CloseForm};
use crate::domain::complaints::messages::{self, MessageForm};
use crate::domain::complaints::model::Complaint;
use crate::domain::complaints::vocabulary::Direction;
use crate::domain::complaints::work::{Work, check_read};
use crate::domain::complaints::{marks, placing, procedure, store};
use crate::domain::sla::clocks::watch;
use crate::domain::staff::owners::Owners;
use crate::domain::staff::{Act, teams};
use crate::domain::work::least_loaded;
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;

/// What an action made of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Applied {
    /// Whether it changed anything; false when everything was so already.
    pub changed: bool,
}

/// Does one action.
///
/// # Errors
/// Whatever the single operation answers; `auth.forbidden`; `work.nobody_free`.
pub fn apply(conn: &mut Conn, act: &Act, id: ComplaintId, action: &Action) -> Result<Applied> {
    let mut applied = apply_all(conn, act, id, None, std::slice::from_ref(action))?;
    applied
        .pop()
        .ok_or_else(|| Error::internal("an action without an outcome"))
}

/// Does several actions, one after the other; the first that is refused refuses all.
///
/// # Errors
/// As [`apply`]; `request.precondition_failed`.
pub fn apply_all(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    actions: &[Action],
) -> Result<Vec<Applied>> {
    for action in actions {
        action.check_permission(act)?;
    }
    let complaint = store::load(conn, id)?;
    check_read(conn, act, &complaint, expected)?;
    hold_for(conn, actions, complaint.owner.as_deref())?;
    let mut resolved = Vec::with_capacity(actions.len());
    for action in actions {
        resolved.push(resolve(conn, act, &complaint, action)?);
    }
    dialect::hold_complaint(conn, id)?;
    if store::load(conn, id)?.version != complaint.version {
        return Err(Error::Retry("the complaint changed while it was looked at"));
    }
    resolved
        .iter()
        .map(|action| {
            let changed = one(conn, act, id, action)?;
            Ok(Applied { changed })
        })
        .collect()
}

/// Keeps everybody to whom these actions give work from leaving, before any complaint is held.
///
/// # Errors
/// When the database refuses.
pub fn hold_for(conn: &mut Conn, actions: &[Action], owner: Option<&str>) -> Result<()> {
    if actions
        .iter()
        .any(|action| matches!(action, Action::AssignLeastLoaded { .. }))
    {
        holds::hold_picking(conn)?;
    }
    let given = actions.iter().filter_map(|action| match action {
        Action::Assign { owner, .. } => owner.as_ref()?.as_deref(),
        _ => None,
    });
    Owners::hold(conn, given.chain(owner))?;
    Ok(())
}

/// Says who it is, where the action leaves that open.
fn resolve(conn: &mut Conn, act: &Act, complaint: &Complaint, action: &Action) -> Result<Action> {
    let team = match action {
        Action::AssignLeastLoaded { team } => team,
        Action::AssignToLead {} => return lead_of(conn, complaint),
        _ => return Ok(action.clone()),
    };
    let Some(team) = team.or(complaint.team_id) else {
        return Err(Error::problem(
            Code::NobodyFree,
            "no team holds the complaint; name one",
        ));
    };
    let picked = least_loaded::of_team(conn, act, complaint.id, team)?;
    let owner = picked.ok_or_else(|| {
        Error::problem(
            Code::NobodyFree,
            "nobody of the team is there, has the skills and has room",
        )
    })?;
    Ok(Action::Assign {
        owner: Some(Some(owner)),
        team: Some(Some(team)),
    })
}

/// Gives a complaint to who leads the team that holds it, kept from leaving before the complaint is held.
fn lead_of(conn: &mut Conn, complaint: &Complaint) -> Result<Action> {
    let lead = match complaint.team_id {
        Some(team) => teams::lead_of(conn, team)?,
        None => None,
    };
    let Some(lead) = lead else {
        return Err(Error::problem(
            Code::NobodyFree,
            "no team holds the complaint, or nobody leads it",
        ));
    };
    Owners::hold(conn, [lead.as_str()])?;
    Ok(Action::Assign {
        owner: Some(Some(lead)),
        team: None,
    })
}

/// The complaint as it is, if the record rule and the rules of handling allow this.
fn seen(conn: &mut Conn, act: &Act, id: ComplaintId, gate: &procedure::Action) -> Result<Complaint> {
    let mut work = Work::load(conn, act, id, None)?;
    work.take(gate)?;
    Ok(work.after)
}

/// Does one action; true when it changed something.
fn one(conn: &mut Conn, act: &Act, id: ComplaintId, action: &Action) -> Result<bool> {
    match action {
        Action::Assign { owner, team } => return assign(conn, act, id, owner.as_ref(), *team),
        Action::AssignLeastLoaded { .. } | Action::AssignToLead {} => return Err(Error::internal("nobody was picked")),
        Action::Escalate {} => escalate(conn, act, id)?,
        Action::Route {} => {
            placing::route(conn, act, id, None)?;
        }
        Action::AddNote { body } => write(conn, act, id, Direction::Internal, body)?,
        Action::SendMessage { text, body } => {
            let complaint = seen(conn, act, id, &procedure::Action::Write)?;
            let body = match (text, body) {
                (Some(text), _) => texts::rendered(conn, act, text, &complaint)?,
                (None, body) => body.clone().unwrap_or_default(),
            };
            write(conn, act, id, Direction::Out, &body)?;
        }
        Action::SetSeverity { .. } | Action::SetCategory { .. } | Action::SetProduct { .. } => {
            return edit(conn, act, id, action);
        }
        Action::SetCustomerType { customer_type } => {
            let there = seen(conn, act, id, &procedure::Action::SetType)?;
            if there.customer_type == *customer_type {
                return Ok(false);
            }
            let form = TypeForm {
                customer_type: *customer_type,
                note: None,
            };
            changes::set_type(conn, act, id, None, &form)?;
        }
        Action::Tag { tags } => return marks::retag(conn, act, id, tags, &[]),
        Action::Untag { tags } => return marks::retag(conn, act, id, &[], tags),
        Action::Watch {} => return marks::watch(conn, act, id),
        Action::Unwatch {} => return marks::unwatch(conn, act, id),
        Action::Wait { ball_with, reason } => {
            let form = WaitForm {
                ball_with: *ball_with,
                reason: reason.clone(),
            };
            changes::wait(conn, act, id, None, &form)?;
        }
        Action::Resume { note } => {
            changes::resume(conn, act, id, None, &ResumeForm { note: note.clone() })?;
        }
        Action::Close {
            decision,
            reason,
            cause_category,
        } => {
            let form = CloseForm {
                decision: *decision,
                reason: reason.clone(),
                redress: None,
                cause_category: *cause_category,
                root_cause: None,
            };
            closing::close(conn, act, id, None, &form)?;
        }
    }
    Ok(true)
}

fn escalate(conn: &mut Conn, act: &Act, id: ComplaintId) -> Result<()> {
    seen(conn, act, id, &procedure::Action::Write)?;
    if watch::escalate(conn, act, id)? {
        return Ok(());
    }
    Err(Error::problem(
        Code::NothingToEscalate,
        "no clock of the complaint runs whose chain goes on",
    ))
}

fn write(conn: &mut Conn, act: &Act, id: ComplaintId, direction: Direction, body: &str) -> Result<()> {
    let form = MessageForm { body: body.to_owned() };
    messages::write(conn, act, id, None, direction, &form)?;
    Ok(())
}

fn assign(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    owner: Option<&Option<String>>,
    team: Option<Option<crate::ids::TeamId>>,
) -> Result<bool> {
    let there = seen(conn, act, id, &procedure::Action::Assign)?;
    let same_owner = owner.is_none_or(|owner| *owner == there.owner);
    if same_owner && team.is_none_or(|team| team == there.team_id) {
        return Ok(false);
    }
    let form = AssignForm {
        team,
        owner: owner.cloned(),
        note: None,
    };
    changes::assign(conn, act, id, None, &form)?;
    Ok(true)
}

fn edit(conn: &mut Conn, act: &Act, id: ComplaintId, action: &Action) -> Result<bool> {
    let there = seen(conn, act, id, &procedure::Action::Edit)?;
    let mut form = EditForm::default();
    let is_so = match action {
        Action::SetSeverity { severity } => {
            form.severity = Some(*severity);
            there.severity == *severity
        }
        Action::SetCategory { category } => {
            form.category = Some(category.clone());
            there.category == *category
        }
        Action::SetProduct { product } => {
            form.product = Some(product.clone());
            store::load_statement(conn, id)?.product == *product
        }
        _ => true,
    };
    if is_so {
        return Ok(false);
    }
    changes::edit(conn, act, id, None, &form)?;
    Ok(true)
}
