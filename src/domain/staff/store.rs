//! SQL of service tokens.

use diesel::prelude::*;

use super::tokens::TokenRow;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::service_tokens::{self, dsl};
use crate::error::Result;
use crate::ids::TokenId;
use crate::insert_new;

/// False when there is a token of that name already.
pub(super) fn insert(conn: &mut Conn, row: &TokenRow) -> Result<bool> {
    let inserted = insert_new!(conn, service_tokens::table, std::slice::from_ref(row))?;
    Ok(inserted == 1)
}

pub(super) fn any(conn: &mut Conn) -> Result<bool> {
    let first: Option<TokenId> = dsl::service_tokens.select(dsl::id).first(conn).optional()?;
    Ok(first.is_some())
}

pub(super) fn list(conn: &mut Conn) -> Result<Vec<TokenRow>> {
    Ok(dsl::service_tokens
        .order(dsl::id.desc())
        .select(TokenRow::as_select())
        .load(conn)?)
}

pub(super) fn find(conn: &mut Conn, id: TokenId) -> Result<Option<TokenRow>> {
    Ok(dsl::service_tokens
        .find(id)
        .select(TokenRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn find_by_hash(conn: &mut Conn, hash: &[u8]) -> Result<Option<TokenRow>> {
    Ok(dsl::service_tokens
        .filter(dsl::token_hash.eq(hash.to_vec()))
        .select(TokenRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn revoke(conn: &mut Conn, id: TokenId, now: Moment) -> Result<()> {
    diesel::update(dsl::service_tokens.find(id).filter(dsl::revoked_at.is_null()))
        .set(dsl::revoked_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}
