//! When somebody is away, and who calls in their place.

mod store;

use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::profiles::check_may_manage;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::db::schema::absences;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::staff::people::{self, StaffMember};
use crate::domain::staff::{Act, Principal};
use crate::error::{Code, Error, Result};
use crate::ids::{AbsenceId, StaffId};
use crate::text_enum;

/// The longest absence.
const LONGEST: TimeDelta = TimeDelta::days(731);
/// The most absences of one person that are still to come or have just been.
const MOST: usize = 200;
/// So long absences that are over are shown.
const SHOWN: TimeDelta = TimeDelta::days(31);

text_enum! {
    /// Why somebody is away; no more than that is kept.
    AbsenceKind {
        /// A holiday.
        Holiday = "holiday",
        /// They are ill.
        Illness = "illness",
        /// They are being trained.
        Training = "training",
        /// Time for the family.
        Family = "family",
        /// Something else.
        Other = "other",
    }
}

/// An absence, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = absences, treat_none_as_default_value = false)]
pub struct AbsenceRow {
    /// Its name here.
    pub id: AbsenceId,
    /// Who is away.
    pub staff_id: StaffId,
    /// From then on.
    pub starts_at: Moment,
    /// They are back then.
    pub ends_at: Moment,
    /// Why.
    pub kind: AbsenceKind,
    /// Who calls in their place.
    pub deputy_id: Option<StaffId>,
    /// When it was noted.
    pub created_at: Moment,
    /// Who noted it.
    pub created_by: String,
}

/// An absence that is to be noted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsenceForm {
    /// From then on.
    pub starts_at: Moment,
    /// They are back then.
    pub ends_at: Moment,
    /// Why.
    pub kind: AbsenceKind,
    /// The handle of whoever makes their promised calls meanwhile; anybody when it is left out.
    #[schema(max_length = 40, example = "wang.wei")]
    pub deputy: Option<String>,
}

/// An absence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AbsenceView {
    /// Its name here.
    pub id: AbsenceId,
    /// Who is away.
    pub staff_id: StaffId,
    /// From then on.
    pub starts_at: Moment,
    /// They are back then.
    pub ends_at: Moment,
    /// Why.
    pub kind: AbsenceKind,
    /// Who makes their promised calls meanwhile.
    pub deputy: Option<String>,
    /// When it was noted.
    pub created_at: Moment,
    /// Who noted it.
    pub created_by: String,
}

fn view(row: AbsenceRow, deputy: Option<String>) -> AbsenceView {
    AbsenceView {
        id: row.id,
        staff_id: row.staff_id,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        kind: row.kind,
        deputy,
        created_at: row.created_at,
        created_by: row.created_by,
    }
}

/// Refuses when the actor may not note absences of this person: everybody may note their own.
fn check_may_note(conn: &mut Conn, act: &Act, member: &StaffMember) -> Result<()> {
    match act.actor.principal {
        Some(Principal::Person(id)) if id == member.id => Ok(()),
        _ => check_may_manage(conn, act, member),
    }
}

/// The absences of somebody: those to come, the present one, and those of the last month, the first first.
///
/// # Errors
/// `resource.not_found`.
pub fn list(conn: &mut Conn, act: &Act, id: StaffId) -> Result<Vec<AbsenceView>> {
    people::load(conn, id)?;
    let rows = store::of_person(conn, id, act.now - SHOWN)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let deputy = row.deputy_id.map(|deputy| people::load(conn, deputy)).transpose()?;
        views.push(view(row, deputy.map(|deputy| deputy.handle)));
    }
    Ok(views)
}

/// Notes that somebody is away.
///
/// # Errors
/// `request.invalid`; `staff.inactive`; `auth.forbidden`; `auth.other_team`; `resource.not_found`.
pub fn note(conn: &mut Conn, act: &Act, id: StaffId, form: &AbsenceForm) -> Result<AbsenceView> {
    holds::hold_staff(conn)?;
    let member = people::load(conn, id)?;
    check_may_note(conn, act, &member)?;
    if !member.is_active() {
        return Err(Error::problem(Code::StaffInactive, "they have left"));
    }
    let mut check = Check::new();
    if form.ends_at <= form.starts_at {
        check.fail("/ends_at", "out_of_range", "after starts_at");
    } else if form.ends_at - form.starts_at > LONGEST {
        check.fail("/ends_at", "out_of_range", "at most two years after starts_at");
    }
    if form.ends_at <= act.now {
        check.fail("/ends_at", "out_of_range", "in the future");
    }
    let deputy = deputy_of(conn, &mut check, &member, form.deputy.as_deref())?;
    if store::of_person(conn, id, act.now - SHOWN)?.len() >= MOST {
        check.fail("", "too_long", format_args!("{MOST} absences are noted already"));
    }
    check.finish(())?;
    let row = AbsenceRow {
        id: AbsenceId::new(act.now),
        staff_id: id,
        starts_at: form.starts_at,
        ends_at: form.ends_at,
        kind: form.kind,
        deputy_id: deputy.as_ref().map(|deputy| deputy.id),
        created_at: act.now,
        created_by: act.actor.name.clone(),
    };
    store::insert(conn, &row)?;
    // Not why: the audit is kept for longer than anybody need know who was ill.
    let fields =
        json!({ "absence": row.id, "starts_at": row.starts_at, "ends_at": row.ends_at, "deputy_id": row.deputy_id });
    tell(conn, act, id, "person.absence_noted", fields)?;
    Ok(view(row, deputy.map(|deputy| deputy.handle)))
}

fn deputy_of(
    conn: &mut Conn,
    check: &mut Check,
    member: &StaffMember,
    handle: Option<&str>,
) -> Result<Option<StaffMember>> {
    let Some(handle) = check.optional_text("/deputy", handle, 40) else {
        return Ok(None);
    };
    let found = people::find_by_handle(conn, &handle)?;
    match &found {
        None => check.fail("/deputy", "unknown", "nobody here has this handle"),
        Some(one) if one.id == member.id => check.fail("/deputy", "not_allowed", "somebody else"),
        Some(one) if !one.is_active() => check.fail("/deputy", "not_allowed", "they have left"),
        Some(_) => {}
    }
    Ok(found)
}

/// Takes an absence back, or ends it early: who is back works again from this moment on.
///
/// # Errors
/// `auth.forbidden`; `auth.other_team`; `resource.not_found`.
pub fn take_back(conn: &mut Conn, act: &Act, id: StaffId, absence: AbsenceId) -> Result<()> {
    holds::hold_staff(conn)?;
    let member = people::load(conn, id)?;
    let row = store::find(conn, absence)?.filter(|row| row.staff_id == id);
    let row = row.ok_or_else(|| Error::not_found("absence"))?;
    check_may_note(conn, act, &member)?;
    store::delete(conn, row.id)?;
    let fields = json!({ "absence": row.id, "starts_at": row.starts_at, "ends_at": row.ends_at });
    tell(conn, act, id, "person.absence_taken_back", fields)
}

fn tell(conn: &mut Conn, act: &Act, id: StaffId, action: &'static str, fields: serde_json::Value) -> Result<()> {
    audit::record(conn, act, Event::on(ObjectKind::Person, id.0, action).with(fields))
}

/// Who is away at a moment: their handles, who calls in their place, and until when; the last end last.
pub(super) fn away(conn: &mut Conn, at: Moment) -> Result<Vec<(String, Option<StaffId>, Moment)>> {
    store::away(conn, at)
}

/// Until when somebody is away, if they are.
pub(super) fn until(conn: &mut Conn, id: StaffId, at: Moment) -> Result<Option<Moment>> {
    store::until(conn, id, at)
}
