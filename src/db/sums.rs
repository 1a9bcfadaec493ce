//! What reading and writing the sums of the reports takes that the databases do differently.

use diesel::connection::{AnsiTransactionManager, TransactionManager as _};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Text};
use diesel::sqlite::SqliteConnection;
use diesel::upsert::excluded;

use super::conn::Conn;
use super::schema::report_rollups;
use crate::error::Result;
use crate::on_each;

/// A sum, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, QueryableByName)]
#[diesel(table_name = report_rollups, treat_none_as_default_value = false)]
pub struct RollupRow {
    /// Which building of the sums it belongs to.
    pub generation: i64,
    /// By which property.
    pub dimension: String,
    /// Of what.
    pub measure: String,
    /// On which day, days since 1970.
    pub day: i32,
    /// The value of the property.
    pub value: String,
    /// How many.
    pub n: i64,
    /// Seconds together.
    pub total: i64,
    /// How the times lie.
    pub histogram: Option<Vec<u8>>,
}

/// How many rows go into one statement of PostgreSQL, which takes 65,535 values.
const AT_ONCE: usize = 2_000;

/// Runs several reads on one state of the database: what others commit meanwhile is not seen.
///
/// # Errors
/// What `work` answers, or when the database refuses.
pub fn at_one_moment<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    match conn {
        Conn::Pg(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        }
        // From the first read on, SQLite shows what was there then.
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN")?,
    }
    let done = work(conn);
    // Nothing was written: undoing ends it as well as anything.
    on_each!(conn, c => AnsiTransactionManager::rollback_transaction(c))?;
    done
}

/// The sums that there are in the places of these.
///
/// # Errors
/// When the database refuses.
pub fn there_already(conn: &mut Conn, rows: &[RollupRow]) -> Result<Vec<RollupRow>> {
    match conn {
        Conn::Pg(conn) => {
            let mut found = Vec::new();
            for some in rows.chunks(AT_ONCE) {
                found.extend(there_pg(conn, some)?);
            }
            Ok(found)
        }
        Conn::Sqlite(conn) => Ok(there_sqlite(conn, rows)?),
    }
}

fn there_pg(conn: &mut PgConnection, rows: &[RollupRow]) -> QueryResult<Vec<RollupRow>> {
    diesel::sql_query(
        "SELECT there.* FROM unnest($1, $2, $3, $4, $5) AS wanted (generation, dimension, measure, day, value)
         JOIN report_rollups AS there USING (generation, dimension, measure, day, value)",
    )
    .bind::<Array<BigInt>, _>(rows.iter().map(|row| row.generation).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.dimension.as_str()).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.measure.as_str()).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(rows.iter().map(|row| row.day).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>())
    .load(conn)
}

fn there_sqlite(conn: &mut SqliteConnection, rows: &[RollupRow]) -> QueryResult<Vec<RollupRow>> {
    let mut found = Vec::new();
    for row in rows {
        let place = (row.generation, &row.dimension, &row.measure, row.day, &row.value);
        let there = report_rollups::table
            .find(place)
            .select(RollupRow::as_select())
            .first(conn);
        found.extend(there.optional()?);
    }
    Ok(found)
}

/// Puts sums in their places, whatever was there before.
///
/// # Errors
/// When the database refuses.
pub fn put(conn: &mut Conn, rows: &[RollupRow]) -> Result<()> {
    use report_rollups::dsl;
    match conn {
        Conn::Pg(conn) => {
            for some in rows.chunks(AT_ONCE) {
                diesel::insert_into(dsl::report_rollups)
                    .values(some)
                    .on_conflict((dsl::generation, dsl::dimension, dsl::measure, dsl::day, dsl::value))
                    .do_update()
                    .set((
                        dsl::n.eq(excluded(dsl::n)),
                        dsl::total.eq(excluded(dsl::total)),
                        dsl::histogram.eq(excluded(dsl::histogram)),
                    ))
                    .execute(conn)?;
            }
        }
        Conn::Sqlite(conn) => {
            for row in rows {
                diesel::replace_into(dsl::report_rollups).values(row).execute(conn)?;
            }
        }
    }
    Ok(())
}
