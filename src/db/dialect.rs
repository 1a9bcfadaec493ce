//! Everything that differs between PostgreSQL and SQLite, and nothing else.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel::sqlite::SqliteConnection;

use super::conn::Conn;
use super::schema::audit_events;
use super::types::Uid;
use crate::domain::search::{Position, Term};
use crate::error::{Error, Result};
use crate::ids::{AuditEventId, ComplaintId, CustomerId};
use crate::on_each;

/// Every SQLite connection: write-ahead log, durable on power loss, referential integrity on.
/// (`synchronous = NORMAL` would lose acknowledged writes on power loss.) What is deleted or shortened is
/// overwritten with zeroes, so that an erasure reaches the file.
pub(super) fn set_up_sqlite(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute(
        "PRAGMA busy_timeout = 10000;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA cache_size = -8000;
         PRAGMA temp_store = MEMORY;
         PRAGMA journal_size_limit = 67108864;",
    )
}

/// Makes a reader of SQLite unable to write, and leaves it a smaller page cache than the one writer has: there are
/// ten of them, and the operating system caches the file as well. PostgreSQL's pool serves both.
pub(super) fn refuse_writes(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Pg(_) => Ok(()),
        Conn::Sqlite(conn) => conn.batch_execute("PRAGMA query_only = ON; PRAGMA cache_size = -1000"),
    }
}

/// Opens a transaction that holds the right to write from its first statement on.
pub(super) fn begin_write(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Pg(conn) => AnsiTransactionManager::begin_transaction(conn)?,
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?,
    }
    Ok(())
}

/// Makes the open transaction durable.
pub(super) fn commit(conn: &mut Conn) -> Result<()> {
    on_each!(conn, c => AnsiTransactionManager::commit_transaction(c))?;
    Ok(())
}

/// Undoes the open transaction.
pub(super) fn rollback(conn: &mut Conn) -> Result<()> {
    on_each!(conn, c => AnsiTransactionManager::rollback_transaction(c))?;
    Ok(())
}

/// Whether the connection still answers.
pub(super) fn is_idle(conn: &mut Conn) -> bool {
    match conn {
        Conn::Pg(_) => true,
        Conn::Sqlite(conn) => conn.batch_execute("SELECT 1").is_ok(),
    }
}

/// Lets only one process migrate at a time, until [`unlock_after_migration`] or the end of the connection.
pub(super) fn lock_for_migration(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Pg(conn) => conn.batch_execute("SELECT pg_advisory_lock(7236832)")?,
        // Before it is read which migrations are due: the second process then finds none.
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?,
    }
    Ok(())
}

/// Makes the migrations durable and lets the next process have its turn.
pub(super) fn unlock_after_migration(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Pg(conn) => conn.batch_execute("SELECT pg_advisory_unlock(7236832)")?,
        Conn::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn)?,
    }
    Ok(())
}

/// Inserts rows: in one statement on PostgreSQL; one at a time on SQLite, where a prepared
/// statement for one row is faster than a new statement for many.
#[macro_export]
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr) => {{
        let rows: &[_] = $rows;
        match $conn {
            _ if rows.is_empty() => Ok(0),
            $crate::db::conn::Conn::Pg(c) => diesel::insert_into($table).values(rows).execute(c),
            $crate::db::conn::Conn::Sqlite(c) => rows.iter().try_fold(0, |n, row| {
                diesel::insert_into($table).values(row).execute(c).map(|one| n + one)
            }),
        }
    }};
}

diesel::define_sql_function! {
    /// SQLite: the row id that the last insert of this connection was given.
    fn last_insert_rowid() -> BigInt;
}

/// Inserts rows that the database numbers, and gives the id and the number of each, in any order.
///
/// Not `RETURNING` on SQLite: it makes the insert a statement of many writes, for which the word
/// index writes out, every time, what it has gathered.
#[macro_export]
macro_rules! insert_numbered {
    ($conn:expr, $table:expr, $rows:expr, ($id:expr, $number:expr)) => {
        match $conn {
            $crate::db::conn::Conn::Pg(c) => diesel::insert_into($table)
                .values($rows)
                .returning(($id, $number))
                .get_results(c),
            $crate::db::conn::Conn::Sqlite(c) => $rows
                .iter()
                .map(|row| {
                    diesel::insert_into($table).values(row).execute(c)?;
                    Ok((
                        row.id,
                        diesel::select($crate::db::dialect::last_insert_rowid()).get_result(c)?,
                    ))
                })
                .collect::<diesel::QueryResult<Vec<_>>>(),
        }
    };
}

/// Loads many rows, by the fastest way each database has.
#[macro_export]
macro_rules! load_rows {
    ($conn:expr, $table:expr, $rows:expr) => {{
        let rows: &[_] = $rows;
        match $conn {
            _ if rows.is_empty() => Ok(0),
            $crate::db::conn::Conn::Pg(c) => diesel::copy_from($table).from_insertable(rows).execute(c),
            $crate::db::conn::Conn::Sqlite(c) => rows.iter().try_fold(0, |n, row| {
                diesel::insert_into($table).values(row).execute(c).map(|one| n + one)
            }),
        }
    }};
}

/// Inserts rows and leaves out those that are there already; gives the number inserted.
/// (Diesel has no multi-row form of this for SQLite, where a row at a time costs nothing more.)
#[macro_export]
macro_rules! insert_new {
    ($conn:expr, $table:expr, $rows:expr) => {
        match $conn {
            $crate::db::conn::Conn::Pg(c) => diesel::insert_into($table)
                .values($rows)
                .on_conflict_do_nothing()
                .execute(c),
            $crate::db::conn::Conn::Sqlite(c) => $rows.iter().try_fold(0, |n, row| {
                diesel::insert_into($table)
                    .values(row)
                    .on_conflict_do_nothing()
                    .execute(c)
                    .map(|one| n + one)
            }),
        }
    };
}

/// Holds a complaint for the one who is about to change it, so that the next one waits instead of
/// colliding. Does not stand in the way of rows that refer to it. On SQLite there is one writer anyway.
///
/// # Errors
/// When the database refuses.
pub fn hold_complaint(conn: &mut Conn, id: ComplaintId) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        diesel::sql_query("SELECT 1 FROM complaints WHERE id = $1 FOR NO KEY UPDATE")
            .bind::<Uid, _>(id)
            .execute(conn)?;
    }
    Ok(())
}

/// Holds several complaints as [`hold_complaint`] does, in one order everywhere.
///
/// # Errors
/// When the database refuses.
pub fn hold_complaints(conn: &mut Conn, ids: &[ComplaintId]) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        diesel::sql_query("SELECT 1 FROM complaints WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE")
            .bind::<Array<Uid>, _>(ids.to_vec())
            .execute(conn)?;
    }
    Ok(())
}

/// Holds a customer alone: nobody refers to it anew until the transaction has ended, so that no complaint
/// comes in behind an erasure. On SQLite there is one writer anyway.
///
/// # Errors
/// When the database refuses.
pub fn hold_customer(conn: &mut Conn, id: CustomerId) -> Result<()> {
    if let Conn::Pg(conn) = conn {
        diesel::sql_query("SELECT 1 FROM customers WHERE id = $1 FOR UPDATE")
            .bind::<Uid, _>(id)
            .execute(conn)?;
    }
    Ok(())
}

/// A word list for the index of one complaint.
#[derive(Debug, Clone)]
pub struct SearchRow {
    /// `complaints.seq`.
    pub seq: i64,
    /// The words of the complaint with their positions.
    pub words: Vec<Position>,
}

/// Puts complaints into the word index, or replaces what it has of them.
///
/// # Errors
/// When the database refuses.
pub fn index_words(conn: &mut Conn, rows: &[SearchRow]) -> Result<()> {
    match conn {
        Conn::Pg(conn) => index_words_pg(conn, rows)?,
        Conn::Sqlite(conn) => index_words_sqlite(conn, rows)?,
    }
    Ok(())
}

fn index_words_pg(conn: &mut PgConnection, rows: &[SearchRow]) -> QueryResult<()> {
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let vectors: Vec<String> = rows.iter().map(tsvector).collect();
    diesel::sql_query(
        "INSERT INTO complaint_search (seq, tokens)
         SELECT seq, tokens::tsvector FROM unnest($1, $2) AS w (seq, tokens)
         ON CONFLICT (seq) DO UPDATE SET tokens = excluded.tokens",
    )
    .bind::<Array<BigInt>, _>(seqs)
    .bind::<Array<Text>, _>(vectors)
    .execute(conn)?;
    Ok(())
}

/// How many complaints make a block, as a power of two. The word index of PostgreSQL gives its hits in no
/// order, and all of them; so each text also holds the name of its block, and the newest hits are looked for in
/// the newest blocks.
const BLOCK_BITS: u32 = 10;

/// The word that stands for a block; no text holds `#`.
fn block(number: i64) -> String {
    format!("'#{number}'")
}

/// The text form of a `tsvector`; words are letters and digits only, so nothing needs escaping.
fn tsvector(row: &SearchRow) -> String {
    let mut out = block(row.seq >> BLOCK_BITS);
    out.push(' ');
    for word in &row.words {
        out.push('\'');
        out.push_str(&word.token);
        out.push_str("':");
        out.push_str(&word.at.min(16_383).to_string());
        out.push(' ');
    }
    out
}

diesel::table! {
    /// The word index of SQLite (FTS5), as a table, so that its statement is prepared only once.
    complaint_search (rowid) {
        /// `complaints.seq`.
        rowid -> BigInt,
        /// The words, with gaps.
        tokens -> Text,
    }
}

/// Stands where one run of text ends and the next begins, so that no phrase reaches across.
const GAP: &str = "ꙮ";

fn index_words_sqlite(conn: &mut SqliteConnection, rows: &[SearchRow]) -> QueryResult<()> {
    for row in rows {
        let mut text = String::new();
        let mut last = None;
        for word in &row.words {
            if last.is_some_and(|last| word.at > last + 1) {
                text.push_str(GAP);
                text.push(' ');
            }
            text.push_str(&word.token);
            text.push(' ');
            last = Some(word.at);
        }
        diesel::replace_into(complaint_search::table)
            .values((complaint_search::rowid.eq(row.seq), complaint_search::tokens.eq(text)))
            .execute(conn)?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Hit {
    #[diesel(sql_type = BigInt)]
    seq: i64,
}

/// The complaints that hold all the terms, newest first: those with `seq` below `below`, at most `limit`.
///
/// # Errors
/// When the database refuses.
pub fn find_words(conn: &mut Conn, terms: &[Term], below: i64, limit: i64) -> Result<Vec<i64>> {
    let hits: Vec<Hit> = match conn {
        Conn::Pg(conn) => return Ok(find_words_pg(conn, &tsquery(terms), below, limit)?),
        Conn::Sqlite(conn) => diesel::sql_query(
            "SELECT rowid AS seq FROM complaint_search WHERE complaint_search MATCH ? AND rowid < ?
             ORDER BY rowid DESC LIMIT ?",
        )
        .bind::<Text, _>(match_expression(terms))
        .bind::<BigInt, _>(below)
        .bind::<BigInt, _>(limit)
        .load(conn)?,
    };
    Ok(hits.into_iter().map(|hit| hit.seq).collect())
}

/// How many blocks are looked through at a time, from the newest on, before the whole index is: what a word
/// has not enough hits in has few hits altogether.
const BLOCKS: [i64; 4] = [2, 4, 16, 64];

fn find_words_pg(conn: &mut PgConnection, words: &str, mut below: i64, limit: i64) -> QueryResult<Vec<i64>> {
    // Not together with the order, or the planner may walk through the whole table instead, newest first.
    const SQL: &str = "SELECT seq FROM (SELECT seq FROM complaint_search WHERE tokens @@ $1::tsquery OFFSET 0) AS hits
                       WHERE seq < $2 ORDER BY seq DESC LIMIT $3";
    let ask = |conn: &mut PgConnection, query: String, below: i64, limit: i64| {
        diesel::sql_query(SQL)
            .bind::<Text, _>(query)
            .bind::<BigInt, _>(below)
            .bind::<BigInt, _>(limit)
            .load::<Hit>(conn)
    };
    let newest: Option<Hit> =
        diesel::sql_query("SELECT seq FROM complaint_search WHERE seq < $1 ORDER BY seq DESC LIMIT 1")
            .bind::<BigInt, _>(below)
            .get_result(conn)
            .optional()?;
    let Some(newest) = newest else { return Ok(Vec::new()) };
    let mut hits: Vec<i64> = Vec::new();
    let mut top = newest.seq >> BLOCK_BITS;
    let missing = |hits: &Vec<i64>| limit - i64::try_from(hits.len()).unwrap_or(limit);
    for many in BLOCKS {
        if top < 0 || missing(&hits) <= 0 {
            return Ok(hits);
        }
        let bottom = (top + 1 - many).max(0);
        let blocks: Vec<String> = (bottom..=top).map(block).collect();
        let query = format!("({words}) & ({})", blocks.join(" | "));
        hits.extend(ask(conn, query, below, missing(&hits))?.into_iter().map(|hit| hit.seq));
        below = below.min(bottom << BLOCK_BITS);
        top = bottom - 1;
    }
    if top >= 0 && missing(&hits) > 0 {
        hits.extend(
            ask(conn, words.to_owned(), below, missing(&hits))?
                .into_iter()
                .map(|hit| hit.seq),
        );
    }
    Ok(hits)
}

fn tsquery(terms: &[Term]) -> String {
    let each = terms.iter().map(|term| match term {
        Term::Phrase(tokens) => {
            let words: Vec<String> = tokens.iter().map(|token| format!("'{token}'")).collect();
            format!("({})", words.join(" <-> "))
        }
        Term::Prefix(start) => format!("'{start}':*"),
    });
    each.collect::<Vec<_>>().join(" & ")
}

fn match_expression(terms: &[Term]) -> String {
    let each = terms.iter().map(|term| match term {
        Term::Phrase(tokens) => format!("\"{}\"", tokens.join(" ")),
        Term::Prefix(start) => format!("\"{start}\" *"),
    });
    each.collect::<Vec<_>>().join(" AND ")
}

/// Takes complaints (by `seq`) out of the word index. On SQLite their words stay in the segments of the index
/// until [`purge_words`] has merged them away.
///
/// # Errors
/// When the database refuses.
pub fn forget_words(conn: &mut Conn, seqs: &[i64]) -> Result<()> {
    match conn {
        Conn::Pg(conn) => {
            diesel::sql_query("DELETE FROM complaint_search WHERE seq = ANY($1)")
                .bind::<Array<BigInt>, _>(seqs.to_vec())
                .execute(conn)?;
        }
        Conn::Sqlite(conn) => {
            for seq in seqs {
                diesel::delete(complaint_search::table.find(*seq)).execute(conn)?;
            }
        }
    }
    Ok(())
}

diesel::define_sql_function! {
    /// SQLite: rows that this connection has changed since it was opened.
    fn total_changes() -> BigInt;
}

/// Merges segments of SQLite's word index, so that it forgets the words of what was taken out; a bounded
/// piece of work. True when nothing is left to do. PostgreSQL's vacuum does it by itself.
///
/// # Errors
/// When the database refuses.
pub fn purge_words(conn: &mut Conn) -> Result<bool> {
    let Conn::Sqlite(conn) = conn else { return Ok(true) };
    for _ in 0..10 {
        let before: i64 = diesel::select(total_changes()).get_result(conn)?;
        diesel::sql_query("INSERT INTO complaint_search (complaint_search, rank) VALUES ('merge', -200)")
            .execute(conn)?;
        let after: i64 = diesel::select(total_changes()).get_result(conn)?;
        if after - before < 2 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the planner will do with a query, one line a step (for tests that guard an index).
///
/// # Errors
/// When the database refuses the query.
pub fn explain(conn: &mut Conn, sql: &str) -> Result<String> {
    #[derive(QueryableByName)]
    struct PgLine {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }
    #[derive(QueryableByName)]
    struct SqliteLine {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    let lines: Vec<String> = match conn {
        Conn::Pg(conn) => {
            let rows: Vec<PgLine> = diesel::sql_query(format!("EXPLAIN {sql}")).load(conn)?;
            rows.into_iter().map(|row| row.line).collect()
        }
        Conn::Sqlite(conn) => {
            let rows: Vec<SqliteLine> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn)?;
            rows.into_iter().map(|row| row.detail).collect()
        }
    };
    Ok(lines.join("\n"))
}

/// Gives events of the audit their seal, and each its place in it, in the order of `ids`; those that have a
/// seal already keep it. Gives how many were marked.
///
/// # Errors
/// When the database refuses.
pub fn mark_sealed(conn: &mut Conn, seal: i64, ids: &[AuditEventId]) -> Result<usize> {
    match conn {
        Conn::Pg(conn) => Ok(diesel::sql_query(
            "UPDATE audit_events SET seal = $1, place = marked.place
             FROM unnest($2) WITH ORDINALITY AS marked (id, place)
             WHERE audit_events.id = marked.id AND audit_events.seal IS NULL",
        )
        .bind::<BigInt, _>(seal)
        .bind::<Array<Uid>, _>(ids.to_vec())
        .execute(conn)?),
        Conn::Sqlite(conn) => {
            let mut marked = 0;
            for (place, id) in (1_i64..).zip(ids) {
                marked += diesel::update(audit_events::table.find(id).filter(audit_events::seal.is_null()))
                    .set((audit_events::seal.eq(Some(seal)), audit_events::place.eq(Some(place))))
                    .execute(conn)?;
            }
            Ok(marked)
        }
    }
}

/// Tells the planner what the tables hold; after a bulk load.
///
/// # Errors
/// When the database refuses.
pub fn analyze(conn: &mut Conn) -> Result<()> {
    Ok(conn.batch_execute("ANALYZE")?)
}

/// Settings for a bulk load that may be repeated if the machine fails meanwhile, and whose rows are
/// known to fit together (SQLite does not look whether they do). They go with the connection.
///
/// # Errors
/// When the database refuses.
pub fn relax_for_bulk_load(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Pg(conn) => conn.batch_execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'")?,
        Conn::Sqlite(conn) => {
            conn.batch_execute(
                "PRAGMA synchronous = OFF;
                 PRAGMA foreign_keys = OFF;
                 PRAGMA secure_delete = OFF;
                 PRAGMA ignore_check_constraints = ON;
                 PRAGMA cache_size = -200000;
                 PRAGMA busy_timeout = 0;",
            )?;
            // Without the write-ahead log each page is written once only. While somebody else is
            // connected the log stays, and the load is slower.
            if let Err(error) = conn.batch_execute("PRAGMA journal_mode = MEMORY") {
                tracing::debug!(%error, "the journal stays as it is");
            }
            conn.batch_execute("PRAGMA busy_timeout = 10000")?;
        }
    }
    Ok(())
}

/// Reads a version string of the database, which also proves that it answers.
///
/// # Errors
/// When it does not answer.
pub fn version(conn: &mut Conn) -> Result<String> {
    #[derive(QueryableByName)]
    struct Version {
        #[diesel(sql_type = Text)]
        version: String,
    }
    let row: Version = match conn {
        Conn::Pg(conn) => diesel::sql_query("SELECT 'PostgreSQL ' || current_setting('server_version') AS version")
            .get_result(conn)?,
        Conn::Sqlite(conn) => diesel::sql_query("SELECT 'SQLite ' || sqlite_version() AS version").get_result(conn)?,
    };
    if row.version.is_empty() {
        Err(Error::internal("the database gave no version"))
    } else {
        Ok(row.version)
    }
}
