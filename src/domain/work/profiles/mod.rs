//! How much of which work somebody takes: skills, capacity, working hours.

mod store;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::skills::Skills;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::db::schema::work_profiles;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::sla::calendars;
use crate::domain::staff::people::{self, StaffMember};
use crate::domain::staff::{Act, Permission, Principal, teams};
use crate::domain::typing::CustomerType;
use crate::error::{Code, Error, Result};
use crate::ids::StaffId;

/// The most open complaints that somebody may be said to take.
pub const MOST: i32 = 1_000;

/// How much of which work somebody takes, as it is kept.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = work_profiles, treat_none_as_null = true, treat_none_as_default_value = false, primary_key(staff_id))]
pub struct ProfileRow {
    /// Whose it is.
    pub staff_id: StaffId,
    /// BCP 47.
    pub languages: Json<Vec<String>>,
    /// Words of products.
    pub products: Json<Vec<String>>,
    /// Manners of customers.
    pub customer_types: Json<Vec<CustomerType>>,
    /// The most open complaints at once.
    pub capacity: Option<i32>,
    /// The slug of the calendar of their hours.
    pub calendar: Option<String>,
    /// When it last changed.
    pub updated_at: Moment,
    /// Counts the changes; the ETag.
    pub version: i32,
}

impl ProfileRow {
    /// That of somebody of whom nothing was said.
    fn unsaid(staff_id: StaffId) -> Self {
        Self {
            staff_id,
            languages: Json(Vec::new()),
            products: Json(Vec::new()),
            customer_types: Json(Vec::new()),
            capacity: None,
            calendar: None,
            updated_at: Moment::EPOCH,
            version: 1,
        }
    }

    /// The skills.
    pub fn skills(&self) -> Skills {
        Skills::new(&self.languages.0, &self.products.0, &self.customer_types.0)
    }

    fn told(&self) -> Value {
        json!({
            "languages": self.languages.0, "products": self.products.0, "customer_types": self.customer_types.0,
            "capacity": self.capacity, "calendar": self.calendar,
        })
    }
}

/// How much of which work somebody takes; the whole of it is replaced.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileForm {
    /// The languages they work in, BCP 47; the first part counts.
    #[schema(max_items = 20, example = json!(["zh-CN", "en"]))]
    pub languages: Vec<String>,
    /// Words of the products they know.
    #[schema(max_items = 50, example = json!(["router"]))]
    pub products: Vec<String>,
    /// The manners of customers that they have a way with.
    #[schema(max_items = 5)]
    pub customer_types: Vec<CustomerType>,
    /// The most open complaints at once; when it is left out, that of their teams, or as many as come.
    #[schema(minimum = 0, maximum = 1000, example = 12)]
    pub capacity: Option<i32>,
    /// The business calendar of their hours, by its slug; that of their team when it is left out.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "standard")]
    pub calendar: Option<String>,
}

/// How much of which work somebody takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProfileView {
    /// Who.
    pub staff_id: StaffId,
    /// Their handle.
    #[schema(example = "li.na")]
    pub handle: String,
    /// The languages they work in.
    pub languages: Vec<String>,
    /// Words of the products they know.
    pub products: Vec<String>,
    /// The manners of customers that they have a way with.
    pub customer_types: Vec<CustomerType>,
    /// The most open complaints at once, as it was said of them.
    pub capacity: Option<i32>,
    /// The business calendar of their hours, as it was said of them.
    pub calendar: Option<String>,
    /// When it last changed; never, when nothing was said yet.
    pub updated_at: Option<Moment>,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

fn view(member: &StaffMember, row: ProfileRow) -> ProfileView {
    ProfileView {
        staff_id: member.id,
        handle: member.handle.clone(),
        languages: row.languages.0,
        products: row.products.0,
        customer_types: row.customer_types.0,
        capacity: row.capacity,
        calendar: row.calendar,
        updated_at: Some(row.updated_at).filter(|_| row.version > 1),
        version: row.version,
    }
}

/// How much of which work somebody takes.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, id: StaffId) -> Result<ProfileView> {
    let member = people::load(conn, id)?;
    let row = of(conn, id)?;
    Ok(view(&member, row))
}

/// The profile of somebody; of whom nothing was said, the one that limits nothing.
pub(super) fn of(conn: &mut Conn, id: StaffId) -> Result<ProfileRow> {
    Ok(store::find(conn, id)?.unwrap_or_else(|| ProfileRow::unsaid(id)))
}

/// The profile of somebody of whom nothing was said.
pub(super) fn unsaid(id: StaffId) -> ProfileRow {
    ProfileRow::unsaid(id)
}

/// The profiles of these people, as far as something was said of them.
pub(super) fn of_all(conn: &mut Conn, ids: &[StaffId]) -> Result<Vec<ProfileRow>> {
    store::of_all(conn, ids)
}

/// Refuses when the actor may not see to the work of this person: leads see to the people of their teams and to those
/// who are in none.
///
/// # Errors
/// `auth.forbidden`; `auth.other_team`.
pub(super) fn check_may_manage(conn: &mut Conn, act: &Act, member: &StaffMember) -> Result<()> {
    if !act.actor.may(Permission::ManageWork) {
        return Err(Error::problem(Code::Forbidden, "this needs `manage-work`"));
    }
    let theirs = teams::of_member(conn, member.id)?;
    let shared = theirs.is_empty() || theirs.iter().any(|team| act.actor.teams.contains(team));
    let itself = act.actor.principal == Some(Principal::Person(member.id));
    if shared || itself || act.actor.may(Permission::WorkAcrossTeams) {
        return Ok(());
    }
    Err(Error::problem(Code::OtherTeam, "they work in other teams than you"))
}

/// Says how much of which work somebody takes.
///
/// # Errors
/// `request.invalid`; `auth.other_team`; `resource.not_found`; `request.precondition_failed`.
pub fn put(conn: &mut Conn, act: &Act, id: StaffId, expected: Option<i32>, form: &ProfileForm) -> Result<ProfileView> {
    holds::hold_staff(conn)?;
    let member = people::load(conn, id)?;
    let there = store::find(conn, id)?;
    let before = there.clone().unwrap_or_else(|| ProfileRow::unsaid(id));
    if expected.is_some_and(|expected| expected != before.version) {
        return Err(Error::problem(
            Code::PreconditionFailed,
            format!("now it is version {}", before.version),
        ));
    }
    check_may_manage(conn, act, &member)?;
    let after = checked(conn, act, &before, form)?;
    match there {
        Some(_) => store::update(conn, &after)?,
        None => store::insert(conn, &after)?,
    }
    let fields = json!({ "before": before.told(), "after": after.told() });
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::Person, id.0, "person.work_profile_set").with(fields),
    )?;
    Ok(view(&member, after))
}

fn checked(conn: &mut Conn, act: &Act, before: &ProfileRow, form: &ProfileForm) -> Result<ProfileRow> {
    let mut check = Check::new();
    if form.languages.len() > 20 {
        check.fail("/languages", "too_long", "at most 20 entries");
    }
    let languages = form.languages.iter().enumerate().take(20);
    let languages = languages
        .map(|(n, tag)| check.language(&format!("/languages/{n}"), tag))
        .collect();
    let products = check.texts("/products", &form.products, 50, 100);
    if form.customer_types.len() > CustomerType::ALL.len() {
        check.fail("/customer_types", "too_long", "each once");
    }
    capacity(&mut check, "/capacity", form.capacity);
    let calendar = calendar(conn, &mut check, "/calendar", form.calendar.as_deref())?;
    check.finish(ProfileRow {
        staff_id: before.staff_id,
        languages: Json(languages),
        products: Json(products),
        customer_types: Json(form.customer_types.clone()),
        capacity: form.capacity,
        calendar,
        updated_at: act.now,
        version: before.version + 1,
    })
}

fn capacity(check: &mut Check, pointer: &str, capacity: Option<i32>) {
    if capacity.is_some_and(|capacity| !(0..=MOST).contains(&capacity)) {
        check.fail(pointer, "out_of_range", format_args!("0 to {MOST}"));
    }
}

fn calendar(conn: &mut Conn, check: &mut Check, pointer: &str, slug: Option<&str>) -> Result<Option<String>> {
    let Some(slug) = slug else { return Ok(None) };
    let slug = check.slug(pointer, slug);
    if check.is_clean() && !calendars::exists(conn, &slug)? {
        check.fail(pointer, "unknown", "there is no such calendar");
    }
    Ok(Some(slug))
}
