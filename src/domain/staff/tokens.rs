//! Service tokens: how programs prove who they are. Shown once, kept only as a hash.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::actor::{Act, Actor, ActorKind, Principal};
use super::roles::{Grant, Role};
use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::service_tokens;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::error::{Code, Error, Result};
use crate::ids::TokenId;

/// What every token starts with, so that scanners for leaked secrets can find it.
pub const PREFIX: &str = "hark_";
/// The longest a token may live, days.
const LONGEST_LIFE_DAYS: i64 = 730;

/// A secret that hides in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "hark_…")]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself; for the one place that shows or sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// 256 random bits in URL-safe base 64.
pub fn random_secret() -> String {
    use base64::Engine as _;
    let bytes: [u8; 32] = rand::random();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a secret with 256 random bits: its SHA-256 (nothing to guess, so nothing slow is needed).
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A service token as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = service_tokens)]
pub struct TokenRow {
    /// Its name here.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it stops working.
    pub expires_at: Moment,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Moment>,
}

/// What a new token is for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenForm {
    /// What it is for; unique.
    #[schema(example = "crm-sync", min_length = 1, max_length = 100)]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// How long it works, in days; 90 when left out.
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
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it stops working.
    pub expires_at: Moment,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Moment>,
}

/// A new service token. The secret is shown this once.
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
        let TokenRow {
            id,
            name,
            role,
            created_at,
            created_by,
            expires_at,
            revoked_at,
            ..
        } = row;
        Self {
            id,
            name,
            role,
            created_at,
            created_by,
            expires_at,
            revoked_at,
        }
    }
}

/// Makes a service token.
///
/// # Errors
/// `request.invalid`, or `resource.name_taken` when there is one of that name.
pub fn create(conn: &mut Conn, act: &Act, form: &TokenForm) -> Result<NewToken> {
    let mut check = Check::new();
    let name = check.text("/name", &form.name, 1, 100);
    let days = form.days.unwrap_or(90);
    if !(1..=LONGEST_LIFE_DAYS).contains(&days) {
        check.fail("/days", "out_of_range", format_args!("1 to {LONGEST_LIFE_DAYS} days"));
    }
    check.finish(())?;
    let secret = format!("{PREFIX}{}", random_secret());
    let row = TokenRow {
        id: TokenId::new(act.now),
        name,
        role: form.role,
        token_hash: hash(&secret),
        created_at: act.now,
        created_by: act.actor.name.clone(),
        expires_at: act.now + TimeDelta::days(days),
        revoked_at: None,
    };
    if !store::insert(conn, &row)? {
        return Err(Error::problem(Code::NameTaken, "there is a service token of this name"));
    }
    tell(conn, act, "service_token.created", &row)?;
    Ok(NewToken {
        token: row.into(),
        secret: Secret::new(secret),
    })
}

/// Makes the first administrator's token if there is no token at all yet.
///
/// # Errors
/// When the database refuses.
pub fn create_first(conn: &mut Conn, act: &Act) -> Result<Option<NewToken>> {
    if store::any(conn)? {
        return Ok(None);
    }
    let form = TokenForm {
        name: "first administrator".to_owned(),
        role: Role::Admin,
        days: Some(365),
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
    Ok(store::list(conn)?.into_iter().map(TokenView::from).collect())
}

/// Ends a token's life. Ending it twice is the same as once.
///
/// # Errors
/// `resource.not_found`.
pub fn revoke(conn: &mut Conn, act: &Act, id: TokenId) -> Result<TokenView> {
    store::revoke(conn, id, act.now)?;
    let row = store::find(conn, id)?.ok_or_else(|| Error::not_found("service token"))?;
    tell(conn, act, "service_token.revoked", &row)?;
    Ok(row.into())
}

fn tell(conn: &mut Conn, act: &Act, action: &'static str, row: &TokenRow) -> Result<()> {
    let fields = json!({ "name": row.name, "role": row.role, "expires_at": row.expires_at });
    audit::record(
        conn,
        act,
        Event::on(ObjectKind::ServiceToken, row.id.0, action).with(fields),
    )
}

/// Who a secret belongs to, and until when that holds; `None` when it is unknown, expired or revoked.
///
/// # Errors
/// When the database refuses.
pub fn authenticate(conn: &mut Conn, now: Moment, secret: &str) -> Result<Option<(Actor, Moment)>> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let row = store::find_by_hash(conn, &hash(secret))?;
    Ok(row
        .filter(|row| row.revoked_at.is_none() && row.expires_at > now)
        .map(|row| {
            let actor = Actor {
                kind: ActorKind::Staff,
                name: row.name,
                principal: Some(Principal::Token(row.id)),
                grant: Grant::of(row.role),
                teams: Vec::new(),
            };
            (actor, row.expires_at)
        }))
}
