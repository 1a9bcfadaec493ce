//! Service tokens: how programs prove who they are. Shown once, kept only as a hash.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::actor::{Act, Actor, ActorKind, Principal};
use super::model::check_version;
use super::roles::{Grant, Permission, Role};
use super::{custom_roles, people, secrets, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::holds;
use crate::db::schema::service_tokens;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::error::{Code, Error, Result};
use crate::ids::{TeamId, TokenId};

pub use super::secrets::{PREFIX, Secret, hash, is_mistyped, random_secret};

/// The longest a token may live, days.
const LONGEST_LIFE_DAYS: i64 = 730;
/// The longest that two secrets of one token work side by side, hours.
const LONGEST_OVERLAP_HOURS: i64 = 720;

/// A service token as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = service_tokens, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct TokenRow {
    /// Its name here.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// The word of a built-in role, or the slug of a custom one.
    pub role: String,
    /// SHA-256 of the secret.
    pub token_hash: Vec<u8>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it stops working.
    pub expires_at: Moment,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Moment>,
    /// What it may do of what the role may; everything when there are none.
    pub scopes: Option<Json<Vec<Permission>>>,
    /// The teams whose complaints it may change.
    pub teams: Option<Json<Vec<TeamId>>>,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<Moment>,
    /// SHA-256 of the secret before the last rotation.
    pub previous_hash: Option<Vec<u8>>,
    /// Until when that one works.
    pub previous_until: Option<Moment>,
    /// Counts the changes; the ETag.
    pub version: i32,
}

/// What a new token is for.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenForm {
    /// What it is for; unique, and nobody's handle.
    #[schema(example = "crm-sync", min_length = 1, max_length = 100)]
    pub name: String,
    /// A built-in role, or the slug of one of the installation's own.
    #[schema(example = "sales", max_length = 40)]
    pub role: String,
    /// How long it works, in days; 90 when left out.
    #[schema(minimum = 1, maximum = 730, example = 90)]
    pub days: Option<i64>,
    /// What it may do of what the role may; everything when left out.
    pub scopes: Option<Vec<Permission>>,
    /// The teams whose complaints it may change; only complaints that no team holds when left out.
    #[schema(max_items = 50)]
    pub teams: Option<Vec<TeamId>>,
}

/// How a secret is renewed.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateForm {
    /// How long the secret before works on, in hours; 24 when left out.
    #[schema(minimum = 0, maximum = 720, example = 24)]
    pub overlap_hours: Option<i64>,
    /// How long the new secret works, in days; 90 when left out.
    #[schema(minimum = 1, maximum = 730, example = 90)]
    pub days: Option<i64>,
}

/// A service token, without its secret.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Its name here.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// A built-in role, or the slug of one of the installation's own.
    #[schema(example = "sales")]
    pub role: String,
    /// What it may do of what the role may; everything when there are none.
    pub scopes: Option<Vec<Permission>>,
    /// The teams whose complaints it may change.
    pub teams: Option<Vec<TeamId>>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it stops working.
    pub expires_at: Moment,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Moment>,
    /// When it was last used; noted at most once a minute.
    pub last_used_at: Option<Moment>,
    /// Until when the secret before the last rotation works.
    pub previous_until: Option<Moment>,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
}

/// A new secret of a service token, shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// What is kept.
    #[serde(flatten)]
    pub token: TokenView,
    /// The secret: send it as `Authorization: Bearer …`.
    pub secret: Secret,
}

impl From<TokenRow> for TokenView {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            role: row.role,
            scopes: row.scopes.map(|json| json.0),
            teams: row.teams.map(|json| json.0),
            created_at: row.created_at,
            created_by: row.created_by,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            last_used_at: row.last_used_at,
            previous_until: row.previous_until,
            version: row.version,
        }
    }
}

/// Makes a service token.
///
/// # Errors
/// `request.invalid`; `resource.name_taken` when there is one of that name, or somebody has it as a handle;
/// `auth.escalation`.
pub fn create(conn: &mut Conn, act: &Act, form: &TokenForm) -> Result<NewToken> {
    holds::hold_staff(conn)?;
    let mut check = Check::new();
    let name = check.text("/name", &form.name, 1, 100);
    if people::is_reserved(&name) {
        check.fail("/name", "not_allowed", "timelines call somebody else so");
    }
    let days = checked_days(&mut check, form.days);
    let grant = checked_reach(conn, &mut check, form)?;
    check.finish(())?;
    act.actor.check_reach(grant.permissions())?;
    check_reach_of_teams(act, form.teams.as_deref())?;
    let handle = name.to_lowercase();
    if store::token_has_name(conn, &name)? || store::find_member_by_handle(conn, &handle)?.is_some() {
        let detail = "a service token, or somebody who works or worked here, has this name";
        return Err(Error::problem(Code::NameTaken, detail));
    }
    let secret = secrets::new_token_secret();
    let row = TokenRow {
        id: TokenId::new(act.now),
        name,
        role: form.role.clone(),
        token_hash: hash(&secret),
        created_at: act.now,
        created_by: act.actor.name.clone(),
        expires_at: act.now + TimeDelta::days(days),
        revoked_at: None,
        scopes: form.scopes.clone().map(Json),
        teams: form.teams.clone().map(Json),
        last_used_at: None,
        previous_hash: None,
        previous_until: None,
        version: 1,
    };
    store::insert_token(conn, &row)?;
    tell(conn, act, "service_token.created", &row)?;
    Ok(NewToken {
        token: row.into(),
        secret: Secret::new(secret),
    })
}

fn checked_days(check: &mut Check, days: Option<i64>) -> i64 {
    let days = days.unwrap_or(90);
    if !(1..=LONGEST_LIFE_DAYS).contains(&days) {
        check.fail("/days", "out_of_range", format_args!("1 to {LONGEST_LIFE_DAYS} days"));
    }
    days
}

/// What the token will be able to do.
fn checked_reach(conn: &mut Conn, check: &mut Check, form: &TokenForm) -> Result<Grant> {
    let grant = custom_roles::checked_grant(conn, check, "/role", &form.role)?;
    for (n, team) in form.teams.iter().flatten().enumerate() {
        if store::find_team(conn, *team)?.is_none() {
            check.fail(format!("/teams/{n}"), "unknown", "there is no such team");
        }
    }
    let Some(scopes) = &form.scopes else {
        return Ok(grant);
    };
    if scopes.is_empty() {
        check.fail(
            "/scopes",
            "too_short",
            "at least one, or none for everything the role may",
        );
    }
    for (n, scope) in scopes.iter().enumerate().filter(|(_, scope)| !grant.may(**scope)) {
        check.fail(
            format!("/scopes/{n}"),
            "not_allowed",
            format_args!("the role may not `{scope}`"),
        );
    }
    Ok(grant.within(scopes))
}

/// Nobody opens the complaints of a team to a program that they could not change themselves.
fn check_reach_of_teams(act: &Act, teams: Option<&[TeamId]>) -> Result<()> {
    let mut teams = teams.unwrap_or_default().iter();
    teams.try_for_each(|team| act.actor.check_reach_of_team(*team))
}

/// What the token that is made at the first start is called.
pub(super) const FIRST: &str = "first administrator";

/// Makes the first administrator's token if there is no token at all yet.
///
/// # Errors
/// When the database refuses.
pub fn create_first(conn: &mut Conn, act: &Act) -> Result<Option<NewToken>> {
    if store::any_token(conn)? {
        return Ok(None);
    }
    let form = TokenForm {
        name: FIRST.to_owned(),
        role: Role::Admin.as_str().to_owned(),
        days: Some(365),
        ..TokenForm::default()
    };
    match create(conn, act, &form) {
        Err(error) if error.code() == Code::NameTaken => Ok(None),
        made => made.map(Some),
    }
}

/// Every token, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn) -> Result<Vec<TokenView>> {
    Ok(store::list_tokens(conn)?.into_iter().map(TokenView::from).collect())
}

fn load(conn: &mut Conn, id: TokenId) -> Result<TokenRow> {
    store::find_token(conn, id)?.ok_or_else(|| Error::not_found("service token"))
}

/// One token.
///
/// # Errors
/// `resource.not_found`.
pub fn get(conn: &mut Conn, id: TokenId) -> Result<TokenView> {
    load(conn, id).map(TokenView::from)
}

/// Gives a token a new secret; the one before works until the overlap ends, one from before that no more.
///
/// # Errors
/// `request.invalid`; `token.revoked`; `auth.escalation`; `resource.not_found`; `request.precondition_failed`.
pub fn rotate(conn: &mut Conn, act: &Act, id: TokenId, expected: Option<i32>, form: &RotateForm) -> Result<NewToken> {
    let before = load(conn, id)?;
    check_version(expected, before.version)?;
    if before.revoked_at.is_some() {
        return Err(Error::problem(Code::TokenRevoked, "make another token"));
    }
    let mut check = Check::new();
    let overlap = form.overlap_hours.unwrap_or(24);
    if !(0..=LONGEST_OVERLAP_HOURS).contains(&overlap) {
        let detail = format!("0 to {LONGEST_OVERLAP_HOURS} hours");
        check.fail("/overlap_hours", "out_of_range", detail);
    }
    let days = checked_days(&mut check, form.days);
    check.finish(())?;
    // Who sees the secret can do what it allows.
    act.actor.check_reach(grant_of(conn, &before)?.permissions())?;
    check_reach_of_teams(act, before.teams.as_ref().map(|json| json.0.as_slice()))?;
    let secret = secrets::new_token_secret();
    let mut after = before.clone();
    after.token_hash = hash(&secret);
    after.previous_hash = Some(before.token_hash.clone());
    after.previous_until = Some(before.expires_at.min(act.now + TimeDelta::hours(overlap)));
    after.expires_at = act.now + TimeDelta::days(days);
    after.version += 1;
    store::update_token(conn, &before, &after)?;
    tell(conn, act, "service_token.rotated", &after)?;
    Ok(NewToken {
        token: after.into(),
        secret: Secret::new(secret),
    })
}

/// Ends a token's life, with every secret it has. Ending it twice is the same as once.
///
/// # Errors
/// `resource.not_found`.
pub fn revoke(conn: &mut Conn, act: &Act, id: TokenId) -> Result<TokenView> {
    let before = load(conn, id)?;
    if before.revoked_at.is_some() {
        return Ok(before.into());
    }
    let mut after = before.clone();
    after.revoked_at = Some(act.now);
    after.version += 1;
    store::update_token(conn, &before, &after)?;
    tell(conn, act, "service_token.revoked", &after)?;
    Ok(after.into())
}

fn tell(conn: &mut Conn, act: &Act, action: &'static str, row: &TokenRow) -> Result<()> {
    let fields = json!({
        "name": row.name, "role": row.role, "scopes": row.scopes.as_ref().map(|scopes| &scopes.0),
        "teams": row.teams.as_ref().map(|teams| &teams.0), "expires_at": row.expires_at,
    });
    let event = Event::on(ObjectKind::ServiceToken, row.id.0, action);
    audit::record(conn, act, event.with(fields))
}

fn grant_of(conn: &mut Conn, row: &TokenRow) -> Result<Grant> {
    let grant = custom_roles::grant(conn, &row.role)?;
    Ok(match &row.scopes {
        Some(scopes) => grant.within(&scopes.0),
        None => grant,
    })
}

/// Who a secret belongs to, and until when that holds; `None` when it is unknown, expired or revoked.
///
/// # Errors
/// When the database refuses.
pub fn authenticate(conn: &mut Conn, now: Moment, secret: &str) -> Result<Option<(Actor, Moment)>> {
    if is_mistyped(secret) {
        return Ok(None);
    }
    let hash = hash(secret);
    let Some(row) = store::find_token_by_hash(conn, &hash)? else {
        return Ok(None);
    };
    let until = match row.previous_until {
        Some(until) if row.token_hash != hash => until,
        _ => row.expires_at,
    };
    if row.revoked_at.is_some() || until <= now {
        return Ok(None);
    }
    Ok(Some((actor(conn, row)?, until)))
}

fn actor(conn: &mut Conn, row: TokenRow) -> Result<Actor> {
    Ok(Actor {
        kind: ActorKind::Staff,
        grant: grant_of(conn, &row)?,
        name: row.name,
        principal: Some(Principal::Token(row.id)),
        teams: row.teams.map(|json| json.0).unwrap_or_default(),
        rule: None,
    })
}

/// Who acts with a token, as it is now; nobody when it was revoked or has expired.
///
/// # Errors
/// When the database refuses.
pub fn actor_of(conn: &mut Conn, now: Moment, id: TokenId) -> Result<Option<Actor>> {
    match store::find_token(conn, id)? {
        Some(row) if row.revoked_at.is_none() && row.expires_at > now => actor(conn, row).map(Some),
        _ => Ok(None),
    }
}

/// Notes that a token was used.
///
/// # Errors
/// When the database refuses.
pub fn touch(conn: &mut Conn, id: TokenId, at: Moment) -> Result<()> {
    store::touch_token(conn, id, at)
}
