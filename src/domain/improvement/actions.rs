//! Making corrective actions, changing them, ending them, and saying whether they helped.

use serde_json::{Value, json};

use super::checks::{check_day, check_owner, check_window};
use super::model::{
    ActionChangeForm, ActionEnd, ActionEndForm, ActionForm, ActionRow, ActionState, ActionView, VerificationForm,
};
use super::store::{self, Filter};
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::complaints::vocabulary::CauseCategory;
use crate::domain::reporting::frame;
use crate::domain::reporting::sums::Day;
use crate::domain::staff::{Act, Permission};
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, CorrectiveActionId};

/// Over how many days an action is held against the figures when nothing is said.
const WINDOW: i32 = 90;

/// Which actions to list; everything that is said must hold.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Where they stand.
    pub state: Option<ActionState>,
    /// What they are to mend.
    pub cause: Option<CauseCategory>,
    /// Who sees to them.
    pub owner: Option<String>,
    /// Only those about this complaint.
    pub complaint: Option<ComplaintId>,
    /// Only those that are overdue.
    pub overdue: bool,
    /// After this one.
    pub after: Option<CorrectiveActionId>,
    /// At most so many.
    pub limit: i64,
}

/// Today, in the desk's zone.
pub(super) fn today(act: &Act) -> Day {
    frame::day_of(act.now.with_timezone(&frame::zone(&act.policy)).date_naive())
}

pub(super) fn load(conn: &mut Conn, id: CorrectiveActionId) -> Result<ActionRow> {
    store::find(conn, id)?.ok_or_else(|| Error::not_found("corrective action"))
}

fn views(conn: &mut Conn, act: &Act, rows: Vec<ActionRow>) -> Result<Vec<ActionView>> {
    let ids: Vec<CorrectiveActionId> = rows.iter().map(|row| row.id).collect();
    let linked = store::count_linked(conn, &ids)?;
    let today = today(act);
    Ok(rows
        .into_iter()
        .map(|row| {
            let complaints = linked.get(&row.id).copied().unwrap_or_default();
            view(row, today, complaints)
        })
        .collect())
}

fn view(row: ActionRow, today: Day, complaints: i64) -> ActionView {
    ActionView {
        id: row.id,
        overdue: row.state == ActionState::Open && row.due_day < today,
        state: row.state,
        cause: row.cause,
        category: row.category,
        title: row.title,
        description: row.description,
        owner: row.owner,
        due_on: frame::date_of(row.due_day),
        effective_on: row.effective_day.map(frame::date_of),
        window_days: row.window_days,
        closing_note: row.closing_note,
        closed_by: row.closed_by,
        closed_at: row.closed_at,
        helped: row.helped,
        verification: row.verification,
        verified_by: row.verified_by,
        verified_at: row.verified_at,
        complaints,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    }
}

pub(super) fn view_of(conn: &mut Conn, act: &Act, row: ActionRow) -> Result<ActionView> {
    views(conn, act, vec![row])?
        .pop()
        .ok_or_else(|| Error::internal("no view of a corrective action"))
}

/// One action.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, act: &Act, id: CorrectiveActionId) -> Result<ActionView> {
    let row = load(conn, id)?;
    view_of(conn, act, row)
}

/// Actions, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, act: &Act, listing: &Listing) -> Result<Vec<ActionView>> {
    let filter = Filter {
        state: listing.state,
        cause: listing.cause,
        owner: listing.owner.clone(),
        complaint: listing.complaint,
        due_before: listing.overdue.then(|| today(act)),
        after: listing.after,
    };
    let rows = store::list(conn, &filter, listing.limit)?;
    views(conn, act, rows)
}

/// Makes a corrective action.
///
/// # Errors
/// `request.invalid`.
pub fn create(conn: &mut Conn, act: &Act, form: &ActionForm) -> Result<ActionView> {
    let mut check = Check::new();
    let category = form.category.as_deref().map(|slug| check.slug("/category", slug));
    let title = check.text("/title", &form.title, 1, 200);
    let description = check.optional_text("/description", form.description.as_deref(), 5_000);
    let due_day = check_day(&mut check, "/due_on", form.due_on);
    let window_days = check_window(&mut check, form.window_days.unwrap_or(WINDOW));
    let owner = check_owner(conn, &mut check, &form.owner)?;
    let row = check.finish(ActionRow {
        id: CorrectiveActionId::new(act.now),
        state: ActionState::Open,
        cause: form.cause,
        category,
        title,
        description,
        owner,
        due_day,
        effective_day: None,
        window_days,
        closing_note: None,
        closed_by: None,
        closed_at: None,
        helped: None,
        verification: None,
        verified_by: None,
        verified_at: None,
        created_by: act.actor.name.clone(),
        created_at: act.now,
        updated_at: act.now,
        version: 1,
    })?;
    store::insert(conn, &row)?;
    tell(conn, act, &row, "corrective_action.created", told(&row))?;
    view_of(conn, act, row)
}

/// Changes a corrective action that is still to be done.
///
/// # Errors
/// `corrective_action.ended`; `request.invalid`; `resource.not_found`; `request.precondition_failed`.
pub fn change(
    conn: &mut Conn,
    act: &Act,
    id: CorrectiveActionId,
    expected: Option<i32>,
    form: &ActionChangeForm,
) -> Result<ActionView> {
    let before = load_at(conn, id, expected)?;
    check_open(&before)?;
    let mut after = before.clone();
    let mut check = Check::new();
    after.cause = form.cause.unwrap_or(before.cause);
    if let Some(category) = &form.category {
        after.category = category.as_deref().map(|slug| check.slug("/category", slug));
    }
    if let Some(title) = &form.title {
        after.title = check.text("/title", title, 1, 200);
    }
    if let Some(description) = &form.description {
        after.description = check.optional_text("/description", description.as_deref(), 5_000);
    }
    if let Some(due_on) = form.due_on {
        after.due_day = check_day(&mut check, "/due_on", due_on);
    }
    if let Some(window) = form.window_days {
        after.window_days = check_window(&mut check, window);
    }
    if let Some(owner) = &form.owner {
        after.owner = check_owner(conn, &mut check, owner)?;
    }
    let after = check.finish(after)?;
    write(conn, act, &before, after, "corrective_action.changed", None)
}

/// Ends a corrective action: it was done, or it will not be. Its owner ends it, or whoever sees to all of them.
///
/// # Errors
/// `corrective_action.ended`; `auth.forbidden`; `request.invalid`; `resource.not_found`; `request.precondition_failed`.
pub fn close(
    conn: &mut Conn,
    act: &Act,
    id: CorrectiveActionId,
    expected: Option<i32>,
    form: &ActionEndForm,
) -> Result<ActionView> {
    let before = load_at(conn, id, expected)?;
    if before.owner != act.actor.name && !act.actor.may(Permission::ManageActions) {
        return Err(Error::problem(Code::Forbidden, "it is not yours to end"));
    }
    check_open(&before)?;
    let mut check = Check::new();
    let note = check.optional_text("/note", form.note.as_deref(), 2_000);
    let mut after = before.clone();
    match form.end {
        ActionEnd::Done => {
            let day = form
                .effective_on
                .map_or_else(|| today(act), |day| check_day(&mut check, "/effective_on", day));
            if day > today(act) {
                check.fail("/effective_on", "out_of_range", "not in the future");
            }
            after.effective_day = Some(day);
            after.state = ActionState::Done;
        }
        ActionEnd::Dropped => {
            if form.effective_on.is_some() {
                check.fail("/effective_on", "not_allowed", "only of what was done");
            }
            if note.is_none() {
                check.fail("/note", "required", "why it will not be done");
            }
            after.state = ActionState::Dropped;
        }
    }
    after.closing_note = note;
    after.closed_by = Some(act.actor.name.clone());
    after.closed_at = Some(act.now);
    let after = check.finish(after)?;
    write(conn, act, &before, after, "corrective_action.closed", None)
}

/// Says whether a corrective action helped. Somebody else than its owner says so.
///
/// # Errors
/// `corrective_action.own`; `corrective_action.not_done`; `request.invalid`; `resource.not_found`;
/// `request.precondition_failed`.
pub fn verify(
    conn: &mut Conn,
    act: &Act,
    id: CorrectiveActionId,
    expected: Option<i32>,
    form: &VerificationForm,
) -> Result<ActionView> {
    let before = load_at(conn, id, expected)?;
    if !matches!(before.state, ActionState::Done | ActionState::Verified) {
        return Err(Error::problem(
            Code::ActionNotDone,
            "nobody has said yet that it was done",
        ));
    }
    if before.owner == act.actor.name {
        return Err(Error::problem(Code::ActionOwn, "somebody else looks whether it helped"));
    }
    let mut check = Check::new();
    let note = check.text("/note", &form.note, 1, 2_000);
    check.finish(())?;
    let mut after = before.clone();
    after.state = ActionState::Verified;
    after.helped = Some(form.helped);
    after.verification = Some(note);
    after.verified_by = Some(act.actor.name.clone());
    after.verified_at = Some(act.now);
    write(conn, act, &before, after, "corrective_action.verified", None)
}

/// Opens a corrective action again that was ended by mistake, or too early. What was said of its end is taken back.
///
/// # Errors
/// `corrective_action.not_ended`; `request.invalid`; `resource.not_found`; `request.precondition_failed`.
pub fn reopen(conn: &mut Conn, act: &Act, id: CorrectiveActionId, expected: Option<i32>) -> Result<ActionView> {
    let before = load_at(conn, id, expected)?;
    if before.state == ActionState::Open {
        return Err(Error::problem(Code::ActionNotEnded, "it is still to be done"));
    }
    let mut check = Check::new();
    // Whoever had it may have left since.
    let owner = check_owner(conn, &mut check, &before.owner)?;
    check.finish(())?;
    let after = ActionRow {
        state: ActionState::Open,
        owner,
        effective_day: None,
        closing_note: None,
        closed_by: None,
        closed_at: None,
        helped: None,
        verification: None,
        verified_by: None,
        verified_at: None,
        ..before.clone()
    };
    write(conn, act, &before, after, "corrective_action.reopened", None)
}

/// Gives what is open with somebody who leaves to whoever takes over from them.
///
/// # Errors
/// When the database refuses.
pub(crate) fn give_over(conn: &mut Conn, act: &Act, from: &str, to: &str) -> Result<()> {
    for before in store::open_of(conn, from)? {
        let mut after = before.clone();
        to.clone_into(&mut after.owner);
        write(conn, act, &before, after, "corrective_action.changed", None)?;
    }
    Ok(())
}

fn load_at(conn: &mut Conn, id: CorrectiveActionId, expected: Option<i32>) -> Result<ActionRow> {
    let row = load(conn, id)?;
    match expected.is_some_and(|expected| expected != row.version) {
        true => Err(changed_meanwhile(row.version)),
        false => Ok(row),
    }
}

fn changed_meanwhile(version: i32) -> Error {
    Error::problem(Code::PreconditionFailed, format!("now it is version {version}"))
}

fn check_open(row: &ActionRow) -> Result<()> {
    match row.state {
        ActionState::Open => Ok(()),
        state => Err(Error::problem(
            Code::ActionEnded,
            format!("it is {state}; open it again first"),
        )),
    }
}

/// Writes the change, with an event of the audit.
pub(super) fn write(
    conn: &mut Conn,
    act: &Act,
    before: &ActionRow,
    mut after: ActionRow,
    action: &'static str,
    fields: Option<Value>,
) -> Result<ActionView> {
    after.version = before.version + 1;
    after.updated_at = act.now;
    if !store::update(conn, &after, before.version)? {
        return Err(changed_meanwhile(load(conn, before.id)?.version));
    }
    let fields = fields.unwrap_or_else(|| json!({ "before": told(before), "after": told(&after) }));
    tell(conn, act, &after, action, fields)?;
    view_of(conn, act, after)
}

/// What the audit is told: no free texts.
fn told(row: &ActionRow) -> Value {
    json!({
        "state": row.state, "cause": row.cause, "category": row.category, "owner": row.owner,
        "due_on": frame::date_of(row.due_day), "effective_on": row.effective_day.map(frame::date_of),
        "window_days": row.window_days, "helped": row.helped,
    })
}

fn tell(conn: &mut Conn, act: &Act, row: &ActionRow, action: &'static str, fields: Value) -> Result<()> {
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::CorrectiveAction, row.id.0, action).with(fields),
    )
}
