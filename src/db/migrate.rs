//! Bringing the database to the present schema. The migrations are in the binary.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
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

/// Takes away, for a bulk load, what costs more row by row than all at once: the references between
/// tables and the indexes that are not unique. Gives the statements for [`restore`], which must be
/// run in the same transaction, so that no failure can lose anything. (SQLite keeps its indexes, which
/// cost it little, and does not look at references while a load is relaxed.)
///
/// # Errors
/// When the database refuses.
pub fn suspend(conn: &mut Conn) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Suspended {
        #[diesel(sql_type = Text)]
        away: String,
        #[diesel(sql_type = Text)]
        back: String,
    }
    let Conn::Pg(conn) = conn else {
        return Ok(Vec::new());
    };
    let suspended: Vec<Suspended> = diesel::sql_query(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS away,
                format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back,
                2 AS turn
         FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
         UNION ALL
         SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), 1
         FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
         WHERE NOT indisunique AND relnamespace = current_schema()::regnamespace
         ORDER BY turn, away",
    )
    .load(conn)?;
    for one in &suspended {
        conn.batch_execute(&one.away)?;
    }
    Ok(suspended.into_iter().map(|one| one.back).collect())
}

/// Puts back what [`suspend`] took away.
///
/// # Errors
/// When a row refers to none.
pub fn restore(conn: &mut Conn, suspended: &[String]) -> Result<()> {
    for back in suspended {
        conn.batch_execute(back)?;
    }
    Ok(())
}
