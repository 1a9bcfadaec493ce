//! Bringing the database to the present schema. The migrations are in the binary.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Conn, Target};
use super::dialect;
use crate::error::{Error, Result};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Runs the migrations that have not been run yet and says how many there were. Safe to call
/// from several processes at once.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub fn migrate(target: &Target) -> Result<usize> {
    let mut conn = target
        .connect()
        .map_err(|e| Error::internal(format!("cannot reach the database ({target:?}): {e}")))?;
    dialect::lock_for_migration(&mut conn)?;
    let done = match &mut conn {
        Conn::Pg(conn) => conn.run_pending_migrations(POSTGRES).map(|done| done.len()),
        Conn::Sqlite(conn) => conn.run_pending_migrations(SQLITE).map(|done| done.len()),
    };
    let done = done.map_err(|e| Error::internal(format!("migration failed: {e}")))?;
    dialect::unlock_after_migration(&mut conn)?;
    Ok(done)
}

/// Whether migrations are waiting to be run.
///
/// # Errors
/// When the database cannot be asked.
pub fn is_pending(conn: &mut Conn) -> Result<bool> {
    match conn {
        Conn::Pg(conn) => conn.has_pending_migration(POSTGRES),
        Conn::Sqlite(conn) => conn.has_pending_migration(SQLITE),
    }
    .map_err(|e| Error::internal(format!("cannot read the migrations: {e}")))
}
